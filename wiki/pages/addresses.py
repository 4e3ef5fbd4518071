"""Which address a page stands at, told so that an address gives away as little as can be of pages out of sight.

The address of a page that everybody may read follows from its title. Addresses are unique: were that of a private page
its title too, whoever gives a page of theirs the same title would learn of it. So a page that is not for everybody
stands at its title and a mark that nobody can guess, until it is opened. What was open once holds its address for good,
as links to it must: another page of that title stands at the next one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask_babel import gettext as _
from sqlalchemy import select

from wiki.accounts import Actor, mark
from wiki.database import db
from wiki.errors import Invalid
from wiki.pages import textform
from wiki.pages.models import Page, PageName
from wiki.pages.queries import SLUG_MAXIMUM, PageInfo, readable
from wiki.rendering import link_key

# Addresses looked at for one title: nobody hides so many pages of the same one.
ADDRESSES_TRIED = 50
_MARK = 10


class AlreadyExists(Invalid):
    """A page this actor knows of holds this address; `slug` is where it stands now, empty where that is not told."""

    def __init__(self, actor: Actor, slug: str) -> None:
        found = db.session.execute(
            select(Page.slug, Page.title)
            .join(PageName, PageName.page_id == Page.id)
            .where(PageName.slug == slug, readable(actor))
        ).one_or_none()
        self.slug: str = found.slug if found else ""
        if found:
            message = _(
                "La page « %(title)s » occupe déjà cette adresse. Ouvrez-la, ou changez de titre.", title=found.title
            )
        else:
            message = _("Cette adresse n’est pas libre. Changez de titre.")
        super().__init__(message, "title")


def slug_of(text: str) -> str:
    """The address that follows from the title of a text; "" where none does."""
    return of_title(textform.parse(text).title)


def of_title(title: str) -> str:
    """The address that follows from a title; "" where none does."""
    return link_key(title)[:SLUG_MAXIMUM].strip("-")


def holder(actor: Actor, slug: str) -> tuple[int | None, bool]:
    """The id of the page that holds an address, None for a free one, and whether this actor may know of it."""
    row = db.session.execute(
        select(Page.id, readable(actor)).join(PageName, PageName.page_id == Page.id).where(PageName.slug == slug)
    ).one_or_none()
    return (row[0], bool(row[1])) if row else (None, False)


def address_for(actor: Actor, wished: str, audience: Mapping[str, object], page_id: int | None = None) -> str:
    """Where a page for this audience may stand that wishes an address: a free one, or one of this very page.

    Raises AlreadyExists where a page holds it that this actor knows of.
    """
    slug = _free(actor, wished, page_id)
    return slug if audience["visibility"] == "public" else _free(actor, closed(wished, audience), page_id)


def _free(actor: Actor, wished: str, page_id: int | None) -> str:
    slug = wished
    for number in range(2, ADDRESSES_TRIED):
        page, known = holder(actor, slug)
        if page in (None, page_id):
            return slug
        if known:
            break
        slug = next_address(wished, number)
    raise AlreadyExists(actor, slug)


def next_address(slug: str, number: int) -> str:
    """The address with this number after one that is taken."""
    return _with(slug, str(number))


def closed(slug: str, audience: Mapping[str, object]) -> str:
    """The address of a page that is not for everybody; the same for the same form sent twice."""
    if audience["visibility"] == "public":
        return slug
    return _with(slug, mark("address", audience["visibility"], audience["owner_id"], slug)[:_MARK])


def opened(actor: Actor, page: PageInfo) -> str:
    """Where a page stands once it is open to everybody: its title where it stood at a mark, else where it is.

    Raises AlreadyExists.
    """
    wished = of_title(page.title)
    stem = _with(wished, "")
    marked = page.slug.startswith(stem) and re.fullmatch(rf"[0-9a-f]{{{_MARK}}}(-\d+)?", page.slug[len(stem) :])
    return _free(actor, wished, page.id) if marked else page.slug


def _with(slug: str, ending: str) -> str:
    return f"{slug[: SLUG_MAXIMUM - (len(ending) or _MARK) - 1].rstrip('-')}-{ending}"
