"""Taking back everything one person wrote since a moment, page by page, and keeping what others wrote since.

What they proposed since then, and nobody answered yet, is declined with it.

Nothing is remembered between two pages: what was taken back already shows as having nothing left to take back. So the
gesture may stop anywhere and begin again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, select

from wiki import audit, history
from wiki.accounts import Actor
from wiki.database import db, write_transaction
from wiki.errors import WikiError
from wiki.history import Entry, Revision
from wiki.pages import summaries
from wiki.pages.facts import archive
from wiki.pages.models import Page
from wiki.pages.moderation import acts
from wiki.pages.offers import OfferInfo, decline_all, waiting_of
from wiki.pages.queries import PageInfo, by_ids, current
from wiki.pages.saving import Saved, Writing, integrate
from wiki.permissions import require

# Pages looked at in one step, proposals declined in one, and the longest stretch of one page's history.
STEP, MOST_OFFERS = 50, 200
_LONGEST_STRETCH = 1000


@dataclass(frozen=True)
class Undoing:
    """What becomes of one page: `fate` is "undo", "archive", "ask" (a person must look) or "nothing" (left to do).

    `edits` of the person since the moment, `newest` the number of the last one; `head` stands now, `text` would.
    `numbers` are those of the edits that are taken back.
    """

    page: PageInfo
    fate: str
    edits: int
    newest: int
    head: history.Text = field(repr=False)
    text: str = field(repr=False)
    numbers: Sequence[int] = field(repr=False, default=())


@dataclass(frozen=True)
class Undoings:
    """One step of the gesture: some pages, how many there are in all, and the id after which the next step begins.

    `offers` wait for an answer; once it is done, `declined` says how many of them were.
    """

    rows: Sequence[Undoing]
    total: int
    after: int | None
    offers: Sequence[OfferInfo] = ()
    declined: int = 0

    def of(self, *fates: str) -> list[Undoing]:
        """The rows of these fates."""
        return [row for row in self.rows if row.fate in fates]


def undoings(actor: Actor, name: str, since: datetime, after: int = 0) -> Undoings:
    """What would become of the pages this name wrote on since a moment, those with an id above `after`, and of offers.

    Archived pages, and those this actor may not read, are left out. Raises Forbidden.
    """
    require(actor, "undo_all")
    theirs = (Revision.author_name == name) & (Revision.created_at >= since) & current(actor)
    number = func.count(func.distinct(Revision.page_id))
    total = int(db.session.execute(_over_pages(select(number), theirs)).scalar_one())
    found = db.session.execute(
        _over_pages(
            select(Revision.page_id, func.min(Revision.number), func.max(Revision.number), func.count()),
            theirs & (Revision.page_id > after),
        )
        .group_by(Revision.page_id)
        .order_by(Revision.page_id)
        .limit(STEP + 1)
    ).all()
    known = by_ids(actor, [row[0] for row in found[:STEP]])
    rows = [
        _undoing(known[page_id], name, since, first, newest, edits)
        for page_id, first, newest, edits in found[:STEP]
        if page_id in known
    ]
    offers = waiting_of(actor, name, since, MOST_OFFERS)
    return Undoings(rows, total, found[STEP - 1][0] if len(found) > STEP else None, offers)


def _over_pages(query: Select[Any], condition: ColumnElement[bool]) -> Select[Any]:
    return query.join(Page, Page.id == Revision.page_id).where(condition)


def undo_all(actor: Actor, name: str, since: datetime, after: int = 0, reason: str = "") -> Undoings:
    """Do what `undoings` says of these pages, each by itself; the answer says what became of each.

    Where somebody saved at this very moment and a person must look now, the page is left alone. The `reason` stands in
    the public log, and is the word to whoever proposed; their text stays theirs to read and to propose again. Raises
    Forbidden.
    """
    planned = undoings(actor, name, since, after)
    done = replace(planned, rows=[_carried_out(actor, name, row) for row in planned.rows])
    undone, archived = len(done.of("undo")), len(done.of("archive"))
    word = acts.one_line(reason) or _("Déclinée avec tout ce qui est venu sous le même nom ces jours-là.")
    with write_transaction():
        done = replace(done, declined=decline_all(actor, planned.offers, word))
        for act, count in (("undo_all", undone + archived), ("decline_all", done.declined)):
            if count:
                acts.note(actor, act, name=name, reason=reason)
    audit.note("undo_all", account=actor.id, undone=undone, archived=archived, declined=done.declined)
    return done


def _carried_out(actor: Actor, name: str, row: Undoing) -> Undoing:
    fate = row.fate
    try:
        if fate == "archive":
            fate = fate if archive(actor, row.page.slug, head=row.head.number, undone=row.numbers) else "ask"
        elif fate == "undo":
            writing = Writing(
                actor, row.page, row.head, row.text, summaries.undone(name), action="undo", checked=False,
                undone=row.numbers,
            )
            fate = fate if isinstance(integrate(writing), Saved) else "ask"
    except WikiError:
        # One page that resists, say because it was taken out of sight meanwhile, does not stop the others.
        fate = "ask"
    return replace(row, fate=fate)


def _undoing(page: PageInfo, name: str, since: datetime, first: int, newest: int, edits: int) -> Undoing:
    length = page.head_number - first + 2
    entries = history.history(page.id, limit=min(length, _LONGEST_STRETCH))
    theirs = {entry.number for entry in entries if entry.author_name == name and entry.created_at >= since}
    head = history.read(page.id, entries[0].number)
    if length > _LONGEST_STRETCH:
        fate, text = "ask", head.text
    elif first == 1 and len(theirs) == len(entries):
        fate, text = "archive", head.text
    else:
        without = _without(head, entries, theirs)
        text = head.text if without is None else without
        fate = "ask" if without is None else "nothing" if text == head.text else "undo"
    return Undoing(page, fate, edits, newest, head, text, sorted(theirs))


def _without(head: history.Text, entries: Sequence[Entry], theirs: set[int]) -> str | None:
    """The newest text without what the revisions `theirs` changed; None where that cannot be told from the rest.

    `entries` are the page's newest revisions, newest first, back to the one before the oldest of `theirs`. A stretch
    between two revisions of the same text was taken back already. Each run of `theirs` is taken back as one change.
    """
    known = {entry.number: entry for entry in entries}
    oldest_alike = {entry.sha256: entry.number for entry in entries}
    text, number, oldest = head.text, head.number, min(theirs)
    while number >= oldest:
        entry = known[number]
        alike = oldest_alike[entry.sha256]
        if alike < number:
            if alike in theirs and number not in theirs and entry.action != "undo":
                return None  # Somebody else put this text back on purpose.
            number = alike
        elif number not in theirs:
            number -= 1
        else:
            last = number
            while number in theirs:
                number -= 1
            if number == 0:
                return None
            after, before = history.read(head.page_id, last), history.read(head.page_id, number)
            joined = history.joined(history.merge3(after.text, before.text, text))
            if joined is None:
                return None
            text = joined
    return text
