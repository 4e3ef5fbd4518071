"""Texts that wait: who may only suggest, what becomes of it when the page moves on, and who is told what."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import update

from tests.conftest import Cast
from tests.pages.copy_party import newest
from wiki import accounts, pages
from wiki.accounts import GUEST, Actor
from wiki.database import write_transaction
from wiki.errors import Forbidden, Invalid, NotFound
from wiki.pages import Decision, OpenedOffer, Saved
from wiki.pages.models import OfferText

PAGE = "# Titre\n\nDébut.\n\n## Matériel\n\nDix clés.\n\n## Étapes\n\nInviter.\n\n## Suite\n\nFin.\n"


@pytest.fixture(autouse=True)
def reviewed(make_app: Callable[..., Flask]) -> Iterator[None]:
    """A wiki that approves, and knows Alice and Bob."""
    with make_app(EDITING="approved", NEWCOMER_EDITS=1).app_context():
        yield


@pytest.fixture
def slug(cast: Cast) -> str:
    """A page of Mona's; Alice wrote elsewhere once and is known."""
    made = pages.create(cast.mona, PAGE).slug
    known(cast, cast.alice)
    return made


def known(cast: Cast, member: Actor) -> None:
    """Have an account known by an edit that was accepted."""
    offer = wait(pages.create(member, f"# De {member.name}\n\nTexte.\n"))
    pages.accept(cast.mona, offer, take(cast.mona, offer))


def wait(outcome: object) -> int:
    assert isinstance(outcome, Saved)
    assert outcome.offer is not None
    return outcome.offer


def suggest(actor: Actor, slug: str, *changes: tuple[str, str], base: int = 1, text: str = PAGE) -> int:
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return wait(pages.save(actor, slug, text, base, comment="Mieux"))


def take(actor: Actor, offer: int, *only: str) -> dict[str, Decision]:
    found = pages.open_offer(actor, offer).what.waiting
    return {one.unit.key: Decision("take") for one in found if not only or one.title in only}


def opened(actor: Actor, offer: int) -> OpenedOffer:
    return pages.open_offer(actor, offer)


@pytest.mark.any_database
def test_what_a_guest_saves_waits_and_is_accepted_in_their_name(cast: Cast, slug: str) -> None:
    offer = suggest(cast.eve, slug, ("Dix", "Vingt"))
    assert newest(slug).text == PAGE
    pages.accept(cast.alice, offer, take(cast.alice, offer), "Merci !")
    text = newest(slug)
    assert (text.number, text.text, text.author_name) == (2, PAGE.replace("Dix", "Vingt"), cast.eve.name)
    assert (text.action, text.base_number, text.author_id) == ("accept", 1, None)
    assert "Mieux" in text.comment
    assert "alice" in text.comment
    assert cast.eve.name in pages.credited(pages.find(cast.alice, slug))
    assert opened(cast.eve, offer).info.state == "taken"


def test_a_newcomer_waits_until_an_edit_of_theirs_was_accepted(cast: Cast, slug: str) -> None:
    offer = suggest(cast.bob, slug, ("Dix", "Vingt"))
    pages.accept(cast.mona, offer, take(cast.mona, offer))
    assert newest(slug).author_id == cast.bob.id
    saved = pages.save(cast.bob, slug, newest(slug).text.replace("Fin", "La fin"), 2)
    assert isinstance(saved, Saved)
    assert (saved.offer, saved.number) == (None, 3)


def test_taking_part_leaves_the_rest_and_says_so(cast: Cast, slug: str) -> None:
    offer = suggest(cast.eve, slug, ("Dix", "Vingt"), ("Fin", "La fin"))
    pages.accept(cast.alice, offer, take(cast.alice, offer, "Matériel"))
    assert newest(slug).text == PAGE.replace("Dix", "Vingt")
    assert opened(cast.eve, offer).info.state == "part"


def test_declining_needs_a_word_which_is_told_until_it_was_seen(cast: Cast, slug: str) -> None:
    offer = suggest(cast.eve, slug, ("Dix", "Vingt"))
    with pytest.raises(Invalid):
        pages.decline(cast.alice, offer, "  ")
    pages.decline(cast.alice, offer, "Dix suffisent.")
    page = pages.find(cast.eve, slug)
    mine = pages.suggestions_here(cast.eve, page).mine
    assert mine is not None
    assert (mine.state, mine.word, mine.text) == ("declined", "Dix suffisent.", "")
    assert [info.id for info in pages.offers_answered(cast.eve)] == [offer]
    pages.acknowledge(cast.alice, offer)
    assert pages.suggestions_here(cast.eve, page).mine is not None, "only its author can say so"
    pages.acknowledge(cast.eve, offer)
    assert pages.suggestions_here(cast.eve, page).mine is None
    assert pages.offers_answered(cast.eve) == []
    assert newest(slug).number == 1


