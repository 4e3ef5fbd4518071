"""Words: the tables that say what has one form, and what has not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiki.search.analysis import Analyser, analyser, asked_forms, fold, name_keys, parts_of, tidied
from wiki.search.asking import read
from wiki.search.passages import passage
from wiki.search.regions import french_region
from wiki.search.resemblance import Lexicon, mistakes


def share_a_form(one: str, other: str) -> bool:
    """Whether a query for one finds a French text with the other."""
    return bool(set(asked_forms(one)) & {form for place in analyser("fr").places(other) for form in place})


@pytest.mark.parametrize(
    "words",
    [
        "étape étapes etape etapes ÉTAPES", "œuvre oeuvre Œuvres", "cœur coeurs",
        "partagé partagée partagés partagées partager",
        "réparer réparation répare reparer reparation", "accessibilité accessibilite", "bénévole bénévoles benevoles",
        "jardin jardins", "communaux communal", "événement évènement evenements", "Noël noel", "maïs mais",
        "médiathèque médiathèques mediatheque", "cartopartie cartoparties", "écriture écritures ecriture", "2013 2013",
    ],
)  # fmt: skip
def test_words_that_are_one_word_find_each_other(words: str) -> None:
    one, *others = words.split()
    for other in others:
        if fold(one) == "mais" or other == "mais":
            continue  # a stop word: see below
        assert share_a_form(one, other), other
        assert share_a_form(other, one), other


@pytest.mark.parametrize(
    "words",
    ["jardin jardinet", "carte carton", "pain peine", "communs commune", "commun communication", "soupe souple"],
)
def test_words_that_are_others_do_not(words: str) -> None:
    one, other = words.split()
    assert not share_a_form(one, other)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("l'atelier", ["atelier"]), ("l’atelier", ["atelier"]), ("d'Expressions", ["Expressions"]), ("qu'elle",
        ["elle"]),
        ("jusqu’ici", ["ici"]), ("Lorsqu'on", ["on"]), ("presqu'île", ["presqu", "île"]), ("aujourd'hui",
        ["aujourd", "hui"]),
        ("grille-pain", ["grille", "pain"]), ("grille‑pain", ["grille", "pain"]), ("répar'café", ["répar", "café"]),
        ("OpenStreetMap", ["Open", "Street", "Map"]), ("RepairCafé", ["Repair", "Café"]), ("SavoirsCom1",
        ["Savoirs", "Com1"]),
        ("ATELIER", ["ATELIER"]), ("Wikipédia", ["Wikipédia"]), ("habitant·e·s", ["habitant"]), ("chargé.e.s",
        ["chargé"]),
        ("acteur·rice·s", ["acteur"]), ("framablog.org", ["framablog", "org"]), ("l'", ["l"]),
    ],
)  # fmt: skip
def test_the_simple_words_of_a_token(text: str, parts: list[str]) -> None:
    assert parts_of(text) == parts


def test_both_forms_of_a_word_stand_at_one_place() -> None:
    assert analyser("fr").places("étape du jardin") == [("étap", "etap"), (), ("jardin",)]


def test_a_compound_stands_at_its_parts_and_joined_at_the_first() -> None:
    assert analyser("fr").places("grille-pain neuf") == [("grill", "grillepain"), ("pain",), ("neuf",)]


def test_english_is_stemmed_as_english_and_apart_from_french() -> None:
    assert analyser("en").places("the commons") == [(), ("en:common",)]
    assert not share_a_form("commons", "commun")
    assert "en:common" in asked_forms("commons")


def test_other_languages_are_kept_as_written() -> None:
    assert analyser("br").places("Ti-kêr") == [("as:ti", "as:tiker"), ("as:ker",)]
    assert "as:ker" in asked_forms("kêr")


def test_the_dictionary_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wiki.search.analysis._DICTIONARY_LIMIT", 10)
    own = Analyser("fr")
    texts = [f"mot{number} carte" for number in range(50)]
    assert [own.places(text)[1] for text in texts] == [("cart",)] * 50
    assert len(own._dictionary) <= 10


@pytest.mark.parametrize(
    "names",
    [
        ["Copy party", "copy-party", "COPY PARTY", "copyparty", "la copy party"], ["Four à pain",
        "Fours à pains", "four pain"],
        ["Cartes ouvertes", "carte ouverte"], ["Répar'café", "repar cafe", "répar’cafés"], ["Droit d'auteur",
        "droits d’auteur"],
        ["Grainothèque", "grainotheques"],
    ],
)  # fmt: skip
def test_names_that_are_one_name_share_a_key(names: list[str]) -> None:
    keys = [set(name_keys(name)) for name in names]
    assert all(keys[0] & other for other in keys)


def test_a_name_of_stop_words_has_a_key_of_them() -> None:
    assert name_keys("À nous") == name_keys("a nous")
    assert name_keys("À nous") != name_keys("À vous")


@given(st.text(max_size=80))
def test_any_text_is_read_and_analysed(text: str) -> None:
    asked = read(text)
    assert len(asked.words) <= 16
    for language in ("fr", "en", "br"):
        for place in analyser(language).places(tidied(text)):
            for form in place:
                assert form
                form.encode()
    name_keys(text)
    passage(text, text)


@given(st.text(alphabet="abcdéè'-\"« »", max_size=40), st.text(alphabet="abcdéè'-\"« »", max_size=40))
def test_what_is_asked_in_the_words_of_a_text_finds_it(text: str, more: str) -> None:
    indexed = {form for place in analyser("fr").places(tidied(text)) for form in place}
    for word in read(text.replace('"', " ").replace("-", " ")).words:
        assert set(word.forms) & {*indexed, *(f for p in analyser("fr").places(text.replace("-", " ")) for f in p)}


@pytest.mark.parametrize(
    ("typed", "words", "phrases", "excluded", "ignored"),
    [
        ("four à pain", ["four", "pain"], [], [], ["à"]),
        ('"four à pain" brest', ["four", "pain", "brest"], [["four", "pain"]], [], ["à"]),
        ("« jardin partagé »", ["jardin", "partagé"], [["jardin", "partagé"]], [], []),
        ("copy -party", ["copy"], [], [["party"]], []),
        ('copy -"party brest"', ["copy"], [], [["party", "brest"]], []),
        ("-grille-pain", [], [], [["grille", "pain"]], []),
        ("copy - party", ["copy", "party"], [], [], []),
        ('"mot', ["mot"], [], [], []),
        ('"mot"', ["mot"], [["mot"]], [], []),
        ("carte AND NOT jardin", ["carte", "jardin"], [], [], ["AND", "NOT"]),
        ("jardin Jardins jardin", ["jardin"], [], [], []),
    ],
)  # fmt: skip
def test_what_is_typed_is_understood(typed, words, phrases, excluded, ignored) -> None:  # type: ignore[no-untyped-def]
    asked = read(typed)
    assert [word.text for word in asked.words] == words
    assert [[word.text for _step, word in phrase.words] for phrase in asked.phrases] == phrases
    assert [[word.text for _step, word in phrase.words] for phrase in asked.excluded] == excluded
    assert list(asked.ignored) == ignored


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        ("carte", "carte", 0), ("carte", "cartes", 1), ("carte", "tarce", 2), ("carte", "catre", 1), ("carte",
        "cate", 1),
        ("carte", "parte", 1), ("", "a", 1), ("ab", "ba", 1), ("grainotheque", "grainoteque", 1), ("abcd", "wxyz", 3),
        ("biblioteque", "bibliotheques", 2),
    ],
)  # fmt: skip
def test_mistakes_are_counted(one: str, other: str, count: int) -> None:
    assert mistakes(one, other, 2) == mistakes(other, one, 2) == count
    assert (mistakes(one, other, 1) <= 1) == (count <= 1)


WORDS = sorted("ab bibliotheque cab cart carte cartes crate ecart mediatheque quartier tarte".split())


@given(st.text("abc", min_size=4, max_size=8), st.text("abc", max_size=8))
def test_looking_through_many_words_finds_those_with_one_mistake(one: str, other: str) -> None:
    words = sorted({other, *WORDS})
    near = {word: mistakes(one, word, 1) for word in words if mistakes(one, word, 1) <= 1}
    assert Lexicon(words).alike(one, 1) == near


@pytest.mark.parametrize("typed", ["biblioteqe", "bibliothequuee", "iblitheque", "bibliothqeeu", "bibiloteque"])
def test_two_mistakes_are_found_in_a_long_word(typed: str) -> None:
    assert Lexicon(WORDS).alike(typed, 2) == {"bibliotheque": 2}


def test_words_are_found_by_their_beginning() -> None:
    assert list(Lexicon(WORDS).beginning("cart")) == ["cart", "carte", "cartes"]
    assert list(Lexicon(WORDS).beginning("z")) == []
    assert list(Lexicon(WORDS).beginning("")) == WORDS


@pytest.mark.parametrize(
    ("position", "region"),
    [
        ((48.39, -4.49), ("Finistère", "Bretagne")), ((43.60, 1.44), ("Haute-Garonne", "Occitanie")),
        ((45.88, 2.17), ("Creuse", "Nouvelle-Aquitaine")), ((42.7, 9.4), ("Haute-Corse", "Corse")),
        ((-21.379, 55.619), ("La Réunion", "Outre-mer")), ((45.5, -73.57), None), ((0.0, 0.0), None),
    ],
)  # fmt: skip
def test_the_region_of_a_position(position: tuple[float, float], region: tuple[str, str] | None) -> None:
    assert french_region(*position) == region
