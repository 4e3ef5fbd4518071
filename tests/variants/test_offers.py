"""Proposing to the origin: choosing, saying why, answering, and staying right when either side moves on."""

from __future__ import annotations

import pytest

from tests.conftest import PASSWORD, Cast
from tests.pages.copy_party import RECIPE, newest
from tests.variants.test_taking import ORIGIN, VARIANT, change, titles
from wiki import accounts, pages
from wiki.accounts import Actor
from wiki.errors import Forbidden, Invalid, NotFound
from wiki.pages import Decision

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def offered(cast: Cast) -> int:
    """Bob's variant proposes two sections to Alice's recipe."""
    pages.create(cast.alice, RECIPE)
    pages.fork(cast.bob, ORIGIN, "Brest")
    change(cast.bob, VARIANT, ("10 clés USB", "20 clés USB"), ("Par affiche et par courriel.", "Par affiche."))
    return offer_all(cast.bob, "Cela marche mieux ainsi.")


def offer_all(actor: Actor, message: str = "") -> int:
    found = pages.receiving(actor, ORIGIN, VARIANT)
    return pages.offer(actor, VARIANT, ORIGIN, [one.unit.key for one in found.waiting], message).id


def decisions(actor: Actor, offer_id: int, choice: str = "take", *only: str) -> dict[str, Decision]:
    found = pages.open_offer(actor, offer_id).what.waiting
    return {one.unit.key: Decision(choice) for one in found if not only or one.title in only}  # type: ignore[arg-type]


def test_an_offer_is_seen_by_those_who_may_answer_it(cast: Cast, offered: int) -> None:
    (info,) = pages.offers_for(cast.alice)
    assert (info.id, info.message, info.units, info.author_name) == (offered, "Cela marche mieux ainsi.", 2, "bob")
    assert pages.standing(cast.alice, pages.find(cast.alice, ORIGIN)).offers == 1
    assert [one.id for one in pages.offers_to(cast.eve, pages.find(cast.eve, ORIGIN))] == [offered]
    assert [one.state for one in pages.offers_by(cast.bob)] == ["open"]


def test_an_offer_where_one_wrote_nothing_is_told_apart_to_whoever_may_answer_it(cast: Cast, offered: int) -> None:
    assert pages.offers_for(cast.ada) == []
    assert [info.id for info in pages.offers_elsewhere(cast.ada)] == [offered]
    for who in (cast.alice, cast.bob, cast.eve):
        assert pages.offers_elsewhere(who) == []
    pages.protect(cast.mona, ORIGIN, True)
    assert pages.offers_elsewhere(cast.mona) == [], "among those of the moderation"
    member = accounts.register("zoe", PASSWORD)
    assert pages.offers_elsewhere(member) == []
    pages.protect(cast.mona, ORIGIN, False)
    assert [info.id for info in pages.offers_elsewhere(member)] == [offered]
    pages.show_to(cast.alice, ORIGIN, "draft")
    assert pages.offers_elsewhere(member) == []


def test_the_same_offer_sent_twice_is_one(cast: Cast, offered: int) -> None:
    assert offer_all(cast.bob, "Cela marche mieux ainsi.") == offered


@pytest.mark.any_database
def test_what_waits_already_is_not_offered_twice_and_another_message_is_said_there(cast: Cast, offered: int) -> None:
    assert offer_all(cast.bob, "Essayé encore hier.") == offer_all(cast.eve, "À Lille aussi.") == offered
    assert offer_all(cast.bob, "Essayé encore hier.") == offered
    assert offer_all(cast.eve) == offered
    opened = pages.open_offer(cast.alice, offered)
    assert opened.info.message == "Cela marche mieux ainsi."
    assert [(word.author_name, word.text) for word in opened.words] == [
        ("bob", "Essayé encore hier."), (cast.eve.name, "À Lille aussi."),
    ]
    assert [one.id for one in pages.offers_for(cast.alice)] == [offered]


def test_a_part_of_what_waits_may_be_offered_by_itself(cast: Cast, offered: int) -> None:
    (first, _second) = pages.receiving(cast.bob, ORIGIN, VARIANT).waiting
    assert not pages.offer(cast.bob, VARIANT, ORIGIN, [first.unit.key]).again
    assert pages.offer(cast.bob, VARIANT, ORIGIN, [first.unit.key]).again


@pytest.mark.parametrize(
    ("choices", "state"),
    [(("take", "take"), "taken"), (("take", "decline"), "part"), (("decline", "decline"), "declined")],
)
def test_an_offer_answered_through_another_says_what_became_of_its_parts(
    cast: Cast, offered: int, choices: tuple[str, str], state: str
) -> None:
    first, second = pages.receiving(cast.alice, ORIGIN, VARIANT).waiting
    answers = dict(zip((first.unit.key, second.unit.key), map(Decision, choices), strict=True))
    pages.take(cast.alice, ORIGIN, VARIANT, newest(VARIANT).number, answers)
    assert pages.open_offer(cast.alice, offered).what.waiting == []
    pages.accept(cast.alice, offered, {})
    assert pages.open_offer(cast.bob, offered).info.state == state


