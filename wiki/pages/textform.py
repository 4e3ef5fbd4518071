"""The text form: the whole of a page as one text, YAML front matter and then Markdown.

Strict when writing (`read_strict`, `canonical`), lenient when reading (`parse`): what is stored always shows.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask_babel import gettext as _

from wiki.errors import Invalid, Problem
from wiki.naming import BadName, clean_name
from wiki.pages.fields import Field, Value, check, items, read
from wiki.pages.frontmatter import Block, read_block, write_block
from wiki.pages.kinds import ARTICLE, KINDS, Kind
from wiki.rendering import sections

TEXT_MAXIMUM = 200_000
TITLE_MAXIMUM = 120

_OPENING = re.compile(r"---[ \t]*(?:\n|\Z)")
_CLOSING = re.compile(r"^---[ \t]*(?:\n|\Z)", re.MULTILINE)
# Vertical tabs and form feeds come from word processors and mean a line end there.
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Document:
    """A text taken apart. Values of `fields` are canonical text, `list[str]` where the field holds many.

    `extra` keeps what the kind does not declare, as it came: text, lists, mappings. `body` ends with one
    newline, or is empty.
    """

    kind: str
    fields: Mapping[str, Value]
    extra: Mapping[str, Any]
    body: str

    @property
    def declaration(self) -> Kind:
        return KINDS[self.kind]

    @cached_property
    def title(self) -> str:
        """The title; for an article without one, its first heading of the first level; else ""."""
        title = self.fields.get("title")
        if isinstance(title, str) and title:
            return title
        return _heading_title(self.body) if self.kind == ARTICLE.name else ""

    def replace(self, **changes: Any) -> Document:
        """A copy with other `kind`, `fields`, `extra` or `body`."""
        return dataclasses.replace(self, **changes)


def parse(text: str) -> Document:
    """Take a stored text apart. Never raises: unreadable front matter stays in the body of an article."""
    text = _SURROGATES.sub("\ufffd", _tidied(text))
    front, body = _halves(text)
    if front is None:
        return Document(ARTICLE.name, {}, {}, _tidied_body(text))
    try:
        values = read_block(front).values
    except Invalid:
        return Document(ARTICLE.name, {}, {}, _tidied_body(text))
    return _document(values, body)


def read_strict(text: str, maximum: int = TEXT_MAXIMUM) -> Document:
    """Take a text apart, every value in canonical form. Raises Invalid with all that must be mended first."""
    text = _within(_tidied(text), maximum)
    if problems := list(_control_problems(text)):
        raise Invalid(problems)
    front, body = _halves(text)
    if front is None:
        if _OPENING.match(text):
            message = _("L’en-tête ouvert par « --- » n’est pas refermé : ajoutez « --- » après lui.")
            raise Invalid([Problem(message, line=1)])
        return Document(ARTICLE.name, {}, {}, _tidied_body(text))
    block = read_block(front, first_line=2)
    kind, problems = _declared_kind(block)
    if problems:
        raise Invalid(problems)
    document = _document(block.values, body)
    fields: dict[str, Value] = {}
    for declared in kind.fields:
        if declared.name in block.values:
            value, found = _checked(declared, block)
            problems += found
            if value:
                fields[declared.name] = value
    problems += _extra_problems(document.extra, block)
    document = document.replace(fields=fields)
    problems += _backward_problems(document, block)
    untitled = not document.title and not any(problem.field == "title" for problem in problems)
    if untitled and (kind is not ARTICLE or document.fields or document.extra):
        problems.append(Problem(_("Donnez un titre à cette page."), "title", block.lines.get("title", 1)))
    if problems:
        raise Invalid(problems)
    return document


def serialize(document: Document) -> str:
    """The canonical text of a document: kind, fields in the kind's order, the rest as it came, body."""
    body = _tidied_body(document.body)
    declared = document.declaration.fields
    named = {field.name: value for field in declared if (value := document.fields.get(field.name))}
    others = {key: value for key, value in document.extra.items() if value and key not in {"kind", *named}}
    # A kind nobody declares any more is kept beside the unknown keys, and written back where it was.
    kind = document.extra.get("kind") or document.kind
    if kind == ARTICLE.name and not named and not others and not _OPENING.match(body):
        return body
    texts = [field.name for field in declared if field.type == "text"]
    front = write_block({"kind": kind, **named, **others}, literal=texts)
    return f"---\n{front}---\n\n{body}" if body else f"---\n{front}---\n"


def assemble(kind: Kind, values: Mapping[str, Value], extra: Mapping[str, Any], body: str) -> str:
    """The text that answers to a form say. Never raises: what is wrong shows when the text is read."""
    shaped = {
        field.name: _lines(value) if field.many else _one_text(value, field.type == "text")
        for field in kind.fields
        if (value := values.get(field.name))
    }
    return serialize(Document(kind.name, shaped, extra, _tidied_body(_tidied(body))))


def _lines(value: Value) -> list[str]:
    return [item.strip() for item in items(value)]


def _one_text(value: Value, long: bool) -> str:
    text = _LINE_ENDS.sub("\n", value if isinstance(value, str) else "\n".join(value)).strip()
    return text if long else " ".join(text.split("\n"))


def typed(document: Document, name: str) -> Any:
    """The typed value of a field, None where it says nothing or cannot be read."""
    field = document.declaration.field(name)
    held = document.fields.get(name)
    return read(field, held) if field and held else None


def canonical(text: str, maximum: int = TEXT_MAXIMUM) -> str:
    """The one way to write what `text` says. Raises Invalid as `read_strict` does."""
    return _within(serialize(read_strict(text, maximum)), maximum)


