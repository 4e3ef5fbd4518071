"""Sums over events, kept as events are saved: what happened to a recipe and to its family, what a collective did.

Each event has a share in the sums of the pages it counts for. Whatever changes it takes the old share out of them and
puts the new one in, in the same transaction: that costs the same whatever the number of events. It can all be thrown
away and counted anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, Integer, Select, bindparam, cast, delete, func, insert, select, text
from sqlalchemy.orm import aliased

from wiki.database import db
from wiki.pages.models import Gathering, Link, Page, Position, Share, Tally

# The field of an event by which it counts for a page of a kind: the scope of its sums.
COUNTS_BY = {"recipe": "recipes", "collective": "organizers"}
# The scope of the sums over a whole family, kept at its topmost origin.
FAMILY = "family"
# What is told of single events: the value says which one, so that the latest are the greatest.
STORIES, TROUBLES = "story", "troubles"
SUMMED = ("state", "year", "city", "attended", "lasted", "worked", "cents")
# Latitudes and longitudes are added up in these parts of a degree: whole numbers come back to where they were.
A_DEGREE = 1_000_000

_AT_ONCE = 500
_DAY_DIGITS, _ID_DIGITS = 8, 10
_KEY = ("page_id", "scope", "fact", "value")
_AMOUNTS = ("number", "told", "fruitless", "placed", "latitude", "longitude")
_ADDING = text("""
    INSERT INTO tally (page_id, scope, fact, value, number, told, fruitless, placed, latitude, longitude)
    VALUES (:page_id, :scope, :fact, :value, :number, :told, :fruitless, :placed, :latitude, :longitude)
    ON CONFLICT (page_id, scope, fact, value) DO UPDATE SET
        number = tally.number + excluded.number, told = tally.told + excluded.told,
        fruitless = tally.fruitless + excluded.fruitless, placed = tally.placed + excluded.placed,
        latitude = tally.latitude + excluded.latitude, longitude = tally.longitude + excluded.longitude
""")
_EMPTIED = text("""
    DELETE FROM tally
    WHERE page_id = :page_id AND scope = :scope AND fact = :fact AND value = :value AND number = 0
