"""Markdown to safe HTML: the one way by which anything written in the wiki becomes a page.

Pure: no request, no database, no translation. Links to other pages are answered by the caller, at once for a
whole text: `wiki_links` says which keys a text asks for, `render` takes a mapping of the answers.

    targets = {"copy-party": LinkTarget("/wiki/copy-party", "Copy party")}
    page = render("Comme pour une [[Copy party]]…", targets)
    page.html, page.toc, page.links, page.complete

A text that would take unreasonable time or memory is shown as it was typed, with `complete` false.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from importlib.metadata import version
from types import MappingProxyType

import mistune

from wiki.rendering.keys import link_key
from wiki.rendering.page import Labels, LinkTarget, Page, Surroundings, new_article_url
from wiki.rendering.parsing import SOURCE_LIMIT, TooComplex, Tree, parse, parse_inline, plain_links, readable
from wiki.rendering.safety import sanitised, sanitised_phrase
from wiki.rendering.typography import french
from wiki.rendering.words import excerpt, plain_text

__all__ = [
    "RENDERER_VERSION",
    "SOURCE_LIMIT",
    "Labels",
    "LinkTarget",
    "Rendered",
    "Section",
    "TocEntry",
    "excerpt",
    "french",
    "link_candidates",
    "link_key",
    "new_article_url",
    "plain_text",
    "render",
    "render_inline",
    "sections",
    "wiki_links",
]

# Part of the key of every cached page: raise the first number when the same text gives other HTML.
RENDERER_VERSION = f"8-mistune{mistune.__version__}-nh3{version('nh3')}"

# In characters. Without memory left, the sanitiser would abort the whole process.
_HTML_LIMIT = 4_000_000

_NOTHING: Mapping[str, LinkTarget] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class TocEntry:
    """A line of the table of contents: level of the heading on the page (2 to 6), its words, its id."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text as a page shows it."""

    html: str
    toc: tuple[TocEntry, ...]
    links: tuple[str, ...]  # keys of the pages it links to, in order, each once
    complete: bool  # False: too long or too intricate, shown as it was typed


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it, up to the next heading of its level or higher: text[start:end]."""

    level: int  # as typed, 1 to 6
    title: str
    anchor: str
    start: int
    end: int


def render(
    markdown: str,
    targets: Mapping[str, LinkTarget] = _NOTHING,
    missing_url: Callable[[str], str] = new_article_url,
    *,
    labels: Labels = Labels(),
    language: str = "fr",
) -> Rendered:
    """`markdown` as a page. Never fails.

    `targets` answers by link key; a page that is not in it is linked to `missing_url(its title as typed)`.
    `language` is that of the text.
    """
    surroundings = Surroundings(targets, missing_url, labels, language)
    try:
        tree = parse(markdown)
        html = Page(surroundings).body(tree)
        if len(html) > _HTML_LIMIT:
            raise TooComplex
    except TooComplex:
        return Rendered(_as_typed(markdown), (), (), complete=False)
    return Rendered(sanitised(html), _contents(tree, language), tree.links, complete=True)


def render_inline(
    text: str,
    targets: Mapping[str, LinkTarget] = _NOTHING,
    missing_url: Callable[[str], str] = new_article_url,
    *,
    labels: Labels = Labels(),
    language: str = "fr",
) -> str:
    """The value of a field, Markdown within a line: safe HTML without block elements. Never fails."""
    try:
        html = Page(Surroundings(targets, missing_url, labels, language)).phrase(parse_inline(text))
        if len(html) > _HTML_LIMIT:
            raise TooComplex
    except TooComplex:
        return _escaped(readable(text))
    return sanitised_phrase(html)


def wiki_links(markdown: str) -> list[str]:
    """The keys of the pages that `markdown` links to, in order, each once: those `render` will ask for."""
    if "[[" not in markdown:
        return []
    try:
        return list(parse(markdown).links)
    except TooComplex:
        return []


def link_candidates(markdown: str) -> set[str]:
    """The keys of the pages that `markdown` may link to: all of `wiki_links`, rarely one more, mostly much quicker.

    Only a text that may hold code, or double brackets that are no link, is parsed. In others, whatever looks like
    a link counts, escaped or not.
    """
    if "[[" not in markdown:
        return set()
    plain = None if "`" in markdown or "~~~" in markdown else plain_links(markdown)
    return set(wiki_links(markdown)) if plain is None else plain


def sections(markdown: str) -> list[Section]:
    """The sections of `markdown` in order, with the anchors that `render` gives; none past the limits."""
    try:
        headings = parse(markdown).headings
    except TooComplex:
        return []
    place = _places(markdown)
    found: list[Section] = []
    ends = [len(markdown)] * 7  # by level: where a section of that level ends
    for heading in reversed(headings):
        start = place(heading.start)
        found.append(Section(heading.level, heading.words, heading.anchor, start, ends[heading.level]))
        ends[heading.level :] = [start] * (7 - heading.level)
    return found[::-1]


def _places(markdown: str) -> Callable[[int], int]:
    """From offsets in the text as it was read, with "\\n" between lines, to offsets in `markdown`."""
    if "\r\n" not in markdown:
        return int
    breaks: list[int] = []
    position = markdown.find("\r\n")
    while position >= 0:
        breaks.append(position - len(breaks))
        position = markdown.find("\r\n", position + 2)
    return lambda offset: offset + bisect_left(breaks, offset)


def _contents(tree: Tree, language: str) -> tuple[TocEntry, ...]:
    typography = french if language.startswith("fr") else str
    return tuple(
        TocEntry(min(heading.level + tree.shift, 6), typography(heading.words), heading.anchor)
        for heading in tree.headings
    )


def _as_typed(markdown: str) -> str:
    paragraphs = readable(markdown).replace("\r\n", "\n").replace("\r", "\n").split("\n\n")
    lines = (_escaped(paragraph.strip("\n")).replace("\n", "<br>\n") for paragraph in paragraphs)
    return "\n".join(f"<p>{line}</p>" for line in lines if line)


def _escaped(words: str) -> str:
    # As the sanitiser would write it; on texts past the limits it could take quadratic time.
    return escape(words, quote=False).replace("\xa0", "&nbsp;")
