"""Offers: proposing another text to a page, talking about it, and the answer.

What is proposed is what a page of the family has otherwise (`offer`), or a text that somebody wrote who may not change
the page, or make one (a suggestion, see `proposing`). Everything after that is the same for both.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, false, func, insert, not_, select, update

from wiki import history
from wiki.accounts import Actor
from wiki.database import db, now, write_transaction
from wiki.errors import Forbidden, Invalid, NotFound
from wiki.history import Decision, Revision
from wiki.pages import projection, summaries
from wiki.pages.answering import Proposed, proposed, publish_taken, repeats_its_start
from wiki.pages.models import Offer, OfferText, OfferWord, Page
from wiki.pages.newcomers import require_welcome
from wiki.pages.proposing import MOST_OPEN
from wiki.pages.queries import PageInfo, by_ids, current
from wiki.pages.receiving import Received, Receiving, receiving, take
from wiki.pages.telling import require_shown
from wiki.permissions import may, require

MESSAGE_MAXIMUM = 2000
MOST_WORDS = 200
# So long the news tell what became of an offer between pages.
_LATELY = timedelta(days=30)


@dataclass(frozen=True)
class OfferInfo:
    """One line of a list of offers. A suggestion has no source, and no page where it is to be made, or is hidden now.

    `title` is that of the page, "" where it may not be told any more.
    """

    id: int
    page: PageInfo | None
    source: PageInfo | None
    title: str
    visibility: str
    state: str
    message: str
    units: int
    author_name: str
    created_at: datetime
    updated_at: datetime

    @property
    def open(self) -> bool:
        return self.state == "open"

    @property
    def is_suggestion(self) -> bool:
        return self.source is None


@dataclass(frozen=True)
class Word:
    """What somebody said about an offer."""

    author_name: str
    text: str
    created_at: datetime


@dataclass(frozen=True)
class Offered:
    """The offer that says what somebody proposes; `again` where it waited for its answer already."""

    id: int
    again: bool = False


@dataclass(frozen=True)
class OpenedOffer:
    """An offer with what can still be taken of it today, the conversation, and what this actor may do with it."""

    info: OfferInfo
    what: Receiving | Proposed
    words: Sequence[Word]
    may_answer: bool
    may_withdraw: bool
    told: bool = True


def offer(actor: Actor, source_slug: str, slug: str, keys: Collection[str], message: str = "") -> Offered:
    """Propose to the page at `slug` the units `keys` of the one at `source_slug`.

    What waits for an answer already is not proposed twice, whoever proposed it: another message is said there. Raises
    Invalid, NotFound, Moved, Forbidden.
    """
    what = receiving(actor, slug, source_slug)
    require(actor, "suggest", what.page)
    if what.refusal:
        raise Invalid(what.refusal, "units")
    chosen = [found.unit.key for found in what.waiting if found.unit.key in keys]
    if not chosen:
        raise Invalid(_("Choisissez au moins une partie à proposer."), "units")
    message = _clean(message)
    require_welcome(actor, "", message, field="message")
    with write_transaction() as session:
        # Under the lock of whoever writes, so that a form sent twice is seen here.
        session.execute(select(Page.id).where(Page.id == what.page.id).with_for_update())
        opened = session.execute(
            select(Offer.id, Offer.source_revision_id, Offer.units, Offer.message, Offer.author_key)
            .where(Offer.page_id == what.page.id, Offer.source_id == what.source.id, Offer.state == "open")
            .order_by(Offer.id.desc())
        ).all()
        for row in opened:
            if (row.source_revision_id, set(row.units)) == (what.source_text.id, set(chosen)):
                if (row.author_key, row.message) != (actor.key, message):
                    _say_once(actor, row.id, message)
                return Offered(row.id, again=True)
        if len(opened) >= MOST_OPEN:
            raise Invalid(_("Beaucoup de propositions attendent déjà une réponse ici. Revenez plus tard."))
        made = session.execute(
            insert(Offer)
            .values(
                page_id=what.page.id, source_id=what.source.id, source_revision_id=what.source_text.id, units=chosen,
                message=message, state="open", author_id=actor.id, author_key=actor.key, author_name=actor.name,
                created_at=now(), updated_at=now(),
            )
            .returning(Offer.id)
        ).scalar_one()
        projection.restamp([what.page.id, what.source.id])
    return Offered(made)


def open_offer(actor: Actor, offer_id: int) -> OpenedOffer:
    """An offer, if this actor may read both its pages. Raises NotFound for any other."""
    row = db.session.execute(select(Offer).where(Offer.id == offer_id)).scalar_one_or_none()
    if row is None:
        raise NotFound("offer")
    infos = _infos(actor, [row])
    if not infos:
        raise NotFound("offer")
    info = infos[0]
    words = db.session.execute(
        select(OfferWord.author_name, OfferWord.text, OfferWord.created_at)
        .where(OfferWord.offer_id == offer_id)
        .order_by(OfferWord.id)
        .limit(MOST_WORDS)
    )
    return OpenedOffer(
        info,
        _what(actor, row, info),
        [Word(*word) for word in words],
        # Whoever proposes asks others, even where they could decide themselves.
        may_answer=row.state == "open" and _may_answer(actor, row, info.page) and not _is_author(actor, row),
        may_withdraw=row.state == "open" and _is_author(actor, row),
        told=row.told or row.state in ("open", "withdrawn") or not info.is_suggestion or not _is_author(actor, row),
    )


def _what(actor: Actor, row: Offer, info: OfferInfo) -> Receiving | Proposed:
    if row.source_id is None:
        what = proposed(actor, row.id, info.page)
        if what.base is not None and not _is_author(actor, row) and repeats_its_start(what):
            # Who wrote it has it already; others would be shown what is hidden.
            require_shown(actor, what.base)
        return what
    assert info.page is not None
    assert info.source is not None
    number = db.session.execute(select(Revision.number).where(Revision.id == row.source_revision_id)).scalar_one()
    offered = receiving(actor, info.page.slug, info.source.slug, number)
    wanted = set(row.units) if row.state == "open" else set()
    return replace(offered, waiting=[found for found in offered.waiting if found.unit.key in wanted])


def _may_answer(actor: Actor, row: Offer, page: PageInfo | None) -> bool:
    if row.source_id is not None:
        return may(actor, "edit", page)
    return may(actor, "accept", page) if row.page_id is None or page is not None else False


def _is_author(actor: Actor, row: Offer) -> bool:
    return bool(actor.name) and row.author_key == actor.key


def accept(
    actor: Actor, offer_id: int, decisions: Mapping[str, Decision], word: str = "", number: int | None = None
) -> Received:
    """Take what was decided of an offer; the rest of it is declined. The offer is closed, its author credited.

    Of a suggestion, `number` is the text that was decided on. Raises Invalid where the offer was answered or, as such
    a text, written anew meanwhile, or nothing was chosen; AlreadyExists, NotFound, Forbidden.
    """
    opened = _answerable(actor, offer_id)
    require_welcome(actor, "", word, field="word")
    offered = {found.unit.key for found in opened.what.waiting}
    chosen = {key: decision for key, decision in decisions.items() if key in offered}
    if offered and not any(decision.choice != "decline" for decision in chosen.values()):
        raise Invalid(_("Choisissez ce que vous prenez, ou déclinez la proposition."), "units")
    whole = {key: chosen.get(key, Decision("decline")) for key in offered}
    what = opened.what
    if isinstance(what, Proposed):
        if number is not None and number != what.number:
            raise Invalid(_("Ce texte vient d’être changé par la personne qui le propose : relisez-le."))
        return publish_taken(actor, what, whole, lambda: _close([opened.info], _answered(whole), actor, word))
    comment = summaries.proposal_of(opened.info.author_name)
    received = take(actor, what.page.slug, what.source.slug, what.source_text.number, whole, comment=comment)
    if received.undecided:
        return received
    with write_transaction():
        _close([opened.info], _answered({**_answered_before(opened.info, what), **whole}), actor, word)
    return received


def _answered_before(info: OfferInfo, what: Receiving) -> dict[str, Decision]:
    """What was decided elsewhere, while an offer waited, on each of its units: what stands here by itself was taken."""
    wanted = db.session.execute(select(Offer.units).where(Offer.id == info.id)).scalar_one()
    decided = history.decided(what.page.id, what.source.id, info.created_at)
    return {key: decided.get(key, Decision("take")) for key in wanted}


def _answered(decisions: Mapping[str, Decision]) -> str:
    choices = {decision.choice for decision in decisions.values()}
    if choices == {"decline"}:
        return "declined"
    return "part" if choices & {"decline", "mine"} else "taken"


def decline(actor: Actor, offer_id: int, word: str) -> bool:
    """Decline an offer, or what is left of it, with a word: what was taken elsewhere meanwhile stays told as taken.

    Whether all of it was declined. What it held is not asked again until it changes. Raises Invalid, Forbidden.
    """
    opened = _answerable(actor, offer_id)
    if not _clean(word):
        raise Invalid(_("Dites en un mot pourquoi : cela aide à proposer mieux."), "word")
    require_welcome(actor, "", word, field="word")
    what = opened.what
    refused = {found.unit.key: Decision("decline") for found in what.waiting}
    state = "declined"
    if isinstance(what, Receiving):
        state = _answered({**_answered_before(opened.info, what), **refused})
        if refused:
            take(actor, what.page.slug, what.source.slug, what.source_text.number, refused)
    with write_transaction():
        _close([opened.info], state, actor, word)
    return state == "declined"


def withdraw(actor: Actor, offer_id: int) -> None:
    """Take one's own offer back. Raises Invalid where it is not one's own or was answered."""
    opened = open_offer(actor, offer_id)
    if not opened.may_withdraw:
        raise Invalid(_("Cette proposition ne peut plus être retirée."))
    with write_transaction():
        _close([opened.info], "withdrawn", actor)


def acknowledge(actor: Actor, offer_id: int) -> None:
    """Say that one has seen what was answered to one's own suggestion; the page need not tell it again."""
    opened = open_offer(actor, offer_id)
    if not opened.told:
        with write_transaction() as session:
            session.execute(update(Offer).where(Offer.id == offer_id).values(told=True))


