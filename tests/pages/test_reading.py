"""Opening pages: their drawing is kept, and is the right one for this text, these links and this renderer."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from tests.conftest import Cast
from wiki import history, pages
from wiki.database import now, write_transaction
from wiki.errors import Moved, NotFound
from wiki.pages import projection, reading
from wiki.pages.models import Rendered

pytestmark = pytest.mark.usefixtures("context")

RECIPE = """\
---
kind: recipe
title: Copy party
tagline: Copier ensemble
themes:
  - communs
---

Une *soirée*.

## Matériel

- 10 clés
- 2 rallonges

## Étapes

### 1. Choisir le lieu

Une salle.

### 2. Prévenir

Tôt.
"""


@pytest.fixture
def drawings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The bodies drawn from now on."""
    drawn: list[str] = []
    real = reading.render_body

    def render_body(body: str, *rest: Any, **more: Any) -> Any:
        drawn.append(body)
        return real(body, *rest, **more)

    monkeypatch.setattr(reading, "render_body", render_body)
    return drawn


def test_a_page_is_opened_with_its_fields_html_contents_and_parts(cast: Cast) -> None:
    slug = pages.create(cast.alice, RECIPE).slug
    found = pages.open_page(cast.eve, slug)
    assert found.document.fields["tagline"] == "Copier ensemble"
    assert "<em>soirée</em>" in found.html
    assert [entry.text for entry in found.toc] == ["Matériel", "Étapes", "1. Choisir le lieu", "2. Prévenir"]
    assert found.parts == {"materials": ("10 clés", "2 rallonges"), "steps": ("1. Choisir le lieu", "2. Prévenir")}
    assert found.authors == ("alice",)
    assert found.whole


def test_a_page_is_drawn_once_for_each_of_its_versions(cast: Cast, drawings: list[str]) -> None:
    slug = pages.create(cast.alice, RECIPE).slug
    first = pages.open_page(cast.eve, slug)
    assert pages.open_page(cast.bob, slug) == first
    assert len(drawings) == 1
    pages.save(cast.bob, slug, RECIPE.replace("10 clés", "12 clés"), 1)
    assert "12 clés" in pages.open_page(cast.eve, slug).html
    assert pages.open_page(cast.eve, slug).authors == ("alice", "bob")
    assert len(drawings) == 2


def test_what_another_renderer_drew_is_drawn_again(cast: Cast, drawings: list[str]) -> None:
    slug = pages.create(cast.alice, RECIPE).slug
    pages.open_page(cast.eve, slug)
    with write_transaction() as session:
        session.execute(update(Rendered).values(version="0-autrefois", html="<script>alert(1)</script>"))
    assert "<script" not in pages.open_page(cast.eve, slug).html
    assert len(drawings) == 2


@pytest.mark.parametrize("column", ["stamp", "revision_id"])
def test_what_was_drawn_for_another_state_is_drawn_again(cast: Cast, column: str, drawings: list[str]) -> None:
    slug = pages.create(cast.alice, RECIPE).slug
    pages.open_page(cast.eve, slug)
    with write_transaction() as session:
        session.execute(update(Rendered).values({column: 999, "html": "périmé"}))
    assert "périmé" not in pages.open_page(cast.eve, slug).html
    assert len(drawings) == 2


def test_an_old_version_is_drawn_by_the_code_of_today_and_not_kept(cast: Cast, drawings: list[str]) -> None:
    slug = pages.create(cast.alice, RECIPE).slug
    pages.save(cast.bob, slug, RECIPE.replace("10 clés", "12 clés"), 1)
    old, revision = pages.open_revision(cast.eve, slug, 1)
    assert "10 clés" in old.html
    assert (revision.number, revision.author_name) == (1, "alice")
    assert "12 clés" in pages.open_page(cast.eve, slug).html


