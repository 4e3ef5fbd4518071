"""Sums over events, kept as events are saved: what happened to a recipe and to its family, what a collective did.

And what came of an edition. Each event has a share in the sums of the pages it counts for (see `shares`). Whatever
changes it takes the old share out of them and puts the new one in, in the same transaction: that costs the same
whatever the number of events. It can all be thrown away and counted anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Integer,
    bindparam,
    case,
    cast,
    delete,
    func,
    insert,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import aliased

from wiki.database import db
from wiki.pages.models import Gathering, Link, Page, Share, Tally
from wiki.pages.shares import ALWAYS, COUNTS_BY, EDITION, TRIED, digits, exactly, shares, topmost, until

# What the sums of a page are read by, but for those of single events and those that wait for their hour.
SUMMED = ("state", "year", "city", "attended", "lasted", "worked", "cents")

_AT_ONCE = 500
# The values of these are numbers.
_NUMBERS = ("attended", "outputs")
_DAY_DIGITS = 8
_KEY = ("page_id", "scope", "since", "fact", "value")
_AMOUNTS = ("number", "told", "fruitless", "placed", "latitude", "longitude")
_ADDING = text("""
    INSERT INTO tally (page_id, scope, since, fact, value, number, told, fruitless, placed, latitude, longitude)
    VALUES (:page_id, :scope, :since, :fact, :value, :number, :told, :fruitless, :placed, :latitude, :longitude)
    ON CONFLICT (page_id, scope, since, fact, value) DO UPDATE SET
        number = tally.number + excluded.number, told = tally.told + excluded.told,
        fruitless = tally.fruitless + excluded.fruitless, placed = tally.placed + excluded.placed,
        latitude = tally.latitude + excluded.latitude, longitude = tally.longitude + excluded.longitude
""")
_EMPTIED = text("""
    DELETE FROM tally
    WHERE page_id = :page_id AND scope = :scope AND since = :since AND fact = :fact AND value = :value AND number = 0
