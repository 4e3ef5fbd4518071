"""Summaries of takings and variants name the page those come from: told to those only who may read it today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from wiki.accounts import Actor
from wiki.database import db
from wiki.history import Revision
from wiki.pages.models import Page
from wiki.pages.queries import readable

# What the wiki itself writes the summary of, with the title of another page in it.
_NAMING_A_SOURCE = frozenset({"take", "fork"})


class Summarised(Protocol):
    """A revision as a list shows it."""

    @property
    def id(self) -> int: ...

    @property
    def action(self) -> str: ...

    @property
    def comment(self) -> str: ...


Row = TypeVar("Row", bound=Summarised)


def without_closed_sources(actor: Actor, rows: Iterable[Row]) -> list[Row]:
    """The same rows, without the summaries that name a page this actor may not read. At most one query."""
    found = list(rows)
    naming = [row.id for row in found if row.comment and row.action in _NAMING_A_SOURCE]
    if not naming:
        return found
    source = aliased(Revision)
    query = (
        select(Revision.id, readable(actor))
        .join(source, source.id == func.coalesce(Revision.merged_id, Revision.parent_id))
        .join(Page, Page.id == source.page_id)
        .where(Revision.id.in_(naming), source.page_id != Revision.page_id)
    )
    # Not readable is also what cannot be told to be: a page without an owner is nobody's.
    closed = {revision_id for revision_id, legible in db.session.execute(query) if not legible}
    return [replace(row, comment="") if row.id in closed else row for row in found]  # type: ignore[type-var]
