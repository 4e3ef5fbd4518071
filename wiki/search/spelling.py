"""Words that no page holds, and what may have been meant: a mistake, two words in one, the beginning of a word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from wiki.search.analysis import asked_forms, fold, french_forms
from wiki.search.asking import Asked, Word, read
from wiki.search.folder import Snapshot
from wiki.search.resemblance import mistakes

LIKE_MAXIMUM = 3
_SHORTEST = 4
_LONG = 8
_LOOKED_AT = 4000


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


def mend(snapshot: Snapshot, asked: Asked) -> Mended:
    """Find what may have been meant by the words no page holds."""
    unknown = [word for word in asked.words if not snapshot.frequency(word.forms)]
    typed = text = asked.whole
    for word in unknown:
        if not _mistyped(snapshot, fold(word.text), 1) and (parts := _parts(snapshot, fold(word.text))):
            text = text.replace(word.text, " ".join(parts))
    if text != typed:
        asked = read(text)
        unknown = [word for word in asked.words if not snapshot.frequency(word.forms)]
    return Mended(typed, asked, {word: _like(snapshot, word) for word in unknown})


def _like(snapshot: Snapshot, word: Word) -> list[Word]:
    """At most three known words, the likeliest first."""
    text = fold(word.text)
    if len(text) < _SHORTEST or text.isdigit():
        return []
    found = _mistyped(snapshot, text, 1)
    if not found and len(text) >= _LONG:
        found = _mistyped(snapshot, text, 2)
    found = found or _begun(snapshot, text)
    if found:
        written = (_written(snapshot, like) for like in found[:LIKE_MAXIMUM])
        return [Word(like, asked_forms(like)) for like in written]
    return [Word(word.text, (form,)) for form in _mistyped_form(snapshot, text)]


def _mistyped(snapshot: Snapshot, text: str, reach: int) -> list[str]:
    """Telling words of some page within so many mistakes: the nearest, then the most frequent."""
    if len(text) < _SHORTEST or text.isdigit():
        return []
    found: dict[str, int] = {}
    for part in snapshot.parts:
        found |= part.segment.surface.alike(text, reach)
    return sorted(found, key=lambda word: (found[word], word[0] != text[0], -_pages(snapshot, word), word))


def _parts(snapshot: Snapshot, text: str) -> tuple[str, str] | None:
    """The two known words that this one is made of."""
    for cut in range(3, len(text) - 2):
        if _pages(snapshot, text[:cut]) and _pages(snapshot, text[cut:]):
            return text[:cut], text[cut:]
    return None


def _begun(snapshot: Snapshot, text: str) -> list[str]:
    """Telling words that begin so, the most frequent first."""
    found = {word for part in snapshot.parts for word in part.segment.surface.beginning(text)}
    return sorted(found, key=lambda word: (-_pages(snapshot, word), word))


def _mistyped_form(snapshot: Snapshot, text: str) -> list[str]:
    """Any indexed form one mistake away that begins like the word: for words that stand in bodies only."""
    stem = french_forms(text)[0]
    found = set()
    for part in snapshot.parts:
        for form in islice(part.segment.forms_from(stem[:2]), _LOOKED_AT):
            if mistakes(stem, form, 1) <= 1:
                found.add(form)
    return sorted(found)[:LIKE_MAXIMUM]


def _written(snapshot: Snapshot, word: str) -> str:
    return next(filter(None, (part.segment.written(word) for part in snapshot.parts)), word)


def _pages(snapshot: Snapshot, word: str) -> int:
    """How many pages name this word."""
    return sum(part.segment.surface_count(word) for part in snapshot.parts)
