"""Takes the pictures of the documentation from a freshly seeded wiki, so that they stay true.

python docs/screenshots.py        (needs Chromium; make test installs what else it needs)
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from threading import Thread

import waitress
from playwright.sync_api import sync_playwright

from wiki import create_app, migrations, pages

FOLDER = Path(__file__).resolve().parent
SCREENS = {
    "home": "/",
    "recipe": "/wiki/cartopartie",
    "event": "/wiki/copy-party-de-brest",
    "edit": "/wiki/grainotheque/edit",
    "search": "/search?q=cartopartie+accessibilite+2012",
    "events": "/events?when=past",
    "map": "/events?view=map&when=past",
    "month": "/events?view=month&at=2013-10",
    "edition": "/wiki/villes-en-biens-communs-2013",
    "family": "/wiki/cartopartie/variants",
    "comparison": "/wiki/cartopartie-plouarzel/compare/cartopartie",
    "theme": "/wiki/cartes-ouvertes",
}
WIDTHS = {"desktop": (1280, 860), "phone": (390, 844)}
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]


def main() -> int:
    """Serve a seeded wiki on a free port, visit each screen at both widths, write the pictures here."""
    browser = next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )
    if browser is None:
        print("No Chromium here.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as data:
        app = create_app({"DATA": data})
        with app.test_request_context("/"):
            migrations.upgrade()
            pages.seed()
            pages.reindex()
        server = waitress.create_server(app, host="127.0.0.1", port=0)
        Thread(target=server.run, daemon=True).start()
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=browser, args=ARGUMENTS)
            # One visitor for all: two would be told of each other on the page they edit.
            visitor = chromium.new_context(locale="fr-FR", service_workers="block")
            for name, path in SCREENS.items():
                for width, (across, down) in WIDTHS.items():
                    page = visitor.new_page()
                    page.set_viewport_size({"width": across, "height": down})
                    page.goto(f"http://127.0.0.1:{server.effective_port}{path}")
                    page.wait_for_function("document.fonts.status === 'loaded'")
                    page.wait_for_load_state("networkidle")
                    page.screenshot(path=FOLDER / f"{name}-{width}.png")
                    page.close()
                    print(f"{name}-{width}.png")
            chromium.close()
        server.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
