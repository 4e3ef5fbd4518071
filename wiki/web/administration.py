"""What administrators look at: how safe this installation is, and the accounts."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from wiki import pages, soundness
from wiki.accounts import ACCOUNT_ROLES
from wiki.errors import Invalid, NotFound, Problem
from wiki.web import visitor
from wiki.web.addresses import origin
from wiki.web.arguments import after_id, before_id

blueprint = Blueprint("administration", __name__)


@blueprint.get("/admin/check")
def check() -> str:
    """What is unsafe in this installation, and what to do about it."""
    pages.require(visitor.actor(), "manage_accounts")
    return render_template("accounts/check.html", weaknesses=soundness.weaknesses())


@blueprint.get("/admin/accounts")
def people() -> Response:
    """All accounts, newest first, or those whose name or address holds some letters."""
    per_page, asked = current_app.config["WIKI"]["PER_PAGE"], request.args.get("q", "")
    rows = pages.people(visitor.actor(), asked, before_id(), per_page + 1)
    more = rows[per_page - 1].id if len(rows) > per_page else None
    return _private(render_template("accounts/people.html", rows=rows[:per_page], asked=asked, more=more))


@blueprint.route("/admin/accounts/<number>", methods=["GET", "POST"])
def person(number: str) -> BaseResponse:
    """One account, and what can be decided about it."""
    actor, asked = visitor.actor(), after_id(number)
    account = pages.person(actor, asked)
    problems: list[Problem] = []
    link = ""
    if request.method == "POST":
        try:
            if request.form.get("action") != "link":
                _decide(asked)
                return redirect(url_for("administration.person", number=number), 303)
            # Shown in this answer and nowhere else.
            link = f"{origin()}/recover/{pages.make_password_link(actor, asked)}"
        except Invalid as error:
            problems = error.problems
    html = render_template(
        "accounts/person.html", account=account, roles=ACCOUNT_ROLES, problems=problems, link=link,
        name=request.form.get("name", account.name), reason=request.form.get("reason", ""),
    )
    return _private(html, 422 if problems else 200)


def _decide(number: int) -> None:
    """Do what was sent. Raises Invalid, NotFound for what is nothing to do."""
    actor, form = visitor.actor(), request.form
    match form.get("action"):
        case "role":
            pages.give_role(actor, number, form.get("role", ""))
            flash(_("Le rôle est changé."), "success")
        case "suspend":
            pages.suspend(actor, number, form.get("reason", ""))
            flash(_("Ce compte est suspendu dès maintenant."), "success")
        case "reactivate":
            pages.reactivate(actor, number)
            flash(_("Ce compte est de nouveau ouvert."), "success")
        case "sessions":
            pages.close_sessions(actor, number)
            flash(_("Ce compte est déconnecté partout."), "success")
        case "name":
            name = pages.rename_person(actor, number, form.get("name", ""))
            flash(_("Ce compte s’appelle maintenant %(name)s.", name=name), "success")
        case _other:
            raise NotFound("action")


def _private(html: str, status: int = 200) -> Response:
    response = make_response(html, status)
    response.headers["Cache-Control"] = "private, no-store"
    return response
