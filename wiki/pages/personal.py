"""What belongs to one person: to carry off, and to leave behind without their name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select

from wiki import accounts, audit
from wiki.accounts import Actor, Device
from wiki.database import db, write_transaction
from wiki.errors import Forbidden
from wiki.history import Revision
from wiki.pages.following import following
from wiki.pages.models import Follow, NewsFeed, Offer, OfferWord, Page, Presence
from wiki.pages.moderation import signing
from wiki.pages.proposing import texts_of
from wiki.pages.queries import readable
from wiki.pages.signing import sign_anew

# There are more than 600,000 pseudonyms: the first is mostly free.
_DRAWS = 20


def new_guest_token() -> str:
    """A token for a guest's first act, under a pseudonym that nobody wrote under yet."""
    token = accounts.new_guest_token()
    for _try in range(_DRAWS):
        theirs = select(Revision.id).where(Revision.author_name == accounts.guest(token).name).limit(1)
        if db.session.execute(theirs).first() is None:
            break
        token = accounts.new_guest_token()
    return token


def personal_data(actor: Actor) -> dict[str, Any]:
    """Everything the wiki holds of an account, ready for JSON; moments in UTC. Raises Forbidden for guests.

    The texts themselves are at the addresses of their pages, version by version.
    """
    if actor.id is None:
        raise Forbidden("account")
    rows = db.session.execute(
        select(Page.slug, Page.title, Revision.number, Revision.action, Revision.comment, Revision.minor,
               Revision.created_at)
        .join(Page, Page.id == Revision.page_id)
        .where(Revision.author_id == actor.id, readable(actor))
        .order_by(Revision.id)
    )
    offers = db.session.execute(
        select(Offer.id, Offer.message, Offer.state, Offer.created_at).where(Offer.author_id == actor.id)
    )
    words = db.session.execute(
        select(OfferWord.offer_id, OfferWord.text, OfferWord.created_at).where(OfferWord.author_id == actor.id)
    )
    data = {
        "account": accounts.account_data(actor),
        "contributions": [row._asdict() for row in rows],
        "follows": [{"slug": one.page.slug, "title": one.page.title, "scope": one.scope} for one in following(actor)],
        "offers": [row._asdict() for row in offers],
        "words": [row._asdict() for row in words],
        "reports": signing.reported_by(actor),
        "decisions": signing.decided_about(actor),
        "suggestions": texts_of(actor),
    }
    audit.note("data.exported", account=actor.id)
    return data


def leave(actor: Actor, password: str, device: Device) -> str:
    """Delete an account: what it wrote stays under the pseudonym that is returned, the rest is removed for good.

    Raises Invalid where the password is wrong or nobody else is admin, TooSoon, Forbidden for guests.
    """
    if actor.id is None:
        raise Forbidden("account")
    accounts.require_password(actor, password, device)
    with write_transaction() as session:
        pseudonym = accounts.erase(actor)
        sign_anew(actor, actor.name, pseudonym)
        signing.forget_networks(pseudonym)
        session.execute(delete(Follow).where(Follow.user_id == actor.id))
        session.execute(delete(NewsFeed).where(NewsFeed.user_id == actor.id))
        session.execute(delete(Presence).where(Presence.actor_key == actor.key))
    audit.note("account.deleted", account=actor.id)
    return pseudonym
