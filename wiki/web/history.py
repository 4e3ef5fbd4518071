"""The past of a page: its versions, what changed between two, who wrote what, putting back and undoing."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from wiki import pages
from wiki.errors import Invalid, Problem
from wiki.pages import KINDS, Conflict
from wiki.web import visitor
from wiki.web.arguments import before_id, revision_number
from wiki.web.editing import answer
from wiki.web.security import limiter
from wiki.web.suggesting import waits

blueprint = Blueprint("history", __name__)

BLAME_REVISIONS = 500


def _save_rate() -> str:
    return str(current_app.config["WIKI"]["SAVE_RATE"])


@blueprint.get("/wiki/<slug>/history")
def versions(slug: str) -> str:
    """The versions of a page, newest first, two of which can be compared."""
    actor = visitor.actor()
    page = pages.find(actor, slug)
    before, per_page = before_id(), current_app.config["WIKI"]["PER_PAGE"]
    entries = pages.versions(actor, page, before, per_page + 1)
    more = entries[per_page - 1].number if len(entries) > per_page else None
    return render_template(
        "history/versions.html", page=page, kind=KINDS[page.kind], entries=entries[:per_page], before=before, more=more,
        waiting=pages.waiting_among(actor, [entry.id for entry in entries]),
        suggested=pages.suggestions_here(actor, page), origins=pages.origins_named(actor, entries[:per_page]),
    )


@blueprint.get("/wiki/<slug>/diff")
def choose(slug: str) -> BaseResponse:
    """The two radio buttons of a history lead to the comparison's own address, older version first."""
    first, second = sorted((revision_number(request.args.get("from", "")), revision_number(request.args.get("to", ""))))
    return redirect(url_for("history.comparison", slug=slug, older=first, newer=second), 302)


@blueprint.get("/wiki/<slug>/diff/<older>..<newer>")
def comparison(slug: str, older: str, newer: str) -> BaseResponse:
    """What changed between two versions, in fields and words."""
    actor = visitor.actor()
    page, old = pages.text_of(actor, slug, revision_number(older))
    _page, new = pages.text_of(actor, slug, revision_number(newer))
    old, new = pages.without_closed_sources(actor, [old, new])
    html = render_template(
        "history/comparison.html",
        page=page,
        kind=KINDS[page.kind],
        old=old,
        new=new,
        comparison=pages.compare(old.text, new.text, actor=actor),
    )
    response = make_response(html)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@blueprint.get("/wiki/<slug>/authors")
def authors(slug: str) -> str:
    """Who wrote each line of a page as it stands."""
    actor = visitor.actor()
    page = pages.find(actor, slug)
    return render_template(
        "history/authors.html",
        page=page,
        kind=KINDS[page.kind],
        passages=pages.blame(actor, page, BLAME_REVISIONS),
        names=pages.authors(page.id),
        sources=pages.cite(actor, slug).sources[1:],
        limit=BLAME_REVISIONS,
    )


@blueprint.route("/wiki/<slug>/revert/<number>", methods=["GET", "POST"])
@limiter.limit(_save_rate, methods=["POST"])
def revert(slug: str, number: str) -> BaseResponse:
    """Put an old version back, after seeing what that changes."""
    actor = visitor.writing_actor() if request.method == "POST" else visitor.actor()
    page, old = pages.text_of(actor, slug, revision_number(number))
    pages.require(actor, "suggest", page)
    _page, head = pages.text_of(actor, slug)
    problems = _forbidden(page, old, head)
    if request.method == "POST" and not problems:
        outcome = pages.restore(actor, slug, old.number, comment=request.form.get("comment", ""))
        if outcome.offer is not None:
            return waits(outcome.offer, outcome.slug)
        if outcome.unchanged:
            flash(_("La page était déjà dans cette version."), "info")
        else:
            flash(
                _(
                    "Version %(number)s remise en place. Rien n’est perdu : les autres restent dans l’historique.",
                    number=old.number,
                ),
                "success",
            )
        return redirect(url_for("reading.page", slug=outcome.slug), 303)
    html = render_template(
        "history/revert.html",
        page=page,
        kind=KINDS[page.kind],
        revision=old,
        action="revert",
        comparison=pages.compare(head.text, old.text, actor=actor),
        problems=problems,
    )
    return make_response(html, 422 if request.method == "POST" else 200)


def _forbidden(page: pages.PageInfo, text: pages.Text, started: pages.Text) -> Sequence[Problem]:
    """Why a text may not take the place of another, by its licence."""
    try:
        pages.require_licence(visitor.actor(), text.text, page, started.text)
    except Invalid as error:
        return error.problems
    return ()


@blueprint.route("/wiki/<slug>/undo/<number>", methods=["GET", "POST"])
@limiter.limit(_save_rate, methods=["POST"])
def undo(slug: str, number: str) -> BaseResponse:
    """Take back what one version changed and keep everything since."""
    actor = visitor.writing_actor() if request.method == "POST" else visitor.actor()
    page, undone = pages.text_of(actor, slug, revision_number(number))
    pages.require(actor, "suggest", page)
    if undone.number == 1:
        raise Invalid(_("La première version ne peut pas être défaite : il n’y a rien avant elle."))
    _page, before = pages.text_of(actor, slug, undone.number - 1)
    problems = _forbidden(page, before, undone)
    if request.method == "POST" and not problems:
        comment = request.form.get("comment", "")
        outcome = pages.undo(actor, slug, undone.number, comment=comment)
        if isinstance(outcome, Conflict):
            return answer(outcome, page, comment or _("Version %(number)s défaite", number=undone.number))
        if outcome.offer is not None:
            return waits(outcome.offer, outcome.slug)
        flash(
            _("Il n’y avait plus rien à défaire.")
            if outcome.unchanged
            else _("Modification %(number)s défaite. Le reste de la page est intact.", number=undone.number),
            "info" if outcome.unchanged else "success",
        )
        return redirect(url_for("reading.page", slug=outcome.slug), 303)
    html = render_template(
        "history/revert.html",
        page=page,
        kind=KINDS[page.kind],
        revision=undone,
        action="undo",
        comparison=pages.compare(undone.text, before.text, actor=actor),
        problems=problems,
    )
    return make_response(html, 422 if request.method == "POST" else 200)
