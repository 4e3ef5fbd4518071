"""Offers and suggestions: proposing, talking about it, answering."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from wiki import pages
from wiki.errors import Invalid, NotFound, Problem
from wiki.pages import KINDS, OpenedOffer, Proposed
from wiki.web import trap, visitor
from wiki.web.arguments import after_id
from wiki.web.security import limiter
from wiki.web.variants import asked_about, decisions_of, private

blueprint = Blueprint("offers", __name__)


def _save_rate() -> str:
    return str(current_app.config["WIKI"]["SAVE_RATE"])


@blueprint.route("/wiki/<slug>/offer", methods=["GET", "POST"])
@limiter.limit(_save_rate, methods=["POST"])
def propose(slug: str) -> BaseResponse:
    """Choose sections of this page, say why, and propose them to the origin (or `?to=` another of the family)."""
    actor = visitor.writing_actor() if request.method == "POST" else visitor.actor()
    page = pages.find(actor, slug)
    asked_for = request.values.get("to", "")
    target = pages.related(actor, page, asked_for) if asked_for else pages.standing(actor, page).origin
    if target is None:
        if request.method == "POST":
            raise Invalid(_("Cette page n’a pas de page d’origine."))
        return private(render_template("variants/alone.html", page=page, kind=KINDS[page.kind]))
    what = pages.receiving(actor, target.slug, page.slug)
    message, chosen, problems = request.form.get("message", ""), request.form.getlist("units"), []
    if request.method == "POST":
        try:
            trap.require_person(actor)
            keys = [found.unit.key for found in what.waiting if found.unit.name in chosen]
            made = pages.offer(actor, page.slug, target.slug, keys, message)
            if made.again:
                flash(_("Cette proposition attend déjà sa réponse. La voici."), "info")
            else:
                flash(
                    _("Votre proposition est envoyée. Vous trouverez la réponse ici et dans votre compte."), "success"
                )
            return redirect(url_for("offers.offer", offer_id=made.id), 303)
        except Invalid as error:
            problems = error.problems
    titles = pages.titles_named(actor, target, [found.unit for found in what.waiting])
    differences = [pages.shown(target, found.unit, titles) for found in what.waiting]
    html = render_template(
        "variants/offer.html", page=page, kind=KINDS[page.kind], target=target, differences=differences,
        chosen=chosen if request.method == "POST" else [one.unit.name for one in differences], message=message,
        what=what, problems=problems, made=pages.offers_from(actor, page), allowed=pages.may(actor, "suggest"),
    )
    return private(html, 422 if problems else 200)


@blueprint.get("/wiki/<slug>/offers")
def received(slug: str) -> BaseResponse:
    """What others proposed to a page, and what it proposed."""
    actor = visitor.actor()
    page = pages.find(actor, slug)
    html = render_template(
        "variants/offers.html", page=page, kind=KINDS[page.kind], received=pages.offers_to(actor, page),
        made=pages.offers_from(actor, page),
    )
    return private(html)


@blueprint.route("/offers/<offer_id>", methods=["GET", "POST"])
@limiter.limit(_save_rate, methods=["POST"])
def offer(offer_id: str) -> BaseResponse:
    """An offer, its comparison, its conversation, and the answer."""
    actor = visitor.writing_actor() if request.method == "POST" else visitor.actor()
    if not (offer_id.isascii() and offer_id.isdigit() and len(offer_id) < 10):
        raise NotFound("offer")
    number = int(offer_id)
    opened = pages.open_offer(actor, number)
    if request.method != "POST":
        return _page(opened)
    action, word = request.form.get("action", ""), request.form.get("word", "")
    try:
        if action != "withdraw":
            trap.require_person(actor)
        if action == "say":
            pages.say(actor, number, word)
        elif action == "seen":
            pages.acknowledge(actor, number)
            return _back(opened)
        elif action == "withdraw":
            pages.withdraw(actor, number)
            flash(_("Proposition retirée."), "success")
        elif action == "decline":
            whole = pages.decline(actor, number, word)
            told = _("Proposition déclinée. Votre mot est transmis.")
            flash(told if whole else _("C’est noté. Votre mot est transmis."), "success")
            if opened.info.is_suggestion and pages.count_suggestions(actor):
                return redirect(url_for("offers.suggestions"), 303)
        else:
            decisions = decisions_of(opened.info.page or opened.what.page, asked_about(opened.what, request.form))
            received = pages.accept(actor, number, decisions, word, _text_seen())
            if received.undecided:
                return _page(opened, 409, undecided=received.undecided)
            words = _("C’est noté.") if received.unchanged else _("C’est repris. Merci pour la réponse !")
            flash(words, "success")
            if opened.info.is_suggestion and pages.count_suggestions(actor):
                # Whoever reads new texts goes on with the next of them.
                return redirect(url_for("offers.suggestions"), 303)
            return redirect(url_for("reading.page", slug=received.slug), 303)
    except Invalid as error:
        # What is wrong with the text that would come of it is said where its parts are chosen.
        return _page(opened, 422, [replace(one, field="units") if one.field == "license" else one
                                   for one in error.problems])
    return redirect(url_for("offers.offer", offer_id=number), 303)


def _back(opened: OpenedOffer) -> BaseResponse:
    page = opened.info.page
    return redirect(url_for("reading.page", slug=page.slug) if page else url_for("accounts.account"), 303)


def _text_seen() -> int:
    """Which text of a suggestion was answered; 0 where the form does not say."""
    sent = request.form.get("number", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else 0


def _page(
    opened: OpenedOffer,
    status: int = 200,
    problems: Sequence[Problem] = (),
    undecided: object = None,
) -> BaseResponse:
    what = opened.what.asking(undecided) if isinstance(undecided, dict) else opened.what
    asked = asked_about(what, request.form, renewed=bool(undecided))
    if undecided:
        problems = [
            Problem(_("Choisissez un texte pour ce passage."), f"verdict-{one.name}")
            for one in asked
            if one.waiting.contested and not one.choice
        ]
    suggested = pages.preview(visitor.actor(), what.told) if isinstance(what, Proposed) else None
    html = render_template(
        "variants/answer.html", page=opened.info.page or what.page, kind=KINDS[what.page.kind], opened=opened,
        what=what, asked=asked, problems=problems, word=request.form.get("word", ""), suggested=suggested,
    )
    return private(html, status)


@blueprint.get("/suggestions")
def suggestions() -> BaseResponse:
    """Texts of guests and newcomers that wait for this visitor's answer, those that wait longest first."""
    actor = visitor.actor()
    pages.require(actor, "accept")
    per_page = current_app.config["WIKI"]["PER_PAGE"]
    rows = pages.waiting_suggestions(actor, per_page + 1, after_id(request.args.get("after", "")))
    more = rows[per_page - 1].id if len(rows) > per_page else None
    return private(render_template("variants/suggestions.html", rows=rows[:per_page], more=more))
