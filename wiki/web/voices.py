"""Words of a page in the language it is written in, whatever the interface speaks."""

from __future__ import annotations

from typing import Protocol

from flask_babel import get_locale
from markupsafe import Markup

from wiki.rendering import french


class Written(Protocol):
    """A page, or as much of one as tells the language of its words."""

    @property
    def language(self) -> str: ...


def typeset(words: str, page: Written) -> str:
    """Words of a page as they are printed in its language: a title, a summary."""
    return french(words) if page.language.startswith("fr") else words


def voiced(words: str, page: Written) -> str:
    """The same to be shown, marked where a voice has to change from the interface's language to theirs."""
    return spoken(typeset(words, page), page)


def spoken(words: str, page: Written) -> str:
    """`words`, plain or HTML, in an element that tells their language where the interface speaks another."""
    if not words or page.language == str(get_locale()):
        return words
    return Markup('<span lang="{}">{}</span>').format(page.language, words)
