"""Showing what changed between texts: by line, by word, by section, and who brought each line.

For people to read; nothing is decided by it. All of it is pure, and bounded on any input.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from wiki.history.alignment import Edit, Effort, edits
from wiki.history.outline import (
    Heading,
    content,
    has_words,
    headings,
    mostly_alike,
    places,
    renamed,
    split_front_matter,
    split_lines,
    values,
)

Kind = Literal["added", "removed", "rewritten", "changed", "moved"]

_WORD = re.compile(r"\w+")
_PIECE = re.compile(r"\w+|\s+|[^\w\s]")
_MOST_ROWS = 5000
_ALIKE = 0.4  # the share of common words from which two lines count as one line that changed
_FEW = 0.25  # the share of words that stayed under which a text changed as a whole


class Span(NamedTuple):
    """Some words of a line that stayed, came or went."""

    kind: Literal["equal", "insert", "delete"]
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line before and after, without its newline.

    `old` joined is the old line, `new` joined the new one. Of an inserted line `old` is empty and `old_number`
    None, of a deleted one `new` and `new_number`. Numbers count from 1. A line of which only the final newline
    changed is a "change" of equal spans.
    """

    kind: Literal["equal", "insert", "delete", "change"]
    old: tuple[Span, ...]
    new: tuple[Span, ...]
    old_number: int | None
    new_number: int | None

    @property
    def blank(self) -> bool:
        """Whether the line is an empty one, before and after."""
        return not "".join(span.text for span in (*self.old, *self.new)).strip()


@dataclass(frozen=True, slots=True)
class Hunk:
    """Changed lines close to each other, with the lines around them; `old_start`, `new_start` count from 1.

    `heading` is the one the first change stands under, "" where there is none; it is `shown` where it is one of the
    rows before that change. A hunk that is `too_different` has no rows and stands alone: so many lines changed that
    seeing them side by side would help nobody.
    """

    old_start: int
    new_start: int
    rows: tuple[Row, ...]
    heading: str = ""
    shown: bool = False
    too_different: bool = False


@dataclass(frozen=True, slots=True)
class SectionChange:
    """What happened to a section, or to a value of the front matter (`field`, its key being the title).

    A section goes from its heading to the next one of any level; the text above the first has the title "". Lines
    are counted without blank ones; a changed line counts as one removed and one added. A section is "rewritten" when
    less than half of its words stayed, and "moved" when it stands elsewhere, changed or not.
    """

    title: str
    kind: Kind
    lines_added: int
    lines_removed: int
    field: bool = False


def compare(old: str, new: str, context: int = 3) -> list[Hunk]:
    """What changed from `old` to `new`, in order, with `context` unchanged lines around; [] when nothing did.

    Lines are compared first; a line that became another is compared by words. Where that would cost too much, lines
    went and lines came, as wholes.
    """
    before, after = split_lines(old), split_lines(new)
    effort = Effort()
    changes = edits(before, after, effort, has_words)
    if sum(max(edit.end - edit.start, edit.side_end - edit.side_start) for edit in changes) > _MOST_ROWS:
        return [Hunk(1, 1, (), too_different=True)]
    titles = [(heading.line, heading.title) for heading in headings(after)]
    hunks = []
    for group in _close(changes, 2 * context):
        hunk = _hunk(before, after, group, context, effort)
        above = bisect_left(titles, (group[0].side_start, ""))
        if above:
            line, title = titles[above - 1]
            hunk = replace(hunk, heading=title, shown=line >= hunk.new_start - 1)
        hunks.append(hunk)
    return hunks


