"""How alike two words are."""

from __future__ import annotations

from collections.abc import Iterable

ByLength = dict[int, list[tuple[str, int]]]


def by_length(words: Iterable[str]) -> ByLength:
    """Words with the set of their letters, by length: what `alike` looks through."""
    found: ByLength = {}
    for word in words:
        found.setdefault(len(word), []).append((word, _letters(word)))
    return found


def alike(text: str, words: ByLength, reach: int) -> dict[str, int]:
    """The words within `reach` mistakes of `text`, with how many mistakes that is."""
    letters = _letters(text)
    found = {}
    for length in range(len(text) - reach, len(text) + reach + 1):
        for word, theirs in words.get(length, ()):
            # A mistake changes the set by two letters at most: most words are told apart without looking closer.
            if (letters ^ theirs).bit_count() <= 2 * reach and (count := mistakes(text, word, reach)) <= reach:
                found[word] = count
    return found


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


def _letters(text: str) -> int:
    letters = 0
    for character in text:
        letters |= 1 << (ord(character) & 31)
    return letters
