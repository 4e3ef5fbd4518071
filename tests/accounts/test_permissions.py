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


PUBLIC, PROTECTED, ARCHIVED = State(), State(protected=True), State(archived=True)
EVERYBODY = ("guest", "member", "moderator", "admin")
MEMBERS = EVERYBODY[1:]
TEAM = EVERYBODY[2:]

# For each action, who may do it to a public, a protected and an archived page.
TABLE = {
    "read": (EVERYBODY, EVERYBODY, TEAM),
    "create": (EVERYBODY, EVERYBODY, TEAM),
    "edit": (EVERYBODY, TEAM, TEAM),
    "edit_protected": (TEAM, TEAM, TEAM),
    "rename": (MEMBERS, TEAM, TEAM),
    "archive": (TEAM, TEAM, TEAM),
    "read_archived": (TEAM, TEAM, TEAM),
    "protect": (TEAM, TEAM, TEAM),
    "manage_accounts": (("admin",), ("admin",), ("admin",)),
}


@pytest.mark.usefixtures("context")
def test_the_table_says_it_for_every_action_role_and_state(cast: Cast) -> None:
    assert set(TABLE) == set(LEAST_ROLE), "an action nobody classified"
    for action, allowed in TABLE.items():
        for state, roles in zip((PUBLIC, PROTECTED, ARCHIVED), allowed, strict=True):
            for actor in (GUEST, cast.eve, cast.alice, cast.mona, cast.ada):
                assert may(actor, action, state) == (actor.role in roles), (action, state, actor.role)


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
