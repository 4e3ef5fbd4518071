"""What became of a recipe where it was tried: counted truly, whatever is written, moved, archived or taken back."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import delete, event, insert

from tests.conftest import Cast
from wiki import pages
from wiki.database import db, write_transaction
from wiki.pages import tallies
from wiki.pages.models import Gathering, Link, Page
from wiki.pages.trials import Account, Town, Trials

pytestmark = pytest.mark.usefixtures("context")

RECIPE = """\
---
kind: recipe
title: Copy party
tagline: Copier ensemble
themes:
  - communs
group_size: 10 à 100
duration: 2 h - 4 h
cost: 0-150 EUR
---

## Ingrédients

### Matériel

- 10 clés

## Étapes

### 1. Choisir le lieu

Une salle.
"""


def an_event(title: str, day: str = "2012-03-07", place: str = "Brest, BU", **fields: str) -> str:
    """The text of an event that followed the copy party."""
    body = fields.pop("body", "")
    recipe = fields.pop("recipe", "copy-party")
    given = {"state": "passe", **fields}
    state, lines = given.pop("state"), "".join(f"{name}: {value}\n" for name, value in given.items())
    return (
        f"---\nkind: event\ntitle: {title}\nstate: {state}\nsessions:\n  - {day}\nplace: {place}\n"
        f"organizers:\n  - Les petits débrouillards\nrecipes:\n  - {recipe}\n{lines}---\n\n{body}"
    )


def trials(cast: Cast, slug: str = "copy-party") -> Trials:
    found = pages.open_page(cast.eve, slug).trials
    assert found is not None
    return found


def account(cast: Cast, slug: str = "copy-party") -> Account:
    return trials(cast, slug).alone


@pytest.fixture
def recipe(context: Flask, cast: Cast) -> str:
    return pages.create(cast.alice, RECIPE).slug


@pytest.mark.usefixtures("recipe")
def test_a_recipe_nobody_followed_has_an_empty_account(cast: Cast) -> None:
    found = account(cast)
    assert (found.events, found.held, found.cities, found.first, found.years) == (0, 0, 0, "", [])
    assert found.people is found.lasted is found.cost is None
    assert trials(cast).declared.people == (10, 100)
    assert trials(cast).declared.lasts == (120, 240)
    assert trials(cast).declared.cost == (0, 15000)


@pytest.mark.any_database
@pytest.mark.usefixtures("recipe")
def test_events_are_counted_by_year_city_and_what_they_say(cast: Cast) -> None:
    for text in (
        an_event("Une", "2012-03-07T18:00/2012-03-07T21:00", attendance="100", money_spent="40 EUR"),
        an_event("Deux", "2014-05", "brest", attendance="20", time_spent="3 j", outcome="sans-suite"),
        an_event("Trois", "2014", "Rennes", money_spent="20 CHF", body="## Récit\n\nIl a plu.\n"),
        an_event("Quatre", "2015-01-01", "Nantes", state="annule"),
        an_event("Cinq", "2016-01-01", "Lyon", state="reporte"),
        an_event("Six", "2999-01-01", "Lille", state="annonce"),
    ):
        pages.create(cast.alice, text)
    found = account(cast)
    assert (found.events, found.held, found.nothing, found.cancelled, found.postponed) == (6, 3, 1, 1, 1)
    assert (found.cities, found.first, found.last, found.told) == (2, "2012", "2014", 3)
    assert found.years == [("2012", 1, 0), ("2013", 0, 0), ("2014", 2, 1)]
    assert found.people is not None
    assert (found.people.known, found.people.median, found.people.total) == (2, 60, 120)
    assert found.lasted is not None
    assert (found.lasted.known, found.lasted.low) == (1, 180)
    assert found.worked is not None
    assert found.worked.total == 3 * 1440
    assert found.cost is not None
    assert (found.cost.known, found.cost.total) == (1, 4000)
    assert [told.text for told in found.stories] == ["Il a plu."]


@pytest.mark.parametrize(
    ("said", "people"),
    [
        ("10 à 100", (10, 100)),
        ("de 5 à 20 personnes", (5, 20)),
        ("12 au plus", (12, 12)),
        ("6–30", (6, 30)),
        ("5 personnes au moins pour organiser", None),
        ("10 à 30 ateliers", None),
        ("15 enfants pour 2 à 3 adultes", None),
        ("une vingtaine", None),
        ("5 à 8 bénévoles pour commencer", None),
    ],
)
def test_what_a_recipe_says_of_people_is_compared_where_it_says_how_many_come(
    cast: Cast, said: str, people: tuple[int, int] | None
) -> None:
    pages.create(cast.alice, RECIPE.replace("10 à 100", said))
    assert trials(cast).declared.people == people


@pytest.mark.usefixtures("recipe")
def test_an_announced_event_counts_as_soon_as_somebody_tells_of_it(cast: Cast) -> None:
    slug = pages.create(cast.alice, an_event("Une", state="annonce", adaptations="Sans scanner.")).slug
    assert account(cast).held == 0
    text = pages.text_of(cast.alice, slug)[1]
    pages.save(cast.bob, slug, text.text.replace("adaptations:", "went_wrong: Personne.\nadaptations:"), text)
    assert (account(cast).held, account(cast).told) == (1, 1)


@pytest.mark.usefixtures("recipe")
def test_every_count_follows_a_change_an_archive_and_a_return(cast: Cast) -> None:
    slug = pages.create(cast.alice, an_event("Une", attendance="30")).slug
    people = account(cast).people
    assert people is not None
    assert people.total == 30
    pages.archive(cast.ada, slug)
    assert account(cast).held == 0
    pages.unarchive(cast.ada, slug)
    assert account(cast).held == 1
    pages.save(cast.bob, slug, an_event("Une", attendance="30").replace("copy-party", "disco-soupe"), 1)
    assert account(cast).held == 0
    pages.undo(cast.bob, slug, 2)
    assert account(cast).held == 1


def test_a_recipe_written_after_its_events_finds_them(cast: Cast) -> None:
    pages.create(cast.alice, an_event("Une"))
    pages.create(cast.alice, RECIPE)
    assert account(cast).held == 1


@pytest.mark.usefixtures("recipe")
def test_a_recipe_keeps_its_trials_under_a_new_title(cast: Cast) -> None:
    pages.create(cast.alice, an_event("Une"))
    assert account(cast).held == 1
    saved = pages.rename(cast.alice, "copy-party", "Fête de la copie")
    assert account(cast, saved.slug).held == 1


@pytest.mark.any_database
@pytest.mark.usefixtures("recipe")
def test_a_family_counts_together_and_each_variant_alone(cast: Cast) -> None:
    variant = pages.fork(cast.bob, "copy-party", "Brest").slug
    second = pages.fork(cast.bob, variant, "hors les murs").slug
    assert trials(cast).family is None
    pages.create(cast.alice, an_event("Une"))
    pages.create(cast.alice, an_event("Deux", "2013", recipe=variant))
    pages.create(cast.alice, an_event("Trois", "2014", recipe=second))
    for slug in ("copy-party", variant, second):
        found = trials(cast, slug)
        assert found.alone.held == 1
        assert found.family is not None
        assert found.family.held == 3, slug
    pages.archive(cast.ada, variant)
    family = trials(cast).family
    assert family is not None
    assert family.held == 2
    pages.unarchive(cast.ada, variant)
    pages.unlink(cast.bob, variant)
    assert trials(cast).family is None
    family = trials(cast, second).family
    assert family is not None
    assert family.held == 2


@pytest.mark.any_database
@pytest.mark.usefixtures("recipe")
def test_towns_are_told_with_their_point_for_one_recipe_and_for_its_family(cast: Cast) -> None:
    variant = pages.fork(cast.bob, "copy-party", "Lyon").slug
    pages.create(cast.alice, an_event("Une", geo="48.38, -4.48"))
    pages.create(cast.alice, an_event("Deux", place="brest, mairie", geo="48.40, -4.50"))
    pages.create(cast.alice, an_event("Trois", place="Lyon", recipe=variant, geo="45.76, 4.84"))
    pages.create(cast.alice, an_event("Quatre", place="Lyon", recipe=variant, state="annule", geo="45.0, 4.0"))
    pages.create(cast.alice, an_event("Cinq", place="Quimper"))
    found = trials(cast)
    brest, quimper = Town("Brest", 2, (48.39, -4.49)), Town("Quimper", 1, None)
    assert found.alone.towns == [brest, quimper]
    assert found.family is not None
    assert found.family.towns == [brest, Town("Lyon", 1, (45.76, 4.84)), quimper]
    assert pages.family_slugs(cast.eve, pages.find(cast.eve, variant).id) == [variant, "copy-party"]


@pytest.mark.usefixtures("recipe")
def test_difficulties_of_the_whole_family_stand_by_the_sections_of_the_recipe_that_is_read(cast: Cast) -> None:
    variant = pages.fork(cast.bob, "copy-party", "Lyon").slug
    pages.create(cast.alice, an_event("Une", went_wrong="'Matériel : trop peu.'"))
    pages.create(cast.alice, an_event("Deux", "2013", recipe=variant, went_wrong="'materiel : tout vide.'"))
    family = trials(cast).family
    assert family is not None
    assert [(one.section, [told.text for told in one.told]) for one in family.troubles] == [
        ("Matériel", ["tout vide.", "trop peu."])
    ]


@pytest.mark.usefixtures("recipe")
def test_an_event_that_follows_two_of_a_family_counts_once(cast: Cast) -> None:
    variant = pages.fork(cast.bob, "copy-party", "Brest").slug
    pages.create(cast.alice, an_event("Une", recipe=f"copy-party\n  - {variant}"))
    pages.create(cast.alice, an_event("Deux"))
    family = trials(cast, variant).family
    assert family is not None
    assert family.held == 2


@pytest.mark.usefixtures("recipe")
def test_what_went_wrong_is_sorted_by_section_of_the_recipe(cast: Cast) -> None:
    wrong = "|\n  Materiel : les clés étaient vides.\n\n  Personne ne savait où c’était.\n\n  Météo : il a plu."
    pages.create(cast.alice, an_event("Une", went_wrong=wrong))
    found = [(one.section, [told.text for told in one.told]) for one in account(cast).troubles]
    assert found == [
        ("Matériel", ["les clés étaient vides."]),
        ("", ["Personne ne savait où c’était.", "Météo : il a plu."]),
    ]


def test_recipes_that_come_from_each_other_in_the_database_are_survived(cast: Cast) -> None:
    first, second = pages.create(cast.alice, RECIPE), pages.create(cast.alice, RECIPE.replace("Copy", "Disco"))
    with write_transaction() as session:
        ids = {slug: pages.find(cast.eve, slug).id for slug in (first.slug, second.slug)}
        for slug, other in ((first.slug, second.slug), (second.slug, first.slug)):
            session.execute(Page.__table__.update().where(Page.id == ids[slug]).values(origin_id=ids[other]))
    pages.create(cast.alice, an_event("Une", recipe=second.slug))
    family = trials(cast, first.slug).family
    assert family is not None
    assert family.held == 1


@pytest.mark.usefixtures("recipe")
def test_a_collective_has_an_account_of_what_it_organised(cast: Cast) -> None:
    pages.create(cast.alice, "---\nkind: collective\ntitle: Les petits débrouillards\n---\n")
    pages.create(cast.alice, an_event("Une", attendance="12"))
    assert account(cast, "les-petits-debrouillards").held == 1


@pytest.mark.any_database
def test_verifying_finds_a_wrong_count_and_rebuilding_mends_it(cast: Cast) -> None:
    pages.create(cast.alice, RECIPE)
    pages.create(cast.alice, an_event("Une", attendance="12", money_spent="0-9999999 EUR"))
    assert account(cast).held == 1
    assert pages.verify() == []
    with write_transaction() as session:
        session.execute(delete(Gathering))
    assert {finding.where for finding in pages.verify()} == {"une", "copy-party"}
    assert pages.rebuild() == []
    assert pages.verify() == []
    assert account(cast).held == 1


@pytest.mark.usefixtures("recipe")
def test_ten_thousand_trials_are_read_with_the_drawing_of_the_page(cast: Cast) -> None:
    recipe_id = pages.find(cast.eve, "copy-party").id
    pages.create(cast.alice, an_event("Une"))
    with write_transaction() as session:
        first = session.query(Page).filter_by(slug="une").one()
        facts = session.query(Gathering).filter_by(page_id=first.id).one()
        names = [column.name for column in Page.__table__.columns if column.name not in ("id", "slug")]
        page = {name: getattr(first, name) for name in names}
        ids = range(first.id + 1, first.id + 10_000)
        session.execute(insert(Page), [{**page, "id": one, "slug": f"une-{one}"} for one in ids])
        values = {column.name: getattr(facts, column.name) for column in Gathering.__table__.columns}
        session.execute(insert(Gathering), [{**values, "page_id": one} for one in ids])
        link = {"field": "recipes", "key": "copy-party", "words": "", "target_id": recipe_id, "sort_key": "2012-03-07"}
        session.execute(insert(Link), [{**link, "source_id": one} for one in ids])
        session.execute(Page.__table__.update().where(Page.id == recipe_id).values(stamp=Page.stamp + 1))
        tallies.count_all()
    assert account(cast).held == 10_000
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda _c, _k, statement, *_rest: asked.append(statement))
    assert account(cast).held == 10_000
    assert len([statement for statement in asked if not statement.startswith("BEGIN")]) == 3


def test_the_declared_size_of_a_group_may_be_words(cast: Cast) -> None:
    words = RECIPE.replace("group_size: 10 à 100", "group_size: une tablée")
    pages.create(cast.alice, words.replace("duration: 2 h - 4 h\n", ""))
    declared = trials(cast).declared
    assert (declared.people, declared.lasts) == (None, None)
