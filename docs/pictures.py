"""Draws the pictures that other programs want as PNG: the icons of a phone, the picture shown where a page is shared.

python docs/pictures.py        (needs Chromium; run it after changing the mark or the drawings)
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

STATIC = Path(__file__).resolve().parents[1] / "wiki/static"
COLOURS = """:root { --paper: #fbf6ec; --flour: #efe6d4; --rule: #d9ccb4;
--crust: #9a4a12; --sage: #4b6b50; --plum: #6d3a5d }
* { margin: 0 } body { display: grid; place-content: center; height: 100vh; background: var(--paper); color: #221c17 }
svg { fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round }
@font-face { font-family: Fraunces; font-weight: 600; src: url("FONT") }
h1 { font: 600 108px/1 Fraunces; letter-spacing: -.02em } p { margin: 20px 0 36px; font: 600 38px/1.25 Fraunces }"""


def main() -> int:
    """Write the three pictures beside the drawings they are made from."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        print("No Chromium here.", file=sys.stderr)
        return 1
    signs, drawings = ((STATIC / name).read_text("utf-8") for name in ("signs.svg", "drawings.svg"))
    style = COLOURS.replace("FONT", (STATIC / "fonts/fraunces-latin.woff2").as_uri())
    share = (
        f"<div hidden>{drawings}</div><h1>Levain</h1><p>Des recettes pour agir ensemble, à reprendre chez vous</p>"
        '<svg viewBox="0 0 360 140" width="720" height="280"><use href="#jars"/></svg>'
    )
    with sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"]).new_page()
        for name, body, across, down in (
            ("share", share, 1200, 630),
            *(
                (f"icon-{size}", f'<div hidden>{signs}</div><svg width="{size * 0.66}" height="{size * 0.66}">'
                 '<use href="#mark"/></svg>', size, size)
                for size in (192, 512)
            ),
        ):  # fmt: skip
            page.set_viewport_size({"width": across, "height": down})
            html = STATIC / f".{name}.html"
            html.write_text(f"<!doctype html><meta charset=utf-8><style>{style}</style>{body}", "utf-8")
            page.goto(html.as_uri())
            page.evaluate("document.fonts.ready")
            page.screenshot(path=STATIC / f"{name}.png")
            html.unlink()
            print(f"{name}.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
