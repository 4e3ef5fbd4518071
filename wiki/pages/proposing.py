"""Suggestions: the text of somebody who may not change a page, kept as an offer until somebody who may answers it.

Nothing of it is a revision before that: no list, search, feed, count or address of the wiki can tell it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import insert, select, update

from wiki import history
from wiki.accounts import Actor
from wiki.database import db, now, write_transaction
from wiki.errors import Forbidden, Invalid
from wiki.history import Revision
from wiki.pages.models import Offer, OfferText, OfferWord, Page
from wiki.pages.moderation import patrol
from wiki.pages.queries import PageInfo
from wiki.pages.saving import Saved, clean_comment
from wiki.pages.sources import Unmade, told_of_pages, told_text
from wiki.pages.telling import reads_text
from wiki.permissions import may

# Suggestions that may wait on one page, and of one person for pages to make.
MOST_OPEN = 20


@dataclass(frozen=True)
class Suggestion:
    """Somebody's own suggestion for a page, and what became of it.

    `text` was written from version `base`, and brought forward to the newest one where nobody touched the same
    passages; both are empty once it is answered. `word` is what was answered.
    """

    id: int
    state: str
    comment: str
    updated_at: datetime
    text: str = ""
    base: int = 0
    word: str = ""

    @property
    def open(self) -> bool:
        return self.state == "open"


@dataclass(frozen=True)
class Here:
    """What a page says of suggestions to one reader: their own, if any, and how many they may answer."""

    mine: Suggestion | None = None
    waiting: int = 0


def propose(
    actor: Actor, page: PageInfo, started: history.Text, text: str, comment: str = "", minor: bool = False
) -> Saved:
    """Keep a text for a page until somebody answers; a later one of the same person takes the place of it.

    What says nothing new leaves one's suggestion as it waits: it may come from an old tab. Raises Forbidden for who
    has no name, Invalid.
    """
    if not actor.name:
        raise Forbidden("suggest")
    with write_transaction() as session:
        # Under the lock of whoever writes, so that a form sent twice is seen here.
        session.execute(select(Page.id).where(Page.id == page.id).with_for_update())
        opened = dict(
            session.execute(
                select(Offer.author_key, Offer.id)
                .where(Offer.page_id == page.id, Offer.source_id.is_(None), Offer.state == "open")
            ).tuples().all()
        )
        held = opened.get(actor.key)
        if text == started.text:
            return Saved(page.slug, page.head_number, unchanged=True, offer=held)
        if held is None and len(opened) >= MOST_OPEN:
            raise Invalid(_("Beaucoup de propositions attendent déjà une réponse ici. Revenez plus tard."))
        held = held or _begin(actor, comment, page_id=page.id)
        _keep(actor, held, text, started.id, comment, minor)
    return Saved(page.slug, page.head_number, offer=held)


def propose_page(
    actor: Actor,
    title: str,
    text: str,
    *,
    comment: str = "",
    visibility: str = "public",
    origin: history.Text | None = None,
    offer_id: int | None = None,
) -> Saved:
    """Keep the text of a page to make until somebody answers; `offer_id` is the suggestion it takes the place of.

    The same text twice is kept once. Raises Forbidden for who has no name, Invalid.
    """
    if not actor.name:
        raise Forbidden("suggest")
    with write_transaction() as session:
        opened = session.execute(
            select(Offer.id, Offer.title)
            .where(Offer.author_key == actor.key, Offer.page_id.is_(None), Offer.state == "open")
            .order_by(Offer.id.desc())
        ).all()
        held = next((row.id for row in opened if offer_id == row.id), None)
        held = held or next((row.id for row in opened if row.title == title[:200]), None)
        if held is None and len(opened) >= MOST_OPEN:
            raise Invalid(_("Beaucoup de vos pages attendent déjà une réponse. Revenez plus tard."))
        held = held or _begin(actor, comment)
        session.execute(update(Offer).where(Offer.id == held).values(title=title[:200], visibility=visibility))
        _keep(actor, held, text, origin.id if origin else None, comment, minor=False)
    return Saved("", 0, offer=held)


def _begin(actor: Actor, comment: str, page_id: int | None = None) -> int:
    made = db.session.execute(
        insert(Offer)
        .values(
            page_id=page_id, units=[], message=clean_comment(comment), state="open", author_id=actor.id,
            author_key=actor.key, author_name=actor.name, created_at=now(), updated_at=now(),
        )
        .returning(Offer.id)
    )
    return int(made.scalar_one())


def _keep(actor: Actor, offer_id: int, text: str, base_id: int | None, comment: str, minor: bool) -> None:
    """Add a text to a suggestion, in the running transaction, unless it is the newest one already."""
    patrol.trace(actor)
    last = newest(offer_id)
    if last is not None and (last.text, last.base_id) == (text, base_id):
        return
    codec, body, _digest = history.encode(text)
    db.session.execute(
        insert(OfferText).values(
            offer_id=offer_id, number=last.number + 1 if last else 1, base_id=base_id, codec=codec, body=body,
            minor=minor, created_at=now(),
        )
    )
    said = {"message": clean_comment(comment)} if comment else {}
    db.session.execute(update(Offer).where(Offer.id == offer_id).values(updated_at=now(), **said))


@dataclass(frozen=True)
class Kept:
    """One text of a suggestion."""

    number: int
    base_id: int | None
    minor: bool
    text: str


def newest(offer_id: int) -> Kept | None:
    """The text of a suggestion that counts; None of what is none."""
    row = db.session.execute(
        select(OfferText.number, OfferText.base_id, OfferText.minor, OfferText.codec, OfferText.body)
        .where(OfferText.offer_id == offer_id)
        .order_by(OfferText.number.desc())
        .limit(1)
    ).one_or_none()
    return Kept(row.number, row.base_id, row.minor, history.decode(row.codec, row.body)) if row else None


# -- Reading -----------------------------------------------------------------------------------------------------------


def suggestions_here(actor: Actor, page: PageInfo) -> Here:
    """What a page says of suggestions to this actor. One query, and three more for who has one waiting here."""
    if not actor.name:
        return Here()
    rows = db.session.execute(
        select(Offer.id, Offer.state, Offer.message, Offer.updated_at, Offer.told, Offer.author_key)
        .where(
            Offer.page_id == page.id, Offer.source_id.is_(None),
            (Offer.state == "open") | (Offer.author_key == actor.key),
        )
        .order_by(Offer.id.desc())
        .limit(2 * MOST_OPEN)
    ).all()
    own = next((row for row in rows if row.author_key == actor.key), None)
    waiting = sum(row.state == "open" for row in rows) if rows and may(actor, "accept", page) else 0
    if own is None or own.state == "withdrawn" or (own.state != "open" and own.told):
        return Here(None, waiting)
    if own.state == "open":
        text, base = _brought_forward(page, own.id)
        text = told_text(actor, page.id, text)
        return Here(Suggestion(own.id, own.state, own.message, own.updated_at, text, base), waiting)
    word = db.session.execute(
        select(OfferWord.text).where(OfferWord.offer_id == own.id).order_by(OfferWord.id.desc()).limit(1)
    ).scalar_one_or_none()
    return Here(Suggestion(own.id, own.state, own.message, own.updated_at, word=word or ""), waiting)


def text_seen(actor: Actor, page: PageInfo, started: history.Text) -> str:
    """What this actor sees who writes from a revision of a page: their own suggestion on it, else its text.

    Where that text is hidden from them, the newest one stands for it.
    """
    own = select(Offer.id).where(
        Offer.page_id == page.id, Offer.source_id.is_(None), Offer.state == "open", Offer.author_key == actor.key
    )
    held = db.session.execute(own).scalars().first() if actor.name else None
    if not reads_text(actor, started):
        started = history.read(page.id, page.head_number)
    return told_text(actor, page.id, started.text if held is None else _brought(held, started)[0])


def _brought_forward(page: PageInfo, offer_id: int) -> tuple[str, int]:
    """The text of a suggestion and the version it is written from: the newest one where both can be joined."""
    return _brought(offer_id, history.read(page.id, page.head_number))


def _brought(offer_id: int, revision: history.Text) -> tuple[str, int]:
    kept = newest(offer_id)
    assert kept is not None
    assert kept.base_id is not None
    if kept.base_id == revision.id:
        return kept.text, revision.number
    base = history.read_by_id(kept.base_id)
    joined = history.joined(history.merge3(base.text, kept.text, revision.text))
    return (kept.text, base.number) if joined is None else (joined, revision.number)


def texts_of(author: Actor) -> list[dict[str, Any]]:
    """Every text an account suggested, for its author to carry off."""
    rows = db.session.execute(
        select(
            OfferText.offer_id, OfferText.number, OfferText.codec, OfferText.body, OfferText.created_at,
            Offer.page_id, Revision.page_id.label("continues"),
        )
        .join(Offer, Offer.id == OfferText.offer_id)
        .outerjoin(Revision, Revision.id == OfferText.base_id)
        .where(Offer.author_id == author.id)
        .order_by(OfferText.id)
    ).all()
    found: list[dict[str, Any]] = [
        {"offer": row.offer_id, "number": row.number, "text": history.decode(row.codec, row.body),
         "created_at": row.created_at}
        for row in rows
    ]
    whose = [row.page_id or Unmade(row.continues) for row in rows]
    told = told_of_pages(author, [(page, one["text"]) for page, one in zip(whose, found, strict=True)])
    for one, text in zip(found, told, strict=True):
        one["text"] = text
    return found
