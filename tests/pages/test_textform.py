"""The text form: one canonical way to write a page, strict when writing, lenient when reading."""

from __future__ import annotations

import time
import unicodedata
from contextlib import suppress
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wiki.errors import Invalid, Problem
from wiki.pages.kinds import KINDS, outline_text
from wiki.pages.textform import (
    Document,
    assemble,
    canonical,
    incomplete,
    parse,
    read_strict,
    serialize,
    typed,
)

EVENT = """\
---
kind: event
title: Cartopartie accessibilité de Paris
sessions:
  - 2010-12-04T09:30
place: Paris, gare de l'Est
geo: 48.876, 2.359
organizers:
  - April
themes:
  - accessibilite
  - cartes-ouvertes
recipes:
  - cartopartie-accessibilite
went_well: |
  La pluie s'est arrêtée.

  Tout le monde est resté.
meteo: pluie
releves:
  nombre: 12
  personnes:
    - nom: Alice
      role: photo
    - nom: Bob
---

Première sortie du groupe…
"""


def problems(text: str, **more: int) -> list[Problem]:
    with pytest.raises(Invalid) as caught:
        read_strict(text, **more)
    return caught.value.problems


def event(*lines: str) -> str:
    return "\n".join(("---", "kind: event", "title: Essai", *lines, "---", "", "Texte.", ""))


# Reading and writing


def test_a_text_is_taken_apart_into_kind_fields_the_rest_and_body() -> None:
    document = read_strict(EVENT)
    assert document.kind == "event"
    assert document.declaration is KINDS["event"]
    assert document.title == "Cartopartie accessibilité de Paris"
    assert document.fields["themes"] == ["accessibilite", "cartes-ouvertes"]
    assert document.fields["went_well"] == "La pluie s'est arrêtée.\n\nTout le monde est resté."
    people = [{"nom": "Alice", "role": "photo"}, {"nom": "Bob"}]
    assert document.extra == {"meteo": "pluie", "releves": {"nombre": "12", "personnes": people}}
    assert document.body == "Première sortie du groupe…\n"


def test_a_canonical_text_survives_byte_for_byte() -> None:
    assert canonical(EVENT) == EVENT
    assert serialize(parse(EVENT)) == EVENT


def test_fields_come_in_the_order_of_their_kind_and_unknown_keys_after_them() -> None:
    text = "---\ncle: a\nplace: Brest\nautre: b\ntags: [x]\ntitle: Essai\nkind: event\n---\n"
    assert canonical(text) == (
        "---\nkind: event\ntitle: Essai\nplace: Brest\ntags:\n  - x\ncle: a\nautre: b\n---\n")


def test_values_are_written_in_canonical_form() -> None:
    text = event("sessions: 12 octobre 2013 de 14h à 18h", "place:   Brest,  BU  ",
                 "organizers: [April, 'Vecam']",
                 "themes:", "    - Culture libre", "    - '[[Copie privée]]'", "geo: 48,39 ; -4,49",
                 "format: Fête",
                 "money_spent: gratuit", "attendance: '1 800'", "next_steps: On continue.", "price:",
                 "tags: []")
    assert canonical(text) == event(
        "sessions:", "  - 2013-10-12T14:00/2013-10-12T18:00", "place: Brest, BU", "geo: 48.39, -4.49",
        "organizers:", "  - April", "  - Vecam", "format: fete", "themes:", "  - culture-libre",
        "  - copie-privee",
        "attendance: 1800", "money_spent: 0 EUR", "next_steps: |", "  On continue.")


def test_a_long_text_is_a_block_of_lines_so_that_lines_merge() -> None:
    text = event("went_well: Une seule ligne.")
    assert "went_well: |\n  Une seule ligne.\n" in canonical(text)


