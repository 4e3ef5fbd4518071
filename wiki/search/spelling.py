"""Words that no page holds, and what may have been meant: a mistake, two words in one, the beginning of a word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from wiki.search.analysis import asked_forms, fold, french_forms
from wiki.search.asking import Asked, Word, read
from wiki.search.resemblance import mistakes

LIKE_MAXIMUM = 3
_SHORTEST = 4
_LONG = 8
_LOOKED_AT = 4000


class Vocabulary(Protocol):
    """The words of the pages there are: one that only stood in a page that is gone is no word."""

    def frequency(self, forms: Sequence[str]) -> int:
        """How many pages hold a word under one of its forms."""
        ...

    def naming(self, word: str) -> int:
        """How many pages have it as a telling word, written so but for accents."""
        ...

    def alike(self, text: str, reach: int) -> Mapping[str, int]:
        """Telling words within so many mistakes, with how many."""
        ...

    def beginning(self, text: str) -> Iterable[str]:
        """Telling words that begin so."""
        ...

    def written(self, word: str) -> str:
        """How a telling word is written, accents included."""
        ...

    def forms_from(self, prefix: str) -> Iterable[str]:
        """Forms of any word that begin so."""
        ...


@dataclass(frozen=True)
class Mended:
    """What was typed, and what to look for. `instead` gives the words to look for in the place of unknown ones."""

    typed: str
    asked: Asked
    instead: Mapping[Word, Sequence[Word]]

    @property
    def suggestion(self) -> str | None:
        """What was typed with the words that were meant, None where nothing was mended."""
        text = self.asked.whole
        for word, like in self.instead.items():
            if like:
                text = text.replace(word.text, like[0].text)
        return text if text != self.typed else None

    @property
    def unknown(self) -> tuple[str, ...]:
        """The words nothing could be done for."""
        return tuple(word.text for word, like in self.instead.items() if not like)


def mend(vocabulary: Vocabulary, asked: Asked) -> Mended:
    """Find what may have been meant by the words no page holds."""
    unknown = [word for word in asked.words if not vocabulary.frequency(word.forms)]
    typed = text = asked.whole
    for word in unknown:
        if not _mistyped(vocabulary, fold(word.text), 1) and (parts := _parts(vocabulary, fold(word.text))):
            text = text.replace(word.text, " ".join(parts))
    if text != typed:
        asked = read(text)
        unknown = [word for word in asked.words if not vocabulary.frequency(word.forms)]
    return Mended(typed, asked, {word: _like(vocabulary, word) for word in unknown})


def _like(vocabulary: Vocabulary, word: Word) -> list[Word]:
    """At most three known words, the likeliest first."""
    text = fold(word.text)
    if len(text) < _SHORTEST or text.isdigit():
        return []
    found = _mistyped(vocabulary, text, 1)
    if not found and len(text) >= _LONG:
        found = _mistyped(vocabulary, text, 2)
    found = found or _begun(vocabulary, text)
    if found:
        written = map(vocabulary.written, found[:LIKE_MAXIMUM])
        return [Word(like, asked_forms(like)) for like in written]
    return [Word(word.text, (form,)) for form in _mistyped_form(vocabulary, text)]


def _mistyped(vocabulary: Vocabulary, text: str, reach: int) -> list[str]:
    """Telling words of some page within so many mistakes: the nearest, then the most frequent."""
    if len(text) < _SHORTEST or text.isdigit():
        return []
    found = vocabulary.alike(text, reach)
    named = {word: pages for word in found if (pages := vocabulary.naming(word))}
    return sorted(named, key=lambda word: (found[word], word[0] != text[0], -named[word], word))


def _parts(vocabulary: Vocabulary, text: str) -> tuple[str, str] | None:
    """The two known words that this one is made of."""
    for cut in range(3, len(text) - 2):
        if vocabulary.naming(text[:cut]) and vocabulary.naming(text[cut:]):
            return text[:cut], text[cut:]
    return None


def _begun(vocabulary: Vocabulary, text: str) -> list[str]:
    """Telling words that begin so, the most frequent first."""
    named = {word: pages for word in set(vocabulary.beginning(text)) if (pages := vocabulary.naming(word))}
    return sorted(named, key=lambda word: (-named[word], word))


def _mistyped_form(vocabulary: Vocabulary, text: str) -> list[str]:
    """Any indexed form one mistake away that begins like the word: for words that stand in bodies only."""
    stem = french_forms(text)[0]
    forms = set(islice(vocabulary.forms_from(stem[:2]), _LOOKED_AT))
    near = sorted(form for form in forms if mistakes(stem, form, 1) <= 1)
    return [form for form in near if vocabulary.frequency((form,))][:LIKE_MAXIMUM]
