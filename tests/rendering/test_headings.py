"""Headings: their levels, anchors, contents list, and the sections they open."""

from __future__ import annotations

import re

import pytest

from wiki.rendering import LinkTarget, Section, render, sections


def levels(text: str) -> list[int]:
    return [int(level) for level in re.findall(r"<h(\d)", render(text).html)]


LEVELS = {
    "# a\n\n## b\n\n# c": [2, 3, 2],
    "## a\n\n### b": [2, 3],
    "### a\n\n#### b": [2, 3],
    "a\n=\n\nb\n-": [2, 3],
    "# a\n\n###### b": [2, 6],
    "###### a": [2],
    "## a\n\n> # b\n\n- # c": [2, 2, 2],
}


@pytest.mark.parametrize(("text", "expected"), LEVELS.items(), ids=LEVELS.keys())
def test_headings_start_at_h2_and_keep_their_distances(text: str, expected: list[int]) -> None:
    assert levels(text) == expected


ANCHORS = {
    "# Étapes": ["s-etapes"],
    "# Étapes\n# étapes\n# ETAPES !": ["s-etapes", "s-etapes-2", "s-etapes-3"],
    "# a\n# a-2\n# a": ["s-a", "s-a-2", "s-a-3"],
    "# a\n# a\n# a-2": ["s-a", "s-a-2", "s-a-2-2"],
    "# 1. Obtenir l'accord (2 à 3 mois avant)": ["s-1-obtenir-l-accord-2-a-3-mois-avant"],
    "# Œuvrer *ensemble* `code`": ["s-oeuvrer-ensemble-code"],
    "# [[copy-party]]": ["s-copy-party"],
    "# [[copy-party|La fête]] [lien](/x)": ["s-la-fete-lien"],
    "# ![plan](/a.png)": ["s-plan"],
    "# <b>gras</b> &amp; co": ["s-gras-co"],
    "# ???": ["s-section"],
    "# Копилка": ["s-копилка"],
    "# 日本語": ["s-日本語"],
    "# note[^1]\n\n[^1]: x": ["s-note"],
    "#\n\n# <!-- rien -->": [],
    "> # cité\n\n- # en liste\n\n```\n# code\n```\n\n<div>\n# html\n</div>": [],
}


@pytest.mark.parametrize(("text", "expected"), ANCHORS.items(), ids=ANCHORS.keys())
def test_anchors_are_stable_prefixed_and_unique(text: str, expected: list[str]) -> None:
    rendered = render(text, {"copy-party": LinkTarget("/wiki/copy-party", "Un tout autre titre")})
    assert [entry.anchor for entry in rendered.toc] == expected
    assert [section.anchor for section in sections(text)] == expected
    assert re.findall(r'<h\d id="([^"]*)"', rendered.html) == expected


STEPS = {
    "1. Ouvrir": '<span class="step-number">1</span> <span class="step-title">Ouvrir</span>',
    "2) *Copier* (2 h à 4 h)": (
        '<span class="step-number">2</span> <span class="step-title"><em>Copier</em> '
        '<span class="step-when">(2\u202fh à 4\u202fh)</span></span>'
    ),
    "3. (vide) puis dire": '<span class="step-number">3</span> <span class="step-title">(vide) puis dire</span>',
    "2012. Une année": "2012. Une année",
    "1.5 kg de farine": "1.5\u202fkg de farine",
}


@pytest.mark.parametrize(("title", "shown"), STEPS.items(), ids=STEPS.keys())
def test_a_numbered_heading_under_another_is_a_step(title: str, shown: str) -> None:
    html = render(f"## Étapes\n\n### {title}").html
    assert re.findall(r"<h3[^>]*>(.*)</h3>", html) == [shown]
    assert "step" not in render(f"## {title}\n\n### Suite").html.replace("s-step", "")


def test_a_very_long_heading_has_an_anchor_of_bearable_length() -> None:
    assert len(render("# " + "mot " * 100).toc[0].anchor) <= 82


def test_the_contents_list_is_plain_text() -> None:
    toc = render("# Le *Titre* : `x < 1` &amp; [lien](/x)[^1]\n\n### Suite <b>là</b>\n\n[^1]: y").toc
    assert [(entry.level, entry.text) for entry in toc] == [(2, "Le Titre\u202f: x < 1 & lien"), (4, "Suite là")]


def test_an_empty_heading_is_left_out() -> None:
    assert render("#\n\na").html == "<p>a</p>\n"


TEXT = """Début.

# Un #

Texte.

## Un un

```
# pas un titre
```

Deux
lignes
------

> # cité

# Deux
fin
"""


def test_a_section_ends_before_the_next_of_its_level_or_higher() -> None:
    found = sections(TEXT)
    assert [(section.level, section.title) for section in found] == [
        (1, "Un"), (2, "Un un"), (2, "Deux lignes"), (1, "Deux"),
    ]  # fmt: skip
    texts = [TEXT[section.start : section.end] for section in found]
    assert texts[0] == TEXT[TEXT.index("# Un #") : TEXT.index("# Deux\n")]
    assert texts[1] == TEXT[TEXT.index("## Un un") : TEXT.index("Deux\nlignes")]
    assert texts[2] == TEXT[TEXT.index("Deux\nlignes") : TEXT.index("# Deux\n")]
    assert texts[3] == "# Deux\nfin\n"


def test_sections_are_found_under_the_line_ends_of_every_system() -> None:
    windows = TEXT.replace("\n", "\r\n")
    found = sections(windows)
    assert [windows[section.start : section.end].replace("\r\n", "\n") for section in found] == [
        TEXT[section.start : section.end] for section in sections(TEXT)
    ]


def test_a_heading_without_an_end_of_line_is_a_section_too() -> None:
    assert sections("# a") == [Section(1, "a", "s-a", 0, 3)]


def test_a_heading_interrupts_a_list() -> None:
    text = "- a\n# b\n- c"
    assert [text[section.start : section.end] for section in sections(text)] == ["# b\n- c"]


HEADINGS = {
    "# a #": "a",
    "# a #b": "a #b",
    "# a \\#": "a #",
    "# a#": "a#",
    "## a ## ##": "a ##",
    "   # a": "a",
    "#\ta": "a",
    "# #": None,
    "####### a": None,
    "#a": None,
    "    # a": None,
    "\\# a": None,
}


@pytest.mark.parametrize(("text", "title"), HEADINGS.items(), ids=HEADINGS.keys())
def test_headings_are_read_as_commonmark_reads_them(text: str, title: str | None) -> None:
    assert [section.title for section in sections(text)] == ([title] if title else [])
