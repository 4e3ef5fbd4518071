"""A page names those it comes from, in its text and in the summaries of what it took: told to who may read them today.

What is written by somebody who was not told which origin a text names leaves that as it was.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Protocol, TypeVar

from sqlalchemy import ColumnElement, Select, func, select
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


def told_text(actor: Actor, text: str) -> str:
    """A whole text without the line that names an origin this actor may not read. A query where one is named."""
    return told_texts(actor, text)[0]


def told_texts(actor: Actor, *texts: str) -> list[str]:
    """The same for several texts at once."""
    return _told(partial(readable, actor), texts)


def told_to_readers(page: PageInfo, text: str) -> str:
    """The text of a page as all its readers alike may be told it."""
    return _told(partial(as_open_as, page), [text])[0]


def untold_line(actor: Actor, text: str) -> str:
    """The line of a whole text that names an origin this actor may not read; "" where there is none."""
    found = _ORIGIN_LINE.search(text) if told_text(actor, text) != text else None
    return found[0] if found else ""


def told_revision(actor: Actor, revision: history.Text) -> history.Text:
    """A revision with its text as this actor may be told it."""
    text = told_text(actor, revision.text)
    if text == revision.text:
        return revision
    return replace(revision, text=text, sha256=hashlib.sha256(text.encode()).hexdigest())


def keep_origin(actor: Actor, text: str, before: str) -> str:
    """A canonical text as it is to be stored in the place of `before`: with the origin that is named there.

    Changes nothing for who may read that origin: they decide whether the text names it.
    """
    key = _origin_key(before)
    if _origin_key(text) == key or not _closed(partial(readable, actor), {key}):
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


def _told(legible: _Legible, texts: Sequence[str]) -> list[str]:
    named = [_origin_key(text) for text in texts]
    closed = _closed(legible, set(named))
    return [_without_line(text) if key in closed else text for text, key in zip(texts, named, strict=True)]


def _closed(legible: _Legible, keys: set[str]) -> set[str]:
    """Those of the link keys that lead to pages, but to none of this condition; what leads nowhere is no secret.

    Nor is the title of a page that no legible one comes from: who names it only guessed, and must not see whether
    they guessed right.
    """
    keys = keys - {""}
    if not keys:
        return set()
    by_address = select(PageName.slug, legible(Page)).join(Page, Page.id == PageName.page_id)
    found = dict(db.session.execute(by_address.where(PageName.slug.in_(keys))).tuples().all())
    if titled := keys - found.keys():
        variant = aliased(Page)
        known = legible(Page) | Page.id.in_(select(variant.origin_id).where(legible(variant)))
        by_title = select(Page.title_key, legible(Page)).where(Page.title_key.in_(titled), known)
        for key, told in db.session.execute(by_title):
            found[key] = bool(told) or bool(found.get(key))
    return {key for key, told in found.items() if not told}


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
