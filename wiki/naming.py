"""What makes a good name, for a page or a person.

One rule for both: readable, on one line, in one alphabet a word, and distinguishable from what only looks like it.
"""

from __future__ import annotations

import unicodedata

from flask_babel import gettext as _

from wiki.rendering import link_key

__all__ = ["BadName", "clean_name", "link_key"]

# Characters that reorder what is around them (Unicode TR9): a name must read the same everywhere.
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ALPHABETS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")


class BadName(ValueError):
    """This cannot be a name; the message says why, in the reader's language."""


def clean_name(text: str, maximum: int) -> str:
    """`text` as a name: NFC, inner blanks joined, ends trimmed. Raises BadName.

    Refused: nothing readable, more than `maximum` characters, control and direction-changing characters, words that
    mix alphabets (a Cyrillic letter in a Latin word makes a second name that looks the same).
    """
    if any(0xD800 <= ord(character) <= 0xDFFF for character in text):
        raise BadName(_("Ce nom contient un caractère mal formé ; retapez-le."))
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if any(unicodedata.category(character) == "Cc" for character in name):
        raise BadName(_("Ce nom contient un caractère de contrôle invisible ; retirez-le."))
    if any(character in _BIDI for character in name):
        raise BadName(_("Ce nom contient un caractère qui change le sens de lecture ; retirez-le."))
    name = "".join(character for character in name if unicodedata.category(character) != "Cf" or character == "\u200d")
    if not link_key(name):
        raise BadName(_("Donnez un nom qui contient au moins une lettre ou un chiffre."))
    if len(name) > maximum:
        raise BadName(
            _("Ce nom compte %(length)s caractères ; gardez-en %(maximum)s au plus.", length=len(name), maximum=maximum)
        )
    for word in name.split():
        if len({alphabet for character in word if (alphabet := _alphabet(character))}) > 1:
            raise BadName(_("Le mot « %(word)s » mêle deux alphabets ; écrivez-le dans un seul.", word=word))
    return name


def _alphabet(character: str) -> str | None:
    if character.isascii():
        return "LATIN" if character.isalpha() else None
    name = unicodedata.name(character, "")
    return next((alphabet for alphabet in _ALPHABETS if name.startswith(alphabet)), None)
