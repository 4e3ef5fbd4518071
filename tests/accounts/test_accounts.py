"""Accounts and guests: names that stay apart, passwords that stay secret, pseudonyms that tell nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from argon2.exceptions import VerificationError
from flask import Flask
from sqlalchemy import select, update

from tests.conftest import PASSWORD, Cast
from wiki import accounts
from wiki.accounts import Actor, User, passwords
from wiki.database import db, write_transaction
from wiki.errors import Invalid, NotFound

pytestmark = pytest.mark.usefixtures("context")

GOOD = "le chat dort au soleil"


@pytest.fixture(autouse=True)
def hashed(context: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The passwords that were hashed or tried, by a hasher that costs nothing; the cast's were hashed before."""
    seen: list[str] = []

    class Quick:
        def hash(self, password: str) -> str:
            seen.append(password)
            return f"quick:{password}"

        def verify(self, stored: str, password: str) -> bool:
            seen.append(password)
            if stored != f"quick:{password}":
                raise VerificationError
            return True

        def check_needs_rehash(self, stored: str) -> bool:
            return False

    passwords._decoy.cache_clear()
    monkeypatch.setattr(passwords, "hasher", Quick)
    yield seen
    passwords._decoy.cache_clear()


def fields(problem: pytest.ExceptionInfo[Invalid]) -> list[str | None]:
    return [found.field for found in problem.value.problems]


# -- Names -------------------------------------------------


def test_a_new_account_is_a_member_under_its_name(cast: Cast) -> None:
    actor = accounts.register("  Zoé   du Jardin ", GOOD, " zoe@example.org ")
    assert (actor.name, actor.role, actor.is_authenticated) == ("Zoé du Jardin", "member", True)
    row = db.session.execute(select(User).where(User.name == "Zoé du Jardin")).scalar_one()
    assert row.email == "zoe@example.org"
    assert accounts.named("zoe du jardin") == actor


LOOK_ALIKE = [
    "zoé", "ZOÉ", "Zoe", "Z o e", "zo-e", "Zoe\u0301", "z0é", "Ζοε", "\u200bZoé", "Zoé.", "«Zoé»", "Ｚｏｅ",
]  # fmt: skip


@pytest.mark.parametrize("name", LOOK_ALIKE)
def test_a_name_that_looks_like_another_is_refused(name: str) -> None:
    accounts.register("Zoé", GOOD)
    with pytest.raises(Invalid) as refusal:
        accounts.register(name, GOOD)
    assert fields(refusal) == ["name"]


@pytest.mark.parametrize(
    ("first", "second"),
    [("Lise", "Iise"), ("Bill", "Bi1l"), ("Sos", "5os"), ("Bob2", "ВОВ2"), ("Epoxy", "Ероху"), ("cap", "сар")],
)
def test_letters_drawn_alike_do_not_make_two_names(first: str, second: str) -> None:
    accounts.register(first, GOOD)
    with pytest.raises(Invalid):
        accounts.register(second, GOOD)


@pytest.mark.parametrize("name", ["Ali", "Ana", "Visiteuse", "Тимур", "山田", "Jean-Noël d'Été", "x" * 40, "Zoé 2"])
def test_ordinary_names_are_taken(name: str) -> None:
    assert accounts.register(name, GOOD).name == name


