"""A family as a small picture: where each page stands in it. Pure; drawn as SVG by a template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wiki.pages import Member

MOST_DRAWN = 120
_ACROSS, _DOWN, _EDGE = 26, 46, 16


@dataclass(frozen=True)
class Dot:
    """A page: its place in the picture, and that of its origin where that is drawn."""

    member: Member
    x: float
    y: float
    from_x: float | None
    from_y: float | None
    is_current: bool


@dataclass(frozen=True)
class Picture:
    """Dots from the eldest to the youngest; `generations` and `alive` say in words what they show."""

    dots: Sequence[Dot]
    width: int
    height: int
    generations: int
    alive: int


def family_picture(members: Sequence[Member], current_id: int) -> Picture | None:
    """A tree from above: pages without variants side by side, an origin above the middle of its own.

    None where there is too little to see, or too much.
    """
    if not 2 < len(members) <= MOST_DRAWN:
        return None
    across: dict[int, float] = {}
    below: dict[int, list[float]] = {}
    places = 0
    # From the last to the first: whatever comes from a page stands after it.
    for index in range(len(members) - 1, -1, -1):
        under = below.get(index)
        across[index] = (min(under) + max(under)) / 2 if under else places
        places += not under
        if (parent := members[index].parent) is not None:
            below.setdefault(parent, []).append(across[index])
    deepest = max(member.depth for member in members)

    def x(index: int) -> float:
        return round(_EDGE + _ACROSS * (places - 1 - across[index]), 1)

    def y(index: int) -> float:
        return _EDGE + _DOWN * members[index].depth

    dots = [
        Dot(
            member, x(index), y(index),
            x(member.parent) if member.parent is not None else None,
            y(member.parent) if member.parent is not None else None,
            member.id == current_id,
        )
        for index, member in enumerate(members)
    ]
    width, height = 2 * _EDGE + _ACROSS * (places - 1), 2 * _EDGE + _DOWN * deepest
    return Picture(dots, width, height, deepest + 1, sum(member.alive for member in members))
