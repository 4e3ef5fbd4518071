"""Putting a version back, and undoing one change."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.conftest import Cast
from tests.pages.copy_party import FAR, RECIPE, conflict, newest, saved
from wiki import history, pages
from wiki.errors import Invalid, NotFound
from wiki.pages import Saved

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def copy_party(cast: Cast) -> str:
    return pages.create(cast.alice, RECIPE).slug


ODD_TEXTS = [
    "# Espaces\n\ndeux espaces  \ntabulation\t\n\n\n\ntrois lignes vides\n",
    "# Émojis 🥖👩🏽‍🌾\n\n𝒜𝒷 e\u0301 ﬁ \u00a0\u202f«\u00a0oui\u00a0»\n",
    "# Séparateurs\n\navant\u2028après\u2029fin\u0085encore\u200b\ufeff.\n",
    "# Code\n\n```\n\tif x:\n\n\n        y\n```\n\n    quatre\n",
    '---\nkind: article\ntitle: Clés\nautre: "à: b # c"\nimbrique:\n  a:\n    - 1\n---\n\n---\n\ntrait\n',
    "# Conflit\n\n<<<<<<< mine\na\n=======\nb\n>>>>>>> theirs\n",
]


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_a_restored_version_is_the_same_byte_for_byte(cast: Cast, text: str) -> None:
    slug = pages.create(cast.alice, text).slug
    stored = newest(slug)
    pages.save(cast.bob, slug, "# Tout autre chose\n\nEt voilà.\n", 1)
    assert pages.restore(cast.alice, slug, 1, comment="C'était mieux") == Saved(slug, 3)
    back = newest(slug)
    assert back.text.encode() == stored.text.encode()
    assert back.sha256 == stored.sha256
    assert (back.author_name, back.comment, back.action, back.base_number) == ("alice", "C'était mieux", "restore", 1)


def test_a_text_from_before_the_rules_is_restored_byte_for_byte(cast: Cast, copy_party: str, app: Flask) -> None:
    # As an older program, or an import, may have left it: no final newline, a value no form would take today.
    old = "---\ndifficulty: 99\nkind: recipe\nlang: zz\n---\nSans fin de ligne\t "
    page = pages.find(cast.alice, copy_party)
    append_as_it_is(page.id, 2, old)
    pages.save(cast.bob, copy_party, RECIPE, 2)
    assert saved(pages.restore(cast.alice, copy_party, 2)).number == 4
    assert newest(copy_party).text == old
    assert pages.open_page(cast.alice, copy_party).page.title == "Copy party"


def append_as_it_is(page_id: int, number: int, text: str) -> None:
    """Store a revision without looking at it, as older programs did."""
    from wiki.database import now, write_transaction
    from wiki.pages import projection

    with write_transaction():
        revision_id = history.append(page_id=page_id, number=number, text=text, author_id=None, author_name="Autrefois")
        projection.project(page_id, "copy-party", text, number, revision_id, now())


def test_restoring_the_present_version_stores_nothing(cast: Cast, copy_party: str) -> None:
    assert pages.restore(cast.bob, copy_party, 1) == Saved(copy_party, 1, unchanged=True)


@pytest.mark.parametrize("number", [0, -1, 2, 10**9])
def test_a_version_that_is_not_there_cannot_be_restored_or_undone(cast: Cast, copy_party: str, number: int) -> None:
    with pytest.raises(NotFound):
        pages.restore(cast.bob, copy_party, number)
    with pytest.raises((NotFound, Invalid)):
        pages.undo(cast.bob, copy_party, number)
    assert newest(copy_party).number == 1


def test_a_change_in_the_middle_is_undone_and_later_ones_stay(cast: Cast, copy_party: str) -> None:
    second = RECIPE.replace("2 rallonges", "3 rallonges")
    third = second.replace("Une salle", "Une grande salle")
    pages.save(cast.alice, copy_party, second, 1)
    pages.save(cast.alice, copy_party, third, 2)
    assert saved(pages.undo(cast.bob, copy_party, 2)).number == 4
    text = newest(copy_party)
    assert text.text == third.replace("3 rallonges", "2 rallonges")
    assert (text.action, text.author_name) == ("undo", "bob")
    assert "2" in text.comment


def test_the_last_change_is_undone(cast: Cast, copy_party: str) -> None:
    pages.save(cast.alice, copy_party, RECIPE.replace(*FAR[0]), 1)
    assert saved(pages.undo(cast.bob, copy_party, 2)).number == 3
    assert newest(copy_party).text == RECIPE


def test_undoing_what_was_changed_again_asks_and_stores_nothing(cast: Cast, copy_party: str) -> None:
    pages.save(cast.alice, copy_party, RECIPE.replace("10 clés", "12 clés"), 1)
    third = RECIPE.replace("10 clés", "15 clés")
    pages.save(cast.alice, copy_party, third, 2)
    found = conflict(pages.undo(cast.bob, copy_party, 2))
    assert newest(copy_party).number == 3
    (index,) = found.contested
    assert "10 clés" in found.chunks[index].mine
    assert "15 clés" in found.chunks[index].theirs
    reopened = pages.reopen(cast.bob, copy_party, found.mine, found.base, found.head)
    assert reopened.chunks == found.chunks
    chosen = pages.settle(cast.bob, copy_party, found.mine, found.base, found.head, {index: "- onze clés USB\n"})
    assert saved(chosen).number == 4
    assert newest(copy_party).text == RECIPE.replace("10 clés", "onze clés")


def test_undoing_twice_changes_nothing_more(cast: Cast, copy_party: str) -> None:
    pages.save(cast.alice, copy_party, RECIPE.replace(*FAR[0]), 1)
    pages.undo(cast.bob, copy_party, 2)
    assert pages.undo(cast.bob, copy_party, 2) == Saved(copy_party, 3, unchanged=True)


def test_the_first_version_cannot_be_undone(cast: Cast, copy_party: str) -> None:
    with pytest.raises(Invalid):
        pages.undo(cast.bob, copy_party, 1)
