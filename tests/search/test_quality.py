"""The judged queries of the benchmark, so that nobody makes the answers worse without noticing."""

from __future__ import annotations

from statistics import mean

from benchmarks.search.quality import answers, seeded_wiki


def test_the_judged_queries_are_answered_well_and_none_is_left_without_an_answer() -> None:
    with seeded_wiki() as (engine, slugs):
        found = answers(engine, slugs)
    assert [answer.judged.words for answer in found if not answer.total] == []
    assert mean(answer.quality for answer in found) >= 0.92
    assert {slug for answer in found for slug in answer.judged.gains} <= set(slugs.values())
