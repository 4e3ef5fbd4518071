"""The report that comes back from an event: its answers and its story within the text of the page. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from wiki.pages.fields import Value
from wiki.pages.gatherings import REPORT_FIELDS, STORY_HEADING, story_of
from wiki.pages.kinds import EVENT
from wiki.pages.textform import Document, assemble, parse
from wiki.rendering import sections

# What the short form asks, in its order; the story comes last.
REPORT_ASKS = (
    "attendance", "time_spent", "money_spent", "went_well", "went_wrong", "adaptations", "outcome",
)
# Parts of the body that come after the story.
_AFTER_STORY = ("next_steps", "sources")


def has_report(document: Document) -> bool:
    """Whether somebody told how an event went."""
    return any(document.fields.get(name) for name in REPORT_FIELDS) or bool(story_of(document).strip())


def with_report(text: str, answers: Mapping[str, Value], story: str) -> str:
    """The text of an event with these answers to REPORT_ASKS and this story; what is given empty is emptied."""
    document = parse(text)
    fields = {**document.fields, **{name: answers[name] for name in REPORT_ASKS if name in answers}}
    return assemble(EVENT, fields, document.extra, _with_story(document, story))


def without_report(text: str) -> str:
    """The text of an event that nobody told of: neither answers nor story."""
    document = parse(text)
    fields = {name: value for name, value in document.fields.items() if name not in REPORT_FIELDS}
    return assemble(EVENT, fields, document.extra, _with_story(document, ""))


def _with_story(document: Document, story: str) -> str:
    story = story.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    if story == story_of(document).strip("\n"):
        return document.body
    body, kind = document.body, document.declaration
    told = f"## {STORY_HEADING}\n\n{story}\n\n" if story.strip() else ""
    roles = [(kind.role_of(section.title), section) for section in sections(body)]
    held = next((section for role, section in roles if role == "report"), None)
    if held is not None:
        heading = body[held.start : held.end].partition("\n")[0]
        return body[: held.start] + (told and f"{heading}\n\n{story}\n\n") + body[held.end :]
    start = next((section.start for role, section in roles if role in _AFTER_STORY), len(body))
    return body[:start].rstrip("\n") + "\n\n" + told + body[start:]
