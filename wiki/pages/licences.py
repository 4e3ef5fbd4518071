"""Which licences go together: what may be put into a text under another licence.

After the tables of Creative Commons (https://wiki.creativecommons.org/wiki/Wiki/cc_license_compatibility) and the
list of licences compatible with BY-SA 4.0. In doubt, no.
"""

from __future__ import annotations

import re

from flask_babel import gettext as _

from wiki import history
from wiki.errors import Invalid
from wiki.pages import textform
from wiki.pages.fields import DEFAULT_LICENCE

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


def require_compatible(target_text: str, source_text: str) -> None:
    """Raise Invalid, with the reason, where the words of one text may not go into the other."""
    source, target = licence_of(source_text), licence_of(target_text)
    if not compatible(source, target):
        raise Invalid(
            _(
                "Impossible de réunir ces deux textes. L’un est sous licence %(source)s, qui ne permet pas de "
                "publier sous celle de l’autre, %(target)s.",
                source=source,
                target=target,
            ),
            "license",
        )


def require_licence_of_sources(page_id: int, before: str | None, after: str, parent: history.Text | None) -> None:
    """Raise Invalid where a text has another licence than before, and one that the texts it holds do not allow.

    Those are `parent`, which a first revision continues, and whatever the page took since.
    """
    if before is not None and _said(before) == _said(after):
        return
    if parent is not None and parent.page_id != page_id:
        require_compatible(after, parent.text)
    if before is not None:
        for _own, source_id, number, _word in history.sources(page_id):
            require_compatible(after, history.read(source_id, number).text)


def _said(text: str) -> str:
    """The line that names the licence, in the front matter or not at all."""
    if not text.startswith("---\n"):
        return ""
    found = _LINE.search(text, 0, text.find("\n---", 4) + 1 or len(text))
    return found[0] if found else ""