def test_an_offer_of_which_a_part_was_refused_before_is_taken_in_part(cast: Cast, offered: int) -> None:
    first, second = pages.receiving(cast.alice, ORIGIN, VARIANT).waiting
    pages.take(cast.alice, ORIGIN, VARIANT, newest(VARIANT).number, {first.unit.key: Decision("decline")})
    pages.accept(cast.alice, offered, {second.unit.key: Decision("take")})
    assert pages.open_offer(cast.bob, offered).info.state == "part"


def test_an_offer_of_nothing_is_refused(cast: Cast, offered: int) -> None:
    with pytest.raises(Invalid):
        pages.offer(cast.bob, VARIANT, ORIGIN, ["section:nothing"])


@pytest.mark.any_database
def test_taking_all_of_an_offer_credits_its_page_and_closes_it(cast: Cast, offered: int) -> None:
    pages.accept(cast.alice, offered, decisions(cast.alice, offered), "Merci !")
    text = newest(ORIGIN)
    assert "20 clés USB" in text.text
    assert (text.number, text.merged_id, text.author_name) == (2, newest(VARIANT).id, "alice")
    opened = pages.open_offer(cast.bob, offered)
    assert (opened.info.state, [word.text for word in opened.words]) == ("taken", ["Merci !"])
    assert pages.offers_for(cast.alice) == []
    assert titles(cast.bob) == []


def test_taking_a_part_declines_the_rest(cast: Cast, offered: int) -> None:
    pages.accept(cast.alice, offered, decisions(cast.alice, offered, "take", "Matériel"))
    assert "20 clés USB" in newest(ORIGIN).text
    assert "Par affiche et par courriel." in newest(ORIGIN).text
    assert pages.open_offer(cast.bob, offered).info.state == "part"
    assert titles(cast.alice, ORIGIN, VARIANT) == []


def test_declining_needs_a_word_and_is_remembered(cast: Cast, offered: int) -> None:
    with pytest.raises(Invalid):
        pages.decline(cast.alice, offered, " ")
    assert pages.decline(cast.alice, offered, "Pas chez nous.")
    assert pages.open_offer(cast.bob, offered).info.state == "declined"
    assert (newest(ORIGIN).number, titles(cast.alice, ORIGIN, VARIANT)) == (1, [])


@pytest.mark.parametrize(("title", "state"), [("Matériel", "part"), (None, "taken")])
def test_declining_what_is_left_of_an_offer_says_what_was_taken_elsewhere(
    cast: Cast, offered: int, title: str | None, state: str
) -> None:
    opened = pages.open_offer(cast.alice, offered).what
    wanted = {one.unit.key: Decision("take") for one in opened.waiting if title in (None, one.title)}
    pages.take(cast.alice, ORIGIN, VARIANT, newest(VARIANT).number, wanted)
    assert not pages.decline(cast.alice, offered, "Le reste n’est pas pour nous.")
    assert pages.open_offer(cast.bob, offered).info.state == state


def test_an_answered_offer_is_not_answered_again(cast: Cast, offered: int) -> None:
    found = decisions(cast.alice, offered)
    pages.accept(cast.alice, offered, found)
    with pytest.raises(Invalid):
        pages.accept(cast.alice, offered, found)
    with pytest.raises(Invalid):
        pages.withdraw(cast.bob, offered)
    assert newest(ORIGIN).number == 2


def test_only_its_author_withdraws_an_offer(cast: Cast, offered: int) -> None:
    with pytest.raises(Invalid):
        pages.withdraw(cast.alice, offered)
    pages.withdraw(cast.bob, offered)
    assert pages.open_offer(cast.bob, offered).info.state == "withdrawn"


def test_an_offer_is_about_the_version_it_was_made_of(cast: Cast, offered: int) -> None:
    change(cast.bob, VARIANT, ("20 clés USB", "99 clés USB"))
    change(cast.alice, ORIGIN, ("Une salle", "Une grande salle"))
    pages.accept(cast.alice, offered, decisions(cast.alice, offered))
    assert "20 clés USB" in newest(ORIGIN).text
    assert "Une grande salle" in newest(ORIGIN).text
    assert titles(cast.alice, ORIGIN, VARIANT) == ["Matériel"]


def test_an_older_offer_does_not_undo_what_a_newer_one_brought(cast: Cast, offered: int) -> None:
    change(cast.bob, VARIANT, ("20 clés USB", "99 clés USB"))
    newer = offer_all(cast.bob)
    pages.accept(cast.alice, newer, decisions(cast.alice, newer))
    assert pages.open_offer(cast.alice, offered).what.waiting == []
    pages.accept(cast.alice, offered, {})
    assert "99 clés USB" in newest(ORIGIN).text


