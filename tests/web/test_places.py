"""Places suggested by address, for the script of the form."""

from __future__ import annotations

from collections.abc import Callable

import pytest

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
