"""What a field is: one line of a kind's declaration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from flask_babel import LazyString

Words: TypeAlias = str | LazyString
TypeName = Literal[
    "title", "line", "text", "number", "choice", "choices", "date", "partial_date", "sessions", "duration",
    "money", "list", "reference", "references", "mentions", "coordinates", "licence", "url", "urls",
]
# The types whose values are lists of text; the values of all others are one text.
MANY = frozenset({"choices", "sessions", "list", "references", "mentions", "urls"})
Need = Literal["required", "advised", "optional"]
Group = Literal["essentiel", "pratique", "suites"]


@dataclass(frozen=True)
class Choice:
    """One value of a closed list: the code that is stored, the words people read."""

    code: str
    label: Words


@dataclass(frozen=True)
class Limits:
    """Characters a value may have, values a list may have, and the ends of a number."""

    length: int = 300
    count: int = 200
    lowest: int = 0
    highest: int = 10_000_000


@dataclass(frozen=True)
class Field:
    """One line of a kind's declaration."""

    name: str
    type: TypeName
    label: Words
    help: Words = ""
    need: Need = "optional"
    group: Group = "pratique"
    choices: Sequence[Choice] = ()
    refers_to: str | None = None
    limits: Limits = field(default_factory=Limits)
    facet: bool = False
    default: str = ""
    # Required as soon as that other field is filled in.
    required_with: str | None = None

    @property
    def many(self) -> bool:
        return self.type in MANY

    def label_of(self, code: str) -> str:
        """The words of one of the choices; the code itself when it is not one."""
        return next((str(choice.label) for choice in self.choices if choice.code == code), code)
