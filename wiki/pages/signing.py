"""The name under what somebody wrote: another one when they change it, that of their account when they open one."""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, func, select, update

from wiki import accounts, audit, history
from wiki.accounts import Actor, Device
from wiki.database import db, write_transaction
from wiki.errors import Forbidden
from wiki.history import Revision
from wiki.pages import projection, summaries
from wiki.pages.models import Offer, OfferWord, Presence, Rendered
from wiki.pages.moderation import signing
from wiki.pages.moderation.blocks import require_unblocked

_AT_ONCE = 500


def sign_anew(actor: Actor, before: str, after: str) -> None:
    """Put another name under all an account wrote, wherever it is told, in the running transaction.

    What people typed keeps whatever names are in it.
    """
    assert actor.id is not None
    session = db.session
    touched = history.sign_anew(actor.id, after)
    touched |= summaries.sign_anew(actor.id, before, after, touched)
    for row in session.execute(select(Offer.page_id, Offer.source_id).where(Offer.author_id == actor.id)):
        touched |= {page_id for page_id in row if page_id is not None}
    for table in (Offer, OfferWord):
        session.execute(update(table).where(table.author_id == actor.id).values(author_name=after))
    signing.sign_anew(actor, before, after)
    session.execute(update(Presence).where(Presence.actor_key == actor.key).values(name=after))
    ordered = sorted(touched)
    for start in range(0, len(ordered), _AT_ONCE):
        some = ordered[start : start + _AT_ONCE]
        session.execute(delete(Rendered).where(Rendered.page_id.in_(some)))
        projection.restamp(some)


def change_name(actor: Actor, password: str, name: str, device: Device) -> str:
    """Give one's account another name, under which everything it wrote stands from now on: the name as it is shown.

    Nobody else may take the old one, and its address leads to the new one. Raises Invalid, TooSoon, Blocked where
    one may not write, Forbidden for guests.
    """
    if actor.id is None:
        raise Forbidden("account")
    require_unblocked(actor, ())
    accounts.require_password(actor, password, device)
    return rename_account(actor.id, name)


def rename_account(user_id: int, name: str, by: Actor | None = None) -> str:
    """As `change_name`, without asking for the password: for `by`, who runs the wiki. Raises Invalid, NotFound."""
    with write_transaction():
        before = accounts.take_name(user_id, name, limited=by is None)
        after = accounts.numbered(user_id)
        if after.name != before:
            sign_anew(after, before, after.name)
    audit.note("name.changed", account=user_id, by=by.id if by else None)
    return after.name


# -- What a guest wrote ------------------------------------------------------------------------------------------------


def written_as(guest: Actor) -> int:
    """How many versions, proposals and words about them came from this guest's browser."""
    if guest.guest_key is None:
        return 0
    theirs = (Revision.guest_key == guest.guest_key, _proposed_by(guest), OfferWord.guest_key == guest.guest_key)
    counts = [select(func.count()).where(condition).scalar_subquery() for condition in theirs]
    return sum(db.session.execute(select(*counts)).one())


def _proposed_by(guest: Actor) -> ColumnElement[bool]:
    return (Offer.author_key == guest.guest_key) & Offer.author_id.is_(None)


def claim(actor: Actor, guest: Actor) -> int:
    """Put an account's name under all that came from a guest's browser: how much that was.

    `guest` comes of the token that the browser alone holds. Raises Forbidden for who has no account, Blocked where
    either may not write.
    """
    if actor.id is None:
        raise Forbidden("account")
    for one in (guest, actor):
        require_unblocked(one, ())
    count = written_as(guest)
    if not count or guest.guest_key is None:
        return 0
    with write_transaction() as session:
        history.claim(guest.guest_key, actor.id)
        mine = {"author_id": actor.id, "guest_key": None}
        session.execute(update(OfferWord).where(OfferWord.guest_key == guest.guest_key).values(mine))
        proposed = {"author_id": actor.id, "author_key": actor.key}
        session.execute(update(Offer).where(_proposed_by(guest)).values(proposed))
        session.execute(delete(Presence).where(Presence.actor_key == guest.key))
        sign_anew(actor, guest.name, actor.name)
    audit.note("pseudonym.claimed", account=actor.id, count=count)
    return count