""")

# Built once: every save of an event asks these, and putting a statement together costs more than running it.
_SOME: BindParameter[Any] = bindparam("some", expanding=True)
_KEPT_SHARES = select(Share.page_id, Share.data).where(Share.page_id.in_(_SOME)).order_by(Share.page_id)
_LOCKED_SHARES = _KEPT_SHARES.with_for_update()

Key = tuple[int, str, str, str, str]
Sums = dict[Key, list[int]]


def recount(page_ids: Iterable[int]) -> None:
    """Bring the sums up to date with what these pages say now, in the running transaction; only events have a share.

    To be called last: the pages an event counts for are written before, which makes others who count there wait.
    """
    wanted = sorted(set(page_ids))
    difference: Sums = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        kept, fresh = _kept(some, locked=True), shares(some)
        changed = [page_id for page_id in some if kept.get(page_id) != fresh.get(page_id)]
        for page_id in changed:
            before, after = kept.get(page_id, []), fresh.get(page_id, [])
            _add(difference, [part for part in before if part not in after], -1)
            _add(difference, [part for part in after if part not in before], 1)
        if gone := [page_id for page_id in changed if page_id in kept]:
            db.session.execute(delete(Share).where(Share.page_id.in_(gone)))
        if new := [{"page_id": page_id, "data": fresh[page_id]} for page_id in changed if page_id in fresh]:
            db.session.execute(insert(Share), new)
    _store(difference)


def recount_around(page_id: int) -> None:
    """The same for a page that went, came back, is read by others, became of another kind, or joined or left a family
    or a wider edition: what counts for it too.

    What counts for the pages that come from it counts for its family, what counts for its parts for the whole.
    """
    below = select(Page.id).where(Page.id == page_id).cte("below", recursive=True)
    child = aliased(Page)
    below = below.union(select(child.id).join(below, child.origin_id == below.c.id))
    parts = select(Page.id).where(Page.id == page_id).cte("parts", recursive=True)
    part = aliased(Link)
    parts = parts.union(
        select(part.source_id).join(parts, part.target_id == parts.c.id).where(part.field == "part_of")
    )
    naming = select(Link.source_id)
    found = naming.where(Link.field == COUNTS_BY["recipe"], Link.target_id.in_(select(below.c.id))).union(
        naming.where(Link.field == EDITION, Link.target_id.in_(select(parts.c.id))),
        naming.where(Link.field == COUNTS_BY["collective"], Link.target_id == page_id),
    )
    recount({page_id, *db.session.scalars(found)})


def count_all() -> None:
    """Count everything anew, in the running transaction."""
    db.session.execute(delete(Tally))
    db.session.execute(delete(Share))
    sums: Sums = {}
    for some in _events():
        if fresh := shares(some):
            db.session.execute(insert(Share), [{"page_id": page_id, "data": data} for page_id, data in fresh.items()])
        for data in fresh.values():
            _add(sums, data, 1)
    _store(sums)


def differences() -> list[tuple[int, str]]:
    """Where sums are not what the events say: the id of a page, and which of its sums; by page."""
    sums: Sums = {}
    wrong: set[tuple[int, str]] = set()
    left = set(db.session.scalars(select(Share.page_id)))
    for some in _events():
        kept, fresh = _kept(some), shares(some)
        for data in fresh.values():
            _add(sums, data, 1)
        wrong |= {(page_id, "share") for page_id in some if kept.get(page_id) != fresh.get(page_id)}
        left.difference_update(some)
    columns = [getattr(Tally, name) for name in (*_KEY, *_AMOUNTS)]
    stored = {tuple(row[: len(_KEY)]): list(row[len(_KEY) :]) for row in db.session.execute(select(*columns))}
    for key in sums.keys() | stored.keys():
        if sums.get(key) != stored.get(key):
            wrong.add((key[0], f"{key[1]}.{key[3]}"))
    return sorted(wrong | {(page_id, "share") for page_id in left})


def read(page_id: int, scope: str) -> Sequence[Any]:
    """The sums of a page, as rows of `Tally` without those of single events: one for each answer events gave."""
    columns = [getattr(Tally, name) for name in ("fact", "value", *_AMOUNTS)]
    here = (Tally.page_id == page_id) & (Tally.scope == scope) & (Tally.since == ALWAYS) & Tally.fact.in_(SUMMED)
    return db.session.execute(select(*columns).where(here).order_by(Tally.fact, Tally.value)).all()


def latest(page_id: int, scope: str, fact: str, limit: int) -> Any:
    """The latest events that tell something of a fact, as a table of their ids and of `place`, greatest first."""
    query = (
        select(cast(func.substr(Tally.value, _DAY_DIGITS + 1), Integer).label("page_id"), Tally.value.label("place"))
        .where(Tally.page_id == page_id, Tally.scope == scope, Tally.since == ALWAYS, Tally.fact == fact)
        .order_by(Tally.value.desc())
        .limit(limit)
    )
    return query.subquery()


def root(page_id: int) -> int:
    """The topmost origin of a page, archived or not: where the sums of its family are."""
    return topmost([page_id])[page_id]


def tried(page_ids: Sequence[int], day: str) -> dict[int, tuple[int, str]]:
    """How often each of these recipes was tried until a day (YYYY-MM-DD), where it was, and the last time (YYYY…)."""
    one = aliased(Tally)
    counting = _counting(page_ids, COUNTS_BY["recipe"], digits(day))
    last = (
        select(one.value)
        .where(one.page_id == counting.c.page_id, one.scope == COUNTS_BY["recipe"], one.fact == TRIED)
        .where(one.since >= exactly(""), one.since <= exactly(digits(day)))
        .order_by(one.since.desc())
        .limit(1)
    )
    query = (
        select(counting.c.page_id, func.sum(counting.c.number), last.scalar_subquery())
        .where(counting.c.fact == TRIED)
        .group_by(counting.c.page_id)
    )
    return {row[0]: (int(row[1]), row[2]) for row in db.session.execute(query)}


def came_of(page_id: int, moment: datetime) -> Mapping[str, Any]:
    """What came of an edition until a moment: rows by fact, each with how many different `values` events gave.

    `number` events gave one, `told` of them have a report; `total` is the sum of values that are numbers, and
    `called_off` the number of events whose state says so.
    """
    rows = _counting([page_id], EDITION, digits(moment.astimezone(UTC).isoformat())).c
    numbers = cast(case((rows.fact.in_(_NUMBERS), rows.value), else_="0"), BigInteger)
    query = (
        select(
            rows.fact,
            func.count(rows.value.distinct()).label("values"),
            func.sum(rows.number).label("number"),
            func.sum(rows.told).label("told"),
            func.sum(numbers * rows.number).label("total"),
            func.sum(case((rows.value.in_(("annule", "reporte")), rows.number), else_=0)).label("called_off"),
        )
        .where(rows.fact != "city")
        .group_by(rows.fact)
    )
    return {row.fact: row for row in db.session.execute(query)}


def _counting(page_ids: Sequence[int], scope: str, moment: str) -> Any:
    """The sums of these pages that count at a moment, as a table; of what is past long since there are few."""
    here = select(Tally.page_id, Tally.fact, Tally.value, Tally.number, Tally.told)
    here = here.where(Tally.page_id.in_(page_ids), Tally.scope == scope)
    return union_all(*(here.where(stretch) for stretch in until(moment))).subquery()


def next_moment(page_id: int, moment: datetime) -> str:
    """The first moment after this one from which more counts for an edition, in ISO 8601; "" where there is none."""
    here = (Tally.page_id == page_id) & (Tally.scope == EDITION)
    later = Tally.since > exactly(digits(moment.astimezone(UTC).isoformat()))
    found = db.session.scalar(select(func.min(Tally.since)).where(here, later))
    return datetime.strptime(f"{found[1:]}+0000", "%Y%m%d%H%M%S%z").isoformat() if found else ""


def _add(sums: Sums, share: Sequence[Any], times: int) -> None:
    for part in share:
        amounts = (1, *part["amounts"])
        for page_id, scope in part["targets"]:
            for since, fact, value in part["facts"]:
                found = sums.setdefault((page_id, scope, since, fact, value), [0] * len(_AMOUNTS))
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