@pytest.mark.parametrize("number", [0, -1, 2, 10**9])
def test_a_version_that_is_not_there_is_not_found(cast: Cast, number: int) -> None:
    slug = pages.create(cast.alice, RECIPE).slug
    pages.create(cast.alice, "# Autre\n")
    with pytest.raises(NotFound):
        pages.open_revision(cast.eve, slug, number)
    with pytest.raises(NotFound):
        pages.text_of(cast.eve, slug, number)


def test_a_version_of_one_page_is_never_shown_under_another(cast: Cast) -> None:
    pages.create(cast.alice, "# Un\n")
    pages.create(cast.alice, "# Deux\n")
    for number in range(1, 4):
        pages.save(cast.alice, "deux", f"# Deux\n\n{number}\n", number)
    with pytest.raises(NotFound):
        pages.text_of(cast.eve, "un", 3)
    assert pages.text_of(cast.eve, "deux", 1)[1].text == "# Deux\n"


def test_a_preview_shows_what_a_save_would(cast: Cast) -> None:
    pages.create(cast.alice, "# Jardin\n")
    text = RECIPE.replace("Une *soirée*.", "[[Jardin]] et [[Verger]].")
    shown = pages.preview(cast.eve, text)
    slug = pages.create(cast.alice, text).slug
    opened = pages.open_page(cast.eve, slug)
    assert 'href="/wiki/jardin"' in shown.html
    assert shown.toc == opened.toc
    assert shown.targets == opened.targets


def test_a_preview_leads_nowhere_its_reader_may_not_go(cast: Cast) -> None:
    pages.create(cast.alice, "# Jardin\n")
    pages.archive(cast.mona, "jardin")
    assert "/wiki/jardin" not in pages.preview(cast.eve, "[[Jardin]]\n").html


def test_a_page_that_moved_says_where(cast: Cast) -> None:
    slug = pages.create(cast.alice, RECIPE).slug
    pages.rename(cast.alice, slug, "Soirée")
    for opened in (pages.open_page, pages.text_of):
        with pytest.raises(Moved) as moved:
            opened(cast.eve, slug)
        assert moved.value.slug == "soiree"


@pytest.mark.parametrize(
    "text",
    [
        "", "\n\n", "---\nkind: zut\ntitle: Ancien genre\n---\n\nCorps.\n", "---\nkind: event\nsessions: jamais\n---\n",
        "---\nkind: event\ntitle: x\nsessions:\n  - 2013-99-99\ngeo: ici\nstate: perdu\norganizers: Un seul\n---\n",
        "---\nkind: recipe\ntitle: x\ndifficulty: beaucoup\ncost: cher\nduration: -3\nvariant_of: '!!'\n---\n",
        "---\nkind: edition\ntitle: x\nstarts_on: hier\nfigures: un\n---\n", "---\n: [\n---\n\nMal fermé\n",
        "---\nkind: project\ntitle: x\nwebsite: javascript:alert(1)\nholders:\n  - a: b\n---\n",
    ],
)  # fmt: skip
def test_whatever_was_ever_stored_still_opens(cast: Cast, text: str) -> None:
    slug = pages.create(cast.alice, RECIPE).slug
    page = pages.find(cast.alice, slug)
    with write_transaction():
        # As an older program, with other rules, may have stored it.
        revision_id = history.append(page_id=page.id, number=2, text=text, author_id=None, author_name="Autrefois")
        projection.project(page.id, slug, text, 2, revision_id, now())
    assert pages.open_page(cast.eve, slug).page.title
    assert pages.open_revision(cast.eve, slug, 2)[1].text == text


def test_reading_goes_on_when_nothing_can_be_kept(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.exc import OperationalError

    slug = pages.create(cast.alice, RECIPE).slug

    def full_disk() -> None:
        raise OperationalError("insert", {}, Exception("database or disk is full"))

    monkeypatch.setattr(reading, "write_transaction", full_disk)
    assert "<em>soirée</em>" in pages.open_page(cast.eve, slug).html
