"""What an operator decides about accounts: roles and suspension."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import select, update

from wiki import audit
from wiki.accounts import sessions
from wiki.accounts.actors import Actor
from wiki.accounts.changing import require_other_admin
from wiki.accounts.door import ACCOUNT_ROLES, named
from wiki.accounts.models import User
from wiki.database import db, write_transaction
from wiki.errors import Invalid, NotFound


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
