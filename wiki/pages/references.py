"""What a page names in its fields: by address in its text, by title in forms.

And what it names that is of another sort than the field asks for: a recipe as its edition, itself as its origin. A save
never refuses it: the page it names may become what it should be, or be made later. It is told, and not counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from wiki.accounts import Actor
from wiki.pages.fields import Field, Value, read
from wiki.pages.kinds import KINDS, NOBODY, Kind
from wiki.pages.queries import SLUG_MAXIMUM, PageInfo, listing, resolved, titles
from wiki.rendering import link_key

# Fields of names where a page that is found should be somebody.
_PEOPLE = {"organizers": "collective", "coordinators": "collective", "holders": "collective"}
_NAMING = frozenset({"reference", "references"})
# A list to choose from without typing is short; who types is answered from all there are.
_MOST_OFFERED = 100


@dataclass(frozen=True)
class Stray:
    """A page named in a field it does not fit. `expected` is a kind; equal to `kind` where a page names itself."""

    field: str
    title: str
    kind: str
    expected: str

    def __str__(self) -> str:
        if self.kind == self.expected:
            return _("« %(title)s » est cette page elle-même : nommez-en une autre.", title=self.title)
        return _(
            "« %(title)s » est %(kind)s, pas %(expected)s.",
            title=self.title,
            kind=KINDS[self.kind].one,
            expected=KINDS[self.expected].one,
        )


def strays(
    kind: Kind, values: Mapping[str, Value], targets: Mapping[str, tuple[str, str, str]], slug: str | None = None
) -> Iterator[Stray]:
    """What the values of a page at `slug` name by mistake. `targets` are slug, title and kind by link key."""
    for field in kind.fields:
        expected = field.refers_to or _PEOPLE.get(field.name)
        if expected is None or not (held := values.get(field.name)):
            continue
        for name in [held] if isinstance(held, str) else held:
            target, title, found = targets.get(link_key(name), ("", "", ""))
            if not target:
                continue
            wrong = found != expected if field.refers_to else found in NOBODY
            if wrong or (target == slug and field.refers_to):
                yield Stray(field.name, title, found, expected)


def strays_of(actor: Actor, kind: Kind, values: Mapping[str, Value], slug: str | None = None) -> list[Stray]:
    """The same for values somebody is writing, as far as they may know of what is named."""
    named = {
        link_key(name)
        for field in kind.fields
        if field.refers_to or field.name in _PEOPLE
        for held in [values.get(field.name, [])]
        for name in ([held] if isinstance(held, str) else held)
    }
    found = resolved(actor, named - {""})
    targets = {key: (page.slug, page.title, page.kind) for key, page in found.items()}
    return list(strays(kind, values, targets, slug))


def form_name(page: PageInfo) -> str:
    """What names a page in a form: its title, or its address where the title alone does not lead there.

    A title that is shown comes back as the address it stands for without looking anything up: nothing moves where the
    page is called otherwise meanwhile.
    """
    plain = "://" not in page.title and "/wiki/" not in page.title and "[[" not in page.title
    return page.title if plain and link_key(page.title)[:SLUG_MAXIMUM].strip("-") == page.slug else page.slug


def form_names(actor: Actor, kind: Kind, values: Mapping[str, Value]) -> dict[str, str]:
    """What stands in a form for each address these values name, as far as the actor may know of the page. One query."""
    named = {name for field in _naming(kind) for name in _names(values, field)}
    return {slug: form_name(page) for slug, page in titles(actor, named).items() if slug == page.slug} if named else {}


def offered(actor: Actor, kind: str) -> list[str]:
    """Pages of a kind to choose from in a form, by title: the first ones where there are very many."""
    return [form_name(page) for page in listing(actor, kind, per_page=_MOST_OFFERED).rows]


def by_address(
    actor: Actor, kind: Kind, values: Mapping[str, Value], before: Mapping[str, Value]
) -> dict[str, Value]:
    """`values` with each page that somebody named by its title named by its address, as a text does.

    What the page names already, `before`, stays what it was; what leads nowhere, or to another sort of page than the
    field asks for, stays as it was typed.
    """
    keys = {field.name: {name: _key(field, name) for name in _names(values, field)} for field in _naming(kind)}
    found = resolved(actor, {key for held in keys.values() for key in held.values()} - {""})
    written = dict(values)
    for field in _naming(kind):
        kept = set(_names(before, field))
        lines = []
        for name in _names(values, field):
            key = keys[field.name][name]
            page = found.get(key)
            lines.append(key if key in kept else page.slug if page and _fits(field, page) else name)
        if lines:
            written[field.name] = lines if field.many else lines[0]
    return written


def _naming(kind: Kind) -> list[Field]:
    return [field for field in kind.fields if field.type in _NAMING]


def _names(values: Mapping[str, Value], field: Field) -> list[str]:
    held = values.get(field.name, [])
    return [held] if isinstance(held, str) else list(held)


def _key(field: Field, name: str) -> str:
    """The address a field reads in what somebody typed; "" where it reads none."""
    understood = read(field, [name]) if field.many else [read(field, name)]
    return str(understood[0] or "") if understood else ""


def _fits(field: Field, page: PageInfo) -> bool:
    return not field.refers_to or page.kind == field.refers_to
