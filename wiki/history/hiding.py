"""What of a revision is told to nobody but who keeps the wiki clean: its text, its summary, the name of its author.

Nothing is taken away: the revision keeps all of it, for merging, for its hash, and for the day it is shown again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import or_, select, update

from wiki.database import db
from wiki.history.models import HIDEABLE, Revision


def hide(page_id: int, number: int, parts: Collection[str]) -> None:
    """Hide these parts of a revision beside those that are hidden already, in the running transaction.

    What it altered, and what the next one did, tell of its text: they go with it.
    """
    _set(page_id, number, lambda held: held | set(parts) | ({"changes"} if "text" in parts else set()))
    if "text" in parts:
        _set(page_id, number + 1, lambda held: held | {"changes"})


def show(page_id: int, number: int) -> None:
    """Show all of a revision again, in the running transaction."""
    before, after = _held(page_id, number - 1), _held(page_id, number + 1)
    _set(page_id, number, lambda _held: {"changes"} if before is not None and "text" in before else set())
    if after is not None and "text" not in after:
        _set(page_id, number + 1, lambda held: held - {"changes"})


def hides_texts(page_ids: Collection[int], revision_id: int) -> bool:
    """Whether the text of any revision of these pages, or of that one, is hidden."""
    hidden = Revision.hidden.contains("text") & or_(Revision.page_id.in_(page_ids), Revision.id == revision_id)
    return db.session.execute(select(Revision.id).where(hidden).limit(1)).first() is not None


def _held(page_id: int, number: int) -> set[str] | None:
    query = select(Revision.hidden).where(Revision.page_id == page_id, Revision.number == number)
    found = db.session.execute(query).scalar_one_or_none()
    return None if found is None else set(found.split())


def _set(page_id: int, number: int, change: Callable[[set[str]], set[str]]) -> None:
    held = _held(page_id, number)
    if held is not None:
        wanted = change(held)
        words = " ".join(part for part in (*HIDEABLE, "changes") if part in wanted)
        statement = update(Revision).where(Revision.page_id == page_id, Revision.number == number)
        db.session.execute(statement.values(hidden=words))
