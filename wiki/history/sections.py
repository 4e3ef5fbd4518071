"""What one text has otherwise than another, section by section and value by value, and taking only part of it.

A section is recognised by its heading, its place or its likeness, whatever its number: one that moved or has a new
title is the same section. Pure, and bounded on any input.
"""

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from wiki.history.alignment import Effort, edits
from wiki.history.outline import has_words, headings, places, renamed, split_front_matter, split_lines, values

UnitKind = Literal["added", "removed", "changed", "moved"]

# What a page says about itself and nobody takes from another.
OWN = frozenset(
    {"kind", "title", "lang", "variant_of", "variant_notes", "license", "status", "first_done", "first_place"}
)

_NUMBER = re.compile(r"( {0,3}#{1,6}[ \t]+)(\d+)([.)][ \t]+)")
_MOST_PAIRS = 40_000
_ALIKE = 0.5  # the share of lines in common from which two sections without a common name are one


@dataclass(frozen=True, slots=True)
class Unit:
    """One section, or one value of the front matter (`field`), that differs between two texts.

    `key` names it in both, `title` says it to people; `old` and `new` are its two texts, "" where there is none.
    """

    key: str
    title: str
    kind: UnitKind
    old: str
    new: str
    field: bool = False

    @property
    def name(self) -> str:
        """The key as a short word without any sign, for forms."""
        return hashlib.sha256(self.key.encode()).hexdigest()[:12]


class _Part(NamedTuple):
    """A stretch of a text: a value with its key, or a section with its heading, up to the next one of any level."""

    place: str
    title: str
    text: str


class _Pairing(NamedTuple):
    """Which part of the old text each part of the new one was, and which of those stand elsewhere now."""

    origins: Mapping[int, int]
    moved: frozenset[int]


class _Half(NamedTuple):
    """The front matters, or the bodies, of two texts, cut and paired; `keys` of each part that differs."""

    old: Sequence[_Part]
    new: Sequence[_Part]
    pairing: _Pairing
    old_keys: Mapping[int, str]
    new_keys: Mapping[int, str]


def units(old: str, new: str, own: bool = False) -> list[Unit]:
    """What `new` has otherwise than `old`, in the order of `new`, what went at the end. [] when nothing differs.

    Values that a page says about itself (`OWN`) are left out, unless both are texts of one page (`own`); so is the
    mere number of a heading.
    """
    (old_front, old_body), (new_front, new_body) = split_front_matter(old), split_front_matter(new)
    return [*_differing(_fields(old_front, new_front, own), True), *_differing(_sections(old_body, new_body), False)]


def compose(old: str, new: str, keys: Collection[str], own: bool = False) -> str:
    """`old` with the units `keys` as they are in `new`, and nothing else of it; unknown keys are passed over.

    With every key it has the body of `new`, with none it is `old`. `own` is as for `units`.
    """
    (old_front, old_body), (new_front, new_body) = split_front_matter(old), split_front_matter(new)
    fields, body = _fields(old_front, new_front, own), _sections(old_body, new_body)
    front = _composed_front(old_front, fields, keys)
    known = {*body.old_keys.values(), *body.new_keys.values()}
    if not known.intersection(keys):
        return front + old_body
    return front + (new_body if known.issubset(keys) else _composed_body(body, keys))


def _differing(half: _Half, field: bool) -> list[Unit]:
    found = []
    for j, key in half.new_keys.items():
        i = half.pairing.origins.get(j)
        after = half.new[j]
        if i is None:
            found.append(Unit(key, after.title, "added", "", after.text, field))
        else:
            kind: UnitKind = "moved" if j in half.pairing.moved else "changed"
            found.append(Unit(key, after.title, kind, half.old[i].text, after.text, field))
    came_from = set(half.pairing.origins.values())
    for i, key in half.old_keys.items():
        if i not in came_from:
            found.append(Unit(key, half.old[i].title, "removed", half.old[i].text, "", field))
    return found


# -- The front matter --------------------------------------------------------------------------------------------------


