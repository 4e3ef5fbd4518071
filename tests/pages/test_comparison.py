"""What changed, in fields, lines and words; who wrote which line; the passages of a conflict."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from tests.conftest import Cast
from tests.pages.copy_party import FAR, RECIPE, TOUCHING, conflict, newest
from wiki import pages
from wiki.errors import Invalid, NotFound
from wiki.history.diff import Span
from wiki.pages import Conflict, comparison

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture(autouse=True)
def forget() -> None:
    """Forget whose lines were whose in the wikis of other tests, which count their pages from 1 too."""
    comparison._blame.cache_clear()


# -- In words -------------------------------------------------

CHANGES: dict[str, tuple[Callable[[str], str], str]] = {
    "nothing": (lambda text: text, ""),
    "a line more": (
        lambda text: text.replace("- 2 rallonges\n", "- 2 rallonges\n- un projecteur\n"),
        "Matériel : +1 ligne",
    ),
    "two lines more": (lambda text: text.replace("- des", "- a\n- b\n- des"), "Matériel : +2 lignes"),
    "a line less": (lambda text: text.replace("- 2 rallonges\n", ""), "Matériel : −1 ligne"),
    "a line changed": (lambda text: text.replace("2 rallonges", "3 rallonges"), "Matériel : 1 ligne modifiée"),
    "more and less": (
        lambda text: text.replace("- 10 clés USB\n- 2 rallonges\n", "- 10 clés USB rouges\n"),
        "Matériel : +1 et −2 lignes",
    ),
    "a section more": (lambda text: text + "\n## Sources\n\nLe web.\n", "section « Sources » ajoutée"),
    "a section less": (
        lambda text: text.replace("## Personnes\n\n- une bibliothécaire\n- dix voisines\n\n", ""),
        "section « Personnes » retirée",
    ),
    "above the first heading": (lambda text: text.replace("Une soirée", "Une nuit"), "Introduction : 1 ligne modifiée"),
    "an answer changed": (lambda text: text.replace("légalement", "en règle"), "En une phrase : modifié"),
    "an answer given": (lambda text: text.replace("themes:", "difficulty: 2\nthemes:"), "Difficulté : renseigné"),
    "an answer taken away": (
        lambda text: text.replace("tagline: Copier ensemble, légalement\n", ""),
        "En une phrase : retiré",
    ),
    "two places": (
        lambda text: text.replace("2 rallonges", "3 rallonges").replace("dix voisines", "onze voisines"),
        "Personnes : 1 ligne modifiée ; Matériel : 1 ligne modifiée",
    ),
}  # fmt: skip


def said(before: str, after: str) -> str:
    """The summary of a change, with plain spaces around its punctuation."""
    return re.sub("[\u00a0\u202f]", " ", pages.changes_in_words(pages.summarise(before, after)))


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_summed_up_by_section_in_words(name: str) -> None:
    change, words = CHANGES[name]
    after = pages.canonical(change(RECIPE))
    assert said(RECIPE, after) == words


def test_a_section_written_anew_is_called_so() -> None:
    before = "## Étapes\n\n" + "Prévenir les voisines par affiche et par courriel, puis attendre.\n" * 3
    after = "## Étapes\n\n" + "Chanter fort dans le jardin jusqu'au lever du soleil.\n" * 4
    assert said(before, after) == "Étapes : réécrit"


def test_a_summary_names_four_places_and_counts_the_others() -> None:
    before = "".join(f"## Partie {number}\n\nUn.\n\n" for number in range(7))
    after = before.replace("Un.", "Deux mots.")
    words = said(before, after)
    assert words.count(" ; ") == 4
    assert words.endswith("et 3 autres endroits")


def test_a_summary_is_said_in_the_language_of_who_reads_it(app: Flask) -> None:
    changes = pages.summarise(RECIPE, RECIPE.replace("légalement", "en règle"))
    with app.test_request_context("/?lang=en"):
        assert isinstance(pages.changes_in_words(changes), str)


# -- Side by side -------------------------------------------------


def test_equal_texts_compare_as_the_same() -> None:
    assert pages.compare(RECIPE, RECIPE).same


def test_an_answer_is_compared_as_a_field_and_not_as_a_line() -> None:
    found = pages.compare(RECIPE, RECIPE.replace("légalement", "en règle"))
    (change,) = found.fields
    assert str(change.label) == "En une phrase"
    assert "".join(span.text for span in change.old if span.kind == "delete") == "légalement"
    assert "".join(span.text for span in change.new if span.kind == "insert") == "en règle"
    assert not found.hunks


def test_unknown_keys_and_the_kind_are_compared_too() -> None:
    old, new = "---\nkind: article\ntitle: x\nsaison: hiver\n---\n", "---\nkind: theme\ntitle: x\nsaison: été\n---\n"
    assert [str(change.label) for change in pages.compare(old, new).fields] == ["Type de page", "saison"]


def test_words_of_a_line_are_marked() -> None:
    (hunk,) = pages.compare(RECIPE, RECIPE.replace("10 clés", "12 clés")).hunks
    (row,) = [row for row in hunk.rows if row.kind == "change"]
    assert [span.text for span in row.old if span.kind == "delete"] == ["10"]
    assert [span.text for span in row.new if span.kind == "insert"] == ["12"]


def test_texts_with_nothing_in_common_are_called_too_different() -> None:
    old = "".join(f"ancien {number}\n" for number in range(6000))
    assert pages.compare(old, old.replace("ancien", "nouveau")).too_different


# -- Who wrote which line -------------------------------------------------


def test_each_line_is_the_work_of_who_brought_it(cast: Cast) -> None:
    pages.create(cast.alice, "# Pain\n\nfarine\n\neau\n")
    pages.save(cast.bob, "pain", "# Pain\n\nfarine\n\neau\n\nsel\n", 1)
    pages.save(cast.eve, "pain", "# Pain\n\nfarine de blé\n\neau\n\nsel\n", 2)
    lines = {
        line: authored.author_name
        for authored in pages.blame(cast.eve, pages.find(cast.eve, "pain"), 500)
        for line in authored.text.splitlines()
        if line
    }
    assert lines == {"# Pain": "alice", "farine de blé": cast.eve.name, "eau": "alice", "sel": "bob"}


def test_a_line_brought_back_by_restoring_counts_for_who_restored_it(cast: Cast) -> None:
    pages.create(cast.alice, "# Pain\n\nfarine\n")
    pages.save(cast.bob, "pain", "# Pain\n\nsciure\n", 1)
    pages.restore(cast.eve, "pain", 1)
    authored = pages.blame(cast.eve, pages.find(cast.eve, "pain"), 500)
    assert "".join(part.text for part in authored) == newest("pain").text
    assert {part.author_name for part in authored} <= {"alice", cast.eve.name}


def test_the_lines_joined_are_the_text_whatever_happened(cast: Cast) -> None:
    pages.create(cast.alice, RECIPE)
    for number, (before, after) in enumerate([*FAR, ("Une salle", "Une cave"), ("- des affiches\n", "")], start=1):
        pages.save(cast.bob, "copy-party", newest("copy-party").text.replace(before, after), number)
        authored = pages.blame(cast.eve, pages.find(cast.eve, "copy-party"), 500)
        assert "".join(part.text for part in authored) == newest("copy-party").text


def test_looking_back_stops_after_so_many_versions(cast: Cast) -> None:
    pages.create(cast.alice, "# Pain\n\n0\n")
    for number in range(1, 6):
        pages.save(cast.bob, "pain", f"# Pain\n\n{number}\n", number)
    assert {part.number for part in pages.blame(cast.eve, pages.find(cast.eve, "pain"), 3)} == {4, 6}


# -- The passages of a conflict -------------------------------------------------


@pytest.fixture
def contested(cast: Cast) -> Conflict:
    pages.create(cast.alice, RECIPE)
    pages.save(cast.alice, "copy-party", RECIPE.replace(*TOUCHING[0]).replace(*FAR[1]), 1)
    return conflict(pages.save(cast.bob, "copy-party", RECIPE.replace(*TOUCHING[1]), 1))


def test_a_conflict_is_shown_as_joined_stretches_around_what_is_contested(contested: Conflict) -> None:
    before, asked, after = pages.passages(contested)
    assert (before.index, after.index) == (None, None)
    assert asked.index == contested.contested[0]
    assert (asked.number, asked.heading) == (1, "Matériel")
    assert "".join(span.text for span in asked.mine) == contested.chunks[asked.index].mine == asked.suggestion
    assert "".join(span.text for span in asked.theirs) == contested.chunks[asked.index].theirs
    assert before.text.startswith("---\nkind: recipe\n")
    assert "Par affiche.\n" in after.text


def test_words_that_differ_are_marked_only_between_sides_that_share_some(contested: Conflict) -> None:
    _before, asked, _after = pages.passages(contested)
    assert asked.alike
    assert not replace(asked, mine=[Span("insert", "Tout autre chose, de bout en bout.")]).alike
    assert not replace(asked, mine=[Span("equal", "- ")]).alike


def test_a_conflict_is_the_same_when_its_form_comes_back(cast: Cast, contested: Conflict) -> None:
    again = pages.reopen(cast.bob, "copy-party", contested.mine.replace("\n", "\r\n"), contested.base, contested.head)
    assert again == contested


def test_a_conflict_over_a_long_text_can_be_settled_where_long_texts_are_allowed(
    make_app: Callable[..., Flask], cast: Cast
) -> None:
    long = "---\nkind: article\ntitle: Long\n---\n\nUn.\n\n" + "Une ligne qui remplit la page.\n\n" * 9000
    with make_app(MAX_TEXT=400_000).app_context():
        pages.create(cast.alice, long)
        pages.save(cast.alice, "long", long.replace("Un.", "Deux."), 1)
        found = conflict(pages.save(cast.bob, "long", long.replace("Un.", "Trois."), 1))
        assert pages.reopen(cast.bob, "long", found.mine, 1, 2).contested == found.contested


def test_one_comes_back_to_a_conflict_of_a_page_one_may_read(cast: Cast, contested: Conflict) -> None:
    pages.protect(cast.mona, "copy-party", True)
    # Of a protected page one settles a suggestion.
    assert pages.reopen(cast.bob, "copy-party", contested.mine, 1, 2).contested == contested.contested
    pages.archive(cast.mona, "copy-party")
    with pytest.raises(NotFound):
        pages.reopen(cast.bob, "copy-party", contested.mine, 1, 2)
    with pytest.raises(Invalid):
        pages.reopen(cast.mona, "copy-party", contested.mine, 1, "hier")


def test_each_answer_gives_its_text(contested: Conflict) -> None:
    (index,) = contested.contested
    chunk = contested.chunks[index]

    def text(choice: str, written: str | None = None) -> dict[int, str]:
        form = {f"choice-{index}": choice} | ({} if written is None else {f"text-{index}": written})
        return pages.chosen(contested, MultiDict(form))

    assert text("mine") == {index: chunk.mine}
    assert text("theirs") == {index: chunk.theirs}
    assert text("both") == {index: chunk.theirs + chunk.mine}
    assert text("write", "- 20 clés\r\n- et un câble") == {index: "- 20 clés\n- et un câble\n"}
    assert text("write", "") == {index: ""}
    assert text("peut-être") == text("") == {}


def test_an_answer_to_what_was_not_asked_is_not_listened_to(contested: Conflict) -> None:
    asked = contested.contested[0]
    form = {f"choice-{index}": "write" for index in range(-1, 9) if index != asked} | {
        "choice-x": "mine",
        "text-0": "!",
    }
    assert pages.chosen(contested, MultiDict(form)) == {}
