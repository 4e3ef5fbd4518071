"""The name that revisions are signed with, when it must no longer be told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import select, update
from sqlalchemy.orm import aliased

from wiki.database import db
from wiki.history.lineage import Taking
from wiki.history.models import Revision

_AT_ONCE = 500


def sign_anew(author_id: int, after: str) -> set[int]:
    """Put another name under all an account wrote, in the running transaction: the pages that told the old one.

    Those are the pages it wrote on and all that hold words of theirs.
    """
    session = db.session
    touched = set(session.execute(select(Revision.page_id).where(Revision.author_id == author_id).distinct()).scalars())
    touched |= set(session.execute(select(Taking.page_id).where(Taking.author_id == author_id).distinct()).scalars())
    for table in (Revision, Taking):
        session.execute(update(table).where(table.author_id == author_id).values(author_name=after))
    return touched | holding_words_of(touched)


def claim(guest_key: str, author_id: int) -> None:
    """Make an account the author of all that came from a guest's browser, in the running transaction.

    The name under it is still the pseudonym's: `sign_anew` puts the account's there.
    """
    for table in (Revision, Taking):
        theirs = (table.guest_key == guest_key) & table.author_id.is_(None)
        db.session.execute(update(table).where(theirs).values(author_id=author_id, guest_key=None))


def holding_words_of(page_ids: set[int]) -> set[int]:
    """Every page that continues one of these, or took from it, however far."""
    reached, pending = set(page_ids), set(page_ids)
    source = aliased(Revision)
    while pending:
        found: set[int] = set()
        for some in _portions(pending):
            for column in (Revision.parent_id, Revision.merged_id):
                query = select(Revision.page_id).join(source, source.id == column)
                query = query.where(source.page_id.in_(some), Revision.page_id != source.page_id).distinct()
                found |= set(db.session.execute(query).scalars())
        pending = found - reached
        reached |= pending
    return reached


def _portions(page_ids: Iterable[int]) -> Iterator[list[int]]:
    ordered = sorted(page_ids)
    return (ordered[start : start + _AT_ONCE] for start in range(0, len(ordered), _AT_ONCE))
