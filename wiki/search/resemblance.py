"""How alike two words are."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain


class Lexicon:
    """Many words in order, to be looked through from either end."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._backwards = sorted(word[::-1] for word in words)

    def beginning(self, start: str) -> Iterator[str]:
        """The words that begin so, in order."""
        return _beginning(self._words, start)

    def alike(self, text: str, reach: int) -> dict[str, int]:
        """Words within `reach` (1 or 2) mistakes of `text`, with how many mistakes that is.

        Those that begin or end as `ends_kept` says are looked at.
        """
        start, end = ends_kept(text, reach)
        words = chain(self.beginning(start), (word[::-1] for word in _beginning(self._backwards, end[::-1])))
        return nearest(text, words, reach)


def _beginning(words: Sequence[str], start: str) -> Iterator[str]:
    for index in range(bisect_left(words, start), len(words)):
        if not words[index].startswith(start):
            return
        yield words[index]


def ends_kept(text: str, reach: int) -> tuple[str, str]:
    """The beginning and the end one of which is left as it was by `reach` mistakes.

    One mistake, be it two letters swapped, leaves what stands before or behind the middle; two leave the first third
    or the last, but for the rare word with one in each.
    """
    size = len(text)
    start, end = (size // 2 - 1, size - size // 2 - 1) if reach == 1 else (size // 3, size // 3)
    return text[: max(start, 1)], text[-max(end, 1) :]


def nearest(text: str, words: Iterable[str], reach: int) -> dict[str, int]:
    """Those of the words that are within so many mistakes, with how many."""
    close = (word for word in words if abs(len(word) - len(text)) <= reach)
    counted = ((word, mistakes(text, word, reach)) for word in close)
    return {word: count for word, count in counted if count <= reach}


def mistakes(one: str, other: str, limit: int) -> int:
    """How many letters were left out, added, changed or swapped; `limit` + 1 where there are more."""
    one, other = _stripped(one, other)
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    if limit == 1 and max(len(one), len(other)) > 1:
        return 1 if one == other[::-1] and len(one) == 2 else 2
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        above, row = row, [i]
        for j, against in enumerate(other, start=1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before = above
    return min(row[-1], limit + 1)


def _stripped(one: str, other: str) -> tuple[str, str]:
    """Both without what they begin and end with alike."""
    shorter = min(len(one), len(other))
    start = 0
    while start < shorter and one[start] == other[start]:
        start += 1
    end = 0
    while end < shorter - start and one[-1 - end] == other[-1 - end]:
        end += 1
    return one[start : len(one) - end], other[start : len(other) - end]
