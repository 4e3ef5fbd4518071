"""The small map around some points: sound SVG wherever the point is, with the land that is there."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wiki.places import locator

SPACE = "{http://www.w3.org/2000/svg}"


def land(latitude: float, longitude: float) -> str:
    """The outline that is drawn."""
    path = ElementTree.fromstring(locator([(latitude, longitude, 1)])).find(f"{SPACE}path")
    assert path is not None
    return path.get("d", "")


@pytest.mark.parametrize("point", [(48.39, -4.49), (45.5, -73.6), (-20.9, 55.5), (66.0, 179.9), (66.0, -179.9)])
def test_a_coast_is_drawn_around_a_point_near_the_sea(point: tuple[float, float]) -> None:
    assert land(*point).startswith("M")


def test_nothing_but_water_is_drawn_in_the_middle_of_an_ocean() -> None:
    assert land(0, -25) == ""


def test_inland_the_land_fills_the_frame() -> None:
    assert len(re.findall(r"\d+ \d+", land(46.8, 2.5))) >= 3


@settings(max_examples=60, deadline=None)
@given(st.floats(-85, 85), st.floats(-180, 180))
def test_every_point_has_a_map_that_stays_in_its_frame(latitude: float, longitude: float) -> None:
    numbers = [int(number) for number in re.findall(r"-?\d+", land(latitude, longitude))]
    assert all(-5 <= number <= 485 for number in numbers)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(-85, 85), st.floats(-180, 180), st.integers(1, 10**6)), min_size=2, max_size=8))
def test_several_points_all_stand_in_the_frame_of_their_map(points: list[tuple[float, float, int]]) -> None:
    dots = ElementTree.fromstring(locator(points)).findall(f".//{SPACE}circle")
    assert len(dots) == len(points)
    for dot in dots:
        radius = int(dot.get("r", ""))
        assert radius <= int(dot.get("cx", "")) <= 480 - radius
        assert radius <= int(dot.get("cy", "")) <= 240 - radius


def test_a_point_that_counts_for_more_is_larger_and_drawn_first() -> None:
    dots = ElementTree.fromstring(locator([(48.39, -4.49, 1), (45.76, 4.84, 40)])).findall(f".//{SPACE}circle")
    assert [int(dot.get("r", "")) for dot in dots] == [13, 8]
    assert [int(dot.get("cx", "")) > 240 for dot in dots] == [True, False]


def test_towns_that_have_room_are_named_in_the_frame_and_never_over_each_other() -> None:
    texts = ElementTree.fromstring(locator([(45.76, 4.84, 1)])).findall(f".//{SPACE}text")
    assert "Lyon" in [text.text for text in texts], "the town of the point itself, beside it"
    assert 2 <= len(texts) <= 7
    lines = sorted((int(text.get("y", "")), int(text.get("x", "")), len(text.text or "")) for text in texts)
    for (y, x, length), (next_y, next_x, _length) in pairwise(lines):
        assert next_y - y >= 13 or next_x > x + 5 * length or next_x < x
    assert all(48 <= y <= 200 for y, _x, _length in lines)


def test_where_no_town_is_known_none_is_named() -> None:
    assert "<text" not in locator([(0.0, -25.0, 1)])
