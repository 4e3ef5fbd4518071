"""Joining what two people made of one text, without ever guessing.

What one side alone changed is taken; what both changed alike is taken once; where the two touch, a person is asked.
One question too many is the lesser evil: a silently wrong merge, say a quantity that lands in another list, is the
worst that can happen to a recipe.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from wiki.history.alignment import Effort
from wiki.history.joining import Efforts, Side, join, read_side
from wiki.history.outline import Heading, headings, places, renamed, split_front_matter, split_lines, values
from wiki.history.tokens import Token, text_of

_ITEM = re.compile(r" *- (?=\S)")
_LITERAL = re.compile(r": \|[-+0-9]*\n$")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of the merged text, whole lines: what each of the three texts has there, and the `text` agreed on.

    `text` is None where a person must choose. Any of the texts may be empty.
    """

    base: str
    mine: str
    theirs: str
    text: str | None

    @property
    def conflict(self) -> bool:
        """Whether a person must choose."""
        return self.text is None

    @property
    def changed(self) -> bool:
        """Whether one of the sides differs from the base here."""
        return not self.base == self.mine == self.theirs


def merge3(base: str, mine: str, theirs: str) -> list[Chunk]:
    """What `mine` and `theirs` make together, both having grown from `base`; pure, and bounded on any input.

    - The chunks rebuild each of the three texts exactly: joined, their `base` are `base`, and so on.
    - A side that changed nothing yields the other; equal sides yield their text; swapping the sides swaps the labels.
    - Changes that overlap or touch without being the same are a conflict, and so are changes that cannot both be
      right: a section moved by one side and edited, moved elsewhere or deleted by the other; the same words added by
      both in two places; steps that would no longer be counted 1, 2, 3.
    - Merging twice changes nothing: a side merged once more into a result without conflict gives that result.
    - Front matter is merged value by value: two sides that change different keys never touch. A value is taken as a
      whole, except lists, which are merged by item, and long texts, by line and sentence. Where the texts do not put
      their keys in one order, or are not made of keys, it is merged by line like the rest.

    A text that ends without a newline is as good as any other. In a merge of very large and very different texts a
    stretch too costly to compare counts as rewritten as a whole: the same result on every machine, only coarser.
    """
    if theirs in (mine, base):
        return [Chunk(base, mine, theirs, mine)] if base or mine else []
    if mine == base:
        return [Chunk(base, mine, theirs, theirs)]
    start = _Base.read(base)
    one, other = start.side(mine), start.side(theirs)
    chunks = _merge(start, one, other)
    text = joined(chunks)
    if text is None or text in (mine, theirs):
        return chunks
    result = start.side(text)
    if text == joined(_merge(start, one, result)) == joined(_merge(start, result, other)):
        return chunks
    # What comes out otherwise when a side is merged in once more could have been read in more than one way: ask.
    return [replace(chunk, text=None) if chunk.changed else chunk for chunk in chunks]


def joined(chunks: Sequence[Chunk]) -> str | None:
    """The merged text, or None while a conflict remains."""
    texts = [chunk.text for chunk in chunks if chunk.text is not None]
    return "".join(texts) if len(texts) == len(chunks) else None


def resolve(chunks: Sequence[Chunk], choices: Mapping[int, str]) -> str:
    """The merged text with `choices` for its conflicts, by the index of the chunk in `chunks`.

    A chosen text that lacks its final newline gets one when something follows. Raises KeyError(index) for a conflict
    without a choice, and ValueError for a choice where there is no conflict: nobody meant that one.
    """
    strays = [index for index in choices if not (0 <= index < len(chunks) and chunks[index].conflict)]
    if strays:
        raise ValueError(f"no conflict at {strays[0]}")
    pieces: list[str] = []
    for index, chunk in enumerate(chunks):
        if piece := choices[index] if chunk.text is None else chunk.text:
            if pieces and not pieces[-1].endswith("\n"):
                pieces.append("\n")
            pieces.append(piece)
    return "".join(pieces)


class _Reading(NamedTuple):
    """One side taken apart: its front matter, and its body as it differs from the base's."""

    front: str
    body: Side


class _Base(NamedTuple):
    """The base taken apart: what the sides are read against."""

    front: str
    lines: Sequence[str]
    headings: Sequence[Heading]
    tokens: Sequence[Token]

    @classmethod
    def read(cls, text: str) -> "_Base":
        front, body = split_front_matter(text)
        lines = split_lines(body)
        found = headings(lines)
        return cls(front, lines, found, _placed(lines, found, {}))

    def side(self, text: str) -> _Reading:
        """`text` as one side; a section renamed on the spot keeps the name it has in the base."""
        effort = Effort()
        front, body = split_front_matter(text)
        lines = split_lines(body)
        found = headings(lines)
        names = renamed(self.lines, self.headings, lines, found, effort)
        return _Reading(front, read_side(self.tokens, _placed(lines, found, names), effort))


