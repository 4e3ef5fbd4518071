"""Tables of the accounts. What opens a door (a session, a link) is kept as a hash only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from wiki.database import UTCDateTime, db, now


class User(db.Model):  # type: ignore[name-defined,misc]
    """An account. `name_key` holds what makes two names look alike to a reader.

    `email` is in small letters; it serves nothing before its owner confirmed it. `language` is that of letters.

    A suspended one is not `active` and has the reason in `suspension`. A deleted one keeps its row, so that what it
    wrote keeps its author, and nothing that says whose it was.
    """

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    name_key: Mapped[str] = mapped_column(String(160), unique=True)
    email: Mapped[str | None] = mapped_column(String(254), index=True)
    email_confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    language: Mapped[str] = mapped_column(String(8), default="", server_default="")
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(16), default="member")
    active: Mapped[bool] = mapped_column(default=True)
    suspension: Mapped[str] = mapped_column(String(400), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    deleted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Session(db.Model):  # type: ignore[name-defined,misc]
    """An account is open in a browser. `network` is a mark that tells networks apart and says of none which it is."""

    __tablename__ = "session"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    browser: Mapped[str] = mapped_column(String(80), default="")
    network: Mapped[str] = mapped_column(String(32), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class AccountLink(db.Model):  # type: ignore[name-defined,misc]
    """An address that opens one thing once: a new password ("password"), or the address `email` ("email").

    `state` is a mark of the account as it was when the link was made; on another account, the link opens nothing.
    """

    __tablename__ = "account_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(12))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(String(64))
    email: Mapped[str | None] = mapped_column(String(254))
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Attempt(db.Model):  # type: ignore[name-defined,misc]
    """How often a password was tried in vain for one account, from one network or browser; `key` says neither."""

    __tablename__ = "attempt"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    next_at: Mapped[datetime] = mapped_column(UTCDateTime)


class FormerName(db.Model):  # type: ignore[name-defined,misc]
    """A name an account had, which nobody else may take: kept as a mark that does not tell it."""

    __tablename__ = "former_name"

    mark: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
