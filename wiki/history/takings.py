"""Taking from another text what it has better, section by section: decisions as data, carried out by pure functions.

`known` is what a page knows of a source: the source's text as it was when the two parted, brought forward by every
decision since. What the source has otherwise than `known` is what it offers; a decision, whichever it is, makes it
known. So what was declined is not asked again until it changes again, what was left for later stays offered, and
taking twice changes nothing.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from wiki.history.merge import Chunk, joined, merge3, resolve
from wiki.history.outline import has_words, headings, split_lines
from wiki.history.sections import Unit, compose, units

Choice = Literal["take", "theirs", "mine", "both", "write", "decline"]
MOST_UNITS = 80


@dataclass(frozen=True, slots=True)
class Improvement:
    """A unit that a source has otherwise than it is known here.

    `contested` are the passages that were changed on both sides, in order; there are none where it can be taken with
    one click.
    """

    unit: Unit
    contested: tuple[Chunk, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about one unit.

    "take" what both agree on; of a contested unit "theirs", "mine", "both" or "write" for all of its passages, the
    written texts in `texts`, one for each passage; "decline" means not for us. `seen` is the mark of the passages the
    choice was made for; without it, they are those of the unit taken alone.
    """

    choice: Choice
    texts: tuple[str, ...] = ()
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """The text after some decisions, and what is known of the source then.

    `returned` is what the source knows of this page then: what was taken from it need not be offered to it, and what
    was settled here against its words is offered as a change of these, not asked again.
    `undecided` are units whose passages still need a choice; while there are some, nothing else counts.
    """

    text: str
    known: str
    returned: str
    undecided: Mapping[str, tuple[Chunk, ...]] = field(default_factory=dict)


def mark(contested: Sequence[Chunk]) -> str:
    """A short word that tells the passages of a choice from others."""
    return hashlib.sha256(repr([(chunk.mine, chunk.theirs) for chunk in contested]).encode()).hexdigest()[:16]


def improvements(known: str, source: str, ours: str, own: bool = False) -> list[Improvement]:
    """What `source` offers to `ours`, in its order. What stands in `ours` already is left out. Bounded.

    Where all three are texts of one page (`own`), what it says about itself counts too.
    """
    found = []
    for unit in units(known, source, own)[:MOST_UNITS]:
        chunks = _passages(known, ours, compose(known, source, [unit.key], own), unit)
        if joined(chunks) != ours:
            found.append(Improvement(unit, tuple(chunk for chunk in chunks if chunk.conflict)))
    return found


def take(
    known: str, source: str, ours: str, decisions: Mapping[str, Decision], returned: str, own: bool = False
) -> Taken:
    """Carry out `decisions`, by key of the unit, on `ours`; a unit without one stays offered.

    `returned` is what the source knew of `ours` before; `own` is as for `improvements`. Units are taken one after the
    other in the order of the source, so that the order in which they are decided changes nothing. Pure.
    """
    text, before = ours, known
    done: list[str] = []
    undecided: dict[str, tuple[Chunk, ...]] = {}
    for unit in units(known, source, own):
        decision = decisions.get(unit.key)
        if decision is None or decision.choice == "decline":
            continue
        after = compose(known, source, [*done, unit.key], own)
        chunks = _passages(before, text, after, unit)
        contested = tuple(chunk for chunk in chunks if chunk.conflict)
        settled = _settled(chunks, decision, unit)
        if settled is None or (
            contested and mark(contested) != (decision.seen or _alone(known, source, ours, unit, own))
        ):
            # Put together with what was taken before, these are other passages than those somebody chose for.
            undecided[unit.key] = contested
            continue
        text, before, done = settled, after, [*done, unit.key]
    decided = [key for key, decision in decisions.items() if key not in undecided]
    back = joined(merge3(known, returned, compose(known, source, done, own)))
    return Taken(text, compose(known, source, decided, own), returned if back is None else back, undecided)


def everything(offered: Sequence[Improvement]) -> dict[str, Decision]:
    """The decisions that take all that needs no choice."""
    return {found.unit.key: Decision("take") for found in offered if not found.contested}


def seen(known: str, source: str, ours: str) -> str:
    """What is known once all that stands in `ours` already is counted as known.

    What is past the first MOST_UNITS was never looked at, and stays unknown.
    """
    offered = {found.unit.key for found in improvements(known, source, ours)}
    return compose(known, source, [unit.key for unit in units(known, source)[:MOST_UNITS] if unit.key not in offered])


def still_said(known: str, *texts: str) -> str:
    """The lines of `known` that one of these texts says too: what may be told of it where the rest must not be."""
    said = {line for text in texts for line in split_lines(text)}
    return "".join(line for line in split_lines(known) if line in said)


def _alone(known: str, source: str, ours: str, unit: Unit, own: bool) -> str:
    """The mark of the passages of a unit that is taken alone."""
    chunks = _passages(known, ours, compose(known, source, [unit.key], own), unit)
    return mark([chunk for chunk in chunks if chunk.conflict])


