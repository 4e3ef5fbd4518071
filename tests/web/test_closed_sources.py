"""A page that was open when others took from it, and is closed now: its title is told to nobody who may not read it."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from tests.web.conftest import Wiki
from tests.web.test_moderation import queries
from wiki import pages
from wiki.database import write_transaction
from wiki.history import Revision

TITLE = "Quetzalcoatl"
TEXT = f"---\nkind: article\ntitle: {TITLE}\n---\n\nPremière ligne.\n\n## Suite\n\nDernière ligne.\n"


@pytest.fixture
def variant(wiki: Wiki) -> str:
    """Made from a page, with what it took of it by hand and by an offer; that page is for members now."""
    origin = wiki.write(TEXT, TEXT.replace("Première", "Deuxième"))
    with wiki.app.app_context():
        alice = wiki.cast.alice
        slug = pages.fork(alice, origin, "chez nous", title="Chez nous").slug
        pages.save(alice, origin, pages.text_of(alice, origin)[1].text.replace("Dernière", "Toute dernière"), 2)
        what = pages.receiving(alice, slug, origin)
        pages.take(alice, slug, origin, 3, {one.unit.key: pages.Decision("take") for one in what.waiting})
        pages.save(alice, origin, pages.text_of(alice, origin)[1].text.replace("Deuxième", "Troisième"), 3)
        (waiting,) = pages.receiving(alice, slug, origin).waiting
        offer = pages.offer(wiki.cast.bob, origin, slug, [waiting.unit.key], "Voyez.").id
        pages.accept(alice, offer, {waiting.unit.key: pages.Decision("take")})
        page = pages.find(alice, slug)
        assert [TITLE in entry.comment for entry in pages.versions(alice, page)] == [False] * 3
        # As summaries were written before they were kept free of titles.
        with write_transaction() as session:
            for number, words in ((1, "Variante de"), (2, "Repris de"), (3, "Repris de")):
                session.execute(
                    update(Revision)
                    .where(Revision.page_id == page.id, Revision.number == number)
                    .values(comment=f"{words} « {TITLE} »")
                )
    return slug


PLACES = ["/wiki/{slug}/history", "/changes", "/changes.atom", "/people/alice", "/people/alice.atom",
          "/wiki/{slug}/diff/1..2", "/wiki/{slug}/diff/2..3"]


def close(wiki: Wiki, visibility: str) -> None:
    with wiki.app.app_context():
        origin = pages.find(wiki.cast.alice, TITLE.lower()).slug
        if visibility == "archived":
            pages.archive(wiki.cast.ada, origin)
        else:
            pages.show_to(wiki.cast.alice, origin, visibility)


@pytest.mark.parametrize("place", PLACES)
def test_while_it_is_open_its_title_is_told(wiki: Wiki, variant: str, place: str) -> None:
    assert TITLE in wiki.visitor().get(place.format(slug=variant)).text


@pytest.mark.parametrize(("state", "stranger"), [("members", "guest"), ("archived", "bob"), ("draft", "bob")])
def test_once_it_is_closed_only_those_who_may_read_it_are_told(
    wiki: Wiki, variant: str, state: str, stranger: str
) -> None:
    close(wiki, state)
    knows = {"members": "bob", "archived": "mona", "draft": "alice"}[state]
    for place in PLACES:
        address = place.format(slug=variant)
        assert TITLE not in wiki.visitor(stranger).get(address).text, place
        assert TITLE in wiki.visitor(knows).get(address).text, place


def test_it_costs_one_question_and_none_where_nothing_was_taken(wiki: Wiki, variant: str) -> None:
    plain = wiki.page()
    guest = wiki.visitor()
    with queries(wiki) as heard:
        guest.get(f"/wiki/{plain}/history")
    assert not [one for one in heard if "coalesce" in one]
    with queries(wiki) as heard:
        guest.get(f"/wiki/{variant}/history")
    assert len([one for one in heard if "coalesce" in one]) == 1
