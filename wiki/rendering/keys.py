"""The key of a title: what two spellings of one name have in common."""

from __future__ import annotations

import re
import unicodedata

_GAPS = re.compile(r"[\W_]+")
_LATIN_MARKS = re.compile("[\u0300-\u036f]")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})


def link_key(text: str) -> str:
    """`text` as it stands in an address: lower case, no marks, hyphens between words; "" if nothing is left.

    "Copy party", "copy-party" and "COPÝ  party" share one key, and the key of a key is itself.
    Letters of every alphabet are kept. No length is enforced here.
    """
    if not text.isascii():
        text = _without_marks(_without_marks(text).casefold().translate(_LIGATURES))
    return _GAPS.sub("-", text.lower()).strip("-")


def _without_marks(text: str) -> str:
    text = _LATIN_MARKS.sub("", unicodedata.normalize("NFKD", text))
    if text.isascii():
        return text
    return "".join(character for character in text if unicodedata.category(character)[0] != "M")
