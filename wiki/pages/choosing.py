"""Choosing among a family by what its pages say of themselves: how many people, at what cost, how hard, for whom."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from wiki.database import db
from wiki.pages.fields import Duration, Money, read
from wiki.pages.kinds import KINDS
from wiki.pages.models import Facet
from wiki.pages.queries import PageInfo
from wiki.rendering import link_key

FIELDS = ("city", "audience", "difficulty", "cost", "group_size", "duration", "tags", "variant_notes")

_NUMBER = re.compile(r"\d+")
_SPACED = re.compile(r"(?<=\d)[\s\u202f\u00a0.](?=\d{3}\b)")
_AT_LEAST = re.compile(r"\b(plus de|a partir de|au moins|minimum|from|over|at least)\b")
_AT_MOST = re.compile(r"\b(moins de|jusqu|au plus|maximum|up to|under|at most)")
_MANY = 10**9
# Wishes that people write among their words, as link keys.
_SO_MANY = re.compile(r"(?:.*-)?(\d{1,7})-(?:personnes?|people)")
_FREE = ("sans-budget", "gratuit", "gratuite", "no-budget", "free")
_ABOUT = {
    "dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30, "quarantaine": 40,
    "cinquantaine": 50, "soixantaine": 60, "centaine": 100,
}


@dataclass(frozen=True)
class Wish:
    """What somebody looks for; None or "" where they do not mind. `budget` in euros, `hours` on the day.

    `words` may be several wishes with commas between them: "rural, sans budget, 20 personnes".
    `twist` is what a variant says of itself: its place, its way.
    """

    words: str = ""
    people: int | None = None
    budget: int | None = None
    hours: int | None = None
    difficulty: int | None = None
    city: str = ""
    audience: str = ""
    twist: str = ""

    @property
    def asked(self) -> bool:
        return self != Wish()


@dataclass(frozen=True)
class Facts:
    """What a page says of itself, by the name of the field; the values as they are written."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def first(self, name: str) -> str:
        """The value of a field, or the first of its values; "" where there is none."""
        return self.values.get(name, ("",))[0]

    @property
    def cost(self) -> Money | None:
        return _typed("cost", self.first("cost"))

    @property
    def duration(self) -> Duration | None:
        return _typed("duration", self.first("duration"))

    @property
    def people(self) -> tuple[int, int] | None:
        """From how many people to how many, as far as the words say."""
        return people(self.first("group_size"))


def people(words: str) -> tuple[int, int] | None:
    """From how many to how many people words like "10 à 100" mean; one number alone means about as many."""
    plain = link_key(words).replace("-", " ")
    numbers = [int(found[:9]) for found in _NUMBER.findall(_SPACED.sub("", words))]
    numbers += [number for word, number in _ABOUT.items() if re.search(rf"\b{word}s?\b", plain)]
    if not numbers:
        return None
    if len(numbers) > 1:
        return min(numbers), max(numbers)
    if _AT_LEAST.search(plain):
        return numbers[0], _MANY
    if _AT_MOST.search(plain):
        return 0, numbers[0]
    return numbers[0] // 2, numbers[0] + numbers[0] // 2


def _typed(name: str, words: str) -> Any:
    declared = KINDS["recipe"].field(name)
    return read(declared, words) if declared is not None and words else None


def facts_of(page_ids: Iterable[int]) -> dict[int, Facts]:
    """What each of these pages says of itself. One indexed query."""
    query = (
        select(Facet.page_id, Facet.field, Facet.value)
        .where(Facet.page_id.in_(sorted(set(page_ids))), Facet.field.in_(FIELDS))
        .order_by(Facet.id)
    )
    found: dict[int, dict[str, tuple[str, ...]]] = {}
    for page_id, name, value in db.session.execute(query):
        values = found.setdefault(page_id, {})
        values[name] = (*values.get(name, ()), value)
    return {page_id: Facts(values) for page_id, values in found.items()}


def fits(wish: Wish, page: PageInfo, facts: Facts) -> bool | None:
    """Whether a page is what somebody wishes; None where it does not say everything that they asked for."""
    answers = list(_answers(wish, page, facts))
    if False in answers:
        return False
    return None if None in answers else True


def shortfall(wish: Wish, page: PageInfo, facts: Facts) -> int | None:
    """How much of a wish a page says it is not; None for one that answers nothing of it."""
    answers = list(_answers(wish, page, facts))
    return answers.count(False) if True in answers else None


def _answers(wish: Wish, page: PageInfo, facts: Facts) -> Iterable[bool | None]:
    if wish.words.strip():
        said = [page.title, page.summary, page.place or "", *(v for values in facts.values.values() for v in values)]
        text = "-" + "-".join(link_key(one) for one in said)
        for words in filter(None, map(link_key, wish.words.split(","))):
            yield _answer_to(words, text, facts)
    if wish.people is not None:
        yield _suits(wish.people, facts)
    if wish.budget is not None:
        yield _costs_at_most(wish.budget, facts)
    if wish.hours is not None:
        lasts = facts.duration
        yield lasts.min_minutes <= 60 * wish.hours if lasts is not None else None
    if wish.difficulty is not None:
        level = facts.first("difficulty")
        yield int(level) <= wish.difficulty if level.isdecimal() else None
    for name, value in (("city", wish.city), ("audience", wish.audience), ("variant_notes", wish.twist)):
        if value:
            yield value in facts.values[name] if name in facts.values else None


def _answer_to(words: str, text: str, facts: Facts) -> bool | None:
    """What a page says to one wish in words, a link key: by its text, or by its answers where these say it better."""
    counted = _SO_MANY.fullmatch(words)
    if counted and facts.people:
        return _suits(int(counted[1]), facts)
    if all(f"-{word}" in text for word in words.split("-")):
        return True
    return None if counted else _costs_at_most(0, facts) if words in _FREE else False


def _suits(count: int, facts: Facts) -> bool | None:
    group = facts.people
    return group and group[0] <= count <= group[1]


def _costs_at_most(budget: int, facts: Facts) -> bool | None:
    cost = facts.cost
    return cost.minimum <= budget if cost is not None and cost.currency == "EUR" else None


def offered(facts: Iterable[Facts]) -> dict[str, list[str]]:
    """For each field, the values that some page of the family has, most frequent first: what can be asked for."""
    counted: dict[str, dict[str, int]] = {}
    for one in facts:
        for name, values in one.values.items():
            for value in values:
                by_value = counted.setdefault(name, {})
                by_value[value] = by_value.get(value, 0) + 1
    return {
        name: sorted(by_value, key=lambda value: (-by_value[value], value))[:50] for name, by_value in counted.items()
    }
