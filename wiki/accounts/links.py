"""Links that open one thing once: a new password for who lost theirs, or the proof that an address is one's own.

Only a hash of a link is kept, with a mark of the account as it was: a link to another account opens nothing.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import delete, insert, select, update

from wiki import audit, mail
from wiki.accounts import letters, passwords
from wiki.accounts.actors import Actor
from wiki.accounts.changing import set_password
from wiki.accounts.door import EMAIL_MAXIMUM, actor_of, named
from wiki.accounts.marks import digest, mark
from wiki.accounts.models import AccountLink, User
from wiki.accounts.names import name_key
from wiki.database import db, now, write_transaction
from wiki.errors import NotFound

_LASTS = {"password": timedelta(hours=1), "email": timedelta(days=1)}
# An address several accounts share gets a letter for each of so many.
_MOST_ACCOUNTS = 5


def _state(row: User) -> dict[str, str]:
    """What a link of each purpose holds on to."""
    return {"password": mark("password", row.password_hash), "email": mark("email", row.email)}


def _make(purpose: str, user_id: int | None) -> tuple[str, User] | None:
    """A new link, which takes the place of an older one, and whose it is; None for who may not come in."""
    token = secrets.token_urlsafe(16)
    with write_transaction() as session:
        row = session.execute(select(User).where(User.id == user_id, User.active.is_(True))).scalar_one_or_none()
        if row is None:
            return None
        session.execute(delete(AccountLink).where(AccountLink.user_id == user_id, AccountLink.purpose == purpose))
        session.execute(
            insert(AccountLink).values(
                user_id=user_id, purpose=purpose, token_hash=digest(token), state=_state(row)[purpose],
                email=row.email if purpose == "email" else None, expires_at=now() + _LASTS[purpose],
            )
        )
    audit.note("link.made", account=user_id, purpose=purpose)
    return token, row


def _opened(purpose: str, token: str) -> User | None:
    """The account whose link this is, where it still opens anything."""
    row = db.session.execute(
        select(User, AccountLink.state)
        .join(AccountLink, AccountLink.user_id == User.id)
        .where(
            AccountLink.token_hash == digest(token), AccountLink.purpose == purpose, User.active.is_(True),
            AccountLink.expires_at > now(),
        )
        .execution_options(populate_existing=True)
    ).first()
    return row[0] if row is not None and row[1] == _state(row[0])[purpose] else None


# -- A new password ----------------------------------------------------------------------------------------------------


def password_link(name: str) -> str:
    """The token of a link that sets a new password: once, within the hour, while the present password stands.

    A newer link takes the place of an older one. Raises NotFound.
    """
    made = _make("password", named(name).id)
    if made is None:
        raise NotFound(name)
    return made[0]


@mail.order("recovery", _LASTS["password"])
def write_recovery(asked: str, origin: str) -> None:
    """Have written to whoever has this name or this confirmed address how to come in again; to nobody where nobody has.

    `origin` is where this wiki is. Not for a request: it takes longer where there is somebody.
    """
    theirs = select(User.id).where(
        (User.name_key == name_key(asked)) | (User.email == asked.strip().lower()),
        User.active.is_(True), User.email_confirmed_at.is_not(None),
    )
    for user_id in db.session.execute(theirs.order_by(User.id).limit(_MOST_ACCOUNTS)).scalars().all():
        email = db.session.execute(select(User.email).where(User.id == user_id)).scalar_one_or_none()
        if email and letters.may_be_written(email):
            mail.later("recovery letter", user_id, origin)


@mail.order("recovery letter", _LASTS["password"])
def _write_recovery_of(user_id: int, origin: str) -> None:
    """Write to one account how to come in again; each time it is tried with a new link."""
    made = _make("password", user_id)
    if made is not None and made[1].email_confirmed_at is not None:
        letters.recovery(made[1], f"{origin}/recover/{made[0]}")


def ask_recovery(asked: str, origin: str) -> None:
    """As `write_recovery`, after the answer: whatever was asked, the request does the same."""
    mail.later("recovery", asked[:EMAIL_MAXIMUM], origin)


def linked(token: str) -> Actor | None:
    """Whose password this link sets; None where it opens nothing, or nothing any more."""
    row = _opened("password", token)
    return actor_of(row) if row else None


def recover(token: str, password: str) -> Actor | None:
    """Set the password by a link, which is spent, and end every session; None where it opens nothing.

    Raises Invalid.
    """
    row = _opened("password", token)
    if row is None:
        return None
    actor = actor_of(row)
    passwords.require_good(password, row.name, row.email or "")
    with write_transaction():
        # Read again inside: of two who use it at once, one comes too late.
        if _opened("password", token) is None:
            return None
        set_password(actor.id, password)
    audit.note("password.recovered", account=actor.id)
    letters.tell_owner("password", actor.id)
    return actor


# -- An address --------------------------------------------------------------------------------------------------------


def ask_confirmation(actor: Actor, origin: str) -> None:
    """Write to the address of an account, if it has one that is not confirmed, the link that confirms it.

    After the answer.
    """
    mail.later("confirmation", actor.id, origin)


@mail.order("confirmation", _LASTS["email"])
def _write_confirmation(user_id: int, origin: str) -> None:
    if (email := _to_confirm(user_id)) and letters.may_be_written(email):
        mail.later("confirmation letter", user_id, origin)


@mail.order("confirmation letter", _LASTS["email"])
def _write_confirmation_of(user_id: int, origin: str) -> None:
    if _to_confirm(user_id) and (made := _make("email", user_id)):
        letters.confirmation(made[1], f"{origin}/account/confirm/{made[0]}")


def _to_confirm(user_id: int) -> str | None:
    """The address of an account, if it has one that is not confirmed."""
    waiting = select(User.email).where(User.id == user_id, User.email_confirmed_at.is_(None))
    return db.session.execute(waiting).scalar_one_or_none()


def confirming(token: str) -> str | None:
    """The address this link confirms; None where it confirms none, or none any more."""
    row = _opened("email", token)
    return row.email if row else None


def confirm(token: str) -> str | None:
    """Take an address for that of its account, by a link, which is spent: the address; None where it confirms none."""
    with write_transaction() as session:
        row = _opened("email", token)
        if row is None:
            return None
        user_id, email = row.id, row.email
        session.execute(update(User).where(User.id == user_id).values(email_confirmed_at=now()))
        session.execute(delete(AccountLink).where(AccountLink.token_hash == digest(token)))
    audit.note("email.confirmed", account=user_id)
    return email
