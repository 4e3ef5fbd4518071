"""What every answer carries and every writing request must show."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import Forbidden, RequestURITooLarge

from wiki.web import visitor

csrf = CSRFProtect()
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "X-Frame-Options": "DENY",
}
PLAIN_POLICY = "default-src 'none'; sandbox"


def rate_key() -> str:
    """Whom a rate counts against: the account, else the network address (which is never stored or shown)."""
    who = visitor.actor()
    return who.key if who.is_authenticated else f"address:{get_remote_address()}"


limiter = Limiter(key_func=rate_key, storage_uri="memory://", headers_enabled=False)


def init_app(app: Flask) -> None:
    """Cookies, forged requests, headers, rates."""
    wiki = app.config["WIKI"]
    secure = wiki["SECURE_COOKIES"]
    app.config.update(
        SESSION_COOKIE_NAME="__Host-session" if secure else "session",
        SESSION_COOKIE_SECURE=secure, SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/", PERMANENT_SESSION_LIFETIME=60 * 60 * 24 * 60,
        WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_SSL_STRICT=False,
        RATELIMIT_ENABLED=app.config.get("RATELIMIT_ENABLED", True),
    )
    if wiki["PROXIES"]:
        from werkzeug.middleware.proxy_fix import ProxyFix

        count = wiki["PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    csrf.init_app(app)
    limiter.init_app(app)
    app.before_request(_refuse_foreign_writes)
    app.after_request(_add_headers)
    app.jinja_env.globals["csp_nonce"] = nonce


def nonce() -> str:
    """The word that lets this answer's own scripts run."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return g.nonce  # type: ignore[no-any-return]


def _refuse_foreign_writes() -> None:
    if len(request.full_path) > 8_000:
        raise RequestURITooLarge
    if request.method in SAFE_METHODS:
        return
    origin = request.headers.get("Origin")
    if request.headers.get("Sec-Fetch-Site") == "cross-site" or (
        origin is not None and urlsplit(origin).netloc != request.host
    ):
        raise Forbidden


def _add_headers(response: Response) -> Response:
    headers = response.headers
    for name, value in _HEADERS.items():
        headers[name] = value
    if "Content-Security-Policy" not in headers:
        policy = _POLICY.format(nonce=nonce()) if response.mimetype == "text/html" else PLAIN_POLICY
        headers["Content-Security-Policy"] = policy
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.args.get("lang") in visitor.LANGUAGES:
        response.set_cookie(
            visitor.LANGUAGE_COOKIE, request.args["lang"], max_age=31_536_000, samesite="Lax", httponly=True,
            secure=request.is_secure,
        )
    return response
