"""Texts made to keep the wiki busy: every screen still answers, with less."""

from __future__ import annotations

import random

import pytest
from flask import Flask

from tests.conftest import Cast, Visitor
from wiki import pages
from wiki.history import units
from wiki.pages.indexing import words_of


def _rambling(seed: int) -> str:
    chance = random.Random(seed)
    sections = (f"## t{chance.random()}\n\n{chance.random()} {chance.random()}\n\n" for _ in range(2000))
    return "# Page\n\n" + "".join(sections)


@pytest.fixture
def replaced(app: Flask, cast: Cast) -> str:
    with app.test_request_context("/"):
        slug = pages.create(cast.alice, _rambling(1)).slug
        pages.save(cast.eve, slug, _rambling(2), 1)
    return slug


def test_a_page_replaced_whole_can_be_compared_put_back_and_undone(client: Visitor, replaced: str) -> None:
    for address in ("diff/1..2", "revert/1", "undo/2"):
        assert client.get(f"/wiki/{replaced}/{address}").status_code == 200


def test_thousands_of_sections_of_one_name_are_told_apart() -> None:
    text = "# a\n" * 3000
    assert len(units("", text)) == 3000
    assert len({unit.key for unit in units("", text)}) == 3000


def test_open_brackets_are_no_links_for_the_index() -> None:
    assert words_of("[" * 50_000 + "pain").split() == ["pain"]
    told = words_of("[[copy-party|la fête]] et [[grainotheque]], [un lien](https://exemple.org)")
    assert told.split() == ["la", "fête", "et", "grainotheque,", "un", "lien"]
