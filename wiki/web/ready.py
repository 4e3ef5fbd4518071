"""Ready pages: what anonymous readers see of a page, kept whole and sent without being drawn again.

Stands between the server and the application and is invisible to both. It looks at plain readings of a page only:
no query, no session cookie. The key of a kept answer holds everything its bytes depend on, the page's glance first,
so nothing kept is ever stale; the nonce of the scripts is a new one in every answer. The text between two nonces is
also kept compressed.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Any
from zlib import crc32

from flask import Flask

from wiki import pages
from wiki.web import compression, visitor
from wiki.web.arguments import today

Headers = list[tuple[str, str]]
_PREFIX = "/wiki/"
_FOR_EVERYBODY = [("Cache-Control", "public, no-cache"), ("Vary", "Cookie, Accept-Language, Accept-Encoding")]


@dataclass(frozen=True)
class _Kept:
    """An answer cut where its nonce goes; its etag, which names all but the nonce, follows from its key."""

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
        self._capacity = capacity
        self._kept: OrderedDict[tuple[Any, ...], _Kept] = OrderedDict()
        self._size = 0
        self._lock = Lock()
        self._session_name: str = app.config["SESSION_COOKIE_NAME"]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer from what is kept, or let the wiki answer and keep that."""
        key = self._key(environ)
        if key is None:
            return self._inner(environ, start_response)
        etag = f'"{_mark(key, self._app.extensions["assets"].build)}"'
        smaller = compression.welcome(environ, self._session_name)
        seen = environ.get("HTTP_IF_NONE_MATCH")
        if seen and etag in seen:
            # Who knows this mark has seen this very page, whether this process keeps it or not.
            said = compression.weak(etag) if smaller else etag
            start_response("304 NOT MODIFIED", [("ETag", said), *_FOR_EVERYBODY])
            return [b""]
        kept = self._find(key)
        if kept is None:
            return self._keep(key, etag, environ, start_response)
        nonce = secrets.token_urlsafe(16)
        body = nonce.encode().join(kept.body)
        headers = [("Content-Security-Policy", nonce.join(kept.policy)), *kept.headers]
        if smaller:
            body = compression.pieced(kept.smaller, nonce.encode(), [body])
            headers += (("ETag", compression.weak(etag)), compression.ENCODED)
        else:
            headers.append(("ETag", etag))
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

    def _find(self, key: tuple[Any, ...]) -> _Kept | None:
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
            return kept

    def _keep(
        self, key: tuple[Any, ...], etag: str, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Let the wiki answer; keep the answer if it is one for everybody, and send it on with its etag."""
        said: list[Any] = []
        answer = self._inner(environ, lambda status, headers, exc_info=None: said.extend((status, headers)))
        try:
            body = b"".join(answer)
        finally:
            getattr(answer, "close", lambda: None)()
        status, headers = said[0], Headers(said[1])
        named = {name.lower(): value for name, value in headers}
        policy = named.get("content-security-policy", "")
        nonce = policy.partition("'nonce-")[2].partition("'")[0]
        for_everybody = "public" in named.get("cache-control", "") and "set-cookie" not in named
        if not status.startswith("200") or not for_everybody or not nonce:
            start_response(status, headers)
            return [body]
        rest = [
            header
            for header in headers
            if header[0].lower() not in ("content-length", "content-security-policy", "etag")
        ]
        before, _nonce, after = policy.partition(nonce)
        parts = tuple(body.split(nonce.encode()))
        self._store(key, _Kept((before, after), rest, parts, tuple(map(compression.piece, parts))))
        start_response(status, [("ETag", etag), *headers])
        return [body]

    def _store(self, key: tuple[Any, ...], kept: _Kept) -> None:
        with self._lock:
            if key in self._kept or kept.size > self._capacity:
                return
            self._kept[key] = kept
            self._size += kept.size
            while self._size > self._capacity:
                self._size -= self._kept.popitem(last=False)[1].size


def _mark(key: tuple[Any, ...], build: str) -> str:
    glance, language, day, host, scheme = key
    return "-".join(
        str(part)
        for part in (
            glance.page_id,
            glance.head_id,
            glance.stamp,
            int(glance.protected),
            language,
            day,
            build,
            format(crc32(f"{scheme}://{host}".encode()), "x"),
        )
    )