def _fields(old: str, new: str, own: bool) -> _Half:
    before, after = _values(old), _values(new)
    left = frozenset[str]() if own else OWN
    where = {part.place: i for i, part in enumerate(before)}
    origins = {j: where[part.place] for j, part in enumerate(after) if part.place in where}
    old_keys = {
        i: f"field:{part.place}" for i, part in enumerate(before) if part.place not in left and part not in after
    }
    new_keys = {
        j: f"field:{part.place}" for j, part in enumerate(after) if part.place not in left and part not in before
    }
    return _Half(before, after, _Pairing(origins, frozenset()), old_keys, new_keys)


def _values(front: str) -> list[_Part]:
    """The values of a front matter without its fences; what is not made of keys is one part without a name."""
    if not front:
        return []
    found = values(front)
    if found is None:
        return [_Part("", "", front)]
    return [_Part(key, key, text) for key, text in found.items() if key.strip("-")]


def _composed_front(front: str, half: _Half, keys: Collection[str]) -> str:
    if not set(keys).intersection([*half.old_keys.values(), *half.new_keys.values()]):
        return front
    parts = _composed(half, keys)
    if any(not part.place for part in parts):
        return front if front else "".join(part.text for part in parts)
    inside = "".join(part.text for part in parts)
    return f"---\n{inside}---\n\n" if inside else ""


# -- The body ----------------------------------------------------------------------------------------------------------


def _sections(old: str, new: str) -> _Half:
    effort = Effort()
    before_lines, after_lines = split_lines(old), split_lines(new)
    before_headings, after_headings = headings(before_lines), headings(after_lines)
    names = renamed(before_lines, before_headings, after_lines, after_headings, effort)
    before, after = _cut(before_lines, {}), _cut(after_lines, names)
    pairing = _paired(before, after, effort)
    old_keys, new_keys = {}, {}
    taken: dict[str, int] = {}
    came_from = set(pairing.origins.values())
    for i, part in enumerate(before):
        if i not in came_from:
            old_keys[i] = _key(part, taken)
    for j, part in enumerate(after):
        origin = pairing.origins.get(j)
        key = _key(before[origin] if origin is not None else part, taken)
        if origin is None or j in pairing.moved or _said(before[origin].text) != _said(part.text):
            new_keys[j] = key
            if origin is not None:
                old_keys[origin] = key
    return _Half(before, after, pairing, old_keys, new_keys)


def _cut(lines: Sequence[str], names: Mapping[int, str]) -> list[_Part]:
    found = headings(lines)
    where = places(lines, found, names)
    starts = [0, *(heading.line for heading in found)]
    ends = [*starts[1:], len(lines)]
    titles = ["", *(heading.title for heading in found)]
    return [
        _Part(where[start] if title else "", title, "".join(lines[start:end]))
        for start, end, title in zip(starts, ends, titles, strict=True)
    ]


def _key(part: _Part, taken: dict[str, int]) -> str:
    """A key nobody has yet. `taken` holds the keys given so far, with the last rank given to sections of that name."""
    name = key = "section:" + part.place.replace("\n", " / ")
    rank = taken.get(name, 1)
    while key in taken:
        rank += 1
        key = f"{name} #{rank}"
    taken[key] = 1
    taken[name] = rank
    return key


def _said(text: str) -> str:
    """A section without the number of its heading and without the blank lines at its end."""
    return _NUMBER.sub(r"\1", text, count=1).strip("\n")


def _paired(before: Sequence[_Part], after: Sequence[_Part], effort: Effort) -> _Pairing:
    # The lines above the first heading are there in every text, if only as none.
    origins: dict[int, int] = {0: 0}
    gone: list[int] = []
    come: list[int] = []
    done, side_done = 1, 1
    old_places, new_places = ([part.place for part in parts[1:]] for parts in (before, after))
    for edit in edits(old_places, new_places, effort):
        start, side_start = edit.start + 1, edit.side_start + 1
        origins.update(zip(range(side_done, side_start), range(done, start), strict=True))
        gone += range(start, edit.end + 1)
        come += range(side_start, edit.side_end + 1)
        done, side_done = edit.end + 1, edit.side_end + 1
    origins.update(zip(range(side_done, len(after)), range(done, len(before)), strict=True))
    moved: set[int] = set()
    # So many sections on both sides are no page somebody rearranged: looking for likenesses would take minutes.
    for same in (_same_place, _same_name, _alike) if len(gone) * len(come) <= _MOST_PAIRS else ():
        for j in list(come):
            i = next((i for i in gone if same(before[i], after[j])), None)
            if i is not None and effort.spend(len(gone) + 1):
                origins[j] = i
                moved.add(j)
                gone.remove(i)
                come.remove(j)
    moved = {j for j in moved if not _stayed(j, origins, moved)}
    return _Pairing(origins, frozenset(moved))


