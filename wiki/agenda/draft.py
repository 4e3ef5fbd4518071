"""An event as some file tells it, before anybody has looked whether it can be one of this wiki."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from wiki.errors import Invalid


class Unreadable(Invalid):
    """Nothing can be taken from a file; the message says why and what to do, in the reader's language."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "file")


@dataclass(frozen=True)
class Draft:
    """One event of a file. `line` is where it begins, or its rank in a file whose lines mean nothing.

    `values` are named like the fields of an event (and `text` for what is told of it), each as it was written: nothing
    is checked. `problems` say what keeps it from being taken, `notes` what of it was left out. `universal` says that
    its times came in universal time, and nothing said whose clocks are meant: the place may know.
    """

    line: int
    values: Mapping[str, str | list[str]] = field(default_factory=dict)
    problems: Sequence[str] = ()
    notes: Sequence[str] = ()
    universal: bool = False


@dataclass(frozen=True)
class Reading:
    """What a file holds. `lines` says whether a draft's `line` is one; `notes` are about the file as a whole."""

    drafts: Sequence[Draft]
    lines: bool = True
    notes: Sequence[str] = ()
