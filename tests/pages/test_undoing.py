"""Taking back everything one person wrote, and nothing of anybody else's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from tests.conftest import Cast
from tests.pages.copy_party import RECIPE, newest
from wiki import history, pages
from wiki.accounts import Actor
from wiki.database import now, write_transaction
from wiki.errors import Forbidden, Invalid
from wiki.history import Revision
from wiki.pages import Decision, Saved
from wiki.pages.models import Offer, OfferText

pytestmark = pytest.mark.usefixtures("context")
SPAM = RECIPE.replace("- des affiches", "- des affiches\n- achetez des montres")
YESTERDAY = now() - timedelta(days=1)


def save(actor: Actor, slug: str, old: str, new: str) -> None:
    head = newest(slug)
    assert old in head.text
    pages.save(actor, slug, head.text.replace(old, new), head)


def spam(cast: Cast, slug: str) -> None:
    save(cast.eve, slug, "- des affiches", "- achetez des montres")


def fates(cast: Cast) -> dict[str, str]:
    planned = pages.undoings(cast.mona, cast.eve.name, YESTERDAY)
    return {row.page.slug: row.fate for row in planned.rows}


def undo_all(cast: Cast) -> dict[str, str]:
    done = pages.undo_all(cast.mona, cast.eve.name, YESTERDAY)
    return {row.page.slug: row.fate for row in done.rows}


@pytest.fixture
def slug(cast: Cast) -> str:
    return pages.create(cast.alice, RECIPE).slug


def test_a_page_nobody_touched_since_is_as_it_was_before(cast: Cast, slug: str) -> None:
    spam(cast, slug)
    save(cast.eve, slug, "10 clés", "mille clés")
    assert undo_all(cast) == {slug: "undo"}
    head = newest(slug)
    assert (head.text, head.number, head.author_name, head.action) == (newest_text(slug, 1), 4, "mona", "undo")
    assert cast.eve.name in head.comment
    assert fates(cast) == {slug: "nothing"}


def newest_text(slug: str, number: int) -> str:
    return history.read(newest(slug).page_id, number).text


def test_what_others_wrote_before_between_and_since_is_kept(cast: Cast, slug: str) -> None:
    save(cast.bob, slug, "Une soirée pour copier.", "Une soirée entière pour copier.")
    spam(cast, slug)
    save(cast.bob, slug, "Une salle avec des tables.", "Une salle avec douze tables.")
    save(cast.eve, slug, "Par affiche et par courriel.", "Par achat de montres.")
    save(cast.alice, slug, "- une bibliothécaire", "- deux bibliothécaires")
    undo_all(cast)
    text = newest(slug).text
    for kept in ("entière", "douze tables", "deux bibliothécaires", "- des affiches", "Par affiche et par courriel."):
        assert kept in text
    assert "montres" not in text
    assert fates(cast) == {slug: "nothing"}


def test_a_page_they_made_and_nobody_else_wrote_on_is_archived(cast: Cast) -> None:
    mine = pages.create(cast.eve, RECIPE).slug
    spam(cast, mine)
    assert undo_all(cast) == {mine: "archive"}
    assert newest(mine).number == 2
    assert pages.find(cast.mona, mine).archived
    assert fates(cast) == {}


def test_a_page_they_made_and_others_wrote_on_is_left_to_a_person(cast: Cast) -> None:
    mine = pages.create(cast.eve, SPAM).slug
    save(cast.bob, mine, "10 clés", "12 clés")
    assert undo_all(cast) == {mine: "ask"}
    assert newest(mine).number == 2
    assert not pages.find(cast.mona, mine).archived


def test_a_change_that_somebody_wrote_into_is_left_to_a_person(cast: Cast, slug: str) -> None:
    spam(cast, slug)
    save(cast.bob, slug, "- achetez des montres", "- achetez des réveils")
    assert undo_all(cast) == {slug: "ask"}
    assert newest(slug).number == 3


def test_what_was_taken_back_already_is_not_taken_back_again(cast: Cast, slug: str) -> None:
    spam(cast, slug)
    pages.restore(cast.bob, slug, 1)
    save(cast.bob, slug, "- des affiches", "- de grandes affiches")
    assert undo_all(cast) == {slug: "nothing"}
    assert newest(slug).number == 4


def test_a_fight_ends_with_the_text_from_before_it(cast: Cast, slug: str) -> None:
    for _round in range(3):
        spam(cast, slug)
        pages.restore(cast.bob, slug, 1)
    spam(cast, slug)
    assert undo_all(cast) == {slug: "undo"}
    assert newest(slug).text == newest_text(slug, 1)


def test_what_somebody_put_back_on_purpose_is_left_to_a_person(cast: Cast, slug: str) -> None:
    spam(cast, slug)
    pages.restore(cast.bob, slug, 1)
    pages.restore(cast.alice, slug, 2)
    assert undo_all(cast) == {slug: "ask"}


def test_only_what_was_written_since_the_day_is_taken_back(cast: Cast, slug: str) -> None:
    spam(cast, slug)
    with write_transaction() as session:
        session.execute(
            update(Revision).where(Revision.number == 2).values(created_at=YESTERDAY - timedelta(minutes=1))
        )
    save(cast.eve, slug, "10 clés", "mille clés")
    undo_all(cast)
    assert "montres" in newest(slug).text
    assert "10 clés" in newest(slug).text


def test_nobody_elses_pages_and_no_drafts_are_touched(cast: Cast, slug: str) -> None:
    other = pages.create(cast.bob, RECIPE.replace("Copy party", "Autre page"), visibility="draft").slug
    done = pages.undo_all(cast.mona, "bob", YESTERDAY)
    assert list(done.rows) == []
    assert newest(slug).number == 1
    assert pages.find(cast.bob, other).head_number == 1


def test_many_pages_go_in_steps_and_a_stop_loses_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wiki.pages.undoing.STEP", 2)
    slugs = [pages.create(cast.alice, RECIPE.replace("Copy party", f"Page {number}")).slug for number in range(5)]
    for slug in slugs:
        spam(cast, slug)
    first = pages.undo_all(cast.mona, cast.eve.name, YESTERDAY)
    assert (len(first.rows), first.total) == (2, 5)
    again = pages.undoings(cast.mona, cast.eve.name, YESTERDAY)
    assert [row.fate for row in again.rows] == ["nothing", "nothing"]
    after: int | None = 0
    while after is not None:
        after = pages.undo_all(cast.mona, cast.eve.name, YESTERDAY, after).after
    assert [newest(slug).text for slug in slugs] == [newest_text(slug, 1) for slug in slugs]
    assert [newest(slug).number for slug in slugs] == [3] * 5


def test_a_protected_page_is_cleaned_too(cast: Cast, slug: str) -> None:
    spam(cast, slug)
    pages.protect(cast.mona, slug, True)
    assert undo_all(cast) == {slug: "undo"}


def test_a_page_somebody_saves_meanwhile_is_not_archived(cast: Cast) -> None:
    mine = pages.create(cast.eve, RECIPE).slug
    save(cast.bob, mine, "10 clés", "12 clés")
    assert not pages.archive(cast.mona, mine, head=1)
    assert not pages.find(cast.mona, mine).archived
    assert pages.archive(cast.mona, mine, head=2)


def test_only_the_moderation_may(cast: Cast, slug: str) -> None:
    spam(cast, slug)
    for actor in (cast.alice, cast.eve):
        for verb in (pages.undoings, pages.undo_all):
            with pytest.raises(Forbidden):
                verb(actor, cast.eve.name, YESTERDAY)
    assert newest(slug).number == 2


# -- What they proposed ------------------------------------------------------------------------------------------------


def offered(actor: Actor, slug: str, town: str = "Brest") -> int:
    """A variant of theirs proposes one part to the page it comes from."""
    mine = pages.fork(actor, slug, town).slug
    save(actor, mine, "10 clés", "mille clés")
    (found,) = [one for one in pages.receiving(actor, slug, mine).waiting if one.title == "Matériel"]
    return pages.offer(actor, mine, slug, [found.unit.key], "Achetez.").id


def state(cast: Cast, offer: int) -> tuple[str, list[str]]:
    opened = pages.open_offer(cast.ada, offer)
    return opened.info.state, [word.text for word in opened.words]


@pytest.mark.any_database
def test_what_they_proposed_and_nobody_answered_is_declined_with_the_reason(cast: Cast, slug: str) -> None:
    from_eve, from_bob = offered(cast.eve, slug), offered(cast.bob, slug, "Lyon")
    planned = pages.undoings(cast.mona, cast.eve.name, YESTERDAY)
    assert [info.id for info in planned.offers] == [from_eve]
    assert state(cast, from_eve) == ("open", [])
    before = newest(slug).number
    done = pages.undo_all(cast.mona, cast.eve.name, YESTERDAY, reason="De la  publicité.")
    assert done.declined == 1
    assert newest(slug).number == before
    assert pages.undoings(cast.mona, cast.eve.name, YESTERDAY).offers == []
    assert state(cast, from_bob) == ("open", [])
    told = {(act.action, act.name, act.reason) for act in pages.acts(cast.eve)}
    assert {(act, cast.eve.name, "De la publicité.") for act in ("undo_all", "decline_all")} <= told
    pages.unarchive(cast.mona, f"{slug}-brest")
    assert state(cast, from_eve) == ("declined", ["De la publicité."])
    again = pages.undo_all(cast.mona, cast.eve.name, YESTERDAY)
    assert again.declined == 0


@pytest.fixture
def reviewed(make_app: Callable[..., Flask]) -> Flask:
    """The same wiki, where guests only suggest."""
    return make_app(EDITING="approved", NEWCOMER_EDITS=1)


@pytest.mark.any_database
def test_texts_that_wait_are_declined_too_and_stay_with_who_wrote_them(
    cast: Cast, slug: str, reviewed: Flask
) -> None:
    with reviewed.app_context():
        changed = pages.save(cast.eve, slug, SPAM, 1)
        made = pages.create(cast.eve, RECIPE.replace("Copy party", "Montres"))
        kept = pages.save(cast.bob, slug, RECIPE.replace("10 clés", "12 clés"), 1)
        assert isinstance(changed, Saved) and isinstance(kept, Saved)  # noqa: PT018
        done = pages.undo_all(cast.mona, cast.eve.name, YESTERDAY)
        assert (list(done.rows), done.declined) == ([], 2)
        for offer in (changed.offer, made.offer):
            assert offer is not None
            opened = pages.open_offer(cast.eve, offer)
            assert opened.info.state == "declined"
            assert opened.words[-1].text.startswith("Déclinée avec tout")
            assert not opened.told, "the page tells it to who wrote"
        assert "montres" in pages.open_offer(cast.eve, changed.offer or 0).what.text  # type: ignore[union-attr]
        assert [info.id for info in pages.waiting_suggestions(cast.alice)] == [kept.offer]
        again = pages.save(cast.eve, slug, SPAM, 1)
        assert isinstance(again, Saved)
        assert again.offer not in (None, changed.offer), "one may propose again"


def test_only_what_was_written_since_the_day_and_still_waits_is_declined(
    cast: Cast, slug: str, reviewed: Flask
) -> None:
    with reviewed.app_context():
        old = pages.create(cast.eve, RECIPE.replace("Copy party", "Ancien")).offer
        anew = pages.create(cast.eve, RECIPE.replace("Copy party", "Repris")).offer
        answered = pages.create(cast.eve, RECIPE.replace("Copy party", "Pris")).offer
        assert old and anew and answered  # noqa: PT018
        pages.decline(cast.mona, answered, "Non merci.")
        with write_transaction() as session:
            for table in (Offer, OfferText):
                session.execute(update(table).values(created_at=YESTERDAY - timedelta(minutes=1)))
        pages.create(cast.eve, RECIPE.replace("Copy party", "Repris") + "\nAchetez.\n")
        planned = pages.undoings(cast.mona, cast.eve.name, YESTERDAY)
        assert [info.id for info in planned.offers] == [anew]
        pages.undo_all(cast.mona, cast.eve.name, YESTERDAY)
        assert [pages.open_offer(cast.eve, one).info.state for one in (old, anew)] == ["open", "declined"]
        assert [word.text for word in pages.open_offer(cast.eve, answered).words] == ["Non merci."]


def test_an_answer_given_at_the_same_moment_stands(
    cast: Cast, slug: str, reviewed: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reviewed.app_context():
        offer = pages.create(cast.eve, RECIPE.replace("Copy party", "Montres")).offer
        assert offer
        planned = pages.undoings(cast.mona, cast.eve.name, YESTERDAY)
        what = pages.open_offer(cast.mona, offer).what
        pages.accept(cast.ada, offer, {one.unit.key: Decision("take") for one in what.waiting})
        monkeypatch.setattr("wiki.pages.undoing.undoings", lambda *_arguments: planned)
        assert pages.undo_all(cast.mona, cast.eve.name, YESTERDAY).declined == 0
        assert (pages.open_offer(cast.eve, offer).info.state, pages.open_offer(cast.eve, offer).words) == ("taken", [])
        with pytest.raises(Invalid):
            pages.decline(cast.mona, offer, "Trop tard.")
