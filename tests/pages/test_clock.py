"""A clock that is set back changes no order: versions stand in the order in which they were stored."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.conftest import Cast
from wiki import pages
from wiki.database import now
from wiki.pages import saving


@pytest.mark.any_database
@pytest.mark.usefixtures("context")
def test_d28_a_clock_set_back_leaves_histories_in_the_order_of_their_saves(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    slug = pages.create(cast.alice, "# Pain\n\nLigne 1.\n").slug
    for number in range(2, 6):
        earlier = now() - timedelta(days=number)
        monkeypatch.setattr(saving, "now", lambda moment=earlier: moment)
        assert pages.save(cast.bob, slug, f"# Pain\n\nLigne {number}.\n", number - 1).number == number
    page = pages.find(cast.alice, slug)
    entries = pages.versions(cast.alice, page)
    assert [entry.number for entry in entries] == [5, 4, 3, 2, 1]
    assert [entry.parent_id for entry in entries] == [*(entry.id for entry in entries[1:]), None]
    moments = [entry.created_at for entry in entries]
    assert moments == sorted(moments), "the clock did go back"
    assert pages.text_of(cast.alice, slug)[1].text == "# Pain\n\nLigne 5.\n"
    assert [row.number for row in pages.changes(cast.alice)] == [5, 4, 3, 2, 1]
    pages.restore(cast.alice, slug, 2)
    assert pages.text_of(cast.alice, slug)[1].number == 6
    assert pages.verify() == []
