"""What an operator decides about accounts: roles and suspension."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import false, func, select, update

from wiki import audit
from wiki.accounts import sessions
from wiki.accounts.actors import Actor
from wiki.accounts.changing import require_other_admin
from wiki.accounts.door import ACCOUNT_ROLES, named
from wiki.accounts.models import Session, User
from wiki.accounts.names import name_key
from wiki.database import db, write_transaction
from wiki.errors import Invalid, NotFound


class Account(NamedTuple):
    """An account as those who run the wiki see it. `seen_at`: when a browser in which it is still open last asked."""

    id: int
    name: str
    role: str
    active: bool
    suspension: str
    email: str | None
    confirmed_at: datetime | None
    created_at: datetime
    seen_at: datetime | None


_SEEN_AT = select(func.max(Session.seen_at)).where(Session.user_id == User.id).correlate(User).scalar_subquery()
_ACCOUNT = select(
    User.id, User.name, User.role, User.active, User.suspension, User.email, User.email_confirmed_at, User.created_at,
    _SEEN_AT,
).where(User.deleted_at.is_(None))


def everybody() -> list[Account]:
    """All accounts that were not deleted, oldest first."""
    return [Account(*row) for row in db.session.execute(_ACCOUNT.order_by(User.id))]


def matching(asked: str = "", before: int | None = None, limit: int = 50) -> list[Account]:
    """Accounts whose name or address holds what is asked, newest first, older than number `before` where given."""
    query = _ACCOUNT.order_by(User.id.desc()).limit(limit)
    if asked := asked.strip()[:80]:
        alike = User.name_key.contains(name_key(asked), autoescape=True) if name_key(asked) else false()
        query = query.where(alike | User.email.contains(asked.lower(), autoescape=True))
    if before is not None:
        query = query.where(User.id < before)
    return [Account(*row) for row in db.session.execute(query)]


def account(user_id: int) -> Account:
    """One account. Raises NotFound."""
    row = db.session.execute(_ACCOUNT.where(User.id == user_id)).first()
    if row is None:
        raise NotFound("account")
    return Account(*row)


def _set(name: str, event: str, by: int | None, **values: Any) -> Actor:
    actor = named(name)
    with write_transaction() as session:
        if values.get("role") != "admin" and values.get("active") is not True:
            require_other_admin(actor.id)
        kept = select(User.id).where(User.id == actor.id, User.deleted_at.is_(None))
        if session.execute(kept).first() is None:
            raise NotFound(name)
        session.execute(update(User).where(User.id == actor.id).values(values))
        if values.get("active"):
            # Whatever was open before the suspension is open no more.
            sessions.close_all(actor.id)
    audit.note(event, account=actor.id, role=values.get("role"), by=by)
    return actor


def set_role(name: str, role: str, by: int | None = None) -> Actor:
    """Give an account another role; `by` is the account that decides. Raises Invalid, NotFound."""
    if role not in ACCOUNT_ROLES:
        raise Invalid(_("Ce rôle n’existe pas."), "role")
    return _set(name, "role.changed", by, role=role)


def suspend(name: str, reason: str, by: int | None = None) -> Actor:
    """Keep an account out from its next request on; its owner is told the reason. Raises Invalid, NotFound."""
    return _set(name, "account.suspended", by, active=False, suspension=reason.strip()[:400])


def reactivate(name: str, by: int | None = None) -> Actor:
    """Let a suspended account in again. Raises NotFound."""
    return _set(name, "account.reactivated", by, active=True, suspension="")
