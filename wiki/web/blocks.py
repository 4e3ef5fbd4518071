"""Who may not write for a while: the list, blocking, letting write again."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from wiki import pages
from wiki.errors import Invalid
from wiki.web import visitor
from wiki.web.arguments import after_id, first_instant
from wiki.web.security import limiter

blueprint = Blueprint("blocks", __name__)
# What is proposed.
_DAYS = 7


def _save_rate() -> str:
    return str(current_app.config["WIKI"]["SAVE_RATE"])


@blueprint.route("/moderation/blocks", methods=["GET", "POST"])
@limiter.limit(_save_rate, methods=["POST"])
def listing() -> BaseResponse:
    """Who is blocked, and a form to block somebody (`name`) or a network (`address`) up to a day, that day included."""
    actor = visitor.writing_actor() if request.method == "POST" else visitor.actor()
    pages.require(actor, "block")
    zone = ZoneInfo(current_app.config["WIKI"]["TIMEZONE"])
    sent = {name: request.values.get(name, "")[:400] for name in ("name", "address", "reason")}
    day = request.values.get("until", (datetime.now(zone) + timedelta(days=_DAYS)).date().isoformat())
    problems = []
    if request.method == "POST":
        until = first_instant(day)
        # What is no date is refused with the rest: no block ends before it begins.
        end = until + timedelta(days=1, seconds=-1) if until else datetime.now(zone)
        try:
            if sent["address"].strip():
                pages.block_network(actor, sent["address"], sent["reason"], end)
            else:
                pages.block(actor, sent["name"], sent["reason"], end, networks=bool(request.form.get("networks")))
            flash(_("C’est bloqué. Cela vaut dès la prochaine fois que cette personne veut écrire."), "success")
            return redirect(url_for("blocks.listing"), 303)
        except Invalid as error:
            problems = error.problems
    html = render_template(
        "moderation/blocks.html", rows=pages.blocks(actor), sent=sent, day=day, problems=problems,
        networks=bool(request.form.get("networks")), unwanted=pages.UNWANTED_SLUG,
    )
    response = make_response(html, 422 if problems else 200)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.post("/moderation/blocks/<block_id>/lift")
@limiter.limit(_save_rate)
def lift(block_id: str) -> BaseResponse:
    """Let somebody write again."""
    held = pages.unblock(visitor.writing_actor(), after_id(block_id), request.form.get("reason", ""))
    if held:
        flash(_("Le blocage est levé."), "success")
    else:
        flash(_("Ce blocage n’était plus en vigueur."), "info")
    return redirect(url_for("blocks.listing"), 303)
