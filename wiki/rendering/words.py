"""The words of a text without its markup: for search, feeds, and the few lines under a title."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from wiki.rendering.parsing import Token, TooComplex, inline_words, parse, readable

_TAG = re.compile(r"<!--.*?(?:-->|\Z)|</?[A-Za-z!?][^<>]*>", re.DOTALL)
_RUNNING = frozenset({"block_text", "def_list_head", "heading", "paragraph"})
_LEFT_OUT = frozenset({"heading", "block_code", "block_html", "table", "footnotes", "task_list_item"})


def plain_text(markdown: str) -> str:
    """The words of `markdown` in reading order, one line per paragraph, heading, list item or row of a table.

    Never fails: a text past the limits comes back as it is.
    """
    try:
        tree = parse(markdown)
    except TooComplex:
        return readable(markdown)
    return "\n".join(_lines(tree.tokens, frozenset()))


def excerpt(markdown: str, length: int = 240) -> str:
    """The beginning of the running text: `length` characters, cut between words with "…".

    Headings, tables, code, notes and things to tick are left out.
    """
    try:
        tokens = parse(markdown).tokens
    except TooComplex:
        return shortened(readable(markdown[: 4 * length]), length)
    words = ""
    for line in _lines(tokens, _LEFT_OUT):
        words = f"{words} {line}" if words else line
        if len(words) > length:
            break
    return shortened(words, length)


def shortened(words: str, length: int) -> str:
    """`words` if they are no longer than `length` characters, else as many whole ones as fit before a "…"."""
    words = " ".join(words.split())
    if len(words) <= length:
        return words
    beginning = words[:length]
    space = beginning.rfind(" ")
    return beginning[: space if space > length // 2 else length - 1].rstrip(" ,;:.") + "…"


def _lines(tokens: list[Token], left_out: frozenset[str]) -> Iterator[str]:
    for token in tokens:
        kind = token["type"]
        if kind in left_out:
            continue
        if kind in _RUNNING:
            line = inline_words(token["children"])
        elif kind in ("table_head", "table_row"):
            line = " ".join(inline_words(cell["children"]) for cell in token["children"])
        elif kind == "block_code":
            yield from token["raw"].splitlines()
            continue
        elif kind == "block_html":
            line = unescape(_TAG.sub(" ", token["raw"]))
        else:
            yield from _lines(token.get("children", []), left_out)
            continue
        line = " ".join(line.split())
        if line:
            yield line
