"""Every setting: name, type, default, help.

A setting is read from the environment variable ``WIKI_<NAME>``. A value that cannot be understood stops the start
with a sentence that says which one and why: a wiki that starts wrong is worse than one that does not start.
"""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wiki.errors import WikiError


class BadSetting(WikiError):
    """A setting has a value that cannot be used."""


@dataclass(frozen=True)
class Setting:
    """One setting. ``parse`` turns the text of the environment into a value or raises ValueError."""

    name: str
    parse: Callable[[str], Any]
    default: Any
    help: str
    secret: bool = False

    @property
    def variable(self) -> str:
        return f"WIKI_{self.name}"

    def shown_default(self) -> str:
        """The default as the documentation writes it."""
        if self.default is None:
            return "–"
        if isinstance(self.default, bool):
            return "yes" if self.default else "no"
        return str(self.default) if self.default != "" else "–"


def _text(value: str) -> str:
    return value.strip()


def _boolean(value: str) -> bool:
    words = {"1": True, "yes": True, "true": True, "on": True, "0": False, "no": False, "false": False, "off": False}
    try:
        return words[value.strip().lower()]
    except KeyError:
        raise ValueError("say yes or no") from None


def _whole(minimum: int, maximum: int | None = None) -> Callable[[str], int]:
    def parse(value: str) -> int:
        number = int(value.strip()) if value.strip().lstrip("-").isdigit() else None
        if number is None or number < minimum or (maximum is not None and number > maximum):
            limit = f"from {minimum} to {maximum}" if maximum is not None else f"of at least {minimum}"
            raise ValueError(f"give a whole number {limit}")
        return number

    return parse


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value.strip() not in choices:
            raise ValueError(f"choose one of {', '.join(choices)}")
        return value.strip()

    return parse


def _zone(value: str) -> str:
    try:
        return ZoneInfo(value.strip()).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("give a time zone such as Europe/Paris") from None


def _address(value: str) -> str:
    value = value.strip()
    if value and not re.fullmatch(r"https?://[a-zA-Z0-9.:\[\]-]+/?", value):
        raise ValueError("give an address such as https://wiki.example.org, without a path")
    return value


def _rate(value: str) -> str:
    from limits import parse_many

    parse_many(value)
    return value


def _tiles(value: str) -> str:
    shape = r"https?://[a-zA-Z0-9.-]+(?::\d+)?/[\w./{}?=&%@~+-]*"
    if not re.fullmatch(shape, value, re.ASCII) or not all(part in value for part in ("{z}", "{x}", "{y}")):
        raise ValueError("give an address such as https://tiles.example.org/{z}/{x}/{y}.png")
    return value


def _file(value: str) -> str:
    if not Path(value).expanduser().is_file():
        raise ValueError("there is no such file")
    return str(Path(value).expanduser())


def _mailbox(value: str) -> str:
    if not re.fullmatch(r"[\w.+=~-]+@[\w-]+(\.[\w-]+)*", value.strip(), re.ASCII):
        raise ValueError("give an address such as wiki@example.org")
    return value.strip()


