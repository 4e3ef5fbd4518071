"""What a page names that is of another sort than the field asks for: a recipe as its edition, itself as its origin.

A save never refuses it: the page it names may become what it should be, or be made later. It is told, and not counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from wiki.accounts import Actor
from wiki.pages.fields import Value
from wiki.pages.kinds import KINDS, Kind
from wiki.pages.queries import resolved
from wiki.rendering import link_key

# Fields of names where a page that is found should be somebody.
_PEOPLE = {"organizers": "collective", "coordinators": "collective", "holders": "collective"}
NOBODY = frozenset({"recipe", "event", "edition", "theme"})


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
