"""The starting library's variants are true ones: each continues its origin, and sowing again changes nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from tests.pages.copy_party import newest
from wiki import pages
from wiki.accounts import GUEST
from wiki.database import db, write_transaction
from wiki.pages.models import Page
from wiki.pages.seeds import HOUSE

pytestmark = pytest.mark.usefixtures("context")
ORIGIN, VARIANT = "cartopartie", "cartopartie-plouarzel"


def test_a_variant_of_the_library_continues_its_origin_and_stays_so() -> None:
    pages.seed()
    named = [
        page
        for slug in db.session.execute(select(Page.slug).where(Page.kind == "recipe")).scalars()
        if (page := pages.find(GUEST, slug)) and "variant_of" in pages.parse(newest(slug).text).fields
    ]
    assert len(named) >= 10
    for page in named:
        origin = pages.standing(GUEST, page).origin
        assert origin is not None, page.slug
        assert origin.slug == pages.parse(newest(page.slug).text).fields["variant_of"]
        assert newest(page.slug).parent_id == newest(origin.slug).id
        assert pages.receiving(GUEST, page.slug, origin.slug).waiting == []
    again = pages.seed()
    assert (again.created, again.updated) == ([], [])


def test_variants_sown_before_they_were_linked_are_linked_when_sown_again() -> None:
    pages.seed()
    with write_transaction() as session:
        session.execute(update(Page).where(Page.slug == VARIANT).values(origin_id=None))
    pages.seed()
    standing = pages.standing(HOUSE, pages.find(HOUSE, VARIANT))
    assert standing.origin is not None
    assert (standing.origin.slug, standing.improvements) == (ORIGIN, 0)
    assert newest(VARIANT).number == 1
