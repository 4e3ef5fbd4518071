"""Markdown to a tree of tokens, in bounded time: the only place that knows how mistune reads.

Levain's dialect is CommonMark with tables, footnotes, task lists, definition lists, struck words, bare
addresses and [[wiki links]].
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass
from functools import lru_cache
from re import Match
from typing import Any

from mistune import BlockParser, BlockState, InlineParser, InlineState, Markdown
from mistune.plugins.def_list import def_list
from mistune.plugins.footnotes import footnotes
from mistune.plugins.formatting import strikethrough
from mistune.plugins.task_lists import task_lists
from mistune.plugins.url import url
from mistune.util import unescape

from wiki.rendering.keys import link_key
from wiki.rendering.tables import tables

Token = dict[str, Any]

SOURCE_LIMIT = 200_000  # characters of Markdown
WEIGHT_LIMIT = 2_000_000  # characters and tokens after expansion of link references
EMPHASIS_LIMIT = 300  # runs of * or _ in one paragraph: mistune matches them in quadratic time
ESCAPE_LIMIT = 30_000  # characters of one paragraph that the sanitiser writes in quadratic time
CONTAINER_LIMIT = 15_000  # quotes and list items
CHAIN_LIMIT = 60  # quotes and lists following or holding one another, which mistune reads by recursion
RAW_TAG_LIMIT = 5_000
REMEMBERED_LENGTH = 50_000  # a few trees of texts up to this length are kept
ANCHOR_LENGTH = 80
ASCII_BLANKS = " \t\n\r\f\v"

# What no reader could see and no XML may hold: control characters, noncharacters, halves of surrogate pairs.
_UNREADABLE = re.compile("[\0-\x08\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PAGE_BREAKS = str.maketrans("\v\f", "  ")
_EMPHASIS_RUN = re.compile(r"\*+|_+")
_INLINE_MARKUP = re.compile(r"[\\`*_\[<~\n]|https?://")
_ESCAPED = re.compile("[&\x80-\xbf]")

# [[page]], [[page|words]], [[page#section]], [[#section]]; in a table the bar may be escaped.
_WIKI_LINK = (
    r"\[\[(?!\^)(?P<wiki_page>[^\[\]|#\\]{0,300})(?:#(?P<wiki_section>[^\[\]|\\]{1,300}))?"
    r"(?:\\?\|(?P<wiki_words>[^\[\]]{1,500}))?\]\]"
)
_WIKI_LINK_ANYWHERE = re.compile(_WIKI_LINK)


class TooComplex(Exception):
    """Rendering this text could take unreasonable time or memory."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the text itself, not of a quote or list inside it."""

    level: int  # as typed, 1 to 6
    words: str
    anchor: str
    start: int  # offset of its first line in the source


@dataclass(frozen=True, slots=True)
class Tree:
    """A text understood: block tokens in order, and what the whole page needs to know of them."""

    tokens: list[Token]
    headings: list[Heading]
    links: tuple[str, ...]  # keys of the pages it links to, in order, each once
    shift: int  # from the level of a heading to that on the page, where the highest is h2


def parse(markdown: str) -> Tree:
    """The tree of `markdown`. Raises TooComplex past the limits. Callers share it: nobody changes it."""
    if len(markdown) > SOURCE_LIMIT:
        raise TooComplex
    return _parsed_recently(markdown) if len(markdown) <= REMEMBERED_LENGTH else _parsed(markdown)


def _parsed(markdown: str) -> Tree:
    try:
        tokens = _MARKDOWN.parse(readable(markdown))[0]
        assert not isinstance(tokens, str)
        weigher = _Weigher()
        weigher.weigh(tokens)
    except RecursionError:
        # The limits are chosen so that this does not happen, except to a caller deep in its own stack.
        raise TooComplex from None
    headings = list(_headings(tokens))
    shift = 2 - min((heading.level for heading in headings), default=2)
    return Tree(tokens, headings, tuple(weigher.links), shift)


