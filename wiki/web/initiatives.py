"""Proposing an initiative: the few questions an event begins with. All else is written later, on its page."""

from __future__ import annotations

import re
from dataclasses import replace

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from wiki import pages, places
from wiki.errors import Forbidden, Invalid
from wiki.pages import KINDS, PageInfo
from wiki.places import Place
from wiki.web import trap, visitor
from wiki.web.editing import begun, new_text, reserved, save_rate, whole_form
from wiki.web.form import Draft, change_lines, received, take_clocks
from wiki.web.places import label
from wiki.web.security import limiter
from wiki.web.suggesting import waits

blueprint = Blueprint("initiatives", __name__)

EVENT = KINDS["event"]
# What is asked; what else the draft says is carried along unseen.
ASKED = ("title", "sessions", "place", "organizers", "themes", "edition")
# What an event that is held again takes over and nobody need look at; the rest is folded away, to be looked over.
UNSEEN = ("recipes", "followed", "follows", "lang", "license")
# The point of the place, which a script may choose.
POINT = ("country", "geo", "geo_precision")
_MOST_EDITIONS = 20
_YEAR = re.compile(r"\b[12][0-9]{3}\b")


@blueprint.route("/propose", methods=["GET", "POST"])
@limiter.limit(save_rate, methods=["POST"])
def propose() -> BaseResponse:
    """Propose an initiative: from a recipe (`from`), in an edition, on a theme, by a collective, or from nothing."""
    actor = visitor.actor()
    if request.method != "POST":
        draft = _begun()
        return _form(draft) if pages.may(actor, "suggest") else _form(draft, 403, notice=reserved())
    actor = visitor.writing_actor()
    draft = received(request.form, EVENT)
    words, action = request.form.get("announcement", ""), request.form.get("action", "save")
    if change_lines(draft, action):
        return _form(draft, 422 if draft.problems else 200)
    take_clocks(draft)
    _name(draft)
    _move(draft)
    try:
        written, place = _located(draft)
        written.body = pages.announced(draft.body, words)
        if action == "more":
            return whole_form(written)
        text = new_text(written)
        if action in ("preview", "changes"):
            return _form(draft, preview=pages.preview(actor, pages.canonical(text)))
        trap.require_person(actor)
        saved = pages.create(actor, text, comment=_("Initiative proposée"), visibility=draft.visibility)
    except Invalid as error:
        draft.refuse(error.problems)
        if isinstance(error, pages.AlreadyExists):
            return _form(draft, 409, existing=pages.address(actor, error.slug))
        return _form(draft, 422)
    except Forbidden:
        return _form(draft, 403, notice=reserved())
    if saved.offer is not None:
        return waits(saved.offer)
    later = _("Adresse, prix, inscription, accessibilité se complètent plus tard, avec « Modifier ».")
    flash(f"{_thanks(place)} {later}", "success")
    return redirect(url_for("reading.page", slug=saved.slug), 303)


@blueprint.get("/wiki/<slug>/poster")
def poster(slug: str) -> BaseResponse | str:
    """An event on one sheet of A4, ready to print; what is no event is its own page."""
    reading = pages.open_page(visitor.actor(), slug)
    if reading.page.kind != EVENT.name:
        return redirect(url_for("reading.page", slug=slug))
    return render_template(
        "events/poster.html", page=reading.page, kind=EVENT, reading=reading, fields=reading.document.fields
    )


def _thanks(place: Place | None) -> str:
    if place is None:
        return _("Merci ! Votre initiative est proposée.")
    return _("Merci ! Votre initiative est proposée, et sur la carte à %(place)s.", place=label(place))


def _begun() -> Draft:
    """The draft an address begins: what it repeats, its theme and its collective."""
    draft = begun(EVENT)
    given = {"themes": request.args.get("theme", ""), "organizers": request.args.get("collective", "")}
    known = pages.titles(visitor.actor(), filter(None, given.values()))
    for name, slug in given.items():
        if slug and not draft.values.get(name):
            page = known.get(slug)
            draft.values[name] = [page.title if page and name == "organizers" else slug]
    return draft


