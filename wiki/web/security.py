"""What every answer carries and every writing request must show."""

from __future__ import annotations

import secrets
from time import time

from flask import Flask, Request, Response, current_app, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import BadRequest, Forbidden, RequestURITooLarge, UnsupportedMediaType
from werkzeug.middleware.proxy_fix import ProxyFix

from wiki.web import visitor

csrf = CSRFProtect()
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# What a body may be: no route of this wiki reads anything but forms.
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})

_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self'{tiles}; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "object-src 'none'; frame-ancestors 'none'"
)
PLAIN_POLICY = "default-src 'none'; sandbox"


def rate_key() -> str:
    """Whom a rate counts against: the account, else the network address (which is never stored or shown)."""
    who = visitor.actor()
    return who.key if who.is_authenticated else f"address:{get_remote_address()}"


# Reads that are asked for by scripts, many in a row, and those that cost more than a page.
COUNTED_READS = frozenset(
    {"accounts.data", "places.suggestions", "search.data", "search.feed", "search.results", "search.suggestions",
     "search.table"}
)


class WritingLimiter(Limiter):
    """Looks at requests that write, and at few others: no rate is worth a fifth of the time a page view takes."""

    def _check_request_limit(self, callable_name: str | None = None, in_middleware: bool = True) -> None:
        if request.method not in SAFE_METHODS or request.endpoint in COUNTED_READS:
            super()._check_request_limit(callable_name, in_middleware)


class LazySessions(SecureCookieSessionInterface):
    """Signed cookies, unpacked only where one was sent: most readers carry none."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


limiter = WritingLimiter(key_func=rate_key, storage_uri="memory://", headers_enabled=False)


def init_app(app: Flask) -> None:
    """Cookies, forged requests, headers, rates."""
    wiki = app.config["WIKI"]
    secure = wiki["SECURE_COOKIES"]
    app.config.update(
        SESSION_COOKIE_NAME="__Host-session" if secure else "session",
        LANGUAGE_COOKIE="__Host-language" if secure else "language",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        PERMANENT_SESSION_LIFETIME=60 * 60 * 24 * 60,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        RATELIMIT_ENABLED=app.config.get("RATELIMIT_ENABLED", True),
    )
    app.session_interface = LazySessions()
    csrf.init_app(app)
    limiter.init_app(app)
    app.before_request(_refuse_odd_addresses)
    app.before_request(_refuse_foreign_writes)
    app.after_request(_add_headers)
    app.jinja_env.globals["csp_nonce"] = nonce


def seconds_to_wait() -> int:
    """Until the rate that refused this request allows another; a minute where none did."""
    refused = limiter.current_limit
    return max(1, round(refused.reset_at - time())) if refused else 60


def trust_proxies(app: Flask) -> None:
    """Believe what the configured number of reverse proxies say of the visitor; nobody else is believed."""
    if count := app.config["WIKI"]["PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]


def nonce() -> str:
    """The word that lets this answer's own scripts run."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return g.nonce


def _tiles() -> str:
    """The host that map tiles come from, where the wiki is set to show any: the only other one a page may ask."""
    address = current_app.config["WIKI"]["TILES"]
    return " " + "/".join(address.split("/")[:3]) if address else ""


def _refuse_odd_addresses() -> None:
    query: str = request.environ.get("QUERY_STRING", "")
    if len(query) > 40_000 or len(request.path) > 2_000:
        raise RequestURITooLarge
    # No text holds this character, and PostgreSQL does not let anybody ask for it.
    if "\0" in request.path or "%00" in query or "\0" in query:
        raise BadRequest


def _refuse_foreign_writes() -> None:
    if request.method in SAFE_METHODS:
        return
    origin = request.headers.get("Origin")
    # What the visitor's browser called this wiki, which no page of another site can make it say.
    own = (request.environ.get("wiki.asked_host"), request.host)
    if request.headers.get("Sec-Fetch-Site") == "cross-site" or (
        origin is not None and origin.partition("://")[2] not in own
    ):
        raise Forbidden
    if request.mimetype not in FORMS and (request.mimetype or request.content_length):
        raise UnsupportedMediaType


def _add_headers(response: Response) -> Response:
    headers = response.headers
    policy = headers.get("Content-Security-Policy")
    if policy is None:
        policy = _POLICY.format(nonce=nonce(), tiles=_tiles()) if response.mimetype == "text/html" else PLAIN_POLICY
        headers.add("Content-Security-Policy", policy)
    told = headers.get("Cache-Control", "")
    if request.endpoint != "static" and "private" not in told and "no-store" not in told:
        # An answer to somebody who is known is theirs alone.
        if current_app.config["SESSION_COOKIE_NAME"] in request.cookies:
            headers["Cache-Control"] = "private, no-store"
        elif not told:
            headers["Cache-Control"] = "no-cache"
    if request.query_string and request.args.get("lang") in visitor.LANGUAGES:
        response.set_cookie(
            current_app.config["LANGUAGE_COOKIE"],
            request.args["lang"],
            max_age=31_536_000,
            samesite="Lax",
            httponly=True,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
    return response
