"""What the moderation did, for everybody to read, and nothing of what they may not know."""

from __future__ import annotations

from datetime import timedelta

from tests.web.conftest import Wiki
from tests.web.test_moderation import queries
from wiki import pages
from wiki.database import now


def test_each_act_is_told_with_who_what_and_why(wiki: Wiki) -> None:
    slug, mona = wiki.page("Pain au levain"), wiki.visitor("mona")
    for fact, reason in [("protect", "Guerre d’édition"), ("unprotect", "Tout est calme")]:
        mona.post(f"/wiki/{slug}/{fact}", data={"reason": reason})
    mona.post(f"/wiki/{slug}/archive", data={"reason": "Doublon"})
    mona.post(f"/wiki/{slug}/unarchive", data={"reason": "Non, en fait"})
    wiki.visitor("bob").post(f"/wiki/{slug}/flag", data={"reason": "danger"})
    mona.post(f"/wiki/{slug}/flags", data={"newest": "1000", "word": "Corrigé"})
    with wiki.app.app_context():
        pages.block(wiki.cast.mona, "bob", "Injures", now() + timedelta(days=2))
        pages.unblock(wiki.cast.ada, pages.blocks(wiki.cast.ada)[0].id, "Excuses")
        pages.block_network(wiki.cast.mona, "203.0.113.7", "Une vague", now() + timedelta(days=2))
        text = pages.text_of(wiki.cast.eve, slug)[1].text
        pages.save(wiki.cast.eve, slug, text + "\nDes montres.\n", 2)
        pages.undo_all(wiki.cast.mona, wiki.cast.eve.name, now() - timedelta(days=1))
        words = pages.create(wiki.cast.mona, "# Mots indésirables\n\n- montres\n").slug
        pages.protect(wiki.cast.mona, words, True)
    told = wiki.visitor().get("/moderation/log").text
    for said in ("a protégé", "Guerre d’édition", "a ouvert à l’écriture", "Tout est calme", "a archivé", "Doublon",
                 "a remis en place", "Non, en fait", "a traité un signalement sur", "Corrigé", "a bloqué", "Injures",
                 "a levé le blocage de", "Excuses", "a bloqué un réseau", "a défait les modifications de",
                 wiki.cast.eve.name, "a changé la liste des mots indésirables", "mona", "Pain au levain"):
        assert said in told, said
    assert "203.0.113" not in told
    assert "/moderation/log" in wiki.visitor().get("/").text


def test_what_changes_nothing_is_not_told(wiki: Wiki) -> None:
    slug, mona = wiki.page(protected=True), wiki.visitor("mona")
    before = mona.get("/moderation/log").text.count("a protégé")
    mona.post(f"/wiki/{slug}/protect")
    mona.post(f"/wiki/{slug}/unarchive")
    told = mona.get("/moderation/log").text
    assert told.count("a protégé") == before == 1
    assert "a remis en place" not in told


def test_what_authors_decide_of_their_own_page_is_no_act_of_the_moderation(wiki: Wiki) -> None:
    with wiki.app.app_context():
        slug = pages.create(wiki.cast.bob, "# Carnet\n\nÀ moi.\n").slug
        pages.show_to(wiki.cast.bob, slug, "draft")
        pages.archive(wiki.cast.bob, slug)
        draft = pages.create(wiki.cast.ada, "# Brouillon d’Ada\n\nÀ moi.\n", visibility="draft").slug
        pages.archive(wiki.cast.ada, draft)
    assert "n’est pas intervenue" in wiki.visitor("ada").get("/moderation/log").text


def test_of_a_page_one_may_not_read_nothing_is_told(wiki: Wiki) -> None:
    slug = wiki.page("Quetzalcoatl")
    mona = wiki.visitor("mona")
    mona.post(f"/wiki/{slug}/protect", data={"reason": "Quetzalcoatl aussi"})
    mona.post(f"/wiki/{slug}/visibility", data={"visibility": "members"})
    for role, knows in (("guest", False), ("member", True), ("moderator", True)):
        told = wiki.visitor(role).get("/moderation/log").text
        assert ("Quetzalcoatl" in told) == ("a protégé" in told) == knows, role
        assert wiki.visitor(role).get(f"/moderation/log?page={slug}").status_code == (200 if knows else 404)
    mona.post(f"/wiki/{slug}/visibility", data={"visibility": "public"})
    mona.post(f"/wiki/{slug}/archive", data={"reason": "Quetzalcoatl, pour de bon"})
    told = wiki.visitor().get("/moderation/log").text
    assert "Quetzalcoatl" not in told
    assert slug not in told
    assert "une page" in told, "that something was taken out of sight is told, not what"
    assert "pour de bon" in mona.get("/moderation/log").text


def test_the_log_of_one_page_is_reached_from_its_history(wiki: Wiki) -> None:
    slug, other, mona = wiki.page("Pain"), wiki.page("Soupe"), wiki.visitor("mona")
    mona.post(f"/wiki/{slug}/protect", data={"reason": "Pour Pain"})
    mona.post(f"/wiki/{other}/protect", data={"reason": "Pour Soupe"})
    assert f"/moderation/log?page={slug}" in wiki.visitor().get(f"/wiki/{slug}/history").text
    told = wiki.visitor().get(f"/moderation/log?page={slug}").text
    assert "Pour Pain" in told
    assert "Pour Soupe" not in told


def test_the_log_is_paged_and_asks_little(wiki: Wiki) -> None:
    slug, mona = wiki.page(), wiki.visitor("mona")
    for number in range(26):
        for fact in ("protect", "unprotect"):
            mona.post(f"/wiki/{slug}/{fact}", data={"reason": f"Numéro {number} {fact}."})
    guest = wiki.visitor()
    with queries(wiki) as heard:
        first = guest.get("/moderation/log").text
    assert len(heard) <= 3
    assert "Numéro 25 unprotect." in first
    assert "Numéro 0 " not in first
    older = first.partition("/moderation/log?before=")[2].partition('"')[0]
    rest = guest.get(f"/moderation/log?before={older}").text
    assert "Numéro 0 protect." in rest
    assert "Numéro 25" not in rest
