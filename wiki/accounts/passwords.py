"""Passwords: how they are kept, and which are no use."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext as _

from wiki.accounts.names import name_key
from wiki.errors import Invalid, Problem
from wiki.naming import link_key

PASSWORD_MINIMUM = 8
PASSWORD_MAXIMUM = 200
_LIST = Path(__file__).with_name("common_passwords.txt")


@cache
def hasher() -> PasswordHasher:
    """Argon2id with OWASP's first choice: 19 MiB, two passes, one lane."""
    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@cache
def _decoy() -> str:
    return hasher().hash("no account has this password")


def hashed(password: str) -> str:
    """What is kept of a password."""
    return hasher().hash(password)


def fits(stored: str | None, password: str) -> bool:
    """Whether this is the password that was kept; as long where there is none to compare with.

    An overlong one is refused without being hashed.
    """
    if len(password) > PASSWORD_MAXIMUM:
        return False
    # Made whether it is needed or not: the first unknown name a process is asked for takes no longer than a known one.
    decoy = _decoy()
    try:
        return bool(hasher().verify(stored or decoy, password)) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False


def outdated(stored: str) -> bool:
    """Whether this was kept with other parameters than today's."""
    return hasher().check_needs_rehash(stored)


@cache
def _common() -> frozenset[str]:
    lines = _LIST.read_text("utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def password_problems(password: str, *context: str) -> list[Problem]:
    """What is wrong with a new password: its length, or that anybody would try it first.

    `context` are words that somebody would try for this person: name, address.
    """
    if len(password) < PASSWORD_MINIMUM:
        return [Problem(_("Il faut au moins %(count)s caractères : une courte phrase convient.",
                          count=PASSWORD_MINIMUM), "password")]
    if len(password) > PASSWORD_MAXIMUM:
        return [Problem(_("Gardez %(count)s caractères au plus.", count=PASSWORD_MAXIMUM), "password")]
    plain = link_key(password).replace("-", "")
    bare = name_key(password.rstrip("0123456789!?.*"))
    words = {name_key(word) for word in (*context, *(part for text in context for part in text.split("@")))}
    words |= {name_key(word) for word in ("levain", "levainwiki", "motdepasse", "password")}
    common = plain in _common() or password.casefold() in _common()
    if common or {name_key(password), bare} & (words - {""}) or len(set(password)) < 3:
        return [Problem(_("Ce mot de passe est trop facile à deviner. Prenez plutôt une courte phrase."), "password")]
    return []


def require_good(password: str, *context: str) -> None:
    """Raise Invalid for what `password_problems` finds."""
    if problems := password_problems(password, *context):
        raise Invalid(problems)
