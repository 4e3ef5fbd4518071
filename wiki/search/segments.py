"""One segment of the index, held so that questions about all of its documents are cheap.

A segment never changes once written; which of its documents are still current does, and is kept apart (`Part`).
What is read from it is kept in memory: columns and filters as long as the segment lives, words up to a bound.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, compress
from threading import RLock
from typing import Any

from wiki.search import vectors
from wiki.search.postings import order_key
from wiki.search.resemblance import Lexicon
from wiki.search.scoring import followed
from wiki.search.storage import SegmentFiles

CACHE_BYTES = 24 * 2**20
# More places than any document has.
PLACES = 1 << 20
# The page number of the document that notes the last task.
NOTE = 0
# Values that fewer documents than one in this many carry are counted one by one, the others as sets.
SPARSE = 200


class Cache:
    """Vectors and sets by name, the least used forgotten first. Shared by the segments of one index."""

    def __init__(self, limit: int = CACHE_BYTES) -> None:
        self._limit = limit
        self._size = 0
        self._held: OrderedDict[Any, tuple[Any, int]] = OrderedDict()
        self._lock = RLock()

    def get(self, key: Any) -> Any:
        """What is held under this name, None for nothing."""
        with self._lock:
            held = self._held.get(key)
            if held is None:
                return None
            self._held.move_to_end(key)
            return held[0]

    def put(self, key: Any, value: Any, size: int) -> Any:
        """Hold a value of about `size` bytes, and give it back."""
        with self._lock:
            if key not in self._held:
                self._held[key] = (value, size)
                self._size += size
            while self._size > self._limit and len(self._held) > 1:
                _key, (_value, freed) = self._held.popitem(last=False)
                self._size -= freed
        return value


@dataclass(frozen=True)
class FacetValues:
    """The values of one facet in one segment: frequent ones as sets, rare ones as lists of documents."""

    sets: dict[str, int] = field(default_factory=dict)
    lists: dict[str, array[int]] = field(default_factory=dict)

    def documents(self, value: str, size: int) -> int:
        """The documents that carry a value."""
        if value in self.sets:
            return self.sets[value]
        return vectors.set_of(self.lists[value], size) if value in self.lists else 0


class Segment:
    """A segment as read. Document numbers run from 0 to `size` - 1."""

    def __init__(self, files: SegmentFiles, cache: Cache) -> None:
        self.files = files
        self._cache = cache
        self._facets: dict[str, FacetValues] = {}
        self._ordered_values: dict[str, list[tuple[str, str]]] = {}
        self._related_values: dict[str, dict[int, list[str]]] = {}
        self.name = files.name
        self.size = files.size

    # Words

    def holding(self, forms: Sequence[str]) -> int:
        """The documents that hold a word."""
        key = (self.name, "holding", *forms)
        held = self._cache.get(key)
        if held is None:
            held = self._cache.put(key, vectors.to_set(self.vector(forms)), self.size // 7 + 200)
        return held

    def vector(self, forms: Sequence[str], relatives: Sequence[str] = (), highest: int = 255) -> bytes:
        """How much each document is about a word, given the forms it may stand under.

        The forms of its relatives say less: an impact of 255 is one of `highest` for them.
        """
        key = (self.name, *forms, "", str(highest), *relatives) if relatives else (self.name, *forms)
        held = self._cache.get(key)
        if held is None:
            impacts = bytearray(self.vector(forms)) if relatives else bytearray(self.size)
            said = vectors.scale(highest if relatives else 255)
            for form in relatives or forms:
                found = self.files.postings("word", form)
                for number, impact in zip(found.numbers, found.firsts.translate(said), strict=True):
                    if impact > impacts[number]:
                        impacts[number] = impact
            held = self._cache.put(key, bytes(impacts), self.size + 200)
        return held

    def places(self, forms: Sequence[str], among: bytes, shift: int) -> Iterator[int]:
        """Where a word stands in the documents that are 1 in `among`: document * `PLACES` + place + `shift`."""
        lists = [self.files.postings("word", form) for form in forms]
        wanted = (bytes(map(among.__getitem__, postings.numbers)) for postings in lists)
        found = zip(lists, wanted, strict=True)
        return chain.from_iterable(postings.places(flags, PLACES, shift) for postings, flags in found)

    def with_key(self, key: str) -> Iterator[tuple[int, int]]:
        """The documents with a name of this key, and its rank there."""
        return self._ranked("key", key)

    def with_surface(self, word: str) -> Iterator[tuple[int, int]]:
        """The documents with a telling word written so, and its rank there."""
        return self._ranked("surface", word)

    def _ranked(self, field: str, text: str) -> Iterator[tuple[int, int]]:
        found = self.files.postings(field, text)
        return zip(found.numbers, found.firsts, strict=True)

    def written(self, word: str) -> str:
        """How a telling word is written somewhere, accents included."""
        found = self.files.postings("surface", word)
        return found.rest[: found.lengths[0]].decode() or word if found.lengths else ""

    @cached_property
    def surface(self) -> Lexicon:
        """Every telling word without accents."""
        return Lexicon(list(self.files.texts_from("surface", "")))

    def forms_from(self, prefix: str) -> Iterator[str]:
        """The indexed forms that begin so."""
        return self.files.texts_from("word", prefix)

    # Filters

    def values_from(self, name: str, beginning: str) -> Iterator[str]:
        """The values of a facet that begin so, whatever their case and accents; `beginning` has neither."""
        ordered = self._ordered_values.get(name)
        if ordered is None:
            values = self.facet(name)
            ordered = sorted((order_key(value), value) for value in (*values.sets, *values.lists))
            self._ordered_values[name] = ordered
        for index in range(bisect_left(ordered, (beginning, "")), len(ordered)):
            key, value = ordered[index]
            if not key.startswith(beginning):
                return
            yield value

    def facet(self, name: str) -> FacetValues:
        """The values of a facet."""
        found = self._facets.get(name)
        if found is None:
            found = self._facets.setdefault(name, self._read_facet(name))
        return found

    def _read_facet(self, name: str) -> FacetValues:
        values = FacetValues()
        for text, postings in self.files.lists_from("facet", f"{name}="):
            numbers = postings.numbers
            value = text[len(name) + 1 :]
            if len(numbers) * SPARSE > self.size:
                values.sets[value] = vectors.set_of(numbers, self.size)
            else:
                values.lists[value] = array("I", numbers)
        return values

    # Columns

    @cached_property
    def page_ids(self) -> array[int]:
        return self.files.numbers("page_id")

    @cached_property
    def revision_ids(self) -> array[int]:
        return self.files.numbers("revision_id")

    @cached_property
    def popularity(self) -> array[int]:
        return self.files.numbers("popularity")

    @cached_property
    def followed(self) -> bytes:
        """What each document gains by those that lead to it."""
        return bytes(map(followed, self.popularity))

    @cached_property
    def origins(self) -> array[int]:
        """The page each comes from, itself where others come from it, 0 where neither."""
        return self.files.numbers("origin")

    @cached_property
    def related(self) -> int:
        """The documents that belong to a family."""
        return vectors.to_set(bytes(map(bool, self.origins)))

    def values_of_related(self, name: str) -> dict[int, list[str]]:
        """The values of a facet that documents of families carry, by document."""
        found = self._related_values.get(name)
        if found is None:
            found = {}
            flags = vectors.to_vector(self.related, self.size)
            facet = self.facet(name)
            for value, carrying in facet.sets.items():
                for number in vectors.members(carrying & self.related, self.size):
                    found.setdefault(number, []).append(value)
            for value, numbers in facet.lists.items():
                for number in compress(numbers, map(flags.__getitem__, numbers)):
                    found.setdefault(number, []).append(value)
            self._related_values[name] = found
        return found

    @cached_property
    def starts(self) -> array[int]:
        return self.files.numbers("starts")

    @cached_property
    def ends(self) -> array[int]:
        return self.files.numbers("ends")

    @cached_property
    def past_from(self) -> array[int]:
        """The quarter of an hour from which each is past, 0 for what never is."""
        return self.files.numbers("past_from")

    @cached_property
    def latitudes(self) -> array[float]:
        return self.files.numbers("latitude")

    @cached_property
    def longitudes(self) -> array[float]:
        return self.files.numbers("longitude")

    @cached_property
    def documents(self) -> int:
        """The documents that are pages: a note (of the last task) is none."""
        return vectors.everything(self.size) & ~vectors.set_of(self.with_page(NOTE), self.size)

    def with_page(self, page_id: int) -> Sequence[int]:
        """The documents of a page."""
        return self.files.postings("page", str(page_id)).numbers

    def last_task(self, number: int) -> int:
        """The task a note tells of."""
        return int(self.files.numbers("last_task")[number])

    @cached_property
    def _titles(self) -> Sequence[bytes]:
        return self.files.texts("title")

    @cached_property
    def _stands_for(self) -> Sequence[bytes]:
        return self.files.texts("stands_for")

    def title(self, number: int) -> str:
        """What a document's title is put in order by."""
        return self._titles[number].decode() if self._titles else ""

    def stands_for(self, number: int) -> str:
        """The facet value ("theme=cartes-ouvertes") a document is the page of, or ""."""
        return self._stands_for[number].decode() if self._stands_for else ""

    # Orders

    @cached_property
    def by_date(self) -> array[int]:
        """Document numbers, oldest first and those without a date before them, then by revision."""
        starts, revisions = self.starts, self.revision_ids
        return array("I", sorted(range(self.size), key=lambda number: (starts[number], revisions[number])))

    @cached_property
    def by_revision(self) -> array[int]:
        """Document numbers, the text that changed last coming last."""
        return array("I", sorted(range(self.size), key=self.revision_ids.__getitem__))

    @cached_property
    def undated(self) -> int:
        """How many documents have no date."""
        return self.starts.count(0)

    @cached_property
    def by_title(self) -> array[int]:
        """Document numbers by title, then by page."""
        titles = list(self._titles) or [b""] * self.size
        pages = self.page_ids
        return array("I", sorted(range(self.size), key=lambda number: (titles[number], pages[number])))

    def titled_from(self, beginning: str) -> Iterator[int]:
        """The documents whose title begins so, in order."""
        for index in range(bisect_left(self.by_title, beginning, key=self.title), self.size):
            if not self.title(self.by_title[index]).startswith(beginning):
                return
            yield self.by_title[index]

    def between(self, column: str, low: int, high: int) -> int:
        """The documents with a value from `low` to `high` in a column: "starts", "ends" or "past_from"."""
        key = (self.name, column, low, high)
        held = self._cache.get(key)
        if held is None:
            values: array[int] = getattr(self, column)
            held = vectors.to_set(bytes([low <= value <= high for value in values]))
            self._cache.put(key, held, self.size // 7 + 200)
        return held


@dataclass(frozen=True)
class Part:
    """A segment together with those of its documents that are current pages at one moment, and those deleted."""

    segment: Segment
    current: int
    deleted: int

    @cached_property
    def flags(self) -> bytes:
        """1 for each current document, 0 for others."""
        return vectors.to_vector(self.current, self.segment.size)

    @property
    def last_task(self) -> int:
        """The task its note tells of, 0 where it has none."""
        notes = (note for note in self.segment.with_page(NOTE) if not self.deleted >> note & 1)
        return max(map(self.segment.last_task, notes), default=0)

    def pages(self) -> Iterator[tuple[int, int]]:
        """(page, revision) of each current document."""
        return compress(zip(self.segment.page_ids, self.segment.revision_ids, strict=True), self.flags)

    def origins(self) -> Iterator[tuple[int, int]]:
        """(page, the page it comes from) of each current document that belongs to a family."""
        pages, origins = self.segment.page_ids, self.segment.origins
        for number in vectors.members(self.current & self.segment.related, self.segment.size):
            yield pages[number], origins[number]