@pytest.mark.parametrize(("value", "written"), [
    ("Recette : mode d'emploi", '"Recette : mode d\'emploi"'), ("a # b", '"a # b"'), ("- tiret", '"- tiret"'),
    ("yes", "yes"), ("null", "null"), ("~", "~"), ("2013-10-12", "2013-10-12"), ("1e3", "1e3"),
    ("-4.5", "-4.5"),
    ("|", '"|"'), ("[x]", '"[x]"'), ('"x"', '"\\"x\\""'), ("l'eau", "l'eau"), ("«x»", "«x»"), ("a:b", "a:b"),
    ("fin:", '"fin:"'), ("%x", '"%x"'), ("\\", "\\"), ("👩‍🍳", "👩‍🍳"), ("שלום", "שלום"), ("...", '"..."'),
])
def test_a_value_is_plain_where_it_reads_back_the_same_and_quoted_elsewhere(value: str, written: str) -> None:
    text = serialize(Document("event", {"price": value, "tags": [value]}, {"cle": value}, ""))
    assert text == f"---\nkind: event\ntags:\n  - {written}\nprice: {written}\ncle: {written}\n---\n"
    assert parse(text).fields == {"price": value, "tags": [value]}


def test_nothing_is_ever_folded() -> None:
    words = "mot " * 400 + "x" * 3000
    text = serialize(Document("event", {"price": words, "tags": [words, words]}, {"cle": words}, ""))
    assert text.count("\n") == 8
    assert parse(text).fields["tags"] == [words, words]


def test_comments_go_and_nothing_else_does() -> None:
    assert canonical(event("# un mot pour moi", "price: gratuit # vraiment")) == event("price: gratuit")


def test_line_ends_and_accents_are_made_one() -> None:
    text = "\ufeff" + event("price: e\u0301tudiant").replace("\n", "\r\n")
    assert canonical(text) == event("price: étudiant")
    assert canonical("Une page\rà part.\x0cFin.") == "Une page\nà part.\nFin.\n"


@pytest.mark.parametrize(("body", "kept"), [
    ("Texte", "Texte\n"), ("\n \n\nTexte\n\n\n", "Texte\n"), ("    code  \n \t\n", "    code  \n"),
    ("Un  \n\n\n\nDeux", "Un  \n\n\n\nDeux\n"), ("", ""), (" \n\t\n", ""),
    ("---\nTexte\n---", "---\nTexte\n---\n"),
])
def test_the_body_keeps_everything_but_blank_lines_at_its_ends(body: str, kept: str) -> None:
    text = f"---\nkind: theme\ntitle: Eau\n---\n{body}"
    assert read_strict(text).body == kept
    assert canonical(text) == f"---\nkind: theme\ntitle: Eau\n---\n{kept and chr(10) + kept}"


def test_a_text_without_front_matter_is_an_article_and_stays_so() -> None:
    text = "# Une page\n\nAvec du texte.\n"
    document = read_strict(text)
    assert (document.kind, dict(document.fields), document.title) == ("article", {}, "Une page")
    assert canonical(text) == text
    assert canonical(f"---\nkind: article\n---\n{text}") == text
    assert canonical("---\n---\n\nTexte") == "Texte\n"


def test_an_article_that_begins_with_a_rule_keeps_it_in_its_body() -> None:
    document = Document("article", {}, {}, "---\nTexte\n")
    assert serialize(document) == "---\nkind: article\n---\n\n---\nTexte\n"
    assert parse(serialize(document)) == document


def test_the_title_of_an_article_is_its_first_heading_of_the_first_level() -> None:
    assert parse("```\n# non\n```\n\n## non plus\n\n# La *copie*\n\n# Autre").title == "La copie"
    assert parse("Sans titre.").title == ""
    assert parse("# !!!").title == ""
    assert len(parse("# " + "mot " * 100).title) <= 120
    assert parse("---\nkind: recipe\n---\n# Une recette a un champ pour cela").title == ""


def test_one_value_is_taken_for_a_list_of_one_and_lines_for_a_list() -> None:
    assert read_strict(event("tags: un")).fields["tags"] == ["un"]
    assert read_strict(event("tags: |", "  un", "  deux")).fields["tags"] == ["un", "deux"]
    assert read_strict(event("tags: un, deux")).fields["tags"] == ["un, deux"]
    assert read_strict(event("price:", "  - gratuit")).fields["price"] == "gratuit"


# Refusing


