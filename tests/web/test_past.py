"""What is past is told as past, and nothing before its last day is over."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from tests.pages.test_trials import an_event
from tests.web.conftest import Wiki


def days(first: int, last: int) -> str:
    today = datetime.now(UTC).date()
    return f"{today + timedelta(days=first)}/{today + timedelta(days=last)} UTC"


def test_an_event_of_several_days_is_not_past_while_it_lasts(wiki: Wiki) -> None:
    running = wiki.write(an_event("En cours", days(-3, 3), state="annonce"))
    over = wiki.write(an_event("Fini", days(-9, -3), state="annonce"))
    past = "Cet événement est passé"
    assert past not in wiki.visitor().get(f"/wiki/{running}").text
    assert past in wiki.visitor().get(f"/wiki/{over}").text


def test_what_will_be_past_before_long_is_kept_for_nobody_as_it_is(wiki: Wiki) -> None:
    tonight = wiki.write(an_event("Ce soir", days(-3, 0), state="annonce"))
    later = wiki.write(an_event("Plus tard", days(3, 4), state="annonce"))
    assert "private" in wiki.visitor().get(f"/wiki/{tonight}").headers["Cache-Control"]
    assert "public" in wiki.visitor().get(f"/wiki/{later}").headers["Cache-Control"]


def test_programs_read_when_where_and_as_part_of_what_an_event_takes_place(wiki: Wiki) -> None:
    wiki.write("---\nkind: edition\ntitle: Le mois\nstarts_on: 2013-10\ncoordinators:\n  - Vecam\n---\n")
    when = "2013-10-25T14:00/2013-10-25T18:00\n  - 2013-10-27T14:00/2013-10-27T18:00"
    page = wiki.visitor().get(f"/wiki/{wiki.write(an_event('Fête', when, edition='le-mois', state='annule'))}").text
    data = json.loads(page.partition('application/ld+json"')[2].partition(">")[2].partition("</script>")[0])
    assert data["superEvent"] == {"@type": "Festival", "name": "Le mois", "url": "http://localhost/wiki/le-mois"}
    assert data["eventStatus"] == "https://schema.org/EventCancelled"
    # Summer time ended in between.
    assert (data["startDate"], data["endDate"]) == ("2013-10-25T14:00+02:00", "2013-10-27T18:00+01:00")
    event = page.partition('class="h-event"')[2]
    for said in ('p-name" value="Fête"', 'dt-start" value="2013-10-25T14:00+02:00"', 'p-location" value="Brest, BU"'):
        assert said in event
