"""Hiding a revision's text, summary or author from the public, and showing it again (see `telling`)."""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import gettext as _
from sqlalchemy import delete

from wiki import audit, history
from wiki.accounts import Actor
from wiki.database import db, write_transaction
from wiki.errors import Invalid
from wiki.history import HIDEABLE
from wiki.pages import projection
from wiki.pages.models import Rendered
from wiki.pages.moderation import acts
from wiki.pages.queries import find
from wiki.permissions import require


def hide(actor: Actor, slug: str, number: int, parts: Collection[str], reason: str) -> None:
    """Hide the "text", "comment" or "author" of a revision from the public. It is logged, with the reason.

    Raises Invalid for the text of the newest one, which must be replaced first, NotFound, Moved, Forbidden.
    """
    page = find(actor, slug)
    require(actor, "hide", page)
    history.read(page.id, number)
    if not parts or not set(parts) <= set(HIDEABLE):
        raise Invalid(_("Choisissez ce que vous masquez."), "parts")
    if not reason.strip():
        raise Invalid(_("Dites pourquoi : tout le monde peut lire le journal."), "reason")
    if "text" in parts and number == page.head_number:
        raise Invalid(
            _("C’est la version actuelle : enregistrez d’abord un texte sans ce passage, puis masquez celle-ci."),
            "parts",
        )
    with write_transaction():
        history.hide(page.id, number, parts)
        acts.note(actor, "hide", page_id=page.id, number=number, reason=reason)
        _draw_anew(page.id)
    audit.note("revision.hidden", account=actor.id, page=page.id, number=number, parts=sorted(parts))


def show(actor: Actor, slug: str, number: int, reason: str = "") -> None:
    """Show all of a revision again. It is logged. Raises NotFound, Moved, Forbidden."""
    page = find(actor, slug)
    require(actor, "show", page)
    history.read(page.id, number)
    with write_transaction():
        history.show(page.id, number)
        acts.note(actor, "show", page_id=page.id, number=number, reason=reason)
        _draw_anew(page.id)
    audit.note("revision.shown", account=actor.id, page=page.id, number=number)


def _draw_anew(page_id: int) -> None:
    """Draw again whatever may tell of a hidden revision: its page, and those that hold words of it."""
    touched = sorted({page_id} | history.holding_words_of({page_id}))
    db.session.execute(delete(Rendered).where(Rendered.page_id.in_(touched)))
    projection.restamp(touched)
