"""How one sequence became another: the edits between them, found the same way on every machine and at any load.

The differences are those of diff-match-patch over whole tokens, never over characters, and never by resemblance:
two tokens are the same or they are not. Its clock is switched off, for an answer that depends on the hour is no
answer; what bounds the work on hostile texts is an `Effort`, counted in steps.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from diff_match_patch import diff_match_patch

Piece = TypeVar("Piece", bound=Hashable)

_MATCHER = diff_match_patch()
_MATCHER.Diff_Timeout = 0  # no limit in seconds: an Effort bounds the work before it is begun

# The first character after the surrogates: from here on, every code point is a character.
_FIRST_CHARACTER = 0xE000


class Edit(NamedTuple):
    """`base[start:end]` was replaced by `side[side_start:side_end]`; one of the two may be empty, never both."""

    start: int
    end: int
    side_start: int
    side_end: int


@dataclass(slots=True)
class Effort:
    """How many steps may still be spent on looking for differences; about two million to a second.

    A page of a few hundred lines takes a few thousand. When a stretch would cost more than is left, it counts as
    replaced as a whole: coarse, but true, bounded, and the same everywhere.
    """

    steps: int = 600_000

    def spend(self, steps: int) -> bool:
        """Take `steps` away and answer True, or answer False and take nothing when so many are not left."""
        if steps > self.steps:
            return False
        self.steps -= steps
        return True


def edits(
    base: Sequence[Piece], side: Sequence[Piece], effort: Effort, telling: Callable[[Piece], bool] | None = None
) -> list[Edit]:
    """The edits that turn `base` into `side`, in order; between two of them at least one token is kept.

    They are the fewest possible while the effort lasts. With `telling`, the tokens that tell something are kept
    first, and the others where they fit between: no line is given up so that a blank one can stay.
    """
    left, right = range(len(base)), range(len(side))
    head, tail = _common_ends(base, side, left, right)
    left, right = left[head : len(base) - tail], right[head : len(side) - tail]
    kept = []
    if telling:
        kept = _kept(base, side, [i for i in left if telling(base[i])], [j for j in right if telling(side[j])], effort)
    found = []
    start, side_start = left.start, right.start
    for i, j in [*kept, (left.stop, right.stop)]:
        gap, side_gap = range(start, i), range(side_start, j)
        if base[start:i] == side[side_start:j]:
            between = list(zip(gap, side_gap, strict=True))
        else:
            between = _kept(base, side, gap, side_gap, effort) if gap and side_gap else []
        for end, side_end in [*between, (i, j)]:
            if start < end or side_start < side_end:
                found.append(Edit(start, end, side_start, side_end))
            start, side_start = end + 1, side_end + 1
    return found


def _kept(
    base: Sequence[Piece], side: Sequence[Piece], left: Sequence[int], right: Sequence[int], effort: Effort
) -> list[tuple[int, int]]:
    """Of the tokens `left` of base and `right` of side, the pairs that stay, rising on both sides."""
    kept: list[tuple[int, int]] = []
    pending = [(left, right)]
    while pending:
        left, right = pending.pop()
        head, tail = _common_ends(base, side, left, right)
        kept.extend(zip(left[:head], right[:head], strict=True))
        kept.extend(zip(left[len(left) - tail :], right[len(right) - tail :], strict=True))
        left, right = left[head : len(left) - tail], right[head : len(right) - tail]
        # A token the other sequence does not have can never be kept: leaving it out changes no result.
        shared = {base[i] for i in left} & {side[j] for j in right}
        left = [i for i in left if base[i] in shared]
        right = [j for j in right if side[j] in shared]
        if not shared:
            continue
        if effort.spend((len(left) + len(right)) ** 2 // 4):
            kept.extend(_longest_common(base, side, left, right))
        elif effort.spend(len(left) + len(right)):
            pending.extend(_between_landmarks(base, side, left, right))
    kept.sort()
    return kept


def _common_ends(
    base: Sequence[Piece], side: Sequence[Piece], left: Sequence[int], right: Sequence[int]
) -> tuple[int, int]:
    """How many tokens the two stretches share at their beginning and, apart from those, at their end."""
    most = min(len(left), len(right))
    head = 0
    while head < most and base[left[head]] == side[right[head]]:
        head += 1
    tail = 0
    while tail < most - head and base[left[-1 - tail]] == side[right[-1 - tail]]:
        tail += 1
    return head, tail


def _longest_common(
    base: Sequence[Piece], side: Sequence[Piece], left: Sequence[int], right: Sequence[int]
) -> list[tuple[int, int]]:
    """The pairs kept by diff-match-patch, each distinct token being one character to it."""
    letters: dict[Piece, str] = {}
    for i in left:
        letters.setdefault(base[i], chr(_FIRST_CHARACTER + len(letters)))
    before = "".join(letters[base[i]] for i in left)
    after = "".join(letters[side[j]] for j in right)
    kept: list[tuple[int, int]] = []
    i = j = 0
    for operation, letters_of_it in _MATCHER.diff_main(before, after, False):
        size = len(letters_of_it)
        if operation == _MATCHER.DIFF_EQUAL:
            kept.extend(zip(left[i : i + size], right[j : j + size], strict=True))
        i += size if operation != _MATCHER.DIFF_INSERT else 0
        j += size if operation != _MATCHER.DIFF_DELETE else 0
    return kept


def _between_landmarks(
    base: Sequence[Piece], side: Sequence[Piece], left: Sequence[int], right: Sequence[int]
) -> list[tuple[Sequence[int], Sequence[int]]]:
    """The two stretches cut at the tokens that stand once in each and in the same order; nothing if there are none.

    Each piece but the first begins with its landmark, so that the pieces together are the whole.
    """
    once_left = Counter(base[i] for i in left)
    once_right = Counter(side[j] for j in right)
    places = {side[j]: rank for rank, j in enumerate(right) if once_right[side[j]] == 1}
    candidates = [
        (rank, places[base[i]]) for rank, i in enumerate(left) if once_left[base[i]] == 1 and base[i] in places
    ]
    landmarks = _longest_rising(candidates)
    if not landmarks:
        return []
    starts = [(0, 0), *landmarks]
    ends = [*landmarks, (len(left), len(right))]
    return [(left[a:c], right[b:d]) for (a, b), (c, d) in zip(starts, ends, strict=True) if a < c and b < d]


def _longest_rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest choice of `pairs` (first members rising) whose second members rise too."""
    lowest: list[int] = []
    last: list[int] = []
    previous: list[int] = []
    for index, (_, value) in enumerate(pairs):
        length = bisect_left(lowest, value)
        previous.append(last[length - 1] if length else -1)
        lowest[length : length + 1] = [value]
        last[length : length + 1] = [index]
    chosen = []
    index = last[-1] if last else -1
    while index >= 0:
        chosen.append(pairs[index])
        index = previous[index]
    return chosen[::-1]
