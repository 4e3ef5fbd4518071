"""One rule for newcomers at every door where one writes: no programs, few links, no unwanted words, nothing lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from time import time
from typing import Any

import pytest

from tests.web.conftest import Wiki
from tests.web.routes import FIRST, SECOND
from wiki import pages


@dataclass(frozen=True)
class Door:
    """Where a form is shown, where it is sent, and what it holds; `{words}` are those somebody wrote."""

    form: str
    address: str
    sent: dict[str, str]


DOORS = {
    "a new page": Door("/new/article", "/new/article", {"title": "Neuve", "body": "{words}"}),
    "an edit": Door("/wiki/{slug}/edit", "/wiki/{slug}/edit", {"text": "# T\n\n{words}\n", "base": "2"}),
    "the summary of an edit": Door(
        "/wiki/{slug}/edit", "/wiki/{slug}/edit", {"text": "# T\n\nNeuf.\n", "base": "2", "comment": "{words}"}
    ),
    "an initiative": Door(
        "/propose", "/propose",
        {"title": "Fête", "sessions": "2030-05-01", "place": "Brest", "themes": "communs", "organizers": "Tiriad",
         "announcement": "{words}"},
    ),
    "a variant": Door("/wiki/{slug}/fork", "/wiki/{slug}/fork", {"twist": "{words}"}),
    "an offer": Door("/wiki/{variant}/offer", "/wiki/{variant}/offer", {"units": "{unit}", "message": "{words}"}),
    "a conversation": Door("/offers/{offer}", "/offers/{offer}", {"action": "say", "word": "{words}"}),
    "declining an offer": Door("/offers/{offer}", "/offers/{offer}", {"action": "decline", "word": "{words}"}),
    "accepting an offer": Door(
        "/offers/{offer}", "/offers/{offer}", {"action": "accept", "verdict-{unit}": "take", "word": "{words}"}
    ),
    "a taking with a word": Door(
        "/wiki/{variant}/pull", "/wiki/{variant}/pull", {"verdict-{waiting}": "take", "comment": "{words}"}
    ),
    "a report of an event": Door("/wiki/{event}/report", "/wiki/{event}/report", {"base": "2", "story": "{words}"}),
    "a flag": Door("/wiki/{slug}/flag", "/wiki/{slug}/flag", {"reason": "other", "words": "{words}"}),
}  # fmt: skip
LINKS, UNWANTED, FINE = "https://un.example https://deux.example", "des montres de luxe", "Un petit mot."
ALL = pytest.mark.parametrize("name", DOORS)
# Summaries are shown without links, so that none in them counts.
BROUGHT = [(name, UNWANTED, "fait partie des mots") for name in DOORS] + [
    (name, LINKS, "liens") for name in DOORS if name not in ("the summary of an edit", "a taking with a word")
]


@pytest.fixture
def house(make_wiki: Callable[..., Wiki]) -> Wiki:
    """A wiki with traps and a list of unwanted words, where Bob is new and Alice is known."""
    wiki = make_wiki(NEWCOMER_EDITS=2, NEWCOMER_LINKS=1, GUEST_SECONDS=3)
    with wiki.app.app_context():
        listed = pages.create(wiki.cast.mona, "# Mots indésirables\n\n- montres de luxe\n").slug
        pages.protect(wiki.cast.mona, listed, True)
    return wiki


@pytest.fixture
def places(house: Wiki) -> dict[str, str]:
    found = house.places()
    with house.app.app_context():
        (waiting, *_rest) = pages.receiving(house.cast.alice, found["variant"], found["origin"]).waiting
    return {**found, "waiting": waiting.unit.name}


def filled(door: Door, places: dict[str, str], words: str) -> dict[str, str]:
    return {name.format(**places): value.format(words=words, **places) for name, value in door.sent.items()}


def refused(house: Wiki, answer: Any, before: Any, said: str, words: str) -> None:
    assert 400 <= answer.status_code < 500
    assert said in answer.text
    assert words in answer.text, "nothing typed is lost"
    assert house.picture() == before


@ALL
def test_a_program_is_stopped_and_a_person_passes(
    house: Wiki, places: dict[str, str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    door, guest = DOORS[name], house.visitor()
    shown = guest.get(door.form.format(**places)).text
    (moment,) = set(re.findall(r'name="started" value="([^"]+)"', shown))
    assert 'name="homepage"' in shown
    address, form = door.address.format(**places), filled(door, places, FINE)
    before = house.picture()
    refused(house, guest.post(address, data={**form, "started": moment}), before, "attendez quelques secondes", FINE)
    refused(house, guest.post(address, data=form), before, "attendez quelques secondes", FINE)
    monkeypatch.setattr("wiki.web.trap.time", lambda: time() + 5)
    trapped = {**form, "started": moment, "homepage": "https://x.example"}
    refused(house, guest.post(address, data=trapped), before, "champ invisible", FINE)
    assert guest.post(address, data={**form, "started": moment, "homepage": ""}).status_code == 303
    assert house.picture() != before


@pytest.mark.parametrize(("name", "words", "said"), BROUGHT)
def test_a_newcomer_brings_neither_many_links_nor_unwanted_words(
    house: Wiki, places: dict[str, str], name: str, words: str, said: str
) -> None:
    door, before = DOORS[name], house.picture()
    address, form = door.address.format(**places), filled(door, places, words)
    refused(house, house.visitor("bob").post(address, data=form), before, said, words)
    # Nobody answers an offer of their own.
    known = "mona" if name in ("declining an offer", "accepting an offer") else "alice"
    assert house.visitor(known).post(address, data=form).status_code == 303, "who is known may"


def test_what_a_person_writes_into_a_taking_keeps_the_rule(house: Wiki) -> None:
    slug = house.write(FIRST.format(title="Mère"), SECOND.format(title="Mère"))
    with house.app.app_context():
        alice = house.cast.alice
        variant = pages.fork(alice, slug, "chez nous").slug
        head = pages.text_of(alice, variant)[1]
        pages.save(alice, variant, head.text.replace("Deuxième ligne.", "Deuxième ligne, chez nous."), head)
        pages.save(alice, slug, pages.text_of(alice, slug)[1].text.replace("Deuxième ligne.", "Troisième ligne."), 2)
        (waiting,) = pages.receiving(alice, variant, slug).waiting
        assert waiting.contested
        mark = waiting.mark
    key = waiting.unit.name
    form = {"revision": "3", f"verdict-{key}": "write", f"seen-{key}": mark, f"text-{key}-0": "Achetez " + UNWANTED}
    before = house.picture()
    answer = house.visitor("bob").post(f"/wiki/{variant}/pull", data=form)
    refused(house, answer, before, "fait partie des mots", "Achetez " + UNWANTED)
    fine = {**form, f"text-{key}-0": "Une ligne à nous deux."}
    assert house.visitor("bob").post(f"/wiki/{variant}/pull", data=fine).status_code == 303
    assert "à nous deux" in house.text(variant)


@pytest.mark.parametrize("gesture", ["undo", "revert"])
def test_the_word_with_which_one_goes_back_keeps_the_rule(house: Wiki, gesture: str) -> None:
    slug = house.page()
    number = {"undo": 2, "revert": 1}[gesture]
    before = house.picture()
    answer = house.visitor("bob").post(f"/wiki/{slug}/{gesture}/{number}", data={"comment": UNWANTED})
    refused(house, answer, before, "fait partie des mots", UNWANTED)
    assert house.visitor("bob").post(f"/wiki/{slug}/{gesture}/{number}", data={"comment": FINE}).status_code == 303
