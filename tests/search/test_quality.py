"""The judged queries of the benchmarks, so that nobody makes the answers worse without noticing."""

from __future__ import annotations

from pathlib import Path
from statistics import mean

from benchmarks.search.quality import JUDGED, Answer, answers, seeded_wiki

# What each set reached when it was last measured, a little less.
ENOUGH = {
    "judged": 0.93, "unseen": 0.91, "unseen2": 0.87, "unseen3": 0.86, "unseen4": 0.9, "unseen5": 0.88, "unseen6": 0.88,
}  # fmt: skip


def test_the_judged_queries_are_answered_well_and_none_is_left_without_an_answer() -> None:
    sets = {name: Path(JUDGED).with_name(f"{name}.toml") for name in ENOUGH}
    with seeded_wiki() as (engine, slugs):
        found: dict[str, list[Answer]] = {name: answers(engine, slugs, path) for name, path in sets.items()}
    everything = [answer for of_set in found.values() for answer in of_set]
    assert [answer.judged.words for answer in everything if not answer.total] == []
    assert {slug for answer in everything for slug in answer.judged.gains} <= set(slugs.values())
    reached = {name: mean(answer.quality for answer in of_set) for name, of_set in found.items()}
    assert {name: quality for name, quality in reached.items() if quality < ENOUGH[name]} == {}
