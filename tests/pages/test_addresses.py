"""A title that a page out of sight has already: whoever writes learns nothing of it, and loses nothing."""

from __future__ import annotations

import pytest

from tests.conftest import Cast
from wiki import pages
from wiki.errors import NotFound
from wiki.pages import AlreadyExists, Saved

pytestmark = pytest.mark.usefixtures("context")
TEXT = "# Plan secret\n\nQuelque chose.\n"
STATES = ["archived", "members", "draft"]


def hide(cast: Cast, state: str, title: str = "Plan secret") -> str:
    slug = pages.create(cast.bob, f"# {title}\n\nQuetzalcoatl.\n").slug
    if state == "archived":
        pages.archive(cast.ada, slug)
    else:
        pages.show_to(cast.bob, slug, state)
    return slug


@pytest.mark.parametrize("state", STATES)
def test_a_page_of_the_same_title_is_made_at_the_next_address(cast: Cast, state: str) -> None:
    hide(cast, state)
    assert pages.create(cast.eve, TEXT) == Saved("plan-secret-2", 1)
    assert pages.find(cast.eve, "plan-secret-2").title == "Plan secret"
    assert pages.create(cast.eve, TEXT) == Saved("plan-secret-2", 1, unchanged=True), "the same form sent twice"
    with pytest.raises(AlreadyExists) as refusal:
        pages.create(cast.eve, TEXT + "Autre chose.\n")
    assert refusal.value.slug == "plan-secret-2", "only the page that is known of is named"
    assert "Quetzalcoatl" not in str(refusal.value)


@pytest.mark.parametrize("state", STATES)
def test_who_may_know_of_it_is_told_which_page_it_is(cast: Cast, state: str) -> None:
    hide(cast, state)
    knows = {"archived": cast.mona, "members": cast.alice, "draft": cast.bob}[state]
    with pytest.raises(AlreadyExists) as refusal:
        pages.create(knows, TEXT)
    assert refusal.value.slug == "plan-secret"


@pytest.mark.parametrize("state", STATES)
def test_a_page_takes_the_title_of_one_out_of_sight_when_it_is_renamed(cast: Cast, state: str) -> None:
    stranger = cast.eve if state == "members" else cast.alice
    hide(cast, state)
    mine = pages.create(cast.alice, "# Autre\n\nTexte.\n").slug
    if stranger is cast.eve:
        with pytest.raises(AlreadyExists):
            pages.rename(cast.alice, mine, "Plan secret")
        return
    assert pages.rename(cast.alice, mine, "Plan secret").slug == "plan-secret-2"
    assert pages.find(cast.alice, "plan-secret-2").title == "Plan secret"


def test_several_out_of_sight_and_a_title_as_long_as_can_be(cast: Cast) -> None:
    title = "a" * 80
    for expected in (title, "a" * 78 + "-2", "a" * 78 + "-3"):
        slug = pages.create(cast.eve, f"# {title}\n\nTexte de {expected[-1]}.\n").slug
        assert slug == expected
        pages.archive(cast.ada, slug)


def test_an_address_that_must_be_this_one_is_refused_without_a_word_of_who_holds_it(cast: Cast) -> None:
    hide(cast, "draft")
    with pytest.raises(AlreadyExists) as refusal:
        pages.create(cast.ada, TEXT, slug="plan-secret")
    assert (refusal.value.slug, str(refusal.value)) == ("", "Cette adresse n’est pas libre. Changez de titre.")


def test_once_both_are_in_sight_each_keeps_its_address(cast: Cast) -> None:
    hide(cast, "archived")
    pages.create(cast.eve, TEXT)
    with pytest.raises(NotFound):
        pages.find(cast.eve, "nulle-part")
    pages.unarchive(cast.ada, "plan-secret")
    assert "Quetzalcoatl" in pages.text_of(cast.eve, "plan-secret")[1].text
    assert "Quelque chose" in pages.text_of(cast.eve, "plan-secret-2")[1].text
