"""Verifying finds every disagreement, and rebuilding mends those that can be mended."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import delete, insert, select, text, update

from tests.conftest import Cast
from wiki import pages
from wiki.database import db, write_transaction
from wiki.history import Revision
from wiki.pages.models import Facet, Link, Occurrence, Page, PageName, Position, Rendered, SearchTask
from wiki.pages.seeds import HOUSE

pytestmark = pytest.mark.usefixtures("context", "small_wiki")

EVENT = """---
kind: event
title: Fête du pain
sessions:
  - 2013-10-12T14:00/2013-10-12T18:00 Europe/Paris
place: Brest, gare
geo: 48.388, -4.478
organizers:
  - Doc Brest
themes:
  - pain
---

Voir [[four]] et [[nulle part]].
"""


@pytest.fixture
def small_wiki(context: object, cast: Cast) -> None:
    pages.create(cast.alice, "# Four\n\nUn four, pour la [[Fête du pain]].\n")
    pages.create(cast.bob, EVENT)
    pages.create(cast.eve, "---\nkind: theme\ntitle: Pain\n---\n\nLe pain.\n")
    pages.save(cast.bob, "four", "# Four\n\nUn grand four, pour la [[Fête du pain]].\n", 1)
    pages.open_page(HOUSE, "four")


def change(statement: object) -> None:
    with write_transaction() as session:
        session.execute(statement)


def findings() -> str:
    """What disagrees, with plain spaces around its punctuation."""
    return "\n".join(str(finding) for finding in pages.verify()).replace("\u202f", " ")


@pytest.mark.any_database
def test_a_healthy_wiki_has_no_disagreement() -> None:
    assert pages.verify() == []


@pytest.mark.any_database
def test_rebuilding_changes_nothing_of_a_healthy_wiki() -> None:
    def everything() -> list[object]:
        volatile = {"id", "stamp"}
        return [
            sorted(
                tuple(value for name, value in row._mapping.items() if name not in volatile)
                for row in db.session.execute(select(model.__table__))
            )
            for model in (Facet, Occurrence, Position, PageName)
        ] + [db.session.execute(select(Page.slug, Page.title, Page.updated_at, Page.head_number, Page.starts_on)).all()]

    before = everything()
    assert pages.rebuild() == []
    assert everything() == before
    assert pages.verify() == []


FALSIFIED: dict[str, tuple[Callable[[], object], str]] = {
    "a title": (lambda: update(Page).where(Page.slug == "four").values(title="Autre"), "four"),
    "a date": (lambda: update(Page).where(Page.slug == "fete-du-pain").values(starts_on="2014"), "starts_on"),
    "a missing facet": (lambda: delete(Facet).where(Facet.field == "themes"), "facets"),
    "a facet too many": (lambda: insert(Facet).values(page_id=1, field="themes", value="x"), "facets"),
    "a missing link": (lambda: delete(Link).where(Link.key == "four"), "links"),
    "a link that leads nowhere": (lambda: update(Link).where(Link.key == "four").values(target_id=None), "target_id"),
    "a link out of order": (lambda: update(Link).where(Link.key == "four").values(sort_key="z"), "sort_key"),
    "a lost occurrence": (lambda: delete(Occurrence), "occurrences"),
    "a place on another continent": (lambda: update(Position).values(longitude=100.0), "position"),
    "a name that leads elsewhere": (lambda: delete(PageName).where(PageName.slug == "four"), "adresse"),
    "a head that is not the newest": (
        lambda: update(Page).where(Page.slug == "four").values(head_number=1), "dernière",
    ),
    "a kept drawing of something else": (lambda: update(Rendered).values(html="<p>autre</p>"), "affichage"),
}


@pytest.mark.parametrize("fault", FALSIFIED)
def test_verifying_finds_and_rebuilding_mends(fault: str) -> None:
    statement, word = FALSIFIED[fault]
    change(statement())
    assert word in findings()
    pages.rebuild()
    assert findings() == ""


DAMAGED: dict[str, tuple[Callable[[], object], str]] = {
    "an altered text": (
        lambda: update(Revision).where(Revision.id == 1).values(codec="plain", body=b"# Four\n\nFaux.\n"),
        "four, version 1 : le texte ne correspond plus à son empreinte",
    ),
    "an altered hash": (
        lambda: update(Revision).where(Revision.id == 1).values(sha256="0" * 64), "four, version 1 :",
    ),
    "damaged bytes": (
        lambda: update(Revision).where(Revision.id == 1).values(codec="zstd", body=b"rubbish"), "ne peut plus être lu",
    ),
    "bytes that are no text": (
        lambda: update(Revision).where(Revision.id == 1).values(codec="plain", body=b"\xff"), "ne peut plus être lu",
    ),
    "an unknown codec": (
        lambda: update(Revision).where(Revision.id == 1).values(codec="rot13"), "ne peut plus être lu",
    ),
    "a wrong size": (lambda: update(Revision).where(Revision.id == 1).values(size=3), "longueur"),
    "a gap in the numbers": (
        lambda: update(Revision).where(Revision.page_id == 1, Revision.number == 2).values(number=3),
        "la version 2 manque",
    ),
    "a broken chain": (
        lambda: update(Revision).where(Revision.page_id == 1, Revision.number == 2).values(parent_id=2),
        "ne continue pas la version précédente",
    ),
    "a first version that continues its own page": (
        lambda: update(Revision).where(Revision.page_id == 1, Revision.number == 1).values(parent_id=4),
        "une première version",
    ),
    "a base of the future": (lambda: update(Revision).where(Revision.id == 1).values(base_number=7), "(7)"),
}


@pytest.mark.any_database
@pytest.mark.parametrize("damage", DAMAGED)
def test_verifying_names_the_damaged_version(damage: str) -> None:
    statement, sentence = DAMAGED[damage]
    change(statement())
    assert sentence in findings()


def test_a_page_whose_text_is_lost_does_not_stop_a_rebuild() -> None:
    change(update(Revision).where(Revision.page_id == 1).values(codec="zstd", body=b"rubbish"))
    change(update(Page).where(Page.slug == "fete-du-pain").values(title="Autre"))
    assert [finding.where for finding in pages.rebuild()] == ["four, version 2"]
    assert pages.find(HOUSE, "fete-du-pain").title == "Fête du pain"


def test_references_that_lead_nowhere_are_found() -> None:
    with db.engine.connect() as connection:
        driver = connection.connection.dbapi_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys=OFF")
        connection.execute(text("insert into facet (page_id, field, value) values (99, 'a', 'b')"))
        connection.commit()
        driver.execute("PRAGMA foreign_keys=ON")
    assert "renvoie à « page »" in findings()


def test_rebuilding_has_every_page_looked_at_by_the_search(context: object) -> None:
    change(delete(SearchTask))
    pages.rebuild()
    assert set(db.session.execute(select(SearchTask.page_id)).scalars()) == {1, 2, 3}


def test_progress_is_told_to_the_end() -> None:
    seen: list[tuple[int, int]] = []
    pages.verify(lambda done, total: seen.append((done, total)))
    assert seen[-1] == (7, 7)
    pages.rebuild(lambda done, total: seen.append((done, total)))
    assert seen[-1] == (3, 3)
