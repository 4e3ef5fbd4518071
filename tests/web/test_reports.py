"""The report of an event: told in a short form, joined with others' changes, taken back."""

from __future__ import annotations

import re
from html import unescape

from tests.pages.test_trials import RECIPE, an_event
from tests.web.conftest import Wiki
from wiki import pages

ADDRESS = "/wiki/une/report"


def an_evening(wiki: Wiki, when: str = "2012") -> None:
    wiki.write(RECIPE)
    wiki.write(an_event("Une", when, recipe="copy-party"))


def document(wiki: Wiki) -> pages.Document:
    return pages.parse(wiki.visitor().get("/wiki/une.md").text)


def test_a_past_event_asks_and_its_report_is_counted_until_it_is_withdrawn(wiki: Wiki) -> None:
    an_evening(wiki)
    before = wiki.visitor().get("/wiki/une.md").text
    assert "Vous y étiez" in wiki.visitor().get("/wiki/une").text
    eve = wiki.visitor("eve")
    sent = {"base": "1", "attendance": "12", "adaptations": "Sans clés.", "outcome": "sans-suite", "story": "Il a plu."}
    assert eve.post(ADDRESS, data=sent).status_code == 303
    told = document(wiki)
    assert (told.fields["attendance"], told.fields["outcome"]) == ("12", "sans-suite")
    assert told.body.rstrip().endswith("## Récit\n\nIl a plu.")
    page = unescape(wiki.visitor().get("/wiki/une").text)
    assert "Vous y étiez" not in page
    assert "/wiki/copy-party/fork?event=une&twist=Brest" in page
    assert "sans suite" in wiki.visitor().get("/wiki/copy-party").text
    assert eve.post(ADDRESS, data={"action": "withdraw"}).status_code == 303
    assert wiki.visitor().get("/wiki/une.md").text == before
    assert "Vous y étiez" in wiki.visitor().get("/wiki/une").text


def test_two_people_add_to_one_report(wiki: Wiki) -> None:
    an_evening(wiki)
    wiki.visitor("alice").post(ADDRESS, data={"base": "1", "attendance": "12"})
    wiki.visitor("bob").post(ADDRESS, data={"base": "1", "story": "Il a plu."})
    assert document(wiki).fields["attendance"] == "12"
    assert "Il a plu." in document(wiki).body


def test_two_stories_are_put_to_the_person_who_saves(wiki: Wiki) -> None:
    an_evening(wiki)
    wiki.visitor("alice").post(ADDRESS, data={"base": "1", "attendance": "12"})
    answer = wiki.visitor("bob").post(ADDRESS, data={"base": "1", "attendance": "30"})
    assert answer.status_code == 409
    assert document(wiki).fields["attendance"] == "12"


def test_a_wrong_answer_is_said_beside_its_field_and_nothing_typed_is_lost(wiki: Wiki) -> None:
    an_evening(wiki)
    answer = wiki.visitor("alice").post(ADDRESS, data={"base": "1", "attendance": "douze", "story": "Il a plu."})
    assert answer.status_code == 422
    assert 'href="#field-attendance"' in answer.text
    assert 'value="douze"' in answer.text
    assert "Il a plu." in answer.text
    assert "attendance" not in document(wiki).fields


def test_an_event_to_come_takes_no_report(wiki: Wiki) -> None:
    an_evening(wiki, "2090")
    assert wiki.visitor("alice").post(ADDRESS, data={"base": "1", "attendance": "12"}).status_code == 303
    assert "attendance" not in document(wiki).fields


def test_ones_news_ask_for_the_gatherings_nobody_told_of(wiki: Wiki) -> None:
    mine = wiki.write(an_event("À raconter", state="annonce"))
    wiki.write(an_event("Racontée", went_well="Tout."))
    wiki.write(an_event("Annulée", state="annule"))
    wiki.write(an_event("À venir", "2099-01-01", state="annonce"))
    asked = re.findall(r'href="/wiki/([\w-]+)/report"', wiki.visitor("alice").get("/news").text)
    assert asked == [mine]
    assert "/report" not in wiki.visitor("bob").get("/news").text
    wiki.visitor("bob").post(f"/wiki/{mine}/follow", data={"scope": "page"})
    assert f"/wiki/{mine}/report" in wiki.visitor("bob").get("/news").text
    wiki.visitor("alice").post(f"/wiki/{mine}/report", data={"base": "1", "attendance": "12"})
    assert "/report" not in wiki.visitor("alice").get("/news").text
    with wiki.app.app_context():
        secret = wiki.write(an_event("Brouillon", state="annonce"), visibility="draft")
    assert secret not in wiki.visitor("bob").get("/news").text