@pytest.mark.parametrize(("lines", "field", "line", "reason"), [
    (["sessions: 2013-02-30"], "sessions", 4, "« 2013-02-30 » : Le 30 février 2013 n’existe pas"),
    (["tags:", "  - a", "sessions:", "  - 2013", "", "  - hier"], "sessions", 9,
     "« hier » : Écrivez la date"),
    (["geo: 91, 2"], "geo", 4, "La latitude va de -90 à 90."),
    (["format: bal"], "format", 4, "« bal » n’est pas dans la liste : atelier"),
    (["price:", "  - un", "  - deux"], "price", 4, "« price » attend une seule valeur"),
    (["price: {a: b}"], "price", 4, "« price » attend une seule valeur simple"),
    (["tags:", "  - a: b"], "tags", 4, "« tags » attend une valeur simple par ligne."),
    (["price: un", "price: deux"], "price", 5, "Le champ « price » est donné deux fois"),
    (["price: un : deux"], None, 4, "mettez entre guillemets une valeur qui contient « : »"),
    (['price: "un', "tags: a"], None, 4, "Un guillemet ouvert n’est pas refermé."),
    (["price: un", "deux"], None, 5, "n’a pas la forme « nom: valeur »"),
    (["price: un", "  tags: a"], None, 5, "Deux-points inattendu"),
    (["\tprice: un"], None, 4, "tabulation"),
    (["price: @un"], None, 4, "mettez la valeur entre guillemets"),
    (["price: [un", "tags: a"], None, 4, "Un crochet ou une accolade n’est pas refermé"),
    (["tags:", "  - a", "  b"], None, 6, "« nom: valeur »"),
    (["tags:", "  - a", "  b: c"], None, 6, "« - »"),
    (["price: - un"], None, 4, "Une liste commence à la ligne suivante"),
    (['price: "\\q"'], None, 4, "La barre « \\ »"),
    (["price: un", "  ", " tags: a"], None, 6, "Deux-points inattendu"),
    (["price: &a un"], None, 4, "ne commence pas par « & »"),
    (["price: *a"], None, 4, "ne commence pas par « * »"),
    (["price: !!python/object:os.system un"], None, 4, "ne commence pas par « ! »"),
    (["price: !!str un"], None, 4, "ne commence pas par « ! »"),
    (["--- # encore"], None, 4, "coupé par une ligne"),
    (["...", "a: b"], None, 5, "les noms des champs commencent tous au bord"),
    (["inconnu: [[[[[[x]]]]]]"], None, 4, "Trop de listes sont placées l’une dans l’autre"),
    (["? [a]", ": b"], None, 4, "Le nom d’un champ est un simple mot."),
    (['"": b'], None, 4, "Le nom d’un champ tient sur une ligne"),
    (['price: "a\\0b"'], "price", 4, "Un caractère invisible (U+0000)"),
    (['inconnu: ["a\\x07"]'], "inconnu", 4, "un caractère invisible"),
    (["price: a\x00b"], None, 4, "Un caractère invisible (U+0000)"),
    (["price: a\ud800b"], None, 4, "Un caractère invisible (U+D800)"),
    (["price: a\x9cb"], None, None, "un caractère de commande invisible"),
    (["price: a\u202eb"], "price", 4, "sens de lecture"),
    (["website: x"], None, None, ""),
])
def test_what_is_wrong_is_refused_with_its_field_line_and_reason(
    lines: list[str], field: str | None, line: int | None, reason: str
) -> None:
    if not reason:
        assert read_strict(event(*lines)).extra == {"website": "x"}
        return
    found = problems(event(*lines))
    assert [(problem.field, problem.line) for problem in found] == [(field, line)]
    assert reason in found[0].message


def test_every_problem_is_told_at_once() -> None:
    found = problems(event("sessions: hier", "geo: 91, 2", "format: bal", "attendance: beaucoup"))
    assert [(problem.field, problem.line) for problem in found] == [
        ("sessions", 4), ("geo", 5), ("format", 6), ("attendance", 7)]


