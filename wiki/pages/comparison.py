"""Two texts of a page side by side: fields as a table, words in the body, and a conflict passage by passage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from wiki import history
from wiki.accounts import Actor
from wiki.history import Hunk, Span
from wiki.pages import textform
from wiki.pages.fields import Field, Value, check, words
from wiki.pages.kinds import KINDS
from wiki.pages.queries import PageInfo, find, resolved
from wiki.pages.saving import Conflict, base_revision, canonical, conflict_chunks, summarise
from wiki.pages.sources import ORIGIN_FIELD, told_texts, untold_line
from wiki.pages.telling import reads_text, require_shown, told_to
from wiki.permissions import may, require
from wiki.rendering import link_key

SUMMARY_PARTS = 4
_NAMING = frozenset({"reference", "references", "mentions"})


@dataclass(frozen=True)
class FieldChange:
    """A field whose value differs, its label and both values with the differing words marked."""

    label: str
    old: Sequence[Span]
    new: Sequence[Span]


@dataclass(frozen=True)
class Comparison:
    """What changed between two texts. `words` says it in one line."""

    fields: Sequence[FieldChange]
    hunks: Sequence[Hunk]
    words: str
    too_different: bool

    @property
    def same(self) -> bool:
        return not self.fields and not self.hunks and not self.too_different


def compare(old: str, new: str, *, actor: Actor | None = None) -> Comparison:
    """What changed from `old` to `new`, both whole texts of a page.

    Pages that fields name are called by their titles as far as `actor` may know of them, else by their addresses.
    """
    before, after = textform.parse(old), textform.parse(new)
    hunks = history.compare(before.body, after.body)
    fields = _field_changes(before, after, actor)
    return Comparison(fields, hunks, changes_in_words(summarise(old, new)), any(hunk.too_different for hunk in hunks))


def _field_changes(before: textform.Document, after: textform.Document, actor: Actor | None) -> list[FieldChange]:
    changed = list(_changed_values(before, after))
    keys = {
        link_key(name)
        for _name, field, *values in changed
        if field is not None and field.type in _NAMING
        for value in values
        for name in (value if isinstance(value, list) else [value or ""])
    } - {""}
    named = resolved(actor, keys) if actor is not None and keys else {}
    titles = {key: page.title for key, page in named.items()}
    changes = [
        _change(str(field.label) if field else name, value_words(field, old, titles), value_words(field, new, titles))
        for name, field, old, new in changed
    ]
    if before.kind != after.kind:
        kinds = _change(_("Type de page"), str(KINDS[before.kind].label), str(KINDS[after.kind].label))
        return [kinds, *changes]
    return changes


def _changed_values(
    before: textform.Document, after: textform.Document
) -> Iterator[tuple[str, Field | None, Any, Any]]:
    declared = {field.name: field for kind in (before.kind, after.kind) for field in KINDS[kind].fields}
    old_values: Mapping[str, Any] = {**before.fields, **before.extra}
    new_values: Mapping[str, Any] = {**after.fields, **after.extra}
    for name in dict.fromkeys([*declared, *old_values, *new_values]):
        old, new = old_values.get(name), new_values.get(name)
        if old != new:
            yield name, declared.get(name), old, new


def value_words(field: Field | None, value: Any, titles: Mapping[str, str] = MappingProxyType({})) -> str:
    """A value as people read it, one item on each line; `titles` of the pages it names, by link key."""
    if value is None:
        return ""
    return "\n".join(_item_words(field, str(item), titles) for item in (value if isinstance(value, list) else [value]))


def _item_words(field: Field | None, item: str, titles: Mapping[str, str]) -> str:
    if field is None:
        return item
    if field.type in ("reference", "references"):
        return titles.get(link_key(item)) or item.replace("-", " ").capitalize()
    return titles.get(link_key(item), item) if field.type == "mentions" else words(field, item)


def _change(label: str, old: str, new: str) -> FieldChange:
    return FieldChange(label, *history.compare_words(old, new))


def changes_in_words(changes: Sequence[Sequence[Any]], origin: str = "") -> str:
    """A summary by section from what `summarise` found: "Matériel : +2 lignes ; Étapes réécrites".

    `origin` is the title of the page of origin, where the changes gave one that may be named.
    """
    parts = [_part(origin, *change) for change in changes[:SUMMARY_PARTS]]
    if len(changes) > SUMMARY_PARTS:
        more = len(changes) - SUMMARY_PARTS
        parts.append(ngettext("et %(num)s autre endroit", "et %(num)s autres endroits", more))
    said = ""
    for part in parts:
        said = _("%(said)s ; %(part)s", said=said, part=part) if said else part
    return said


def _part(origin: str, kind: str, title: str, added: int, removed: int, field: bool) -> str:
    if field:
        if origin and title == ORIGIN_FIELD and kind != "removed":
            return _("variante de « %(title)s »", title=origin)
        label = _field_label(title)
        if kind == "added":
            return _("%(name)s : renseigné", name=label)
        if kind == "removed":
            return _("%(name)s : retiré", name=label)
        return _("%(name)s : modifié", name=label)
    name = title or _("Introduction")
    if kind == "added":
        return _("section « %(name)s » ajoutée", name=name)
    if kind == "removed":
        return _("section « %(name)s » retirée", name=name)
    if kind == "moved":
        return _("section « %(name)s » déplacée", name=name)
    if kind == "rewritten":
        return _("%(name)s : réécrit", name=name)
    if added and removed:
        if added == removed:
            return _(
                "%(name)s : %(lines)s",
                name=name,
                lines=ngettext("%(num)s ligne modifiée", "%(num)s lignes modifiées", added),
            )
        return _(
            "%(name)s : +%(added)s et −%(lines)s",
            name=name,
            added=added,
            lines=ngettext("%(num)s ligne", "%(num)s lignes", removed),
        )
    sign, number = ("+", added) if added else ("−", removed)
    return _(
        "%(name)s : %(sign)s%(lines)s", name=name, sign=sign, lines=ngettext("%(num)s ligne", "%(num)s lignes", number)
    )


def _field_label(name: str) -> str:
    field = next((field for kind in KINDS.values() for field in kind.fields if field.name == name), None)
    return str(field.label) if field else {"kind": _("Type de page")}.get(name, name)


def field_words(value: Value, field: Any, typed: bool = False) -> str:
    """A field's value as people read it; `typed`, as it is kept unless its words are read back as that value."""
    said = words(field, value)
    if not typed:
        return said
    back = check(field, said)
    return said if not back.refusals and back.value == value else str(value)


