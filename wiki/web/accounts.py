"""The door: opening an account, coming in, going out."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from wiki import accounts, audit, mail, pages
from wiki.accounts import Actor, Suspended, TooSoon
from wiki.errors import Invalid, Problem
from wiki.web import devices, visitor
from wiki.web.addresses import origin
from wiki.web.problems import suspended_words
from wiki.web.security import limiter

blueprint = Blueprint("accounts", __name__)


def login_rate() -> str:
    """How often an address may ask for an account or a new password."""
    return str(current_app.config["WIKI"]["LOGIN_RATE"])


def _back() -> str:
    """Where to go after the door: a path of ours, never another site."""
    target = request.values.get("next", "")
    ours = target.startswith("/") and not target.startswith("//") and "\\" not in target and target.isprintable()
    return target if ours else url_for("reading.home")


def come_in(found: tuple[Actor, str], words: str, target: str) -> BaseResponse:
    """Begin this session in this browser, which is known from now on."""
    visitor.log_in(*found)
    flash(words, "success")
    response = redirect(target, 303)
    devices.remember(found[0], response)
    return response


def wait_problem(error: TooSoon, field: str = "name") -> Problem:
    """How long to wait before the next attempt."""
    minutes = -(-error.seconds // 60)
    words = (
        ngettext("Trop d’essais. Réessayez dans %(num)s seconde.", "Trop d’essais. Réessayez dans %(num)s secondes.",
                 error.seconds)
        if error.seconds < 60
        else ngettext("Trop d’essais. Réessayez dans %(num)s minute.", "Trop d’essais. Réessayez dans %(num)s minutes.",
                      minutes)
    )
    return Problem(words, field)


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> BaseResponse:
    """Come in with a name and a password."""
    name = request.form.get("name", "")
    if request.method != "POST":
        return _page("accounts/login.html", [], name=name)
    try:
        found = accounts.log_in(name, request.form.get("password", ""), devices.current())
    except TooSoon as error:
        response = _page("accounts/login.html", [wait_problem(error)], 429, name=name)
        response.headers["Retry-After"] = str(error.seconds)
        return response
    except Suspended as error:
        return _page("accounts/login.html", [Problem(suspended_words(str(error)), "name")], 403, name=name)
    if found:
        return come_in(found, _("Bonjour, %(name)s.", name=found[0].name), _back())
    problems = [Problem(_("Ce nom et ce mot de passe ne vont pas ensemble."), "name")]
    return _page("accounts/login.html", problems, 422, name=name)


@blueprint.route("/register", methods=["GET", "POST"])
@limiter.limit(login_rate, methods=["POST"])
def register() -> BaseResponse:
    """Open an account and come in."""
    form = request.form
    problems: list[Problem] = []
    open_door = current_app.config["WIKI"]["REGISTRATION"]
    if request.method == "POST" and open_door:
        try:
            actor = accounts.register(form.get("name", ""), form.get("password", ""), form.get("email", ""))
            found = actor, accounts.enter(actor, devices.current())
            if form.get("claim"):
                visitor.claim(actor)
            if form.get("email", "").strip():
                accounts.ask_confirmation(actor, origin())
            return come_in(found, _("Bienvenue, %(name)s. Votre compte est ouvert.", name=actor.name), _back())
        except Invalid as error:
            problems = error.problems
    context: dict[str, object] = {"name": form.get("name", ""), "email": form.get("email", ""), "open_door": open_door}
    context |= {"guest": visitor.guest(), "written": pages.written_as(visitor.guest()), "claim": form.get("claim")}
    return _page("accounts/register.html", problems, 422 if problems else 200, **context)


def _page(template: str, problems: list[Problem], status: int = 200, **context: object) -> Response:
    html = render_template(template, problems=problems, next=request.values.get("next", ""), **context)
    response = make_response(html, status)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/logout")
def logout() -> BaseResponse:
    """Go out on this device."""
    visitor.log_out()
    return redirect(url_for("reading.home"), 303)


@blueprint.route("/recover", methods=["GET", "POST"])
@limiter.limit(login_rate, methods=["POST"])
def ask_recovery() -> BaseResponse:
    """Ask for a letter that brings one in again. The answer, and the work, are the same whoever is asked for."""
    asked = request.form.get("name", "")
    if request.method != "POST":
        return _page("accounts/ask_recovery.html", [], name="", sent=mail.is_sent())
    if not asked.strip():
        problems = [Problem(_("Donnez votre nom ou votre adresse électronique."), "name")]
        return _page("accounts/ask_recovery.html", problems, 422, name="", sent=mail.is_sent())
    audit.note("recovery.asked")
    accounts.ask_recovery(asked, origin())
    flash(
        _("Si un compte correspond et que son adresse est confirmée, un courriel y part. Son lien sert une fois, "
          "pendant une heure."),
        "info",
    )
    return redirect(url_for("accounts.login"), 303)


@blueprint.route("/account/confirm/<token>", methods=["GET", "POST"])
@limiter.limit(login_rate, methods=["POST"])
def confirm(token: str) -> BaseResponse:
    """Prove that an address is one's own, by the link that was sent there."""
    email = accounts.confirm(token) if request.method == "POST" else accounts.confirming(token)
    if email and request.method != "POST":
        return _page("accounts/confirm.html", [], email=email)
    if email:
        flash(_("Votre adresse est confirmée. Elle vous fera retrouver votre compte."), "success")
    else:
        flash(_("Ce lien ne sert plus. Demandez-en un autre depuis votre compte."), "error")
    target = "accounts.account" if visitor.actor().is_authenticated else "accounts.login"
    return redirect(url_for(target), 303 if request.method == "POST" else 302)


@blueprint.route("/recover/<token>", methods=["GET", "POST"])
@limiter.limit(login_rate, methods=["POST"])
def recover(token: str) -> BaseResponse:
    """Set a new password by a link that works once."""
    problems: list[Problem] = []
    owner = accounts.linked(token)
    if request.method == "POST" and owner:
        try:
            owner = accounts.recover(token, request.form.get("password", ""))
            if owner:
                visitor.log_out()
                flash(_("Votre mot de passe est changé. Connectez-vous."), "success")
                return redirect(url_for("accounts.login"), 303)
        except Invalid as error:
            problems = error.problems
    if owner is None:
        flash(_("Ce lien ne sert plus. Demandez-en un autre."), "error")
        return redirect(url_for("accounts.ask_recovery"), 302 if request.method in ("GET", "HEAD") else 303)
    return _page("accounts/recover.html", problems, 422 if problems else 200, name=owner.name)
