"""Tables as people type them: a mistune plugin.

mistune's own plugin refuses a table for one miscounted row, cuts `[[page|words]]` at its bar, and reads the
rest of the text again for each refused table. This one takes rows as they are and reads each line once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from re import Match
from typing import Any

from mistune import BlockParser, BlockState, Markdown

# A line with a bar, then a line of dashes with a bar.
_TABLE = (
    r"^ {0,3}(?=[^ \t\n][^\n]*)(?=[^\n|]*\|)(?P<table_head>[^\n]+)\n"
    r" {0,3}(?=[:\-| \t]*-)(?P<table_dashes>[:\- \t]*\|[:\-| \t]*)(?:\n|$)"
)
_BAR = re.compile(r"\\.|\[\[[^\[\]|\\]+\|[^\[\]|]+\]\]|\|")
_DASHES = re.compile(r"(:?)-+(:?)")
_SIDES = {(":", ":"): "center", ("", ":"): "right"}
_INTERRUPTIONS = ["fenced_code", "atx_heading", "thematic_break", "block_quote", "list"]

Token = dict[str, Any]


def tables(md: Markdown) -> None:
    """Teach `md` tables, also inside lists and quotes."""
    block = md.block
    block.register("table", _TABLE, _parse_table)
    block.insert_rule(block.list_rules, "table")
    block.insert_rule(block.block_quote_rules, "table")


def _parse_table(block: BlockParser, match: Match[str], state: BlockState) -> int | None:
    head = list(_cells(match["table_head"]))
    sides = [_DASHES.fullmatch(dashes) for dashes in _cells(match["table_dashes"])]
    if len(sides) != len(head) or None in sides:
        return None
    aligns = [_SIDES.get((side[1], side[2])) for side in sides if side]
    rows, end = _rows(block, state, match.end(), aligns)
    header = {"type": "table_head", "children": _row(head, aligns, "th")}
    state.append_token({"type": "table", "children": [header, {"type": "table_body", "children": rows}]})
    return end


def _rows(
    block: BlockParser, state: BlockState, start: int, aligns: list[str | None]
) -> tuple[list[Token], int]:
    interruption = block.compile_sc(_INTERRUPTIONS)
    rows: list[Token] = []
    while start < state.cursor_max:
        line = state.get_line(start)
        if "|" not in line or interruption.match(state.src, start):
            break
        cells = list(_cells(line))
        if len(cells) > len(aligns):  # nothing typed may vanish from the page
            cells[len(aligns) - 1 :] = [" | ".join(cells[len(aligns) - 1 :])]
        rows.append({"type": "table_row", "children": _row(cells, aligns, "td")})
        start += len(line)
    return rows, start


def _row(cells: list[str], aligns: list[str | None], tag: str) -> list[Token]:
    return [
        {"type": "table_cell", "text": cell, "attrs": {"align": align, "tag": tag}}
        for cell, align in zip(cells, aligns, strict=False)
    ]


def _cells(line: str) -> Iterator[str]:
    """The cells of a row, escaped bars unescaped; bars at the ends of the line belong to no cell."""
    line = line.strip()
    start = 1 if line.startswith("|") else 0
    for bar in _BAR.finditer(line, start):
        if bar[0] == "|":
            yield line[start : bar.start()].strip().replace("\\|", "|")
            start = bar.end()
    if start < len(line):
        yield line[start:].strip().replace("\\|", "|")
