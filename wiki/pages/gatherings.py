"""What an event says of itself and of how it went: the facts that are counted, read from its text. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wiki.pages.fields import Duration, Money, Session, not_cancelled, read
from wiki.pages.kinds import EVENT
from wiki.pages.textform import Document
from wiki.rendering import excerpt, sections

# The report that comes back: what its form asks, but for the story.
REPORT_FIELDS = (
    "attendance", "attendance_note", "time_spent", "money_spent", "went_well", "went_wrong", "adaptations", "outcome",
    "outputs",
)
STORY_HEADING = "Récit"
# Whoever says one of these says that it took place; the rest may be written before.
_AFTERWARDS = ("attendance", "time_spent", "money_spent", "went_well", "went_wrong", "outcome", "outputs")
# In the order in which `facts` gives them.
COLUMNS = (
    "state", "ends", "city", "attended", "lasted", "worked", "cents", "currency", "told", "outcome", "sessions",
    "outputs", "troubles", "story",
)
_STORY_LENGTH = 300
_MOST_MINUTES = 2**31 - 1


def facts(document: Document, sessions: Sequence[Session]) -> tuple[Any, ...] | None:
    """The values of COLUMNS for an event; None for any other page. Lenient with old texts."""
    if document.kind != EVENT.name:
        return None
    money, spent = _typed(document, "money_spent"), _typed(document, "time_spent")
    story = story_of(document)
    told = bool(story.strip()) or any(document.fields.get(name) for name in _AFTERWARDS)
    state = _text(document, "state") or "annonce"
    if state == "annonce" and not told:
        called = called_off(document)
        state = state if called == "dates" else called or state
    took_place = not_cancelled(sessions)
    lasted = [int((one.end_instant - one.start_instant).total_seconds()) // 60 for one in took_place if not one.all_day]
    return (
        "passe" if state == "annonce" and told else state[:12],
        max((one.end_instant for one in took_place), default=None),
        city(document),
        _typed(document, "attendance"),
        max((minutes for minutes in lasted if 0 < minutes <= _MOST_MINUTES), default=None),
        (spent.min_minutes + spent.max_minutes) // 2 if isinstance(spent, Duration) else None,
        int((money.minimum + money.maximum) * 50) if isinstance(money, Money) else None,
        money.currency[:3] if isinstance(money, Money) else "",
        told,
        _text(document, "outcome")[:12],
        "\n".join(str(one) for one in sessions),
        "\n".join(_lines(document, "outputs")),
        _text(document, "went_wrong"),
        excerpt(story, _STORY_LENGTH) if story.strip() else _text(document, "went_well")[:_STORY_LENGTH],
    )


def called_off(document: Document) -> str:
    """What became of an event that is not held as announced: "annule", "reporte", or "dates" where some dates are not.

    All dates called off one by one are the event called off. "" for any other, and any other page.
    """
    if document.kind != EVENT.name:
        return ""
    if (state := _text(document, "state")) in ("annule", "reporte"):
        return state
    states = {one.state for one in _typed(document, "sessions") or []}
    if not states - {""}:
        return ""
    return "dates" if "" in states else "reporte" if "reporte" in states else "annule"


def city(document: Document) -> str:
    """The first part of a place: its city."""
    return _text(document, "place").split(",")[0].strip()[:200]


def story_of(document: Document) -> str:
    """What stands under the heading of the story, without that heading; "" where nothing does."""
    kind = document.declaration
    for section in sections(document.body):
        if kind.role_of(section.title) == "report":
            return document.body[section.start : section.end].partition("\n")[2]
    return ""


def _typed(document: Document, name: str) -> Any:
    field, held = EVENT.field(name), document.fields.get(name)
    return read(field, held) if field is not None and held else None


def _text(document: Document, name: str) -> str:
    held = document.fields.get(name)
    return held if isinstance(held, str) else ""


def _lines(document: Document, name: str) -> list[str]:
    held = document.fields.get(name)
    return held if isinstance(held, list) else []
