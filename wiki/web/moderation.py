"""What the moderation sees, and does to many pages at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from wiki import pages
from wiki.accounts import Actor
from wiki.errors import Invalid, Problem, WikiError
from wiki.pages import KINDS, PendingEdit, Undoings
from wiki.web import trap, visitor
from wiki.web.arguments import after_id, before_id, first_instant, revision_number
from wiki.web.security import limiter

blueprint = Blueprint("moderation", __name__)

# The stretch that is proposed: an attack is mostly seen within some days.
_DAYS = 7


def _save_rate() -> str:
    return str(current_app.config["WIKI"]["SAVE_RATE"])


# How many edits stand on one page of the queue, each with what it changed.
_QUEUE = 20
_MOST_ASKED = 50


@blueprint.route("/moderation", methods=["GET", "POST"])
@limiter.limit(_save_rate, methods=["POST"])
def queue() -> BaseResponse:
    """Edits of newcomers to look at; a form judges one of them, those that are ticked, or all that are shown."""
    actor = visitor.writing_actor() if request.method == "POST" else visitor.actor()
    pages.require(actor, "patrol")
    who, slug = request.args.get("who", ""), request.args.get("page", "")
    who = who if who in ("guests", "newcomers", "flagged") else ""
    page = pages.find(actor, slug) if slug else None
    if request.method == "POST":
        asked = _judge(actor)
        goes_on = _next_to_look_at()
        here: dict[str, Any] = {"who": who, "page": slug, "before": before_id(), "ask": asked}
        kept = {name: value for name, value in here.items() if value}
        return redirect(url_for("moderation.queue", _anchor=goes_on, **kept), 303)
    rows = (
        [] if who == "flagged"
        else pages.pending_edits(actor, who, page.id if page else None, before_id(), _QUEUE + 1)
    )
    if not rows and before_id() is not None:
        # The last of the older ones were judged; newer ones may wait still.
        return redirect(url_for("moderation.queue", who=who or None, page=slug or None, ask=request.args.get("ask")))
    flags_too = who in ("", "flagged") and page is None and before_id() is None
    people = _by_person(rows[:_QUEUE])
    lately = datetime.now(ZoneInfo(current_app.config["WIKI"]["TIMEZONE"])) - timedelta(days=_DAYS)
    html = render_template(
        "moderation/queue.html",
        people=people,
        beside=pages.beside_the_queue(actor, [name for name, _rows in people], lately) if people else {},
        more=rows[_QUEUE - 1].change.id if len(rows) > _QUEUE else None,
        who=who,
        page=page,
        before=before_id(),
        asked=_numbers(request.args.get("ask", "").split("-")),
        total=pages.count_waiting(actor),
        flagged=pages.flagged(actor) if flags_too else [],
    )
    return make_response(html)


@blueprint.get("/moderation/log")
def log() -> str:
    """What the moderation did, newest first, on one page where the address names it."""
    actor, slug = visitor.actor(), request.args.get("page", "")
    page, per_page = pages.find(actor, slug) if slug else None, current_app.config["WIKI"]["PER_PAGE"]
    rows = pages.acts(actor, before_id(), per_page + 1, page.id if page else None)
    more = rows[per_page - 1].id if len(rows) > per_page else None
    return render_template("moderation/log.html", rows=rows[:per_page], more=more, page=page, before=before_id())


@blueprint.route("/wiki/<slug>/flag", methods=["GET", "POST"])
@limiter.limit(_save_rate, methods=["POST"])
def flag(slug: str) -> BaseResponse:
    """Tell the team that a page needs them, or with `offer` the conversation of an offer made to it."""
    actor = visitor.writing_actor() if request.method == "POST" else visitor.actor()
    page = pages.find(actor, slug)
    offer = pages.offer_of(actor, page, after_id(request.values.get("offer", "")))
    reason, words, problems = request.form.get("reason", ""), request.form.get("words", ""), []
    if request.method == "POST":
        try:
            trap.require_person(actor)
            pages.flag(actor, slug, reason, words, offer)
            flash(_("Merci. L’équipe de modération va regarder."), "success")
            return redirect(url_for("reading.page", slug=slug), 303)
        except Invalid as error:
            problems = error.problems
    html = render_template(
        "moderation/flag.html", page=page, kind=KINDS[page.kind], offer=offer, reasons=pages.FLAG_REASONS,
        reason=reason, words=words, problems=problems,
    )
    response = make_response(html, 422 if problems else 200)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.post("/wiki/<slug>/flags")
@limiter.limit(_save_rate)
def close_flags(slug: str) -> BaseResponse:
    """Say that what was reported of a page was seen to, up to the report that was `newest` then."""
    actor = visitor.writing_actor()
    closed = pages.close_flags(actor, slug, after_id(request.form.get("newest", "")), request.form.get("word", ""))
    if closed:
        flash(ngettext("%(num)s signalement traité.", "%(num)s signalements traités.", closed), "success")
    else:
        flash(_("Il n’y avait plus de signalement à traiter."), "info")
    return redirect(url_for("moderation.queue"), 303)


def _by_person(rows: Iterable[PendingEdit]) -> list[tuple[str, list[list[PendingEdit]]]]:
    """Edits of one person together, and among them those of one page, each in the order they came."""
    people: dict[str, dict[int, list[PendingEdit]]] = {}
    for row in rows:
        people.setdefault(row.change.author_name, {}).setdefault(row.change.page.id, []).append(row)
    return [(name, list(by_page.values())) for name, by_page in people.items()]


def _numbers(sent: Iterable[str]) -> list[int]:
    """The ids among what was sent, at most as many as are looked at in one gesture; a text may hold several, "3,2"."""
    parts = (part for text in sent for part in text.split(","))
    return [number for part in islice(parts, _MOST_ASKED) if (number := after_id(part))]


def _judged() -> list[str]:
    """What the gesture is about, as the form names it: the edits of one page, of one person, ticked ones, or all."""
    form = request.form
    for button in ("undo", "seen"):
        if button in form:
            return [form[button]]
    return form.getlist("shown" if form.get("action") == "all" else "revision")


def _next_to_look_at() -> str | None:
    """Where on the queue the work goes on: at the first edit shown after the last of those that were judged."""
    judged = set(_numbers(_judged()))
    shown = [_numbers([text]) for text in islice(request.form.getlist("shown"), _MOST_ASKED)]
    done = [place for place, ids in enumerate(shown) if judged.intersection(ids)]
    after = next((ids for ids in shown[done[-1] + 1 :] if ids), None) if done else None
    return f"edit-{max(after)}" if after else None


def _judge(actor: Actor) -> str:
    """Do what the form says, and tell it; the ids of the edits that a person must take back by hand, as an address."""
    form = request.form
    before = pages.judged(actor, _numbers(_judged()))
    if "undo" in form or form.get("action") == "undo":
        before = {number: told for number, told in before.items() if told[0] == "undone"}
        fates = _taken_back(actor, _judged(), before)
        left = [number for number, fate in fates.items() if fate == "ask"]
        if fates or not before:
            _tell(Counter(fates.values()))
        _tell_of_others(actor, before)
        return "-".join(map(str, left))
    seen = pages.mark_seen(actor, _numbers(_judged()))
    if seen:
        flash(ngettext("%(num)s modification relue.", "%(num)s modifications relues.", seen), "success")
    elif not before:
        flash(_("Rien n’a changé : cochez au moins une modification à relire."), "info")
    _tell_of_others(actor, before)
    return ""


def _tell_of_others(actor: Actor, before: Mapping[int, tuple[str, str]]) -> None:
    """Say of which edits somebody else of the team took care while they stood on this screen."""
    if before:
        names = sorted({_("vous") if name == actor.name else name for _state, name in before.values()})
        words = ngettext(
            "%(num)s modification était déjà traitée, par %(names)s.",
            "%(num)s modifications étaient déjà traitées, par %(names)s.",
            len(before), names=", ".join(names),
        )
        flash(words, "info")


def _words() -> dict[int, str]:
    """Why edits are taken back, by their ids, as the form says it once for all those of one person."""
    kept = {name.removeprefix("word-"): word for name, word in request.form.items() if name.startswith("word-")}
    return {number: word for ids, word in kept.items() if word.strip() for number in _numbers([ids])}


def _taken_back(actor: Actor, sent: Iterable[str], done: Collection[int]) -> dict[int, str]:
    """What became of each edit not yet `done`; what was written since on a page that is put away goes with it."""
    fates: dict[int, str] = {}
    words = _words()
    left = _MOST_ASKED
    for text in islice(sent, _MOST_ASKED):
        # In all as many as one gesture may be about: what is left over waits in the queue as before.
        numbers = _numbers([text])[:left]
        left -= len(numbers)
        for number in numbers:
            if number in done:
                continue
            try:
                fates[number] = pages.take_back(actor, number, words.get(number, ""))
            except WikiError:
                # One that resists, say because its page was put away meanwhile, does not stop the others.
                fates[number] = "ask"
            if fates[number] == "archive":
                break
    return fates


@blueprint.route("/people/<name>/undo", methods=["GET", "POST"])
@limiter.limit(_save_rate, methods=["POST"])
def undo_all(name: str) -> BaseResponse:
    """Take back everything one person wrote since a day, after seeing what becomes of each page."""
    actor = visitor.writing_actor() if request.method == "POST" else visitor.actor()
    pages.require(actor, "undo_all")
    sent = request.form if request.method == "POST" else request.args
    proposed = datetime.now(ZoneInfo(current_app.config["WIKI"]["TIMEZONE"])).date() - timedelta(days=_DAYS)
    day, after = sent.get("since", proposed.isoformat()), after_id(sent.get("after", ""))
    since = first_instant(day)
    if since is not None and request.method == "POST":
        done = pages.undo_all(actor, name, since, after, sent.get("reason", ""))
        fates: Counter[str] = Counter()
        for row in done.rows:
            fates[row.fate] += 1 if row.fate == "archive" else row.edits
        _tell(fates, done.declined)
        return redirect(url_for("moderation.undo_all", name=name, since=day, after=done.after), 303)
    planned = pages.undoings(actor, name, since, after) if since else Undoings([], 0, None)
    html = render_template(
        "moderation/undo_all.html",
        name=name,
        day=day,
        after=after,
        planned=planned,
        comparisons={
            row.page.id: pages.compare(*pages.told_texts(actor, row.page.id, row.head.text, row.text))
            for row in planned.of("undo")
        },
        problems=[] if since else [Problem(_("Donnez une date, par exemple 2026-03-31."), "since")],
    )
    return make_response(html, 200 if since else 422)


def _tell(fates: Mapping[str, int], declined: int = 0) -> None:
    """Say what became of so many edits, and of proposals."""
    undone, archived, left = (fates.get(fate, 0) for fate in ("undo", "archive", "ask"))
    words = [
        ngettext("%(num)s modification défaite.", "%(num)s modifications défaites.", undone) if undone else "",
        ngettext("%(num)s page archivée.", "%(num)s pages archivées.", archived) if archived else "",
        ngettext("%(num)s proposition déclinée.", "%(num)s propositions déclinées.", declined) if declined else "",
        ngettext("%(num)s modification attend votre regard.", "%(num)s modifications attendent votre regard.", left)
        if left else "",
    ]  # fmt: skip
    said = " ".join(filter(None, words)) or _("Il n’y avait plus rien à défaire.")
    flash(said, "success" if undone or archived or declined else "info")


@blueprint.route("/wiki/<slug>/hide/<number>", methods=["GET", "POST"])
@limiter.limit(_save_rate, methods=["POST"])
def hide(slug: str, number: str) -> BaseResponse:
    """Hide the text, the summary or the author of a version from the public; an admin may show it again."""
    actor = visitor.actor()
    page = pages.find(actor, slug)
    pages.require(actor, "hide", page)
    _page, revision = pages.text_of(actor, slug, revision_number(number))
    parts, reason = request.form.getlist("parts"), request.form.get("reason", "")
    problems = []
    if request.method == "POST":
        try:
            if request.form.get("action") == "show":
                pages.show(actor, slug, revision.number, reason)
                flash(_("Tout est visible de nouveau."), "success")
            else:
                pages.hide(actor, slug, revision.number, parts, reason)
                flash(_("C’est masqué, dès maintenant et partout. Le journal le dit, avec votre raison."), "success")
            return redirect(url_for("history.versions", slug=slug), 303)
        except Invalid as error:
            problems = error.problems
    html = render_template(
        "moderation/hide.html", page=page, kind=KINDS[page.kind], revision=revision, problems=problems, reason=reason,
        parts=parts or revision.hidden.split(),
    )
    return make_response(html, 422 if problems else 200)
