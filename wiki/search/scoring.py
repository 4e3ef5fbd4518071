"""What makes a page answer words, and answer them well: the rules, the same for every engine.

A page answers when it holds all the words typed; where fewer than thirty do, those follow that hold a good part of
what is telling in them. So does a page that is called like part of them: a recipe for whoever adds a place to its
name. Words that questions are made of tell little. Phrases in quotes must be there, excluded ones must not.

The score of a page is the sum of the impacts of the words, each by how telling its word is; names add to it: a page
called exactly what was typed comes first. So does being followed: what many pages lead to is what most people mean.
Whoever types a name also finds what carries it: "mapping party" is a synonym of a theme, so each page of that theme
answers both words, those that name the theme first better than the others. A word also finds, more faintly, those
made from the same root; and a year what happened in it before what only mentions it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from math import ceil, log, log2

from wiki.search.analysis import Place, is_light, word_keys
from wiki.search.postings import NAMES_ALIAS, NAMES_TITLE
from wiki.search.spelling import Mended

_YEAR = re.compile(r"(?:19|20)[0-9]{2}")

# Scores and coverages fit in a byte each.
SCORE_MAXIMUM, COVERAGE_MAXIMUM = 175, 230
# What is added where the whole query is the page's title, or another of its names; and how much of that for a part.
BONUS = {NAMES_TITLE: 45, NAMES_ALIAS: 25}
PART_OF_NAME = 0.3
# A page whose name is so much of the words answers them, whatever else was typed.
NAME_ENOUGH = 0.15
# How much a light word tells of what another would.
LIGHT = 0.5
# What every word tells at least: in a small wiki rare words are not as telling as they seem.
FLOOR = 2.0
# What is added for pages that others lead to, for each time their number doubles, and at most.
FOLLOWED, FOLLOWED_MAXIMUM = 3.0, 15
NAME_WORDS = 6
# How much, of 255, a page that carries a value is about the words that name it, and how much a corrected word says.
CARRIES, CORRECTED = 70, 200
# How much, of 255, a word made from the same root says of what was typed.
RELATED = 120
# How much one says of those words that carries their value before any other, and of a year what happened in it.
LEADS, DATED = 130, 210
# Where fewer pages than this hold all the words, those follow that hold a good part of them.
FEW = 30
PART_OF_WORDS = 0.3


@dataclass(frozen=True)
class Span:
    """Words `start` to `end` of a query, and the keys of a name that consists of them."""

    start: int
    end: int
    keys: tuple[str, ...]


class Plan:
    """What to look for: for each word its forms, whether it was corrected, whether it stands outside phrases."""

    def __init__(self, mended: Mended) -> None:
        asked, instead = mended.asked, mended.instead
        self.asked = asked
        words = [word for word in asked.words if instead.get(word, True)]
        self.forms: list[Place] = [
            tuple(chain.from_iterable(like.forms for like in instead[word])) if word in instead else word.forms
            for word in words
        ]
        self.relatives = [mended.relatives.get(word, ()) for word in words]
        self.corrected = [word in instead for word in words]
        self.years = [word.text if _YEAR.fullmatch(word.text) else "" for word in words]
        self.light = [is_light(word.text) for word in words]
        self.loose = [word in asked.loose for word in words]
        texts = [instead[word][0].text if word in instead else word.text for word in words]
        self.spans = [
            Span(start, end, word_keys(texts[start:end]))
            for start in range(len(words))
            for end in range(start + 1, min(start + NAME_WORDS, len(words)) + 1)
        ]

    @property
    def only_stop_words(self) -> bool:
        """Whether nothing was typed but stop words: only a page called so answers."""
        return bool(self.asked.ignored) and not self.asked.words and not self.asked.excluded


class Weights:
    """How telling each word of a plan is, among so many pages: `scales` for scores, `shares` for coverage."""

    def __init__(self, plan: Plan, frequencies: Sequence[int], pages: int) -> None:
        telling = [
            (FLOOR + log(1 + (max(pages - held, 0) + 0.5) / (held + 0.5))) * (LIGHT if light else 1.0)
            for held, light in zip(frequencies, plan.light, strict=True)
        ]
        self._whole = sum(telling) or 1.0
        self._telling = telling
        self.scales = [max(1, int(SCORE_MAXIMUM * weight / self._whole)) for weight in telling]
        loose = sum(weight for weight, is_loose in zip(telling, plan.loose, strict=True) if is_loose) or 1.0
        self.shares = [
            max(1, int(COVERAGE_MAXIMUM * weight / loose)) if is_loose else 0
            for weight, is_loose in zip(telling, plan.loose, strict=True)
        ]

    @property
    def all_words(self) -> int:
        """The coverage of a page that holds all loose words; 0 where there are none."""
        return sum(self.shares)

    def is_enough(self, span: Span) -> bool:
        """Whether a page called like the words of the span answers the whole of them."""
        return sum(self._telling[span.start : span.end]) >= NAME_ENOUGH * self._whole

    def bonus(self, span: Span, rank: int) -> int:
        """What a page gains by a name of this rank that consists of the words of the span."""
        if span.end - span.start == len(self._telling):
            return BONUS[rank]
        return round(PART_OF_NAME * BONUS[rank] * sum(self._telling[span.start : span.end]) / self._whole)


def followed(popularity: int) -> int:
    """What a page gains by so many others that lead to it."""
    return min(FOLLOWED_MAXIMUM, round(FOLLOWED * log2(1 + popularity)))


def lowest_coverage(best: int) -> int:
    """How much of the words is still enough where the best page holds this much."""
    return max(1, ceil(best * PART_OF_WORDS))
