"""How often somebody may try a password: the longer in vain, the longer the wait, and never for good.

Counted in the database, so that a restart forgets nothing. A browser that came in before has a count of its own: who
guesses at somebody's password from elsewhere cannot keep them out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from flask import current_app
from sqlalchemy import delete, insert, select, update

from wiki.accounts.marks import mark
from wiki.accounts.models import Attempt
from wiki.database import db, now, write_transaction
from wiki.errors import WikiError

_FORGOTTEN = timedelta(days=1)


class TooSoon(WikiError):
    """Too many attempts in vain: another one is looked at after `seconds`."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(str(seconds))


@dataclass(frozen=True)
class Count:
    """What is counted together: `free` attempts without any wait, then ever longer ones up to `longest` seconds."""

    key: str
    free: int
    longest: int


def counts(who: str, network: str, browser: str = "") -> list[Count]:
    """What an attempt at the account `who` counts for, from a network, or from a `browser` that was inside before."""
    free = int(current_app.config["WIKI"]["LOGIN_FAILURES"])
    if browser:
        return [Count(mark("browser", browser, who), 2 * free, 900)]
    return [
        Count(mark("account and network", who, network), free, 900),
        Count(mark("network", network), 4 * free, 900),
        # Short, because it is the one that others can make an owner wait by.
        Count(mark("account", who), 4 * free, 60),
    ]


def count(counted: Sequence[Count]) -> None:
    """Count an attempt before it is made, so that many at once are no way around. Raises TooSoon, counting nothing."""
    with write_transaction() as session:
        moment = now()
        session.execute(delete(Attempt).where(Attempt.last_at < moment - _FORGOTTEN))
        rows = session.execute(select(Attempt.key, Attempt.failures, Attempt.next_at).where(
            Attempt.key.in_([one.key for one in counted])
        )).all()
        wait = max((row.next_at - moment for row in rows), default=timedelta())
        if wait > timedelta():
            raise TooSoon(ceil(wait.total_seconds()))
        before = {row.key: row.failures for row in rows}
        for one in counted:
            failures = before.get(one.key, 0) + 1
            over = failures - one.free
            delay = min(2 ** min(over + 1, 20), one.longest) if over >= 0 else 0
            values = {"failures": failures, "last_at": moment, "next_at": moment + timedelta(seconds=delay)}
            if one.key in before:
                session.execute(update(Attempt).where(Attempt.key == one.key).values(values))
            else:
                session.execute(insert(Attempt).values(key=one.key, **values))


def forgive(counted: Sequence[Count]) -> None:
    """The attempt was right: forget what was counted for it alone. In the caller's transaction."""
    first, *shared = counted
    db.session.execute(delete(Attempt).where(Attempt.key == first.key))
    for one in shared:
        fewer = {"failures": Attempt.failures - 1, "next_at": now()}
        db.session.execute(update(Attempt).where(Attempt.key == one.key).values(fewer))
