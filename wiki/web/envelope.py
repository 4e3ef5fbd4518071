"""What surrounds every request and every answer, whoever gives it: a number, the public address, the fixed headers.

The number stands in the answer, on its error page, and in every line the logs write meanwhile.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any

from flask import Flask, request

from wiki import audit
from wiki.web import devices

log = logging.getLogger("wiki.requests")

# What any answer carries.
HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"),
    ("X-Frame-Options", "DENY"),
)
STAY_ENCRYPTED = ("Strict-Transport-Security", "max-age=31536000")


class Envelope:
    """A WSGI application around the wiki's own.

    A wiki that knows its public address does not listen to what a request calls it.
    """

    def __init__(self, app: Flask, inner: Callable[..., Iterable[bytes]]) -> None:
        self._inner = inner
        self._scheme, _mark, self._host = str(app.config["WIKI"]["BASE_URL"]).rstrip("/").partition("://")
        app.before_request(_remember)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer, with all that goes around."""
        began = perf_counter()
        number = secrets.token_hex(4)
        audit.request_id.set(number)
        environ["wiki.asked_host"] = environ.get("HTTP_HOST", "")
        if self._host:
            environ["HTTP_HOST"], environ["wsgi.url_scheme"] = self._host, self._scheme

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            headers = [*headers, *HEADERS, ("X-Request-Id", number)]
            if environ["wsgi.url_scheme"] == "https":
                headers.append(STAY_ENCRYPTED)
            if log.isEnabledFor(logging.INFO):
                facts = {
                    "method": environ["REQUEST_METHOD"],
                    "endpoint": environ.get("wiki.endpoint", "reading.page"),
                    "status": int(status[:3]),
                    "milliseconds": round((perf_counter() - began) * 1000, 1),
                }
                log.info("answered", extra={"facts": facts})
            return start_response(status, headers, *error)

        return self._inner(environ, start)


def _remember() -> None:
    # The rule and not the address: what is read, looked for or typed stands in no log.
    request.environ["wiki.endpoint"] = request.endpoint or "none"
    audit.network.set(devices.network_mark())
