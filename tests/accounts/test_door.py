"""The door keeps guessers waiting and owners never out; sessions end when they should; the log tells no secret."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select, update

from tests.conftest import PASSWORD
from wiki import accounts, audit, create_app, migrations
from wiki.accounts import Attempt, Device, Session, User
from wiki.database import db, now, write_transaction

HERE, ELSEWHERE = Device("Firefox", "here"), Device("Firefox", "elsewhere")


def guess(times: int, device: Device, name: str = "bob") -> None:
    for _ in range(times):
        assert accounts.log_in(name, "faux, tout faux", device) is None


def test_a03_guessing_waits_longer_each_time_and_a_restart_forgets_nothing(make_app: Callable[..., Flask]) -> None:
    with make_app(LOGIN_FAILURES=2).app_context():
        guess(2, HERE)
        with pytest.raises(accounts.TooSoon) as first:
            accounts.log_in("bob", PASSWORD, HERE)
    with make_app(LOGIN_FAILURES=2).app_context():
        with pytest.raises(accounts.TooSoon):
            accounts.log_in("bob", PASSWORD, HERE)
        with write_transaction() as session:
            session.execute(update(Attempt).values(next_at=now()))
        guess(1, HERE)
        with pytest.raises(accounts.TooSoon) as second:
            accounts.log_in("bob", PASSWORD, HERE)
        assert second.value.seconds > first.value.seconds > 0


def test_a03_a_browser_that_was_inside_passes_while_others_wait(make_app: Callable[..., Flask]) -> None:
    with make_app(LOGIN_FAILURES=1).app_context():
        bob = accounts.named("bob")
        for number in range(4):
            guess(1, Device("", f"network {number}"))
        with pytest.raises(accounts.TooSoon):
            accounts.log_in("bob", PASSWORD, ELSEWHERE)
        assert accounts.log_in("bob", PASSWORD, Device("", "elsewhere", "its token", (bob.id or 0,)))


@pytest.mark.usefixtures("context")
def test_a05_a_name_nobody_has_waits_like_any_other(app: Flask) -> None:
    app.config["WIKI"]["LOGIN_FAILURES"] = 2
    guess(2, HERE, "personne")
    with pytest.raises(accounts.TooSoon):
        accounts.log_in("personne", "faux", HERE)


@pytest.mark.usefixtures("context")
def test_a06_an_ended_session_is_dead_and_no_token_is_kept() -> None:
    found = accounts.log_in("bob", PASSWORD, HERE)
    assert found
    assert found[1] not in repr(db.session.execute(select(Session.token_hash)).scalars().all())
    accounts.end_session_of(found[1])
    assert accounts.by_session_token(found[1]) is None


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("column", ["seen_at", "created_at"])
def test_a13_a_session_ends_by_time(column: str) -> None:
    found = accounts.log_in("bob", PASSWORD, HERE)
    assert found
    with write_transaction() as session:
        session.execute(update(Session).values({column: now() - timedelta(days=366)}))
    assert accounts.by_session_token(found[1]) is None


@pytest.mark.usefixtures("context")
def test_a13_one_sees_and_ends_ones_own_sessions_only() -> None:
    found = accounts.log_in("bob", PASSWORD, HERE)
    assert found
    mine = accounts.sessions_of(found[0], found[1])
    assert next((one.browser, one.is_current) for one in mine) == ("Firefox", True)
    accounts.end_session(accounts.named("alice"), mine[0].id)
    assert accounts.by_session_token(found[1])
    accounts.end_session(found[0], mine[0].id)
    assert accounts.by_session_token(found[1]) is None


@pytest.mark.usefixtures("context")
def test_a12_the_security_log_has_one_escaped_line_for_each_event_and_no_secret(app: Flask) -> None:
    accounts.log_in("bob", PASSWORD, HERE)
    accounts.log_in("bob\nevent: forged", "faux\u2028", HERE)
    audit.note("odd", words="a\nb\u2028c\r")
    path = Path(app.config["SECURITY_LOG"])
    lines = path.read_text("utf-8").splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["login", "login.failed", "odd"]
    assert PASSWORD not in str(lines)
    assert "bob" not in str(lines)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.usefixtures("context")
def test_a01_a_password_that_was_kept_with_less_care_is_kept_anew_at_the_next_login() -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(PASSWORD)
    with write_transaction() as session:
        session.execute(update(User).where(User.name == "bob").values(password_hash=weak))
    assert accounts.log_in("bob", PASSWORD, HERE)
    kept = db.session.execute(select(User.password_hash).where(User.name == "bob")).scalar_one()
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert accounts.log_in("bob", PASSWORD, HERE)


def test_a09_a_new_wiki_knows_nobody_and_has_a_key_of_its_own(tmp_path: Path) -> None:
    keys = set()
    for name in ("one", "other"):
        app = create_app({"DATA": str(tmp_path / name)})
        with app.app_context():
            migrations.upgrade()
            assert accounts.everybody() == []
            db.session.remove()
            db.engine.dispose()
        keys.add(app.secret_key)
    assert len(keys) == 2
