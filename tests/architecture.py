"""The plan of the house, and an inspector who reads every import and says which ones break it.

Nothing is run: the source is parsed. Imports inside functions count like any other.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# Who may import whom. A room that is not here has not been thought about.
MAY_IMPORT: dict[str, set[str]] = {
    "wsgi": {"database", "errors", "journal", "mail", "migrations", "pages", "wiki"},
    "wiki": {"audit", "cli", "config", "database", "mail", "resources", "search", "web"},
    "cli": {"accounts", "agenda", "audit", "backup", "config", "database", "errors", "journal", "mail", "migrations",
        "pages", "soundness"},
    "web": {"accounts", "agenda", "audit", "config", "database", "errors", "mail", "pages", "places", "rendering",
        "resources", "soundness"},
    "pages": {
        "accounts", "agenda", "audit", "database", "errors", "history", "naming", "permissions", "places", "rendering",
        "resources", "search",
    },
    "soundness": {"backup", "config", "database", "resources"},
    "backup": {"database", "errors", "history", "migrations"},
    "search": {"config", "database", "errors", "rendering"},
    "history": {"database", "errors"},
    "places": {"rendering"},
    "permissions": {"accounts", "database", "errors", "history"},
    "accounts": {"audit", "database", "errors", "mail", "naming"},
    "mail": {"config"},
    "journal": {"audit"},
    "audit": set(),
    "migrations": {"database", "errors"},
    "naming": {"rendering"},
    "rendering": set(),
    "agenda": {"errors"},
    "database": {"config", "errors", "resources"},
    "config": {"errors"},
    "resources": {"errors"},
    "errors": set(),
}
# The command makes the application it works on; everything else is joined from above.
EXCEPTIONS = {("wiki.cli.opening", "wiki")}

ONLY_IN = {
    "mistune": "rendering", "nh3": "rendering", "whoosh": "search", "diff_match_patch": "history",
    "icalendar": "agenda", "flask_login": "web", "flask_wtf": "web", "flask_limiter": "web", "segno": "web",
    "waitress": "cli", "smtplib": "mail",
}
# What carries a request or makes an answer.
FLASK_ONLY_IN_WEB = {
    "request", "session", "render_template", "render_template_string", "url_for", "redirect", "flash", "abort",
    "make_response", "Blueprint", "Response", "jsonify", "send_file",
}
DATABASE_LIBRARIES = {"sqlalchemy", "flask_sqlalchemy", "alembic", "flask_migrate", "sqlite3", "pysqlite3", "psycopg"}
# The web may ask whether the database answers, and no more.
WEB_SEES_OF_DATABASE = {"answers"}

STATEFUL_HISTORY = {
    "wiki.history", "wiki.history.models", "wiki.history.revisions", "wiki.history.hiding",
    "wiki.history.lineage", "wiki.history.signing",
}
# What reads files of others complains of them to people, in their language, and knows no more than that.
SPEAKING = ("wiki.agenda.draft", "wiki.agenda.reading")
WITHOUT_DATABASE = (
    "wiki.pages.fields", "wiki.pages.frontmatter", "wiki.pages.kinds", "wiki.pages.textform", *SPEAKING,
)

FORBIDDEN_NAMES = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "managers"}
# Guides are 400 and 60; a little over is a matter of judgement, much over is not.
LONGEST_FILE, LONGEST_FUNCTION = 450, 70


@dataclass(frozen=True)
class Import:
    """One imported module, and the name taken from it where one was."""

    importer: str
    line: int
    module: str
    name: str | None

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.module}" + (f" ({self.name})" if self.name else "")


@cache
def _parsed(source: str) -> tuple[ast.Module, list[ast.AST]]:
    """The tree of a source, and all its nodes."""
    tree = ast.parse(source)
    return tree, list(ast.walk(tree))


class House:
    """The parsed source of a package folder called `wiki`."""

    def __init__(self, folder: Path) -> None:
        self.trees: dict[str, ast.Module] = {}
        self.nodes: dict[str, list[ast.AST]] = {}
        self.lengths: dict[str, int] = {}
        for path in sorted(folder.rglob("*.py")):
            parts = [folder.name, *path.relative_to(folder).with_suffix("").parts]
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            source = path.read_text(encoding="utf-8")
            self.trees[name], self.nodes[name] = _parsed(source)
            self.lengths[name] = source.count("\n")
        self.packages = {name.rpartition(".")[0] for name in self.trees} - {""}
        self.imports = [found for name in self.trees for found in self._imports(name)]
        self.offers = {name: self._offered(f"wiki.{name}") for name in {room(module) for module in self.trees}}

    def _imports(self, importer: str) -> Iterator[Import]:
        for node in self.nodes[importer]:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield Import(importer, node.lineno, alias.name, None)
            elif isinstance(node, ast.ImportFrom):
                module = self._absolute(importer, node)
                for alias in node.names:
                    submodule = f"{module}.{alias.name}"
                    if submodule in self.trees:
                        yield Import(importer, node.lineno, submodule, None)
                    else:
                        yield Import(importer, node.lineno, module, alias.name)

    def _absolute(self, importer: str, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        base = importer.split(".") if importer in self.packages else importer.split(".")[:-1]
        base = base[: len(base) - node.level + 1]
        return ".".join([*base, node.module] if node.module else base)

    def _offered(self, module: str) -> set[str] | None:
        """The names behind a room's front door; None for a room that is a single module."""
        if module not in self.packages:
            return None
        names: set[str] = set()
        for node in self.trees[module].body:
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
                return set(ast.literal_eval(node.value))
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                names.add(node.name)
            elif isinstance(node, ast.Assign):
                names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        return {name for name in names if not name.startswith("_")}


