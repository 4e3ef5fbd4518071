"""What a suggestion comes to on the page of today, and storing what somebody took of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _
from sqlalchemy import select, update

from wiki import history
from wiki.accounts import Actor
from wiki.database import db, write_transaction
from wiki.errors import Invalid
from wiki.history import Chunk, Decision, Taken
from wiki.pages import summaries, textform
from wiki.pages.addresses import slug_of
from wiki.pages.differing import unit_title
from wiki.pages.editing import publish
from wiki.pages.licences import refusal_of_sources
from wiki.pages.models import Offer
from wiki.pages.proposing import newest
from wiki.pages.queries import PageInfo, by_ids, find
from wiki.pages.receiving import Received, Waiting
from wiki.pages.saving import append, locked_head, written
from wiki.pages.sources import ORIGIN_FIELD, Unmade, told_texts
from wiki.pages.telling import reads_text

_ATTEMPTS = 4
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Proposed:
    """A suggestion as one answers it: what it does otherwise than the text it started from, on the page of today.

    `number` tells its text from those its author wrote before and after. A page to make has no address and no `head`;
    `base` is the revision the text was written from, or that such a page continues: one of `origin`, where that is
    what it is compared with.
    """

    id: int
    page: PageInfo
    number: int
    text: str
    started: str
    base: history.Text | None
    head: history.Text | None
    minor: bool
    waiting: Sequence[Waiting]
    # The text as who asked may be told it.
    told: str
    origin: PageInfo | None = None
    # Why it may not be taken whole, by its licence and that of the texts it holds.
    refusal: str = ""

    def asking(self, undecided: Mapping[str, tuple[Chunk, ...]]) -> Proposed:
        """The same with the passages that turned out to need a choice."""
        return replace(self, waiting=[found.asking(undecided) for found in self.waiting])

    @property
    def own(self) -> bool:
        """Whether it is about a page there is: then what the page says about itself may change too."""
        return self.head is not None

    @property
    def today(self) -> str:
        """The text it is compared with."""
        return self.head.text if self.head is not None else self.started


def proposed(actor: Actor, offer_id: int, page: PageInfo | None) -> Proposed:
    """What a suggestion does otherwise, on the page of today; of a page to make, otherwise than the one it continues.

    Where that is not told to this actor, or there is none, it is told by itself.

    Where the version it was written from is hidden from this actor, it is joined with the page of today, if it can be,
    and compared with that: nothing told or taken then holds what that version alone says.
    """
    kept = newest(offer_id)
    assert kept is not None
    base = history.read_by_id(kept.base_id) if kept.base_id is not None else None
    origin: PageInfo | None = None
    if page is not None and base is not None and base.page_id == page.id:
        head, started, text = history.read(page.id, page.head_number), base.text, kept.text
        if not reads_text(actor, base):
            joined = history.joined(history.merge3(base.text, kept.text, head.text))
            started, text = head.text, kept.text if joined is None else joined
    else:
        text = kept.text
        document = textform.parse(text)
        page, head = PageInfo.unsaved(document.kind, document.title), None
        if base is not None and reads_text(actor, base):
            origin = by_ids(actor, [base.page_id]).get(base.page_id)
        continued = textform.parse(base.text) if base is not None and origin is not None else None
        if continued is None or continued.kind != document.kind:
            origin, continued = None, document.replace(fields={}, extra={}, body="")
        started = _beginning(document, continued)
    found = history.improvements(started, text, head.text if head else started, head is not None)
    whose = page.id if head else Unmade(base.page_id if base else None)
    said = (started, text, head.text if head else started)
    told = told_texts(actor, whose, *said)
    if told != [*said]:
        # Nobody decides on an origin they may not read.
        found = [one for one in found if not (one.unit.field and one.unit.title == ORIGIN_FIELD)]
    waiting = [Waiting(one.unit, unit_title(page, one.unit), (), one.contested) for one in found]
    forbidden = refusal_of_sources(page.id, head.text if head else None, text, base)
    return Proposed(
        offer_id, page, kept.number, text, started, base, head, kept.minor, waiting, told[1], origin, forbidden
    )


def _beginning(document: textform.Document, continued: textform.Document) -> str:
    """What a page to make is compared with: the text it continues, with what the page says of itself.

    That is there from the first; what is left to choose are its answers and its parts.
    """
    own = {name: value for name, value in document.fields.items() if name in history.OWN}
    shared = {name: value for name, value in continued.fields.items() if name not in history.OWN}
    extra = {name: value for name, value in continued.extra.items() if name != ORIGIN_FIELD}
    return textform.serialize(continued.replace(fields={**shared, **own}, extra=extra))


def repeats_its_start(what: Proposed) -> bool:
    """Whether a suggestion says something of the text it was written from that the page of today does not say."""
    if what.base is None:
        return False
    for parts in (str.splitlines, _WORD.findall):
        if set(parts(what.base.text)) & set(parts(what.text)) - set(parts(what.today)):
            return True
    return False


def carried_out(what: Proposed, decisions: Mapping[str, Decision]) -> Taken:
    """The text that decisions on a suggestion would make. What is taken whole stays as it was written."""
    if all(decisions.get(one.unit.key, Decision("decline")).choice == "take" for one in what.waiting):
        if what.head is None:
            return Taken(what.text, what.text, what.text)
        whole = history.joined(history.merge3(what.started, what.text, what.head.text))
        if whole is not None:
            return Taken(whole, what.text, what.text)
    return history.take(what.started, what.text, what.today, decisions, what.started, what.own)


def publish_taken(
    actor: Actor, what: Proposed, decisions: Mapping[str, Decision], close: Callable[[], object]
) -> Received:
    """Store what was taken of a suggestion as a revision of who wrote it; who calls has asked permission.

    `close` belongs to the same transaction. Where something needs a choice now, nothing is stored. Raises Invalid
    where the suggestion was answered or written anew meanwhile, AlreadyExists.
    """
    for _attempt in range(_ATTEMPTS):
        taken = carried_out(what, decisions)
        if taken.undecided:
            return Received(what.page.slug, 0, unchanged=True, undecided=taken.undecided)
        text = written(taken.text, "accept")
        if what.head is None:
            return _make(actor, what, text, close)
        with write_transaction():
            row, head = _still_open(what), locked_head(what.page.id)
            if head.number == what.head.number:
                number = head.number
                if text != head.text:
                    number += 1
                    append(
                        _author(row), what.page.id, what.page.slug, number, text, before=head,
                        base=what.base.number if what.base else head.number,
                        comment=summaries.reviewed(actor.name, row.message), minor=what.minor, action="accept",
                    )
                close()
                return Received(what.page.slug, number, number == head.number)
        what = proposed(actor, what.id, find(actor, what.page.slug))
    raise Invalid(_("D’autres personnes modifiaient cette page au même instant ; recommencez."))


def _make(actor: Actor, what: Proposed, text: str, close: Callable[[], object]) -> Received:
    row = _row(what.id)

    def close_with_page(page_id: int) -> None:
        _still_open(what)
        db.session.execute(update(Offer).where(Offer.id == what.id).values(page_id=page_id))
        close()

    audience = {"visibility": row.visibility, "owner_id": None}
    comment = summaries.reviewed(actor.name, row.message)
    saved = publish(
        _author(row), slug_of(text), text, comment, "accept", audience, what.base, beside=close_with_page
    )
    return Received(saved.slug, saved.number)


def _still_open(what: Proposed) -> Offer:
    """The row of a suggestion, within a transaction, while it holds the text that was answered. Raises Invalid."""
    row, kept = _row(what.id), newest(what.id)
    if row.state != "open" or kept is None or kept.number != what.number:
        raise Invalid(_("Cette proposition a changé pendant que vous répondiez : relisez-la."))
    return row


def _row(offer_id: int) -> Offer:
    query = select(Offer).where(Offer.id == offer_id).with_for_update().execution_options(populate_existing=True)
    return db.session.execute(query).scalar_one()


def _author(row: Offer) -> Actor:
    return Actor(row.author_id, row.author_name, "guest" if row.author_id is None else "member", row.author_key)
