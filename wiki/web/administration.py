"""What administrators look at: how safe this installation is."""

from __future__ import annotations

from flask import Blueprint, render_template

from wiki import pages, soundness
from wiki.web import visitor

blueprint = Blueprint("administration", __name__)


@blueprint.get("/admin/check")
def check() -> str:
    """What is unsafe in this installation, and what to do about it."""
    pages.require(visitor.actor(), "manage_accounts")
    return render_template("accounts/check.html", weaknesses=soundness.weaknesses())
