"""Names of accounts: one rule for what a name may be, and for when two are one to a reader's eye."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from wiki.accounts.actors import FLOWERS
from wiki.accounts.marks import mark
from wiki.accounts.models import FormerName, User
from wiki.database import db
from wiki.errors import Invalid, Problem
from wiki.naming import BadName, clean_name, link_key

NAME_MAXIMUM = 40

# Names that would let somebody pass for the house, and the prefixes of guests and of accounts that were deleted.
RESERVED = frozenset(
    """
    admin administration administrateur administratrice administrator moderateur moderatrice moderation moderator
    levain wiki system systeme root support visite guest anonyme anonymous all tous toutes everyone owner equipe team
    """.split()
)
DELETED = "Ancien compte"

# Letters and digits that are drawn alike (https://www.unicode.org/reports/tr39/), Greek and Cyrillic ones as capitals
# too. A capital i is a small L to the eye.
_ALIKE = str.maketrans(
    "015iı" + "αβεζηικμνορτυχ" + "авекмнорстухьѕіјӏԛԝ",
    "olsll" + "abezhlkmnoptyx" + "abekmhopctyxbsljlqw",
)  # fmt: skip


def name_key(name: str) -> str:
    """What two names share when a reader could take one for the other."""
    return link_key(name).replace("-", "").translate(_ALIKE)


# "Ali" is drawn like "all": so short a word is reserved as it is written only.
_RESERVED_KEYS = frozenset(name_key(word) for word in RESERVED if len(word) > 3)
_GUEST_KEYS = tuple(name_key(f"visite{flower}") for flower in FLOWERS)


def _is_reserved(name: str) -> bool:
    plain, key = link_key(name), name_key(name)
    return (
        plain in RESERVED or key in _RESERVED_KEYS or plain.startswith("visite-") or key.startswith(_GUEST_KEYS)
        or key.startswith(name_key(DELETED))
    )


def checked_name(name: str) -> tuple[str, list[Problem]]:
    """A name as it will be shown, and everything that is wrong with it."""
    problems = []
    try:
        name = clean_name(name, NAME_MAXIMUM)
    except BadName as error:
        return name, [Problem(str(error), "name")]
    if any(character in name for character in "/\\") or name.casefold().endswith(".atom"):
        problems.append(Problem(_("Un nom ne contient ni « / » ni « \\ », et ne finit pas par « .atom »."), "name"))
    if _is_reserved(name):
        problems.append(Problem(_("Ce nom est réservé ; choisissez-en un autre."), "name"))
    return name, problems


def former(key: str) -> str:
    """The mark of a name somebody had."""
    return mark("former name", key)


def require_free(key: str, user_id: int | None = None) -> None:
    """Raise Invalid where an account other than `user_id` has this name or had it."""
    holders = [
        *db.session.execute(select(User.id).where(User.name_key == key)).scalars(),
        *db.session.execute(select(FormerName.user_id).where(FormerName.mark == former(key))).scalars(),
    ]
    if any(holder != user_id for holder in holders):
        raise Invalid(taken())


def taken() -> list[Problem]:
    """What is said of a name that is not free."""
    return [Problem(_("Ce nom est déjà pris, ou ressemble trop à un autre. Essayez-en un différent."), "name")]
