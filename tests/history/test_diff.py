"""What changed between texts, as people are shown it."""

from random import Random
from time import process_time

import pytest

from tests.history.random_texts import some_edit, some_page
from wiki.history.diff import Hunk, SectionChange, Span, blame, compare, compare_words, section_changes
from wiki.history.outline import split_lines

RECIPE = """\
---
kind: recipe
title: Copy party
themes:
  - copie-privee
  - culture-libre
difficulty: 2
---

Une soirée pour copier.

## Matériel

- 2 tables
- 10 chaises
- 1 scanner

## Étapes

### 1. Obtenir l'accord

Écrivez à la bibliothèque.

### 2. Prévenir le public

Posez des affiches.

## Difficultés

Le bruit, la chaleur et la foule des grands soirs.
"""


def words(spans: tuple[Span, ...]) -> str:
    """Spans as text, what came and went in brackets."""
    return "".join(span.text if span.kind == "equal" else f"[{span.text}]" for span in spans)


# -- Lines and words ---------------------------------------------------------------------------------------------------


def test_texts_that_are_the_same_have_no_changes() -> None:
    assert compare(RECIPE, RECIPE) == []


def test_a_changed_line_shows_the_words_that_changed() -> None:
    (hunk,) = compare(RECIPE, RECIPE.replace("- 10 chaises", "- 12 chaises pliantes"), context=0)
    (row,) = hunk.rows
    assert (row.kind, row.old_number, row.new_number) == ("change", 15, 15)
    assert words(row.old) == "- [10] chaises"
    assert words(row.new) == "- [12] chaises[ pliantes]"
    assert [span.kind for span in row.old] == ["equal", "delete", "equal"]


def test_words_between_two_changes_stay_but_not_mere_blanks() -> None:
    assert [words(spans) for spans in compare_words("le petit chat noir dort", "le gros chien noir dort")] == [
        "le [petit chat] noir dort",
        "le [gros chien] noir dort",
    ]


def test_texts_that_share_few_words_are_shown_one_after_the_other() -> None:
    old, new = compare_words(
        "Venez copier ce soir à la mairie", "La loi de 2011 permet à chacun d'en profiter chez soi"
    )
    assert [span.kind for span in old] == ["delete"]
    assert [span.kind for span in new] == ["insert"]


def test_nothing_against_something_is_all_new() -> None:
    assert compare_words("", "Brest") == ((), (Span("insert", "Brest"),))
    assert compare_words("Brest", "") == ((Span("delete", "Brest"),), ())
    assert compare_words("", "") == ((), ())


def test_inserted_and_deleted_lines_have_one_number_only() -> None:
    (hunk,) = compare("a\nb\n", "a\nnouveau\n", context=0)
    assert [(row.kind, row.old_number, row.new_number) for row in hunk.rows] == [
        ("delete", 2, None),
        ("insert", None, 2),
    ]


def test_a_line_that_became_another_is_told_from_those_that_came() -> None:
    (hunk,) = compare(
        "- 2 tables longues\n- 3 bancs bleus\n",
        "- Des fleurs\n- 2 tables rondes\n- 3 bancs verts\n",
        context=0,
    )
    assert [row.kind for row in hunk.rows] == ["insert", "change", "change"]


def test_changes_far_apart_stand_in_their_own_hunks_with_lines_around() -> None:
    lines = [f"ligne {number}" for number in range(30)]
    old = "\n".join(lines) + "\n"
    new = old.replace("ligne 4\n", "").replace("ligne 20\n", "ligne vingt\n")
    first, second = compare(old, new, context=2)
    assert [row.kind for row in first.rows] == ["equal", "equal", "delete", "equal", "equal"]
    assert (first.old_start, first.new_start) == (3, 3)
    assert (second.old_start, second.new_start) == (19, 18)
    assert len(compare(old, new, context=9)) == 1


def test_a_hunk_names_the_heading_above_it() -> None:
    (hunk,) = compare(RECIPE, RECIPE.replace("- 1 scanner", "- 2 scanners"), context=1)
    assert hunk.heading == "Matériel"
    assert not hunk.shown
    (hunk,) = compare(RECIPE, RECIPE.replace("Une soirée", "Une après-midi"), context=1)
    assert hunk.heading == ""


