"""What the forms of those who may only suggest need: going on with a page to make, and where a text that waits is."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from wiki import pages
from wiki.errors import NotFound
from wiki.pages import Proposed
from wiki.web import visitor
from wiki.web.form import Draft, from_text


def offer_id(arguments: Mapping[str, str]) -> int | None:
    """The number of the suggestion a form or an address goes on with."""
    sent = arguments.get("offer", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else None


def suggested(number: int) -> Draft:
    """One's own suggestion of a page to make, to go on writing it. Raises NotFound for any other."""
    opened = pages.open_offer(visitor.actor(), number)
    if not (isinstance(opened.what, Proposed) and opened.may_withdraw and opened.info.page is None):
        raise NotFound("offer")
    draft = from_text(opened.what.told, 0, request.args.get("as", "form"))
    draft.comment, draft.offer, draft.visibility = opened.info.message, str(number), opened.info.visibility
    return draft


def waits(number: int, slug: str = "") -> BaseResponse:
    """To where one sees one's text while it waits: its page, or the suggestion of a page to make."""
    flash(
        _(
            "Merci ! Votre texte est gardé. Il sera relu, puis il paraîtra. "
            "En attendant, vous le voyez ici et pouvez continuer à l’écrire."
        ),
        "success",
    )
    target = url_for("reading.page", slug=slug) if slug else url_for("offers.offer", offer_id=number)
    return redirect(target, 303)