def incomplete(document: Document) -> list[Field]:
    """The required and advised fields that say nothing yet, in order; `need` tells which each one is."""
    missing = []
    for declared in document.declaration.fields:
        if document.fields.get(declared.name) or (declared.name == "title" and document.title):
            continue
        if declared.required_with and document.fields.get(declared.required_with):
            declared = dataclasses.replace(declared, need="required")
        if declared.need != "optional":
            missing.append(declared)
    return missing


def _within(text: str, maximum: int) -> str:
    if len(text) > maximum:
        raise Invalid(_("Ce texte compte %(length)s caractères ; une page en contient %(maximum)s au plus.",
                        length=len(text), maximum=maximum))
    return text


def _tidied(text: str) -> str:
    return unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", text.lstrip("\ufeff")))


def _tidied_body(body: str) -> str:
    """Without blank lines at both ends, and with one final newline; "" when nothing else is there."""
    rest = body.lstrip(" \t\n\ufeff")
    if not rest:
        return ""
    before = body[: len(body) - len(rest)]
    start = before[before.rfind("\n") + 1 :].replace("\ufeff", "")
    last_line_end = rest.find("\n", len(rest.rstrip(" \t\n")))
    return start + (rest if last_line_end < 0 else rest[:last_line_end]) + "\n"


def _halves(text: str) -> tuple[str | None, str]:
    """The lines between the two `---`, and the body; None and the whole where there is no front matter."""
    opening = _OPENING.match(text)
    closing = _CLOSING.search(text, opening.end()) if opening else None
    if opening is None or closing is None:
        return None, _tidied_body(text)
    return text[opening.end() : closing.start()], _tidied_body(text[closing.end() :])


def _document(values: Mapping[str, Any], body: str) -> Document:
    """Sort values into the fields of their kind and the rest, where values of the wrong shape go too."""
    name = values.get("kind") or ARTICLE.name
    kind = KINDS.get(name) if isinstance(name, str) else None
    extra = {key: value for key, value in values.items() if value and key != "kind"}
    if kind is None:
        kind = ARTICLE
        extra["kind"] = name
    fields: dict[str, Value] = {}
    for declared in kind.fields:
        if declared.name in extra and (shaped := _shaped(declared, extra[declared.name])) is not None:
            del extra[declared.name]
            if shaped:
                fields[declared.name] = shaped
    return Document(kind.name, fields, extra, body)


def _shaped(declared: Field, value: Any) -> Value | None:
    """`value` as one text or a list of texts, as its field wants it; None where it is something else."""
    if isinstance(value, list) and not all(isinstance(item, str) for item in value):
        return None
    if isinstance(value, dict):
        return None
    if declared.many:
        return _lines(value)
    if isinstance(value, list):
        value = value[0] if len(value) == 1 else None
    return value.strip() if value is not None else None


def _control_problems(text: str) -> Iterator[Problem]:
    for found in list(_CONTROLS.finditer(text))[:20]:
        yield Problem(_("Un caractère invisible (U+%(code)s) s’est glissé dans cette ligne ; retirez-le.",
                        code=f"{ord(found.group()):04X}"), line=text.count("\n", 0, found.start()) + 1)


def _declared_kind(block: Block) -> tuple[Kind, list[Problem]]:
    name = block.values.get("kind") or ARTICLE.name
    if isinstance(name, str) and name in KINDS:
        return KINDS[name], []
    choices = ", ".join(f"{kind.name} ({kind.label})" for kind in KINDS.values())
    message = _("Ce type de page n’existe pas. Choisissez entre : %(choices)s.", choices=choices)
    return ARTICLE, [Problem(message, "kind", block.lines.get("kind"))]


def _checked(declared: Field, block: Block) -> tuple[Value, list[Problem]]:
    """The canonical value of a field, and what is wrong with it, line by line."""
    raw, line = block.values[declared.name], block.lines.get(declared.name)
    if not raw:
        return "", []
    shaped = _shaped(declared, raw)
    if shaped is None:
        if declared.many:
            message = _("« %(name)s » attend une valeur simple par ligne.", name=declared.name)
        else:
            message = _("« %(name)s » attend une seule valeur simple.", name=declared.name)
        return "", [Problem(message, declared.name, line)]
    checked = check(declared, shaped)
    item_lines = block.item_lines.get(declared.name, [])
    if isinstance(raw, list):
        item_lines = [at for item, at in zip(raw, item_lines, strict=True) if item.strip()]
    return checked.value, [
        Problem(message, declared.name, item_lines[index] if index < len(item_lines) else line)
        for index, message in checked.refusals
    ]


def _extra_problems(extra: Mapping[str, Any], block: Block) -> Iterator[Problem]:
    for key, value in extra.items():
        if any(_CONTROLS.search(text) for text in _texts(value)):
            message = _("La valeur de « %(name)s » contient un caractère invisible ; retirez-le.", name=key)
            yield Problem(message, key, block.lines.get(key))


def _backward_problems(document: Document, block: Block) -> Iterator[Problem]:
    """What ends before it starts; what a session does so is refused with it."""
    first, last = (typed(document, name) for name in ("starts_on", "ends_on"))
    if first is not None and last is not None and last.last_day < first.first_day:
        yield Problem(_("La fin vient avant le début."), "ends_on", block.lines.get("ends_on"))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _texts(inner)
    else:
        for inner in value:
            yield from _texts(inner)


def _heading_title(body: str) -> str:
    heading = next((section.title for section in sections(body) if section.level == 1), "")
    try:
        return clean_name(heading[:TITLE_MAXIMUM], TITLE_MAXIMUM)
    except BadName:
        return ""
