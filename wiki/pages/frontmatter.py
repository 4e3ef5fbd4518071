"""Front matter as text: a small, strict part of YAML, read with line numbers, written in one canonical way.

Only texts, lists and mappings exist here; every scalar is a string, whatever YAML would make of it. What can
hide a surprise (anchors, aliases, tags, several documents, a key given twice, deep nesting) is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from flask_babel import gettext as _

from wiki.errors import Invalid, Problem

DEPTH_MAXIMUM = 5
KEY_MAXIMUM = 100
# Far above what people write, low enough that a hostile text costs milliseconds.
NODES_MAXIMUM = 10_000
PROBLEMS_MAXIMUM = 20

# Many times faster than the pure one, which reads the same language where the C library is missing.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
# YAML takes these for line ends; people who paste them do not know they are there.
_STRAY_LINE_ENDS = re.compile("[\x85\u2028\u2029]")


@dataclass(frozen=True)
class Block:
    """A mapping that was read: its values, the line of each key, the line of each item of a list."""

    values: dict[str, Any]
    lines: dict[str, int] = field(default_factory=dict)
    item_lines: dict[str, list[int]] = field(default_factory=dict)


def read_block(text: str, first_line: int = 1) -> Block:
    """Read the lines between the two `---`. Raises Invalid with every problem found and its line.

    `first_line` is the number of the first of these lines in the whole text.
    """
    return _Reader(_STRAY_LINE_ENDS.sub(" ", text), first_line).block()


class _TooMuch(Exception):
    """Reading further would find nothing new."""


class _Reader:
    """Follows the parser's events, so that nothing is built before it was looked at."""

    def __init__(self, text: str, first_line: int) -> None:
        self.events: Iterator[Any] = iter(yaml.parse(text, Loader=_LOADER))
        self.first_line = first_line
        self.nodes = 0
        self.problems: list[Problem] = []
        self.result = Block({})

    def block(self) -> Block:
        try:
            self._documents()
        except yaml.YAMLError as error:
            problem = getattr(error, "problem", None)
            # What is left open is mended where it opens, not where the parser gave up.
            mark = getattr(error, "context_mark" if problem in _LEFT_OPEN else "problem_mark", None)
            line = mark.line + self.first_line if mark is not None else None
            self.problems.append(Problem(_explained(problem), line=line))
        except _TooMuch:
            pass
        if self.problems:
            raise Invalid(self.problems)
        return self.result

    def _documents(self) -> None:
        started = False
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if started or event.explicit or event.version or event.tags:
                    self._refuse(_("L’en-tête est coupé par une ligne de points ou de tirets ; retirez-la."), event)
                    raise _TooMuch
                started = True
            elif isinstance(event, yaml.MappingStartEvent):
                self._plain(event)
                self.result.values.update(self._mapping(1, top=True))
            elif isinstance(event, yaml.NodeEvent) and getattr(event, "value", None) != "":
                self._refuse(_("Écrivez l’en-tête en lignes « nom: valeur »."), event)
                raise _TooMuch

    def _mapping(self, depth: int, top: bool = False) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(key := next(self.events), yaml.MappingEndEvent):
            name = self._key(key, found)
            if top:
                self.result.lines.setdefault(name, self._line(key))
            item_lines = self.result.item_lines.setdefault(name, []) if top else None
            found[name] = self._value(next(self.events), depth, item_lines)
        return found

    def _key(self, event: Any, found: Mapping[str, Any]) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            self._refuse(_("Le nom d’un champ est un simple mot."), event)
            raise _TooMuch
        self._plain(event)
        name = unicodedata.normalize("NFC", event.value)
        if not name.strip() or len(name) > KEY_MAXIMUM or _NEEDS_ESCAPE.search(name) or "\n" in name:
            self._refuse(_("Le nom d’un champ tient sur une ligne, en %(maximum)s caractères au plus.",
                           maximum=KEY_MAXIMUM), event)
        elif name in found:
            message = _("Le champ « %(name)s » est donné deux fois ; gardez-en un.", name=name)
            self._refuse(message, event, name)
        return name

    def _value(self, event: Any, depth: int, item_lines: list[int] | None = None) -> Any:
        self.nodes += 1
        if self.nodes > NODES_MAXIMUM:
            self._refuse(_("L’en-tête contient trop de valeurs ; retirez-en."), event)
            raise _TooMuch
        if isinstance(event, yaml.AliasEvent):
            self._refuse(_("Une valeur ne commence pas par « * » ; mettez-la entre guillemets."), event)
            return ""
        self._plain(event)
        if isinstance(event, yaml.ScalarEvent):
            return unicodedata.normalize("NFC", event.value)
        if depth >= DEPTH_MAXIMUM:
            self._refuse(_("Trop de listes sont placées l’une dans l’autre ; écrivez une valeur par ligne."), event)
            raise _TooMuch
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(depth + 1)
        found = []
        while not isinstance(item := next(self.events), yaml.SequenceEndEvent):
            if item_lines is not None:
                item_lines.append(self._line(item))
            found.append(self._value(item, depth + 1))
        return found

    def _plain(self, event: Any) -> None:
        """Refuse what would make a value more than what is written."""
        if event.anchor is not None:
            self._refuse(_("Une valeur ne commence pas par « & » ; mettez-la entre guillemets."), event)
        if event.tag is not None:
            self._refuse(_("Une valeur ne commence pas par « ! » ; mettez-la entre guillemets."), event)

    def _line(self, event: Any) -> int:
        return int(event.start_mark.line) + self.first_line

    def _refuse(self, message: str, event: Any, name: str | None = None) -> None:
        self.problems.append(Problem(message, name, self._line(event)))
        if len(self.problems) >= PROBLEMS_MAXIMUM:
            raise _TooMuch