def say(actor: Actor, offer_id: int, text: str) -> None:
    """Say something about an offer. Raises Invalid, NotFound, Forbidden."""
    require(actor, "suggest")
    opened = open_offer(actor, offer_id)
    text = _clean(text)
    if not text:
        raise Invalid(_("Écrivez un message."), "word")
    require_welcome(actor, "", text, field="word")
    if len(opened.words) >= MOST_WORDS:
        raise Invalid(_("Cette conversation est déjà très longue : il reste à décider."), "word")
    if opened.words and (opened.words[-1].author_name, opened.words[-1].text) == (actor.name, text):
        return
    with write_transaction():
        _add_word(actor, offer_id, text)
        db.session.execute(update(Offer).where(Offer.id == offer_id).values(updated_at=now()))


def _say_once(actor: Actor, offer_id: int, text: str) -> None:
    """Add to a conversation, in the running transaction, what this actor did not say there yet."""
    query = select(OfferWord.author_name, OfferWord.text).where(OfferWord.offer_id == offer_id).limit(MOST_WORDS)
    said = [tuple(row) for row in db.session.execute(query)]
    if text and len(said) < MOST_WORDS and (actor.name, text) not in said:
        _add_word(actor, offer_id, text)
        db.session.execute(update(Offer).where(Offer.id == offer_id).values(updated_at=now()))


