"""What happens near the town a visitor chose: a cookie of theirs names it, the wiki's own gazetteer places it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote, unquote

from flask import Response, request

from wiki import pages
from wiki.accounts import Actor
from wiki.pages import Found, Near, PageInfo, Query

KILOMETRES = 60
_COOKIE = "town"
_LONGEST = 100  # characters of a name
_SHOWN = 4


@dataclass(frozen=True)
class Nearby:
    """A town and what gathers people within KILOMETRES of it: what is coming, else what was held.

    `town` is "" where none is chosen; `known` says whether it was found, `told` whether distances are known now.
    """

    town: str = ""
    known: bool = False
    told: bool = False
    coming: Sequence[PageInfo] = field(default=())
    past: Sequence[PageInfo] = field(default=())


def look(actor: Actor) -> Nearby:
    """What happens near the town this request names, or that this browser remembers."""
    asked = request.args.get("near")
    town = " ".join((unquote(request.cookies.get(_COOKIE, "")) if asked is None else asked).split())[:_LONGEST]
    centre = pages.centre_of(actor, town) if town.isprintable() and town else None
    if centre is None:
        return Nearby(town)
    coming = _held(actor, centre, "coming")
    if not coming.from_index:
        # Without its index the wiki finds words, and no distances.
        return Nearby(town, True)
    return Nearby(town, True, True, coming.rows, () if coming.rows else _held(actor, centre, "past").rows)


def _held(actor: Actor, centre: tuple[float, float], when: str) -> Found:
    return pages.look_for(
        actor,
        Query(
            facets={"kind": ["event"]},
            when=when,
            near=Near(*centre, float(KILOMETRES)),
            order="oldest" if when == "coming" else "newest",
            per_page=_SHOWN,
            at=datetime.now(UTC),
        ),
    )


def remember(nearby: Nearby, response: Response) -> None:
    """Have the browser keep the town that was just chosen, or forget it where none was."""
    if request.args.get("near") is None:
        return
    if nearby.known:
        response.set_cookie(
            _COOKIE, quote(nearby.town), max_age=31_536_000, samesite="Lax", httponly=True, secure=request.is_secure
        )
    else:
        response.delete_cookie(_COOKIE, samesite="Lax", httponly=True, secure=request.is_secure)
