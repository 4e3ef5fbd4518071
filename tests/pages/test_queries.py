"""Finding pages: what each finder returns, and that it gives away nothing its reader may not know of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event

from tests.conftest import Cast
from wiki import pages
from wiki.accounts import Actor
from wiki.database import db
from wiki.errors import Moved, NotFound
from wiki.pages import queries

pytestmark = pytest.mark.usefixtures("context")

SECRET = "Quetzalcoatl"


def recipe(title: str, **fields: str) -> str:
    lines = "".join(f"{name}: {value}\n" for name, value in fields.items())
    return f"---\nkind: recipe\ntitle: {title}\n{lines}themes:\n  - graines\n---\n\nDu texte.\n"


def event_text(title: str, day: str, place: str = "Brest, port") -> str:
    return (
        f"---\nkind: event\ntitle: {title}\nsessions:\n  - {day}\nplace: {place}\norganizers:\n  - Tiriad\n"
        "themes:\n  - graines\n---\n\nRécit.\n"
    )


def slugs(listing: pages.Listing) -> list[str]:
    return [row.slug for row in listing.rows]


# -- Opening -------------------------------------------------


@pytest.mark.parametrize(
    "asked", ["Copy-party", "COPY PARTY", "Cópy  Pàrty", "copy_party", "copy-party-", "«copy party»"]
)
def test_a_page_is_found_by_its_title_in_any_case_and_accents(cast: Cast, asked: str) -> None:
    pages.create(cast.alice, recipe("Copy party"))
    with pytest.raises(Moved) as moved:
        pages.find(cast.eve, asked)
    assert moved.value.slug == "copy-party"


def test_a_page_is_found_by_a_title_its_address_does_not_say(cast: Cast) -> None:
    pages.create(cast.alice, recipe("Soirée de copie"), slug="copy-party")
    with pytest.raises(Moved) as moved:
        pages.find(cast.eve, "Soirée de copie")
    assert moved.value.slug == "copy-party"


def test_the_same_title_composed_or_decomposed_is_one(cast: Cast) -> None:
    pages.create(cast.alice, recipe("Grainothe\u0300que"))
    with pytest.raises(Moved):
        pages.find(cast.eve, "Grainoth\u00e8que")
    assert pages.find(cast.eve, "grainotheque").title == "Grainoth\u00e8que"


@pytest.mark.parametrize("asked", ["", "-", "nulle-part", "a" * 5000, "é" * 81, "\ufffd", "../etc/passwd", "%", "_"])
def test_what_nobody_wrote_is_not_found(cast: Cast, asked: str) -> None:
    pages.create(cast.alice, recipe("Copy party"))
    with pytest.raises(NotFound):
        pages.find(cast.ada, asked)


# -- Lists -------------------------------------------------


def noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC)


def test_recipes_are_listed_by_title_whatever_their_accents(cast: Cast) -> None:
    for title in ("Zine", "Écolo", "atelier", "Éclair", "Bal"):
        pages.create(cast.alice, recipe(title))
    assert slugs(pages.listing(cast.eve, "recipe")) == ["atelier", "bal", "eclair", "ecolo", "zine"]


def test_a_list_is_cut_into_pages_and_no_number_leads_outside(cast: Cast) -> None:
    for letter in "abcdefg":
        pages.create(cast.alice, recipe(letter * 3))
    asked = {number: pages.listing(cast.eve, "recipe", number, 3) for number in (-5, 0, 1, 2, 3, 4, 10**9)}
    assert {number: found.page for number, found in asked.items()} == {-5: 1, 0: 1, 1: 1, 2: 2, 3: 3, 4: 3, 10**9: 3}
    assert slugs(asked[1]) + slugs(asked[2]) + slugs(asked[3]) == [letter * 3 for letter in "abcdefg"]
    assert all((found.total, found.pages) == (7, 3) for found in asked.values())


def test_events_are_listed_newest_first_and_coming_ones_soonest_first(cast: Cast) -> None:
    for title, day in [("Un", "2011-05-01"), ("Deux", "2013-10"), ("Trois", "2030-01-02"), ("Quatre", "2031")]:
        pages.create(cast.alice, event_text(title, day))
    today = noon("2026-01-01")
    assert slugs(pages.listing(cast.eve, "event")) == ["quatre", "trois", "deux", "un"]
    assert slugs(pages.listing(cast.eve, "event", when="coming", at=today)) == ["trois", "quatre"]
    assert slugs(pages.listing(cast.eve, "event", when="past", at=today)) == ["deux", "un"]


def test_an_event_of_this_day_is_still_to_come(cast: Cast) -> None:
    pages.create(cast.alice, event_text("Ce soir", "2026-01-01"))
    assert slugs(pages.listing(cast.eve, "event", when="coming", at=noon("2026-01-01"))) == ["ce-soir"]
    assert slugs(pages.listing(cast.eve, "event", when="past", at=noon("2026-01-01"))) == []


@pytest.mark.parametrize(("day", "today"), [("2026", "2026-06-01"), ("2026-06", "2026-06-15")])
def test_an_event_whose_day_is_not_known_stays_to_come_while_it_may(cast: Cast, day: str, today: str) -> None:
    pages.create(cast.alice, event_text("Un jour", day))
    assert slugs(pages.listing(cast.eve, "event", when="coming", at=noon(today))) == ["un-jour"]
    assert slugs(pages.listing(cast.eve, "event", when="past", at=noon(today))) == []


@pytest.mark.parametrize(
    ("day", "last", "first"),
    [
        # The nights when clocks change, on both sides of the year, and far from the meridian.
        ("2026-03-29 Europe/Paris", "2026-03-29T21:59:59", "2026-03-29T22:00:00"),
        ("2026-03-28 Europe/Paris", "2026-03-28T22:59:59", "2026-03-28T23:00:00"),
        ("2026-10-25T14:00/2026-10-25T16:00 Europe/Paris", "2026-10-25T22:59:59", "2026-10-25T23:00:00"),
        ("2026-10-24 Europe/Paris", "2026-10-24T21:59:59", "2026-10-24T22:00:00"),
        ("2026-03-08 America/Montreal", "2026-03-09T03:59:59", "2026-03-09T04:00:00"),
        ("2026-03-07 America/Montreal", "2026-03-08T04:59:59", "2026-03-08T05:00:00"),
        ("2026-11-01T20:00 America/Montreal", "2026-11-02T04:59:59", "2026-11-02T05:00:00"),
        ("2026-03-29 Pacific/Noumea", "2026-03-29T12:59:59", "2026-03-29T13:00:00"),
        # Over several days it is not past while it lasts.
        ("2026-10-24/2026-10-26 Europe/Paris", "2026-10-26T22:59:59", "2026-10-26T23:00:00"),
        ("2026-10-24T22:00/2026-10-25T02:00 Europe/Paris", "2026-10-25T22:59:59", "2026-10-25T23:00:00"),
    ],
)
def test_an_event_is_past_when_its_last_day_is_over_where_it_is(cast: Cast, day: str, last: str, first: str) -> None:
    pages.create(cast.alice, event_text("Fête", day))
    for moment, coming in ((last, ["fete"]), (first, [])):
        at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        assert slugs(pages.listing(cast.eve, "event", when="coming", at=at)) == coming
        assert slugs(pages.listing(cast.eve, "event", when="past", at=at)) == ["fete"][len(coming) :]


def test_all_filters_must_hold(cast: Cast) -> None:
    pages.create(cast.alice, recipe("Facile", difficulty="1"))
    pages.create(cast.alice, recipe("Dure", difficulty="5"))
    filters = [("themes", "graines"), ("difficulty", "5")]
    assert slugs(pages.listing(cast.eve, "recipe", facets=filters)) == ["dure"]
    assert pages.listing(cast.eve, "recipe", facets=[*filters, ("difficulty", "1")]).total == 0
    assert pages.facet_counts(cast.eve, "recipe", "difficulty") == [("1", 1), ("5", 1)]
    assert pages.facet_counts(cast.eve, "recipe", "themes") == [("graines", 2)]


def test_wanted_pages_come_with_who_asks_for_them_and_plain_names_are_not_wanted(cast: Cast) -> None:
    pages.create(cast.alice, "# Un\n\n[[Four à pain]] [[four-a-pain]]\n")
    pages.create(cast.alice, "# Deux\n\n[[Four à pain]] [[Verger]] [[Un]]\n")
    pages.create(cast.alice, event_text("Fête", "2013"))
    wanted = [(key, count, [asker.slug for asker in askers]) for key, count, askers in pages.wanted(cast.eve)]
    assert wanted == [("four-a-pain", 2, ["deux", "un"]), ("graines", 1, ["fete"]), ("verger", 1, ["deux"])]


def test_orphans_are_pages_no_other_page_leads_to(cast: Cast) -> None:
    pages.create(cast.alice, "# Un\n\n[[Deux]]\n")
    pages.create(cast.alice, "# Deux\n\n[[Deux]]\n")
    pages.create(cast.alice, "# Trois\n\n[[Trois]]\n")
    assert slugs(pages.orphans(cast.eve)) == ["trois", "un"]


def test_a_page_only_an_archived_page_leads_to_is_an_orphan(cast: Cast) -> None:
    pages.create(cast.alice, "# Un\n\n[[Deux]]\n")
    pages.create(cast.alice, "# Deux\n")
    pages.archive(cast.mona, "un")
    assert slugs(pages.orphans(cast.eve)) == ["deux"]


def test_what_links_here_counts_each_page_once(cast: Cast) -> None:
    target = pages.create(cast.alice, "# Graines\n").slug
    pages.create(cast.alice, recipe("Grainothèque").replace("Du texte.", "[[Graines]] [[graines]]"))
    found = pages.linking_here(cast.eve, pages.find(cast.eve, target).id)
    assert (slugs(found), found.total) == (["grainotheque"], 1)


def test_suggestions_begin_with_the_words_then_contain_them(cast: Cast) -> None:
    for title in ("Pain d'épices", "Four à pain", "Painté", "Autre"):
        pages.create(cast.alice, recipe(title))
    pages.create(cast.alice, "# Pain\n")
    assert [info.slug for info in pages.suggestions(cast.eve, "PÀIN")] == [
        "pain",
        "pain-d-epices",
        "painte",
        "four-a-pain",
    ]
    assert [info.slug for info in pages.suggestions(cast.eve, "pain", "article")] == ["pain"]


@pytest.mark.parametrize("words", ["", "  ", "%", "_", "!!!", "\u200b"])
def test_nothing_typed_suggests_nothing(cast: Cast, words: str) -> None:
    pages.create(cast.alice, recipe("Pain"))
    assert pages.suggestions(cast.eve, words) == []


def test_changes_are_filtered_by_kind_size_and_who(cast: Cast) -> None:
    text = recipe("Pain")
    pages.create(cast.alice, text)
    pages.save(cast.eve, "pain", text.replace("Du texte", "De la farine"), 1, minor=True)
    pages.create(cast.bob, "# Aide\n")

    def seen(**filters: Any) -> list[tuple[str, int]]:
        return [(change.page.slug, change.number) for change in pages.changes(cast.eve, **filters)]

    assert seen() == [("aide", 1), ("pain", 2), ("pain", 1)]
    assert seen(kind="recipe") == [("pain", 2), ("pain", 1)]
    assert seen(minor=False) == [("aide", 1), ("pain", 1)]
    assert seen(who="guests") == [("pain", 2)]
    assert seen(who="members") == [("aide", 1), ("pain", 1)]
    assert seen(author="alice") == [("pain", 1)]
    assert seen(before=pages.changes(cast.eve)[1].id) == [("pain", 1)]
    assert seen(limit=1) == [("aide", 1)]


# -- Nothing of what is archived -------------------------------------------------

FINDERS: dict[str, Callable[[Actor], Any]] = {
    "listing": lambda actor: pages.listing(actor, "recipe"),
    "listing of coming events": lambda actor: pages.listing(actor, "event", when="coming", at=noon("2000-01-01")),
    "facets of recipes": lambda actor: [pages.facet_counts(actor, "recipe", name) for name in ("themes", "tags")],
    "facets of events": lambda actor: [pages.facet_counts(actor, "event", name) for name in ("city", "year")],
    "counts": pages.counts,
    "to_try": lambda actor: pages.to_try(actor, "recipe", 10, "2026-11-23"),
    "changes": pages.changes,
    "changes by author": lambda actor: pages.changes(actor, author="bob"),
    "search": lambda actor: [pages.search(actor, words) for words in (SECRET, "graines", "Zipacna", "Xibalba")],
    "suggestions": lambda actor: [pages.suggestions(actor, words) for words in (SECRET, "xibalba", "a")],
    "titles": lambda actor: pages.titles(actor, [SECRET.lower(), "xibalba", "ancien-nom"]),
    "wanted": pages.wanted,
    "orphans": pages.orphans,
    "links": lambda actor: pages.linking_here(actor, pages.find(actor, "visible").id),
    "links of keys": lambda actor: queries.resolved(actor, [SECRET.lower(), "xibalba", "ancien-nom"]),
    "page": lambda actor: pages.open_page(actor, "visible"),
    "preview": lambda actor: pages.preview(actor, "[[Ancien nom]] [[Xibalba]]").targets,
}  # fmt: skip


@pytest.mark.parametrize("finder", FINDERS)
def test_no_finder_gives_anything_of_an_archived_page_away(cast: Cast, finder: str) -> None:
    pages.create(cast.alice, "# Visible\n\nVoir [[ancien nom]].\n")
    before = repr(FINDERS[finder](cast.alice))
    named = "tags:\n  - Zipacna\ntagline: Zipacna\nrelated:\n  - visible\n  - jamais-ecrite\nthemes:"
    pages.create(cast.bob, recipe("Ancien nom").replace("themes:", named))
    pages.rename(cast.bob, "ancien-nom", SECRET)
    pages.create(cast.bob, event_text("Xibalba", "2033-01-01", "Xibalba, nord").replace("graines", "visible"))
    shown = repr(FINDERS[finder](cast.alice))
    assert shown != before, "this finder never shows such a page: nothing is tried here"
    for slug in (SECRET.lower(), "xibalba"):
        pages.archive(cast.mona, slug)
    for actor in (cast.alice, cast.eve):
        found = repr(FINDERS[finder](actor)).casefold()
        for word in (SECRET, "Xibalba", "Zipacna", "jamais-ecrite", "2033"):
            assert word.casefold() not in found


def test_a_moderator_opens_an_archived_page_but_lists_leave_it_out(cast: Cast) -> None:
    pages.create(cast.alice, recipe(SECRET))
    pages.archive(cast.mona, SECRET.lower())
    for actor in (cast.mona, cast.ada):
        assert pages.find(actor, SECRET.lower()).archived
        assert pages.listing(actor, "recipe").total == 0
        assert pages.search(actor, SECRET).total == 0
        assert pages.changes(actor) == []


def test_an_archived_page_and_one_that_never_was_are_refused_alike(cast: Cast) -> None:
    pages.create(cast.alice, recipe(SECRET))
    pages.archive(cast.mona, SECRET.lower())
    for asked in (SECRET.lower(), SECRET, "autre"):
        with pytest.raises(NotFound):
            pages.find(cast.alice, asked)


# -- How many questions the database is asked ---------------


@contextmanager
def counted() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "ROLLBACK", "COMMIT")):
            statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_a_page_that_was_drawn_is_opened_with_three_questions(cast: Cast) -> None:
    pages.create(cast.alice, "---\nkind: theme\ntitle: Graines\n---\n")
    for number in range(3):
        pages.create(cast.alice, recipe(f"Recette {number}").replace("Du texte", "[[Graines]] [[Recette 1]]"))
    for slug in ("graines", "recette-0"):
        pages.open_page(cast.eve, slug)
        db.session.rollback()
        with counted() as statements:
            pages.open_page(cast.eve, slug)
        assert len(statements) <= 3, statements


def test_no_finder_asks_more_of_a_larger_wiki(cast: Cast) -> None:
    def grow(start: int, end: int) -> None:
        for number in range(start, end):
            pages.create(cast.alice, recipe(f"Recette {number}").replace("Du texte", "[[Visible]] [[Rien]]"))

    pages.create(cast.alice, "# Visible\n")
    grow(0, 3)
    asked: list[dict[str, int]] = []
    for _ in range(2):
        asked.append({})
        for name, finder in FINDERS.items():
            finder(cast.eve)
            with counted() as statements:
                finder(cast.eve)
            asked[-1][name] = len(statements)
        grow(3, 25)
    assert asked[0] == asked[1]


def test_a_recipe_that_many_events_name_still_tells_its_variants(cast: Cast) -> None:
    recipe = pages.create(cast.alice, "---\nkind: recipe\ntitle: Troc\n---\n\nTroquer.\n").slug
    pages.fork(cast.alice, recipe, "Brest")
    for year in range(2010, 2015):
        text = f"---\nkind: event\ntitle: Troc {year}\nsessions:\n  - {year}\nrecipes:\n  - troc\n---\n"
        pages.create(cast.alice, text)
    found = queries.named_by(cast.eve, pages.find(cast.eve, recipe).id, limit=4)
    assert [(one.field, one.page.slug) for one in found] == [
        ("variant_of", "troc-brest"), ("recipes", "troc-2014"), ("recipes", "troc-2013"), ("recipes", "troc-2012"),
    ]
