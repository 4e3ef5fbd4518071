"""Who acts: accounts with a password, and guests with a pseudonym.

An `Actor` is a plain value that outlives the database session; verbs receive it and never an account row.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext as _
from sqlalchemy import String, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from wiki.database import UTCDateTime, db, now, write_transaction
from wiki.errors import Invalid, NotFound, Problem
from wiki.naming import BadName, clean_name, link_key

ACCOUNT_ROLES = ("member", "moderator", "admin")
PASSWORD_MINIMUM = 8
PASSWORD_MAXIMUM = 200
NAME_MAXIMUM = 40

# Names that would let somebody pass for the house, and the prefix guests carry.
RESERVED = frozenset(
    [
        "admin",
        "administration",
        "administrateur",
        "administratrice",
        "administrator",
        "moderateur",
        "moderatrice",
        "moderation",
        "moderator",
        "levain",
        "wiki",
        "system",
        "systeme",
        "root",
        "support",
        "visite",
        "guest",
        "anonyme",
        "anonymous",
        "all",
        "tous",
        "toutes",
        "everyone",
    ]
)


class User(db.Model):  # type: ignore[name-defined,misc]
    """An account. `name_key` holds what makes two names look alike to a reader."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    name_key: Mapped[str] = mapped_column(String(160), unique=True)
    email: Mapped[str | None] = mapped_column(String(254))
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(16), default="member")
    session_token: Mapped[str] = mapped_column(String(43), unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


@dataclass(frozen=True)
class Actor:
    """Whoever acts: `id` is None for a guest. `key` tells actors apart where rows belong to them."""

    id: int | None
    name: str
    role: str
    key: str

    @property
    def is_authenticated(self) -> bool:
        return self.id is not None


GUEST = Actor(None, "", "guest", "guest:")

_FLOWERS = [
    "Ajonc",
    "Ancolie",
    "Angelique",
    "Aubepine",
    "Bleuet",
    "Bourrache",
    "Bruyere",
    "Camomille",
    "Campanule",
    "Capucine",
    "Centauree",
    "Chicoree",
    "Coquelicot",
    "Cosmos",
    "Digitale",
    "Eglantine",
    "Fenouil",
    "Fougere",
    "Genet",
    "Gentiane",
    "Giroflee",
    "Houblon",
    "Iris",
    "Jonquille",
    "Lavande",
    "Lierre",
    "Lilas",
    "Lin",
    "Liseron",
    "Lupin",
    "Marguerite",
    "Marjolaine",
    "Mauve",
    "Melisse",
    "Menthe",
    "Mimosa",
    "Muguet",
    "Myosotis",
    "Narcisse",
    "Nigelle",
    "Oeillet",
    "Oseille",
    "Pavot",
    "Pervenche",
    "Pissenlit",
    "Primevere",
    "Reseda",
    "Romarin",
    "Safran",
    "Sarrasin",
    "Sauge",
    "Seigle",
    "Serpolet",
    "Souci",
    "Thym",
    "Tournesol",
    "Trefle",
    "Tulipe",
    "Valeriane",
    "Verveine",
    "Violette",
]


def guest(token: str) -> Actor:
    """The guest who holds this secret token: the same token gives the same pseudonym, which tells nothing of it."""
    digest = hashlib.sha256(b"guest pseudonym\0" + token.encode("utf-8", "replace")).digest()
    number = int.from_bytes(digest[:8], "big")
    flower = _FLOWERS[number % len(_FLOWERS)]
    return Actor(None, f"Visite {flower} {number // len(_FLOWERS) % 10_000:04d}", "guest", f"guest:{digest.hex()[:24]}")


def new_guest_token() -> str:
    """A token for a guest's first act."""
    return secrets.token_urlsafe(16)


@cache
def _hasher() -> PasswordHasher:
    # OWASP's first choice: 19 MiB, two passes, one lane.
    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@cache
def _decoy() -> str:
    return _hasher().hash("no account has this password")


def _actor(user: User) -> Actor:
    return Actor(user.id, user.name, user.role, f"user:{user.id}")


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
_GUEST_KEYS = tuple(name_key(f"visite{flower}") for flower in _FLOWERS)


def _is_reserved(name: str) -> bool:
    plain, key = link_key(name), name_key(name)
    return plain in RESERVED or key in _RESERVED_KEYS or plain.startswith("visite-") or key.startswith(_GUEST_KEYS)


def register(name: str, password: str, email: str | None = None, role: str = "member") -> Actor:
    """Open an account. Raises Invalid with every problem, each beside its field."""
    problems: list[Problem] = []
    try:
        name = clean_name(name, NAME_MAXIMUM)
    except BadName as error:
        problems.append(Problem(str(error), "name"))
    else:
        if any(character in name for character in "/\\") or name.casefold().endswith(".atom"):
            problems.append(Problem(_("Un nom ne contient pas de barre, et ne finit pas par « .atom »."), "name"))
        if _is_reserved(name):
            problems.append(Problem(_("Ce nom est réservé ; choisissez-en un autre."), "name"))
    email = (email or "").strip() or None
    if email and (len(email) > 254 or email.count("@") != 1 or any(c.isspace() or ord(c) < 32 for c in email)):
        problems.append(Problem(_("Cette adresse électronique ne semble pas complète."), "email"))
    problems += password_problems(password, name)
    if role not in ACCOUNT_ROLES:
        problems.append(Problem(_("Ce rôle n’existe pas."), "role"))
    if problems:
        raise Invalid(problems)
    user = User(
        name=name,
        name_key=name_key(name),
        email=email,
        role=role,
        password_hash=_hasher().hash(password),
        session_token=secrets.token_urlsafe(32),
    )
    try:
        with write_transaction() as session:
            session.add(user)
    except IntegrityError:
        raise Invalid(_("Ce nom est déjà pris, ou ressemble trop à un autre."), "name") from None
    return _actor(user)


def password_problems(password: str, name: str = "") -> list[Problem]:
    """What is wrong with a new password: its length, or that anybody would try it first."""
    if len(password) < PASSWORD_MINIMUM:
        return [Problem(_("Le mot de passe compte au moins %(count)s caractères.", count=PASSWORD_MINIMUM), "password")]
    if len(password) > PASSWORD_MAXIMUM:
        return [Problem(_("Le mot de passe compte au plus %(count)s caractères.", count=PASSWORD_MAXIMUM), "password")]
    plain = link_key(password).replace("-", "")
    context = {name_key(word) for word in (name, "levain", "levain1", "levainwiki")} - {""}
    if plain in _COMMON_PASSWORDS or name_key(password) in context or len(set(password)) < 3:
        return [Problem(_("Ce mot de passe est trop facile à deviner."), "password")]
    return []


_COMMON_PASSWORDS = frozenset(
    [
        "password",
        "password1",
        "password123",
        "passw0rd",
        "12345678",
        "123456789",
        "1234567890",
        "0123456789",
        "azertyui",
        "azertyuiop",
        "qwertyui",
        "qwertyuiop",
        "motdepasse",
        "motdepasse1",
        "iloveyou",
        "jetaime",
        "jetaime1",
        "bonjour1",
        "bonjour123",
        "soleil123",
        "doudou123",
        "11111111",
        "00000000",
        "admin123",
        "administrateur",
        "welcome1",
        "letmein1",
        "football",
        "chocolat",
        "marseille",
        "baseball",
        "superman",
        "princess",
        "sunshine",
        "trustno1",
        "azerty123",
        "qwerty123",
        "abcd1234",
        "aaaaaaaa",
        "1q2w3e4r",
        "loulou123",
        "camille1",
        "nicolas1",
    ]
)


def log_in(name: str, password: str) -> tuple[Actor, str] | None:
    """The actor and the session token for these credentials, or None.

    Takes the same time whether the name exists or not, and refuses an overlong password without hashing it.
    """
    if len(password) > PASSWORD_MAXIMUM:
        return None
    user = db.session.execute(select(User).where(User.name_key == name_key(name))).scalar_one_or_none()
    try:
        _hasher().verify(user.password_hash if user else _decoy(), password)
    except (VerificationError, InvalidHashError):
        return None
    if user is None or not user.active:
        return None
    if _hasher().check_needs_rehash(user.password_hash):
        with write_transaction() as session:
            session.execute(update(User).where(User.id == user.id).values(password_hash=_hasher().hash(password)))
    return _actor(user), user.session_token


def by_session_token(token: str) -> Actor | None:
    """The active account that holds this session token."""
    user = db.session.execute(
        select(User).where(User.session_token == token, User.active.is_(True))
    ).scalar_one_or_none()
    return _actor(user) if user else None


def end_sessions(actor: Actor) -> None:
    """Log the account out everywhere."""
    with write_transaction() as session:
        session.execute(update(User).where(User.id == actor.id).values(session_token=secrets.token_urlsafe(32)))


def named(name: str) -> Actor:
    """The account of this name. Raises NotFound."""
    user = db.session.execute(select(User).where(User.name_key == name_key(name))).scalar_one_or_none()
    if user is None:
        raise NotFound(name)
    return _actor(user)
