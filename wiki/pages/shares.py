"""What one event adds to the sums of the pages it counts for: what it says, and how it is read by whoever reads those.

Its share is plain data, in parts: `targets` (page, scope), `facts` (since, fact, value) and `amounts` for each of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, select
from sqlalchemy.orm import aliased

from wiki.database import db
from wiki.pages.kinds import NOBODY
from wiki.pages.models import Gathering, Link, Page, Position, Tally
from wiki.rendering import link_key

# The field of an event by which it counts for a page of a kind: the scope of its sums.
COUNTS_BY = {"recipe": "recipes", "collective": "organizers"}
# The scope of the sums over a whole family, kept at its topmost origin; and that of an edition and all it is part of.
FAMILY, EDITION = "family", "edition"
# What is told of single events: the value says which one, so that the latest are the greatest.
STORIES, TROUBLES = "story", "troubles"
# On which days a recipe was tried, counted from that day on.
TRIED = "tried"
# Latitudes and longitudes are added up in these parts of a degree: whole numbers come back to where they were.
A_DEGREE = 1_000_000
# What counts at any hour.
ALWAYS = ""

_DAY_DIGITS, _ID_DIGITS, _MOMENT_DIGITS = 8, 10, 14
_VALUE_LENGTH = 200

# Built once: every save of an event asks these, and putting a statement together costs more than running it.
_SOME: BindParameter[Any] = bindparam("some", expanding=True)
_TOLD = (
    select(
        Gathering.page_id, Gathering.state, Gathering.city, Gathering.attended, Gathering.lasted, Gathering.worked,
        Gathering.cents, Gathering.currency, Gathering.told, Gathering.outcome, Gathering.outputs,
        (Gathering.story != "").label(STORIES), (Gathering.troubles != "").label(TROUBLES),
        Page.starts_on, Page.past_from, Page.visibility, Page.owner_id, Page.archived_at,
        Position.latitude, Position.longitude,
    )
    .join(Page, Page.id == Gathering.page_id)
    .outerjoin(Position, Position.page_id == Gathering.page_id)
    .where(Gathering.page_id.in_(_SOME), Page.archived_at.is_(None))
    .order_by(Gathering.page_id)
)  # fmt: skip
_NAMED = (
    select(
        Link.source_id, Link.field, Link.words, Link.target_id,
        Page.kind, Page.visibility, Page.owner_id, Page.archived_at,
    )
    .outerjoin(Page, Page.id == Link.target_id)
    .where(Link.source_id.in_(_SOME), Link.field.in_((*COUNTS_BY.values(), EDITION)))
)  # fmt: skip


def _above() -> Select[Any]:
    """Pages and all they come from, with the origin of each."""
    above = select(Page.id, Page.origin_id).where(Page.id.in_(_SOME)).cte("above", recursive=True)
    parent = aliased(Page)
    return select(above.union(select(parent.id, parent.origin_id).join(above, parent.id == above.c.origin_id)))


def _wider() -> Select[Any]:
    """Editions and all they are part of, with each edition that each of them names as its whole."""
    part_of = (Link.field == "part_of") & Link.target_id.is_not(None)
    wider = select(Page.id).where(Page.id.in_(_SOME)).cte("wider", recursive=True)
    wider = wider.union(select(Link.target_id).join(wider, Link.source_id == wider.c.id).where(part_of))
    facts = (Page.id, Page.kind, Page.visibility, Page.owner_id, Page.archived_at, Link.target_id.label("whole"))
    joined = select(*facts).outerjoin(Link, (Link.source_id == Page.id) & part_of)
    return joined.where(Page.id.in_(select(wider.c.id)))


_ABOVE, _WIDER = _above(), _wider()


@dataclass
class _Edition:
    """An edition, whose programme it belongs to (`wholes`), and who may read it."""

    kind: str
    visibility: str
    owner_id: int | None
    archived_at: Any
    wholes: list[int] = field(default_factory=list)


def shares(page_ids: Sequence[int]) -> dict[int, Any]:
    """What those of these pages that count somewhere add to which sums, as plain data."""
    named: defaultdict[int, list[Any]] = defaultdict(list)
    for row in db.session.execute(_NAMED, {"some": page_ids}):
        named[row.source_id].append(row)
    links = [row for rows in named.values() for row in rows if row.target_id is not None]
    roots = topmost({row.target_id for row in links if _is_related(row)})
    editions = _editions({row.target_id for row in links if row.field == EDITION})
    found = {}
    for row in db.session.execute(_TOLD, {"some": list(named)}):
        here = named[row.page_id]
        parts = [*_of_everybody(row, here, roots), *_of_editions(row, here, editions)]
        if parts:
            found[row.page_id] = parts
    return found


def until(moment: str) -> Sequence[ColumnElement[bool]]:
    """Ranges of `since`, each one stretch of the index, with all that counts at a moment given by its digits.

    What always counts, whole years before this one, months of this year, moments of this month.
    """
    since, year, month = Tally.since, moment[:4], moment[:6]
    return (
        since == ALWAYS,
        (since >= "1") & (since < f"1{year}"),
        (since >= f"2{year}") & (since < f"2{month}"),
        (since >= f"3{month}") & (since <= f"3{moment}"),
    )


def exactly(moment: str) -> str:
    """The `since` that says a moment to the second."""
    return f"3{moment}"


def digits(written: str) -> str:
    """A day or an instant in UTC, in ISO 8601 and perhaps not whole, as digits that sort like it."""
    found = "".join(one for one in written if "0" <= one <= "9")
    return f"{found[:_MOMENT_DIGITS]:0<{_MOMENT_DIGITS}}"


def topmost(page_ids: Iterable[int]) -> dict[int, int]:
    """The topmost origin of each page; of pages that come from each other, the oldest."""
    wanted = sorted(set(page_ids))
    if not wanted:
        return {}
    origins: dict[int, int | None] = {row.id: row.origin_id for row in db.session.execute(_ABOVE, {"some": wanted})}
    return {page_id: _topmost(page_id, origins) for page_id in wanted}


def _topmost(page_id: int, origins: Mapping[int, int | None]) -> int:
    path: dict[int, None] = {}
    here = page_id
    while here not in path:
        path[here] = None
        origin = origins[here]
        if origin is None:
            return here
        here = origin
    walked = list(path)
    return min(walked[walked.index(here) :])


def _since(moment: str) -> tuple[str, ...]:
    """Under which keys to keep what counts from a moment on: its year, its month, itself; `until` adds them up.

    So what is past long since is read as few sums, however many moments it began at.
    """
    return f"1{moment[:4]}", f"2{moment[:6]}", exactly(moment)


def _part(targets: Iterable[tuple[int, str]], facts: Iterable[tuple[str, str, str]], amounts: list[int]) -> Any:
    ordered = [list(target) for target in sorted(targets)]
    return {"targets": ordered, "facts": [list(fact) for fact in sorted(set(facts))], "amounts": amounts}


# -- For recipes, their families and collectives -----------------------------------------------------------------------


def _is_related(link: Any) -> bool:
    """An archived page belongs to no family, but what comes from it does."""
    return link.field == COUNTS_BY["recipe"] and link.archived_at is None


def _of_everybody(row: Any, named: Sequence[Any], roots: Mapping[int, int]) -> Iterator[Any]:
    """What is told there is told to every reader alike: an event counts where anybody may read it."""
    if row.visibility != "public":
        return
    links = [link for link in named if link.target_id is not None and link.field in COUNTS_BY.values()]
    targets = {(link.target_id, link.field) for link in links}
    if not targets:
        return
    related = {(roots[link.target_id], FAMILY) for link in links if _is_related(link)}
    point = row.latitude is not None
    degrees = [round((one or 0) * A_DEGREE) for one in (row.latitude, row.longitude)]
    yield _part(targets | related, _facts(row), [int(row.told), int(row.outcome == "sans-suite"), int(point), *degrees])
    recipes = [target for target in targets if target[1] == COUNTS_BY["recipe"]]
    if recipes and row.starts_on and row.state not in ("annule", "reporte"):
        days = [(since, TRIED, row.starts_on) for since in _since(digits(row.starts_on))]
        yield _part(recipes, days, [0] * 5)


def _facts(row: Any) -> Iterator[tuple[str, str, str]]:
    yield ALWAYS, "state", row.state
    if row.state == "passe":
        # Only what took place says how it went.
        said = {
            "year": (row.starts_on or "")[:4] or None,
            "city": row.city or None,
            "attended": row.attended,
            "lasted": row.lasted,
            "worked": row.worked,
            "cents": None if row.cents is None else f"{row.currency} {row.cents}",
        }
        yield from ((ALWAYS, fact, str(value)) for fact, value in said.items() if value is not None)
    place = f"{digits(row.starts_on or '')[:_DAY_DIGITS]}{row.page_id:0{_ID_DIGITS}}"
    yield from ((ALWAYS, fact, place) for fact in (STORIES, TROUBLES) if getattr(row, fact))


# -- For editions ------------------------------------------------------------------------------------------------------


def _editions(page_ids: Collection[int]) -> dict[int, _Edition]:
    """These editions and all they are part of, by id."""
    found: dict[int, _Edition] = {}
    for row in db.session.execute(_WIDER, {"some": sorted(page_ids)}) if page_ids else ():
        edition = _Edition(row.kind, row.visibility, row.owner_id, row.archived_at)
        edition = found.setdefault(row.id, edition)
        if row.whole is not None:
            edition.wholes.append(row.whole)
    return found


def _opens_to(reader: Any, page: Any) -> bool:
    """Whether whoever may read one page may read the other too: `queries.as_open_as`, of rows."""
    seen = page.visibility == "public" or (page.visibility == "members" and reader.visibility != "public")
    own = reader.owner_id is not None and page.owner_id == reader.owner_id
    return (seen or own) and page.archived_at is None


def _of_editions(row: Any, named: Sequence[Any], editions: Mapping[int, _Edition]) -> Iterator[Any]:
    """For each edition whose programme has this event, what all readers of that edition may read of it."""
    direct = sorted({link.target_id for link in named if link.field == EDITION and link.target_id is not None})
    alike: dict[tuple[tuple[str, str, str], ...], list[tuple[int, str]]] = {}
    for page_id in sorted(_gathering(direct, editions)):
        if _opens_to(editions[page_id], row):
            facts = tuple(sorted(set(_initiative(row, named, editions[page_id]))))
            alike.setdefault(facts, []).append((page_id, EDITION))
    yield from (_part(targets, facts, [int(row.told), 0, 0, 0, 0]) for facts, targets in alike.items())


def _gathering(direct: Sequence[int], editions: Mapping[int, _Edition]) -> set[int]:
    """The editions whose programme holds what these hold: they themselves, and what they are part of."""
    wider, pending = set(direct), list(direct)
    while pending:
        fresh = set(editions[pending.pop()].wholes) - wider
        wider |= fresh
        pending += fresh
    return {page_id for page_id in wider if _leads(direct, page_id, editions)}


def _leads(direct: Sequence[int], whole: int, editions: Mapping[int, _Edition]) -> bool:
    """Whether one of these is this edition, or part of it by parts that all its readers may read."""
    seen, pending = set[int](), list(direct)
    while pending:
        here = pending.pop()
        if here == whole:
            return True
        part = editions[here]
        if here not in seen and part.kind == "edition" and _opens_to(editions[whole], part):
            pending += part.wholes
        seen.add(here)
    return False


def _initiative(row: Any, named: Sequence[Any], edition: _Edition) -> Iterator[tuple[str, str, str]]:
    """What an event says of an edition; where it is only announced, from the moment on when its days are over."""
    yield ALWAYS, "state", row.state
    if row.city:
        yield ALWAYS, "city", row.city
    if row.state == "passe":
        moments: tuple[str, ...] = (ALWAYS,)
    elif row.state == "annonce" and row.past_from is not None:
        moments = _since(digits(row.past_from.astimezone(UTC).isoformat()))
    else:
        return
    held = [("held", "")]
    if town := link_key(row.city)[:_VALUE_LENGTH]:
        held.append(("town", town))
    if row.attended is not None:
        held.append(("attended", str(row.attended)))
    if outputs := len(row.outputs.splitlines()):
        held.append(("outputs", str(outputs)))
    for link in named:
        fits = link.kind == "recipe" if link.field == COUNTS_BY["recipe"] else link.kind not in NOBODY
        if link.field != EDITION and link.target_id is not None and fits and _opens_to(edition, link):
            held.append((link.field, f"#{link.target_id}"))
        elif link.field != EDITION and link.words:
            held.append((link.field, link_key(link.words)[:_VALUE_LENGTH]))
    yield from ((since, fact, value) for since in moments for fact, value in held)
