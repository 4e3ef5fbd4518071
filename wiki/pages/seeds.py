"""Pages from files and back: the library a wiki starts with, import, export.

A file holds one page in the text form; its name is the page's address. Every file goes through the verbs, so
what people wrote is merged or left alone, never replaced, and the history keeps all of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select, true

from wiki import history, resources
from wiki.accounts import GUEST, Actor
from wiki.database import db
from wiki.errors import Forbidden, Invalid, Problem
from wiki.history import Revision
from wiki.pages import textform
from wiki.pages.editing import create, save
from wiki.pages.kinds import ARTICLE
from wiki.pages.linking import Lookalike, link_named, link_sown, lookalikes
from wiki.pages.models import Page, PageName
from wiki.pages.queries import SLUG_MAXIMUM, find
from wiki.pages.saving import Conflict
from wiki.pages.sources import keep_origin, told_text
from wiki.pages.upkeep import Progress, one_instant, silently
from wiki.rendering import link_key

HOUSE = Actor(None, "Levain", "admin", "house")

# What is named comes before what names it, so that most links lead somewhere at once.
_ORDER = ("themes", "collectives", "recipes", "editions", "projects", "events", "articles")

_VARIANT_OF = re.compile(r"^variant_of:(.*)$", re.MULTILINE)


@dataclass
class Report:
    """What became of each file or page, by name. `kept` are pages left as people made them.

    `alike` are imported pages much of which stands in another page, with that page.
    """

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    refused: list[tuple[str, Sequence[Problem]]] = field(default_factory=list)
    alike: list[tuple[str, Lookalike]] = field(default_factory=list)


def seed(actor: Actor = HOUSE, progress: Progress = silently) -> Report:
    """Make the pages of the starting library that are missing, and bring its corrections to the others.

    A page that people changed since receives the corrections by a merge; where both touched the same
    passage, or where people made or archived the page themselves, it stays as they left it. A second time
    changes nothing.
    """
    root = resources.folder("seed_recipes")
    report = Report()

    def order(path: Path) -> tuple[int, str]:
        kind = path.relative_to(root).parts[0]
        return _ORDER.index(kind) if kind in _ORDER else len(_ORDER), path.name

    paths = _origins_first(sorted(root.rglob("*.md"), key=order))
    for done, path in enumerate(paths, start=1):
        try:
            _sow(actor, path.stem, _read(path), report)
        except Invalid as error:
            report.refused.append((path.name, error.problems))
        progress(done, len(paths))
    return report


def _origins_first(paths: Sequence[Path]) -> list[Path]:
    """The same files in the same order, but a variant after its origin, which it can then continue."""
    origins = {link_key(path.stem): _origin(path) for path in paths}

    def depth(path: Path) -> int:
        steps, slug = 0, origins[link_key(path.stem)]
        while slug in origins and steps < len(origins):
            steps, slug = steps + 1, origins[slug]
        return steps

    return sorted(paths, key=depth)


def _origin(path: Path) -> str:
    """The address of the page a file says it is a variant of; "" where it says none."""
    try:
        found = _VARIANT_OF.search(_read(path))
    except (OSError, Invalid):
        return ""  # Said when the file's turn comes.
    return link_key(found[1]) if found else ""


def untouched() -> bool:
    """Whether nobody but the house has written here: the library may still be sown without asking."""
    written = select(Revision.id).where(Revision.action != "seed").limit(1)
    return db.session.execute(written).first() is None


def _sow(actor: Actor, slug: str, text: str, report: Report) -> None:
    page = _holder(slug)
    if page is None:
        create(actor, text, slug=slug, action="seed", comment=_("Page de la bibliothèque de départ"))
        report.created.append(slug)
        return
    ours = not page.archived_at and page.visibility != "draft"
    if ours:
        link_sown(actor, page.slug)
    started = _last_pure_seed(page.id) if ours else None
    if started is None:
        report.kept.append(slug)
        return
    if _already_sown(page.id, text):
        report.unchanged.append(slug)
        return
    comment = _("Nouvelle version de la bibliothèque de départ")
    outcome = save(actor, page.slug, text, started, action="seed", comment=comment)
    if isinstance(outcome, Conflict):
        report.kept.append(slug)
    else:
        (report.unchanged if outcome.unchanged else report.updated).append(slug)


def _holder(slug: str) -> Any:
    """Id, address, head, archive and readers of the page that has or had this address."""
    query = (
        select(Page.id, Page.slug, Page.head_number, Page.archived_at, Page.visibility)
        .join(PageName, PageName.page_id == Page.id)
        .where(PageName.slug == slug)
    )
    return db.session.execute(query).one_or_none()


def _last_pure_seed(page_id: int) -> int | None:
    """The newest revision that is the library's text and nothing else: the base of the next merge."""
    return _newest(page_id, Revision.base_number == Revision.number - 1)


def _newest(page_id: int, condition: ColumnElement[bool] = true()) -> int | None:
    query = select(Revision.number).where(Revision.page_id == page_id, Revision.action == "seed", condition)
    return db.session.execute(query.order_by(Revision.number.desc()).limit(1)).scalar_one_or_none()


def _already_sown(page_id: int, text: str) -> bool:
    """Whether this text is what the library brought last, whatever became of it since."""
    last = history.read(page_id, _newest(page_id) or 1)
    if last.base_number == last.number - 1:
        return last.text == text or last.text == _canonical(text)
    # That one was merged with what people had written: would the same text give the same again?
    base, before = history.read(page_id, last.base_number), history.read(page_id, last.number - 1)
    joined = history.joined(history.merge3(base.text, _canonical(text), before.text))
    return joined is not None and textform.serialize(textform.parse(joined)) == last.text


