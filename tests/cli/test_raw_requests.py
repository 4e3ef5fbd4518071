"""What the built-in server says to clients that are broken, slow or curious, byte for byte."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from contextlib import suppress

from tests.serving import Server

POST = b"POST /login HTTP/1.1\r\nHost: x\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
# What is sent, and the statuses that may answer it.
BROKEN = {
    "TRACE": (b"TRACE / HTTP/1.1\r\nHost: x\r\nX-Secret: abc\r\n\r\n", {405}),
    "a method nobody knows": (b"BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n", {404, 405}),
    "no host": (b"GET / HTTP/1.0\r\n\r\n", {200}),
    "no request at all": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", {400}),
    "a version there is none of": (b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", {200, 400, 505}),
    "a header without a name": (b"GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n", {400}),
    "a header that goes on in the next line": (b"GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n", {200, 400}),
    "headers without end": (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 300_000 + b"\r\n\r\n", {431}),
    "a length that is none": (b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n", {400}),
    "two lengths": (b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", {400}),
    "chunks that are none": (
        POST + FORM + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n", {400},
    ),
    "an encoding nobody knows": (b"POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: zip\r\n\r\n", {400, 501}),
    "more than it announces": (
        POST + FORM + b"Content-Length: 3\r\n\r\na=bGET /secret HTTP/1.1\r\n\r\n", {400},
    ),
    "twenty megabytes": (POST + FORM + b"Content-Length: 20000000\r\n\r\na=b", {413}),
}  # fmt: skip

# The connection may be closed on these before the answer is read.
TOO_LONG = {"headers without end", "more than it announces", "twenty megabytes"}


def answer(server: Server, sent: bytes) -> bytes:
    """Everything the server says until it closes, or has said a whole answer."""
    host, port = server.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        said = b""
        with suppress(ConnectionError):  # It need not listen to the end of what is too long.
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(65_536):
                said += part
        return said


def test_h13_h15_whatever_is_sent_the_answer_is_short_tells_no_version_and_the_next_one_is_served(
    serve: Callable[..., Server],
) -> None:
    server = serve("--no-seed")
    for name, (sent, statuses) in BROKEN.items():
        said = answer(server, sent).decode("latin-1")
        head = said.partition("\r\n\r\n")[0]
        if not said and name in TOO_LONG:
            continue
        found = re.match(r"HTTP/1\.[01] (\d{3}) ", said)
        assert found, (name, said[:200])
        assert int(found[1]) in statuses, (name, said[:300])
        assert not re.search(r"waitress|werkzeug|python|flask|traceback", said, re.IGNORECASE), (name, said[:500])
        (banner,) = re.findall(r"(?im)^server: (.*?)\r?$", head)
        assert not re.search(r"\d", banner), banner
        assert "X-Secret" not in said, "what was sent is not sent back"
        assert "Levain" in server.get("/"), name
    assert "Traceback" not in server.log()