# One save asks for the links, the sections and the first words of the same text.
_parsed_recently = lru_cache(maxsize=4)(_parsed)


def parse_inline(markdown: str) -> list[Token]:
    """The inline tokens of a value of one line or paragraph. Raises TooComplex past the limits."""
    if len(markdown) > SOURCE_LIMIT:
        raise TooComplex
    try:
        tokens = _MARKDOWN.inline(readable(markdown).replace("\r", "\n").strip(), {"ref_links": {}})
        _Weigher().weigh(tokens)
    except RecursionError:
        raise TooComplex from None
    return tokens


def plain_links(markdown: str) -> set[str] | None:
    """The keys of all that looks like a wiki link, in code or not; None if some double brackets do not."""
    keys = [_linked_page(match)[1] for match in _WIKI_LINK_ANYWHERE.finditer(markdown)]
    return {key for key in keys if key} if len(keys) == markdown.count("[[") else None


def readable(text: str) -> str:
    """`text` with a replacement character for each one that no page or feed can hold; of the same length."""
    if "\v" in text or "\f" in text:
        text = text.translate(_PAGE_BREAKS)
    return _UNREADABLE.sub("\ufffd", text)


def inline_words(tokens: list[Token]) -> str:
    """The words of inline tokens, as typed: no markup, entities resolved."""
    return "".join(_words(tokens))


def section_anchor(words: str) -> str:
    """The id of a heading that says `words`, when it is the first on its page to say so."""
    return "s-" + (link_key(words)[:ANCHOR_LENGTH].strip("-") or "section")


