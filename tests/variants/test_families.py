"""A family on one screen: how alive each page is, a small picture of all, and choosing by what its pages say."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from tests.conftest import Cast
from tests.pages.copy_party import RECIPE, newest, saved
from tests.variants.test_screens import said, visitor
from tests.variants.test_taking import ORIGIN, VARIANT
from wiki import pages
from wiki.accounts import GUEST
from wiki.database import db, now, write_transaction
from wiki.history import Revision
from wiki.pages import Wish
from wiki.pages.choosing import people
from wiki.pages.models import Page
from wiki.web.pictures import family_picture

TODAY = "2026-06-01"
RURAL, SCHOOL = "copy-party-en-milieu-rural", "copy-party-au-college"


@pytest.fixture
def family(app: Flask, cast: Cast) -> Flask:
    """Copy party, for 10 to 100 people; one in the country for about 20 and nothing; one for a class of 30."""
    with app.app_context():
        pages.create(cast.alice, RECIPE)
        pages.fork(cast.bob, ORIGIN, "Brest")
        pages.fork(cast.bob, ORIGIN, "en milieu rural")
        pages.fork(cast.eve, VARIANT, "au collège", title="Copy party au collège")
        answers(cast, ORIGIN, group_size="10 à 100", cost="0-150 EUR", difficulty="3", duration="2 h - 4 h")
        answers(cast, VARIANT, group_size="", cost="", difficulty="2", duration="")
        answers(cast, RURAL, group_size="une vingtaine", cost="0 EUR", difficulty="1", duration="3 h")
        answers(cast, SCHOOL, group_size="30", cost="40 EUR", difficulty="4", duration="1 h")
    return app


def answers(cast: Cast, slug: str, **values: str) -> None:
    head = newest(slug)
    document = pages.parse(head.text)
    kept = {name: value for name, value in document.fields.items() if name not in values}
    fields = {**kept, **{name: value for name, value in values.items() if value}}
    saved(pages.save(cast.alice, slug, pages.serialize(document.replace(fields=fields)), head.number))


@pytest.mark.parametrize(
    ("words", "range_"),
    [
        ("10 à 100", (10, 100)), ("20", (10, 30)), ("une vingtaine", (10, 30)), ("plus de 50", (50, 10**9)),
        ("jusqu’à 30 personnes", (0, 30)), ("1 000 à 2 000", (1000, 2000)), ("selon la salle", None), ("", None),
        ("9" * 80, (499999999, 1499999998)),
    ],
)
def test_how_many_people_words_mean(words: str, range_: tuple[int, int] | None) -> None:
    assert people(words) == range_


@pytest.mark.parametrize(
    ("wish", "fitting", "unsaid"),
    [
        (Wish(words="rural", budget=0, people=20), [RURAL], []),
        (Wish(words="rural, sans budget, 20 personnes"), [RURAL], []),
        (Wish(words="nous serons 20 personnes"), [ORIGIN, RURAL, SCHOOL], [VARIANT]),
        (Wish(words="Gratuit"), [ORIGIN, RURAL], [VARIANT]),
        (Wish(words=" , "), [ORIGIN, VARIANT, RURAL, SCHOOL], []),
        (Wish(people=20), [ORIGIN, RURAL, SCHOOL], [VARIANT]),
        (Wish(people=80), [ORIGIN], [VARIANT]),
        (Wish(budget=0), [ORIGIN, RURAL], [VARIANT]),
        (Wish(hours=1), [SCHOOL], [VARIANT]),
        (Wish(difficulty=2), [VARIANT, RURAL], []),
        (Wish(words="MILIEU rûral"), [RURAL], []),
        (Wish(words="plongée"), [], []),
        (Wish(audience="martiens"), [], []),
        (Wish(twist="en milieu rural"), [RURAL], [ORIGIN]),
    ],
)
def test_the_pages_that_are_what_somebody_wishes_come_first_and_then_those_that_do_not_say(
    family: Flask, wish: Wish, fitting: list[str], unsaid: list[str]
) -> None:
    with family.app_context():
        found = pages.choose(GUEST, pages.family(GUEST, RURAL), wish)
        assert sorted(page.slug for page in found.fitting) == sorted(fitting)
        if not wish.audience:
            assert [page.slug for page in found.unsaid] == unsaid


def test_choosing_by_the_form_and_with_nonsense_in_the_address(family: Flask) -> None:
    client = visitor(family)
    whole = said(client, f"/wiki/{ORIGIN}/variants")
    assert "Combien serez-vous" in whole
    chosen = said(client, f"/wiki/{ORIGIN}/variants?words=rural&budget=0&people=20")
    assert "1 page vous irait" in chosen
    assert "Copy party au collège" not in chosen
    assert 'value="20"' in chosen
    for nonsense in ("people=-4", "people=9" * 30, "budget=%C2%B2", "hours=x&difficulty=y", "city=" + "a" * 3000):
        assert visitor(family).get(f"/wiki/{ORIGIN}/variants?{nonsense}").status_code == 200


def test_what_is_no_number_is_said_beside_its_field_and_stays_typed(family: Flask) -> None:
    screen = said(visitor(family), f"/wiki/{ORIGIN}/variants?people=vingt&budget=-3")
    assert screen.count("Écrivez un nombre entier, en chiffres.") == 2
    assert 'value="vingt"' in screen
    assert 'value="-3"' in screen
    assert '<details class="chooser" open>' in screen
    assert '<ul class="family">' in screen
    assert "en chiffres" not in said(visitor(family), f"/wiki/{ORIGIN}/variants?people=20&budget=0&hours=")


def test_what_comes_closest_is_shown_where_nothing_is_all_that_was_asked_for(family: Flask) -> None:
    with family.app_context():
        found = pages.choose(GUEST, pages.family(GUEST, ORIGIN), Wish(words="rural", people=500))
        assert (found.fitting, found.unsaid, [page.slug for page in found.near]) == ([], [], [RURAL])
        assert found.offered["variant_notes"] == ["Brest", "au collège", "en milieu rural"]
    chosen = said(visitor(family), f"/wiki/{ORIGIN}/variants?words=rural&people=500")
    assert "Elles y répondent en partie" in chosen
    assert "Copy party, en milieu rural" in chosen.split("Elles y répondent en partie")[1]


def test_what_was_sown_says_nothing_of_how_alive_it_is(family: Flask, cast: Cast) -> None:
    with family.app_context():
        pages.create(cast.ada, RECIPE.replace("Copy party", "Semée"), action="seed")
        named = "variant_of: semee\nvariant_notes: |\n  Ailleurs\nthemes:"
        sown_again = RECIPE.replace("Copy party", "Semée à son tour").replace("themes:", named)
        pages.create(cast.ada, sown_again, action="seed")
        pages.fork(cast.bob, "semee", "ici")
        sown, made = pages.lives([pages.find(GUEST, slug) for slug in ("semee", "semee-ici")], TODAY).values()
        assert (sown.known, sown.alive, made.alive) == (False, False, True)
        assert [member.alive for member in pages.family(GUEST, "semee").members] == [False, False, True]
    screen = said(visitor(family), "/wiki/semee/variants").split('class="family"')[1]
    assert screen.count("vivante") == 1
    assert screen.count("modifiée le") == 1


def test_what_is_hidden_is_neither_chosen_nor_offered(family: Flask, cast: Cast) -> None:
    with family.app_context():
        pages.archive(cast.ada, SCHOOL)
    client = visitor(family)
    assert "40" not in re.sub(r"<[^>]*>", "", said(client, f"/wiki/{ORIGIN}/variants?hours=1"))
    with family.app_context():
        found = pages.choose(GUEST, pages.family(GUEST, ORIGIN), Wish())
        assert "40 EUR" not in found.offered["cost"]
        as_ada = pages.choose(cast.ada, pages.family(cast.ada, ORIGIN), Wish(hours=1))
        assert SCHOOL not in [page.slug for page in as_ada.fitting]


def test_how_alive_a_page_is_comes_from_who_wrote_it_and_where_it_was_tried(family: Flask, cast: Cast) -> None:
    with family.app_context():
        cancelled = "state: annule\n"
        days = [("2024-05-02", ""), ("2025-11-08", ""), ("2026-01-01", cancelled), ("2030-01-01", "")]
        for number, (day, state) in enumerate(days):
            pages.create(
                cast.mona,
                f"---\nkind: event\ntitle: Soirée {number}\n{state}sessions:\n  - {day}\nplace: Brest\norganizers:\n"
                f"  - April\nthemes:\n  - communs\nrecipes:\n  - {ORIGIN}\n---\n\nTexte.\n",
            )
        shown = [pages.find(GUEST, slug) for slug in (ORIGIN, VARIANT)]
        tried, untried = pages.lives(shown, TODAY).values()
        assert (tried.people, tried.trials, tried.last_trial, tried.alive) == (1, 2, "2025-11-08", True)
        assert (untried.people, untried.trials, untried.last_trial) == (2, 0, None)
        with write_transaction() as session:
            old = update(Revision).where(Revision.page_id == shown[1].id)
            session.execute(old.values(created_at=now() - timedelta(days=900)))
        quiet = pages.lives([pages.find(GUEST, VARIANT)], TODAY)[shown[1].id]
        assert not quiet.alive
    screen = said(visitor(family), f"/wiki/{ORIGIN}/variants")
    assert f"calme depuis {quiet.last_year}" in screen
    assert "essayée 2 fois, la dernière en 2025" in screen


# -- The picture -------------------------------------------------------------------------------------------------------


def test_an_origin_stands_above_the_middle_of_its_variants_and_no_two_dots_touch(family: Flask) -> None:
    with family.app_context():
        members = pages.family(GUEST, ORIGIN).members
        current = pages.find(GUEST, RURAL).id
    picture = family_picture(members, current)
    assert picture is not None
    assert (len(picture.dots), picture.generations, picture.alive) == (4, 3, 4)
    places = {(dot.x, dot.y) for dot in picture.dots}
    assert len(places) == 4
    assert all(0 < dot.x < picture.width and 0 < dot.y < picture.height for dot in picture.dots)
    root = picture.dots[0]
    under = [dot.x for dot in picture.dots if dot.from_y == root.y]
    assert root.x == (min(under) + max(under)) / 2
    assert [dot.member.id for dot in picture.dots if dot.is_current] == [current]


def test_a_family_of_two_or_of_hundreds_is_not_drawn(family: Flask) -> None:
    with family.app_context():
        members = pages.family(GUEST, ORIGIN).members
    assert family_picture(members[:2], 1) is None
    assert family_picture(list(members) * 50, 1) is None


def test_the_picture_has_words_for_those_who_do_not_see_it(family: Flask) -> None:
    screen = said(visitor(family), f"/wiki/{ORIGIN}/variants")
    (label,) = re.findall(r'<svg viewBox="[^"]+" width="\d+" height="\d+" role="img" aria-label="([^"]+)"', screen)
    assert "4 pages, 3 générations" in label
    assert "style=" not in screen.split("family-picture")[1].split("</figure>")[0]


# -- Large families ----------------------------------------------------------------------------------------------------


def test_a_family_of_hundreds_costs_as_many_queries_as_one_of_four(family: Flask, cast: Cast) -> None:
    def cost(address: str) -> int:
        statements: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            statements.append(statement)

        client = visitor(family)
        client.get(address)
        with family.app_context():
            event.listen(db.engine, "before_cursor_execute", note)
            client.get(address)
            event.remove(db.engine, "before_cursor_execute", note)
        return len(statements)

    tree, chooser, reading = f"/wiki/{ORIGIN}/variants", f"/wiki/{ORIGIN}/variants?people=20", f"/wiki/{ORIGIN}?x=1"
    few = [cost(address) for address in (tree, chooser, reading)]
    with family.app_context():
        origin = pages.find(GUEST, ORIGIN).id
        for number in range(120):
            text = f"---\nkind: article\ntitle: Variante {number}\n---\n\nTexte {number}.\n"
            pages.create(cast.alice, text)
        with write_transaction() as session:
            session.execute(update(Page).where(Page.kind == "article").values(origin_id=origin))
    many = [cost(address) for address in (tree, chooser, reading)]
    assert many[2] == few[2]
    # Pages that nobody has read yet are compared with their origin anew, all in one query.
    assert all(now <= before + 2 for now, before in zip(many, few, strict=True)), (few, many)
    with family.app_context(), write_transaction() as session:
        # The same as one long line, each a variant of the one before.
        line = session.execute(select(Page.id).where(Page.kind == "article").order_by(Page.id)).scalars().all()
        for above, below in pairwise(line):
            session.execute(update(Page).where(Page.id == below).values(origin_id=above))
    deep = [cost(address.replace(ORIGIN, "variante-119")) for address in (tree, chooser, reading)]
    assert all(now <= before + 3 for now, before in zip(deep, few, strict=True)), (few, deep)
    with family.app_context():
        last = pages.find(GUEST, "variante-119")
        assert [one.title for one in pages.ancestors(GUEST, last)][:2] == ["Variante 118", "Variante 117"]
        pages.archive(cast.ada, "variante-100")
        assert len(pages.ancestors(GUEST, last)) == 18