def _canonical(text: str) -> str:
    return textform.canonical(text, maximum=current_app.config["WIKI"]["MAX_TEXT"])


def _read(path: Path) -> str:
    """The text of a file. Raises Invalid where it cannot be one."""
    if path.stat().st_size > 4 * current_app.config["WIKI"]["MAX_TEXT"]:
        raise Invalid(_("Ce fichier est trop long pour une page : coupez-le en plusieurs."))
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(_("Ce fichier n’est pas en UTF-8 : enregistrez-le ainsi dans votre éditeur de texte.")) from error


def import_folder(folder: Path, actor: Actor = HOUSE, progress: Progress = silently) -> Report:
    """Make or change a page for each `.md` file of a folder and its subfolders.

    The file's name is the page's address ("Copy party.md" stands for copy-party). A text that differs from
    the page becomes its next revision. Files that cannot be taken are reported and do not stop the others.
    Raises Invalid where there is no such folder.
    """
    if not folder.is_dir():
        raise Invalid(_("Le dossier %(folder)s n’existe pas.", folder=folder))
    paths = _origins_first(sorted(
        path for path in folder.rglob("*.md")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ))
    report = Report()
    seen: dict[str, str] = {}
    for done, path in enumerate(paths, start=1):
        name = str(path.relative_to(folder))
        try:
            _take(actor, path, _address(path, name, seen), report)
        except Invalid as error:
            report.refused.append((name, error.problems))
        except (OSError, Forbidden) as error:
            problem = Problem(_("Ce fichier ne peut pas être pris (%(why)s).", why=error))
            report.refused.append((name, [problem]))
        progress(done, len(paths))
    return report


def _address(path: Path, name: str, seen: dict[str, str]) -> str:
    slug = link_key(path.stem)
    if not slug or len(slug) > SLUG_MAXIMUM:
        raise Invalid(
            _("Le nom de ce fichier ne peut pas servir d’adresse. Il faut des lettres ou des chiffres, "
              "%(maximum)s caractères au plus.", maximum=SLUG_MAXIMUM)
        )
    if slug in seen:
        raise Invalid(_("Ce fichier et %(other)s donneraient la même page.", other=seen[slug]))
    seen[slug] = name
    return slug


def _take(actor: Actor, path: Path, slug: str, report: Report) -> None:
    text = _titled(_read(path), path.stem)
    page = _holder(slug)
    if page is None:
        create(actor, text, slug=slug, action="import", comment=_("Importée d’un fichier"))
        report.created.append(slug)
        _note_origins(actor, slug, report)
        return
    if page.slug != slug:
        raise Invalid(_("Cette adresse mène à « %(slug)s » : renommez le fichier.", slug=page.slug))
    if page.archived_at:
        raise Invalid(_("Cette page est archivée ; remettez-la en place d’abord."))
    if page.visibility == "draft":
        raise Invalid(_("Un brouillon privé occupe cette adresse ; renommez le fichier."))
    # An export names no origin that stays behind.
    text = keep_origin(GUEST, page.id, text, history.read(page.id, page.head_number).text)
    outcome = save(actor, slug, text, page.head_number, action="import", comment=_("Importée d’un fichier"))
    if isinstance(outcome, Conflict):
        raise Invalid(_("Quelqu’un modifiait cette page au même instant ; recommencez."))
    (report.unchanged if outcome.unchanged else report.updated).append(slug)
    if not outcome.unchanged:
        link_named(actor, slug)
        _note_origins(actor, slug, report)


def _note_origins(actor: Actor, slug: str, report: Report) -> None:
    report.alike += [(slug, found) for found in lookalikes(actor, find(actor, slug)).origins[:1]]


def _titled(text: str, stem: str) -> str:
    """The canonical text; an article that says its title nowhere has its file's name. Raises Invalid."""
    try:
        text = _canonical(text)
        document = textform.parse(text)
        if document.title or stem == link_key(stem):
            return text
    except Invalid as error:
        document = textform.parse(text)
        untitled = [problem.field for problem in error.problems] == ["title"] and not document.title
        if document.kind != ARTICLE.name or not untitled:
            raise
    title = stem.replace("-", " ").capitalize() if stem == link_key(stem) else stem
    return _canonical(textform.serialize(document.replace(fields={**document.fields, "title": title})))


def export_folder(folder: Path, progress: Progress = silently) -> Report:
    """Write the newest text of every page for everybody that is not archived to `<address>.md`, byte for byte.

    Pages for members and drafts stay behind (`kept`): a file cannot say who may read it, and would make them public
    where it is imported. All texts are of one instant. The folder is made where there is none; raises Invalid where
    it holds something already, so that nothing is ever overwritten or mixed. An origin that stays behind is not named.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Invalid(_("Le dossier %(folder)s n’est pas vide : donnez-en un nouveau.", folder=folder))
    columns = select(Page.id, Page.slug, Page.head_number, Page.visibility)
    query = columns.where(Page.head_number > 0, Page.archived_at.is_(None)).order_by(Page.slug)
    report = Report()
    with one_instant():
        rows = db.session.execute(query).all()
        for done, row in enumerate(rows, start=1):
            if row.visibility != "public":
                report.kept.append(row.slug)
                continue
            try:
                _write(folder, row.slug, told_text(GUEST, row.id, history.read(row.id, row.head_number).text))
                report.created.append(row.slug)
            except ValueError as error:
                damage = _("Le texte de cette page est abîmé (%(why)s) ; lancez « wiki verify ».", why=error)
                report.refused.append((row.slug, [Problem(damage)]))
            progress(done, len(rows))
    return report


def _write(folder: Path, slug: str, text: str) -> None:
    if slug != link_key(slug):
        raise ValueError(slug)
    (folder / f"{slug}.md").write_bytes(text.encode())
