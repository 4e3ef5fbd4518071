"""Work on the whole wiki: compute every projection again, and re-read everything to see whether it agrees.

Both may run while people read and write.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, delete, func, insert, or_, select

from wiki import history
from wiki.database import db, now, write_transaction
from wiki.history import Revision, decode
from wiki.pages import closed_words, editions, indexing, projection, reviews, tallies, textform, trials
from wiki.pages.kinship import kinship_problems
from wiki.pages.models import Link, Page, PageName, Rendered, State
from wiki.pages.queries import COLUMNS, PageInfo, link_targets
from wiki.pages.reading import path, render_body
from wiki.pages.trials import Trials
from wiki.rendering import RENDERER_VERSION, LinkTarget, link_key
from wiki.search import SearchError

Progress = Callable[[int, int], None]

_PAGES_AT_ONCE = 50
_REVISIONS_AT_ONCE = 500


@dataclass(frozen=True)
class Finding:
    """Something that disagrees: where (a page, one of its versions, the database), and what."""

    where: str
    what: str

    def __str__(self) -> str:
        return str(_("%(where)s : %(what)s", where=self.where, what=self.what))


def silently(_done: int, _total: int) -> None:
    """The progress nobody watches."""


@contextmanager
def one_instant() -> Iterator[None]:
    """Whatever is read inside stood in the database at one and the same instant."""
    db.session.rollback()
    if db.engine.dialect.name != "sqlite":
        # There a transaction of reads is one instant anyway.
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    try:
        yield
    finally:
        db.session.rollback()


def rebuild(progress: Progress = silently) -> list[Finding]:
    """Compute every projection of every page again from its newest revision.

    Takes some pages at a time, so that savers hardly wait. Returns the pages whose text cannot be read any
    more; those stay as they are.
    """
    page_ids = list(db.session.execute(select(Page.id).order_by(Page.id)).scalars())
    findings: list[Finding] = []
    for start in range(0, len(page_ids), _PAGES_AT_ONCE):
        some = page_ids[start : start + _PAGES_AT_ONCE]
        with write_transaction():
            for page_id in some:
                findings += _rebuild(page_id)
        progress(start + len(some), len(page_ids))
    with write_transaction() as session:
        projection.rebuild_links()
        tallies.count_all()
        session.execute(delete(Rendered))
        session.execute(delete(State).where(State.name == "projections"))
        session.execute(insert(State).values(name="projections", value=projection.PROJECTIONS))
    return findings


def behind() -> bool:
    """Whether the tables hold what another Levain computed of the pages: `bring_up` is due."""
    kept = db.session.execute(select(State.value).where(State.name == "projections")).scalar_one_or_none()
    return kept != projection.PROJECTIONS


def bring_up(progress: Progress = silently) -> bool:
    """Rebuild where the tables hold what another Levain computed; False where nothing was due.

    Killed at any moment, it is still due at the next start.
    """
    if not behind():
        return False
    rebuild(progress)
    return True


def _rebuild(page_id: int) -> Iterator[Finding]:
    head = _newest_revision(page_id)
    slug = db.session.execute(select(Page.slug).where(Page.id == page_id)).scalar_one()
    if head is None:
        yield Finding(slug, _("aucune version ; cette page est vide"))
        return
    try:
        text = decode(head.codec, head.body)
    except ValueError as error:
        yield Finding(_version(slug, head.number), _("le texte ne peut plus être lu (%(why)s)", why=error))
        return
    if db.session.execute(select(PageName.slug).where(PageName.slug == slug)).first() is None:
        db.session.execute(insert(PageName).values(slug=slug, page_id=page_id))
    projection.project(page_id, slug, text, head.number, head.id, head.created_at)
    closed_words.keep(page_id)


def _newest_revision(page_id: int) -> Any:
    query = (
        select(Revision.id, Revision.number, Revision.codec, Revision.body, Revision.created_at)
        .where(Revision.page_id == page_id)
        .order_by(Revision.number.desc())
        .limit(1)
    )
    return db.session.execute(query).one_or_none()


def _version(slug: str, number: int) -> str:
    return str(_("%(slug)s, version %(number)s", slug=slug, number=number))


def verify(progress: Progress = silently) -> list[Finding]:
    """Re-read every revision against its hash and its neighbours, families, and projections against their pages.

    The search index is compared where there is one: one that is missing is built by itself. Returns all that
    disagrees; nothing is changed.
    """
    with one_instant():
        revisions = history.count()
        pages = int(db.session.execute(select(func.count()).select_from(Page)).scalar_one())
        total = revisions + pages
        findings = list(_database_findings())
        findings += _chain_findings(lambda done: progress(done, total))
        findings += [Finding(where, what) for where, what in kinship_problems()]
        findings += _page_findings(lambda done: progress(revisions + done, total))
        findings += _sum_findings()
    return findings + list(_index_findings())


def _index_findings() -> Iterator[Finding]:
    with suppress(SearchError):
        for slug in indexing.index_differences():
            yield Finding(slug, _("l’index de recherche ne tient pas sa dernière version ; lancez « wiki reindex »"))


def _database_findings() -> Iterator[Finding]:
    if db.engine.dialect.name != "sqlite":
        return
    connection = db.session.connection()
    for (message,) in connection.exec_driver_sql("PRAGMA integrity_check(20)"):
        if message != "ok":
            yield Finding(_("Base de données"), message)
    for table, _row, parent, _number in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        what = _("« %(table)s » renvoie à « %(parent)s », qui n’existe pas", table=table, parent=parent)
        yield Finding(_("Base de données"), what)


def _chain_findings(progress: Callable[[int], None]) -> Iterator[Finding]:
    """Every revision in order: its text, its hash, its number, the one before it."""
    before: Any = None
    for done, row in enumerate(_revisions(), start=1):
        where = _version(row.slug, row.number)
        yield from (Finding(where, what) for what in _text_problems(row))
        if before is None or before.page_id != row.page_id:
            before = None
        yield from (Finding(where, what) for what in _place_problems(row, before))
        before = row
        if done % 100 == 0:
            progress(done)


def _revisions() -> Iterator[Any]:
    columns = [
        Revision.id, Revision.page_id, Revision.number, Revision.parent_id, Revision.base_number,
        Revision.size, Revision.codec, Revision.body, Revision.sha256, Page.slug,
    ]
    last_page, last_number = 0, 0
    while True:
        same_page = and_(Revision.page_id == last_page, Revision.number > last_number)
        rows = db.session.execute(
            select(*columns)
            .join(Page, Page.id == Revision.page_id)
            .where(or_(Revision.page_id > last_page, same_page))
            .order_by(Revision.page_id, Revision.number)
            .limit(_REVISIONS_AT_ONCE)
        ).all()
        if not rows:
            return
        yield from rows
        last_page, last_number = rows[-1].page_id, rows[-1].number


def _text_problems(row: Any) -> Iterator[str]:
    try:
        text = decode(row.codec, row.body)
    except ValueError as error:
        yield _("le texte ne peut plus être lu (%(why)s)", why=error)
        return
    if hashlib.sha256(text.encode()).hexdigest() != row.sha256:
        yield _("le texte ne correspond plus à son empreinte")
    if len(text) != row.size:
        yield _("le texte n’a pas la longueur notée")


def _place_problems(row: Any, before: Any) -> Iterator[str]:
    """What is wrong with the place of a revision in its page's chain; `before` is the one before it."""
    expected = before.number + 1 if before else 1
    if row.number != expected:
        yield _("la version %(number)s manque", number=expected)
    elif before and row.parent_id != before.id:
        yield _("ne continue pas la version précédente")
    elif not before and row.parent_id is not None and _page_of(row.parent_id) == row.page_id:
        yield _("une première version ne peut pas continuer une version de la même page")
    if not 0 <= row.base_number < row.number:
        yield _("part d’une version qui n’existait pas (%(number)s)", number=row.base_number)


