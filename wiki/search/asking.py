"""Reading what someone typed: words, "phrases in quotes", -excluded. Nothing is an error.

No part of it ever reaches a query parser: what is not a letter or a digit separates words, a quote that is never
closed is no quote, a minus that stands before nothing is no minus, and what is beyond the bounds is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from wiki.search.analysis import Place, asked_forms, is_stop_word, joined_form, parts_of, tidied, tokens

TEXT_MAXIMUM = 600
WORDS_MAXIMUM = 16

# Those who come from other search engines type these; here they say nothing.
_OPERATORS = frozenset({"AND", "OR", "NOT"})

# A minus excludes at the start of a word only: "grille-pain" and "2013-10" are words.
_PIECE = re.compile(
    r"""(?P<minus>(?<!\S)[-\u2212](?=["«“„\w]))?"""
    r"""(?:"(?P<straight>[^"]*)"|«(?P<french>[^»]*)»|[“„](?P<curly>[^”“]*)[”“]|(?P<plain>[^\s"«»“”„]+)|(?P<lone>["«»“”„]))"""
)


@dataclass(frozen=True)
class Word:
    """A word to look for. `text` as typed, `forms` those it may stand under in the index."""

    text: str
    forms: Place


@dataclass(frozen=True)
class Phrase:
    """Words that must stand together: (steps from the first word, word). Stop words count as steps."""

    words: tuple[tuple[int, Word], ...]


@dataclass(frozen=True)
class Asked:
    """What someone typed, understood.

    `words` are all words that tell something, those of phrases too; `loose` those outside phrases. `ignored` are
    the stop words, `whole` is what is left of the text, tidied, for showing it again.
    """

    words: tuple[Word, ...] = ()
    loose: tuple[Word, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    excluded: tuple[Phrase, ...] = ()
    ignored: tuple[str, ...] = ()
    whole: str = ""

    @property
    def says_something(self) -> bool:
        """Whether there is anything to look for or to leave out."""
        return bool(self.words or self.excluded or self.ignored)


def read(text: str) -> Asked:
    """Understand what someone typed. Never raises; looks at the first 600 characters and 16 words."""
    text = " ".join(tidied(text[:TEXT_MAXIMUM]).split())
    loose: dict[str, Word] = {}
    words: dict[str, Word] = {}
    phrases: list[Phrase] = []
    excluded: list[Phrase] = []
    ignored: list[str] = []
    for minus, quoted, piece in _pieces(text):
        for phrase in _phrases(piece, quoted or minus, ignored):
            if minus:
                excluded.append(phrase)
                continue
            for _step, word in phrase.words:
                if len(words) < WORDS_MAXIMUM:
                    words.setdefault(word.forms[0], word)
                    if not quoted:
                        loose.setdefault(word.forms[0], word)
            if quoted and phrase.words:
                phrases.append(phrase)
    return Asked(
        words=tuple(words.values()),
        loose=tuple(loose.values()),
        phrases=tuple(phrases[:WORDS_MAXIMUM]),
        excluded=tuple(excluded[:WORDS_MAXIMUM]),
        ignored=tuple(dict.fromkeys(ignored)),
        whole=text,
    )


def _pieces(text: str) -> Iterator[tuple[bool, bool, str]]:
    """(excluded, quoted, text) for each piece of what was typed."""
    for match in _PIECE.finditer(text):
        minus = match["minus"] is not None
        for name in ("straight", "french", "curly"):
            if match[name] is not None:
                yield minus, True, match[name]
                break
        else:
            if match["plain"] is not None:
                yield minus, False, match["plain"]


def _phrases(piece: str, together: bool, ignored: list[str]) -> Iterator[Phrase]:
    """One phrase where the words belong together; otherwise one of a single word for each of them."""
    row: list[tuple[int, Word]] = []
    step = 0
    for token in tokens(piece):
        parts = parts_of(token[0][:64])
        joined = joined_form(parts)
        for part in parts:
            if is_stop_word(part) or part in _OPERATORS:
                ignored.append(part)
            elif together:
                row.append((step, Word(part, asked_forms(part))))
            else:
                yield Phrase(((0, Word(part, asked_forms(part, joined))),))
            step += 1
    if row:
        first = row[0][0]
        yield Phrase(tuple((step - first, word) for step, word in row[:WORDS_MAXIMUM]))
