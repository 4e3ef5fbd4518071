"""Writing: new pages, edits, conflicts, and the facts of a page."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from types import MappingProxyType

from babel.lists import format_list
from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from wiki import pages
from wiki.accounts import Actor
from wiki.errors import Forbidden, Invalid, Moved, NotFound, Problem
from wiki.pages import KINDS, Conflict, PageInfo, Saved
from wiki.web import trap, visitor
from wiki.web.form import Draft, blank, change_lines, from_text, locate, received, take_clocks, whole_text
from wiki.web.security import limiter
from wiki.web.suggesting import offer_id, suggested, waits

blueprint = Blueprint("editing", __name__)

# A text that grew by so many signs at once may have been pasted.
_PASTED = 400


def save_rate() -> str:
    """How often one address may save."""
    return str(current_app.config["WIKI"]["SAVE_RATE"])


def _preview_rate() -> str:
    return str(current_app.config["WIKI"]["PREVIEW_RATE"])


@blueprint.route("/new", methods=["GET"])
def choose_kind() -> str:
    """Which sort of page to begin."""
    return render_template("pages/new.html", kinds=KINDS.values(), title=request.args.get("title", "")[:200])


def begun(kind: pages.Kind) -> Draft:
    """A draft of a new page with what the address says; of an event also with what it repeats (`from`, a page).

    It begins as open as that page is; or it is one's own suggestion (`offer`). Raises NotFound where there is no such
    page or suggestion for this visitor.
    """
    draft, slug = blank(kind, request.args), request.args.get("from", "")
    if number := offer_id(request.args):
        return suggested(number)
    if kind.name != "event" or not slug:
        return draft
    actor = visitor.actor()
    try:
        page, text = pages.text_of(actor, slug)
    except Moved as moved:
        page, text = pages.text_of(actor, moved.slug)
    if page.kind == "recipe":
        fields, body = pages.to_organise(text.text, page.slug, page.head_number)
    elif page.kind == "event":
        followed = pages.parse(text.text).fields.get("recipes", [])
        fields, body = pages.to_hold_again(text.text, page.slug, _versions(actor, followed))
    else:
        return draft
    return replace(draft, values={**fields, **draft.values}, body=body, visibility=page.visibility)


def _versions(actor: Actor, slugs: str | Sequence[str]) -> dict[str, int]:
    """The present version of each of these pages that is there for somebody."""
    found = {}
    for slug in [slugs] if isinstance(slugs, str) else slugs:
        with suppress(Moved, NotFound):
            found[slug] = pages.find(actor, slug).head_number
    return found


@blueprint.route("/new/<any({}):kind_name>".format(", ".join(KINDS)), methods=["GET", "POST"])
@limiter.limit(save_rate, methods=["POST"])
def new(kind_name: str) -> BaseResponse:
    """A new page: the kind's form and outline, then the page."""
    kind = KINDS[kind_name]
    if request.method != "POST":
        if not pages.may(visitor.actor(), "suggest"):
            return _form(blank(kind, request.args), None, status=403, notice=reserved())
        draft = begun(kind)
        if request.args.get("as") == "text":
            draft.text = pages.assemble(kind, draft.values, {}, draft.body)
        return _form(draft, None)
    actor = visitor.writing_actor()
    draft = received(request.form, kind)
    action = request.form.get("action", "save")
    if change_lines(draft, action) or locate(draft, action):
        return _form(draft, None, status=422 if draft.problems else 200)
    take_clocks(draft)
    try:
        text = new_text(draft)
        if action in ("preview", "changes"):
            text = pages.canonical(text)
            pages.require_licence(actor, text)
            return _form(draft, None, preview=pages.preview(actor, text), alike=pages.resembling(actor, text))
        trap.require_person(actor)
        saved = pages.create(
            actor, text, comment=draft.comment, visibility=draft.visibility, offer_id=offer_id(request.form)
        )
    except Invalid as error:
        draft.refuse(error.problems)
        if isinstance(error, pages.AlreadyExists):
            return _form(draft, None, status=409, existing=pages.address(actor, error.slug))
        return _form(draft, None, status=422)
    except Forbidden:
        return _form(draft, None, status=403, notice=reserved())
    if saved.offer is not None:
        return waits(saved.offer)
    flash(
        _("Page créée. Merci ! Vous pouvez l’améliorer à tout moment.")
        if draft.visibility == "public"
        else _("Page créée, et gardée à l’abri. Vous pourrez l’ouvrir à tout moment."),
        "success",
    )
    copied = pages.lookalikes(actor, pages.find(actor, saved.slug)).origins
    return redirect(url_for("variants.link" if copied else "reading.page", slug=saved.slug), 303)


