"""What those who run the wiki decide about accounts: their role, their door, their name.

Each act is in the security log. All of it raises Forbidden for anybody else, and NotFound where no account has the
number.
"""

from __future__ import annotations

from wiki import accounts, audit
from wiki.accounts import Account, Actor
from wiki.pages.signing import rename_account
from wiki.permissions import require


def people(actor: Actor, asked: str = "", before: int | None = None, limit: int = 50) -> list[Account]:
    """Accounts whose name or address holds what is asked, newest first, older than number `before` where given."""
    require(actor, "manage_accounts")
    return accounts.matching(asked, before, limit)


def person(actor: Actor, number: int) -> Account:
    """One account."""
    require(actor, "manage_accounts")
    return accounts.account(number)


def give_role(actor: Actor, number: int, role: str) -> None:
    """Give an account another role. Raises Invalid for the last admin, and for a role that is none."""
    accounts.set_role(person(actor, number).name, role, by=actor.id)


def suspend(actor: Actor, number: int, reason: str) -> None:
    """Keep an account out from its next request on; its owner is told the reason. Raises Invalid for the last admin."""
    accounts.suspend(person(actor, number).name, reason, by=actor.id)


def reactivate(actor: Actor, number: int) -> None:
    """Let a suspended account in again."""
    accounts.reactivate(person(actor, number).name, by=actor.id)


def close_sessions(actor: Actor, number: int) -> None:
    """Log an account out everywhere."""
    person(actor, number)
    accounts.end_sessions(accounts.numbered(number))
    audit.note("sessions.ended", account=number, by=actor.id)


def make_password_link(actor: Actor, number: int) -> str:
    """The token of a link that sets a new password for an account: once, within the hour, told to nobody else."""
    token = accounts.password_link(person(actor, number).name)
    audit.note("link.shown", account=number, by=actor.id)
    return token


def rename_person(actor: Actor, number: int, name: str) -> str:
    """Give an account another name, as its owner could. Raises Invalid."""
    require(actor, "manage_accounts")
    return rename_account(number, name, by=actor)
