"""The passage of a text that answers: where most of what was typed stands close together."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from wiki.search.analysis import analyser
from wiki.search.analysis import tokens as tokens_of
from wiki.search.asking import read

LENGTH = 240
# A longer text is looked at this far only: the passage is for orientation.
_TEXT_MAXIMUM = 60_000


def passage(text: str, words: str, language: str = "fr", length: int = LENGTH) -> Sequence[tuple[str, bool]]:
    """About `length` characters of `text` on one line, in pieces: (piece, whether it is a word that was typed).

    The stretch with the most different words wins, the first among equals; () where none of them stands in the text.
    """
    text = " ".join(text[:_TEXT_MAXIMUM].split())
    wanted = {form: number for number, word in enumerate(read(words).words) for form in word.forms}
    if not wanted:
        return ()
    known = analyser(language)
    found: list[tuple[int, int, int]] = []
    for token in tokens_of(text):
        numbers = {wanted[form] for place in known.token_places(token[0]) for form in place if form in wanted}
        found += [(token.start(), token.end(), number) for number in numbers]
    if not found:
        return ()
    start, end = _best(text, found, length)
    pieces: list[tuple[str, bool]] = []
    done = start
    for low, high, _number in found:
        if start <= low and high <= end and low >= done:
            if low > done:
                pieces.append((text[done:low], False))
            pieces.append((text[low:high], True))
            done = high
    pieces.append((text[done:end].rstrip(" ,;:.") + "…" if end < len(text) else text[done:end], False))
    return (("… ", False), *pieces) if start else tuple(pieces)


def _best(text: str, found: Sequence[tuple[int, int, int]], length: int) -> tuple[int, int]:
    """Where the best stretch begins and ends, at the edges of words."""
    best, at = 0, found[0][0]
    starts = [low for low, _high, _number in found]
    for index, low in enumerate(starts):
        inside = {number for _low, _high, number in found[index : bisect_left(starts, low + length * 3 // 4)]}
        if len(inside) > best:
            best, at = len(inside), low
    start = max(0, at - length // 5)
    if start:
        start = text.find(" ", start, at) + 1 or at
    end = min(len(text), start + length)
    if end < len(text):
        end = max(text.rfind(" ", start, end), end - 30)
    return start, end
