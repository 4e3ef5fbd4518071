"""The one path by which a text becomes the newest revision of a page.

A save never silently replaces what somebody else wrote since: it joins both, or it says where a person must choose.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import bindparam, select

from wiki import history
from wiki.accounts import Actor
from wiki.database import db, now, write_transaction
from wiki.errors import Invalid, Problem
from wiki.history import Chunk, Revision
from wiki.pages import closed_words, projection, textform
from wiki.pages.licences import refusal_of_sources, require_allowed
from wiki.pages.models import Page
from wiki.pages.moderation import acts, patrol
from wiki.pages.newcomers import UNWANTED_SLUG
from wiki.pages.queries import PageInfo
from wiki.pages.sources import keep_origin, told_texts
from wiki.pages.telling import reads_text, told_to
from wiki.permissions import may

COMMENT_MAXIMUM = 300
SUMMARY_SECTIONS = 20
_ATTEMPTS_OUTSIDE_THE_LOCK = 3
_HEAD_NUMBER = select(Page.head_number).where(Page.id == bindparam("page_id"))
_LOCKED_HEAD_NUMBER = _HEAD_NUMBER.with_for_update()


@dataclass(frozen=True)
class Saved:
    """The text is stored, or was already: `merged_with` names those whose changes joined it.

    Where it waits for somebody's answer, `offer` is the number of the suggestion; a page to make has no slug yet.
    With `unchanged`, it is that of an earlier text of the same person, which still waits.
    """

    slug: str
    number: int
    merged_with: tuple[str, ...] = ()
    unchanged: bool = False
    offer: int | None = None


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
    # Not two people at once, but a change taken back from under what was written since.
    undoing: bool = False
    # What was written before must not be shown.
    base_hidden: bool = False

    @property
    def contested(self) -> list[int]:
        """Indexes of the chunks that need a decision."""
        return [index for index, chunk in enumerate(self.chunks) if chunk.text is None]


@dataclass(frozen=True)
class Writing:
    """Somebody's text for a page and what it was written from.

    `checked` says that a joined text must keep the rules of its kind; undoing may bring back a text from before them.
    `undone` are the numbers of the revisions whose changes it takes back. `move` gives the page another address where
    the text is stored, in the same transaction, and says which.
    """

    actor: Actor
    page: PageInfo
    started: history.Text
    mine: str
    comment: str = ""
    minor: bool = False
    action: str = "edit"
    checked: bool = True
    undone: Sequence[int] = ()
    move: Callable[[], str] | None = None


def canonical(text: str) -> str:
    """The canonical form of a text this wiki accepts. Raises Invalid."""
    return textform.canonical(text, maximum=current_app.config["WIKI"]["MAX_TEXT"])


def written(text: str, action: str) -> str:
    """The canonical form of what a person wrote, which has a title; a file's name may stand for one. Raises Invalid."""
    text = canonical(text)
    if action != "import" and not text.startswith("---\n") and not textform.parse(text).title:
        raise Invalid(_("Donnez un titre à cette page."), "title")
    return text


def base_revision(page: PageInfo, base: object) -> history.Text:
    """The revision an author started from: itself, or the number their form sent. Raises Invalid."""
    if isinstance(base, history.Text) and base.page_id == page.id:
        return base
    text = str(base).strip()
    if not text.isascii() or not text.isdigit() or len(text) > 9 or not 1 <= int(text) <= page.head_number:
        raise Invalid(
            _("La version de départ de ce texte est inconnue. Copiez votre texte, rouvrez la page et collez-le."),
            "base",
        )
    return history.read(page.id, int(text))


def _locked_head_number(page_id: int) -> int:
    return int(db.session.execute(_LOCKED_HEAD_NUMBER, {"page_id": page_id}).scalar_one())


def locked_head(page_id: int) -> history.Text:
    """The newest revision of a page, which nobody can overtake while the running write transaction lasts."""
    return history.read(page_id, _locked_head_number(page_id))


def integrate(writing: Writing) -> Saved | Conflict:
    """Join a text with the head of its page, and store the result as the next revision.

    Merging happens outside the lock, on the head as it was read; under the lock the head is looked at again.
    """
    page, started = writing.page, writing.started
    head = started if started.number == page.head_number else history.read(page.id, page.head_number)
    for attempt in range(_ATTEMPTS_OUTSIDE_THE_LOCK + 1):
        result = _joined(writing, head)
        if isinstance(result, Conflict):
            return result
        with write_transaction():
            number = _locked_head_number(page.id)
            if number != head.number:
                head = history.read(page.id, number)
                if attempt < _ATTEMPTS_OUTSIDE_THE_LOCK:
                    continue
                result = _joined(writing, head)
                if isinstance(result, Conflict):
                    return result
            if writing.undone:
                patrol.note_undone(writing.actor, page.id, Revision.number.in_(writing.undone))
            slug = writing.move() if writing.move else page.slug
            if result == head.text:
                return Saved(slug, head.number, unchanged=True)
            others = tuple(name for name in _authors_since(writing, head) if name != writing.actor.name)
            append(
                writing.actor,
                page.id,
                slug,
                head.number + 1,
                result,
                before=head,
                base=started.number,
                comment=writing.comment,
                minor=writing.minor,
                action=writing.action,
            )
        return Saved(slug, head.number + 1, merged_with=others)
    raise AssertionError("the last attempt holds the lock")  # pragma: no cover


