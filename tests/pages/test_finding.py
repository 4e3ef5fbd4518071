"""The search index as a projection of the pages: fed by saves, healed by itself, silent on what is archived."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, select

from tests.conftest import Cast
from wiki import pages
from wiki.accounts import GUEST
from wiki.database import db, write_transaction
from wiki.pages import Query, indexing, looking
from wiki.pages.models import ClosedWord, SearchTask
from wiki.search import IndexUnavailable, Near

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
EVENT = """---
kind: event
title: {title}
sessions:
  - {day}
place: {place}
geo: {geo}
organizers:
  - April
themes:
  - accessibilite
---

## Récit

{story}
"""


def event(
    title: str,
    day: str = "2010-12-04",
    place: str = "Paris",
    geo: str = "48.876, 2.359",
    story: str = "Une sortie.",
) -> str:
    return EVENT.format(title=title, day=day, place=place, geo=geo, story=story)


@pytest.fixture
def library(context: None, cast: Cast) -> Cast:
    theme = "---\nkind: theme\ntitle: Accessibilité\nsynonyms:\n  - rampe\n---\n\nPour toutes et tous.\n"
    pages.create(cast.alice, theme)
    pages.create(cast.alice, event("Cartopartie de Paris"))
    pages.create(cast.alice, event("Cartopartie de Vern", "2012-03-03", "Vern-sur-Seiche", "48.045, -1.602"))
    pages.create(cast.alice, event("Grande veillée", "2030-01-01", "Rennes", "48.117, -1.678", "On y lit des contes."))
    pages.reindex()
    return cast


def titles(**asked: object) -> list[str]:
    found = pages.look_for(GUEST, Query(at=NOW, **asked))  # type: ignore[arg-type]
    assert found.from_index
    return [row.title for row in found.rows]


def test_a_word_without_its_accents_finds_the_page(library: Cast) -> None:
    assert "Accessibilité" in titles(words="accessibilite")
    assert titles(words="veillee") == ["Grande veillée"]


def test_a_synonym_of_a_theme_finds_the_theme_and_what_carries_it(library: Cast) -> None:
    assert set(titles(words="rampe")) >= {"Accessibilité", "Cartopartie de Paris"}


def test_past_and_coming_are_told_apart(library: Cast) -> None:
    assert titles(when="coming") == ["Grande veillée"]
    assert titles(when="past", order="newest") == ["Cartopartie de Vern", "Cartopartie de Paris"]


def test_an_event_is_past_once_its_day_is_over_where_it_is_held(library: Cast) -> None:
    pages.create(library.alice, event("Soirée", "2026-11-22 America/Montreal", "Montréal", "45.51, -73.56"))
    pages.reindex()
    for hour, when, other in ((4, "coming", "past"), (5, "past", "coming")):
        at = datetime(2026, 11, 23, hour, tzinfo=UTC)
        for asked, holds in ((when, True), (other, False)):
            found = pages.look_for(GUEST, Query(when=asked, at=at))
            listed = pages.listing(GUEST, "event", when=asked, at=at)
            assert ("Soirée" in [row.title for row in found.rows]) is holds
            assert ("Soirée" in [row.title for row in listed.rows]) is holds


def test_filters_narrow_each_other_and_are_counted(library: Cast) -> None:
    found = pages.look_for(
        GUEST, Query(facets={"theme": ("accessibilite",), "year": ("2012",)}, counted=("city",), at=NOW)
    )
    assert [row.title for row in found.rows] == ["Cartopartie de Vern"]
    assert dict(found.facets["city"]) == {"Vern-sur-Seiche": 1}


def test_a_place_is_known_by_the_gazetteer_or_by_what_pages_say_of_it(library: Cast) -> None:
    pages.create(library.alice, event("Fête du hameau", place="Trou-Perdu-le-Vieux", geo="48.5, -3.5"))
    assert pages.centre_of(GUEST, "rennes") == pytest.approx((48.117, -1.678), abs=0.05)
    assert pages.centre_of(GUEST, "Grenoble") == pytest.approx((45.19, 5.73), abs=0.05)
    assert pages.centre_of(GUEST, "trou-perdu-le-vieux") == pytest.approx((48.5, -3.5))
    assert pages.centre_of(GUEST, "Nulle-Part-en-Brume") is None


def test_a_save_reaches_the_index_with_the_next_drain(library: Cast) -> None:
    saved = pages.save(library.alice, "grande-veillee", event("Grande veillée", story="On y chante."), 1)
    assert saved
    assert titles(words="chante") == []
    assert indexing.drain() == 1
    assert titles(words="chante") == ["Grande veillée"]
    assert indexing.drain() == 0


def test_a_save_is_found_at_once_though_hundreds_of_pages_wait_for_the_index(library: Cast) -> None:
    waiting = pages.look_for(GUEST, Query(words="accessibilité")).rows[0].id
    with write_transaction() as session:
        session.execute(insert(SearchTask), [{"page_id": waiting}] * 300)
    pages.create(library.alice, event("Fête des lampions", "2027-06-01"))
    assert "Fête des lampions" not in titles(words="lampions")
    before = db.session.scalar(select(func.count(SearchTask.id)))
    db.session.rollback()
    assert indexing.drain() == 50
    assert titles(words="lampions") == ["Fête des lampions"]
    left = db.session.scalars(select(SearchTask.id).order_by(SearchTask.id)).all()
    db.session.rollback()
    assert (before, len(left)) == (301, 251)
    while indexing.drain():
        pass
    assert not indexing.index_differences()


def test_an_archived_page_gives_nothing_away_at_once(library: Cast) -> None:
    pages.archive(library.mona, "grande-veillee")
    for _drained in (False, True):
        found = pages.look_for(GUEST, Query(words="veillée", counted=("city",), at=NOW))
        assert found.rows == []
        assert found.total == 0
        assert "Rennes" not in dict(found.facets.get("city", ()))
        assert all(hit.title != "Grande veillée" for hit in pages.suggest(GUEST, "grande"))
        indexing.drain()
    pages.unarchive(library.mona, "grande-veillee")
    indexing.drain()
    assert titles(words="veillée") == ["Grande veillée"]


def test_a_lost_index_is_replaced_by_the_database_and_can_be_built_again(library: Cast, app: Flask) -> None:
    shutil.rmtree(Path(app.config["WIKI"]["DATA"]) / "index")
    found = pages.look_for(GUEST, Query(words="veillée", at=NOW))
    assert not found.from_index
    assert [row.title for row in found.rows] == ["Grande veillée"]
    assert pages.reindex() == 4
    assert titles(words="veillée") == ["Grande veillée"]


def test_without_an_index_the_agenda_of_an_edition_is_still_its_own(context: None, cast: Cast) -> None:
    pages.create(cast.alice, "---\nkind: edition\ntitle: Le mois\nstarts_on: '2013'\n---\n")
    plan = (("Une", "le-mois", "Brest"), ("Deux", "le-mois", "Lyon"), ("Trois", "autre", "Brest"))
    for title, edition, place in plan:
        told = event(title, place=place)
        pages.create(cast.alice, told.replace("---\n\n", f"edition: {edition}\n---\n\n", 1))

    def found(**facets: str) -> list[str]:
        asked = {name: (value,) for name, value in facets.items()}
        answer = pages.look_for(GUEST, Query(facets={"kind": ("event",), **asked}, at=NOW))
        assert not answer.from_index
        return sorted(row.title for row in answer.rows)

    assert found(edition="le-mois") == ["Deux", "Une"]
    assert found(edition="le-mois", city="Brest") == ["Une"]
    assert found(edition="nulle-part") == []
    for when, titles_then in (("past", ["Deux", "Une"]), ("coming", [])):
        answer = pages.look_for(GUEST, Query(facets={"edition": ("le-mois",)}, when=when, at=NOW))
        assert sorted(row.title for row in answer.rows) == titles_then


def test_without_an_index_every_filter_of_the_agenda_holds_as_with_one(context: None, cast: Cast) -> None:
    theme = "---\nkind: theme\ntitle: {}\n{}---\n"
    pages.create(cast.alice, theme.format("Accessibilité", "parent: ville\n"))
    pages.create(cast.alice, theme.format("Ville", ""))
    plan = (
        ("Une", "2012-12-30/2013-01-02", "Brest", "48.39, -4.49", "themes:\n  - accessibilite\n"),
        ("Deux", "2013-10-12", "Lyon", "45.76, 4.84", "country: FR\nattendance: 12\n"),
        ("Trois", "2013-10", "Quimper", "", "organizers:\n  - Infini\n"),
        ("Quatre", "2014-03-01T20:00/2014-03-02T01:00", "Bruxelles", "50.85, 4.35", "country: BE\nformat: atelier\n"),
    )
    for title, when, place, geo, more in plan:
        point = f"geo: {geo}\n" if geo else ""
        pages.create(
            cast.alice,
            f"---\nkind: event\ntitle: {title}\nsessions:\n  - {when}\nplace: {place}\n{point}{more}---\n\nUn mot.\n",
        )
    queries = [
        Query(near=Near(48.39, -4.49, 80), at=NOW),
        Query(near=Near(48.39, -4.49, 10), at=NOW),
        Query(since="2013-10-12", at=NOW),
        Query(since="2013-01", until="2013-09", at=NOW),
        Query(until="2012", at=NOW),
        *(
            Query(facets={name: values}, at=NOW)
            for name, values in {
                "region": ("Bretagne",), "year": ("2013",), "country": ("FR",), "month": ("10",), "theme": ("ville",),
                "report": ("yes",), "format": ("atelier", "balade"), "collective": ("infini",), "city": ("Lyon",),
            }.items()
        ),
    ]  # fmt: skip

    def answers(from_index: bool) -> list[set[str]]:
        found = [pages.look_for(GUEST, replace(query, order="oldest")) for query in queries]
        assert all(one.from_index is from_index and not one.unapplied for one in found)
        return [{row.title for row in one.rows if row.kind == "event"} for one in found]

    plain = answers(from_index=False)
    assert plain[0] == {"Une", "Trois"}
    assert plain[5] == {"Une", "Trois"}
    pages.reindex()
    assert plain == answers(from_index=True)


def test_without_an_index_the_newest_still_come_first_and_what_cannot_be_asked_is_named(
    context: None, cast: Cast
) -> None:
    for title, when in (("Une", "2013-10-12"), ("Deux", "2014-01-01"), ("Avant", "2011")):
        pages.create(cast.alice, event(title, when))
    found = pages.look_for(GUEST, Query(order="newest", facets={"licence": ("CC0 1.0",)}, at=NOW))
    assert [row.title for row in found.rows] == ["Deux", "Une", "Avant"]
    assert found.unapplied == ["licence"]


def test_a_save_goes_on_without_an_index(context: None, cast: Cast) -> None:
    assert pages.create(cast.eve, event("Sans index")).number == 1
    with pytest.raises(IndexUnavailable):
        indexing.drain()
    assert indexing.waiting()


def test_the_index_agrees_with_the_pages_after_edits(library: Cast) -> None:
    pages.save(library.alice, "cartopartie-de-paris", event("Cartopartie de Paris", story="Autre récit."), 1)
    pages.archive(library.mona, "cartopartie-de-vern")
    indexing.drain()
    assert pages.index_differences() == []


def test_the_passage_that_answers_is_marked(library: Cast) -> None:
    found = pages.look_for(GUEST, Query(words="contes", at=NOW))
    parts = found.excerpts[found.rows[0].id]
    assert ("contes", True) in parts


def test_a_circle_of_themes_ends(context: None, cast: Cast) -> None:
    for title, parent in (("Un", "deux"), ("Deux", "un")):
        pages.create(cast.alice, f"---\nkind: theme\ntitle: {title}\nparent: {parent}\n---\n\nMot.\n")
    # What carries a theme stands under all those above it.
    pages.create(cast.alice, "---\nkind: recipe\ntitle: Trois\nthemes:\n  - un\n---\n\nMot.\n")
    assert pages.reindex() == 3


CLOSED = "---\nkind: article\ntitle: Journal\n---\n\nLe zygomatique est caché dans l'armoire. Rien d'autre.\n"


@pytest.fixture
def journal(library: Cast) -> Cast:
    """A page for members, with words no other page has."""
    pages.create(library.alice, CLOSED)
    pages.show_to(library.alice, "journal", "members")
    pages.reindex()
    return library


FOUND = ["zygomatiques", "zygomatique armoire", '"caché dans l\'armoire"', "armoire -grenier"]
NOT_FOUND = ["zygomatique -armoire", '"armoire cachée"', "zygomatique grenier", "-armoire", "le la"]


@pytest.mark.parametrize("words", FOUND)
def test_members_find_the_words_of_pages_for_members(journal: Cast, words: str) -> None:
    found = pages.look_for(journal.bob, Query(words=words))
    assert [page.title for page in found.closed] == ["Journal"]
    assert found.rows == []
    if "zygo" in words:
        assert any(marked and "zygomatique" in text for text, marked in found.excerpts[found.closed[0].id])


@pytest.mark.parametrize("words", NOT_FOUND)
def test_what_a_page_for_members_does_not_say_does_not_find_it(journal: Cast, words: str) -> None:
    assert not pages.look_for(journal.bob, Query(words=words)).closed


@pytest.mark.parametrize("words", [*FOUND, "zygomatik", "Journal", "zygomatique cartopartie"])
def test_a_page_for_members_gives_guests_nothing_away(journal: Cast, words: str) -> None:
    asked = Query(words=words, counted=("kind", "theme"))
    before = {kept.title for kept in pages.look_for(GUEST, Query()).rows}
    for actor in (GUEST, journal.eve):
        found = pages.look_for(actor, asked)
        assert not found.closed
        assert "Journal" not in [row.title for row in found.rows]
        assert found.suggestion is None or "zygomatique" not in found.suggestion
        assert "zygomatique " not in repr(found.excerpts)
        assert dict(found.facets["kind"]).get("article") is None
    assert "Journal" not in before
    assert not [hit for hit in pages.suggest(GUEST, "journ") if hit.title == "Journal"]


def test_drafts_are_found_by_their_words_by_who_wrote_them_alone(journal: Cast) -> None:
    pages.show_to(journal.alice, "journal", "draft")
    assert pages.look_for(journal.alice, Query(words="zygomatique")).closed
    assert not pages.look_for(journal.bob, Query(words="zygomatique")).closed
    assert not pages.look_for(journal.ada, Query(words="zygomatique")).closed


CAVE = """---
kind: event
title: Caverne
place: Quimper
themes:
  - accessibilite
