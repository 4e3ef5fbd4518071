"""Following pages, families and themes: who hears of what, and a feed of one's own."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from flask import Flask
from sqlalchemy import update

from tests.conftest import Cast
from tests.pages.copy_party import RECIPE
from tests.variants.test_screens import said, visitor
from tests.variants.test_taking import ORIGIN, VARIANT, change
from wiki import pages
from wiki.accounts import Actor, User
from wiki.database import write_transaction
from wiki.errors import Forbidden, Invalid


@pytest.fixture
def family(app: Flask, cast: Cast) -> Flask:
    with app.app_context():
        pages.create(cast.alice, "---\nkind: theme\ntitle: Communs\n---\n\nTexte.\n")
        pages.create(cast.alice, RECIPE)
        pages.fork(cast.bob, ORIGIN, "Brest")
    return app


def heard(actor: Actor) -> list[tuple[str, int]]:
    return [(row.page.slug, row.number) for row in pages.news(actor)]


def test_followers_of_an_origin_hear_of_its_variants_and_those_of_a_variant_of_improvements(
    family: Flask, cast: Cast
) -> None:
    with family.app_context():
        pages.follow(cast.mona, ORIGIN, "page")
        assert heard(cast.mona) == [(VARIANT, 1), (ORIGIN, 1)]
        pages.follow(cast.ada, VARIANT, "page")
        assert heard(cast.ada) == [(VARIANT, 1)]
        change(cast.alice, ORIGIN, ("10 clés USB", "12 clés USB"))
        assert heard(cast.ada) == [(ORIGIN, 2), (VARIANT, 1)]
        change(cast.bob, VARIANT, ("Une salle", "Une grande salle"))
        assert heard(cast.mona) == [(ORIGIN, 2), (VARIANT, 1), (ORIGIN, 1)]


@pytest.mark.any_database
def test_a_follower_of_a_variant_hears_of_its_origin_only_what_improved_it_since(family: Flask, cast: Cast) -> None:
    with family.app_context():
        change(cast.alice, ORIGIN, ("10 clés USB", "12 clés USB"))
        copy = RECIPE.replace("title: Copy party", "title: Copie du soir").replace("10 clés", "12 clés")
        pages.create(cast.bob, copy)
        pages.link(cast.bob, "copie-du-soir", ORIGIN)
        pages.follow(cast.mona, "copie-du-soir", "page")
        own = [("copie-du-soir", 2), ("copie-du-soir", 1)]
        assert heard(cast.mona) == own
        pages.rename(cast.alice, ORIGIN, "Copy-party de quartier")
        assert heard(cast.mona) == own
        change(cast.alice, "copy-party-de-quartier", ("des affiches", "des affiches en couleur"))
        assert heard(cast.mona) == [("copy-party-de-quartier", 4), *own]
        assert pages.standing(cast.mona, pages.find(cast.mona, "copie-du-soir")).improvements == 1
        pages.fork(cast.eve, "copy-party-de-quartier", "nord")
        pages.link(cast.alice, "copy-party-de-quartier", pages.create(cast.alice, RECIPE.replace("Copy", "Old")).slug)
        assert heard(cast.mona) == [("copy-party-de-quartier", 4), *own]


@pytest.mark.any_database
def test_a_family_and_a_theme_are_followed_as_a_whole(family: Flask, cast: Cast) -> None:
    with family.app_context():
        pages.follow(cast.mona, ORIGIN, "family")
        pages.fork(cast.eve, VARIANT, "nord")
        assert heard(cast.mona)[0] == ("copy-party-brest-nord", 1)
        pages.follow(cast.ada, "communs", "theme")
        assert {slug for slug, _number in heard(cast.ada)} == {"communs", ORIGIN, VARIANT, "copy-party-brest-nord"}


def test_ones_own_work_is_no_news_and_nothing_hidden_is_told(family: Flask, cast: Cast) -> None:
    with family.app_context():
        pages.follow(cast.bob, VARIANT, "page")
        assert heard(cast.bob) == []
        change(cast.alice, ORIGIN, ("10 clés USB", "12 clés USB"))
        assert heard(cast.bob) == [(ORIGIN, 2)]
        pages.archive(cast.mona, ORIGIN)
        assert heard(cast.bob) == []
        pages.follow(cast.alice, VARIANT, "page")
        pages.archive(cast.mona, VARIANT)
        assert heard(cast.alice) == []
        assert pages.following(cast.alice) == []


def test_guests_and_nonsense_are_refused_and_twice_is_once(family: Flask, cast: Cast) -> None:
    with family.app_context():
        with pytest.raises(Forbidden):
            pages.follow(cast.eve, ORIGIN, "page")
        with pytest.raises(Invalid):
            pages.follow(cast.bob, ORIGIN, "theme")
        pages.follow(cast.bob, ORIGIN, "page")
        pages.follow(cast.bob, ORIGIN, "page")
        assert len(pages.following(cast.bob)) == 1
        pages.unfollow(cast.bob, ORIGIN)
        assert pages.following(cast.bob) == []


def test_following_by_forms_and_a_feed_that_needs_no_login(family: Flask, cast: Cast) -> None:
    client = visitor(family, "mona")
    assert "suivre" in said(client, f"/wiki/{ORIGIN}")
    assert client.post(f"/wiki/{ORIGIN}/follow", data={"scope": "family"}).location == f"/wiki/{ORIGIN}"
    screen = said(client, "/news")
    assert "Copy party, Brest" in screen
    assert ".atom" not in screen
    assert client.post("/news/feed").location == "/news"
    (address,) = re.findall(r'href="(/news/[^"]+\.atom)"', said(client, "/news"))
    anybody = visitor(family)
    feed = anybody.get(address).text
    assert "– Vos nouvelles</title>" in feed
    assert "<title>Copy party, Brest</title>" in feed
    assert anybody.get(address.replace(".atom", "x.atom")).status_code == 404
    assert anybody.get("/news").status_code == 302
    client.post(f"/wiki/{ORIGIN}/follow", data={"scope": "nothing"})
    assert "Rien de nouveau" in said(client, "/news")


def test_a_feed_has_a_new_address_when_asked_and_the_old_one_is_dead(family: Flask, cast: Cast) -> None:
    client, anybody = visitor(family, "mona"), visitor(family)

    def renewed() -> str:
        assert client.post("/news/feed").status_code == 303
        (address,) = re.findall(r'href="(/news/[^"]+\.atom)"', said(client, "/news"))
        return str(address)

    first = renewed()
    assert anybody.get(first).status_code == 200
    second = renewed()
    assert second != first
    assert anybody.get(first).status_code == 404
    assert anybody.get(second).status_code == 200
    assert "/login" in anybody.post("/news/feed").location
    with family.app_context():
        with pytest.raises(Forbidden):
            pages.renew_news_feed(cast.eve)
        with write_transaction() as session:
            session.execute(update(User).where(User.id == cast.mona.id).values(active=False))
    assert anybody.get(second).status_code == 404


def test_the_news_stand_in_the_account_and_tell_what_a_role_may_read(family: Flask, cast: Cast) -> None:
    client = visitor(family, "mona")
    client.post(f"/wiki/{ORIGIN}/follow", data={"scope": "page"})
    assert "Copy party, Brest" in said(client, "/account")
    with family.app_context():
        pages.archive(cast.ada, VARIANT)
        change(cast.alice, ORIGIN, ("10 clés USB", "12 clés USB"))
    shown = said(client, "/account")
    assert "Copy party, Brest" not in shown.split("Ce que vous avez écrit")[0]
    assert "Matériel" in shown.split("Ce que vous avez écrit")[0]


def test_what_became_of_an_offer_is_told_in_the_news_and_in_the_feed_of_who_made_it(family: Flask, cast: Cast) -> None:
    with family.app_context():
        change(cast.alice, ORIGIN, ("title: Copy party", "title: Copy & party"))
        change(cast.bob, VARIANT, ("10 clés USB", "20 clés USB"), ("Par affiche et par courriel.", "Par affiche."))
        keys = [one.unit.key for one in pages.receiving(cast.bob, ORIGIN, VARIANT).waiting]
        refused, kept = (pages.offer(cast.bob, VARIANT, ORIGIN, [key], "Essayé.").id for key in keys)
        pages.renew_news_feed(cast.bob)
        address = f"/news/{pages.news_feed(cast.bob)}.atom"
        pages.renew_news_feed(cast.mona)
        other = f"/news/{pages.news_feed(cast.mona)}.atom"
    bob, anybody = visitor(family, "bob"), visitor(family)
    waiting = anybody.get(address).text
    assert "votre proposition" not in waiting
    assert "votre proposition" not in said(bob, "/news")
    with family.app_context():
        pages.decline(cast.alice, refused, "Trop cher ici.")
        pages.accept(cast.alice, kept, {keys[1]: pages.Decision("take")})
    feed = anybody.get(address).text
    entries = feed.split("<entry>")[1:]
    assert sum("Réponse à votre proposition" in entry for entry in entries) == 2
    assert f"/offers/{refused}#declined</id>" in feed
    assert "déclinée</summary>" in feed
    assert f"/offers/{kept}#taken</id>" in feed
    titles = [title.text for title in ElementTree.fromstring(feed).iter("{http://www.w3.org/2005/Atom}title")]
    assert "De « Copy party, Brest » à « Copy & party »" in [" ".join(str(title).split()) for title in titles]
    screen = said(bob, "/news")
    assert "Réponses à vos propositions" in screen
    assert "déclinée" in screen
    assert "Réponse à votre" not in anybody.get(other).text
    with family.app_context():
        pages.archive(cast.mona, ORIGIN)
    assert "Copy & party" not in anybody.get(address).text
