"""Rules of repetition: the dates that an independent reader gives too, and a bound on what any file can ask for."""

from __future__ import annotations

from datetime import datetime
from itertools import islice

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from wiki.agenda.reading.recurrence import MOST, MOST_STEPS, Repetitions, TooManySteps, UnknownRule

START = datetime(2013, 10, 12, 14)
ZONE = "Europe/Paris"


def dates(rule: str, start: datetime = START) -> list[datetime]:
    return Repetitions().occurrences(start, rule, ZONE)[0]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;COUNT=5", "FREQ=DAILY;INTERVAL=10;UNTIL=20140301T000000", "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;COUNT=9",
        "FREQ=DAILY;BYMONTH=1;UNTIL=20150131T140000", "FREQ=DAILY;BYMONTHDAY=1,-1;COUNT=7",
        "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=7", "FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20131114T140000",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA,SU;WKST=SU;COUNT=6", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;COUNT=6",
        "FREQ=WEEKLY;BYMONTH=9,10;COUNT=12", "FREQ=MONTHLY;BYDAY=2SA;COUNT=6", "FREQ=MONTHLY;BYDAY=-1FR,1MO;COUNT=6",
        "FREQ=MONTHLY;BYMONTHDAY=15;COUNT=4", "FREQ=MONTHLY;BYMONTHDAY=31,-2;COUNT=9", "FREQ=MONTHLY;COUNT=14",
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=3", "FREQ=MONTHLY;BYDAY=SA;BYSETPOS=2;COUNT=4",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=4", "FREQ=MONTHLY;INTERVAL=3;BYDAY=5SA;COUNT=2",
        "FREQ=YEARLY;COUNT=4", "FREQ=YEARLY;BYMONTH=5;BYDAY=1SU;COUNT=4", "FREQ=YEARLY;BYMONTH=6,9;COUNT=4",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=3", "FREQ=YEARLY;INTERVAL=2;BYMONTHDAY=1;COUNT=20",
        "FREQ=YEARLY;BYDAY=MO;COUNT=60", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=-1;BYSETPOS=1;COUNT=2",
    ],
)  # fmt: skip
def test_the_rules_that_calendars_use_give_the_dates_that_another_reader_gives(rule: str) -> None:
    assert dates(rule) == list(rrulestr(rule, dtstart=START))


@settings(max_examples=60, deadline=None)
@given(
    start=st.datetimes(datetime(1990, 1, 1), datetime(2030, 12, 1)).map(lambda at: at.replace(second=0, microsecond=0)),
    frequency=st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]),
    interval=st.integers(1, 5),
    first=st.sampled_from(["MO", "SU"]),
    weekdays=st.lists(st.sampled_from(["MO", "WE", "SA", "SU"]), min_size=1, max_size=3),
)
def test_any_usual_rule_gives_the_dates_that_another_reader_gives(
    start: datetime, frequency: str, interval: int, first: str, weekdays: list[str]
) -> None:
    # Every weekday comes in each of these stretches: the other reader, which knows no bound, ends.
    rule = f"FREQ={frequency};INTERVAL={interval};WKST={first};BYDAY={','.join(weekdays)}"
    assert dates(rule, start)[:30] == list(islice(rrulestr(rule, dtstart=start), 30))


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=WEEKLY;BYMONTH=2;INTERVAL=53",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYMONTH=2;BYDAY=5MO;BYMONTHDAY=1",
        "FREQ=MONTHLY;BYDAY=SA;BYSETPOS=300", "FREQ=YEARLY;BYMONTH=4,6,9,11;BYMONTHDAY=31;COUNT=100",
    ],
)  # fmt: skip
def test_a_day_that_hardly_comes_is_looked_for_during_twenty_years_only(rule: str) -> None:
    asked = Repetitions()
    found, more = asked.occurrences(START, rule, ZONE)
    assert not more
    assert all(day.year <= START.year + 20 for day in found)
    assert 0 < asked.steps <= 20 * 366 + 7


@pytest.mark.parametrize("name", ["BYSETPOS=1", "BYYEARDAY=1", "BYWEEKNO=53", "BYEASTER=0", "BYHOUR=1", "RSCALE=X"])
def test_what_no_usual_rule_says_is_refused_before_any_day_is_looked_at(name: str) -> None:
    asked = Repetitions()
    for rule in (f"FREQ=DAILY;BYMONTH=2;{name}", f"FREQ=WEEKLY;{name}", f"FREQ=YEARLY;BYMONTH=2;{name}"):
        with pytest.raises(UnknownRule):
            asked.occurrences(START, rule, ZONE)
    assert asked.steps == 0


@pytest.mark.parametrize(
    "rule", ["FREQ=WEEKLY;BYMONTHDAY=1", "FREQ=MONTHLY;BYDAY=0MO", "FREQ=MONTHLY;BYDAY=9MO",
             "FREQ=MONTHLY;BYMONTHDAY=0,32", "FREQ=YEARLY;BYMONTH=13", "FREQ=YEARLY;BYDAY=20MO", "FREQ=DAILY;WKST=XX",
             "FREQ=DAILY;INTERVAL=" + "9" * 400, "FREQ=DAILY;COUNT=" + "9" * 400, "FREQ=MONTHLY;BYSETPOS=1"],
)  # fmt: skip
def test_numbers_that_no_calendar_has_are_refused(rule: str) -> None:
    with pytest.raises(UnknownRule):
        dates(rule)


def test_the_end_of_time_is_reached_in_peace() -> None:
    for frequency in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"):
        for start in (datetime(9999, 12, 31, 23), datetime(9975, 1, 1), datetime(1, 1, 1)):
            found = dates(f"FREQ={frequency};INTERVAL=2;WKST=SU", start)
            assert found[0] == start
            assert len(found) <= MOST


def test_the_rules_of_a_file_share_what_they_may_look_at() -> None:
    asked = Repetitions(most=1000)
    asked.occurrences(START, "FREQ=WEEKLY;COUNT=100", ZONE)
    assert 693 <= asked.steps <= 707
    with pytest.raises(TooManySteps):
        asked.occurrences(START, "FREQ=WEEKLY;COUNT=100", ZONE)
    assert asked.steps == 1001


def test_three_hundred_usual_events_stay_within_the_bound() -> None:
    asked = Repetitions()
    for rule in ("FREQ=WEEKLY", "FREQ=MONTHLY;BYDAY=2SA", "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "FREQ=YEARLY"):
        for _event in range(75):
            asked.occurrences(START, rule, ZONE)
    assert asked.steps <= MOST_STEPS