@pytest.mark.parametrize(
    "name",
    [
        "", "   ", "!", "\u200b", "x" * 41, "x" * 10_000, "a\u202eb", "a\x00b", "a\nb\x07", "\ud800", "Zоé", "раypal",
        "a/b", "a\\b", "Zoé.atom", "\u2066Zoé\u2069",
    ],
)  # fmt: skip
def test_a_name_nobody_can_read_or_link_to_is_refused(name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        accounts.register(name, GOOD)
    assert set(fields(refusal)) == {"name"}


@pytest.mark.parametrize(
    "name",
    [
        "admin", "Admin", "ADMIN", "adm1n", "ad min", "Modération", "Le vain", "All", "système", "Anonyme", "guest",
        "Visite", "Visite Bleuet 0042", "visite-bleuet 42", "Visité Bleuet", "V1site Bleuet 1", "visitebleuet7", "rооt",
    ],
)  # fmt: skip
def test_nobody_passes_for_the_house_or_for_a_guest(name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        accounts.register(name, GOOD)
    assert "name" in fields(refusal)


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(Invalid) as refusal:
        accounts.register("", "court", "pas une adresse", role="reine")
    assert set(fields(refusal)) == {"name", "password", "email", "role"}


@pytest.mark.parametrize("email", ["a", "a@b@c", "a b@c", "a@b\x00c", "a@b\nCc: c@d", "a" * 250 + "@b.fr"])
def test_an_address_that_cannot_be_one_is_refused(email: str) -> None:
    with pytest.raises(Invalid) as refusal:
        accounts.register("Zoé", GOOD, email)
    assert fields(refusal) == ["email"]


# -- Passwords -------------------------------------------------


@pytest.mark.parametrize(
    "password",
    [
        "",
        "1234567",
        "password",
        "Mot de passe",
        "azertyuiop",
        "aaaaaaaaaaaa",
        "abababab",
        "zoedujardin",
        "levain1!",
        "x" * 201,
    ],
)
def test_a_password_anybody_would_try_or_of_a_wrong_length_is_refused(password: str, hashed: list[str]) -> None:
    with pytest.raises(Invalid) as refusal:
        accounts.register("Zoé du jardin", password)
    assert fields(refusal) == ["password"]
    assert hashed == []


@pytest.mark.parametrize(
    "password", ["abc def!", "é" * 3 + "àùö€ß", "x y z" * 40, "  espaces autour  ", "🥖🌾🥖🌾🥐🥖🌾🥖"]
)
def test_a_password_is_kept_whole_whatever_its_characters(password: str, hashed: list[str]) -> None:
    accounts.register("Zoé", password)
    assert hashed == [password]
    found = accounts.log_in("zoé", password)
    assert found is not None
    assert found[0].name == "Zoé"
    assert accounts.log_in("zoé", password[:-1]) is None


def test_a_password_is_hashed_by_argon2id_with_nineteen_mebibytes(monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    monkeypatch.undo()
    stored = db.session.execute(select(User.password_hash).where(User.name == "alice")).scalar_one()
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PASSWORD not in stored
    assert accounts.log_in("alice", PASSWORD) is not None


# -- Coming in -------------------------------------------------


def test_one_comes_in_with_name_and_password_in_any_case() -> None:
    zoe = accounts.register("Zoé", GOOD)
    found = accounts.log_in("ZOE", GOOD)
    assert found is not None
    actor, token = found
    assert actor == zoe == accounts.by_session_token(token)


def test_an_unknown_name_costs_as_much_as_a_wrong_password(hashed: list[str]) -> None:
    accounts.register("Zoé", GOOD)
    accounts.log_in("Zoé", "faux")
    before = len(hashed)
    assert accounts.log_in("Zoé", "faux") is None
    known = len(hashed) - before
    accounts.log_in("Personne", "faux")
    before = len(hashed)
    assert accounts.log_in("Personne", "faux") is None
    assert len(hashed) - before == known == 1


def test_a_very_long_password_is_refused_without_being_hashed(hashed: list[str]) -> None:
    accounts.register("Zoé", GOOD)
    hashed.clear()
    for password in ("x" * 201, "x" * 1_000_000):
        assert accounts.log_in("Zoé", password) is None
    assert hashed == []


@pytest.mark.parametrize("name", ["", "x" * 100_000, "\ud800", "\0", "' OR 1=1 --", "%", "Zoé\n"])
def test_no_odd_name_comes_in(name: str) -> None:
    accounts.register("Ana", GOOD)
    assert accounts.log_in(name, GOOD) is None


def test_a_suspended_account_is_out_at_once() -> None:
    accounts.register("Zoé", GOOD)
    found = accounts.log_in("Zoé", GOOD)
    assert found is not None
    with write_transaction() as session:
        session.execute(update(User).where(User.name == "Zoé").values(active=False, suspension="Publicités"))
    assert accounts.by_session_token(found[1]) is None
    assert accounts.suspension(found[1]) == "Publicités"
    with pytest.raises(accounts.Suspended, match="Publicités"):
        accounts.log_in("Zoé", GOOD)
    assert accounts.log_in("Zoé", "faux") is None


def test_ending_all_sessions_makes_every_token_worthless() -> None:
    zoe = accounts.register("Zoé", GOOD)
    first, second = accounts.log_in("Zoé", GOOD), accounts.log_in("Zoé", GOOD)
    assert first is not None
    assert second is not None
    accounts.end_sessions(zoe)
    assert accounts.by_session_token(first[1]) is None
    assert accounts.by_session_token(second[1]) is None
    again = accounts.log_in("Zoé", GOOD)
    assert again is not None
    assert accounts.by_session_token(again[1]) == zoe


@pytest.mark.parametrize("token", ["", "x", "\0", "%", "é" * 100])
def test_no_other_token_opens_a_session(token: str) -> None:
    accounts.register("Zoé", GOOD)
    assert accounts.by_session_token(token) is None


def test_an_account_nobody_has_is_not_found() -> None:
    for name in ("Personne", "", "\0", "\ud800"):
        with pytest.raises(NotFound):
            accounts.named(name)


# -- Guests -------------------------------------------------


def test_a_guest_keeps_one_pseudonym_that_tells_nothing_of_their_token() -> None:
    token = accounts.new_guest_token()
    guest = accounts.guest(token)
    assert guest == accounts.guest(token)
    assert re.fullmatch(r"Visite [A-Z][a-z]+ \d{4}", guest.name)
    assert (guest.role, guest.is_authenticated) == ("guest", False)
    assert token not in repr(guest)


def test_guests_are_told_apart() -> None:
    guests = [accounts.guest(accounts.new_guest_token()) for _ in range(200)]
    assert len({guest.key for guest in guests}) == 200
    assert len({guest.name for guest in guests}) > 190


@pytest.mark.parametrize("token", ["", "\ud800", "x" * 10_000, "é"])
def test_any_token_names_a_guest(token: str) -> None:
    assert accounts.guest(token).name.startswith("Visite ")


def test_actors_of_accounts_and_guests_never_share_a_key(make_app: Callable[..., Flask], cast: Cast) -> None:
    actors: list[Actor] = [cast.alice, cast.bob, cast.mona, cast.ada, cast.eve, accounts.GUEST]
    assert len({actor.key for actor in actors}) == len(actors)
