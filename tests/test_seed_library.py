"""The library a wiki starts with: every page of it is read here as a careful editor would."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from wiki import resources
from wiki.pages import KINDS, Document, incomplete, link_key, parse, typed
from wiki.pages.textform import canonical
from wiki.rendering import LinkTarget, render, wiki_links

FOLDERS = {
    "recipes": "recipe",
    "events": "event",
    "editions": "edition",
    "themes": "theme",
    "projects": "project",
    "collectives": "collective",
    "articles": "article",
}
# (south, north), (west, east) in degrees, with a little room at the borders.
COUNTRIES = {
    "FR": ((41.2, 51.2), (-5.3, 9.7)),
    "RE": ((-21.5, -20.8), (55.1, 55.9)),
    "CA": ((41.6, 83.2), (-141.1, -52.5)),
    "CH": ((45.7, 47.9), (5.8, 10.6)),
    "BE": ((49.4, 51.6), (2.4, 6.5)),
    "NL": ((50.7, 53.6), (3.3, 7.3)),
    "DE": ((47.2, 55.1), (5.8, 15.1)),
    "BF": ((9.3, 15.2), (-5.6, 2.5)),
    "ML": ((10.0, 25.1), (-12.4, 4.4)),
}


@cache
def library() -> dict[str, tuple[Path, str, Document]]:
    folder = resources.folder("seed_recipes")
    found = {}
    for path in sorted(folder.rglob("*.md")):
        assert path.stem not in found, f"two seed pages are called {path.stem}"
        text = path.read_text("utf-8")
        found[path.stem] = (path, text, parse(text))
    return found


SLUGS = sorted(library())
each_page = pytest.mark.parametrize("slug", SLUGS)


def _references(document: Document) -> set[str]:
    named: set[str] = set()
    for field in KINDS[document.kind].fields:
        if field.type in ("reference", "references"):
            value = document.fields.get(field.name, [])
            named |= {value} if isinstance(value, str) else set(value)
    return named


def _named(document: Document) -> set[str]:
    """Every page this one leads to: by a link, by a field, by the name of somebody who has a page."""
    names = _references(document) | set(wiki_links(document.body))
    for field in KINDS[document.kind].fields:
        value = document.fields.get(field.name, [])
        values = [value] if isinstance(value, str) else list(value)
        if field.type == "mentions":
            names |= {link_key(mention) for mention in values}
        elif field.type in ("text", "list"):
            names |= {key for text in values for key in wiki_links(text)}
    return names


@cache
def _titles() -> dict[str, str]:
    return {link_key(document.title): slug for slug, (_path, _text, document) in library().items()}


@each_page
def test_a_seed_page_is_valid_and_in_canonical_form(slug: str, context: None) -> None:
    _path, text, _document = library()[slug]
    assert canonical(text) == text


@each_page
def test_a_seed_page_lies_in_the_folder_of_its_kind(slug: str) -> None:
    path, _text, document = library()[slug]
    assert FOLDERS[path.parent.name] == document.kind


@each_page
def test_every_page_a_seed_page_names_exists(slug: str) -> None:
    document = library()[slug][2]
    known = library().keys() | _titles().keys()
    assert _references(document) <= library().keys()
    assert set(wiki_links(document.body)) <= known


@each_page
def test_a_seed_page_renders_whole_and_without_a_missing_link(slug: str) -> None:
    document = library()[slug][2]
    targets = {key: LinkTarget(f"/wiki/{key}", key) for key in library().keys() | _titles().keys()}
    drawn = render(document.body, targets)
    assert drawn.complete
    assert 'class="missing"' not in drawn.html
    assert "javascript:" not in drawn.html


@each_page
def test_a_seed_page_says_all_that_its_kind_requires(slug: str) -> None:
    document = library()[slug][2]
    assert [field.name for field in incomplete(document) if field.need == "required"] == []


@each_page
def test_a_seed_page_carries_its_licence(slug: str) -> None:
    assert library()[slug][2].fields.get("license") == "CC BY-SA 4.0"


@each_page
def test_a_seed_page_that_states_facts_gives_its_sources(slug: str) -> None:
    document = library()[slug][2]
    if document.kind in ("recipe", "event", "edition", "project"):
        named = re.search(r"^## (Sources|Références)$", document.body, re.MULTILINE)
        assert document.fields.get("source_urls") or named


@each_page
def test_coordinates_lie_in_the_named_country(slug: str) -> None:
    document = library()[slug][2]
    point = typed(document, "geo")
    if point is None:
        return
    (south, north), (west, east) = COUNTRIES[str(document.fields.get("country", "FR"))]
    assert south <= point.latitude <= north
    assert west <= point.longitude <= east
    assert document.fields.get("geo_precision")


@each_page
def test_the_dates_of_a_seed_page_are_understood(slug: str) -> None:
    document = library()[slug][2]
    for field in KINDS[document.kind].fields:
        if field.type in ("sessions", "date", "partial_date") and document.fields.get(field.name):
            assert typed(document, field.name), field.name


def test_the_library_is_whole() -> None:
    counted: dict[str, int] = {}
    for _path, _text, document in library().values():
        counted[document.kind] = counted.get(document.kind, 0) + 1
    assert counted["recipe"] >= 22
    assert counted["event"] >= 46
    assert counted["edition"] >= 11
    assert counted["project"] >= 2
    assert counted["article"] >= 5


def test_no_page_stands_alone() -> None:
    titles = _titles()
    reached: set[str] = set()
    for slug, (_path, _text, document) in library().items():
        reached |= {titles.get(name, name) for name in _named(document)} - {slug}
    assert library().keys() - reached - {"aide"} == set()


def test_every_recipe_is_reached_from_a_theme() -> None:
    for slug, (_path, _text, document) in library().items():
        if document.kind == "recipe":
            assert document.fields["themes"], slug


def test_a_recipe_of_the_library_is_long_enough_to_be_followed() -> None:
    for slug, (_path, _text, document) in library().items():
        if document.kind == "recipe":
            words = len(document.body.split())
            least = 250 if document.fields.get("variant_of") else 600
            assert words >= least, f"{slug}: {words} words"
            assert "## Étapes" in document.body, slug


def test_a_variant_says_what_it_changes() -> None:
    for slug, (_path, _text, document) in library().items():
        if document.fields.get("variant_of"):
            assert document.fields.get("variant_notes"), slug
