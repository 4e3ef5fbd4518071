"""What is computed from a page's text: it is always what the text says, and links lead where they should at once."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import delete, select

from tests.conftest import Cast
from wiki import pages
from wiki.database import db, write_transaction
from wiki.errors import Invalid, Moved, NotFound
from wiki.pages import projection
from wiki.pages.models import Link, Page, PageName, Rendered, SearchTask
from wiki.rendering import wiki_links

pytestmark = pytest.mark.usefixtures("context")

EVENT = """\
---
kind: event
title: Cartopartie de Brest
lang: br
sessions:
  - 2013-10-13T09:00/2013-10-13T12:00 Europe/Paris
  - 2013-10-12T14:00/2013-10-12T18:00 Europe/Paris
place: Brest, Maison du libre
geo: 48.39, -4.48
geo_precision: quartier
organizers:
  - Tiriad
  - Wiki Brest
themes:
  - Cartes ouvertes
recipes:
  - cartopartie
adaptations: |
  Voir [[Le carnet]].
---

Deux matinées avec [[Tiriad]] et [[cartopartie|la recette]].
"""


def page_id(slug: str) -> int:
    return int(db.session.execute(select(Page.id).where(Page.slug == slug)).scalar_one())


def test_every_value_comes_from_the_text() -> None:
    found = projection.compute(EVENT, "cartopartie-de-brest")
    assert found.columns == {
        "kind": "event", "title": "Cartopartie de Brest", "title_key": "cartopartie-de-brest", "language": "br",
        "summary": "Deux matinées avec Tiriad et la recette.", "complete": True, "starts_on": "2013-10-12",
        "past_from": datetime(2013, 10, 13, 22, tzinfo=UTC), "place": "Brest, Maison du libre",
        "called_off": "",
    }  # fmt: skip
    assert found.position == (48.39, -4.48, "quartier")
    assert found.occurrences == {
        (datetime(2013, 10, 12, 12, tzinfo=UTC), datetime(2013, 10, 12, 16, tzinfo=UTC),
         "2013-10-12T14:00/2013-10-12T18:00 Europe/Paris"),
        (datetime(2013, 10, 13, 7, tzinfo=UTC), datetime(2013, 10, 13, 10, tzinfo=UTC),
         "2013-10-13T09:00/2013-10-13T12:00 Europe/Paris"),
    }
    assert {
        ("year", "2013"),
        ("city", "Brest"),
        ("themes", "cartes-ouvertes"),
        ("recipes", "cartopartie"),
    } <= found.facets
    assert found.links == {
        ("organizers", "tiriad", "Tiriad"), ("organizers", "wiki-brest", "Wiki Brest"),
        ("themes", "cartes-ouvertes", ""), ("recipes", "cartopartie", ""),
        ("", "le-carnet", ""), ("", "tiriad", ""), ("", "cartopartie", ""),
    }  # fmt: skip


def test_a_page_that_misses_what_its_kind_needs_is_incomplete() -> None:
    assert not projection.compute("---\nkind: event\ntitle: Fête\n---\n", "fete").columns["complete"]


def test_a_text_without_a_title_is_named_by_its_address() -> None:
    assert projection.compute("Rien qu'un paragraphe.\n", "la-licence").columns["title"] == "La licence"


@pytest.mark.parametrize(
    "text",
    [
        "", "---\n", "---\n---\n", "---\nkind: zut\n---\n", "---\n- a\n---\n", "---\n\t: x\n---\n", "\ud800", "\0",
        "---\nkind: event\nsessions: hier\ngeo: nulle part\nplace:\n  - a\n  - b\nlang:\n  x: y\n---\n",
        "---\nkind: event\nsessions:\n  - 2013-13-45\ngeo: 999, 999\nplace: ', ,'\nthemes: '!!!'\n---\n",
        "---\nkind: recipe\ntitle:\n  - a\n  - b\ntagline:\n  - c\ndifficulty: '99'\n---\n",
        "---\nkind: recipe\ntitle: " + "é" * 5000 + "\nthemes:\n  - " + "a" * 5000 + "\n---\n" + "[[b]]" * 3000,
    ],
)  # fmt: skip
def test_any_text_that_was_ever_stored_can_be_projected(text: str) -> None:
    found = projection.compute(text, "x")
    assert found.columns["title"]
    assert len(found.columns["title"]) <= 200
    assert all(len(value) <= 200 for _name, value in found.facets)
    assert all(len(key) <= 200 for _field, key, _words in found.links)


def test_a_save_queues_its_page_for_search_in_its_own_transaction(cast: Cast) -> None:
    slug = pages.create(cast.alice, EVENT).slug
    with write_transaction() as session:
        session.execute(delete(SearchTask))
    for act in (
        lambda: pages.save(cast.alice, slug, EVENT.replace("Deux", "Trois"), 1),
        lambda: pages.archive(cast.mona, slug),
        lambda: pages.unarchive(cast.mona, slug),
        lambda: pages.rename(cast.alice, slug, "Autre nom"),
    ):
        act()
        queued = db.session.execute(select(SearchTask.page_id)).scalars().all()
        assert queued
        with write_transaction() as session:
            session.execute(delete(SearchTask))
    with pytest.raises(Invalid):
        pages.save(cast.alice, "autre-nom", "---\nkind: zut\n---\n", 1)
    assert not db.session.execute(select(SearchTask.page_id)).scalars().all()


# -- Links lead where they should at once -------------------------------------------------


def html(slug: str, cast: Cast) -> str:
    return pages.open_page(cast.eve, slug).html


@pytest.fixture
def citing(cast: Cast) -> str:
    """A page that links to « Jardin », which nobody has written; it was read once, so its drawing is kept."""
    slug = pages.create(cast.alice, "# Appel\n\nVoir [[Jardin]] et [[jardin|le jardin]].\n").slug
    assert 'href="/new/article?title=Jardin"' in html(slug, cast)
    return slug


def test_a_link_leads_to_a_page_as_soon_as_it_is_made(cast: Cast, citing: str) -> None:
    pages.create(cast.bob, "# Jardin\n")
    assert html(citing, cast).count('href="/wiki/jardin"') == 2
    assert "missing" not in html(citing, cast)


def test_a_link_leads_to_a_page_whose_title_becomes_its_words(cast: Cast, citing: str) -> None:
    pages.create(cast.bob, "# Potager\n")
    pages.save(cast.bob, "potager", "# Jardin\n", 1)
    assert html(citing, cast).count('href="/wiki/potager"') == 2
    pages.save(cast.bob, "potager", "# Verger\n", 2)
    assert 'href="/new/article?title=Jardin"' in html(citing, cast)


def test_a_link_follows_a_page_that_moves(cast: Cast, citing: str) -> None:
    pages.create(cast.bob, "# Jardin\n")
    html(citing, cast)
    pages.rename(cast.bob, "jardin", "Jardin partagé")
    assert html(citing, cast).count('href="/wiki/jardin-partage"') == 2


def test_a_link_to_an_archived_page_is_missing_until_it_comes_back(cast: Cast, citing: str) -> None:
    pages.create(cast.bob, "# Jardin\n")
    html(citing, cast)
    pages.archive(cast.mona, "jardin")
    assert 'href="/new/article?title=Jardin"' in html(citing, cast)
    assert "/wiki/jardin" not in html(citing, cast)
    pages.unarchive(cast.mona, "jardin")
    assert html(citing, cast).count('href="/wiki/jardin"') == 2


def test_an_address_is_stronger_than_a_title(cast: Cast, citing: str) -> None:
    pages.create(cast.bob, "# Jardin\n", slug="un-jardin")
    assert 'href="/wiki/un-jardin"' in html(citing, cast)
    pages.create(cast.bob, "# Jardin\n\nLe vrai.\n")
    assert html(citing, cast).count('href="/wiki/jardin"') == 2


def test_of_two_pages_of_one_title_the_older_is_meant_until_it_is_called_otherwise(cast: Cast, citing: str) -> None:
    pages.create(cast.bob, "# Jardin\n", slug="premier")
    pages.create(cast.bob, "# Jardin\n", slug="second")
    assert 'href="/wiki/premier"' in html(citing, cast)
    pages.save(cast.bob, "premier", "# Potager\n", 1)
    assert 'href="/wiki/second"' in html(citing, cast)
    pages.archive(cast.mona, "second")
    assert 'href="/new/article?title=Jardin"' in html(citing, cast)


def test_a_page_shows_at_once_who_names_it_and_under_which_title(cast: Cast) -> None:
    theme = pages.create(cast.alice, "---\nkind: theme\ntitle: Graines\n---\n").slug
    pages.open_page(cast.eve, theme)

    def named() -> list[tuple[str, str]]:
        return [(naming.page.slug, naming.page.title) for naming in pages.open_page(cast.eve, theme).named("themes")]

    recipe = "---\nkind: recipe\ntitle: Grainothèque\nthemes:\n  - graines\n---\n"
    pages.create(cast.bob, recipe)
    assert named() == [("grainotheque", "Grainothèque")]
    pages.save(cast.bob, "grainotheque", recipe.replace("Grainothèque", "Troc de graines"), 1)
    assert named() == [("grainotheque", "Troc de graines")]
    pages.rename(cast.bob, "grainotheque", "Bourse aux graines")
    assert named() == [("bourse-aux-graines", "Bourse aux graines")]
    pages.archive(cast.mona, "bourse-aux-graines")
    assert named() == []
    pages.unarchive(cast.mona, "bourse-aux-graines")
    assert named() == [("bourse-aux-graines", "Bourse aux graines")]
    pages.save(cast.bob, "bourse-aux-graines", recipe.replace("themes:\n  - graines\n", ""), 3)
    assert named() == []


# -- After anything that can happen -------------------------------------------------

NAMES = ["Jardin", "Verger", "Four à pain", "Atelier", "Fête des voisins"]


class Happenings:
    """Random edits of a few pages that name each other."""

    def __init__(self, cast: Cast, seed: int) -> None:
        self.cast = cast
        self.random = random.Random(seed)

    def text(self) -> str:
        kind = self.random.choice(["article", "recipe", "recipe", "event", "event", "theme", "edition", "collective"])
        named = [self.random.choice(NAMES) for _ in range(3)]
        lines = [f"kind: {kind}", f"title: {self.random.choice(NAMES)}"]
        if kind in ("recipe", "event"):
            lines += ["themes:", f"  - {pages.link_key(named[0])}"]
        if kind == "event":
            lines += [
                "sessions:",
                f"  - 20{self.random.randrange(10, 30)}-10-12",
                f"place: {named[2]}, là",
                "organizers:",
            ]
            lines += [f"  - {named[1]}"]
            lines += [f"edition: {pages.link_key(named[0])}", "recipes:", f"  - {pages.link_key(named[2])}"]
            lines += [f"state: {self.random.choice(['annonce', 'passe', 'passe', 'annule'])}"]
        if kind == "edition":
            lines += [f"starts_on: 20{self.random.randrange(10, 30)}", f"part_of: {pages.link_key(named[1])}"]
        if kind == "recipe":
            lines += [f"variant_of: {pages.link_key(named[1])}", f"difficulty: {self.random.randrange(1, 6)}"]
        body = "\n\n".join(f"Voir [[{name}]]." for name in named[: self.random.randrange(4)])
        return "---\n" + "\n".join(lines) + f"\n---\n\n{body}\n"

    def slugs(self) -> list[str]:
        return list(db.session.execute(select(Page.slug).order_by(Page.id)).scalars())

    def step(self) -> str:
        """Do something and say what."""
        mona = self.cast.mona
        if not self.slugs() or (len(self.slugs()) < 6 and self.random.random() < 0.4):
            slug = pages.link_key(self.random.choice(NAMES)) + self.random.choice(["", "-bis"])
            pages.create(mona, self.text(), slug=slug)
            return f"create {slug}"
        slug = self.random.choice(self.slugs())
        match self.random.choice(["save", "save", "rename", "archive", "unarchive", "restore", "protect"]):
            case "save":
                pages.save(mona, slug, self.text(), pages.find(mona, slug).head_number)
                return f"save {slug}"
            case "rename":
                title = self.random.choice(NAMES)
                pages.rename(mona, slug, title)
                return f"rename {slug} {title}"
            case "restore":
                pages.restore(mona, slug, self.random.randrange(1, pages.find(mona, slug).head_number + 1))
                return f"restore {slug}"
            case "protect":
                pages.protect(mona, slug, self.random.random() < 0.5)
                return f"protect {slug}"
            case fact:
                getattr(pages, fact)(mona, slug)
                return f"{fact} {slug}"

    def steps(self, number: int) -> Iterator[str]:
        for _ in range(number):
            try:
                yield self.step()
            except (Invalid, NotFound, Moved) as error:
                yield f"nothing: {error!r}"


def drawn(slug: str, cast: Cast) -> tuple[Any, ...]:
    reading = pages.open_page(cast.mona, slug)
    counted = reading.trials
    return reading.html, reading.targets, reading.toc, reading.named_by, reading.document, reading.authors, counted


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_after_anything_that_can_happen_nothing_computed_differs_from_its_computation(
    cast: Cast, seed: int | None
) -> None:
    seed = seed if seed is not None else random.SystemRandom().randrange(10**9)
    happenings = Happenings(cast, seed)
    told = []
    for what in happenings.steps(30):
        told.append(what)
        story = f"seed {seed}: {told}"
        kept = {slug: drawn(slug, cast) for slug in happenings.slugs()}
        with write_transaction() as session:
            session.execute(delete(Rendered))
        for slug in kept:
            page, text = pages.text_of(cast.mona, slug)
            assert projection.stored(page.id) == projection.compute(text.text, slug), story
            assert kept[slug] == drawn(slug, cast), story
        keys = db.session.execute(select(Link.key).distinct()).scalars().all()
        found = projection.resolve(keys)
        for key, target in db.session.execute(select(Link.key, Link.target_id)).all():
            assert target == found.get(key), (key, story)
    assert len([what for what in told if not what.startswith("nothing")]) > 10, told
    names = db.session.execute(select(PageName.slug)).scalars().all()
    assert set(happenings.slugs()) <= set(names)


def test_a_text_never_links_to_a_page_its_projection_does_not_know(cast: Cast) -> None:
    text = (
        "# Liens\n\n[[Un]] *[[Deux]]* [a]([[Trois]]) `[[Quatre]]`\n\n> - [[Cinq|5]]\n\n"
        "|a|b|\n|-|-|\n|[[Six]]|`x`[[Sept]]`y`|\n\nTerme\n: [[Huit]]\n\n[^1]\n\n[^1]: [[Neuf]]\n\n~~[[Dix]]~~\n\n"
        "```\n[[Onze]]\n```\n\n    [[Douze]]\n\n\\`[[Treize]]\\`\n"
    )
    slug = pages.create(cast.alice, text).slug
    known = set(db.session.execute(select(Link.key).where(Link.source_id == page_id(slug))).scalars())
    assert {"un", "deux", "cinq", "six", "sept", "huit", "neuf", "dix", "treize"} <= set(wiki_links(text)) <= known
