"""What the scripts are: small, without a step to build them, and never a way in for somebody else's markup."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

SCRIPTS = sorted((Path(__file__).parents[2] / "wiki/static/js").glob("*.js"))
WAYS_IN = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|setHTMLUnsafe|\beval\b|new Function|https?:"
# Letters only French has: words for people come from the pages, where they are translated.
FRENCH = r"[àâçéèêëîïôûùüÿœæ«»’]"


def test_the_scripts_are_small_and_use_no_way_in() -> None:
    assert SCRIPTS
    for path in SCRIPTS:
        text = path.read_text("utf-8")
        assert not re.search(WAYS_IN, text), path.name
        assert not re.search(FRENCH, text, re.IGNORECASE), path.name
    sizes = {path.name: len(gzip.compress(path.read_bytes(), mtime=0)) for path in SCRIPTS}
    assert sizes["levain.js"] < 1_800
    assert sum(sizes.values()) < 28_000


def test_a_reader_fetches_few_scripts(visit: Callable[..., Page], slug: str) -> None:
    page = visit()
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url) if request.resource_type == "script" else None)
    page.goto(f"/wiki/{slug}", wait_until="networkidle")
    names = {re.sub(r".*/|\?.*", "", url) for url in fetched}
    assert names == {"levain.js", "steps.js", "contents.js"}


def test_a_page_is_whole_when_the_scripts_cannot_be_fetched(visit: Callable[..., Page], site: Site, slug: str) -> None:
    page = visit("alice")
    page.route(re.compile(r"/static/js/(?!levain)"), lambda route: route.abort())
    page.goto(f"/wiki/{slug}/edit")
    page.locator("html[data-comforts=ready]").wait_for(state="attached")
    page.locator("[data-lines=themes]").get_by_role("button", name="Ajouter une ligne").click()
    page.get_by_label("Thèmes, ligne 3").fill("jardin")
    page.locator(".save-bar .primary").click()
    expect(page.locator(".status")).to_contain_text("Enregistré")
    assert "  - jardin\n" in site.text(slug)
