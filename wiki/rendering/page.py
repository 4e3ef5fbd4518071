"""A tree of tokens written as HTML."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from mistune.util import unescape

from wiki.rendering.parsing import Token, Tree, inline_words, section_anchor
from wiki.rendering.rawhtml import Nesting
from wiki.rendering.safety import OUTWARD, safe_address
from wiki.rendering.typography import french


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """Where a wiki link leads: the address of the page and its title."""

    url: str
    title: str


@dataclass(frozen=True, slots=True)
class Labels:
    """The words that the page itself adds to a text, in the language of the text."""

    footnotes: str = "Notes"
    note: str = "Note {number}"
    back: str = "Revenir au texte (note {number})"
    missing: str = "Page à créer"
    table: str = "Tableau {number}"
    done: str = "fait"
    todo: str = "à faire"


def new_article_url(title: str) -> str:
    """Where a page called `title` can be created."""
    return "/new/article?title=" + quote(title, safe="")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a text needs from outside to become a page."""

    targets: Mapping[str, LinkTarget]
    missing_url: Callable[[str], str] = new_article_url
    labels: Labels = Labels()
    language: str = "fr"


_ENCLOSED = {
    "block_quote": ("<blockquote>\n", "</blockquote>\n"),
    "block_text": ("", "\n"),
    "def_list": ("<dl>\n", "</dl>\n"),
    "def_list_head": ("<dt>", "</dt>\n"),
    "def_list_item": ("<dd>", "</dd>\n"),
    "emphasis": ("<em>", "</em>"),
    "list_item": ("<li>", "</li>\n"),
    "paragraph": ("<p>", "</p>\n"),
    "strikethrough": ("<del>", "</del>"),
    "strong": ("<strong>", "</strong>"),
    "table_body": ("<tbody>\n", "</tbody>\n"),
    "table_head": ("<thead>\n<tr>\n", "</tr>\n</thead>\n"),
    "table_row": ("<tr>\n", "</tr>\n"),
}
# A step as recipes title them: "3. Former les collègues (une demi-journée)".
_STEP = re.compile(r"(\d{1,2})[.)]\s+(.*?)(?:\s+(\([^()<>]*\)))?\s*\Z", re.DOTALL)
_FIXED = {"blank_line": "", "linebreak": "<br>\n", "softbreak": "\n", "thematic_break": "<hr>\n"}


