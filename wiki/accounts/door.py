"""The door: opening an account, coming in, and showing again that it is oneself."""

from __future__ import annotations

from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from wiki import audit, mail
from wiki.accounts import attempts, passwords, sessions
from wiki.accounts.actors import Actor
from wiki.accounts.models import FormerName, User
from wiki.accounts.names import checked_name, former, name_key, require_free, taken
from wiki.accounts.sessions import Device
from wiki.database import db, now, write_transaction
from wiki.errors import Invalid, NotFound, Problem, WikiError

ACCOUNT_ROLES = ("member", "moderator", "admin")
EMAIL_MAXIMUM = 254


class Suspended(WikiError):
    """The account is suspended; the message is the reason that was given."""


def actor_of(row: Any) -> Actor:
    """The actor of a row that has id, name and role."""
    return Actor(row.id, row.name, row.role, f"user:{row.id}")


def email_problems(email: str | None) -> list[Problem]:
    """What keeps this from being an address one could write to; none is fine."""
    if not email:
        return []
    name, _at, domain = email.partition("@")
    odd = any(character.isspace() or not character.isprintable() or character in '<>"(),;' for character in email)
    whole = name and domain and "@" not in domain and not odd and len(email) <= EMAIL_MAXIMUM
    if not (whole and mail.is_address(email)):
        return [Problem(_("Cette adresse électronique ne semble pas complète. Écrivez-la comme "
                          "nom@exemple.org."), "email")]
    return []


def _language() -> str:
    """The language somebody comes in by, which is that of their letters."""
    return str(get_locale() or "")[:2]


def register(
    name: str, password: str, email: str | None = None, role: str = "member", *, confirmed: bool = False
) -> Actor:
    """Open an account; `confirmed` says that the address is known to be theirs.

    Raises Invalid with every problem, each beside its field.
    """
    name, problems = checked_name(name)
    email = (email or "").strip().lower() or None
    problems += email_problems(email)
    problems += passwords.password_problems(password, name, email or "")
    if role not in ACCOUNT_ROLES:
        problems.append(Problem(_("Ce rôle n’existe pas."), "role"))
    if problems:
        raise Invalid(problems)
    user = User(
        name=name, name_key=name_key(name), email=email, role=role, password_hash=passwords.hashed(password),
        language=_language(), email_confirmed_at=now() if email and confirmed else None, created_at=now(),
    )
    try:
        with write_transaction() as session:
            require_free(user.name_key)
            session.add(user)
            session.flush()
            actor = actor_of(user)
    except IntegrityError:
        raise Invalid(taken()) from None
    audit.note("account.opened", account=actor.id, role=role)
    return actor


def log_in(name: str, password: str, device: Device | None = None) -> tuple[Actor, str] | None:
    """The actor and the token of a new session for these credentials, or None.

    Takes the same time whether the name exists or not, and refuses an overlong password without hashing it. Raises
    TooSoon after many attempts in vain, and Suspended where the password was right.
    """
    device = device or Device()
    row = db.session.execute(
        select(User.id, User.name, User.role, User.password_hash, User.active, User.suspension)
        .where(User.name_key == name_key(name), User.deleted_at.is_(None))
    ).first()
    known = device.knows(row.id if row else None)
    counted = attempts.counts(name_key(name), device.network, device.token if known else "")
    try:
        attempts.count(counted)
    except attempts.TooSoon:
        audit.note("login.refused", account=row.id if row else None)
        raise
    right = passwords.fits(row.password_hash if row else None, password)
    if row is None or not right:
        audit.note("login.failed", account=row.id if row else None)
        return None
    with write_transaction() as session:
        attempts.forgive(counted)
        kept = {"language": _language()}
        if passwords.outdated(row.password_hash):
            kept["password_hash"] = passwords.hashed(password)
        session.execute(update(User).where(User.id == row.id, User.active.is_(True)).values(kept))
        token = sessions.begin(row.id, device) if row.active else ""
    if not row.active:
        audit.note("login.suspended", account=row.id)
        raise Suspended(row.suspension)
    audit.note("login", account=row.id)
    return actor_of(row), token


def enter(actor: Actor, device: Device) -> str:
    """The token of a new session for who just opened this account, which is no attempt at a password."""
    assert actor.id is not None
    with write_transaction():
        token = sessions.begin(actor.id, device)
    audit.note("login", account=actor.id)
    return token


def require_password(actor: Actor, password: str, device: Device | None = None) -> None:
    """Raise Invalid unless this is the account's password; TooSoon after many attempts in vain."""
    device = device or Device()
    counted = attempts.counts(f"user {actor.id}", device.network)[:1]
    attempts.count(counted)
    stored = db.session.execute(select(User.password_hash).where(User.id == actor.id)).scalar_one_or_none()
    if not passwords.fits(stored, password):
        audit.note("password.failed", account=actor.id)
        raise Invalid(_("Ce n’est pas votre mot de passe actuel."), "current")
    with write_transaction():
        attempts.forgive(counted)


def named(name: str) -> Actor:
    """The account of this name. Raises NotFound."""
    row = db.session.execute(
        select(User.id, User.name, User.role).where(User.name_key == name_key(name))
    ).first()
    if row is None:
        raise NotFound(name)
    return actor_of(row)


def numbered(user_id: int) -> Actor:
    """The account of this number. Raises NotFound."""
    row = db.session.execute(
        select(User.id, User.name, User.role).where(User.id == user_id, User.deleted_at.is_(None))
    ).first()
    if row is None:
        raise NotFound("account")
    return actor_of(row)


def is_somebody(name: str) -> bool:
    """Whether an account has this name, as it is written."""
    theirs = select(User.id).where(User.name == name, User.name_key == name_key(name))
    return db.session.execute(theirs).first() is not None


def formerly(name: str) -> Actor:
    """The account that had this name before. Raises NotFound."""
    row = db.session.execute(
        select(User.id, User.name, User.role)
        .join(FormerName, FormerName.user_id == User.id)
        .where(FormerName.mark == former(name_key(name)), User.deleted_at.is_(None))
    ).first()
    if row is None:
        raise NotFound(name)
    return actor_of(row)
