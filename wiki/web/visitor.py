"""Who is asking, and in which language."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import flask_login
from flask import Flask, current_app, g, request, session
from flask_babel import Babel, get_domain
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header, parse_cookie

from wiki import accounts, pages
from wiki.accounts import GUEST, Actor

# At the door, what puts a name under something: who may not write may not do that either.
_SIGNING = frozenset({"accounts.register", "accounts.change_name", "accounts.claim"})
LANGUAGES = {"fr": "Français", "en": "English"}

login_manager = flask_login.LoginManager()
babel = Babel()


class LoggedIn(flask_login.UserMixin):  # type: ignore[misc]
    """What Flask-Login carries: an actor, and the token of their session."""

    def __init__(self, actor: Actor, token: str) -> None:
        self.actor = actor
        self.token = token

    def get_id(self) -> str:
        return self.token


@login_manager.user_loader  # type: ignore[untyped-decorator]
def _load(token: str) -> LoggedIn | None:
    actor = accounts.by_session_token(token)
    return LoggedIn(actor, token) if actor else None


def init_app(app: Flask, translations: str) -> None:
    """Sessions, languages and the names templates use for both."""
    wiki = app.config["WIKI"]
    login_manager.init_app(app)
    login_manager.session_protection = None
    babel.init_app(
        app,
        default_locale=wiki["LANGUAGE"],
        default_timezone=wiki["TIMEZONE"],
        default_translation_directories=translations,
        locale_selector=language,
    )
    # A page says some hundreds of words: looking the catalogue up once for each request halves the time that takes.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda words: _catalogue().ugettext(words),
        lambda one, many, number: _catalogue().ungettext(one, many, number),
        newstyle=True,
    )
    app.before_request(_refuse_suspended)
    app.context_processor(lambda: {"actor": actor(), "locale": language(), "languages": LANGUAGES})


def _catalogue() -> Any:
    if "catalogue" not in g:
        g.catalogue = get_domain().get_translations()
    return g.catalogue


def actor() -> Actor:
    """Who acts in this request: an account, a guest known by a pseudonym, or an unnamed guest."""
    if "actor" not in g:
        g.actor = _actor()
    return g.actor


def _actor() -> Actor:
    if "_user_id" in session:
        user: Any = flask_login.current_user
        if user.is_authenticated:
            return user.actor
    return guest()


def guest() -> Actor:
    """The guest this browser is, or was before somebody logged in with it."""
    token = session.get("guest")
    return accounts.guest(token) if isinstance(token, str) else GUEST


def claim(who: Actor) -> int:
    """Put an account's name under what this browser wrote as a guest: how much that was."""
    count = pages.claim(who, guest())
    session.pop("guest", None)
    return count


def writing_actor() -> Actor:
    """As `actor`, for a request that writes: a guest without a pseudonym is given one, kept by their browser."""
    who = actor()
    if who is GUEST:
        session["guest"] = pages.new_guest_token()
        session.permanent = True
        g.actor = who = _actor()
    return who


def _refuse_suspended() -> None:
    """Who is suspended, or blocked for a while, writes nothing. Raises Suspended or Blocked, with the reason.

    The door stays: one goes out by it, or comes in as somebody else; but nobody leaves a block behind by opening
    another account, nor signs anything anew.
    """
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    if request.blueprint != "accounts" or request.endpoint in _SIGNING:
        pages.require_unblocked(actor(), accounts.marks_around(request.remote_addr or ""))
    if request.blueprint == "accounts":
        return
    if "_user_id" in session and not actor().is_authenticated and (why := accounts.suspension(token())) is not None:
        raise accounts.Suspended(why)


def log_in(who: Actor, opened: str) -> None:
    """Begin a session of this account, dropping whatever the old session held but what may be claimed.

    A session that was open in this browser ends: whoever copied its cookie holds nothing.
    """
    if held := token():
        accounts.end_session_of(held)
    before = guest()
    kept = session.get("guest")
    session.clear()
    if pages.written_as(before):
        session["guest"] = kept
    flask_login.login_user(LoggedIn(who, opened))
    session.permanent = True
    g.actor = who


def token() -> str:
    """The token of the session this request belongs to; "" outside any."""
    found = session.get("_user_id", "")
    return found if isinstance(found, str) else ""


def log_out() -> None:
    """End this session, here and in the database."""
    if held := token():
        accounts.end_session_of(held)
    flask_login.logout_user()
    session.clear()
    g.actor = GUEST


def language() -> str:
    """The language of the interface: asked for in the address, remembered, wished by the browser, or the default."""
    if "language" not in g:
        g.language = _language()
    return g.language


def _language() -> str:
    if not request:
        return str(current_app.config["WIKI"]["LANGUAGE"])
    asked = request.args.get("lang", "") if request.query_string else ""
    return language_of(asked, request.headers.get("Cookie", ""), request.headers.get("Accept-Language", ""))


def language_of(asked: str, cookies: str, wished: str) -> str:
    """The language for what an address asks and the two headers say."""
    if asked in LANGUAGES:
        return asked
    name = current_app.config["LANGUAGE_COOKIE"]
    if name in cookies and (kept := parse_cookie(cookies).get(name, "")) in LANGUAGES:
        return kept
    return _wished(wished[:200], current_app.config["WIKI"]["LANGUAGE"])


@lru_cache(maxsize=512)
def _wished(header: str, default: str) -> str:
    order = [default, *(code for code in LANGUAGES if code != default)]
    return parse_accept_header(header, LanguageAccept).best_match(order, default) or default
