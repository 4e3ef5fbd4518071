"""The house is built as planned, and the inspector who says so sees what is wrong."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

import pytest

from tests.architecture import MAY_IMPORT, House, violations

WIKI = Path(__file__).resolve().parent.parent / "wiki"


def test_the_house_is_built_as_planned() -> None:
    found = violations(WIKI)
    assert found == [], "\n" + "\n".join(found)


def test_every_planned_direction_goes_down() -> None:
    order: list[str] = []
    while len(order) < len(MAY_IMPORT):
        ready = [name for name, below in MAY_IMPORT.items() if name not in order and below <= set(order)]
        assert ready, f"circle among {set(MAY_IMPORT) - set(order)}"
        order += ready


def test_the_readme_draws_every_room() -> None:
    readme = (WIKI.parent / "README.md").read_text(encoding="utf-8")
    drawn = readme.partition("## How it is built")[2].split("```")[1]
    assert {name for name in MAY_IMPORT if not re.search(rf"\b{name}\b", drawn)} == set()


def test_h19_no_room_can_ask_another_machine_but_for_letters_and_the_listening_port() -> None:
    """No address a visitor gives is ever fetched: there is nothing here to fetch it with."""
    clients = {"ftplib", "socket", "smtplib", "requests", "httpx", "aiohttp", "urllib.request", "http.client"}
    found = set()
    for imported in House(WIKI).imports:
        whole = f"{imported.module}.{imported.name}"
        if clients & {imported.module.split(".")[0], imported.module, whole}:
            found.add((imported.importer, imported.module))
    assert found == {("wiki.mail", "smtplib"), ("wiki.cli.serving", "socket")}


# Where a statement is put together at all, and of which of our own words.
OWN_WORDS = {
    "wiki/database.py": {"BUSY_TIMEOUT_MS", "journal"},
    "wiki/migrations/__init__.py": {"_POSTGRESQL_LOCK"},
    "wiki/migrations/versions/0011_suggestions.py": {"_KEPT"},
    "wiki/search/postgresql_engine.py": {"order"},
    "wiki/search/postgresql_matching.py": {"condition", "parts", "table"},
}


def test_h18_statements_are_put_together_from_our_own_words_only() -> None:
    """Everything else is a statement of SQLAlchemy's, or words that stand in the source, with parameters."""
    takes_sql = {"text", "execute", "exec_driver_sql", "executescript", "executemany", "literal_column", "TextClause"}
    found: dict[str, set[str]] = {}
    for path in sorted(WIKI.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            words = node.args[0]
            formatted = isinstance(words, ast.JoinedStr) or (
                isinstance(words, ast.BinOp) and isinstance(words.op, ast.Add | ast.Mod)
            ) or (isinstance(words, ast.Call) and getattr(words.func, "attr", "") in ("format", "join", "replace"))
            if name in takes_sql and formatted:
                names = {part.id for part in ast.walk(words) if isinstance(part, ast.Name)}
                found.setdefault(path.relative_to(WIKI.parent).as_posix(), set()).update(names)
    assert found == OWN_WORDS


FAULTS = {
    "an import that goes up": ("history/models.py", "from wiki import pages", "history may not import pages"),
    "an import that goes up, hidden in a function": (
        "rendering/keys.py", "def f():\n    from wiki.accounts import GUEST", "rendering may not import accounts",
    ),
    "a relative import that goes up": (
        "history/models.py", "from ..pages import find", "history may not import pages",
    ),
    "a room entered by the window": (
        "web/reading.py", "from wiki.pages.queries import find", "by its front door",
    ),
    "a room entered by the window, as a module": (
        "web/reading.py", "import wiki.pages.models", "by its front door",
    ),
    "a room asked for what it does not offer": ("web/reading.py", "from wiki.pages import Page", "does not offer Page"),
    "a room's inside taken through its name": (
        "web/reading.py", "def f():\n    return pages.models.Page", "does not offer it",
    ),
    "a private name taken": ("web/reading.py", "from wiki.rendering import _gaps", "_gaps is private"),
    "the Markdown parser outside rendering": ("pages/reading.py", "import mistune", "only rendering may"),
    "the sanitiser outside rendering": ("web/reading.py", "from nh3 import clean", "only rendering may"),
    "the index outside search": ("pages/queries.py", "import whoosh.index", "only search may"),
    "the differ outside history": (
        "pages/editing.py", "from diff_match_patch import diff_match_patch", "only history may",
    ),
    "a request outside the web": ("pages/editing.py", "from flask import request", "only web sees requests"),
    "an answer made outside the web": (
        "permissions.py", "from flask import render_template", "only web sees requests",
    ),
    "the database in the web": ("web/reading.py", "from sqlalchemy import select", "web never sees the database"),
    "a session in the web": ("web/reading.py", "from wiki.database import db", "web never sees the database"),
    "a session in the web, by another way": (
        "web/reading.py", "def f():\n    return database.db.session", "takes database.db",
    ),
    "the index in the web": ("web/search.py", "from wiki import search", "web may not import search"),
    "Flask in the renderer": ("rendering/page.py", "import flask_babel", "is pure"),
    "Flask in a reader": ("agenda/reading/sheets.py", "from flask import current_app", "is pure"),
    "the database in a reader": ("agenda/reading/sheets.py", "import sqlalchemy", "is pure"),
    "words in a writer": ("agenda/tables.py", "import flask_babel", "is pure"),
    "Flask in the gazetteer": ("places/gazetteer.py", "import flask_babel", "is pure"),
    "the database in the merge": ("history/merge.py", "from wiki.history.models import Revision", "is pure"),
    "the database in a new module of history": ("history/new.py", "import sqlalchemy", "is pure"),
    "the database in the kinds": ("pages/kinds.py", "from wiki.database import db", "knows no database"),
    "a circle": ("pages/models.py", "from wiki.pages.editing import save", "in a circle"),
    "a drawer": ("pages/utils.py", "x = 1", "not in a drawer"),
    "a room nobody planned": ("cupboard.py", "x = 1", "not in the plan"),
    "a file with two nouns": ("errors.py", "x = 1\n" * 500, "two nouns"),
    "a function with two verbs": ("errors.py", "def f():\n" + "    x = 1\n" * 80, "two verbs"),
}


@pytest.fixture(scope="module")
def already_found() -> set[str]:
    return set(violations(WIKI))


@pytest.mark.parametrize("fault", FAULTS)
def test_the_inspector_sees(fault: str, tmp_path: Path, already_found: set[str]) -> None:
    file, code, sentence = FAULTS[fault]
    shutil.copytree(WIKI, tmp_path / "wiki", ignore=shutil.ignore_patterns("static", "translations", "__pycache__"))
    with (tmp_path / "wiki" / file).open("a", encoding="utf-8") as source:
        source.write(f"\n\n{code}\n")
    new = set(violations(tmp_path / "wiki")) - already_found
    assert any(sentence in found for found in new), new
