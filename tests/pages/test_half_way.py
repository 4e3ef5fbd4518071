"""A verb that fails at whichever of its writings leaves everything as it was, and can be done again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from tests.conftest import Cast
from wiki import pages
from wiki.database import Base, db

pytestmark = [pytest.mark.usefixtures("context"), pytest.mark.any_database]

RECIPE = (
    "---\nkind: recipe\ntitle: Copy party\nthemes:\n  - communs\n---\n\n## Étapes\n\nInviter [[Pain]].\n\n"
    "## Suite\n\nFin.\n"
)
ORIGIN, VARIANT = "copy-party", "chez-nous"


class PulledOut(Exception):
    """The database is gone."""


def offered(cast: Cast, slug: str, source: str) -> int:
    (waiting,) = pages.receiving(cast.alice, slug, source).waiting
    return pages.offer(cast.alice, source, slug, [waiting.unit.key], "Voyez.").id


def taken(cast: Cast) -> object:
    (waiting,) = pages.receiving(cast.bob, ORIGIN, VARIANT).waiting
    return pages.take(cast.bob, ORIGIN, VARIANT, 2, {waiting.unit.key: pages.Decision("take")})


VERBS: dict[str, Callable[[Cast], object]] = {
    "create": lambda cast: pages.create(cast.alice, RECIPE.replace("Copy party", "Autre")),
    "save": lambda cast: pages.save(cast.eve, ORIGIN, RECIPE.replace("Fin.", "La fin."), 1),
    "rename": lambda cast: pages.rename(cast.bob, ORIGIN, "Pain"),
    "fork": lambda cast: pages.fork(cast.bob, ORIGIN, "ailleurs"),
    "unlink": lambda cast: pages.unlink(cast.bob, VARIANT),
    "offer": lambda cast: offered(cast, ORIGIN, VARIANT),
    "take": taken,
    "undo": lambda cast: pages.undo(cast.bob, VARIANT, 2),
    "archive": lambda cast: pages.archive(cast.mona, ORIGIN, reason="Publicité"),
    "close": lambda cast: pages.show_to(cast.alice, ORIGIN, "draft"),
    "hide": lambda cast: pages.hide(cast.mona, VARIANT, 1, ["text"], "Un numéro"),
}


def everything() -> dict[str, list[Any]]:
    """Every row there is, but for drawings, which are computed."""
    rows = {
        table.name: sorted((tuple(row) for row in db.session.execute(select(table))), key=repr)
        for table in Base.metadata.sorted_tables
        if table.name != "rendered"
    }
    db.session.rollback()
    return rows


@contextmanager
def failing_at(moment: int) -> Iterator[None]:
    """The database fails at the n-th statement that writes."""
    seen = 0

    def fail(_connection: Any, _cursor: Any, statement: str, *_rest: object) -> None:
        nonlocal seen
        seen += statement.lstrip().startswith(("INSERT", "UPDATE", "DELETE"))
        if seen == moment:
            raise PulledOut

    event.listen(db.engine, "before_cursor_execute", fail)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", fail)


@pytest.mark.parametrize("verb", VERBS)
def test_d02_a_verb_that_fails_half_way_leaves_nothing(context: Flask, cast: Cast, verb: str) -> None:
    pages.create(cast.alice, RECIPE)
    pages.fork(cast.alice, ORIGIN, "chez nous", title="Chez nous")
    own = pages.text_of(cast.alice, VARIANT)[1].text
    pages.save(cast.alice, VARIANT, own.replace("Inviter", "Convier"), 1)
    before = everything()
    failures = 0
    while True:
        try:
            with failing_at(failures + 1):
                VERBS[verb](cast)
            break
        except PulledOut:
            failures += 1
            assert everything() == before, failures
    assert failures >= 2
    assert everything() != before
    assert pages.verify() == []
