"""How lists of postings are written: packed, so that all of a list is read at once and at the speed of C.

Whoosh's own codec keeps pickled blocks of 128 to step through; we never step, and read a whole list each time. A list:

    count, typecodes, size of the rest     header
    steps from document to document        as narrow an array as will do
    the first byte of each value           how much (an impact, a rank); absent in fields without values
    the length of what else it has         as narrow an array as will do
    what else each value has               its places, or how it is written

Everything else (terms, columns, segments, merging) stays Whoosh's.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, compress, repeat
from typing import Any, NamedTuple

from whoosh.codec.whoosh3 import W3Codec, W3TermInfo
from whoosh.matching import ListMatcher

_HEADER = struct.Struct("=IccI")
_NO_VALUES = b"-"
_TYPECODES = ((0xFF, "B"), (0xFFFF, "H"), (0xFFFFFFFF, "I"))


class Postings(NamedTuple):
    """A list as read. `firsts` and `lengths` go along `numbers`; both are empty where the field has no values."""

    numbers: array[int]
    firsts: bytes
    lengths: array[int]
    rest: bytes

    def values(self) -> Iterator[bytes]:
        """The values, put together again."""
        end = 0
        for first, length in zip(self.firsts, self.lengths, strict=True):
            start, end = end, end + length
            yield bytes((first,)) + self.rest[start:end]

    def places(self, wanted: Sequence[int]) -> Iterator[tuple[int, int]]:
        """(document, place) for each place of the documents whose flag, along `numbers`, is not 0."""
        places = array("H", self.rest)
        counts = [length // 2 for length in self.lengths]
        spread = chain.from_iterable(map(repeat, wanted, counts))
        numbers = chain.from_iterable(map(repeat, compress(self.numbers, wanted), compress(counts, wanted)))
        return zip(numbers, compress(places, spread), strict=True)


NOTHING = Postings(array("I"), b"", array("B"), b"")


class Writer:
    """Gathers the postings of one term after the other. The part of Whoosh's writers that its field writer calls."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def start_postings(self, _format: Any, terminfo: W3TermInfo) -> None:
        self._terminfo = terminfo
        self._numbers: list[int] = []
        self._values: list[bytes] = []

    def add_posting(self, number: int, _weight: float, value: bytes | None, _length: int | None = None) -> None:
        self._numbers.append(number)
        if value:
            self._values.append(value)

    def finish_postings(self) -> W3TermInfo:
        offset = self._file.tell()
        data = _packed(self._numbers, self._values)
        self._file.write(data)
        self._terminfo.add_block(_Block(self._numbers))
        self._terminfo.set_extent(offset, len(data))
        return self._terminfo


class _Block:
    """What Whoosh keeps of a list beside it."""

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


def _packed(numbers: Sequence[int], values: Sequence[bytes]) -> bytes:
    steps = _narrow([number - before for number, before in zip(numbers, chain((0,), numbers), strict=False)])
    if not values:
        return _HEADER.pack(len(numbers), steps.typecode.encode(), _NO_VALUES, 0) + steps.tobytes()
    lengths = _narrow([len(value) - 1 for value in values])
    firsts = bytes([value[0] for value in values])
    rest = b"".join([value[1:] for value in values])
    header = _HEADER.pack(len(numbers), steps.typecode.encode(), lengths.typecode.encode(), len(rest))
    return b"".join((header, steps.tobytes(), firsts, lengths.tobytes(), rest))


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


class Codec(W3Codec):  # type: ignore[misc]
    """Whoosh's own but for the postings."""

    # No field keeps its length: without this Whoosh looks for a file of lengths at each posting.
    length_stats = False

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> Writer:
        return Writer(dbfile)

    def postings_reader(self, dbfile: Any, terminfo: Any, format_: Any, term: Any = None, scorer: Any = None) -> Any:
        """A list to step through, which is what Whoosh does when it merges."""
        found = unpacked(dbfile, terminfo.extent()[0])
        numbers = list(found.numbers)
        values = list(found.values()) if found.firsts else [b""] * len(numbers)
        return ListMatcher(numbers, [1.0] * len(numbers), values, format_, scorer=scorer, term=term, terminfo=terminfo)