def _same_place(one: _Part, other: _Part) -> bool:
    return one.place == other.place


def _same_name(one: _Part, other: _Part) -> bool:
    return one.place.rpartition("\n")[2] == other.place.rpartition("\n")[2]


def _alike(one: _Part, other: _Part) -> bool:
    """Whether half of the lines under two headings are the same, and there are some."""
    here, there = (
        {line for line in split_lines(part.text)[1:] if has_words(line)} for part in (one, other)
    )
    return bool(here and there) and len(here & there) >= _ALIKE * max(len(here), len(there))


def _stayed(j: int, origins: Mapping[int, int], moved: Collection[int]) -> bool:
    """Whether a section that has another title stands where it stood among those that did not move."""
    before = max((origins[other] for other in origins if other < j and other not in moved), default=-1)
    after = min((origins[other] for other in origins if other > j and other not in moved), default=len(origins) + j)
    return before < origins[j] < after


# -- Putting together --------------------------------------------------------------------------------------------------


def _composed(half: _Half, keys: Collection[str]) -> list[_Part]:
    """The parts of the old half with those of `keys` from the new one, each after the one it follows there."""
    old, new, (origins, moved) = half.old, half.new, half.pairing
    came_from = set(origins.values())
    order: list[tuple[str, int]] = [
        ("old", i) for i in range(len(old)) if i in came_from or half.old_keys.get(i) not in keys
    ]
    last: tuple[str, int] | None = None
    for j in range(len(new)):
        i = origins.get(j)
        wanted = half.new_keys.get(j) in keys
        here = ("new", j)
        if i is not None:
            place = order.index(("old", i))
            if wanted and j in moved:
                del order[place]
                order.insert(order.index(last) + 1 if last else 0, here)
            elif wanted:
                order[place] = here
            else:
                here = ("old", i)
        elif wanted:
            order.insert(order.index(last) + 1 if last else 0, here)
        else:
            continue
        if i is None or wanted or j not in moved:
            last = here
    return [old[index] if side == "old" else new[index] for side, index in order]


def _composed_body(half: _Half, keys: Collection[str]) -> str:
    parts = [part.text for part in _renumbered(_composed(half, keys), half)]
    parts = [part for part in parts if part]
    pieces = [
        part if part.endswith("\n\n") else part.rstrip("\n") + "\n\n" if part.strip() else part for part in parts[:-1]
    ]
    return "".join(pieces) + (parts[-1].rstrip("\n") + "\n" if parts else "")


def _renumbered(parts: Sequence[_Part], half: _Half) -> list[_Part]:
    """The parts with their headings counted 1, 2, 3 wherever both texts count them so."""
    counted = _counted(half.old) & _counted(half.new)
    numbers: dict[str, int] = {}
    found = []
    for part in parts:
        above = part.place.rpartition("\n")[0]
        match = _NUMBER.match(part.text)
        if match and above in counted:
            numbers[above] = numbers.get(above, 0) + 1
            part = part._replace(text=f"{match[1]}{numbers[above]}{match[3]}" + part.text[match.end() :])
        found.append(part)
    return found


def _counted(parts: Sequence[_Part]) -> set[str]:
    """The places under which the headings are counted 1, 2, 3, and those under which none has a number."""
    numbers: dict[str, list[int]] = {}
    for part in parts:
        above = part.place.rpartition("\n")[0]
        match = _NUMBER.match(part.text)
        numbers.setdefault(above, [])
        if match:
            numbers[above].append(int(match[2]))
    return {above for above, found in numbers.items() if found == list(range(1, len(found) + 1))}
