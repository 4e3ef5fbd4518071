"""A real Chromium on a real server: one of each for the whole run, a cheap window for each visitor.

    site     the wiki, seeded with the starting library, and shortcuts to its verbs
    slug     the address of a fresh recipe of the test's own
    visit    opens windows: visit("alice") is a page of a member's browser, visit() of a guest's

Every window notes what the browser complains of; at the end of a test, an error in a script or a refusal by the
content security policy fails it.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)

from tests.conftest import _UNHURRIED, leave_out
from wiki import accounts, pages

HERE = Path(__file__).parent
DESK: ViewportSize = {"width": 1280, "height": 900}
PATIENCE = 30_000

RECIPE = """---
kind: recipe
title: {title}
tagline: Des bocaux, une étagère et un stylo
themes:
  - convivialite
  - quartier
---

## Pourquoi se lancer

Parce que c'est simple.

## Matériel

- 10 bocaux
- 1 étagère
- 2 stylos

## Étapes

### 1. Trouver un lieu

Demandez à la médiathèque.

### 2. Ouvrir

Invitez le quartier.
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True)
class Site:
    """The wiki under test and where it listens."""

    app: Flask
    url: str

    def create(self, text: str) -> str:
        """Make a page; its address."""
        with self.app.app_context():
            return pages.create(accounts.named("mona"), text).slug

    def save(self, name: str, slug: str, old: str, new: str) -> None:
        """Have somebody of the cast replace one passage of a page by another, there and then."""
        with self.app.app_context():
            actor = accounts.named(name)
            _page, head = pages.text_of(actor, slug)
            assert head.text.count(old) == 1
            saved = pages.save(actor, slug, head.text.replace(old, new), head.number)
            assert isinstance(saved, pages.Saved)

    def text(self, slug: str) -> str:
        """The newest text of a page."""
        with self.app.app_context():
            return pages.text_of(accounts.GUEST, slug)[1].text

    def versions(self, slug: str) -> int:
        """How many versions a page has."""
        with self.app.app_context():
            return pages.find(accounts.GUEST, slug).head_number

    def cookie(self, name: str = "", guest: str = "") -> Any:
        """The cookie of a session somebody of the cast has begun, or a guest who holds this token."""
        serializer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        session = {"_user_id": f"token-of-{name}", "_fresh": True} if name else {"guest": guest}
        return {"name": "session", "value": serializer.dumps(session), "url": self.url}


@contextmanager
def listening(app: Flask) -> Iterator[str]:
    """Serve an application, in this process, from the address this gives."""
    from waitress.server import create_server

    server: Any = create_server(app, host="127.0.0.1", port=0, threads=8, clear_untrusted_proxy_headers=True)
    serving = threading.Thread(target=server.run, name="the wiki under test")
    serving.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    server.task_dispatcher.shutdown()
    serving.join(10)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, _sqlite_template: Path) -> Iterator[Site]:
    """A seeded wiki behind the server it is really served by."""
    from wiki import create_app
    from wiki.database import db

    folder = tmp_path_factory.mktemp("browser") / "data"
    shutil.copytree(_sqlite_template, folder)
    app = create_app({**_UNHURRIED, "DATA": str(folder)})
    with app.app_context():
        pages.seed()
        pages.reindex()
    with listening(app) as url:
        yield Site(app, url)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, or whichever is installed."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        leave_out("The browser tests are left out: there is no Chromium here (apt-get install chromium).")
    # As root, Chromium starts without its sandbox only.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        opened = playwright.chromium.launch(executable_path=path, args=arguments)
        yield opened
        opened.close()


def open_browser(
    browser: Browser, site: Site, complaints: list[str], name: str = "", **options: Any
) -> BrowserContext:
    """A browser of somebody's own, which notes scripts that fail and what a page's own policy refuses."""

    def hear(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            complaints.append(message.text)

    # What keeps copies stands between a test and the answers it prepares: only tests of copies let it in.
    options = {"viewport": DESK, "service_workers": "block", **options}
    context = browser.new_context(base_url=site.url, locale="fr-FR", **options)
    context.set_default_timeout(PATIENCE)
    if name:
        context.add_cookies([site.cookie(name)])
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("console", hear)
    return context


@pytest.fixture
def contexts(browser: Browser, site: Site) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browsers: contexts("alice"), contexts(java_script_enabled=False)."""
    made: list[BrowserContext] = []
    complaints: list[str] = []

    def make(name: str = "", **options: Any) -> BrowserContext:
        made.append(open_browser(browser, site, complaints, name, **options))
        return made[-1]

    yield make
    for context in made:
        context.close()
    assert not complaints


@pytest.fixture
def visit(contexts: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """Opens a window in a new browser of this person (a guest without a name)."""
    return lambda name="", **options: contexts(name, **options).new_page()


def open_form(page: Page, address: str) -> None:
    """Go to a page and wait for its scripts."""
    page.goto(address)
    ready(page)


def ready(page: Page) -> None:
    """Wait until the scripts of the page that is open have done their part."""
    page.locator("html[data-comforts=ready]").wait_for(state="attached")


_numbers = count(1)


@pytest.fixture
def slug(site: Site) -> str:
    """The address of a recipe that no other test touches."""
    return site.create(RECIPE.format(title=f"Bocaux à partager {next(_numbers)}"))
