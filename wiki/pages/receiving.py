"""Taking into a page what another of its family has better: what there is, and deciding on it.

The other is the origin, a sibling, or a variant that offers its work back: the same verb for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from flask_babel import gettext as _

from wiki import history
from wiki.accounts import GUEST, Actor
from wiki.database import write_transaction
from wiki.errors import Invalid
from wiki.history import Chunk, Decision, Improvement, Knowledge, Taken, Unit
from wiki.pages import projection, summaries
from wiki.pages.differing import unit_title
from wiki.pages.licences import refusal
from wiki.pages.newcomers import require_welcome
from wiki.pages.queries import PageInfo, find
from wiki.pages.saving import append, canonical, locked_head
from wiki.pages.telling import require_shown, told_to
from wiki.pages.variants import known_of
from wiki.permissions import VISIBILITIES, require

_ATTEMPTS_OUTSIDE_THE_LOCK = 3
_REVISIONS_CREDITED = 100


@dataclass(frozen=True)
class Credit:
    """Who worked on a unit, and when."""

    author: str
    when: datetime


@dataclass(frozen=True)
class Waiting:
    """One thing there is to take: the unit in words, who brought it, and the passages to choose, if any.

    What asks for a choice and was `refused` here changed again over there, whether it did here or not.
    """

    unit: Unit
    title: str
    credits: Sequence[Credit]
    contested: tuple[Chunk, ...] = ()
    refused: bool = False

    @property
    def mark(self) -> str:
        """Tells the passages to choose from others, for the form that asks about them."""
        return history.mark(self.contested)

    @property
    def has_room_for_both(self) -> bool:
        """Whether two texts are there that can stand one after the other; an answer may have room for one only."""
        return all(history.together(self.unit, chunk) is not None for chunk in self.contested) and not self.is_new

    @property
    def is_new(self) -> bool:
        """Whether nothing stands here for any of the passages: the question is whether to add them."""
        return bool(self.contested) and not any(chunk.mine.strip() for chunk in self.contested)

    def asking(self, undecided: Mapping[str, tuple[Chunk, ...]]) -> Waiting:
        """The same with the passages that turned out to need a choice."""
        return replace(self, contested=undecided.get(self.unit.key, self.contested))


@dataclass(frozen=True)
class Receiving:
    """What `page` can take from revision `source_text` of `source`, when its newest one is `head`.

    `before` is what it knows of the source, as far as anybody may be told that: what both are compared with.
    """

    page: PageInfo
    source: PageInfo
    source_text: history.Text
    head: history.Text
    known: Knowledge
    before: str
    waiting: Sequence[Waiting]

    def asking(self, undecided: Mapping[str, tuple[Chunk, ...]]) -> Receiving:
        """The same with the passages that turned out to need a choice."""
        return replace(self, waiting=[found.asking(undecided) for found in self.waiting])

    @cached_property
    def refusal(self) -> str:
        """Why nothing of the source may be taken, in words: who may read it, or its licence; "" where it may."""
        return _less_open(self.source, self.page) or refusal(self.head.text, self.source_text.text)

    @property
    def free(self) -> list[Waiting]:
        """What can be taken with one click."""
        return [found for found in self.waiting if not found.contested]

    @property
    def contested(self) -> list[Waiting]:
        """What was changed on both sides."""
        return [found for found in self.waiting if found.contested]


@dataclass(frozen=True)
class Received:
    """What became of some decisions: stored as revision `number`, or nothing to store (`unchanged`).

    Where `undecided` is not empty nothing was kept: these units need a choice, now that all is put together.
    """

    slug: str
    number: int
    unchanged: bool = False
    left: int = 0
    undecided: Mapping[str, tuple[Chunk, ...]] = field(default_factory=dict)


def receiving(actor: Actor, slug: str, source_slug: str, revision: int | None = None) -> Receiving:
    """What a page can take from another of its family. Raises Moved, NotFound, and Invalid for strangers."""
    page, source = find(actor, slug), find(actor, source_slug)
    known = known_of(page, source)
    if known is None or page.id == source.id:
        raise Invalid(_("Ces deux pages n’ont pas d’histoire commune : reliez-les d’abord."))
    source_text = history.read(source.id, source.head_number if revision is None else revision)
    require_shown(actor, source_text)
    head = history.read(page.id, page.head_number)
    before = _told_before(known, source_text, head)
    offered = history.improvements(before, source_text.text, head.text)
    if source_text.number < known.seen_number:
        # What was decided about a newer version must not be asked again about an older one.
        newest = history.read(source.id, known.seen_number)
        open_still = {unit.key for unit in history.units(before, newest.text)}
        offered = [found for found in offered if found.unit.key in open_still]
    entries = history.history(source.id, limit=_REVISIONS_CREDITED)
    # As everybody is told: the summary of what is taken repeats these names.
    entries = [told_to(GUEST, entry) for entry in entries if entry.number <= source_text.number]
    since = [entry for entry in entries if entry.number > known.seen_number]
    # What was left for later came before; of what came before the page itself, it already has all.
    start = history.chain(page.id, 1).get(source.id, 0) if known.left else known.seen_number
    earlier = [entry for entry in entries if start < entry.number <= known.seen_number]
    decided = history.decided(page.id, source.id) if any(found.contested for found in offered) else {}
    refused = {key for key, decision in decided.items() if decision.choice == "decline"}
    waiting = [
        Waiting(
            found.unit, unit_title(page, found.unit), _credits(found, since, earlier), found.contested,
            bool(found.contested) and found.unit.key in refused,
        )
        for found in offered
    ]
    return Receiving(page, source, source_text, head, known, before, waiting)


def _told_before(known: Knowledge, source: history.Text, head: history.Text) -> str:
    """What one page knows of another, without what only a hidden version may say, for whoever asks.

    It may be put together from any text of the pages that either holds words of.
    """
    pages = {page_id for text in (source, head) for page_id in history.chain(text.page_id, text.number)}
    if not history.hides_texts(pages, known.seen_id):
        return known.text
    return history.still_said(known.text, source.text, head.text)


def refuse_to_open(source: PageInfo, page: PageInfo) -> None:
    """Raise Invalid where a page would tell its readers what some of them may not read in the source."""
    if reason := _less_open(source, page):
        raise Invalid(reason)


def _less_open(source: PageInfo, page: PageInfo) -> str:
    if VISIBILITIES.index(source.visibility) <= VISIBILITIES.index(page.visibility):
        return ""
    return _("« %(title)s » est moins ouverte que cette page : changez d’abord qui peut la lire.", title=source.title)


def _require_allowed(what: Receiving, decisions: Iterable[Decision]) -> None:
    if what.refusal and any(decision.choice != "decline" for decision in decisions):
        raise Invalid(what.refusal, "units")


def _credits(
    found: Improvement, since: Sequence[history.Entry], earlier: Sequence[history.Entry]
) -> list[Credit]:
    """Those whose revisions, `since` or else `earlier`, say that they touched the unit; else everybody since."""

    def touching(entries: Sequence[history.Entry]) -> list[history.Entry]:
        asked = (found.unit.title[:120], found.unit.field)
        return [entry for entry in entries if any((change[1], bool(change[4])) == asked for change in entry.changes)]

    named: dict[str, Credit] = {}
    for entry in touching(since) or touching(earlier) or since:
        named.setdefault(entry.author_name, Credit(entry.author_name, entry.created_at))
    return list(named.values())


def preview_taking(actor: Actor, what: Receiving, decisions: Mapping[str, Decision]) -> Taken:
    """The text that decisions would make, nothing stored. Raises Invalid as `take` would."""
    require(actor, "read", what.page)
    _require_allowed(what, decisions.values())
    taken = _carried_out(what, decisions)
    if not taken.undecided:
        canonical(taken.text)
    return taken


def _carried_out(what: Receiving, decisions: Mapping[str, Decision]) -> Taken:
    returned = known_of(what.source, what.page)
    return history.take(
        what.before,
        what.source_text.text,
        what.head.text,
        decisions,
        returned.text if returned else what.before,
    )


def take(
    actor: Actor,
    slug: str,
    source_slug: str,
    revision: int,
    decisions: Mapping[str, Decision],
    *,
    comment: str = "",
) -> Received:
    """Carry out decisions on what revision `revision` of a source has; one revision with both as parents.

    What has no decision stays offered; what is declined is not offered again until it changes again. The same
    decisions twice change nothing. Raises Invalid, NotFound, Moved, Forbidden.
    """
    require(actor, "edit", find(actor, slug))
    for attempt in range(_ATTEMPTS_OUTSIDE_THE_LOCK + 1):
        what = receiving(actor, slug, source_slug, revision)
        wanted = {found.unit.key: decisions[found.unit.key] for found in what.waiting if found.unit.key in decisions}
        if not wanted:
            return Received(what.page.slug, what.head.number, unchanged=True, left=len(what.waiting))
        _require_allowed(what, wanted.values())
        taken = _carried_out(what, wanted)
        if taken.undecided:
            return Received(what.page.slug, what.head.number, unchanged=True, undecided=taken.undecided)
        text = canonical(taken.text) if taken.text != what.head.text else what.head.text
        require_welcome(actor, f"{what.head.text}\n{what.source_text.text}", text, comment, field="units")
        kept = _kept(what, taken, text)
        with write_transaction():
            head = locked_head(what.page.id)
            decided = history.knowledge(what.page.id, what.source.id)
            moved_on = head.number != what.head.number or (decided is not None and decided != what.known)
            if not moved_on:
                number = _store(actor, what, text, wanted, kept, comment)
                return Received(what.page.slug, number, number == what.head.number, kept[0].left)
        if attempt == _ATTEMPTS_OUTSIDE_THE_LOCK:
            break
    raise Invalid(_("D’autres personnes modifiaient cette page au même instant ; recommencez."))


def note_seen(actor: Actor, slug: str, source_slug: str) -> None:
    """Count as looked at what a source changed where none of it is anything to take. Raises NotFound, Forbidden."""
    require(actor, "edit", find(actor, slug))
    what = receiving(actor, slug, source_slug)
    if what.waiting or what.source_text.number <= what.known.seen_number:
        return
    text = history.seen(what.before, what.source_text.text, what.head.text)
    known = Knowledge(text, what.source_text.id, what.source_text.number)
    with write_transaction():
        if locked_head(what.page.id).number == what.head.number:
            history.know(what.page.id, what.source.id, known)
            projection.restamp([what.page.id])


def _kept(what: Receiving, taken: Taken, text: str) -> tuple[Knowledge, Knowledge]:
    """What the page knows of the source then, and the source of the page. Neither ever knows less than before."""
    seen, newest = what.source_text, what.source_text
    if seen.number < what.known.seen_number:
        seen = history.read(what.source.id, what.known.seen_number)
    if newest.number != what.source.head_number:
        newest = history.read(what.source.id, what.source.head_number)
    known = history.seen(taken.known, seen.text, text)
    left = len(history.improvements(known, seen.text, text))
    returned = history.seen(taken.returned, text, newest.text)
    back = len(history.improvements(returned, text, newest.text))
    return (
        Knowledge(known, seen.id, seen.number, left),
        Knowledge(returned, what.head.id, what.head.number, back),
    )


def _store(
    actor: Actor,
    what: Receiving,
    text: str,
    decisions: Mapping[str, Decision],
    kept: tuple[Knowledge, Knowledge],
    comment: str,
) -> int:
    page, source, head = what.page, what.source, what.head
    known, returned = kept
    revision_id, number = None, head.number
    if text != head.text:
        number = head.number + 1
        revision_id = append(
            actor,
            page.id,
            page.slug,
            number,
            text,
            before=head,
            base=head.number,
            comment=comment or _said(what, decisions),
            action="take",
            merged=what.source_text,
        )
        returned = Knowledge(returned.text, revision_id, number, returned.left)
    refused = any(decision.choice in ("decline", "mine") for decision in decisions.values())
    history.note_taking(
        page_id=page.id,
        source_revision_id=what.source_text.id,
        revision_id=revision_id,
        decisions={key: [decision.choice, list(decision.texts), decision.seen] for key, decision in decisions.items()},
        whole=not known.left and not refused,
        author_id=actor.id,
        author_name=actor.name,
        guest_key=actor.guest_key,
    )
    history.know(page.id, source.id, known)
    history.know(source.id, page.id, returned)
    projection.restamp([page.id, source.id])
    return number


def _said(what: Receiving, decisions: Mapping[str, Decision]) -> str:
    """A summary for the history: what was taken, by whom it was written. Whence is told to who may read the source."""
    taken = [found for found in what.waiting if decisions.get(found.unit.key, Decision("decline")).choice != "decline"]
    authors = dict.fromkeys(credit.author for found in taken for credit in found.credits)
    source = told_to(GUEST, what.source_text).author_name
    return summaries.taken([found.title for found in taken[:6]], list(authors)[:5] or [source])
