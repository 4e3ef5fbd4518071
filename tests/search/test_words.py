"""What finds what: the same for every engine."""

from __future__ import annotations

import pytest

from tests.search.conftest import (
    BREST,
    CARTES,
    CARTOPARTIE,
    COPY_PARTY,
    ENGLISH,
    FOUR,
    GRAINES,
    JARDIN,
    LIBRARY,
    NANTES,
    PARIS,
    EngineOf,
    event,
    found,
    page,
)
from wiki.search import Engine, Query


@pytest.mark.parametrize(
    "words",
    [
        "grainothèque", "grainotheque", "GRAINOTHEQUE", "Grainothèques", "les grainothèques", "l'étape graines",
        "l’etape graine", "étapes du troc", "coeurs de metier", "cœur métier", "médiathèques", "mediatheque",
        "répar'café", "repar cafe", "répar’cafés", "grille pain médiathèque", "grille-pain graine", "habitants graines",
        "habitantes graine", "open street map médiathèque", "openstreetmap graines", "seed library", "seedlibrary",
    ],
)  # fmt: skip
def test_a_page_is_found_however_its_words_are_written(index: Engine, words: str) -> None:
    assert GRAINES in found(index, words)


def test_english_is_found_as_english(index: Engine) -> None:
    assert found(index, "repair bike")[0] == ENGLISH
    assert found(index, "bicycle bakeries") == [ENGLISH]


def test_a_page_called_what_was_typed_comes_first(index: Engine) -> None:
    assert found(index, "copy party")[0] == COPY_PARTY
    assert found(index, "copyparty")[0] == COPY_PARTY
    assert found(index, "cartoparties")[0] == CARTOPARTIE


def test_a_title_weighs_more_than_a_body(index: Engine) -> None:
    assert found(index, "pain")[0] == FOUR
    assert found(index, "jardin")[0] == JARDIN


def test_a_synonym_of_a_theme_finds_the_theme_and_its_pages(index: Engine) -> None:
    answer = found(index, "mapping party")
    assert answer[0] == CARTES
    assert set(answer) >= {CARTES, CARTOPARTIE, NANTES, PARIS}


def test_a_place_and_a_year_are_words(index: Engine) -> None:
    assert found(index, "copy party brest 2013")[0] == BREST
    assert found(index, "cartopartie juillet 2012")[0] == NANTES


def test_a_short_query_wants_all_its_words_where_enough_pages_hold_them(engine_of: EngineOf) -> None:
    engine = engine_of("many")
    both = [page(number, f"Fournée {number}", body="four et pain") for number in range(1, 31)]
    engine.rebuild([*both, page(50, "Le four du bourg"), page(51, "Un pain perdu")])
    answer = engine.search(Query(words="four pain", per_page=50))
    assert answer.total == 30
    assert {hit.page_id for hit in answer.hits} == set(range(1, 31))


def test_what_is_called_like_part_of_the_words_answers_whatever_else_was_typed(engine_of: EngineOf) -> None:
    engine = engine_of("called")
    both = [page(number, f"Fête {number}", body="jardin partagé à Quimper") for number in range(1, 31)]
    engine.rebuild([*both, page(50, "Jardin partagé"), page(51, "Jardin partagé d'hiver")])
    answer = [hit.page_id for hit in engine.search(Query(words="jardins partagés quimper", per_page=50)).hits]
    assert 50 in answer
    assert 51 not in answer
    quoted = Query(words='jardin partagé "partagé à Quimper"', per_page=50)
    assert 50 not in [hit.page_id for hit in engine.search(quoted).hits]


def test_what_many_pages_lead_to_comes_before_its_equals(engine_of: EngineOf) -> None:
    engine = engine_of("followed")
    engine.rebuild([page(1, "Four", popularity=40, body="Un four."), page(2, "Four", body="Un four.")])
    assert found(engine, "four") == [1, 2]
    engine.index([page(3, "Four à four", popularity=0, body="four " * 20)])
    assert found(engine, "four")[0] == 1


@pytest.mark.parametrize("question", ["comment faire un four ?", "Où trouver un four", "how to make a four"])
def test_the_words_of_a_question_tell_little(engine_of: EngineOf, question: str) -> None:
    engine = engine_of("question")
    asking = page(2, "Trouver de quoi faire", body="comment faire, où trouver, to make")
    engine.rebuild([page(1, "Four à pain"), asking])
    assert found(engine, question)[0] == 1


def test_where_few_pages_hold_all_the_words_those_that_hold_most_follow(index: Engine) -> None:
    answer = found(index, "trottoirs fauteuil neige")
    assert answer[0] == NANTES
    assert PARIS in answer


def test_a_phrase_in_quotes_must_be_there(index: Engine) -> None:
    assert found(index, '"copie privée"') == [COPY_PARTY]
    assert found(index, "« fauteuil roulant »") == [NANTES]
    assert found(index, "“four commun”") == [FOUR]
    assert found(index, '"privée copie"') == []


def test_a_stop_word_keeps_its_place_in_a_phrase(index: Engine) -> None:
    assert found(index, '"four à bois"') == [FOUR]
    assert found(index, '"four bois"') == []


def test_no_phrase_reaches_across_fields(index: Engine) -> None:
    assert found(index, '"Brest bibliothèque universitaire"') == []


def test_a_phrase_that_is_nowhere_suggests_its_words(index: Engine) -> None:
    assert index.search(Query(words='"pain bois four"')).suggestion == "pain bois four"


