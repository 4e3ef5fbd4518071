"""Settings: each is read, checked at the start, and described in the README exactly as it is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click
import pytest

from wiki import cli, config, create_app
from wiki.config import BY_NAME, SETTINGS, BadSetting

README = (Path(__file__).resolve().parent.parent / "README.md").read_text(encoding="utf-8")

BAD = {
    "LANGUAGE": "klingon", "TIMEZONE": "Mars/Olympus", "EDITING": "nobody", "REGISTRATION": "perhaps",
    "SECURE_COOKIES": "2", "PROXIES": "-1", "MAX_TEXT": "12", "MAX_REQUEST": "lots", "PER_PAGE": "0",
    "PAGE_CACHE": "-5", "PRESENCE_SECONDS": "1.5", "SAVE_RATE": "often", "LOGIN_RATE": "x/minute",
    "PREVIEW_RATE": "10",
    "IMPORT_BYTES": "1", "IMPORT_EVENTS": "0", "IMPORT_RATE": "5", "FEED_EVENTS": "1", "SEARCH": "elastic",
    "PLACES_RATE": "20", "SEARCH_RATE": "20",
    "TILES": "https://tiles.example.org/", "MAP_FILE": "/no/such/file", "THREADS": "0",
    "MAIL_PORT": "0", "MAIL_SECURITY": "ssl", "MAIL_PASSWORD_FILE": "/no/such/file", "MAIL_SENDER": "a@b\nBcc: c@d",
    "MAIL_TIMEOUT": "0", "NAME_CHANGES": "-1", "LOGIN_FAILURES": "0", "SESSION_IDLE_DAYS": "0", "SESSION_DAYS": "x",
    "NEWCOMER_EDITS": "-1", "NEWCOMER_LINKS": "few", "GUEST_SECONDS": "61",
    "IDLE_SECONDS": "0", "REQUEST_LOG": "often",
}
GOOD: dict[str, tuple[str, Any]] = {
    "NAME": ("Chez nous", "Chez nous"), "LANGUAGE": ("en", "en"), "TIMEZONE": ("America/Guadeloupe",) * 2,
    "EDITING": ("approved", "approved"), "REGISTRATION": ("no", False), "SECURE_COOKIES": ("YES", True),
    "PROXIES": ("2", 2), "MAX_TEXT": (" 50000 ", 50_000), "SAVE_RATE": ("5/minute", "5/minute"), "THREADS": ("8", 8),
    "SEARCH": ("whoosh", "whoosh"),
}


def table() -> str:
    """The README's table of settings, as it must stand there."""
    rows = ["| Variable | Default | What it does |", "|---|---|---|"]
    for setting in SETTINGS:
        default = setting.shown_default()
        rows.append(f"| `{setting.variable}` | {default if default == '–' else f'`{default}`'} | {setting.help} |")
    return "\n".join(rows)


def test_the_readme_describes_every_setting_and_no_other() -> None:
    start = README.index("| Variable |")
    found = re.match(r"(\|.*\n)+", README[start:])
    assert found
    assert found[0].rstrip("\n") == table()
    assert set(re.findall(r"\bWIKI_[A-Z_]+", README)) == {setting.variable for setting in SETTINGS}


def test_the_readme_names_every_command_and_no_other() -> None:
    def paths(command: click.Command, path: str) -> set[str]:
        if isinstance(command, click.Group):
            return {one for name, below in command.commands.items() for one in paths(below, f"{path} {name}")}
        return {path}

    named = set(re.findall(r"^\| `(wiki [a-z-]+(?: [a-z-]+)?)", README, re.MULTILINE))
    assert named == paths(cli.wiki, "wiki")


def test_o07_every_address_the_documents_name_is_one_of_the_wiki(tmp_path: Path) -> None:
    rules = create_app({"DATA": str(tmp_path)}).url_map.bind("localhost")
    named = set()
    for name in ("README.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        text = (Path(__file__).resolve().parent.parent / name).read_text(encoding="utf-8")
        named |= set(re.findall(r"`(/[a-z][a-z0-9./-]*)`", text))
    assert len(named) > 8
    # Folders of the machine that the README speaks of.
    for address in sorted(path for path in named if not path.startswith(("/etc/", "/var/", "/usr/"))):
        assert rules.test(address, "GET") or rules.test(f"/wiki/page{address}", "GET"), address


def test_without_an_environment_every_setting_has_its_default() -> None:
    assert config.read({}) == {setting.name: setting.default for setting in SETTINGS}


def test_an_empty_variable_counts_as_absent() -> None:
    assert config.read({"WIKI_THREADS": "  "})["THREADS"] == BY_NAME["THREADS"].default


@pytest.mark.parametrize("name", GOOD)
def test_a_good_value_is_understood(name: str) -> None:
    text, value = GOOD[name]
    assert config.read({f"WIKI_{name}": text})[name] == value


def test_there_is_a_bad_value_for_every_setting_that_has_one() -> None:
    free = {"DATA", "DATABASE_URL", "SECRET_KEY", "NAME", "BASE_URL", "TILES_CREDIT", "MAIL_SERVER", "MAIL_USER",
            "MAIL_PASSWORD", "CONTACT"}
    assert set(BAD) | free >= {setting.name for setting in SETTINGS}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_value_stops_the_start_and_is_named(name: str) -> None:
    with pytest.raises(BadSetting, match=f"WIKI_{name}"):
        config.read({f"WIKI_{name}": BAD[name]})


def test_every_bad_value_is_named_at_once() -> None:
    with pytest.raises(BadSetting) as error:
        config.read({f"WIKI_{name}": text for name, text in BAD.items()})
    assert all(f"WIKI_{name}" in str(error.value) for name in BAD)


def test_a_misspelt_setting_is_refused_rather_than_ignored() -> None:
    with pytest.raises(BadSetting, match="WIKI_TREADS"):
        config.read({"WIKI_TREADS": "3"})


def test_what_is_given_in_the_program_wins_over_the_environment() -> None:
    assert config.read({"WIKI_THREADS": "3"}, {"THREADS": 5})["THREADS"] == 5


def test_a_search_index_in_postgresql_needs_a_database_there(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="WIKI_DATABASE_URL"):
        create_app({"DATA": str(tmp_path), "SEARCH": "postgresql"})


def test_a_data_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadSetting, match="file"):
        config.data_folder({"DATA": str(tmp_path / "file" / "data")})


def test_the_secret_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    settings = config.read({}, {"DATA": str(tmp_path / "data")})
    key = config.secret_key(settings)
    assert config.secret_key(settings) == key
    assert len(key) == 64
    assert (tmp_path / "data" / "secret_key").stat().st_mode & 0o077 == 0
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0


def test_a_damaged_secret_key_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("short")
    with pytest.raises(BadSetting, match="secret_key"):
        config.secret_key(config.read({}, {"DATA": str(tmp_path)}))