def new_text(draft: Draft) -> str:
    """The text of a new page: of the outline it was offered, only the headings somebody wrote under."""
    if draft.mode == "form":
        draft = replace(draft, body=pages.without_empty_outline(draft.kind, draft.body))
    return whole_text(draft, None)


def reserved() -> str:
    """What is said where writing is for members."""
    return _(
        "Ici, écrire demande un compte. Connectez-vous dans un autre onglet puis enregistrez ; "
        "votre texte reste sur cette page."
    )


@blueprint.route("/wiki/<slug>/edit", methods=["GET", "POST"])
@limiter.limit(save_rate, methods=["POST"])
def edit(slug: str) -> BaseResponse:
    """Change a page: by its form, as one text (`?as=text`), or one section (`?section=anchor`)."""
    actor = visitor.writing_actor() if request.method == "POST" else visitor.actor()
    if request.method != "POST":
        page, head = pages.text_of(actor, slug)
        mode, section = request.args.get("as", "form"), request.args.get("section")
        mine = pages.suggestions_here(actor, page).mine
        if mine is not None and mine.open:
            draft = from_text(mine.text, mine.base, mode, section)
            draft.comment = mine.comment
        else:
            draft = from_text(head.text, head.number, mode, section)
        if not pages.may(actor, "suggest", page):
            return _form(draft, page, status=403, notice=reserved())
        return _form(draft, page)
    return _edited(actor, pages.find(actor, slug))


def _edited(actor: Actor, page: PageInfo) -> BaseResponse:
    try:
        started = pages.base_revision(page, request.form.get("base", ""))
    except Invalid as error:
        draft = received(request.form, KINDS[page.kind], pages.parse(pages.head_text(actor, page)))
        draft.problems, draft.base = error.problems, str(page.head_number)
        return _form(draft, page, status=400)
    seen = pages.text_seen(actor, page, started)
    before = pages.parse(seen)
    draft = received(request.form, KINDS[before.kind], before)
    action = request.form.get("action", "save")
    if change_lines(draft, action) or locate(draft, action):
        return _form(draft, page, status=422 if draft.problems else 200)
    try:
        text = whole_text(draft, seen)
        if action in ("text", "form"):
            return _form(_switched(draft, text, action), page)
        if action in ("preview", "changes"):
            text, head = pages.canonical(text), pages.head_text(actor, page)
            pages.require_licence(actor, text, page, started.text)
            base = pages.told_text(actor, page.id, started.text) if pages.reads_text(actor, started) else head
            draft.comment = draft.comment or pages.changes_in_words(pages.summarise(base, text))
            return _form(
                draft,
                page,
                preview=pages.preview(actor, text, page) if action == "preview" else None,
                comparison=pages.compare(base, text, actor=actor) if action == "changes" else None,
                moved=pages.compare(base, head, actor=actor) if started.number != page.head_number else None,
            )
        trap.require_person(actor)
        outcome = pages.save(actor, page.slug, text, started, comment=draft.comment, minor=draft.minor)
    except Invalid as error:
        draft.refuse(error.problems)
        return _form(draft, page, status=422)
    except NotFound:
        draft.problems = [
            Problem(_("Cette section n’existe plus sous ce titre. Copiez votre texte et rouvrez la page."), "body")
        ]
        return _form(draft, page, status=409)
    except Forbidden:
        return _form(draft, page, status=403, notice=reserved())
    if isinstance(outcome, Saved) and not (outcome.unchanged or outcome.offer) and page.origin_id is None:
        linked = _linked_as_named(actor, page.slug)
        pasted = not linked and len(text) - len(started.text) >= _PASTED
        if pasted and pages.lookalikes(actor, pages.find(actor, page.slug)).origins:
            flash(_("Enregistré. Merci !"), "success")
            return redirect(url_for("variants.link", slug=page.slug), 303)
    return answer(outcome, page, draft.comment, draft.minor)


def _linked_as_named(actor: Actor, slug: str) -> bool:
    """Link a page to the one its text now says it is a variant of; what forbids that is said."""
    try:
        return pages.link_named(actor, slug)
    except Invalid as error:
        flash(" ".join(problem.message for problem in error.problems), "warning")
        return False


