"""Sums over events are, after whatever was done, what counting all events anew would say."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, delete, event, func, select, update

from tests.conftest import Cast
from tests.pages.copy_party import newest
from tests.pages.test_editing_together import together
from tests.pages.test_trials import RECIPE, account, an_event, trials
from wiki import pages
from wiki.database import db, write_transaction
from wiki.errors import Invalid
from wiki.pages import tallies
from wiki.pages.models import Gathering, Link, Page, Position, Share, Tally
from wiki.pages.shares import COUNTS_BY, FAMILY, STORIES, TROUBLES
from wiki.pages.trials import family_of

pytestmark = pytest.mark.usefixtures("context")

COLLECTIVE = "---\nkind: collective\ntitle: Les petits débrouillards\n---\n"
TITLES = ("Copy party", "Disco soupe", "Cartopartie", "Troc de graines")
CITIES = ("Brest", "brest", "Rennes", "Plouarzel, la plage")
STEPS = 36
CHECKED_EVERY = 6


# -- Counting anew -----------------------------------------------------------------------------------------------------


def counting_for(page_ids: Select[Any], field: str) -> Select[Any]:
    """The events anybody may read that name one of these pages in a field."""
    return (
        select(Link.source_id)
        .join(Page, Page.id == Link.source_id)
        .where(Link.target_id.in_(page_ids), Link.field == field, Page.kind == "event")
        .where(Page.archived_at.is_(None), Page.visibility == "public")
    )


def counted_anew(events: Select[Any]) -> dict[tuple[str, str], tuple[int, ...]]:
    """What these events say, summed up by the database from all of them."""
    said = {
        "state": Gathering.state, "year": func.substr(Page.starts_on, 1, 4), "city": Gathering.city,
        "attended": Gathering.attended, "lasted": Gathering.lasted, "worked": Gathering.worked,
        "cents": Gathering.cents,
    }  # fmt: skip
    found: dict[tuple[str, str], tuple[int, ...]] = {}
    for fact, value in said.items():
        by = (value, Gathering.currency) if fact == "cents" else (value,)
        query = (
            select(
                *by, func.count(), func.count().filter(Gathering.told),
                func.count().filter(Gathering.outcome == "sans-suite"), func.count(Position.latitude),
            )
            .select_from(Gathering)
            .join(Page, Page.id == Gathering.page_id)
            .outerjoin(Position, Position.page_id == Gathering.page_id)
            .where(Gathering.page_id.in_(events), value.is_not(None))
            .group_by(*by)
        )  # fmt: skip
        if fact != "state":
            query = query.where(Gathering.state == "passe")
        for row in db.session.execute(query):
            words = f"{row[1]} {row[0]}" if fact == "cents" else str(row[0])
            if words:
                found[fact, words] = tuple(row[len(by) :])
    return found


def latest_anew(events: Select[Any], fact: str) -> list[int]:
    query = select(Page.id, Page.starts_on).join(Gathering, Gathering.page_id == Page.id)
    rows = db.session.execute(query.where(Page.id.in_(events), getattr(Gathering, fact) != "")).all()
    return [row.id for row in sorted(rows, key=lambda row: (row.starts_on or "", row.id), reverse=True)][:6]


def check(page_id: int, scope: str, events: Select[Any]) -> int:
    """Compare what is kept of a page with all its events; how many there are."""
    rows = tallies.read(page_id, scope)
    kept = {(row.fact, row.value): (row.number, row.told, row.fruitless, row.placed) for row in rows}
    assert kept == counted_anew(events)
    for fact in (STORIES, TROUBLES):
        latest = tallies.latest(page_id, scope, fact, 6)
        ids = list(db.session.scalars(select(latest.c.page_id).order_by(latest.c.place.desc())))
        assert ids == latest_anew(events, fact)
    return sum(row.number for row in rows if row.fact == "state")


def check_all() -> int:
    """Compare every sum with all events; how many of them there are in all."""
    db.session.rollback()
    assert tallies.differences() == []
    total = 0
    for page_id, archived_at in db.session.execute(select(Page.id, Page.archived_at)).all():
        here = select(Page.id).where(Page.id == page_id)
        for field in COUNTS_BY.values():
            total += check(page_id, field, counting_for(here, field))
        if archived_at is None:
            total += check(tallies.root(page_id), FAMILY, counting_for(family_of(page_id), "recipes"))
    assert db.session.scalar(select(func.count()).select_from(Tally).where(Tally.number <= 0)) == 0
    return total


# -- Whatever is done --------------------------------------------------------------------------------------------------


class Life:
    """A wiki whose events and recipes come, change, move, go and come back."""

    def __init__(self, cast: Cast, seed: int) -> None:
        self.cast, self.random = cast, Random(seed)
        self.events: list[int] = []
        self.recipes: list[int] = []
        pages.create(cast.alice, COLLECTIVE)
        for act in (self.write, self.fork, *[self.happen] * 4):
            act()

    def slug(self, page_id: int) -> str:
        return db.session.execute(select(Page.slug).where(Page.id == page_id)).scalar_one()

    def named(self) -> str:
        """Recipes as an event names them: there already or not, by address or by title."""
        choice = self.random.choice
        known = [self.slug(page_id) for page_id in self.recipes] or ["copy-party"]
        return "\n  - ".join(choice([*known, choice(TITLES)]) for _ in range(self.random.randrange(1, 4)))

    def text(self, number: int) -> str:
        choice, below = self.random.choice, self.random.randrange
        fields = {
            "state": choice(["passe", "passe", "annonce", "annule", "reporte"]),
            "attendance": str(below(3, 6)), "money_spent": choice(["40 EUR", "40 CHF", "10-30 EUR"]),
            "outcome": choice(["sans-suite", "suite"]), "geo": f"48.{below(10, 99)}, -4.{below(100000, 999999)}",
            "went_wrong": "La pluie.", "time_spent": choice(["3 j", "2 h"]),
        }  # fmt: skip
        kept = {name: value for name, value in fields.items() if name == "state" or self.random.random() < 0.5}
        body = choice(["", "## Récit\n\nIl a plu.\n"])
        day = choice(["2012", "2012-03", "2012-03-07", "2014-05-01T18:00/2014-05-01T21:00"])
        return an_event(f"Événement {number}", day, choice(CITIES), recipe=self.named(), body=body, **kept)

    def step(self) -> None:
        with suppress(pages.AlreadyExists):
            self.random.choice(self.acts())()

    def acts(self) -> list[Callable[[], Any]]:
        acts: list[Callable[[], Any]] = [self.happen, self.happen, self.retell, self.retell, self.hide, self.show]
        return [*acts, self.write, self.fork, self.join, self.leave, self.rename, self.undo]

    def known(self) -> list[int]:
        return self.events + self.recipes

    def happen(self) -> None:
        made = pages.create(self.cast.alice, self.text(len(self.events)))
        self.events.append(pages.find(self.cast.ada, made.slug).id)

    def write(self) -> None:
        text = RECIPE.replace("Copy party", self.random.choice(TITLES))
        self.recipes.append(pages.find(self.cast.ada, pages.create(self.cast.alice, text).slug).id)

    def fork(self) -> None:
        if self.recipes:
            origin = self.slug(self.random.choice(self.recipes))
            made = pages.fork(self.cast.alice, origin, f"lieu {len(self.recipes)}")
            self.recipes.append(pages.find(self.cast.ada, made.slug).id)

    def retell(self) -> None:
        """An event says something else, or becomes another kind of page."""
        if self.events:
            number = self.random.randrange(len(self.events))
            slug, text = self.slug(self.events[number]), self.text(number)
            if self.random.random() < 0.2:
                text = f"---\nkind: article\ntitle: Événement {number}\n---\n\nRien.\n"
            pages.save(self.cast.ada, slug, text, newest(slug).number)

    def undo(self) -> None:
        if self.events and newest(slug := self.slug(self.random.choice(self.events))).number > 1:
            pages.restore(self.cast.ada, slug, 1)

    def hide(self) -> None:
        """What was there goes, what went comes back."""
        if known := self.known():
            slug = self.slug(self.random.choice(known))
            (pages.unarchive if pages.find(self.cast.ada, slug).archived else pages.archive)(self.cast.ada, slug)

    def show(self) -> None:
        if known := self.known():
            visibility = self.random.choice(["members", "public"])
            pages.show_to(self.cast.ada, self.slug(self.random.choice(known)), visibility)

    def join(self) -> None:
        if self.recipes:
            some = [self.slug(self.random.choice(self.recipes)) for _ in range(2)]
            with suppress(Invalid):
                pages.link(self.cast.ada, some[0], some[1])

    def leave(self) -> None:
        for page in pages.by_ids(self.cast.ada, self.recipes).values():
            if page.origin_id is not None:
                pages.unlink(self.cast.ada, page.slug)
                return

    def rename(self) -> None:
        if known := self.known():
            pages.rename(self.cast.ada, self.slug(self.random.choice(known)), self.random.choice(TITLES))


@pytest.mark.any_database
@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_done_the_sums_are_those_of_all_events(cast: Cast, seed: int) -> None:
    life = Life(cast, seed)
    most = 0
    for step in range(STEPS):
        life.step()
        db.session.rollback()
        assert tallies.differences() == []
        if step % CHECKED_EVERY == 0:
            most = max(most, check_all())
    assert most >= 10
    with write_transaction():
        tallies.count_all()
    check_all()


@pytest.mark.any_database
def test_events_of_one_family_saved_at_once_are_all_counted(app: Flask, cast: Cast) -> None:
    pages.create(cast.alice, RECIPE)
    variant = pages.fork(cast.alice, "copy-party", "Brest").slug
    for turn in range(3):
        outcomes = together(app, *(
            lambda name=name, turn=turn, recipe=recipe: pages.create(
                cast.alice, an_event(f"{name} {turn}", recipe=recipe, attendance="12")
            )
            for name, recipe in (("Une", "copy-party"), ("Deux", "copy-party"), ("Trois", variant), ("Quatre", variant))
        ))  # fmt: skip
        assert all(isinstance(outcome, pages.Saved) for outcome in outcomes)
    check_all()
    family = trials(cast, variant).family
    assert family is not None
    assert (account(cast).held, account(cast, variant).held, family.held) == (6, 6, 12)


@pytest.mark.any_database
def test_a_recipe_archived_while_events_name_it_is_counted_as_it_is(app: Flask, cast: Cast) -> None:
    pages.create(cast.alice, RECIPE)
    variant = pages.fork(cast.alice, "copy-party", "Brest").slug
    for turn in range(2):
        together(
            app,
            lambda turn=turn: pages.create(cast.alice, an_event(f"Une {turn}", recipe=variant)),
            lambda: pages.archive(cast.ada, variant),
        )
        check_all()
        together(
            app,
            lambda turn=turn: pages.create(cast.alice, an_event(f"Deux {turn}", recipe=variant)),
            lambda: pages.unarchive(cast.ada, variant),
        )
        check_all()
    family = trials(cast).family
    assert family is not None
    assert family.held == 4


FALSE = {
    "a sum": (lambda: update(Tally).where(Tally.scope == FAMILY, Tally.fact == "city").values(number=7), "copy-party"),
    "a missing sum": (lambda: delete(Tally).where(Tally.fact == "state", Tally.scope == FAMILY), "copy-party"),
    "a share": (lambda: delete(Share), "une"),
}


@pytest.mark.parametrize("what", FALSE)
def test_verifying_says_which_sums_are_false_and_rebuilding_mends_them(cast: Cast, what: str) -> None:
    pages.create(cast.alice, RECIPE)
    pages.create(cast.alice, an_event("Une"))
    assert pages.verify() == []
    statement, where = FALSE[what]
    with write_transaction() as session:
        session.execute(statement())
    (found,) = pages.verify()
    assert found.where == where
    assert "les sommes de ses événements sont fausses (" in found.what
    assert pages.rebuild() == []
    assert pages.verify() == []
    check_all()


def test_the_first_reading_and_a_save_ask_as_much_of_ten_events_as_of_thirty(app: Flask, cast: Cast) -> None:
    pages.create(cast.alice, RECIPE)
    variant = pages.fork(cast.alice, "copy-party", "Brest").slug
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda _c, _k, statement, *_rest: asked.append(statement))

    def asked_by(act: Callable[[], Any]) -> int:
        asked.clear()
        act()
        return len(asked)

    def both(number: int) -> tuple[int, int]:
        recipe = variant if number % 2 else "copy-party"
        text = an_event(f"Une {number}", recipe=recipe, went_wrong="La pluie.", body="## Récit\n\nIl a plu.\n")
        saving = asked_by(lambda: pages.create(cast.alice, text))
        return saving, asked_by(lambda: pages.open_page(cast.eve, "copy-party"))

    costs = [both(number) for number in range(30)]
    assert costs[28:] == costs[8:10]
    assert account(cast).held == 15
    assert not [statement for statement in asked if "count(" in statement.lower() and "gathering" in statement]


def test_a_town_is_called_as_most_events_write_it(cast: Cast) -> None:
    pages.create(cast.alice, RECIPE)
    for number, place in enumerate(["brest", "Brest", "Brest, gare", "BREST"]):
        pages.create(cast.alice, an_event(f"Une {number}", place=place))
    assert [(town.name, town.held) for town in account(cast).towns] == [("Brest", 4)]
