"""The verbs: create, save, restore, undo, rename, archive, protect.

Each takes who and what, asks permission, and answers with a small value. Every writer goes through `save`: forms,
command line, import. A save never silently replaces what somebody else wrote since: it merges, or it asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from wiki import history
from wiki.accounts import Actor
from wiki.database import db, now, write_transaction
from wiki.errors import Invalid, NotFound, Problem
from wiki.history import Chunk
from wiki.pages import projection, textform
from wiki.pages.models import Page, PageName
from wiki.pages.queries import SLUG_MAXIMUM, PageInfo, find
from wiki.permissions import require
from wiki.rendering import link_key, sections

COMMENT_MAXIMUM = 300
_ATTEMPTS_OUTSIDE_THE_LOCK = 3


@dataclass(frozen=True)
class Saved:
    """The text is stored, or was already: `merged_with` names those whose changes joined it."""

    slug: str
    number: int
    merged_with: tuple[str, ...] = ()
    unchanged: bool = False


@dataclass(frozen=True)
class Conflict:
    """A person must choose. `mine` is what they wrote from `base`; `theirs` what stands now at number `head`."""

    slug: str
    base: int
    head: int
    mine: str
    chunks: Sequence[Chunk]
    authors: tuple[str, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def contested(self) -> list[int]:
        """Indexes of the chunks that need a decision."""
        return [index for index, chunk in enumerate(self.chunks) if chunk.text is None]


class AlreadyExists(Invalid):
    """A page stands at this address."""

    def __init__(self, slug: str, title: str) -> None:
        self.slug = slug
        super().__init__(_("Une page « %(title)s » existe déjà. Ouvrez-la, ou changez de titre.", title=title), "title")


def _clean_comment(comment: str) -> str:
    kept = "".join(character if character.isprintable() else " " for character in comment)
    return " ".join(kept.encode("utf-8", "replace").decode().split())[:COMMENT_MAXIMUM]


def _canonical(text: str) -> str:
    return textform.canonical(text, maximum=current_app.config["WIKI"]["MAX_TEXT"])


def create(
    actor: Actor,
    text: str,
    *,
    slug: str | None = None,
    comment: str = "",
    action: str = "create",
    created_at: datetime | None = None,
) -> Saved:
    """Make a new page from its whole text.

    The address follows from the title unless `slug` says it. Sending the same form twice makes one page. Raises
    Invalid, AlreadyExists, Forbidden.
    """
    require(actor, "create")
    text = _canonical(text)
    document = textform.parse(text)
    if slug is None:
        slug = link_key(document.title)[:SLUG_MAXIMUM].strip("-")
    if not slug or slug != link_key(slug) or len(slug) > SLUG_MAXIMUM:
        raise Invalid(_("Cette adresse ne peut pas servir : gardez des lettres, des chiffres et des tirets."), "title")
    when = created_at or now()
    try:
        with write_transaction() as session:
            taken = session.execute(select(PageName.page_id).where(PageName.slug == slug)).scalar_one_or_none()
            if taken is not None:
                return _same_creation(actor, taken, slug, text)
            page_id = session.execute(
                insert(Page)
                .values(slug=slug, kind=document.kind, title="", title_key="", created_at=when, updated_at=when)
                .returning(Page.id)
            ).scalar_one()
            session.execute(insert(PageName).values(slug=slug, page_id=page_id))
            _append(
                actor, page_id, slug, 1, text, before="", base=0, parent=None, comment=comment, action=action, when=when
            )
    except IntegrityError as error:
        raise AlreadyExists(slug, document.title) from error
    return Saved(slug, 1)


def _same_creation(actor: Actor, page_id: int, slug: str, text: str) -> Saved:
    first = history.read(page_id, 1)
    if first.text == text and first.author_name == actor.name and (now() - first.created_at).total_seconds() < 3600:
        return Saved(slug, 1, unchanged=True)
    title = db.session.execute(select(Page.title).where(Page.id == page_id)).scalar_one()
    raise AlreadyExists(slug, title)


def _append(
    actor: Actor,
    page_id: int,
    slug: str,
    number: int,
    text: str,
    *,
    before: str,
    base: int,
    parent: int | None,
    comment: str = "",
    minor: bool = False,
    action: str = "edit",
    when: datetime | None = None,
) -> None:
    """Store revision `number` and its projections in the running transaction."""
    when = when or now()
    changed = [] if number == 1 else summarise(before, text)
    revision_id = history.append(
        page_id=page_id,
        number=number,
        text=text,
        author_id=actor.id,
        author_name=actor.name,
        comment=_clean_comment(comment),
        minor=minor,
        action=action,
        base_number=base,
        parent_id=parent,
        size_before=len(before),
        changes=changed,
        created_at=when,
    )
    projection.project(page_id, slug, text, number, revision_id, when)


def summarise(before: str, after: str) -> list[list[Any]]:
    """What changed, per section or field, as data a history can put into words: [kind, title, added, removed, field]."""
    return [
        [change.kind, change.title[:120], change.lines_added, change.lines_removed, change.field]
        for change in history.section_changes(before, after)[:20]
    ]


def base_revision(page: PageInfo, base: object) -> history.Text:
    """The revision an author started from, from what their form sent. Raises Invalid."""
    text = str(base).strip()
    if not text.isascii() or not text.isdigit() or len(text) > 9 or not 1 <= int(text) <= page.head_number:
        raise Invalid(
            _("La version de départ de ce texte est inconnue. Copiez votre texte, rouvrez la page et collez-le."),
            "base",
        )
    return history.read(page.id, int(text))


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
    stored. The same text twice is stored once. Raises Invalid, NotFound, Moved, Forbidden.
    """
    page = find(actor, slug)
    require(actor, "edit", page)
    started = base_revision(page, base)
    mine = _canonical(text)
    if mine == started.text and started.number == page.head_number:
        return Saved(page.slug, page.head_number, unchanged=True)
    return _integrate(
        actor,
        page,
        started.text,
        started.number,
        mine,
        comment=comment,
        minor=minor,
        action=action,
        base=started.number,
    )


