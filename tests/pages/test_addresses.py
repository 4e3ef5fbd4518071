"""A title that a page out of sight has already: whoever writes learns nothing of it, and loses nothing."""

from __future__ import annotations

import re

import pytest

from tests.conftest import Cast
from wiki import pages
from wiki.errors import Invalid, NotFound
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


# -- Pages that were never open to everybody ---------------------------------------------------------------------------

CLOSED = ["members", "draft"]


def test_p03_a_page_that_was_never_open_gives_its_title_away_by_no_address(cast: Cast) -> None:
    """Whoever gives a page the same title gets the address of that title, as where there is no other."""
    hidden = {state: pages.create(cast.bob, TEXT, visibility=state).slug for state in CLOSED}
    for slug in hidden.values():
        assert re.fullmatch(r"plan-secret-[0-9a-f]{10}", slug)
    assert len(set(hidden.values())) == 2
    assert pages.create(cast.eve, TEXT) == Saved("plan-secret", 1)
    assert pages.text_of(cast.bob, hidden["draft"])[1].author_name == "bob"


@pytest.mark.parametrize("door", ["renamed", "opened"])
def test_p03_neither_renaming_nor_opening_a_page_tells_of_one_that_was_never_open(cast: Cast, door: str) -> None:
    pages.create(cast.bob, TEXT, visibility="draft")
    if door == "renamed":
        other = pages.create(cast.alice, "# Autre\n\nTexte.\n").slug
        assert pages.rename(cast.alice, other, "Plan secret").slug == "plan-secret"
    else:
        other = pages.create(cast.alice, TEXT, visibility="draft").slug
        assert pages.show_to(cast.alice, other, "public") == "plan-secret"


@pytest.mark.parametrize("state", CLOSED)
def test_the_same_form_sent_twice_makes_one_closed_page(cast: Cast, state: str) -> None:
    made = pages.create(cast.bob, TEXT, visibility=state)
    assert pages.create(cast.bob, TEXT, visibility=state) == Saved(made.slug, 1, unchanged=True)
    with pytest.raises(AlreadyExists) as refusal:
        pages.create(cast.bob, TEXT + "Autre chose.\n", visibility=state)
    assert refusal.value.slug == made.slug


def test_members_are_told_of_a_page_of_theirs_and_drafts_stand_beside_each_other(cast: Cast) -> None:
    shared = pages.create(cast.bob, TEXT, visibility="members").slug
    with pytest.raises(AlreadyExists) as refusal:
        pages.create(cast.alice, TEXT, visibility="members")
    assert refusal.value.slug == shared
    drafts = {pages.create(actor, TEXT, visibility="draft").slug for actor in (cast.alice, cast.bob)}
    assert len(drafts) == 2


@pytest.mark.any_database
@pytest.mark.parametrize("state", CLOSED)
def test_what_is_opened_takes_the_address_of_its_title_and_its_old_one_leads_there(cast: Cast, state: str) -> None:
    closed = pages.create(cast.bob, TEXT, visibility=state).slug
    linking = pages.create(cast.bob, "# Autre\n\nVoir [[Plan secret]].\n").slug
    assert pages.show_to(cast.bob, closed, "public") == "plan-secret"
    assert pages.address(cast.eve, closed) == "plan-secret"
    assert 'href="/wiki/plan-secret"' in pages.open_page(cast.eve, linking).html
    assert pages.show_to(cast.bob, "plan-secret", "members") == "plan-secret", "what was open keeps its address"


def test_what_is_opened_where_another_page_has_the_title_asks_for_another(cast: Cast) -> None:
    closed = pages.create(cast.bob, TEXT, visibility="draft").slug
    pages.create(cast.eve, TEXT)
    with pytest.raises(Invalid, match="occupe déjà cette adresse"):
        pages.show_to(cast.bob, closed, "public")
    assert pages.find(cast.bob, closed).visibility == "draft"
    renamed = pages.rename(cast.bob, closed, "Plan de Bob").slug
    assert re.fullmatch(r"plan-de-bob-[0-9a-f]{10}", renamed)
    assert pages.show_to(cast.bob, renamed, "public") == "plan-de-bob"


@pytest.mark.parametrize("state", CLOSED)
def test_links_by_title_lead_to_a_closed_page_for_who_may_read_it(cast: Cast, state: str) -> None:
    closed = pages.create(cast.bob, TEXT, visibility=state).slug
    linking = pages.create(cast.bob, "# Autre\n\nVoir [[Plan secret]].\n", visibility=state).slug
    assert f'href="/wiki/{closed}"' in pages.open_page(cast.bob, linking).html


def test_a_title_as_long_as_can_be_leaves_room_for_the_mark(cast: Cast) -> None:
    text = f"# {'a' * 80}\n\nTexte.\n"
    closed = pages.create(cast.bob, text, visibility="draft").slug
    assert re.fullmatch(r"a{69}-[0-9a-f]{10}", closed)
    assert pages.show_to(cast.bob, closed, "public") == "a" * 80


@pytest.mark.parametrize("state", STATES)
def test_p03_a_link_to_a_page_out_of_sight_is_asked_for_like_one_to_no_page(cast: Cast, state: str) -> None:
    hide(cast, state)
    pages.create(cast.eve, "# Autre\n\nVoir [[Plan secret]] et [[Plan vide]].\n")
    assert {key for key, _count, _askers in pages.wanted(cast.eve)} == {"plan-secret", "plan-vide"}
    knows = {"archived": cast.mona, "members": cast.alice, "draft": cast.bob}[state]
    assert {key for key, _count, _askers in pages.wanted(knows)} == {"plan-vide"}