def test_a_later_save_takes_the_place_of_the_one_that_waits(cast: Cast, slug: str) -> None:
    first = suggest(cast.eve, slug, ("Dix", "Vingt"))
    assert suggest(cast.eve, slug, ("Dix", "Trente")) == first
    assert suggest(cast.eve, slug, ("Dix", "Trente")) == first, "the same form twice"
    (info,) = pages.waiting_suggestions(cast.alice)
    assert opened(cast.alice, info.id).what.number == 2
    mine = pages.suggestions_here(cast.eve, pages.find(cast.eve, slug)).mine
    assert mine is not None
    assert "Trente clés" in mine.text


def test_what_was_read_is_what_is_accepted(cast: Cast, slug: str) -> None:
    offer = suggest(cast.eve, slug, ("Dix", "Vingt"))
    decisions = take(cast.alice, offer)
    suggest(cast.eve, slug, ("Dix", "Mille"))
    with pytest.raises(Invalid):
        pages.accept(cast.alice, offer, decisions, number=1)
    assert newest(slug).number == 1
    pages.accept(cast.alice, offer, decisions, number=2)
    assert "Mille" in newest(slug).text


def test_saving_what_is_published_from_an_old_tab_leaves_what_waits(cast: Cast, slug: str) -> None:
    offer = suggest(cast.eve, slug, ("Dix", "Vingt"))
    saved = pages.save(cast.eve, slug, PAGE, 1)
    assert isinstance(saved, Saved)
    assert (saved.unchanged, saved.offer) == (True, offer)
    assert opened(cast.eve, offer).info.open
    mine = pages.suggestions_here(cast.eve, pages.find(cast.eve, slug)).mine
    assert mine is not None
    assert "Vingt" in mine.text
    pages.withdraw(cast.eve, offer)
    assert opened(cast.eve, offer).info.state == "withdrawn"
    assert pages.count_suggestions(cast.alice) == 0


def test_a_suggestion_stays_right_when_the_page_moves_on(cast: Cast, slug: str) -> None:
    offer = suggest(cast.eve, slug, ("Dix", "Vingt"))
    pages.save(cast.alice, slug, PAGE.replace("Fin", "La fin"), 1)
    mine = pages.suggestions_here(cast.eve, pages.find(cast.eve, slug)).mine
    assert mine is not None
    assert mine.base == 2
    assert mine.text == PAGE.replace("Fin", "La fin").replace("Dix", "Vingt")
    pages.accept(cast.alice, offer, take(cast.alice, offer))
    assert newest(slug).text == PAGE.replace("Fin", "La fin").replace("Dix", "Vingt")
    assert newest(slug).base_number == 1


def test_what_both_changed_asks_and_changes_nothing_meanwhile(cast: Cast, slug: str) -> None:
    offer = suggest(cast.eve, slug, ("Dix", "Vingt"))
    pages.save(cast.alice, slug, PAGE.replace("Dix", "Douze"), 1)
    mine = pages.suggestions_here(cast.eve, pages.find(cast.eve, slug)).mine
    assert mine is not None
    assert (mine.base, "Vingt" in mine.text) == (1, True)
    outcome = pages.accept(cast.alice, offer, take(cast.alice, offer))
    assert len(outcome.undecided) == 1
    assert (newest(slug).number, opened(cast.eve, offer).info.open) == (2, True)
    (key,) = outcome.undecided
    pages.accept(cast.alice, offer, {key: Decision("theirs")})
    assert "Vingt clés" in newest(slug).text


def test_two_suggestions_at_once_are_both_taken(cast: Cast, slug: str) -> None:
    other = accounts.guest("another browser")
    first, second = suggest(cast.eve, slug, ("Dix", "Vingt")), suggest(other, slug, ("Fin", "La fin"))
    assert first != second
    assert pages.suggestions_here(cast.alice, pages.find(cast.alice, slug)).waiting == 2
    for offer in (second, first):
        pages.accept(cast.alice, offer, take(cast.alice, offer))
    assert newest(slug).text == PAGE.replace("Fin", "La fin").replace("Dix", "Vingt")
    assert {cast.eve.name, other.name} < set(pages.authors(pages.find(cast.alice, slug).id))