def _integrate(
    actor: Actor,
    page: PageInfo,
    ancestor: str,
    since: int,
    mine: str,
    *,
    base: int,
    comment: str,
    minor: bool = False,
    action: str = "edit",
    validate: bool = True,
) -> Saved | Conflict:
    """Join `mine`, written from `ancestor`, with the head, and store the result as the next revision.

    Merging happens outside the lock, on the head as it was read; under the lock the head is looked at again. `since`
    is the revision number after which other authors count as having joined.
    """
    for attempt in range(_ATTEMPTS_OUTSIDE_THE_LOCK + 1):
        head = history.read(page.id, _head_number(page.id))
        result = _joined(page, ancestor, mine, head, since, base, validate)
        if isinstance(result, Conflict):
            return result
        if result == head.text:
            return Saved(page.slug, head.number, unchanged=True)
        others = _other_authors(actor, page.id, since)
        with write_transaction():
            number = _head_number(page.id, lock=True)
            if number != head.number:
                if attempt < _ATTEMPTS_OUTSIDE_THE_LOCK:
                    continue
                head = history.read(page.id, number)
                again = _joined(page, ancestor, mine, head, since, base, validate)
                if isinstance(again, Conflict):
                    return again
                result = again
            _append(
                actor,
                page.id,
                page.slug,
                head.number + 1,
                result,
                before=head.text,
                base=base,
                parent=head.id,
                comment=comment,
                minor=minor,
                action=action,
            )
        return Saved(page.slug, head.number + 1, merged_with=others)
    raise AssertionError("the last attempt holds the lock")  # pragma: no cover


def _head_number(page_id: int, lock: bool = False) -> int:
    query = select(Page.head_number).where(Page.id == page_id)
    if lock:
        query = query.with_for_update()
    return int(db.session.execute(query).scalar_one())


def _joined(
    page: PageInfo, ancestor: str, mine: str, head: history.Text, since: int, base: int, validate: bool
) -> str | Conflict:
    """The text that joins both sides, or the Conflict a person must settle."""
    if head.text == ancestor or head.text == mine:
        return mine
    chunks = history.merge3(ancestor, mine, head.text)
    joined = history.joined(chunks)
    problems: tuple[Problem, ...] = ()
    if joined is not None:
        if joined == mine or not validate:
            return joined
        try:
            return _canonical(joined)
        except Invalid as error:
            # Each side was right by itself; together they break a rule of the kind, so a person decides.
            problems = tuple(error.problems)
            chunks = [Chunk(ancestor, mine, head.text, None)]
    return Conflict(page.slug, base, head.number, mine, tuple(chunks), _authors_after(page.id, since), problems)


def _authors_after(page_id: int, since: int) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for entry in history.history(page_id, limit=50):
        if entry.number <= since:
            break
        names[entry.author_name] = None
    return tuple(names)


def _other_authors(actor: Actor, page_id: int, since: int) -> tuple[str, ...]:
    return tuple(name for name in _authors_after(page_id, since) if name != actor.name)


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
    require(actor, "edit", page)
    started, seen = base_revision(page, base), base_revision(page, head)
    chunks = conflict_chunks(started.text, _canonical(mine), seen.text)
    missing = [index for index, chunk in enumerate(chunks) if chunk.text is None and index not in choices]
    if missing:
        raise Invalid([Problem(_("Choisissez un texte pour ce passage."), f"choice-{index}") for index in missing])
    text = _canonical(history.resolve(chunks, choices))
    return _integrate(
        actor, page, seen.text, seen.number, text, comment=comment, minor=minor, base=seen.number, action="merge"
    )


