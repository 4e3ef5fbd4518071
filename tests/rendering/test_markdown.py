"""The dialect: CommonMark, and what Levain adds to it."""

from __future__ import annotations

import pytest

from wiki.rendering import Labels, render, render_inline

from .inspection import Inspection

COMMONMARK = {
    "un\ndeux": "<p>un\ndeux</p>",
    "un  \ndeux": "<p>un<br>\ndeux</p>",
    "un\\\ndeux": "<p>un<br>\ndeux</p>",
    "*un* **deux** ***trois***": "<p><em>un</em> <strong>deux</strong> <em><strong>trois</strong></em></p>",
    "mot_au_milieu": "<p>mot_au_milieu</p>",
    "`` a`b ``": "<p><code>a`b</code></p>",
    "\\*pas\\*": "<p>*pas*</p>",
    "- un\n- deux": "<ul>\n<li>un\n</li>\n<li>deux\n</li>\n</ul>",
    "- un\n\n- deux": "<ul>\n<li><p>un</p>\n</li>\n<li><p>deux</p>\n</li>\n</ul>",
    "3. un\n4. deux": '<ol start="3">\n<li>un\n</li>\n<li>deux\n</li>\n</ol>',
    "0. zéro": '<ol start="0">\n<li>zéro\n</li>\n</ol>',
    "- un\n  - deux": "<ul>\n<li>un\n<ul>\n<li>deux\n</li>\n</ul>\n</li>\n</ul>",
    "> un\ndeux": "<blockquote>\n<p>un\ndeux</p>\n</blockquote>",
    "    code": "<pre><code>code</code></pre>",
    "```python\nx < 1\n```": "<pre><code>x &lt; 1\n</code></pre>",
    "***": "<hr>",
    "[a](/b 'c')": '<p><a href="/b" title="c">a</a></p>',
    "[a][b]\n\n[b]: /c": '<p><a href="/c">a</a></p>',
    "[a]": "<p>[a]</p>",
    "<https://a.org/b>": '<p><a href="https://a.org/b" rel="nofollow ugc noopener">https://a.org/b</a></p>',
    "[a [b](/c) d](/e)": '<p>[a <a href="/c">b</a> d](/e)</p>',
    "![*a* b](/c.png)": '<p><img src="/c.png" alt="a b" loading="lazy"></p>',
}


@pytest.mark.parametrize(("text", "html"), COMMONMARK.items(), ids=COMMONMARK.keys())
def test_commonmark_is_understood(text: str, html: str) -> None:
    assert render(text).html.strip() == html


def test_bare_addresses_become_links() -> None:
    html = render("voir https://a.org/b?c=d, puis").html
    link = '<a href="https://a.org/b?c=d" rel="nofollow ugc noopener">https://a.org/b?c=d</a>'
    assert html == f"<p>voir {link}, puis</p>\n"


def test_words_can_be_struck() -> None:
    assert render("~~non~~").html == "<p><del>non</del></p>\n"


def test_a_definition_list_has_terms_and_meanings() -> None:
    html = render("Levain\n: Pâte *vivante*.\n: Ce wiki.").html
    assert html == "<dl>\n<dt>Levain</dt>\n<dd>Pâte <em>vivante</em>.\n</dd>\n<dd>Ce wiki.\n</dd>\n</dl>\n"


def test_task_boxes_say_their_state_in_words() -> None:
    html = render("- [x] salle\n- [ ] affiches", labels=Labels(done="prêt", todo="reste à faire")).html
    assert html == (
        '<ul>\n<li class="task"><span class="task-box done" role="img" aria-label="prêt">☑</span> salle\n</li>\n'
        '<li class="task"><span class="task-box" role="img" aria-label="reste à faire">☐</span> affiches\n</li>\n'
        "</ul>\n"
    )


def test_a_box_in_a_loose_list_stands_inside_its_paragraph() -> None:
    assert '<li class="task"><p><span class="task-box done"' in render("- [x] a\n\n- b").html


def test_a_note_is_numbered_and_leads_back() -> None:
    html = render("Oui[^a].\n\n[^a]: Source.", labels=Labels(footnotes="N", note="n {number}", back="b {number}")).html
    assert html == (
        '<p>Oui<sup><a class="footnote" id="n-ref-1" href="#n-1" aria-label="n 1">1</a></sup>.</p>\n'
        '<section class="footnotes" aria-label="N">\n<ol>\n<li id="n-1"><p>Source.'
        ' <a class="footnote-back" href="#n-ref-1" aria-label="b 1">↩</a></p></li>\n</ol>\n</section>\n'
    )


