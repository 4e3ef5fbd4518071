"""What an operator decides about accounts: roles, suspension, a link for whoever lost their password."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select, update

from wiki import audit
from wiki.accounts import passwords, sessions
from wiki.accounts.actors import Actor
from wiki.accounts.changing import require_other_admin, set_password
from wiki.accounts.door import ACCOUNT_ROLES, named
from wiki.accounts.marks import digest, mark
from wiki.accounts.models import AccountLink, User
from wiki.database import db, now, write_transaction
from wiki.errors import Invalid, NotFound

_LINK_LASTS = timedelta(hours=1)


class Account(NamedTuple):
    """An account in the list of all."""

    name: str
    role: str
    active: bool
    created_at: datetime


def everybody() -> list[Account]:
    """All accounts that were not deleted, oldest first."""
    query = select(User.name, User.role, User.active, User.created_at).where(User.deleted_at.is_(None))
    return [Account(*row) for row in db.session.execute(query.order_by(User.id))]


def _set(name: str, event: str, **values: Any) -> Actor:
    actor = named(name)
    with write_transaction() as session:
        if values.get("role") != "admin" and values.get("active") is not True:
            require_other_admin(actor.id, actor.role)
        kept = select(User.id).where(User.id == actor.id, User.deleted_at.is_(None))
        if session.execute(kept).first() is None:
            raise NotFound(name)
        session.execute(update(User).where(User.id == actor.id).values(values))
        if values.get("active"):
            # Whatever was open before the suspension is open no more.
            sessions.close_all(actor.id)
    audit.note(event, account=actor.id, role=values.get("role"))
    return actor


def set_role(name: str, role: str) -> Actor:
    """Give an account another role. Raises Invalid, NotFound."""
    if role not in ACCOUNT_ROLES:
        raise Invalid(_("Ce rôle n’existe pas."), "role")
    return _set(name, "role.changed", role=role)


def suspend(name: str, reason: str) -> Actor:
    """Keep an account out from its next request on; its owner is told the reason. Raises Invalid, NotFound."""
    return _set(name, "account.suspended", active=False, suspension=reason.strip()[:400])


def reactivate(name: str) -> Actor:
    """Let a suspended account in again. Raises NotFound."""
    return _set(name, "account.reactivated", active=True, suspension="")


def password_link(name: str) -> str:
    """The token of a link that sets a new password: once, within the hour, while the present password stands.

    A newer link takes the place of an older one. Raises NotFound.
    """
    actor = named(name)
    token = secrets.token_urlsafe(16)
    with write_transaction() as session:
        stored = session.execute(
            select(User.password_hash).where(User.id == actor.id, User.active.is_(True))
        ).scalar_one_or_none()
        if stored is None:
            raise NotFound(name)
        session.execute(delete(AccountLink).where(AccountLink.user_id == actor.id, AccountLink.purpose == "password"))
        session.execute(
            insert(AccountLink).values(
                user_id=actor.id, purpose="password", token_hash=digest(token), state=mark("password", stored),
                expires_at=now() + _LINK_LASTS,
            )
        )
    audit.note("link.made", account=actor.id)
    return token


def linked(token: str) -> Actor | None:
    """Whose password this link sets; None where it opens nothing, or nothing any more."""
    row = db.session.execute(
        select(User.id, User.name, User.role, User.password_hash, AccountLink.state)
        .join(AccountLink, AccountLink.user_id == User.id)
        .where(
            AccountLink.token_hash == digest(token), AccountLink.purpose == "password", User.active.is_(True),
            AccountLink.expires_at > now(),
        )
    ).first()
    if row is None or row.state != mark("password", row.password_hash):
        return None
    return Actor(row.id, row.name, row.role, f"user:{row.id}")


def recover(token: str, password: str) -> Actor | None:
    """Set the password by a link, which is spent, and end every session; None where it opens nothing.

    Raises Invalid.
    """
    actor = linked(token)
    if actor is None:
        return None
    email = db.session.execute(select(User.email).where(User.id == actor.id)).scalar_one()
    if problems := passwords.password_problems(password, actor.name, email or ""):
        raise Invalid(problems)
    with write_transaction():
        # Read again inside: of two who use it at once, one comes too late.
        if linked(token) is None:
            return None
        set_password(actor.id, password)
    audit.note("password.recovered", account=actor.id)
    return actor
