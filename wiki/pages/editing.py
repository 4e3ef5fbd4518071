"""The verbs that write: create, save, settle, restore, undo, rename.

Each takes who and what, asks permission, and answers with a small value. Every writer goes through `save`: forms,
command line, import.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from wiki import history
from wiki.accounts import Actor
from wiki.database import db, now, write_transaction
from wiki.errors import Invalid, NotFound, Problem
from wiki.history import Revision
from wiki.pages import projection, textform
from wiki.pages.addresses import (
    ADDRESSES_TRIED,
    AlreadyExists,
    address_for,
    closed,
    holder,
    next_address,
    of_title,
    slug_of,
)
from wiki.pages.facts import audience_of
from wiki.pages.licences import refusal, refusal_of_sources, require_allowed
from wiki.pages.models import Page, PageName
from wiki.pages.moderation import patrol
from wiki.pages.newcomers import require_welcome
from wiki.pages.proposing import propose, propose_page, suggestions_here
from wiki.pages.queries import SLUG_MAXIMUM, PageInfo, find, resolved
from wiki.pages.saving import (
    Conflict,
    Saved,
    Writing,
    append,
    base_revision,
    canonical,
    conflict_chunks,
    integrate,
    locked_head,
    written,
)
from wiki.pages.sources import keep_origin, told_texts
from wiki.pages.telling import require_shown
from wiki.permissions import may, require
from wiki.rendering import link_key, sections

# How long the same text sent again counts as the same form sent twice.
_SAME_FORM = timedelta(hours=1)


def create(
    actor: Actor,
    text: str,
    *,
    slug: str | None = None,
    comment: str = "",
    action: str = "create",
    created_at: datetime | None = None,
    origin: history.Text | None = None,
    visibility: str = "public",
    offer_id: int | None = None,
) -> Saved:
    """Make a new page from its whole text.

    It continues `origin`, or the page its text names as its origin. The address follows from the title (see
    `addresses`) unless `slug` says it. `visibility` says who may read it.
    Sending the same form twice makes one page. Of who may only suggest, the text waits, in the place of their
    suggestion `offer_id` where given. Raises Invalid, AlreadyExists, Forbidden.
    """
    require(actor, "suggest")
    audience = audience_of(actor, visibility)
    text = written(text, action)
    document = textform.parse(text)
    exact = slug is not None
    if slug is None:
        slug = slug_of(text)
    if not slug or slug != link_key(slug) or len(slug) > SLUG_MAXIMUM:
        raise Invalid(_("Cette adresse ne peut pas servir : gardez des lettres, des chiffres et des tirets."), "title")
    if origin is None:
        named = named_origin(actor, document)
        origin = history.read(named.id, named.head_number) if named else None
    if origin is not None:
        require_allowed(refusal(text, origin.text))
    require_welcome(actor, origin.text if origin else "", text, comment)
    if visibility == "draft" or may(actor, "create"):
        return publish(actor, slug, text, comment, action, audience, origin, created_at, exact=exact)
    if holder(actor, slug)[1]:
        raise AlreadyExists(actor, slug)
    return propose_page(
        actor, document.title, text, comment=comment, visibility=visibility, origin=origin, offer_id=offer_id
    )


def publish(
    author: Actor,
    slug: str,
    text: str,
    comment: str,
    action: str,
    audience: Mapping[str, object],
    origin: history.Text | None = None,
    when: datetime | None = None,
    beside: Callable[[int], None] = lambda _page_id: None,
    exact: bool = False,
) -> Saved:
    """Store the first revision of a page whose text and address were looked at. Who calls has asked permission.

    `beside` does what belongs to the same transaction. Unless the address must be this very one (`exact`), a page the
    author may not know of is told by nothing but the next address. Raises AlreadyExists, in the name of the author.
    """
    when = when or now()
    if not exact and audience["visibility"] != "public":
        taken, known = holder(author, slug)
        if known and taken is not None:
            return _same_creation(author, taken, slug, text)
        slug = closed(slug, audience)
    wished = slug
    for number in range(2, ADDRESSES_TRIED):
        try:
            with write_transaction():
                taken, known = holder(author, slug)
                if taken is None:
                    beside(begin(author, slug, text, audience, when, comment=comment, action=action, origin=origin))
                    return Saved(slug, 1)
        except IntegrityError:
            # Somebody else, or the same form sent twice, took the address at this very moment.
            taken, known = holder(author, slug)
            if taken is None:
                raise
        if known or exact:
            return _same_creation(author, taken, slug, text)
        slug = next_address(wished, number)
    raise AlreadyExists(author, slug)


def begin(
    actor: Actor,
    slug: str,
    text: str,
    audience: Mapping[str, Any],
    when: datetime,
    *,
    comment: str = "",
    action: str = "create",
    origin: history.Text | None = None,
) -> int:
    """Store a new page and its first revision, in the running transaction, and return its id.

    The text is canonical, the address free.
    """
    page_id = db.session.execute(
        insert(Page)
        .values(
            slug=slug,
            kind=textform.parse(text).kind,
            title="",
            title_key="",
            origin_id=origin.page_id if origin else None,
            created_at=when,
            updated_at=when,
            **audience,
        )
        .returning(Page.id)
    ).scalar_one()
    db.session.execute(insert(PageName).values(slug=slug, page_id=page_id))
    append(
        actor, page_id, slug, 1, text, before=None, base=0, comment=comment, action=action, when=when, parent=origin
    )
    return int(page_id)


def named_origin(actor: Actor, document: textform.Document) -> PageInfo | None:
    """The page a text says it is a variant of; None where there is none this actor may read."""
    named = document.fields.get("variant_of")
    return resolved(actor, [link_key(named)]).get(link_key(named)) if isinstance(named, str) else None


def require_licence(actor: Actor, text: str, page: PageInfo | None = None, started: str | None = None) -> None:
    """Raise Invalid where a text is under a licence that the texts it holds, or says it comes from, do not allow.

    `started` is the text of the page that it was written from; without a page it is to be a first one.
    """
    if page is not None:
        require_allowed(refusal_of_sources(page.id, started, text))
    if "variant_of:" in text and (page is None or page.origin_id is None):
        origin = named_origin(actor, textform.parse(text))
        if origin is not None and (page is None or origin.id != page.id):
            require_allowed(refusal(text, history.read(origin.id, origin.head_number).text))


def _same_creation(actor: Actor, page_id: int, slug: str, text: str) -> Saved:
    """The page this actor made a moment ago from the same form. Raises AlreadyExists for any other."""
    first = history.read(page_id, 1)
    if first.text == text and first.author_name == actor.name and now() - first.created_at < _SAME_FORM:
        return Saved(slug, 1, unchanged=True)
    raise AlreadyExists(actor, slug)


def save(
    actor: Actor,
    slug: str,
    text: str,
    base: object,
    *,
    comment: str = "",
    minor: bool = False,
    action: str = "edit",
) -> Saved | Conflict:
    """Save a text written from revision `base` of a page.

    What others saved since is merged; where both touched the same passage, a Conflict comes back and nothing is
    stored. The same text twice is stored once. Of who may only suggest, the text waits. Raises Invalid, NotFound,
    Moved, Forbidden.
    """
    page = find(actor, slug)
    require(actor, "suggest", page)
    started, mine = base_revision(page, base), written(text, action)
    require_welcome(actor, started.text, mine, comment)
    require_licence(actor, mine, page, started.text)
    if not may(actor, "edit", page):
        return _propose(actor, page, started, mine, comment, minor)
    if mine == started.text and started.number == page.head_number:
        return Saved(page.slug, page.head_number, unchanged=True)
    return integrate(Writing(actor, page, started, mine, comment, minor, action))


def settle(
    actor: Actor,
    slug: str,
    mine: str,
    base: object,
    head: object,
    choices: Mapping[int, str],
    *,
    comment: str = "",
    minor: bool = False,
) -> Saved | Conflict:
    """Save what a person chose in a Conflict between their text and revision `head`.

    `choices` maps the index of each contested chunk to the chosen text. Someone who saved in between is handled as in
    any save. Raises Invalid where a choice is missing.
    """
    page = find(actor, slug)
    require(actor, "suggest", page)
    started, seen = base_revision(page, base), base_revision(page, head)
    require_shown(actor, seen)
    chunks = conflict_chunks(*told_texts(actor, page.id, started.text, canonical(mine), seen.text))
    missing = [index for index, chunk in enumerate(chunks) if chunk.text is None and index not in choices]
    if missing:
        raise Invalid([Problem(_("Choisissez un texte pour ce passage."), f"choice-{index}") for index in missing])
    text = keep_origin(actor, page.id, canonical(history.resolve(chunks, choices)), seen.text)
    require_welcome(actor, seen.text, text, comment)
    require_licence(actor, text, page, seen.text)
    if not may(actor, "edit", page):
        return _propose(actor, page, seen, text, comment, minor)
    return integrate(Writing(actor, page, seen, text, comment, minor, "merge"))


def _propose(actor: Actor, page: PageInfo, started: history.Text, text: str, comment: str, minor: bool) -> Saved:
    # What it starts from may be as its author was told it.
    started = history.read(page.id, started.number)
    return propose(actor, page, started, keep_origin(actor, page.id, text, started.text), comment, minor)


def restore(actor: Actor, slug: str, number: int, *, comment: str = "") -> Saved:
    """Put an old revision back, byte for byte, as a new revision; of who may only suggest, it waits.

    But for an origin the actor may not read, on which they decide nothing: that stays as it is. Raises Invalid,
    NotFound, Forbidden.
    """
    page = find(actor, slug)
    require(actor, "suggest", page)
    old = history.read(page.id, number)
    require_shown(actor, old)
    require_welcome(actor, "", comment, field="comment")
    newest = history.read(page.id, page.head_number)
    require_licence(actor, old.text, page, newest.text)
    if not may(actor, "edit", page):
        comment = comment or _("Version %(number)s remise en place", number=number)
        return _propose_to_go_back(actor, page, newest, old.text, comment)
    with write_transaction():
        head = locked_head(page.id)
        patrol.note_undone(actor, page.id, Revision.number.between(number + 1, head.number))
        text = keep_origin(actor, page.id, old.text, head.text)
        if head.text == text:
            return Saved(page.slug, head.number, unchanged=True)
        append(
            actor,
            page.id,
            page.slug,
            head.number + 1,
            text,
            before=head,
            base=number,
            comment=comment or _("Version %(number)s remise en place", number=number),
            action="restore",
        )
    return Saved(page.slug, head.number + 1)


def undo(actor: Actor, slug: str, number: int, *, comment: str = "") -> Saved | Conflict:
    """Take back what revision `number` changed and keep everything since, by a three-way merge.

    Of who may only suggest, it waits. Raises NotFound, Forbidden, and Invalid for the first revision, which has nothing
    before it.
    """
    page = find(actor, slug)
    require(actor, "suggest", page)
    if number <= 1:
        raise Invalid(_("La première version ne peut pas être défaite : il n’y a rien avant elle."))
    undone, before = history.read(page.id, number), history.read(page.id, number - 1)
    require_shown(actor, undone, before)
    require_welcome(actor, "", comment, field="comment")
    require_licence(actor, before.text, page, undone.text)
    comment = comment or _("Version %(number)s défaite", number=number)
    if not may(actor, "edit", page):
        return _propose_to_go_back(actor, page, undone, before.text, comment)
    writing = Writing(actor, page, undone, before.text, comment, action="undo", checked=False, undone=(number,))
    return integrate(writing)


def _propose_to_go_back(actor: Actor, page: PageInfo, started: history.Text, text: str, comment: str) -> Saved:
    """Keep what going back would make until somebody answers. Raises Invalid where a text of theirs waits already."""
    mine = suggestions_here(actor, page).mine
    if mine is not None and mine.open:
        raise Invalid(_("Un texte de vous attend déjà une réponse ici. Continuez-le, ou retirez-le d’abord."))
    return propose(actor, page, started, keep_origin(actor, page.id, text, started.text), comment)


def rename(actor: Actor, slug: str, title: str, *, comment: str = "") -> Saved | Conflict:
    """Give a page another title and the address that follows from it. The old address leads to the new one.

    Raises Invalid, AlreadyExists, Forbidden.
    """
    page = find(actor, slug)
    require(actor, "rename", page)
    head = history.read(page.id, page.head_number)
    document = textform.parse(head.text)
    text = textform.serialize(document.replace(fields={**document.fields, "title": title}))
    clean = textform.read_strict(canonical(text))
    wished = of_title(clean.title)
    comment = comment or _("Renommée : « %(old)s » devient « %(new)s »", old=page.title, new=clean.title)
    mine = written(text, "rename")
    require_welcome(actor, head.text, mine, comment)
    require_licence(actor, mine, page, head.text)
    move = partial(_move, actor, page, wished)
    try:
        return integrate(Writing(actor, page, head, mine, comment, action="rename", move=move))
    except IntegrityError as error:
        raise AlreadyExists(actor, wished) from error


def _move(actor: Actor, page: PageInfo, wished: str) -> str:
    """Give a page the address it wishes, in the running transaction; the one it got. Raises AlreadyExists."""
    slug = address_for(actor, wished, {"visibility": page.visibility, "owner_id": page.owner_id}, page.id)
    if holder(actor, slug)[0] is None:
        db.session.execute(insert(PageName).values(slug=slug, page_id=page.id))
    db.session.execute(update(Page).where(Page.id == page.id).values(slug=slug))
    projection.relink({slug, page.slug})
    projection.touch(page.id)
    return slug


def section_text(text: str, anchor: str) -> str:
    """The part of a page's text under one heading, the heading included. Raises NotFound."""
    document = textform.parse(text)
    start, end = _section_span(document.body, anchor)
    return document.body[start:end].rstrip("\n") + "\n"


def with_section(text: str, anchor: str, section: str) -> str:
    """The whole text with one section replaced. Raises NotFound where `text` has no such section."""
    document = textform.parse(text)
    start, end = _section_span(document.body, anchor)
    section = section.replace("\r\n", "\n").replace("\r", "\n")
    if end < len(document.body):
        section = section.rstrip("\n") + "\n\n" if section.strip() else ""
    return textform.serialize(document.replace(body=document.body[:start] + section + document.body[end:]))


def _section_span(body: str, anchor: str) -> tuple[int, int]:
    for section in sections(body):
        if section.anchor == anchor:
            return section.start, section.end
    raise NotFound(anchor)
