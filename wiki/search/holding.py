"""Whether a text holds what somebody asks: for the few texts that no index holds."""

from __future__ import annotations

from collections.abc import Sequence

from wiki.search.analysis import Place, analyser, tidied
from wiki.search.asking import Asked, Phrase, Word


def places_of(text: str, language: str) -> tuple[Place, ...]:
    """The forms at each place of a text, as an index would hold them."""
    return tuple(analyser(language).places(tidied(text)))


def holds(places: Sequence[Place], asked: Asked) -> bool:
    """Whether all words and phrases asked stand in a text, and nothing of what is excluded. False for no words."""
    if not asked.words:
        return False
    forms = frozenset(form for place in places for form in place)
    return (
        all(not forms.isdisjoint(word.forms) for word in asked.loose)
        and all(_stands(places, phrase) for phrase in asked.phrases)
        and not any(_stands(places, phrase) for phrase in asked.excluded)
    )


def _stands(places: Sequence[Place], phrase: Phrase) -> bool:
    first, *rest = phrase.words
    return any(
        _is_at(places, start, first[1]) and all(_is_at(places, start + step, word) for step, word in rest)
        for start in range(len(places))
    )


def _is_at(places: Sequence[Place], place: int, word: Word) -> bool:
    return place < len(places) and not set(word.forms).isdisjoint(places[place])
