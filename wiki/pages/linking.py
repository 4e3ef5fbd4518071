"""Copies that already exist: finding where the words of a page come from, making it a variant, undoing that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _
from sqlalchemy import select, union_all, update
from sqlalchemy.orm import aliased

from wiki import history
from wiki.accounts import Actor
from wiki.database import db, write_transaction
from wiki.errors import Invalid
from wiki.history import Knowledge, Revision
from wiki.pages import projection, textform
from wiki.pages.editing import named_origin
from wiki.pages.licences import refusal, require_allowed
from wiki.pages.models import Fingerprint, Page
from wiki.pages.queries import PageInfo, as_open_as, by_ids, current, find
from wiki.pages.saving import append, locked_head
from wiki.permissions import may, require

LEAST_SHARE = 0.25
"""From this part on, words in common are more than a quotation."""
LEAST_WORDS = 30
MOST_SHOWN = 3
# What bounds the search: marks looked up, pages read for each, texts compared.
_MARKS_SOUGHT = 64
_PAGES_A_MARK = 50
_TEXTS_COMPARED = 6
_REVISIONS_COMPARED = 16


@dataclass(frozen=True)
class Lookalike:
    """A page that holds `share` (0 to 1) of the words of another; why they may not be linked, where that is so."""

    page: PageInfo
    share: float
    refusal: str = ""

    @property
    def percent(self) -> int:
        return round(100 * self.share)


@dataclass(frozen=True)
class Lookalikes:
    """Where the words of a page seem to come from, and which pages seem to come from it; most in common first."""

    origins: Sequence[Lookalike] = ()
    variants: Sequence[Lookalike] = ()


def resembling(actor: Actor, text: str) -> list[Lookalike]:
    """The pages this actor may read in which much of a text stands that is no page yet."""
    found = [(one, there) for one, _back, there in _compared(actor, text, None) if one.share >= LEAST_SHARE]
    return [replace(one, refusal=_refusal(text, one.page, there)) for one, there in found[:MOST_SHOWN]]


def lookalikes(actor: Actor, page: PageInfo) -> Lookalikes:
    """Pages this one could be linked to, as far as this actor may read and change them. Bounded, whatever the wiki.

    An origin is older than what comes from it; what belongs together already is left out. An event holds the list of
    the recipe it follows: that makes it no variant.
    """
    origins, variants = [], []
    text = history.read(page.id, page.head_number).text
    for found, back, there in _compared(actor, text, page):
        other, older = found.page, found.page.id < page.id
        if {page.kind, other.kind} == {"event", "recipe"}:
            continue
        if max(found.share, back) < LEAST_SHARE or comes_from(*((other.id, page.id) if older else (page.id, other.id))):
            continue
        if older and page.origin_id is None and found.share >= LEAST_SHARE and _may_name(page, other):
            origins.append((found, there))
        elif (
            not older and other.origin_id is None and back >= LEAST_SHARE and may(actor, "edit", other)
            and _may_name(other, page)
        ):
            variants.append((Lookalike(other, back), there))
    variants.sort(key=lambda pair: -pair[0].share)
    return Lookalikes(
        [replace(one, refusal=_refusal(text, one.page, there)) for one, there in origins[:MOST_SHOWN]],
        [replace(one, refusal=_refusal(there, page, text)) for one, there in variants[:MOST_SHOWN]],
    )


def _refusal(text: str, origin: PageInfo, newest: str) -> str:
    """Why a text may not be linked to an origin, whose text is `newest`: what `link` would say."""
    reason = refusal(text, newest)
    # It comes from one version of it: that costs to find, and is sought where the newest one would not do.
    return refusal(text, _best_base(text, origin).text) if reason and origin.head_number > 1 else reason


def _compared(actor: Actor, text: str, page: PageInfo | None) -> list[tuple[Lookalike, float, str]]:
    """Each page with words in common: which part of the text it holds, and the text of it, which is told too."""
    words = history.Words(text)
    if len(words) < LEAST_WORDS:
        return []
    found = []
    for other in _candidates(actor, text, page.id if page else 0):
        its_text = history.read(other.id, other.head_number).text
        there = history.Words(its_text)
        back = there.share(words) if len(there) >= LEAST_WORDS else 0.0
        found.append((Lookalike(other, words.share(there)), back, its_text))
    return sorted(found, key=lambda one: (-one[0].share, one[0].page.id))


def _candidates(actor: Actor, text: str, page_id: int) -> list[PageInfo]:
    sought = sorted(history.marks(text))[:_MARKS_SOUGHT]
    holders = [
        select(Fingerprint.page_id)
        .join(Page, Page.id == Fingerprint.page_id)
        .where(Fingerprint.mark == mark, Page.id != page_id, current(actor))
        .order_by(Fingerprint.page_id)
        .limit(_PAGES_A_MARK)
        .subquery()
        for mark in sought
    ]
    if not holders:
        return []
    rows = db.session.execute(union_all(*[select(one.c.page_id) for one in holders])).scalars()
    most = sorted(Counter(rows).items(), key=lambda pair: (-pair[1], pair[0]))[:_TEXTS_COMPARED]
    known = by_ids(actor, [other for other, _count in most])
    return [known[other] for other, _count in most if other in known]


def link(actor: Actor, slug: str, origin_slug: str) -> None:
    """Make an existing page a variant of another. The best common base is looked for in that page's history.

    A new revision of the page says so and credits everybody up to that base. Raises Invalid where that would close a
    circle, where the page has an origin already or where the licences forbid it; NotFound, Forbidden.
    """
    page = find(actor, slug)
    require(actor, "edit", page)
    origin = find(actor, origin_slug)
    if page.origin_id is not None:
        raise Invalid(_("Cette page a déjà une page d’origine : défaites d’abord ce lien."), "origin")
    if origin.id == page.id or comes_from(origin.id, page.id):
        raise Invalid(_("Une page ne peut pas venir d’elle-même ni de ses propres variantes."), "origin")
    if not _may_name(page, origin):
        raise Invalid(
            _("L’autre page est lue par moins de monde. Changez d’abord qui peut la lire."), "origin"
        )
    head = history.read(page.id, page.head_number)
    base = _best_base(head.text, origin)
    require_allowed(refusal(head.text, base.text))
    with write_transaction():
        if comes_from(origin.id, page.id):
            raise Invalid(_("Quelqu’un modifiait cette page au même instant ; recommencez."))
        _append(actor, page, head, origin.slug, base)
        _join(page, origin, base)


def link_named(actor: Actor, slug: str) -> bool:
    """Link a page to the one its text says it is a variant of, where that was not done; whether it was now.

    Raises Invalid as `link` does.
    """
    origin = _named(actor, find(actor, slug))
    if origin is not None:
        link(actor, slug, origin.slug)
    return origin is not None


def link_sown(actor: Actor, slug: str) -> None:
    """The same for a page of the starting library, whose history stays as it was sown."""
    page = find(actor, slug)
    if (origin := _named(actor, page)) is not None:
        base = _best_base(history.read(page.id, page.head_number).text, origin)
        with write_transaction():
            _join(page, origin, base)


def _named(actor: Actor, page: PageInfo) -> PageInfo | None:
    if page.origin_id is not None:
        return None
    origin = named_origin(actor, textform.parse(history.read(page.id, page.head_number).text))
    if origin is None or origin.id == page.id or comes_from(origin.id, page.id) or not _may_name(page, origin):
        return None
    return origin


def unlink(actor: Actor, slug: str) -> None:
    """Let a page be no variant any more. What it holds of the other's words, or took since, stays credited.

    Raises Invalid, NotFound, Forbidden.
    """
    page = find(actor, slug)
    require(actor, "edit", page)
    if page.origin_id is None:
        raise Invalid(_("Cette page n’est la variante d’aucune autre."))
    origin_id = page.origin_id
    head = history.read(page.id, page.head_number)
    base = _base_still_said(head, origin_id) or _untold_base(page.id, origin_id)
    with write_transaction() as session:
        _append(actor, page, head, None, base)
        session.execute(update(Page).where(Page.id == page.id).values(origin_id=None))
        history.forget(page.id, origin_id)
        history.forget(origin_id, page.id)
        projection.touch(page.id, counted=True)
        projection.restamp([origin_id])


def _base_still_said(head: history.Text, origin_id: int) -> history.Text | None:
    """The revision of its origin that a page was linked to, where much of one stands in the other; None elsewhere."""
    source = aliased(Revision)
    linked = (
        select(Revision.merged_id)
        .join(source, source.id == Revision.merged_id)
        .where(Revision.page_id == head.page_id, Revision.action == "link", source.page_id == origin_id)
        .order_by(Revision.number.desc())
        .limit(1)
    )
    revision_id = db.session.execute(linked).scalar_one_or_none()
    if revision_id is None:
        return None
    base = history.read_by_id(revision_id)
    here, there = history.Words(head.text), history.Words(base.text)
    return base if max(here.share(there), there.share(here)) >= LEAST_SHARE else None


def _untold_base(page_id: int, origin_id: int) -> history.Text | None:
    """What a page looked at last in its origin, where no revision of it says yet that it ever came from there.

    So it is with pages of the starting library: what they were must be known, should that origin be closed one day.
    """
    source = aliased(Revision)
    said = (
        select(Revision.id)
        .join(source, source.id.in_((Revision.parent_id, Revision.merged_id)))
        .where(Revision.page_id == page_id, source.page_id == origin_id)
    )
    known = history.knowledge(page_id, origin_id)
    if known is None or db.session.execute(said.limit(1)).first() is not None:
        return None
    return history.read_by_id(known.seen_id)


def comes_from(page_id: int, ancestor_id: int) -> bool:
    """Whether a page is the other or one of its descendants, read or not."""
    seen: set[int] = set()
    current_id: int | None = page_id
    while current_id is not None and current_id not in seen:
        if current_id == ancestor_id:
            return True
        seen.add(current_id)
        current_id = db.session.execute(select(Page.origin_id).where(Page.id == current_id)).scalar_one_or_none()
    return False


def _may_name(page: PageInfo, origin: PageInfo) -> bool:
    """Whether whoever may read a page may read its origin too, which the page will name."""
    return db.session.execute(select(Page.id).where(Page.id == origin.id, as_open_as(page))).first() is not None


def _join(page: PageInfo, origin: PageInfo, base: history.Text) -> None:
    """Note, in the running transaction, that a page comes from another and from which of its revisions."""
    db.session.execute(
        update(Page).where(Page.id == page.id, Page.origin_id.is_(None)).values(origin_id=origin.id)
    )
    history.know(page.id, origin.id, Knowledge(base.text, base.id, base.number))
    projection.touch(page.id, counted=True)
    projection.restamp([origin.id])


def _append(
    actor: Actor, page: PageInfo, head: history.Text, origin_slug: str | None, base: history.Text | None
) -> None:
    """Say in a new revision, in the running transaction, what a page is a variant of, or that it is none."""
    if locked_head(page.id).number != head.number:
        raise Invalid(_("Quelqu’un modifiait cette page au même instant ; recommencez."))
    document = textform.parse(head.text)
    text = head.text
    if "variant_of" in {field.name for field in document.declaration.fields}:
        fields = {name: value for name, value in document.fields.items() if name != "variant_of"}
        if origin_slug:
            fields["variant_of"] = origin_slug
            # What a variant changes is asked for; until somebody says it, its title does.
            fields.setdefault("variant_notes", document.title or page.title)
        text = textform.serialize(document.replace(fields=fields))
    append(
        actor, page.id, page.slug, head.number + 1, text, before=head, base=head.number, merged=base,
        comment="", action="link" if origin_slug else "unlink",
    )


def _best_base(text: str, origin: PageInfo) -> history.Text:
    """The revision of `origin` most like a text; of equals the newest. Long histories are looked at ever closer."""
    words = history.Words(text)
    low, high = 1, origin.head_number
    seen: dict[int, tuple[float, history.Text]] = {}
    while True:
        step = max(1, -(-(high - low) // (_REVISIONS_COMPARED - 1)))
        for number in {*range(low, high + 1, step), high} - seen.keys():
            revision = history.read(origin.id, number)
            seen[number] = words.likeness(history.Words(revision.text)), revision
        best = max(seen, key=lambda number: (seen[number][0], number))
        if step == 1:
            return seen[best][1]
        low, high = max(1, best - step), min(origin.head_number, best + step)
