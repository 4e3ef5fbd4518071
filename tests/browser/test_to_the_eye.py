"""Fast to the eye, whole on paper: what a first view costs, that nothing jumps, how many sheets a page takes."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import open_form

FIRST_VIEW = 60 * 1024  # bytes over the wire, fonts apart
SHIFTS = """() => new Promise(resolve => {
  let moved = 0;
  new PerformanceObserver(list => { for (const entry of list.getEntries()) moved += entry.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(moved), 400);
})"""
WEIGHT = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .filter(entry => !entry.name.includes("/fonts/")).map(entry => [entry.name, entry.transferSize])"""
PAGES = ("/", "/wiki/copy-party", "/wiki/copy-party-de-brest", "/events", "/search?q=jardin")


@pytest.mark.parametrize("address", PAGES)
def test_a_first_view_is_light(visit: Callable[..., Page], address: str) -> None:
    page = visit()
    page.goto(address, wait_until="networkidle")
    weights = page.evaluate(WEIGHT)
    assert 5_000 < sum(size for _name, size in weights) <= FIRST_VIEW, weights


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("address", [*PAGES, "/wiki/copy-party/edit"])
def test_nothing_jumps_while_a_page_arrives(visit: Callable[..., Page], address: str, width: int) -> None:
    page = visit(viewport={"width": width, "height": 800})
    open_form(page, address)
    assert page.evaluate(SHIFTS) == 0


@pytest.mark.parametrize(
    ("address", "most"), [("/wiki/grainotheque", 2), ("/wiki/brest-en-biens-communs-2009", 3)]
)
def test_a_page_is_printed_on_few_sheets_with_the_way_back_to_it(
    visit: Callable[..., Page], address: str, most: int
) -> None:
    page = visit()
    open_form(page, address)
    page.emulate_media(media="print")
    code = page.locator(".paper-only .qr-code")
    box = code.bounding_box()
    assert box
    assert box["width"] == pytest.approx(box["height"])
    assert box["width"] > 80
    sheets = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4", prefer_css_page_size=False)))
    assert 1 <= sheets <= most
