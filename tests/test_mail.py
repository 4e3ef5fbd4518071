"""Letters: they reach an SMTP server or a private folder, go to one person only, and keep nobody waiting."""

from __future__ import annotations

import email
import stat
import time
from collections.abc import Callable, Iterator
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
    with make(MAIL_USER="us", MAIL_PASSWORD="un secret", MAIL_TIMEOUT=1, **settings).app_context():
        mail.send(HELLO)
    assert office.letters == []
    assert not any(line.upper().startswith(("AUTH", "MAIL")) for line in office.said)
    assert "could not be sent" in caplog.text


@pytest.mark.parametrize("refused", [b"EHLO", b"AUTH", b"RCPT", b"DATA"])
def test_a_server_that_refuses_is_told_in_the_log_without_names(
    make: Callable[..., Flask], office: PostOffice, caplog: pytest.LogCaptureFixture, refused: bytes
) -> None:
    office.refuses = refused
    with make(MAIL_USER="us", MAIL_PASSWORD="un secret").app_context():
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


@pytest.mark.usefixtures("context")
def test_what_is_for_later_keeps_nobody_waiting_and_a_failure_stops_nothing_else(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on, done = Event(), []

    def work(number: int) -> None:
        assert may_go_on.wait(60)
        done.append(1 // number)

    for number in (0, 1):
        mail.later(work, number)
    assert not mail.settle(0)
    monkeypatch.setattr(mail, "MOST_WAITING", 1)
    mail.later(work, 1)
    mail.later(work, 1)
    assert "one is left out" in caplog.text
    assert done == []
    may_go_on.set()
    assert mail.settle()
    assert set(done) == {1}
    assert "could not be written (ZeroDivisionError)" in caplog.text
