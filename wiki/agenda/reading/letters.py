"""From bytes to letters: the encoding of a file, and what in its texts is markup of another program."""

from __future__ import annotations

import codecs
import re
from html.parser import HTMLParser

from flask_babel import gettext as _

from wiki.agenda.draft import Unreadable

# What a file of something else begins with.
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_OTHERS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"BZh", b"7z\xbc\xaf", b"Rar!", b"SQLite")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CALENDAR = re.compile(rb"\s*begin:v", re.IGNORECASE)
_SEEN = 4000
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
_PAPER_ENDS = re.compile("[\x0b\x0c\x85\u2028\u2029]")


def decoded(data: bytes) -> str:
    r"""The text of a file, with "\n" between its lines. Raises Unreadable where it is no text.

    UTF-8, UTF-16 and UTF-32, told by their mark or by their zeros, else Windows-1252. The folded lines of a calendar
    are whole again, each followed by as many blank lines as it had folds: programs fold in the midst of a letter.
    """
    if data.startswith(_WORKBOOKS):
        raise Unreadable(_("Ce fichier est un classeur ou une archive. Dans votre tableur, enregistrez-le en CSV."))
    if data.startswith(_OTHERS):
        raise Unreadable(_("Ce fichier n’est pas un agenda. Donnez un fichier .ics, .geojson ou .csv."))
    encoding, data = _told(data)
    if encoding.startswith("utf-8") and _CALENDAR.match(data):
        data = _unfolded(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        if encoding != "utf-8":
            raise Unreadable(_("Ce fichier est abîmé : ses lettres ne peuvent pas être lues.")) from None
        text = data.decode("cp1252", "replace")
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    if "\0" in text:
        raise Unreadable(_("Ce fichier n’est pas un agenda. Donnez un fichier .ics, .geojson ou .csv."))
    text = tidy(text)
    if encoding != "utf-8" and _CALENDAR.match(text[:20].encode()):
        text = _unfolded(text.encode()).decode()
    return text


def tidy(text: str) -> str:
    """The same without what no text holds: control characters, halves of letters."""
    return _CONTROLS.sub("", _PAPER_ENDS.sub("\n", text))


def _told(data: bytes) -> tuple[str, bytes]:
    """The encoding by its mark, which is taken off, or by the zeros that Latin letters have in the wider ones."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding, data[len(mark) :]
    sample = data[:_SEEN]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > len(sample) // 4 and not even:
        return "utf-16-le", data
    if even > len(sample) // 4 and not odd:
        return "utf-16-be", data
    return "utf-8", data


def _unfolded(data: bytes) -> bytes:
    whole: list[bytes] = []
    folds = 0
    for line in re.split(rb"\r\n|\n|\r", data):
        if whole and line[:1] in (b" ", b"\t"):
            whole.append(line[1:])
            folds += 1
        else:
            whole.append(b"\n" * (folds + bool(whole)) + line)
            folds = 0
    return b"".join(whole)


_TAG = re.compile(
    r"</?(?:p|br|div|a|b|i|u|em|strong|span|ul|ol|li|h[1-6]|table|tr|td|html-blob)\b[^<>]*>", re.IGNORECASE
)
_BLOCKS = frozenset("p div ul ol table tr h1 h2 h3 h4 h5 h6 blockquote".split())
# Conditions of word processors: the parser of HTML gives up on those it does not know.
_CONDITION = re.compile(r"<!\[[^>]*>?")
_SILENT = frozenset(("script", "style", "head", "title"))
_UMAP_LINK = re.compile(r"\[\[(https?://[^\[\]|\s]+)(?:\|([^\[\]]*))?\]\]")
_UMAP_PICTURE = re.compile(r"\{\{\{?[^{}]*\}?\}\}")
_HEADING_LIKE = re.compile(r"^(?=#{1,6}(?:\s|$)|(?:-{2,}|={2,})\s*$)", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n\s*\n\s*\n+")


class _Words(HTMLParser):
    """What HTML says, in the words of a page: paragraphs, lists, links."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0
        self.address = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self.silent += 1
        elif tag == "br":
            self.parts.append("\n")
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag in _BLOCKS:
            self.parts.append("\n\n")
        elif tag == "a":
            self.address = dict(attrs).get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag in _BLOCKS:
            self.parts.append("\n\n")
        elif tag == "a":
            if self.address.startswith(("http://", "https://")) and self.address not in "".join(self.parts[-3:]):
                self.parts.append(f" ({self.address})")
            self.address = ""

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(" ".join(data.split("\n")) if data.strip() else " ")


def prose(text: str) -> str:
    """A description in the words of a page: no HTML, no markup of uMap, and no heading of its own."""
    if _TAG.search(text):
        words = _Words()
        words.feed(_CONDITION.sub(" ", text))
        words.close()
        text = "".join(words.parts)
    text = _UMAP_LINK.sub(lambda found: f"[{found[2] or found[1]}]({found[1]})", _UMAP_PICTURE.sub("", text))
    text = "\n".join(line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return _HEADING_LIKE.sub(r"\\", _BLANK_LINES.sub("\n\n", text)).strip()
