"""What readers report: that a page, or the conversation of an offer made to it, needs somebody of the team."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, insert, select, update

from wiki.accounts import Actor
from wiki.database import db, now, write_transaction
from wiki.errors import Invalid, NotFound
from wiki.pages.models import Page
from wiki.pages.moderation import acts
from wiki.pages.moderation.models import Flag
from wiki.pages.newcomers import require_welcome
from wiki.pages.offers import open_offer
from wiki.pages.queries import PageInfo, by_ids, current, find
from wiki.permissions import require

FLAG_REASONS = {
    "advertising": _l("Publicité"),
    "hurtful": _l("Propos blessants ou haineux"),
    "private": _l("Données personnelles de quelqu’un"),
    "rights": _l("Texte copié sans en avoir le droit"),
    "danger": _l("Erreur grave, ou conseil dangereux"),
    "other": _l("Autre chose"),
}
WORDS_MAXIMUM = 1000
# Open at once: by one person in the whole wiki, on one page, and told of one page in the queue.
MOST_BY_ONE, MOST_ON_A_PAGE, MOST_TOLD = 10, 50, 5


@dataclass(frozen=True)
class FlagInfo:
    """One report: why, in whose words, about which version or which offer."""

    reason: str
    words: str
    author_name: str
    created_at: datetime
    number: int
    offer_id: int | None

    @property
    def label(self) -> str:
        return str(FLAG_REASONS.get(self.reason, self.reason))


@dataclass(frozen=True)
class FlaggedPage:
    """A page with open reports: the newest of them, how many there are, and the last one that is known here."""

    page: PageInfo
    flags: Sequence[FlagInfo]
    total: int
    newest: int


def flag(actor: Actor, slug: str, reason: str, words: str = "", offer_id: int | None = None) -> None:
    """Report a page, or an offer made to it, to the team. Whoever reports the same twice reports it once.

    Raises Invalid, NotFound, Moved, Forbidden.
    """
    require(actor, "flag")
    page = find(actor, slug)
    words = "".join(sign for sign in words.replace("\r\n", "\n") if sign == "\n" or sign.isprintable()).strip()
    if reason not in FLAG_REASONS:
        raise Invalid(_("Choisissez une raison."), "reason")
    if len(words) > WORDS_MAXIMUM:
        raise Invalid(_("Dites-le en %(count)s caractères au plus.", count=WORDS_MAXIMUM), "words")
    if reason == "other" and not words:
        raise Invalid(_("Dites en quelques mots ce qui ne va pas."), "words")
    require_welcome(actor, "", words, field="words")
    theirs = (Flag.author_id == actor.id) if actor.id else (Flag.author_name == actor.name) & Flag.author_id.is_(None)
    with write_transaction() as session:
        mine = session.execute(
            select(Flag.id, Flag.page_id, Flag.offer_id).where(theirs, Flag.closed_at.is_(None)).order_by(Flag.id)
        ).all()
        values = {"reason": reason, "words": words, "number": page.head_number, "created_at": now()}
        known = next((row.id for row in mine if (row.page_id, row.offer_id) == (page.id, offer_id)), None)
        if known is not None:
            session.execute(update(Flag).where(Flag.id == known).values(values))
            return
        opened = select(func.count()).where(Flag.page_id == page.id, Flag.closed_at.is_(None))
        if len(mine) >= MOST_BY_ONE or session.execute(opened).scalar_one() >= MOST_ON_A_PAGE:
            raise Invalid(_("Beaucoup de signalements attendent déjà l’équipe de modération. Revenez plus tard."))
        session.execute(
            insert(Flag).values(
                page_id=page.id, offer_id=offer_id, author_id=actor.id, author_name=actor.name, closed_by_name="",
                closing="", **values,
            )
        )


def offer_of(actor: Actor, page: PageInfo, number: int) -> int | None:
    """The id of an offer, if it was made to this page and this actor may read it."""
    try:
        opened = open_offer(actor, number) if number else None
    except NotFound:
        return None
    return number if opened and opened.info.page and opened.info.page.id == page.id else None


def flagged(actor: Actor, limit: int = 20) -> list[FlaggedPage]:
    """Pages with open reports, the last reported first. Raises Forbidden."""
    require(actor, "patrol")
    newest = func.max(Flag.id)
    rows = db.session.execute(
        select(Flag.page_id, func.count(), newest)
        .join(Page, Page.id == Flag.page_id)
        .where(Flag.closed_at.is_(None), current(actor))
        .group_by(Flag.page_id)
        .order_by(newest.desc())
        .limit(limit)
    ).all()
    if not rows:
        return []
    known = by_ids(actor, [row[0] for row in rows])
    told: dict[int, list[FlagInfo]] = {page_id: [] for page_id in known}
    # As many as one page may have open, for each: what is left out is counted.
    found: Any = db.session.execute(
        select(Flag.page_id, Flag.reason, Flag.words, Flag.author_name, Flag.created_at, Flag.number, Flag.offer_id)
        .where(Flag.page_id.in_(known), Flag.closed_at.is_(None))
        .order_by(Flag.id.desc())
        .limit(limit * MOST_ON_A_PAGE)
    )
    for row in found:
        if len(told[row.page_id]) < MOST_TOLD:
            told[row.page_id].append(FlagInfo(*row[1:]))
    return [FlaggedPage(known[row[0]], told[row[0]], row[1], row[2]) for row in rows if row[0] in known]


def close_flags(actor: Actor, slug: str, newest: int, word: str = "") -> int:
    """Say that the open reports of a page up to `newest` were seen to, and what came of it: how many there were.

    Raises NotFound, Forbidden.
    """
    page = find(actor, slug)
    require(actor, "patrol", page)
    if page.visibility == "draft":
        raise NotFound(slug)
    word = acts.one_line(word)
    values = {"closed_at": now(), "closed_by_id": actor.id, "closed_by_name": actor.name, "closing": word}
    these = (Flag.page_id == page.id) & Flag.closed_at.is_(None) & (Flag.id <= newest)
    with write_transaction() as session:
        result: Any = session.execute(update(Flag).where(these).values(values))
        if result.rowcount:
            acts.note(actor, "flag", page_id=page.id, reason=word)
        return int(result.rowcount)
