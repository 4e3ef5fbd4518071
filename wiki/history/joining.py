"""Joining two sequences of tokens that grew from one."""

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from typing import NamedTuple

from wiki.history.alignment import Edit, Effort, edits
from wiki.history.doubts import doubted
from wiki.history.outline import has_words, sentences
from wiki.history.tokens import Region, Token, text_of

_WIKI_LINK = re.compile(r"\[\[[^\[\]\n]*\]\]")
_MOST_LINES = 600  # of the three texts together: a longer stretch that both rewrote is no matter of sentences
_QUANTITY = re.compile(
    r"\d+(?:[.,]\d+)?|\b(?:deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingt|trente"
    r"|quarante|cinquante|soixante|cents?|mille|(?:diz|quinz|vingt|trent|quarant|cinquant|soixant|cent)aines?|douzaines?"
    r"|milliers?|demie?s?|moitié|tiers|quarts?|doubles?|triples?|aucune?)\b|[½¼¾⅓⅔]",
    re.IGNORECASE,
)


# What may be spent on the differences of mine, and of theirs: each its own, so that swapping them changes nothing.
Efforts = tuple[Effort, Effort]


class Claim(NamedTuple):
    """An edit with the stretch of the base, from `low` to `high`, over which it could be said to stand."""

    low: int
    high: int
    edit: Edit

    @property
    def in_place(self) -> bool:
        """Whether the edit stands exactly here, and gives as many tokens as it takes."""
        start, end, side_start, side_end = self.edit
        return (self.low, self.high) == (start, end) and end - start == side_end - side_start


class Side(NamedTuple):
    """What one person made of the base: all tokens, and what each edit claims of the base."""

    tokens: Sequence[Token]
    claims: Sequence[Claim]


def read_side(base: Sequence[Token], tokens: Sequence[Token], effort: Effort) -> Side:
    """What `tokens` are to `base`.

    An edit claims its own range and the range it could slide over among tokens that repeat. And where the token next
    to an edit also stands in it, nobody can tell which of the two the writer meant: it is claimed too.
    """
    changes = edits(base, tokens, effort, _telling)
    claims = []
    for index, edit in enumerate(changes):
        floor = changes[index - 1].end if index else 0
        ceiling = changes[index + 1].start if index + 1 < len(changes) else len(base)
        gone, come = base[edit.start : edit.end], tokens[edit.side_start : edit.side_end]
        low, high = edit.start, edit.end
        for pattern in filter(None, (gone, come)):
            start, end = edit.start, edit.end
            while start > floor and base[start - 1] == pattern[(start - 1 - edit.start) % len(pattern)]:
                start -= 1
            while end < ceiling and base[end] == pattern[(end - edit.end) % len(pattern)]:
                end += 1
            low, high = min(low, start), max(high, end)
        repeated = {token for token in (*gone, *come) if _telling(token)}
        low -= _run(reversed(base[floor:low]), repeated)
        high += _run(base[high:ceiling], repeated)
        claims.append(Claim(low, high, edit))
    return Side(tokens, claims)


def _run(tokens: Iterable[Token], repeated: Set[Token]) -> int:
    """How many of the first tokens are `repeated`, counting what tells nothing between two of these."""
    run = 0
    for count, token in enumerate(tokens, start=1):
        if token in repeated:
            run = count
        elif _telling(token):
            break
    return run


def join(efforts: Efforts, base: Sequence[Token], mine: Side, theirs: Side) -> list[Region]:
    """The three sequences of lines cut into regions that rebuild each of them exactly, in order.

    Claims of the two sides that overlap or touch make one region, in agreement only when both say the same, or when
    sentence by sentence they do not touch; a claim nobody else touches is taken. What a side added appears in a
    merged region or in one without agreement, never in none; where the whole makes one doubt, there is no agreement.
    """
    regions = []
    for region, in_place in _regions(base, mine, theirs):
        if region.merged is None and in_place:
            region = region._replace(merged=_by_sentences(region, efforts))
        regions.append(region)
    return doubted(regions)


def _regions(base: Sequence[Token], mine: Side, theirs: Side) -> Iterator[tuple[Region, bool]]:
    """The regions, each with whether all its edits stand in place, one token for one."""
    done = ahead = ahead_theirs = 0  # how far in the base; how far each side's index runs ahead of the base's
    for low, high, claims, claims_theirs in _touching(mine.claims, theirs.claims):
        if done < low:
            same = base[done:low]
            yield Region(same, same, same, same), True
        start, start_theirs = low + ahead, low + ahead_theirs
        ahead, ahead_theirs = ahead + _growth(claims), ahead_theirs + _growth(claims_theirs)
        told = mine.tokens[start : high + ahead]
        told_theirs = theirs.tokens[start_theirs : high + ahead_theirs]
        yield _settled(base[low:high], told, told_theirs), all(claim.in_place for claim in claims + claims_theirs)
        done = high
    if done < len(base):
        same = base[done:]
        yield Region(same, same, same, same), True


def _growth(claims: Sequence[Claim]) -> int:
    """How many tokens more there are after the edits than before."""
    return sum((edit.side_end - edit.side_start) - (edit.end - edit.start) for _, _, edit in claims)


def _touching(mine: Sequence[Claim], theirs: Sequence[Claim]) -> Iterator[tuple[int, int, list[Claim], list[Claim]]]:
    """The claims in groups that neither overlap nor touch each other, with the stretch of the base each group takes."""
    waiting = sorted([(claim, 0) for claim in mine] + [(claim, 1) for claim in theirs])
    index = 0
    while index < len(waiting):
        low, high, _ = waiting[index][0]
        group: tuple[list[Claim], list[Claim]] = ([], [])
        while index < len(waiting) and waiting[index][0].low <= high:
            claim, side = waiting[index]
            group[side].append(claim)
            high = max(high, claim.high)
            index += 1
        yield low, high, *group


def _settled(base: Sequence[Token], mine: Sequence[Token], theirs: Sequence[Token]) -> Region:
    """The region of claims that touch, merged when one side alone changed the words, or both alike."""
    before, one, other = text_of(base), text_of(mine), text_of(theirs)
    if one == other:
        # The same words may stand in sections that each side calls otherwise: the choice must not hang on the order.
        return Region(base, mine, theirs, min(tuple(mine), tuple(theirs)))
    if other == before:
        return Region(base, mine, theirs, mine)
    return Region(base, mine, theirs, theirs if one == before else None)


def _by_sentences(region: Region, efforts: Efforts) -> Sequence[Token] | None:
    """Lines both sides rewrote one for one, joined sentence by sentence; None where a person must choose.

    Not tried on rows of a table, whose cells depend on each other, nor where both changed the quantities of a line.
    """
    lines = [token.text for tokens in (region.base, region.mine, region.theirs) for token in tokens]
    if len(lines) > _MOST_LINES or any(has_cells(line) for line in lines):
        return None
    for before, one, other in zip(region.base, region.mine, region.theirs, strict=True):
        if len({token.text.endswith("\n") for token in (before, one, other)}) > 1:
            return None
        amounts = [quantities(token.text) for token in (before, one, other)]
        if amounts[0] not in amounts[1:] and amounts[1] != amounts[2]:
            return None
    base, mine, theirs = (
        [
            Token(sentence, str(index))
            for index, line in enumerate(lines)
            for sentence in sentences(line.text.removesuffix("\n"))
        ]
        for lines in (region.base, region.mine, region.theirs)
    )
    sides = [read_side(base, tokens, effort) for tokens, effort in zip((mine, theirs), efforts, strict=True)]
    finer = doubted([part for part, _ in _regions(base, *sides)])
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
