"""A page names those it comes from, in its text and in the summaries of what it took: told to who may read them today.

What is written by somebody who was not told which origin a text names leaves that as it was.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol, TypeVar

from sqlalchemy import ColumnElement, CompoundSelect, Select, func, select, union
from sqlalchemy.orm import aliased

from wiki import history
from wiki.accounts import GUEST, Actor
from wiki.database import db
from wiki.history import Revision
from wiki.pages import textform
from wiki.pages.models import Page, PageName
from wiki.pages.queries import PageInfo, as_open_as, current, readable, resolved
from wiki.rendering import link_key

# What the wiki itself writes the summary of, with the title of another page in it.
_NAMING_A_SOURCE = frozenset({"take", "fork"})
# What says that a page is a variant of another, or is no more; and which revision there it comes from.
_LINKING = ("link", "unlink")
ORIGIN_FIELD = "variant_of"
# Where a kind has no such field, its value may be of several lines, blank ones among them.
_ORIGIN_LINE = re.compile(rf"^{ORIGIN_FIELD}[ \t]*:.*\n(?:(?:[ \t].*)?\n)*", re.MULTILINE)
# Which pages, or aliases of them, somebody may read.
_Legible = Callable[[Any], ColumnElement[bool]]


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


def origins_named(actor: Actor, entries: Iterable[history.Entry]) -> dict[int, str]:
    """The titles of the origins that revisions gave their page, by id of the revision, as far as this actor may read.

    No query where none of them did.
    """
    giving = [entry.id for entry in entries if not entry.veiled and _gives_an_origin(entry)]
    if not giving:
        return {}
    query = select(Revision.id, Revision.codec, Revision.body).where(Revision.id.in_(giving))
    keys = {
        revision_id: _origin_key(history.decode(codec, body)) for revision_id, codec, body in db.session.execute(query)
    }
    found = resolved(actor, set(keys.values()) - {""})
    return {revision_id: found[key].title for revision_id, key in keys.items() if key in found}


def _gives_an_origin(entry: history.Entry) -> bool:
    altered = any(kind != "removed" and field and title == ORIGIN_FIELD for kind, title, _, _, field in entry.changes)
    return altered or entry.action in ("fork", "link")


# -- The origin a text names -------------------------------------------------------------------------------------------
#
# A line is left out of the texts of a page that came from a closed one, unless it names an open page it came from too.
# What other pages name is told, whatever that leads to: who only guessed a title must not see whether they were right.


@dataclass(frozen=True)
class Unmade:
    """A page nobody made yet, whose text waits; it continues the page of this id, or none."""

    continues: int | None = None


# Whose text it is: that of the page of this id, of any of its versions, or of a page to make.
Whose = int | Unmade


def told_text(actor: Actor, whose: Whose, text: str) -> str:
    """A whole text without the line that names an origin this actor may not read. A query or two where one is named."""
    return told_texts(actor, whose, text)[0]


def told_texts(actor: Actor, whose: Whose, *texts: str) -> list[str]:
    """The same for several texts of a page at once."""
    return told_of_pages(actor, [(whose, text) for text in texts])


def told_of_pages(actor: Actor, texts: Sequence[tuple[Whose, str]]) -> list[str]:
    """The same for texts of many pages at once."""
    return _told(partial(readable, actor), texts)


def told_to_readers(page: PageInfo, text: str) -> str:
    """The text of a page as all its readers alike may be told it."""
    return _told(partial(as_open_as, page), [(page.id, text)])[0]


def untold_line(actor: Actor, page: PageInfo, text: str) -> str:
    """The line of a whole text that names an origin this actor may not read; "" where there is none."""
    found = _ORIGIN_LINE.search(text) if told_text(actor, page.id, text) != text else None
    return found[0] if found else ""


def told_revision(actor: Actor, revision: history.Text) -> history.Text:
    """A revision with its text as this actor may be told it."""
    text = told_text(actor, revision.page_id, revision.text)
    if text == revision.text:
        return revision
    return replace(revision, text=text, sha256=hashlib.sha256(text.encode()).hexdigest())


def keep_origin(actor: Actor, page_id: int, text: str, before: str) -> str:
    """A canonical text of a page as it is to be stored in the place of `before`: with the origin that is named there.

    Changes nothing for who may read that origin: they decide whether the text names it.
    """
    if _origin_key(text) == _origin_key(before) or told_text(actor, page_id, before) == before:
        return text
    old, new = textform.parse(before), textform.parse(_without_line(text))
    value = old.fields.get(ORIGIN_FIELD) or old.extra[ORIGIN_FIELD]
    if new.declaration.field(ORIGIN_FIELD):
        return textform.serialize(new.replace(fields={**new.fields, ORIGIN_FIELD: value}))
    return textform.serialize(new.replace(extra={**new.extra, ORIGIN_FIELD: value}))


def of_closed_origins() -> Select[tuple[int]]:
    """The ids of the pages that come from one which is not for everybody: what they name must not find them."""
    origin = aliased(Page)
    return select(Page.id).join(origin, origin.id == Page.origin_id).where(~current(GUEST, origin))


def _told(legible: _Legible, texts: Sequence[tuple[Whose, str]]) -> list[str]:
    named = [_origin_key(text) for _whose, text in texts]
    came_from = _came_from({whose for (whose, _text), key in zip(texts, named, strict=True) if key})
    ids = {origin for origins in came_from.values() for origin in origins}
    told = _keys_of_legible(legible, ids)
    return [
        text
        if not key or came_from[whose] <= told.keys() or any(key in told.get(one, ()) for one in came_from[whose])
        else _without_line(text)
        for (whose, text), key in zip(texts, named, strict=True)
    ]


def _came_from(pages: Iterable[Whose]) -> dict[Whose, set[int]]:
    """The ids of the pages each of these is a variant of, or was: by what it continues, by links, by what is kept."""
    found: dict[Whose, set[int]] = {whose: set() for whose in pages}
    ids = []
    for whose, origins in found.items():
        if isinstance(whose, int):
            ids.append(whose)
        elif whose.continues is not None:
            origins.add(whose.continues)
    if not ids:
        return found
    origin = aliased(Revision)
    continued = select(Revision.page_id, origin.page_id).join(origin, origin.id == Revision.parent_id)
    linked = select(Revision.page_id, origin.page_id).join(origin, origin.id == Revision.merged_id)
    query: CompoundSelect[Any] = union(
        select(Page.id, Page.origin_id).where(Page.id.in_(ids), Page.origin_id.is_not(None)),
        continued.where(Revision.page_id.in_(ids), Revision.number == 1),
        linked.where(Revision.page_id.in_(ids), Revision.merged_id.is_not(None), Revision.action.in_(_LINKING)),
    )
    for page_id, origin_id in db.session.execute(query):
        found[page_id].add(origin_id)
    return found


def _keys_of_legible(legible: _Legible, page_ids: Iterable[int]) -> dict[int, set[str]]:
    """Those of these pages that meet this condition, each with the link keys that lead to it."""
    ids = list(page_ids)
    if not ids:
        return {}
    query = (
        select(Page.id, Page.title_key, PageName.slug)
        .join(PageName, PageName.page_id == Page.id)
        .where(Page.id.in_(ids), legible(Page))
    )
    found: dict[int, set[str]] = {}
    for page_id, *keys in db.session.execute(query):
        found.setdefault(page_id, set()).update(keys)
    return found


def _origin_key(text: str) -> str:
    """The link key of the origin a whole text names; "" where it names none."""
    if ORIGIN_FIELD not in text:
        return ""
    document = textform.parse(text)
    value = document.fields.get(ORIGIN_FIELD) or document.extra.get(ORIGIN_FIELD)
    return link_key(value) if isinstance(value, str) else ""


def _without_line(text: str) -> str:
    front, body = history.split_front_matter(text)
    return _ORIGIN_LINE.sub("", front, count=1) + body