def _words(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        kind = token["type"]
        if kind == "text":
            yield unescape(token["raw"])
        elif kind == "codespan":
            yield token["raw"]
        elif kind in ("softbreak", "linebreak"):
            yield " "
        elif "children" in token:
            yield from _words(token["children"])


def _headings(tokens: list[Token]) -> Iterator[Heading]:
    """The headings that have words; each of their tokens learns its anchor."""
    repeats: dict[str, int] = {}
    for token in tokens:
        if token["type"] != "heading":
            continue
        words = " ".join(inline_words(token["children"]).split())
        if not words:
            continue
        wanted = anchor = section_anchor(words)
        while anchor in repeats:
            repeats[wanted] += 1
            anchor = f"{wanted}-{repeats[wanted]}"
        repeats[anchor] = 1
        token["anchor"] = anchor
        token["words"] = words
        yield Heading(token["attrs"]["level"], words, anchor, token["start"])


class _Weigher:
    """Walks a tree once: counts what its HTML will weigh, gathers the wiki links that will show."""

    def __init__(self) -> None:
        self.weight = 0
        self.raw_tags = 0
        self.links: dict[str, None] = {}  # an ordered set

    def weigh(self, tokens: list[Token], shown: bool = True) -> None:
        self.weight += 10 * len(tokens)
        for token in tokens:
            kind = token["type"]
            if "raw" in token:
                self.weight += len(token["raw"])
                _check_escapes(token["raw"])
                if kind in ("inline_html", "block_html"):
                    self.raw_tags += token["raw"].count("<")
            elif kind == "wiki_link":
                self.weight += 150
                if shown and token["attrs"]["key"]:
                    self.links[token["attrs"]["key"]] = None
            elif kind in ("link", "image"):
                for attribute in (token["attrs"]["url"], token["attrs"].get("title") or ""):
                    self.weight += len(attribute)
                    _check_escapes(attribute)
            if "children" in token:
                self.weigh(token["children"], shown and kind not in ("image", "link"))
        if self.weight > WEIGHT_LIMIT or self.raw_tags > RAW_TAG_LIMIT:
            raise TooComplex


class _BlockState(BlockState):
    """Remembers where each paragraph starts: a paragraph may turn out to be a heading."""

    def add_paragraph(self, text: str) -> None:
        start = self.cursor
        super().add_paragraph(text)
        self.tokens[-1].setdefault("start", start)


class _BlockParser(BlockParser):
    state_cls = _BlockState

    def parse(self, state: BlockState, rules: list[str] | None = None) -> None:
        containers = state.env["containers"] = state.env.get("containers", 0) + 1
        if containers > CONTAINER_LIMIT:
            raise TooComplex
        super().parse(state, rules)

    def parse_atx_heading(self, m: Match[str], state: BlockState) -> int:
        # mistune looks for closing marks in quadratic time.
        words = m["atx_2"].strip(ASCII_BLANKS)
        unmarked = words.rstrip("#")
        if not unmarked or unmarked[-1] in " \t":
            words = unmarked.rstrip(ASCII_BLANKS)
        attributes = {"level": len(m["atx_1"])}
        state.append_token({"type": "heading", "text": words, "attrs": attributes, "start": m.start()})
        return m.end() + 1

    def parse_block_quote(self, m: Match[str], state: BlockState) -> int:
        return self._within_chain(super().parse_block_quote, m, state)

    def parse_list(self, m: Match[str], state: BlockState) -> int:
        return self._within_chain(super().parse_list, m, state)

    def _within_chain(
        self, parse: Callable[[Match[str], BlockState], int], m: Match[str], state: BlockState
    ) -> int:
        length = state.env.get("chain", 0)
        if length >= CHAIN_LIMIT:
            raise TooComplex
        state.env["chain"] = length + 1
        end = parse(m, state)
        state.env["chain"] = length
        return end


class _InlineParser(InlineParser):
    def __call__(self, s: str, env: MutableMapping[str, Any]) -> list[Token]:
        if not _INLINE_MARKUP.search(s):  # most items of most lists: words and nothing else
            return [{"type": "text", "raw": s}] if s else []
        marks = s.count("*") + s.count("_")
        if marks > EMPHASIS_LIMIT and sum(1 for _ in _EMPHASIS_RUN.finditer(s)) > EMPHASIS_LIMIT:
            raise TooComplex
        _check_escapes(s)
        return super().__call__(s, env)


def _check_escapes(text: str) -> None:
    if len(text) > ESCAPE_LIMIT and sum(1 for _ in _ESCAPED.finditer(text)) > ESCAPE_LIMIT:
        raise TooComplex


def _wiki_links(md: Markdown) -> None:
    md.inline.register("wiki_link", _WIKI_LINK, _parse_wiki_link, before="link", start_chars="[")


def _parse_wiki_link(inline: InlineParser, match: Match[str], state: InlineState) -> int | None:
    page, key = _linked_page(match)
    section = unescape(match["wiki_section"] or "")
    if (not key and (page or not section)) or state.depth >= inline.max_nested_level:
        return None
    words = (match["wiki_words"] or "").strip()
    children: list[Token] = [{"type": "text", "raw": match["wiki_page"].strip() or match["wiki_section"]}]
    if words:
        inner = state.copy()
        inner.in_link = True
        inner.src = words
        children = inline.render(inner)
    if state.in_link:
        for child in children:
            state.append_token(child)
    else:
        attributes = {"page": page, "key": key, "section": section, "named": bool(words)}
        state.append_token({"type": "wiki_link", "children": children, "attrs": attributes})
    return match.end()


def _linked_page(match: Match[str]) -> tuple[str, str]:
    """The page a link names, and its key."""
    page = unescape(" ".join(match["wiki_page"].split()))
    return page, link_key(page)


# Reading keeps no state in these: one of each serves every thread.
_BLOCKS = _BlockParser()
_PLUGINS = (strikethrough, footnotes, tables, task_lists, def_list, url, _wiki_links)
_MARKDOWN = Markdown(renderer=None, block=_BLOCKS, inline=_InlineParser(), plugins=_PLUGINS)