def _placed(lines: Sequence[str], found: Sequence[Heading], renamed: Mapping[int, str]) -> list[Token]:
    """The lines, each in its section."""
    return list(map(Token, lines, places(lines, found, renamed)))


def _merge(base: _Base, mine: _Reading, theirs: _Reading) -> list[Chunk]:
    """The chunks, in order, without empty ones; neighbours that nobody changed are one."""
    efforts = (Effort(), Effort())
    found: list[Chunk] = []
    for chunk in (
        *_merge_front_matter(efforts, (base.front, mine.front, theirs.front)),
        *_merge_lines(efforts, base.tokens, mine.body, theirs.body),
    ):
        if found and not chunk.changed and not found[-1].changed:
            same = found[-1].base + chunk.base
            found[-1] = Chunk(same, same, same, same)
        elif chunk.base or chunk.changed:
            found.append(chunk)
    return found


def _merge_lines(efforts: Efforts, base: Sequence[Token], mine: Side, theirs: Side) -> list[Chunk]:
    chunks = []
    for region in join(efforts, base, mine, theirs):
        merged = None if region.merged is None else text_of(region.merged)
        chunks.append(Chunk(text_of(region.base), text_of(region.mine), text_of(region.theirs), merged))
    return chunks


# -- The front matter --------------------------------------------------------------------------------------------------


def _merge_front_matter(efforts: Efforts, fronts: tuple[str, str, str]) -> list[Chunk]:
    if not all(fronts):
        return [_merge_value(efforts, *fronts)]
    base, mine, theirs = (values(front) for front in fronts)
    if base is None or mine is None or theirs is None:
        return _merge_tokens(efforts, [[Token(line, "") for line in split_lines(front)] for front in fronts])
    known = (base, mine, theirs)
    order = _common_order([list(by_key) for by_key in known])
    if order is None:
        return _merge_tokens(
            efforts,
            [[Token(line, key) for key, value in by_key.items() for line in split_lines(value)] for by_key in known],
        )
    return [_merge_value(efforts, base.get(key, ""), mine.get(key, ""), theirs.get(key, "")) for key in order]


def _common_order(orders: Sequence[Sequence[str]]) -> list[str] | None:
    """All the keys in an order that agrees with each of `orders`; None if these contradict each other.

    Where two keys could stand either way, because no text has both, the alphabet decides.
    """
    members = [frozenset(order) for order in orders]
    done = [0] * len(orders)
    found = []
    while heads := {order[at] for order, at in zip(orders, done, strict=True) if at < len(order)}:
        free = [
            key
            for key in heads
            if all(key not in keys or order[at] == key for order, keys, at in zip(orders, members, done, strict=True))
        ]
        if not free:
            return None
        found.append(min(free))
        for number, order in enumerate(orders):
            done[number] += done[number] < len(order) and order[done[number]] == found[-1]
    return found


def _merge_value(efforts: Efforts, base: str, mine: str, theirs: str) -> Chunk:
    """One value with its key, or a whole front matter: taken as a whole, unless its lines can be told apart."""
    if theirs in (mine, base):
        return Chunk(base, mine, theirs, mine)
    if mine == base:
        return Chunk(base, mine, theirs, theirs)
    three = [split_lines(value) for value in (base, mine, theirs)]
    if not (_are_lists(three) or _are_long_texts(three)):
        return Chunk(base, mine, theirs, None)
    tokens = [[Token(line, "") for line in lines] for lines in three]
    return Chunk(base, mine, theirs, joined(_merge_tokens(efforts, tokens)))


def _are_lists(three: Sequence[Sequence[str]]) -> bool:
    """Whether all are lists under one key, of items of one line, with the same indent."""
    marks = {match[0] if (match := _ITEM.match(line)) else "" for lines in three for line in lines[1:]}
    return len({tuple(lines[:1]) for lines in three}) == len(marks) == 1 and "" not in marks


def _are_long_texts(three: Sequence[Sequence[str]]) -> bool:
    """Whether all are literal blocks, opened alike."""
    openings = {tuple(lines[:1]) for lines in three}
    return len(openings) == 1 and all(_LITERAL.search(line) for opening in openings for line in opening)


def _merge_tokens(efforts: Efforts, three: Sequence[Sequence[Token]]) -> list[Chunk]:
    base, mine, theirs = three
    return _merge_lines(efforts, base, read_side(base, mine, efforts[0]), read_side(base, theirs, efforts[1]))