SETTINGS: tuple[Setting, ...] = (
    Setting("DATA", _text, "data", "Folder that holds the database and the secret key."),
    Setting(
        "DATABASE_URL",
        _text,
        "",
        "Database address; empty means SQLite in the data folder. PostgreSQL: postgresql+psycopg://…",
    ),
    Setting(
        "SECRET_KEY",
        _text,
        "",
        "Key that signs sessions; empty means one generated once in the data folder.",
        secret=True,
    ),
    Setting(
        "CONTACT", _text, "", "Address (e-mail or web) of those who run the wiki, told to whoever may not write."
    ),
    Setting("NAME", _text, "Levain", "Name of the wiki, shown in its header."),
    Setting(
        "BASE_URL",
        _address,
        "",
        "Public address (https://…), used in every whole address whatever a request says; empty means the address of "
        "the request.",
    ),
    Setting("LANGUAGE", _one_of("fr", "en"), "fr", "Language of the interface when the visitor expresses no wish."),
    Setting("TIMEZONE", _zone, "Europe/Paris", "Time zone in which dates are shown."),
    Setting(
        "EDITING",
        _one_of("everyone", "members", "approved"),
        "everyone",
        "Who writes: `everyone`, `members` only, or, when `approved`, everyone, but what guests and newcomers write "
        "waits until a member takes it.",
    ),
    Setting("REGISTRATION", _boolean, True, "Whether visitors may open an account by themselves."),
    Setting(
        "SECURE_COOKIES", _boolean, False, "Send cookies over HTTPS only; say yes when the wiki is served over HTTPS."
    ),
    Setting("PROXIES", _whole(0, 5), 0, "Number of trusted reverse proxies in front (0: their headers are ignored)."),
    Setting("MAX_TEXT", _whole(1_000, 2_000_000), 200_000, "Longest text of a page, in characters."),
    Setting("MAX_REQUEST", _whole(10_000), 4_000_000, "Largest request body, in bytes."),
    Setting("PER_PAGE", _whole(5, 200), 50, "Rows per page in lists."),
    Setting(
        "FEED_EVENTS", _whole(10, 50_000), 5000, "Most events in one calendar, map or table; `page=2` holds the next."
    ),
    Setting("IMPORT_BYTES", _whole(10_000, 100_000_000), 2_000_000, "Largest file of events to import, in bytes."),
    Setting("IMPORT_EVENTS", _whole(1, 5000), 300, "Most events in one file to import."),
    Setting(
        "IMPORT_RATE", _rate, "60/hour", "Looks at files of events and imports of them allowed for each account."
    ),
    Setting(
        "PAGE_CACHE",
        _whole(0, 1_000_000_000),
        16_000_000,
        "Bytes of ready pages for anonymous readers kept by each process.",
    ),
    Setting(
        "PRESENCE_SECONDS",
        _whole(15, 3600),
        60,
        "How long somebody counts as editing after their browser last said so.",
    ),
    Setting(
        "SAVE_RATE",
        _rate,
        "60/minute;1200/hour",
        "Saves allowed for each account, or for the guests of one network address.",
    ),
    Setting(
        "NEWCOMER_EDITS",
        _whole(0, 1000),
        5,
        "Edits that still stand after which an account is no newcomer any more; guests always are.",
    ),
    Setting("NEWCOMER_LINKS", _whole(0, 1_000_000), 5, "New links to other sites in one edit of a newcomer."),
    Setting(
        "GUEST_SECONDS",
        _whole(0, 60),
        3,
        "Least seconds between opening and saving a form without an account; 0 lifts both traps for programs.",
    ),
    Setting(
        "LOGIN_RATE", _rate, "10/minute;60/hour", "Registrations and requests for a new password for each address."
    ),
    Setting(
        "LOGIN_FAILURES",
        _whole(1, 1_000_000),
        5,
        "Wrong passwords for an account from a network before the next ones must wait, longer each time.",
    ),
    Setting(
        "MAIL_SERVER",
        _text,
        "",
        "SMTP server for letters, such as mail.example.org; empty means that they stay in `mail` in the data folder.",
    ),
    Setting("MAIL_PORT", _whole(1, 65535), 587, "Its port."),
    Setting(
        "MAIL_SECURITY",
        _one_of("starttls", "tls", "none"),
        "starttls",
        "How the way to it is encrypted: starttls, tls (mostly port 465), or none for a server on this machine.",
    ),
    Setting("MAIL_USER", _text, "", "Name to give it; empty means none is asked for."),
    Setting("MAIL_PASSWORD", _text, "", "Password of that name.", secret=True),
    Setting("MAIL_PASSWORD_FILE", _file, "", "A file that holds the password, instead of the variable."),
    Setting(
        "MAIL_SENDER", _mailbox, "", "Address that letters come from; empty means levain@ and the host of the wiki."
    ),
    Setting("MAIL_TIMEOUT", _whole(1, 120), 10, "Seconds the SMTP server may take to answer."),
    Setting("NAME_CHANGES", _whole(0, 1000), 3, "Changes of name that one account may make in thirty days."),
    Setting("SESSION_IDLE_DAYS", _whole(1, 3650), 60, "Days without a visit after which one must log in again."),
    Setting("SESSION_DAYS", _whole(1, 3650), 365, "Days after which one must log in again in any case."),
    Setting(
        "PREVIEW_RATE",
        _rate,
        "600/minute",
        "Previews allowed for each account, or for the guests of one network address.",
    ),
    Setting(
        "SEARCH",
        _one_of("auto", "whoosh", "postgresql"),
        "auto",
        "Where the search index is: auto (PostgreSQL where the database is one, else Whoosh), whoosh (files in the "
        "data folder of one machine) or postgresql.",
    ),
    Setting(
        "SEARCH_RATE",
        _rate,
        "600/minute",
        "Searches, of each kind, allowed for each account, or for the guests of one network address.",
    ),
    Setting(
        "PLACES_RATE",
        _rate,
        "600/minute",
        "Suggestions of places allowed for each account, or for the guests of one network address.",
    ),
    Setting(
        "TILES",
        _tiles,
        "",
        "Address of map tiles, such as https://tiles.example.org/{z}/{x}/{y}.png; empty means the map that comes with "
        "the wiki, which asks nobody.",
    ),
    Setting("TILES_CREDIT", _text, "", "Whom the tiles, or the map file, are owed to; shown on every map."),
    Setting("MAP_FILE", _file, "", "A PMTiles file of vector tiles on this machine to draw maps from."),
    Setting("THREADS", _whole(1, 256), 32, "Threads of the built-in server."),
    Setting(
        "IDLE_SECONDS", _whole(1, 3600), 60, "How long the built-in server waits for a visitor who says nothing more."
    ),
    Setting("REQUEST_LOG", _boolean, False, "Whether the program's log has a line for each answer too."),
)
BY_NAME = {setting.name: setting for setting in SETTINGS}


