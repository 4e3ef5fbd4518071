"""What an event changed becomes a variant of the recipe it followed, and an offer to it, in one gesture."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.pages.test_trials import RECIPE, an_event
from tests.web.conftest import Wiki
from wiki import pages

CHANGED = "'# Un goûter dans le hall.'"


@pytest.fixture
def told(wiki: Wiki) -> str:
    """An event that followed the copy party and changed something; its address."""
    wiki.write(RECIPE)
    return wiki.write(an_event("Copy party du port", adaptations=CHANGED))


def test_the_page_of_the_event_leads_to_a_form_that_shows_its_words(wiki: Wiki, told: str) -> None:
    link = re.search(r'href="(/wiki/copy-party/fork\?[^"]+)"', wiki.visitor("bob").get(f"/wiki/{told}").text)
    assert link
    form = wiki.visitor("bob").get(unescape(link[1])).text
    assert "<blockquote># Un goûter dans le hall.</blockquote>" in form
    assert 'name="twist" value="Brest"' in form or 'value="Brest"' in form
    assert re.search(r'name="propose"[^>]*checked', form)


def test_one_gesture_makes_the_variant_and_the_offer(wiki: Wiki, told: str) -> None:
    client = wiki.visitor("bob")
    answer = client.post("/wiki/copy-party/fork", data={"event": told, "twist": "Brest", "propose": "y"})
    assert answer.status_code == 303
    text = wiki.text("copy-party-brest")
    assert text.endswith(
        "## Ce que nous avons changé : Copy party du port\n\n\\# Un goûter dans le hall.\n\n[[copy-party-du-port]]\n"
    )
    assert "variant_of: copy-party" in text
    with wiki.app.test_request_context():
        (offer,) = pages.offers_to(wiki.cast.alice, pages.find(wiki.cast.alice, "copy-party"))
        (waiting,) = pages.open_offer(wiki.cast.alice, offer.id).what.waiting
        assert waiting.title == "Ce que nous avons changé : Copy party du port"
        assert "Un goûter dans le hall." in waiting.unit.new
    # Sent twice, it is one variant and one offer.
    again = client.post("/wiki/copy-party/fork", data={"event": told, "twist": "Brest", "propose": "y"})
    assert again.status_code < 500


def test_without_the_tick_nothing_is_offered(wiki: Wiki, told: str) -> None:
    wiki.visitor("bob").post("/wiki/copy-party/fork", data={"event": told, "twist": "Brest"})
    assert "Un goûter" in wiki.text("copy-party-brest")
    with wiki.app.test_request_context():
        assert not pages.offers_to(wiki.cast.alice, pages.find(wiki.cast.alice, "copy-party"))


def test_a_wrong_answer_keeps_the_words_and_the_tick_as_they_were(wiki: Wiki, told: str) -> None:
    answer = wiki.visitor("bob").post("/wiki/copy-party/fork", data={"event": told, "twist": ""})
    assert answer.status_code == 422
    assert "Un goûter dans le hall." in answer.text
    assert not re.search(r'name="propose"[^>]*checked', answer.text)


def test_an_event_that_is_not_for_everybody_is_retold_to_nobody(wiki: Wiki, told: str) -> None:
    with wiki.app.app_context():
        pages.show_to(wiki.cast.alice, told, "members")
    form = {"event": told, "twist": "Brest", "propose": "y"}
    before = wiki.picture()
    assert wiki.visitor().get(f"/wiki/copy-party/fork?event={told}").status_code == 404
    assert wiki.visitor().post("/wiki/copy-party/fork", data=form).status_code == 404
    refused = wiki.visitor("bob").post("/wiki/copy-party/fork", data=form)
    assert refused.status_code == 422
    assert "moins ouverte" in refused.text
    assert wiki.picture() == before


def test_an_event_that_says_nothing_or_was_renamed_is_found_or_not(wiki: Wiki, told: str) -> None:
    silent = wiki.write(an_event("Copy party muette"))
    for event in (silent, "nulle-part", "copy-party", "../x"):
        assert wiki.visitor("bob").get("/wiki/copy-party/fork", query_string={"event": event}).status_code == 404
    with wiki.app.app_context():
        pages.rename(wiki.cast.alice, told, "Copy party du quai")
    assert "Un goûter" in wiki.visitor("bob").get(f"/wiki/copy-party/fork?event={told}").text
