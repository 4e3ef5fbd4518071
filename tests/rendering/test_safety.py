"""Nothing that is written can run, fetch, cover the page or pass for a part of it (X01 to X13)."""

from __future__ import annotations

import pytest

from wiki.rendering import LinkTarget, Rendered, render, render_inline
from wiki.rendering.safety import sanitised, sanitised_phrase

from .hostile import HARMLESS, payloads
from .inspection import Inspection

PAYLOADS = payloads()
EVIL = '"><script>alert(1)</script>'
# Titles and addresses of other pages are written by people too.
TARGETS = {"bad": LinkTarget("/wiki/bad?" + EVIL, EVIL), "copy-party": LinkTarget("/wiki/copy-party", "Copy party")}
AROUND = {
    "alone": "{}",
    "in a sentence": "Avant {} après",
    "in strong words": "**Avant {} après**",
    "in a heading": "## Avant {} après",
    "in a list": "- Avant {} après\n- suite",
    "in a quote": "> Avant {} après",
    "in a cell": "| Avant {} après | b |\n|-|-|\n| {} | b |",
    "in a link": "[Avant {} après](https://example.org)",
    "in an address": "[x]({})",
    "in a title": '[x](/y "{}")',
    "in the words of a picture": "![{}](/a.png)",
    "in a wiki link": "[[{}]] [[a|{}]] [[a#{}]]",
    "in a note": "x[^1]\n\n[^1]: {}",
    "in the name of a note": "x[^{}]\n\n[^{}]: y",
    "in an attribute": '<abbr title="{}">x</abbr>',
    "in a tag": "<b {}>x</b>",
    "in a comment": "<!-- {} -->",
    "after an open comment": "a <!-- {}",
    "in code": "```\n{}\n```",
    "in a reference": "[x]\n\n[x]: {}",
    "in a definition": "Terme {}\n: Sens {}",
    "in raw html": "<details><summary>{}</summary>\n\n{}\n\n</details>",
    "half of it": "{}"[:1] + "}",
}


def drawn(text: str) -> Rendered:
    return render(text, TARGETS)


def test_there_are_enough_hostile_texts() -> None:
    assert len(PAYLOADS) > 200


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_text_leaves_nothing_dangerous(payload: str) -> None:
    assert Inspection(drawn(payload).html).faults == []
    assert Inspection(drawn(f"Avant.\n\n{payload}\n\nAprès.").html).faults == []


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND.keys())
def test_a_hostile_text_is_as_harmless_inside_every_construct(around: str) -> None:
    for payload in PAYLOADS:
        text = around.replace("{}", payload)
        assert Inspection(drawn(text).html).faults == [], text


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_sanitiser_alone_would_be_enough(payload: str) -> None:
    html = sanitised(payload)
    assert Inspection(html).faults == []
    assert sanitised(html) == html


def test_half_a_hostile_text_is_harmless_too() -> None:
    for payload in PAYLOADS:
        for cut in range(1, len(payload), 5):
            assert Inspection(drawn(payload[:cut]).html).faults == [], payload[:cut]
            assert Inspection(drawn(payload[cut:]).html).faults == [], payload[cut:]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_value_of_a_field_leaves_nothing_dangerous(payload: str) -> None:
    inspection = Inspection(render_inline(payload, TARGETS))
    assert inspection.faults == []
    assert not {"p", "div", "ul", "table", "details", "h2", "li", "section"} & set(inspection.elements)
    assert inspection.ids == []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_sanitising_again_changes_nothing(payload: str) -> None:
    html = drawn(payload).html
    assert sanitised(html) == html
    phrase = render_inline(payload, TARGETS)
    assert sanitised_phrase(phrase) == phrase


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_follows_a_hostile_text_is_not_swallowed(payload: str) -> None:
    words = Inspection(drawn(f"Avant {payload}\n\nLa suite de la recette.").html).words
    assert words.count("La suite de la recette.") == 1


def test_hostile_titles_and_addresses_of_other_pages_are_escaped() -> None:
    assert Inspection(render("[[bad]] [[bad|mot]] [[bad#x]]", TARGETS).html).faults == []
    inspection = Inspection(render("[[a]]", {"a": LinkTarget('/wiki/a?b"c&d', "A & <b>B</b>")}).html)
    assert inspection.words.strip() == "A & <b>B</b>"
    assert inspection.links == [{"href": '/wiki/a?b"c&d'}]


def test_hostile_words_from_the_caller_are_escaped() -> None:
    html = render("# a\n\n[[b]]", missing_url=lambda title: "/new?" + EVIL).html
    assert Inspection(html).faults == []


@pytest.mark.parametrize(("text", "html"), HARMLESS.items(), ids=HARMLESS.keys())
def test_harmless_content_is_not_damaged(text: str, html: str) -> None:
    assert render(text).html.strip() == html
    assert Inspection(html).faults == []


