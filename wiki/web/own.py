"""One's own account: what one wrote, where one is logged in, what one may change, carry off and delete."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from wiki import accounts, pages
from wiki.accounts import Actor, TooSoon
from wiki.errors import Invalid
from wiki.web import accounts as door
from wiki.web import devices, visitor
from wiki.web.accounts import login_rate, wait_problem
from wiki.web.addresses import origin
from wiki.web.security import limiter

blueprint = door.blueprint


def _private(html: str, status: int = 200) -> Response:
    response = make_response(html, status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _to_the_door(target: str) -> BaseResponse:
    return redirect(url_for("accounts.login", next=target), 302 if request.method in ("GET", "HEAD") else 303)


@blueprint.get("/account")
def account() -> BaseResponse:
    """One's own corner: what one wrote, the account and its sessions."""
    actor = visitor.actor()
    if not actor.name:
        return _to_the_door(request.path)
    return _private(
        render_template(
            "accounts/account.html",
            rows=pages.changes(actor, limit=20, author=actor.name),
            offers_for=pages.offers_for(actor),
            offers_elsewhere=pages.offers_elsewhere(actor),
            offers_by=pages.offers_by(actor),
            news=pages.news(actor, limit=5),
            email=accounts.email_of(actor) if actor.is_authenticated else "",
            confirmed=actor.is_authenticated and accounts.is_confirmed(actor),
            guest=visitor.guest(),
            written=pages.written_as(visitor.guest()) if actor.is_authenticated else 0,
            sessions=accounts.sessions_of(actor, visitor.token()) if actor.is_authenticated else [],
        )
    )


def _form(change: str, act: Callable[[Actor], BaseResponse]) -> BaseResponse:
    """Show a form of one's account, or do what was sent; a wrong answer is said beside its field."""
    actor = visitor.actor()
    if not actor.is_authenticated:
        return _to_the_door(url_for("accounts.account"))
    problems, status, wait = [], 200, 0
    if request.method == "POST":
        try:
            return act(actor)
        except Invalid as error:
            problems, status = error.problems, 422
        except TooSoon as error:
            problems, status, wait = [wait_problem(error, "current")], 429, error.seconds
    context = {
        "email": request.form.get("email", accounts.email_of(actor)), "name": request.form.get("name", actor.name),
    }
    html = render_template("accounts/change.html", change=change, problems=problems, **context)
    response = _private(html, status)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


@blueprint.route("/account/name", methods=["GET", "POST"])
def change_name() -> BaseResponse:
    """Take another name."""

    def act(actor: Actor) -> BaseResponse:
        form = request.form
        name = pages.change_name(actor, form.get("current", ""), form.get("name", ""), devices.current())
        flash(_("Vous vous appelez maintenant %(name)s.", name=name), "success")
        return redirect(url_for("accounts.account"), 303)

    return _form("name", act)


@blueprint.post("/account/claim")
def claim() -> BaseResponse:
    """Sign what this browser wrote as a guest."""
    actor = visitor.actor()
    if not actor.is_authenticated:
        return _to_the_door(url_for("accounts.account"))
    if visitor.claim(actor):
        flash(_("C’est signé de votre nom."), "success")
    return redirect(url_for("accounts.account"), 303)


@blueprint.route("/account/email", methods=["GET", "POST"])
def change_email() -> BaseResponse:
    """Change one's address, or remove it."""

    def act(actor: Actor) -> BaseResponse:
        accounts.change_email(
            actor, request.form.get("current", ""), request.form.get("email", ""), devices.current()
        )
        _ask_confirmation(actor)
        return redirect(url_for("accounts.account"), 303)

    return _form("email", act)


@blueprint.post("/account/confirmation")
@limiter.limit(login_rate)
def send_confirmation() -> BaseResponse:
    """Have another letter sent to one's address, to confirm it."""
    actor = visitor.actor()
    if not actor.is_authenticated:
        return _to_the_door(url_for("accounts.account"))
    _ask_confirmation(actor)
    return redirect(url_for("accounts.account"), 303)


def _ask_confirmation(actor: Actor) -> None:
    if not accounts.email_of(actor) or accounts.is_confirmed(actor):
        flash(_("Votre adresse est enregistrée."), "success")
        return
    accounts.ask_confirmation(actor, origin())
    flash(_("Un courriel part à votre adresse. Ouvrez le lien qu’il contient pour la confirmer."), "success")


@blueprint.route("/account/password", methods=["GET", "POST"])
def change_password() -> BaseResponse:
    """Change one's password: every other browser is logged out."""

    def act(actor: Actor) -> BaseResponse:
        form = request.form
        token = accounts.change_password(
            actor, form.get("current", ""), form.get("password", ""), devices.current()
        )
        visitor.log_in(actor, token)
        flash(_("Votre mot de passe est changé. Vos autres appareils sont déconnectés."), "success")
        return redirect(url_for("accounts.account"), 303)

    return _form("password", act)


@blueprint.route("/account/delete", methods=["GET", "POST"])
def delete() -> BaseResponse:
    """Delete one's account."""

    def act(actor: Actor) -> BaseResponse:
        pseudonym = pages.leave(actor, request.form.get("current", ""), devices.current())
        visitor.log_out()
        flash(_("Votre compte est supprimé. Ce que vous avez écrit est signé « %(name)s ».", name=pseudonym), "success")
        return redirect(url_for("reading.home"), 303)

    return _form("delete", act)


@blueprint.post("/account/sessions")
def end_session() -> BaseResponse:
    """Go out on one device, by the number of its session, or on all of them."""
    actor = visitor.actor()
    if not actor.is_authenticated:
        return _to_the_door(url_for("accounts.account"))
    asked = request.form.get("session", "")
    if asked == "all":
        accounts.end_sessions(actor)
        visitor.log_out()
        return redirect(url_for("reading.home"), 303)
    if asked.isdecimal() and len(asked) < 19:
        accounts.end_session(actor, int(asked))
        flash(_("Cet appareil est déconnecté."), "success")
    return redirect(url_for("accounts.account"), 303)


@blueprint.get("/account/data.json")
@limiter.limit(login_rate)
def data() -> BaseResponse:
    """Everything the wiki holds of one's account, as a file."""
    actor = visitor.actor()
    if not actor.is_authenticated:
        return _to_the_door(url_for("accounts.account"))
    text = json.dumps(pages.personal_data(actor), ensure_ascii=False, indent=1, default=datetime.isoformat)
    response = _private(text)
    response.headers["Content-Type"] = "application/json"
    response.headers["Content-Disposition"] = 'attachment; filename="levain.json"'
    return response