def _joined(writing: Writing, head: history.Text) -> str | Conflict:
    """The text that joins both sides, or the Conflict a person must settle.

    Joined is what the author may be told of all three texts: they decide nothing on an origin they may not read.
    """
    actor, page = writing.actor, writing.page
    ancestor, mine, theirs = told_texts(actor, page.id, writing.started.text, writing.mine, head.text)
    if theirs in (ancestor, mine):
        return keep_origin(actor, page.id, mine, head.text)
    chunks: Sequence[Chunk] = history.merge3(ancestor, mine, theirs)
    joined = history.joined(chunks)
    problems: tuple[Problem, ...] = ()
    if joined is not None:
        try:
            whole = joined if joined == mine or not writing.checked else canonical(joined)
            return keep_origin(actor, page.id, whole, head.text)
        except Invalid as error:
            # Each side was right by itself; together they break a rule of the kind, so a person decides.
            problems = tuple(error.problems)
            chunks = [Chunk(ancestor, mine, theirs, None)]
    return Conflict(
        writing.page.slug,
        writing.started.number,
        head.number,
        mine,
        tuple(chunks),
        _authors_since(writing, head),
        problems,
        undoing=writing.action == "undo",
        base_hidden=not reads_text(writing.actor, writing.started),
    )


def _authors_since(writing: Writing, head: history.Text) -> tuple[str, ...]:
    """Who saved between the text's start and the head, newest first, each once."""
    if head.number == writing.started.number:
        return ()
    entries = [told_to(writing.actor, entry) for entry in history.history(writing.page.id, limit=50)]
    return tuple(dict.fromkeys(entry.author_name for entry in entries if entry.number > writing.started.number))


def conflict_chunks(ancestor: str, mine: str, theirs: str) -> list[Chunk]:
    """The chunks a Conflict shows; one chunk over everything where the parts agree but their sum breaks a rule."""
    chunks = history.merge3(ancestor, mine, theirs)
    joined = history.joined(chunks)
    if joined is not None and joined not in (mine, theirs):
        try:
            canonical(joined)
        except Invalid:
            return [Chunk(ancestor, mine, theirs, None)]
    return chunks


def append(
    actor: Actor,
    page_id: int,
    slug: str,
    number: int,
    text: str,
    *,
    before: history.Text | None,
    base: int,
    comment: str = "",
    minor: bool = False,
    action: str = "edit",
    when: datetime | None = None,
    parent: history.Text | None = None,
    merged: history.Text | None = None,
) -> int:
    """Store revision `number`, which continues `before`, and its projections, in the running transaction.

    `parent` is what the first revision of a page continues, in another page; `merged` what was brought in from one.
    Returns the id of the revision. Raises Invalid where the licence is not one its sources allow.
    """
    require_allowed(refusal_of_sources(page_id, before.text if before else None, text, parent))
    when = when or now()
    revision_id = history.append(
        page_id=page_id,
        number=number,
        text=text,
        author_id=actor.id,
        author_name=actor.name,
        guest_key=actor.guest_key,
        comment=clean_comment(comment),
        minor=minor,
        action=action,
        base_number=base,
        parent_id=before.id if before else parent.id if parent else None,
        merged_id=merged.id if merged else None,
        size_before=before.size if before else 0,
        changes=summarise(before.text, text) if before else [],
        created_at=when,
    )
    projection.project(page_id, slug, text, number, revision_id, when)
    closed_words.keep(page_id)
    if action != "accept":
        # A suggestion was read by who took it.
        patrol.begin(actor, revision_id)
    if slug == UNWANTED_SLUG and may(actor, "edit_protected"):
        acts.note(actor, "words", page_id=page_id, number=number)
    return revision_id


def clean_comment(comment: str) -> str:
    """A summary on one line, readable, cut where it is too long."""
    kept = "".join(character if character.isprintable() else " " for character in comment)
    return " ".join(kept.encode("utf-8", "replace").decode().split())[:COMMENT_MAXIMUM]


def summarise(before: str, after: str) -> list[list[Any]]:
    """What changed in each section or field, as data a history can put into words.

    One list for each: [kind, title, lines added, lines removed, whether it is a field].
    """
    return [
        [change.kind, change.title[:120], change.lines_added, change.lines_removed, change.field]
        for change in history.section_changes(before, after)[:SUMMARY_SECTIONS]
    ]