def _name(draft: Draft) -> None:
    """Tell an initiative from what it follows, where somebody left it its name: by its city, by its year."""
    before = _held_before(draft)
    if before and pages.link_key(str(draft.values.get("title"))) == pages.link_key(before.title):
        days = draft.values.get("sessions") or [""]
        if year := _YEAR.search(days[0]):
            draft.values["title"] = f"{before.title}, {year[0]}"
        return
    title, place = draft.values.get("title"), draft.values.get("place")
    if isinstance(title, str) and isinstance(place, str) and (city := place.split(",")[0].strip()):
        key = pages.link_key(title)
        if any(pages.link_key(page.title) == key for page, _number in _recipes(draft)):
            draft.values["title"] = f"{title.strip()}, {city}"


def _held_before(draft: Draft) -> PageInfo | None:
    """The event that this one holds again."""
    slug = str(draft.values.get("follows") or "")
    return pages.titles(visitor.actor(), [slug]).get(slug) if slug else None


def _move(draft: Draft) -> None:
    """Forget the point of the last time where an event is held again elsewhere: its new place has its own."""
    before = _held_before(draft)
    if before and before.place and draft.values.get("place") != before.place:
        for name in POINT:
            draft.values.pop(name, None)


def _located(draft: Draft) -> tuple[Draft, Place | None]:
    """A copy of the draft with the point of its city, said to be no more than that, unless it has one; that city."""
    written = replace(draft, values=dict(draft.values))
    name, country = draft.values.get("place"), draft.values.get("country")
    if draft.values.get("geo") or not isinstance(name, str):
        return written, None
    place = places.find(name, country if isinstance(country, str) and country else None)
    if place is not None:
        written.values |= {
            "geo": f"{place.latitude}, {place.longitude}", "geo_precision": place.precision, "country": place.country,
        }
    return written, place


def _form(draft: Draft, status: int = 200, **context: object) -> BaseResponse:
    again = _held_before(draft)
    unseen = set(UNSEEN) if again else set(draft.values) - {*ASKED, *POINT}
    kept = {*unseen, *ASKED, *POINT}
    html = render_template(
        "events/propose.html",
        draft=draft,
        kind=EVENT,
        announcement=request.form.get("announcement", ""),
        again=again,
        carried=[(name, value) for name, value in draft.values.items() if name in unseen],
        folded=[field for field in EVENT.fields if field.name in draft.values and field.name not in kept],
        point=[(name, draft.values.get(name) or "") for name in POINT],
        editions=_editions(str(draft.values.get("edition") or "")),
        recipes=_recipes(draft),
        strays=pages.strays_of(visitor.actor(), EVENT, draft.values),
        **{"notice": "", "existing": None, "preview": None, **context},
    )
    response = make_response(html, status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _editions(chosen: str) -> list[tuple[str, str]]:
    """The editions still to come, and the one that is chosen whenever it is, as choices."""
    actor = visitor.actor()
    coming = pages.listing(actor, "edition", per_page=_MOST_EDITIONS, when="coming").rows
    found = {page.slug: page.title for page in coming}
    if chosen and chosen not in found:
        page = pages.titles(actor, [chosen]).get(chosen)
        found = {chosen: page.title if page else chosen, **found}
    return list(found.items())


def _recipes(draft: Draft) -> list[tuple[PageInfo, str]]:
    """The recipes the initiative follows, each with the number of its version."""
    held = draft.values.get("followed", [])
    pairs = [line.rpartition(" ")[::2] for line in ([held] if isinstance(held, str) else held)]
    known = pages.titles(visitor.actor(), [slug for slug, _number in pairs])
    return [(known[slug], number) for slug, number in pairs if slug in known]
