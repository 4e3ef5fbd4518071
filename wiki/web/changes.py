"""What moved: recent changes, what one person wrote, both as pages and as feeds."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from wiki import accounts, pages
from wiki.pages import KINDS
from wiki.web import visitor
from wiki.web.arguments import before_id

blueprint = Blueprint("changes", __name__)


def _filters() -> dict[str, Any]:
    kind, who = request.args.get("kind", ""), request.args.get("who", "")
    return {
        "kind": kind if kind in KINDS else "",
        "who": who if who in ("guests", "members") else "",
        "minor": request.args.get("minor", "1") != "0",
    }


@blueprint.get("/changes")
def recent() -> str:
    """The newest versions of all pages."""
    per_page = current_app.config["WIKI"]["PER_PAGE"]
    filters = _filters()
    rows = pages.changes(visitor.actor(), before=before_id(), limit=per_page + 1, **filters)
    more = rows[per_page - 1].id if len(rows) > per_page else None
    return render_template(
        "history/changes.html",
        rows=rows[:per_page],
        more=more,
        filters=filters,
        kinds=KINDS.values(),
        before=before_id(),
        waiting=_waiting(rows),
        suggested=pages.count_suggestions(visitor.actor()),
        to_look_at=pages.count_waiting(visitor.actor()) if pages.may(visitor.actor(), "patrol") else 0,
    )


def _waiting(rows: list[pages.Change]) -> frozenset[int]:
    """Those that wait for the look of this visitor."""
    return pages.waiting_among(visitor.actor(), [row.id for row in rows])


@blueprint.get("/changes.atom")
def feed() -> Response:
    """Recent changes as an Atom feed, with the same filters."""
    return _atom(pages.changes(visitor.actor(), limit=50, **_filters()), "changes.recent", {})


@blueprint.get("/people/<name>")
def person(name: str) -> str | BaseResponse:
    """What one person wrote, newest first. A name they had before leads to the one they have."""
    rows, more = _contributions(name)
    if rows is None:
        return _renamed(name)
    return render_template(
        "history/person.html", name=rows[0].author_name if rows else name, rows=rows, more=more, before=before_id(),
        waiting=_waiting(rows),
    )


@blueprint.get("/people/<name>.atom")
def person_feed(name: str) -> BaseResponse:
    """What one person wrote, as an Atom feed."""
    rows, _more = _contributions(name)
    if rows is None:
        return _renamed(name)
    return _atom(rows, "changes.person", {"name": name})


def _renamed(name: str) -> BaseResponse:
    return redirect(url_for(str(request.endpoint), name=accounts.formerly(name[:200]).name), 301)


def _contributions(name: str) -> tuple[list[pages.Change] | None, int | None]:
    """One screen of what a name wrote, and what the next begins after; None where it is nobody's any more."""
    per_page = current_app.config["WIKI"]["PER_PAGE"]
    rows = pages.changes(visitor.actor(), before=before_id(), limit=per_page + 1, author=name[:200])
    if not rows and before_id() is None and not accounts.is_somebody(name):
        return None, None
    return rows[:per_page], rows[per_page - 1].id if len(rows) > per_page else None


def _atom(rows: list[pages.Change], endpoint: str, arguments: dict[str, str]) -> Response:
    xml = render_template("feeds/changes.xml", rows=rows, endpoint=endpoint, arguments=arguments)
    response = Response(xml, content_type="application/atom+xml; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]
