"""Which licences go together: what may be put into a text under another licence.

After the tables of Creative Commons (https://wiki.creativecommons.org/wiki/Wiki/cc_license_compatibility) and the
list of licences compatible with BY-SA 4.0. In doubt, no.
"""

from __future__ import annotations

import re

from flask_babel import gettext as _
from sqlalchemy import select

from wiki import history
from wiki.accounts import GUEST
from wiki.database import db
from wiki.errors import Invalid
from wiki.pages import textform
from wiki.pages.fields import DEFAULT_LICENCE
from wiki.pages.models import Page
from wiki.pages.queries import current

_FREE = frozenset({"CC0 1.0", "Domaine public"})
_BY = frozenset({"CC BY 3.0", "CC BY 4.0", "Licence Ouverte 2.0"})
# Into each licence, what may go beside what is under the same one, and beside what is free of conditions.
_INTO = {
    "CC BY-SA 4.0": _BY | {"CC BY-SA 3.0", "CC BY-SA 3.0 FR", "CC BY-SA 2.0 FR", "Licence Art Libre 1.3"},
    "CC BY-SA 3.0": frozenset({"CC BY 3.0", "CC BY-SA 3.0 FR", "CC BY-SA 2.0 FR"}),
    "CC BY-SA 3.0 FR": frozenset({"CC BY 3.0", "CC BY-SA 3.0", "CC BY-SA 2.0 FR"}),
    "Licence Art Libre 1.3": _BY | {"CC BY-SA 4.0"},
    "CC BY 4.0": frozenset({"CC BY 3.0", "Licence Ouverte 2.0"}),
    "Licence Ouverte 2.0": frozenset({"CC BY 4.0", "CC BY 3.0"}),
}
_SPACES = re.compile(r"\s+")
_LINE = re.compile(r"^license:.*$", re.MULTILINE)


def licence_of(text: str) -> str:
    """The licence a page's text is under."""
    named = textform.parse(text).fields.get("license")
    return _SPACES.sub(" ", named).strip() if isinstance(named, str) and named.strip() else DEFAULT_LICENCE


def compatible(source: str, target: str) -> bool:
    """Whether words under licence `source` may go into a text under licence `target`."""
    return source == target or source in _FREE or source in _INTO.get(target, frozenset())


def refusal(target_text: str, source_text: str) -> str:
    """Why the words of a source may not go into another text, in words; "" where they may."""
    source, target = licence_of(source_text), licence_of(target_text)
    if compatible(source, target):
        return ""
    return _(
        "Impossible de réunir ces deux textes. L’un est sous licence %(source)s, qui ne permet pas de "
        "publier sous celle de l’autre, %(target)s.",
        source=source,
        target=target,
    )


def refusal_of_sources(page_id: int, before: str | None, after: str, parent: history.Text | None = None) -> str:
    """Why a text may not have the licence it has, where that is another than before; "" where it may.

    What it holds must allow it: `parent`, which a first revision continues, and whatever the page took since. Of one
    that is not for everybody nothing is told.
    """
    if before is not None and _said(before) == _said(after):
        return ""
    held = [parent] if parent is not None and parent.page_id != page_id else []
    if before is not None:
        held += [history.read(source_id, number) for _own, source_id, number, _word in history.sources(page_id)]
    forbidding = next((source for source in held if refusal(after, source.text)), None)
    if forbidding is None:
        return ""
    if db.session.execute(select(Page.id).where(Page.id == forbidding.page_id, current(GUEST))).first() is None:
        return _("Un texte repris ici ne permet pas de publier sous licence %(target)s.", target=licence_of(after))
    return refusal(after, forbidding.text)


def require_allowed(reason: str) -> None:
    """Raise Invalid with what `refusal` or `refusal_of_sources` said, unless that is nothing."""
    if reason:
        raise Invalid(reason, "license")


def _said(text: str) -> str:
    """The line that names the licence, in the front matter or not at all."""
    if not text.startswith("---\n"):
        return ""
    found = _LINE.search(text, 0, text.find("\n---", 4) + 1 or len(text))
    return found[0] if found else ""