def test_links_out_of_the_wiki_are_marked_and_links_within_are_not() -> None:
    html = render("[a](/wiki/b) [c](d) [e](#f) [g](?h) [[i]] [j](//k.org) [l](HTTPS://m.org) <n@o.org> http://p.org").html
    outward = [link["href"] for link in Inspection(html).links if link.get("rel") == "nofollow ugc noopener"]
    assert outward == ["//k.org", "HTTPS://m.org", "mailto:n@o.org", "http://p.org"]


@pytest.mark.parametrize("address", ["/&#9;/k.org", "&#1;//k.org", "/&#10;/k.org", "//k.org"])
def test_x14_what_browsers_read_as_leading_out_is_marked_as_that(address: str) -> None:
    (link,) = Inspection(render(f'<a href="{address}">x</a>').html).links
    assert (link["href"], link.get("rel")) == ("//k.org", "nofollow ugc noopener")


def test_no_link_opens_a_window() -> None:
    assert all("target" not in link for link in Inspection(render('<a target="_blank" href="/x">x</a>').html).links)


def test_pictures_come_from_this_wiki_only() -> None:
    text = "![a](/files/a.png) ![b](https://b.org/b.png) ![c](c.png) <img src=//d.org/d.png>"
    inspection = Inspection(render(text).html)
    assert [picture["src"] for picture in inspection.pictures] == ["/files/a.png"]
    assert [link["href"] for link in inspection.links] == ["https://b.org/b.png", "//d.org/d.png"]


def test_a_picture_from_elsewhere_becomes_a_link_that_says_what_it_shows() -> None:
    html = render("![Le plan](https://b.org/b.png)").html
    assert html == (
        '<p><a class="picture" href="https://b.org/b.png" rel="nofollow ugc noopener">Le plan</a></p>\n'
    )


def test_a_picture_from_elsewhere_inside_a_link_leaves_its_words() -> None:
    html = render("[![Le plan](https://b.org/b.png)](https://c.org)").html
    assert html == '<p><a href="https://c.org" rel="nofollow ugc noopener">Le plan</a></p>\n'


def test_typed_html_cannot_borrow_the_look_or_the_names_of_the_page() -> None:
    html = render('<a class="missing" id="main" href="/x">x</a> <span class="task-box">y</span> <b id="s-z">z</b>').html
    assert html == '<p><a href="/x">x</a> <span>y</span> <b>z</b></p>\n'


def test_every_id_is_prefixed() -> None:
    text = "# login\n\n## main\n\n## main\n\n# n-1\n\nx[^1] [^1]\n\n[^1]: y"
    assert Inspection(render(text).html).ids == [
        "s-login", "s-main", "s-main-2", "s-n-1", "n-ref-1", "n-ref-1-2", "n-1",
    ]


def test_an_element_left_open_ends_with_its_paragraph() -> None:
    assert render("<b>un\n\ndeux").html == "<p><b>un</b></p>\n<p>deux</p>\n"


def test_a_phrase_left_open_in_a_block_ends_with_it() -> None:
    html = render("<details>\n<summary><b>un</summary>\n<i>deux\n\ntrois").html
    assert html.replace("\n", "") == "<details><summary><b>un</b></summary><i>deux</i><p>trois</p></details>"


def test_elements_crossed_over_are_set_right() -> None:
    assert render("<b>un <i>deux</b> trois</i>").html == "<p><b>un <i>deux</i></b> trois</p>\n"


def test_a_cell_outside_a_table_is_shown_as_typed() -> None:
    assert render("<td>x").html == "<p>&lt;td&gt;x</p>\n"


def test_details_may_hold_markdown() -> None:
    html = render("<details>\n<summary>Plus</summary>\n\n- *un*\n\n</details>").html
    assert html.replace("\n", "") == "<details><summary>Plus</summary><ul><li><em>un</em></li></ul></details>"


def test_template_languages_are_only_words() -> None:
    assert render("{{7 * 7}} ${7 + 7} {% raw %}").html == "<p>{{7 * 7}} ${7 + 7} {% raw %}</p>\n"


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "a\udfff\ud800b", "# \ud83d", "[[\ud800]]", "[x](\ud800)", "\ufffe",
                                  "`\0`", "\x01\x1b\x7f", "<b \0>", "[^\ud800]\n\n[^\ud800]: \0", "\v\f"])
def test_broken_characters_are_replaced_and_never_raise(text: str) -> None:
    rendered = render(text)
    rendered.html.encode("utf-8")
    assert rendered.complete
    assert not set(rendered.html) & set("\0\x01\x1b\v\f\ufffe")
    render_inline(text).encode("utf-8")