def test_an_unknown_kind_is_refused_and_the_kinds_are_named() -> None:
    found = problems("---\ntitle: Essai\nkind: recette\n---\n")
    assert (found[0].field, found[0].line) == ("kind", 3)
    assert "recipe (recette), event (événement)" in found[0].message
    assert problems("---\nkind: [a]\n---\n")[0].field == "kind"


def test_front_matter_that_is_not_closed_is_refused() -> None:
    found = problems("---\ntitle: Essai\n\nTexte.\n")
    assert found[0].line == 1
    assert "n’est pas refermé" in found[0].message


def test_front_matter_that_is_no_list_of_fields_is_refused() -> None:
    assert "« nom: valeur »" in problems("---\nBonjour\n---\n")[0].message
    assert "« nom: valeur »" in problems("---\n- a\n- b\n---\n")[0].message


def test_a_page_needs_a_title() -> None:
    for text in ("---\nkind: recipe\ntagline: Une phrase\n---\n", "---\ntags: [a]\n---\nTexte\n",
                 "---\nkind: recipe\ntitle:\n---\n"):
        assert [problem.field for problem in problems(text)] == ["title"]
    assert read_strict("---\ntags: [a]\n---\n# Titre\n").title == "Titre"


@pytest.mark.parametrize("title", ["x" * 121, "x" * 10_000, "'!!!'", "'\u200b'", "a\u202eb", "Cоpy party"])
def test_a_title_that_cannot_be_one_is_refused_once(title: str) -> None:
    found = problems(f"---\nkind: theme\ntitle: {title}\n---\n")
    assert [(problem.field, problem.line) for problem in found] == [("title", 3)]


def test_a_text_over_the_limit_is_refused_with_both_lengths() -> None:
    assert "11 caractères ; une page en contient 10" in problems("x" * 11, maximum=10)[0].message
    assert "200001" in problems("x" * 200_001)[0].message


def test_what_was_accepted_once_is_accepted_again_unchanged() -> None:
    assert canonical("a\r\n" * 4 + "b", maximum=10) == "a\na\na\na\nb\n"
    with pytest.raises(Invalid):
        canonical("x" * 10, maximum=10)


def test_a_control_character_in_the_body_is_refused_with_its_line() -> None:
    found = problems("Un\r\nDeux\x00\nTrois\x1b")
    assert [(problem.line, problem.message[:30]) for problem in found] == [
        (2, "Un caractère invisible (U+0000"), (3, "Un caractère invisible (U+001B")]


@pytest.mark.parametrize("front", [
    "a: " + "[" * 100_000, "a: [" + "x," * 90_000 + "]",
    "a: &a [x]\n" + "".join(f"b{n}: &b{n} [*a,*a]\n" for n in range(9000)),
    "- " * 90_000, "a: " + "{a: " * 40_000, "\n".join(f"k{n}: x" for n in range(20_000)), "? " * 90_000,
    "a: '" + "x" * 190_000, "a: " + " " * 190_000 + "b", "sessions:\n" + f"  - {'12-' * 90}\n" * 200,
    "organizers:\n" + f"  - {'[[a' * 90}\n" * 200, "tags:\n" + f"  - x{' ' * 900}y\n" * 200, "x" * 190_000,
    "price: |\n" + "  \n" * 60_000, "a: b\n" + "---x\n" * 30_000,
])
def test_a_hostile_text_costs_little(front: str) -> None:
    text = f"---\nkind: event\ntitle: Essai\n{front}\n---\n\nTexte.\n"[:200_000]
    start = time.process_time()
    parse(text)
    with suppress(Invalid):
        read_strict(text)
    assert time.process_time() - start < 1.5


# Leniency


@pytest.mark.parametrize("text", [
    "---\ntitle: un : deux\n---\nTexte\n", "---\nBonjour\n---\n", "---\na: &a b\n---\n", "---\nsans fin\n",
    "---\na: b\x00\n---\n",
])
def test_front_matter_that_cannot_be_read_shows_as_the_body_of_an_article(text: str) -> None:
    document = parse(text)
    assert (document.kind, dict(document.fields), document.body) == ("article", {}, text)


