"""What is past is told as past, and nothing before its last day is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.pages.test_trials import an_event
from tests.web.conftest import Wiki


def days(first: int, last: int) -> str:
    today = datetime.now(UTC).date()
    return f"{today + timedelta(days=first)}/{today + timedelta(days=last)}"


def test_an_event_of_several_days_is_not_past_while_it_lasts(wiki: Wiki) -> None:
    running = wiki.write(an_event("En cours", days(-3, 3), state="annonce"))
    over = wiki.write(an_event("Fini", days(-9, -3), state="annonce"))
    past = "Cet événement est passé"
    assert past not in wiki.visitor().get(f"/wiki/{running}").text
    assert past in wiki.visitor().get(f"/wiki/{over}").text
