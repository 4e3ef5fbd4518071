"""HTML typed by hand inside Markdown: a small harmless part of it works, the rest shows as what was typed.

Everything is written anew from what was understood, well-formed: a phrase left open ends with its paragraph,
so that a text can neither swallow the rest of its page nor make the sanitiser's work explode.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape, unescape
from typing import Protocol

from wiki.rendering.safety import PHRASING_TAGS

_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<![A-Za-z][^>]*(?:>|\Z)"
    r"|<(?P<closing>/?)(?P<name>[A-Za-z][A-Za-z0-9-]*)"
    r"(?P<attributes>(?:[\s/](?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*)?)>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(
    r"(?<![^\s/\"'])(?P<name>[a-zA-Z][a-zA-Z-]*)"
    r"(?:\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s\"'=<>`]+)))?"
)

_EMPTY = frozenset({"br", "hr", "img", "wbr"})
# What may hold what: a cell outside a table would be moved about by browsers.
_PARENTS = {
    "caption": frozenset({"table"}),
    "dd": frozenset({"dl"}),
    "dt": frozenset({"dl"}),
    "li": frozenset({"ol", "ul"}),
    "summary": frozenset({"details"}),
    "tbody": frozenset({"table"}),
    "td": frozenset({"tr"}),
    "th": frozenset({"tr"}),
    "thead": frozenset({"table"}),
    "tr": frozenset({"table", "tbody", "thead"}),
}
_BLOCKS = frozenset({"blockquote", "details", "dl", "hr", "ol", "table", "ul"}) | _PARENTS.keys()
# Layout from elsewhere: the words stay, the element goes.
_WRAPPERS = frozenset(
    {"article", "big", "center", "div", "font", "footer", "header", "main", "nobr", "p", "section"}
)
_KEPT = {
    "abbr": {"title"},
    "details": {"open"},
    "dfn": {"title"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
_DEPTH = 16


class Writer(Protocol):
    """The page being written, for what hand-written HTML shares with Markdown."""

    in_link: bool

    def text(self, raw: str) -> str:
        """Words, escaped."""

    def opening_link(self, address: str, title: str) -> str:
        """The opening tag of a link, or "" where none may be."""

    def picture(self, address: str, words: str, title: str) -> str:
        """A picture, or what stands for it."""


class Nesting:
    """The hand-written elements open among siblings: phrases of one paragraph, or blocks of one level."""

    def __init__(self, writer: Writer, inline: bool) -> None:
        self._writer = writer
        self._inline = inline
        self._open: list[str] = []
        self._in_block = False

    def written(self, raw: str) -> str:
        """`raw` as it may stand on the page. Blocks may stay open for the siblings that follow."""
        self._in_block = self._inline or bool(self._open)
        parts: list[str] = []
        end = 0
        for markup in _MARKUP.finditer(raw):
            parts.append(self._writer.text(raw[end : markup.start()]))
            end = markup.end()
            if not markup["name"]:
                continue  # a comment or declaration
            name = markup["name"].lower()
            if markup["closing"]:
                parts.append(self._closed(name, markup[0]))
            else:
                parts.append(self._opened(name, markup["attributes"], markup[0]))
        parts.append(self._writer.text(raw[end:]))
        if not self._inline:
            parts.append(self._without_phrases())
        html = "".join(parts)
        if self._in_block:
            return html
        html = html.strip()
        return f"<p>{html}</p>\n" if html else ""

    def finished(self) -> str:
        """The closing tags of whatever is still open."""
        return self._up_to(0)

    def _opened(self, name: str, typed: str, whole: str) -> str:
        if name in _WRAPPERS:
            return ""
        before = ""
        if name not in PHRASING_TAGS:
            if self._inline or name not in _BLOCKS:
                return self._writer.text(whole)
            before = self._without_phrases()
            parents = _PARENTS.get(name)
            if parents and not (self._open and self._open[-1] in parents):
                return before + self._writer.text(whole)
            self._in_block = True
        if len(self._open) >= _DEPTH:
            return before + self._writer.text(whole)
        attributes = _attributes(typed)
        if name == "img":
            return self._writer.picture(*(attributes.get(key, "") for key in ("src", "alt", "title")))
        if name == "a":
            tag = self._writer.opening_link(attributes.get("href", ""), attributes.get("title", ""))
            if not tag:
                return ""
            self._writer.in_link = True
        else:
            tag = before + f"<{name}{_written_attributes(name, attributes)}>"
        if name in _EMPTY:
            return tag
        self._open.append(name)
        return tag

    def _closed(self, name: str, whole: str) -> str:
        for height in range(len(self._open) - 1, -1, -1):
            if self._open[height] == name:
                return self._up_to(height)
        known = name in _WRAPPERS or name in PHRASING_TAGS or name in _BLOCKS
        return "" if known else self._writer.text(whole)

    def _without_phrases(self) -> str:
        height = len(self._open)
        while height and self._open[height - 1] in PHRASING_TAGS:
            height -= 1
        return self._up_to(height)

    def _up_to(self, height: int) -> str:
        closing = self._open[height:]
        del self._open[height:]
        if "a" in closing:
            self._writer.in_link = False
        return "".join(f"</{name}>" for name in reversed(closing))


def _attributes(typed: str) -> dict[str, str]:
    return {
        found["name"].lower(): unescape(found["double"] or found["single"] or found["bare"] or "")
        for found in _ATTRIBUTE.finditer(typed)
    }


def _written_attributes(name: str, attributes: Mapping[str, str]) -> str:
    kept = _KEPT.get(name, set()) | {"lang"}
    return "".join(f' {key}="{escape(value)}"' for key, value in attributes.items() if key in kept)
