"""The small map around a point: sound SVG wherever the point is, with the land that is there."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiki.places import locator

SPACE = "{http://www.w3.org/2000/svg}"


def land(latitude: float, longitude: float) -> str:
    """The outline that is drawn."""
    path = ElementTree.fromstring(locator(latitude, longitude)).find(f"{SPACE}path")
    assert path is not None
    return path.get("d", "")


@pytest.mark.parametrize("point", [(48.39, -4.49), (45.5, -73.6), (-20.9, 55.5), (66.0, 179.9), (66.0, -179.9)])
def test_a_coast_is_drawn_around_a_point_near_the_sea(point: tuple[float, float]) -> None:
    assert land(*point).startswith("M")


def test_nothing_but_water_is_drawn_in_the_middle_of_an_ocean() -> None:
    assert land(0, -25) == ""


def test_inland_the_land_fills_the_frame() -> None:
    assert len(re.findall(r"\d+ \d+", land(46.8, 2.5))) >= 3


@given(st.floats(-85, 85), st.floats(-180, 180))
def test_every_point_has_a_map_that_stays_in_its_frame(latitude: float, longitude: float) -> None:
    numbers = [int(number) for number in re.findall(r"-?\d+", land(latitude, longitude))]
    assert all(-5 <= number <= 485 for number in numbers)
