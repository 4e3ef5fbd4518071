"""Who may do what: one table, one question.

Every verb and every finder asks here; a view may ask again to decide what to show, never instead.
"""

from __future__ import annotations

from typing import Protocol

from flask import current_app

from wiki.accounts import Actor
from wiki.errors import Forbidden

VISIBILITIES = ("public", "members", "draft")
ROLES = ("guest", "member", "moderator", "admin")

# The least role for each action. "edit" and "create" of a guest also depend on WIKI_EDITING.
LEAST_ROLE = {
    "read": "guest",
    "create": "guest",
    "edit": "guest",
    "edit_protected": "moderator",
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


def may(actor: Actor, action: str, page: PageState | None = None) -> bool:
    """Whether `actor` may do `action`, on `page` where one is concerned. Raises KeyError for an unknown action."""
    if page is not None and action in _OF_A_DRAFT and page.visibility == "draft":
        return _reads(actor, page)
    if not _reaches(actor, LEAST_ROLE[action]):
        return False
    if action in ("create", "edit") and actor.role == "guest" and current_app.config["WIKI"]["EDITING"] != "everyone":
        return False
    if page is None:
        return True
    if not _reads(actor, page):
        return False
    return not (action in ("edit", "rename") and page.protected and not _reaches(actor, LEAST_ROLE["edit_protected"]))


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