def test_a_minus_leaves_a_word_out(index: Engine) -> None:
    answer = found(index, "copy party -brest")
    assert answer[0] == COPY_PARTY
    assert BREST not in answer
    assert BREST not in found(index, "copy party −Brest")
    assert COPY_PARTY not in found(index, 'bibliothèque -"copie privée"')
    assert set(found(index, "-cartopartie", per_page=50)) >= {JARDIN, FOUR}


@pytest.mark.parametrize("words", ["grille-pain", "2013-10", "grille - pain"])
def test_a_hyphen_within_words_leaves_nothing_out(index: Engine, words: str) -> None:
    assert found(index, words)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("grainoteque", "grainothèque"), ("cartopratie", "cartopartie"), ("acessibilite paris", "accessibilité paris"),
        ("biblotheque", "bibliothèque"),
    ],
)  # fmt: skip
def test_a_mistake_is_mended_and_said(index: Engine, typed: str, meant: str) -> None:
    answer = index.search(Query(words=typed))
    assert answer.total
    assert answer.suggestion == meant


def test_the_beginning_of_a_word_finds_it(index: Engine) -> None:
    assert COPY_PARTY in found(index, "biblio")


def test_two_words_written_as_one_are_parted(index: Engine) -> None:
    assert found(index, "jardinpotager") == found(index, "jardin potager")


def test_a_word_that_is_nowhere_is_said_and_left_aside(index: Engine) -> None:
    answer = index.search(Query(words="cartopartie xyzzyplugh"))
    assert answer.unknown == ("xyzzyplugh",)
    assert answer.hits[0].page_id == CARTOPARTIE
    assert index.search(Query(words="xyzzyplugh")).total == 0


def test_words_too_common_are_said(index: Engine) -> None:
    answer = index.search(Query(words="le la les"))
    assert (answer.total, answer.ignored) == (0, ("le", "la", "les"))


def test_a_title_of_nothing_but_stop_words_is_found_by_it(engine_of: EngineOf) -> None:
    engine = engine_of("stop")
    engine.rebuild([page(1, "À nous"), page(2, "Autre chose", body="à nous")])
    assert found(engine, "a nous") == [1]


def test_equal_answers_are_ordered_by_what_is_followed_and_then_by_what_is_recent(engine_of: EngineOf) -> None:
    engine = engine_of("equal")
    same = {"body": "four", "kind": "event"}
    engine.rebuild(
        [
            page(1, "Fournée", starts_on="2012-01-01", **same),
            page(2, "Fournée", starts_on="2014-01-01", **same),
            page(3, "Fournée", starts_on="2010-01-01", popularity=4, **same),
        ]
    )
    assert found(engine, "four") == [3, 2, 1]


def test_nothing_typed_finds_everything(index: Engine) -> None:
    assert index.search(Query()).total == len(LIBRARY)


def test_a_word_finds_those_made_from_the_same_root_after_those_that_hold_it(engine_of: EngineOf) -> None:
    engine = engine_of("derived")
    engine.rebuild(
        [
            page(1, "Carnet du jardinier", body="Des conseils pour chaque saison."),
            page(2, "Jardin partagé", body="On y cultive à plusieurs."),
            page(3, "Fournil", body="Le pain du samedi."),
            page(4, "Réparation", body="Recoudre, ressouder."),
        ]
    )
    assert [hit.page_id for hit in engine.search(Query(words="jardiniers")).hits] == [1, 2]
    for typed in ("réparateur", "reparatrice", "réparer"):
        answer = engine.search(Query(words=typed))
        assert ([hit.page_id for hit in answer.hits], answer.unknown) == ([4], ())


def test_a_commune_is_no_relative_of_a_common(engine_of: EngineOf) -> None:
    engine = engine_of("communes")
    engine.rebuild([page(1, "Les communs", body="Une ressource."), page(2, "Plan de la commune", body="Des rues.")])
    assert [hit.page_id for hit in engine.search(Query(words="communes")).hits] == [2]
    assert [hit.page_id for hit in engine.search(Query(words="communs")).hits] == [1]


def test_what_names_a_theme_first_answers_its_synonym_before_what_names_it_after_others(engine_of: EngineOf) -> None:
    engine = engine_of("first")
    theme = page(1, "Cartes ouvertes", kind="theme", aliases=["mapping party"], stands_for=("theme", "cartes"))
    after = page(2, "Balade", facets={"theme": ["marche", "cartes"]}, popularity=2)
    above = page(3, "Relevé", facets={"theme": ["cartes", "marche"]})
    engine.rebuild([theme, after, above])
    answer = engine.search(Query(words="mapping party", counted=("theme",)))
    assert [hit.page_id for hit in answer.hits] == [1, 3, 2]
    assert list(answer.facets) == ["theme"]


def test_a_year_finds_what_happened_in_it_before_what_speaks_of_it(engine_of: EngineOf) -> None:
    engine = engine_of("years")
    engine.rebuild(
        [
            page(1, "Soupe du soir", kind="recipe", body="En 2014, puis encore en 2014 ; ah, 2014 !", popularity=3),
            event(2, "Soupe de Blois", "Blois", "2014-11-22"),
        ]
    )
    assert [hit.page_id for hit in engine.search(Query(words="soupe 2014")).hits] == [2, 1]


@pytest.mark.parametrize("typed", ["carto partie brest", "brest carto-partie", "cartopartie brest"])
def test_a_word_typed_in_two_is_found_in_one(engine_of: EngineOf, typed: str) -> None:
    engine = engine_of("joined")
    engine.rebuild([page(1, "Cartopartie de Brest"), page(2, "Une partie de Brest"), page(3, "Brest")])
    assert engine.search(Query(words=typed)).hits[0].page_id == 1
