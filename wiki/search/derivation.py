"""Words made from one another: jardin, jardinier, jardinage; réparer, réparation, réparateur.

A stemmer joins the inflections of a word and mostly leaves such relatives apart. Here a stem loses one more ending, so
that who asks for a gardener also meets, a little further down, what speaks of gardens.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice
from typing import Protocol

from wiki.search.analysis import Place, fold, french_forms, is_alone, is_stop_word

# Of stems, the longest first, each with how many letters must remain: a short ending on a short word is a part of it.
_ENDINGS = {
    "atrice": 5, "ateur": 5, "ation": 5, "ecair": 5, "euse": 5, "rice": 5, "eur": 5, "equ": 5, "ien": 5, "ier": 6,
    "ist": 5, "ism": 5, "abl": 5, "ibl": 5, "at": 5, "ag": 5, "er": 6, "el": 6, "al": 6, "if": 5, "i": 6,
}  # fmt: skip
_SHORTEST = 5
_MOST = 6
_LOOKED_AT = 500


class Words(Protocol):
    """The words of the pages there are."""

    def beginning(self, text: str) -> Iterable[str]:
        """Telling words that begin so, without accents."""
        ...

    def forms_from(self, prefix: str) -> Iterable[str]:
        """Forms of any word that begin so."""
        ...


@lru_cache(maxsize=30_000)
def root(word: str) -> str:
    """What a word shares with those made from it, "" where it is too short to tell."""
    folded = fold(word)
    if is_alone(folded):
        return ""
    return _root(french_forms(folded)[0])


def _root(stem: str) -> str:
    for ending, least in _ENDINGS.items():
        if stem.endswith(ending) and len(stem) - len(ending) >= least:
            stem = stem.removesuffix(ending)
            break
    return stem if len(stem) >= _SHORTEST else ""


def relatives(words: Words, text: str, known: Sequence[str]) -> Place:
    """The forms of telling words of the same root, but for those `known` already: at most six, in order."""
    shared = root(text)
    if not shared:
        return ()
    forms: dict[str, None] = {}
    for word in sorted(set(islice(words.beginning(shared), _LOOKED_AT))):
        if len(forms) < _MOST and not is_stop_word(word) and root(word) == shared:
            forms.update(dict.fromkeys(form for form in french_forms(word) if form not in known))
    return tuple(forms)[:_MOST]


def forms_like(words: Words, text: str) -> list[str]:
    """The indexed forms of the same root as a word that is in no page: of any word, not of the telling ones alone."""
    shared = root(text)
    found = islice(words.forms_from(shared), _LOOKED_AT) if shared else ()
    return [form for form in found if _root(form) == shared]
