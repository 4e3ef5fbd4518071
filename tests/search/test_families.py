"""A family of variants is one result, in totals, pages and counts alike."""

from __future__ import annotations

from random import Random

import pytest

from tests.search.conftest import LIBRARY, EngineOf, event, page
from wiki.search import Engine, Query, SearchDocument
from wiki.search.families import Families

SOUP, RENNES, BREST, HARBOUR, STRANGER = range(50, 55)
FAMILY = [
    page(SOUP, "Disco soupe", kind="recipe", has_variants=True, facets={"theme": ["cuisine"], "city": ["Paris"]}),
    page(RENNES, "Disco soupe à Rennes", kind="recipe", origin_id=SOUP, facets={"theme": ["cuisine"]}),
    page(
        BREST, "Soupe de Brest", kind="recipe", origin_id=SOUP, has_variants=True, starts_on="2013-01-01",
        facets={"theme": ["cuisine", "fete"], "city": ["Brest"]},
    ),
    page(HARBOUR, "Soupe du port", kind="recipe", origin_id=BREST, facets={"theme": ["fete"], "city": ["Brest"]}),
    page(STRANGER, "Soupe à l'oignon", kind="recipe", facets={"theme": ["cuisine"], "city": ["Paris"]}),
]  # fmt: skip


@pytest.fixture
def soups(engine_of: EngineOf) -> Engine:
    engine = engine_of("families")
    engine.rebuild([*LIBRARY, *FAMILY])
    return engine


def test_a_family_is_one_result_that_names_the_others(soups: Engine) -> None:
    answer = soups.search(Query(words="soupe", as_families=True))
    assert answer.total == len(answer.hits) == 2
    together = [{hit.page_id, *hit.others} for hit in answer.hits]
    assert sorted(together, key=len) == [{STRANGER}, {SOUP, RENNES, BREST, HARBOUR}]


def test_without_being_asked_each_variant_is_a_result(soups: Engine) -> None:
    answer = soups.search(Query(words="soupe"))
    assert answer.total == len(answer.hits) == 5
    assert all(not hit.others for hit in answer.hits)


def test_only_variants_that_answer_are_counted(soups: Engine) -> None:
    answer = soups.search(Query(words="soupe", facets={"city": ["Brest"]}, as_families=True))
    assert [(hit.page_id, list(hit.others)) for hit in answer.hits] == [(BREST, [HARBOUR])]
    assert answer.total == 1


def test_a_family_is_shown_by_its_best_page_in_each_order(soups: Engine) -> None:
    for order, first in (("newest", BREST), ("oldest", BREST), ("title", SOUP)):
        answer = soups.search(Query(words="soupe", order=order, as_families=True))
        assert next(hit.page_id for hit in answer.hits if hit.page_id != STRANGER) == first


def test_each_count_is_what_its_choice_gives(soups: Engine) -> None:
    for facets in ({}, {"theme": ["fete"]}, {"city": ["Paris", "Brest"]}):
        query = {"words": "soupe", "as_families": True}
        answer = soups.search(Query(facets=facets, counted=("theme", "city"), **query))
        assert answer.facets["theme"]
        for name in ("theme", "city"):
            for value, count in answer.facets[name]:
                assert soups.search(Query(facets={**facets, name: [value]}, **query)).total == count


def test_one_family_can_be_looked_at_alone(soups: Engine) -> None:
    for member in (SOUP, HARBOUR):
        answer = soups.search(Query(words="soupe", family=member))
        assert {hit.page_id for hit in answer.hits} == {SOUP, RENNES, BREST, HARBOUR}
    assert [hit.page_id for hit in soups.search(Query(family=STRANGER)).hits] == [STRANGER]
    assert soups.search(Query(family=4242)).total == 0


def test_families_change_with_their_pages(soups: Engine) -> None:
    soups.index([page(STRANGER, "Soupe à l'oignon", kind="recipe", origin_id=HARBOUR, revision_id=90)])
    assert soups.search(Query(words="soupe", as_families=True)).total == 1
    soups.index([page(BREST, "Soupe de Brest", kind="recipe", has_variants=True, revision_id=91)])
    answer = soups.search(Query(words="soupe", as_families=True))
    together = [{hit.page_id, *hit.others} for hit in answer.hits]
    assert sorted(together, key=len) == [{SOUP, RENNES}, {BREST, HARBOUR, STRANGER}]


def test_variants_of_a_page_that_is_gone_stay_together(soups: Engine) -> None:
    soups.delete([SOUP])
    answer = soups.search(Query(words="soupe", as_families=True))
    assert answer.total == 2
    assert SOUP not in {page_id for hit in answer.hits for page_id in (hit.page_id, *hit.others)}


def test_pages_of_a_long_answer_hold_each_family_once(engine_of: EngineOf) -> None:
    chance = Random(5)
    engine = engine_of("many")
    origins = {number: chance.choice([0, 0, chance.randrange(1, number)]) for number in range(2, 200)}
    held = {origin for origin in origins.values() if origin}

    def made(number: int) -> SearchDocument:
        return event(
            number, f"Fête {number}", chance.choice(["Brest", "Nantes"]), f"20{chance.randrange(10, 20)}-05-01",
            origin_id=origins.get(number) or None, has_variants=number in held,
        )  # fmt: skip

    engine.rebuild([made(number) for number in range(1, 100)])
    engine.index([made(number) for number in range(100, 200)])
    families = Families((number, origin) for number, origin in origins.items() if origin)
    for order in ("relevance", "newest", "title"):
        seen: list[int] = []
        query = {"words": "fête", "order": order, "as_families": True, "per_page": 7}
        first = engine.search(Query(**query, counted=("city",)))
        for number in range(1, -(-first.total // 7) + 1):
            answer = engine.search(Query(page=number, **query))
            assert answer.total == first.total
            seen += [page_id for hit in answer.hits for page_id in (hit.page_id, *hit.others)]
        assert sorted(seen) == list(range(1, 200))
        assert first.total == len({families.root(number) for number in range(1, 200)})


def test_a_circle_of_origins_is_one_family() -> None:
    families = Families([(1, 2), (2, 1), (3, 2), (4, 4)])
    assert len({families.root(number) for number in (1, 2, 3)}) == 1
    assert families.root(4) == 4
    assert families.root(9) == 9
