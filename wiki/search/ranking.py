"""The order of an answer, and one page of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from wiki.search import vectors
from wiki.search.families import Families
from wiki.search.interface import Hit
from wiki.search.matching import Matches
from wiki.search.segments import Segment


def ranked(found: Sequence[Matches], order: str, skip: int, take: int) -> list[Hit]:
    """`take` hits after the first `skip`, in a total order: no page shows twice, none is left out."""
    if order == "relevance" and any(matches.scores is not None for matches in found):
        return _by_score(found, skip, take)
    walk, key = _ORDERS.get(order, _ORDERS["newest"])
    candidates: list[tuple[Any, int]] = []
    for matches in found:
        segment = matches.part.segment
        flags = vectors.to_vector(matches.documents, segment.size)
        for number in islice(filter(flags.__getitem__, walk(segment)), skip + take):
            candidates.append((key(segment, number), segment.page_ids[number]))
    candidates.sort()
    return [Hit(page_id) for _key, page_id in candidates[skip : skip + take]]


def as_families(
    found: Sequence[Matches], order: str, families: Families
) -> tuple[list[Matches], dict[int, list[int]]]:
    """The same answers with the best page of each family alone, and the others by that page, best first."""
    by_score = order == "relevance" and any(matches.scores is not None for matches in found)
    _walk, key = _ORDERS.get(order, _ORDERS["newest"])
    members: dict[int, list[tuple[Any, int, int, int]]] = {}
    for index, matches in enumerate(found):
        segment, scores = matches.part.segment, matches.scores or b""
        for number in vectors.members(matches.documents & segment.related, segment.size):
            rank = tuple(-value for value in _merit(segment, number, scores)) if by_score else key(segment, number)
            page_id = segment.page_ids[number]
            members.setdefault(families.root(page_id), []).append((rank, page_id, index, number))
    leaders: list[list[int]] = [[] for _ in found]
    others = {}
    for together in members.values():
        together.sort()
        _rank, page_id, index, number = together[0]
        leaders[index].append(number)
        others[page_id] = [other for _rank, other, _index, _number in together[1:]]
    folded = []
    for matches, led in zip(found, leaders, strict=True):
        segment = matches.part.segment
        documents = matches.documents & ~segment.related | vectors.set_of(led, segment.size)
        folded.append(Matches(matches.part, documents, matches.scores))
    return folded, others


def _merit(segment: Segment, number: int, scores: bytes) -> tuple[int, int, int, int]:
    """What puts one page before another by relevance."""
    return scores[number], segment.popularity[number], segment.starts[number], segment.revision_ids[number]


def _by_score(found: Sequence[Matches], skip: int, take: int) -> list[Hit]:
    """By score; equal scores by popularity, then the newest first."""
    scored = []
    for matches in found:
        mask = vectors.to_mask(matches.documents, matches.part.segment.size)
        scored.append((matches.part.segment, vectors.masked(matches.scores or b"", mask)))
    wanted = min(skip + take, sum(matches.documents.bit_count() for matches in found))
    low = vectors.reached_by([scores for _segment, scores in scored], wanted)
    candidates = []
    for segment, scores in scored:
        for number in vectors.numbers(scores, low):
            candidates.append((_merit(segment, number, scores), segment.page_ids[number]))
    candidates.sort(reverse=True)
    return [Hit(page_id, key[0]) for key, page_id in candidates[skip : skip + take]]


def _newest(segment: Segment) -> Iterator[int]:
    return reversed(segment.by_date)


def _newest_key(segment: Segment, number: int) -> tuple[int, int]:
    return -segment.starts[number], -segment.revision_ids[number]


def _oldest(segment: Segment) -> Iterator[int]:
    """What has no date comes last, as it does among the newest."""
    dated = segment.undated
    yield from islice(segment.by_date, dated, None)
    yield from reversed(segment.by_date[:dated])


def _oldest_key(segment: Segment, number: int) -> tuple[bool, int, int]:
    starts, revision = segment.starts[number], segment.revision_ids[number]
    return (False, starts, revision) if starts else (True, 0, -revision)


def _titled(segment: Segment) -> Iterator[int]:
    return iter(segment.by_title)


def _title_key(segment: Segment, number: int) -> tuple[str, int]:
    return segment.title(number), segment.page_ids[number]


def _changed(segment: Segment) -> Iterator[int]:
    return reversed(segment.by_revision)


def _changed_key(segment: Segment, number: int) -> int:
    return -segment.revision_ids[number]


_ORDERS: dict[str, tuple[Callable[[Segment], Iterator[int]], Callable[[Segment, int], Any]]] = {
    "newest": (_newest, _newest_key),
    "oldest": (_oldest, _oldest_key),
    "title": (_titled, _title_key),
    "changed": (_changed, _changed_key),
}
