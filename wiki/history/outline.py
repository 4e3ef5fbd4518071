"""The shape of a page's text: its front matter, its lines, its headings, its sentences.

Only as much of YAML and Markdown as comparing and merging need, and never a refusal: a text that is badly formed
simply shows less shape. Lines end with "\\n" and nothing else, and keep it: putting the pieces together again always
gives the text.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from wiki.history.alignment import Effort, edits

_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*))?$")
_CLOSING_MARKS = re.compile(r"(?:^|[ \t])#+[ \t]*$")
_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
_BEGINNINGS = frozenset("#`~")
_NUMBERING = re.compile(r"\d+(?:[.)]|(?:\.\d+)+[.)]?)\s+")
_MARK = re.compile(r"\s*(?:(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?|#{1,6}\s+(?:\d+[.)]\s+)?)")
_KEY = re.compile(r"""("[^"\n]*"|'[^'\n]*'|[^\s#:'"\-\[\]{},&*!|>%@`?][^:\n]*):(?=\s)""")
_WORD = re.compile(r"[^\W_]")
_WORDS = re.compile(r"[^\W_]+")
_GAP = re.compile(r"\s+")
_LAST_WORD = re.compile(r"[^\W\d_]+(?=[\s»”\"'’)\]*_]{0,4}[.!?…]+$)")
_CLOSERS = "»”\"'’)]*_ \u00a0\u202f"
_OPENERS = frozenset("«“\"'‘([*_—–")
_ABBREVIATION = re.compile(
    r"app|art|av|bd|chap|cf|dr|[eé]d|env|ex|fig|max|min|mlle|mme?|mr|no|oct|ref|st|ste|t[eé]l|vol", re.IGNORECASE
)

FENCE = "---\n"


class Heading(NamedTuple):
    """One `#` heading: the index of its line, its level 1 to 6, its words without the number before them.

    The `name` is what it is recognised by, whatever its number and capitals: "### 2. Accueil" is "accueil".
    """

    line: int
    level: int
    title: str

    @property
    def name(self) -> str:
        return self.title.casefold()


def split_lines(text: str) -> list[str]:
    """The lines of `text`, each with its "\\n"; only the last may lack one. An empty text has no line."""
    lines = text.split("\n")
    last = lines.pop()
    whole = [line + "\n" for line in lines]
    return [*whole, last] if last else whole


def has_words(text: str) -> bool:
    """Whether `text` says something: a blank line, a rule or a fence does not."""
    return _WORD.search(text) is not None


def split_front_matter(text: str) -> tuple[str, str]:
    """(front matter, body). The front matter has both its fences and the blank line that may follow, or is ""."""
    if not text.startswith(FENCE):
        return "", text
    end = text.find("\n" + FENCE, len(FENCE) - 1)
    if end < 0:
        return "", text
    end += 1 + len(FENCE)
    end += text.startswith("\n", end)
    return text[:end], text[end:]


def values(front_matter: str) -> dict[str, str] | None:
    """The text of each top-level key of `front_matter`, in order, the key included: {"title": "title: Copy party\\n"}.

    The fences are there too, as the values of "" and of "---": joined, the values are the front matter. Comments and
    blank lines belong to the key above them. None when the block is not made of keys, each standing once.
    """
    found: dict[str, str] = {}
    key = ""
    lines = split_lines(front_matter)
    closing = max((index for index, line in enumerate(lines) if line == FENCE), default=0)
    for index, line in enumerate(lines):
        match = _KEY.match(line) if 0 < index < closing else None
        if match or index in (0, closing):
            key = match[1].strip("\"'") if match else (FENCE.strip() if index else "")
            if key in found:
                return None
            found[key] = line
        elif key and line[0] in " \t-#\r\n":
            found[key] += line
        else:
            return None
    return found


def headings(lines: Sequence[str]) -> list[Heading]:
    """The headings among `lines`, in order; what looks like one inside a fenced block of code is none."""
    found = []
    fence = ""
    for index, line in enumerate(lines):
        if line.lstrip(" ")[:1] not in _BEGINNINGS:
            continue
        mark = _FENCE.match(line.rstrip("\r\n"))
        if fence:
            if mark and mark[1].startswith(fence) and line.strip() == mark[1]:
                fence = ""
        elif mark:
            fence = mark[1]
        elif match := _HEADING.match(line.rstrip("\r\n")):
            title = " ".join(_CLOSING_MARKS.sub("", match[2] or "").split())
            found.append(Heading(index, len(match[1]), _NUMBERING.sub("", title, count=1) or title))
    return found


def places(lines: Sequence[str], headings: Iterable[Heading], renamed: Mapping[int, str] | None = None) -> list[str]:
    """For each line the section it stands in: the names of the headings above it, from the outermost to the nearest.

    A title of level 1 above other headings is left out, so that giving a page a title moves none of its sections.
    `renamed` gives, by line of the heading, the name to take instead of its own.
    """
    found: list[str] = []
    path: list[tuple[int, str]] = []
    place = ""
    for heading in headings:
        found.extend([place] * (heading.line - len(found)))
        path = [(level, name) for level, name in path if 1 < level < heading.level]
        path.append((heading.level, (renamed or {}).get(heading.line, heading.name)))
        place = "\n".join(name for _, name in path)
    found.extend([place] * (len(lines) - len(found)))
    return found


def renamed(
    before: Sequence[str],
    before_headings: Sequence[Heading],
    after: Sequence[str],
    after_headings: Sequence[Heading],
    effort: Effort,
) -> dict[int, str]:
    """By the line of a heading in `after`, the name its section has in `before`: the sections renamed on the spot.

    That is so where as many headings went as came, one for one of the same level, and half of the words under them
    stayed.
    """
    found = {}
    names, others = ([(heading.level, heading.name) for heading in both] for both in (before_headings, after_headings))
    for start, end, side_start, side_end in edits(names, others, effort):
        if end - start == side_end - side_start:
            for old, new in zip(range(start, end), range(side_start, side_end), strict=True):
                here, there = content(before, before_headings, old), content(after, after_headings, new)
                if names[old][0] == others[new][0] and mostly_alike(here, there):
                    found[after_headings[new].line] = before_headings[old].name
    return found


def mostly_alike(before: Iterable[str], after: Iterable[str]) -> bool:
    """Whether at least half of the words of either stayed."""
    words, others = (Counter(_WORDS.findall("".join(lines).casefold())) for lines in (before, after))
    return 2 * (words & others).total() >= max(words.total(), others.total())


def content(lines: Sequence[str], headings: Sequence[Heading], index: int) -> list[str]:
    """The lines that say something between a heading and the next one, of whatever level."""
    end = headings[index + 1].line if index + 1 < len(headings) else len(lines)
    return [line for line in lines[headings[index].line + 1 : end] if has_words(line)]


def sentences(line: str) -> list[str]:
    """`line` cut before the blank that follows a full stop and precedes a capital; in doubt, not cut."""
    pieces = []
    cut = 0
    for gap in _GAP.finditer(line):
        after = line[gap.end() : gap.end() + 1]
        if not (after.isupper() or after in _OPENERS):
            continue
        word = _LAST_WORD.search(line[max(cut, gap.start() - 16) : gap.start()].rstrip(_CLOSERS))
        if word and len(word[0]) > 1 and not _ABBREVIATION.fullmatch(word[0]):
            pieces.append(line[cut : gap.start()])
            cut = gap.start()
    pieces.append(line[cut:])
    return pieces


def statements(line: str) -> list[str]:
    """The sentences of `line` that say something, without the marks of lists and headings: what a person would miss."""
    words = line[match.end() :] if (match := _MARK.match(line)) else line
    return [sentence.strip() for sentence in sentences(words) if has_words(sentence)]
