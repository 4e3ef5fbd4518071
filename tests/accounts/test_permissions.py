"""Who may do what: the table, read action by action."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask

from tests.conftest import Cast
from wiki import pages
from wiki.accounts import GUEST
from wiki.errors import Forbidden
from wiki.permissions import LEAST_ROLE, may, require


@dataclass
class State:
    protected: bool = False
    archived: bool = False
    visibility: str = "public"
    owner_id: int | None = None


PUBLIC, PROTECTED, ARCHIVED, CLOSED = State(), State(protected=True), State(archived=True), State(visibility="members")
EVERYBODY = ("guest", "member", "moderator", "admin")
MEMBERS = EVERYBODY[1:]
TEAM = EVERYBODY[2:]

# For each action, who may do it to a public, a protected, an archived page and one for members.
TABLE = {
    "read": (EVERYBODY, EVERYBODY, TEAM, MEMBERS),
    "suggest": (EVERYBODY, EVERYBODY, TEAM, MEMBERS),
    "create": (EVERYBODY, EVERYBODY, TEAM, MEMBERS),
    "accept": (MEMBERS, TEAM, TEAM, MEMBERS),
    "edit": (EVERYBODY, TEAM, TEAM, MEMBERS),
    "edit_protected": (TEAM, TEAM, TEAM, TEAM),
    "import": (MEMBERS, MEMBERS, TEAM, MEMBERS),
    "rename": (MEMBERS, TEAM, TEAM, MEMBERS),
    "renew": (MEMBERS, MEMBERS, TEAM, MEMBERS),
    "archive": (TEAM, TEAM, TEAM, TEAM),
    "read_members": (MEMBERS, MEMBERS, TEAM, MEMBERS),
    "read_archived": (TEAM, TEAM, TEAM, TEAM),
    "protect": (TEAM, TEAM, TEAM, TEAM),
    "restrict": (TEAM, TEAM, TEAM, TEAM),
    "undo_all": (TEAM, TEAM, TEAM, TEAM),
    "flag": (EVERYBODY, EVERYBODY, TEAM, MEMBERS),
    "patrol": (TEAM, TEAM, TEAM, TEAM),
    "hide": (TEAM, TEAM, TEAM, TEAM),
    "show": (("admin",),) * 4,
    "block": (TEAM, TEAM, TEAM, TEAM),
    "manage_accounts": (("admin",),) * 4,
}


@pytest.mark.usefixtures("context")
def test_the_table_says_it_for_every_action_role_and_state(cast: Cast) -> None:
    assert set(TABLE) == set(LEAST_ROLE), "an action nobody classified"
    for action, allowed in TABLE.items():
        for state, roles in zip((PUBLIC, PROTECTED, ARCHIVED, CLOSED), allowed, strict=True):
            for actor in (GUEST, cast.eve, cast.alice, cast.mona, cast.ada):
                assert may(actor, action, state) == (actor.role in roles), (action, state, actor.role)


@pytest.mark.usefixtures("context")
def test_a_draft_is_its_authors_whatever_the_role_of_others(cast: Cast) -> None:
    """P16."""
    draft = State(visibility="draft", owner_id=cast.alice.id)
    for archived in (False, True):
        draft.archived = archived
        for action in ("read", "create", "edit", "rename", "archive", "restrict"):
            for actor in (GUEST, cast.eve, cast.alice, cast.bob, cast.mona, cast.ada):
                assert may(actor, action, draft) == (actor is cast.alice), (action, actor.name)
    assert not may(cast.alice, "protect", draft)


@pytest.mark.parametrize("editing", ["members", "approved"])
def test_a_wiki_may_keep_writing_to_its_members(make_app: Callable[..., Flask], cast: Cast, editing: str) -> None:
    with make_app(EDITING=editing, NEWCOMER_EDITS=0).app_context():
        for guest in (GUEST, cast.eve):
            assert may(guest, "read", PUBLIC)
            for action in ("create", "edit"):
                assert not may(guest, action)
                with pytest.raises(Forbidden):
                    require(guest, action, PUBLIC)
        for action in ("create", "edit", "rename"):
            require(cast.alice, action, PUBLIC)


def test_where_texts_are_approved_guests_and_newcomers_suggest(make_app: Callable[..., Flask], cast: Cast) -> None:
    with make_app(EDITING="approved", NEWCOMER_EDITS=1).app_context():
        for newcomer in (cast.eve, cast.alice):
            assert may(newcomer, "suggest", PUBLIC)
            assert may(newcomer, "suggest", PROTECTED)
            for action in ("create", "edit", "rename", "accept"):
                assert not may(newcomer, action, PUBLIC)
        for action in ("create", "edit", "rename", "accept"):
            assert may(cast.mona, action, PROTECTED)
        draft = State(visibility="draft", owner_id=cast.alice.id)
        assert may(cast.alice, "edit", draft), "what nobody else reads needs nobody's approval"
        pages.create(cast.mona, "# Page")
        offer = pages.save(cast.alice, "page", "# Page\n\nTexte.", 1).offer
        (unit,) = pages.open_offer(cast.mona, offer).what.waiting
        pages.accept(cast.mona, offer, {unit.unit.key: pages.Decision("take")})
        assert may(cast.alice, "edit", PUBLIC), "an edit that was accepted counts"
        assert not may(cast.bob, "edit", PUBLIC)


def test_where_writing_is_for_members_guests_suggest_nothing(make_app: Callable[..., Flask], cast: Cast) -> None:
    with make_app(EDITING="members").app_context():
        assert not may(cast.eve, "suggest", PUBLIC)
        assert may(cast.alice, "suggest", PROTECTED)


@pytest.mark.usefixtures("context")
def test_an_action_nobody_knows_is_allowed_to_nobody(cast: Cast) -> None:
    with pytest.raises(KeyError):
        may(cast.ada, "fly")
