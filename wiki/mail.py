"""Letters to people: by an SMTP server, or into a folder for whoever runs the wiki where none is set.

Nobody waits for a letter, nor can tell by waiting whether one is written: `later` puts an order into the outbox, and a
thread carries it out when the answer is gone. An order says which letter to write to whom, not what is in it: no token
lies on a disk, it is made as the letter goes. An order outlives a restart and is tried again, ever more slowly, until
it is too old. Where the machine stops between sending a letter and forgetting its order it goes twice, for no server of
letters can say that it has one. The second bears the number of the first, by which it is known, unless it says another
thing: a new link, in the place of the one before.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import re
import secrets
import smtplib
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email import policy
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import localtime, make_msgid
from pathlib import Path
from threading import Condition, Thread
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakSet

from flask import Flask, current_app, g

from wiki import config

log = logging.getLogger("wiki.mail")

# An answer is gone well before; and no more letters than this wait, or stay in the folder.
PAUSE = 0.5
MOST_WAITING, MOST_KEPT = 1_000, 200
# No link works for longer than a day.
_KEPT_FOR = 2 * 86_400 * 10**9
# Seconds before an order is tried again: each time so many times longer, up to a bound.
_FIRST_DELAY, _GROWTH, _LONGEST_DELAY = 30, 4, 3 * 3600
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")


@dataclass(frozen=True)
class Letter:
    """What is written to one address, in plain text."""

    to: str
    subject: str
    text: str


class Undelivered(Exception):
    """A letter did not go out now, and may later."""


def init_app(app: Flask) -> None:
    """Take no visitor's word for where this wiki is. Raises BadSetting."""
    if app.config["WIKI"]["MAIL_SERVER"] and not app.config["WIKI"]["BASE_URL"]:
        raise config.BadSetting("WIKI_MAIL_SERVER needs WIKI_BASE_URL: letters hold addresses of this wiki.")
    app.config.setdefault("MAIL_PAUSE", PAUSE)
    app.extensions["outbox"] = _Outbox(app)


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
    """Send a letter now, or keep it in the folder. What goes wrong is said in the log, without a name.

    Raises Undelivered where another time it may be sent; a letter that nobody could send, or take, is left out.
    """
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
        if not isinstance(error, (MessageError, ValueError)) and not _refused_for_good(error):
            raise Undelivered from None