def _answerable(actor: Actor, offer_id: int) -> OpenedOffer:
    opened = open_offer(actor, offer_id)
    if opened.info.open and not opened.may_answer:
        raise Forbidden("accept" if opened.info.is_suggestion else "edit")
    if not opened.info.open:
        raise Invalid(_("Cette proposition a déjà reçu une réponse."))
    return opened


def decline_all(actor: Actor, offers: Sequence[OfferInfo], word: str) -> int:
    """Decline those of these offers that still wait, with one word to each: how many. Who calls has asked permission.

    In the running transaction. What an offer between pages held may be asked again: nobody weighed it.
    """
    return _close(offers, "declined", actor, word)


def _close(offers: Sequence[OfferInfo], state: str, actor: Actor, word: str = "") -> int:
    """Close those of these offers that are open, in the running transaction: how many."""
    closed = set(
        db.session.execute(
            update(Offer)
            .where(Offer.id.in_([info.id for info in offers]), Offer.state == "open")
            .values(state=state, updated_at=now())
            .returning(Offer.id)
        ).scalars()
    )
    told = [info for info in offers if info.id in closed]
    for info in told if _clean(word) else []:
        _add_word(actor, info.id, _clean(word))
    projection.restamp({page.id for info in told for page in (info.page, info.source) if page is not None})
    return len(closed)


def _add_word(actor: Actor, offer_id: int, text: str) -> None:
    db.session.execute(
        insert(OfferWord).values(
            offer_id=offer_id, text=text, author_id=actor.id, author_name=actor.name, guest_key=actor.guest_key,
            created_at=now(),
        )
    )


def _clean(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in text if sign == "\n" or sign.isprintable()).strip()[:MESSAGE_MAXIMUM]


# -- Lists -------------------------------------------------------------------------------------------------------------


def offers_to(actor: Actor, page: PageInfo, limit: int = 50) -> list[OfferInfo]:
    """Offers made to a page, open ones first, then newest first, as far as this actor may read their source."""
    return _listed(actor, Offer.page_id == page.id, limit)


def offers_from(actor: Actor, page: PageInfo, limit: int = 50) -> list[OfferInfo]:
    """Offers a page made to others, as far as this actor may read those."""
    return _listed(actor, Offer.source_id == page.id, limit)