def test_a_contested_offer_asks_and_changes_nothing_meanwhile(cast: Cast, offered: int) -> None:
    change(cast.alice, ORIGIN, ("10 clés USB", "12 clés USB"))
    outcome = pages.accept(cast.alice, offered, decisions(cast.alice, offered))
    assert len(outcome.undecided) == 1
    assert (newest(ORIGIN).number, pages.open_offer(cast.alice, offered).info.state) == (2, "open")
    found = decisions(cast.alice, offered)
    found[next(iter(outcome.undecided))] = Decision("theirs")
    pages.accept(cast.alice, offered, found)
    assert "20 clés USB" in newest(ORIGIN).text


@pytest.mark.parametrize(("choice", "written"), [("mine", "20 clés"), ("write", "16 clés"), ("both", "20 clés")])
def test_what_the_variant_settled_against_the_origin_is_offered_without_asking_again(
    cast: Cast, choice: str, written: str
) -> None:
    pages.create(cast.alice, RECIPE)
    pages.fork(cast.bob, ORIGIN, "Brest")
    change(cast.bob, VARIANT, ("10 clés USB", "20 clés USB"))
    change(cast.alice, ORIGIN, ("10 clés USB", "12 clés USB"))
    what = pages.receiving(cast.bob, VARIANT, ORIGIN)
    (contested,) = what.contested
    texts = tuple(chunk.mine.replace("20", "16") for chunk in contested.contested) if choice == "write" else ()
    decision = Decision(choice, texts, contested.mark)  # type: ignore[arg-type]
    pages.take(cast.bob, VARIANT, ORIGIN, what.source_text.number, {contested.unit.key: decision})
    assert not pages.receiving(cast.bob, VARIANT, ORIGIN).waiting
    back = pages.receiving(cast.alice, ORIGIN, VARIANT)
    assert [one.title for one in back.waiting] == ["Matériel"]
    assert not back.contested, "they decided knowing the origin's words: it sees one change of these"
    offer_id = offer_all(cast.bob)
    assert not pages.open_offer(cast.alice, offer_id).what.waiting[0].contested
    pages.accept(cast.alice, offer_id, decisions(cast.alice, offer_id))
    assert written in newest(ORIGIN).text
    assert not pages.receiving(cast.bob, VARIANT, ORIGIN).waiting
    change(cast.alice, ORIGIN, ("2 rallonges", "3 rallonges"))
    assert not pages.receiving(cast.alice, ORIGIN, VARIANT).waiting
    assert pages.verify() == []


def test_what_the_origin_changed_after_the_variant_settled_is_asked(cast: Cast) -> None:
    pages.create(cast.alice, RECIPE)
    pages.fork(cast.bob, ORIGIN, "Brest")
    change(cast.bob, VARIANT, ("10 clés USB", "20 clés USB"))
    change(cast.alice, ORIGIN, ("10 clés USB", "12 clés USB"))
    what = pages.receiving(cast.bob, VARIANT, ORIGIN)
    pages.take(cast.bob, VARIANT, ORIGIN, 2, {what.contested[0].unit.key: Decision("mine", (), what.contested[0].mark)})
    change(cast.alice, ORIGIN, ("12 clés USB", "14 clés USB"))
    assert pages.receiving(cast.alice, ORIGIN, VARIANT).contested


def test_a_protected_page_is_offered_to_by_everybody_and_answered_by_its_guardians(cast: Cast, offered: int) -> None:
    pages.protect(cast.mona, ORIGIN, True)
    with pytest.raises(Forbidden):
        pages.accept(cast.alice, offered, decisions(cast.alice, offered))
    with pytest.raises(Forbidden):
        pages.decline(cast.alice, offered, "Non")
    assert pages.offers_for(cast.alice) == []
    assert [info.id for info in pages.offers_for(cast.mona)] == [offered]
    pages.accept(cast.mona, offered, decisions(cast.mona, offered))
    assert newest(ORIGIN).number == 2


@pytest.mark.parametrize("hidden", [ORIGIN, VARIANT])
def test_an_offer_between_pages_one_of_which_is_archived_does_not_exist(
    cast: Cast, offered: int, hidden: str
) -> None:
    pages.archive(cast.mona, hidden)
    for actor in (cast.alice, cast.bob, cast.eve):
        with pytest.raises(NotFound):
            pages.open_offer(actor, offered)
        assert pages.offers_for(actor) == []
        assert pages.offers_by(actor) == []
    assert pages.open_offer(cast.mona, offered).info.open


def test_people_talk_about_an_offer(cast: Cast, offered: int) -> None:
    pages.say(cast.alice, offered, "Pourquoi vingt ?")
    pages.say(cast.bob, offered, "Nous sommes nombreux.")
    pages.say(cast.bob, offered, "Nous sommes nombreux.")
    assert [(word.author_name, word.text) for word in pages.open_offer(cast.eve, offered).words] == [
        ("alice", "Pourquoi vingt ?"), ("bob", "Nous sommes nombreux."),
    ]