def test_the_title_and_what_a_page_says_of_itself_may_be_suggested(cast: Cast) -> None:
    text = "---\nkind: recipe\ntitle: Soupe\nstatus: ebauche\n---\n\nTexte.\n"
    slug = pages.create(cast.mona, text).slug
    changes = (("title: Soupe", "title: Disco soupe"), ("status: ebauche", "status: eprouvee"))
    offer = suggest(cast.eve, slug, *changes, text=text)
    assert {one.unit.key for one in opened(cast.mona, offer).what.waiting} == {"field:title", "field:status"}
    pages.accept(cast.mona, offer, {"field:title": Decision("take")})
    assert "title: Disco soupe\nstatus: ebauche" in newest(slug).text


def test_only_its_author_and_who_may_answer_know_of_a_suggestion(cast: Cast, slug: str) -> None:
    offer = suggest(cast.eve, slug, ("Dix", "Vingt"))
    page = pages.find(cast.eve, slug)
    for stranger in (GUEST, accounts.guest("another browser"), cast.bob):
        with pytest.raises(NotFound):
            pages.open_offer(stranger, offer)
        for verb in (lambda who: pages.accept(who, offer, {}), lambda who: pages.say(who, offer, "Bonjour")):
            with pytest.raises((NotFound, Forbidden)):
                verb(stranger)
        assert pages.offers_to(stranger, page) == pages.waiting_suggestions(stranger) == []
        assert (pages.count_suggestions(stranger), pages.suggestions_here(stranger, page)) == (0, pages.Here())
    assert [info.id for info in pages.offers_to(cast.alice, page)] == [offer]
    assert [info.id for info in pages.offers_by(cast.eve)] == [offer]
    with pytest.raises(Forbidden):
        pages.accept(cast.eve, offer, take(cast.eve, offer))
    with pytest.raises(Invalid):
        pages.withdraw(cast.alice, offer)


def test_who_has_no_name_suggests_nothing(slug: str) -> None:
    with pytest.raises(Forbidden):
        pages.save(GUEST, slug, PAGE.replace("Dix", "Vingt"), 1)
    with pytest.raises(Forbidden):
        pages.create(GUEST, "# Autre\n")


@pytest.mark.any_database
def test_a_page_to_make_is_made_once_accepted_and_credits_who_wrote_it(cast: Cast, slug: str) -> None:
    offer = wait(pages.create(cast.eve, "# Neuve\n\nTexte.\n\n## Une partie\n\nDit.\n", comment="Pour vous"))
    with pytest.raises(NotFound):
        pages.find(cast.ada, "neuve")
    assert [info.title for info in pages.waiting_suggestions(cast.alice)] == ["Neuve"]
    received = pages.accept(cast.alice, offer, take(cast.alice, offer))
    text = newest("neuve")
    assert (received.slug, text.number, text.author_name) == ("neuve", 1, cast.eve.name)
    assert text.text == "# Neuve\n\nTexte.\n\n## Une partie\n\nDit.\n"
    info = opened(cast.eve, offer).info
    assert info.page is not None
    assert (info.state, info.page.slug) == ("taken", "neuve")
    mine = pages.suggestions_here(cast.eve, info.page).mine
    assert mine is not None
    assert mine.state == "taken"
    with pytest.raises(Invalid):
        pages.accept(cast.alice, offer, {})


def test_of_a_page_to_make_one_may_take_a_part(cast: Cast, slug: str) -> None:
    text = "---\nkind: recipe\ntitle: Neuve\nduration: 2 h\n---\n\nTexte.\n\n## Une partie\n\nDit.\n"
    offer = wait(pages.create(cast.eve, text))
    titles = {one.title for one in opened(cast.alice, offer).what.waiting}
    assert "Une partie" in titles
    assert "title" not in titles
    pages.accept(cast.alice, offer, take(cast.alice, offer, *titles - {"Une partie"}))
    assert newest("neuve").text == text.partition("\n## ")[0]
    assert opened(cast.eve, offer).info.state == "part"