@dataclass(frozen=True)
class Passage:
    """A stretch of a conflict as its screen shows it: joined text (`index` is None), or both sides of a choice."""

    index: int | None
    number: int
    text: str = ""
    base: str = ""
    mine: Sequence[Span] = ()
    theirs: Sequence[Span] = ()
    heading: str = ""
    suggestion: str = ""

    @property
    def lines(self) -> int:
        return self.text.rstrip("\n").count("\n") + 1

    @property
    def rows(self) -> int:
        return min(20, max(3, self.suggestion.count("\n") + 2))

    @property
    def alike(self) -> bool:
        """Whether the two sides share a fifth of their words or more, so that marking the others shows something."""
        shared = sum(len(span.text) for span in self.mine if span.kind == "equal")
        return 5 * shared >= max(1, *(sum(len(span.text) for span in side) for side in (self.mine, self.theirs)))


def passages(conflict: Conflict) -> list[Passage]:
    """The stretches of a conflict in order, neighbouring agreed ones joined."""
    found: list[Passage] = []
    number = 0
    heading = ""
    for index, chunk in enumerate(conflict.chunks):
        if chunk.text is not None:
            if found and found[-1].index is None:
                found[-1] = Passage(None, 0, found[-1].text + chunk.text)
            else:
                found.append(Passage(None, 0, chunk.text))
            heading = _last_heading(chunk.text) or heading
            continue
        number += 1
        theirs, mine = history.compare_words(chunk.theirs, chunk.mine)
        base = _("(texte masqué)") if conflict.base_hidden else chunk.base
        found.append(
            Passage(index, number, base=base, heading=heading, suggestion=chunk.mine, mine=mine, theirs=theirs)
        )
    return found


