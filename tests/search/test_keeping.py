"""What an engine keeps: pages put in, replaced, taken out, counted, and the task they came with."""

from __future__ import annotations

import pytest

from tests.search.conftest import BREST, COPY_PARTY, LIBRARY, EngineOf, event, found, page
from wiki.search import Engine, IndexUnavailable, Query


def test_an_engine_that_was_never_built_says_so(engine_of: EngineOf) -> None:
    engine = engine_of("never")
    for ask in (
        lambda: engine.search(Query()), lambda: engine.suggest("a"), lambda: engine.last_task, engine.state,
        lambda: engine.index([page(1, "Une")]), lambda: engine.delete([1]), engine.tidy,
    ):  # fmt: skip
        with pytest.raises(IndexUnavailable):
            ask()


def test_a_page_is_found_as_soon_as_it_is_in(index: Engine) -> None:
    index.index([page(90, "Marionnettes", body="un castelet")])
    assert found(index, "marionnette") == [90]


def test_a_page_takes_the_place_of_its_old_self(index: Engine) -> None:
    before = index.search(Query()).total
    index.index([event(BREST, "Fête du vélo", "Quimper", "2014-05-01", revision_id=500)])
    assert index.search(Query()).total == before
    assert found(index, "vélo") == [BREST]
    assert BREST not in found(index, "copy party")
    assert index.state()[BREST] == 500
    assert dict(index.search(Query(counted=("city",))).facets["city"]) == {"Quimper": 1, "Nantes": 1, "Paris": 1}
    assert found(index, facets={"city": ["Brest"]}) == []


def test_a_page_taken_out_leaves_no_trace(index: Engine) -> None:
    index.delete([BREST])
    answer = index.search(Query(counted=("city", "year")))
    assert answer.total == len(LIBRARY) - 1
    assert "Brest" not in dict(answer.facets["city"])
    assert 2013 not in answer.years
    assert BREST not in index.state()
    assert BREST not in found(index, "copy party")
    assert [suggestion for suggestion in index.suggest("brest") if suggestion.value == "Brest"] == []
    assert BREST not in [suggestion.page_id for suggestion in index.suggest("copy")]


def test_the_words_of_a_page_taken_out_are_no_words_any_more(index: Engine) -> None:
    index.index([page(90, "Zorglubade", body="Un grimoire rarissime.")])
    assert index.search(Query(words="zorglubade")).unknown == ()
    index.delete([90])
    for typed in ("zorglubade", "zorglubad", "zorglubades", "zorglu", "grimoire", "grimoir", "zorglubadecopy"):
        answer = index.search(Query(words=typed))
        assert (answer.total, answer.suggestion, answer.unknown) == (0, None, (typed,))


def test_a_name_goes_with_its_page(index: Engine) -> None:
    index.delete([COPY_PARTY])
    assert found(index, "copyparty") == [BREST]
    assert COPY_PARTY not in [suggestion.page_id for suggestion in index.suggest("copy")]


def test_pages_come_and_go_in_one_step(index: Engine) -> None:
    index.index([page(90, "Marionnettes")], delete=[BREST, 4242], last_task=8)
    assert 90 in index.state()
    assert BREST not in index.state()
    assert index.last_task == 8


def test_the_last_of_two_versions_of_a_page_counts(index: Engine) -> None:
    index.index([page(90, "Marionnettes", revision_id=1), page(90, "Ombres chinoises", revision_id=2)])
    assert index.state()[90] == 2
    assert found(index, "marionnettes") == []


def test_the_last_task_is_kept_with_the_pages(engine_of: EngineOf) -> None:
    engine = engine_of("tasks")
    engine.rebuild([page(1, "Une")], last_task=3)
    assert engine.last_task == 3
    engine.index([page(2, "Deux")], last_task=7)
    engine.index([page(3, "Trois")])
    engine.delete([1], last_task=9)
    assert engine.last_task == 9
    assert engine_of("tasks").last_task == 9


def test_the_state_names_every_page_and_its_revision(index: Engine) -> None:
    assert index.state() == {document.page_id: document.revision_id for document in LIBRARY}


def test_a_rebuild_replaces_everything_and_tells_how_far_it_is(index: Engine) -> None:
    heard: list[int] = []
    index.rebuild((page(number, f"Page {number}") for number in range(1, 251)), last_task=2, progress=heard.append)
    assert heard[-1] == 250
    assert heard == sorted(heard)
    assert index.search(Query()).total == 250
    assert found(index, "copy party") == []


def test_an_index_may_be_empty(engine_of: EngineOf) -> None:
    engine = engine_of("empty")
    engine.rebuild([])
    answer = engine.search(Query(words="rien du tout", counted=("city",)))
    assert (answer.total, list(answer.hits), answer.page) == (0, [], 1)
    assert engine.suggest("r") == []
    assert engine.state() == {}
    engine.index([page(1, "Tout")])
    assert found(engine, "tout", order="title") == [1]


def test_a_rebuild_that_fails_leaves_the_old_index(index: Engine) -> None:
    def broken():  # type: ignore[no-untyped-def]
        yield page(1, "Une")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        index.rebuild(broken())
    assert index.search(Query()).total == len(LIBRARY)
    index.index([page(90, "Marionnettes")])
    assert found(index, "marionnette") == [90]


def test_tidying_changes_nothing_that_is_found(engine_of: EngineOf) -> None:
    engine = engine_of("tidy")
    engine.rebuild(LIBRARY)
    for number in range(30):
        engine.index([page(100 + number % 20, f"Atelier {number}", body=f"essai {number}", revision_id=number)])
    engine.delete([101, 102])

    def answers() -> list[object]:
        queries = [Query(), Query(words="atelier", counted=("kind",), per_page=50), Query(words='"atelier 29"'),
                   Query(order="title", per_page=50), Query(words="copy party", counted=("theme", "city"))]
        found = [(answer.total, {hit.page_id for hit in answer.hits}, answer.facets, answer.years)
                 for answer in map(engine.search, queries)]
        return [*found, engine.state(), engine.last_task, engine.suggest("at")]

    before = answers()
    while engine.tidy():
        pass
    assert answers() == before


def test_two_engines_on_one_index_see_the_same(engine_of: EngineOf) -> None:
    writer, reader = engine_of("shared"), engine_of("shared")
    writer.rebuild(LIBRARY)
    assert reader.search(Query()).total == len(LIBRARY)
    writer.index([page(90, "Marionnettes")])
    assert found(reader, "marionnette") == [90]
    writer.rebuild([page(1, "Seule")])
    assert found(reader) == [1]


def test_many_words_and_long_texts_fit(engine_of: EngineOf) -> None:
    engine = engine_of("long")
    body = " ".join(f"mot{number} carotte" for number in range(60_000))
    engine.rebuild([page(1, "Long " * 50, body=body, aliases=["x" * 5000] * 3), page(2, "Carotte")])
    assert found(engine, "carotte") == [2, 1]
    assert found(engine, "mot100") == [1]
    assert found(engine, '"mot7 carotte mot8"') == [1]