def read(environment: Mapping[str, str] = os.environ, overrides: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Every setting by name. `overrides` (typed values) win over the environment.

    Raises BadSetting, naming every bad variable at once. Unknown ``WIKI_`` variables are refused too: a misspelt
    limit would otherwise be silently ignored.
    """
    values: dict[str, Any] = {}
    problems: list[str] = []
    for setting in SETTINGS:
        raw = environment.get(setting.variable)
        if raw is None or not raw.strip():
            values[setting.name] = setting.default
            continue
        try:
            values[setting.name] = setting.parse(raw)
        except ValueError as error:
            problems.append(f"{setting.variable}={raw!r}: {error}.")
    known = {setting.variable for setting in SETTINGS}
    problems += [
        f"{name} is not a setting; `wiki settings` lists them."
        for name in sorted(environment)
        if name.startswith("WIKI_") and name not in known
    ]
    if problems:
        raise BadSetting(" ".join(problems))
    values.update(overrides or {})
    return values


def data_folder(settings: Mapping[str, Any]) -> Path:
    """The data folder, made when absent and readable by its owner only."""
    folder = Path(settings["DATA"]).expanduser().resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise BadSetting(f"The data folder {folder} cannot be made: {error.strerror}.") from error
    return folder


def database_url(settings: Mapping[str, Any]) -> str:
    """Where the database is: the one given, else SQLite in the data folder."""
    return settings["DATABASE_URL"] or f"sqlite:///{data_folder(settings) / 'wiki.sqlite'}"


def secret_key(settings: Mapping[str, Any]) -> str:
    """The key given, else one generated once into the data folder with mode 0600. Never a default."""
    if settings["SECRET_KEY"]:
        return str(settings["SECRET_KEY"])
    path = data_folder(settings) / "secret_key"
    if not path.exists():
        # Written aside and linked into place: two processes that start together agree on one whole key.
        descriptor, aside = tempfile.mkstemp(dir=path.parent, prefix=".secret_key-")
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(aside, path)
        os.unlink(aside)
    key = path.read_text("ascii").strip()
    if len(key) < 32:
        raise BadSetting(f"{path} holds no usable key; remove it to have a new one made.")
    return key