def test_a_hunk_that_shows_the_heading_of_its_change_says_so() -> None:
    old = "## Pourquoi\n\nParce que.\n\n## Matériel\n\n- 10 bocaux\n- 1 étagère\n"
    (hunk,) = compare(old, old.replace("10 bocaux", "20 bocaux"))
    assert (hunk.heading, hunk.shown) == ("Matériel", True)
    (hunk,) = compare(old, old.replace("1 étagère", "2 étagères"), context=1)
    assert (hunk.heading, hunk.shown) == ("Matériel", False)


def test_a_lost_final_newline_is_a_change_without_words() -> None:
    (hunk,) = compare("a\n", "a")
    (row,) = hunk.rows
    assert row.kind == "change"
    assert words(row.old) == words(row.new) == "a"


def test_the_rows_rebuild_both_texts() -> None:
    for seed in range(1000):
        random = Random(seed)
        old = some_page(random)
        new = some_edit(random, old)
        hunks = compare(old, new, context=10_000)
        if old == new:
            continue
        (hunk,) = hunks
        assert ["".join(span.text for span in row.old) for row in hunk.rows if row.old_number] == _stripped(old)
        assert ["".join(span.text for span in row.new) for row in hunk.rows if row.new_number] == _stripped(new)
        assert [row.old_number for row in hunk.rows if row.old_number] == list(range(1, len(split_lines(old)) + 1))
        assert [row.new_number for row in hunk.rows if row.new_number] == list(range(1, len(split_lines(new)) + 1))
        assert all(row.old == row.new for row in hunk.rows if row.kind == "equal")


def _stripped(text: str) -> list[str]:
    return [line.removesuffix("\n") for line in split_lines(text)]


def test_huge_texts_with_nothing_in_common_are_said_to_be_too_different() -> None:
    old, new = ("".join(f"{prefix} {number}\n" for number in range(20000)) for prefix in "ab")
    assert compare(old, new) == [Hunk(1, 1, (), too_different=True)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("mot " * 50000, "terme " * 40000),
        ("".join(f"a{n} " for n in range(30000)), "".join(f"b{n % 7} a{n % 99} " for n in range(30000))),
        ("".join(f"- {n} tables\n" for n in range(2400)), "".join(f"- {n} chaises\n" for n in range(2400))),
        ("".join(f"{n * 7919 % 4001}\n" for n in range(4000)), "".join(f"{n}\n" for n in range(4000))),
        ("a\n" * 90000, "a\nb\n" * 50000),
    ],
)
def test_hostile_texts_are_compared_in_bounded_time(old: str, new: str) -> None:
    start = process_time()
    compare(old, new)
    section_changes(old, new)
    blame([old, new, old, new])
    assert process_time() - start < 5


# -- Sections ----------------------------------------------------------------------------------------------------------


def changes(old: str, new: str) -> list[tuple[str, str, int, int]]:
    return [(c.title, c.kind, c.lines_added, c.lines_removed) for c in section_changes(old, new)]


def test_nothing_changed_in_no_section() -> None:
    assert section_changes(RECIPE, RECIPE) == []


def test_lines_are_counted_by_section() -> None:
    new = RECIPE.replace("- 1 scanner\n", "- 1 scanner\n- 2 écrans\n- 1 micro\n").replace("- 2 tables\n", "")
    assert section_changes(RECIPE, new) == [SectionChange("Matériel", "changed", 2, 1)]


def test_a_changed_line_counts_as_one_removed_and_one_added() -> None:
    assert changes(RECIPE, RECIPE.replace("- 10 chaises", "- 12 chaises")) == [("Matériel", "changed", 1, 1)]


def test_a_section_of_which_few_words_stayed_was_rewritten() -> None:
    new = RECIPE.replace("Le bruit, la chaleur et la foule des grands soirs.", "On manque vite de prises de courant.")
    assert changes(RECIPE, new) == [("Difficultés", "rewritten", 1, 1)]


def test_added_and_removed_sections_are_named() -> None:
    new = RECIPE.replace(
        "## Difficultés\n\nLe bruit, la chaleur et la foule des grands soirs.\n", "## Sources\n\nBrest.\n"
    )
    assert changes(RECIPE, new) == [("Sources", "added", 1, 0), ("Difficultés", "removed", 0, 1)]


