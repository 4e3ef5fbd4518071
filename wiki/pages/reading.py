"""Opening a page for a reader: its fields, its safe HTML, the pages that name it.

The HTML is computed once for each revision, stamp and renderer version and kept in the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.exc import SQLAlchemyError

from wiki import history
from wiki.accounts import Actor
from wiki.database import db, now, write_transaction
from wiki.errors import Moved, NotFound
from wiki.pages import editions, reviews, textform, trials
from wiki.pages.attribution import credited
from wiki.pages.editions import Programme
from wiki.pages.kinds import KINDS
from wiki.pages.models import Rendered
from wiki.pages.projection import links
from wiki.pages.queries import Naming, PageInfo, find, link_targets, named_by, resolved
from wiki.pages.references import Stray, strays
from wiki.pages.reviews import Figures
from wiki.pages.sources import told_revision, told_text, told_to_readers, without_closed_sources
from wiki.pages.telling import require_shown, told_to
from wiki.pages.textform import Document
from wiki.pages.trials import Trials
from wiki.pages.variants import ALONE, Standing, differences, standing_and_drawing
from wiki.rendering import RENDERER_VERSION, Labels, LinkTarget, TocEntry, plain_text, render, sections
from wiki.rendering import Rendered as Drawn

AUTHORS_SHOWN = 50


@dataclass(frozen=True)
class Reading:
    """What a reader sees of a page. `targets` gives url and title of each page its links lead to, by link key."""

    page: PageInfo
    document: Document
    html: str
    toc: tuple[TocEntry, ...]
    whole: bool
    targets: Mapping[str, LinkTarget]
    authors: tuple[str, ...]
    named_by: tuple[Naming, ...] = ()
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    differs: tuple[tuple[str, str, bool], ...] = ()
    trials: Trials | None = None
    programme: Programme | None = None
    figures: Figures | None = None
    standing: Standing = ALONE
    strays: tuple[Stray, ...] = ()

    def named(self, field_name: str, kind: str | None = None) -> list[Naming]:
        """Pages that name this one in a field, those of one kind where given."""
        return [naming for naming in self.named_by if naming.field == field_name and kind in (None, naming.page.kind)]


def path(slug: str) -> str:
    """The address of a page within the wiki."""
    return f"/wiki/{slug}"


_LABELS = {
    "en": Labels(
        note="Note {number}",
        back="Back to the text (note {number})",
        missing="Page to write",
        table="Table {number}",
        done="done",
        todo="to do",
    )
}


def address(actor: Actor, slug: str) -> str | None:
    """The present address of the page asked for by this one; None where the actor may not know of any."""
    try:
        return find(actor, slug).slug
    except Moved as moved:
        return moved.slug
    except NotFound:
        return None


def open_page(actor: Actor, slug: str) -> Reading:
    """The newest revision of a page, ready to read. At most three queries once it was drawn.

    Raises Moved, NotFound.
    """
    return open_found(actor, find(actor, slug))


def open_found(actor: Actor, page: PageInfo) -> Reading:
    """As `open_page`, for a page already found for this actor."""
    standing, html, data = standing_and_drawing(actor, page)
    if html is None or reviews.overdue(data.get("figures"), now()):
        drawn = _draw(page)
        html, data = drawn["html"], drawn["data"]
    return Reading(
        page=page,
        document=Document(data["kind"], data["fields"], data["extra"], ""),
        html=html,
        standing=standing,
        toc=tuple(TocEntry(*entry) for entry in data["toc"]),
        whole=data["whole"],
        targets={key: LinkTarget(*target) for key, target in data["targets"].items()},
        authors=tuple(data["authors"]),
        named_by=tuple(named_by(actor, page.id)),
        parts={role: tuple(words) for role, words in data["parts"].items()},
        differs=tuple((kind, title, field) for kind, title, field in data.get("differs", ())),
        trials=Trials.loaded(data.get("trials")),
        programme=Programme.loaded(data.get("programme")),
        figures=reviews.loaded(data.get("figures")),
        strays=tuple(Stray(*one) for one in data.get("strays", ())),
    )


def _draw(page: PageInfo) -> dict[str, Any]:
    text = history.read(page.id, page.head_number)
    document = textform.parse(told_to_readers(page, text.text))
    linked = link_targets(page)
    targets = {key: LinkTarget(path(slug), title) for key, (slug, title, _kind) in linked.items()}
    rendered = render_body(document.body, targets, language=page.language)
    data = {
        "kind": document.kind,
        "fields": dict(document.fields),
        "extra": dict(document.extra),
        "toc": [[entry.level, entry.text, entry.anchor] for entry in rendered.toc],
        "whole": rendered.complete,
        "targets": {key: [target.url, target.title] for key, target in targets.items()},
        "authors": credited(page)[:AUTHORS_SHOWN],
        "parts": outline_parts(document),
        "differs": differences(page, text.text),
        "trials": trials.dumped(page.id, document),
        "programme": editions.dumped(page),
        "figures": reviews.dumped(page, now()),
        "strays": [list(astuple(one)) for one in strays(KINDS[document.kind], document.fields, linked, page.slug)],
    }
    row = {
        "page_id": page.id,
        "revision_id": page.head_id,
        "stamp": page.stamp,
        "version": RENDERER_VERSION,
        "html": rendered.html,
        "data": data,
    }
    try:
        with write_transaction() as session:
            session.execute(delete(Rendered).where(Rendered.page_id == page.id))
            session.execute(insert(Rendered).values(**row))
    except SQLAlchemyError:
        # Another reader drew it first, or the disk is full: reading goes on either way.
        db.session.rollback()
    return row


def render_body(body: str, targets: Mapping[str, LinkTarget], *, language: str = "fr") -> Drawn:
    """Safe HTML of a body in the language of its page."""
    return render(body, targets, labels=_LABELS.get(language, Labels()), language=language)


def outline_parts(document: Document) -> dict[str, list[str]]:
    """What stands under the headings a kind gives a role: the steps by their titles, the rest by their list lines."""
    kind = KINDS[document.kind]
    found: dict[str, list[str]] = {}
    steps_until = -1
    for section in sections(document.body):
        if section.start < steps_until:
            found["steps"].append(section.title)
        elif role := kind.role_of(section.title):
            if role == "steps":
                steps_until = section.end
                found["steps"] = []
            else:
                lines = document.body[section.start : section.end].splitlines()
                found[role] = [plain_text(line) for line in lines if line.startswith(("- ", "* "))]
    return {role: words for role, words in found.items() if words}


def open_revision(actor: Actor, slug: str, number: int) -> tuple[Reading, history.Text]:
    """An old (or the newest) revision of a page, drawn by today's code. Raises Moved, NotFound."""
    page, revision = text_of(actor, slug, number)
    return preview(actor, revision.text, page), revision


