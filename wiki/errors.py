"""What can go wrong, in the words of the domain. The web and the command line translate; nobody else does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing a person can mend: what is wrong, in the reader's language, and where."""

    message: str
    field: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        return str(self.message)


class WikiError(Exception):
    """Root of every expected error."""


class Invalid(WikiError):
    """Something typed cannot be accepted. Carries every problem found, never only the first."""

    def __init__(self, problems: Sequence[Problem] | str, field: str | None = None) -> None:
        if isinstance(problems, str):
            problems = [Problem(problems, field)]
        self.problems: list[Problem] = list(problems)
        super().__init__(" ".join(str(problem) for problem in self.problems))


class NotFound(WikiError):
    """There is nothing here that this actor may know of."""


class Moved(WikiError):
    """The page lives at another address now."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        super().__init__(slug)


class Forbidden(WikiError):
    """The actor may read this but not do that."""