def _last_heading(text: str) -> str:
    headings = [line for line in text.split("\n") if line.startswith("#")]
    return headings[-1].lstrip("# ").strip() if headings else ""


def reopen(actor: Actor, slug: str, mine: str, base: object, head: object) -> Conflict:
    """The Conflict a form was about, computed again from what it sent. Raises Invalid, NotFound, Forbidden."""
    page = find(actor, slug)
    require(actor, "suggest", page)
    started, seen = base_revision(page, base), base_revision(page, head)
    require_shown(actor, seen)
    ancestor, mine, theirs = told_texts(actor, page.id, started.text, canonical(mine), seen.text)
    chunks = conflict_chunks(ancestor, mine, theirs)
    entries = [told_to(actor, entry) for entry in history.history(page.id, limit=50) if entry.number > started.number]
    names = dict.fromkeys(entry.author_name for entry in entries)
    hidden = not reads_text(actor, started)
    return Conflict(page.slug, started.number, seen.number, mine, tuple(chunks), tuple(names), base_hidden=hidden)


def chosen(conflict: Conflict, form: Mapping[str, str]) -> dict[int, str]:
    """The text chosen for each contested passage, from radio buttons `choice-N` and texts `text-N`."""
    texts: dict[int, str] = {}
    for index in conflict.contested:
        chunk = conflict.chunks[index]
        choice = form.get(f"choice-{index}")
        if choice == "mine":
            texts[index] = chunk.mine
        elif choice == "theirs":
            texts[index] = chunk.theirs
        elif choice == "both":
            texts[index] = _one_after_the_other(chunk.theirs, chunk.mine)
        elif choice == "write":
            written = form.get(f"text-{index}", "").replace("\r\n", "\n").replace("\r", "\n")
            ends = chunk.mine.endswith("\n") or chunk.theirs.endswith("\n")
            texts[index] = written if not ends or not written or written.endswith("\n") else written + "\n"
    return texts


def _one_after_the_other(first: str, second: str) -> str:
    return first if not second else f"{first}\n{second}" if first and not first.endswith("\n") else first + second


@dataclass(frozen=True)
class Authored:
    """Neighbouring lines that came with the same revision."""

    number: int
    author_name: str
    created_at: datetime
    text: str


def blame(actor: Actor, page: PageInfo, limit: int) -> list[Authored]:
    """Who wrote each line of the newest revision, looking back over at most `limit` revisions."""
    # Names are read when asked for: who changes theirs, or goes, is told by it no more.
    entries = {entry.number: entry for entry in history.history(page.id, page.head_number + 1, limit)}
    found = []
    written = _blame(page.id, page.head_number, page.updated_at, limit)
    line = untold_line(actor, page, "".join(text for _number, text in written))
    for number, text in written:
        if line and line in text:
            text = text.replace(line, "", 1)
            line = ""
        if not text:
            continue
        entry = entries[number]
        unnamed = entry.hides("author") and not may(actor, "hide")
        found.append(Authored(number, _("nom masqué") if unnamed else entry.author_name, entry.created_at, text))
    return found


@lru_cache(maxsize=64)
def _blame(page_id: int, head_number: int, _written: datetime, limit: int) -> tuple[tuple[int, str], ...]:
    """The number of the revision that each passage came with, and the passage."""
    revisions = history.texts(page_id, head_number, limit)
    origins = history.blame([revision.text for revision in revisions])
    found: list[tuple[int, str]] = []
    for line, origin in zip(history.split_lines(revisions[-1].text), origins, strict=True):
        number = revisions[origin].number
        if found and found[-1][0] == number:
            found[-1] = (number, found[-1][1] + line)
        else:
            found.append((number, line))
    return tuple(found)
