"""Words that no page holds, and what may have been meant: a mistake, two words in one, one in two, a beginning."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Protocol

from wiki.search.analysis import Place, asked_forms, fold, french_forms
from wiki.search.asking import Asked, Word, read
from wiki.search.derivation import forms_like, relatives
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
    relatives: Mapping[Word, Place]

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
    """Find what may have been meant by the words no page holds, and what is related to the others."""
    typed = asked.whole
    for rewritten in (_joined, _taken_apart):
        text = rewritten(vocabulary, asked)
        asked = read(text) if text != asked.whole else asked
    unknown = _unknown(vocabulary, asked)
    related = {word: relatives(vocabulary, word.text, word.forms) for word in asked.words if word not in unknown}
    return Mended(typed, asked, {word: _like(vocabulary, word) for word in unknown}, related)


def _unknown(vocabulary: Vocabulary, asked: Asked) -> list[Word]:
    return [word for word in asked.words if not vocabulary.frequency(word.forms)]


def _taken_apart(vocabulary: Vocabulary, asked: Asked) -> str:
    """What was typed, with unknown words that are two known ones in two."""
    text = asked.whole
    for word in _unknown(vocabulary, asked):
        if not _mistyped(vocabulary, fold(word.text), 1) and (parts := _parts(vocabulary, fold(word.text))):
            text = text.replace(word.text, " ".join(parts))
    return text


def _joined(vocabulary: Vocabulary, asked: Asked) -> str:
    """What was typed, with an unknown word and its neighbour in one where that is a known one."""
    text = asked.whole
    unknown = _unknown(vocabulary, asked)
    for one, other in pairwise(asked.loose):
        both = fold(one.text + other.text)
        if (one in unknown or other in unknown) and len(both) >= _LONG and vocabulary.naming(both):
            apart = rf"\b{re.escape(one.text)}[\s-]+{re.escape(other.text)}\b"
            text = re.sub(apart, vocabulary.written(both), text)
    return text


def _like(vocabulary: Vocabulary, word: Word) -> list[Word]:
    """At most three known words, the likeliest first."""
    text = fold(word.text)
    if len(text) < _SHORTEST or text.isdigit():
        return []
    found = _mistyped(vocabulary, text, 1)
    related = relatives(vocabulary, text, ())
    if not found and related and vocabulary.frequency(related):
        return [Word(word.text, related)]
    if not found and len(text) >= _LONG:
        found = _mistyped(vocabulary, text, 2)
    found = found or _begun(vocabulary, text)
    if found:
        written = map(vocabulary.written, found[:LIKE_MAXIMUM])
        return [Word(like, asked_forms(like)) for like in written]
    forms = _mistyped_form(vocabulary, text) or forms_like(vocabulary, text)
    return [Word(word.text, (form,)) for form in forms[:LIKE_MAXIMUM] if vocabulary.frequency((form,))]


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
    return [form for form in near if vocabulary.frequency((form,))]
