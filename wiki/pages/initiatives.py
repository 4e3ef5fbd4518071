"""A new gathering begun from what is known: a recipe to organise, or a past event to hold again. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from wiki.pages.fields import Value
from wiki.pages.gatherings import REPORT_FIELDS
from wiki.pages.kinds import EVENT, outline_text
from wiki.pages.reports import without_report
from wiki.pages.textform import Document, parse
from wiki.rendering import link_key, sections

# What belongs to one holding of an event and not to the next.
_OF_ONE_TIME = {
    *REPORT_FIELDS, "state", "sessions", "followed", "follows", "registration", "next_steps", "measures", "press",
    "source_urls",
}
_SUPPLIES = ("materiel", "outils", "lieux", "personnes")
_ITEM = re.compile(r"^[-*+] (?:\[[ xX]\] )?(.+)$", re.MULTILINE)
_NUMBER = re.compile(r"^\d+[.)]\s*")


def to_organise(recipe: str, slug: str, number: int) -> tuple[dict[str, Value], str]:
    """Fields and body of an event that follows this version of a recipe: its supplies and steps are things to do."""
    document = parse(recipe)
    fields: dict[str, Value] = {"title": document.title, "recipes": [slug], "followed": [f"{slug} {number}"]}
    if themes := document.fields.get("themes"):
        fields["themes"] = themes
    return fields, _with_preparation(_to_do(document))


def _to_do(document: Document) -> list[str]:
    """What a recipe asks to gather, under its own headings, then its steps in order."""
    body, kind = document.body, document.declaration
    lines: list[str] = []
    for section in sections(body):
        own = body[section.start : section.end].partition("\n")[2]
        own = re.split(r"^#+ ", own, maxsplit=1, flags=re.MULTILINE)[0]
        if link_key(section.title) in _SUPPLIES and (items := _ITEM.findall(own)):
            lines += ["", f"### {section.title}", "", *(f"- [ ] {item}" for item in items)]
    steps = [section for section in sections(body) if kind.role_of(section.title) == "steps"]
    inside = [
        section.title for section in sections(body)
        if steps and section.level == steps[0].level + 1 and steps[0].start < section.start < steps[0].end
    ]
    if inside:
        lines += ["", f"### {steps[0].title}", "", *(f"- [ ] {_NUMBER.sub('', title)}" for title in inside)]
    return lines


def _with_preparation(lines: list[str]) -> str:
    return _under("preparation", outline_text(EVENT), lines)


def announced(body: str, words: str) -> str:
    """The body of an event with these words as its announcement, before what stands there."""
    paragraphs = words.replace("\r\n", "\n").replace("\r", "\n").strip()
    return _under("announcement", body or outline_text(EVENT), ["", *paragraphs.split("\n")]) if paragraphs else body


def _under(role: str, body: str, lines: list[str]) -> str:
    """A body with these lines under the heading of this role; at its beginning where it has none."""
    heading = next(heading for heading in EVENT.outline if heading.role == role)
    title = f"{'#' * heading.level} {heading.title}\n"
    body = body.replace("\r\n", "\n")
    told = "\n".join([title.rstrip("\n"), *lines, ""])
    return body.replace(title, told, 1) if f"\n{title}" in f"\n{body}" else f"{told}\n{body}"


def to_hold_again(event: str, slug: str, recipes: Mapping[str, int]) -> tuple[dict[str, Value], str]:
    """Fields and body of the same event another time: no dates, nothing told, each recipe at its present version."""
    document = parse(without_report(event))
    fields: dict[str, Value] = {name: value for name, value in document.fields.items() if name not in _OF_ONE_TIME}
    fields["follows"] = slug
    if recipes:
        fields["followed"] = [f"{recipe} {number}" for recipe, number in recipes.items()]
    return fields, document.body
