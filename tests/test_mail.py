"""Letters: they reach an SMTP server or a private folder, go to one person only, and keep nobody waiting."""

from __future__ import annotations

import email
import json
import os
import re
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Event, Thread

import pytest
from flask import Flask

from wiki import mail
from wiki.mail import Letter

HELLO = Letter("zoe@example.org", "Bonjour à vous", "Un mot.\n\nhttps://wiki.example.org/recover/" + "x" * 90 + "\n")


class PostOffice(ThreadingTCPServer):
    """An SMTP server that keeps what it is given: (recipients, letter). `says` are the extensions it has."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Clerk)
        self.letters: list[tuple[list[str], EmailMessage]] = []
        self.said: list[str] = []
        self.refuses = b""


class _Clerk(StreamRequestHandler):
    server: PostOffice

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        recipients: list[str] = []
        while line := self.rfile.readline():
            word = line[:4].upper()
            self.server.said.append(line.decode("latin-1").strip())
            if self.server.refuses and line.upper().startswith(self.server.refuses):
                self.wfile.write(b"550 no\r\n")
            elif word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = []
                while (text := self.rfile.readline()) != b".\r\n":
                    lines.append(text)
                message = email.message_from_bytes(b"".join(lines), policy=policy.default)
                assert isinstance(message, EmailMessage)
                self.server.letters.append((recipients, message))
                self.wfile.write(b"250 thanks\r\n")
            elif word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                if word == b"RCPT":
                    recipients.append(line.decode().split("<")[1].split(">")[0])
                answers = {b"EHLO": b"250-here\r\n250 AUTH PLAIN\r\n", b"AUTH": b"235 in\r\n"}
                self.wfile.write(answers.get(word, b"250 so\r\n"))


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with PostOffice() as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def make(make_app: Callable[..., Flask], office: PostOffice) -> Callable[..., Flask]:
    """Makes wikis whose letters go to the office."""
    address = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": office.server_address[1], "MAIL_SECURITY": "none"}
    return lambda **settings: make_app(**{"BASE_URL": "https://wiki.example.org", **address, **settings})


def test_a_letter_reaches_the_server_whole(make: Callable[..., Flask], office: PostOffice, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("un secret\n")
    with make(NAME="Chez nous, à Brest", MAIL_USER="us", MAIL_PASSWORD_FILE=str(tmp_path / "password")).app_context():
        mail.send(HELLO)
    ((recipients, letter),) = office.letters
    assert recipients == ["zoe@example.org"]
    assert letter["From"] == '"Chez nous, à Brest" <levain@wiki.example.org>'
    assert (letter["Subject"], letter["Auto-Submitted"]) == (HELLO.subject, "auto-generated")
    assert letter.get_content().replace("\r\n", "\n") == HELLO.text
    assert any(line.startswith("AUTH PLAIN") for line in office.said)


@pytest.mark.parametrize(
    ("to", "subject", "name"),
    [
        ("zoe@example.org\nBcc: eve@example.org", "Bonjour", "Levain"),
        ("zoe@example.org\r\nBcc: eve@example.org", "Bonjour", "Levain"),
        ("zoe@example.org, eve@example.org", "Bonjour", "Levain"),
        ("zoe@example.org", "Bonjour\nBcc: eve@example.org", "Levain"),
        ("zoe@example.org", "Bonjour\r\n\r\nUn autre texte", "Levain"),
        ("zoe@example.org", "Bonjour", "Levain\nBcc: eve@example.org"),
        ("zoe@example.org> RCPT TO:<eve@example.org", "Bonjour", "Levain"),
    ],
)
def test_no_line_end_begins_another_header_nor_writes_to_somebody_else(
    make: Callable[..., Flask], office: PostOffice, caplog: pytest.LogCaptureFixture, to: str, subject: str, name: str
) -> None:
    with make(NAME=name).app_context():
        mail.send(Letter(to, subject, "Un mot."))
    assert office.letters == []
    assert "eve@example.org" not in " ".join(office.said)
    assert "could not be sent" in caplog.text
    assert "example.org" not in caplog.text


@pytest.mark.parametrize("address", ["a+b@c.example", "o'neil@b.fr", "zoe@café.example", "a@localhost"])
def test_an_ordinary_address_may_be_written_to(address: str) -> None:
    assert mail.is_address(address)


@pytest.mark.parametrize("settings", [{"MAIL_SECURITY": "starttls"}, {"MAIL_SECURITY": "tls"}])
def test_no_letter_goes_in_the_clear_where_the_way_should_be_encrypted(
    make: Callable[..., Flask], office: PostOffice, caplog: pytest.LogCaptureFixture, settings: dict[str, str]
) -> None:
    app = make(MAIL_USER="us", MAIL_PASSWORD="un secret", MAIL_TIMEOUT=1, **settings)
    with app.app_context(), pytest.raises(mail.Undelivered):
        mail.send(HELLO)
    assert office.letters == []
    assert not any(line.upper().startswith(("AUTH", "MAIL")) for line in office.said)
    assert "could not be sent" in caplog.text


@pytest.mark.parametrize("refused", [b"EHLO", b"AUTH", b"RCPT", b"DATA"])
def test_a_server_that_refuses_is_told_in_the_log_without_names(
    make: Callable[..., Flask], office: PostOffice, caplog: pytest.LogCaptureFixture, refused: bytes
) -> None:
    office.refuses = refused
    # Where nobody is known at the address, another time is no better.
    told: AbstractContextManager[object] = nullcontext() if refused == b"RCPT" else pytest.raises(mail.Undelivered)
    with make(MAIL_USER="us", MAIL_PASSWORD="un secret").app_context(), told:
        mail.send(HELLO)
    assert office.letters == []
    assert "could not be sent" in caplog.text
    assert not {"zoe", "secret", "recover"} & set(caplog.text.replace("/", " ").split())


@pytest.mark.usefixtures("context")
def test_without_a_server_letters_stay_in_a_folder_that_only_the_owner_reads(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "MOST_KEPT", 3)
    for number in range(5):
        mail.send(Letter("zoe@example.org", f"Lettre {number}", "Un mot."))
    folder = Path(app.config["WIKI"]["DATA"]) / "mail"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    kept = sorted(folder.iterdir())
    assert len(kept) == 3
    assert all(b"Lettre %d" % number in path.read_bytes() for number, path in zip((2, 3, 4), kept, strict=True))
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}
    kept[0].rename(folder / f"{time.time_ns() - 3 * 86_400 * 10**9}-old.eml")
    mail.send(HELLO)
    assert len(list(folder.iterdir())) == 3
    assert not list(folder.glob("*-old.eml"))


# -- After the answer --------------------------------------------------------------------------------------------------


@pytest.fixture
def orders(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[object]]:
    """What was carried out of orders called "one", which fail while `fails` holds anything."""
    seen: dict[str, list[object]] = {"done": [], "fails": [], "tried": []}
    monkeypatch.setattr(mail, "_orders", {})

    @mail.order("one", timedelta(hours=1))
    def one(what: object) -> None:
        seen["tried"].append(what)
        if seen["fails"]:
            raise mail.Undelivered
        seen["done"].append(what)

    return seen


class Clock:
    """What the outbox takes for the time."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now

    def pass_(self, seconds: float) -> None:
        """So much later, whoever waits is woken."""
        self.now += seconds
        mail.resume()
        assert mail.settle()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(mail, "clock", made)
    return made


