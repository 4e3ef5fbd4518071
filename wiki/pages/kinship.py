"""Re-reading what is kept about families: who comes from whom, what was decided, what each page knows of another.

Only what must hold at any time, whatever was written since, is called wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import aliased

from wiki import history
from wiki.database import db
from wiki.history import Acquaintance, Revision, Taking, decode
from wiki.pages.models import Offer, OfferText, Page

_AT_ONCE = 500
_CHOICES = frozenset({"take", "theirs", "mine", "both", "write", "decline"})
_LEFT_OUT = frozenset({"mine", "decline"})
_STATES = frozenset({"open", "taken", "part", "declined", "withdrawn"})


def kinship_problems() -> Iterator[tuple[str, str]]:
    """All that disagrees, each as the address of a page and what is wrong there."""
    slugs: dict[int, str] = {}
    origins: dict[int, int | None] = {}
    for page_id, slug, origin_id in db.session.execute(select(Page.id, Page.slug, Page.origin_id)):
        slugs[page_id], origins[page_id] = slug, origin_id
    for page_id in _in_a_circle(origins):
        yield slugs[page_id], _("est sa propre origine, de page en page")
    for page_id, what in (
        *_origin_problems(), *_taking_problems(), *_acquaintance_problems(slugs), *_offer_problems(),
        *_suggestion_problems(),
    ):
        yield slugs.get(page_id, str(page_id)), what


def _in_a_circle(origins: dict[int, int | None]) -> Iterator[int]:
    safe: set[int] = set()
    for page_id in origins:
        path: list[int] = []
        seen: set[int] = set()
        here: int | None = page_id
        while here is not None and here not in safe and here not in seen:
            seen.add(here)
            path.append(here)
            here = origins.get(here)
        if here == page_id and path:
            yield page_id
        elif here is None or here in safe:
            safe.update(path)


def _origin_problems() -> Iterator[tuple[int, str]]:
    """Pages with an origin that nothing joins to it: neither their first revision nor a link."""
    first, parent = aliased(Revision), aliased(Revision)
    continued = (
        select(parent.id)
        .join(first, first.parent_id == parent.id)
        .where(first.page_id == Page.id, first.number == 1, parent.page_id == Page.origin_id)
    )
    linked = select(Acquaintance.page_id).where(
        Acquaintance.page_id == Page.id, Acquaintance.source_id == Page.origin_id
    )
    query = select(Page.id).where(Page.origin_id.is_not(None), ~continued.exists(), ~linked.exists())
    for page_id in db.session.execute(query).scalars():
        yield page_id, _("a une origine dont rien ne dit qu’elle vient")


def _taking_problems() -> Iterator[tuple[int, str]]:
    source, made = aliased(Revision), aliased(Revision)
    query = (
        select(
            Taking.id, Taking.page_id, Taking.source_revision_id, Taking.decisions, Taking.whole, Taking.revision_id,
            source.page_id.label("source_page"), made.page_id.label("made_page"), made.merged_id, made.action,
        )
        .outerjoin(source, source.id == Taking.source_revision_id)
        .outerjoin(made, made.id == Taking.revision_id)
        .order_by(Taking.id)
    )
    for row in db.session.execute(query.execution_options(yield_per=_AT_ONCE)):
        for what in _wrong_with_a_taking(row):
            yield row.page_id, what
    noted = select(Taking.id).where(Taking.revision_id == Revision.id)
    query = select(Revision.page_id, Revision.number).where(Revision.action == "take", ~noted.exists())
    for page_id, number in db.session.execute(query):
        yield page_id, _("les décisions dont est née la version %(number)s manquent", number=number)


def _wrong_with_a_taking(row: Any) -> Iterator[str]:
    if row.source_page is None or row.source_page == row.page_id:
        yield _("la reprise n° %(id)s ne vient d’aucune autre page", id=row.id)
    if row.revision_id is not None and (row.made_page, row.merged_id, row.action) != (
        row.page_id, row.source_revision_id, "take",
    ):
        yield _("la reprise n° %(id)s n’est pas celle de la version qu’elle nomme", id=row.id)
    choices = _choices(row.decisions)
    if not choices:
        yield _("les décisions de la reprise n° %(id)s ne peuvent plus être lues", id=row.id)
    elif row.whole and not choices.isdisjoint(_LEFT_OUT):
        yield _("la reprise n° %(id)s se dit entière, mais elle a laissé quelque chose", id=row.id)


def _choices(decisions: Any) -> set[str]:
    """The choices that were made; none where they are not what `note_taking` keeps."""
    found = set()
    for decision in decisions.values() if isinstance(decisions, dict) else ():
        if not isinstance(decision, list) or not decision or decision[0] not in _CHOICES:
            return set()
        found.add(str(decision[0]))
    return found


def _acquaintance_problems(slugs: dict[int, str]) -> Iterator[tuple[int, str]]:
    query = (
        select(
            Acquaintance.page_id, Acquaintance.source_id, Acquaintance.seen_number, Acquaintance.left,
            Acquaintance.codec, Acquaintance.known, Revision.page_id.label("seen_page"), Revision.number,
            Revision.codec.label("seen_codec"), Revision.body,
        )
        .outerjoin(Revision, Revision.id == Acquaintance.seen_id)
        .order_by(Acquaintance.page_id, Acquaintance.source_id)
    )
    for row in db.session.execute(query.execution_options(yield_per=_AT_ONCE)):
        for what in _wrong_with_an_acquaintance(row, slugs.get(row.source_id, str(row.source_id))):
            yield row.page_id, what


def _wrong_with_an_acquaintance(row: Any, source: str) -> Iterator[str]:
    if row.page_id == row.source_id or (row.seen_page, row.number) != (row.source_id, row.seen_number):
        yield _("ce qu’elle sait de « %(source)s » ne vient pas de cette page", source=source)
        return
    try:
        seen = decode(row.seen_codec, row.body)
    except ValueError:
        return  # Said already, for the revision.
    try:
        known = seen if row.codec is None else decode(row.codec, row.known)
    except ValueError as error:
        yield _("ce qu’elle sait de « %(source)s » ne peut plus être lu (%(why)s)", source=source, why=error)
        return
    if row.left < 0 or (row.left and row.left > len(history.units(known, seen))):
        yield _("le compte de ce qu’elle a laissé de « %(source)s » est faux", source=source)


def _offer_problems() -> Iterator[tuple[int, str]]:
    query = (
        select(Offer.id, Offer.page_id, Offer.source_id, Offer.state, Offer.units, Revision.page_id.label("from_page"))
        .outerjoin(Revision, Revision.id == Offer.source_revision_id)
        .where(Offer.source_id.is_not(None))
        .order_by(Offer.id)
    )
    for row in db.session.execute(query.execution_options(yield_per=_AT_ONCE)):
        if row.page_id == row.source_id or row.from_page != row.source_id:
            yield row.page_id, _("la proposition n° %(id)s n’est pas de la page qu’elle nomme", id=row.id)
        if row.state not in _STATES or not isinstance(row.units, list) or not row.units:
            yield row.page_id, _("la proposition n° %(id)s ne peut plus être lue", id=row.id)


def _suggestion_problems() -> Iterator[tuple[int, str]]:
    query = (
        select(
            Offer.id, Offer.page_id, Offer.state, OfferText.codec, OfferText.body, Revision.page_id.label("from_page")
        )
        .outerjoin(OfferText, OfferText.offer_id == Offer.id)
        .outerjoin(Revision, Revision.id == OfferText.base_id)
        .where(Offer.source_id.is_(None))
        .order_by(Offer.id, OfferText.number)
    )
    for row in db.session.execute(query.execution_options(yield_per=_AT_ONCE)):
        try:
            readable = row.state in _STATES and row.body is not None
            decode(row.codec or "plain", row.body or b"")
        except ValueError:
            readable = False
        if not readable:
            yield row.page_id or 0, _("la proposition n° %(id)s ne peut plus être lue", id=row.id)
        elif row.state == "open" and row.page_id not in (None, row.from_page):
            yield row.page_id, _("la proposition n° %(id)s n’est pas de la page qu’elle nomme", id=row.id)
