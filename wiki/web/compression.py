"""Text answers made smaller on their way (gzip), where the reader's browser takes them so.

What a compressed size can betray (BREACH) needs a stranger who makes somebody's browser ask, again and again, for
pages that hold a secret beside words of the stranger's choice. So an answer to somebody with a session is compressed
only where the browser says that this very site asked, for a page or from a script. Files of the static folder hold no
secret: they are compressed for everybody.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from wiki.web.recent import Recent

Headers = list[tuple[str, str]]
ENCODED = ("Content-Encoding", "gzip")

_WORTH_IT = 800  # bytes: a smaller answer fits in one packet as it is
_TOO_MUCH = 8_000_000  # bytes: what is this large goes out as it is, rather than be held and squeezed
_KEPT_FILES = 64
_TEXT = ("text/", "application/json", "application/manifest+json", "application/geo+json", "application/atom+xml",
         "application/javascript", "application/xml", "image/svg+xml")  # fmt: skip
_STATIC = "/static/"
_START = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_END = b"\x03\x00"  # the last block, which is empty


class Compression:
    """A WSGI application around another, whose complete text answers it compresses.

    A file of the static folder whose address names its content is compressed once.
    """

    def __init__(self, inner: Callable[..., Iterable[bytes]], session_name: str) -> None:
        self._inner = inner
        self._session_name = session_name
        self._files: Recent[str, bytes] = Recent(_KEPT_FILES)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """The inner answer, made smaller where that may and can be."""
        said: list[Any] = []

        def listen(status: str, headers: Headers, exc_info: Any = None) -> None:
            said[:] = status, headers, exc_info

        answer = self._inner(environ, listen)
        status, headers, exc_info = said
        named = {name.lower(): value for name, value in headers}
        if not _compressible(status, named):
            start_response(status, headers, exc_info)
            return answer
        if "accept-encoding" not in named.get("vary", "").lower():
            headers.append(("Vary", "Accept-Encoding"))
        if environ["REQUEST_METHOD"] == "HEAD" or status[:3] == "304" or not welcome(environ, self._session_name):
            start_response(status, headers, exc_info)
            return answer
        try:
            body = b"".join(answer)
        finally:
            getattr(answer, "close", lambda: None)()
        smaller = self._compressed(body, environ, named)
        dropped = ("content-length", "accept-ranges")
        kept = [(name, weak(value) if name == "ETag" else value) for name, value in headers
                if name.lower() not in dropped]  # fmt: skip
        start_response(status, [*kept, ENCODED, ("Content-Length", str(len(smaller)))], exc_info)
        return [smaller]

    def _compressed(self, body: bytes, environ: dict[str, Any], named: dict[str, str]) -> bytes:
        if "immutable" not in named.get("cache-control", ""):
            return pieced([piece(body)], b"", [body])
        address = f"{environ['PATH_INFO']}?{environ['QUERY_STRING']} {named.get('etag')}"
        smaller = self._files.get(address)
        if smaller is None:
            smaller = pieced([piece(body, 9)], b"", [body])
            self._files.put(address, smaller)
        return smaller


def welcome(environ: dict[str, Any], session_name: str) -> bool:
    """Whether a compressed answer may be sent to this request, and is understood."""
    accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
    if "gzip" not in accepted or "gzip;q=0" in accepted.replace(" ", "").replace("gzip;q=0.", ""):
        return False
    if session_name + "=" not in environ.get("HTTP_COOKIE", "") or environ["PATH_INFO"].startswith(_STATIC):
        return True
    ours = environ.get("HTTP_SEC_FETCH_SITE") in ("same-origin", "none")
    return ours and environ.get("HTTP_SEC_FETCH_DEST") in ("document", "empty")


def weak(etag: str) -> str:
    """The mark of one content whatever its encoding (RFC 9110, 8.8.1)."""
    return etag if etag.startswith("W/") else "W/" + etag


def piece(plain: bytes, level: int = 5) -> bytes:
    """A stretch of bytes compressed so that it can stand between any others."""
    compressor = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return compressor.compress(plain) + compressor.flush(zlib.Z_FULL_FLUSH)


def pieced(pieces: Sequence[bytes], between: bytes, plain: Sequence[bytes]) -> bytes:
    """A gzip answer of compressed pieces with the same few bytes, as they are, between each and the next.

    `plain` holds the bytes of the whole uncompressed answer, in order.
    """
    size, check = 0, 0
    for part in plain:
        size, check = size + len(part), zlib.crc32(part, check)
    stored = struct.pack("<BHH", 0, len(between), len(between) ^ 0xFFFF) + between if between else b""
    return b"".join((_START, stored.join(pieces), _END, struct.pack("<LL", check, size & 0xFFFFFFFF)))


def _compressible(status: str, named: dict[str, str]) -> bool:
    if status[:3] == "304":
        return True
    kind = named.get("content-type", "")
    length = named.get("content-length", "")
    return (
        status[:3] not in ("204", "206")
        and kind.startswith(_TEXT)
        and "content-encoding" not in named
        and length.isdecimal()
        and _WORTH_IT <= int(length) <= _TOO_MUCH
    )