def test_values_that_are_no_longer_right_are_kept_as_they_are() -> None:
    text = event("sessions:", "  - hier", "format: bal", "tags:", "  - a: b", "ancien: champ")
    document = parse(text)
    assert document.fields == {"title": "Essai", "sessions": ["hier"], "format": "bal"}
    assert document.extra == {"tags": [{"a": "b"}], "ancien": "champ"}
    assert parse(serialize(document)) == document


def test_a_kind_that_is_gone_reads_as_an_article_and_is_written_back() -> None:
    text = "---\nkind: atelier\ntitle: Essai\nduree: 2 h\n---\n"
    document = parse(text)
    assert (document.kind, document.title) == ("article", "Essai")
    assert serialize(document) == text


def test_a_lone_surrogate_never_stops_a_reader() -> None:
    assert parse("Un \ud800 deux").body == "Un \ufffd deux\n"


# Helping the form


def test_a_form_s_answers_become_a_text() -> None:
    values: dict[str, str | list[str]] = {
        "title": " Essai ", "sessions": ["12 octobre 2013", " "], "place": "Brest\r\nBU",
        "went_well": "Un.\r\nDeux.\r\n",
        "price": "", "tags": "a\r\nb", "inconnu": "x"}
    text = assemble(KINDS["event"], values, {"meteo": "pluie"}, "\r\nTexte.")
    assert text == (
        "---\nkind: event\ntitle: Essai\nsessions:\n  - 12 octobre 2013\nplace: Brest BU\ntags:\n  - a\n  - b\n"
        "went_well: |\n  Un.\n  Deux.\nmeteo: pluie\n---\n\nTexte.\n")
    assert "  - 2013-10-12\n" in canonical(text)


def test_what_a_form_says_wrong_is_told_at_its_field() -> None:
    values: dict[str, str | list[str]] = {"title": "Essai", "price": "a\x00b", "geo": "91, 2",
                                          "tags": ["a\u202eb"]}
    found = problems(assemble(KINDS["event"], values, {}, ""))
    assert [problem.field for problem in found] == ["geo", "tags", "price"]


def test_incomplete_tells_the_required_and_advised_fields_that_say_nothing() -> None:
    recipe = parse("---\nkind: recipe\ntitle: Essai\nthemes:\n  - pain\nvariant_of: levain\n---\n")
    missing = {field.name: field.need for field in incomplete(recipe)}
    assert missing["tagline"] == "required"
    assert missing["summary"] == "advised"
    assert missing["variant_notes"] == "required"
    assert "themes" not in missing
    assert "tags" not in missing
    assert "variant_notes" not in {field.name for field in incomplete(recipe.replace(fields={"title": "Essai"}))}


def test_a_typed_value_can_be_asked_for() -> None:
    document = parse(EVENT)
    assert typed(document, "geo").latitude == 48.876
    assert [str(session) for session in typed(document, "sessions")] == ["2010-12-04T09:30"]
    assert typed(document, "price") is None
    assert typed(document, "inconnu") is None


def test_a_new_page_is_offered_its_outline() -> None:
    text = assemble(KINDS["recipe"], {"title": "Essai"}, {}, outline_text(KINDS["recipe"]))
    assert canonical(text) == text


# Laws

ODD = st.sampled_from([
    "yes", "null", "~", "|", ">", "-", "- ", ": ", " #", "#", "'", '"', "\\", "&", "*", "!", "%", "@", "`",
    "[", "]", "{", "}",
    ",", "?", "? ", "...", "---", "--- ", "\n---\n", "\n", "\n\n", "\t", "\r", "\x0b", "\x0c", "\x00", "\x07",
    "\x7f", "\x85",
    "\x9c", "\u2028", "\u2029", "\ufeff", "\uffff", "\u200b", "\u202e", "é", "e\u0301", "\u0338", "=", "<<",
    "𝔏", "👩‍🍳",
    "שלום", "2013-10-12", "kind: event", "title: a", "  ", "   x", "mot " * 30,
])
TEXTS = st.lists(st.one_of(ODD, st.text(st.characters(exclude_categories=["Cs"]), max_size=6)),
                 max_size=6).map("".join)
