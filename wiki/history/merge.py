"""Joining what two people made of one text, without ever guessing.

What one side alone changed is taken; what both changed alike is taken once; where the two touch, a person is asked.
One question too many is the lesser evil: a silently wrong merge, say a quantity that lands in another list, is the
worst that can happen to a recipe.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from wiki.history.alignment import Effort
from wiki.history.joining import Efforts, join
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
    - Changes that overlap or touch without being the same are a conflict, and so are changes that cannot both be right:
      a section moved by one side and edited, moved elsewhere or deleted by the other; the same words added by both in
      two places; steps that would no longer be counted 1, 2, 3.
    - Merging a side once more into a result without conflict gives that result, or asks; never a third text.
    - Front matter is merged value by value: two sides that change different keys never touch. Its values are taken
      whole, except lists, which are merged by item, and long texts, by line and sentence. Where the texts do not put
      their keys in one order, or are not made of keys, it is merged by line like the rest.

    A text that ends without a newline is as good as any other. In a merge of very large and very different texts a
    stretch too costly to compare counts as rewritten as a whole: the same result on every machine, only coarser.
    """
    chunks = _merged(base, mine, theirs)
    text = joined(chunks)
    if text is None or all(joined(_merged(base, *sides)) == text for sides in ((mine, text), (text, theirs))):
        return chunks
    # What comes out otherwise when a side is merged in once more could have been read in more than one way.
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


def _merged(base: str, mine: str, theirs: str) -> list[Chunk]:
    if theirs in (mine, base):
        return _compact([Chunk(base, mine, theirs, mine)])
    if mine == base:
        return _compact([Chunk(base, mine, theirs, theirs)])
    efforts = (Effort(), Effort())
    fronts, bodies = zip(*(split_front_matter(text) for text in (base, mine, theirs)), strict=True)
    return _compact([*_merge_front_matter(efforts, *fronts), *_merge_body(efforts, *bodies)])


def _compact(chunks: Sequence[Chunk]) -> list[Chunk]:
    """The same chunks without empty ones, neighbours that nobody changed put together."""
    found: list[Chunk] = []
    for chunk in chunks:
        if chunk == Chunk("", "", "", ""):
            continue
        if found and not chunk.changed and not found[-1].changed:
            same = found[-1].base + chunk.base
            found[-1] = Chunk(same, same, same, same)
        else:
            found.append(chunk)
    return found


def _merge_lines(
    efforts: Efforts, base: Sequence[Token], mine: Sequence[Token], theirs: Sequence[Token]
) -> list[Chunk]:
    return [
        Chunk(
            text_of(region.base),
            text_of(region.mine),
            text_of(region.theirs),
            None if region.merged is None else text_of(region.merged),
        )
        for region in join(efforts, base, mine, theirs)
    ]


# -- The body: lines that know the section they stand in ---------------------------------------------------------------


def _merge_body(efforts: Efforts, base: str, mine: str, theirs: str) -> list[Chunk]:
    lines = split_lines(base)
    found = headings(lines)
    sides = []
    for text, effort in zip((mine, theirs), efforts, strict=True):
        side = split_lines(text)
        side_found = headings(side)
        sides.append(_placed(side, side_found, renamed(lines, found, side, side_found, effort)))
    return _merge_lines(efforts, _placed(lines, found, {}), *sides)


def _placed(lines: Sequence[str], found: Sequence[Heading], renamed: Mapping[int, str]) -> list[Token]:
    """The lines, each in its section; a section renamed on the spot keeps the name it has in the base."""
    return [Token(line, place) for line, place in zip(lines, places(lines, found, renamed), strict=True)]


# -- The front matter: values that know their key ----------------------------------------------------------------------


def _merge_front_matter(efforts: Efforts, base: str, mine: str, theirs: str) -> list[Chunk]:
    fronts = (base, mine, theirs)
    if not all(fronts):
        return [_merge_value(efforts, *fronts)]
    found = [values(front) for front in fronts]
    known = [by_key for by_key in found if by_key is not None]
    order = _common_order(*known) if len(known) == len(found) else None
    if order is None:
        return _merge_lines(efforts, *(_lines_under_keys(*both) for both in zip(fronts, found, strict=True)))
    return [_merge_value(efforts, *(by_key.get(key, "") for by_key in known)) for key in order]


def _common_order(*orders: Iterable[str]) -> list[str] | None:
    """The keys of all `orders` in an order that agrees with each; None if they contradict each other.

    Where two keys could stand either way, which is so only of keys the orders do not share, the alphabet decides.
    """
    rests = [dict.fromkeys(order) for order in orders]
    found = []
    while any(rests):
        heads = {next(iter(rest)) for rest in rests if rest}
        free = [key for key in heads if all(key not in rest or key == next(iter(rest)) for rest in rests)]
        if not free:
            return None
        found.append(min(free))
        for rest in rests:
            rest.pop(found[-1], None)
    return found


def _merge_value(efforts: Efforts, base: str, mine: str, theirs: str) -> Chunk:
    """One value with its key, or a whole front matter: taken as a whole, unless its lines can be told apart."""
    if theirs in (mine, base):
        return Chunk(base, mine, theirs, mine)
    if mine == base:
        return Chunk(base, mine, theirs, theirs)
    three = [split_lines(value) for value in (base, mine, theirs)]
    if not (_are_long_texts(three) or _are_lists(three)):
        return Chunk(base, mine, theirs, None)
    tokens = ([Token(line, "") for line in lines] for lines in three)
    return Chunk(base, mine, theirs, joined(_merge_lines(efforts, *tokens)))


def _are_lists(values: Sequence[Sequence[str]]) -> bool:
    """Whether all are lists under one key, of items of one line, with the same indent."""
    heads = {tuple(lines[:1]) for lines in values}
    marks = {match[0] if (match := _ITEM.match(line)) else "" for lines in values for line in lines[1:]}
    return len(heads) == len(marks) == 1 and "" not in marks


def _are_long_texts(values: Sequence[Sequence[str]]) -> bool:
    """Whether all are literal blocks opened alike."""
    heads = {tuple(lines[:1]) for lines in values}
    return len(heads) == 1 and all(_LITERAL.search(line) for head in heads for line in head)


def _lines_under_keys(front: str, by_key: Mapping[str, str] | None) -> list[Token]:
    """The lines of front matter, each under its key if it has keys."""
    if by_key is None:
        return [Token(line, "") for line in split_lines(front)]
    return [Token(line, key) for key, value in by_key.items() for line in split_lines(value)]
