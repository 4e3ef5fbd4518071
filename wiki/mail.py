"""Letters to people: by an SMTP server, or into a folder for whoever runs the wiki where none is set.

Nobody waits for a letter, nor can tell by waiting whether one is written: `later` hands the work to a thread that
begins when the answer is gone. What waits is lost with the process, and asked for again; so no token lies on a disk.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import smtplib
import ssl
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from email import policy
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import localtime, make_msgid
from pathlib import Path
from threading import Condition, Thread
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app

from wiki import config

log = logging.getLogger("wiki.mail")

# An answer is gone well before; and no more letters than this wait, or stay in the folder.
PAUSE = 0.5
MOST_WAITING, MOST_KEPT = 1_000, 200
# No link works for longer than a day.
_KEPT_FOR = 2 * 86_400 * 10**9
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")


@dataclass(frozen=True)
class Letter:
    """What is written to one address, in plain text."""

    to: str
    subject: str
    text: str


def init_app(app: Flask) -> None:
    """Take no visitor's word for where this wiki is. Raises BadSetting."""
    if app.config["WIKI"]["MAIL_SERVER"] and not app.config["WIKI"]["BASE_URL"]:
        raise config.BadSetting("WIKI_MAIL_SERVER needs WIKI_BASE_URL: letters hold addresses of this wiki.")
    app.config.setdefault("MAIL_PAUSE", PAUSE)


def is_address(text: str) -> bool:
    """Whether a letter could be written to this, and to nobody else."""
    try:
        return bool(_ADDRESS.fullmatch(_plain(text)))
    except ValueError:
        return False


def _plain(address: str) -> str:
    """An address as servers write it: the accents of its host told in ASCII. Raises ValueError for a host without."""
    name, at, host = address.rpartition("@")
    return name + at + host.encode("idna").decode()


def is_sent() -> bool:
    """Whether letters reach people by themselves."""
    return bool(current_app.config["WIKI"]["MAIL_SERVER"])


def send(letter: Letter) -> None:
    """Send a letter now, or keep it in the folder. What goes wrong is said in the log, without a name."""
    settings = current_app.config["WIKI"]
    try:
        message = _message(letter, settings)
        if settings["MAIL_SERVER"]:
            _deliver(message, settings)
        else:
            _keep(message, config.data_folder(settings) / "mail")
    except (OSError, smtplib.SMTPException, MessageError, ValueError) as error:
        # Neither the message of the error nor the letter: both may tell who it is to.
        log.error("A letter could not be sent (%s).", type(error).__name__)


def _message(letter: Letter, settings: dict[str, Any]) -> EmailMessage:
    """The letter as it goes out. Raises ValueError where a line end would begin another header."""
    sender = settings["MAIL_SENDER"] or f"levain@{urlsplit(settings['BASE_URL']).hostname or 'localhost'}"
    if not is_address(letter.to):
        raise ValueError("not an address")
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = Address(settings["NAME"], addr_spec=sender)
    message["To"] = Address(addr_spec=_plain(letter.to))
    message["Subject"] = letter.subject
    message["Date"] = localtime()
    message["Message-ID"] = make_msgid(domain=sender.partition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message


def _deliver(message: EmailMessage, settings: dict[str, Any]) -> None:
    security, context = settings["MAIL_SECURITY"], ssl.create_default_context()
    where: dict[str, Any] = {
        "host": settings["MAIL_SERVER"], "port": settings["MAIL_PORT"], "timeout": settings["MAIL_TIMEOUT"],
        "local_hostname": message["From"].addresses[0].domain,
    }
    with smtplib.SMTP_SSL(**where, context=context) if security == "tls" else smtplib.SMTP(**where) as server:
        if security == "starttls":
            server.starttls(context=context)
        if settings["MAIL_USER"]:
            server.login(settings["MAIL_USER"], _password(settings))
        server.send_message(message)


def _password(settings: dict[str, Any]) -> str:
    if settings["MAIL_PASSWORD"] or not settings["MAIL_PASSWORD_FILE"]:
        return str(settings["MAIL_PASSWORD"])
    return Path(settings["MAIL_PASSWORD_FILE"]).read_text("utf-8").strip()


def _keep(message: EmailMessage, folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{time.time_ns()}-{secrets.token_hex(4)}.eml"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(message.as_bytes())
    kept = sorted(folder.glob("*.eml"))
    for number, old in enumerate(reversed(kept)):
        if number >= MOST_KEPT or time.time_ns() - int(old.name.partition("-")[0]) > _KEPT_FOR:
            old.unlink(missing_ok=True)


# -- After the answer --------------------------------------------------------------------------------------------------

_Work = tuple[Flask, Callable[..., None], tuple[Any, ...]]
_waiting: deque[_Work] = deque()
_changed = Condition()
_busy = False


def later(work: Callable[..., None], *arguments: Any) -> None:
    """Do this when the answer to the running request is gone, in this application's context."""
    global _busy
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    with _changed:
        if len(_waiting) >= MOST_WAITING:
            log.error("Too many letters wait: one is left out.")
            return
        _waiting.append((app, work, arguments))
        if not _busy:
            _busy = True
            Thread(target=_work, name="mail", daemon=True).start()


def settle(seconds: float = 60) -> bool:
    """Wait until everything that was handed over is done; False where it takes longer."""
    with _changed:
        return _changed.wait_for(lambda: not _busy, seconds)


def _work() -> None:
    """Do what waits, in order, and end where nothing does."""
    global _busy
    while True:
        with _changed:
            if not _waiting:
                _busy = False
                _changed.notify_all()
                return
            app, work, arguments = _waiting.popleft()
        time.sleep(app.config["MAIL_PAUSE"])
        try:
            with app.app_context():
                work(*arguments)
        except Exception as error:
            log.error("A letter could not be written (%s).", type(error).__name__)