def outbox(app: Flask) -> list[Path]:
    return sorted((Path(app.config["WIKI"]["DATA"]) / "outbox").glob("*.json"))


@pytest.mark.usefixtures("context")
def test_what_is_for_later_keeps_nobody_waiting_and_a_failure_stops_nothing_else(
    app: Flask, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on, done = Event(), []
    monkeypatch.setattr(mail, "_orders", {})

    @mail.order("divide", timedelta(hours=1))
    def divide(number: int) -> None:
        assert may_go_on.wait(60)
        done.append(1 // number)

    for number in (0, 1):
        mail.later("divide", number)
    assert not mail.settle(0)
    assert done == []
    monkeypatch.setattr(mail, "MOST_WAITING", len(outbox(app)))
    mail.later("divide", 1)
    assert "one is left out" in caplog.text
    may_go_on.set()
    assert mail.settle()
    assert done == [1]
    assert "could not be written (ZeroDivisionError)" in caplog.text


@pytest.mark.usefixtures("context")
def test_what_could_not_be_sent_is_tried_again_ever_more_slowly(
    app: Flask, orders: dict[str, list[object]], clock: Clock
) -> None:
    orders["fails"].append(True)
    mail.later("one", "a")
    assert mail.settle()
    (kept,) = outbox(app)
    assert (stat.S_IMODE(kept.parent.stat().st_mode), stat.S_IMODE(kept.stat().st_mode)) == (0o700, 0o600)
    tries = []
    for seconds in (29, 1, 119, 1, 479, 1):
        clock.pass_(seconds)
        tries.append(len(orders["tried"]))
    assert tries == [1, 2, 2, 3, 3, 4]
    orders["fails"].clear()
    clock.pass_(1920)
    assert orders["done"] == ["a"]
    assert outbox(app) == []


@pytest.mark.usefixtures("context")
def test_what_is_too_old_is_not_sent_any_more_and_the_log_says_so(
    app: Flask, orders: dict[str, list[object]], clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    orders["fails"].append(True)
    mail.later("one", "zoe@example.org")
    assert mail.settle()
    orders["fails"].clear()
    clock.pass_(3601)
    assert (orders["done"], outbox(app)) == ([], [])
    assert "is given up: 1 tries" in caplog.text
    assert "zoe" not in caplog.text


def test_what_waits_outlives_a_restart(
    make_app: Callable[..., Flask], orders: dict[str, list[object]], clock: Clock
) -> None:
    orders["fails"].append(True)
    with (first := make_app()).app_context():
        mail.later("one", "a")
        mail.later("one", "b")
        assert mail.settle()
    orders["fails"].clear()
    with make_app().app_context():
        clock.pass_(60)
    assert orders["done"] == ["a", "b"]
    assert outbox(first) == []


@pytest.mark.usefixtures("context")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_process_forked_from_one_whose_letters_wait_sends_its_own(
    app: Flask, orders: dict[str, list[object]], clock: Clock
) -> None:
    orders["fails"].append(True)
    mail.later("one", "a")
    # The thread of this process is there and waits for the time of the order.
    assert mail.settle()
    child = os.fork()
    if not child:
        # Whatever happens, this process must not go on with the tests.
        try:
            orders["fails"].clear()
            mail.later("one", "b")
            os._exit(0 if mail.settle(30) and orders["done"] == ["b"] else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert [json.loads(path.read_text())["arguments"] for path in outbox(app)] == [["a"]]


def test_a_letter_that_goes_twice_bears_its_number_unless_it_says_another_thing(
    make: Callable[..., Flask], office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "_orders", {})
    links = iter(["un lien", "un lien", "un autre"])

    @mail.order("write", timedelta(hours=1))
    def write() -> None:
        mail.send(Letter("zoe@example.org", "Bonjour", next(links)))

    app = make(MAIL_SECURITY="none")
    with app.app_context():
        # What is left where the machine stops between sending and forgetting: the order, under its name.
        monkeypatch.setattr(Path, "unlink", lambda *_arguments, **_options: None)
        mail.later("write")
        assert mail.settle()
        for _ in range(2):
            mail.resume()
            assert mail.settle()
        monkeypatch.undo()
    numbers = [letter["Message-ID"] for _to, letter in office.letters]
    assert len(numbers) == 3
    assert numbers[0] == numbers[1] != numbers[2]
    assert all(re.fullmatch(r"<[0-9a-f]{40}@[a-z.]+>", number) for number in numbers)


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"name": "other"}', '{"name": "one"}', '{"name": ["one"]}'])
def test_what_is_no_order_is_left_out_and_the_others_go(
    app: Flask, orders: dict[str, list[object]], caplog: pytest.LogCaptureFixture, text: str
) -> None:
    folder = Path(app.config["WIKI"]["DATA"]) / "outbox"
    folder.mkdir()
    (folder / "0-odd.json").write_text(text)
    mail.later("one", "a")
    assert mail.settle()
    assert (orders["done"], outbox(app)) == (["a"], [])
    assert "could not be understood" in caplog.text


@pytest.mark.usefixtures("context")
def test_what_cannot_be_read_stays_and_the_others_go(
    app: Flask, orders: dict[str, list[object]], caplog: pytest.LogCaptureFixture
) -> None:
    # A folder stands for a file of another account: nothing is closed to whoever runs the tests as root.
    closed = Path(app.config["WIKI"]["DATA"]) / "outbox" / "0-closed.json"
    closed.mkdir(parents=True)
    mail.later("one", "a")
    assert mail.settle()
    assert (orders["done"], outbox(app)) == (["a"], [closed])
    assert "cannot be read or kept" in caplog.text


@pytest.mark.usefixtures("context")
def test_where_nothing_can_be_kept_the_request_goes_on(
    app: Flask, orders: dict[str, list[object]], caplog: pytest.LogCaptureFixture
) -> None:
    (Path(app.config["WIKI"]["DATA"]) / "outbox").write_text("a file in the way")
    mail.later("one", "a")
    assert mail.settle()
    assert orders["done"] == []
    assert "cannot be kept for later" in caplog.text
