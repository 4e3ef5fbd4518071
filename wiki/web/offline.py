"""The wiki on a telephone: kept among its applications, and read without network."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Blueprint, Response, current_app, render_template, url_for
from flask_babel import gettext as _

blueprint = Blueprint("offline", __name__)

# The worker fetches from this wiki and does nothing else.
_WORKER_POLICY = "default-src 'none'; connect-src 'self'"
_SCRIPTS = ("levain", "steps", "contents", "announce", "offline", "dates")
_STYLED = ("line.svg", "cuts.svg", "outward.svg", "fonts/atkinson-next-latin.woff2", "fonts/fraunces-latin.woff2")
_NAMED = ("levain.css", "signs.svg", "drawings.svg", "favicon.svg")


@blueprint.get("/sw.js")
def worker() -> Response:
    """The service worker, from the root, whence it sees every page. A new build of the looks is a new worker."""
    assets = current_app.extensions["assets"]
    told = {
        "build": assets.build,
        "parts": [
            *map(assets.url, _NAMED),
            assets.url("js/levain.js"),
            # As scripts and the style sheet ask for them.
            *(url_for("static", filename=f"js/{name}.js") for name in _SCRIPTS[1:]),
            *(url_for("static", filename=name, v=1) for name in _STYLED),
        ],
        "pages": url_for("reading.index"),
        "offline": url_for("offline.copies"),
        "logout": url_for("accounts.logout"),
    }
    source = Path(current_app.static_folder or "", "js", "worker.js").read_text("utf-8")
    response = Response(
        f"const WIKI = {json.dumps(told)};\n{source}", content_type="text/javascript; charset=utf-8"
    )
    response.headers["Content-Security-Policy"] = _WORKER_POLICY
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/offline")
def copies() -> str:
    """The pages this device keeps a copy of; shown in place of any other that is not to be had."""
    return render_template("offline.html")


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    """What a phone needs to keep the wiki among its applications."""
    icon = current_app.extensions["assets"].url
    home = url_for("reading.home")
    told = {
        "id": home,
        "name": current_app.config["WIKI"]["NAME"],
        "description": _("Recettes libres d’innovation sociale"),
        "start_url": home,
        "scope": home,
        "display": "minimal-ui",
        "background_color": "#fbf6ec",
        "theme_color": "#fbf6ec",
        "icons": [
            {"src": icon(f"icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any maskable"}
            for size in (192, 512)
        ],
    }
    return Response(json.dumps(told, ensure_ascii=False), content_type="application/manifest+json; charset=utf-8")
