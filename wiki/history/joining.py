"""Joining two sequences of tokens that grew from one."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from wiki.history.alignment import Edit, Effort, edits
from wiki.history.doubts import doubted
from wiki.history.outline import has_words, sentences
from wiki.history.tokens import Region, Token, text_of

_WIKI_LINK = re.compile(r"\[\[[^\[\]\n]*\]\]")
_MOST_LINES = 200  # a longer stretch both rewrote is no matter of sentences
_QUANTITY = re.compile(
    r"\d+(?:[.,]\d+)?|\b(?:deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingt|trente"
    r"|quarante|cinquante|soixante|cents?|mille|(?:diz|quinz|vingt|trent|quarant|cinquant|soixant|cent)aines?|douzaines?"
    r"|milliers?|demie?s?|moitié|tiers|quarts?|doubles?|triples?|aucune?)\b|[½¼¾⅓⅔]",
    re.IGNORECASE,
)


# What may be spent on the differences of mine, and of theirs: each its own, so that neither's turn matters.
Efforts = tuple[Effort, Effort]


class Claim(NamedTuple):
    """An edit of one side (0 mine, 1 theirs) with all the places of the base it could be said to stand at."""

    low: int
    high: int
    side: int
    edit: Edit

    @property
    def in_place(self) -> bool:
        """Whether the edit stands exactly here, and gives as many tokens as it takes."""
        start, end, side_start, side_end = self.edit
        return (self.low, self.high) == (start, end) and end - start == side_end - side_start


def join(
    efforts: Efforts, base: Sequence[Token], mine: Sequence[Token], theirs: Sequence[Token]
) -> list[Region]:
    """The three sequences of lines cut into regions that rebuild each of them exactly, in order.

    Claims of the two sides that overlap or touch make one region, in agreement only when both say the same, or when
    sentence by sentence they do not touch; a claim nobody else touches is taken. What a side added appears in a merged
    region or in a region without agreement, never in none; where the whole makes one doubt, there is no agreement.
    """
    regions = []
    for region, in_place in _regions(efforts, base, mine, theirs):
        if region.merged is None and in_place:
            region = region._replace(merged=_by_sentences(region, efforts))
        regions.append(region)
    return doubted(regions)


def _regions(
    efforts: Efforts, base: Sequence[Token], mine: Sequence[Token], theirs: Sequence[Token]
) -> Iterator[tuple[Region, bool]]:
    """The regions, each with whether all its edits stand in place, one token for one."""
    sides = (mine, theirs)
    claims = [
        claim
        for number, side in enumerate(sides)
        for claim in _claims(base, side, edits(base, side, efforts[number], _telling), number)
    ]
    claims.sort()
    done = 0
    ahead = [0, 0]  # how far each side's index runs ahead of the base's
    for group in _touching(claims):
        low, high = group[0].low, max(claim.high for claim in group)
        if done < low:
            same = base[done:low]
            yield Region(same, same, same, same), True
        told = []
        for number, side in enumerate(sides):
            start = low + ahead[number]
            ahead[number] += sum(
                (edit.side_end - edit.side_start) - (edit.end - edit.start)
                for _, _, owner, edit in group
                if owner == number
            )
            told.append(side[start : high + ahead[number]])
        yield _settled(base[low:high], told[0], told[1]), all(claim.in_place for claim in group)
        done = high
    if done < len(base):
        same = base[done:]
        yield Region(same, same, same, same), True


def _claims(base: Sequence[Token], side: Sequence[Token], changes: Sequence[Edit], number: int) -> list[Claim]:
    """What each edit claims: its own range, and the range it could slide over among tokens that repeat.

    Where the token next to an edit also stands in it, nobody can tell which of the two the writer meant.
    """
    found = []
    for index, edit in enumerate(changes):
        floor = changes[index - 1].end if index else 0
        ceiling = changes[index + 1].start if index + 1 < len(changes) else len(base)
        gone, come = base[edit.start : edit.end], side[edit.side_start : edit.side_end]
        low, high = edit.start, edit.end
        for pattern in filter(None, (gone, come)):
            start, end = edit.start, edit.end
            while start > floor and base[start - 1] == pattern[(start - 1 - edit.start) % len(pattern)]:
                start -= 1
            while end < ceiling and base[end] == pattern[(end - edit.end) % len(pattern)]:
                end += 1
            low, high = min(low, start), max(high, end)
        telling = {token for token in (*gone, *come) if _telling(token)}
        while low > floor and base[low - 1] in telling:
            low -= 1
        while high < ceiling and base[high] in telling:
            high += 1
        found.append(Claim(low, high, number, edit))
    return found


def _touching(claims: Sequence[Claim]) -> list[list[Claim]]:
    """The claims, sorted by place, in groups that neither overlap nor touch each other."""
    groups: list[list[Claim]] = []
    reach = -1
    for claim in claims:
        if claim.low > reach:
            groups.append([])
        groups[-1].append(claim)
        reach = max(reach, claim.high)
    return groups


def _settled(base: Sequence[Token], mine: Sequence[Token], theirs: Sequence[Token]) -> Region:
    """The region of claims that touch, merged when one side alone changed the words, or both alike."""
    before, one, other = text_of(base), text_of(mine), text_of(theirs)
    if one == other or other == before:
        return Region(base, mine, theirs, mine)
    return Region(base, mine, theirs, theirs if one == before else None)


def _by_sentences(region: Region, efforts: Efforts) -> Sequence[Token] | None:
    """Lines both sides rewrote one for one, joined sentence by sentence; None where a person must choose.

    Not tried on rows of a table, whose cells depend on each other, nor where both changed a quantity in one line.
    """
    if len(region.base) > _MOST_LINES or any(has_cells(token.text) for token in (*region.base, *region.mine, *region.theirs)):
        return None
    for before, one, other in zip(region.base, region.mine, region.theirs, strict=True):
        if len({token.text.endswith("\n") for token in (before, one, other)}) > 1:
            return None
        amounts = quantities(before.text)
        if one.text != other.text and quantities(one.text) != amounts != quantities(other.text):
            return None
    base, mine, theirs = (
        [
            Token(sentence, str(index))
            for index, line in enumerate(lines)
            for sentence in sentences(line.text.removesuffix("\n"))
        ]
        for lines in (region.base, region.mine, region.theirs)
    )
    finer = doubted([part for part, _ in _regions(efforts, base, mine, theirs)])
    merged = [""] * len(region.base)
    for part in finer:
        if part.merged is None:
            return None
        for sentence, index in part.merged:
            merged[int(index)] += sentence
    return [
        Token(words + "\n" * before.text.endswith("\n"), before.place)
        for words, before in zip(merged, region.base, strict=True)
    ]


def _telling(token: Token) -> bool:
    return has_words(token.text)


def has_cells(line: str) -> bool:
    """Whether `line` may be a row of a table."""
    return "|" in _WIKI_LINK.sub("", line)


def quantities(line: str) -> list[str]:
    """The numbers of `line`, in digits or in words, in order."""
    return [match.casefold() for match in _QUANTITY.findall(line)]
