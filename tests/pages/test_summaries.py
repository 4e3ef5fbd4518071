"""Summaries follow a change of name where the wiki itself wrote it, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select, update

from tests.conftest import Cast, add_account
from tests.pages.copy_party import RECIPE, newest
from wiki import accounts, pages
from wiki.accounts import Actor
from wiki.database import db, now, write_transaction
from wiki.history import Revision
from wiki.pages import Decision, Saved
from wiki.pages.signing import rename_account


def comments(slug: str) -> list[str]:
    query = select(Revision.comment).where(Revision.page_id == newest(slug).page_id).order_by(Revision.number)
    return list(db.session.execute(query).scalars())


def rename(actor: Actor, name: str) -> None:
    assert actor.id is not None
    rename_account(actor.id, name)


def say(slug: str, number: int, comment: str) -> None:
    """Have a version carry another summary, as somebody might have typed it."""
    with write_transaction() as session:
        theirs = (Revision.page_id == newest(slug).page_id) & (Revision.number == number)
        session.execute(update(Revision).where(theirs).values(comment=comment))


def varied(cast: Cast, writer: Actor, language: str = "fr") -> tuple[str, str]:
    """A page of Alice's, and its variant by somebody else, of which the page took everything."""
    origin = pages.create(cast.alice, RECIPE).slug
    variant = pages.fork(writer, origin, "chez nous").slug
    head = newest(variant)
    pages.save(writer, variant, head.text.replace("10 clés", "12 clés"), head.number)
    with force_locale(language):
        what = pages.receiving(cast.alice, origin, variant)
        decisions = {one.unit.key: Decision("take") for one in what.waiting}
        pages.take(cast.alice, origin, variant, what.source_text.number, decisions)
    return origin, variant


@pytest.mark.usefixtures("context")
@pytest.mark.any_database
@pytest.mark.parametrize("name", ["Version", "Edits", "Matériel", "défaite"])
def test_a_name_like_a_word_changes_no_words_of_others(cast: Cast, name: str) -> None:
    add_account(name, "member")
    somebody = accounts.named(name)
    origin, _variant = varied(cast, cast.bob)
    pages.save(cast.bob, origin, newest(origin).text.replace("12 clés", "13 clés"), 2)
    pages.undo(cast.alice, origin, 3)
    pages.save(somebody, origin, newest(origin).text.replace("12 clés", "14 clés"), 4)
    pages.undo(cast.alice, origin, 5)
    before = comments(origin)
    assert any(name.lower() in comment.lower() for comment in before) or name == "Edits"
    rename(somebody, "Ada est une voleuse")
    assert comments(origin) == before


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("language", ["fr", "en"])
def test_who_wrote_what_was_taken_is_told_by_the_new_name(cast: Cast, language: str) -> None:
    origin, _variant = varied(cast, cast.bob, language)
    (*_others, said) = comments(origin)
    assert said.endswith(" (bob)")
    rename(cast.bob, "Léo (de Lyon)")
    assert comments(origin)[-1] == said.removesuffix("(bob)") + "(Léo (de Lyon))"
    rename(cast.bob, "bob")
    assert comments(origin)[-1] == said


@pytest.mark.usefixtures("context")
def test_only_names_in_the_list_at_the_end_change(cast: Cast) -> None:
    origin, _variant = varied(cast, cast.bob)
    say(origin, 2, "bob, Chez bob (bob), Étapes (alice, bob, bob le grand)")
    rename(cast.bob, "Léo")
    assert comments(origin)[-1] == "bob, Chez bob (bob), Étapes (alice, Léo, bob le grand)"


@pytest.mark.usefixtures("context")
@pytest.mark.any_database
@pytest.mark.parametrize("language", ["fr", "en"])
def test_who_proposed_is_told_by_the_new_name_and_nobody_who_did_not(cast: Cast, language: str) -> None:
    origin = pages.create(cast.alice, RECIPE).slug
    variant = pages.fork(cast.mona, origin, "chez nous").slug
    pages.save(cast.mona, variant, newest(variant).text.replace("10 clés", "12 clés"), 1)
    (waiting, *_rest) = pages.receiving(cast.alice, origin, variant).waiting
    offer = pages.offer(cast.bob, variant, origin, [waiting.unit.key], "Voyez.").id
    with force_locale(language):
        pages.accept(cast.alice, offer, {waiting.unit.key: Decision("take")})
    said = comments(origin)[-1]
    rename(cast.bob, "Léo")
    assert comments(origin)[-1] == said.replace("bob", "Léo") != said
    say(origin, 2, said.replace("bob", "ada"))
    rename(cast.ada, "Une autre")
    assert comments(origin)[-1] == said.replace("bob", "ada")


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("language", ["fr", "en"])
def test_whose_work_was_taken_back_is_told_by_the_new_name(cast: Cast, language: str) -> None:
    slug = pages.create(cast.alice, RECIPE).slug
    pages.save(cast.bob, slug, RECIPE.replace("10 clés", "mille montres"), 1)
    with force_locale(language):
        pages.undo_all(cast.mona, "bob", now() - timedelta(days=1))
    said = comments(slug)[-1]
    rename(cast.bob, "Léo")
    assert comments(slug)[-1] == said.replace("bob", "Léo") != said


@pytest.mark.any_database
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("message", ["", "Mieux qu’alice, relu par alice"])
def test_who_reviewed_is_told_by_the_new_name(
    make_app: Callable[..., Flask], cast: Cast, language: str, message: str
) -> None:
    with make_app(EDITING="approved", NEWCOMER_EDITS=1).app_context():
        slug = pages.create(cast.mona, RECIPE).slug
        saved = pages.save(cast.eve, slug, RECIPE.replace("10 clés", "12 clés"), 1, comment=message)
        assert isinstance(saved, Saved)
        assert saved.offer is not None
        what = pages.open_offer(cast.mona, saved.offer).what
        with force_locale(language):
            pages.accept(cast.mona, saved.offer, {one.unit.key: Decision("take") for one in what.waiting})
        said = comments(slug)[-1]
        rename(cast.alice, "Élise")
        assert comments(slug)[-1] == said
        rename(cast.mona, "Simone")
        assert comments(slug)[-1] == said.replace("mona", "Simone") != said


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("action", ["edit", "take", "undo", "accept"])
def test_what_somebody_typed_keeps_the_name_in_it(cast: Cast, action: str) -> None:
    slug = pages.create(cast.alice, RECIPE).slug
    pages.save(cast.bob, slug, RECIPE.replace("10 clés", "12 clés"), 1)
    say(slug, 2, "Voyez bob : Proposition de bob, merci à bob")
    with write_transaction() as session:
        session.execute(update(Revision).values(action=action))
    rename(cast.bob, "Léo")
    assert comments(slug)[-1] == "Voyez bob : Proposition de bob, merci à bob"
