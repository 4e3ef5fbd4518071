"""What the moderation does to many pages at once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from wiki import pages
from wiki.errors import Problem
from wiki.pages import Undoings
from wiki.web import visitor
from wiki.web.arguments import after_id
from wiki.web.security import limiter

blueprint = Blueprint("moderation", __name__)

# The stretch that is proposed: an attack is mostly seen within some days.
_DAYS = 7
_YEARS = range(1990, 2900)


def _save_rate() -> str:
    return str(current_app.config["WIKI"]["SAVE_RATE"])


def _beginning(text: str) -> datetime | None:
    """The first instant of a day written YYYY-MM-DD, here; None where it is none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    if day.year not in _YEARS:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(current_app.config["WIKI"]["TIMEZONE"]))


@blueprint.route("/people/<name>/undo", methods=["GET", "POST"])
@limiter.limit(_save_rate, methods=["POST"])
def undo_all(name: str) -> BaseResponse:
    """Take back everything one person wrote since a day, after seeing what becomes of each page."""
    actor = visitor.writing_actor() if request.method == "POST" else visitor.actor()
    pages.require(actor, "undo_all")
    sent = request.form if request.method == "POST" else request.args
    proposed = datetime.now(ZoneInfo(current_app.config["WIKI"]["TIMEZONE"])).date() - timedelta(days=_DAYS)
    day, after = sent.get("since", proposed.isoformat()), after_id(sent.get("after", ""))
    since = _beginning(day)
    if since is not None and request.method == "POST":
        done = pages.undo_all(actor, name, since, after)
        _tell(done)
        return redirect(url_for("moderation.undo_all", name=name, since=day, after=done.after), 303)
    planned = pages.undoings(actor, name, since, after) if since else Undoings([], 0, None)
    html = render_template(
        "moderation/undo_all.html",
        name=name,
        day=day,
        after=after,
        planned=planned,
        comparisons={row.page.id: pages.compare(row.head.text, row.text) for row in planned.of("undo")},
        problems=[] if since else [Problem(_("Donnez une date, par exemple 2026-03-31."), "since")],
    )
    return make_response(html, 200 if since else 422)


def _tell(done: Undoings) -> None:
    undone, archived, left = (len(done.of(fate)) for fate in ("undo", "archive", "ask"))
    words = []
    if undone:
        words.append(ngettext("%(num)s page nettoyée.", "%(num)s pages nettoyées.", undone))
    if archived:
        words.append(ngettext("%(num)s page archivée.", "%(num)s pages archivées.", archived))
    if left:
        words.append(
            ngettext("%(num)s page attend votre regard.", "%(num)s pages attendent votre regard.", left)
        )
    flash(" ".join(words) or _("Il n’y avait plus rien à défaire."), "success" if undone or archived else "info")
