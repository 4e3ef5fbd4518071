"""Making variants and taking into one page what another of its family has better: the verbs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Cast
from tests.pages.copy_party import RECIPE, newest, saved
from wiki import pages
from wiki.accounts import Actor
from wiki.errors import Forbidden, Invalid, NotFound
from wiki.pages import Decision, Received

pytestmark = pytest.mark.usefixtures("context")
ORIGIN, VARIANT = "copy-party", "copy-party-brest"


@pytest.fixture
def family(cast: Cast) -> str:
    """A recipe by Alice and its variant by Bob; the slug of the variant."""
    pages.create(cast.alice, RECIPE)
    return pages.fork(cast.bob, ORIGIN, "Brest").slug


def change(actor: Actor, slug: str, *replacements: tuple[str, str], **more: Any) -> None:
    text = newest(slug)
    changed = text.text
    for old, new in replacements:
        assert old in changed
        changed = changed.replace(old, new)
    saved(pages.save(actor, slug, changed, text.number, **more))


def waiting(actor: Actor, slug: str = VARIANT, source: str = ORIGIN) -> pages.Receiving:
    return pages.receiving(actor, slug, source)


def take_all(actor: Actor, slug: str = VARIANT, source: str = ORIGIN) -> Received:
    found = waiting(actor, slug, source)
    decisions = {one.unit.key: Decision("take") for one in found.free}
    return pages.take(actor, slug, source, found.source_text.number, decisions)


def decide(actor: Actor, choice: Any, *titles: str, slug: str = VARIANT, source: str = ORIGIN) -> Received:
    found = waiting(actor, slug, source)
    keys = {one.unit.key: Decision(choice) for one in found.waiting if one.title in titles}
    assert len(keys) == len(titles), [one.title for one in found.waiting]
    return pages.take(actor, slug, source, found.source_text.number, keys)


def titles(actor: Actor, slug: str = VARIANT, source: str = ORIGIN) -> list[str]:
    return [found.title for found in waiting(actor, slug, source).waiting]


def count(actor: Actor, slug: str = VARIANT) -> int:
    """How much waits: versions of the origin nobody looked at, and parts of it that were left for later."""
    standing = pages.standing(actor, pages.find(actor, slug))
    return standing.improvements + standing.left


# -- Making a variant --------------------------------------------------------------------------------------------------


def test_a_variant_continues_the_exact_revision_of_its_origin(cast: Cast) -> None:
    pages.create(cast.alice, RECIPE)
    change(cast.alice, ORIGIN, ("10 clés USB", "12 clés USB"))
    made = pages.fork(cast.bob, ORIGIN, "Brest")
    assert made.slug == VARIANT
    first, origin = newest(VARIANT), newest(ORIGIN)
    assert first.parent_id == origin.id
    assert pages.find(cast.bob, VARIANT).origin_id == origin.page_id
    fields = pages.parse(first.text).fields
    assert (fields["title"], fields["variant_of"], fields["license"]) == ("Copy party, Brest", ORIGIN, "CC BY-SA 4.0")
    assert pages.parse(first.text).body == pages.parse(origin.text).body


def test_the_same_form_sent_twice_makes_one_variant(cast: Cast, family: str) -> None:
    again = pages.fork(cast.bob, ORIGIN, "Brest")
    assert (again.slug, again.unchanged) == (family, True)


def test_a_variant_needs_a_few_words(cast: Cast, family: str) -> None:
    with pytest.raises(Invalid) as refusal:
        pages.fork(cast.bob, ORIGIN, "  ")
    assert refusal.value.problems[0].field == "twist"


def test_any_kind_of_page_may_have_variants(cast: Cast) -> None:
    pages.create(cast.alice, "# La charte\n\nOn partage.\n")
    made = pages.fork(cast.bob, "la-charte", "à Rennes")
    assert pages.find(cast.bob, made.slug).title == "La charte, à Rennes"
    assert newest(made.slug).parent_id == newest("la-charte").id
    assert titles(cast.bob, made.slug, "la-charte") == []


def test_whoever_may_not_write_makes_no_variant(make_app: Any, cast: Cast, family: str) -> None:
    with make_app(EDITING="members").app_context(), pytest.raises(Forbidden):
        pages.fork(cast.eve, ORIGIN, "Rennes")


def test_a_page_created_with_an_origin_in_its_text_continues_it(cast: Cast) -> None:
    pages.create(cast.alice, RECIPE)
    text = RECIPE.replace("title: Copy party", "title: Autre").replace("themes:", "variant_of: copy-party\nthemes:")
    made = pages.create(cast.bob, text)
    assert newest(made.slug).parent_id == newest(ORIGIN).id
    assert pages.find(cast.bob, made.slug).origin_id == pages.find(cast.bob, ORIGIN).id


# -- Taking ------------------------------------------------------------------------------------------------------------


def test_what_was_left_for_later_still_names_who_made_it_and_nobody_else(cast: Cast, family: str) -> None:
    change(cast.alice, ORIGIN, ("10 clés USB", "12 clés USB"))
    change(cast.ada, ORIGIN, ("dix voisines", "vingt voisines"))
    decide(cast.bob, "take", "Personnes")
    (one,) = waiting(cast.bob).waiting
    assert (one.title, [credit.author for credit in one.credits]) == ("Matériel", ["alice"])
    take_all(cast.bob)
    assert newest(VARIANT).comment == "Matériel (alice)"


def test_nothing_waits_in_a_new_family(cast: Cast, family: str) -> None:
    assert titles(cast.bob) == []
    assert titles(cast.alice, ORIGIN, VARIANT) == []
    assert count(cast.bob) == 0


def test_an_improvement_waits_with_who_made_it_and_is_taken_with_one_click(cast: Cast, family: str) -> None:
    change(cast.alice, ORIGIN, ("10 clés USB", "12 clés USB"))
    assert count(cast.bob) == 1
    (one,) = waiting(cast.bob).waiting
    assert (one.title, [credit.author for credit in one.credits]) == ("Matériel", ["alice"])
    outcome = take_all(cast.bob)
    assert (outcome.number, outcome.left) == (2, 0)
    text = newest(VARIANT)
    assert "12 clés USB" in text.text
    assert (text.author_name, text.merged_id, text.action) == ("bob", newest(ORIGIN).id, "take")
    assert "alice" in text.comment
    assert count(cast.bob) == 0


@pytest.mark.parametrize("later", [False, True])
def test_a_hidden_name_is_told_in_no_summary_even_of_who_may_read_it(cast: Cast, family: str, later: bool) -> None:
    change(cast.eve, ORIGIN, ("10 clés USB", "12 clés USB"), ("Une salle", "Une grande salle"))
    pages.hide(cast.mona, ORIGIN, 2, ["author"], "Un nom de famille")
    one, other = waiting(cast.mona).waiting
    if later:
        # What was left for later is credited to nobody's revision any more.
        decide(cast.mona, "take", other.title)
    decide(cast.mona, "take", one.title)
    assert cast.eve.name not in newest(VARIANT).comment
    assert "nom masqué" in newest(VARIANT).comment


def test_taking_twice_changes_nothing(cast: Cast, family: str) -> None:
    change(cast.alice, ORIGIN, ("10 clés USB", "12 clés USB"))
    found = waiting(cast.bob)
    decisions = {one.unit.key: Decision("take") for one in found.waiting}
    pages.take(cast.bob, VARIANT, ORIGIN, found.source_text.number, decisions)
    again = pages.take(cast.bob, VARIANT, ORIGIN, found.source_text.number, decisions)
    assert (again.number, again.unchanged) == (2, True)
    assert titles(cast.alice, ORIGIN, VARIANT) == []


@pytest.mark.any_database
def test_taking_a_part_leaves_the_rest_offered(cast: Cast, family: str) -> None:
    change(cast.alice, ORIGIN, ("10 clés USB", "12 clés USB"), ("Par affiche et par courriel.", "Par affiche."))
    assert decide(cast.bob, "take", "Matériel").left == 1
    assert titles(cast.bob) == ["Prévenir (1 mois avant)"]
    assert count(cast.bob) == 1
    assert "Par affiche et par courriel." in newest(VARIANT).text
    take_all(cast.bob)
    assert titles(cast.bob) == []
    assert "Par affiche.\n" in newest(VARIANT).text


def test_what_was_declined_is_not_asked_again_until_it_changes_again(cast: Cast, family: str) -> None:
    change(cast.alice, ORIGIN, ("10 clés USB", "12 clés USB"))
    outcome = decide(cast.bob, "decline", "Matériel")
    assert (outcome.unchanged, newest(VARIANT).number) == (True, 1)
    assert titles(cast.bob) == []
    assert count(cast.bob) == 0
    change(cast.alice, ORIGIN, ("des affiches", "des affiches en couleur"))
    assert titles(cast.bob) == ["Matériel"]
    take_all(cast.bob)
    assert "- 10 clés USB\n- 2 rallonges\n- des affiches en couleur" in newest(VARIANT).text


def test_what_changed_on_both_sides_is_asked(cast: Cast, family: str) -> None:
    change(cast.alice, ORIGIN, ("10 clés USB", "12 clés USB"))
    change(cast.bob, VARIANT, ("10 clés USB", "20 clés USB"))
    found = waiting(cast.bob)
    assert (len(found.free), len(found.contested)) == (0, 1)
    outcome = decide(cast.bob, "take", "Matériel")
    assert list(outcome.undecided) == [found.contested[0].unit.key]
    assert newest(VARIANT).number == 2


@pytest.mark.parametrize(
    ("choice", "line"),
    [("theirs", "- 12 clés USB\n- 2"), ("mine", "- 20 clés USB\n- 2"), ("both", "- 12 clés USB\n- 20 clés USB\n")],
)
def test_each_choice_on_a_contested_passage(cast: Cast, family: str, choice: str, line: str) -> None:
    change(cast.alice, ORIGIN, ("10 clés USB", "12 clés USB"))
    change(cast.bob, VARIANT, ("10 clés USB", "20 clés USB"))
    decide(cast.bob, choice, "Matériel")
    assert line in newest(VARIANT).text
    assert titles(cast.bob) == []


def test_an_answer_keeps_both_where_it_has_room_and_takes_nothing_else_along(cast: Cast, family: str) -> None:
    change(cast.alice, ORIGIN, ("  - communs", "  - communs\n  - partage"), ("Copier ensemble", "Copier à plusieurs"))
    change(cast.bob, VARIANT, ("  - communs", "  - communs\n  - quartier"), ("Copier ensemble", "Copier chez soi"))
    tagline, themes = waiting(cast.bob).contested
    assert (tagline.has_room_for_both, themes.has_room_for_both) == (False, True)
    found = waiting(cast.bob)
    outcome = pages.take(cast.bob, VARIANT, ORIGIN, found.source_text.number, {tagline.unit.key: Decision("both")})
    assert list(outcome.undecided) == [tagline.unit.key]
    decide(cast.bob, "both", themes.title)
    fields = pages.parse(newest(VARIANT).text).fields
    assert fields["themes"] == ["communs", "partage", "quartier"]
    assert fields["tagline"] == "Copier chez soi, légalement"


def test_a_choice_in_one_section_leaves_what_is_our_own_elsewhere(cast: Cast, family: str) -> None:
    # A section moved here and changed there makes the whole merge doubtful: all that changed is asked about.
    change(cast.alice, ORIGIN, ("- 2 rallonges\n", "- 3 rallonges\n"))
    text = newest(VARIANT).text
    material = text[text.index("## Matériel"):text.index("## Étapes")]
    moved = text.replace(material, "").replace("## Personnes", material + "## Personnes")
    saved(pages.save(cast.bob, VARIANT, moved.replace("dix voisines", "six voisines"), newest(VARIANT).number))
    pages.rename(cast.bob, VARIANT, "Copier à Brest")
    found = waiting(cast.bob, "copier-a-brest")
    decisions = {one.unit.key: Decision("theirs" if one.contested else "take") for one in found.waiting}
    pages.take(cast.bob, "copier-a-brest", ORIGIN, found.source_text.number, decisions)
    text = newest("copier-a-brest").text
    assert "title: Copier à Brest" in text
    assert text.count("## Matériel") == 1
    assert "- 3 rallonges" in text
    assert "six voisines" in text


def test_a_page_in_words_of_its_own_is_asked_whether_to_add_a_part_it_does_not_have(cast: Cast) -> None:
    pages.create(cast.alice, RECIPE)
    own = RECIPE.split("\nUne soirée")[0].replace("Copy party", "Nuit de la copie")
    pages.create(cast.bob, own + "\nUne nuit.\n\n## Il faut\n\n- des cartes mémoire\n\n## Déroulé\n\nOn copie.\n")
    pages.link(cast.bob, "nuit-de-la-copie", ORIGIN)
    tips = "\n## Coups de main\n\nDu café.\n"
    more = ("Par affiche et par courriel.\n", f"Par affiche.\n{tips}")
    change(cast.alice, ORIGIN, ("10 clés USB", "12 clés USB"), more)
    found = waiting(cast.bob, "nuit-de-la-copie")
    assert [(one.title, one.is_new, one.has_room_for_both) for one in found.waiting] == [
        ("Matériel", True, False), ("Prévenir (1 mois avant)", True, False), ("Coups de main", True, False),
    ]
    before = newest("nuit-de-la-copie").text
    decide(cast.bob, "theirs", "Coups de main", slug="nuit-de-la-copie")
    assert newest("nuit-de-la-copie").text == before + tips
    decide(cast.bob, "decline", "Matériel", "Prévenir (1 mois avant)", slug="nuit-de-la-copie")
    change(cast.alice, ORIGIN, ("Du café.", "Du thé."))
    assert titles(cast.bob, "nuit-de-la-copie") == ["Coups de main"]
    take_all(cast.bob, "nuit-de-la-copie")
    assert newest("nuit-de-la-copie").text == before + tips.replace("Du café", "Du thé")


def test_a_section_untouched_here_is_taken_with_one_click_whatever_became_of_its_neighbours(
    cast: Cast, family: str
) -> None:
    text = newest(VARIANT).text
    without = text[: text.index("## Étapes")].replace("dix voisines", "six voisines")
    saved(pages.save(cast.bob, VARIANT, without, newest(VARIANT).number))
    change(cast.alice, ORIGIN, ("- des affiches\n", "- 30 affiches\n"))
    assert [one.title for one in waiting(cast.bob).free] == ["Matériel"]
    take_all(cast.bob)
    assert newest(VARIANT).text == without.replace("- des affiches\n\n", "- 30 affiches\n")


def test_a_text_of_ones_own_for_a_contested_passage(cast: Cast, family: str) -> None:
    change(cast.alice, ORIGIN, ("10 clés USB", "12 clés USB"))
    change(cast.bob, VARIANT, ("10 clés USB", "20 clés USB"))
    found = waiting(cast.bob)
    key = found.contested[0].unit.key
    pages.take(cast.bob, VARIANT, ORIGIN, 2, {key: Decision("write", ("- 32 clés USB\n",))})
    assert "- 32 clés USB\n- 2 rallonges" in newest(VARIANT).text
    assert titles(cast.bob) == []


# -- Both ways ---------------------------------------------------------------------------------------------------------


def test_what_a_variant_took_is_not_offered_back(cast: Cast, family: str) -> None:
    change(cast.alice, ORIGIN, ("10 clés USB", "12 clés USB"))
    change(cast.bob, VARIANT, ("Par affiche et par courriel.", "Par affiche."))
    take_all(cast.bob)
    assert titles(cast.alice, ORIGIN, VARIANT) == ["Prévenir (1 mois avant)"]


def test_what_a_variant_declined_is_not_offered_back_as_a_change(cast: Cast, family: str) -> None:
    change(cast.alice, ORIGIN, ("10 clés USB", "12 clés USB"))
    decide(cast.bob, "decline", "Matériel")
    assert titles(cast.alice, ORIGIN, VARIANT) == []


def test_an_origin_that_takes_from_its_variant_leaves_nothing_to_take_there(cast: Cast, family: str) -> None:
    change(cast.bob, VARIANT, ("10 clés USB", "20 clés USB"))
    assert take_all(cast.alice, ORIGIN, VARIANT).number == 2
    assert "20 clés USB" in newest(ORIGIN).text
    assert titles(cast.bob) == []
    assert count(cast.bob) == 0
    change(cast.alice, ORIGIN, ("Une salle", "Une grande salle"))
    assert titles(cast.bob) == ["Choisir le lieu (2 mois avant)"]
    assert count(cast.bob) == 1


@pytest.mark.any_database
def test_siblings_take_from_each_other(cast: Cast, family: str) -> None:
    pages.fork(cast.eve, ORIGIN, "Rennes")
    change(cast.eve, "copy-party-rennes", ("des affiches", "des tracts"))
    assert titles(cast.bob, VARIANT, "copy-party-rennes") == ["Matériel"]
    take_all(cast.bob, VARIANT, "copy-party-rennes")
    assert "des tracts" in newest(VARIANT).text
    assert [page.slug for page in pages.siblings(cast.bob, pages.find(cast.bob, VARIANT))] == ["copy-party-rennes"]


@pytest.mark.any_database
def test_a_variant_of_a_variant_takes_from_its_grandparent(cast: Cast, family: str) -> None:
    pages.fork(cast.eve, VARIANT, "quartier nord")
    change(cast.alice, ORIGIN, ("10 clés USB", "12 clés USB"))
    grandchild = "copy-party-brest-quartier-nord"
    assert [page.slug for page in pages.ancestors(cast.eve, pages.find(cast.eve, grandchild))] == [VARIANT, ORIGIN]
    assert titles(cast.eve, grandchild, ORIGIN) == ["Matériel"]
    assert titles(cast.eve, grandchild, VARIANT) == []
    take_all(cast.bob)
    take_all(cast.eve, grandchild, ORIGIN)
    assert titles(cast.eve, grandchild, VARIANT) == []


def test_strangers_have_nothing_to_take(cast: Cast, family: str) -> None:
    pages.create(cast.alice, "# Autre\n\nTexte.\n")
    with pytest.raises(Invalid):
        waiting(cast.alice, VARIANT, "autre")


# -- Origins that change their state -----------------------------------------------------------------------------------


def test_a_renamed_origin_stays_the_origin(cast: Cast, family: str) -> None:
    pages.rename(cast.alice, ORIGIN, "Fête de la copie")
    origin = pages.standing(cast.bob, pages.find(cast.bob, VARIANT)).origin
    assert origin is not None
    assert origin.slug == "fete-de-la-copie"
    assert titles(cast.bob, VARIANT, "fete-de-la-copie") == []


def test_an_archived_origin_gives_nothing_away_and_comes_back_whole(cast: Cast, family: str) -> None:
    change(cast.alice, ORIGIN, ("10 clés USB", "12 clés USB"))
    pages.archive(cast.mona, ORIGIN)
    page = pages.find(cast.bob, VARIANT)
    assert pages.standing(cast.bob, page) == pages.Standing(None, 0, 0)
    assert pages.ancestors(cast.bob, page) == []
    assert pages.family(cast.bob, VARIANT).total == 1
    with pytest.raises(NotFound):
        waiting(cast.bob)
    with pytest.raises(NotFound):
        pages.take(cast.bob, VARIANT, ORIGIN, 2, {})
    assert pages.standing(cast.mona, page).origin is not None
    pages.unarchive(cast.mona, ORIGIN)
    assert titles(cast.bob) == ["Matériel"]


def test_a_protected_variant_takes_only_for_those_who_may_change_it(cast: Cast, family: str) -> None:
    change(cast.alice, ORIGIN, ("10 clés USB", "12 clés USB"))
    pages.protect(cast.mona, VARIANT, True)
    assert titles(cast.bob) == ["Matériel"]
    with pytest.raises(Forbidden):
        take_all(cast.bob)
    assert take_all(cast.mona).number == 2


def test_words_under_a_licence_that_forbids_it_are_not_taken(cast: Cast, family: str) -> None:
    change(cast.alice, ORIGIN, ("kind: recipe\n", "kind: recipe\nlicense: GFDL 1.3\n"), ("10 clés USB", "12 clés USB"))
    with pytest.raises(Invalid, match="GFDL"):
        take_all(cast.bob)
    assert newest(VARIANT).number == 1
    assert decide(cast.bob, "decline", "Matériel").left == 0


def test_what_an_origin_took_back_is_announced_no_more(cast: Cast, family: str) -> None:
    change(cast.alice, ORIGIN, ("10 clés USB", "12 clés USB"))
    assert (count(cast.bob), titles(cast.bob)) == (1, ["Matériel"])
    pages.undo(cast.alice, ORIGIN, 2)
    assert (count(cast.bob), titles(cast.bob)) == (0, [])
    change(cast.alice, ORIGIN, ("10 clés USB", "14 clés USB"))
    assert (count(cast.bob) > 0, titles(cast.bob)) == (True, ["Matériel"])
    pages.restore(cast.alice, ORIGIN, 1)
    assert (count(cast.bob), titles(cast.bob)) == (0, [])
    assert take_all(cast.bob).unchanged


def test_what_an_origin_took_back_after_it_was_taken_is_offered_back(cast: Cast, family: str) -> None:
    change(cast.alice, ORIGIN, ("10 clés USB", "12 clés USB"))
    take_all(cast.bob)
    pages.undo(cast.alice, ORIGIN, 2)
    assert (count(cast.bob), titles(cast.bob)) == (1, ["Matériel"])
    take_all(cast.bob)
    assert "10 clés USB" in newest(VARIANT).text
    assert (count(cast.bob), titles(cast.bob)) == (0, [])


def test_what_was_left_for_later_and_then_taken_back_is_announced_no_more(cast: Cast, family: str) -> None:
    change(cast.alice, ORIGIN, ("10 clés USB", "12 clés USB"), ("Par affiche et par courriel.", "Par affiche."))
    offered = titles(cast.bob)
    assert len(offered) == 2
    decide(cast.bob, "take", offered[0])
    assert count(cast.bob) == 1
    pages.restore(cast.alice, ORIGIN, 1)
    assert titles(cast.bob) == [offered[0]]
    take_all(cast.bob)
    assert (count(cast.bob), titles(cast.bob)) == (0, [])


def test_what_both_sides_changed_alike_is_announced_until_it_is_seen(cast: Cast, family: str) -> None:
    for actor, slug in ((cast.alice, ORIGIN), (cast.bob, VARIANT)):
        change(actor, slug, ("10 clés USB", "12 clés USB"))
    assert (count(cast.bob), titles(cast.bob)) == (1, [])
    pages.note_seen(cast.bob, VARIANT, ORIGIN)
    assert (count(cast.bob), titles(cast.bob)) == (0, [])
    change(cast.alice, ORIGIN, ("12 clés USB", "13 clés USB"))
    assert (count(cast.bob), titles(cast.bob)) == (1, ["Matériel"])
    pages.note_seen(cast.bob, VARIANT, ORIGIN)
    assert (count(cast.bob), titles(cast.bob)) == (1, ["Matériel"])


def test_a_protected_origin_is_taken_from_and_offered_to_as_before(cast: Cast, family: str) -> None:
    change(cast.alice, ORIGIN, ("10 clés USB", "12 clés USB"))
    pages.protect(cast.mona, ORIGIN, True)
    assert take_all(cast.bob).number == 2
    change(cast.bob, VARIANT, ("12 clés USB", "15 clés USB"))
    keys = [one.unit.key for one in waiting(cast.bob, ORIGIN, VARIANT).waiting]
    assert pages.offer(cast.bob, VARIANT, ORIGIN, keys, "Mieux").id > 0
    with pytest.raises(Forbidden):
        decide(cast.bob, "take", "Matériel", slug=ORIGIN, source=VARIANT)


@pytest.mark.parametrize("visibility", ["members", "draft"])
def test_an_origin_made_unreadable_gives_nothing_away_and_comes_back_whole(
    cast: Cast, family: str, visibility: str
) -> None:
    change(cast.alice, ORIGIN, ("10 clés USB", "12 clés USB"))
    pages.show_to(cast.alice, ORIGIN, visibility)
    standing = pages.standing(cast.eve, pages.find(cast.eve, VARIANT))
    assert (standing.origin, standing.improvements) == (None, 0)
    assert [one.page.slug for one in pages.family(cast.eve, VARIANT).relatives] == [VARIANT]
    assert pages.ancestors(cast.eve, pages.find(cast.eve, VARIANT)) == []
    for call in (waiting, take_all):
        with pytest.raises(NotFound):
            call(cast.eve)
    pages.show_to(cast.alice, ORIGIN, "public")
    assert (count(cast.eve), titles(cast.eve)) == (1, ["Matériel"])


# -- Links by hand -----------------------------------------------------------------------------------------------------


def test_an_existing_copy_becomes_a_variant_of_the_version_it_resembles_most(cast: Cast) -> None:
    pages.create(cast.alice, RECIPE)
    pages.create(cast.bob, RECIPE.replace("title: Copy party", "title: Copie du soir"))
    change(cast.alice, ORIGIN, ("10 clés USB", "12 clés USB"))
    pages.link(cast.bob, "copie-du-soir", ORIGIN)
    assert pages.parse(newest("copie-du-soir").text).fields["variant_of"] == ORIGIN
    assert titles(cast.bob, "copie-du-soir") == ["Matériel"]
    assert count(cast.bob, "copie-du-soir") == 1
    take_all(cast.bob, "copie-du-soir")
    assert "12 clés USB" in newest("copie-du-soir").text
    pages.unlink(cast.bob, "copie-du-soir")
    assert pages.standing(cast.bob, pages.find(cast.bob, "copie-du-soir")).origin is None
    assert "variant_of" not in pages.parse(newest("copie-du-soir").text).fields


def test_no_page_comes_from_itself_or_from_its_own_variants(cast: Cast, family: str) -> None:
    for origin in (ORIGIN, VARIANT):
        with pytest.raises(Invalid):
            pages.link(cast.alice, ORIGIN, origin)


# -- The family --------------------------------------------------------------------------------------------------------


@pytest.mark.any_database
def test_the_family_is_a_tree_in_pages(cast: Cast, family: str) -> None:
    for place in ("Lyon", "Rennes", "Vannes"):
        pages.fork(cast.alice, ORIGIN, place)
    pages.fork(cast.eve, VARIANT, "quartier nord")
    first = pages.family(cast.eve, VARIANT, 1, 3)
    assert [(one.page.slug, one.depth, one.variants) for one in first.relatives] == [
        ("copy-party", 0, 4), ("copy-party-brest", 1, 1), ("copy-party-brest-quartier-nord", 2, 0),
    ]
    assert (first.total, first.pages) == (6, 2)
    assert [one.page.slug for one in pages.family(cast.eve, VARIANT, 2, 3).relatives] == [
        "copy-party-lyon", "copy-party-rennes", "copy-party-vannes",
    ]


def test_verifying_finds_nothing_wrong_with_a_family(cast: Cast, family: str) -> None:
    change(cast.alice, ORIGIN, ("10 clés USB", "12 clés USB"))
    take_all(cast.bob)
    assert pages.verify() == []
