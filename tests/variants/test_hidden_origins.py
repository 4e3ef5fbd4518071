"""An origin that one may not read gives nothing away: on no screen, in no count, offer or feed of its variants."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.conftest import Cast, Visitor
from tests.pages.copy_party import RECIPE
from tests.variants.test_screens import said, visitor
from tests.variants.test_taking import ORIGIN, change, take_all
from wiki import pages

VARIANT, SIBLING = "nuit-de-la-copie", "copie-au-college"
HIDDEN = {"members": "", "draft": "bob", "archived": "bob"}
SECRETS = ("Copy party", "12 clés USB", "13 clés USB", "Une grande salle", "isBasedOn", "Comparer avec")


@pytest.fixture(params=HIDDEN)
def reader(request: pytest.FixtureRequest, app: Flask, cast: Cast) -> Visitor:
    """Whoever may not read Alice's recipe any more, while its two variants, offers and followers are there."""
    with app.app_context():
        pages.create(cast.alice, RECIPE)
        pages.fork(cast.bob, ORIGIN, "Brest", title="Nuit de la copie")
        pages.fork(cast.mona, ORIGIN, "au collège", title="Copie au collège")
        change(cast.alice, ORIGIN, ("10 clés USB", "12 clés USB"))
        take_all(cast.mona, SIBLING)
        change(cast.mona, SIBLING, ("12 clés USB", "14 clés USB"))
        change(cast.bob, VARIANT, ("Par affiche et par courriel.", "Par affiche."))
        pages.offer(cast.bob, VARIANT, ORIGIN, [one.unit.key for one in waiting(cast)], "Plus simple.")
        change(cast.alice, ORIGIN, ("12 clés USB", "13 clés USB"), ("Une salle", "Une grande salle"))
        pages.follow(cast.bob, ORIGIN, "family")
        pages.renew_news_feed(cast.bob)
        pages.open_page(cast.eve, VARIANT)
        if request.param == "archived":
            pages.archive(cast.mona, ORIGIN)
        else:
            pages.show_to(cast.alice, ORIGIN, request.param)
    return visitor(app, HIDDEN[request.param])


def waiting(cast: Cast) -> list[pages.Waiting]:
    return list(pages.receiving(cast.alice, ORIGIN, VARIANT).waiting)


def nothing_of_it(words: str) -> None:
    words = words.replace("Copy party, cartopartie", "")  # What the wiki says of itself.
    told = [secret for secret in SECRETS if secret in words]
    assert not told, (told, [words[max(0, words.index(one) - 200) : words.index(one) + 100] for one in told])
    assert not re.search(r"\d améliorations? ", words)


@pytest.mark.parametrize(
    "address",
    [
        "", "/variants", "/variants?words=copy", "/pull", "/offer", "/offers", "/link", "/history", "/authors",
        "/compare/" + SIBLING, "/fork", "/cite", "/follow", ".json",
    ],
)
def test_a_variant_tells_nothing_of_it(reader: Visitor, address: str) -> None:
    answer = reader.get(f"/wiki/{VARIANT}{address}")
    assert answer.status_code == 200, answer.status
    text = said(reader, f"/wiki/{VARIANT}{address}")
    nothing_of_it(text)
    if address == ".json":
        data = reader.get(f"/wiki/{VARIANT}.json").json
        assert data is not None
        assert (data["origin"], data["origin_revision"]) == (None, None)
    if address == "/variants":
        assert "Copie au collège" not in text


@pytest.mark.parametrize(
    "address",
    [
        f"/wiki/{ORIGIN}", f"/wiki/{ORIGIN}.json", f"/wiki/{ORIGIN}/variants", f"/wiki/{ORIGIN}/offers",
        f"/wiki/{ORIGIN}/follow", f"/wiki/{ORIGIN}/cite", f"/wiki/{VARIANT}/compare/{ORIGIN}", "/offers/1",
        f"/wiki/{VARIANT}/pull?from={ORIGIN}", f"/wiki/{VARIANT}/offer?to={ORIGIN}",
    ],
)
def test_it_and_its_offers_do_not_exist(reader: Visitor, address: str) -> None:
    nothing_of_it(said(reader, address, 404))


@pytest.mark.parametrize(
    "address",
    ["/changes", "/changes.atom", "/recipes", "/search?q=cl%C3%A9s", "/search.json?q=cl%C3%A9s", "/", "/people/bob",
     "/people/alice"],
)
def test_lists_and_feeds_tell_nothing_of_it(reader: Visitor, address: str) -> None:
    nothing_of_it(said(reader, address))


def test_the_news_and_the_account_of_a_follower_tell_nothing_of_it(reader: Visitor) -> None:
    if reader.get("/account").status_code != 200:
        return  # A guest has neither.
    for address in ("/account", "/news"):
        text = said(reader, address)
        nothing_of_it(text)
        assert "Plus simple." not in text
    (feed,) = re.findall(r'href="(/news/[^"]+\.atom)"', said(reader, "/news"))
    nothing_of_it(said(reader, feed))


def test_those_who_may_read_it_still_see_all(reader: Visitor, app: Flask, cast: Cast) -> None:
    with app.app_context():
        owner = cast.alice if pages.by_ids(cast.alice, [1]) else cast.mona
        standing = pages.standing(owner, pages.find(owner, VARIANT))
        assert standing.origin is not None
        assert (standing.origin.slug, standing.improvements) == (ORIGIN, 2)
        assert pages.open_offer(owner, 1).info.open



def test_a_history_names_each_origin_a_page_was_given_to_those_who_may_read_it(app: Flask, cast: Cast) -> None:
    with app.app_context():
        pages.create(cast.alice, RECIPE)
        pages.create(cast.alice, RECIPE.replace("Copy party", "Bal des copistes"))
        pages.fork(cast.bob, ORIGIN, "Brest", title="Nuit de la copie")
        pages.unlink(cast.bob, VARIANT)
        pages.link(cast.bob, VARIANT, "bal-des-copistes")
        change(cast.bob, VARIANT, ("variant_of: bal-des-copistes", f"variant_of: {ORIGIN}"))
    text = said(visitor(app), f"/wiki/{VARIANT}/history")
    assert "a modifié la page – variante de « Copy party »" in text
    assert "a relié cette page à sa page d’origine, « Bal des copistes »" in text
    assert "a créé cette variante de « Copy party »" in text
    with app.app_context():
        pages.show_to(cast.alice, "bal-des-copistes", "draft")
    text = said(visitor(app), f"/wiki/{VARIANT}/history")
    assert "Bal des copistes" not in text
    assert "a relié cette page à sa page d’origine" in text
    assert "a modifié la page – variante de « Copy party »" in text
