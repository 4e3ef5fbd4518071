"""What someone may be about to type: pages by their names, places by their name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from heapq import nlargest
from itertools import islice

from wiki.search.analysis import fold, is_stop_word
from wiki.search.folder import Snapshot
from wiki.search.interface import Suggestion
from wiki.search.postings import NAMES_ALIAS, NAMES_TITLE, order_key, simple_words
from wiki.search.segments import Part

TEXT_MAXIMUM = 100
# So few letters begin too many words to look at: titles that begin so are enough.
SHORT = 2
# How many words that begin so are looked at: enough for a few letters in a large wiki, and soon done.
WORDS_LOOKED_AT = 200
PLACES_SHOWN = 2


def suggest(snapshot: Snapshot, text: str, limit: int, places: str) -> list[Suggestion]:
    """Pages one of whose names holds every word typed, the last of them perhaps unfinished; then places."""
    words = [fold(word) for word in simple_words(text[:TEXT_MAXIMUM])]
    if not words or limit < 1:
        return []
    found = list(_places(snapshot, text, places)) if places else []
    shown = found[: min(PLACES_SHOWN, limit)]
    pages = [page for part in snapshot.parts for page in _pages(part, words, limit)]
    pages.sort(reverse=True)
    return [Suggestion(page_id=page_id) for _rank, page_id in pages[: limit - len(shown)]] + shown


def _pages(part: Part, words: list[str], limit: int) -> Iterator[tuple[tuple[int, ...], int]]:
    """The best pages of a part, with what ranks them."""
    segment = part.segment
    typed = " ".join(words)

    def rank(number: int) -> tuple[int, ...]:
        title, followed, page_id = segment.title(number), segment.popularity[number], segment.page_ids[number]
        return named[number], title.startswith(typed), followed, -len(title), -page_id

    named = _titled(part, typed) if len(typed) <= SHORT else _named(part, words)
    current = (number for number, its_rank in named.items() if its_rank >= NAMES_ALIAS and part.flags[number])
    # Titles are read one by one: those of the most followed pages, not all.
    likely = nlargest(20 * limit, current, key=lambda number: (named[number], segment.popularity[number]))
    for number in nlargest(limit, likely, key=rank):
        yield rank(number), segment.page_ids[number]


def _titled(part: Part, beginning: str) -> dict[int, int]:
    """Some of the documents whose title begins so."""
    return dict.fromkeys(islice(part.segment.titled_from(beginning), WORDS_LOOKED_AT), NAMES_TITLE)


def _named(part: Part, words: list[str]) -> dict[int, int]:
    """The documents that have names with all of the words, the last perhaps unfinished, by how well they name it."""
    segment = part.segment
    *whole, begun = words
    named: dict[int, int] = {}
    for word in islice(segment.surface.beginning(begun), WORDS_LOOKED_AT):
        for number, rank in segment.with_surface(word):
            named[number] = max(rank, named.get(number, 0))
    for word in [word for word in whole if not is_stop_word(word)] or whole:
        other = dict(segment.with_surface(word))
        named = {number: min(rank, other[number]) for number, rank in named.items() if number in other}
    return named


def _places(snapshot: Snapshot, text: str, facet: str) -> Iterator[Suggestion]:
    """The values of the facet that begin like the whole of what was typed, those with most pages first."""
    beginning = order_key(text)
    counts: Counter[str] = Counter()
    for part in snapshot.parts:
        values = part.segment.facet(facet)
        for value in part.segment.values_from(facet, beginning):
            count = (values.documents(value, part.segment.size) & part.current).bit_count()
            if count:
                counts[value] += count
    for value, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        yield Suggestion(facet=facet, value=value, count=count)

