"""The summaries that the wiki writes by itself and that name somebody, and how they follow a change of name.

A name is replaced only where the wiki put it: never in words that people typed, nor anywhere else in a summary.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import aliased

from wiki.database import db
from wiki.history import Revision
from wiki.pages.models import Offer
from wiki.pages.saving import COMMENT_MAXIMUM

_AT_ONCE = 500


def proposal_of(name: str) -> str:
    """That all there is to take was proposed by somebody."""
    return _("Proposition de %(name)s", name=name)


def undone(name: str) -> str:
    """That what somebody did was taken back."""
    return _("Modifications de %(name)s défaites", name=name)


def reviewed(name: str, message: str) -> str:
    """Who accepted a suggestion, after what its author said of it."""
    if message:
        return _("%(words)s (relu par %(name)s)", words=message, name=name)
    return _("Relu par %(name)s", name=name)


def _ending(name: str) -> str:
    return reviewed(name, "…").removeprefix("…")


def _alone(name: str) -> str:
    return reviewed(name, "")


_ENDINGS: dict[str, list[Callable[[str], str]]] = {
    "take": [proposal_of], "undo": [undone], "accept": [_ending, _alone]
}  # fmt: skip


def taken(titles: Sequence[str], authors: Sequence[str]) -> str:
    """What was taken of another page, and who wrote it."""
    return _("%(sections)s (%(authors)s)", sections=", ".join(titles), authors=", ".join(authors))


def sign_anew(author_id: int, before: str, after: str, holding: set[int]) -> set[int]:
    """Put another name where summaries tell that of an account, in the running transaction: their pages.

    `holding` are the pages that hold words of this account.
    """
    touched = set()
    for revision_id, page_id, action, comment in _naming(author_id, before, holding):
        said = _renamed(action, comment, before, after)[:COMMENT_MAXIMUM]
        if said != comment:
            db.session.execute(update(Revision).where(Revision.id == revision_id).values(comment=said))
            touched.add(page_id)
    return touched


def _naming(author_id: int, name: str, holding: set[int]) -> Iterator[tuple[int, int, str, str]]:
    """The revisions that tie this account to a summary with this name: id, page, action, summary.

    Who accepted a suggestion is written nowhere else; but a name is that of one account, for good.
    """
    proposed = select(Offer.id).where(
        Offer.author_id == author_id, Offer.page_id == Revision.page_id,
        Offer.source_revision_id == Revision.merged_id,
    )  # fmt: skip
    own = aliased(Revision)
    wrote = select(own.id).where(own.page_id == Revision.page_id, own.author_id == author_id)
    reviews = [Revision.comment.endswith(said, autoescape=True) for said in _in_each_language(_ending, name)]
    reviews.append(Revision.comment.in_(_in_each_language(_alone, name)))
    for tied in (
        (Revision.action == "take") & Revision.comment.in_(_in_each_language(proposal_of, name)) & proposed.exists(),
        (Revision.action == "undo") & Revision.comment.in_(_in_each_language(undone, name)) & wrote.exists(),
        (Revision.action == "accept") & or_(*reviews),
    ):
        yield from _found(tied)
    ordered, source = sorted(holding), aliased(Revision)
    for start in range(0, len(ordered), _AT_ONCE):
        some = ordered[start : start + _AT_ONCE]
        from_them = select(source.id).where(source.id == Revision.merged_id, source.page_id != Revision.page_id)
        took = (Revision.action == "take") & Revision.page_id.in_(some) & from_them.exists()
        yield from _found(took & Revision.comment.contains(name, autoescape=True) & Revision.comment.endswith(")"))


def _found(condition: ColumnElement[bool]) -> list[tuple[int, int, str, str]]:
    query = select(Revision.id, Revision.page_id, Revision.action, Revision.comment).where(condition)
    return [(row[0], row[1], row[2], row[3]) for row in db.session.execute(query)]


def _renamed(action: str, comment: str, before: str, after: str) -> str:
    """A summary with another name where the wiki put the one before."""
    for words in _ENDINGS[action]:
        for said, instead in zip(_in_each_language(words, before), _in_each_language(words, after), strict=True):
            if comment == said or (words is _ending and comment.endswith(said)):
                return comment.removesuffix(said) + instead
    opening = _last_parenthesis(comment) if action == "take" else len(comment)
    listed = re.compile(rf"(?:^|(?<=, )){re.escape(before)}(?=, |$)")
    authors = comment[opening + 1 : -1]
    return f"{comment[: opening + 1]}{listed.sub(lambda _found: after, authors)})" if authors else comment


def _last_parenthesis(comment: str) -> int:
    """Where the parenthesis opens that a summary ends with; its length where there is none."""
    depth = 0
    for place in range(len(comment) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(comment[place], 0)
        if depth == 0:
            return place if comment[place] == "(" else len(comment)
    return len(comment)


def _in_each_language(words: Callable[[str], str], name: str) -> list[str]:
    """What the wiki writes of this name in each language that it speaks, in one order."""
    found = []
    for locale in sorted({str(locale) for locale in current_app.extensions["babel"].instance.list_translations()}):
        with force_locale(locale):
            found.append(words(name))
    return found
