"""The types a field may have, each with how it is understood and how it is said."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from flask_babel import gettext as _

from wiki.naming import clean_name
from wiki.pages.fields import wording
from wiki.pages.fields.dates import PartialDate, parse_day
from wiki.pages.fields.field import Field, TypeName
from wiki.pages.fields.quantities import Coordinates, Duration, Money, parse_number
from wiki.pages.fields.sessions import Session
from wiki.pages.fields.text import Refusal, clean_line, clean_text, clean_url, fold
from wiki.rendering import link_key

SLUG_LENGTH = 80


@dataclass(frozen=True)
class FieldType:
    """How one value of a type is understood.

    `parse` turns what people write into a value whose `str` is the canonical text, or raises ValueError with
    a sentence for them. `say` turns that value into words in the reader's language. `order` sorts a list.
    """

    parse: Callable[[Field, str], Any]
    say: Callable[[Field, Any], str] = wording.plain
    order: Callable[[Any], Any] | None = None


def _title(field: Field, text: str) -> str:
    return clean_name(clean_line(text, len(text)), field.limits.length)


def _line(field: Field, text: str) -> str:
    return clean_line(text, field.limits.length)


def _text(field: Field, text: str) -> str:
    return clean_text(text, field.limits.length)


def _url(field: Field, text: str) -> str:
    return clean_url(text, field.limits.length)


def _number(field: Field, text: str) -> int:
    return parse_number(text, field.limits.lowest, field.limits.highest)


def _choice(field: Field, text: str) -> str:
    """The code of the choice that `text` names by code or label, in any case, with or without accents."""
    if any(text == choice.code for choice in field.choices):
        return text
    wanted = link_key(text)
    for choice in field.choices:
        if wanted in (link_key(choice.code), link_key(str(choice.label))):
            return choice.code
    if len(field.choices) > 25:
        raise Refusal(_("« %(value)s » n’est pas dans la liste ; choisissez-y une autre valeur.",
                        value=text.strip()[:60]))
    raise Refusal(_("« %(value)s » n’est pas dans la liste : %(choices)s.", value=text.strip()[:60],
                    choices=", ".join(str(choice.label) for choice in field.choices)))


def _licence(field: Field, text: str) -> str:
    """As a choice; a licence named without its version is taken in the newest. What is wrong with another is said."""
    wanted = fold(text).replace("-", " ")
    for choice in field.choices:
        known = fold(choice.code).replace("-", " ")
        if wanted in (known, known.rpartition(" ")[0]):
            return choice.code
    value, terms = text.strip()[:60], set(wanted.split())
    if "nc" in terms:
        raise Refusal(_("« %(value)s » interdit l’usage commercial : ses textes n’entrent pas dans une page libre. "
                        "Demandez à qui les a écrits une licence libre, par exemple CC BY-SA 4.0.", value=value))
    if "nd" in terms:
        raise Refusal(_("« %(value)s » interdit les versions modifiées : ses textes n’entrent pas dans une page libre. "
                        "Demandez à qui les a écrits une licence libre, par exemple CC BY-SA 4.0.", value=value))
    return _choice(field, text)


def _reference(field: Field, text: str) -> str:
    """The slug of the page named: a slug, a title, a [[wiki link]] or an address of this wiki."""
    name = clean_line(text, field.limits.length)
    if found := re.search(r"/wiki/([^/?#]+)", name):
        name = unquote(found[1], errors="replace")
    elif "://" in name:
        raise Refusal(_("Donnez le nom d’une page de ce wiki, pas une adresse d’un autre site."))
    key = link_key(_unlinked(name))[:SLUG_LENGTH].strip("-")
    if not key:
        raise Refusal(_("Donnez le nom d’une page, avec au moins une lettre ou un chiffre."))
    return key


def _mention(field: Field, text: str) -> str:
    return clean_line(_unlinked(clean_line(text, field.limits.length)), field.limits.length)


def _unlinked(name: str) -> str:
    found = re.fullmatch(r"\[\[([^\[\]|]+)(?:\|[^\[\]]*)?\]\]", name)
    return (found[1].strip() if found else "") or name


TYPES: dict[TypeName, FieldType] = {
    "title": FieldType(_title),
    "line": FieldType(_line),
    "text": FieldType(_text),
    "number": FieldType(_number, wording.number),
    "choice": FieldType(_choice, wording.choice),
    "choices": FieldType(_choice, wording.choice),
    "date": FieldType(lambda field, text: parse_day(text), wording.partial_date),
    "partial_date": FieldType(lambda field, text: PartialDate.parse(text), wording.partial_date),
    "sessions": FieldType(lambda field, text: Session.parse(text), wording.session,
                          order=lambda session: (session.start_instant, session.end_instant)),
    "duration": FieldType(lambda field, text: Duration.parse(text), wording.duration),
    "money": FieldType(lambda field, text: Money.parse(text), wording.money),
    "list": FieldType(_line),
    "reference": FieldType(_reference),
    "references": FieldType(_reference),
    "mentions": FieldType(_mention),
    "coordinates": FieldType(lambda field, text: Coordinates.parse(text)),
    "licence": FieldType(_licence, wording.choice),
    "url": FieldType(_url),
    "urls": FieldType(_url),
}
