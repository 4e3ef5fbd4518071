"""The verbs: what each stores, refuses and leaves alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.conftest import Cast
from tests.pages.copy_party import FAR, RECIPE, TOUCHING, conflict, newest, saved
from wiki import pages
from wiki.errors import Forbidden, Invalid, Moved, NotFound
from wiki.pages import AlreadyExists, Saved

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def copy_party(cast: Cast) -> str:
    return pages.create(cast.alice, RECIPE).slug


# -- Creating ----------------------------------------------------------------------------------------------------------


def test_a_new_page_has_one_revision_with_its_author_and_date(cast: Cast) -> None:
    assert pages.create(cast.alice, RECIPE, comment="  Un  début ") == Saved("copy-party", 1)
    text = newest("copy-party")
    assert text.text == RECIPE
    assert (text.number, text.parent_id, text.base_number) == (1, None, 0)
    assert (text.author_name, text.author_id, text.comment, text.action) == (
        "alice",
        cast.alice.id,
        "Un début",
        "create",
    )
    assert text.size == text.size_change == len(RECIPE)


def test_the_address_follows_from_the_title(cast: Cast) -> None:
    assert pages.create(cast.alice, "# Été à l'Œuvre : « oui » !\n").slug == "ete-a-l-oeuvre-oui"


def test_a_long_title_gives_an_address_of_at_most_eighty_characters(cast: Cast) -> None:
    slug = pages.create(cast.alice, f"# {'abcdefghi ' * 11}\n").slug
    assert len(slug) <= 80
    assert not slug.endswith("-")
    assert newest(slug).text.startswith("# abcdefghi")


def test_the_same_form_sent_twice_makes_one_page(cast: Cast) -> None:
    pages.create(cast.alice, RECIPE)
    assert pages.create(cast.alice, RECIPE) == Saved("copy-party", 1, unchanged=True)
    assert newest("copy-party").number == 1


def test_a_second_page_of_one_title_is_refused_and_nothing_of_the_first_changes(cast: Cast) -> None:
    pages.create(cast.alice, RECIPE)
    for title in ("Copy party", "COPY-PARTY", "Cópy  Party", "copy party !"):
        with pytest.raises(AlreadyExists) as refusal:
            pages.create(cast.bob, f"# {title}\n\nAutre chose.\n")
        assert refusal.value.slug == "copy-party"
        assert refusal.value.problems[0].field == "title"
    assert newest("copy-party").text == RECIPE


def test_the_same_text_by_somebody_else_is_no_double_submission(cast: Cast) -> None:
    pages.create(cast.alice, RECIPE)
    with pytest.raises(AlreadyExists):
        pages.create(cast.bob, RECIPE)


def test_another_text_of_ones_own_under_the_same_title_is_refused_not_taken_for_the_first(cast: Cast) -> None:
    pages.create(cast.alice, RECIPE)
    with pytest.raises(AlreadyExists):
        pages.create(cast.alice, RECIPE + "\nUn mot de plus.\n")
    assert newest("copy-party").text == RECIPE


def test_an_old_address_of_another_page_cannot_be_taken(cast: Cast, copy_party: str) -> None:
    pages.rename(cast.alice, copy_party, "Soirée de copie")
    with pytest.raises(AlreadyExists):
        pages.create(cast.bob, "# Copy party\n\nAutre.\n")


@pytest.mark.parametrize("slug", ["Copy", "a b", "é", "-a", "a--b", "a/b", "a.md", "", "a" * 81, "a\0"])
def test_an_address_that_cannot_be_one_is_refused(cast: Cast, slug: str) -> None:
    with pytest.raises(Invalid):
        pages.create(cast.alice, RECIPE, slug=slug)


def test_a_text_is_stored_in_its_canonical_form(cast: Cast) -> None:
    typed = "\ufeff---\r\ntitle: Cafe\u0301\r\nkind: article\r\n---\r\n\r\n\r\nDu texte.  \r\nSuite.\r\n\r\n\r\n"
    pages.create(cast.alice, typed)
    assert newest("cafe").text == "---\nkind: article\ntitle: Caf\u00e9\n---\n\nDu texte.  \nSuite.\n"


def test_a_comment_is_kept_on_one_short_line(cast: Cast) -> None:
    pages.create(cast.alice, RECIPE, comment="a\nb\x00\u202e" + "c" * 1000)
    comment = newest("copy-party").comment
    assert comment.startswith("a b c")
    assert len(comment) == 300


# -- Saving ------------------------------------------------------------------------------------------------------------


def test_a_save_continues_the_history(cast: Cast, copy_party: str) -> None:
    text = RECIPE.replace("10 clés", "12 clés")
    assert pages.save(cast.bob, copy_party, text, 1, comment="Plus de clés", minor=True) == Saved(copy_party, 2)
    first, second = pages.versions(cast.bob, pages.find(cast.bob, copy_party))[::-1]
    assert newest(copy_party).text == text
    assert (second.number, second.parent_id, second.base_number, second.minor) == (2, first.id, 1, True)
    assert (second.author_name, second.comment, second.action) == ("bob", "Plus de clés", "edit")
    assert second.size_change == 0


def test_a_save_of_the_text_that_is_there_stores_nothing(cast: Cast, copy_party: str) -> None:
    assert pages.save(cast.bob, copy_party, RECIPE.replace("\n", "\r\n"), 1) == Saved(copy_party, 1, unchanged=True)
    assert newest(copy_party).number == 1


def test_the_same_save_sent_twice_is_stored_once(cast: Cast, copy_party: str) -> None:
    text = RECIPE.replace("10 clés", "12 clés")
    pages.save(cast.bob, copy_party, text, 1)
    assert pages.save(cast.bob, copy_party, text, 1) == Saved(copy_party, 2, unchanged=True)
    assert newest(copy_party).number == 2


def test_the_same_save_sent_again_after_others_wrote_changes_nothing(cast: Cast, copy_party: str) -> None:
    text = RECIPE.replace("10 clés", "12 clés")
    pages.save(cast.bob, copy_party, text, 1)
    third = text.replace("Par affiche et", "À la radio et")
    pages.save(cast.alice, copy_party, third, 2)
    assert pages.save(cast.bob, copy_party, text, 1) == Saved(copy_party, 3, unchanged=True)
    assert newest(copy_party).text == third


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_edits_far_apart_are_joined_and_the_other_author_is_named(
    cast: Cast, copy_party: str, order: tuple[int, int]
) -> None:
    first, second = (RECIPE.replace(*FAR[index]) for index in order)
    pages.save(cast.alice, copy_party, first, 1)
    assert pages.save(cast.bob, copy_party, second, 1) == Saved(copy_party, 3, merged_with=("alice",))
    assert newest(copy_party).text == RECIPE.replace(*FAR[0]).replace(*FAR[1])
    assert newest(copy_party).base_number == 1


def test_different_values_of_the_front_matter_are_joined(cast: Cast, copy_party: str) -> None:
    pages.save(cast.alice, copy_party, RECIPE.replace("  - communs\n", "  - communs\ndifficulty: 2\n"), 1)
    outcome = saved(pages.save(cast.bob, copy_party, RECIPE.replace("légalement", "en toute légalité"), 1))
    assert outcome.merged_with == ("alice",)
    assert "difficulty: 2" in newest(copy_party).text
    assert "en toute légalité" in newest(copy_party).text


def test_somebody_joined_with_themselves_is_not_named(cast: Cast, copy_party: str) -> None:
    pages.save(cast.bob, copy_party, RECIPE.replace(*FAR[0]), 1)
    assert saved(pages.save(cast.bob, copy_party, RECIPE.replace(*FAR[1]), 1)).merged_with == ()


def test_everybody_who_wrote_since_the_start_is_named(cast: Cast, copy_party: str) -> None:
    pages.save(cast.alice, copy_party, RECIPE.replace("10 clés USB", "12 clés USB"), 1)
    pages.save(cast.eve, copy_party, newest(copy_party).text.replace("Une salle", "Une grande salle"), 2)
    outcome = saved(pages.save(cast.bob, copy_party, RECIPE.replace("dix voisines", "douze voisines"), 1))
    assert set(outcome.merged_with) == {"alice", cast.eve.name}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_edits_of_one_line_are_a_conflict_and_nothing_is_stored(
    cast: Cast, copy_party: str, order: tuple[int, int]
) -> None:
    first, second = (RECIPE.replace(*TOUCHING[index]) for index in order)
    pages.save(cast.alice, copy_party, first, 1)
    outcome = conflict(pages.save(cast.bob, copy_party, second, 1))
    assert newest(copy_party).text == first
    assert (outcome.base, outcome.head, outcome.mine, outcome.authors) == (1, 2, second, ("alice",))
    (index,) = outcome.contested
    chunk = outcome.chunks[index]
    assert TOUCHING[order[0]][1] in chunk.theirs
    assert TOUCHING[order[1]][1] in chunk.mine
    assert "10 clés USB" in chunk.base


def test_a_sum_that_breaks_a_rule_is_a_conflict_over_the_whole(make_app: Callable[..., Flask], cast: Cast) -> None:
    text = "# Longue page\n\nUn.\n\n## Milieu\n\nDeux.\n\n## Fin\n\nTrois.\n"
    with make_app(MAX_TEXT=1000).app_context():
        pages.create(cast.alice, text)
        mine, theirs = text.replace("Un.", "a" * 600), text.replace("Trois.", "b" * 600)
        pages.save(cast.alice, "longue-page", theirs, 1)
        outcome = conflict(pages.save(cast.bob, "longue-page", mine, 1))
        assert [chunk.text for chunk in outcome.chunks] == [None]
        assert "1000" in outcome.problems[0].message
        assert newest("longue-page").text == theirs


@pytest.mark.parametrize(
    "base",
    [
        "",
        "0",
        "-1",
        "2",
        "999999999",
        "99999999999999999999",
        "latest",
        "1.0",
        "1e0",
        "١",
        " ",
        "None",
        "1 OR 1=1",
        "\0",
    ],
)
def test_a_save_without_a_base_it_could_have_started_from_is_refused(cast: Cast, copy_party: str, base: str) -> None:
    with pytest.raises(Invalid) as refusal:
        pages.save(cast.bob, copy_party, RECIPE.replace(*FAR[0]), base)
    assert refusal.value.problems[0].field == "base"
    assert newest(copy_party).number == 1


def test_the_base_of_another_page_is_never_taken(cast: Cast, copy_party: str) -> None:
    pages.create(cast.alice, "# Autre\n\nAutre.\n")
    other = pages.save(cast.alice, "autre", "# Autre\n\nEncore autre.\n", 1)
    with pytest.raises(Invalid):
        pages.save(cast.bob, copy_party, RECIPE.replace(*FAR[0]), saved(other).number)
    _page, text = pages.text_of(cast.bob, "autre")
    with pytest.raises(Invalid):
        pages.save(cast.bob, copy_party, RECIPE.replace(*FAR[0]), text)
    assert newest(copy_party).number == 1


def test_a_save_at_an_old_address_leads_to_the_present_one(cast: Cast, copy_party: str) -> None:
    pages.rename(cast.alice, copy_party, "Soirée de copie")
    with pytest.raises(Moved) as moved:
        pages.save(cast.bob, copy_party, RECIPE, 1)
    assert moved.value.slug == "soiree-de-copie"


def test_a_save_that_leaves_the_rules_of_the_kind_is_refused_whole(cast: Cast, copy_party: str) -> None:
    with pytest.raises(Invalid) as refusal:
        pages.save(cast.bob, copy_party, RECIPE.replace("title: Copy party", "title:\ndifficulty: 9"), 1)
    assert {problem.field for problem in refusal.value.problems} == {"title", "difficulty"}
    assert newest(copy_party).text == RECIPE


def test_a_new_title_leaves_the_address(cast: Cast, copy_party: str) -> None:
    pages.save(cast.bob, copy_party, RECIPE.replace("title: Copy party", "title: Fête de la copie"), 1)
    page = pages.find(cast.bob, copy_party)
    assert (page.slug, page.title) == ("copy-party", "Fête de la copie")


def test_the_kind_of_a_page_can_change(cast: Cast, copy_party: str) -> None:
    pages.save(cast.bob, copy_party, "# Un simple article\n", 1)
    assert pages.find(cast.bob, copy_party).kind == "article"


# -- Renaming, archiving, protecting -----------------------------------------------------------------------------------


def test_a_renamed_page_answers_at_its_old_addresses(cast: Cast, copy_party: str) -> None:
    assert saved(pages.rename(cast.alice, copy_party, "Soirée de copie")).slug == "soiree-de-copie"
    pages.rename(cast.alice, "soiree-de-copie", "Bal de la copie")
    page = pages.find(cast.bob, "bal-de-la-copie")
    assert page.title == "Bal de la copie"
    assert "title: Bal de la copie\n" in newest(page.slug).text
    for old in ("copy-party", "soiree-de-copie", "Copy Party"):
        with pytest.raises(Moved) as moved:
            pages.find(cast.bob, old)
        assert moved.value.slug == "bal-de-la-copie"


def test_a_renamed_page_can_take_its_old_name_back(cast: Cast, copy_party: str) -> None:
    pages.rename(cast.alice, copy_party, "Soirée de copie")
    assert saved(pages.rename(cast.alice, "soiree-de-copie", "Copy party")).slug == copy_party
    assert newest(copy_party).text == RECIPE
    with pytest.raises(Moved):
        pages.find(cast.bob, "soiree-de-copie")


def test_renaming_says_in_the_history_what_it_did(cast: Cast, copy_party: str) -> None:
    pages.rename(cast.alice, copy_party, "Soirée de copie")
    entry = newest("soiree-de-copie")
    assert entry.action == "rename"
    assert "Copy party" in entry.comment
    assert "Soirée de copie" in entry.comment


def test_a_page_cannot_take_the_present_or_old_name_of_another(cast: Cast, copy_party: str) -> None:
    pages.create(cast.alice, "# Prise\n")
    pages.create(cast.alice, "# Ancienne\n")
    pages.rename(cast.alice, "ancienne", "Nouvelle")
    for title in ("Prise", "Ancienne", "PRÍSE"):
        with pytest.raises(AlreadyExists):
            pages.rename(cast.alice, copy_party, title)
    assert newest(copy_party).text == RECIPE
    assert pages.find(cast.alice, copy_party).title == "Copy party"


@pytest.mark.parametrize("title", ["", "  ", "!?", "a" * 121, "a\u202eb", "Pаge", "a\x00b", "\ud800"])
def test_a_page_cannot_take_a_title_that_is_none(cast: Cast, copy_party: str, title: str) -> None:
    with pytest.raises(Invalid) as refusal:
        pages.rename(cast.alice, copy_party, title)
    problem = refusal.value.problems[0]
    assert problem.field == "title" or problem.line == 3
    assert newest(copy_party).text == RECIPE


def test_an_article_named_by_its_heading_can_be_renamed(cast: Cast) -> None:
    pages.create(cast.alice, "# Ancien titre\n\nDu texte.\n")
    pages.rename(cast.alice, "ancien-titre", "Nouveau titre")
    assert pages.find(cast.alice, "nouveau-titre").title == "Nouveau titre"


def test_an_archived_page_is_gone_for_all_but_moderators_and_comes_back_as_it_was(cast: Cast, copy_party: str) -> None:
    pages.save(cast.bob, copy_party, RECIPE.replace(*FAR[0]), 1)
    before = pages.find(cast.alice, copy_party)
    pages.archive(cast.mona, copy_party)
    for actor in (cast.alice, cast.eve):
        for read in (pages.find, pages.open_page, pages.text_of):
            with pytest.raises(NotFound):
                read(actor, copy_party)
        with pytest.raises(NotFound):
            pages.save(actor, copy_party, RECIPE, 1)
    assert pages.find(cast.mona, copy_party).archived
    pages.unarchive(cast.mona, copy_party)
    after = pages.find(cast.alice, copy_party)
    assert (after.slug, after.title, after.head_number) == (before.slug, before.title, before.head_number)
    assert not after.archived


def test_a_protected_page_is_changed_by_moderators_only(cast: Cast, copy_party: str) -> None:
    pages.protect(cast.mona, copy_party, True)
    changed = RECIPE.replace(*FAR[0])
    for actor in (cast.alice, cast.eve):
        for write in (
            lambda actor=actor: pages.rename(actor, copy_party, "Autre"),
            lambda actor=actor: pages.protect(actor, copy_party, False),
            lambda actor=actor: pages.archive(actor, copy_party),
        ):
            with pytest.raises(Forbidden):
                write()
        assert saved(pages.restore(actor, copy_party, 1)).unchanged
        assert saved(pages.save(actor, copy_party, changed, 1)).offer is not None
        assert saved(pages.settle(actor, copy_party, changed, 1, 1, {})).offer is not None
    assert newest(copy_party).text == RECIPE
    assert saved(pages.save(cast.mona, copy_party, changed, 1)).number == 2
    pages.protect(cast.mona, copy_party, False)
    assert saved(pages.save(cast.eve, copy_party, RECIPE, 2)).number == 3


def test_protecting_makes_no_version(cast: Cast, copy_party: str) -> None:
    pages.protect(cast.mona, copy_party, True)
    pages.archive(cast.mona, copy_party)
    assert newest(copy_party).number == 1


# -- Sections ----------------------------------------------------------------------------------------------------------


def anchor(text: str, title: str) -> str:
    from wiki.rendering import sections

    return next(section.anchor for section in sections(pages.parse(text).body) if section.title == title)


def test_a_section_is_its_heading_and_what_stands_under_it() -> None:
    assert pages.section_text(RECIPE, anchor(RECIPE, "Matériel")) == (
        "## Matériel\n\n- 10 clés USB\n- 2 rallonges\n- des affiches\n"
    )
    assert pages.section_text(RECIPE, anchor(RECIPE, "Étapes")).endswith("Par affiche et par courriel.\n")


@pytest.mark.parametrize("title", ["Personnes", "Matériel", "Étapes", "1. Choisir le lieu (2 mois avant)"])
def test_a_section_put_back_as_it_was_changes_nothing(title: str) -> None:
    where = anchor(RECIPE, title)
    section = pages.section_text(RECIPE, where)
    assert pages.canonical(pages.with_section(RECIPE, where, section)) == RECIPE
    assert pages.canonical(pages.with_section(RECIPE, where, section.strip().replace("\n", "\r\n"))) == RECIPE


def test_a_section_is_replaced_and_the_rest_stays() -> None:
    text = pages.with_section(RECIPE, anchor(RECIPE, "Personnes"), "## Personnes\n\n- vous")
    assert text == RECIPE.replace("- une bibliothécaire\n- dix voisines", "- vous")


def test_a_section_emptied_is_gone() -> None:
    text = pages.with_section(RECIPE, anchor(RECIPE, "Personnes"), "  \n")
    assert text == RECIPE.replace("## Personnes\n\n- une bibliothécaire\n- dix voisines\n\n", "")


@pytest.mark.parametrize("missing", ["", "s-nulle-part", "Matériel", "\0"])
def test_a_section_that_is_not_there_is_not_found(missing: str) -> None:
    with pytest.raises(NotFound):
        pages.section_text(RECIPE, missing)
    with pytest.raises(NotFound):
        pages.with_section(RECIPE, missing, "x")
