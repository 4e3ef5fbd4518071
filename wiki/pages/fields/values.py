"""The three things done with a field's value: clean it, read it, say it.

A value is always text: `str`, or `list[str]` where its type holds many. Its canonical form is what revisions
store; its typed form (a `Session`, a `Money` …) is only for computing, read back from the text when needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from babel.lists import format_list
from flask_babel import get_locale
from flask_babel import gettext as _

from wiki.errors import Invalid, Problem
from wiki.pages.fields.field import Field
from wiki.pages.fields.text import Refusal
from wiki.pages.fields.types import TYPES

Value = str | list[str]

# Far too long a value is refused before it is looked at: understanding it may take time that grows with it.
# Words may come with blanks that cleaning takes away; a date or a sum has none to spare.
_ROOM_FOR_BLANKS = 4
_IN_WORDS = frozenset({"title", "line", "text", "list", "mentions"})


@dataclass(frozen=True)
class Checked:
    """A checked value: its canonical form, and what is wrong with which item (0 for a single value)."""

    value: Value
    refusals: Sequence[tuple[int, str]]


def items(raw: Value) -> list[str]:
    """The values in `raw` that are not blank; a text of several lines is a list of them."""
    found = raw.split("\n") if isinstance(raw, str) else raw
    return [item for item in found if item.strip()]


def check(field: Field, raw: Value) -> Checked:
    """`raw` in canonical form as far as it is understood (refused items as they came), and every refusal."""
    if not field.many:
        text = raw if isinstance(raw, str) else "\n".join(raw)
        canonical, _value, refusal = _checked_item(field, text)
        return Checked(canonical, [(0, refusal)] if refusal else [])
    found = items(raw)
    if len(found) > field.limits.count:
        message = _("Cette liste compte %(count)s lignes ; gardez-en %(maximum)s au plus.",
                    count=len(found), maximum=field.limits.count)
        return Checked(found, [(field.limits.count, message)])
    checked = [_checked_item(field, item) for item in found]
    refusals = [(index, refusal) for index, (_text, _value, refusal) in enumerate(checked) if refusal]
    if (order := TYPES[field.type].order) is not None and not refusals:
        checked.sort(key=lambda item: order(item[1]))
    texts = dict.fromkeys(canonical for canonical, _value, _refusal in checked if canonical)
    return Checked(list(texts), refusals)


def clean(field: Field, raw: Value) -> Value:
    """`raw` in canonical form. Raises Invalid with a Problem for each item that cannot be understood."""
    checked = check(field, raw)
    if checked.refusals:
        raise Invalid([Problem(message, field.name) for _index, message in checked.refusals])
    return checked.value


def read(field: Field, raw: Value) -> Any:
    """The typed value of `raw`, or None where it cannot be read; for a list, the items that can be."""
    if field.many:
        return [value for item in items(raw) if (value := _parsed(field, item)) is not None]
    return _parsed(field, raw) if isinstance(raw, str) else None


def words(field: Field, raw: Value) -> str:
    """`raw` as people read it, in the reader's language; unreadable values as they are written."""
    if isinstance(raw, str):
        value = _parsed(field, raw)
        return raw if value is None else TYPES[field.type].say(field, value)
    return str(format_list([words(field, item) for item in raw], locale=get_locale() or "fr")) if raw else ""


def _parse(field: Field, text: str) -> Any:
    room = _ROOM_FOR_BLANKS if field.type in _IN_WORDS else 1
    if len(text) > room * field.limits.length:
        raise Refusal(_("Ce texte compte %(length)s caractères ; gardez-en %(maximum)s au plus.",
                        length=len(text), maximum=field.limits.length))
    return TYPES[field.type].parse(field, text)


def _parsed(field: Field, text: str) -> Any:
    try:
        return _parse(field, text) if text.strip() else None
    except ValueError:
        return None


def _checked_item(field: Field, text: str) -> tuple[str, Any, str | None]:
    """Canonical text, typed value, refusal."""
    if not text.strip():
        return "", None, None
    try:
        value = _parse(field, text)
    except ValueError as refusal:
        if field.many:
            return text, None, _("« %(value)s » : %(reason)s", value=text.strip()[:60], reason=refusal)
        return text, None, str(refusal)
    return str(value), value, None
