"""Events from another agenda: what each would become here, what is here already, and all of them made in one go.

Looking writes nothing. What was imported bears the name it had where it came from (`source_uid`), so that it is known
again however it was changed since.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from wiki import places
from wiki.accounts import Actor
from wiki.agenda import Draft
from wiki.database import db, now, write_transaction
from wiki.errors import Invalid, Problem
from wiki.pages.addresses import closed
from wiki.pages.editing import begin
from wiki.pages.facts import audience_of
from wiki.pages.fields import Refusal, Session, Value, clean
from wiki.pages.kinds import EVENT
from wiki.pages.models import Facet, Page, PageName
from wiki.pages.newcomers import require_welcome
from wiki.pages.queries import COLUMNS, SLUG_MAXIMUM, PageInfo, by_ids, current, resolved
from wiki.pages.saving import canonical
from wiki.pages.textform import TITLE_MAXIMUM, Document, assemble, parse
from wiki.permissions import require
from wiki.rendering import link_key

_AT_ONCE = 500
_WRITTEN_AT_ONCE = 40
_ATTEMPTS = 3
# Without these there is no event; whatever else cannot be taken is left out, and that is said.
_NEEDED = ("title", "sessions")
_UID_LENGTH = 200
_OURS = re.compile(r"page-(\d{1,9})(?:-\d{8}(?:-\d{1,4})?)?@(.+)")
_POSTCODE = re.compile(r"^(?:[A-Z]{1,2}-)?\d{4,5}\s+\S|\S\s+\d{4,5}$")
_SMALL_WORDS = frozenset((
    "a", "au", "aux", "avec", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "pour", "sur",
    "un", "une", "the", "of", "and",
))  # fmt: skip
_ALIKE = 0.6
_SAME_DAY_MAXIMUM = 5000


@dataclass(frozen=True)
class Shared:
    """What somebody says of every event of a file, by the names of pages or as they typed them.

    `dates` stand for those of events that say none; `locate` puts on the map, by their city, those without a position.
    """

    edition: str = ""
    themes: Sequence[str] = ()
    dates: str = ""
    locate: bool = True


@dataclass
class Candidate:
    """An event that could be made, with what speaks against it.

    `same` is a page that is this event already, `alike` one that looks like it; `repeats` the line of the same event
    in the same file. `located` says by which place it is put on the map, `named` the titles of the pages each field
    names. `problems` keep it from being made.
    """

    line: int
    title: str
    uid: str = ""
    text: str = field(default="", repr=False)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    same: PageInfo | None = None
    alike: PageInfo | None = None
    repeats: int | None = None
    located: places.Place | None = None
    named: dict[str, list[str]] = field(default_factory=dict)

    @property
    def possible(self) -> bool:
        """Whether it can be made."""
        return not self.problems and self.same is None and self.repeats is None

    @property
    def proposed(self) -> bool:
        """Whether it is made unless somebody says otherwise."""
        return self.possible and self.alike is None

    @cached_property
    def document(self) -> Document:
        """Its text taken apart."""
        return parse(self.text)

    @property
    def dates(self) -> list[str]:
        """When it takes place, as its page writes it."""
        return _list(self.document.fields.get("sessions"))


@dataclass(frozen=True)
class Imported:
    """What became of an import: address and title of each page, and how many events somebody else made meanwhile."""

    created: Sequence[tuple[str, str]]
    passed: int = 0


def weigh(actor: Actor, drafts: Sequence[Draft], shared: Shared = Shared(), host: str = "") -> list[Candidate]:
    """What each event of a file would become, in their order; nothing is written.

    `host` is the name of this wiki in the calendars it writes: an event that came from here is known by it. Takes a
    number of questions that does not grow with the file, but for one more by 500 events. Raises Forbidden, and Invalid
    where `shared` names something that is not there.
    """
    require(actor, "import")
    known = _Known(actor, drafts, shared)
    candidates = [known.candidate(draft) for draft in drafts]
    _find_same(actor, candidates, host)
    _find_alike(actor, candidates)
    seen: dict[str, int] = {}
    for one in candidates:
        if one.text and seen.setdefault(one.uid, one.line) != one.line:
            one.repeats = seen[one.uid]
    return candidates


class _Known:
    """The pages that the drafts of a file name, looked up at once, and what is said of all of them."""

    def __init__(self, actor: Actor, drafts: Sequence[Draft], shared: Shared) -> None:
        self.shared = shared
        named = {word for draft in drafts for name in ("themes", "recipes") for word in _list(draft.values.get(name))}
        named |= {_text(draft.values.get("edition")) for draft in drafts}
        named |= {shared.edition, *shared.themes}
        self.pages = resolved(actor, {key for word in named if (key := link_key(word)[:SLUG_MAXIMUM].strip("-"))})
        problems = []
        if shared.edition and self.page(shared.edition, "edition") is None:
            message = _("« %(name)s » n’est pas une édition de ce wiki.", name=shared.edition)
            problems.append(Problem(message, "edition"))
        for word in shared.themes:
            if self.page(word, "theme") is None:
                problems.append(Problem(_("« %(name)s » n’est pas un thème de ce wiki.", name=word), "themes"))
        if shared.dates:
            try:
                _cleaned("sessions", [shared.dates])
            except Invalid as error:
                problems += [Problem(problem.message, "dates") for problem in error.problems]
        if problems:
            raise Invalid(problems)

    def page(self, word: str, kind: str) -> PageInfo | None:
        """The page of a kind that a word names."""
        found = self.pages.get(link_key(word)[:SLUG_MAXIMUM].strip("-"))
        return found if found is not None and found.kind == kind else None

    def candidate(self, draft: Draft) -> Candidate:
        """What a draft would become."""
        title = " ".join(_text(draft.values.get("title")).split())
        one = Candidate(draft.line, title, problems=list(draft.problems), notes=list(draft.notes))
        kind = _text(draft.values.get("kind"))
        if kind not in ("", EVENT.name):
            one.problems.append(_("Ce n’est pas un événement, mais une page d’un autre type."))
        if one.problems:
            return one
        if len(title) > TITLE_MAXIMUM:
            one.title = title[: TITLE_MAXIMUM - 1].rsplit(" ", 1)[0].rstrip() + "…"
            one.notes.append(_("Le titre est trop long ; il est coupé."))
        fields = self._fields(draft, one)
        for name, message in (("title", _("Il manque un titre.")), ("sessions", _("Il manque une date."))):
            if not fields.get(name) and not one.problems:
                one.problems.append(message)
        if one.problems:
            return one
        fields["source_uid"] = one.uid = _uid(_text(draft.values.get("source_uid")), fields)
        told = _text(draft.values.get("text"))
        heading = next(heading for heading in EVENT.outline if heading.role == "announcement")
        body = f"{'#' * heading.level} {heading.title}\n\n{told}\n" if told else ""
        try:
            one.text = canonical(assemble(EVENT, fields, {}, body))
        except Invalid as error:
            one.problems += [problem.message for problem in error.problems]
        return one

    def _fields(self, draft: Draft, one: Candidate) -> dict[str, Value]:
        """The fields of the page, checked; what cannot be taken goes into the problems or the notes."""
        said: dict[str, Value] = {
            name: value for name, value in draft.values.items() if value and EVENT.field(name) is not None
        }
        said["title"] = one.title
        said.setdefault("sessions", [self.shared.dates] if self.shared.dates else [])
        self._name_pages(said, one)
        _name_place(said)
        if draft.universal:
            _set_clocks(said)
        fields: dict[str, Value] = {}
        for name, raw in said.items():
            try:
                if raw and (value := _cleaned(name, raw)):
                    fields[name] = value
            except Invalid as error:
                words = " ".join(str(problem.message) for problem in error.problems[:3])
                if name in _NEEDED:
                    one.problems.append(words)
                else:
                    declared = EVENT.field(name)
                    label = declared.label if declared else name
                    one.notes.append(_("Laissé de côté : %(field)s. %(why)s", field=label, why=words))
        if self.shared.locate and not said.get("geo") and (named := _text(fields.get("place"))):
            country = _text(fields.get("country"))
            if found := places.find(named, country or None):
                fields["geo"] = _cleaned("geo", f"{found.latitude}, {found.longitude}")
                fields["geo_precision"], fields["country"] = found.precision, country or found.country
                one.located = found
        return fields

    def _name_pages(self, said: dict[str, Value], one: Candidate) -> None:
        """Themes, recipes and edition by their pages; a theme nobody has made is a free word."""
        words = [*self.shared.themes, *_list(said.get("themes"))]
        said["tags"] = [*_list(said.get("tags")), *(word for word in words if self.page(word, "theme") is None)]
        said["themes"] = self._slugs(words, "theme", one.named.setdefault("themes", []))
        recipes = _list(said.get("recipes"))
        said["recipes"] = self._slugs(recipes, "recipe", one.named.setdefault("recipes", []))
        if missing := [word for word in recipes if self.page(word, "recipe") is None]:
            one.notes.append(_("Pas de recette de ce nom ici : %(names)s.", names=", ".join(missing)[:200]))
        named = self.shared.edition or _text(said.get("edition"))
        edition = self.page(named, "edition")
        said["edition"] = self._slugs([named], "edition", one.named.setdefault("edition", []))[:1]
        if named and edition is None:
            one.notes.append(_("Pas d’édition de ce nom ici : %(names)s.", names=named[:100]))

    def _slugs(self, words: Iterable[str], kind: str, titles: list[str]) -> list[str]:
        """The addresses of the pages of a kind that words name, each once; their titles are added to a list."""
        found = {page.slug: page.title for word in words if (page := self.page(word, kind))}
        titles += found.values()
        return list(found)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _list(value: object) -> list[str]:
    return value if isinstance(value, list) else []


def _cleaned(name: str, raw: Value) -> Value:
    declared = EVENT.field(name)
    if declared is None:
        raise KeyError(name)
    return clean(declared, raw)


def _name_place(said: dict[str, Value]) -> None:
    """Put the city first, as places are written here: others write the house, the street, then the town."""
    written = _text(said.get("place"))
    parts = [part.strip() for part in written.replace("\n", ",").split(",") if part.strip()][:12]
    if len(parts) < 2 or places.find(parts[0]) is not None:
        return
    for part in sorted(parts[1:], key=lambda part: not _POSTCODE.search(part)):
        if (found := places.find(part)) is not None and len(part) < 80:
            said["place"] = f"{found.name}, {parts[0]}"
            said.setdefault("address", ", ".join(parts))
            return


def _set_clocks(said: dict[str, Value]) -> None:
    """Put the times of an event on the clocks of its place, where those show other times than ours."""
    found = places.find(_text(said.get("place")), _text(said.get("country")) or None)
    zone = places.zone(found.country, found.latitude, found.longitude) if found else None
    if zone:
        said["sessions"] = [_on_clocks_of(zone, text) for text in _list(said.get("sessions"))]


def _on_clocks_of(zone: str, text: str) -> str:
    try:
        here = Session.parse(text)
        there = here.on_clocks_of(zone)
    except Refusal:
        return text
    return text if (there.start, there.start_time) == (here.start, here.start_time) else str(there)


def _uid(given: str, fields: Mapping[str, Value]) -> str:
    """The name of an event in its own agenda; without one, a name made of what it is, when and where."""
    if given and len(given) <= _UID_LENGTH and given.isprintable():
        return " ".join(given.split())
    first = _list(fields.get("sessions"))[:1]
    parts = [given] if given else [link_key(_text(fields.get(name))) for name in ("title", "place")] + first
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:24]


def _chunks(values: Iterable[str]) -> Iterator[list[str]]:
    wanted = sorted(set(values))
    for start in range(0, len(wanted), _AT_ONCE):
        yield wanted[start : start + _AT_ONCE]


def _find_same(actor: Actor, candidates: Sequence[Candidate], host: str) -> None:
    """Note the pages that are these events already, by the names they were imported under or have here."""
    held, archived = _held(actor, [one.uid for one in candidates if one.text])
    ours = {one.uid: int(found[1]) for one in candidates if (found := _OURS.fullmatch(one.uid)) and found[2] == host}
    here = by_ids(actor, ours.values()) if ours else {}
    for one in candidates:
        one.same = held.get(one.uid)
        if one.same is None and (page := here.get(ours.get(one.uid, 0))) is not None and not page.archived:
            one.same = page
        if one.same is None and one.uid in archived:
            one.problems.append(
                _("Il a déjà été importé, puis archivé. L’équipe de modération peut le remettre en place.")
            )


def _held(actor: Actor, uids: Iterable[str]) -> tuple[dict[str, PageInfo], set[str]]:
    """The pages imported under these names, and the names of public ones that were archived since."""
    held: dict[str, PageInfo] = {}
    archived: set[str] = set()
    for some in _chunks(uids):
        rows = db.session.execute(
            select(Facet.value, *COLUMNS)
            .join(Page, Page.id == Facet.page_id)
            .where(Facet.field == "source_uid", Facet.value.in_(some))
            .where(current(actor) | (Page.archived_at.is_not(None) & (Page.visibility == "public")))
        )
        for row in rows:
            page = PageInfo(*row[1:])
            if page.archived:
                archived.add(row[0])
            else:
                held[row[0]] = page
    return held, archived


def _find_alike(actor: Actor, candidates: Sequence[Candidate]) -> None:
    """Note the events of the same day, place and nearly the same title."""
    days = {id(one): _first_day(one) for one in candidates if one.possible and one.text}
    found: dict[str, list[PageInfo]] = defaultdict(list)
    for some in _chunks(days.values()):
        query = select(*COLUMNS).where(Page.kind == EVENT.name, Page.starts_on.in_(some), current(actor))
        for row in db.session.execute(query.order_by(Page.id).limit(_SAME_DAY_MAXIMUM)):
            page = PageInfo(*row)
            found[page.starts_on or ""].append(page)
    for one in candidates:
        if (day := days.get(id(one))) is not None:
            where = _city(_text(one.document.fields.get("place")))
            near = (page for page in found[day] if _same_city(where, _city(page.place or "")))
            one.alike = next((page for page in near if _alike(one.title, page.title)), None)


def _first_day(one: Candidate) -> str:
    return min(Session.parse(text).starts_on for text in one.dates)


def _city(place: str) -> str:
    return link_key(place.split(",")[0])


def _same_city(one: str, other: str) -> bool:
    return not one or not other or one == other


def _alike(one: str, other: str) -> bool:
    """Whether two titles share most of their words."""
    left, right = (set(link_key(title).split("-")) - _SMALL_WORDS for title in (one, other))
    return bool(left | right) and len(left & right) / len(left | right) >= _ALIKE


def import_events(
    actor: Actor, candidates: Sequence[Candidate], source: str, visibility: str = "public"
) -> Imported:
    """Make pages of these events; `source` is the name of the file they came from.

    They are written some at a time, so that nobody else waits long to save. What is here by then is passed over: the
    same file twice makes nothing twice, and after an interruption the same file again makes the rest. It counts as one
    act: who is new here brings as few links in a whole file as in one page. Raises Forbidden, and Invalid before
    anything is written.
    """
    require(actor, "import")
    require(actor, "create")
    audience = audience_of(actor, visibility)
    wanted = [one for one in candidates if one.possible and one.text]
    comment = _("Importé de « %(file)s »", file=source[:120])
    require_welcome(actor, "", "\n".join(one.text for one in wanted), comment)
    created: list[tuple[str, str]] = []
    for start in range(0, len(wanted), _WRITTEN_AT_ONCE):
        created += _made(actor, wanted[start : start + _WRITTEN_AT_ONCE], comment, audience)
    return Imported(created, len(wanted) - len(created))


def _made(
    actor: Actor, wanted: Sequence[Candidate], comment: str, audience: Mapping[str, Any]
) -> list[tuple[str, str]]:
    """Make the pages of some events, all or none of them; address and title of each."""
    for attempt in range(_ATTEMPTS):
        try:
            with write_transaction():
                held, _archived = _held(actor, [one.uid for one in wanted])
                new = [one for one in wanted if one.uid not in held]
                made = []
                for one, wished in zip(new, _addresses(new), strict=True):
                    slug = closed(wished, audience)
                    begin(actor, slug, one.text, audience, now(), comment=comment, action="import")
                    made.append((slug, one.title))
            return made
        except IntegrityError:
            # Somebody took one of the addresses at this very moment.
            if attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError("the last attempt returns or raises")  # pragma: no cover


def _addresses(candidates: Sequence[Candidate]) -> list[str]:
    """A free address for each event: its title, with its city, its day, then a number where others have that one."""
    wishes = [list(_wishes(one)) for one in candidates]
    taken: set[str] = set()
    for some in _chunks(slug for slugs in wishes for slug in slugs):
        taken |= set(db.session.execute(select(PageName.slug).where(PageName.slug.in_(some))).scalars())
    found = []
    for slugs in wishes:
        slug = next((slug for slug in slugs if slug not in taken), "") or _numbered(slugs[-1], taken)
        taken.add(slug)
        found.append(slug)
    return found


def _wishes(one: Candidate) -> Iterator[str]:
    title = link_key(one.title)
    place, day = _city(_text(one.document.fields.get("place"))), _first_day(one)
    for more in ([], [place], [place, day]):
        yield link_key("-".join([title[: SLUG_MAXIMUM - 40] if more else title, *more]))[:SLUG_MAXIMUM].strip("-")


def _numbered(slug: str, taken: set[str]) -> str:
    stem = slug[: SLUG_MAXIMUM - 6].strip("-")
    number = 2
    while True:
        wanted = f"{stem}-{number}"
        query = select(PageName.page_id).where(PageName.slug == wanted)
        if wanted not in taken and db.session.execute(query).first() is None:
            return wanted
        number += 1
