"""Several people write one page: what is joined, what is asked, and that nothing is ever lost."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask

from tests.conftest import Cast
from tests.pages.copy_party import FAR, RECIPE, TOUCHING, conflict, newest, saved
from wiki import pages
from wiki.accounts import Actor
from wiki.database import db
from wiki.errors import Forbidden, Invalid, NotFound
from wiki.pages import AlreadyExists, Conflict, Saved

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def copy_party(cast: Cast) -> str:
    return pages.create(cast.alice, RECIPE).slug


# -- Settling a conflict -----------------------------------------------------------------------------------------------


@pytest.fixture
def contested(cast: Cast, copy_party: str) -> Conflict:
    pages.save(cast.alice, copy_party, RECIPE.replace(*TOUCHING[0]).replace(*FAR[1]), 1)
    return conflict(pages.save(cast.bob, copy_party, RECIPE.replace(*TOUCHING[1]), 1))


def settle(actor: Actor, found: Conflict, choices: dict[int, str], **more: Any) -> Saved | Conflict:
    return pages.settle(actor, found.slug, found.mine, found.base, found.head, choices, **more)


def test_the_chosen_text_is_stored_and_the_rest_is_joined(cast: Cast, contested: Conflict) -> None:
    (index,) = contested.contested
    chosen = contested.chunks[index].mine
    outcome = settle(cast.bob, contested, {index: chosen}, comment="Quinze clés", minor=True)
    assert outcome == Saved("copy-party", 3)
    text = newest("copy-party")
    assert text.text == RECIPE.replace(*TOUCHING[1]).replace(*FAR[1])
    assert (text.comment, text.minor, text.base_number, text.author_name) == ("Quinze clés", True, 2, "bob")


def test_choosing_their_text_changes_nothing(cast: Cast, contested: Conflict) -> None:
    (index,) = contested.contested
    assert settle(cast.bob, contested, {index: contested.chunks[index].theirs}) == Saved(
        "copy-party", 2, unchanged=True
    )


def test_a_passage_nobody_chose_for_is_named_and_nothing_is_stored(cast: Cast, contested: Conflict) -> None:
    with pytest.raises(Invalid) as refusal:
        settle(cast.bob, contested, {})
    assert [problem.field for problem in refusal.value.problems] == [f"choice-{contested.contested[0]}"]
    assert newest("copy-party").number == 2


def test_a_third_person_far_away_during_the_choice_is_joined(cast: Cast, contested: Conflict) -> None:
    pages.save(cast.eve, "copy-party", newest("copy-party").text.replace("Une salle", "Une grande salle"), 2)
    (index,) = contested.contested
    outcome = saved(settle(cast.bob, contested, {index: "- 20 clés USB\n"}))
    assert outcome.merged_with == (cast.eve.name,)
    expected = RECIPE.replace("10 clés", "20 clés").replace(*FAR[1]).replace("Une salle", "Une grande salle")
    assert newest("copy-party").text == expected


def test_a_third_person_at_the_same_place_during_the_choice_is_asked_about_again(
    cast: Cast, contested: Conflict
) -> None:
    pages.save(cast.eve, "copy-party", newest("copy-party").text.replace("12 clés", "13 clés"), 2)
    (index,) = contested.contested
    again = conflict(settle(cast.bob, contested, {index: "- 20 clés USB\n"}))
    assert newest("copy-party").number == 3
    assert (again.base, again.head, again.authors) == (2, 3, (cast.eve.name,))
    (second,) = again.contested
    assert "13 clés" in again.chunks[second].theirs
    assert "20 clés" in again.chunks[second].mine
    outcome = saved(settle(cast.bob, again, {second: again.chunks[second].mine}))
    assert outcome.number == 4
    assert newest("copy-party").text == RECIPE.replace("10 clés", "20 clés").replace(*FAR[1])


def test_choices_sent_twice_are_stored_once(cast: Cast, contested: Conflict) -> None:
    (index,) = contested.contested
    settle(cast.bob, contested, {index: "- 20 clés USB\n"})
    assert settle(cast.bob, contested, {index: "- 20 clés USB\n"}) == Saved("copy-party", 3, unchanged=True)


@pytest.mark.parametrize(("base", "head"), [("", "2"), ("1", ""), ("1", "9"), ("-1", "2"), ("9", "9"), ("latest", "2")])
def test_choices_between_versions_that_do_not_exist_are_refused(
    cast: Cast, contested: Conflict, base: str, head: str
) -> None:
    for refuse in (
        lambda: pages.settle(cast.bob, "copy-party", contested.mine, base, head, {}),
        lambda: pages.reopen(cast.bob, "copy-party", contested.mine, base, head),
    ):
        with pytest.raises(Invalid):
            refuse()


def test_a_choice_that_breaks_a_rule_is_refused(cast: Cast, copy_party: str) -> None:
    pages.save(cast.alice, copy_party, RECIPE.replace("title: Copy party", "title: Fête"), 1)
    found = conflict(pages.save(cast.bob, copy_party, RECIPE.replace("title: Copy party", "title: Bal"), 1))
    with pytest.raises(Invalid) as refusal:
        settle(cast.bob, found, dict.fromkeys(found.contested, "title: \u202e\n"))
    assert refusal.value.problems[0].field == "title"
    assert newest(copy_party).number == 2


# -- Presence ----------------------------------------------------------------------------------------------------------


def test_those_who_have_a_page_open_see_each_other_and_not_themselves(cast: Cast, copy_party: str) -> None:
    page_id = pages.find(cast.alice, copy_party).id
    pages.note_presence(cast.alice, page_id)
    pages.note_presence(cast.eve, page_id)
    pages.note_presence(cast.eve, page_id)
    assert pages.present(page_id, except_for=cast.alice.key) == [cast.eve.name]
    assert pages.present(page_id, except_for=cast.eve.key) == ["alice"]
    assert set(pages.present(page_id, except_for=cast.bob.key)) == {"alice", cast.eve.name}


def test_presence_is_of_one_page_and_ends(cast: Cast, copy_party: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    from wiki.pages import presence

    page_id = pages.find(cast.alice, copy_party).id
    pages.note_presence(cast.alice, page_id)
    other_id = pages.find(cast.alice, pages.create(cast.alice, "# Autre\n").slug).id
    assert pages.present(other_id, except_for=cast.bob.key) == []
    later = presence.now() + timedelta(seconds=61)
    monkeypatch.setattr(presence, "now", lambda: later)
    assert pages.present(page_id, except_for=cast.bob.key) == []


# -- At the same time --------------------------------------------------------------------------------------------------


def together(app: Flask, *acts: Callable[[], Any]) -> list[Any]:
    """The outcomes, or errors, of acts begun at one moment in threads of their own."""
    start = Barrier(len(acts))
    db.session.rollback()

    def run(act: Callable[[], Any]) -> Any:
        with app.app_context():
            start.wait()
            try:
                return act()
            except (Invalid, Forbidden, NotFound) as error:
                return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.any_database
def test_two_people_who_create_one_title_at_once_make_one_page_and_nobody_is_told_a_lie(app: Flask, cast: Cast) -> None:
    for turn in range(3):
        texts = [f"# Page {turn}\n\nDe la part de {name}.\n" for name in "abcd"]
        actors = [cast.alice, cast.bob, cast.eve, cast.mona]
        outcomes = together(
            app,
            *(
                lambda actor=actor, text=text: pages.create(actor, text)
                for actor, text in zip(actors, texts, strict=True)
            ),
        )
        made = [index for index, outcome in enumerate(outcomes) if isinstance(outcome, Saved)]
        assert len(made) == 1
        assert all(isinstance(outcome, AlreadyExists) for index, outcome in enumerate(outcomes) if index not in made)
        assert newest(f"page-{turn}").text == texts[made[0]]
        assert newest(f"page-{turn}").number == 1


@pytest.mark.any_database
def test_one_form_sent_twice_at_once_makes_one_page_and_both_answers_lead_to_it(app: Flask, cast: Cast) -> None:
    outcomes = together(app, *[lambda: pages.create(cast.alice, RECIPE)] * 3)
    assert [outcome.slug for outcome in outcomes if isinstance(outcome, Saved)] == ["copy-party"] * 3
    assert newest("copy-party").number == 1


@pytest.mark.any_database
def test_people_who_save_at_once_never_lose_text(app: Flask, cast: Cast, copy_party: str) -> None:
    lines = ["une bibliothécaire", "10 clés USB", "Une salle", "Par affiche", "Une soirée"]
    actors = [cast.alice, cast.bob, cast.eve, cast.mona, cast.ada]
    outcomes = together(
        app,
        *(
            lambda actor=actor, line=line: pages.save(
                actor, copy_party, RECIPE.replace(line, f"{line} ({actor.name})"), 1
            )
            for actor, line in zip(actors, lines, strict=True)
        ),
    )
    assert all(isinstance(outcome, Saved) for outcome in outcomes)
    assert sorted(outcome.number for outcome in outcomes) == [2, 3, 4, 5, 6]
    text = newest(copy_party)
    assert text.number == 6
    assert all(f"{line} ({actor.name})" in text.text for actor, line in zip(actors, lines, strict=True))
    entries = pages.versions(cast.alice, pages.find(cast.alice, copy_party))
    assert [entry.parent_id for entry in entries[:-1]] == [entry.id for entry in entries[1:]]


@pytest.mark.any_database
def test_of_those_who_change_one_line_at_once_one_is_stored_and_the_others_are_asked(
    app: Flask, cast: Cast, copy_party: str
) -> None:
    actors = [cast.alice, cast.bob, cast.eve]
    outcomes = together(
        app,
        *(
            lambda actor=actor: pages.save(actor, copy_party, RECIPE.replace("10 clés", f"{actor.name} clés"), 1)
            for actor in actors
        ),
    )
    (index,) = [index for index, outcome in enumerate(outcomes) if isinstance(outcome, Saved)]
    assert f"{actors[index].name} clés" in newest(copy_party).text
    for actor, outcome in zip(actors, outcomes, strict=True):
        if isinstance(outcome, Conflict):
            assert f"{actor.name} clés" in outcome.mine
            assert outcome.authors == (actors[index].name,)


@pytest.mark.any_database
def test_two_renames_to_one_title_at_once_leave_two_pages(app: Flask, cast: Cast) -> None:
    for name in ("Un", "Deux"):
        pages.create(cast.alice, f"# {name}\n")
    outcomes = together(
        app,
        lambda: pages.rename(cast.alice, "un", "Trois"),
        lambda: pages.rename(cast.bob, "deux", "Trois"),
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyExists", "Saved"]
    assert {info.slug for info in pages.listing(cast.alice, "article").rows} in ({"trois", "un"}, {"trois", "deux"})


@pytest.mark.any_database
def test_somebody_present_twice_at_once_is_present_once(app: Flask, cast: Cast, copy_party: str) -> None:
    page_id = pages.find(cast.alice, copy_party).id
    assert together(app, *[lambda: pages.note_presence(cast.alice, page_id)] * 4) == [None] * 4
    assert pages.present(page_id, except_for="") == ["alice"]


def test_random_saves_from_random_bases_never_lose_an_acknowledged_line(cast: Cast) -> None:
    seed = random.SystemRandom().randrange(10**9)
    print(f"seed {seed}")
    source = random.Random(seed)
    body = "".join(f"## Partie {number}\n\nLigne {number}.\n\n" for number in range(12))
    slug = pages.create(cast.alice, f"# Au hasard\n\n{body}").slug
    texts = {1: newest(slug).text}
    acknowledged: list[str] = []
    for turn in range(30):
        base = source.choice(list(texts))
        words = f"Ajout {turn}."
        part = source.randrange(12)
        text = texts[base].replace(f"## Partie {part}\n\n", f"## Partie {part}\n\n{words}\n\n")
        outcome = pages.save(source.choice([cast.alice, cast.bob, cast.eve]), slug, text, base)
        if isinstance(outcome, Saved):
            acknowledged.append(words)
            texts[outcome.number] = newest(slug).text
        else:
            assert words in outcome.mine
        assert all(line in newest(slug).text for line in acknowledged), (seed, turn)
    assert acknowledged
