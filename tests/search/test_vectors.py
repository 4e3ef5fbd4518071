"""The arithmetic, against the plain way of doing it."""

from __future__ import annotations

from array import array

from hypothesis import given
from hypothesis import strategies as st

from wiki.search import vectors
from wiki.search.codec import Pool, Postings, _packed, unpacked

VECTORS = st.binary(max_size=70)


@given(VECTORS)
def test_a_vector_is_the_set_of_where_it_is_not_0(vector: bytes) -> None:
    documents = vectors.to_set(vector)
    assert {number for number in range(len(vector)) if documents >> number & 1} == {
        number for number, value in enumerate(vector) if value
    }
    assert vectors.to_vector(documents, len(vector)) == bytes(map(bool, vector))
    assert vectors.set_of([number for number, value in enumerate(vector) if value], len(vector)) == documents
    assert list(vectors.numbers(vector)) == [number for number, value in enumerate(vector) if value]


@given(VECTORS, VECTORS)
def test_vectors_add_up(one: bytes, other: bytes) -> None:
    size = min(len(one), len(other))
    one, other = (vector[:size].translate(vectors.scale(127)) for vector in (one, other))
    assert vectors.add([one, other], size) == bytes(a + b for a, b in zip(one, other, strict=True))
    assert vectors.add([], size) == bytes(size)


@given(VECTORS, st.integers(0, 255), st.integers(0, 2**70))
def test_a_vector_is_masked_and_raised(vector: bytes, height: int, documents: int) -> None:
    size = len(vector)
    documents &= vectors.everything(size)
    mask = vectors.to_mask(documents, size)
    assert vectors.masked(vector, mask) == bytes(v if documents >> n & 1 else 0 for n, v in enumerate(vector))
    assert vectors.raised(vector, documents, height) == bytes(
        max(v, height) if documents >> n & 1 else v for n, v in enumerate(vector)
    )


@given(VECTORS, st.integers(1, 255))
def test_how_many_reach_a_value(vector: bytes, threshold: int) -> None:
    assert vectors.at_least(vector, threshold) == sum(value >= threshold for value in vector)
    assert vectors.highest(vector) == max(vector, default=0)
    reached = vectors.reached_by([vector], 3)
    assert reached == 1 or sum(value >= reached for value in vector) >= 3
    assert sum(value > reached for value in vector) < 3 or reached == 255


@given(st.integers(0, 255))
def test_a_scale_keeps_what_is_there(highest: int) -> None:
    table = vectors.scale(highest)
    assert table[0] == 0
    assert max(table) == highest
    assert all(table[1:]) or highest == 0
    assert list(table) == sorted(table)


class Memory:
    """As much of a file as reading takes."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def get(self, position: int, length: int) -> bytes:
        return self._data[position : position + length]


LISTS = st.dictionaries(st.integers(0, 100_000), st.lists(st.integers(0, 65_535), max_size=4, unique=True), min_size=1)


@given(LISTS, st.integers(1, 255))
def test_a_list_of_postings_is_read_as_it_was_written(found: dict[int, list[int]], first: int) -> None:
    numbers = sorted(found)
    rest = b"".join(array("H", found[number]).tobytes() for number in numbers)
    written = Postings(numbers, bytes([first]) * len(numbers), [2 * len(found[number]) for number in numbers], rest)
    read = unpacked(Memory(b"before" + _packed(written)), 6)
    assert list(read.numbers) == numbers
    assert (read.firsts, list(read.lengths), read.rest) == (written.firsts, written.lengths, rest)
    # All of them, about half, and so few that they are cut out.
    for every in (1, 2, 9):
        wanted = bytes(number % every == 0 for number in numbers)
        assert list(read.places(wanted, 2**20, -3)) == [
            number * 2**20 + place - 3 for number in numbers if number % every == 0 for place in found[number]
        ]


@given(LISTS)
def test_documents_are_renumbered_and_left_out(found: dict[int, list[int]]) -> None:
    numbers = sorted(found)
    rest = b"".join(array("H", found[number]).tobytes() for number in numbers)
    postings = Postings(numbers, bytes([7]) * len(numbers), [2 * len(found[number]) for number in numbers], rest)
    new = {number: -1 if number % 3 == 0 else rank for rank, number in enumerate(numbers)}
    table = [new.get(number, -1) for number in range(100_001)]
    left = postings.renumbered(table)
    assert list(left.numbers) == [new[number] for number in numbers if number % 3]
    assert left.rest == b"".join(array("H", found[number]).tobytes() for number in numbers if number % 3)
    assert len(left.firsts) == len(left.lengths) == len(left.numbers)


def test_a_pool_joins_what_is_new_to_what_is_merged() -> None:
    pool = Pool()
    pool.add(("word", b"b", 5, 1.0, b"\x03xy"))
    pool.add(("word", b"a", 5, 1.0, b"\x01"))
    pool.merge(iter([(("facet", b"z"), Postings([0])), (("word", b"b"), Postings([1, 2], b"\x01\x02", [0, 1], b"q"))]))
    pool.merge(iter([(("word", b"b"), Postings([4], b"\x09", [0], b"")), (("word", b"c"), Postings([]))]))
    assert [(term, list(found.numbers), found.firsts, found.rest) for term, found in pool.iter_postings()] == [
        (("facet", b"z"), [0], b"", b""),
        (("word", b"a"), [5], b"\x01", b""),
        (("word", b"b"), [1, 2, 4, 5], b"\x01\x02\x09\x03", b"qxy"),
    ]