def test_a_note_may_be_called_twice() -> None:
    inspection = Inspection(render("a[^1] b[^1]\n\n[^1]: c").html)
    assert inspection.faults == []
    assert [link["href"] for link in inspection.links] == ["#n-1", "#n-1", "#n-ref-1"]


def test_every_link_to_a_note_arrives() -> None:
    inspection = Inspection(render("a[^1] b[^2] [^3]\n\n[^1]: c [^2] [^4]\n\n[^2]: d [^1]\n\n[^4]: e\n").html)
    targets = {(link["href"] or "").removeprefix("#") for link in inspection.links}
    assert targets <= set(inspection.ids)


def test_a_table_scrolls_by_keyboard_and_has_a_name() -> None:
    html = render("## Budget\n\n| Poste | Coût |\n|:--|--:|\n| Salle | 0 € |\n\n|a|\n|-|").html
    assert '<div class="table-scroll" role="region" aria-label="Tableau 1 (Budget)" tabindex="0"><table>' in html
    assert 'aria-label="Tableau 2 (Budget)"' in html
    assert '<th scope="col" class="align-right">Coût</th>' in html
    assert '<td class="align-right">0\u202f€</td>' in html


def cells(text: str) -> list[list[str]]:
    """The words of each row of the only table of `text`."""
    html = render(text).html
    assert html.count("<table>") == 1
    return [Inspection(row).words.strip().split("\n") for row in html.split("<tr>")[1:]]


@pytest.mark.parametrize(
    "text",
    ["|a|b|\n|-|-|\n|c|d|", "a|b\n-|-\nc|d", "| a | b\n|--|--\n| c | d", "a | b |\n:-: | -: |\nc | d |",
     "texte\n|a|b|\n|-|-|\n|c|d|\n\nsuite", "- x\n\n  |a|b|\n  |-|-|\n  |c|d|", "> |a|b|\n> |-|-|\n> |c|d|"],
)  # fmt: skip
def test_a_table_is_a_table_however_its_bars_stand(text: str) -> None:
    assert [[word.strip() for word in row][:2] for row in cells(text)] == [["a", "b"], ["c", "d"]]


@pytest.mark.parametrize("text", ["a|b\n-", "a\n-|-", "a|b\n-|-|-", "a|b\nc|d", "|a|\n\n|-|", "a|b\n-|x"])
def test_what_lacks_a_line_of_dashes_is_no_table(text: str) -> None:
    assert "<table>" not in render(text).html


def test_a_miscounted_row_loses_nothing() -> None:
    assert cells("|a|b|\n|-|-|\n|c|\n|d|e|f|") == [["a", "b"], ["c"], ["d", "e | f"]]


def test_an_escaped_bar_stays_in_its_cell() -> None:
    assert cells("|a|b|\n|-|-|\n|`c\\|d`|e\\|f|") == [["a", "b"], ["c|d", "e|f"]]


def test_a_table_ends_where_something_else_begins() -> None:
    html = render("|a|\n|-|\n|b|\nsuite\n\n|a|\n|-|\n# titre | b").html
    assert html.count("<tr>") == 3
    assert "<p>suite</p>" in html
    assert "titre | b</h2>" in html


def test_an_empty_cell_is_no_header() -> None:
    assert "<th " not in render("| |\n|-|\n|b|").html


def test_a_link_without_words_shows_its_address() -> None:
    assert Inspection(render("[](/wiki/a)").html).words.strip() == "/wiki/a"


def test_line_ends_of_every_system_are_understood() -> None:
    assert render("# a\r\n\r\nb\r\rc").html == render("# a\n\nb\n\nc").html


@pytest.mark.parametrize("text", ["", " ", "\n\n\n", "\t", "\r\n"])
def test_an_empty_text_is_an_empty_page(text: str) -> None:
    rendered = render(text)
    assert (rendered.html, rendered.toc, rendered.links, rendered.complete) == ("", (), (), True)


INLINE = {
    "dix **personnes**": "dix <strong>personnes</strong>",
    "# pas un titre": "# pas un titre",
    "- pas une liste": "- pas une liste",
    "> pas une citation": "&gt; pas une citation",
    "<kbd>a</kbd> <details>b": "<kbd>a</kbd> &lt;details&gt;b",
    "voir http://a.org": 'voir <a href="http://a.org" rel="nofollow ugc noopener">http://a.org</a>',
    "[^1]": "[^1]",
    "un\ndeux": "un\ndeux",
    "": "",
    "Quoi ?": "Quoi\u202f?",
}


@pytest.mark.parametrize(("text", "html"), INLINE.items(), ids=INLINE.keys())
def test_the_value_of_a_field_stays_within_its_line(text: str, html: str) -> None:
    assert render_inline(text) == html
