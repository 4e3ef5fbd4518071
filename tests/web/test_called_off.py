"""One date of several is called off: every page and every feed says so of that date, and of no other."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from icalendar import Calendar

from tests.pages.test_trials import RECIPE, an_event
from tests.web.conftest import Wiki
from tests.web.test_bad_input import plain
from tests.web.test_session_rows import row, rows
from tests.web.test_writing import form_of
from wiki import agenda, pages
from wiki.pages import Session
from wiki.web.sessions import lines_of, row_of

FIRST, SECOND, THIRD = "2031-10-04T14:00/2031-10-04T18:00", "2031-10-11T14:00/2031-10-11T18:00", "2031-10-18"
SEVERAL = an_event("Atelier", f"{FIRST}\n  - {SECOND}\n  - {THIRD}", state="annonce", edition="mois-des-communs")
ONE_OFF = SEVERAL.replace(SECOND, f"{SECOND} annule")
EDITION = "---\nkind: edition\ntitle: Mois des communs\nstarts_on: 2031-10\ncoordinators:\n  - Infini\n---\n"


@pytest.fixture
def several(wiki: Wiki) -> str:
    """An event of three dates in an edition, the second of which was called off afterwards."""
    wiki.write(EDITION)
    slug = wiki.write(SEVERAL, ONE_OFF)
    with wiki.app.app_context():
        pages.reindex()
    return slug


def words(html: str) -> str:
    return " ".join(unescape(plain(re.sub(r"<[^>]+>", " ", html))).split())


@pytest.mark.parametrize("line", [f"{SECOND} annule", f"{SECOND} Europe/Brussels reporte", "2031-10 annule", THIRD])
def test_a_row_nobody_touched_keeps_what_it_says_of_its_state(line: str) -> None:
    assert lines_of([row_of(line)], [line]) == [line]
    assert str(Session.parse(row_of(line).text)) == line


def test_calling_off_one_date_in_the_form_leaves_the_others_to_the_letter(wiki: Wiki) -> None:
    slug = wiki.write(SEVERAL)
    bob = wiki.visitor("bob")
    page = bob.get(f"/wiki/{slug}/edit")
    assert page.text.count('name="sessions-state"') == 3
    sent = {
        **form_of(page),
        **rows(row("2031-10-04", "14:00", "18:00"), row("2031-10-11", "14:00", "18:00"), row("2031-10-18")),
        "sessions-state": ["", "annule", ""], "sessions-whole": "2",
    }  # fmt: skip
    answer = bob.post(f"/wiki/{slug}/edit", data=sent)
    assert answer.status_code == 303
    assert wiki.text(slug).replace("\n", " ").count("2031-10-") == SEVERAL.count("2031-10-")
    assert f"  - {FIRST}\n  - {SECOND} annule\n  - {THIRD}\n" in wiki.text(slug)


def test_a_new_event_is_not_asked_whether_its_dates_are_called_off(wiki: Wiki) -> None:
    assert 'name="sessions-state"' not in wiki.visitor("bob").get("/propose").text


def test_a_state_nobody_knows_is_refused_beside_its_date(wiki: Wiki) -> None:
    slug = wiki.write(SEVERAL)
    bob = wiki.visitor("bob")
    sent = {**form_of(bob.get(f"/wiki/{slug}/edit")), **rows(row("2031-10-04")), "sessions-state": ["perdu"]}
    answer = bob.post(f"/wiki/{slug}/edit", data=sent)
    assert answer.status_code == 422
    assert 'value="2031-10-04"' in answer.text


def test_the_page_and_the_poster_say_it_of_that_date_only(wiki: Wiki, several: str) -> None:
    page = wiki.visitor().get(f"/wiki/{several}").text
    assert "Une date au moins est annulée ou reportée" in page
    assert words(page).count("– date annulée") == 1
    # No line ends between a number and its unit.
    assert "de 14\N{NARROW NO-BREAK SPACE}h à 18\N{NARROW NO-BREAK SPACE}h – date annulée" in page
    assert "samedi 11 octobre 2031, de 14 h à 18 h – date annulée" in words(page)
    assert "samedi 11 octobre 2031, de 14 h à 18 h – date annulée" in words(
        wiki.visitor().get(f"/wiki/{several}/poster").text
    )
    data = json.loads(re.findall(r"ld\+json[^>]*>(.*?)</script>", page, re.DOTALL)[0])
    assert data["eventStatus"].endswith("EventScheduled")
    assert [part["eventStatus"].rpartition("/")[2] for part in data["subEvent"]] == [
        "EventScheduled", "EventCancelled", "EventScheduled",
    ]  # fmt: skip


def test_the_agenda_the_month_and_the_programme_say_it(wiki: Wiki, several: str) -> None:
    visitor = wiki.visitor()
    assert "en partie annulé ou reporté · 4 octobre 2031" in words(visitor.get("/events").text)
    wall = visitor.get("/events?view=month&at=2031-10").text
    assert wall.count('class="called-off"') == 1
    assert "Atelier annulé" in words(wall.partition('class="called-off"')[2][:400])
    programme = visitor.get("/wiki/mois-des-communs").text
    assert words(programme).count("Atelier annulé") == 1
    assert words(programme).count("Atelier") >= 3
    assert several


def test_calendars_cancel_that_date_under_its_old_name_and_in_a_later_state(wiki: Wiki) -> None:
    slug = wiki.write(SEVERAL)
    visitor = wiki.visitor()
    before = {str(one["uid"]): one for one in Calendar.from_ical(visitor.get(f"/wiki/{slug}.ics").data).walk("VEVENT")}
    with wiki.app.app_context():
        pages.save(wiki.cast.alice, slug, ONE_OFF, 1)
    after = {str(one["uid"]): one for one in Calendar.from_ical(visitor.get(f"/wiki/{slug}.ics").data).walk("VEVENT")}
    assert list(before) == list(after)
    assert [str(one["status"]) for one in before.values()] == ["CONFIRMED"] * 3
    assert [str(one["status"]) for one in after.values()] == ["CONFIRMED", "CANCELLED", "CONFIRMED"]
    assert [str(one["summary"]) for one in after.values()] == ["Atelier", "Annulé : Atelier", "Atelier"]
    assert all(after[name]["sequence"] > before[name]["sequence"] for name in before)


@pytest.mark.usefixtures("several")
def test_every_other_feed_tells_the_dates_and_which_of_them_is_called_off(wiki: Wiki) -> None:
    visitor = wiki.visitor()
    assert f"{FIRST} ; {SECOND} annule ; {THIRD}" in visitor.get("/events.csv").text
    (found,) = json.loads(visitor.get("/events.json").text)["results"]
    assert found["state"] == "announced"
    assert [one["state"] for one in found["dates"]] == ["announced", "cancelled", "announced"]
    assert "state" not in json.loads(visitor.get("/search.json?q=atelier").text)["results"][0]


def test_our_calendar_with_a_date_called_off_is_imported_as_it_was(wiki: Wiki, several: str) -> None:
    data = wiki.visitor().get(f"/wiki/{several}.ics").data
    with wiki.app.test_request_context():
        (draft,) = agenda.read(data, "agenda.ics", most=10, zone="Europe/Paris").drafts
    assert draft.values["sessions"] == [FIRST, f"{SECOND} annule", THIRD]
    assert draft.values["state"] == ""


@pytest.mark.parametrize(
    ("state", "field", "words"),
    [
        ("annonce", "state", "Annuler ou reporter"),
        ("annule", "state", "Remettre au programme"),
        ("reporte", "sessions", "Dire la nouvelle date"),
    ],
)
def test_an_event_to_come_leads_to_what_may_be_said_of_it_next(wiki: Wiki, state: str, field: str, words: str) -> None:
    slug = wiki.write(an_event("Atelier", FIRST, state=state))
    visitor = wiki.visitor()
    assert f'href="/wiki/{slug}/edit#field-{field}">{words}</a>' in visitor.get(f"/wiki/{slug}").text
    assert f'id="field-{field}"' in visitor.get(f"/wiki/{slug}/edit").text


def test_an_event_whose_every_date_is_called_off_is_called_off_itself(wiki: Wiki) -> None:
    slug = wiki.write(an_event("Atelier", f"{FIRST} annule\n  - {THIRD} annule", state="annonce"))
    visitor = wiki.visitor()
    assert "Cet événement est annulé." in visitor.get(f"/wiki/{slug}").text
    events = Calendar.from_ical(visitor.get(f"/wiki/{slug}.ics").data).walk("VEVENT")
    assert [str(one["status"]) for one in events] == ["CANCELLED", "CANCELLED"]
    with wiki.app.app_context():
        assert pages.find(wiki.cast.eve, slug).called_off == "annule"


def test_a_date_called_off_is_neither_the_first_day_nor_the_last_nor_how_long_it_lasted(wiki: Wiki) -> None:
    wiki.write(RECIPE)
    slug = wiki.write(
        an_event("Atelier", "2013-10-01T08:00/2013-10-01T23:00 annule\n  - 2013-10-05T14:00/2013-10-05T16:00\n"
                 "  - 2031-10-01 annule")
    )  # fmt: skip
    with wiki.app.app_context():
        page = pages.find(wiki.cast.eve, slug)
        assert (page.starts_on, page.called_off) == ("2013-10-05", "dates")
        assert page.past_from is not None
        assert page.past_from.year == 2013
        trials = pages.open_page(wiki.cast.eve, "copy-party").trials
        assert trials is not None
        assert trials.alone.lasted is not None
        assert trials.alone.lasted.high == 120
        assert pages.verify() == []
