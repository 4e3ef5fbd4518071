"""Reading: the home page, lists, pages in all their forms."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, abort, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from wiki import database, pages
from wiki.errors import NotFound
from wiki.pages import KINDS
from wiki.web import nearby, security, visitor
from wiki.web.addresses import absolute
from wiki.web.arguments import page_number, revision_number, today
from wiki.web.search import search_page
from wiki.web.structured import structured_data

blueprint = Blueprint("reading", __name__)

LISTINGS = {kind.listing: kind for kind in KINDS.values()}


@blueprint.get("/")
def home() -> BaseResponse:
    """What is here, what is coming, here and near a town of one's own, what moved, the ways in."""
    actor = visitor.actor()
    per_list = 4
    near = nearby.look(actor)
    html = render_template(
        "home.html",
        near=near,
        kilometres=nearby.KILOMETRES,
        counts=pages.counts(actor),
        coming=pages.listing(actor, "event", per_page=per_list, when="coming").rows,
        past=pages.listing(actor, "event", per_page=per_list, when="past").rows,
        recipes=pages.to_try(actor, "recipe", 6, today()),
        variants=pages.newest_variants(actor, 4),
        changes=_latest_by_page(pages.changes(actor, limit=40, minor=False), 6),
    )
    response = make_response(html)
    nearby.remember(near, response)
    if near.town:
        response.headers["Cache-Control"] = "private, no-cache"
    return response


def _latest_by_page(rows: list[pages.Change], limit: int) -> list[pages.Change]:
    """The newest change of each page, so that one busy page does not hide the others."""
    newest: dict[int, pages.Change] = {}
    for row in rows:
        newest.setdefault(row.page.id, row)
    return list(newest.values())[:limit]


@blueprint.get("/<any({}):kind_path>".format(", ".join(LISTINGS)))
def listing(kind_path: str) -> BaseResponse | str:
    """Every page of a kind, filtered by the facets in the address; events by the search that knows their dates."""
    kind = LISTINGS[kind_path]
    if kind.name == "event":
        return search_page(events_only=True)
    actor = visitor.actor()
    chosen = {field.name: value for field in kind.fields if field.facet and (value := request.args.get(field.name, ""))}
    found = pages.listing(actor, kind.name, page_number(), current_app.config["WIKI"]["PER_PAGE"], list(chosen.items()))
    names = ("themes", "difficulty") if kind.name == "recipe" else ("themes",)
    facets = {name: pages.facet_counts(actor, kind.name, name) for name in names if kind.field(name)}
    themes = pages.titles(actor, [value for value, _count in facets.get("themes", [])])
    return render_template("pages/listing.html", kind=kind, listing=found, chosen=chosen, facets=facets, themes=themes)


@blueprint.get("/wiki/<slug>")
def page(slug: str) -> BaseResponse:
    """A page: the newest revision, or the one asked for. See `ready` for readers without a session."""
    asked = request.args.get("revision")
    if asked is not None:
        return _old_revision(slug, revision_number(asked))
    actor = visitor.actor()
    reading = pages.open_page(actor, slug)
    suggested = pages.suggestions_here(actor, reading.page)
    mine = suggested.mine if request.args.get("published") != "1" else None
    if mine is not None and mine.open:
        # Who suggests goes on with their own text; to everybody else the page says what is published.
        own = pages.preview(actor, mine.text, reading.page)
        reading = replace(reading, document=own.document, html=own.html, toc=own.toc, whole=own.whole,
                          targets=own.targets)
    response = make_response(_drawn(reading, suggested))
    kept = request.cookies.get(current_app.config["SESSION_COOKIE_NAME"]) or request.query_string
    if kept or reading.page.visibility != "public" or _is_about_to_pass(reading.page):
        response.headers["Cache-Control"] = "private, no-store"
    elif reading.page.kind in ("theme", "collective"):
        # What it shows comes from the search index, which moves without the page.
        response.headers["Cache-Control"] = "private, no-cache"
    else:
        response.headers["Cache-Control"] = "public, no-cache"
    response.headers["Vary"] = "Cookie, Accept-Language, Accept-Encoding"
    return response


def _is_about_to_pass(page: pages.PageInfo) -> bool:
    """Whether a page will say within a day that it is past: what is kept for everybody is kept that long."""
    now = datetime.now(UTC)
    return page.past_from is not None and now < page.past_from <= now + timedelta(hours=25)


def _drawn(reading: pages.Reading, suggested: pages.Here) -> str:
    kind = KINDS[reading.page.kind]
    return render_template(
        f"kinds/{kind.name}.html",
        kind=kind,
        reading=reading,
        page=reading.page,
        fields=reading.document.fields,
        structured=structured_data(reading, reading.standing.origin),
        standing=reading.standing,
        suggested=suggested,
    )