""")

# Built once: every save of an event asks these, and putting a statement together costs more than running it.
_SOME: BindParameter[Any] = bindparam("some", expanding=True)
_KEPT_SHARES = select(Share.page_id, Share.data).where(Share.page_id.in_(_SOME)).order_by(Share.page_id)
_LOCKED_SHARES = _KEPT_SHARES.with_for_update()
_TOLD = (
    select(
        Gathering.page_id, Gathering.state, Gathering.city, Gathering.attended, Gathering.lasted, Gathering.worked,
        Gathering.cents, Gathering.currency, Gathering.told, Gathering.outcome,
        (Gathering.story != "").label(STORIES), (Gathering.troubles != "").label(TROUBLES),
        Page.starts_on, Position.latitude, Position.longitude,
    )
    .join(Page, Page.id == Gathering.page_id)
    .outerjoin(Position, Position.page_id == Gathering.page_id)
    .where(Gathering.page_id.in_(_SOME), Page.archived_at.is_(None), Page.visibility == "public")
    .order_by(Gathering.page_id)
)  # fmt: skip
_NAMED = (
    select(Link.source_id, Link.field, Link.target_id, Page.archived_at)
    .join(Page, Page.id == Link.target_id)
    .where(Link.source_id.in_(_SOME), Link.field.in_(COUNTS_BY.values()))
)


def _above() -> Select[Any]:
    """Pages and all they come from, with the origin of each."""
    above = select(Page.id, Page.origin_id).where(Page.id.in_(_SOME)).cte("above", recursive=True)
    parent = aliased(Page)
    return select(above.union(select(parent.id, parent.origin_id).join(above, parent.id == above.c.origin_id)))


_ABOVE = _above()

Key = tuple[int, str, str, str]
Sums = dict[Key, list[int]]


def recount(page_ids: Iterable[int]) -> None:
    """Bring the sums up to date with what these pages say now, in the running transaction; only events have a share.

    To be called last: the pages an event counts for are written before, which makes others who count there wait.
    """
    wanted = sorted(set(page_ids))
    difference: Sums = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        kept, fresh = _kept(some, locked=True), _shares(some)
        changed = [page_id for page_id in some if kept.get(page_id) != fresh.get(page_id)]
        for page_id in changed:
            _add(difference, kept.get(page_id), -1)
            _add(difference, fresh.get(page_id), 1)
        if gone := [page_id for page_id in changed if page_id in kept]:
            db.session.execute(delete(Share).where(Share.page_id.in_(gone)))
        if new := [{"page_id": page_id, "data": fresh[page_id]} for page_id in changed if page_id in fresh]:
            db.session.execute(insert(Share), new)
    _store(difference)


def recount_around(page_id: int) -> None:
    """The same for a page that went, came back, is read by others, or joined or left a family: what counts for it too.

    What counts for the pages that come from it counts for its family.
    """
    below = select(Page.id).where(Page.id == page_id).cte("below", recursive=True)
    child = aliased(Page)
    below = below.union(select(child.id).join(below, child.origin_id == below.c.id))
    naming = select(Link.source_id).where(Link.field == COUNTS_BY["recipe"], Link.target_id.in_(select(below.c.id)))
    recount({page_id, *db.session.scalars(naming)})


def count_all() -> None:
    """Count everything anew, in the running transaction."""
    db.session.execute(delete(Tally))
    db.session.execute(delete(Share))
    sums: Sums = {}
    for some in _events():
        if shares := _shares(some):
            db.session.execute(insert(Share), [{"page_id": page_id, "data": data} for page_id, data in shares.items()])
        for data in shares.values():
            _add(sums, data, 1)
    _store(sums)


def differences() -> list[tuple[int, str]]:
    """Where sums are not what the events say: the id of a page, and which of its sums; by page."""
    sums: Sums = {}
    wrong: set[tuple[int, str]] = set()
    left = set(db.session.scalars(select(Share.page_id)))
    for some in _events():
        kept, fresh = _kept(some), _shares(some)
        for data in fresh.values():
            _add(sums, data, 1)
        wrong |= {(page_id, "share") for page_id in some if kept.get(page_id) != fresh.get(page_id)}
        left.difference_update(some)
    columns = [getattr(Tally, name) for name in (*_KEY, *_AMOUNTS)]
    stored = {tuple(row[:4]): list(row[4:]) for row in db.session.execute(select(*columns))}
    for key in sums.keys() | stored.keys():
        if sums.get(key) != stored.get(key):
            wrong.add((key[0], f"{key[1]}.{key[2]}"))
    return sorted(wrong | {(page_id, "share") for page_id in left})


def read(page_id: int, scope: str) -> Sequence[Any]:
    """The sums of a page, as rows of `Tally` without those of single events: one for each answer events gave."""
    columns = [getattr(Tally, name) for name in ("fact", "value", *_AMOUNTS)]
    here = (Tally.page_id == page_id) & (Tally.scope == scope) & Tally.fact.in_(SUMMED)
    return db.session.execute(select(*columns).where(here).order_by(Tally.fact, Tally.value)).all()


def latest(page_id: int, scope: str, fact: str, limit: int) -> Any:
    """The latest events that tell something of a fact, as a table of their ids and of `place`, greatest first."""
    query = (
        select(cast(func.substr(Tally.value, _DAY_DIGITS + 1), Integer).label("page_id"), Tally.value.label("place"))
        .where(Tally.page_id == page_id, Tally.scope == scope, Tally.fact == fact)
        .order_by(Tally.value.desc())
        .limit(limit)
    )
    return query.subquery()


def root(page_id: int) -> int:
    """The topmost origin of a page, archived or not: where the sums of its family are."""
    return _roots([page_id])[page_id]


def _add(sums: Sums, share: Any, times: int) -> None:
    if share is None:
        return
    amounts = (1, *share["amounts"])
    for page_id, scope in share["targets"]:
        for fact, value in share["facts"]:
            found = sums.setdefault((page_id, scope, fact, value), [0] * len(_AMOUNTS))
            for place, amount in enumerate(amounts):
                found[place] += times * amount


def _store(difference: Sums) -> None:
    """Add these numbers to what is kept; in one order, so that nobody waits for somebody who waits for them."""
    changes = sorted((key, amounts) for key, amounts in difference.items() if any(amounts))
    if changes:
        names = _KEY + _AMOUNTS
        db.session.execute(_ADDING, [dict(zip(names, (*key, *amounts), strict=True)) for key, amounts in changes])
    if less := [dict(zip(_KEY, key, strict=True)) for key, amounts in changes if amounts[0] < 0]:
        db.session.execute(_EMPTIED, less)


def _events() -> Iterator[Sequence[int]]:
    """The ids of all events, some at a time."""
    some: Sequence[int] = [0]
    query = select(Gathering.page_id).order_by(Gathering.page_id).limit(_AT_ONCE)
    while some := db.session.scalars(query.where(Gathering.page_id > some[-1])).all():
        yield some


def _kept(page_ids: Sequence[int], locked: bool = False) -> dict[int, Any]:
    """The shares of these pages as they are kept."""
    rows = db.session.execute(_LOCKED_SHARES if locked else _KEPT_SHARES, {"some": page_ids})
    return {row.page_id: row.data for row in rows}


def _shares(page_ids: Sequence[int]) -> dict[int, Any]:
    """What those of these pages that count somewhere add to which sums, as plain data.

    What is told there is told to every reader alike: an event counts where anybody may read it.
    """
    targets = _targets(page_ids)
    return {
        row.page_id: {
            "targets": targets[row.page_id],
            "facts": [list(fact) for fact in _facts(row)],
            "amounts": [
                int(row.told),
                int(row.outcome == "sans-suite"),
                int(row.latitude is not None),
                round((row.latitude or 0) * A_DEGREE),
                round((row.longitude or 0) * A_DEGREE),
            ],
        }
        for row in db.session.execute(_TOLD, {"some": list(targets)})
    }


def _facts(row: Any) -> Iterator[tuple[str, str]]:
    yield "state", row.state
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
        yield from ((fact, str(value)) for fact, value in said.items() if value is not None)
    day = "".join(digit for digit in row.starts_on or "" if "0" <= digit <= "9")
    place = f"{day[:_DAY_DIGITS]:0<{_DAY_DIGITS}}{row.page_id:0{_ID_DIGITS}}"
    yield from ((fact, place) for fact in (STORIES, TROUBLES) if getattr(row, fact))


def _targets(page_ids: Sequence[int]) -> Mapping[int, list[list[Any]]]:
    """The sums each of these pages has a share in, as (page, scope): those it names, each once, and their families.

    An archived page belongs to no family, but what comes from it does.
    """
    rows = db.session.execute(_NAMED, {"some": page_ids}).all()
    related = [row for row in rows if row.field == COUNTS_BY["recipe"] and row.archived_at is None]
    roots = _roots({row.target_id for row in related})
    found: defaultdict[int, set[tuple[int, str]]] = defaultdict(set)
    for row in rows:
        found[row.source_id].add((row.target_id, row.field))
    for row in related:
        found[row.source_id].add((roots[row.target_id], FAMILY))
    return {source: [list(target) for target in sorted(targets)] for source, targets in found.items()}


def _roots(page_ids: Iterable[int]) -> dict[int, int]:
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
