"""The browser somebody comes with: its name in words, its network as a mark, and which accounts it opened before."""

from __future__ import annotations

import re
import secrets
from typing import Any

from flask import current_app, g, request
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from wiki import accounts
from wiki.accounts import Actor, Device

_KEPT = 365 * 24 * 3600
_MOST_KNOWN = 5
_BROWSERS = [
    ("Edge", r"Edg(e|A|iOS)?/"), ("Opera", r"OPR/|Opera"), ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"), ("Chrome", r"Chrome/|CriOS/|Chromium/"), ("Safari", r"Safari/"),
]  # fmt: skip
_SYSTEMS = [
    ("Android", r"Android"), ("iPhone", r"iPhone"), ("iPad", r"iPad"), ("Windows", r"Windows"),
    ("macOS", r"Mac OS X|Macintosh"), ("ChromeOS", r"CrOS"), ("Linux", r"Linux|X11"),
]  # fmt: skip


def _first(known: list[tuple[str, str]], told: str) -> str:
    return next((name for name, pattern in known if re.search(pattern, told)), "")


def browser_words(user_agent: str) -> str:
    """A browser as its owner would call it, from a short list: nothing else of what it says is kept."""
    told = user_agent[:500]
    browser, system = _first(_BROWSERS, told), _first(_SYSTEMS, told)
    return f"{browser} · {system}" if browser and system else browser or system or _("Navigateur inconnu")


def network_mark() -> str:
    """A mark of the network this request comes from: the address itself is kept nowhere."""
    return accounts.network_mark(request.remote_addr or "")


def current() -> Device:
    """The browser this request comes from."""
    if "device" not in g:
        token, known = _remembered()
        words = browser_words(request.headers.get("User-Agent", ""))
        g.device = Device(words, network_mark(), token, known)
    return g.device


def remember(actor: Actor, response: Response) -> None:
    """Have this browser known as one that opened this account: guesses from elsewhere will not keep it out."""
    device = current()
    known = [actor.id, *(account for account in device.known if account != actor.id)][:_MOST_KNOWN]
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(
        _cookie(), _signer().dumps([device.token or secrets.token_urlsafe(16), known]), max_age=_KEPT, httponly=True,
        secure=secure, samesite="Lax", path="/",
    )


def _cookie() -> str:
    return "__Host-browser" if current_app.config["SESSION_COOKIE_SECURE"] else "browser"


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="a browser that was inside")


def _remembered() -> tuple[str, tuple[int, ...]]:
    said = request.cookies.get(_cookie(), "")
    try:
        found: Any = _signer().loads(said) if said else None
    except BadSignature:
        return "", ()
    return (found[0], tuple(found[1])) if found else ("", ())
