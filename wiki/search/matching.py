"""Which pages answer the words of a query, and how well.

A page answers a short query when it holds all of its words, a longer one (three words or more) when it holds most of
what is telling in it; where no page does, those answer that come nearest. Phrases in quotes must be there, excluded
ones must not.

The score of a page is the sum of the impacts of the words, each times how rare the word is, on one scale;
names add to it: a page called exactly what was typed comes first. Whoever types a name also finds what carries it:
"mapping party" is a synonym of a theme, so each page of that theme answers both words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import ceil, log

from wiki.search import vectors
from wiki.search.analysis import word_keys
from wiki.search.asking import Phrase, Word
from wiki.search.folder import Snapshot
from wiki.search.postings import NAMES_ALIAS, NAMES_TITLE
from wiki.search.segments import PLACES, Part
from wiki.search.spelling import Mended

SCORE_MAXIMUM = 190
# What is added where the whole query is the page's title, or another of its names; and how much of that for a part.
BONUS = {NAMES_TITLE: 45, NAMES_ALIAS: 25}
PART_OF_NAME = 0.45
# How much a page that carries a value is about the words that name the value, and how much less a corrected word says.
CARRIES, CORRECTED = 90, 200
# Where fewer pages than this hold all the words, those follow that hold a good part of them.
FEW = 12
PART_OF_WORDS = 0.4
COVERAGE_MAXIMUM = 230
NAME_WORDS = 6


@dataclass(frozen=True)
class Matches:
    """The answer of one part: its documents, and a score for each of them (None where there were no words)."""

    part: Part
    documents: int
    scores: bytes | None


@dataclass(frozen=True)
class Named:
    """Words `start` to `end` of the query are the name of documents; `carried` are values these stand for.

    `documents` are (number, rank of the name) by segment.
    """

    start: int
    end: int
    documents: Mapping[str, Sequence[tuple[int, int]]]
    carried: frozenset[str]


class Matcher:
    """The words of one query against one snapshot."""

    def __init__(self, snapshot: Snapshot, mended: Mended) -> None:
        self._snapshot = snapshot
        self._parts = snapshot.parts
        self._asked = mended.asked
        self._instead = mended.instead
        self.words = [word for word in self._asked.words if self._instead.get(word, True)]
        self._weights = {word: self._weight(word) for word in self.words}
        self._names = list(self._find_names())

    def matches(self) -> list[Matches]:
        """The answer, part by part."""
        allowed = [self._allowed(part) for part in self._parts]
        if not self._asked.words:
            if self._asked.ignored and not self._asked.excluded:
                return [self._only_named(part) for part in self._parts]
            return [Matches(part, documents, None) for part, documents in zip(self._parts, allowed, strict=True)]
        covering = [self._coverage(part) for part in self._parts]
        threshold = self._threshold(covering, allowed)
        return [
            self._answer(part, documents & vectors.to_set(coverage.translate(vectors.reaching(threshold))))
            for part, documents, coverage in zip(self._parts, allowed, covering, strict=True)
        ]

    # Words

    def _forms(self, word: Word) -> tuple[str, ...]:
        if word in self._instead:
            return tuple(chain.from_iterable(like.forms for like in self._instead[word]))
        return word.forms

    def _weight(self, word: Word) -> float:
        pages = self._snapshot.pages
        frequency = min(self._snapshot.frequency(self._forms(word)), pages)
        return log(1 + (pages - frequency + 0.5) / (frequency + 0.5))

    def _vector(self, part: Part, index: int) -> bytes:
        """How much each document is about a word of the query, those that carry what the word names included."""
        word = self.words[index]
        vector = part.segment.vector(self._forms(word))
        if word in self._instead:
            vector = vector.translate(vectors.scale(CORRECTED))
        carrying = 0
        for named in self._names:
            if named.start <= index < named.end:
                for carried in named.carried:
                    name, _equals, value = carried.partition("=")
                    carrying |= part.segment.facet(name).documents(value, part.segment.size)
        return vectors.raised(vector, carrying, CARRIES) if carrying else vector

    # Names

    def _find_names(self) -> Iterator[Named]:
        for start in range(len(self.words)):
            for end in range(start + 1, min(start + NAME_WORDS, len(self.words)) + 1):
                named = self._named(word_keys([self._text(word) for word in self.words[start:end]]))
                if named:
                    yield Named(start, end, *named)

    def _text(self, word: Word) -> str:
        return self._instead[word][0].text if word in self._instead else word.text

    def _named(self, names: Sequence[str]) -> tuple[Mapping[str, Sequence[tuple[int, int]]], frozenset[str]] | None:
        documents: dict[str, list[tuple[int, int]]] = {}
        carried = set()
        for part in self._parts:
            for name in names:
                for number, rank in part.segment.with_key(name):
                    if part.flags[number]:
                        documents.setdefault(part.segment.name, []).append((number, rank))
                        if stands_for := part.segment.stands_for(number):
                            carried.add(stands_for)
        return (documents, frozenset(carried)) if documents else None

    def _only_named(self, part: Part) -> Matches:
        """The answer to nothing but stop words: the pages called so."""
        found = self._named(word_keys(list(self._asked.ignored)))
        named = found[0].get(part.segment.name, ()) if found else ()
        documents = vectors.set_of((number for number, _rank in named), part.segment.size)
        return Matches(part, documents, vectors.to_vector(documents, part.segment.size))

    # Documents

    def _allowed(self, part: Part) -> int:
        """The documents that hold every phrase and nothing of what is excluded."""
        documents = part.current
        for phrase in self._asked.phrases:
            documents &= self._holding(part, phrase, documents)
        for phrase in self._asked.excluded:
            documents &= ~self._holding(part, phrase, documents)
        return documents

    def _holding(self, part: Part, phrase: Phrase, among: int) -> int:
        segment = part.segment
        for _step, word in phrase.words:
            among &= segment.holding(word.forms)
        if len(phrase.words) == 1 or not among:
            return among
        starts: set[int] | None = None
        for step, word in sorted(phrase.words, key=self._rarity):
            places = segment.places(word.forms, vectors.to_vector(among, segment.size))
            # Of the first word every place, of the others only where they would go on: far fewer.
            found = set(places) if starts is None else {start + step for start in starts}.intersection(places)
            starts = {place - step for place in found}
            among = vectors.set_of({start // PLACES for start in starts}, segment.size)
        return among

    def _rarity(self, step_and_word: tuple[int, Word]) -> int:
        return self._snapshot.frequency(step_and_word[1].forms)

    def _coverage(self, part: Part) -> bytes:
        """How much of the loose words each document holds."""
        shares = self._shares()
        held = (
            self._vector(part, index).translate(vectors.flat(shares[word]))
            for index, word in enumerate(self.words)
            if word in shares
        )
        return vectors.add(held, part.segment.size)

    def _shares(self) -> dict[Word, int]:
        loose = [word for word in self.words if word in self._asked.loose]
        whole = sum(self._weights[word] for word in loose) or 1.0
        return {word: max(1, int(COVERAGE_MAXIMUM * self._weights[word] / whole)) for word in loose}

    def _threshold(self, covering: Sequence[bytes], allowed: Sequence[int]) -> int:
        """How much of the words is enough: all of them, where that leaves few pages as much as gives a few."""
        shares = self._shares()
        if not shares:
            return 0 if self._asked.phrases else 1
        held = [
            vectors.masked(coverage, vectors.to_mask(documents, len(coverage)))
            for coverage, documents in zip(covering, allowed, strict=True)
        ]
        whole = sum(shares.values())
        if vectors.total_at_least(held, whole) >= FEW:
            return whole
        best = max(map(vectors.highest, held), default=0)
        return max(1, vectors.reached_by(held, FEW, lowest=ceil(best * PART_OF_WORDS)))

    def _answer(self, part: Part, documents: int) -> Matches:
        whole = sum(self._weights.values()) or 1.0
        scored = [
            self._vector(part, index).translate(vectors.scale(max(1, int(SCORE_MAXIMUM * self._weights[word] / whole))))
            for index, word in enumerate(self.words)
        ]
        if names := self._name_bonus(part):
            scored.append(names)
        return Matches(part, documents, vectors.add(scored, part.segment.size))

    def _name_bonus(self, part: Part) -> bytes:
        whole = sum(self._weights.values()) or 1.0
        bonus: dict[int, int] = {}
        for named in self._names:
            share = sum(self._weights[word] for word in self.words[named.start : named.end]) / whole
            whole_name = named.end - named.start == len(self.words)
            for number, rank in named.documents.get(part.segment.name, ()):
                height = BONUS[rank] if whole_name else round(PART_OF_NAME * BONUS[rank] * share)
                bonus[number] = max(height, bonus.get(number, 0))
        return vectors.sparse(bonus, part.segment.size) if bonus else b""
