"""Places suggested by address, for the script of the form."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from tests.conftest import Visitor
from tests.web.conftest import Wiki


def test_a_place_comes_with_its_coordinates_and_what_tells_it_apart(client: Visitor) -> None:
    answer = client.get("/places.json?q=plouarz")
    assert answer.content_type == "application/json; charset=utf-8"
    assert answer.get_json() == [
        {
            "name": "Plouarzel", "label": "Plouarzel, Finistère, France", "country": "FR",
            "latitude": 48.4341, "longitude": -4.731, "precision": "ville",
        }
    ]


def test_a_country_is_named_in_the_language_of_the_reader(client: Visitor) -> None:
    assert client.get("/places.json?q=geneve&lang=en").get_json()[0]["label"] == "Genève, Switzerland"


@pytest.mark.parametrize("query", ["", "q=", "q=%", "q=" + "a" * 30_000, "q=%F0%9F%A5%96", "r=brest", "q=%C3%28"])
def test_odd_questions_have_no_answer_and_do_no_harm(client: Visitor, query: str) -> None:
    answer = client.get(f"/places.json?{query}")
    assert answer.status_code == 200
    assert answer.get_json() == []


def test_who_asks_too_often_is_told_to_wait(make_wiki: Callable[..., Wiki]) -> None:
    visitor = make_wiki(PLACES_RATE="2/minute").visitor()
    assert [visitor.get("/places.json?q=brest").status_code for _time in range(3)] == [200, 200, 429]
    assert visitor.get("/").status_code == 200


NUMBERS = count(1)


def submit(visitor: Visitor, address: str, form: dict[str, str]) -> TestResponse:
    """Send a form as a browser does."""
    return visitor.post(address, data={**form, "csrf_token": visitor.csrf_token()})


EVENT = "---\nkind: event\ntitle: {title}\nsessions:\n  - 2030-05-04\nplace: Brest, BU Lettres\n{more}---\n\nUn mot.\n"


@pytest.mark.parametrize(
    "point",
    ["", "91,0", "48.4", "48.4,181", "a,b", "1e5,3", "٤,٤", "9" * 500, "1,1,1,1", "1,1 91,0", "1,1 " * 61],
)
def test_a_map_of_no_point_is_not_there(client: Visitor, point: str) -> None:
    assert client.get("/map.svg", query_string={"at": point}).status_code == 404


def test_a_map_of_a_point_is_a_picture(client: Visitor) -> None:
    answer = client.get("/map.svg?at=48.39,-4.49")
    assert answer.content_type == "image/svg+xml; charset=utf-8"
    assert answer.text.startswith("<svg ")
    assert answer.text.count("<circle ") == 1


def test_a_map_of_several_points_is_one_picture(client: Visitor) -> None:
    answer = client.get("/map.svg", query_string={"at": "48.39,-4.49,3 45.76,4.84"})
    assert answer.text.count("<circle ") == 2


def test_by_default_no_page_may_ask_another_host(client: Visitor) -> None:
    policy = client.get("/events?view=map").headers["Content-Security-Policy"]
    assert "http:" not in policy
    assert "https:" not in policy


def test_the_tiles_that_are_set_are_the_only_other_host(make_wiki: Callable[..., Wiki]) -> None:
    wiki = make_wiki(TILES="https://tiles.example.org:8443/a/{z}/{x}/{y}.png", TILES_CREDIT="Les <cartographes>")
    answer = wiki.visitor().get("/wiki/" + wiki.write(EVENT.format(title="Ici", more="geo: 48.4, -4.5\n")))
    policy = answer.headers["Content-Security-Policy"]
    assert "img-src 'self' https://tiles.example.org:8443;" in policy
    assert policy.count("https:") == 1
    assert "https://tiles.example.org:8443/a/{z}/{x}/{y}.png" in answer.text
    assert "<cartographes>" not in answer.text


def test_a_map_file_is_served_in_the_parts_that_are_asked_for(
    make_wiki: Callable[..., Wiki], tmp_path: Path
) -> None:
    (tmp_path / "map.pmtiles").write_bytes(b"PMTiles and the rest")
    visitor = make_wiki(MAP_FILE=str(tmp_path / "map.pmtiles")).visitor()
    with visitor.get("/map.pmtiles", headers={"Range": "bytes=0-6"}) as answer:
        assert answer.status_code == 206
        assert answer.data == b"PMTiles"


def test_the_position_of_a_page_is_proposed_from_its_place_and_taken_by_a_button(shared: Wiki) -> None:
    visitor = shared.visitor("alice")
    form = {"title": "Sans point", "place": "Brest, BU Lettres", "geo-latitude": "", "geo-longitude": ""}
    proposed = submit(visitor, "/new/event", {**form, "action": "preview"})
    assert "Brest, Finistère, France" in proposed.text
    taken = submit(visitor, "/new/event", {**form, "action": "locate"})
    assert 'name="geo-latitude" value="48.3903"' in taken.text
    assert 'name="geo-longitude" value="-4.4863"' in taken.text
    assert 'value="ville" selected' in taken.text
    assert "data-proposal" not in taken.text


@pytest.mark.parametrize("place", ["", "Nulle-Part-les-Oies", "en ligne", "x" * 5000])
def test_nothing_is_proposed_for_a_place_nobody_knows(shared: Wiki, place: str) -> None:
    form = {"title": "Ailleurs", "place": place, "geo-latitude": "", "geo-longitude": ""}
    for action in ("preview", "locate"):
        answer = submit(shared.visitor("alice"), "/new/event", {**form, "action": action})
        assert answer.status_code in (200, 422)
        assert "data-proposal" not in answer.text


@pytest.mark.parametrize(
    ("latitude", "longitude", "kept"),
    [("48,39", "-4,49", "48.39, -4.49"), ("48.39", "-4,49", "48.39, -4.49"), ("48.876, 2.359", "", "48.876, 2.359")],
)
def test_both_numbers_take_a_comma_or_a_point(shared: Wiki, latitude: str, longitude: str, kept: str) -> None:
    slug = shared.write(EVENT.format(title=f"Point {next(NUMBERS)}", more=""))
    form = {"place": "Brest", "base": "1", "geo-latitude": latitude, "geo-longitude": longitude}
    assert submit(shared.visitor("alice"), f"/wiki/{slug}/edit", form).status_code == 303
    assert f"geo: {kept}\n" in shared.text(slug)


@pytest.mark.parametrize(("latitude", "longitude"), [("91", "2"), ("48", "181"), ("ici", "là"), ("48", ""), ("", "2")])
def test_an_impossible_position_is_refused_beside_its_field_and_kept_on_the_screen(
    shared: Wiki, latitude: str, longitude: str
) -> None:
    slug = shared.write(EVENT.format(title=f"Point {next(NUMBERS)}", more=""))
    form = {"place": "Brest", "base": "1", "geo-latitude": latitude, "geo-longitude": longitude}
    answer = submit(shared.visitor("alice"), f"/wiki/{slug}/edit", form)
    assert answer.status_code == 422
    assert 'href="#field-geo"' in answer.text
    assert f'value="{latitude or longitude}"' in answer.text
    assert "geo:" not in shared.text(slug)


def test_a_page_with_a_position_shows_its_map_and_its_picture(client: Visitor, shared: Wiki) -> None:
    slug = shared.write(EVENT.format(title="Avec un point", more="geo: 48.39, -4.49\ngeo_precision: ville\n"))
    page = shared.visitor().get(f"/wiki/{slug}").text
    assert 'data-at="48.39,-4.49"' in page
    assert "/map.svg?at=48.39" in page