def _old_revision(slug: str, number: int) -> BaseResponse:
    reading, revision = pages.open_revision(visitor.actor(), slug, number)
    kind = KINDS[reading.document.kind]
    html = render_template(
        f"kinds/{kind.name}.html",
        kind=kind,
        reading=reading,
        page=reading.page,
        fields=reading.document.fields,
        revision=revision,
        structured=None,
    )
    response = make_response(html)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.get("/wiki/<slug>.md")
def text(slug: str) -> Response:
    """The whole text of a page, as it is stored; an origin this visitor may not read is not named."""
    asked = request.args.get("revision")
    _info, revision = pages.text_of(visitor.actor(), slug, revision_number(asked) if asked is not None else None)
    response = Response(revision.text, content_type="text/plain; charset=utf-8")
    response.headers["Content-Security-Policy"] = security.PLAIN_POLICY
    response.headers["Cache-Control"] = "no-cache"
    # By what it says: two readers may be told one revision otherwise.
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]


@blueprint.get("/wiki/<slug>.json")
def data(slug: str) -> Response:
    """A page as data: slug, kind, title, revision (its number), fields, body, licence, authors, dates."""
    asked = request.args.get("revision")
    info, revision = pages.text_of(visitor.actor(), slug, revision_number(asked) if asked is not None else None)
    document = pages.parse(revision.text)
    lineage = pages.lineage_of(visitor.actor(), info)
    answer = {
        "slug": info.slug,
        "kind": document.kind,
        "title": document.title or info.title,
        "revision": revision.number,
        "fields": {**document.fields, **document.extra},
        "body": document.body,
        "license": document.fields.get("license", pages.DEFAULT_LICENCE),
        "authors": pages.credited(info),
        "language": info.language,
        "created": info.created_at.isoformat(),
        "updated": revision.created_at.isoformat(),
        "sha256": revision.sha256,
        "complete": info.complete,
        "protected": info.protected,
        "visibility": info.visibility,
        "origin": lineage.origin.slug if lineage.origin else None,
        "origin_revision": lineage.revision,
        "url": absolute("reading.page", slug=info.slug),
    }
    response = Response(
        json.dumps(answer, ensure_ascii=False, indent=1), content_type="application/json; charset=utf-8"
    )
    response.add_etag()
    response.headers["Cache-Control"] = "no-cache"
    return response.make_conditional(request)  # type: ignore[return-value]


@blueprint.get("/wiki/<slug>/links")
def links(slug: str) -> str:
    """What links here."""
    actor = visitor.actor()
    info = pages.find(actor, slug)
    found = pages.linking_here(actor, info.id, page_number(), current_app.config["WIKI"]["PER_PAGE"])
    return render_template("pages/links.html", page=info, kind=KINDS[info.kind], listing=found)


@blueprint.get("/pages")
def upkeep() -> str:
    """For those who tend the wiki: pages wanted, pages nothing leads to."""
    actor = visitor.actor()
    return render_template(
        "pages/upkeep.html",
        wanted=pages.wanted(actor),
        orphans=pages.orphans(actor, page_number(), current_app.config["WIKI"]["PER_PAGE"]),
    )


@blueprint.get("/pages/suggestions")
def suggestions() -> Response:
    """Pages that match what is being typed in a reference field: `[{slug, title, kind, name}]`, the name for a form."""
    kind = request.args.get("kind", "")
    found = pages.suggestions(visitor.actor(), request.args.get("q", "")[:100], kind if kind in KINDS else "")
    rows = [
        {"slug": info.slug, "title": info.title, "kind": info.kind, "name": pages.form_name(info)} for info in found
    ]
    return Response(json.dumps(rows, ensure_ascii=False), content_type="application/json; charset=utf-8")


@blueprint.get("/wiki/")
def index() -> BaseResponse:
    """The bare folder leads home."""
    return redirect(url_for("reading.home"))


@blueprint.get("/healthz")
def health() -> Response:
    """`ok` when the database and the search index answer.

    Without an index the wiki still serves, and looks through the database: no reason to take it out of service.
    """
    if not database.answers():
        return Response("database does not answer\n", 503, content_type="text/plain; charset=utf-8")
    said = "ok" if pages.index_answers() else "search index is being built; plain search meanwhile"
    return Response(f"{said}\n", content_type="text/plain; charset=utf-8")


@blueprint.get("/design")
def design() -> str:
    """Every part of the interface in every state, for those who carry the work on."""
    return render_template("design.html")


@blueprint.get("/licence")
def licence() -> BaseResponse:
    """The page about the licence, where there is one."""
    try:
        return redirect(url_for("reading.page", slug=pages.find(visitor.actor(), "la-licence").slug))
    except NotFound:
        abort(404)


@blueprint.get("/robots.txt")
def robots() -> Response:
    """What crawlers should leave alone."""
    closed = ("/wiki/*/edit", "/wiki/*/diff", "/wiki/*/history", "/wiki/*/undo", "/wiki/*/revert", "/new", "/login")
    rules = "\n".join(["User-agent: *", *(f"Disallow: {path}" for path in closed), ""])
    return Response(rules, content_type="text/plain; charset=utf-8")