VALUES = TEXTS.map(lambda text: unicodedata.normalize("NFC", text).strip()).map(
    lambda text: unicodedata.normalize("NFC", text).strip()).filter(bool)
KEYS = st.one_of(st.sampled_from(["cle", "- x", "a: b", "yes", "été", "#", "'", '"', "...", "--- a", "?",
                                  "x" * 100]),
                 st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Cn"],
                                       exclude_characters="\ufeff"),
                         min_size=1, max_size=9)).map(lambda text: unicodedata.normalize("NFC",
                                                                                         text)).filter(str.strip)
NESTED = st.recursive(VALUES | st.just(""),
                      lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
                      max_leaves=6)


def depth(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


@st.composite
def documents(draw: st.DrawFn) -> Document:
    kind = draw(st.sampled_from(sorted(KINDS)))
    declared = KINDS[kind].fields
    fields: dict[str, str | list[str]] = {}
    for field in draw(st.lists(st.sampled_from(declared), max_size=5, unique_by=lambda field: field.name)):
        fields[field.name] = draw(st.lists(VALUES, min_size=1, max_size=3)) if field.many else draw(VALUES)
    known = {"kind", *(field.name for field in declared)}
    extra = {key: value for key, value in draw(st.dictionaries(KEYS, NESTED, max_size=3)).items()
             if key not in known and value and depth(value) < 4}
    body = parse("---\nkind: article\n---\n\n" + draw(TEXTS)).body
    return Document(kind, fields, extra, body)


@settings(max_examples=200, deadline=None)
@given(documents())
def test_a_document_survives_its_text(document: Document) -> None:
    text = serialize(document)
    assert parse(text) == document
    assert serialize(parse(text)) == text


@settings(deadline=None)
@given(documents())
def test_any_yaml_reader_finds_the_same_values(document: Document) -> None:
    text = serialize(document)
    if not text.startswith("---\n"):
        return
    front = text[4:text.index("\n---\n", 3) + 1]
    found = yaml.load(front, Loader=yaml.CBaseLoader)
    assert found.pop("kind") == document.kind
    texts = {field.name for field in document.declaration.fields if field.type == "text"}
    assert {key: value.rstrip("\n") if key in texts else value for key, value in found.items()} == {
        **document.fields, **document.extra}


@settings(deadline=None)
@given(documents())
def test_every_list_value_has_a_line_of_its_own(document: Document) -> None:
    lines = serialize(document.replace(extra={}, body="")).split("\n")
    values = sum(len(value) for value in document.fields.values() if isinstance(value, list))
    assert sum(line.startswith("  - ") for line in lines) >= values


FRONTS = st.lists(st.one_of(
    st.sampled_from(["kind: event", "kind: recipe", "kind: truc", "title: Essai", "title: 'a: b'",
                     "tags: [a, b]", "tags:",
                     "  - a", "- b", "sessions: 12 octobre 2013", "geo: 48,3 ; -4", "themes: Eau",
                     "cle: valeur", "cle:",
                     "  sous: x", "went_well: |", "  un", "  ", "  deux  ", "# mot", "lang: Français", "---",
                     "license: cc0",
                     'place: "a\\u2028b"', "place: >", "difficulty: 3", "variant_of: '[[Pain]]'"]), TEXTS),
                     max_size=8)


@settings(max_examples=200, deadline=None)
@given(FRONTS, TEXTS)
@example(["place: \u0338"], "\u0338")
def test_writing_canonically_twice_changes_nothing(front: list[str], body: str) -> None:
    text = "\n".join(["---", "kind: event", "title: Essai", *front, "---", body])
    try:
        once = canonical(text)
    except Invalid:
        return
    assert canonical(once) == once
    assert parse(once) == read_strict(once)
    assert serialize(parse(once)) == once


@settings(max_examples=200, deadline=None)
@given(st.one_of(TEXTS, st.text(), FRONTS.map(lambda lines: "\n".join(["---", *lines, "---", "x"]))))
def test_any_text_at_all_can_be_read_and_settles_at_once(text: str) -> None:
    once = serialize(parse(text))
    assert serialize(parse(once)) == once