def _page_of(revision_id: int) -> int | None:
    query = select(Revision.page_id).where(Revision.id == revision_id)
    return db.session.execute(query).scalar_one_or_none()


def _sum_findings() -> Iterator[Finding]:
    wrong: dict[int, list[str]] = {}
    for page_id, name in tallies.differences():
        wrong.setdefault(page_id, []).append(name)
    for page_id, names in wrong.items():
        slug = db.session.execute(select(Page.slug).where(Page.id == page_id)).scalar_one()
        what = _("les sommes de ses événements sont fausses (%(parts)s) ; lancez « wiki rebuild »",
                 parts=", ".join(names))
        yield Finding(slug, what)


def _page_findings(progress: Callable[[int], None]) -> Iterator[Finding]:
    page_ids = list(db.session.execute(select(Page.id).order_by(Page.id)).scalars())
    for done, page_id in enumerate(page_ids, start=1):
        page = PageInfo(*db.session.execute(select(*COLUMNS).where(Page.id == page_id)).one())
        yield from (Finding(page.slug, what) for what in _page_problems(page))
        if done % 20 == 0 or done == len(page_ids):
            progress(done)


def _page_problems(page: PageInfo) -> Iterator[str]:
    owner = select(PageName.page_id).where(PageName.slug == page.slug)
    if db.session.execute(owner).scalar_one_or_none() != page.id:
        yield _("son adresse ne mène pas à elle ; lancez « wiki rebuild »")
    if page.slug != link_key(page.slug):
        yield _("son adresse n’est pas bien formée")
    head = _newest_revision(page.id)
    if head is None:
        yield _("aucune version ; cette page est vide")
        return
    if (page.head_number, page.head_id, page.updated_at) != (head.number, head.id, head.created_at):
        yield _("ne montre pas sa dernière version, la %(last)s ; lancez « wiki rebuild »", last=head.number)
    try:
        text = decode(head.codec, head.body)
    except ValueError:
        return  # Said already, for the revision.
    if parts := ", ".join(_projection_differences(page, text)):
        yield _("ce qui en est calculé est faux (%(parts)s) ; lancez « wiki rebuild »", parts=parts)
    if _drawn_differently(page, text):
        yield _("son affichage gardé n’est pas celui de son texte ; lancez « wiki rebuild »")