def _refused_for_good(error: Exception) -> bool:
    """Whether the server knows nobody at this address."""
    refusals = error.recipients.values() if isinstance(error, smtplib.SMTPRecipientsRefused) else ()
    return bool(refusals) and all(code >= 500 for code, _words in refusals)


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
    message["Message-ID"] = _number(letter, sender.partition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message


def _number(letter: Letter, host: str) -> str:
    """The same for the same words written for the same order, however often that is tried."""
    if (order := g.get("mail_order")) is None:
        return make_msgid(domain=host)
    told = json.dumps([order, letter.to, letter.subject, letter.text])
    return f"<{hashlib.sha256(told.encode()).hexdigest()[:40]}@{host}>"


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

_Work = Callable[..., None]
_orders: dict[str, tuple[_Work, float]] = {}


def order(name: str, lasts: timedelta) -> Callable[[_Work], _Work]:
    """Says of a function that it carries out the orders of this name, as long as they are no older than `lasts`."""

    def known(work: _Work) -> _Work:
        _orders[name] = work, lasts.total_seconds()
        return work

    return known


def later(name: str, *arguments: str | int | None) -> None:
    """Have an order carried out when the answer to the running request is gone, in this application's context."""
    _outbox().put({"name": name, "arguments": arguments, "asked": clock(), "tries": 0, "due": 0})


def resume() -> None:
    """Carry on with the orders that wait since the wiki ran last."""
    _outbox().wake()


def settle(seconds: float = 60) -> bool:
    """Wait until no order is due in any outbox of this process; False where it takes longer."""
    return all(outbox.settle(seconds) for outbox in list(_outboxes))


def clock() -> float:
    """Seconds since 1970: orders outlive the process."""
    return time.time()


def _outbox() -> _Outbox:
    outbox: _Outbox = current_app.extensions["outbox"]
    return outbox


class _Outbox:
    """Orders as files in a private folder, and a thread of each process that carries them out, one process at a time.

    The thread ends where nothing waits.
    """

    _changed: Condition
    _asked: bool
    _busy: bool
    _runs: bool

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._folder = config.data_folder(app.config["WIKI"]) / "outbox"
        self.forget_thread()
        _outboxes.add(self)

    def put(self, order: dict[str, Any]) -> None:
        """Keep an order and have it carried out soon."""
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            if len(self._waiting()) >= MOST_WAITING:
                log.error("Too many letters wait: one is left out.")
                return
            self._write(self._folder / f"{time.time_ns()}-{secrets.token_hex(4)}.json", order)
        except OSError as error:
            log.error("A letter cannot be kept for later (%s): it is left out.", type(error).__name__)
            return
        self.wake()

    def wake(self) -> None:
        """Look now at what waits."""
        with self._changed:
            self._asked = self._busy = True
            self._changed.notify_all()
            if not self._runs:
                self._runs = True
                Thread(target=self._run, name="mail", daemon=True).start()

    def forget_thread(self) -> None:
        """The thread is another process's."""
        self._changed = Condition()
        self._asked = self._busy = self._runs = False

    def settle(self, seconds: float) -> bool:
        """Wait until nothing is due."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._busy, seconds)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._asked = False
            pause = self._turn()
            with self._changed:
                if self._asked:
                    continue
                self._busy = False
                self._changed.notify_all()
                if pause is None:
                    self._runs = False
                    return
                self._changed.wait_for(lambda: self._asked, max(pause, 1))
                self._busy = True

    def _turn(self) -> float | None:
        """Carry out what is due; seconds until the next order is, None where none waits."""
        try:
            with self._alone():
                pauses = [self._try(path) for path in self._waiting()]
            return min((pause for pause in pauses if pause is not None), default=None)
        except OSError as error:
            log.error("The letters that wait cannot be read (%s).", type(error).__name__)
            return None

    def _try(self, path: Path) -> float | None:
        """As `_carry_out`; an order this process may not read, or write anew, keeps the others from nothing."""
        try:
            return self._carry_out(path)
        except OSError as error:
            log.error("An order for a letter cannot be read or kept (%s): tried again later.", type(error).__name__)
            return _LONGEST_DELAY

    def _carry_out(self, path: Path) -> float | None:
        """Do what one order says, if it is due; seconds until it is again, None where it is done with."""
        found = self._read(path)
        if found is None:
            path.unlink(missing_ok=True)
            return None
        work, lasts = _orders[found["name"]]
        if clock() - found["asked"] > lasts:
            log.error("A letter is given up: %s tries did not send it in time.", found["tries"])
            path.unlink(missing_ok=True)
            return None
        if found["due"] > clock():
            return float(found["due"] - clock())
        time.sleep(self._app.config["MAIL_PAUSE"])
        try:
            with self._app.app_context():
                g.mail_order = path.name
                work(*found["arguments"])
        except Exception as error:
            delay = min(_FIRST_DELAY * _GROWTH ** found["tries"], _LONGEST_DELAY)
            log.error("A letter could not be written (%s): tried again in %s s.", type(error).__name__, delay)
            self._write(path, {**found, "tries": found["tries"] + 1, "due": clock() + delay})
            return delay
        path.unlink(missing_ok=True)
        return None

    def _waiting(self) -> list[Path]:
        """The orders, oldest first."""
        return sorted(self._folder.glob("*.json"))

    @staticmethod
    def _read(path: Path) -> dict[str, Any] | None:
        """An order; None for what is none, say of a version to come."""
        try:
            found: dict[str, Any] = json.loads(path.read_text("utf-8"))
            _orders[found["name"]], float(found["asked"] + found["due"]), 2 ** found["tries"], [*found["arguments"]]
            return found
        except (ValueError, LookupError, TypeError):
            log.error("An order for a letter could not be understood: it is left out.")
            return None

    def _write(self, path: Path, order: dict[str, Any]) -> None:
        """Put an order at its place, whole or not at all, for its owner only."""
        part = path.with_suffix(".part")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(order, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """While no other process carries out orders."""
        if not self._folder.is_dir():
            yield
            return
        with open(self._folder / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                yield
            finally:
                # Not left to the closing: a process forked meanwhile has the file open too.
                fcntl.flock(lock, fcntl.LOCK_UN)


_outboxes: WeakSet[_Outbox] = WeakSet()


def _begin_anew() -> None:
    """In a process that was forked from one whose thread was at work: here there is none, whatever is remembered."""
    for outbox in list(_outboxes):
        outbox.forget_thread()


os.register_at_fork(after_in_child=_begin_anew)
