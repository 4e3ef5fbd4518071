"""Who is asking, and in which language."""

from __future__ import annotations

from typing import Any

import flask_login
from flask import Flask, g, request, session
from flask_babel import Babel

from wiki import accounts
from wiki.accounts import GUEST, Actor

LANGUAGES = {"fr": "Français", "en": "English"}
LANGUAGE_COOKIE = "language"

login_manager = flask_login.LoginManager()
babel = Babel()


class LoggedIn(flask_login.UserMixin):  # type: ignore[misc]
    """What Flask-Login carries: an actor, identified by a token that can be changed to end every session."""

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
        app, default_locale=wiki["LANGUAGE"], default_timezone=wiki["TIMEZONE"],
        default_translation_directories=translations, locale_selector=language,
    )
    app.context_processor(lambda: {"actor": actor(), "locale": language(), "languages": LANGUAGES})


def actor() -> Actor:
    """Who acts in this request: an account, a guest known by a pseudonym, or an unnamed guest."""
    if "actor" not in g:
        g.actor = _actor()
    return g.actor  # type: ignore[no-any-return]


def _actor() -> Actor:
    if "_user_id" in session:
        user: Any = flask_login.current_user
        if user.is_authenticated:
            return user.actor  # type: ignore[no-any-return]
    token = session.get("guest")
    return accounts.guest(token) if isinstance(token, str) else GUEST


def writing_actor() -> Actor:
    """As `actor`, for a request that writes: a guest without a pseudonym is given one, kept by their browser."""
    who = actor()
    if who is GUEST:
        session["guest"] = accounts.new_guest_token()
        session.permanent = True
        g.actor = who = _actor()
    return who


def log_in(who: Actor, token: str) -> None:
    """Begin a session of this account, dropping whatever the old session held."""
    session.clear()
    flask_login.login_user(LoggedIn(who, token))
    session.permanent = True
    g.actor = who


def log_out() -> None:
    """End this session."""
    flask_login.logout_user()
    session.clear()
    g.actor = GUEST


def language() -> str:
    """The language of the interface: asked for in the address, remembered, wished by the browser, or the default."""
    if "language" not in g:
        from flask import current_app

        asked = request.args.get("lang", "") if request else ""
        if asked not in LANGUAGES:
            asked = request.cookies.get(LANGUAGE_COOKIE, "") if request else ""
        if asked not in LANGUAGES:
            default: str = current_app.config["WIKI"]["LANGUAGE"]
            order = [default, *(code for code in LANGUAGES if code != default)]
            asked = (request.accept_languages.best_match(order, default) if request else default) or default
        g.language = asked
    return g.language  # type: ignore[no-any-return]