def _projection_differences(page: PageInfo, text: str) -> Iterator[str]:
    """Names of the projections that are not what the text says."""
    computed, stored = projection.compute(text, page.slug), projection.stored(page.id)
    for name, value in computed.columns.items():
        if stored.columns[name] != value:
            yield name
    for name in ("facets", "links", "occurrences", "position", "gathering", "marks"):
        if getattr(computed, name) != getattr(stored, name):
            yield name
    if not closed_words.agrees(page.id):
        yield "closed_words"
    sort_key = str(computed.columns["starts_on"] or computed.columns["title_key"])[:200]
    links = select(Link.key, Link.target_id, Link.sort_key).where(Link.source_id == page.id)
    rows = db.session.execute(links).all()
    targets = projection.resolve(row.key for row in rows)
    if any(row.target_id != targets.get(row.key) for row in rows):
        yield "link.target_id"
    if any(row.sort_key != sort_key for row in rows):
        yield "link.sort_key"


def _drawn_differently(page: PageInfo, text: str) -> bool:
    """Whether the page is kept drawn, as valid, and would be drawn otherwise now."""
    kept = db.session.execute(
        select(Rendered.html, Rendered.data).where(
            Rendered.page_id == page.id, Rendered.revision_id == page.head_id, Rendered.stamp == page.stamp,
            Rendered.version == RENDERER_VERSION,
        )
    ).one_or_none()
    if kept is None:
        return False
    links = link_targets(page).items()
    targets = {key: LinkTarget(path(slug), title) for key, (slug, title, _kind) in links}
    document = textform.parse(text)
    if Trials.loaded(kept.data.get("trials")) != Trials.loaded(trials.dumped(page.id, document)):
        return True
    counted, moment = kept.data.get("figures"), now()
    if not reviews.overdue(counted, moment) and counted != reviews.dumped(page, moment):
        return True
    if kept.data.get("programme") != editions.dumped(page):
        return True
    return bool(render_body(document.body, targets, language=page.language).html != kept.html)
