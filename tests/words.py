"""Looking for words: in what a visitor is sent, in a template, among messages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

from jinja2 import Environment, nodes

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
# What French cannot do without for long, and English does not have.
FRENCH = r"[àâçéèêëîïôùûœ«»]|\b(le|les|des|une|du|est|et|pas|pour|dans|vous|votre|cette|avec)\b|\b[ldnsj]’[a-z]"

# What is written alike in both languages; anything else that is alike was forgotten.
ALIKE = {
    "Menu", "Page", "%(num)s page", "%(num)s pages", "Article", "Articles", "article", "articles", "Passage %(number)s",
    "Conversation", "Version %(number)s", "version %(number)s", "Versions", "%(num)s version", "%(num)s versions",
    "%(slug)s, version %(number)s", "Introduction", "Contact", "Dates", "Distance", "Licence", "Position", "Sources",
    "Date %(number)s", "Latitude", "Longitude", "international", "mature", "%(count)s minute", "%(count)s minutes",
}  # fmt: skip

# Names, what is the same in every language, and codes that stand in a hidden place.
_SAID_AS_IS = {"Français", "English", "CC BY-SA 4.0", "Ctrl", "S", "e", "CSV", "JSON", "GeoJSON", "history", "variants"}
_READ_ATTRIBUTES = {"aria-label", "aria-description", "title", "alt", "placeholder", "data-announce"}
_GETTEXT = {"_", "_l", "gettext", "lazy_gettext", "ngettext"}


def found(pattern: str, texts: Iterable[str]) -> list[str]:
    """Those of the texts that say this, names of placeholders and addresses left aside."""
    search = re.compile(pattern, re.IGNORECASE).search
    return [words for words in texts if search(PLACEHOLDER.sub("x", re.sub(r"https?://\S+", "", words)))]


class Seen(HTMLParser):
    """The texts a page shows or has read aloud, content of `skipped` elements left out."""

    def __init__(self, skipped: tuple[str, ...] = ("script", "style")) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._skipped = skipped
        self._inside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside += tag in self._skipped
        self.texts += [value for name, value in attrs if value and name in _READ_ATTRIBUTES]

    def handle_endtag(self, tag: str) -> None:
        self._inside -= tag in self._skipped

    def handle_data(self, data: str) -> None:
        if not self._inside and data.strip():
            self.texts.append(data.strip())

    @classmethod
    def on(cls, html: str) -> list[str]:
        seen = cls()
        seen.feed(html)
        return seen.texts


def text_outside_gettext(source: str) -> Iterator[str]:
    """Words of a template that would be shown in every language as they are typed."""
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    inside_trans = False
    page = []
    kinds = [(kind, value) for _line, kind, value in environment.lex(source)]
    for position, (kind, value) in enumerate(kinds):
        if kind == "block_begin":
            word = next(value for kind, value in kinds[position + 1 :] if kind == "name")
            inside_trans = word in ("trans", "pluralize") or (inside_trans and word != "endtrans")
        # Whatever Jinja computes stands as a sign without letters.
        page.append(value if kind == "data" and not inside_trans else "\u2060" if kind == "variable_end" else "")
    for text in Seen.on("".join(page)):
        # Inside a macro, attributes are text too.
        for words in re.split("\u2060", re.sub(r'[\w-]+="[^"]*"', "", text)):
            if re.search(r"[^\W\d_]", words) and words.strip(" \n·–,.()") not in _SAID_AS_IS:
                yield words
    yield from _constants_outside_gettext(environment.parse(source))


def _constants_outside_gettext(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in _GETTEXT:
        return
    if isinstance(node, nodes.Filter) and node.name in ("selectattr", "rejectattr"):
        return  # Compared, not shown.
    if isinstance(node, nodes.Const) and isinstance(node.value, str) and node.value not in _SAID_AS_IS:
        # A sentence, or a word of French: codes, addresses and names of fields have neither capitals nor accents.
        sentence = re.search(r"[à-öø-ÿœÀ-ÖØ-Þ’«]|^[A-Z][a-z]|[a-z] [a-z]{2,} ", node.value)
        if sentence and "<" not in node.value:
            yield node.value
    for child in node.iter_child_nodes():
        yield from _constants_outside_gettext(child)


def french_outside_gettext(source: str) -> Iterator[str]:
    """Sentences and separators of French that a module would say in every language."""
    tree = ast.parse(source)
    said: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            said.add(node.value)  # A docstring.
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _GETTEXT:
            said.update(part for argument in node.args for part in ast.walk(argument))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in said:
            pattern = "(?" in node.value or "\\" in node.value
            if not pattern and re.search(rf"\S ({FRENCH})|({FRENCH}) \S|^ [;:] $", node.value, re.IGNORECASE):
                yield node.value
