"""What `wiki check` and its page say of an installation."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from sqlalchemy import event

from wiki import backup, cli, soundness
from wiki.config import BadSetting
from wiki.database import db, now

if TYPE_CHECKING:
    from flask import Flask

SAFE = {"BASE_URL": "https://wiki.example.org", "SECURE_COOKIES": True, "PROXIES": 1, "LOGIN_RATE": "10/minute",
        "SAVE_RATE": "60/minute", "PREVIEW_RATE": "600/minute", "SEARCH_RATE": "600/minute",
        "MAIL_SERVER": "mail.example.org"}


@pytest.fixture
def sound(make_app: Callable[..., Flask], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """The weaknesses of an installation that has none, but for these settings."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(soundness, "PACKAGE", Path("/nonexistent"))

    def ask(**settings: Any) -> list[str]:
        app = make_app(**{**SAFE, **settings})
        data = Path(app.config["WIKI"]["DATA"])
        data.chmod(0o700)
        with app.app_context():
            if backup.last_made(data) is None:
                backup.write(tmp_path / "a.levain", data)
            return [weakness.what for weakness in soundness.weaknesses()]

    return ask


def test_a_sound_installation_has_nothing_to_be_said_of_it(sound: Callable[..., list[str]]) -> None:
    assert sound() == []


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"BASE_URL": "http://wiki.example.org"}, "sans chiffrement"),
        ({"PROXIES": 0}, "une seule adresse"),
        ({"MAIL_SERVER": ""}, "Aucun serveur de courriel"),
        ({"MAIL_SECURITY": "none"}, "passent en clair"),
        ({"SECURE_COOKIES": False}, "Les cookies"),
        ({"SAVE_RATE": "100000/minute"}, "WIKI_SAVE_RATE"),
        ({"LOGIN_RATE": "100/second"}, "WIKI_LOGIN_RATE"),
    ],
)
def test_an_unsafe_setting_is_named(sound: Callable[..., list[str]], settings: dict[str, Any], words: str) -> None:
    (said,) = sound(**settings)
    assert words in said


def test_a_wiki_that_does_not_say_where_it_is_sends_no_letters(sound: Callable[..., list[str]]) -> None:
    with pytest.raises(BadSetting, match="WIKI_BASE_URL"):
        sound(BASE_URL="")
    address, mail = sound(BASE_URL="", MAIL_SERVER="")
    assert "adresse publique" in address
    assert "Aucun serveur de courriel" in mail


def test_a_rate_that_does_not_matter_is_not_named(sound: Callable[..., list[str]]) -> None:
    assert sound(LOGIN_RATE="100/second", REGISTRATION=False) == []


def test_files_others_may_read_a_full_disk_and_old_backups_are_named(
    sound: Callable[..., list[str]], make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    sound()
    app = make_app(**SAFE)
    data = Path(app.config["WIKI"]["DATA"])
    with app.app_context():
        data.chmod(0o755)
        assert [weakness.grave for weakness in soundness.weaknesses()] == [True]
        data.chmod(0o700)
        (data / "last_backup").write_text((now() - timedelta(days=9)).isoformat())
        assert [weakness.what for weakness in soundness.weaknesses()] == ["La dernière sauvegarde a 9 jours."]
        (data / "last_backup").unlink()
        monkeypatch.setattr(soundness, "FREE_BYTES", 10**18)
        assert len(soundness.weaknesses()) == 2
        monkeypatch.setattr(app, "debug", True)
        assert len(soundness.weaknesses()) == 3


def test_code_that_can_change_itself_all_rights_and_a_hasty_database_are_named(
    sound: Callable[..., list[str]], make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert sound() == []
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "program.py").touch()
    app = make_app(**SAFE)

    def hurry(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA synchronous=NORMAL")

    with app.app_context():
        monkeypatch.setattr(soundness, "PACKAGE", tmp_path / "code")
        assert [weakness.what for weakness in soundness.weaknesses()] == [
            f"Le programme peut changer ses propres fichiers, dans {tmp_path / 'code'}."
        ]
        monkeypatch.setattr(os, "geteuid", lambda: 0)
        assert [weakness.what for weakness in soundness.weaknesses()] == [
            "Le wiki a tous les droits sur cette machine."
        ]
        event.listen(db.engine, "connect", hurry)
        db.session.remove()
        db.engine.dispose()
        assert "La base n’attend pas que le disque ait écrit." in [one.what for one in soundness.weaknesses()]


def test_the_command_names_them_and_ends_with_a_status_where_one_is_grave(
    make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch, data_folder: dict[str, str]
) -> None:
    said = CliRunner().invoke(cli.wiki, ["check", "--data", data_folder["DATA"]])
    assert said.exit_code == 1
    assert "jamais été sauvegardé" in said.output
    monkeypatch.setattr(soundness, "weaknesses", list)
    assert CliRunner().invoke(cli.wiki, ["check", "--data", data_folder["DATA"]]).exit_code == 0


def test_only_administrators_see_the_page(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    page = app.test_client().log_in("ada").get("/admin/check")  # type: ignore[attr-defined]
    assert "jamais été sauvegardé" in page.text
    for name in ("alice", "mona"):
        refused = app.test_client().log_in(name).get("/admin/check")  # type: ignore[attr-defined]
        assert refused.status_code == 403
        assert "sauvegardé" not in refused.text
