"""Verifying reads again what is kept of families, and names the page where it cannot be right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from tests.conftest import Cast
from tests.pages.copy_party import RECIPE
from tests.variants.test_offers import offer_all
from tests.variants.test_taking import ORIGIN, VARIANT, change, decide, take_all
from wiki import history, pages
from wiki.database import db, write_transaction
from wiki.history import Acquaintance, Revision, Taking, improvements, seen, take
from wiki.pages.models import Offer, Page

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def family(context: object, cast: Cast) -> None:
    """A variant that took one improvement and left another, declined a third, and offers one of its own."""
    pages.create(cast.alice, RECIPE)
    pages.fork(cast.bob, ORIGIN, "Brest")
    change(cast.alice, ORIGIN, ("10 clés USB", "12 clés USB"), ("Une salle", "Une grande salle"))
    decide(cast.bob, "take", "Matériel")
    change(cast.alice, ORIGIN, ("dix voisines", "onze voisines"))
    decide(cast.bob, "decline", "Personnes")
    change(cast.bob, VARIANT, ("Par affiche et par courriel.", "Par affiche."))
    offer_all(cast.bob)


def first(number: int = 1) -> Any:
    """The id of a version of the variant."""
    return (
        select(Revision.id)
        .join(Page, Page.id == Revision.page_id)
        .where(Page.slug == VARIANT, Revision.number == number)
        .scalar_subquery()
    )


def page_id(slug: str) -> Any:
    return select(Page.id).where(Page.slug == slug).scalar_subquery()


def known() -> Any:
    """What the variant knows of its origin."""
    return update(Acquaintance).where(Acquaintance.page_id == page_id(VARIANT))


CORRUPTED: dict[str, tuple[Callable[[], object], str]] = {
    "a taking of another version": (
        lambda: update(Taking).where(Taking.revision_id.is_not(None)).values(revision_id=first()),
        "copy-party-brest : la reprise n° 1 n’est pas celle de la version qu’elle nomme",
    ),
    "a taking from the page itself": (
        lambda: update(Taking).where(Taking.id == 2).values(source_revision_id=first()),
        "copy-party-brest : la reprise n° 2 ne vient d’aucune autre page",
    ),
    "a lost taking": (
        lambda: delete(Taking).where(Taking.id == 1),
        "copy-party-brest : les décisions dont est née la version 2 manquent",
    ),
    "no decisions": (lambda: update(Taking).where(Taking.id == 1).values(decisions={}), "ne peuvent plus être lues"),
    "decisions that are none": (
        lambda: update(Taking).where(Taking.id == 1).values(decisions={"section:x": ["maybe", []]}),
        "les décisions de la reprise n° 1 ne peuvent plus être lues",
    ),
    "a refusal that counts as whole": (
        lambda: update(Taking).where(Taking.id == 2).values(whole=True), "la reprise n° 2 se dit entière",
    ),
    "a version of another page": (
        lambda: known().values(seen_id=first()), "ce qu’elle sait de « copy-party » ne vient pas de cette page",
    ),
    "a version of another number": (lambda: known().values(seen_number=77), "ne vient pas de cette page"),
    "a text that is none": (
        lambda: known().values(codec="zstd", known=b"rubbish"),
        "ce qu’elle sait de « copy-party » ne peut plus être lu",
    ),
    "a count of what was left": (
        lambda: known().values(left=50), "le compte de ce qu’elle a laissé de « copy-party » est faux",
    ),
    "a count below nothing": (lambda: known().values(left=-1), "est faux"),
    "an origin nothing leads to": (
        lambda: update(Page).where(Page.slug == ORIGIN).values(origin_id=page_id("autre")),
        "copy-party : a une origine dont rien ne dit qu’elle vient",
    ),
    "a circle": (
        lambda: update(Page).where(Page.slug == ORIGIN).values(origin_id=page_id(VARIANT)),
        "copy-party : est sa propre origine",
    ),
    "an offer of another page": (
        lambda: update(Offer).values(source_id=page_id("autre")), "la proposition n° 1 n’est pas de la page",
    ),
    "an offer in no state": (lambda: update(Offer).values(state="lost"), "la proposition n° 1 ne peut plus être lue"),
}


@pytest.mark.usefixtures("family")
@pytest.mark.parametrize("fault", CORRUPTED)
def test_verifying_names_what_cannot_be_right_about_a_family(cast: Cast, fault: str) -> None:
    pages.create(cast.alice, "# Autre\n\nUne page de plus.\n")
    assert pages.verify() == []
    statement, sentence = CORRUPTED[fault]
    with write_transaction() as session:
        session.execute(statement())  # type: ignore[call-overload]
    assert sentence in "\n".join(map(str, pages.verify())).replace("\u202f", " ")


@pytest.mark.any_database
@pytest.mark.usefixtures("family")
def test_a_family_that_lived_all_it_can_is_right(cast: Cast) -> None:
    take_all(cast.bob)
    pages.archive(cast.ada, ORIGIN)
    assert pages.verify() == []
    pages.unarchive(cast.ada, ORIGIN)
    pages.unlink(cast.bob, VARIANT)
    assert pages.verify() == []
    pages.link(cast.bob, VARIANT, ORIGIN)
    pages.rename(cast.alice, ORIGIN, "Fête de la copie")
    assert pages.verify() == []
    assert db.session.execute(select(Taking.id)).scalars().all()


def test_more_improvements_than_are_shown_at_once_wait_for_the_next_time() -> None:
    base = "# Recette\n\nDébut.\n"
    source = base + "".join(f"\n## Partie {number}\n\n- ligne {number}\n" for number in range(history.MOST_UNITS + 20))
    offered = improvements(base, source, base)
    assert len(offered) == history.MOST_UNITS
    taken = take(base, source, base, {one.unit.key: history.Decision("take") for one in offered}, base)
    rest = improvements(seen(taken.known, source, taken.text), source, taken.text)
    assert [one.unit.title for one in rest] == [f"Partie {number}" for number in range(80, 100)]