def test_a_moved_section_is_said_to_have_moved() -> None:
    material = "## Matériel\n\n- 2 tables\n- 10 chaises\n- 1 scanner\n\n"
    new = RECIPE.replace(material, "").replace("## Difficultés", material + "## Difficultés")
    assert changes(RECIPE, new) == [("Matériel", "moved", 0, 0)]
    assert changes(RECIPE, new.replace("- 1 scanner", "- 2 scanners")) == [("Matériel", "moved", 1, 1)]


def test_a_renamed_section_goes_by_its_new_title() -> None:
    assert changes(RECIPE, RECIPE.replace("## Matériel", "## Équipement")) == [("Équipement", "changed", 0, 0)]


def test_a_heading_of_which_only_the_number_changed_did_not_change() -> None:
    new = RECIPE.replace("### 2. Prévenir", "### 3. Prévenir").replace(
        "### 3. Prévenir", "### 2. Choisir\n\nUne date.\n\n### 3. Prévenir"
    )
    assert changes(RECIPE, new) == [("Choisir", "added", 1, 0)]


def test_the_text_above_the_first_heading_has_no_title() -> None:
    assert changes(RECIPE, RECIPE.replace("Une soirée", "Une longue soirée")) == [("", "changed", 1, 1)]


def test_values_are_named_by_their_key() -> None:
    new = (
        RECIPE.replace("difficulty: 2\n", "place: Brest\n")
        .replace("title: Copy party", "title: Copy party de Brest")
        .replace("  - culture-libre\n", "  - culture-libre\n  - bibliotheque\n  - numerique\n")
    )
    assert section_changes(RECIPE, new) == [
        SectionChange("title", "changed", 1, 1, field=True),
        SectionChange("themes", "changed", 2, 0, field=True),
        SectionChange("place", "added", 1, 0, field=True),
        SectionChange("difficulty", "removed", 0, 1, field=True),
    ]


def test_headings_inside_code_are_no_sections() -> None:
    old = "## Code\n\n```\n# commentaire\nfaire\n```\n"
    assert changes(old, old.replace("faire", "défaire")) == [("Code", "changed", 1, 1)]


def test_a_new_page_is_all_added() -> None:
    assert {change.kind for change in section_changes("", RECIPE) if change.title} == {"added"}


def test_sections_that_bear_the_same_name_are_told_apart_by_where_they_stand() -> None:
    old = "## Samedi\n\n### Matériel\n\n- 2 tables\n\n## Dimanche\n\n### Matériel\n\n- 2 tables\n"
    new = old.replace("## Samedi\n\n### Matériel\n\n- 2 tables\n\n", "")
    assert changes(old, new) == [("Samedi", "removed", 0, 0), ("Matériel", "removed", 0, 1)]


# -- Lines and their origins -------------------------------------------------------------------------------------------


def test_each_line_comes_from_the_text_that_brought_it() -> None:
    assert blame(["a\nb\n", "a\nx\nb\n", "a\nx\nB\n"]) == [0, 1, 2]
    assert blame([]) == []
    assert blame([""]) == []
    assert blame(["a"]) == [0]


def test_a_version_put_back_brings_nothing() -> None:
    assert blame(["a\nb\n", "x\ny\n", "a\nb\n", "a\nb\nc\n"]) == [0, 0, 3]


def test_there_is_one_origin_for_each_line() -> None:
    for seed in range(300):
        random = Random(seed)
        texts = [some_page(random)]
        for _ in range(random.randrange(6)):
            texts.append(some_edit(random, texts[-1]))
        origins = blame(texts)
        assert len(origins) == len(split_lines(texts[-1]))
        for line, origin in zip(split_lines(texts[-1]), origins, strict=True):
            assert line in split_lines(texts[origin])


def test_five_hundred_versions_take_less_than_a_second() -> None:
    random = Random("blame")
    lines = [f"Ligne {number} d'une page qui en a beaucoup d'autres encore." for number in range(180)]
    texts = []
    for number in range(500):
        lines[random.randrange(len(lines))] = f"Ligne écrite dans la version {number}."
        texts.append("\n".join(lines) + "\n")
    start = process_time()
    assert max(blame(texts)) == 499
    assert process_time() - start < 1
