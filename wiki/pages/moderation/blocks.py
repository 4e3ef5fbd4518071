"""Who may not write until a moment, and why: an account, a guest's pseudonym, or whoever comes from a network.

Of a network only a mark is kept. It holds guests and newcomers; people the wiki knows go on writing from there.
Closing an account altogether is another thing: see `accounts.suspend`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import insert, select, update

from wiki import accounts, audit
from wiki.accounts import Actor
from wiki.database import db, now, write_transaction
from wiki.errors import Invalid, NotFound, Problem, WikiError
from wiki.history import Revision
from wiki.pages.models import Offer, OfferWord
from wiki.pages.moderation import acts
from wiki.pages.moderation.models import Block, Flag, NetworkTrace
from wiki.permissions import is_newcomer, may, require

_LONGEST = timedelta(days=3660)
_MOST_NETWORKS = 20


@dataclass(frozen=True)
class BlockInfo:
    """A block: of an account ("account"), a pseudonym ("guest") or a network, which has no `name`."""

    id: int
    kind: str
    name: str
    reason: str
    until: datetime
    author_name: str
    created_at: datetime


class Blocked(WikiError):
    """Who writes may not, for now: `block` says why and until when."""

    def __init__(self, block: BlockInfo) -> None:
        self.block = block
        super().__init__(block.reason)


_OF_A_BLOCK = [getattr(Block, name) for name in BlockInfo.__dataclass_fields__]


def require_unblocked(actor: Actor, networks: Sequence[str]) -> None:
    """Raise Blocked where this actor, or whoever comes from one of these networks, may not write now."""
    marks = [_mark(actor), *(f"network:{mark}" for mark in networks)]
    rows = db.session.execute(
        select(*_OF_A_BLOCK).where(Block.mark.in_(marks), Block.until > now()).order_by(Block.until.desc())
    )
    for block in (BlockInfo(*row) for row in rows):
        if block.kind != "network" or is_newcomer(actor):
            raise Blocked(block)


def _mark(actor: Actor) -> str:
    return f"user:{actor.id}" if actor.id is not None else f"guest:{actor.name}"


def block(actor: Actor, name: str, reason: str, until: datetime, *, networks: bool = False) -> None:
    """Keep an account, or a guest of this pseudonym, from writing until a moment; with `networks` also whoever comes
    from where they wrote lately. Raises Invalid, Forbidden.
    """
    require(actor, "block")
    reason, problems = _checked(reason, until)
    try:
        whom = _named(name.strip())
    except NotFound:
        problems.insert(0, Problem(_("Personne n’a écrit ici sous ce nom."), "name"))
    else:
        if whom.id == actor.id or may(whom, "manage_accounts" if may(actor, "manage_accounts") else "block"):
            problems.insert(0, Problem(_("Cette personne fait partie de l’équipe : voyez avec elle."), "name"))
    if problems:
        raise Invalid(problems)
    with write_transaction() as session:
        kind = "guest" if whom.id is None else "account"
        _store(actor, kind, _mark(whom), reason, until, whom.name, whom.id)
        acts.note(actor, "block", name=whom.name, user_id=whom.id, reason=reason)
        traces = select(NetworkTrace.mark).where(NetworkTrace.name == whom.name).limit(_MOST_NETWORKS)
        found = session.execute(traces).scalars().all() if networks else []
        for mark in found:
            _store(actor, "network", f"network:{mark}", reason, until)
        if found:
            acts.note(actor, "block_net", reason=reason)
    audit.note("blocked", account=actor.id, whom=whom.id, networks=len(found))


def block_network(actor: Actor, address: str, reason: str, until: datetime) -> None:
    """Keep guests and newcomers who come from a network from writing until a moment. Raises Invalid, Forbidden."""
    require(actor, "block")
    reason, problems = _checked(reason, until)
    try:
        mark = accounts.mark_of_network(address)
    except Invalid as error:
        problems = [*error.problems, *problems]
    if problems:
        raise Invalid(problems)
    with write_transaction():
        _store(actor, "network", f"network:{mark}", reason, until)
        acts.note(actor, "block_net", reason=reason)
    audit.note("blocked", account=actor.id, networks=1)


def _checked(reason: str, until: datetime) -> tuple[str, list[Problem]]:
    reason, problems = acts.one_line(reason), []
    if not reason:
        problems.append(Problem(_("Dites pourquoi : la personne bloquée le lira."), "reason"))
    if not now() < until < now() + _LONGEST:
        problems.append(Problem(_("Donnez une date à venir, dans les dix ans."), "until"))
    return reason, problems


def _named(name: str) -> Actor:
    """The account of this name, else the guest who wrote under this pseudonym. Raises NotFound."""
    try:
        return accounts.named(name)
    except NotFound:
        for table in (Revision, Offer, OfferWord, Flag):
            wrote = select(table.id).where(table.author_name == name, table.author_id.is_(None)).limit(1)
            if name and db.session.execute(wrote).first() is not None:
                return Actor(None, name, "guest", "")
        raise


def _store(
    actor: Actor, kind: str, mark: str, reason: str, until: datetime, name: str = "", user_id: int | None = None
) -> None:
    """Block in the caller's transaction; an earlier block of the same ends, so that there is one to lift."""
    db.session.execute(update(Block).where(Block.mark == mark, Block.until > now()).values(until=now()))
    db.session.execute(
        insert(Block).values(
            kind=kind, mark=mark, name=name, user_id=user_id, reason=reason, until=until, author_id=actor.id,
            author_name=actor.name, created_at=now(),
        )
    )


def unblock(actor: Actor, block_id: int, reason: str = "") -> bool:
    """Let somebody write again from now on; whether this block still held. Raises Forbidden."""
    require(actor, "block")
    with write_transaction() as session:
        row = session.execute(
            update(Block)
            .where(Block.id == block_id, Block.until > now())
            .values(until=now())
            .returning(Block.name, Block.user_id)
        ).one_or_none()
        if row is None:
            return False
        acts.note(actor, "unblock", name=row.name, user_id=row.user_id, reason=reason)
    audit.note("unblocked", account=actor.id, whom=row.user_id)
    return True


def blocks(actor: Actor, limit: int = 200) -> list[BlockInfo]:
    """Blocks that hold now, the newest first. Raises Forbidden."""
    require(actor, "block")
    query = select(*_OF_A_BLOCK).where(Block.until > now()).order_by(Block.id.desc()).limit(limit)
    return [BlockInfo(*row) for row in db.session.execute(query)]
