"""[[Links]] between pages."""

from __future__ import annotations

import pytest

from wiki.rendering import LinkTarget, link_candidates, link_key, render, render_inline, wiki_links

TARGETS = {
    "copy-party": LinkTarget("/wiki/copy-party", "Copy party"),
    "l-ete": LinkTarget("/wiki/l-ete", "L'été : quand ?"),
}
FOUND = {
    "[[copy-party]]": '<a href="/wiki/copy-party">Copy party</a>',
    "[[Copy party]]": '<a href="/wiki/copy-party">Copy party</a>',
    "[[COPÝ  PARTY]]": '<a href="/wiki/copy-party">Copy party</a>',
    "[[copy\nparty]]": '<a href="/wiki/copy-party">Copy party</a>',
    "[[copy-party|la fête]]": '<a href="/wiki/copy-party">la fête</a>',
    "[[copy-party|la *belle* `fête`]]": '<a href="/wiki/copy-party">la <em>belle</em> <code>fête</code></a>',
    "[[copy-party|]]": "[[copy-party|]]",
    "[[copy-party| ]]": '<a href="/wiki/copy-party">Copy party</a>',
    "[[copy-party#Étapes]]": '<a href="/wiki/copy-party#s-etapes">Copy party</a>',
    "[[copy-party#Étapes|les étapes]]": '<a href="/wiki/copy-party#s-etapes">les étapes</a>',
    "[[#Étapes]]": '<a href="#s-etapes">Étapes</a>',
    "[[#Étapes|plus bas]]": '<a href="#s-etapes">plus bas</a>',
    "[[l&apos;été]]": '<a href="/wiki/l-ete">L\u2019été\u202f: quand\u202f?</a>',
    "**[[copy-party]]**": '<strong><a href="/wiki/copy-party">Copy party</a></strong>',
    "[[Absente]]": '<a class="missing" href="/new/article?title=Absente" title="Page à créer">Absente</a>',
    "[[Été & co|là]]": (
        '<a class="missing" href="/new/article?title=%C3%89t%C3%A9%20%26%20co" title="Page à créer">là</a>'
    ),
    "`[[copy-party]]`": "<code>[[copy-party]]</code>",
    "\\[[copy-party]]": "[[copy-party]]",
    "[\\[copy-party]]": "[[copy-party]]",
    "[[copy-party]": "[[copy-party]",
    "[[]]": "[[]]",
    "[[???]]": "[[???]]",
    "[[a]b]]": "[[a]b]]",
    "[[^1]]": "[[^1]]",
    "[voir [[copy-party]]](/x)": '<a href="/x">voir Copy party</a>',
}


@pytest.mark.parametrize(("text", "html"), FOUND.items(), ids=FOUND.keys())
def test_a_wiki_link_is_drawn(text: str, html: str) -> None:
    assert render(text, TARGETS).html == f"<p>{html}</p>\n"
    assert render_inline(text, TARGETS) == html


def test_the_caller_says_where_a_page_can_be_made() -> None:
    html = render("[[Jardin partagé]]", missing_url=lambda title: f"/new/recipe?title={link_key(title)}").html
    assert '<a class="missing" href="/new/recipe?title=jardin-partage"' in html


@pytest.mark.parametrize("cell", ["[[copy-party|la fête]]", "[[copy-party\\|la fête]]"])
def test_a_wiki_link_with_words_fits_in_a_table(cell: str) -> None:
    html = render(f"| a | b |\n|---|---|\n| {cell} | c |\n", TARGETS).html
    assert '<td><a href="/wiki/copy-party">la fête</a></td>\n<td>c</td>' in html


LINKED = {
    "[[a]] et [[B]], [[a|encore]]": ["a", "b"],
    "# [[Titre]]\n\n- [[liste]]\n\n> [[citation]]": ["titre", "liste", "citation"],
    "|[[x|y]]|\n|-|\n|[[z]]|": ["x", "z"],
    "`[[code]]`\n\n    [[code]]\n\n```\n[[code]]\n```": [],
    "\\[[échappé]]": [],
    "<!-- [[commentaire]] -->": [],
    "<div>\n[[html]]\n</div>": [],
    "[[#section]]": [],
    "a[^1]\n\n[^1]: [[note]]\n\n[^2]: [[note jamais appelée]]": ["note"],
    "![[[image]]](/a.png)": [],
    "[voir [[mots]]](/x)": [],
    "Terme [[t]]\n: Sens [[s]]": ["t", "s"],
    "[[été|x]] ~~[[b]]~~ **[[c]]**": ["ete", "b", "c"],
    "pas de lien": [],
}


@pytest.mark.parametrize(("text", "keys"), LINKED.items(), ids=LINKED.keys())
def test_the_links_of_a_text_are_those_that_show(text: str, keys: list[str]) -> None:
    assert wiki_links(text) == keys
    assert list(render(text).links) == keys
    everywhere = {key: LinkTarget(f"/wiki/{key}", "Titre") for key in ("a", "b", *keys, "image", "mots", "code")}
    html = render(text, everywhere).html
    assert {key for key in everywhere if f'href="/wiki/{key}"' in html} == set(keys)


@pytest.mark.parametrize(
    "text",
    ["`un\ndeux` [[a]] `trois\nquatre`", "\\\\`x` [[a]] `", "<b title='`'>[[a]]<b title='`'>", "```x`\n[[a]]\n```",
     "> [[copy\n> party]]", "[[a&copyb]] [[R&amp;D]]", "~~[[a]]~~", "http://x/` [[a]] `", "|[[a\\|b]]|\n|-|"],
)  # fmt: skip
def test_no_link_is_missing_among_the_candidates(text: str) -> None:
    assert wiki_links(text)
    assert set(wiki_links(text)) <= link_candidates(text)


def test_candidates_hold_every_link_and_leave_plain_code_out() -> None:
    text = "[[Un]] et [[deux|mots]], `[[trois]]`\n\n```\n[[quatre]]\n```\n\n| a | b |\n|---|---|\n| `x | [[cinq]] ` |\n"
    assert set(wiki_links(text)) <= link_candidates(text)
    assert link_candidates(text) == {"un", "deux", "cinq"}
