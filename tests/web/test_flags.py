"""A reader reports a page; the team sees it, does what is to be done, and says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from tests.web.conftest import Wiki
from tests.web.test_moderation import queries
from wiki import pages
from wiki.database import Base, db
from wiki.pages.moderation.flags import MOST_BY_ONE
from wiki.pages.moderation.models import Flag


def flags(wiki: Wiki) -> list[Any]:
    with wiki.app.app_context():
        return list(db.session.execute(select(Flag).order_by(Flag.id)).scalars())


def report(wiki: Wiki, slug: str, who: str = "", reason: str = "advertising", words: str = "", **more: str) -> Any:
    return wiki.visitor(who).post(f"/wiki/{slug}/flag", data={"reason": reason, "words": words, **more})


def test_a_guest_reports_a_page_and_is_thanked(wiki: Wiki) -> None:
    slug, guest = wiki.page(), wiki.visitor()
    assert f"/wiki/{slug}/flag" in guest.get(f"/wiki/{slug}").text
    assert "Signaler cette page" in guest.get(f"/wiki/{slug}/flag").text
    answer = guest.post(f"/wiki/{slug}/flag", data={"reason": "hurtful", "words": "La fin\nest cruelle."})
    assert answer.status_code == 303
    assert "L’équipe de modération va regarder." in guest.get(answer.location).text
    (row,) = flags(wiki)
    assert (row.reason, row.words, row.number) == ("hurtful", "La fin\nest cruelle.", 2)
    assert row.author_id is None
    assert row.author_name.startswith("Visite ")
    assert "cruelle" not in guest.get(f"/wiki/{slug}").text


def test_a_report_holds_nothing_of_a_visitor_but_the_pseudonym(wiki: Wiki) -> None:
    report(wiki, wiki.page(), words="Voyez.")
    assert set(Base.metadata.tables["flag"].columns.keys()) == {
        "id", "page_id", "offer_id", "number", "reason", "words", "author_id", "author_name", "created_at",
        "closed_at", "closed_by_id", "closed_by_name", "closing",
    }
    assert "127.0.0.1" not in str([vars(row) for row in flags(wiki)])


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"reason": "", "words": "Voyez."}, "Choisissez une raison."),
        ({"reason": "n’importe quoi", "words": "Voyez."}, "Choisissez une raison."),
        ({"reason": "other", "words": " "}, "Dites en quelques mots ce qui ne va pas."),
        ({"reason": "other", "words": "Voyez. " * 200}, "caractères au plus."),
    ],
)
def test_what_is_missing_is_said_and_what_was_written_is_given_back(
    wiki: Wiki, form: dict[str, str], said: str
) -> None:
    answer = wiki.visitor().post(f"/wiki/{wiki.page()}/flag", data=form)
    assert answer.status_code == 422
    assert said in answer.text
    assert form["words"] in answer.text
    assert not flags(wiki)


def test_a_program_and_a_spammer_are_stopped_at_this_door_too(make_wiki: Callable[..., Wiki]) -> None:
    wiki = make_wiki(GUEST_SECONDS=3, NEWCOMER_LINKS=1)
    slug = wiki.page()
    answer = report(wiki, slug, words="Une ligne.")
    assert answer.status_code == 422
    assert "attendez quelques secondes" in answer.text
    assert "Une ligne." in answer.text
    links = "https://un.example https://deux.example"
    answer = report(wiki, slug, "bob", words=links)
    assert answer.status_code == 422
    assert "ajoute 2 liens" in answer.text
    assert links in answer.text
    assert not flags(wiki)


def test_whoever_reports_twice_reports_once_and_nobody_fills_the_queue(wiki: Wiki) -> None:
    slug = wiki.page()
    report(wiki, slug, "bob", words="Un.")
    report(wiki, slug, "bob", words="Deux.")
    assert [row.words for row in flags(wiki)] == ["Deux."]
    for _number in range(MOST_BY_ONE - 1):
        assert report(wiki, wiki.page(), "bob").status_code == 303
    answer = report(wiki, wiki.page(), "bob", words="Encore.")
    assert answer.status_code == 422
    assert "attendent déjà" in answer.text
    assert "Encore." in answer.text
    assert report(wiki, slug).status_code == 303, "others still may"


def test_the_queue_shows_reports_by_page_and_closes_them_with_a_word(wiki: Wiki) -> None:
    slug, other = wiki.page("Pain"), wiki.page("Soupe")
    report(wiki, slug, "bob", "hurtful", "Cruel.")
    report(wiki, other, words="Des montres.")
    report(wiki, slug, reason="danger")
    mona = wiki.visitor("mona")
    told = mona.get("/moderation?who=flagged").text
    for words in ("Cruel.", "Propos blessants", "conseil dangereux", "Des montres.", "bob"):
        assert words in told
    assert told.index("<strong>Pain") < told.index("<strong>Soupe"), "the last reported first"
    newest = str(flags(wiki)[-1].id)
    answer = mona.post(f"/wiki/{slug}/flags", data={"newest": newest, "word": "Passage retiré."})
    told = mona.get(answer.location).text
    assert "2 signalements traités." in told
    assert "<strong>Soupe" in told
    assert "Cruel." not in told
    row = flags(wiki)[0]
    assert (row.closed_by_name, row.closing) == ("mona", "Passage retiré.")


def test_what_was_reported_after_the_team_looked_stays_open(wiki: Wiki) -> None:
    slug = wiki.page()
    report(wiki, slug, "bob")
    seen = str(flags(wiki)[-1].id)
    report(wiki, slug, "alice", words="Il y a pire.")
    wiki.visitor("mona").post(f"/wiki/{slug}/flags", data={"newest": seen})
    assert "Il y a pire." in wiki.visitor("mona").get("/moderation").text
    assert "Il n’y avait plus" in wiki.visitor("mona").post(
        f"/wiki/{slug}/flags", data={"newest": seen}, follow_redirects=True
    ).text


def test_reports_are_for_the_team_alone(wiki: Wiki) -> None:
    slug = wiki.page()
    report(wiki, slug, words="Quetzalcoatl")
    for role in ("guest", "member"):
        client = wiki.visitor(role)
        assert client.post(f"/wiki/{slug}/flags", data={"newest": "1000"}).status_code == 403
        for place in (f"/wiki/{slug}", f"/wiki/{slug}/history", "/changes", "/moderation", f"/wiki/{slug}.json"):
            assert "Quetzalcoatl" not in client.get(place).text
    assert flags(wiki)[0].closed_at is None


def test_the_conversation_of_an_offer_is_reported_on_the_page_it_was_made_to(wiki: Wiki) -> None:
    places = wiki.places()
    form = wiki.visitor("bob").get(f"/wiki/{places['origin']}/flag?offer={places['offer']}").text
    assert "Signaler cette conversation" in form
    assert f"/wiki/{places['origin']}/flag?offer={places['offer']}" in wiki.visitor().get(
        f"/offers/{places['offer']}"
    ).text
    report(wiki, places["origin"], "bob", offer=places["offer"])
    assert str(flags(wiki)[0].offer_id) == places["offer"]
    assert f"/offers/{places['offer']}" in wiki.visitor("mona").get("/moderation").text
    assert "Signaler cette page" in wiki.visitor("bob").get(f"/wiki/{places['slug']}/flag?offer={places['offer']}").text


def test_an_offer_from_a_page_one_may_not_read_is_none_here(wiki: Wiki) -> None:
    places = wiki.places(visibility="members")
    with wiki.app.app_context():
        slug = pages.find(wiki.cast.alice, places["origin"]).slug
    assert "Signaler cette page" in wiki.visitor().get(f"/wiki/{slug}/flag?offer={places['offer']}").text


def test_an_account_takes_its_reports_along_and_leaves_no_name_behind(wiki: Wiki) -> None:
    slug = wiki.page()
    client = wiki.newcomer("member")
    client.post(f"/wiki/{slug}/flag", data={"reason": "other", "words": "À revoir."})
    assert [one["words"] for one in client.get("/account/data.json").get_json()["reports"]] == ["À revoir."]
    name = flags(wiki)[0].author_name
    client.post("/account/delete", data={"current": "un mot de passe de test"})
    assert flags(wiki)[0].author_name != name
    assert name not in wiki.visitor("mona").get("/moderation").text


def test_many_reports_cost_no_more_questions_than_one(wiki: Wiki) -> None:
    mona = wiki.visitor("mona")
    report(wiki, wiki.page(), "bob")
    mona.get("/moderation?who=flagged")
    with queries(wiki) as few:
        mona.get("/moderation?who=flagged")
    for _number in range(4):
        report(wiki, wiki.page(), "bob")
    with queries(wiki) as many:
        mona.get("/moderation?who=flagged")
    assert len(few) == len(many) <= 6


def test_ones_reports_are_carried_off_without_the_address_of_pages_that_were_closed_since(wiki: Wiki) -> None:
    slug, client = wiki.page("Tout autre titre"), wiki.newcomer("member")
    client.post(f"/wiki/{slug}/flag", data={"reason": "other", "words": "À revoir."})
    assert client.get("/account/data.json").get_json()["reports"][0]["slug"] == slug
    with wiki.app.app_context():
        pages.show_to(wiki.cast.alice, slug, "draft")
    answer = client.get("/account/data.json")
    assert slug not in answer.text
    assert [one["words"] for one in answer.get_json()["reports"]] == ["À revoir."]
