"""From text to the forms that are indexed and looked up: French first, English and the rest beside it.

A text is a row of places. Each word takes one place and leaves there the forms under which it can be found again; a
stop word takes its place and leaves none, so that a phrase keeps its gaps. A compound ("grille-pain", "répar'café",
"OpenStreetMap") takes one place for each part and leaves its joined form at the first.

French is stemmed twice, as written and without accents, and both forms stand at one place where they differ: stemming
first loses words typed without accents, folding first tells apart inflections that belong together. English is
stemmed as English under names of its own ("en:common"), and any other language is kept as written ("as:ti-ker"):
the two languages never answer for each other by accident.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import Stemmer

# Raise it whenever the same text may give other forms: an index of another version is rebuilt.
ANALYSIS_VERSION = f"3-{Stemmer.version()}"

Place = tuple[str, ...]

_DICTIONARY_LIMIT = 60_000
_WORD_MAXIMUM = 64
_APOSTROPHES = "'’ʼ′＇‘"
_HYPHENS = "\\-\u2010\u2011"
_TOKEN = re.compile(rf"[^\W_]+(?:[{_APOSTROPHES}{_HYPHENS}·‧•.][^\W_]+)*")
_ELISION = re.compile(rf"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|quelqu)[{_APOSTROPHES}](?=.)", re.IGNORECASE)
_JOINTS = re.compile(rf"[{_APOSTROPHES}{_HYPHENS}·‧•.]")
# "habitant·e·s", "chargé.e.s": the endings say no more than the stem does.
_INCLUSIVE = re.compile(r"[·‧•.](?:e|s|es|ne|nes|le|les|rice|trice|euse|ère|ve|fe|x)(?:[·‧•.]?s)?$", re.IGNORECASE)
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_CAMEL = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ][a-zà-ÿ])")

FRENCH_STOP_WORDS = frozenset(
    "a ai as au aux avec avez avons c ce ceci cela celle celles celui ces cet cette ceux chez ci combien comme comment "
    "d dans de des donc dont du elle elles en es est et etc eu eux il ils j je l la le les leur leurs lui là m ma mais "
    "me mes moi mon même mêmes n ne nos notre nous on ont ou où par pas pour pourquoi qu quand que quel quelle quelles "
    "quels qui quoi s sa se sera serait ses si soi soit son sont suis sur t ta te tes toi ton tu un une vos votre vous "
    "y à ça était étaient être ou".split()
)
# Those that mean nothing in French either, and so may be left out of any text and any query.
ENGLISH_STOP_WORDS = frozenset(
    "and are at been by for from how is it its of that the their them these they this those to was were what when "
    "where which who why with you your".split()
)
_ENGLISH_ONLY = frozenset("an be but do does had has have he her his i in into no not off or our she so up we".split())

# Words that questions are made of: pages that hold them answer no better for it, and those that do not, no worse.
_LIGHT_WORDS = frozenset(
    "aller animer autour autre autres aussi avoir besoin chercher choisir chose choses connaitre creer cree donner "
    "entre existe exister faire fais fait faites font gens idee idees inventer invente lancer mettre monter montrer "
    "organise organiser organisez participer personne personnes peut peux plus pouvoir prendre preparer pres proposer "
    "rejoindre reussir sans sert sous tenir tous tout toute toutes tres trouve trouver truc trucs utiliser venir vers "
    "veut veux voir vouloir "
    "about can create find get hold make need organise organize people run start use want".split()
)

# Words that the stemmer takes for others, and that these pages must tell apart: a commune is no common.
_STEMS = {
    "commune": "commune", "communes": "commune", "communal": "communal", "communale": "communal",
    "communales": "communal", "communaux": "communal", "communication": "communic", "communications": "communic",
}  # fmt: skip

_FOLDED_LETTERS = str.maketrans(
    {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l", "ı": "i"}
)

_french = Stemmer.Stemmer("french", 0)
_english = Stemmer.Stemmer("english", 0)


def fold(text: str) -> str:
    """`text` in lower case without accents, ligatures apart."""
    text = text.lower()
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text.translate(_FOLDED_LETTERS))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def tidied(text: str) -> str:
    """`text` in NFC, its controls and lone surrogates turned into spaces."""
    return _CONTROLS.sub(" ", text if text.isascii() else unicodedata.normalize("NFC", text))


def tokens(text: str) -> Iterator[re.Match[str]]:
    """The words of a text as they stand, compounds whole."""
    return _TOKEN.finditer(text)


def is_stop_word(word: str) -> bool:
    """Whether `word`, as written, says nothing in French nor in English."""
    word = word.lower()
    return word in FRENCH_STOP_WORDS or word in ENGLISH_STOP_WORDS


class Analyser:
    """Turns texts of one language into places. Remembers the words it met, up to a bound."""

    def __init__(self, language: str = "fr") -> None:
        self._language = language
        self._dictionary: dict[str, tuple[Place, ...]] = {}

    def places(self, text: str) -> list[Place]:
        """The forms at each place of `text`, in order."""
        places: list[Place] = []
        known = self._dictionary
        extend = places.extend
        for token in _TOKEN.findall(text):
            found = known.get(token)
            if found is None:
                found = self._learn(token)
            extend(found)
        return places

    def token_places(self, token: str) -> tuple[Place, ...]:
        """The places one token takes."""
        return self._dictionary.get(token) or self._learn(token)

    def _learn(self, token: str) -> tuple[Place, ...]:
        if len(self._dictionary) >= _DICTIONARY_LIMIT:
            self._dictionary.clear()
        places = self._dictionary[token] = tuple(self._analysed(token[:_WORD_MAXIMUM]))
        return places

    def _analysed(self, token: str) -> Iterator[Place]:
        parts = parts_of(token)
        joined = joined_form(parts)
        for index, part in enumerate(parts):
            forms = self.forms(part)
            if index == 0 and joined:
                forms = tuple(dict.fromkeys((*forms, *self.forms(joined))))
            yield forms

    def forms(self, word: str) -> Place:
        """The forms of one simple word."""
        word = word.lower()
        if word in FRENCH_STOP_WORDS or word in ENGLISH_STOP_WORDS:
            return ()
        if self._language == "fr":
            return french_forms(word)
        if self._language == "en":
            return () if word in _ENGLISH_ONLY else (english_form(word),)
        return (plain_form(word),)


def parts_of(token: str) -> list[str]:
    """The simple words of a token: no elision, no inclusive ending, compounds and camel case taken apart."""
    token = _ELISION.sub("", token)
    token = _INCLUSIVE.sub("", token)
    parts = [part for part in _JOINTS.split(token) if part]
    if len(parts) == 1 and not token.islower():
        parts = _CAMEL.split(parts[0])
    return parts


def joined_form(parts: list[str]) -> str:
    """A compound in one word, "" where there is no compound or it is too long to be one."""
    return fold("".join(parts)) if 2 <= len(parts) <= 4 else ""


def is_alone(word: str) -> bool:
    """Whether a word, without accents, has nothing to do with those that look like it."""
    return word in _STEMS


def _stem(word: str) -> str:
    return _STEMS.get(word) or _french.stemWord(word)


def french_forms(word: str) -> Place:
    """The stem of a word as written and, where it differs, the stem of the word without accents."""
    stem = _stem(word)
    if word.isascii():
        return (stem,)
    folded = _stem(fold(word))
    return (stem,) if folded == stem else (stem, folded)


def english_form(word: str) -> str:
    """The form of an English word."""
    return f"en:{_english.stemWord(fold(word))}"


def plain_form(word: str) -> str:
    """The form of a word of a language that is not stemmed."""
    return f"as:{fold(word)}"


def asked_forms(part: str, joined: str = "") -> Place:
    """Every form under which a word someone types may have been indexed, the likeliest first."""
    word = part.lower()
    forms = [*french_forms(word), english_form(word), plain_form(word)]
    if joined:
        forms += french_forms(joined)
    return tuple(dict.fromkeys(forms))


def name_keys(name: str) -> tuple[str, ...]:
    """The keys of a name: two names that differ by accents, stop words, plurals, spaces or hyphens share one."""
    words = [part for token in _TOKEN.findall(tidied(name)[:400]) for part in parts_of(token)]
    telling = [word for word in words if not is_stop_word(word)] or words
    return word_keys(telling)


def word_keys(words: list[str]) -> tuple[str, ...]:
    """The keys of a row of simple words."""
    folded = "".join(_stem(fold(word)) for word in words)
    stemmed = "".join(fold(_stem(word.lower())) for word in words)
    return (folded,) if folded == stemmed else (folded, stemmed)


def is_light(word: str) -> bool:
    """Whether a word says little of what is looked for, though it is no stop word."""
    return fold(word) in _LIGHT_WORDS


_analysers = {"fr": Analyser("fr"), "en": Analyser("en")}
_any_other = Analyser("")


def analyser(language: str) -> Analyser:
    """The analyser of a language: French where none is said."""
    return _analysers.get(language or "fr", _any_other)
