"""What the merge works on: pieces of text that know where they stand, and the regions they are joined in."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Token(NamedTuple):
    """A piece of text and the place it stands in: a line and its section, a sentence and its line.

    Equal only when both are, so that "- 2 tables" under one heading is never taken for the same words under another.
    """

    text: str
    place: str


class Region(NamedTuple):
    """A stretch of the three sequences, and what the two sides make of it together: None where they disagree."""

    base: Sequence[Token]
    mine: Sequence[Token]
    theirs: Sequence[Token]
    merged: Sequence[Token] | None

    @property
    def changed(self) -> bool:
        """Whether one of the sides at least differs from the base."""
        return not self.base == self.mine == self.theirs


def text_of(tokens: Iterable[Token]) -> str:
    """The text the tokens make."""
    return "".join(token.text for token in tokens)
