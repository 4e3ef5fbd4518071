"""Edits of newcomers: published at once, marked, looked at or taken back; and who counts as a newcomer."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import Cast
from tests.pages.copy_party import RECIPE, newest
from wiki import accounts, audit, pages
from wiki.accounts import Actor
from wiki.database import db, now, write_transaction
from wiki.errors import Forbidden, NotFound
from wiki.pages.moderation.models import NetworkTrace, Patrol
from wiki.pages.moderation.patrol import NETWORKS_KEPT
from wiki.permissions import is_newcomer

pytestmark = pytest.mark.usefixtures("context")


def write(actor: Actor, slug: str, old: str, new: str) -> int:
    """Save a change; the id of the revision."""
    head = newest(slug)
    assert old in head.text
    pages.save(actor, slug, head.text.replace(old, new), head)
    return newest(slug).id


def states() -> dict[int, str]:
    return {row[0]: row[1] for row in db.session.execute(select(Patrol.revision_id, Patrol.state))}


@pytest.fixture
def slug(cast: Cast) -> str:
    return pages.create(cast.mona, RECIPE).slug


def test_what_a_newcomer_writes_is_published_and_waits_for_a_look(cast: Cast, slug: str) -> None:
    by_guest = write(cast.eve, slug, "10 clés", "12 clés")
    by_bob = write(cast.bob, slug, "12 clés", "14 clés")
    by_mona = write(cast.mona, slug, "14 clés", "16 clés")
    assert "16 clés" in newest(slug).text
    assert states() == {by_guest: "waiting", by_bob: "waiting"}
    shown = [row.change.id for row in pages.pending_edits(cast.mona)]
    assert shown == [by_bob, by_guest]
    assert pages.count_waiting(cast.mona) == 2
    assert pages.waiting_among(cast.mona, [by_guest, by_bob, by_mona]) == {by_guest, by_bob}


def test_the_queue_can_be_narrowed(cast: Cast, slug: str) -> None:
    other = pages.create(cast.eve, "# Autre\n\nTexte.\n").slug
    first = newest(other).id
    by_guest, by_bob = write(cast.eve, slug, "10 clés", "12 clés"), write(cast.bob, slug, "12 clés", "14 clés")

    def shown(**narrowed: object) -> list[int]:
        return [row.change.id for row in pages.pending_edits(cast.mona, **narrowed)]  # type: ignore[arg-type]

    assert shown(who="guests") == [by_guest, first]
    assert shown(who="newcomers") == [by_bob]
    assert shown(page_id=newest(other).page_id) == [first]
    assert shown(before=by_bob, limit=1) == [by_guest]


def test_each_edit_comes_with_what_it_changed(cast: Cast, slug: str) -> None:
    write(cast.eve, slug, "10 clés", "12 clés")
    made = pages.create(cast.eve, "# Autre\n\nTexte.\n").slug
    write(cast.eve, made, "Texte.", "Mot. " * 5000)
    long, new, changed = pages.pending_edits(cast.mona)
    assert long.comparison is None
    assert new.comparison
    assert "Texte" in repr(new.comparison)
    assert changed.comparison
    assert "12" in repr(changed.comparison)


def test_once_looked_at_it_waits_no_more_and_it_is_known_who_looked(cast: Cast, slug: str) -> None:
    edit = write(cast.eve, slug, "10 clés", "12 clés")
    assert pages.mark_seen(cast.mona, [edit, edit + 1000]) == 1
    assert pages.mark_seen(cast.ada, [edit]) == 0
    row = db.session.execute(select(Patrol)).scalar_one()
    assert (row.state, row.by_name, row.by_id) == ("seen", "mona", cast.mona.id)
    assert not pages.pending_edits(cast.mona)


def test_only_the_team_looks(cast: Cast, slug: str) -> None:
    edit = write(cast.eve, slug, "10 clés", "12 clés")
    for actor in (cast.eve, cast.bob):
        for verb in (
            lambda who=actor: pages.pending_edits(who),
            lambda who=actor: pages.count_waiting(who),
            lambda who=actor: pages.mark_seen(who, [edit]),
            lambda who=actor: pages.take_back(who, edit),
        ):
            with pytest.raises(Forbidden):
                verb()
        assert not pages.waiting_among(actor, [edit])
    assert states() == {edit: "waiting"}


def test_what_is_closed_to_somebody_of_the_team_is_not_theirs_to_judge(cast: Cast) -> None:
    draft = pages.create(cast.bob, "# Carnet\n\nÀ moi.\n", visibility="draft").slug
    edit = db.session.execute(select(Patrol.revision_id)).scalar_one()
    assert not pages.pending_edits(cast.mona)
    assert pages.count_waiting(cast.mona) == 0
    assert pages.mark_seen(cast.mona, [edit]) == 0
    with pytest.raises(NotFound):
        pages.take_back(cast.mona, edit)
    pages.show_to(cast.bob, draft, "public")
    assert [row.change.id for row in pages.pending_edits(cast.mona)] == [edit], "it waits from the day it is public"


def test_one_edit_is_taken_back_from_the_queue_and_what_others_wrote_is_kept(cast: Cast, slug: str) -> None:
    edit = write(cast.eve, slug, "10 clés", "12 montres")
    write(cast.mona, slug, "Une soirée pour copier.", "Une soirée entière pour copier.")
    assert pages.take_back(cast.mona, edit) == "undo"
    assert "10 clés" in newest(slug).text
    assert "entière" in newest(slug).text
    assert states() == {edit: "undone"}
    assert pages.take_back(cast.mona, edit) == "undo", "a second time there is nothing left to do"
    assert newest(slug).number == 4


def test_where_others_wrote_at_the_same_place_a_person_is_asked(cast: Cast, slug: str) -> None:
    edit = write(cast.eve, slug, "10 clés", "12 montres")
    write(cast.mona, slug, "12 montres", "14 montres ou clés")
    assert pages.take_back(cast.mona, edit) == "ask"
    assert states() == {edit: "waiting"}


def test_a_page_they_alone_wrote_is_archived(cast: Cast) -> None:
    made = pages.create(cast.eve, "# Montres\n\nAchetez.\n").slug
    first, second = newest(made).id, write(cast.eve, made, "Achetez.", "Achetez tout.")
    assert pages.take_back(cast.mona, first) == "archive"
    assert states() == {first: "undone", second: "undone"}
    assert not pages.pending_edits(cast.mona)


def test_a_page_others_wrote_on_is_not_archived_in_one_gesture(cast: Cast) -> None:
    made = pages.create(cast.eve, "# Pain\n\nFarine.\n").slug
    first = newest(made).id
    write(cast.bob, made, "Farine.", "Farine et eau.")
    assert pages.take_back(cast.mona, first) == "ask"
    assert pages.find(cast.bob, made).head_number == 2


def test_whatever_takes_an_edit_back_takes_its_mark_away(cast: Cast, slug: str) -> None:
    first = write(cast.eve, slug, "10 clés", "12 clés")
    pages.undo(cast.mona, slug, 2)
    second = write(cast.eve, slug, "10 clés", "13 clés")
    pages.restore(cast.mona, slug, 1)
    third = write(cast.eve, slug, "10 clés", "14 clés")
    pages.undo_all(cast.mona, cast.eve.name, now() - NETWORKS_KEPT)
    assert set(states()) == {first, second, third}
    assert set(states().values()) == {"undone"}


def test_a_newcomer_who_takes_back_is_no_judge(cast: Cast, slug: str) -> None:
    edit = write(cast.bob, slug, "10 clés", "12 clés")
    pages.undo(cast.eve, slug, 2)
    assert states() == {edit: "waiting", newest(slug).id: "waiting"}


def test_edits_that_were_undone_make_nobody_known(make_app: object, cast: Cast) -> None:
    app: Flask = make_app(NEWCOMER_EDITS=2)  # type: ignore[operator]
    with app.app_context():
        slug = pages.create(cast.mona, RECIPE).slug
        for number in range(2, 6, 2):
            assert is_newcomer(cast.bob)
            write(cast.bob, slug, "10 clés", "mille montres")
            pages.undo(cast.mona, slug, number)
        assert is_newcomer(cast.bob), "two edits, and none that stands"
        write(cast.bob, slug, "10 clés", "12 clés")
        write(cast.bob, slug, "12 clés", "14 clés")
        assert not is_newcomer(cast.bob)
        before = len(states())
        write(cast.bob, slug, "14 clés", "16 clés")
        assert len(states()) == before
        assert is_newcomer(cast.eve), "a guest always is"
        assert not is_newcomer(accounts.OPERATOR)


def test_a_newcomers_network_is_remembered_as_a_mark_and_for_some_days(cast: Cast, slug: str) -> None:
    somewhere = audit.network.set("une-marque")
    write(cast.eve, slug, "10 clés", "12 clés")
    write(cast.eve, slug, "12 clés", "14 clés")
    write(cast.mona, slug, "14 clés", "16 clés")
    found = db.session.execute(select(NetworkTrace)).scalars().all()
    assert [(row.name, row.mark) for row in found] == [(cast.eve.name, "une-marque")]
    with write_transaction():
        found[0].seen_at = now() - NETWORKS_KEPT * 2
    write(cast.bob, slug, "16 clés", "18 clés")
    audit.network.reset(somewhere)
    assert [row.name for row in db.session.execute(select(NetworkTrace)).scalars()] == ["bob"]