def whole_form(draft: Draft) -> BaseResponse:
    """All the questions of a new page, with what somebody answered to a few."""
    return _form(draft, None)


def _switched(draft: Draft, text: str, action: str) -> Draft:
    """The same draft with its other face."""
    if action == "text":
        draft.text = text
        draft.section = None
        return draft
    turned = from_text(pages.canonical(text), 1)
    turned.base, turned.comment, turned.minor = draft.base, draft.comment, draft.minor
    return turned


def _form(draft: Draft, page: PageInfo | None, status: int = 200, **context: object) -> BaseResponse:
    actor = visitor.actor()
    others = pages.present(page.id, except_for=actor.key) if page else []
    html = render_template(
        "pages/edit.html",
        waits=not pages.may(actor, "edit" if page else "create", page),
        draft=draft,
        kind=draft.kind,
        page=page,
        others=others,
        # As the script says it (Intl.ListFormat), or the lines below would move when it looks again.
        names=format_list(others, locale=visitor.language()) if others else "",
        strays=pages.strays_of(actor, draft.kind, draft.values, page.slug if page else None)
        if draft.mode == "form"
        else [],
        **{"preview": None, "comparison": None, "moved": None, "notice": "", "existing": None, "alike": (), **context},
    )
    response = make_response(html, status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def answer(outcome: Saved | Conflict, page: PageInfo, comment: str = "", minor: bool = False) -> BaseResponse:
    """Where a save leads: to the page, with a word on what happened, or to the choices to make."""
    if isinstance(outcome, Conflict):
        return conflict_page(outcome, page, comment, minor)
    if outcome.offer is not None and not outcome.unchanged:
        return waits(outcome.offer, outcome.slug)
    if outcome.offer is not None:
        flash(_("La page dit déjà cela. Votre texte d’avant attend toujours : vous pouvez le retirer."), "info")
    elif outcome.unchanged:
        flash(_("Rien n’a changé : la page disait déjà cela."), "info")
    elif outcome.merged_with:
        names = ", ".join(outcome.merged_with)
        flash(
            ngettext(
                "Enregistré. %(names)s a aussi modifié la page pendant que vous écriviez ; "
                "les deux textes ont été réunis.",
                "Enregistré. %(names)s ont aussi modifié la page pendant que vous écriviez ; "
                "tous les textes ont été réunis.",
                len(outcome.merged_with),
                names=names,
            ),
            "success",
        )
    else:
        flash(_("Enregistré. Merci !"), "success")
    return redirect(url_for("reading.page", slug=outcome.slug), 303)


def conflict_page(
    conflict: Conflict,
    page: PageInfo,
    comment: str,
    minor: bool,
    problems: Sequence[Problem] = (),
    answers: Mapping[str, str] = MappingProxyType({}),
) -> BaseResponse:
    """The contested passages, each with its choices; the rest is already joined.

    `answers` is the form of this very conflict where it comes back to be completed. What was answered to an earlier
    one says nothing of this.
    """
    html = render_template(
        "pages/conflict.html",
        conflict=conflict,
        page=page,
        kind=KINDS[page.kind],
        comment=comment,
        minor=minor,
        passages=pages.passages(conflict),
        problems=[*conflict.problems, *problems],
        choices={name: answer for name, answer in answers.items() if name.startswith("choice-")},
        written={name: answer for name, answer in answers.items() if name.startswith("text-")},
    )
    response = make_response(html, 409)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.post("/wiki/<slug>/settle")
@limiter.limit(save_rate)
def settle(slug: str) -> BaseResponse:
    """Save what was chosen for each contested passage."""
    actor = visitor.writing_actor()
    page = pages.find(actor, slug)
    form = request.form
    mine, comment, minor = form.get("mine", ""), form.get("comment", ""), bool(form.get("minor"))
    try:
        conflict = pages.reopen(actor, slug, mine, form.get("base", ""), form.get("head", ""))
        conflict = replace(conflict, undoing=bool(form.get("undoing")))
    except Invalid as error:
        draft = received(request.form, KINDS[page.kind])
        draft.text, draft.base, draft.problems = mine, str(page.head_number), error.problems
        return _form(draft, page, status=400)
    choices = pages.chosen(conflict, form)
    try:
        trap.require_person(actor)
        outcome = pages.settle(actor, slug, mine, conflict.base, conflict.head, choices, comment=comment, minor=minor)
    except Invalid as error:
        return conflict_page(conflict, page, comment, minor, error.problems, form)
    return answer(outcome, page, comment, minor)


@blueprint.post("/preview")
@limiter.limit(_preview_rate)
def live_preview() -> Response:
    """The safe HTML of a body being written, for the preview beside the form."""
    text = request.form.get("body", "")
    pages.require(visitor.actor(), "read")
    return Response(
        pages.preview(visitor.actor(), pages.assemble(KINDS["article"], {}, {}, text)).html,
        content_type="text/html; charset=utf-8",
    )


@blueprint.post("/wiki/<slug>/presence")
@limiter.limit("600/minute")
def presence(slug: str) -> Response:
    """Say that this page is open for editing here; answer who else has it open: `{others: [name]}`."""
    actor = visitor.writing_actor()
    page = pages.find(actor, slug)
    pages.require(actor, "suggest", page)
    pages.note_presence(actor, page.id)
    others = pages.present(page.id, except_for=actor.key)
    return Response(
        json.dumps({"others": others, "head": page.head_number}), content_type="application/json; charset=utf-8"
    )


@blueprint.route("/wiki/<slug>/rename", methods=["GET", "POST"])
@limiter.limit(save_rate, methods=["POST"])
def rename(slug: str) -> BaseResponse:
    """Another title, and the address that follows from it."""
    actor = visitor.actor()
    page = pages.find(actor, slug)
    pages.require(actor, "rename", page)
    title, comment = request.form.get("title", page.title), request.form.get("comment", "")
    problems, status = [], 200
    if request.method == "POST":
        try:
            outcome = pages.rename(actor, slug, title, comment=comment)
            if isinstance(outcome, Conflict):
                return answer(outcome, page)
            flash(_("Page renommée. L’ancienne adresse mène ici."), "success")
            return redirect(url_for("reading.page", slug=outcome.slug), 303)
        except Invalid as error:
            problems, status = error.problems, 422
    html = render_template(
        "pages/rename.html", page=page, kind=KINDS[page.kind], title=title, comment=comment, problems=problems
    )
    return make_response(html, status)


# The verb, what it is told, and what is said afterwards.
_FACTS: dict[str, tuple[Callable[..., object], Mapping[str, bool], object]] = {
    "archive": (pages.archive, {}, _l("Page archivée. Elle n’apparaît plus, et son historique est gardé.")),
    "unarchive": (pages.unarchive, {}, _l("Page remise en place.")),
    "protect": (pages.protect, {"protected": True}, _l("Page protégée.")),
    "unprotect": (pages.protect, {"protected": False}, _l("Page ouverte à toutes et tous.")),
}


@blueprint.route("/wiki/<slug>/<any({}):fact>".format(", ".join(_FACTS)), methods=["GET", "POST"])
@limiter.limit(save_rate, methods=["POST"])
def set_fact(slug: str, fact: str) -> BaseResponse:
    """Archive, bring back, protect or open a page, after a confirmation."""
    actor = visitor.actor()
    page = pages.find(actor, slug)
    pages.require(actor, "protect" if "protect" in fact else "archive", page)
    if request.method == "POST":
        verb, told, message = _FACTS[fact]
        verb(actor, slug, **told, reason=request.form.get("reason", ""))
        flash(str(message), "success")
        return redirect(url_for("reading.page", slug=slug) if fact != "archive" else url_for("reading.home"), 303)
    return make_response(render_template("pages/confirm.html", page=page, kind=KINDS[page.kind], fact=fact))


@blueprint.route("/wiki/<slug>/visibility", methods=["GET", "POST"])
@limiter.limit(save_rate, methods=["POST"])
def visibility(slug: str) -> BaseResponse:
    """Who may read a page: everybody, members, or the author of a draft alone."""
    actor = visitor.actor()
    page = pages.find(actor, slug)
    if not pages.may_restrict(actor, page):
        raise Forbidden("restrict")
    chosen, problems = request.form.get("visibility", page.visibility), []
    if request.method == "POST":
        try:
            slug = pages.show_to(actor, slug, chosen)
            flash(_("C’est noté. Cela vaut dès maintenant, partout dans le wiki."), "success")
            return redirect(url_for("reading.page", slug=slug), 303)
        except Invalid as error:
            problems = error.problems
    html = render_template(
        "pages/visibility.html", page=page, kind=KINDS[page.kind], chosen=chosen, problems=problems
    )
    return make_response(html, 422 if problems else 200)
