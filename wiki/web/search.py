"""Searching: one box, one page of results."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from wiki import pages
from wiki.web import visitor
from wiki.web.arguments import page_number

blueprint = Blueprint("search", __name__)


@blueprint.get("/search")
def results() -> str:
    """Pages that hold the words looked for."""
    words = " ".join(request.args.get("q", "").split())[:200]
    found = pages.search(visitor.actor(), words, page_number()) if words else None
    return render_template("search/results.html", words=words, listing=found)
