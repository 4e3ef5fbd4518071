"""What tests of the web share: wikis with pages to visit, and a picture of everything they hold."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.conftest import Cast, Visitor, add_account
from tests.web.routes import EDITION, EVENT, FIRST, SECOND, Route
from wiki import accounts, create_app, mail, pages
from wiki.accounts import User
from wiki.database import Base, db, write_transaction

Picture = dict[str, list[tuple[Any, ...]]]
NAMES = {"guest": "", "member": "bob", "author": "alice", "moderator": "mona", "admin": "ada", "suspended": "zoe"}
_NOT_LIMITED = {"SAVE_RATE": "1000000/minute", "LOGIN_RATE": "1000000/minute", "PREVIEW_RATE": "1000000/minute",
                "SEARCH_RATE": "1000000/minute", "IMPORT_RATE": "1000000/minute",
                "LOGIN_FAILURES": 1_000_000, "NEWCOMER_LINKS": 1_000_000, "GUEST_SECONDS": 0}


class Wiki:
    """A wiki that runs, the people who know it, and what it holds."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._numbers = count(1)
        self._standing: dict[str, dict[str, str]] = {}
        with app.app_context():
            members = {name: accounts.named(name) for name in ("alice", "bob", "mona", "ada")}
        self.cast = Cast(eve=accounts.guest("the token of Eve's browser"), **members)

    def visitor(self, name: str = "") -> Visitor:
        """Somebody's browser: a name of the cast, or a role; "" and "guest" are nobody in particular.

        The author is Alice, who makes all pages here. Zoe has an account, and a session, and is suspended.
        """
        client = self.app.test_client()
        assert isinstance(client, Visitor)
        name = NAMES.get(name, name)
        if name == "zoe":
            self._suspend_zoe()
        return client.log_in(name) if name else client

    def _suspend_zoe(self) -> None:
        with self.app.app_context():
            if db.session.execute(select(User.id).where(User.name == "zoe")).first() is None:
                add_account("zoe", "member")
                with write_transaction() as session:
                    session.execute(update(User).where(User.name == "zoe").values(active=False))

    def newcomer(self, role: str = "admin") -> Visitor:
        """The browser of somebody with an account of their own, whom no other test knows."""
        name = f"Personne {next(self._numbers)}"
        with self.app.app_context():
            add_account(name, role, self._password_hash())
        return self.visitor(name)

    def _password_hash(self) -> str:
        """That of the cast's password: making one takes a while."""
        return str(db.session.execute(select(User.password_hash).where(User.name == "bob")).scalar_one())

    def write(
        self, *texts: str, protected: bool = False, archived: bool = False, visibility: str = "public"
    ) -> str:
        """Alice makes a page of these texts, one version after the other; its address."""
        with self.app.app_context():
            slug = pages.create(self.cast.alice, texts[0]).slug
            for number, text in enumerate(texts[1:], start=1):
                pages.save(self.cast.alice, slug, text, number)
            pages.show_to(self.cast.alice, slug, visibility)
            if protected:
                pages.protect(self.cast.ada, slug, True)
            if archived:
                pages.archive(self.cast.ada, slug)
            return slug

    def page(self, title: str = "", **state: Any) -> str:
        """A page of two versions, under a title no other has unless one is given."""
        title = title or f"Titre {next(self._numbers)}"
        return self.write(FIRST.format(title=title), SECOND.format(title=title), **state)

    def event(self, **state: Any) -> str:
        """A past event of two versions, under a title no other has."""
        return self._headed(EVENT, state)

    def edition(self, **state: Any) -> str:
        """An edition that is over, of two versions, under a title no other has."""
        return self._headed(EDITION, state)

    def _headed(self, head: str, state: dict[str, Any]) -> str:
        title = f"Titre {next(self._numbers)}"
        return self.write(*[(head + body).format(title=title) for body in (FIRST, SECOND)], **state)

    def standing(self, **state: Any) -> dict[str, str]:
        """The same places for all who only read them."""
        key = str(state)
        if key not in self._standing:
            self._standing[key] = self.places(**state)
        return self._standing[key]

    def places_for(self, route: Route, **state: Any) -> dict[str, str]:
        """New places, as many as this route asks for."""
        for name, make in (("event", self.event), ("edition", self.edition)):
            if route.names == {name}:
                slug = make(**state)
                return {"slug": slug, name: slug}
        return {"slug": self.page(**state)} if route.names <= {"slug"} else self.places(**state)

    def places(self, **state: Any) -> dict[str, str]:
        """What stands for the names in an address of `routes`; the page and the variant are in this state."""
        origin = self.page()
        with self.app.app_context():
            alice = self.cast.alice
            variant = pages.fork(alice, origin, f"chez nous {next(self._numbers)}").slug
            head = pages.text_of(alice, variant)[1]
            pages.save(alice, variant, head.text.replace("Dernière ligne", "Dernière ligne, chez nous"), head)
            (unit, *_rest) = pages.receiving(alice, origin, variant).waiting
            offer = pages.offer(alice, variant, origin, [unit.unit.key], "Voyez.").id
            pages.save(alice, origin, pages.text_of(alice, origin)[1].text.replace("Deuxième", "Troisième"), 2)
            pages.show_to(alice, variant, state.get("visibility", "public"))
            if state.get("protected"):
                pages.protect(self.cast.ada, variant, True)
            if state.get("archived"):
                pages.archive(self.cast.ada, variant)
        family = {"variant": variant, "origin": origin, "unit": unit.unit.name, "offer": str(offer)}
        heads = {"event": self.event(**state), "edition": self.edition(**state)}
        return {"slug": self.page(**state), **heads, **family}

    def text(self, slug: str) -> str:
        """The newest text of a page, archived or not, or a draft of Alice's."""
        with self.app.app_context():
            reader = self.cast.ada if pages.address(self.cast.ada, slug) else self.cast.alice
            return pages.text_of(reader, slug)[1].text

    def picture(self) -> Picture:
        """Every row there is, but for drawings, which are computed."""
        with self.app.app_context():
            return {
                table.name: sorted((tuple(row) for row in db.session.execute(select(table))), key=repr)
                for table in Base.metadata.sorted_tables
                if table.name != "rendered"
            }


@pytest.fixture
def wiki(app: Flask) -> Wiki:
    """A new wiki."""
    return Wiki(app)


@pytest.fixture
def make_wiki(make_app: Callable[..., Flask]) -> Callable[..., Wiki]:
    """Makes new wikis with other settings, as `make_app` does."""
    return lambda **settings: Wiki(make_app(**settings))


@pytest.fixture(scope="module")
def shared(_sqlite_template: Path, _bytecode: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wiki]:
    """One wiki for all tests of a module, its forms guarded as in production. Each test makes its own pages."""
    folder = tmp_path_factory.mktemp("shared") / "data"
    shutil.copytree(_sqlite_template, folder)
    app = create_app({**_NOT_LIMITED, "DATA": str(folder)})
    app.config.update(TESTING=True, MAIL_PAUSE=0)
    app.test_client_class = Visitor
    app.jinja_env.bytecode_cache = _bytecode
    yield Wiki(app)
    mail.settle()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
