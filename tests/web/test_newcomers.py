"""The door for guests and newcomers: low for people, closed to programs that sell something."""

from __future__ import annotations

import re
from collections.abc import Callable
from time import time
from typing import Any

import pytest

from tests.conftest import Visitor
from tests.web.conftest import Wiki
from wiki import pages

LIST = "# Mots indésirables\n\nUn mot par ligne.\n\n- Montres de luxe\n- achat.example\n- ok\n"
LINKS = "# Liens\n\n" + "\n".join(f"https://un.example/{number}" for number in range(4)) + "\n"


@pytest.fixture
def door(make_wiki: Callable[..., Wiki]) -> Wiki:
    """A wiki that knows nobody yet."""
    return make_wiki(NEWCOMER_EDITS=2, NEWCOMER_LINKS=3, GUEST_SECONDS=3)


def opened(client: Visitor, address: str) -> dict[str, str]:
    """What a form carries that a person does not see."""
    found = re.search(r'name="started" value="([^"]+)"', client.get(address).text)
    assert found
    return {"started": found[1]}


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let time go by."""
    return lambda seconds: monkeypatch.setattr("wiki.web.trap.time", lambda: time() + seconds)


def send(client: Visitor, slug: str, text: str, **more: str) -> Any:
    return client.post(f"/wiki/{slug}/edit", data={"text": text, "base": "2", **more})


NEW = "# Titre\n\nUne ligne toute neuve.\n"


def test_a_person_without_an_account_writes_as_before(door: Wiki, wait: Callable[[int], None]) -> None:
    slug, guest = door.page(), door.visitor()
    carried = opened(guest, f"/wiki/{slug}/edit?as=text")
    wait(5)
    assert send(guest, slug, NEW, homepage="", **carried).status_code == 303
    assert door.text(slug) == NEW


def test_one_may_write_for_a_month(door: Wiki, wait: Callable[[int], None]) -> None:
    slug, guest = door.page(), door.visitor()
    carried = opened(guest, f"/wiki/{slug}/edit?as=text")
    wait(60 * 60 * 24 * 30)
    assert send(guest, slug, NEW, **carried).status_code == 303


def test_what_comes_too_fast_is_given_back_and_may_be_sent_again(door: Wiki, wait: Callable[[int], None]) -> None:
    slug, guest = door.page(), door.visitor()
    carried = opened(guest, f"/wiki/{slug}/edit?as=text")
    answer = send(guest, slug, NEW, **carried)
    assert answer.status_code == 422
    assert "attendez quelques secondes" in answer.text
    assert "Une ligne toute neuve." in answer.text
    assert f'name="started" value="{carried["started"]}"' in answer.text
    wait(4)
    assert send(guest, slug, NEW, **carried).status_code == 303


@pytest.mark.parametrize("started", ["", "form", "form.aaaa.bbbb", "é", "form.AAAAAA.AAAA" * 50])
def test_a_moment_nobody_signed_is_none(door: Wiki, started: str) -> None:
    slug = door.page()
    answer = send(door.visitor(), slug, NEW, started=started)
    assert answer.status_code == 422
    assert "Une ligne toute neuve." in answer.text
    assert "Deuxième ligne" in door.text(slug)


def test_who_fills_the_field_nobody_sees_is_refused(door: Wiki, wait: Callable[[int], None]) -> None:
    guest = door.visitor()
    carried = opened(guest, "/new/article")
    wait(5)
    form = {"title": "Montres", "body": "Achetez.", **carried}
    answer = guest.post("/new/article", data={**form, "homepage": "https://x.example"})
    assert answer.status_code == 422
    assert "Achetez." in answer.text
    assert 'name="homepage" tabindex="-1" autocomplete="off">' in answer.text
    assert guest.post("/new/article", data={**form, "homepage": ""}).status_code == 303


def test_the_choice_after_a_conflict_is_guarded_alike(door: Wiki, wait: Callable[[int], None]) -> None:
    slug, guest = door.page(), door.visitor()
    carried = opened(guest, f"/wiki/{slug}/edit?as=text")
    form = {"mine": NEW, "base": "2", "head": "2"}
    answer = guest.post(f"/wiki/{slug}/settle", data=form)
    assert answer.status_code == 409
    assert "enregistrez à nouveau" in answer.text
    assert 'name="started"' in answer.text
    assert "Deuxième ligne" in door.text(slug)
    wait(5)
    assert guest.post(f"/wiki/{slug}/settle", data={**form, **carried}).status_code == 303


def test_members_meet_no_trap(door: Wiki) -> None:
    slug, bob = door.page(), door.visitor("bob")
    assert 'name="started"' not in bob.get(f"/wiki/{slug}/edit").text
    assert send(bob, slug, NEW, homepage="https://x.example").status_code == 303


def test_a_newcomer_brings_few_links_at_a_time(door: Wiki) -> None:
    slug, bob = door.page(), door.visitor("bob")
    answer = send(bob, slug, LINKS)
    assert answer.status_code == 422
    assert "ajoute 4 liens" in answer.text
    assert "https://un.example/3" in answer.text
    assert send(bob, slug, LINKS.replace("https://un.example/3", "")).status_code == 303
    assert send(bob, slug, LINKS, base="3").status_code == 303, "links that were there do not count"


def test_who_has_written_before_and_the_moderation_bring_as_many_as_they_like(door: Wiki) -> None:
    slug = door.page()
    assert send(door.visitor("alice"), slug, LINKS).status_code == 303
    assert send(door.visitor("mona"), door.page(), LINKS).status_code == 303


def list_words(door: Wiki, text: str = LIST, protected: bool = True) -> None:
    with door.app.app_context():
        assert pages.create(door.cast.mona, text).slug == "mots-indesirables"
        pages.protect(door.cast.mona, "mots-indesirables", protected)


@pytest.mark.parametrize("text", ["# T\n\nDes MONTRES de luxe.\n", "# T\n\nVoyez www.achat.example/promo\n"])
def test_a_newcomer_brings_no_unwanted_word(door: Wiki, text: str) -> None:
    list_words(door)
    slug, bob = door.page(), door.visitor("bob")
    answer = send(bob, slug, text)
    assert answer.status_code == 422
    assert "fait partie des mots" in answer.text
    assert text.splitlines()[-1] in answer.text
    assert send(bob, slug, "# T\n\nD’accord, ok.\n", comment="montres de luxe").status_code == 422
    assert send(bob, slug, "# T\n\nD’accord, ok.\n").status_code == 303
    assert send(door.visitor("alice"), slug, text, base="3").status_code == 303


def test_a_word_that_was_there_keeps_nobody_from_writing(door: Wiki) -> None:
    slug = door.write("# T\n\nDes montres de luxe.\n")
    list_words(door)
    assert send(door.visitor("bob"), slug, "# T\n\nDes montres de luxe, hélas.\n", base="1").status_code == 303


def test_a_list_anybody_may_write_does_not_count(door: Wiki) -> None:
    list_words(door, protected=False)
    assert send(door.visitor("bob"), door.page(), "# T\n\nDes montres de luxe.\n").status_code == 303


def test_a_variant_brings_the_links_of_its_origin(door: Wiki) -> None:
    with door.app.app_context():
        origin = pages.create(door.cast.mona, LINKS).slug
        assert pages.fork(door.cast.bob, origin, "chez nous").number == 1