def preview(actor: Actor, text: str, page: PageInfo | None = None) -> Reading:
    """What a text would look like, drawn leniently. `page` is the page it belongs to, if any."""
    document = textform.parse(text)
    targets = {
        key: LinkTarget(path(info.slug), info.title) for key, info in resolved(actor, link_keys(document)).items()
    }
    rendered = render_body(document.body, targets, language=str(document.fields.get("lang", "fr")))
    return Reading(
        page=page or PageInfo.unsaved(document.kind, document.title),
        document=document,
        html=rendered.html,
        toc=rendered.toc,
        whole=rendered.complete,
        targets=targets,
        authors=(),
    )


def link_keys(document: Document) -> set[str]:
    """The link keys a document names, in its fields and its body."""
    return {key for _field, key, _words in links(document, KINDS[document.kind])}


def text_of(actor: Actor, slug: str, number: int | None = None) -> tuple[PageInfo, history.Text]:
    """A page and the text of one revision of it, the newest by default, as far as this actor may be told it.

    Raises Moved; NotFound for a hidden one too.
    """
    page = find(actor, slug)
    revision = history.read(page.id, number if number is not None else page.head_number)
    require_shown(actor, revision)
    return page, told_revision(actor, told_to(actor, revision))


def versions(actor: Actor, page: PageInfo, before: int | None = None, limit: int = 50) -> list[history.Entry]:
    """The history of a page already found for somebody, newest first, as far as they may be told it."""
    told = (told_to(actor, entry) for entry in history.history(page.id, before, limit))
    return without_closed_sources(actor, told)


def head_text(actor: Actor, page: PageInfo) -> str:
    """The newest text of a page already found for somebody, as far as they may be told it."""
    return told_text(actor, page.id, history.read(page.id, page.head_number).text)
