"""Variants: making one, comparing, taking what another of the family has better, the family itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from wiki import pages
from wiki.accounts import Actor
from wiki.errors import Invalid, Problem
from wiki.pages import KINDS, Decision, PageInfo, Proposed, Receiving, Waiting
from wiki.web import trap, visitor
from wiki.web.arguments import page_number, revision_number, today
from wiki.web.pictures import family_picture
from wiki.web.security import limiter

blueprint = Blueprint("variants", __name__)
_MOST_PASSAGES = 50


def _save_rate() -> str:
    return str(current_app.config["WIKI"]["SAVE_RATE"])


def private(html: str, status: int = 200) -> BaseResponse:
    """An answer that holds what somebody is writing: kept by nobody."""
    response = make_response(html, status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.route("/wiki/<slug>/fork", methods=["GET", "POST"])
@limiter.limit(_save_rate, methods=["POST"])
def fork(slug: str) -> BaseResponse:
    """Make a variant: its place or its twist, then its text, already saved.

    `event` is one whose people say what they changed: the variant ends with that, and offers it if so wished.
    """
    actor = visitor.writing_actor() if request.method == "POST" else visitor.actor()
    page = pages.find(actor, slug)
    event = request.values.get("event", "")
    happened, told = pages.changed_by(actor, event) if event else (None, "")
    twist, title = request.form.get("twist", request.args.get("twist", "")), request.form.get("title", "")
    problems: list[Problem] = []
    status, existing = 200, None
    if request.method == "POST":
        try:
            trap.require_person(actor)
            if event:
                made, offered = pages.adapt(actor, slug, event, twist, title=title, propose="propose" in request.form)
            else:
                made, offered = pages.fork(actor, slug, twist, title=title), None
            if made.offer is not None:
                flash(_("Votre variante attend d’être relue. Écrivez ce que vous faites autrement."), "success")
                return redirect(url_for("editing.new", kind_name=page.kind, offer=made.offer), 303)
            flash(_("Votre variante est enregistrée. Écrivez ce que vous faites autrement."), "success")
            if offered is not None:
                flash(_("Ce que vous avez changé est aussi proposé à la recette d’origine."), "success")
            return redirect(url_for("editing.edit", slug=made.slug), 303)
        except Invalid as error:
            problems, status = error.problems, 422
            existing = error.slug if isinstance(error, pages.AlreadyExists) else None
            # A title that follows from the twist is mended there.
            if not title.strip():
                problems = [Problem(problem.message, "twist") for problem in problems]
    allowed = pages.may(actor, "suggest")
    html = render_template(
        "variants/fork.html", page=page, kind=KINDS[page.kind], twist=twist, title=title, problems=problems,
        existing=existing, allowed=allowed, happened=happened, told=told,
    )
    return private(html, status)


def wish_of(arguments: Mapping[str, str]) -> pages.Wish:
    """What an address asks of a family; what is no number there is not asked."""

    def number(name: str) -> int | None:
        value = arguments.get(name, "").strip()
        return int(value) if value.isascii() and value.isdigit() and len(value) < 8 else None

    return pages.Wish(
        words=arguments.get("words", "").strip()[:100],
        people=number("people"),
        budget=number("budget"),
        hours=number("hours"),
        difficulty=number("difficulty"),
        city=arguments.get("city", "")[:200],
        audience=arguments.get("audience", "")[:200],
        twist=arguments.get("twist", "")[:200],
    )


def _unread(arguments: Mapping[str, str], wish: pages.Wish) -> dict[str, str]:
    """What was typed where a number is asked for, and is none, by the name of the field."""
    typed = {name: arguments.get(name, "").strip()[:100] for name in ("people", "budget", "hours")}
    return {name: words for name, words in typed.items() if words and getattr(wish, name) is None}


@blueprint.get("/wiki/<slug>/variants")
def family(slug: str) -> str:
    """The tree of a page and of all that comes from it, and what each does otherwise."""
    actor = visitor.actor()
    page = pages.find(actor, slug)
    found = pages.family(actor, slug, page_number(), current_app.config["WIKI"]["PER_PAGE"])
    wish = wish_of(request.args)
    chosen = pages.choose(actor, found, wish) if found.total > 1 else None
    matching = [*chosen.fitting, *chosen.unsaid, *chosen.near] if chosen else []
    shown = matching if wish.asked else [row.page for row in found.relatives]
    return render_template(
        "variants/family.html",
        page=page,
        kind=KINDS[page.kind],
        family=found,
        wish=wish,
        unread=_unread(request.args, wish),
        chosen=chosen,
        choices={
            name: [(value, value) for value in sorted(chosen.offered.get(name, ()))] if chosen else []
            for name in ("difficulty", "city", "audience", "variant_notes")
        },
        lives=pages.lives(shown, today()),
        picture=family_picture(found.members, page.id),
        lines=pages.lines_of(shown),
        standing=pages.standing(actor, page),
        siblings=pages.siblings(actor, page),
    )


@blueprint.get("/wiki/<slug>/compare/<other>")
def compare(slug: str, other: str) -> BaseResponse:
    """Two pages side by side, section by section, answers included."""
    page, source, differences = pages.compare_pages(visitor.actor(), slug, other)
    html = render_template(
        "variants/compare.html", page=page, kind=KINDS[page.kind], other=source, differences=differences,
        may_take=pages.share_history(page, source),
    )
    response = make_response(html)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@dataclass(frozen=True)
class Asked:
    """One thing to decide, as its form shows it: what differs, the answers offered, the one given."""

    waiting: Waiting
    difference: pages.Difference
    choice: str
    written: Sequence[str]
    seen: str = ""
    # Each contested passage as people read it: the other text, ours, and what was written before.
    passages: Sequence[tuple[str, str, str]] = ()

    @property
    def name(self) -> str:
        return self.waiting.unit.name

    @property
    def asked(self) -> bool:
        """Whether the form asked for a choice: the unit is contested, by itself or beside the others taken."""
        return bool(self.waiting.contested or self.seen)



def asked_about(
    what: Receiving | Proposed, form: Mapping[str, str], renewed: bool = False
) -> list[Asked]:
    """What there is to decide, with what the form said. Free units are taken unless something else is said, or
    that is forbidden.

    `renewed` says that passages turned out to be others than those the form showed. By one gesture of the form what
    is left for later ("rest"), or all of it ("none"), is declined.
    """
    found = []
    gesture, forbidden = form.get("action"), isinstance(what, Receiving) and what.refusal
    titles = pages.titles_named(visitor.actor(), what.page, [waiting.unit for waiting in what.waiting])
    for waiting in what.waiting:
        name = waiting.unit.name
        seen = form.get(f"seen-{name}", "")[:64]
        choice = form.get(f"verdict-{name}", "later" if waiting.contested or forbidden else "take")
        if gesture == "none" or (gesture == "rest" and choice == "later"):
            choice = "decline"
        written = [form[key] for index in range(_MOST_PASSAGES) if (key := f"text-{name}-{index}") in form]
        if renewed and waiting.contested and seen != waiting.mark:
            # Other passages than those that were answered: what was said of them says nothing of these.
            choice, written, seen = "", [], ""
        unit, said = waiting.unit, partial(pages.passage_words, what.page, waiting.unit, titles=titles)
        written += [pages.passage_value(unit, chunk.mine) for chunk in waiting.contested[len(written) :]]
        written = [text.replace("\r\n", "\n").replace("\r", "\n") for text in written]
        passages = [(said(chunk.theirs), said(chunk.mine), said(chunk.base)) for chunk in waiting.contested]
        found.append(Asked(waiting, pages.shown(what.page, waiting.unit, titles), choice, written, seen, passages))
    return found


def decisions_of(page: PageInfo, asked: Sequence[Asked]) -> dict[str, Decision]:
    """What a form decided, by key of the unit; what is left for later is left out.

    Raises Invalid for an answer somebody wrote that cannot be one.
    """
    found: dict[str, Decision] = {}
    problems: list[Problem] = []
    for one in asked:
        if one.choice == "write":
            texts = []
            for index, words in enumerate(one.written):
                try:
                    texts.append(pages.passage_text(page, one.waiting.unit, words))
                except Invalid as error:
                    problems += [Problem(problem.message, f"text-{one.name}-{index}") for problem in error.problems]
            found[one.waiting.unit.key] = Decision("write", tuple(texts), one.seen)
        elif one.choice in (("theirs", "mine", "both", "decline") if one.asked else ("take", "decline")):
            found[one.waiting.unit.key] = Decision(one.choice, seen=one.seen)  # type: ignore[arg-type]
    if problems:
        raise Invalid(problems)
    return found


@blueprint.route("/wiki/<slug>/pull", methods=["GET", "POST"])
@limiter.limit(_save_rate, methods=["POST"])
def pull(slug: str) -> BaseResponse:
    """Take what the origin, or another of the family (`?from=`), has better; see the result first, or at once."""
    actor = visitor.writing_actor() if request.method == "POST" else visitor.actor()
    page = pages.find(actor, slug)
    source = _source(actor, page)
    if source is None:
        if request.method == "POST":
            raise Invalid(_("Cette page n’a pas de page d’origine."))
        return private(render_template("variants/alone.html", page=page, kind=KINDS[page.kind]))
    asked_revision = request.form.get("revision")
    what = pages.receiving(actor, slug, source.slug, revision_number(asked_revision) if asked_revision else None)
    if request.method != "POST":
        return _pull_page(what, asked_about(what, {}))
    pages.require(actor, "edit", page)
    if request.form.get("action") == "seen":
        pages.note_seen(actor, slug, source.slug)
        return redirect(url_for("reading.page", slug=slug), 303)
    asked = asked_about(what, request.form)
    try:
        decisions = decisions_of(page, asked)
        if request.form.get("action") == "preview":
            taken = pages.preview_taking(actor, what, decisions)
            if not taken.undecided:
                return _pull_page(what, asked, comparison=pages.compare(what.head.text, taken.text, actor=actor))
            return _pull_page(what.asking(taken.undecided), asked, 409)
        trap.require_person(actor)
        if not decisions:
            raise Invalid(_("Rien n’est choisi : dites ce que vous reprenez, ou ce qui n’est pas pour vous."), "units")
        number = what.source_text.number
        received = pages.take(actor, slug, source.slug, number, decisions, comment=request.form.get("comment", ""))
    except Invalid as error:
        return _pull_page(what, asked, 422, problems=error.problems)
    if received.undecided:
        return _pull_page(what.asking(received.undecided), asked, 409)
    flash(_took(received), "success")
    return redirect(url_for("reading.page", slug=received.slug), 303)


def _source(actor: Actor, page: PageInfo) -> PageInfo | None:
    asked = request.values.get("from", "")
    if asked:
        return pages.related(actor, page, asked)
    return pages.standing(actor, page).origin


def _took(received: pages.Received) -> str:
    words = _("C’est noté.") if received.unchanged else _("C’est repris. Chaque personne est créditée.")
    if received.left:
        words += " " + ngettext(
            "Il reste %(num)s partie à voir.", "Il reste %(num)s parties à voir.", received.left
        )
    return words


def _pull_page(
    what: Receiving,
    asked: Sequence[Asked],
    status: int = 200,
    comparison: pages.Comparison | None = None,
    problems: Sequence[Problem] = (),
) -> BaseResponse:
    if status == 409:
        asked = asked_about(what, request.form, renewed=True)
        problems = [
            Problem(_("Choisissez un texte pour ce passage."), f"verdict-{one.name}")
            for one in asked
            if one.waiting.contested and not one.choice
        ]
    html = render_template(
        "variants/pull.html", page=what.page, kind=KINDS[what.page.kind], what=what, asked=asked,
        comparison=comparison, problems=problems, comment=request.form.get("comment", ""),
    )
    return private(html, status)


@blueprint.route("/wiki/<slug>/link", methods=["GET", "POST"])
@limiter.limit(_save_rate, methods=["POST"])
def link(slug: str) -> BaseResponse:
    """Where a page comes from and what comes from it: what looks like it, and linking two pages either way round.

    A form names the page's `origin`, or a page that is a `variant` of it, by title or address.
    """
    actor = visitor.writing_actor() if request.method == "POST" else visitor.actor()
    page = pages.find(actor, slug)
    if request.method != "POST":
        return _link_page(page)
    field = "variant" if "variant" in request.form else "origin"
    named = pages.link_key(request.form.get(field, ""))
    try:
        if not named:
            raise Invalid(_("Donnez le titre ou l’adresse de l’autre page."), field)
        other = pages.address(actor, named)
        if other is None:
            raise Invalid(_("Aucune page ne porte ce nom. Vérifiez le titre ou l’adresse."), field)
        variant, origin = (other, slug) if field == "variant" else (slug, other)
        pages.link(actor, variant, origin)
    except Invalid as error:
        return _link_page(page, [Problem(problem.message, field) for problem in error.problems])
    flash(_("C’est une variante maintenant : elle recevra les améliorations de sa page d’origine."), "success")
    return redirect(url_for("reading.page", slug=variant), 303)


def _link_page(page: PageInfo, problems: Sequence[Problem] = ()) -> BaseResponse:
    actor = visitor.actor()
    named = {name: request.form.get(name, "") for name in ("origin", "variant")}
    html = render_template(
        "variants/link.html", page=page, kind=KINDS[page.kind], problems=problems, found=pages.lookalikes(actor, page),
        standing=pages.standing(actor, page), named=named,
    )
    return private(html, 422 if problems else 200)


@blueprint.post("/wiki/<slug>/unlink")
@limiter.limit(_save_rate)
def unlink(slug: str) -> BaseResponse:
    """Let a page be no variant any more."""
    actor = visitor.writing_actor()
    pages.unlink(actor, slug)
    flash(_("Le lien est défait. Ce qui a été repris reste crédité."), "success")
    return redirect(url_for("variants.family", slug=slug), 303)


@blueprint.get("/wiki/<slug>/cite")
def cite(slug: str) -> str:
    """How to cite a page: everybody who wrote it or what it took, the version, the licence."""
    citation = pages.cite(visitor.actor(), slug)
    page = citation.page
    return render_template("variants/cite.html", page=page, kind=KINDS[page.kind], citation=citation)
