"""Who may do what: one table, one question.

Every verb and every finder asks here; a view may ask again to decide what to show, never instead.
"""

from __future__ import annotations

from typing import Protocol

from flask import current_app, g
from sqlalchemy import column, select, table

from wiki.accounts import Actor
from wiki.database import db
from wiki.errors import Forbidden
from wiki.history import Revision

VISIBILITIES = ("public", "members", "draft")
ROLES = ("guest", "member", "moderator", "admin")

# The least role for each action. What guests and newcomers may write at once also depends on WIKI_EDITING: "suggest"
# is to write a text that waits until somebody who may "accept" it does.
LEAST_ROLE = {
    "read": "guest",
    "suggest": "guest",
    "create": "guest",
    "edit": "guest",
    "accept": "member",
    "edit_protected": "moderator",
    "import": "member",
    "rename": "member",
    "renew": "member",
    "archive": "moderator",
    "read_members": "member",
    "read_archived": "moderator",
    "protect": "moderator",
    "restrict": "moderator",
    "undo_all": "moderator",
    "flag": "guest",
    "patrol": "moderator",
    "hide": "moderator",
    "show": "admin",
    "block": "moderator",
    "manage_accounts": "admin",
}


class PageState(Protocol):
    """What permissions need to know of a page."""

    @property
    def protected(self) -> bool: ...

    @property
    def archived(self) -> bool: ...

    @property
    def visibility(self) -> str: ...

    @property
    def owner_id(self) -> int | None: ...


# What becomes of a draft is decided by its author, whatever their role.
_OF_A_DRAFT = frozenset({"archive", "restrict"})
# Pages and their moderation live above: this is all of their tables that is asked here.
_PAGE = table("page", column("id"), column("visibility"))
_PATROL = table("patrol", column("revision_id"), column("state"))
# What shows at once to others.
_WRITING = frozenset({"create", "edit", "rename", "renew", "accept"})
_CHANGING = frozenset({"edit", "rename", "accept"})


def may(actor: Actor, action: str, page: PageState | None = None) -> bool:
    """Whether `actor` may do `action`, on `page` where one is concerned. Raises KeyError for an unknown action."""
    if page is not None and action in _OF_A_DRAFT and page.visibility == "draft":
        return _reads(actor, page)
    if not _reaches(actor, LEAST_ROLE[action]):
        return False
    if page is None:
        return not _held_back(actor, action)
    if not _reads(actor, page) or (page.visibility != "draft" and _held_back(actor, action)):
        return False
    return not (action in _CHANGING and page.protected and not _reaches(actor, LEAST_ROLE["edit_protected"]))


def _held_back(actor: Actor, action: str) -> bool:
    """Whether this wiki lets nobody like `actor` do that, whatever the page."""
    editing = current_app.config["WIKI"]["EDITING"]
    if editing == "members":
        return actor.role == "guest" and (action == "suggest" or action in _WRITING)
    return editing == "approved" and action in _WRITING and is_newcomer(actor)


def is_newcomer(actor: Actor) -> bool:
    """Whether the wiki does not know this actor well yet: any guest, and an account with few edits.

    What nobody else sees, a draft, does not count, nor what was undone.
    """
    if actor.id is None:
        return not _reaches(actor, LEAST_ROLE["edit_protected"])
    fewest = current_app.config["WIKI"]["NEWCOMER_EDITS"]
    # Who is known stays so: within a request it is asked once. Who is not may be known the next moment.
    known: set[int] = g.setdefault("known_actors", set())
    if not fewest or actor.id in known or _reaches(actor, LEAST_ROLE["edit_protected"]):
        return False
    undone = select(_PATROL.c.revision_id).where(_PATROL.c.revision_id == Revision.id, _PATROL.c.state == "undone")
    edits = (
        select(Revision.id)
        .join(_PAGE, _PAGE.c.id == Revision.page_id)
        .where(Revision.author_id == actor.id, _PAGE.c.visibility != "draft", ~undone.exists())
        .limit(fewest)
    )
    if len(db.session.execute(edits).all()) < fewest:
        return True
    known.add(actor.id)
    return False


def _reads(actor: Actor, page: PageState) -> bool:
    """Whether `actor` may know of `page`; `queries.readable` says the same of many pages at once."""
    if page.visibility == "draft":
        return actor.id is not None and page.owner_id == actor.id
    if page.visibility == "members" and not _reaches(actor, LEAST_ROLE["read_members"]):
        return False
    return not page.archived or _reaches(actor, LEAST_ROLE["read_archived"])


def require(actor: Actor, action: str, page: PageState | None = None) -> None:
    """Raise Forbidden unless `actor` may do `action`."""
    if not may(actor, action, page):
        raise Forbidden(action)


def _reaches(actor: Actor, role: str) -> bool:
    return ROLES.index(actor.role) >= ROLES.index(role)