_LEFT_OPEN = frozenset({
    "could not find expected ':'", "found unexpected end of stream", "did not find expected ',' or ']'",
    "did not find expected ',' or '}'",
})


def _explained(problem: str | None) -> str:
    """What the parser complains of, in words for whoever typed the text."""
    match problem:
        case "mapping values are not allowed in this context":
            return _("Deux-points inattendu : mettez entre guillemets une valeur qui contient « : ».")
        case "could not find expected ':'" | "did not find expected key":
            return _("Cette ligne n’a pas la forme « nom: valeur », ou elle est mal décalée.")
        case "did not find expected '-' indicator":
            return _("Dans une liste, chaque ligne commence par « - », toutes avec le même décalage.")
        case "found unexpected end of stream":
            return _("Un guillemet ouvert n’est pas refermé.")
        case ("did not find expected ',' or ']'" | "did not find expected ',' or '}'"
              | "did not find expected node content"):
            return _("Un crochet ou une accolade n’est pas refermé ; mettez entre guillemets une valeur qui "
                     "commence ainsi.")
        case "found character that cannot start any token":
            return _("Une ligne ne commence pas par une tabulation, ni une valeur par « @ » ou « ` » ; "
                     "mettez la valeur entre guillemets.")
        case "found a tab character that violates indentation":
            return _("Une ligne ne commence pas par une tabulation ; mettez des espaces.")
        case "found unknown escape character" | "found invalid Unicode character escape code":
            return _("La barre « \\ » est mal employée entre guillemets doubles ; doublez-la.")
        case "block sequence entries are not allowed in this context":
            return _("Une liste commence à la ligne suivante, pas à côté du nom du champ.")
        case "did not find expected <document start>":
            return _("Cette ligne est mal décalée : les noms des champs commencent tous au bord.")
        case "control characters are not allowed" | None:
            return _("L’en-tête contient un caractère de commande invisible ; retirez-le.")
        case _:
            return _("Cette ligne n’est pas comprise. Chaque ligne a la forme « nom: valeur ».")


def write_block(values: Mapping[str, Any], literal: Iterable[str] = ()) -> str:
    """The canonical text of a mapping: one value a line, never folded; keys in `literal` as blocks."""
    as_blocks = frozenset(literal)
    lines = (line for key, value in values.items() for line in _entry(key, value, key in as_blocks))
    return "".join(f"{line}\n" for line in lines)


def _entry(key: str, value: Any, as_block: bool = False) -> Iterator[str]:
    name = _scalar(key)
    if isinstance(value, str):
        if (as_block or "\n" in value) and _fits_block(value):
            yield f"{name}: |" if as_block or value.endswith("\n") else f"{name}: |-"
            yield from (f"  {line}" if line else "" for line in value.removesuffix("\n").split("\n"))
        else:
            yield f"{name}: {_scalar(value)}"
    elif not value:
        yield f"{name}: {'{}' if isinstance(value, dict) else '[]'}"
    else:
        yield f"{name}:"
        yield from (f"  {line}" if line else "" for line in _lines(value))


def _lines(value: Any) -> Iterator[str]:
    """The lines of a list or mapping that is not empty."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _entry(key, inner)
        return
    for item in value:
        if isinstance(item, str):
            yield f"- {_scalar(item)}"
        elif not item:
            yield "- {}" if isinstance(item, dict) else "- []"
        else:
            for number, line in enumerate(_lines(item)):
                yield f"- {line}" if number == 0 else f"  {line}" if line else ""


_NEEDS_ESCAPE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_NOT_PLAIN = re.compile(
    r"""\A(?:[\s,\[\]{}#&*!|>'"%@`]|[-?:](?![\w])|\.\.\.)|:(?:\s|\Z)|\s#|\s\Z|\n|\A\Z"""
)
_ESCAPED = re.compile(rf"{_NEEDS_ESCAPE.pattern}|[\\\"\n]")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}


def _fits_block(value: str) -> bool:
    """Whether a literal block gives these lines back as they are."""
    text = value.removesuffix("\n")
    if not text or text[0] in " \t\n" or text[-1] in " \t\n":
        return False
    return not _NEEDS_ESCAPE.search(text.replace("\t", " "))


def _scalar(value: str) -> str:
    """`value` on one line: as it is where that reads back the same, else between double quotes."""
    if not (_NOT_PLAIN.search(value) or _NEEDS_ESCAPE.search(value)):
        return value
    return '"' + _ESCAPED.sub(lambda found: _ESCAPES.get(found[0], f"\\u{ord(found[0]):04x}"), value) + '"'
