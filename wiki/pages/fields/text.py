"""Characters: what a line and a longer text may hold, and what is mended without asking."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from flask_babel import gettext as _


class Refusal(ValueError):
    """A value that cannot be accepted; the message says why and what to write, in the reader's language."""


# Line ends of every system, and the ones word processors leave behind, all become one "\n".
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_BLANKS = re.compile("[ \t\n]+")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
_INVISIBLE_ENDS = " \t\n\u00a0\u202f\u3000\u200b\u200c\u200d\u2060\u00ad"


def fold(text: str) -> str:
    """`text` as lenient readers compare it: no accents, no case, single plain spaces."""
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(bare.casefold().replace("’", "'").split())


def clean_text(text: str, maximum: int) -> str:
    """`text` in NFC with "\\n" line ends, no blanks at line ends, trimmed. Raises Refusal."""
    if found := _CONTROLS.search(text):
        raise Refusal(_("Un caractère invisible (U+%(code)s) s’est glissé dans le texte ; retirez-le.",
                        code=f"{ord(found.group()):04X}"))
    text = unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", text).replace("\ufeff", ""))
    text = "\n".join(line.rstrip(" \t") for line in text.split("\n")).strip(_INVISIBLE_ENDS)
    return _within(text, maximum)


def clean_line(text: str, maximum: int) -> str:
    """`text` on one line, inner blanks joined (no-break spaces stay), trimmed. Raises Refusal."""
    if _DIRECTION.search(text):
        raise Refusal(_("Un caractère qui change le sens de lecture s’est glissé ici ; retirez-le."))
    return _within(_BLANKS.sub(" ", clean_text(text, len(text))), maximum)


def clean_url(text: str, maximum: int) -> str:
    """A web address in full; "www.example.org" gets its https. Raises Refusal."""
    address = clean_line(text, maximum).removeprefix("<").removesuffix(">")
    if re.match(r"[\w-]+(\.[\w-]+)+(:\d+)?([/?#]|\Z)", address):
        address = f"https://{address}"
    if re.search(r"[\s<>\"\\^`{}|]", address):
        raise Refusal(_("Une adresse web s’écrit sans espace ni guillemet : https://exemple.org/page."))
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").strip(".")
        complete = bool(host) and parts.port != 0 and parts.scheme in ("http", "https")
    except ValueError:
        complete = False
    if not complete:
        raise Refusal(_("Écrivez une adresse web complète, qui commence par https:// ou http://."))
    if "@" in parts.netloc:
        raise Refusal(_("Une adresse web ne doit contenir ni nom de compte ni mot de passe."))
    start = f"{parts.scheme}://{parts.netloc}"
    return start.lower() + address[len(start):]


def _within(text: str, maximum: int) -> str:
    if len(text) > maximum:
        raise Refusal(_("Ce texte compte %(length)s caractères ; gardez-en %(maximum)s au plus.",
                        length=len(text), maximum=maximum))
    return text
