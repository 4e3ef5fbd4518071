"""The map and the point picker, in a real browser: by pointer, by keyboard, with nothing asked of another host."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, open_form
from wiki import pages

EVENT = """---
kind: event
title: {title}
sessions:
  - 2031-05-04
place: {place}
geo: {geo}
organizers:
  - Infini
themes:
  - {theme}
---

Un mot.
"""


def inside(page: Page) -> list[str]:
    """The requests of this page that go elsewhere, noted from now on."""
    foreign: list[str] = []
    page.on("request", lambda request: None if "127.0.0.1" in request.url else foreign.append(request.url))
    return foreign


@pytest.fixture(scope="module")
def gatherings(site: Site) -> str:
    """Four events of a theme of their own: three in Brest, one in Rennes."""
    theme = "theme-pour-la-carte"
    for number, (place, geo) in enumerate([("Brest", "48.39, -4.49")] * 3 + [("Rennes", "48.11, -1.68")], start=1):
        site.create(EVENT.format(title=f"Sur la carte {number}", place=place, geo=geo, theme=theme))
    with site.app.app_context():
        pages.reindex()
    return theme


def open_map(page: Page, address: str) -> None:
    """Go to a page and wait until its map is drawn."""
    page.goto(address)
    page.locator(".map-view").first.scroll_into_view_if_needed()
    page.locator(".map-view[data-ready]").first.wait_for()


def test_a_query_is_shown_as_clusters_and_pins_beside_its_list(visit: Callable[..., Page], gatherings: str) -> None:
    page = visit()
    foreign = inside(page)
    open_map(page, f"/events?view=map&theme={gatherings}")
    expect(page.get_by_role("button", name="3 événements (Brest), agrandir")).to_have_text("3")
    expect(page.locator(".map-pin")).to_have_count(1)
    expect(page.locator(".results > li")).to_have_count(4)
    expect(page.locator(".leaflet-control-attribution")).to_contain_text("Natural Earth")
    assert page.locator("path.map-land").count() == 1
    assert foreign == []


def test_the_map_has_its_list_beside_it_on_a_desk_and_above_it_elsewhere(
    visit: Callable[..., Page], gatherings: str
) -> None:
    page = visit()
    open_map(page, f"/events?view=map&theme={gatherings}")
    for width, beside in ((1280, True), (1000, False)):
        page.set_viewport_size({"width": width, "height": 900})
        shown, rows = page.locator(".map-view").bounding_box(), page.locator(".results").bounding_box()
        assert shown is not None
        assert rows is not None
        assert (rows["x"] >= shown["x"] + shown["width"]) is beside
        assert (rows["y"] >= shown["y"] + shown["height"]) is not beside
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_first_screen_of_a_desk_shows_where_most_events_are(visit: Callable[..., Page]) -> None:
    page = visit(viewport={"width": 1280, "height": 900})
    page.goto("/events?view=map&when=past")
    page.locator(".map-view[data-ready]").wait_for()
    map_box = page.locator(".map-view").bounding_box()
    assert map_box is not None
    assert map_box["y"] + map_box["height"] <= 900
    expect(page.locator(".map-cluster").filter(has_text=re.compile("[0-9]{2}")).first).to_be_in_viewport()
    assert page.locator(".map-view :is(.map-pin, .map-cluster)").count() > 3


def test_the_first_screen_of_a_phone_shows_the_map_and_what_narrows_it_follows(visit: Callable[..., Page]) -> None:
    page = visit(viewport={"width": 360, "height": 740}, has_touch=True)
    page.goto("/events?view=map&when=past")
    page.locator(".map-view[data-ready]").wait_for()
    map_box, words_box = page.locator(".map-view").bounding_box(), page.get_by_label("Mots").bounding_box()
    assert map_box is not None
    assert words_box is not None
    assert map_box["y"] + map_box["height"] <= 740
    assert words_box["y"] > map_box["y"] + map_box["height"]


def test_what_a_finger_opens_on_a_map_is_read_whole(visit: Callable[..., Page], gatherings: str) -> None:
    page = visit(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    open_map(page, f"/events?view=map&theme={gatherings}")
    page.locator(".map-pin").tap()
    opened = page.locator(".leaflet-popup-content")
    expect(opened).to_contain_text("Rennes")
    # Words on as few lines as they need, and no button above them.
    assert opened.evaluate("opened => opened.querySelector('a').getClientRects().length") == 1
    expect(page.get_by_role("button", name="Agrandir")).to_be_hidden()


def test_a_pin_is_opened_and_left_by_the_keyboard(visit: Callable[..., Page], gatherings: str) -> None:
    page = visit()
    open_map(page, f"/events?view=map&theme={gatherings}")
    pin = page.get_by_role("button", name="Sur la carte 4")
    pin.focus()
    page.keyboard.press("Enter")
    link = page.locator(".leaflet-popup").get_by_role("link", name="Sur la carte 4")
    expect(link).to_be_focused()
    expect(page.locator(".leaflet-popup")).to_contain_text("4 mai 2031")
    page.keyboard.press("Escape")
    expect(pin).to_be_focused()
    page.keyboard.press("Enter")
    link.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sur la carte 4")


def test_a_map_on_a_narrow_dark_page_fits_it(visit: Callable[..., Page], gatherings: str) -> None:
    page = visit(viewport={"width": 320, "height": 640}, color_scheme="dark", reduced_motion="reduce", has_touch=True)
    open_map(page, f"/events?view=map&theme={gatherings}")
    box = page.locator(".map-view").bounding_box()
    assert box is not None
    assert box["width"] <= 320
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.locator("path.map-land").evaluate("path => getComputedStyle(path).fill") == "rgb(27, 23, 20)"


def test_without_script_the_list_stays_and_a_page_shows_its_place_as_a_picture(
    visit: Callable[..., Page], site: Site, gatherings: str
) -> None:
    page = visit(java_script_enabled=False)
    page.goto(f"/events?view=map&theme={gatherings}")
    expect(page.locator(".results > li")).to_have_count(4)
    expect(page.locator(".map-view")).to_be_hidden()
    slug = site.create(EVENT.format(title="Sans script", place="Brest", geo="48.39, -4.49", theme="sans-script"))
    page.goto(f"/wiki/{slug}")
    picture = page.get_by_role("img", name="Carte : Brest")
    assert picture.evaluate("image => image.complete && image.naturalWidth") == 480


def test_a_place_is_a_picture_until_its_map_is_opened(visit: Callable[..., Page], site: Site) -> None:
    slug = site.create(EVENT.format(title="Une image", place="Brest", geo="48.39, -4.49", theme="image"))
    page = visit()
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(f"/wiki/{slug}", wait_until="networkidle")
    expect(page.get_by_role("img", name="Carte : Brest")).to_be_visible()
    assert [url for url in fetched if "vendor" in url] == []
    page.get_by_role("button", name="Ouvrir la carte").click()
    page.locator(".map-view[data-ready]").wait_for()
    expect(page.locator(".map-pin")).to_have_count(1)
    expect(page.locator(".map-still")).to_have_count(0)


def test_a_map_without_any_point_goes_away(visit: Callable[..., Page], gatherings: str) -> None:
    page = visit()
    page.route("**/events.geojson*", lambda route: route.fulfill(json={"type": "FeatureCollection", "features": []}))
    page.goto(f"/events?view=map&theme={gatherings}")
    expect(page.locator(".map-view")).to_have_count(0)
    expect(page.locator(".results > li")).to_have_count(4)


def test_a_recipe_that_nobody_tried_fetches_no_map(visit: Callable[..., Page], slug: str) -> None:
    page = visit()
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(f"/wiki/{slug}", wait_until="networkidle")
    assert [url for url in fetched if "vendor" in url or "map.js" in url] == []


def test_a_place_chosen_by_name_fills_its_point_and_how_exact_it_is(visit: Callable[..., Page], site: Site) -> None:
    page = visit("alice")
    open_form(page, "/new/event")
    place = page.locator("[name=place]")
    place.press_sequentially("plouarz")
    expect(page.locator("#places option")).to_have_count(1)
    place.fill("Plouarzel, Finistère, France")
    expect(place).to_have_value("Plouarzel")
    expect(page.locator("[name=geo-latitude]")).to_have_value("48.4341")
    expect(page.locator("[name=geo-longitude]")).to_have_value("-4.7310")
    expect(page.locator("[name=geo_precision]")).to_have_value("ville")


def test_a_point_is_put_moved_and_corrected_on_the_map(visit: Callable[..., Page], site: Site) -> None:
    slug = site.create(EVENT.format(title="À déplacer", place="Brest", geo="48.39, -4.49", theme="deplacer"))
    page = visit("alice")
    open_form(page, f"/wiki/{slug}/edit")
    latitude, longitude = page.locator("[name=geo-latitude]"), page.locator("[name=geo-longitude]")
    page.get_by_role("button", name="Montrer sur la carte").click()
    page.locator(".map-view[data-ready]").wait_for()
    box = page.locator(".map-view").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2 + 40, box["y"] + 100)
    expect(latitude).not_to_have_value("48.39")
    put = latitude.input_value()
    page.locator(".map-pin").drag_to(page.locator(".map-view"), target_position={"x": 200, "y": 300})
    expect(latitude).not_to_have_value(put)
    # By the keyboard: the map is moved by its arrows, and the point put in its middle.
    page.locator(".map-view").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("button", name="Mettre le point au milieu de la carte").click()
    latitude.fill("48,5")
    longitude.fill("-4,2")
    page.locator(".save-bar .primary").click()
    page.wait_for_url(re.compile(f"/wiki/{slug}$"))
    assert "geo: 48.5, -4.2\n" in site.text(slug)


RECIPE = "---\nkind: recipe\ntitle: {title}\ntagline: Essayer\nthemes:\n  - communs\n{more}---\n\n## Étapes\n\nUne.\n"


def test_where_a_family_tried_a_recipe_is_a_picture_and_the_map_for_who_opens_it(
    visit: Callable[..., Page], site: Site
) -> None:
    site.create(RECIPE.format(title="Pain de carte", more=""))
    site.create(RECIPE.format(title="Pain de Lyon", more="variant_of: pain-de-carte\nvariant_notes: Ailleurs.\n"))
    for place, geo, recipe in (
        ("Brest", "48.39, -4.49", "pain-de-carte"),
        ("Lyon", "45.76, 4.84", "pain-de-lyon"),
    ):
        told = EVENT.format(title=f"Fournée de {place}", place=place, geo=geo, theme="communs")
        told = told.replace("2031-05-04", "2013-05-04")
        site.create(told.replace("themes:", f"state: passe\nrecipes:\n  - {recipe}\nthemes:"))
    with site.app.app_context():
        pages.reindex()
    page = visit()
    foreign = inside(page)
    page.goto("/wiki/pain-de-carte")
    page.locator("details.family-trials > summary").click()
    family = page.locator(".family-trials .trial-towns")
    picture = family.get_by_role("img", name="Où toute la famille a essayé")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 480
    expect(family.get_by_role("listitem")).to_have_text(["Brest 1, 1 événement", "Lyon 1, 1 événement"])
    family.get_by_role("button", name="Ouvrir la carte").click()
    expect(family.locator(".map-view[data-ready]")).to_have_attribute("data-ready", "2")
    assert foreign == []
