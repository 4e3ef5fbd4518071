"""French spacing and apostrophes, done at display so that nobody has to type them."""

from __future__ import annotations

import re

NARROW = "\u202f"  # narrow no-break space

# Each alternative starts at a single place of the text, so that the work stays proportional to its length.
_PLACES = re.compile(
    r"(?<! ) +(?=[;:!?»])"  # a space typed before high punctuation
    r"|(?<=«) +"
    r"|(?<=«)(?=[^\s»])"
    r"|(?<=[^\s«])(?=»)"
    r"|(?<=[^\W_])(?=[;!?]+(?:[ \n]|\Z))"  # none typed: only where it cannot be part of an address or a formula
    r"|(?<=[^\W\d_])(?=:[ \n])"
    r"|(?<=\d) (?=(?:h|min|km|m|kg|g|€|%)(?!\w))"  # a number keeps its unit: 16 h 30, 12 km, 40 €
    r"|(?<=\d h) (?=\d\d(?!\d))|(?<=\d\u202fh) (?=\d\d(?!\d))"
    r"|(?<=n°) (?=\d)"
)
_MARKS = frozenset(";:!?«»'0123456789")
# A typed apostrophe between letters, or that ends an elision where the text goes on in bold or as a link.
_APOSTROPHES = re.compile(r"(?<=[^\W\d_])'(?=[^\W_]|«)|(?<=\b[cdjlmnst])'\Z|(?<=\bqu)'\Z", re.IGNORECASE)
# One that ends a word cut short, as in "la Guill' en fête", where no quotation was opened by another.
_CUT_SHORT = re.compile(r"(?<=[^\W\d_]{2})'(?![\w'])")
_OPENED = re.compile(r"(?<!\w)'(?=\w)")


def french(words: str) -> str:
    """`words` with narrow no-break spaces before ; : ! ? and units, and inside « », and curved apostrophes.

    Only for running text, never for code or addresses. Applying it twice changes nothing more.
    """
    if _MARKS.isdisjoint(words):
        return words
    words = _APOSTROPHES.sub("\N{RIGHT SINGLE QUOTATION MARK}", _PLACES.sub(NARROW, words))
    if "'" in words and _OPENED.search(words) is None:
        words = _CUT_SHORT.sub("\N{RIGHT SINGLE QUOTATION MARK}", words)
    return words
