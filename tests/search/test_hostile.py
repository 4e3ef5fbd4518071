"""Whatever is typed, an answer comes, from a bounded number of words."""

from __future__ import annotations

import pytest

from tests.search.conftest import CARTOPARTIE, found
from wiki.search import Engine, Query
from wiki.search.asking import WORDS_MAXIMUM, read

HOSTILE = {
    "nothing": "",
    "spaces": "   \t\n ",
    "10,000 letters": "a" * 10_000,
    "10,000 words": "mot " * 2_500,
    "10,000 different words": " ".join(f"mot{number}" for number in range(2_000)),
    "10,000 known words": "cartopartie brest copier " * 400,
    "stop words": "le la les de du des et ou où à au aux",
    "operators": "AND OR NOT && || ! + - ~ ^ : ( ) [ ] { }",
    "minuses": "- -- --- -\u2212",
    "a quote left open": '"copie privée',
    "quotes": '"' * 5_000,
    "guillemets": "«" * 3_000 + "»" * 3_000,
    "empty quotes": '"" «» “”',
    "wildcards": "* ? *part* c?rte %carte% _",
    "a regular expression": r"(a+)+$ [a-z]{1,100000} (?:x|x)* \1 ^.*$",
    "controls": "".join(map(chr, range(32))) + "\x7f\x85 carte",
    "surrogates": "\ud800 carte \udfff",
    "emoji": "🍲🎉👩‍👩‍👧 👍🏽",
    "emoji beside a word": "🍲cartopartie🎉",
    "marks": "e\u0301" * 3_000,
    "stacked marks": "z" + "\u0335" * 9_000,
    "right to left": "\u202ecartopartie\u202c שלום",
    "other scripts": "日本語の検索 Поиск αναζήτηση",
    "field syntax": "title:carte kind=event facet:x=y word:en:repair",
    "markup": "<script>alert(1)</script> [[lien]] ![x](y)",
    "SQL": "'; DROP TABLE page; --",
    "tsquery": "carte & !brest <-> (copie | :* ) 'x",
    "apostrophes": "l'" * 3_000,
    "hyphens": "a-" * 4_000,
    "points": "a." * 4_000 + "·" * 500,
    "one long compound": "-".join(["mot"] * 2_000),
    "all excluded": "-carte -copie -jardin -four -brest",
    "nested quotes": '"a "b "c" d" e"',
    "null": "\0",
    "numbers": "0 00 1e999 -1 99999999999999999999 NaN",
    "spaces of all sorts": "carte\u00a0ouverte\u202f\u2009libre\u3000x",
    "full width": "ｃａｒｔｏｐａｒｔｉｅ",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_anything_typed_has_an_answer_from_a_few_words(index: Engine, name: str) -> None:
    answer = index.search(Query(words=HOSTILE[name], counted=("kind", "theme")))
    index.suggest(HOSTILE[name])
    asked = read(HOSTILE[name])
    assert max(map(len, (asked.words, asked.phrases, asked.excluded))) <= WORDS_MAXIMUM
    assert 0 <= answer.total <= 10
    assert len(answer.hits) <= answer.total


@pytest.mark.parametrize("words", ["🍲cartopartie🎉", "*cartopartie*", "title:cartopartie", "<b>cartopartie</b>"])
def test_what_surrounds_a_word_does_not_hide_it(index: Engine, words: str) -> None:
    assert CARTOPARTIE in found(index, words)


@pytest.mark.parametrize("name", HOSTILE)
def test_any_text_can_be_a_page(index: Engine, name: str) -> None:
    from tests.search.conftest import page

    text = HOSTILE[name]
    index.index([page(91, text, aliases=[text], place=text, headings=[text], body=text, facets={"city": [text]})])
    assert 91 in index.state()
    assert 91 in found(index, "", per_page=50, order="title")
    assert index.search(Query(counted=("city",))).total == 11


@pytest.mark.parametrize("per_page", [0, -1, 1, 10**6])
def test_any_number_of_hits_may_be_asked_for(index: Engine, per_page: int) -> None:
    assert index.search(Query(per_page=per_page)).total == 10
