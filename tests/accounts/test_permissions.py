"""Who may do what: the table, read action by action."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask

from tests.conftest import Cast
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
    "create": (EVERYBODY, EVERYBODY, TEAM, MEMBERS),
    "edit": (EVERYBODY, TEAM, TEAM, MEMBERS),
    "edit_protected": (TEAM, TEAM, TEAM, TEAM),
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
    with make_app(EDITING=editing).app_context():
        for guest in (GUEST, cast.eve):
            assert may(guest, "read", PUBLIC)
            for action in ("create", "edit"):
                assert not may(guest, action)
                with pytest.raises(Forbidden):
                    require(guest, action, PUBLIC)
        for action in ("create", "edit", "rename"):
            require(cast.alice, action, PUBLIC)


@pytest.mark.usefixtures("context")
def test_an_action_nobody_knows_is_allowed_to_nobody(cast: Cast) -> None:
    with pytest.raises(KeyError):
        may(cast.ada, "fly")
