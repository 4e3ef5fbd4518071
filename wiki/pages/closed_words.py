"""The words of pages that are not for everybody: by these, who may read such a page finds it.

No index holds them, so that nothing anybody is told (counts, suggestions, corrections) depends on them. They are kept
in the transaction of the save, or of what closed or opened the page; a page that everybody may read has none here.
"""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import ColumnElement, delete, insert, select

from wiki import history
from wiki.database import db
from wiki.history import Revision
from wiki.pages import textform
from wiki.pages.fields import items
from wiki.pages.indexing import text_of_document
from wiki.pages.models import ClosedWord, Page
from wiki.pages.sources import ORIGIN_FIELD
from wiki.search import Place, Word, places_of

# A page of more different words is found by so many of them, those that come first.
MOST_WORDS = 20_000
_FORM_MAXIMUM = 80
# What a page names is looked for by its name, and by where it is: `text_of_document` leaves out both.
_NAMING, _WHERE = frozenset(("reference", "references")), frozenset(("place", "address"))


def keep(page_id: int) -> None:
    """Make what is kept of a page what its newest revision says, in the running transaction."""
    wanted, present = _said(page_id), _kept(page_id)
    table = ClosedWord.__table__
    if present and not wanted:
        db.session.execute(delete(table).where(table.c.page_id == page_id))
    elif gone := sorted(present - wanted):
        db.session.execute(delete(table).where(table.c.page_id == page_id, table.c.form.in_(gone)))
    if fresh := sorted(wanted - present):
        db.session.execute(insert(table), [{"form": form, "page_id": page_id} for form in fresh])


def agrees(page_id: int) -> bool:
    """Whether what is kept of a page is what its newest revision says."""
    return _said(page_id) == _kept(page_id)


def saying(word: Word) -> ColumnElement[bool]:
    """The pages that are not for everybody and say this word. Whoever asks sees to it who may know of them."""
    forms = [form[:_FORM_MAXIMUM] for form in word.forms]
    return Page.id.in_(select(ClosedWord.page_id).where(ClosedWord.form.in_(forms)))


@lru_cache(maxsize=400)
def places_in(codec: str, body: bytes, title: str, language: str) -> tuple[Place, ...]:
    """A text, as a revision holds it, as an index would hold it. A text never changes: it is read once."""
    document = textform.parse(history.decode(codec, body))
    named = [
        value.replace("-", " ")
        for field in document.declaration.fields
        if field.name in _WHERE or (field.type in _NAMING and field.name != ORIGIN_FIELD)
        for value in items(document.fields.get(field.name, ""))
    ]
    return places_of("\n".join([title, *named, text_of_document(document)]), language)


def _said(page_id: int) -> set[str]:
    row = db.session.execute(
        select(Revision.codec, Revision.body, Page.title, Page.language)
        .join(Page, Page.head_id == Revision.id)
        .where(Page.id == page_id, Page.visibility != "public")
    ).one_or_none()
    if row is None:
        return set()
    forms = dict.fromkeys(form[:_FORM_MAXIMUM] for place in places_in(*row) for form in place)
    return set(list(forms)[:MOST_WORDS])


def _kept(page_id: int) -> set[str]:
    return set(db.session.scalars(select(ClosedWord.form).where(ClosedWord.page_id == page_id)))