sessions:
  - 2013-10-12
---

Un bric-à-brac hétéroclite dans un bocal.
"""


@pytest.fixture
def archives(library: Cast) -> Cast:
    """Pages for members that nobody has opened yet, more than are read whole for a phrase."""
    texts = [CAVE, *(CLOSED.replace("Journal", f"Note {number}") for number in range(3))]
    for text in texts:
        pages.create(library.alice, text, visibility="members")
    return library


def address_of_the_cave(cast: Cast) -> str:
    return pages.look_for(cast.alice, Query(words="caverne")).closed[0].slug


def found_closed(cast: Cast, words: str, **asked: object) -> list[str]:
    asked_by = {actor: pages.look_for(actor, Query(words=words, at=NOW, **asked)) for actor in (GUEST, cast.bob)}  # type: ignore[arg-type]
    assert not asked_by[GUEST].closed
    return [page.title for page in asked_by[cast.bob].closed]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("hétéroclites", ["Caverne"]),
        ("heteroclite caverne", ["Caverne"]),
        ("bric a brac quimper", ["Caverne"]),
        ("accessibilité bocal", ["Caverne"]),
        ("hétéroclite -bocal", []),
        ('"dans un bocal"', ["Caverne"]),
        ('"bocal hétéroclite"', []),
        ("armoires", ["Note 2", "Note 1", "Note 0"]),
        ("heterogene", []),
    ],
)
def test_a_page_for_members_is_found_by_every_word_from_its_save_on(
    archives: Cast, monkeypatch: pytest.MonkeyPatch, words: str, expected: list[str]
) -> None:
    monkeypatch.setattr(looking, "READ_WHOLE", 2)
    assert found_closed(archives, words) == expected


def test_the_words_of_a_page_for_members_follow_each_edit_and_who_may_read_it(archives: Cast) -> None:
    pages.save(archives.alice, address_of_the_cave(archives), CAVE.replace("bocal", "seau"), 1)
    assert found_closed(archives, "bocal") == []
    assert found_closed(archives, "seau") == ["Caverne"]
    slug = pages.show_to(archives.alice, address_of_the_cave(archives), "public")
    assert found_closed(archives, "seau") == []
    assert not db.session.scalars(select(ClosedWord.form).where(ClosedWord.form == "seau")).all()
    slug = pages.show_to(archives.alice, slug, "draft")
    assert found_closed(archives, "seau") == []
    assert pages.look_for(archives.alice, Query(words="seau")).closed
    pages.show_to(archives.alice, slug, "members")
    assert found_closed(archives, "seau") == ["Caverne"]
    pages.archive(archives.mona, slug)
    assert not pages.look_for(archives.alice, Query(words="seau")).closed


def test_filters_narrow_what_is_found_for_members_too(archives: Cast) -> None:
    for facets, expected in (
        ({"theme": ("accessibilite",)}, ["Caverne"]),
        ({"theme": ("ville",)}, []),
        ({"kind": ("event",), "year": ("2013",), "city": ("Quimper",)}, ["Caverne"]),
        ({"kind": ("article",)}, []),
    ):
        assert found_closed(archives, "bocal", facets=facets) == expected
    assert found_closed(archives, "bocal", when="past") == ["Caverne"]
    assert found_closed(archives, "bocal", since="2014") == []


def test_the_words_of_pages_for_members_are_verified_and_computed_anew(archives: Cast) -> None:
    with write_transaction() as session:
        session.execute(delete(ClosedWord).where(ClosedWord.form == "bocal"))
        session.execute(insert(ClosedWord).values(form="zinc", page_id=pages.find(GUEST, "accessibilite").id))
    assert len([finding for finding in pages.verify() if "closed_words" in finding.what]) == 2
    pages.rebuild()
    assert not [finding for finding in pages.verify() if "closed_words" in finding.what]
    assert found_closed(archives, "bocal") == ["Caverne"]


def test_letters_that_grow_when_they_are_folded_are_kept_and_found(library: Cast) -> None:
    endless = "\ufdfa" * 60
    pages.create(library.alice, CLOSED.replace("zygomatique", endless), visibility="members")
    assert found_closed(library, endless) == ["Journal"]
