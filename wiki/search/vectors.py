"""Arithmetic over all pages of a segment at once, in plain Python.

A *vector* is `bytes`, one byte for each document: 0 where a word is absent, else how much the document is about it.
A *set* is an `int`, one bit for each document. Python adds, intersects and counts such long numbers at the speed of
C, which is what makes scoring every match and counting every filter affordable without another dependency:
at 100,000 documents an intersection takes 1 µs, a count 10 µs, adding two vectors 0.2 ms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import compress

_TO_DIGITS = bytes([ord("0")] + [ord("1")] * 255)
_FROM_DIGITS = bytes(1 if value == ord("1") else 0 for value in range(256))


def to_set(vector: bytes) -> int:
    """The documents where the vector is not 0."""
    return int(vector.translate(_TO_DIGITS)[::-1], 2) if vector else 0


def to_vector(documents: int, size: int) -> bytes:
    """1 for each document of the set, 0 elsewhere."""
    return format(documents, f"0{size}b").encode("ascii")[::-1].translate(_FROM_DIGITS) if size else b""


def to_mask(documents: int, size: int) -> int:
    """A set as a number of one whole byte for each document, for `masked`."""
    return int.from_bytes(to_vector(documents, size).translate(_ALL_ONES), "little")


_ALL_ONES = bytes([0] + [255] * 255)


def set_of(numbers: Iterable[int], size: int) -> int:
    """The set of these document numbers."""
    digits = bytearray(b"0") * size
    for number in numbers:
        digits[number] = 49
    return int(digits[::-1], 2) if size else 0


def members(documents: int, size: int) -> Iterator[int]:
    """The document numbers of a set, in order."""
    return compress(range(size), to_vector(documents, size)) if documents else iter(())


def everything(size: int) -> int:
    """The set of all documents."""
    return (1 << size) - 1


@lru_cache(maxsize=512)
def scale(highest: int) -> bytes:
    """A table that brings values of 1 to 255 to 1 to `highest` (all to 0 where that is 0)."""
    if highest <= 0:
        return bytes(256)
    return bytes([0] + [max(1, round(value * highest / 255)) for value in range(1, 256)])


@lru_cache(maxsize=512)
def flat(height: int) -> bytes:
    """A table that brings every value but 0 to `height`."""
    return bytes([0] + [height] * 255)


def add(vectors: Iterable[bytes], size: int) -> bytes:
    """The sum, document by document. The caller sees to it that no sum passes 255."""
    return sum(int.from_bytes(vector, "little") for vector in vectors).to_bytes(size, "little")


def raised(vector: bytes, documents: int, height: int) -> bytes:
    """The vector, at least `height` for the documents of the set."""
    size = len(vector)
    within = to_mask(documents, size)
    low = vector.translate(_lift(height))
    return ((int.from_bytes(low, "little") & within) | (int.from_bytes(vector, "little") & ~within)).to_bytes(
        size, "little"
    )


@lru_cache(maxsize=64)
def _lift(height: int) -> bytes:
    return bytes(max(value, height) for value in range(256))


def numbers(vector: bytes, threshold: int = 1) -> Iterator[int]:
    """The documents that have this value or more."""
    return compress(range(len(vector)), vector.translate(reaching(threshold)))


def sparse(values: Mapping[int, int], size: int) -> bytes:
    """The vector of these values, 0 elsewhere."""
    vector = bytearray(size)
    for number, value in values.items():
        vector[number] = value
    return bytes(vector)


def masked(vector: bytes, mask: int) -> bytes:
    """The vector where the mask is, 0 elsewhere."""
    return (int.from_bytes(vector, "little") & mask).to_bytes(len(vector), "little")


@lru_cache(maxsize=256)
def _below(threshold: int) -> bytes:
    return bytes(range(threshold))


def at_least(vector: bytes, threshold: int) -> int:
    """How many documents have this value or more."""
    return len(vector.translate(None, _below(threshold)))


def highest(vector: bytes) -> int:
    """The greatest value, 0 of an empty vector."""
    low, high = 0, 255
    while low < high:
        middle = (low + high + 1) // 2
        if at_least(vector, middle):
            low = middle
        else:
            high = middle - 1
    return low


def total_at_least(found: Sequence[bytes], threshold: int) -> int:
    """How many documents of several vectors have this value or more."""
    return sum(at_least(vector, threshold) for vector in found)


def reached_by(found: Sequence[bytes], number: int, lowest: int = 1) -> int:
    """The greatest value that so many documents have or pass, but no less than `lowest`."""
    low, high = lowest, 255
    while low < high:
        middle = (low + high + 1) // 2
        if total_at_least(found, middle) >= number:
            low = middle
        else:
            high = middle - 1
    return low


@lru_cache(maxsize=256)
def reaching(threshold: int) -> bytes:
    """A table that brings values under `threshold` to 0 and the others to 1."""
    return bytes([0] * threshold + [1] * (256 - threshold))
