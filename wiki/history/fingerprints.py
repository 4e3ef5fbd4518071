"""Which texts hold the same words: a short fingerprint to look them up by, and how much two of them share.

The fingerprint is made by winnowing (Schleimer, Wilkerson and Aiken, SIGMOD 2003): of every few neighbouring runs of
words the one with the smallest hash. Any passage long enough that two texts share leaves the same mark in both,
wherever it stands in each. Headings and answers leave none: they come with every page. Pure.
"""

from __future__ import annotations

import hashlib
import re
from collections import deque
from collections.abc import Sequence

from wiki.history.outline import headings, split_front_matter, split_lines

RUN = 5
"""Words in a run."""
WINDOW = 12
"""Runs of which one leaves its mark: any RUN + WINDOW - 1 words in common are noticed."""
MOST_MARKS = 256
MOST_WORDS = 60_000

_WORD = re.compile(r"[^\W_]+")


def marks(text: str) -> frozenset[int]:
    """The fingerprint of a text: at most MOST_MARKS numbers that fit 63 bits, the same for the same words."""
    hashes = _runs(_words(text))
    if len(hashes) <= WINDOW:
        return frozenset([min(hashes)]) if hashes else frozenset()
    found: set[int] = set()
    smallest: deque[int] = deque()
    for index, value in enumerate(hashes):
        while smallest and hashes[smallest[-1]] >= value:
            smallest.pop()
        smallest.append(index)
        if smallest[0] <= index - WINDOW:
            smallest.popleft()
        if index >= WINDOW - 1:
            found.add(hashes[smallest[0]])
    # The smallest of a long text's marks are the smallest wherever they stand: two texts keep the same.
    return frozenset(sorted(found)[:MOST_MARKS])


class Words:
    """The words of a text, ready to be compared with many others."""

    def __init__(self, text: str) -> None:
        self._hashes = _runs(_words(text))
        self._set = frozenset(self._hashes)

    def share(self, other: Words) -> float:
        """Which part of these words, from 0 to 1, stands in runs that the other text has too."""
        if not self._hashes:
            return 0.0
        covered, until = 0, 0
        for index, value in enumerate(self._hashes):
            if value in other._set:
                covered += index + RUN - max(until, index)
                until = index + RUN
        return covered / (len(self._hashes) + RUN - 1)

    def likeness(self, other: Words) -> float:
        """How alike two texts are, from 0 to 1, the same both ways."""
        return len(self._set & other._set) / (len(self._set | other._set) or 1)

    def __len__(self) -> int:
        return len(self._hashes) + RUN - 1 if self._hashes else 0


def _words(text: str) -> list[str]:
    lines = split_lines(split_front_matter(text)[1])
    titles = {heading.line for heading in headings(lines)}
    body = "".join(line for index, line in enumerate(lines) if index not in titles)
    return _WORD.findall(body.casefold())[:MOST_WORDS]


def _runs(words: Sequence[str]) -> list[int]:
    runs = (" ".join(words[start : start + RUN]) for start in range(len(words) - RUN + 1))
    return [int.from_bytes(hashlib.blake2b(run.encode(), digest_size=8).digest(), "big") >> 1 for run in runs]
