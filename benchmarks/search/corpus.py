"""Plausible French pages in any number: words as frequent as in the seed library, with a long tail of made-up ones."""

from __future__ import annotations

import random
import re
import time
from bisect import bisect
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

from wiki.search import SearchDocument

SEEDS = Path(__file__).parents[2] / "seed_recipes"

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SYLLABLES = (
    "ba be bi bo bra bre cha che cla co cro da de di dou fa fe flo ga gla gri jar la le li lon ma me mi mo na ne ni pa "
    "pe pla po pra ra re ri ro sa se si so ta te ti tou tra va ve vi vo vil ment tion teur ette able eux"
).split()
_KINDS = ("recipe", "event", "edition", "project", "collective", "article")
_COUNTRIES = ("FR", "BE", "CH", "CA", "LU", "SN", "BF", "ML")
_FORMATS = ("atelier", "conference", "balade", "cartopartie", "fete", "debat", "exposition", "rencontre")
_SEED = 4
# Every so many pages one is a variant, of one of the few that have any.
_VARIANTS, _ORIGINS = 15, 100


class Corpus:
    """So many pages, always the same ones. `words` by frequency; `spent` is the CPU time that making them took."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.spent = 0.0
        texts = [path.read_text("utf-8").split("---", 2)[-1] for path in sorted(SEEDS.rglob("*.md"))]
        counted = Counter(word for text in texts for word in _WORD.findall(text))
        chance = random.Random(_SEED)
        common = [word for word, _count in counted.most_common()]
        # A language is never all said: the larger the wiki, the more words that stand in few of its pages.
        rare = sorted({_made_up(chance) for _ in range(min(200_000, 5_000 + 2 * size))})
        chance.shuffle(rare)
        self.words = common + rare
        last = counted[common[-1]]
        weights = [counted[word] for word in common] + [last * 40 / (40 + rank) for rank in range(len(rare))]
        self._cumulated = list(accumulate(weights))
        self.title_words = [word.lower() for word in common if len(word) > 4][:1200] + rare[: 200 + size // 10]
        self.themes = sorted(path.stem for path in (SEEDS / "themes").glob("*.md"))
        self._cities = [_made_up(chance).capitalize() for _ in range(20 + size // 40)]
        self._recipes = [f"recette-{number}" for number in range(10 + size // 50)]

    def documents(self) -> Iterator[SearchDocument]:
        """The pages, made as they are asked for."""
        chance = random.Random(_SEED)
        for number in range(1, self.size + 1):
            started = time.process_time()
            document = self._document(chance, number)
            self.spent += time.process_time() - started
            yield document

    def phrase(self, chance: random.Random) -> str:
        """Two or three words that stand together in some page."""
        page = self._document(random.Random(chance.random()), 1)
        words = page.body.split()
        start = chance.randrange(len(words) - 4)
        return " ".join(words[start : start + chance.choice((2, 3, 4))])

    def _text(self, chance: random.Random, length: int) -> str:
        highest, cumulated, words = self._cumulated[-1], self._cumulated, self.words
        return " ".join(words[bisect(cumulated, chance.random() * highest)] for _ in range(length))

    def _document(self, chance: random.Random, number: int) -> SearchDocument:
        kind = chance.choices(_KINDS, (20, 50, 3, 10, 7, 10))[0]
        themes = chance.sample(self.themes, chance.randint(1, 4))
        city = self._cities[int(len(self._cities) * chance.random() ** 3)]
        dated = kind in ("event", "edition")
        day = f"{chance.randint(2005, 2026)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}" if dated else ""
        varied = number > _ORIGINS and number % _VARIANTS == 7
        return SearchDocument(
            page_id=number,
            revision_id=number,
            kind=kind,
            title=" ".join(chance.sample(self.title_words, chance.randint(2, 5))).capitalize(),
            aliases=[f"page-{number}"],
            headings=[self._text(chance, 3) for _ in range(chance.randint(2, 6))],
            themes=[theme.replace("-", " ") for theme in themes],
            labels=[kind, "France"],
            place=city,
            body=self._text(chance, int(min(3000, chance.lognormvariate(5.6, 0.6)))),
            starts_on=day,
            past_from=datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(days=1) if day else None,
            facets={
                "theme": themes, "city": [city], "country": [chance.choices(_COUNTRIES, (80, 6, 4, 4, 1, 2, 2, 1))[0]],
                "recipe": chance.sample(self._recipes, chance.randint(0, 2)),
                "format": [chance.choice(_FORMATS)] if kind == "event" else [],
            },
            latitude=chance.uniform(42.5, 51.0),
            longitude=chance.uniform(-4.7, 7.7),
            popularity=int(chance.paretovariate(1.2)),
            origin_id=_ORIGINS * chance.randint(1, number // _ORIGINS) if varied else None,
            has_variants=number % _ORIGINS == 0,
        )


def _made_up(chance: random.Random) -> str:
    return "".join(chance.choice(_SYLLABLES) for _ in range(chance.randint(2, 4)))
