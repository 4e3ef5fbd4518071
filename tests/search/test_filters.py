"""Facets, dates, places, orders and pages: the same for every engine."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.search.conftest import (
    BREST,
    CARTES,
    CARTOPARTIE,
    COPY_PARTY,
    FOUR,
    LIBRARY,
    NANTES,
    PARIS,
    EngineOf,
    event,
    found,
    page,
)
from wiki.search import Engine, Near, Query


def utc(*day_and_time: int) -> datetime:
    """A moment of October 2013."""
    return datetime(2013, 10, *day_and_time, tzinfo=UTC)  # type: ignore[arg-type,misc]


EVENTS = {"kind": ["event"]}


def test_values_of_a_facet_are_alternatives_and_facets_narrow_each_other(index: Engine) -> None:
    assert set(found(index, facets={"city": ["Brest", "Nantes"]})) == {BREST, NANTES}
    assert found(index, facets={"city": ["Brest", "Nantes"], "theme": ["bibliotheque"]}) == [BREST]
    assert found(index, "cartopartie", facets={"year": ["2010"]}) == [PARIS]


def test_kind_language_and_year_are_facets(index: Engine) -> None:
    assert set(found(index, facets=EVENTS)) == {BREST, NANTES, PARIS}
    assert len(found(index, facets={"language": ["en"]})) == 1
    assert found(index, facets={"year": ["2013"]}) == [BREST]


@pytest.mark.parametrize("facets", [{"theme": ["no-such"]}, {"no-such": ["x"]}, {"city": ["Brest=x\n\0'\""]}])
def test_what_no_page_carries_finds_nothing(index: Engine, facets: dict[str, list[str]]) -> None:
    assert index.search(Query(facets=facets, counted=("theme",))).total == 0


def test_a_facet_with_no_value_chosen_narrows_nothing(index: Engine) -> None:
    assert index.search(Query(facets={"theme": []})).total == len(LIBRARY)


def test_counts_say_what_each_choice_would_give(index: Engine) -> None:
    query = {"facets": {**EVENTS, "city": ["Brest"]}, "counted": ("city", "theme", "recipe", "nothing")}
    answer = index.search(Query(**query))
    assert answer.total == 1
    assert dict(answer.facets["theme"]) == {"bibliotheque": 1}
    assert dict(answer.facets["city"]) == {"Brest": 1, "Nantes": 1, "Paris": 1}
    assert answer.facets["nothing"] == []
    for value, count in answer.facets["city"]:
        assert index.search(Query(facets={**EVENTS, "city": [value]})).total == count


def test_counts_follow_the_words(index: Engine) -> None:
    answer = index.search(Query(words="cartopartie", counted=("theme", "kind"), facets=EVENTS))
    for value, count in answer.facets["theme"]:
        narrowed = Query(words="cartopartie", facets={**EVENTS, "theme": [value]})
        assert index.search(narrowed).total == count
    assert answer.facets["theme"][0][0] == "cartes-ouvertes"


def test_the_most_frequent_values_come_first_and_those_chosen_are_always_there(engine_of: EngineOf) -> None:
    engine = engine_of("values")
    engine.rebuild(event(number, f"Fête {number}", f"Ville{min(number, 8)}", "2013") for number in range(1, 21))
    answer = engine.search(Query(counted=("city",), values=2, facets={"city": ["Ville3"]}))
    assert answer.facets["city"] == [("Ville8", 13), ("Ville1", 1), ("Ville3", 1)]


def test_years_are_counted_whatever_year_is_chosen(index: Engine) -> None:
    assert index.search(Query(facets={"year": ["2013"]})).years == {2010: 1, 2012: 1, 2013: 1}
    assert index.search(Query(words="copy party")).years == {2013: 1}


def test_the_years_of_a_page_run_from_its_first_to_its_last_day(engine_of: EngineOf) -> None:
    engine = engine_of("years")
    engine.rebuild([event(1, "Festival", "Brest", "2012-12-30", ends_on="2014-01-02")])
    assert engine.search(Query()).years == {2012: 1, 2013: 1, 2014: 1}


def test_past_and_coming_are_told_apart_by_the_instant_from_which_each_is_past(engine_of: EngineOf) -> None:
    engine = engine_of("dates")
    engine.rebuild(
        [
            event(1, "Hier", "Brest", "2013-10-11", past_from=utc(11, 22)),
            event(2, "Toute la quinzaine", "Brest", "2013-10-06", ends_on="2013-10-20", past_from=utc(20, 22)),
            event(3, "Demain", "Brest", "2013-10-13", past_from=utc(13, 22)),
            event(4, "Un mois", "Brest", "2013-10", past_from=utc(31, 23)),
            event(5, "Une année passée", "Brest", "2012", past_from=utc(1, 0)),
            event(7, "Hier à Montréal", "Montréal", "2013-10-11", past_from=utc(12, 4)),
            page(6, "Sans date"),
        ]
    )
    assert set(found(engine, when="past", at=utc(12, 3, 59))) == {1, 5}
    assert set(found(engine, when="coming", at=utc(12, 3, 59))) == {2, 3, 4, 7}
    assert set(found(engine, when="past", at=utc(12, 4))) == {1, 5, 7}
    assert set(found(engine, when="coming", at=utc(12, 4))) == {2, 3, 4}
    assert set(found(engine, when="past")) == set(found(engine))
    assert set(found(engine, since="2013-10-12", until="2013-10-12")) == {2, 4}
    assert set(found(engine, since="2012", until="2012")) == {5}
    assert set(found(engine, until="2013-10-11")) == {1, 2, 4, 5, 7}
    assert set(found(engine, since="2013-10-13")) == {2, 3, 4}


@pytest.mark.parametrize("date", ["9999-99-99", "0000", "demain", "2013-13-45", "\0", "-1", "99999999999"])
def test_an_impossible_date_is_no_error(index: Engine, date: str) -> None:
    assert index.search(Query(since=date)).total >= 0
    assert index.search(Query(until=date, when="past", at=utc(1))).total >= 0


def test_a_distance_narrows(index: Engine) -> None:
    brest = 48.39, -4.49
    assert found(index, near=Near(*brest, 30)) == [BREST]
    assert set(found(index, near=Near(*brest, 300))) == {BREST, NANTES}
    assert found(index, "cartopartie", near=Near(*brest, 300)) == [NANTES]
    assert found(index, near=Near(0, 0, 10)) == []


def test_a_distance_reaches_across_the_date_line(engine_of: EngineOf) -> None:
    engine = engine_of("line")
    engine.rebuild([page(1, "Fidji", latitude=-17.0, longitude=179.9), page(2, "Paris", latitude=48.9, longitude=2.4)])
    assert found(engine, near=Near(-17.0, -179.9, 50)) == [1]


def test_orders(index: Engine) -> None:
    assert found(index, facets=EVENTS, order="newest") == [BREST, NANTES, PARIS]
    assert found(index, facets=EVENTS, order="oldest") == [PARIS, NANTES, BREST]
    assert found(index, facets={"kind": ["recipe"]}, order="title")[:3] == [CARTOPARTIE, COPY_PARTY, FOUR]
    assert found(index, facets=EVENTS) == [BREST, NANTES, PARIS]
    assert found(index, facets=EVENTS, order="changed") == [PARIS, NANTES, BREST]
    assert found(index, "copy party", order="newest")[0] == BREST
    assert found(index, "copy party", order="no such order")[0] == BREST


def test_what_has_no_date_comes_last_both_ways_the_latest_first(engine_of: EngineOf) -> None:
    engine = engine_of("undated")
    engine.rebuild([page(1, "A"), event(2, "B", "Brest", "2012"), event(3, "C", "Brest", "2013"), page(4, "D")])
    assert found(engine, order="newest") == [3, 2, 4, 1]
    assert found(engine, order="oldest") == [2, 3, 4, 1]


@pytest.mark.parametrize("order", ["relevance", "newest", "oldest", "title", "changed"])
@pytest.mark.parametrize("words", ["", "four"])
def test_pages_of_an_answer_show_each_page_once(engine_of: EngineOf, order: str, words: str) -> None:
    engine = engine_of("paging")
    pages = [page(number, f"Four {number % 7}", body="four " * (number % 5), starts_on=f"20{number % 13:02}")
             for number in range(1, 48)]
    engine.rebuild(pages[:30])
    engine.index(pages[30:])
    shown = [
        hit.page_id
        for number in range(1, 6)
        for hit in engine.search(Query(words=words, order=order, page=number, per_page=10)).hits
    ]
    assert sorted(shown) == list(range(1, 48))


def test_a_page_beyond_the_last_is_the_last(index: Engine) -> None:
    answer = index.search(Query(page=10**9, per_page=4))
    assert (answer.page, len(answer.hits), answer.total) == (3, 2, 10)
    assert index.search(Query(page=-5, per_page=4)).page == 1
    assert index.search(Query(words="xyzzyplugh", page=7)).page == 1


def test_a_page_that_carries_a_name_in_a_filter_only_is_found_by_it(engine_of: EngineOf) -> None:
    engine = engine_of("carried")
    engine.rebuild(
        [
            page(CARTES, "Cartes ouvertes", aliases=["mapathon"], stands_for=("theme", "cartes-ouvertes")),
            event(20, "Rendez-vous du dimanche", "Brest", "2013", facets={"theme": ["cartes-ouvertes"]}),
        ]
    )
    assert found(engine, "mapathon") == [CARTES, 20]
    assert found(engine, "mapathon brest")[0] == 20