def test_a_page_to_make_may_be_written_again_before_it_is_read(cast: Cast, slug: str) -> None:
    first = wait(pages.create(cast.eve, "# Neuve\n\nUn.\n"))
    assert wait(pages.create(cast.eve, "# Toute neuve\n\nDeux.\n", offer_id=first)) == first
    stranger = accounts.guest("another browser")
    assert wait(pages.create(stranger, "# Autre\n\nTrois.\n", offer_id=first)) != first
    assert [info.title for info in pages.waiting_suggestions(cast.alice)] == ["Toute neuve", "Autre"]


def test_an_address_taken_meanwhile_is_said_and_nothing_is_lost(cast: Cast, slug: str) -> None:
    with pytest.raises(pages.AlreadyExists):
        pages.create(cast.eve, "# Titre\n\nUn autre texte.\n")
    offer = wait(pages.create(cast.eve, "# Neuve\n\nUn.\n"))
    pages.create(cast.mona, "# Neuve\n\nDeux.\n")
    with pytest.raises(pages.AlreadyExists):
        pages.accept(cast.alice, offer, take(cast.alice, offer))
    assert opened(cast.eve, offer).info.open
    assert newest("neuve").text == "# Neuve\n\nDeux.\n"


def test_a_variant_of_a_guest_waits_and_is_linked_once_accepted(cast: Cast) -> None:
    pages.create(cast.mona, "---\nkind: recipe\ntitle: Soupe\n---\n\nTexte.\n\n## Étapes\n\nInviter.\n")
    offer = wait(pages.fork(cast.eve, "soupe", "Brest"))
    assert pages.family(cast.mona, "soupe").total == 1
    pages.accept(cast.mona, offer, take(cast.mona, offer))
    made = pages.find(cast.eve, "soupe-brest")
    assert made.origin_id == pages.find(cast.eve, "soupe").id
    assert pages.share_history(made, pages.find(cast.eve, "soupe"))


def variant_that_waits(cast: Cast) -> int:
    """Eve's variant of Mona's soup: she wrote a section anew and left all the rest."""
    recipe = "---\nkind: recipe\ntitle: Soupe\nduration: 2 h\n---\n\nTexte.\n\n## Étapes\n\nInviter.\n"
    pages.create(cast.mona, recipe)
    text = recipe.replace("title: Soupe", "title: Soupe, Brest\nvariant_of: soupe").replace("Inviter", "Inviter Brest")
    return wait(pages.create(cast.eve, text))


def test_a_variant_that_waits_is_compared_with_its_origin_as_it_was(cast: Cast) -> None:
    offer = variant_that_waits(cast)
    pages.save(cast.mona, "soupe", "---\nkind: recipe\ntitle: Soupe\n---\n\nTout autre.\n", base=1)
    for reader in (cast.mona, cast.eve):
        (one,) = opened(reader, offer).what.waiting
        assert (one.title, one.unit.kind, one.contested) == ("Étapes", "changed", ())
    pages.accept(cast.mona, offer, take(cast.mona, offer))
    text = newest("soupe-brest").text
    assert "Inviter Brest" in text
    assert "duration: 2 h" in text
    assert "variant_of: soupe" in text


def test_a_variant_that_changes_nothing_yet_may_be_published_or_declined(cast: Cast) -> None:
    pages.create(cast.mona, "---\nkind: recipe\ntitle: Soupe\nstatus: éprouvée\n---\n\nTexte.\n")
    first, second = wait(pages.fork(cast.eve, "soupe", "Brest")), wait(pages.fork(cast.eve, "soupe", "Lille"))
    assert {one.title for one in opened(cast.mona, first).what.waiting} <= {"Licence"}
    pages.accept(cast.mona, first, take(cast.mona, first))
    assert "Texte." in newest("soupe-brest").text
    pages.decline(cast.mona, second, "Une suffit.")
    with pytest.raises(NotFound):
        pages.find(cast.mona, "soupe-lille")


def test_a_variant_of_which_all_may_not_be_told_is_told_by_itself(cast: Cast) -> None:
    offer = variant_that_waits(cast)
    pages.save(cast.mona, "soupe", "---\nkind: recipe\ntitle: Soupe\n---\n\nTout autre.\n", base=1)
    pages.hide(cast.mona, "soupe", 1, ["text"], "Secret.")
    assert len(opened(cast.mona, offer).what.waiting) == 1
    assert "Durée le jour J" in {one.title for one in opened(cast.eve, offer).what.waiting}
    with pytest.raises(NotFound):
        opened(cast.alice, offer)


