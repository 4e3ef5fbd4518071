"""docs/security.md names, for every promise about safety, the tests that hold it; and those tests exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SECTIONS = re.split(r"^## ", (ROOT / "docs" / "security.md").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
# The letter of each section and its last number.
LAST = {"D": 30, "X": 18, "P": 18, "H": 19, "F": 11, "A": 15, "L": 10, "O": 8}


def rows(section: str) -> list[tuple[str, str, str]]:
    """Id, promise and holders of each row below the head of a table."""
    found = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")][2:]
    assert all(len(cells) == 3 for cells in found), section
    return [(cells[0].strip(), cells[1].strip(), cells[2].strip()) for cells in found]


@cache
def names_in(path: str) -> set[str]:
    """Names of the test functions of a file, those of classes as `Class::test_name`."""
    names = set()
    for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            names |= {f"{node.name}::{below.name}" for below in node.body if isinstance(below, ast.FunctionDef)}
        elif isinstance(node, ast.FunctionDef):
            names.add(node.name)
    return {name for name in names if name.split("::")[-1].startswith("test_")}


@pytest.mark.parametrize(("letter", "section"), list(zip(LAST, SECTIONS, strict=True)))
def test_every_row_is_there_once_and_in_order(letter: str, section: str) -> None:
    ids = [row for row, _promise, _holders in rows(section)]
    assert ids == [f"{letter}{number:02}" for number in range(1, LAST[letter] + 1)]


@pytest.mark.parametrize("section", SECTIONS)
def test_every_test_a_row_names_exists_and_a_row_without_one_says_why(section: str) -> None:
    for row, promise, holders in rows(section):
        named = re.findall(r"`([^`]*)`", holders)
        if holders == "–":
            assert promise.startswith("None here"), row
            continue
        assert named, row
        assert re.sub(r"`[^`]*`|[,\s]", "", holders) == "", f"{row}: {holders}"
        for one in named:
            path, _, name = one.partition("::")
            assert name in names_in(path), f"{row}: {one}"
