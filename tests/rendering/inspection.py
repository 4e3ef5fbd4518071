"""Reads finished HTML as a browser's tokenizer would, and says what in it must not be there."""

from __future__ import annotations

import re
from html.parser import HTMLParser

# fmt: off
ELEMENTS = frozenset({
    "a", "abbr", "b", "bdi", "blockquote", "br", "caption", "cite", "code", "dd", "del", "details", "dfn", "div", "dl",
    "dt", "em", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "rp",
    "rt", "ruby", "s", "samp", "section", "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td",
    "th", "thead", "time", "tr", "u", "ul", "var", "wbr",
})
ATTRIBUTES = frozenset({
    "alt", "aria-label", "class", "colspan", "datetime", "href", "id", "lang", "loading", "open", "rel", "role",
    "rowspan", "scope", "src", "start", "tabindex", "title",
})
CLASSES = frozenset({
    "missing", "footnote", "footnote-back", "picture", "table-scroll", "task", "footnotes", "task-box",
    "task-box done", "align-center", "align-right",
})
# fmt: on
VOID = frozenset({"br", "hr", "img", "wbr"})
OUTWARD = re.compile(r"(?i)(https?|mailto|tel):")


class Inspection(HTMLParser):
    """What `html` holds; `faults` names what no page may hold."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.links: list[dict[str, str | None]] = []
        self.pictures: list[dict[str, str | None]] = []
        self.elements: list[str] = []
        self.words = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        self.faults += [f"<{name}> is left open" for name in self._open]
        self.faults += ["an id is there twice"] * (len(self.ids) != len(set(self.ids)))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        if tag not in ELEMENTS:
            self.faults.append(f"<{tag}> is no element for a page")
        if tag not in VOID:
            self._open.append(tag)
        for name, value in attrs:
            self._inspect(tag, name, value or "")
        if tag == "a":
            self.links.append(dict(attrs))
        if tag == "img":
            self.pictures.append(dict(attrs))

    def _inspect(self, tag: str, name: str, value: str) -> None:
        if name not in ATTRIBUTES:
            self.faults.append(f"{name} is no attribute for a page")
        if name == "class" and value not in CLASSES:
            self.faults.append(f"class {value!r} is not one of ours")
        if name == "id":
            self.ids.append(value)
            if not value.startswith(("s-", "n-")):
                self.faults.append(f"id {value!r} could be the page's own")
        if name == "href" and tag == "a":
            self._inspect_address(value)
        if name == "src" and not re.match(r"/(?![/\\])", value):
            self.faults.append(f"a picture from {value!r}")

    def _inspect_address(self, address: str) -> None:
        compact = re.sub(r"[\x00-\x20\x7f-\xa0]", "", address)
        scheme = re.match(r"[^/?#]*?:", compact)
        if scheme and not OUTWARD.match(compact):
            self.faults.append(f"a link to {address!r}")

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_comment(self, data: str) -> None:
        self.faults.append("a comment")

    def handle_decl(self, decl: str) -> None:
        self.faults.append("a declaration")

    def unknown_decl(self, data: str) -> None:
        self.faults.append("a declaration")

    def handle_pi(self, data: str) -> None:
        self.faults.append("a processing instruction")
