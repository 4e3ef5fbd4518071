"""What is asked of guests and of accounts with few edits before their text is stored: few links, no unwanted words.

The words are kept on a page like any other, which the moderation writes. It counts while it is protected; each item of
a list on it is a word, or a piece of an address, that newcomers may not bring to any page.
"""

from __future__ import annotations

import re

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from wiki import history
from wiki.accounts import Actor
from wiki.database import db
from wiki.errors import Invalid, Problem
from wiki.pages.models import Page, PageName
from wiki.permissions import is_newcomer

UNWANTED_SLUG = "mots-indesirables"
# A list longer than this is read as far as this, so that no save waits for it.
MOST_WORDS, SHORTEST, LONGEST = 1000, 3, 100
_LINK = re.compile(r"https?://[^\s<>()\[\]\"'|]+", re.IGNORECASE)


def require_welcome(actor: Actor, before: str, after: str, comment: str = "", *, field: str = "body") -> None:
    """Raise Invalid where a newcomer brings too many links, or unwanted words, to a text that stood at `before`.

    The one rule for whatever a newcomer writes, wherever they do. The problem stands beside the `field`.
    """
    if after == before or not is_newcomer(actor):
        return
    problems = []
    links, most = _links(after) - _links(before), current_app.config["WIKI"]["NEWCOMER_LINKS"]
    if len(links) > most:
        problems.append(Problem(_too_many(len(links), most), field))
    old, new = before.casefold(), f"{after}\n{comment}".casefold()
    found = next((word for word in unwanted_words() if word in new and word not in old), "")
    if found:
        problems.append(
            Problem(
                _(
                    "« %(word)s » fait partie des mots que les personnes nouvelles ne peuvent pas ajouter, à "
                    "cause des publicités. Écrivez-le autrement, ou demandez à l’équipe de modération.",
                    word=found,
                ),
                field,
            )
        )
    if problems:
        raise Invalid(problems)


def _links(text: str) -> set[str]:
    return {link.casefold() for link in _LINK.findall(text)}


def _too_many(count: int, most: int) -> str:
    return ngettext(
        "Votre texte ajoute %(count)s liens. Tant que le wiki vous connaît peu, %(num)s lien par modification suffit : "
        "cela écarte les publicités. Retirez-en, ou ajoutez-les en plusieurs fois.",
        "Votre texte ajoute %(count)s liens. Tant que le wiki vous connaît peu, %(num)s liens par modification "
        "suffisent : cela écarte les publicités. Retirez-en, ou ajoutez-les en plusieurs fois.",
        most,
        count=count,
    )


def unwanted_words() -> list[str]:
    """The unwanted words, in small letters; none while nobody made their page, or it is open to all."""
    row = db.session.execute(
        select(Page.id, Page.head_number)
        .join(PageName, PageName.page_id == Page.id)
        .where(
            PageName.slug == UNWANTED_SLUG, Page.protected.is_(True), Page.archived_at.is_(None),
            Page.visibility != "draft", Page.head_number > 0,
        )
    ).first()
    if row is None:
        return []
    lines = history.read(row.id, row.head_number).text.splitlines()
    items = (line.strip()[2:].strip().casefold() for line in lines if line.strip()[:2] in ("- ", "* "))
    return [word for word in items if SHORTEST <= len(word) <= LONGEST][:MOST_WORDS]
