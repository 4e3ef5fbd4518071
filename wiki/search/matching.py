"""Which pages of an index answer the words of a query, and how well: `scoring` in the arithmetic of `vectors`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from wiki.search import vectors
from wiki.search.analysis import word_keys
from wiki.search.asking import Phrase, Word
from wiki.search.folder import Snapshot
from wiki.search.postings import first
from wiki.search.scoring import CARRIES, CORRECTED, DATED, FEW, LEADS, RELATED, Plan, Span, Weights, lowest_coverage
from wiki.search.segments import PLACES, Part
from wiki.search.spelling import Mended


@dataclass(frozen=True)
class Matches:
    """The answer of one part: its documents, and a score for each of them (None where there were no words)."""

    part: Part
    documents: int
    scores: bytes | None


@dataclass(frozen=True)
class Named:
    """Words of the query that are a name of documents: (number, rank) by segment, and the values these stand for."""

    span: Span
    documents: Mapping[str, Sequence[tuple[int, int]]]
    carried: frozenset[str]


class Matcher:
    """The words of one query against one snapshot."""

    def __init__(self, snapshot: Snapshot, mended: Mended) -> None:
        self._snapshot = snapshot
        self._parts = snapshot.parts
        self._plan = Plan(mended)
        self._weights = Weights(self._plan, list(map(snapshot.frequency, self._plan.forms)), snapshot.pages)
        self._names = [named for span in self._plan.spans if (named := self._named(span))]

    def matches(self) -> list[Matches]:
        """The answer, part by part."""
        if self._plan.only_stop_words:
            return self._only_named()
        allowed = [self._allowed(part) for part in self._parts]
        if not self._plan.asked.words:
            return [Matches(part, documents, None) for part, documents in zip(self._parts, allowed, strict=True)]
        covering = [self._coverage(part) for part in self._parts]
        threshold = self._threshold(covering, allowed)
        enough = (vectors.to_set(coverage.translate(vectors.reaching(threshold))) for coverage in covering)
        return [
            Matches(part, documents & (holding | self._called(part)), self._scores(part))
            for part, documents, holding in zip(self._parts, allowed, enough, strict=True)
        ]

    def _called(self, part: Part) -> int:
        """The documents called like enough of what was typed."""
        name, size = part.segment.name, part.segment.size
        enough = [named.documents.get(name, ()) for named in self._names if self._weights.is_enough(named.span)]
        return vectors.set_of((number for documents in enough for number, _rank in documents), size) if enough else 0

    # Words

    def _vectors(self, part: Part) -> Iterator[bytes]:
        """How much each document is about each word, those that carry what the word names included."""
        for index, forms in enumerate(self._plan.forms):
            vector = part.segment.vector(forms, self._plan.relatives[index], RELATED)
            if self._plan.corrected[index]:
                vector = vector.translate(vectors.scale(CORRECTED))
            carrying = leading = 0
            for named in self._names:
                if named.span.start <= index < named.span.end:
                    for carried in named.carried:
                        name, _equals, value = carried.partition("=")
                        carrying |= part.segment.facet(name).documents(value, part.segment.size)
                        leading |= part.segment.facet(first(name)).documents(value, part.segment.size)
            for documents, height in ((carrying, CARRIES), (leading, LEADS), (self._dated(part, index), DATED)):
                vector = vectors.raised(vector, documents, height) if documents else vector
            yield vector

    def _dated(self, part: Part, index: int) -> int:
        """The documents of the year that a word is."""
        year = self._plan.years[index]
        return part.segment.facet("year").documents(year, part.segment.size) if year else 0

    def _coverage(self, part: Part) -> bytes:
        """How much of the loose words each document holds."""
        shared = zip(self._vectors(part), self._weights.shares, strict=True)
        held = (vector.translate(vectors.flat(share)) for vector, share in shared if share)
        return vectors.add(held, part.segment.size)

    def _threshold(self, covering: Sequence[bytes], allowed: Sequence[int]) -> int:
        """How much of the words is enough: all of them, where that leaves few pages as much as gives a few."""
        whole = self._weights.all_words
        if not whole:
            return 0 if self._plan.asked.phrases else 1
        held = [
            vectors.masked(coverage, vectors.to_mask(documents, len(coverage)))
            for coverage, documents in zip(covering, allowed, strict=True)
        ]
        if vectors.total_at_least(held, whole) >= FEW:
            return whole
        best = max(map(vectors.highest, held), default=0)
        return vectors.reached_by(held, FEW, lowest=lowest_coverage(best))

    def _scores(self, part: Part) -> bytes:
        scaled = zip(self._vectors(part), self._weights.scales, strict=True)
        scored = [vector.translate(vectors.scale(scale)) for vector, scale in scaled]
        return vectors.add([*scored, self._bonus(part), part.segment.followed], part.segment.size)

    # Names

    def _named(self, span: Span) -> Named | None:
        documents: dict[str, list[tuple[int, int]]] = {}
        carried = set()
        for part in self._parts:
            for key in span.keys:
                for number, rank in part.segment.with_key(key):
                    if part.flags[number]:
                        documents.setdefault(part.segment.name, []).append((number, rank))
                        if stands_for := part.segment.stands_for(number):
                            carried.add(stands_for)
        return Named(span, documents, frozenset(carried)) if documents else None

    def _bonus(self, part: Part) -> bytes:
        bonus: dict[int, int] = {}
        for named in self._names:
            for number, rank in named.documents.get(part.segment.name, ()):
                bonus[number] = max(self._weights.bonus(named.span, rank), bonus.get(number, 0))
        return vectors.sparse(bonus, part.segment.size)

    def _only_named(self) -> list[Matches]:
        """The answer to nothing but stop words: the pages called so."""
        words = list(self._plan.asked.ignored)
        named = self._named(Span(0, len(words), word_keys(words)))
        found = []
        for part in self._parts:
            numbers = named.documents.get(part.segment.name, ()) if named else ()
            documents = vectors.set_of((number for number, _rank in numbers), part.segment.size)
            found.append(Matches(part, documents, vectors.to_vector(documents, part.segment.size)))
        return found

    # Phrases

    def _allowed(self, part: Part) -> int:
        """The documents that hold every phrase and nothing of what is excluded."""
        documents = part.current
        for phrase in self._plan.asked.phrases:
            documents &= self._holding(part, phrase, documents)
        for phrase in self._plan.asked.excluded:
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
            # Where the phrase would begin. Of the first word all are kept, of the others only those kept already.
            found = segment.places(word.forms, vectors.to_vector(among, segment.size), -step)
            starts = set(found) if starts is None else starts.intersection(found)
            among = vectors.set_of((start // PLACES for start in starts), segment.size)
        return among

    def _rarity(self, step_and_word: tuple[int, Word]) -> int:
        return self._snapshot.frequency(step_and_word[1].forms)
