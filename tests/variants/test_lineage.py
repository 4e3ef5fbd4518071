"""The graph of revisions: what two of them have in common, and how far each has gone since."""

from __future__ import annotations

import pytest

from tests.conftest import Cast
from tests.pages.copy_party import RECIPE, newest
from tests.variants.test_taking import ORIGIN, VARIANT, change, decide, take_all
from wiki import history, pages

pytestmark = [pytest.mark.usefixtures("context"), pytest.mark.any_database]


@pytest.fixture
def family(context: object, cast: Cast) -> None:
    pages.create(cast.alice, RECIPE)
    pages.fork(cast.bob, ORIGIN, "Brest")


def common() -> tuple[str, int] | None:
    found = history.newest_common(newest(ORIGIN).id, newest(VARIANT).id)
    if found is None:
        return None
    text = history.read_by_id(found)
    return (ORIGIN if text.page_id == newest(ORIGIN).page_id else VARIANT), text.number


@pytest.mark.usefixtures("family")
def test_what_two_pages_have_in_common_moves_with_every_whole_taking(cast: Cast) -> None:
    assert common() == (ORIGIN, 1)
    change(cast.alice, ORIGIN, ("10 clés USB", "12 clés USB"))
    change(cast.bob, VARIANT, ("Une salle", "Une grande salle"))
    assert common() == (ORIGIN, 1)
    assert history.ahead_and_behind(newest(VARIANT).id, newest(ORIGIN).id) == (2, 1)
    take_all(cast.bob)
    assert common() == (ORIGIN, 2)
    assert history.ahead_and_behind(newest(VARIANT).id, newest(ORIGIN).id) == (3, 0)
    take_all(cast.alice, ORIGIN, VARIANT)
    assert common() == (VARIANT, 3)


@pytest.mark.usefixtures("family")
def test_a_taking_that_left_something_is_nothing_in_common_yet(cast: Cast) -> None:
    change(cast.alice, ORIGIN, ("10 clés USB", "12 clés USB"), ("Par affiche et par courriel.", "Par affiche."))
    decide(cast.bob, "take", "Matériel")
    assert common() == (ORIGIN, 1)
    take_all(cast.bob)
    assert common() == (ORIGIN, 2)


def test_strangers_have_nothing_in_common(cast: Cast) -> None:
    pages.create(cast.alice, RECIPE)
    pages.create(cast.bob, RECIPE.replace("title: Copy party", "title: Copy party Brest"))
    assert common() is None