class Page:
    """Writes one text. The result is not yet safe: it goes through the sanitiser as a whole."""

    def __init__(self, surroundings: Surroundings) -> None:
        self.in_link = False
        self._around = surroundings
        self._labels = surroundings.labels
        self._typography = french if surroundings.language.startswith("fr") else str
        self._shift = 0
        self._notes = 0
        self._note_references: dict[int, int] = {}
        self._tables = 0
        self._section = ""

    def body(self, tree: Tree) -> str:
        """The blocks of a text."""
        self._shift = tree.shift
        if tree.tokens and tree.tokens[-1]["type"] == "footnotes":
            self._notes = len(tree.tokens[-1]["children"])
        return self._written(tree.tokens, inline=False)

    def phrase(self, tokens: list[Token]) -> str:
        """The inside of a line."""
        return self._written(tokens, inline=True)

    def text(self, raw: str) -> str:
        return escape(unescape(raw), quote=False)

    def opening_link(self, address: str, title: str) -> str:
        safe = None if self.in_link else safe_address(address)
        if not safe:
            return ""
        address, outward = safe
        rel = f' rel="{OUTWARD}"' if outward else ""
        return f'<a href="{escape(address)}"{_title(title)}{rel}>'

    def picture(self, address: str, words: str, title: str) -> str:
        """Pictures come from this wiki only: one from elsewhere would tell strangers who reads the page."""
        safe = safe_address(address)
        if safe and not safe[1] and safe[0].startswith("/"):
            return f'<img src="{escape(safe[0])}" alt="{escape(words)}"{_title(title)} loading="lazy">'
        words = escape(words or title, quote=False)
        opening = self.opening_link(address, title) if safe and safe[1] else ""
        if not opening:
            return words
        return f'<a class="picture"{opening[2:]}{words or escape(address, quote=False)}</a>'

    def _written(self, tokens: list[Token], inline: bool) -> str:
        parts: list[str] = []
        nesting: Nesting | None = None
        for token in tokens:
            kind = token["type"]
            if kind == "text":
                parts.append(escape(self._typography(unescape(token["raw"])), quote=False))
            elif kind in _FIXED:
                parts.append(_FIXED[kind])
            elif kind in _ENCLOSED:
                before, after = _ENCLOSED[kind]
                parts.append(before + self._written(token["children"], kind in _HOLDS_PHRASES) + after)
            elif kind in ("inline_html", "block_html"):
                nesting = nesting or Nesting(self, inline)
                parts.append(nesting.written(token["raw"]))
            else:
                parts.append(_WRITERS[kind](self, token))
        if nesting:
            parts.append(nesting.finished())
        return "".join(parts)

    def _codespan(self, token: Token) -> str:
        return f"<code>{escape(token['raw'], quote=False)}</code>"

    def _link(self, token: Token) -> str:
        children, attributes = token["children"], token["attrs"]
        opening = self.opening_link(attributes["url"], attributes.get("title") or "")
        if not opening:
            return self._written(children, inline=True)
        if len(children) == 1 and children[0]["type"] == "text" and _is_address(children[0]["raw"]):
            return opening + self.text(children[0]["raw"]) + "</a>"
        self.in_link = True
        words = self._written(children, inline=True)
        self.in_link = False
        if not inline_words(children).strip():  # a link without words leads nobody anywhere
            words += self.text(attributes["url"])
        return f"{opening}{words}</a>"

    def _wiki_link(self, token: Token) -> str:
        page, key, section = (token["attrs"][name] for name in ("page", "key", "section"))
        target = self._around.targets.get(key) if key else LinkTarget("", "")
        if target and target.title and not token["attrs"]["named"]:
            words = escape(self._typography(target.title), quote=False)
        else:
            words = self._written(token["children"], inline=True)
        if self.in_link:
            return words
        if not target:
            address, missing = self._around.missing_url(page), self._labels.missing
            return f'<a class="missing" href="{escape(address)}" title="{escape(missing)}">{words}</a>'
        fragment = "#" + section_anchor(section) if section else ""
        return f'<a href="{escape(target.url + fragment)}">{words}</a>'

    def _image(self, token: Token) -> str:
        attributes = token["attrs"]
        return self.picture(attributes["url"], inline_words(token["children"]), attributes.get("title") or "")

    def _footnote_reference(self, token: Token) -> str:
        number = token["attrs"]["index"]
        if number > self._notes or self.in_link:  # a note met only inside a note is never written
            return f"<sup>{number}</sup>" if number <= self._notes else ""
        times = self._note_references[number] = self._note_references.get(number, 0) + 1
        place = f"n-ref-{number}" if times == 1 else f"n-ref-{number}-{times}"
        label = escape(self._labels.note.format(number=number))
        link = f'<a class="footnote" id="{place}" href="#n-{number}" aria-label="{label}">{number}</a>'
        return f"<sup>{link}</sup>"

    def _heading(self, token: Token) -> str:
        words = self._written(token["children"], inline=True)
        tag = f"h{min(max(token['attrs']['level'] + self._shift, 2), 6)}"
        anchor = token.get("anchor")
        if not anchor:  # inside a quote or list, or without words: nobody navigates to an empty heading
            return f"<{tag}>{words}</{tag}>\n" if inline_words(token["children"]).strip() else words
        self._section = token["words"]
        if tag != "h2" and (step := _STEP.match(words)):
            words = f'<span class="step-number">{step[1]}</span> <span class="step-title">{step[2]}'
            words += f' <span class="step-when">{step[3]}</span></span>' if step[3] else "</span>"
        return f'<{tag} id="{anchor}">{words}</{tag}>\n'

    def _block_code(self, token: Token) -> str:
        return f"<pre><code>{escape(token['raw'], quote=False)}</code></pre>\n"

    def _list(self, token: Token) -> str:
        items = self._written(token["children"], inline=False)
        if not token["attrs"]["ordered"]:
            return f"<ul>\n{items}</ul>\n"
        start = token["attrs"].get("start")
        return f'<ol start="{start}">\n{items}</ol>\n' if start is not None else f"<ol>\n{items}</ol>\n"

    def _task(self, token: Token) -> str:
        done = token["attrs"]["checked"]
        label = escape(self._labels.done if done else self._labels.todo)
        look, mark = ("task-box done", "☑") if done else ("task-box", "☐")
        box = f'<span class="{look}" role="img" aria-label="{label}">{mark}</span> '
        words = self._written(token["children"], inline=False)
        words = f"<p>{box}{words[3:]}" if words.startswith("<p>") else box + words
        return f'<li class="task">{words}</li>\n'

    def _table(self, token: Token) -> str:
        self._tables += 1
        label = self._labels.table.format(number=self._tables)
        if self._section:
            label = f"{label} ({self._section})"
        rows = self._written(token["children"], inline=False)
        return (
            f'<div class="table-scroll" role="region" aria-label="{escape(label)}" tabindex="0">'
            f"<table>\n{rows}</table></div>\n"
        )

    def _table_cell(self, token: Token) -> str:
        align = token["attrs"]["align"]
        tag = token["attrs"]["tag"] if token["children"] else "td"  # an empty cell heads nothing
        scope = ' scope="col"' if tag == "th" else ""
        side = f' class="align-{align}"' if align else ""
        return f"<{tag}{scope}{side}>{self._written(token['children'], inline=True)}</{tag}>\n"

    def _footnotes(self, token: Token) -> str:
        notes = self._written(token["children"], inline=False)
        label = escape(self._labels.footnotes)
        return f'<section class="footnotes" aria-label="{label}">\n<ol>\n{notes}</ol>\n</section>\n'

    def _footnote(self, token: Token) -> str:
        number = token["attrs"]["index"]
        label = escape(self._labels.back.format(number=number))
        back = f' <a class="footnote-back" href="#n-ref-{number}" aria-label="{label}">↩</a>'
        words = self._written(token["children"], inline=False).rstrip()
        words = words[:-4] + back + "</p>" if words.endswith("</p>") else words + back
        return f'<li id="n-{number}">{words}</li>\n'


_HOLDS_PHRASES = frozenset(
    {"block_text", "def_list_head", "emphasis", "paragraph", "strikethrough", "strong"}
)
_WRITERS: dict[str, Callable[[Page, Token], str]] = {
    "block_code": Page._block_code,
    "codespan": Page._codespan,
    "footnote_item": Page._footnote,
    "footnote_ref": Page._footnote_reference,
    "footnotes": Page._footnotes,
    "heading": Page._heading,
    "image": Page._image,
    "link": Page._link,
    "list": Page._list,
    "table": Page._table,
    "table_cell": Page._table_cell,
    "task_list_item": Page._task,
    "wiki_link": Page._wiki_link,
}


def _title(words: str) -> str:
    return f' title="{escape(unescape(words))}"' if words else ""


def _is_address(words: str) -> bool:
    return " " not in words and ("/" in words or "@" in words)
