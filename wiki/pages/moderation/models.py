"""Tables of the moderation. None holds a network address, nor anything of a guest but their pseudonym."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from wiki.database import UTCDateTime, db, now


class Patrol(db.Model):  # type: ignore[name-defined,misc]
    """An edit of a newcomer: "waiting" for a look, "seen" or "undone", since when, and by whom it was judged."""

    __tablename__ = "patrol"

    revision_id: Mapped[int] = mapped_column(
        ForeignKey("revision.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    by_name: Mapped[str] = mapped_column(String(80), default="")
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    __table_args__ = (Index("ix_patrol_state", "state", "revision_id"),)


class NetworkTrace(db.Model):  # type: ignore[name-defined,misc]
    """The mark of a network a newcomer wrote from, kept for some days so that it can be blocked; see `patrol`."""

    __tablename__ = "network_trace"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    mark: Mapped[str] = mapped_column(String(64), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now, index=True)


class Flag(db.Model):  # type: ignore[name-defined,misc]
    """A reader reports a page, as it stood at version `number`, or the conversation of an offer made to it.

    `closing` is the word of whoever closed it; until then it is open.
    """

    __tablename__ = "flag"

    id: Mapped[int] = mapped_column(primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"))
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    reason: Mapped[str] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    author_name: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    closed_by_name: Mapped[str] = mapped_column(String(80), default="")
    closing: Mapped[str] = mapped_column(String(400), default="")

    __table_args__ = (Index("ix_flag_page_id", "page_id", "closed_at"), Index("ix_flag_closed_at", "closed_at", "id"))


class Block(db.Model):  # type: ignore[name-defined,misc]
    """Somebody may not write until a moment: an account, a guest's pseudonym, or whoever comes from a network.

    `mark` is what a visitor is recognised by (see `blocks`); of a network nothing else is kept.
    """

    __tablename__ = "block"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    mark: Mapped[str] = mapped_column(String(100), index=True)
    name: Mapped[str] = mapped_column(String(80), default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    reason: Mapped[str] = mapped_column(String(400))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    author_name: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    until: Mapped[datetime] = mapped_column(UTCDateTime)


class Act(db.Model):  # type: ignore[name-defined,misc]
    """Something the moderation did, to a page (`page_id`, `number` of a version) or to a person (`name`), and why."""

    __tablename__ = "act"

    id: Mapped[int] = mapped_column(primary_key=True)
    action: Mapped[str] = mapped_column(String(12))
    page_id: Mapped[int | None] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), index=True)
    number: Mapped[int | None]
    name: Mapped[str] = mapped_column(String(80), default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    reason: Mapped[str] = mapped_column(String(400), default="")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    author_name: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