def _passages(known: str, ours: str, theirs: str, unit: Unit) -> list[Chunk]:
    """The merge of one unit, where ours stays wherever the unit has no part in it.

    A merge in doubt asks about everything that either side changed; what the source left alone, and shares no line
    with what it changed, is no matter of this unit, and taking the unit must not take ours away there. And where the
    whole section is not in ours, a text in words of its own maybe, the question is whether to add it, not which of two
    pages to keep.
    """
    chunks = merge3(known, ours, theirs)
    if not unit.field and unit.new and joined(chunks) is None and (found := _by_section(ours, theirs, unit)):
        return found
    touched = {index for index, chunk in enumerate(chunks) if chunk.conflict and chunk.theirs != chunk.base}
    apart = {index for index, chunk in enumerate(chunks) if chunk.conflict} - touched
    lines = set().union(*(_lines(chunks[index]) for index in touched))
    while near := {index for index in apart if lines & _lines(chunks[index])}:
        apart -= near
        lines = lines.union(*(_lines(chunks[index]) for index in near))
    return [replace(chunk, text=chunk.mine) if index in apart else chunk for index, chunk in enumerate(chunks)]


def _by_section(ours: str, theirs: str, unit: Unit) -> list[Chunk]:
    """Ours with one section of theirs: taken where it stands here untouched, a question where nothing like it does.

    A section to add goes where it stands there, or to the end where ours knows nothing of what stands before it.
    Nothing where neither is so.
    """
    same = [one for one in units(ours, theirs) if not one.field and one.new.strip() == unit.new.strip()]
    if len(same) == 1 and same[0].kind == "changed" and same[0].old.strip() == unit.old.strip():
        after = compose(ours, theirs, [same[0].key])
        return [Chunk(ours, ours, after, after)]
    missing = [one.key for one in same if one.kind == "added"]
    here = split_lines(ours)
    whole = split_lines(compose(ours, theirs, missing)) if len(missing) == 1 else here
    start = _alike(here, whole)
    first = next((heading.line for heading in headings(here)), len(here))
    if start <= first < len(here) and not unit.new.startswith(_first_section(theirs)):
        start, whole = len(here), [*here, "\n", *split_lines(unit.new.rstrip("\n") + "\n")]
    end = len(here) - _alike(here[start:][::-1], whole[start:][::-1])
    if whole == here or has_words("".join(here[start:end])):
        return []
    mine, more = "".join(here[start:end]), "".join(whole[start : len(whole) - len(here) + end])
    kept = [Chunk(text, text, text, text) for text in ("".join(here[:start]), "".join(here[end:]))]
    return [chunk for chunk in (kept[0], Chunk(unit.old, mine, more, None), kept[1]) if chunk.changed or chunk.mine]


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines two texts have in common at their beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (line, side) in pairs if line != side), min(len(one), len(other)))


def _first_section(text: str) -> str:
    """The heading line a text begins its sections with, or a word that none has."""
    lines = split_lines(text)
    return next((lines[heading.line] for heading in headings(lines)), "\n")


def _lines(chunk: Chunk) -> set[str]:
    """The lines of a passage that say something, on any side."""
    return {line.strip() for text in (chunk.base, chunk.mine, chunk.theirs) for line in split_lines(text)
            if has_words(line)}


def together(unit: Unit, chunk: Chunk) -> str | None:
    """Both texts of a contested passage, one after the other; None for an answer that has room for one only."""
    theirs, mine = split_lines(chunk.theirs), split_lines(chunk.mine)
    if not theirs or not mine:
        return chunk.theirs or chunk.mine
    if not unit.field:
        return "".join([*theirs[:-1], theirs[-1] if theirs[-1].endswith("\n") else theirs[-1] + "\n", *mine])
    if len(theirs) < 2 or len(mine) < 2 or theirs[0] != mine[0]:
        return None
    return "".join([*theirs, *(line for line in mine[1:] if line not in theirs)])


def _settled(chunks: Sequence[Chunk], decision: Decision, unit: Unit) -> str | None:
    """The text the chunks make with this decision, or None where it does not say enough."""
    contested = [index for index, chunk in enumerate(chunks) if chunk.conflict]
    if not contested:
        return joined(chunks)
    if decision.choice == "take":
        return None
    if decision.choice == "write":
        if len(decision.texts) != len(contested):
            return None
        return resolve(chunks, dict(zip(contested, decision.texts, strict=True)))
    chosen = {index: _chosen(chunks[index], decision.choice, unit) for index in contested}
    texts = {index: text for index, text in chosen.items() if text is not None}
    return resolve(chunks, texts) if len(texts) == len(chosen) else None


def _chosen(chunk: Chunk, choice: Choice, unit: Unit) -> str | None:
    if choice == "mine":
        return chunk.mine
    return chunk.theirs if choice == "theirs" else together(unit, chunk)
