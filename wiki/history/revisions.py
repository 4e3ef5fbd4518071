"""Appending and reading revisions. Nothing here changes or removes one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, insert, select, tuple_

from wiki.database import db, now
from wiki.errors import NotFound
from wiki.history.models import Revision, decode, encode


class Hideable:
    """What may be hidden in part. `hidden` names the parts; for who may not see them they are `veiled`."""

    hidden: str

    def hides(self, part: str) -> bool:
        """Whether "text", "comment", "author" or "changes" is told to the moderation only."""
        return part in self.hidden.split()

    @property
    def veiled(self) -> bool:
        """Whether what is hidden was taken out of this value."""
        return self.hides("veiled")


@dataclass(frozen=True)
class Entry(Hideable):
    """One line of a history: everything of a revision but its text."""

    id: int
    page_id: int
    number: int
    parent_id: int | None
    merged_id: int | None
    base_number: int
    sha256: str
    size: int
    size_change: int
    author_id: int | None
    author_name: str
    comment: str
    minor: bool
    action: str
    changes: list[Any]
    created_at: datetime
    hidden: str


@dataclass(frozen=True)
class Text(Entry):
    """A revision with its text."""

    text: str = field(repr=False)


_ENTRY = [getattr(Revision, name) for name in Entry.__dataclass_fields__]


def _entry(row: Any) -> Entry:
    return Entry(*row)


def _with_text(row: Any) -> Text:
    return Text(*(*row[:-2], decode(row.codec, row.body)))


def append(
    *,
    page_id: int,
    number: int,
    text: str,
    author_id: int | None,
    author_name: str,
    guest_key: str | None = None,
    comment: str = "",
    minor: bool = False,
    action: str = "edit",
    base_number: int = 0,
    parent_id: int | None = None,
    merged_id: int | None = None,
    size_before: int = 0,
    changes: Sequence[Any] = (),
    created_at: datetime | None = None,
) -> int:
    """Store a revision in the running transaction and return its id.

    Raises sqlalchemy.exc.IntegrityError where the page already has this number.
    """
    codec, body, digest = encode(text)
    result = db.session.execute(
        insert(Revision)
        .values(
            page_id=page_id,
            number=number,
            parent_id=parent_id,
            merged_id=merged_id,
            base_number=base_number,
            codec=codec,
            body=body,
            sha256=digest,
            size=len(text),
            size_change=len(text) - size_before,
            author_id=author_id,
            author_name=author_name,
            guest_key=guest_key,
            comment=comment,
            minor=minor,
            action=action,
            changes=list(changes),
            created_at=created_at or now(),
        )
        .returning(Revision.id)
    )
    return int(result.scalar_one())


# Put together once: it is read at every save and every comparison.
_BY_NUMBER = select(*_ENTRY, Revision.codec, Revision.body).where(
    Revision.page_id == bindparam("page_id"), Revision.number == bindparam("number")
)


def read(page_id: int, number: int) -> Text:
    """The revision of this page with this number. Raises NotFound."""
    row = db.session.execute(_BY_NUMBER, {"page_id": page_id, "number": number}).one_or_none()
    if row is None:
        raise NotFound("revision")
    return _with_text(row)


def read_short(wanted: Iterable[tuple[int, int]], longest: int) -> dict[tuple[int, int], Text]:
    """Revisions by page and number, all at once, but those with more than `longest` characters."""
    query = select(*_ENTRY, Revision.codec, Revision.body).where(
        tuple_(Revision.page_id, Revision.number).in_(sorted(set(wanted))), Revision.size <= longest
    )
    return {(row.page_id, row.number): _with_text(row) for row in db.session.execute(query)}


def read_by_id(revision_id: int) -> Text:
    """The revision with this id. Raises NotFound."""
    return _read(Revision.id == revision_id)


def _read(*conditions: ColumnElement[bool]) -> Text:
    row = db.session.execute(select(*_ENTRY, Revision.codec, Revision.body).where(*conditions)).one_or_none()
    if row is None:
        raise NotFound("revision")
    return _with_text(row)


def history(page_id: int, before: int | None = None, limit: int = 50) -> list[Entry]:
    """The newest `limit` revisions of a page, newest first, older than number `before` where given."""
    query = select(*_ENTRY).where(Revision.page_id == page_id).order_by(Revision.number.desc()).limit(limit)
    if before is not None:
        query = query.where(Revision.number < before)
    return [_entry(row) for row in db.session.execute(query)]


def texts(page_id: int, up_to: int, limit: int) -> list[Text]:
    """The last `limit` revisions up to number `up_to`, oldest first, with their texts."""
    query = (
        select(*_ENTRY, Revision.codec, Revision.body)
        .where(Revision.page_id == page_id, Revision.number <= up_to)
        .order_by(Revision.number.desc())
        .limit(limit)
    )
    rows = db.session.execute(query).all()
    return [_with_text(row) for row in reversed(rows)]


def authors(page_id: int, limit: int = 50) -> list[str]:
    """Names of those who wrote this page, by their first revision, at most `limit`; no hidden ones."""
    query = (
        select(Revision.author_name)
        .where(Revision.page_id == page_id, ~Revision.hidden.contains("author"))
        .group_by(Revision.author_name)
        .order_by(func.min(Revision.number))
        .limit(limit)
    )
    return list(db.session.execute(query).scalars())


def count() -> int:
    """How many revisions there are."""
    return int(db.session.execute(select(func.count()).select_from(Revision)).scalar_one())