def room(module: str) -> str:
    """The room a module of ours belongs to; "wiki" for the package itself."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "wiki"


def violations(folder: Path) -> list[str]:
    """What is not as planned in the package at `folder`, in sentences."""
    house = House(folder)
    rules = (
        _directions, _front_doors, _private_names, _libraries, _requests, _database_in_web, _pure_modules, _cycles,
        _names, _sizes,
    )
    return [sentence for rule in rules for sentence in rule(house)]


def _ours(found: Import) -> bool:
    return found.module == "wiki" or found.module.startswith("wiki.")


def _within(module: str, parent: str) -> bool:
    return module == parent or module.startswith(parent + ".")


def _directions(house: House) -> Iterator[str]:
    for name in house.trees:
        if room(name) not in MAY_IMPORT:
            yield f"{name} is a room that is not in the plan"
    for found in filter(_ours, house.imports):
        here, there = room(found.importer), room(found.module)
        planned = here == there or there in MAY_IMPORT.get(here, set())
        if not planned and (found.importer, found.module) not in EXCEPTIONS:
            yield f"{found}: {here} may not import {there}"


def _front_doors(house: House) -> Iterator[str]:
    for found in filter(_ours, house.imports):
        there = room(found.module)
        if there in (room(found.importer), "wiki"):
            continue
        offered = house.offers.get(there)
        if found.module != f"wiki.{there}":
            yield f"{found}: enter the room {there} by its front door"
        elif offered is not None and found.name is not None and found.name not in offered:
            yield f"{found}: the room {there} does not offer {found.name}"
    for name, nodes in house.nodes.items():
        rooms = {room(found.module) for found in house.imports if found.importer == name and found.name is None}
        for node in nodes:
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in rooms:
                there = node.value.id
                offered = house.offers.get(there) if there != room(name) else None
                if offered is not None and node.attr not in offered:
                    yield f"{name}:{node.lineno} takes {there}.{node.attr}: the room {there} does not offer it"


def _private_names(house: House) -> Iterator[str]:
    for found in filter(_ours, house.imports):
        last = found.name or found.module.rpartition(".")[2]
        if last.startswith("_") and not last.startswith("__"):
            yield f"{found}: {last} is private"


def _libraries(house: House) -> Iterator[str]:
    for found in house.imports:
        home = ONLY_IN.get(found.module.split(".")[0])
        if home is not None and room(found.importer) != home:
            yield f"{found}: only {home} may"


def _requests(house: House) -> Iterator[str]:
    for found in house.imports:
        if found.module == "flask" and found.name in FLASK_ONLY_IN_WEB and room(found.importer) != "web":
            yield f"{found}: only web sees requests and makes answers"


def _database_in_web(house: House) -> Iterator[str]:
    for found in house.imports:
        if room(found.importer) != "web":
            continue
        if found.module.split(".")[0] in DATABASE_LIBRARIES:
            yield f"{found}: web never sees the database"
        if found.module == "wiki.database" and found.name not in {None, *WEB_SEES_OF_DATABASE}:
            yield f"{found}: web never sees the database"
    for name, nodes in house.nodes.items():
        for node in nodes if room(name) == "web" else ():
            if (
                isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
                and node.value.id == "database" and node.attr not in WEB_SEES_OF_DATABASE
            ):
                yield f"{name}:{node.lineno} takes database.{node.attr}: web never sees the database"


def _pure_modules(house: House) -> Iterator[str]:
    for found in house.imports:
        library = found.module.split(".")[0]
        pure = room(found.importer) in ("agenda", "places", "rendering") or (
            room(found.importer) == "history" and found.importer not in STATEFUL_HISTORY
        )
        speaking = any(_within(found.importer, module) for module in SPEAKING)
        if pure and not (speaking and (library == "flask_babel" or found.module == "wiki.errors")):
            if library.startswith("flask") or library in DATABASE_LIBRARIES:
                yield f"{found}: {found.importer} is pure"
            foreign = _ours(found) and room(found.module) not in (room(found.importer), "rendering")
            if foreign or found.module in STATEFUL_HISTORY:
                yield f"{found}: {found.importer} is pure"
        stateful = _ours(found) and room(found.module) in ("accounts", "database", "history", "permissions")
        if any(_within(found.importer, module) for module in WITHOUT_DATABASE) and (
            stateful or library in DATABASE_LIBRARIES
        ):
            yield f"{found}: {found.importer} knows no database"


def _cycles(house: House) -> Iterator[str]:
    below: dict[str, set[str]] = {name: set() for name in house.trees}
    for found in filter(_ours, house.imports):
        if found.module in below and (found.importer, found.module) not in EXCEPTIONS:
            below[found.importer].add(found.module)
    finished: set[str] = set()

    def visit(name: str, path: list[str]) -> Iterator[str]:
        if name in path:
            yield "imports in a circle: " + " → ".join([*path[path.index(name) :], name])
            return
        if name in finished:
            return
        for other in sorted(below[name]):
            yield from visit(other, [*path, name])
        finished.add(name)

    for name in sorted(below):
        yield from visit(name, [])


def _names(house: House) -> Iterator[str]:
    for name in house.trees:
        if name.rpartition(".")[2] in FORBIDDEN_NAMES:
            yield f"{name}: a function belongs to the room whose noun it takes, not in a drawer"


def _sizes(house: House) -> Iterator[str]:
    for name, nodes in house.nodes.items():
        if _within(name, "wiki.migrations.versions"):
            continue  # Lists of columns, written by Alembic.
        if house.lengths[name] > LONGEST_FILE:
            yield f"{name} has {house.lengths[name]} lines: it has two nouns"
        for node in nodes:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    yield f"{name}.{node.name} has {length} lines: it has two verbs"
