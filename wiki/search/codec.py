"""How lists of postings are gathered, written, read and merged: whole, and at the speed of C.

Whoosh's own codec keeps pickled blocks of 128 postings to step through, and merges by stepping through all of them.
We read a whole list each time, and join lists end to end. A list on disk:

    count, typecodes, size of the rest     header
    steps from document to document        as narrow an array as will do
    the first byte of each value           how much (an impact, a rank); absent in fields without values
    the length of what else it has         as narrow an array as will do
    what else each value has               its places, or how it is written

Everything else (terms, columns, segments, tables of contents) stays Whoosh's.
"""

from __future__ import annotations

import struct
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from itertools import accumulate, chain, compress, groupby, repeat
from operator import add, itemgetter
from typing import Any, NamedTuple

from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter, W3TermInfo

_HEADER = struct.Struct("=IccI")
_NO_VALUES = b"-"
# Of a list of which one document in so many is wanted, the places are cut out; else all are gone through.
FEW = 4
_TYPECODES = ((0xFF, "B"), (0xFFFF, "H"), (0xFFFFFFFF, "I"))


class Postings(NamedTuple):
    """A list in memory. `firsts` and `lengths` go along `numbers`; both are empty where the field has no values."""

    numbers: Sequence[int]
    firsts: bytes = b""
    lengths: Sequence[int] = ()
    rest: bytes = b""

    def places(self, wanted: bytes, stride: int, shift: int) -> Iterator[int]:
        """document * `stride` + place + `shift`, for each place of the documents whose flag, along `numbers`, is 1."""
        counts = [length // 2 for length in self.lengths]
        starts = [number * stride + shift for number in compress(self.numbers, wanted)]
        spread = chain.from_iterable(map(repeat, starts, compress(counts, wanted)))
        return map(add, spread, self._places_of(wanted, counts))

    def _places_of(self, wanted: bytes, counts: Sequence[int]) -> Iterable[int]:
        """The places in these documents, end to end."""
        places = array("H", self.rest)
        if wanted.count(1) == len(wanted):
            return places
        if wanted.count(1) * FEW > len(wanted):
            return compress(places, chain.from_iterable(map(repeat, wanted, counts)))
        ends = list(accumulate(counts))
        pieces = zip(compress(counts, wanted), compress(ends, wanted), strict=True)
        return chain.from_iterable([places[end - count : end] for count, end in pieces])

    def renumbered(self, numbers: Sequence[int]) -> Postings:
        """The same with other document numbers, those of -1 left out."""
        new = list(map(numbers.__getitem__, self.numbers))
        if -1 not in new:
            return self._replace(numbers=new)
        kept = [number >= 0 for number in new]
        ends = list(accumulate(self.lengths))
        pieces = [self.rest[end - length : end] for end, length in zip(ends, self.lengths, strict=True)]
        return Postings(
            list(compress(new, kept)), bytes(compress(self.firsts, kept)), list(compress(self.lengths, kept)),
            b"".join(compress(pieces, kept)),
        )  # fmt: skip


NOTHING = Postings(())


def _joined(parts: Sequence[Postings]) -> Postings:
    """Lists end to end, documents in order."""
    if len(parts) == 1:
        return parts[0]
    return Postings(
        list(chain.from_iterable(part.numbers for part in parts)), b"".join(part.firsts for part in parts),
        list(chain.from_iterable(part.lengths for part in parts)), b"".join(part.rest for part in parts),
    )  # fmt: skip


def _of_values(found: Sequence[tuple[int, bytes]]) -> Postings:
    numbers, values = zip(*found, strict=True)
    if not values[0]:
        return Postings(numbers)
    firsts = bytes([value[0] for value in values])
    return Postings(numbers, firsts, [len(value) - 1 for value in values], b"".join([value[1:] for value in values]))


def _packed(postings: Postings) -> bytes:
    numbers = postings.numbers
    steps = _narrow([number - before for number, before in zip(numbers, chain((0,), numbers), strict=False)])
    if not postings.firsts:
        return _HEADER.pack(len(numbers), steps.typecode.encode(), _NO_VALUES, 0) + steps.tobytes()
    lengths = _narrow(postings.lengths)
    header = _HEADER.pack(len(numbers), steps.typecode.encode(), lengths.typecode.encode(), len(postings.rest))
    return b"".join((header, steps.tobytes(), postings.firsts, lengths.tobytes(), postings.rest))


def _narrow(values: Sequence[int]) -> array[int]:
    highest = max(values)
    return array(next(typecode for limit, typecode in _TYPECODES if highest <= limit), values)


def unpacked(file: Any, offset: int) -> Postings:
    """The list at this place of a file."""
    count, steps_type, lengths_type, rest = _HEADER.unpack(file.get(offset, _HEADER.size))
    steps: array[int] = array(steps_type.decode())
    lengths: array[int] = array("B" if lengths_type == _NO_VALUES else lengths_type.decode())
    valued = 0 if lengths_type == _NO_VALUES else count
    size = count * steps.itemsize + valued * (1 + lengths.itemsize) + rest
    data = memoryview(file.get(offset + _HEADER.size, size))
    end = count * steps.itemsize
    steps.frombytes(data[:end])
    firsts = bytes(data[end : end + valued])
    end += valued
    lengths.frombytes(data[end : end + valued * lengths.itemsize])
    end += valued * lengths.itemsize
    return Postings(array("I", accumulate(steps)), firsts, lengths, bytes(data[end:]))


Term = tuple[str, bytes]


class Pool:
    """Gathers the postings of a segment by term: of new documents in memory, of merged segments where they are.

    Takes the place of Whoosh's own, which sorts every posting, and once they are many through files: at 20,000
    pages that halves the speed. Whoever writes sees to it that not too many documents are new.
    """

    def __init__(self) -> None:
        self._found: defaultdict[str, defaultdict[bytes, list[tuple[int, bytes]]]]
        self._found = defaultdict(lambda: defaultdict(list))
        self._merged: list[Iterable[tuple[Term, Postings]]] = []

    def add(self, posting: tuple[str, bytes, int, float, bytes]) -> None:
        """Take the posting of a new document."""
        field, text, number, _weight, value = posting
        self._found[field][text].append((number, value))

    def add_all(self, field: str, number: int, values: Iterable[tuple[bytes, bytes]]) -> None:
        """Take all postings of a new document in one field: (text, value)."""
        found = self._found[field]
        for text, value in values:
            found[text].append((number, value))

    def merge(self, lists: Iterable[tuple[Term, Postings]]) -> None:
        """Take the lists of a segment, in the order of their terms, with the new numbers of its documents."""
        self._merged.append(lists)

    def iter_postings(self) -> Iterator[tuple[Term, Postings]]:
        """Every term in order, with its whole list. Segments first: their documents have the lower numbers."""
        new = (
            ((field, text), _of_values(found))
            for field, terms in sorted(self._found.items())
            for text, found in sorted(terms.items(), key=itemgetter(0))
        )
        for term, lists in groupby(merge(*self._merged, new, key=itemgetter(0)), itemgetter(0)):
            parts = [postings for _term, postings in lists if postings.numbers]
            if parts:
                yield term, _joined(parts)

    def cleanup(self) -> None:
        """Forget all of it."""
        self._found.clear()
        self._merged.clear()


class _FieldWriter(W3FieldWriter):  # type: ignore[misc]
    """Writes whole lists."""

    def add_postings(self, schema: Any, _lengths: Any, lists: Iterable[tuple[Term, Postings]]) -> None:
        for field, found in groupby(lists, lambda term_and_list: term_and_list[0][0]):
            self.start_field(field, schema[field])
            for (_field, text), postings in found:
                self.start_term(text)
                self._postwriter.put(postings)
                self.finish_term()
            self.finish_field()


class _ListWriter:
    """What the field writer has each list written by."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def start_postings(self, _format: Any, terminfo: W3TermInfo) -> None:
        self._terminfo = terminfo

    def put(self, postings: Postings) -> None:
        offset = self._file.tell()
        data = _packed(postings)
        self._file.write(data)
        self._terminfo.add_block(_Block(postings.numbers))
        self._terminfo.set_extent(offset, len(data))

    def finish_postings(self) -> W3TermInfo:
        return self._terminfo


class _Block:
    """What Whoosh notes of a list beside it."""

    def __init__(self, numbers: Sequence[int]) -> None:
        self._numbers = numbers
        self._weights = (float(len(numbers)),)

    def __len__(self) -> int:
        return len(self._numbers)

    def min_id(self) -> int:
        return self._numbers[0]

    def max_id(self) -> int:
        return self._numbers[-1]

    def min_length(self) -> int:
        return 0

    def max_length(self) -> int:
        return 0

    def max_weight(self) -> float:
        return 1.0


class Codec(W3Codec):  # type: ignore[misc]
    """Whoosh's own but for the postings, which only `unpacked` reads."""

    # No field keeps its length: without this Whoosh looks for a file of lengths at each posting.
    length_stats = False

    def field_writer(self, storage: Any, segment: Any) -> _FieldWriter:
        return _FieldWriter(self, storage, segment)

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> _ListWriter:
        return _ListWriter(dbfile)