def offers_by(actor: Actor, limit: int = 50) -> list[OfferInfo]:
    """What this actor offered, whatever was answered."""
    return _listed(actor, Offer.author_key == actor.key, limit) if actor.name else []


def offers_answered(actor: Actor, limit: int = 20) -> list[OfferInfo]:
    """What this actor offered that was answered lately; suggestions, until they say that they have seen the answer."""
    lately = Offer.source_id.is_not(None) & (Offer.updated_at >= now() - _LATELY)
    told = lately | (Offer.source_id.is_(None) & Offer.told.is_(False))
    answered = Offer.state.in_(("taken", "part", "declined")) & told
    return _listed(actor, answered & (Offer.author_key == actor.key), limit) if actor.name else []


def offers_for(actor: Actor, limit: int = 50) -> list[OfferInfo]:
    """Open offers this actor may answer, on pages they wrote on; for the moderation, on protected pages too."""
    return _to_answer(actor, _near(actor), limit) if actor.id is not None else []


def offers_elsewhere(actor: Actor, limit: int = 20) -> list[OfferInfo]:
    """Open offers from page to page elsewhere this actor may answer too, newest first: who wrote there may be gone.

    Suggestions wait in a list of their own: see `waiting_suggestions`.
    """
    if actor.id is None:
        return []
    elsewhere = Offer.source_id.is_not(None) & not_(_near(actor)) & (Offer.author_key != actor.key)
    return _to_answer(actor, elsewhere, limit)


def _near(actor: Actor) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = Offer.page_id.in_(select(Revision.page_id).where(Revision.author_id == actor.id))
    if may(actor, "edit_protected"):
        condition |= Offer.page_id.in_(select(Page.id).where(Page.protected.is_(True)))
    return condition


def _to_answer(actor: Actor, condition: ColumnElement[bool], limit: int) -> list[OfferInfo]:
    listed = _listed(actor, (Offer.state == "open") & condition, limit)
    return [info for info in listed if may(actor, "accept" if info.is_suggestion else "edit", info.page)]


def waiting_of(actor: Actor, name: str, since: datetime, limit: int) -> list[OfferInfo]:
    """Open offers and suggestions that came under this name since a moment, as far as this actor may know of them."""
    written = select(OfferText.offer_id).where(OfferText.created_at >= since)
    lately = (Offer.created_at >= since) | Offer.id.in_(written)
    return _listed(actor, (Offer.author_name == name) & (Offer.state == "open") & lately, limit)


def waiting_suggestions(actor: Actor, limit: int = 50, after: int = 0) -> list[OfferInfo]:
    """Suggestions this actor may answer, those that wait longest first, from the one after number `after` on."""
    query = select(Offer).where(_waiting_for(actor), Offer.id > after).order_by(Offer.id).limit(limit)
    return _infos(actor, db.session.execute(query).scalars())


def count_suggestions(actor: Actor) -> int:
    """How many suggestions this actor may answer."""
    return int(db.session.execute(select(func.count()).select_from(Offer).where(_waiting_for(actor))).scalar_one())


def _waiting_for(actor: Actor) -> ColumnElement[bool]:
    if not may(actor, "accept"):
        return false()
    theirs = select(Page.id).where(current(actor))
    if not may(actor, "edit_protected"):
        theirs = theirs.where(Page.protected.is_(False))
    return (Offer.state == "open") & Offer.source_id.is_(None) & (Offer.page_id.is_(None) | Offer.page_id.in_(theirs))


def _listed(actor: Actor, condition: ColumnElement[bool], limit: int) -> list[OfferInfo]:
    order = ((Offer.state == "open").desc(), Offer.updated_at.desc(), Offer.id.desc())
    return _infos(actor, db.session.execute(select(Offer).where(condition).order_by(*order).limit(limit)).scalars())


def _infos(actor: Actor, rows: Any) -> list[OfferInfo]:
    """Those of the offers that this actor may know of, in the same order.

    An offer between two pages is told to who may read both; a suggestion to its author and to who may answer it.
    """
    rows = list(rows)
    known = by_ids(actor, {page_id for row in rows for page_id in (row.page_id, row.source_id) if page_id is not None})
    found = []
    for row in rows:
        page, source = known.get(row.page_id), known.get(row.source_id)
        if row.source_id is not None:
            told = page is not None and source is not None
        else:
            told = _is_author(actor, row) or _may_answer(actor, row, page)
        if told:
            title = page.title if page else row.title
            found.append(OfferInfo(
                row.id, page, source, title, row.visibility, row.state, row.message, len(row.units), row.author_name,
                row.created_at, row.updated_at,
            ))
    return found
