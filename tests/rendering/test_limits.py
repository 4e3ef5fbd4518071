"""Work is bounded whatever is written: a text past the limits shows as it was typed (L01, L02, L04)."""

from __future__ import annotations

import inspect
import sys

import pytest

from wiki.rendering import SOURCE_LIMIT, plain_text, render, render_inline, sections, wiki_links

from .bombs import SHAPES, nested, repeated
from .inspection import Inspection

REFUSED = {
    "too long": "a" * (SOURCE_LIMIT + 1),
    "nested emphasis": nested("*a ", " b*", 32_000),
    "nested strong": nested("**a *b ", " c* d**", 32_000),
    "alternating marks": repeated("*a _b ", 32_000),
    "one long reference used thousands of times": "[a]: /" + "u" * 16_000 + "\n\n" + repeated("[a] ", 16_000),
    "one long title used thousands of times": '[a]: b "' + "u" * 16_000 + '"\n\n' + repeated("[a] ", 16_000),
    "one long reference for pictures": "[a]: /" + "u" * 16_000 + "\n\n" + repeated("![a] ", 16_000),
    "thousands of raw elements": "<b>" * 6_000,
    "raw elements that would be repeated in each paragraph": repeated("<b lang=a>a\n\n", 100_000),
    "quotes and lists in each other": "> a\n- b\n" * 100,
    "tens of thousands of items": "- a\n" * 20_000,
    "tens of thousands of quotes": "> a\n\n" * 20_000,
    "tens of thousands of wiki links": "[[a]]" * 20_000,
    "a paragraph of ampersands": "&" * 40_000,
    "a paragraph of guillemets": "« " * 40_000,
    "code of ampersands": "    " + "&" * 40_000,
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_a_bomb_is_shown_as_it_was_typed(text: str) -> None:
    rendered = render(text)
    assert not rendered.complete
    assert (rendered.toc, rendered.links) == ((), ())
    assert set(Inspection(rendered.html).elements) <= {"p", "br"}
    assert Inspection(rendered.html).words.split() == text.split()
    assert sections(text) == []
    assert wiki_links(text) == []


def test_typed_text_keeps_its_lines_and_is_escaped() -> None:
    html = render("*a <b>\n&lt;\n\n\u00a0c\r\n" + "x" * SOURCE_LIMIT).html
    assert html.startswith("<p>*a &lt;b&gt;<br>\n&amp;lt;</p>\n<p>&nbsp;c<br>\nxx")


@pytest.mark.parametrize("text", [REFUSED["nested emphasis"], REFUSED["a paragraph of ampersands"], "é" * 300_000])
def test_a_bomb_in_a_field_is_shown_as_it_was_typed(text: str) -> None:
    assert Inspection(render_inline(text)).words == text


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_every_shape_of_hostile_text_is_drawn_safely(shape: object) -> None:
    assert callable(shape)
    text = shape(3_000)
    rendered = render(text)
    assert Inspection(rendered.html).faults == []
    assert len(rendered.html) < 1_000_000
    assert Inspection(render_inline(text)).faults == []
    plain_text(text)


def test_the_pages_of_long_books_are_complete() -> None:
    chapter = "## Chapitre\n\nUn *mot* de [[copy-party]], « cité ».\n\n- un\n- deux\n\n| a | b |\n|-|-|\n| c | d |\n\n"
    text = chapter * (SOURCE_LIMIT // len(chapter))
    rendered = render(text)
    assert rendered.complete
    assert len(rendered.toc) == len(sections(text)) == text.count("##")


def test_a_text_full_of_links_is_complete() -> None:
    assert render("- [[page]] et [[autre|mot]]\n" * 3_000).complete


def test_deep_nesting_stays_within_the_stack() -> None:
    depth = len(inspect.stack())
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(depth + 800)
    try:
        for text in ("> " * 500 + "a", "- " * 500 + "a", "> - " * 300 + "a", "[" * 500 + "](a)" * 500, "*" * 999 + "a",
                     "> a\n- b\n" * 29):
            assert render(text).complete
        for shape in SHAPES.values():
            render(shape(2_000))
    finally:
        sys.setrecursionlimit(limit)


def test_quotes_and_lists_in_a_chain_have_one_limit_whatever_the_stack() -> None:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(100_000)
    try:
        assert render("> a\n- b\n" * 29).complete
        assert not render("> a\n- b\n" * 32).complete
    finally:
        sys.setrecursionlimit(limit)


def test_html_that_the_targets_make_too_long_is_not_shown() -> None:
    assert not render("[[a]] " * 10_000, missing_url=lambda title: "/" + "x" * 500).complete
