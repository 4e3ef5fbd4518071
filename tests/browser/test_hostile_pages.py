"""Hostile words everywhere a word can stand, opened on every screen: nothing runs, leaves, or covers the page.

The screens come from the table of routes, so that a new one is tried without being named here. They are opened with
the content security policy switched off, for the pages must be harmless by themselves, and again with it on.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page

from tests.browser.conftest import PATIENCE, listening, open_form
from tests.browser.test_map import open_map
from tests.conftest import Visitor
from tests.rendering.hostile import payloads
from tests.rendering.inspection import Inspection
from tests.web.conftest import _NOT_LIMITED, Wiki
from tests.web.routes import READINGS
from wiki import create_app, pages
from wiki.errors import Invalid
from wiki.pages import KINDS, textform
from wiki.pages.frontmatter import write_block

PAYLOADS = payloads()
# What the words of a field, a title, a summary may hold: breaks out of an attribute, of a script, of an element.
EVIL = "\"'><img src=x onerror=alert(1)></title></textarea></script><script>alert(2)</script>{{7*7}}"
FAULTS = Path(__file__).with_name("faults.js").read_text("utf-8").partition("*/\n")[2]
# A page that holds what was typed as it is.
UNGUARDED = "words => document.querySelector('main').append(document.createRange().createContextualFragment(words))"
# Each runs at once where a page holds it, but for the link, which is followed.
RUNNING = ["<img src=/nowhere onerror=alert(1)>", "<script>alert(1)</script>",
           "<details open ontoggle=alert(1)>x</details>", "<a href='javascript:alert(1)'>x</a>"]
# What becomes of such words: they run, or the policy stops them.
FATE = """words => new Promise(done => {
  window.alert = () => done("ran");
  addEventListener("securitypolicyviolation", () => done("stopped"));
  setTimeout(() => done("neither"), 30_000);
  const held = document.createRange().createContextualFragment(words);
  const link = held.querySelector("a");
  document.querySelector("main").append(held);
  link?.click();
})"""
numbers = count(1)


@dataclass
class Trap:
    """A browser that notes whatever the pages it opens do of their own accord."""

    context: BrowserContext
    url: str
    caught: list[str] = field(default_factory=list)

    def set(self) -> Trap:
        self.context.expose_binding("caught", lambda source, words: self.caught.append(f"ran: {words}"))
        for name in ("alert", "confirm", "prompt", "print"):
            self.context.add_init_script(f"window.{name} = (...words) => window.caught('{name} ' + words)")
        self.context.on("request", self._ask)
        self.context.on("page", self._open)
        return self

    def _open(self, page: Page) -> None:
        if len(self.context.pages) > 1:
            self.caught.append(f"opened {page.url}")

    def _ask(self, request: Any) -> None:
        if not request.url.startswith((self.url, "data:image/", "blob:" + self.url)):
            self.caught.append(f"asked for {request.url[:200]}")

    def visit(self, page: Page, address: str) -> list[str]:
        """Open an address; everything that is wrong there."""
        self.caught.clear()
        page.goto(self.url + address)
        return self.look(page, address)

    def look(self, page: Page, address: str) -> list[str]:
        """Everything that is wrong on the page that is open."""
        # A finger everywhere: what waits for one comes out.
        page.evaluate(
            """() => { for (const element of document.querySelectorAll("main *"))
                 for (const name of ["mouseover", "focus", "toggle", "pointerenter", "error", "load", "animationstart"])
                   element.dispatchEvent(new Event(name)); }"""
        )
        page.wait_for_timeout(20)
        found = [*self.caught, *page.evaluate(FAULTS)]
        if page.url.partition("#")[0].rstrip("/") != (self.url + address).partition("#")[0].rstrip("/"):
            found += [] if page.url.startswith(self.url + "/") else [f"went to {page.url}"]
        return found


def hostile_text(kind_name: str, title: str, body: str, **known: Any) -> str:
    """A page of this kind with hostile words in every field that takes any."""
    kind = KINDS[kind_name]
    values: dict[str, Any] = {"kind": kind_name, "title": title}
    for declared in kind.fields:
        if declared.name not in values:
            values[declared.name] = [EVIL, f"{EVIL} bis"] if declared.many else EVIL
    values |= known
    for _ in range(len(values)):
        text = f"---\n{write_block(values)}\n---\n\n{body}\n"
        try:
            return textform.read_strict(text) and text
        except Invalid as refused:
            for problem in refused.problems:
                assert problem.field not in (None, "kind", "title"), problem
                values.pop(problem.field, None)
    raise AssertionError(f"no {kind_name} can be written")


class HostileWiki(Wiki):
    """Everybody writes what they should not. `of_kinds`: a page of each kind, in a foreign language."""

    of_kinds: list[str]

    def page(self, title: str = "", **state: Any) -> str:
        name = f"{EVIL} {next(numbers)}"
        bodies = [
            f"{line} ligne.\n\n## Suite\n\nDernière ligne.\n\n## Le reste\n\n" + "\n\n".join(words)
            for line, words in (("Première", PAYLOADS[1::2]), ("Deuxième", PAYLOADS))
        ]
        return self.write(*(hostile_text("recipe", name, body) for body in bodies), **state)

    def event(self, **state: Any) -> str:
        name = f"{EVIL} {next(numbers)}"
        known = {"sessions": ["2012-05-06"], "geo": "48.39, -4.49"}
        text = hostile_text("event", name, "\n\n".join(PAYLOADS[:60]), **known)
        return self.write(text, text + "\n\n".join(PAYLOADS[60:120]), **state)


@pytest.fixture(scope="module")
def hostile(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostileWiki]:
    """A wiki full of hostile words."""
    from wiki.database import db

    folder = tmp_path_factory.mktemp("hostile") / "data"
    shutil.copytree(_sqlite_template, folder)
    app = create_app({**_NOT_LIMITED, "DATA": str(folder), "NAME": EVIL})
    app.config["TESTING"] = True
    app.test_client_class = Visitor
    wiki = HostileWiki(app)
    with app.app_context():
        wiki.of_kinds = [
            pages.create(
                wiki.cast.alice, hostile_text(name, f"{EVIL} {name}", PAYLOADS[0], lang="en"), comment=EVIL
            ).slug
            for name in KINDS
        ]
    yield wiki
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def places(hostile: HostileWiki) -> dict[str, str]:
    """What stands for the names in the addresses of the routes."""
    places = hostile.places()
    with hostile.app.app_context():
        for name in ("slug", "variant", "origin", "event"):
            _page, head = pages.text_of(hostile.cast.alice, places[name])
            pages.save(hostile.cast.alice, places[name], head.text + "\n\nEncore.\n", head, comment=EVIL)
        pages.say(hostile.cast.alice, int(places["offer"]), EVIL)
        pages.reindex()
    return places


@pytest.fixture(scope="module")
def url(hostile: HostileWiki, places: dict[str, str]) -> Iterator[str]:
    with listening(hostile.app) as url:
        yield url


@pytest.fixture
def trap(hostile: HostileWiki, browser: Browser, url: str) -> Iterator[Callable[..., Trap]]:
    made: list[BrowserContext] = []

    def make(name: str, *, policy: bool) -> Trap:
        context = browser.new_context(locale="fr-FR", bypass_csp=not policy, viewport={"width": 1280, "height": 900})
        context.set_default_timeout(PATIENCE)
        made.append(context)
        if name:
            app = hostile.app
            serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
            session = {"_user_id": f"token-of-{name}", "_fresh": True}
            context.add_cookies([{"name": "session", "value": serializer.dumps(session), "url": url}])
        return Trap(context, url).set()

    yield make
    for context in made:
        context.close()


def screens(wiki: HostileWiki, places: dict[str, str]) -> Iterator[str]:
    """Every address that answers with a page, and those that show what was asked for."""
    client = wiki.visitor("ada")
    addresses = dict.fromkeys(route.path.format(**places) for route in READINGS)
    addresses |= dict.fromkeys(f"/wiki/{slug}" for slug in wiki.of_kinds)
    word = quote(EVIL, safe="")
    asked = [f"/search?q={word}", f"/events?q={word}&theme={word}&place={word}", f"/nulle-part/{word}",
             f"/wiki/{word}", f"/people/{word}", f"/new/recipe?title={word}", f"/changes?who={word}&kind={word}",
             f"/login?next={word}", f"/?lang={word}", f"/search?near={word}&km={word}&year={word}"]  # fmt: skip
    for address in [*addresses, *asked]:
        with client.get(address) as answer:
            if answer.mimetype == "text/html" and answer.status_code != 302:
                yield address


@pytest.mark.parametrize("policy", [False, True], ids=["without the policy", "with the policy"])
def test_x01_nothing_hostile_runs_on_any_screen(
    hostile: HostileWiki, places: dict[str, str], trap: Callable[..., Trap], policy: bool
) -> None:
    caught = trap("ada", policy=policy)
    page = caught.context.new_page()
    addresses = list(screens(hostile, places))
    assert len(addresses) > 60
    found = {address: wrong for address in addresses if (wrong := caught.visit(page, address))}
    assert not found


def test_x01_what_scripts_write_on_a_screen_is_harmless(
    hostile: HostileWiki, places: dict[str, str], trap: Callable[..., Trap]
) -> None:
    """What comes once somebody types, or opens a pin of the map."""
    caught = trap("ada", policy=False)
    page = caught.context.new_page()
    address = f"/wiki/{places['slug']}/edit"
    open_form(page, caught.url + address)
    page.locator(".live-preview p").first.wait_for()
    page.get_by_label("Thèmes, ligne 1").fill("img src")
    page.locator("#suggestions-theme option", has_text="img src").first.wait_for(state="attached")
    page.locator("#site-search").focus()
    page.locator("#site-search-suggestions").wait_for(state="attached")
    page.keyboard.type("img src")
    page.locator("#site-search-suggestions option").first.wait_for(state="attached")
    page.locator("textarea[name=body]").press("End")
    page.keyboard.type(" [[img src")
    page.locator("[role=listbox] [role=option]").first.wait_for()
    assert caught.look(page, address) == []
    address = "/events?view=map"
    open_map(page, caught.url + address)
    page.locator(".map-pin").first.click()
    assert "onerror" in page.locator(".leaflet-popup-content a").inner_text()
    assert caught.look(page, address) == []


@pytest.mark.parametrize("policy", [False, True], ids=["without the policy", "with the policy"])
def test_x01_each_hostile_text_is_harmless(
    hostile: HostileWiki, trap: Callable[..., Trap], policy: bool
) -> None:
    caught = trap("", policy=policy)
    page = caught.context.new_page()
    found = {}
    # Alone where only the page itself protects; a few together where the policy does too.
    size = 10 if policy else 1
    for start in range(0, len(PAYLOADS), size):
        words = "\n\n".join(PAYLOADS[start : start + size])
        with hostile.app.app_context():
            slug = pages.create(hostile.cast.alice, f"# Page {start} {policy}\n\n{words}\n\nLa suite.\n").slug
        if wrong := caught.visit(page, f"/wiki/{slug}"):
            found[words] = wrong
        assert page.locator("main").get_by_text("La suite.").count() == 1, words
    assert not found


def test_the_trap_catches_what_runs(hostile: HostileWiki, trap: Callable[..., Trap]) -> None:
    """Were pages to hold such words as they are, this would see it: a trial that cannot fail proves nothing."""
    caught = trap("", policy=False)
    seen = 0
    for payload in PAYLOADS[::8]:
        caught.caught.clear()
        page = caught.context.new_page()
        page.goto(caught.url + "/licence")
        try:
            page.evaluate(UNGUARDED, payload)
            page.wait_for_timeout(5)
            seen += bool(caught.caught or page.evaluate(FAULTS))
        except Error:  # It made the page leave.
            seen += 1
        page.close()
    assert seen > 15


@pytest.mark.parametrize("policy", [False, True], ids=["without the policy", "with the policy"])
def test_x02_what_would_run_is_stopped_by_the_policy_alone(trap: Callable[..., Trap], policy: bool) -> None:
    """Were the pages to hold such words as they are."""
    caught = trap("", policy=policy)
    page = caught.context.new_page()
    fates = {}
    for words in RUNNING:
        page.goto(caught.url + "/licence")
        fates[words] = page.evaluate(FATE, words)
    assert fates == dict.fromkeys(RUNNING, "stopped" if policy else "ran")


def test_x16_what_a_feed_holds_is_as_harmless_as_the_page(
    hostile: HostileWiki, places: dict[str, str]
) -> None:
    client = hostile.visitor("ada")
    feeds = 0
    for route in READINGS:
        with client.get(route.path.format(**places)) as answer:
            if answer.mimetype != "application/atom+xml":
                continue
            feeds += 1
            for element in ElementTree.fromstring(answer.data).iter():
                if element.attrib.get("type") in ("html", "xhtml"):
                    assert Inspection(element.text or "").faults == [], route
                for name in ("href", "src"):
                    assert not element.attrib.get(name, "").lower().startswith(("javascript", "data")), route
    assert feeds >= 4
