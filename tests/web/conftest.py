"""What tests of the web share: pages to visit, and a picture of everything the wiki holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import Cast
from tests.web.routes import FIRST, SECOND
from wiki import pages
from wiki.database import Base, db

Picture = dict[str, list[tuple[Any, ...]]]


@pytest.fixture
def write(app: Flask, cast: Cast) -> Callable[..., str]:
    """Makes a page of the texts given, one version after the other, and returns its address."""

    def make(*texts: str, protected: bool = False, archived: bool = False) -> str:
        with app.app_context():
            slug = pages.create(cast.alice, texts[0]).slug
            for number, text in enumerate(texts[1:], start=1):
                pages.save(cast.alice, slug, text, number)
            if protected:
                pages.protect(cast.ada, slug, True)
            if archived:
                pages.archive(cast.ada, slug)
            return slug

    return make


@pytest.fixture
def a_page(write: Callable[..., str]) -> Callable[..., str]:
    """Makes a page of two versions under this title."""
    return lambda title="Titre", **state: write(FIRST.format(title=title), SECOND.format(title=title), **state)


@pytest.fixture
def picture(app: Flask) -> Callable[[], Picture]:
    """Takes a picture of every row the wiki holds, but for drawings, which are computed."""

    def take() -> Picture:
        with app.app_context():
            return {
                table.name: sorted((tuple(row) for row in db.session.execute(select(table))), key=repr)
                for table in Base.metadata.sorted_tables
                if table.name != "rendered"
            }

    return take


@pytest.fixture
def text_of(app: Flask, cast: Cast) -> Callable[[str], str]:
    """The newest text of a page, archived or not."""

    def read(slug: str) -> str:
        with app.app_context():
            return pages.text_of(cast.ada, slug)[1].text

    return read