def compare_words(old: str, new: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """The spans of `old` and those of `new`, compared by words; each joined is its text.

    What stayed between two changes without saying a word changed with them, and texts that share few words changed as
    wholes: a person reads them one after the other.
    """
    return _words(old, new, Effort())


def section_changes(old: str, new: str) -> list[SectionChange]:
    """What changed from `old` to `new`: values first, then sections, in the order of `new`, what went at the end.

    A heading of which only the number changed did not change. A section renamed on the spot goes by its new title.
    """
    effort = Effort()
    (old_front, old_body), (new_front, new_body) = split_front_matter(old), split_front_matter(new)
    return [*_field_changes(old_front, new_front, effort), *_body_changes(old_body, new_body, effort)]


def blame(texts: Sequence[str]) -> list[int]:
    """For each line of the last of `texts`, oldest first, the index of the text that brought it; [] for no text.

    A line that moved was brought by the text that moved it. A text that is the same as an earlier one, an old version
    put back, brings nothing: its lines come from where they came from then.
    """
    lines: list[str] = []
    origins: list[int] = []
    known: dict[str, tuple[list[str], list[int]]] = {}
    effort = Effort()
    for index, text in enumerate(texts):
        if text in known:
            lines, origins = known[text]
            continue
        after = split_lines(text)
        found: list[int] = []
        done = 0
        for edit in edits(lines, after, effort, has_words):
            found += origins[done : edit.start]
            found += [index] * (edit.side_end - edit.side_start)
            done = edit.end
        lines, origins = known[text] = (after, found + origins[done:])
    return origins


def _close(changes: Sequence[Edit], distance: int) -> list[list[Edit]]:
    """The edits in groups, those at most `distance` lines apart together."""
    groups: list[list[Edit]] = []
    for edit in changes:
        if not groups or edit.start - groups[-1][-1].end > distance:
            groups.append([])
        groups[-1].append(edit)
    return groups


def _hunk(before: Sequence[str], after: Sequence[str], group: Sequence[Edit], context: int, effort: Effort) -> Hunk:
    start = max(group[0].start - context, 0)
    side_start = group[0].side_start - (group[0].start - start)
    end = min(group[-1].end + context, len(before))
    rows: list[Row] = []
    i, j = start, side_start
    for edit in group:
        rows += _equal_rows(before, i, edit.start, j)
        rows += _changed_rows(before, after, edit, effort)
        i, j = edit.end, edit.side_end
    rows += _equal_rows(before, i, end, j)
    return Hunk(start + 1, side_start + 1, tuple(rows))


def _equal_rows(before: Sequence[str], start: int, end: int, side_start: int) -> Iterator[Row]:
    for i in range(start, end):
        same = (Span("equal", before[i].removesuffix("\n")),)
        yield Row("equal", same, same, i + 1, side_start + i - start + 1)


def _changed_rows(before: Sequence[str], after: Sequence[str], edit: Edit, effort: Effort) -> Iterator[Row]:
    """The rows of one edit: the lines that became another, and between these the lines that went and that came."""
    gone = [line.removesuffix("\n") for line in before[edit.start : edit.end]]
    come = [line.removesuffix("\n") for line in after[edit.side_start : edit.side_end]]
    done = side_done = 0
    for left, right in [*_same_lines(gone, come, effort), (len(gone), len(come))]:
        for i in range(done, left):
            yield Row("delete", (Span("delete", gone[i]),), (), edit.start + i + 1, None)
        for j in range(side_done, right):
            yield Row("insert", (), (Span("insert", come[j]),), None, edit.side_start + j + 1)
        if left < len(gone):
            old, new = _words(gone[left], come[right], effort)
            yield Row("change", old, new, edit.start + left + 1, edit.side_start + right + 1)
        done, side_done = left + 1, right + 1


def _same_lines(gone: Sequence[str], come: Sequence[str], effort: Effort) -> list[tuple[int, int]]:
    """Which of the lines that went became which of those that came: pairs of indexes, rising, as alike as can be."""
    if not gone or not come or not effort.spend(10 * len(gone) * len(come)):
        return []
    said = [frozenset(_WORD.findall(line.casefold())) for line in gone]
    says = [frozenset(_WORD.findall(line.casefold())) for line in come]
    # best[i][j]: the greatest total likeness of gone[i:] and come[j:]
    best = [[0.0] * (len(come) + 1) for _ in range(len(gone) + 1)]
    alike = [[_likeness(one, other) for other in says] for one in said]
    for i in reversed(range(len(gone))):
        for j in reversed(range(len(come))):
            paired = alike[i][j] + best[i + 1][j + 1] if alike[i][j] >= _ALIKE else 0.0
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    pairs = []
    i = j = 0
    while i < len(gone) and j < len(come):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            pairs.append((i, j))
            i, j = i + 1, j + 1
    return pairs


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / ((len(one) + len(other)) or 1)


def _words(old: str, new: str, effort: Effort) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    before, after = _PIECE.findall(old), _PIECE.findall(new)
    changes: list[Edit] = []
    for edit in edits(before, after, effort, has_words):
        if changes and not has_words("".join(before[changes[-1].end : edit.start])):
            edit = Edit(changes[-1].start, edit.end, changes[-1].side_start, edit.side_end)
            changes.pop()
        changes.append(edit)
    words = len([piece for piece in before if has_words(piece)])
    changed = len([piece for edit in changes for piece in before[edit.start : edit.end] if has_words(piece)])
    if words and words - changed < _FEW * max(words, len([piece for piece in after if has_words(piece)])):
        changes = [Edit(0, len(before), 0, len(after))]
    return (
        tuple(_spans(before, [(edit.start, edit.end) for edit in changes], "delete")),
        tuple(_spans(after, [(edit.side_start, edit.side_end) for edit in changes], "insert")),
    )


def _spans(
    pieces: Sequence[str], changed: Sequence[tuple[int, int]], kind: Literal["insert", "delete"]
) -> Iterator[Span]:
    done = 0
    for start, end in changed:
        if done < start:
            yield Span("equal", "".join(pieces[done:start]))
        if start < end:
            yield Span(kind, "".join(pieces[start:end]))
        done = end
    if done < len(pieces):
        yield Span("equal", "".join(pieces[done:]))


def _field_changes(old: str, new: str, effort: Effort) -> Iterator[SectionChange]:
    before, after = _fields(old), _fields(new)
    for key in [*after, *(key for key in before if key not in after)]:
        lines, new_lines = before.get(key, []), after.get(key, [])
        if lines != new_lines:
            kind: Kind = "changed" if lines and new_lines else "added" if new_lines else "removed"
            yield SectionChange(key, kind, *_line_counts(lines, new_lines, effort), field=True)


def _fields(front_matter: str) -> dict[str, list[str]]:
    """The lines of each value; of a front matter that is not made of keys, all lines under the key ""."""
    by_key = values(front_matter)
    if by_key is None:
        return {"": split_lines(front_matter)}
    return {key: split_lines(value) for key, value in by_key.items() if key.strip("-")}


class _Section(NamedTuple):
    """The words of a heading, the names from the outermost heading to this one, and the lines that say something."""

    title: str
    place: str
    lines: list[str]


def _body_changes(old: str, new: str, effort: Effort) -> Iterator[SectionChange]:
    before, after = _sections(old, new, effort)
    origins = _origins(before, after, effort)
    for index, section in enumerate(after):
        if index not in origins:
            yield SectionChange(section.title, "added", len(section.lines), 0)
            continue
        origin, moved = origins[index]
        lines = before[origin].lines
        if moved or lines != section.lines or before[origin].title != section.title:
            kind: Kind = "moved" if moved else "changed" if _stayed(lines, section.lines) else "rewritten"
            yield SectionChange(section.title, kind, *_line_counts(lines, section.lines, effort))
    kept = {origin for origin, _ in origins.values()}
    for index, section in enumerate(before):
        if index not in kept:
            yield SectionChange(section.title, "removed", 0, len(section.lines))


def _stayed(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether half of the words stayed; where there were none, or none are left, nothing was rewritten."""
    return not before or not after or mostly_alike(before, after)


def _sections(old: str, new: str, effort: Effort) -> tuple[list[_Section], list[_Section]]:
    """The sections of the two bodies, those renamed on the spot with the place they have in the old one."""
    before, after = split_lines(old), split_lines(new)
    before_headings, after_headings = headings(before), headings(after)
    names = renamed(before, before_headings, after, after_headings, effort)
    return _cut(before, before_headings, {}), _cut(after, after_headings, names)


def _cut(lines: Sequence[str], found: Sequence[Heading], renamed: Mapping[int, str]) -> list[_Section]:
    where = places(lines, found, renamed)
    above = found[0].line if found else len(lines)
    return [
        _Section("", "", [line for line in lines[:above] if has_words(line)]),
        *(
            _Section(heading.title, where[heading.line], content(lines, found, index))
            for index, heading in enumerate(found)
        ),
    ]


def _origins(before: Sequence[_Section], after: Sequence[_Section], effort: Effort) -> dict[int, tuple[int, bool]]:
    """For each section of `after` that was in `before`: which one it was, and whether it moved."""
    origins: dict[int, tuple[int, bool]] = {}
    gone: list[int] = []
    come: list[int] = []
    done = side_done = 0
    ends = Edit(len(before), len(before), len(after), len(after))
    for edit in [*edits([section.place for section in before], [section.place for section in after], effort), ends]:
        origins.update(
            (j, (i, False)) for i, j in zip(range(done, edit.start), range(side_done, edit.side_start), strict=True)
        )
        gone += range(edit.start, edit.end)
        come += range(edit.side_start, edit.side_end)
        done, side_done = edit.end, edit.side_end
    by_name: dict[str, list[int]] = {}
    for i in reversed(gone):
        by_name.setdefault(_name(before[i]), []).append(i)
    for j in come:
        if candidates := by_name.get(_name(after[j])):
            origins[j] = (candidates.pop(), True)
    return origins


def _name(section: _Section) -> str:
    return section.place.rpartition("\n")[2]


def _line_counts(before: Sequence[str], after: Sequence[str], effort: Effort) -> tuple[int, int]:
    """How many lines came and how many went."""
    changes = edits(before, after, effort)
    return sum(edit.side_end - edit.side_start for edit in changes), sum(edit.end - edit.start for edit in changes)