def test_a_page_for_members_is_read_by_members_once_accepted(cast: Cast, slug: str) -> None:
    offer = wait(pages.create(cast.bob, "# Neuve\n\nUn.\n", visibility="members"))
    made = pages.accept(cast.alice, offer, take(cast.alice, offer)).slug
    assert pages.find(cast.bob, made).visibility == "members"
    for address in (made, "neuve"):
        with pytest.raises(NotFound):
            pages.find(cast.eve, address)


def test_a_draft_of_a_newcomer_is_theirs_and_is_not_opened_past_those_who_approve(cast: Cast) -> None:
    saved = pages.create(cast.bob, "# Brouillon\n\nUn.\n", visibility="draft")
    assert saved.offer is None
    assert isinstance(pages.save(cast.bob, saved.slug, "# Brouillon\n\nDeux.\n", 1), Saved)
    assert pages.find(cast.bob, saved.slug).head_number == 2
    for visibility in ("public", "members"):
        with pytest.raises(Invalid):
            pages.show_to(cast.bob, saved.slug, visibility)
    assert pages.find(cast.bob, saved.slug).visibility == "draft"


def test_a_suggestion_outlives_what_becomes_of_its_page(cast: Cast, slug: str) -> None:
    offer = suggest(cast.eve, slug, ("Dix", "Vingt"))
    pages.rename(cast.mona, slug, "Nom nouveau")
    assert [info.title for info in pages.offers_by(cast.eve)] == ["Nom nouveau"]
    pages.protect(cast.mona, "nom-nouveau", True)
    with pytest.raises(NotFound):
        pages.open_offer(cast.alice, offer)
    assert pages.waiting_suggestions(cast.alice) == []
    pages.archive(cast.mona, "nom-nouveau")
    (info,) = pages.offers_by(cast.eve)
    assert (info.page, info.title) == (None, "")
    assert "Vingt" in opened(cast.eve, offer).what.text  # type: ignore[union-attr]
    assert pages.waiting_suggestions(cast.mona) == []
    pages.unarchive(cast.mona, "nom-nouveau")
    pages.accept(cast.mona, offer, take(cast.mona, offer))
    assert "Vingt clés" in newest("nom-nouveau").text
    assert "Nom nouveau" in newest("nom-nouveau").text


def test_a_page_closed_meanwhile_is_no_more_told_of_to_who_suggested(cast: Cast, slug: str) -> None:
    offer = suggest(cast.eve, slug, ("Dix", "Vingt"))
    pages.save(cast.mona, slug, PAGE.replace("Début", "Secret"), 1)
    pages.show_to(cast.mona, slug, "members")
    told = opened(cast.eve, offer)
    assert (told.info.page, told.info.title, told.may_withdraw) == (None, "", True)
    assert "Secret" not in repr(told)
    pages.withdraw(cast.eve, offer)
    assert opened(cast.eve, offer).info.state == "withdrawn"


