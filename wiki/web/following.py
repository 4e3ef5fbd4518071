"""Following: what one wants to hear of, its news, and the same as a feed of one's own."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from wiki import pages
from wiki.pages import KINDS
from wiki.web import visitor
from wiki.web.security import limiter
from wiki.web.variants import private

blueprint = Blueprint("following", __name__)


def _save_rate() -> str:
    return str(current_app.config["WIKI"]["SAVE_RATE"])


@blueprint.route("/wiki/<slug>/follow", methods=["GET", "POST"])
@limiter.limit(_save_rate, methods=["POST"])
def follow(slug: str) -> BaseResponse:
    """Follow a page, its family or its theme, or no more."""
    actor = visitor.actor()
    page = pages.find(actor, slug)
    if request.method == "POST":
        if not actor.is_authenticated:
            return redirect(url_for("accounts.login", next=url_for("following.follow", slug=slug)), 303)
        scope = request.form.get("scope", "")
        if scope == "nothing":
            pages.unfollow(actor, slug)
            flash(_("Vous ne suivez plus cette page."), "success")
        else:
            pages.follow(actor, slug, scope)
            flash(_("C’est noté : les nouvelles seront dans votre compte."), "success")
        return redirect(url_for("reading.page", slug=slug), 303)
    chosen = [followed.scope for followed in pages.following(actor) if followed.page.id == page.id]
    html = render_template(
        "variants/follow.html", page=page, kind=KINDS[page.kind],
        chosen=chosen[0] if chosen else "page", followed=bool(chosen),
    )
    return private(html)


@blueprint.get("/news")
def news() -> BaseResponse:
    """What others did where one follows."""
    actor = visitor.actor()
    if not actor.is_authenticated:
        return redirect(url_for("accounts.login", next=url_for("following.news")), 302)
    html = render_template(
        "variants/news.html", rows=pages.news(actor), followed=pages.following(actor), key=pages.news_feed(actor),
        answered=pages.offers_answered(actor), untold=pages.untold(actor, datetime.now(UTC)),
    )
    return private(html)


@blueprint.post("/news/feed")
@limiter.limit(_save_rate)
def renew() -> BaseResponse:
    """Give one's own feed an address, or another: the one before is dead."""
    actor = visitor.actor()
    if not actor.is_authenticated:
        return redirect(url_for("accounts.login", next=url_for("following.news")), 303)
    renewed = pages.news_feed(actor) is not None
    pages.renew_news_feed(actor)
    flash(
        _("Votre flux a une nouvelle adresse ; l’ancienne ne répond plus.") if renewed else _("Votre flux est prêt."),
        "success",
    )
    return redirect(url_for("following.news"), 303)


@blueprint.get("/news/<key>.atom")
def feed(key: str) -> Response:
    """The same news as an Atom feed, for whoever holds its address."""
    actor = pages.news_feed_reader(key)
    xml = render_template(
        "feeds/changes.xml", rows=pages.news(actor), answered=pages.offers_answered(actor), endpoint="following.news",
        arguments={}, title=_("Vos nouvelles"),
    )
    response = Response(xml, content_type="application/atom+xml; charset=utf-8")
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]
