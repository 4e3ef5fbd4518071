"""The shape of a text, as comparing and merging see it."""

import pytest

from wiki.history.outline import (
    headings,
    places,
    sentences,
    split_front_matter,
    split_lines,
    statements,
    values,
)


def test_only_the_newline_cuts_lines_and_nothing_is_lost() -> None:
    assert split_lines("a\r\nb\u2028c\n\nd") == ["a\r\n", "b\u2028c\n", "\n", "d"]
    assert split_lines("") == []


@pytest.mark.parametrize(
    ("text", "front"),
    [
        ("---\ntitle: a\n---\n\ncorps\n", "---\ntitle: a\n---\n\n"),
        ("---\ntitle: a\n---\ncorps\n", "---\ntitle: a\n---\n"),
        ("---\n---\ncorps\n", "---\n---\n"),
        ("---\n\ncorps\n", ""),
        ("corps\n---\nsuite\n---\n", ""),
        ("---\ntitle: a\n---", ""),
    ],
)
def test_front_matter_stands_between_two_fences_at_the_top(text: str, front: str) -> None:
    assert split_front_matter(text) == (front, text[len(front) :])


def test_a_value_goes_from_its_key_to_the_next() -> None:
    front = '---\ntitle: a\n"le mot": b\nthemes:\n  - c\n- d\n\n# note\nsummary: |\n  x: y\n---\n\n'
    found = values(front)
    assert found == {
        "": "---\n",
        "title": "title: a\n",
        "le mot": '"le mot": b\n',
        "themes": "themes:\n  - c\n- d\n\n# note\n",
        "summary": "summary: |\n  x: y\n",
        "---": "---\n\n",
    }


@pytest.mark.parametrize("front", ["---\na: 1\na: 2\n---\n", "---\n# note\na: 1\n---\n", "---\na: 1\nb\n---\n"])
def test_front_matter_that_is_not_made_of_keys_has_no_values(front: str) -> None:
    assert values(front) is None


def test_headings_lose_their_number_and_their_closing_marks() -> None:
    found = headings(["## 2. Accueil ##\n", "#Pas un titre\n", "### 1.2 Suite", "####### Non\n", "## 2 tables\n"])
    assert [(heading.line, heading.level, heading.title) for heading in found] == [
        (0, 2, "Accueil"),
        (2, 3, "Suite"),
        (4, 2, "2 tables"),
    ]


def test_headings_inside_a_block_of_code_are_none() -> None:
    lines = split_lines("~~~\n# a\n```\n~~~ b\n# c\n~~~~\n# d\n```js `x`\n# e\n```\n# f\n")
    assert [heading.title for heading in headings(lines)] == ["d", "e"]


def test_a_line_stands_under_the_headings_above_it() -> None:
    lines = split_lines("a\n# T\n## A\nb\n### B\nc\n## C\nd\n")
    assert places(lines, headings(lines)) == ["", "t", "a", "a", "a\nb", "a\nb", "c", "c"]


@pytest.mark.parametrize(
    ("line", "pieces"),
    [
        ("Un. Deux ! « Trois ? » Quatre.", ["Un.", " Deux !", " « Trois ? »", " Quatre."]),
        ("Voir p. 12 et M. Dupont, env. Brest.", ["Voir p. 12 et M. Dupont, env. Brest."]),
        ("En 2013. Puis rien… Enfin", ["En 2013. Puis rien…", " Enfin"]),
        ("Le site a-brest.net. une suite", ["Le site a-brest.net. une suite"]),
        ("", [""]),
    ],
)
def test_a_line_is_cut_between_sentences_and_not_in_doubt(line: str, pieces: list[str]) -> None:
    assert sentences(line) == pieces
    assert "".join(sentences(line)) == line


def test_a_statement_is_what_a_person_would_miss() -> None:
    assert statements("  - [x] Ouvrir. Fermer.\n") == ["Ouvrir.", "Fermer."]
    assert statements("### 2. Accueil\n") == ["Accueil"]
    assert statements("|---|---|\n") == statements("\n") == []
