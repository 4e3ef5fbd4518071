"""The door: opening an account, coming in, going out."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from wiki import accounts, pages
from wiki.errors import Invalid, Problem
from wiki.web import visitor
from wiki.web.security import limiter

blueprint = Blueprint("accounts", __name__)


def _login_rate() -> str:
    return str(current_app.config["WIKI"]["LOGIN_RATE"])


def _back() -> str:
    """Where to go after the door: a path of ours, never another site."""
    target = request.values.get("next", "")
    ours = target.startswith("/") and not target.startswith("//") and "\\" not in target and target.isprintable()
    return target if ours else url_for("reading.home")


@blueprint.route("/login", methods=["GET", "POST"])
@limiter.limit(_login_rate, methods=["POST"])
def login() -> BaseResponse:
    """Come in with a name and a password."""
    name, problems = request.form.get("name", ""), []
    if request.method == "POST":
        found = accounts.log_in(name, request.form.get("password", ""))
        if found:
            visitor.log_in(*found)
            flash(_("Bonjour, %(name)s.", name=found[0].name), "success")
            return redirect(_back(), 303)
        problems = [Problem(_("Ce nom et ce mot de passe ne vont pas ensemble."), "name")]
    return _page("accounts/login.html", problems, name=name)


@blueprint.route("/register", methods=["GET", "POST"])
@limiter.limit(_login_rate, methods=["POST"])
def register() -> BaseResponse:
    """Open an account and come in."""
    form = request.form
    problems: list[Problem] = []
    open_door = current_app.config["WIKI"]["REGISTRATION"]
    if request.method == "POST" and open_door:
        try:
            accounts.register(form.get("name", ""), form.get("password", ""), form.get("email", ""))
            found = accounts.log_in(form.get("name", ""), form.get("password", ""))
            if found:
                visitor.log_in(*found)
                flash(_("Bienvenue, %(name)s. Votre compte est ouvert.", name=found[0].name), "success")
                return redirect(_back(), 303)
        except Invalid as error:
            problems = error.problems
    return _page(
        "accounts/register.html", problems, name=form.get("name", ""), email=form.get("email", ""), open_door=open_door
    )


def _page(template: str, problems: list[Problem], **context: object) -> BaseResponse:
    html = render_template(template, problems=problems, next=request.values.get("next", ""), **context)
    response = make_response(html, 422 if problems else 200)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/logout")
def logout() -> BaseResponse:
    """Go out on this device."""
    visitor.log_out()
    return redirect(url_for("reading.home"), 303)


@blueprint.post("/logout/everywhere")
def logout_everywhere() -> BaseResponse:
    """Go out on every device."""
    actor = visitor.actor()
    if actor.is_authenticated:
        accounts.end_sessions(actor)
    visitor.log_out()
    return redirect(url_for("reading.home"), 303)


@blueprint.get("/account")
def account() -> BaseResponse:
    """One's own corner: what one wrote, and the way out."""
    actor = visitor.actor()
    if not actor.name:
        return redirect(url_for("accounts.login", next=url_for("accounts.account")), 302)
    rows = pages.changes(actor, limit=20, author=actor.name)
    html = render_template(
        "accounts/account.html", rows=rows, offers_for=pages.offers_for(actor), offers_by=pages.offers_by(actor)
    )
    response = make_response(html)
    response.headers["Cache-Control"] = "private, no-store"
    return response
