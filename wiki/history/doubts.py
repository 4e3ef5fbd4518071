"""What a line by line merge cannot see: regions that are right one by one and wrong together.

A section moved here by one side and there by the other would stand twice; moved by one and deleted by the other it
would survive; steps renumbered by one side while the other adds a step would count 1, 2, 3, 3; two footnotes would
bear one mark. Each of these becomes a question instead.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import pairwise
from typing import TypeVar

from wiki.history.outline import statements
from wiki.history.tokens import Region, Token

_Said = TypeVar("_Said", bound=Hashable)
_LABEL = re.compile(r"\[([^\[\]\s]+)\](:)?")
_ATTEMPTS = 10
_BEGINNINGS = frozenset("#0123456789")
_NUMBERED = re.compile(r"([ \t]*)(#{1,6}[ \t]+)?(\d{1,9})[.)](?:\s|$)")


def doubted(regions: Sequence[Region]) -> list[Region]:
    """The same regions, but without agreement those that cannot all be right together, whatever a person chooses.

    Where one side alone changed something, nothing is doubtful.
    """
    found = list(regions)
    for attempt in range(_ATTEMPTS + 1):
        agreed = {index for index, region in enumerate(found) if region.changed and region.merged is not None}
        # A region that becomes a question leaves open what others relied on: look again. A text in which that goes on
        # and on is not one to be settled by rule.
        doubtful = agreed if attempt == _ATTEMPTS else agreed and agreed & _doubtful(found)
        if not doubtful:
            break
        for index in doubtful:
            found[index] = found[index]._replace(merged=None)
    return found


def _doubtful(regions: Sequence[Region]) -> set[int]:
    return _repeated(regions) | _misnumbered(regions) | _mislabelled(regions)


class _Tally:
    """How often something is said in the three texts and in the result, and in which regions that differs.

    The result is a range, from `least` to `most`, as long as a region waits for a person to take one side or the other.
    """

    __slots__ = ("base", "least", "mine", "most", "regions", "theirs")

    def __init__(self) -> None:
        self.base = self.mine = self.theirs = self.least = self.most = 0
        self.regions: set[int] = set()

    def add(self, index: int, base: int, mine: int, theirs: int, merged: int | None) -> None:
        """Count one region more."""
        self.base += base
        self.mine += mine
        self.theirs += theirs
        self.least += min(mine, theirs) if merged is None else merged
        self.most += max(mine, theirs) if merged is None else merged
        if not base == mine == theirs:
            self.regions.add(index)

    def stands(self) -> bool:
        """Whether the number comes out that one side changed while the other left it alone, however one chooses.

        Where both changed it, whether it was at least in one direction.
        """
        if self.base not in (self.mine, self.theirs):
            return (self.mine > self.base) == (self.theirs > self.base)
        expected = self.theirs if self.mine == self.base else self.mine
        counts = (self.base, self.mine, self.theirs)
        return self.least <= expected <= self.most and min(counts) <= self.least and self.most <= max(counts)

    def agrees(self) -> bool:
        """Where both sides have the same number, whether it comes out."""
        return self.mine != self.theirs or self.least <= self.mine <= self.most


def _repeated(regions: Sequence[Region]) -> set[int]:
    """The regions that together say a thing too often or too rarely.

    What moved, to whatever section, must end up as often as the side that moved it has it, or the side that took it
    away. What both sides added or took away under one heading counts once. And what both added, in two places, is
    asked about wherever it stands: it may be the same thing.
    """
    anywhere: dict[str, _Tally] = defaultdict(_Tally)
    under_heading: dict[tuple[str, str], _Tally] = defaultdict(_Tally)
    added: tuple[dict[str, set[int]], dict[str, set[int]]] = (defaultdict(set), defaultdict(set))
    for index, region in enumerate(regions):
        if not region.changed:
            continue
        told = [_statements(tokens) for tokens in (region.base, region.mine, region.theirs)]
        merged = None if region.merged is None else _statements(region.merged)
        _count(under_heading, index, [Counter(said) for said in told], None if merged is None else Counter(merged))
        base, *sides = [Counter(words for words, _ in said) for said in told]
        result = None if merged is None else Counter(words for words, _ in merged)
        _count(anywhere, index, [base, *sides], result)
        for side, more in enumerate(sides):
            if sides[1 - side] == base and base < more:
                for words in more - base:
                    added[side][words].add(index)
    doubtful: set[int] = set()
    doubtful.update(*(tally.regions for tally in anywhere.values() if not tally.stands()))
    doubtful.update(*(tally.regions for tally in under_heading.values() if not tally.agrees()))
    doubtful.update(*(added[0][words] | added[1][words] for words in added[0].keys() & added[1].keys()))
    return doubtful


def _statements(tokens: Iterable[Token]) -> list[tuple[str, str]]:
    """What the tokens say, each statement with its place."""
    return [(words, token.place) for token in tokens for words in statements(token.text)]


def _count(
    tallies: dict[_Said, _Tally], index: int, told: Sequence[Counter[_Said]], merged: Counter[_Said] | None
) -> None:
    base, mine, theirs = told
    for said in base.keys() | mine.keys() | theirs.keys():
        tallies[said].add(index, base[said], mine[said], theirs[said], None if merged is None else merged[said])


def _misnumbered(regions: Sequence[Region]) -> set[int]:
    """The regions that together spoil the numbers of steps or lists which both sides count 1, 2, 3."""
    return _spoilt(regions, _numbers, _counted)


def _mislabelled(regions: Sequence[Region]) -> set[int]:
    """The regions that together explain a footnote or a link twice, or no longer, which both sides explain once."""
    return _spoilt(regions, _labels, _explained)


def _spoilt(
    regions: Sequence[Region],
    find: Callable[[Iterable[Token]], dict[_Said, list[int]]],
    sound: Callable[[Sequence[int]], bool],
) -> set[int]:
    """The regions that share in something which is sound in both sides and not in the result, whatever one chooses."""
    shares = [
        find(token for tokens in (region.base, region.mine, region.theirs) for token in tokens).keys()
        if region.changed
        else frozenset()
        for region in regions
    ]
    if not any(shares):
        return set()
    mine, theirs, *results = (
        find(token for tokens in text for token in tokens)
        for text in (
            [region.mine for region in regions],
            [region.theirs for region in regions],
            [region.mine if region.merged is None else region.merged for region in regions],
            [region.theirs if region.merged is None else region.merged for region in regions],
        )
    )
    spoilt = {
        key
        for result in results
        for key, found in result.items()
        if not sound(found) and sound(mine.get(key, [])) and sound(theirs.get(key, []))
    }
    return {index for index, share in enumerate(shares) if spoilt & share}


def _numbers(tokens: Iterable[Token]) -> dict[tuple[str, str], list[int]]:
    """The numbers that begin headings and list items, in order, by the section they count in and the mark's depth."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for text, place in tokens:
        if text.lstrip()[:1] in _BEGINNINGS and (match := _NUMBERED.match(text)):
            indent, heading, number = match.groups()
            section = place.rpartition("\n")[0] if heading else place
            found[section, heading or indent].append(int(number))
    return found


def _counted(numbers: Sequence[int]) -> bool:
    """Whether the numbers go up one by one from 1, beginning again as often as they like."""
    return all(after in (before + 1, 1) for before, after in pairwise([0, *numbers]))


def _labels(tokens: Iterable[Token]) -> dict[str, list[int]]:
    """For each label of a footnote or a link, 1 wherever it is explained; for a footnote, 0 wherever it is used."""
    found: dict[str, list[int]] = defaultdict(list)
    for text, _ in tokens:
        for match in _LABEL.finditer(text):
            explained = bool(match[2]) and match.start() <= 3
            if explained or match[1].startswith("^"):
                found[match[1].casefold()].append(int(explained))
    return found


def _explained(uses: Sequence[int]) -> bool:
    """Whether a label is explained once, or neither explained nor used."""
    return not uses or sum(uses) == 1
