"""HTTP and nothing else: requests in, verbs called, pages out. Blueprints by what a visitor does."""

from __future__ import annotations

from flask import Flask

from wiki import resources
from wiki.web import (
    administration,
    agenda,
    blocks,
    changes,
    compression,
    editing,
    editions,
    envelope,
    following,
    history,
    importing,
    initiatives,
    moderation,
    offers,
    offline,
    own,
    places,
    presenting,
    problems,
    reading,
    ready,
    reports,
    search,
    security,
    trap,
    variants,
    visitor,
)


def init_app(app: Flask) -> None:
    """Join everything a visitor meets."""
    visitor.init_app(app, translations=str(resources.folder("translations")))
    security.init_app(app)
    presenting.init_app(app)
    trap.init_app(app)
    problems.init_app(app)
    for blueprint in (
        reading.blueprint,
        editing.blueprint,
        history.blueprint,
        variants.blueprint,
        offers.blueprint,
        following.blueprint,
        changes.blueprint,
        moderation.blueprint,
        blocks.blueprint,
        own.blueprint,
        administration.blueprint,
        search.blueprint,
        places.blueprint,
        offline.blueprint,
        agenda.blueprint,
        importing.blueprint,
        editions.blueprint,
        initiatives.blueprint,
        reports.blueprint,
    ):
        app.register_blueprint(blueprint)
    prepared = ready.ReadyPages(app, app.wsgi_app, app.config["WIKI"]["PAGE_CACHE"])
    compressed = compression.Compression(prepared, app.config["SESSION_COOKIE_NAME"])
    app.wsgi_app = envelope.Envelope(app, compressed)  # type: ignore[method-assign]
    security.trust_proxies(app)
