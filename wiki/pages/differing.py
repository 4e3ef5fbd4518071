"""What differs between two pages, in words: by section and by answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from wiki import history
from wiki.accounts import Actor
from wiki.errors import Invalid
from wiki.history import Unit
from wiki.pages.comparison import Comparison, FieldChange, value_words
from wiki.pages.fields import Field, clean
from wiki.pages.frontmatter import read_block, write_block
from wiki.pages.kinds import KINDS
from wiki.pages.queries import PageInfo, find, resolved
from wiki.rendering import link_key

# Of a page in words of its own, a list of all that differs says nothing.
_SECTIONS_NAMED = 8
# Answers of these types name other pages.
_NAMING = ("reference", "references", "mentions")


def unit_title(page: PageInfo, unit: Unit) -> str:
    """What a section or an answer is called on screen."""
    declared = _declared(page, unit)
    if declared is not None:
        return str(declared.label)
    if unit.field:
        return unit.title
    return unit.title or _("Introduction")


@dataclass(frozen=True)
class Difference:
    """One section or answer that two pages have otherwise, to be shown."""

    title: str
    unit: Unit
    comparison: Comparison


def titles_named(actor: Actor, page: PageInfo, units: Iterable[Unit]) -> dict[str, str]:
    """The titles of the pages that answers name, by link key, as far as this actor may read those."""
    keys = {
        link_key(item)
        for unit in units
        if (declared := _declared(page, unit)) is not None and declared.type in _NAMING
        for text in (unit.old, unit.new)
        for item in _value(text).split("\n")
    } - {""}
    return {key: info.title for key, info in resolved(actor, keys).items()} if keys else {}


def _declared(page: PageInfo, unit: Unit) -> Field | None:
    return KINDS[page.kind].field(unit.title) if unit.field else None


def shown(page: PageInfo, unit: Unit, titles: Mapping[str, str] = MappingProxyType({})) -> Difference:
    """What differs in one unit, word by word; answers as people read them, with the `titles` of pages they name."""
    title = unit_title(page, unit)
    if unit.field:
        spans = history.compare_words(*(passage_words(page, unit, text, titles) for text in (unit.old, unit.new)))
        return Difference(title, unit, Comparison([FieldChange(title, *spans)], [], "", False))
    hunks = history.compare(unit.old, unit.new, context=1)
    return Difference(title, unit, Comparison([], hunks, "", any(hunk.too_different for hunk in hunks)))


def _value(text: str) -> str:
    """What a value of the front matter says, without its key: one item on each line."""
    try:
        value = next(iter(read_block(text).values.values()), "")
    except Invalid:
        return text
    return str(value).strip() if isinstance(value, str) else "\n".join(map(str, value))


def passage_value(unit: Unit, text: str) -> str:
    """A contested passage as people write it: of an answer, the value alone."""
    return _value(text) if unit.field else text


def passage_words(
    page: PageInfo, unit: Unit, text: str, titles: Mapping[str, str] = MappingProxyType({})
) -> str:
    """A contested passage as people read it; `titles` are those of the pages it names, by link key."""
    if not unit.field:
        return text.strip("\n")
    value = _value(text)
    return value_words(_declared(page, unit), value.split("\n"), titles) if value else ""


def passage_text(page: PageInfo, unit: Unit, written: str) -> str:
    """What somebody wrote for a contested passage, as the page holds it. Raises Invalid for nonsense."""
    if not unit.field:
        return written if not written or written.endswith("\n") else written + "\n"
    declared = KINDS[page.kind].field(unit.title)
    value = clean(declared, written) if declared is not None else written.strip()
    long = [unit.title] if declared is not None and declared.type == "text" else []
    return write_block({unit.title: value}, literal=long) if value else ""


def compare_pages(actor: Actor, slug: str, other_slug: str) -> tuple[PageInfo, PageInfo, list[Difference]]:
    """Two pages side by side, section by section: what the first has otherwise than the other. Raises NotFound."""
    page, other = find(actor, slug), find(actor, other_slug)
    ours, theirs = history.read(page.id, page.head_number), history.read(other.id, other.head_number)
    units = history.units(theirs.text, ours.text)[: history.MOST_UNITS]
    titles = titles_named(actor, page, units)
    return page, other, [shown(page, unit, titles) for unit in units]


def difference_lines(page: PageInfo, differences: Sequence[Sequence[Any]]) -> list[str]:
    """What a variant does otherwise, in two lines at most: its answers, then its sections."""
    answers = [
        unit_title(page, Unit("", str(title), "changed", "", "", True)) for _kind, title, field in differences if field
    ]
    sections = [_section_words(str(kind), str(title)) for kind, title, field in differences if not field]
    found = []
    if answers:
        found.append(_("Répond autrement à : %(names)s.", names=_some(answers)))
    if len(sections) > _SECTIONS_NAMED:
        found.append(_("Le texte est presque partout écrit autrement."))
    elif sections:
        found.append(_("Écrit autrement : %(names)s.", names=_some(sections)))
    return found


def _some(words: Sequence[str], most: int = 4) -> str:
    rest = len(words) - most
    first = ", ".join(words[:most])
    if rest <= 0:
        return first
    return first + " " + ngettext("et %(num)s autre", "et %(num)s autres", rest)


def _section_words(kind: str, title: str) -> str:
    name = title or _("Introduction")
    if kind == "added":
        return _("« %(name)s » en plus", name=name)
    if kind == "removed":
        return _("sans « %(name)s »", name=name)
    if kind == "moved":
        return _("« %(name)s » ailleurs", name=name)
    return _("« %(name)s »", name=name)
