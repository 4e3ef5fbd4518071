"""What holds for every text."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from wiki.rendering import (
    LinkTarget,
    excerpt,
    link_candidates,
    link_key,
    plain_text,
    render,
    render_inline,
    sections,
    wiki_links,
)
from wiki.rendering.safety import sanitised, sanitised_phrase
from wiki.rendering.typography import french

from .inspection import Inspection

# fmt: off
PIECES = [
    "a", "é ", "mot ", "*", "**", "_", "`", "``", "\n", "\n\n", "  \n", "    ", "> ", "- ", "1. ", "# ", "## ", "### ",
    "=", "---", "===\n", "---\n", "[", "]", "(x)", "[a]: b\n", "[^1]", "[^1]: n\n", "~~", "```\n", "~~~", "<b>", "</b>",
    "<details>", "</details>\n\n", "<!--", "-->", "<div>\n", "<table>", "<td>", "<ul>", "<li>", "<a href=/x>", "</a>",
    "\\", "&amp;", "&", "http://a.b ", "<http://a>", ": ", "« ", " »", " ;", "!", "![", "- [ ] ", "|", "|a|b|\n|-|-|\n",
    "[[", "]]", "[[a]]", "[[b|c]]", "[[#d]]", "\t", "\u00a0", "<script>", "<p>", "<img src=/a>",
    "<img src=x onerror=1>", '"', "'", "<summary>", "<dl>", "<dt>", "<pre>", "\r\n", "\0", "\ud800", "\v", " #",
    "<b lang=x>", "=\n", "<hr>", "<a href=javascript:1>", "<br/>", "<kbd/>", "<svg>", "<math>", "<style>", "<title>",
    "<h1>", "<input>", " id=x ",
]
# fmt: on
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=40).map("".join)
TARGETS = {"a": LinkTarget("/wiki/a", "A & <b>")}


@settings(max_examples=1000, deadline=None)
@given(TEXTS)
def test_every_text_is_drawn_safely_and_consistently(text: str) -> None:
    rendered = render(text, TARGETS)
    assert Inspection(rendered.html).faults == []
    assert sanitised(rendered.html) == rendered.html
    assert list(rendered.links) == wiki_links(text)
    assert set(rendered.links) <= link_candidates(text)
    assert [entry.anchor for entry in rendered.toc] == [section.anchor for section in sections(text)]
    phrase = render_inline(text, TARGETS)
    assert Inspection(phrase).faults == []
    assert sanitised_phrase(phrase) == phrase
    plain_text(text).encode("utf-8")
    assert len(excerpt(text, 20)) <= 20


@settings(max_examples=500, deadline=None)
@given(TEXTS)
def test_sections_tile_the_text(text: str) -> None:
    end = 0
    for section in sections(text):
        assert end <= section.start < section.end <= len(text)
        assert section.start == 0 or text[section.start - 1] in "\r\n"
        end = section.start
    starts = [section.start for section in sections(text)]
    assert all(section.end == len(text) or section.end in starts for section in sections(text))


@settings(max_examples=500, deadline=None)
@given(st.text())
def test_the_key_of_a_key_is_itself(text: str) -> None:
    assert link_key(link_key(text)) == link_key(text)
    assert link_key(text.upper().lower()) == link_key(text.lower().upper().lower())


@settings(max_examples=500, deadline=None)
@given(st.text(alphabet=" «»;:!?'abl1\n\u202f"))
def test_french_spacing_is_settled_at_once(words: str) -> None:
    assert french(french(words)) == french(words)
    shown = french(words).replace("\u2019", "'")
    assert [c for c in shown if c not in " \u202f"] == [c for c in words if c not in " \u202f"]
