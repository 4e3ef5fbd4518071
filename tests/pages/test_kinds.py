"""The kinds: one declaration each, complete and coherent, for forms, filters and exports to rely on."""

from __future__ import annotations

from typing import get_args

import pytest

from wiki.errors import NotFound
from wiki.pages.fields import Field, TypeName
from wiki.pages.fields.types import TYPES
from wiki.pages.kinds import GROUPS, KINDS, Kind, kind, outline_text
from wiki.rendering import link_key

ALL = pytest.mark.parametrize("declared", KINDS.values(), ids=KINDS)
EVERY_FIELD = [(each.name, field) for each in KINDS.values() for field in each.fields]
EACH_FIELD = pytest.mark.parametrize(
    ("kind_name", "field"), EVERY_FIELD, ids=[f"{kind_name}-{field.name}" for kind_name, field in EVERY_FIELD])

# The names are what texts already written hold: a name that goes away orphans them.
NAMES = {
    "recipe": "title lang tagline summary themes tags audience group_size difficulty prep_time duration cost "
              "partners jurisdiction first_done first_place variant_of variant_notes related contacts status "
              "source_urls license",
    "event": "title lang state sessions edition place address country geo geo_precision organizers partners format "
             "themes tags recipes followed follows price registration accessibility attendance attendance_note "
             "time_spent money_spent adaptations went_well went_wrong outcome outputs measures next_steps press "
             "source_uid source_urls license",
    "edition": "title lang tagline starts_on ends_on highlight_day scope place country geo geo_precision part_of "
               "follows coordinators partners website themes recipes figures source_urls license",
    "project": "title lang tagline holders started_on maturity territory_level place country geo geo_precision "
               "audience public_role partners funding themes tags recipes website contact collected_on source_urls "
               "license",
    "theme": "title lang tagline synonyms parent source_urls license",
    "collective": "title lang tagline place country geo geo_precision since members website contact themes recipes "
                  "source_urls license",
    "article": "title lang tagline themes tags source_urls license",
}
REQUIRED = {
    "recipe": "title tagline themes", "event": "title sessions place organizers themes",
    "edition": "title starts_on coordinators",
    "project": "title tagline holders maturity territory_level place themes", "theme": "title",
    "collective": "title place", "article": "title",
}


def test_the_kinds_are_the_seven_of_the_house() -> None:
    assert list(KINDS) == ["recipe", "event", "edition", "project", "theme", "collective", "article"]
    assert len({declared.listing for declared in KINDS.values()}) == 7


def test_a_kind_is_found_by_its_name() -> None:
    assert kind("event") is KINDS["event"]
    with pytest.raises(NotFound):
        kind("atelier")


@ALL
def test_a_kind_declares_its_fields_in_their_order(declared: Kind) -> None:
    assert [field.name for field in declared.fields] == NAMES[declared.name].split()
    required = [field.name for field in declared.fields if field.need == "required"]
    assert required == REQUIRED[declared.name].split()


@ALL
def test_every_heading_of_the_form_has_fields_and_every_field_a_heading(declared: Kind) -> None:
    assert [field for group in GROUPS for field in declared.group(group)] == sorted(
        declared.fields, key=lambda field: list(GROUPS).index(field.group))
    assert declared.group("essentiel")


@ALL
def test_what_is_required_stands_under_the_first_heading(declared: Kind) -> None:
    assert {field.group for field in declared.fields if field.need == "required"} == {"essentiel"}


@EACH_FIELD
def test_a_field_is_explained_in_one_short_sentence(kind_name: str, field: Field) -> None:
    assert str(field.label)
    help = str(field.help)
    assert help.endswith((".", "…"))
    assert 10 <= len(help) <= 100
    assert "vous" not in str(field.label).casefold()


@EACH_FIELD
def test_a_field_is_coherent(kind_name: str, field: Field) -> None:
    declared = KINDS[kind_name]
    assert declared.field(field.name) is field
    assert bool(field.choices) == (field.type in ("choice", "choices", "licence"))
    assert (field.refers_to is not None) == (field.type in ("reference", "references"))
    assert field.refers_to is None or field.refers_to in KINDS
    assert field.required_with is None or declared.field(field.required_with)
    codes = [choice.code for choice in field.choices]
    assert len({link_key(code) for code in codes}) == len(codes)
    assert not field.default or field.default in codes
    assert all(str(choice.label) for choice in field.choices)
    assert field.name.isidentifier()


def test_a_name_means_the_same_sort_of_value_in_every_kind() -> None:
    types: dict[str, set[str]] = {}
    for _kind_name, field in EVERY_FIELD:
        types.setdefault(field.name, set()).add(field.type)
    assert {name: found for name, found in types.items() if len(found) > 1} == {}


def test_every_type_is_understood() -> None:
    assert set(TYPES) == set(get_args(TypeName))


@ALL
def test_the_outline_is_a_body_of_headings(declared: Kind) -> None:
    text = outline_text(declared)
    lines = [line for line in text.split("\n") if line]
    assert lines == ["#" * heading.level + " " + heading.title for heading in declared.outline]
    assert "\n\n\n" not in text
    assert text == "" or text.endswith("\n")
    assert all(str(heading.help) for heading in declared.outline)


def test_a_recipe_is_offered_its_outline() -> None:
    assert outline_text(KINDS["recipe"]).startswith(
        "## Pourquoi se lancer\n\n## Ingrédients\n\n### Personnes\n\n### Lieux\n\n### Matériel\n\n### Outils\n\n## Ét")
    assert outline_text(KINDS["article"]) == ""


def test_a_heading_keeps_its_role_however_it_is_written() -> None:
    recipe = KINDS["recipe"]
    assert [recipe.role_of(title) for title in ("Étapes", "etapes", "ÉTAPES", "Matériel", "Outils", "Nos étapes")] == [
        "steps", "steps", "steps", "materials", "tools", None]
    assert KINDS["event"].role_of("Récit") == "report"


def test_a_choice_is_said_in_words_and_an_unknown_code_as_it_is() -> None:
    maturity = KINDS["project"].field("maturity")
    assert maturity is not None
    assert (maturity.label_of("en-route"), maturity.label_of("inconnu")) == ("en route", "inconnu")
