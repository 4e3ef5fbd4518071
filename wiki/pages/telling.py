"""What of a revision somebody may be told, where the moderation has hidden parts of it.

Whatever shows a revision to somebody comes through here; what merges texts does not, so that hiding changes no text.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

from flask_babel import gettext as _

from wiki.accounts import Actor
from wiki.errors import NotFound
from wiki.history import Hideable
from wiki.permissions import may

Told = TypeVar("Told", bound=Hideable)


def told_to(actor: Actor, one: Told) -> Told:
    """What somebody may be told of a revision: without its summary, its author and what it altered where hidden.

    Of one with its text, the text is not looked at: see `require_shown`.
    """
    if not one.hidden or may(actor, "hide"):
        return one
    values: dict[str, Any] = {"hidden": f"{one.hidden} veiled"}
    if one.hides("comment"):
        values["comment"] = ""
    if one.hides("changes"):
        values["changes"] = []
    if one.hides("author"):
        values |= {"author_id": None, "author_name": _("nom masqué")}
    return replace(one, **values)  # type: ignore[type-var]


def reads_text(actor: Actor, revision: Hideable) -> bool:
    """Whether somebody may see the text of a revision."""
    return not revision.hides("text") or may(actor, "hide")


def require_shown(actor: Actor, *revisions: Hideable) -> None:
    """Raise NotFound where the text of any of these is hidden from this actor."""
    if not all(reads_text(actor, revision) for revision in revisions):
        raise NotFound("hidden")
