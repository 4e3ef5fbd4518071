"""Sessions: an account open in a browser, seen by its owner, ended by them, by the wiki or by time."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from wiki.accounts.actors import Actor
from wiki.accounts.marks import digest
from wiki.accounts.models import Session, User
from wiki.database import db, now, write_transaction

# How finely it is noted when a session was last used: a reader need not write at every page.
_SEEN_EVERY = timedelta(hours=1)
_MOST = 50


@dataclass(frozen=True)
class Device:
    """Where somebody comes from: the browser in words, the mark of the network.

    `token` and `known` come from a cookie: which browser it is, and which accounts were open in it before.
    """

    browser: str = ""
    network: str = ""
    token: str = ""
    known: Sequence[int] = ()

    def knows(self, user_id: int | None) -> bool:
        """Whether this account was open in this browser before."""
        return bool(self.token) and user_id in self.known


@dataclass(frozen=True)
class OpenSession:
    """A session as its owner sees it."""

    id: int
    browser: str
    network: str
    created_at: datetime
    seen_at: datetime
    is_current: bool


def _limits() -> tuple[datetime, datetime]:
    """The moments since when a session must have been used, and begun."""
    wiki = current_app.config["WIKI"]
    moment = now()
    return moment - timedelta(days=wiki["SESSION_IDLE_DAYS"]), moment - timedelta(days=wiki["SESSION_DAYS"])


def begin(user_id: int, device: Device) -> str:
    """Open the account in a browser: the token the browser will show. In the caller's transaction."""
    used_since, begun_since = _limits()
    session = db.session
    session.execute(delete(Session).where(or_(Session.seen_at < used_since, Session.created_at < begun_since)))
    mine = select(Session.id).where(Session.user_id == user_id).order_by(Session.seen_at.desc())
    surplus = session.execute(mine.offset(_MOST - 1)).scalars().all()
    session.execute(delete(Session).where(Session.id.in_(surplus)))
    token = secrets.token_urlsafe(32)
    session.execute(
        insert(Session).values(
            user_id=user_id, token_hash=digest(token), browser=device.browser[:80], network=device.network[:32],
            created_at=now(), seen_at=now(),
        )
    )
    return token


def by_session_token(token: str) -> Actor | None:
    """The active account that holds this session token, unless the session is too old or was not used for long."""
    used_since, begun_since = _limits()
    row = db.session.execute(
        select(User.id, User.name, User.role, Session.id.label("session_id"), Session.seen_at)
        .join(Session, Session.user_id == User.id)
        .where(
            Session.token_hash == digest(token), User.active.is_(True), Session.seen_at >= used_since,
            Session.created_at >= begun_since,
        )
    ).first()
    if row is None:
        return None
    if row.seen_at < now() - _SEEN_EVERY:
        # Reading goes on where nothing can be written.
        with suppress(SQLAlchemyError), write_transaction() as session:
            session.execute(update(Session).where(Session.id == row.session_id).values(seen_at=now()))
    return Actor(row.id, row.name, row.role, f"user:{row.id}")


def suspension(token: str) -> str | None:
    """Why the account of this session is suspended; None where it is not, or the token is nobody's."""
    return db.session.execute(
        select(User.suspension)
        .join(Session, Session.user_id == User.id)
        .where(Session.token_hash == digest(token), User.active.is_(False), User.deleted_at.is_(None))
    ).scalar_one_or_none()


def sessions_of(actor: Actor, token: str = "") -> list[OpenSession]:
    """Where this account is open, last used first; `token` is the session that asks."""
    used_since, begun_since = _limits()
    rows = db.session.execute(
        select(
            Session.id, Session.browser, Session.network, Session.created_at, Session.seen_at,
            Session.token_hash == digest(token),
        )
        .where(Session.user_id == actor.id, Session.seen_at >= used_since, Session.created_at >= begun_since)
        .order_by(Session.seen_at.desc(), Session.id.desc())
    )
    return [OpenSession(*row) for row in rows]


def end_session(actor: Actor, session_id: int) -> None:
    """Log this account out of one browser; another's session is left alone."""
    with write_transaction() as session:
        session.execute(delete(Session).where(Session.id == session_id, Session.user_id == actor.id))


def end_session_of(token: str) -> None:
    """End the session that shows this token: nobody comes in with it again."""
    with write_transaction() as session:
        session.execute(delete(Session).where(Session.token_hash == digest(token)))


def end_sessions(actor: Actor) -> None:
    """Log the account out everywhere."""
    with write_transaction():
        close_all(actor.id)


def close_all(user_id: int | None) -> None:
    """End every session of an account. In the caller's transaction."""
    db.session.execute(delete(Session).where(Session.user_id == user_id))
