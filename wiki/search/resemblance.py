"""How alike two words are."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence


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

        One mistake, be it two letters swapped, leaves what stands before or behind the middle as it was; two leave
        the first third or the last, but for the rare word with one in each: that one is not found.
        """
        size = len(text)
        kept = (size // 2 - 1, size - size // 2 - 1) if reach == 1 else (size // 3, size // 3)
        start, end = text[: max(kept[0], 1)], text[-max(kept[1], 1) :]
        found: dict[str, int] = {}
        for word in self.beginning(start):
            _note(text, word, reach, found)
        for backwards in _beginning(self._backwards, end[::-1]):
            if not backwards.endswith(start[::-1]):
                _note(text, backwards[::-1], reach, found)
        return found


def _beginning(words: Sequence[str], start: str) -> Iterator[str]:
    for index in range(bisect_left(words, start), len(words)):
        if not words[index].startswith(start):
            return
        yield words[index]


def _note(text: str, word: str, reach: int, found: dict[str, int]) -> None:
    if abs(len(word) - len(text)) <= reach and (count := mistakes(text, word, reach)) <= reach:
        found[word] = count


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