def conflict_chunks(ancestor: str, mine: str, theirs: str) -> list[Chunk]:
    """The chunks a Conflict shows; one chunk over everything where the parts agree but their sum breaks a rule."""
    chunks = history.merge3(ancestor, mine, theirs)
    joined = history.joined(chunks)
    if joined is not None and joined not in (mine, theirs):
        try:
            _canonical(joined)
        except Invalid:
            return [Chunk(ancestor, mine, theirs, None)]
    return chunks


def restore(actor: Actor, slug: str, number: int, *, comment: str = "") -> Saved:
    """Put an old revision back, byte for byte, as a new revision. Raises NotFound, Forbidden."""
    page = find(actor, slug)
    require(actor, "edit", page)
    old = history.read(page.id, number)
    with write_transaction():
        head = history.read(page.id, _head_number(page.id, lock=True))
        if head.text == old.text:
            return Saved(page.slug, head.number, unchanged=True)
        _append(
            actor,
            page.id,
            page.slug,
            head.number + 1,
            old.text,
            before=head.text,
            base=number,
            parent=head.id,
            comment=comment or _("Version %(number)s remise en place", number=number),
            action="restore",
        )
    return Saved(page.slug, head.number + 1)


def undo(actor: Actor, slug: str, number: int, *, comment: str = "") -> Saved | Conflict:
    """Take back what revision `number` changed and keep everything since, by a three-way merge.

    Raises NotFound, Forbidden, and Invalid for the first revision, which has nothing before it.
    """
    page = find(actor, slug)
    require(actor, "edit", page)
    if number <= 1:
        raise Invalid(_("La première version ne peut pas être défaite : il n'y a rien avant elle."))
    undone, before = history.read(page.id, number), history.read(page.id, number - 1)
    comment = comment or _("Version %(number)s défaite", number=number)
    return _integrate(
        actor, page, undone.text, number, before.text, base=number, comment=comment, action="undo", validate=False
    )


def rename(actor: Actor, slug: str, title: str, *, comment: str = "") -> Saved | Conflict:
    """Give a page another title and the address that follows from it. The old address leads to the new one.

    Raises Invalid, AlreadyExists, Forbidden.
    """
    page = find(actor, slug)
    require(actor, "rename", page)
    head = history.read(page.id, page.head_number)
    document = textform.parse(head.text)
    text = textform.serialize(document.replace(fields={**document.fields, "title": title}))
    clean = textform.read_strict(_canonical(text))
    new_slug = link_key(clean.title)[:SLUG_MAXIMUM].strip("-")
    try:
        with write_transaction() as session:
            owner = session.execute(select(PageName.page_id).where(PageName.slug == new_slug)).scalar_one_or_none()
            if owner is not None and owner != page.id:
                raise AlreadyExists(new_slug, clean.title)
            if owner is None:
                session.execute(insert(PageName).values(slug=new_slug, page_id=page.id))
            session.execute(update(Page).where(Page.id == page.id).values(slug=new_slug))
            projection.relink({new_slug, page.slug})
            projection.touch(page.id)
    except IntegrityError as error:
        raise AlreadyExists(new_slug, clean.title) from error
    comment = comment or _("Renommée : « %(old)s » devient « %(new)s »", old=page.title, new=clean.title)
    return save(actor, new_slug, text, head.number, comment=comment, action="rename")


def archive(actor: Actor, slug: str) -> None:
    """Take a page out of sight, with its history, until somebody brings it back. Raises Forbidden."""
    _set_fact(actor, slug, "archive", archived_at=now())


def unarchive(actor: Actor, slug: str) -> None:
    """Bring an archived page back as it was. Raises Forbidden."""
    _set_fact(actor, slug, "archive", archived_at=None)


def protect(actor: Actor, slug: str, protected: bool) -> None:
    """Let only moderators change a page, or everybody again. Raises Forbidden."""
    _set_fact(actor, slug, "protect", protected=protected)


def _set_fact(actor: Actor, slug: str, action: str, **values: Any) -> None:
    page = find(actor, slug)
    require(actor, action, page)
    with write_transaction() as session:
        session.execute(update(Page).where(Page.id == page.id).values(**values))
        if "archived_at" in values:
            projection.relink({page.slug, link_key(page.title)})
        projection.touch(page.id)


def section_text(text: str, anchor: str) -> str:
    """The part of a page's text under one heading, the heading included. Raises NotFound."""
    document = textform.parse(text)
    start, end = _section_span(document.body, anchor)
    return document.body[start:end]


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
