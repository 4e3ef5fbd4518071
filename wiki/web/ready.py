"""Ready pages: what anonymous readers see of a page, kept whole and sent without being drawn again.

Stands between the server and the application and is invisible to both. It looks at plain readings of a page only:
no query, no session cookie. The key of a kept answer holds everything its bytes depend on, the page's glance first,
so nothing kept is ever stale; the nonce of the scripts is a new one in every answer. The text between two nonces is
also kept compressed.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import Flask

from wiki import pages
from wiki.web import compression, visitor
from wiki.web.arguments import today
from wiki.web.recent import Recent

Headers = list[tuple[str, str]]
_PREFIX = "/wiki/"
_FOR_EVERYBODY = [("Cache-Control", "public, no-cache"), ("Vary", "Cookie, Accept-Language, Accept-Encoding")]


@dataclass(frozen=True)
class _Kept:
    """An answer cut where its nonce goes.

    Its etag names what is said and nothing else: it stays where a page was put together anew and says the same, or
    whoever asks again and again would learn that something moved out of their sight.
    """

    etag: str
    policy: tuple[str, str]
    headers: Headers
    body: tuple[bytes, ...]
    smaller: tuple[bytes, ...]

    @property
    def size(self) -> int:
        """In bytes."""
        return sum(map(len, self.body)) + sum(map(len, self.smaller))


class ReadyPages:
    """A WSGI application around the wiki's own. Keeps at most `capacity` bytes, the least recently read go first."""

    def __init__(self, app: Flask, inner: Callable[..., Iterable[bytes]], capacity: int) -> None:
        self._app = app
        self._inner = inner
        self._kept: Recent[tuple[Any, ...], _Kept] = Recent(capacity, lambda kept: kept.size)
        self._session_name: str = app.config["SESSION_COOKIE_NAME"]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer from what is kept, or let the wiki answer and keep that."""
        key = self._key(environ)
        if key is None:
            return self._inner(environ, start_response)
        kept = self._kept.get(key)
        if kept is not None:
            return self._send(kept, environ, start_response)
        status, headers, body = self._ask(environ)
        kept = _cut(status, headers, body)
        if kept is None:
            start_response(status, headers)
            return [body]
        self._kept.put(key, kept)
        return self._send(kept, environ, start_response)

    def _send(self, kept: _Kept, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """What is kept with a new nonce, or word that it is what this reader has seen."""
        smaller = compression.welcome(environ, self._session_name)
        etag = compression.weak(kept.etag) if smaller else kept.etag
        if kept.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
            start_response("304 NOT MODIFIED", [("ETag", etag), *_FOR_EVERYBODY])
            return [b""]
        nonce = secrets.token_urlsafe(16)
        body = nonce.encode().join(kept.body)
        headers = [("Content-Security-Policy", nonce.join(kept.policy)), *kept.headers, ("ETag", etag)]
        if smaller:
            body = compression.pieced(kept.smaller, nonce.encode(), [body])
            headers.append(compression.ENCODED)
        start_response("200 OK", [("Content-Length", str(len(body))), *headers])
        return [body]

    def _key(self, environ: dict[str, Any]) -> tuple[Any, ...] | None:
        """What the answer depends on; None where the wiki must look for itself."""
        path: str = environ["PATH_INFO"]
        if not path.startswith(_PREFIX) or environ["REQUEST_METHOD"] != "GET" or environ.get("QUERY_STRING"):
            return None
        cookies: str = environ.get("HTTP_COOKIE", "")
        slug = path[len(_PREFIX) :]
        if not slug.isprintable() or "/" in slug or self._session_name + "=" in cookies:
            return None
        with self._app.app_context():
            try:
                glance = pages.glance(slug) if slug.isascii() else None
            except Exception:  # Whatever it is, the wiki will meet it too, and answers it with a page.
                glance = None
            if glance is None:
                return None
            language = visitor.language_of("", cookies, environ.get("HTTP_ACCEPT_LANGUAGE", ""))
            return glance, language, today(), environ.get("HTTP_HOST"), environ["wsgi.url_scheme"]

    def _ask(self, environ: dict[str, Any]) -> tuple[str, Headers, bytes]:
        """What the wiki itself answers."""
        said: list[Any] = []
        answer = self._inner(environ, lambda status, headers, exc_info=None: said.extend((status, headers)))
        try:
            body = b"".join(answer)
        finally:
            getattr(answer, "close", lambda: None)()
        return said[0], Headers(said[1]), body


def _cut(status: str, headers: Headers, body: bytes) -> _Kept | None:
    """An answer as it is kept; None where it is not one for everybody."""
    named = {name.lower(): value for name, value in headers}
    policy = named.get("content-security-policy", "")
    nonce = policy.partition("'nonce-")[2].partition("'")[0]
    for_everybody = "public" in named.get("cache-control", "") and "set-cookie" not in named
    if not status.startswith("200") or not for_everybody or not nonce:
        return None
    rest = [header for header in headers if header[0].lower() not in ("content-length", "content-security-policy")]
    before, _nonce, after = policy.partition(nonce)
    parts = tuple(body.split(nonce.encode()))
    said = hashlib.sha256(repr((before, after, rest, parts)).encode()).hexdigest()[:32]
    return _Kept(f'"{said}"', (before, after), rest, parts, tuple(map(compression.piece, parts)))
