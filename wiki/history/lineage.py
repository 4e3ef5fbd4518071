"""Which revisions come from which: a graph over all pages, and what each page knows of another.

`parent_id` and `merged_id` are its edges; an id is always greater than those it comes from. A taking that left or
declined something is no edge here: what was not taken must not count as known to both; nor is a link that was undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, Select, String, and_, delete, func, insert, literal, or_, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from wiki.database import UTCDateTime, db, now
from wiki.history.models import Revision, decode, encode
from wiki.history.takings import Decision

MOST_SOURCES = 200


class Taking(db.Model):  # type: ignore[name-defined,misc]
    """Somebody decided on what another page has: the decisions as data, and the revision that came of them if any.

    `decisions` maps the key of each unit to [choice, texts]. `whole` says that all there was to take was taken.
    """

    __tablename__ = "taking"

    id: Mapped[int] = mapped_column(primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"), index=True)
    source_revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"), index=True)
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("revision.id"), unique=True)
    decisions: Mapped[dict[str, Any]] = mapped_column(JSON)
    whole: Mapped[bool]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    author_name: Mapped[str] = mapped_column(String(80))
    guest_key: Mapped[str | None] = mapped_column(String(40), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class Acquaintance(db.Model):  # type: ignore[name-defined,misc]
    """What a page knows of a source: nothing newer than revision `seen_id`, and of that all but `left` units.

    The text known is that of `seen_id`, unless one is kept here because something was left for later.
    """

    __tablename__ = "acquaintance"

    page_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), primary_key=True, index=True)
    seen_id: Mapped[int] = mapped_column(ForeignKey("revision.id"), index=True)
    seen_number: Mapped[int]
    left: Mapped[int] = mapped_column(default=0)
    codec: Mapped[str | None] = mapped_column(String(8))
    known: Mapped[bytes | None] = mapped_column(LargeBinary)


@dataclass(frozen=True)
class Knowledge:
    """What a page knows of a source: its text as known, the revision last looked at, how much of it was left."""

    text: str
    seen_id: int
    seen_number: int
    left: int = 0


def _ancestors(revision_id: int, name: str) -> Any:
    """The ids of a revision and of all it comes from."""
    found = select(literal(revision_id).label("id")).cte(name, recursive=True)
    partial = select(Taking.id).where(Taking.revision_id == Revision.id, Taking.whole.is_(False)).exists()
    untrue = or_(partial, Revision.action == "unlink", _link_undone())
    # One recursive term for both edges: PostgreSQL allows the name of the recursion only once.
    edge = aliased(Revision)
    step = (
        select(edge.id)
        .select_from(found)
        .join(Revision, Revision.id == found.c.id)
        .join(edge, or_(edge.id == Revision.parent_id, and_(edge.id == Revision.merged_id, ~untrue)))
    )
    return found.union(step)


def _link_undone() -> Any:
    """Whether a revision said that its page comes from another, and a later one that it does not."""
    later = aliased(Revision)
    taken_back = select(later.id).where(
        later.page_id == Revision.page_id, later.number > Revision.number, later.action == "unlink"
    )
    return and_(Revision.action == "link", taken_back.exists())


def _never_linked() -> Any:
    """Whether a revision undoes a link that no revision made: what it names is no source, but must stay known."""
    earlier = aliased(Revision)
    linked = select(earlier.id).where(
        earlier.page_id == Revision.page_id, earlier.number < Revision.number, earlier.action == "link"
    )
    return and_(Revision.action == "unlink", ~linked.exists())


def newest_common(one: int, other: int) -> int | None:
    """The newest revision both revisions come from (either may be it); None where they have nothing in common."""
    here, there = _ancestors(one, "here"), _ancestors(other, "there")
    query = select(func.max(here.c.id)).where(here.c.id.in_(select(there.c.id)))
    return db.session.execute(query).scalar_one()


def ahead_and_behind(ours: int, theirs: int) -> tuple[int, int]:
    """How many revisions `ours` comes from and `theirs` does not, and the other way round."""
    here, there = _ancestors(ours, "here"), _ancestors(theirs, "there")

    def only(one: Any, other: Any) -> Select[Any]:
        return select(func.count()).select_from(one).where(one.c.id.not_in(select(other.c.id)))

    return (
        int(db.session.execute(only(here, there)).scalar_one()),
        int(db.session.execute(only(there, here)).scalar_one()),
    )


def sources(page_id: int, limit: int = MOST_SOURCES) -> list[tuple[int, int, int, str]]:
    """Where a page's text came from: (revision of it, page, number there, "parent" or "merged"), newest first.

    One entry for each revision of another page that one of this page's continues or brought in. A link that was undone
    counts as far as the revision that undid it says that words of the other are still here.
    """
    other = aliased(Revision)
    found: list[tuple[int, int, int, str]] = []
    for column, word in ((Revision.parent_id, "parent"), (Revision.merged_id, "merged")):
        query = (
            select(Revision.number, other.page_id, other.number)
            .join(other, other.id == column)
            .where(Revision.page_id == page_id, other.page_id != page_id)
            .where(~_link_undone(), ~_never_linked())
            .order_by(Revision.number.desc())
            .limit(limit)
        )
        found += [(row[0], row[1], row[2], word) for row in db.session.execute(query)]
    return sorted(found, reverse=True)[:limit]


def chain(page_id: int, number: int, limit: int = MOST_SOURCES) -> dict[int, int]:
    """Every page whose words a page may hold up to its revision `number`, itself first, each up to which number.

    At most `limit` pages, nearest first.
    """
    reached = {page_id: number}
    pending = [page_id]
    while pending and len(reached) < limit:
        current = pending.pop(0)
        for own, source_id, source_number, _word in sources(current):
            if own <= reached[current] and source_number > reached.get(source_id, 0):
                reached[source_id] = source_number
                if source_id not in pending and len(reached) <= limit:
                    pending.append(source_id)
    return reached


def names(reached: Mapping[int, int], limit: int = 100) -> dict[int, list[str]]:
    """Who wrote each page up to a number, by their first revision; at most `limit` for each page, no hidden ones."""
    found: dict[int, list[str]] = {}
    for page_id, number in reached.items():
        query = (
            select(Revision.author_name)
            .where(Revision.page_id == page_id, Revision.number <= number, ~Revision.hidden.contains("author"))
            .group_by(Revision.author_name)
            .order_by(func.min(Revision.number))
            .limit(limit)
        )
        found[page_id] = list(db.session.execute(query).scalars())
    return found


def knowledge(page_id: int, source_id: int) -> Knowledge | None:
    """What a page knows of a source by its own decisions; None where it never made any."""
    row = db.session.execute(
        select(Acquaintance.seen_id, Acquaintance.seen_number, Acquaintance.left, Acquaintance.codec,
               Acquaintance.known, Revision.codec, Revision.body)
        .join(Revision, Revision.id == Acquaintance.seen_id)
        .where(Acquaintance.page_id == page_id, Acquaintance.source_id == source_id)
    ).one_or_none()
    if row is None:
        return None
    text = decode(row[5], row[6]) if row[3] is None else decode(row[3], row[4])
    return Knowledge(text, row[0], row[1], row[2])


def know(page_id: int, source_id: int, known: Knowledge) -> None:
    """Keep what a page knows of a source, in the running transaction."""
    codec, body, digest = encode(known.text)
    same = select(Revision.id).where(Revision.id == known.seen_id, Revision.sha256 == digest)
    stored = {} if db.session.execute(same).first() else {"codec": codec, "known": body}
    forget(page_id, source_id)
    db.session.execute(
        insert(Acquaintance).values(
            page_id=page_id, source_id=source_id, seen_id=known.seen_id, seen_number=known.seen_number,
            left=known.left, **stored,
        )
    )


def forget(page_id: int, source_id: int) -> None:
    """Let a page know nothing of a source any more, in the running transaction."""
    db.session.execute(
        delete(Acquaintance).where(Acquaintance.page_id == page_id, Acquaintance.source_id == source_id)
    )


def note_taking(
    *,
    page_id: int,
    source_revision_id: int,
    revision_id: int | None,
    decisions: Mapping[str, Iterable[Any]],
    whole: bool,
    author_id: int | None,
    author_name: str,
    guest_key: str | None = None,
) -> None:
    """Remember what was decided, in the running transaction."""
    db.session.execute(
        insert(Taking).values(
            page_id=page_id, source_revision_id=source_revision_id, revision_id=revision_id,
            decisions={key: list(decision) for key, decision in decisions.items()}, whole=whole,
            author_id=author_id, author_name=author_name, guest_key=guest_key, created_at=now(),
        )
    )


def decided(page_id: int, source_id: int, since: datetime | None = None) -> dict[str, Decision]:
    """What was decided last on each unit that a page has from a source, since a moment or ever, by key of the unit."""
    query = (
        select(Taking.decisions)
        .join(Revision, Revision.id == Taking.source_revision_id)
        .where(Taking.page_id == page_id, Revision.page_id == source_id)
        .order_by(Taking.id)
    )
    if since is not None:
        query = query.where(Taking.created_at >= since)
    found: dict[str, Decision] = {}
    for decisions in db.session.execute(query).scalars():
        found |= {key: Decision(kept[0]) for key, kept in decisions.items()}
    return found


def takings(page_id: int, limit: int = 50) -> list[Taking]:
    """What was decided on this page, newest first."""
    query = select(Taking).where(Taking.page_id == page_id).order_by(Taking.id.desc()).limit(limit)
    return list(db.session.execute(query).scalars())
