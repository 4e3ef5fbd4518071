"""Words of a page in the language it is written in, whatever the interface speaks."""

from __future__ import annotations

from flask_babel import get_locale
from markupsafe import Markup

from wiki.pages import PageInfo
from wiki.rendering import french


def typeset(words: str, page: PageInfo) -> str:
    """Words of a page as they are printed in its language: a title, a summary."""
    return french(words) if page.language.startswith("fr") else words


def voiced(words: str, page: PageInfo) -> str:
    """The same to be shown, marked where a voice has to change from the interface's language to theirs."""
    return spoken(typeset(words, page), page)


def spoken(words: str, page: PageInfo) -> str:
    """`words`, plain or HTML, in an element that tells their language where the interface speaks another."""
    if not words or page.language == str(get_locale()):
        return words
    return Markup('<span lang="{}">{}</span>').format(page.language, words)
