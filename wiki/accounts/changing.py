"""What somebody changes of their own account, their password shown again first, and what remains when they leave."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import delete, func, insert, select, update

from wiki import audit
from wiki.accounts import letters, passwords, sessions
from wiki.accounts.actors import Actor
from wiki.accounts.door import email_problems, require_password
from wiki.accounts.models import AccountLink, FormerName, User
from wiki.accounts.names import DELETED, checked_name, former, name_key, require_free
from wiki.accounts.sessions import Device
from wiki.database import db, now, write_transaction
from wiki.errors import Invalid, NotFound

_MONTH = timedelta(days=30)


def email_of(actor: Actor) -> str:
    """The address of this account; "" where it has none."""
    return db.session.execute(select(User.email).where(User.id == actor.id)).scalar_one_or_none() or ""


def is_confirmed(actor: Actor) -> bool:
    """Whether the address of this account was confirmed."""
    confirmed = select(User.email_confirmed_at).where(User.id == actor.id)
    return db.session.execute(confirmed).scalar_one_or_none() is not None


def account_data(actor: Actor) -> dict[str, Any]:
    """What is kept of an account itself, ready for JSON: its facts and where it is open."""
    row = db.session.execute(
        select(User.name, User.email, User.email_confirmed_at, User.language, User.role, User.created_at)
        .where(User.id == actor.id)
    ).one()
    found = sessions.sessions_of(actor)
    where = [{"browser": one.browser, "created_at": one.created_at, "seen_at": one.seen_at} for one in found]
    return {**row._asdict(), "sessions": where}


def change_email(actor: Actor, current: str, email: str, device: Device) -> None:
    """Give the account another address, or none; it serves nothing before it is confirmed.

    Links sent to the old one open nothing, and a confirmed one is told. Raises Invalid, TooSoon.
    """
    email = email.strip().lower()
    if problems := email_problems(email):
        raise Invalid(problems)
    require_password(actor, current, device)
    with write_transaction() as session:
        before = session.execute(select(User.email, User.email_confirmed_at).where(User.id == actor.id)).one()
        if email == (before.email or ""):
            return
        session.execute(
            update(User).where(User.id == actor.id).values(email=email or None, email_confirmed_at=None)
        )
        session.execute(delete(AccountLink).where(AccountLink.user_id == actor.id))
    audit.note("email.changed", account=actor.id)
    if before.email_confirmed_at:
        letters.tell_owner("email", actor.id, before.email)


def change_password(actor: Actor, current: str, new: str, device: Device) -> str:
    """Set another password and end every session: the token of the one that begins. Raises Invalid, TooSoon."""
    passwords.require_good(new, actor.name, email_of(actor))
    require_password(actor, current, device)
    with write_transaction():
        set_password(actor.id, new)
        token = sessions.begin(actor.id or 0, device)
    audit.note("password.changed", account=actor.id)
    letters.tell_owner("password", actor.id)
    return token


def set_password(user_id: int | None, password: str) -> None:
    """Keep a password, end every session and spend every link of an account. In the caller's transaction."""
    db.session.execute(update(User).where(User.id == user_id).values(password_hash=passwords.hashed(password)))
    db.session.execute(delete(AccountLink).where(AccountLink.user_id == user_id))
    sessions.close_all(user_id)


def take_name(user_id: int, name: str, *, limited: bool = True) -> str:
    """Give an account another name: the one it had, which stays taken. In the caller's transaction.

    `limited`: not more often than the settings say. Raises Invalid, NotFound.
    """
    name, problems = checked_name(name)
    if problems:
        raise Invalid(problems)
    session = db.session
    mine = select(User.name, User.name_key).where(User.id == user_id, User.deleted_at.is_(None))
    row = session.execute(mine).first()
    if row is None:
        raise NotFound("account")
    if name == row.name:
        return str(row.name)
    require_free(name_key(name), user_id)
    since = now() - _MONTH
    lately = select(func.count()).where(FormerName.user_id == user_id, FormerName.created_at > since)
    most = current_app.config["WIKI"]["NAME_CHANGES"]
    if limited and session.execute(lately).scalar_one() >= most:
        raise Invalid(_("Vous avez déjà changé de nom ces derniers temps : attendez quelques semaines."), "name")
    _keep_taken(row.name_key, user_id)
    session.execute(update(User).where(User.id == user_id).values(name=name, name_key=name_key(name)))
    return str(row.name)


def _keep_taken(key: str, user_id: int | None) -> None:
    """Nobody else may take this name from now on."""
    db.session.execute(delete(FormerName).where(FormerName.mark == former(key)))
    db.session.execute(insert(FormerName).values(mark=former(key), user_id=user_id, created_at=now()))


def erase(actor: Actor) -> str:
    """Take everything personal out of an account, for good: the pseudonym that stands in its place.

    In the caller's transaction. Nobody else may take the name it had. Raises Invalid for the last admin.
    """
    session = db.session
    mine = select(User.name_key).where(User.id == actor.id, User.deleted_at.is_(None))
    row = session.execute(mine).first()
    if row is None:
        raise NotFound("account")
    require_other_admin(actor.id)
    pseudonym = f"{DELETED} {100_000 + secrets.randbelow(900_000)}"
    while session.execute(select(User.id).where(User.name_key == name_key(pseudonym))).first():
        pseudonym = f"{DELETED} {100_000 + secrets.randbelow(900_000)}"
    _keep_taken(row.name_key, actor.id)
    session.execute(delete(AccountLink).where(AccountLink.user_id == actor.id))
    sessions.close_all(actor.id)
    session.execute(
        update(User).where(User.id == actor.id).values(
            name=pseudonym, name_key=name_key(pseudonym), email=None, email_confirmed_at=None, language="",
            password_hash="", role="member", active=False,
            suspension="", deleted_at=now(),
        )
    )
    return pseudonym


def require_other_admin(user_id: int | None) -> None:
    """Raise Invalid where a wiki would be left without any admin but for this one. In the caller's transaction.

    The admins are held until it ends: two who take each other's role away at once are looked at one after the other.
    """
    admins = select(User.id).where(User.role == "admin", User.active.is_(True)).order_by(User.id).with_for_update()
    if db.session.execute(admins).scalars().all() == [user_id]:
        raise Invalid(_("C’est le seul compte qui administre ce wiki : nommez d’abord une autre personne."))
