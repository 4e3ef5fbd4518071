"""The text of a page as it is read: its sections, each with a link to its own form, and its sources."""

from __future__ import annotations

import re
from html import unescape

from flask import url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup

from wiki.pages import Reading

_HEADING = re.compile(r'<(?P<tag>h[2-6]) id="(?P<anchor>[^"]+)">.*?</(?P=tag)>', re.DOTALL)
_SOURCES = ('<h2 id="s-sources"', '<h2 id="s-references"')


def partition_at_sources(html: str) -> tuple[str, str, str]:
    """Safe HTML of a page in two: what it tells, and its last section where that lists sources (mark and rest)."""
    for mark in _SOURCES:
        story, found, sources = html.rpartition(mark)
        if found and "<h2" not in sources:
            return story, found, sources
    return html, "", ""


def sections_to_edit(html: str, reading: Reading) -> str:
    """Safe HTML of a page with a link to the form of its section after each heading.

    The link is no part of the heading, or whoever listens would hear each twice; its words are in the language of
    the interface, whatever that of the page.
    """
    titles = {entry.anchor: entry.text for entry in reading.toc}

    def with_link(found: re.Match[str]) -> str:
        anchor = unescape(found["anchor"])
        if anchor not in titles:
            return found[0]
        link = Markup('<a class="section-edit" href="{}" lang="{}" aria-label="{}">{}</a>').format(
            url_for("editing.edit", slug=reading.page.slug, section=anchor),
            get_locale(),
            _("Modifier la section « %(section)s »", section=titles[anchor]),
            _("Modifier"),
        )
        return f'<div class="heading">{found[0]} {link}</div>'

    return _HEADING.sub(with_link, html)
