"""Telling how an event went, and taking that back."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from wiki import pages
from wiki.errors import Forbidden, Invalid
from wiki.pages import KINDS, PageInfo
from wiki.web import trap, visitor
from wiki.web.arguments import today
from wiki.web.editing import answer
from wiki.web.form import Draft
from wiki.web.security import limiter

blueprint = Blueprint("reports", __name__)
_EVENT = KINDS["event"]


def _save_rate() -> str:
    return str(current_app.config["WIKI"]["SAVE_RATE"])


@blueprint.route("/wiki/<slug>/report", methods=["GET", "POST"])
@limiter.limit(_save_rate, methods=["POST"])
def report(slug: str) -> BaseResponse:
    """How an event went, in a short form; `action=withdraw` takes the whole report back, as a new version."""
    actor = visitor.writing_actor() if request.method == "POST" else visitor.actor()
    page, head = pages.text_of(actor, slug)
    if request.method == "POST":
        pages.require(actor, "suggest", page)
    day = str(page.starts_on or "")
    if page.kind != _EVENT.name or day > today()[: len(day)]:
        flash(_("Un retour se raconte après la date d’un événement."), "info")
        return redirect(url_for("reading.page", slug=page.slug), 303)
    if request.method != "POST":
        mine = pages.suggestions_here(actor, page).mine
        text, base = (mine.text, mine.base) if mine is not None and mine.open else (head.text, head.number)
        document = pages.parse(text)
        status = 200 if pages.may(actor, "suggest", page) else 403
        return _form(Draft(_EVENT, dict(document.fields), pages.story_of(document).strip("\n"), base=str(base)),
                     page, status, told=pages.has_report(document))
    if request.form.get("action") == "withdraw":
        comment = _("Retour retiré")
        text = pages.without_report(pages.text_seen(actor, page, head))
        outcome = pages.save(actor, page.slug, text, head.number, comment=comment)
        if isinstance(outcome, pages.Saved) and outcome.unchanged and outcome.offer is not None:
            # The report was all they suggested.
            pages.withdraw(actor, outcome.offer)
            outcome = replace(outcome, offer=None)
        return answer(outcome, page, comment)
    return _saved(page)


def _saved(page: PageInfo) -> BaseResponse:
    """Save what was sent onto the version it started from; what others wrote since is joined."""
    values = {name: request.form[name] for name in pages.REPORT_ASKS if name in request.form}
    draft = Draft(_EVENT, dict(values), request.form.get("story", ""), base=request.form.get("base", ""))
    comment = _("Retour raconté")
    try:
        started = pages.base_revision(page, draft.base)
        seen = pages.text_seen(visitor.actor(), page, started)
        story = draft.body if "story" in request.form else pages.story_of(pages.parse(seen))
        text = pages.with_report(seen, values, story)
        trap.require_person(visitor.actor())
        return answer(pages.save(visitor.actor(), page.slug, text, started, comment=comment), page, comment)
    except Invalid as error:
        draft.problems = [
            replace(problem, field="story") if problem.field == "body" else problem for problem in error.problems
        ]
        return _form(draft, page, 422)
    except Forbidden:
        return _form(draft, page, 403)


def _form(draft: Draft, page: PageInfo, status: int, told: bool = False) -> BaseResponse:
    html = render_template(
        "events/report.html", draft=draft, page=page, kind=_EVENT, told=told,
        fields=[_EVENT.field(name) for name in pages.REPORT_ASKS],
    )
    response = make_response(html, status)
    response.headers["Cache-Control"] = "private, no-store"
    return response
