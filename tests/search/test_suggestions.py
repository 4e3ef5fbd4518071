"""What someone may be about to type."""

from __future__ import annotations

import pytest

from tests.search.conftest import BREST, CARTES, CARTOPARTIE, COPY_PARTY, GRAINES, NANTES, EngineOf, event, page
from wiki.search import Engine, Suggestion


def pages(engine: Engine, text: str, limit: int = 8) -> list[int]:
    """The pages suggested, in order."""
    return [found.page_id for found in engine.suggest(text, limit) if found.page_id is not None]


def test_pages_are_suggested_by_the_beginning_of_a_name(index: Engine) -> None:
    assert pages(index, "cartop")[0] == CARTOPARTIE
    assert pages(index, "CARTOP")[0] == CARTOPARTIE
    assert pages(index, "grainoth") == [GRAINES]
    assert pages(index, "libre") == [CARTES]


def test_each_word_but_the_last_is_whole(index: Engine) -> None:
    assert pages(index, "copy par") == [COPY_PARTY, BREST]
    assert pages(index, "copy party de br") == [BREST]
    assert pages(index, "cop party") == []
    assert pages(index, "nantes cart") == [NANTES]


def test_synonyms_suggest_their_theme(index: Engine) -> None:
    assert pages(index, "mapping pa") == [CARTES]
    assert pages(index, "openstreet") == [CARTES]


def test_accents_and_elisions_do_not_matter(index: Engine) -> None:
    assert pages(index, "grainotheq") == [GRAINES]
    assert pages(index, "l'accessib") == pages(index, "accessib")


def test_titles_that_begin_so_come_first_then_the_most_followed(engine_of: EngineOf) -> None:
    engine = engine_of("followed")
    engine.rebuild(
        [page(1, "Une soupe"), page(2, "Soupe verte"), page(3, "Soupe au caillou", popularity=9), page(4, "Soupe")]
    )
    assert pages(engine, "soup") == [3, 4, 2, 1]


@pytest.mark.parametrize("text", ["c", "co"])
def test_one_or_two_letters_suggest_titles_that_begin_so(index: Engine, text: str) -> None:
    assert COPY_PARTY in pages(index, text)


def test_places_are_suggested_with_how_many_pages_lie_there(index: Engine) -> None:
    index.index([event(80, "Bal", "Brest", "2015")])
    assert Suggestion(facet="city", value="Brest", count=2) in index.suggest("bre")
    assert Suggestion(facet="city", value="Brest", count=2) in index.suggest("BRES")
    assert index.suggest("rest") == []


def test_another_facet_may_hold_the_places_or_none(index: Engine) -> None:
    assert Suggestion(facet="theme", value="pain", count=1) in index.suggest("pai", places="theme")
    assert all(found.page_id for found in index.suggest("bre", places=""))


def test_no_more_are_suggested_than_asked_for(index: Engine) -> None:
    assert len(index.suggest("c", 3)) == 3
    assert index.suggest("c", 0) == []
