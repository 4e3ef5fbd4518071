"""What came of an edition, and how often a recipe was tried, is at any hour what counting all events would say."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Select, delete, func, or_, select, update

from tests.conftest import Cast
from tests.pages.copy_party import newest
from tests.pages.test_tallies import CITIES, COLLECTIVE, Life
from tests.pages.test_trials import RECIPE, an_event
from wiki import pages
from wiki.accounts import GUEST
from wiki.database import db, write_transaction
from wiki.errors import Forbidden, Invalid
from wiki.pages import editions, reading, tallies
from wiki.pages.editions import Programme
from wiki.pages.models import Gathering, Link, Page, Tally
from wiki.pages.queries import COLUMNS, PageInfo, current
from wiki.pages.reviews import Figures, figures, listed
from wiki.pages.shares import until
from wiki.rendering import link_key

pytestmark = pytest.mark.usefixtures("context")

EDITION = "---\nkind: edition\ntitle: {title}\nstarts_on: 2012-03-01\n{more}---\n"
TITLES = ("Le mois des communs", "Brest en communs", "La quinzaine")
COLLECTIVES = ("Les petits débrouillards", "Vecam", "les petits debrouillards", "Un passant")
# In time zones on both sides of midnight, in other months and years; some have no day, one is far away.
DAYS = (
    "2012", "2012-03", "2012-03-07", "2012-03-31T23:00/2012-04-01T01:00 Pacific/Auckland",
    "2013-01-01T00:30/2013-01-01T02:00 America/Martinique", "2012-12-31", "2999-01-01",
)  # fmt: skip
MOMENTS = tuple(
    datetime.fromisoformat(one).replace(tzinfo=UTC)
    for one in ("2011-12-31T23:00", "2012-03-07T22:59:59", "2012-03-07T23:00", "2012-04-01T00:00", "2013-01-01T04:00",
                "2026-11-23T12:00", "9000-01-01")
)  # fmt: skip
LAST_DAYS = ("2011-12-31", "2012-01-01", "2012-03-07", "2012-12-31", "2013-01-01", "2026-11-23", "2999-12-31")
STEPS = 30
SEEDS = range(1)
CHECKED_EVERY = 5


# -- Counting all events -----------------------------------------------------------------------------------------------


def counted(page: PageInfo, moment: datetime) -> Figures | None:
    """What came of an edition, from a list of all its events."""
    nothing = Figures(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    lists = listed(nothing, editions.initiatives(page, 10_000), True, moment)
    if not lists.held:
        return None
    return Figures(
        held=len(lists.held), called_off=len(lists.called_off), cities=len(lists.cities),
        collectives=len(lists.collectives), recipes=len(lists.recipes), counted=len(lists.counted),
        fruitful=len(lists.fruitful), untold=len(lists.untold),
        attendance=sum(one.attended or 0 for one in lists.counted),
        outputs=sum(len(one.outputs) for one in lists.fruitful),
    )  # fmt: skip


def of_kind(kind: str) -> list[PageInfo]:
    rows = db.session.execute(select(*COLUMNS).where(Page.kind == kind).order_by(Page.id))
    return [PageInfo(*row) for row in rows]


def trials(page_id: int, day: str) -> tuple[int, str] | None:
    query: Select[Any] = (
        select(func.count(Page.id.distinct()), func.max(Page.starts_on))
        .join(Link, Link.source_id == Page.id)
        .join(Gathering, Gathering.page_id == Page.id)
        .where(Link.target_id == page_id, Link.field == "recipes", Page.starts_on <= day, current(GUEST))
        .where(Gathering.state.not_in(("annule", "reporte")))
    )
    number, last = db.session.execute(query).one()
    return (number, last) if number else None


def check() -> int:
    """Compare every figure with what all events say; how many of them are not nothing."""
    db.session.rollback()
    assert tallies.differences() == []
    said = 0
    for page in of_kind("edition"):
        for moment in MOMENTS:
            expected = counted(page, moment)
            assert figures(page, moment) == expected
            said += expected is not None
        events = editions.initiatives(page, 10_000)
        programme = Programme.loaded(editions.dumped(page))
        assert programme is not None
        assert programme.total == len(events)
        towns = [link_key(one.city) for one in events if link_key(one.city)]
        assert {link_key(name): count for name, count in programme.cities} == {key: towns.count(key) for key in towns}
    for page in of_kind("recipe"):
        for day in LAST_DAYS:
            assert tallies.tried([page.id], day).get(page.id) == trials(page.id, day)
    return said


class Festivals(Life):
    """Editions with their parts too, whose events come, change, are closed, move, go and come back."""

    def __init__(self, cast: Cast, seed: int) -> None:
        self.editions: list[int] = []
        super().__init__(cast, seed)
        self.editions.append(pages.find(cast.ada, "les-petits-debrouillards").id)
        for act in (self.gather, self.gather, self.happen, self.happen):
            act()

    def known(self) -> list[int]:
        return [*super().known(), *self.editions, *self.editions]

    def acts(self) -> list[Callable[[], Any]]:
        return [*super().acts(), self.gather, self.move, self.move, self.close, self.close]

    def text(self, number: int) -> str:
        choice = self.random.choice
        found = re.sub(r"(sessions:\n  - ).*", lambda start: start[1] + choice(DAYS), super().text(number))
        found = found.replace("Les petits débrouillards", "\n  - ".join(choice(COLLECTIVES) for _ in range(2)))
        outputs = choice(["", "outputs:\n  - Une carte\n", "outputs:\n  - Une carte\n  - Un film\n"])
        return found.replace("organizers:\n", f"edition: {choice(TITLES)}\n{outputs}organizers:\n", 1)

    def gathering(self, number: int) -> str:
        part_of = self.random.choice([f"part_of: {self.random.choice(TITLES)}\n", ""])
        return EDITION.format(title=TITLES[number % 3], more=part_of)

    def gather(self) -> None:
        made = pages.create(self.cast.alice, self.gathering(len(self.editions)))
        self.editions.append(pages.find(self.cast.ada, made.slug).id)

    def move(self) -> None:
        """An edition is part of another one, or of none, or no edition any more; a collective becomes a theme."""
        number = self.random.randrange(len(self.editions))
        slug, text = self.slug(self.editions[number]), self.gathering(number)
        if not number:
            text = self.random.choice([COLLECTIVE, COLLECTIVE.replace("kind: collective", "kind: theme")])
        elif self.random.random() < 0.2:
            text = f"---\nkind: article\ntitle: {TITLES[number % 3]}\n---\n\nRien.\n"
        pages.save(self.cast.ada, slug, text, newest(slug).number)

    def close(self) -> None:
        slug = self.slug(self.random.choice(self.known()))
        with suppress(Invalid, Forbidden):
            pages.show_to(self.cast.ada, slug, self.random.choice(["draft", "members", "public"]))


@pytest.mark.any_database
@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_is_done_the_figures_are_those_of_all_events(cast: Cast, seed: int) -> None:
    life = Festivals(cast, seed)
    said = 0
    for step in range(STEPS):
        life.step()
        db.session.rollback()
        assert tallies.differences() == []
        if step % CHECKED_EVERY == 0:
            said = max(said, check())
    assert said >= 6
    with write_transaction():
        tallies.count_all()
    check()


# -- One thing at a time -----------------------------------------------------------------------------------------------


@pytest.fixture
def festival(cast: Cast) -> PageInfo:
    """An edition of six events: half of them told, one only announced, one called off, one to come."""
    pages.create(cast.alice, RECIPE)
    pages.create(cast.alice, EDITION.format(title="Le mois des communs", more=""))
    facts = {"edition": "le-mois-des-communs"}
    for number in range(3):
        told = {**facts, "attendance": "10", "outputs": "\n  - Une carte"}
        pages.create(cast.alice, an_event(f"Une {number}", place=CITIES[number], **told))
    for title, state, day in (("Quatre", "annonce", "2012-03-08"), ("Cinq", "annule", "2012-03-08"),
                              ("Six", "annonce", "2999-03-08")):  # fmt: skip
        pages.create(cast.alice, an_event(title, day, "Lille", state=state, **facts))
    return pages.find(cast.ada, "le-mois-des-communs")


def now_of(cast: Cast) -> Figures | None:
    return pages.open_page(cast.ada, "le-mois-des-communs").figures


def test_what_is_announced_counts_from_the_moment_its_days_are_over(festival: PageInfo) -> None:
    before, after = (datetime(2012, 3, 8, 22, 59, 59, tzinfo=UTC), datetime(2012, 3, 8, 23, tzinfo=UTC))
    assert figures(festival, before) == Figures(3, 1, 2, 1, 1, 3, 3, 0, 30, 3)
    assert figures(festival, after) == Figures(4, 1, 3, 1, 1, 3, 3, 1, 30, 3)


def test_figures_kept_with_the_drawing_hold_until_the_next_event_is_over(
    cast: Cast, festival: PageInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held_at(moment: datetime) -> int:
        monkeypatch.setattr(reading, "now", lambda: moment)
        found = now_of(cast)
        return found.held if found else 0

    over = datetime(2012, 3, 8, 23, tzinfo=UTC)
    assert [held_at(moment) for moment in (over - timedelta(seconds=1), over, over + timedelta(days=1))] == [3, 4, 4]
    assert held_at(datetime(2999, 3, 9, tzinfo=UTC)) == 5


def test_figures_follow_what_becomes_of_events_and_of_the_edition(cast: Cast, festival: PageInfo) -> None:
    def held() -> int:
        found = now_of(cast)
        return found.held if found else 0

    assert held() == 4
    pages.save(cast.ada, "une-0", an_event("Une 0", state="annonce", edition=festival.slug), 1)
    found = now_of(cast)
    assert found is not None
    assert (found.held, found.counted, found.attendance, found.untold) == (4, 2, 20, 2)
    pages.archive(cast.ada, "une-1")
    assert held() == 3
    pages.show_to(cast.ada, "une-2", "members")
    assert held() == 2
    pages.show_to(cast.ada, festival.slug, "members")
    assert held() == 3
    pages.unarchive(cast.ada, "une-1")
    assert held() == 4
    moved = pages.rename(cast.ada, festival.slug, "Le mois").slug
    again = figures(pages.find(cast.ada, moved), MOMENTS[-2])
    assert again is not None
    assert again.held == 4
    check()


@pytest.mark.any_database
def test_a_broken_figure_is_named_and_rebuilding_mends_it(cast: Cast, festival: PageInfo) -> None:
    for broken in (
        update(Tally).where(Tally.fact == "attended", Tally.scope == "edition").values(number=7),
        delete(Tally).where(Tally.fact == "held", Tally.since != ""),
    ):
        assert pages.verify() == []
        with write_transaction() as session:
            session.execute(broken)
        (found,) = pages.verify()
        assert found.where == festival.slug
        assert re.search(r"les sommes de ses événements sont fausses \(edition\.(attended|held)\)", found.what)
        assert pages.rebuild() == []
    assert pages.verify() == []
    check()


def test_a_drawing_that_tells_another_programme_is_named(cast: Cast, festival: PageInfo) -> None:
    assert now_of(cast) is not None
    with write_transaction() as session:
        session.execute(update(Page).where(Page.slug == "une-0").values(title="Autre"))
    assert any(found.where == festival.slug and "affichage gardé" in found.what for found in pages.verify())


def test_what_came_of_many_dates_is_read_from_few_sums(cast: Cast) -> None:
    pages.create(cast.alice, EDITION.format(title="Le mois des communs", more=""))
    for day in range(1, 21):
        text = an_event(f"Une {day}", f"2012-03-{day:02}", state="annonce", edition="le-mois-des-communs")
        pages.create(cast.alice, text)
    held = select(func.count()).select_from(Tally).where(Tally.fact == "held")
    for moment, rows in (("20270101", 1), ("20120311", 10), ("20120401", 1), ("20110101", 0)):
        assert db.session.scalar(held.where(or_(*until(f"{moment}000000")))) == rows