def test_a_page_holds_so_many_suggestions_and_no_more(cast: Cast, slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wiki.pages.proposing.MOST_OPEN", 2)
    guests = [accounts.guest(f"browser {number}") for number in range(3)]
    for number in (0, 1):
        suggest(guests[number], slug, ("Dix", f"{number} fois dix"))
    with pytest.raises(Invalid):
        suggest(guests[2], slug, ("Dix", "Cent"))
    suggest(guests[0], slug, ("Dix", "Onze"))
    for number in (0, 1):
        pages.create(guests[0], f"# Neuve {number}\n")
    with pytest.raises(Invalid):
        pages.create(guests[0], "# Neuve 3\n")


def test_suggestions_pass_the_same_door_as_edits(
    make_app: Callable[..., Flask], cast: Cast, slug: str
) -> None:
    with make_app(EDITING="approved", NEWCOMER_LINKS=1).app_context():
        with pytest.raises(Invalid):
            pages.save(cast.eve, slug, PAGE + "\nhttps://un.example https://deux.example\n", 1)
        with pytest.raises(Invalid):
            pages.create(cast.eve, "# Neuve\n\nhttps://un.example https://deux.example\n")
        assert pages.count_suggestions(cast.mona) == 0


def test_a_protected_page_is_suggested_to_wherever_one_may_write(make_app: Callable[..., Flask], cast: Cast) -> None:
    with make_app(EDITING="everyone").app_context():
        slug = pages.create(cast.mona, PAGE).slug
        pages.protect(cast.mona, slug, True)
        for who, word in ((cast.eve, "Vingt"), (cast.alice, "Trente")):
            offer = suggest(who, slug, ("Dix", word))
            with pytest.raises(NotFound):
                pages.open_offer(cast.bob, offer)
        assert [info.author_name for info in pages.waiting_suggestions(cast.mona)] == [cast.eve.name, "alice"]
        pages.accept(cast.mona, offer, take(cast.mona, offer))
        assert (newest(slug).author_name, "Trente clés" in newest(slug).text) == ("alice", True)


def test_who_leaves_leaves_no_name_on_what_they_suggested_or_reviewed(cast: Cast, slug: str) -> None:
    known(cast, cast.bob)
    offer = suggest(cast.eve, slug, ("Dix", "Vingt"))
    pages.accept(cast.alice, offer, take(cast.alice, offer))
    assert "alice" in newest(slug).comment
    data = pages.personal_data(cast.bob)
    assert "De bob" in data["suggestions"][0]["text"]


def test_who_opens_an_account_takes_their_suggestions_along(cast: Cast, slug: str) -> None:
    offer, made = suggest(cast.eve, slug, ("Dix", "Vingt")), wait(pages.create(cast.eve, "# Neuve\n"))
    pages.claim(cast.bob, cast.eve)
    assert {info.id for info in pages.offers_by(cast.bob)} == {offer, made}
    with pytest.raises(NotFound):
        pages.open_offer(cast.eve, offer)
    pages.accept(cast.alice, offer, take(cast.alice, offer))
    assert (newest(slug).author_id, newest(slug).author_name) == (cast.bob.id, "bob")


def test_texts_that_wait_are_read_again_when_the_wiki_is_verified(cast: Cast, slug: str) -> None:
    offer, made = suggest(cast.eve, slug, ("Dix", "Vingt")), wait(pages.create(cast.eve, "# Neuve\n"))
    pages.accept(cast.alice, made, take(cast.alice, made))
    assert pages.verify() == []
    with write_transaction() as session:
        session.execute(update(OfferText).where(OfferText.offer_id == offer).values(codec="zstd", body=b"?"))
    assert [str(offer) in str(finding) for finding in pages.verify()] == [True]


# -- Going back --------------------------------------------------------------------------------------------------------


@pytest.mark.any_database
def test_going_back_waits_too_and_keeps_what_others_wrote_since(cast: Cast, slug: str) -> None:
    pages.save(cast.mona, slug, PAGE.replace("Dix", "Vingt"), 1)
    pages.save(cast.mona, slug, PAGE.replace("Dix", "Vingt").replace("Fin.", "La fin."), 2)
    undone, restored = wait(pages.undo(cast.eve, slug, 2)), wait(pages.restore(cast.bob, slug, 1))
    assert newest(slug).number == 3
    assert [one.title for one in opened(cast.mona, undone).what.waiting] == ["Matériel"]
    assert {one.title for one in opened(cast.mona, restored).what.waiting} == {"Matériel", "Suite"}
    pages.accept(cast.mona, undone, take(cast.mona, undone))
    text = newest(slug)
    assert (text.text, text.author_name) == (PAGE.replace("Fin.", "La fin."), cast.eve.name)
    assert "Version 2 défaite" in text.comment


def test_going_back_takes_the_place_of_no_text_that_waits(cast: Cast, slug: str) -> None:
    pages.save(cast.mona, slug, PAGE.replace("Dix", "Vingt"), 1)
    held = suggest(cast.eve, slug, ("Fin.", "La fin."))
    for go_back in (lambda: pages.undo(cast.eve, slug, 2), lambda: pages.restore(cast.eve, slug, 1)):
        with pytest.raises(Invalid, match="attend déjà"):
            go_back()
    assert "La fin." in opened(cast.eve, held).what.text  # type: ignore[union-attr]
    pages.withdraw(cast.eve, held)
    assert wait(pages.restore(cast.eve, slug, 1)) != held


def test_going_back_to_what_stands_there_proposes_nothing(cast: Cast, slug: str) -> None:
    assert pages.restore(cast.eve, slug, 1) == Saved(slug, 1, unchanged=True)
