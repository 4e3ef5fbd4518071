"""Events from another agenda: what each would become, what is here already, and making them all or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from flask import Flask

from tests.conftest import Cast
from tests.pages.test_queries import counted
from wiki import agenda, history, pages
from wiki.accounts import GUEST
from wiki.agenda import SAMPLE, Draft
from wiki.errors import Forbidden, Invalid, WikiError
from wiki.pages import Candidate, Shared, import_events, weigh

pytestmark = pytest.mark.usefixtures("context")

THEME = "---\nkind: theme\ntitle: Biens communs\n---\n\nCe qui est à tout le monde.\n"
EDITION = "---\nkind: edition\ntitle: Villes en biens communs\nstarts_on: '2013'\n---\n\n## Appel\n\nVenez.\n"
RECIPE = "---\nkind: recipe\ntitle: Copy party\ntagline: On copie.\n---\n\n## Étapes\n\n### 1. Copier\n"


def draft(title: str = "Atelier", line: int = 2, **values: Any) -> Draft:
    return Draft(line, {"title": title, "sessions": ["2013-10-12"], "place": "Brest", **values})


def look(cast: Cast, *drafts: Draft, shared: Shared = Shared(), host: str = "") -> list[Candidate]:
    return weigh(cast.alice, drafts, shared, host)


def make(cast: Cast, *drafts: Draft, **more: Any) -> Sequence[tuple[str, str]]:
    return import_events(cast.alice, look(cast, *drafts), "agenda.csv", **more).created


def read(text: str, name: str = "agenda.csv") -> Sequence[Draft]:
    return agenda.read(text.encode(), name, most=300, zone="Europe/Paris").drafts


class TestWhatEachWouldBecome:
    def test_looking_writes_nothing(self, cast: Cast) -> None:
        look(cast, draft())
        assert pages.counts(cast.alice) == {}

    @pytest.mark.parametrize(
        ("place", "shown"),
        [
            ("Montréal", "2013-10-12T14:00/2013-10-12T16:30 America/Toronto"),
            ("Grande Bibliothèque, 475 boulevard De Maisonneuve, Montréal",
             "2013-10-12T14:00/2013-10-12T16:30 America/Toronto"),
            ("Brest", "2013-10-12T20:00/2013-10-12T22:30"),
            ("Bruxelles", "2013-10-12T20:00/2013-10-12T22:30"),
            ("Nulle part", "2013-10-12T20:00/2013-10-12T22:30"),
        ],
    )  # fmt: skip
    def test_universal_time_is_put_on_the_clocks_of_the_place(self, cast: Cast, place: str, shown: str) -> None:
        (one,) = look(cast, *read(
            "BEGIN:VCALENDAR\nX-WR-TIMEZONE:UTC\nBEGIN:VEVENT\nUID:1\nSUMMARY:Atelier\nDTSTART:20131012T180000Z\n"
            f"DTEND:20131012T203000Z\nLOCATION:{place.replace(',', chr(92) + ',')}\nEND:VEVENT\nEND:VCALENDAR\n",
            "agenda.ics",
        ))  # fmt: skip
        assert one.dates == [shown]

    def test_the_sample_table_has_nothing_wrong(self, cast: Cast) -> None:
        candidates = weigh(cast.alice, read(SAMPLE))
        assert len(candidates) == 3
        assert all(one.proposed and not one.notes for one in candidates)

    def test_themes_recipes_and_editions_are_those_of_this_wiki_and_other_words_are_free(self, cast: Cast) -> None:
        for text in (THEME, EDITION, RECIPE):
            pages.create(cast.alice, text)
        (one,) = look(cast, draft(
            themes=["biens COMMUNS", "cuisine", "Copy party"], recipes=["Copy-party", "inconnue"],
            edition="villes en biens communs",
        ))  # fmt: skip
        fields = one.document.fields
        assert (fields["themes"], fields["tags"]) == (["biens-communs"], ["cuisine", "Copy party"])
        assert (fields["recipes"], fields["edition"]) == (["copy-party"], "villes-en-biens-communs")
        assert one.named["themes"] == ["Biens communs"]
        assert len(one.notes) == 1
        assert "inconnue" in one.notes[0]

    def test_an_edition_that_is_none_is_noted_in_a_file_and_refused_for_all(self, cast: Cast) -> None:
        pages.create(cast.alice, THEME)
        (one,) = look(cast, draft(edition="Biens communs"))
        assert one.proposed
        assert "edition" not in one.document.fields
        assert "Biens communs" in one.notes[0]
        with pytest.raises(Invalid) as refused:
            look(cast, draft(), shared=Shared(edition="Biens communs", themes=["rien"], dates="30 février 2013"))
        assert [problem.field for problem in refused.value.problems] == ["edition", "themes", "dates"]

    def test_what_holds_for_all_is_added_to_each(self, cast: Cast) -> None:
        for text in (THEME, EDITION):
            pages.create(cast.alice, text)
        shared = Shared("Villes en biens communs", ["Biens communs"], "octobre 2013")
        one, other = look(cast, draft(sessions=[]), draft("Autre", 3), shared=shared)
        assert one.dates == ["2013-10"]
        assert other.dates == ["2013-10-12"]
        for candidate in (one, other):
            assert candidate.document.fields["edition"] == "villes-en-biens-communs"
            assert candidate.document.fields["themes"] == ["biens-communs"]

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"title": ""}, "titre"),
            ({"sessions": []}, "date"),
            ({"sessions": ["30 février 2013"]}, "30 février"),
            ({"sessions": ["0000-01-01"]}, "quatre chiffres"),
            ({"sessions": ["99999-01-01"]}, "quatre chiffres"),
            ({"sessions": ["2013-10-12T14:00/2013-10-12T12:00"]}, "fin vient avant"),
            ({"sessions": ["2013-10-12T14:00 Nulle/Part"]}, "Nulle/Part"),
            ({"sessions": [f"2013-10-12T{hour // 60:02}:{hour % 60:02}" for hour in range(1000)]}, "1000"),
            ({"kind": "edition"}, "autre type"),
            ({"text": "a" * 300_000}, "caractères"),
        ],
    )
    def test_what_no_event_can_be_without_is_asked_for_in_words(
        self, cast: Cast, values: dict[str, Any], words: str
    ) -> None:
        (one,) = look(cast, draft(**values))
        assert not one.possible
        assert words in " ".join(one.problems).replace("\u202f", " ").replace("1 000", "1000")
        with pytest.raises(AssertionError):
            assert import_events(cast.alice, [one], "a.csv").created

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"geo": "91, 2"}, "geo"), ({"geo": "2, 181"}, "geo"), ({"geo": "ici"}, "geo"),
            ({"source_urls": ["javascript:alert(1)"]}, "source_urls"), ({"format": "bal masqué"}, "format"),
            ({"attendance": "beaucoup"}, "attendance"), ({"country": "Groland"}, "country"),
            ({"address": "a" * 5000}, "address"), ({"state": "bof"}, "state"),
        ],
    )  # fmt: skip
    def test_what_else_cannot_be_taken_is_left_out_and_told(
        self, cast: Cast, values: dict[str, Any], field: str
    ) -> None:
        (one,) = look(cast, draft(**values), shared=Shared(locate=False))
        assert one.proposed
        assert field not in one.document.fields
        assert len(one.notes) == 1

    @pytest.mark.parametrize("number", ["9" * 400, "-" + "9" * 400, "1e400", "1e300", "361", "181", "-180.5"])
    @pytest.mark.parametrize("file", ["a.geojson", "a.csv", "a.ics"])
    def test_a_position_on_no_globe_is_left_out_and_told_and_the_event_stays(
        self, cast: Cast, number: str, file: str
    ) -> None:
        text = {
            "a.geojson": '{"type": "Feature", "properties": {"name": "Atelier", "date": "2013"},'
            f' "geometry": {{"type": "Point", "coordinates": [{number}, 48.4]}}}}',
            "a.csv": f"titre;date;latitude;longitude\nAtelier;2013;48.4;{number}\n",
            "a.ics": "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Atelier\nDTSTART:20131012\n"
            f"GEO:48.4;{number}\nEND:VEVENT\nEND:VCALENDAR\n",
        }[file]
        (one,) = look(cast, *read(text, file))
        assert one.possible
        assert "geo" not in one.document.fields
        assert "Laissé de côté" in one.notes[0]

    @pytest.mark.parametrize("name", ["prix", "participants", "latitude", "durée", "heure", "date", "inscription"])
    def test_a_number_of_hundreds_of_digits_is_refused_in_words_wherever_it_stands(self, cast: Cast, name: str) -> None:
        for number in ("9" * 400, "-" + "9" * 4000, "1" + "0" * 400 + ",5", "9" * 400 + " h"):
            (one,) = look(cast, *read(f"titre;{name};jour\nAtelier;{number};2013\n"))
            assert one.possible or one.problems

    def test_a_long_title_is_cut_between_words_and_that_is_told(self, cast: Cast) -> None:
        (one,) = look(cast, draft("mot " * 60))
        assert one.proposed
        assert len(one.document.title) <= 120
        assert one.notes

    @pytest.mark.parametrize(
        ("written", "place"),
        [
            ("Brest, BU Lettres", "Brest, BU Lettres"),
            ("BU Lettres, 20 rue Duquesne, 29200 Brest, France", "Brest, BU Lettres"),
            ("Bibliothèque Mordecai-Richler, 5434 Av. du Parc, Montréal, QC H2V 4G7, Canada",
             "Montréal, Bibliothèque Mordecai-Richler"),
            ("Chez Lise", "Chez Lise"),
        ],
    )  # fmt: skip
    def test_the_city_comes_first_as_places_are_written_here(self, cast: Cast, written: str, place: str) -> None:
        (one,) = look(cast, draft(place=written))
        assert one.document.fields["place"] == place

    def test_a_city_gives_a_position_unless_there_is_one_or_none_is_wished(self, cast: Cast) -> None:
        with_city, with_point = look(cast, draft(), draft("Autre", 3, geo="48.1, -1.6"))
        assert with_city.document.fields["geo_precision"] == "ville"
        assert with_city.located is not None
        assert with_point.document.fields["geo"] == "48.1, -1.6"
        assert with_point.located is None
        (neither,) = look(cast, draft(), shared=Shared(locate=False))
        assert "geo" not in neither.document.fields


class TestDuplicates:
    def test_the_same_file_twice_makes_nothing_twice_even_after_changes(self, cast: Cast) -> None:
        drafts = [draft(source_uid="a@exemple.org"), draft("Sans nom", 3)]
        assert len(make(cast, *drafts)) == 2
        for slug in ("atelier", "sans-nom"):
            page, text = pages.text_of(cast.alice, slug)
            pages.save(cast.alice, slug, text.text.replace("2013-10-12", "2014-11-01"), page.head_number)
            pages.rename(cast.alice, slug, f"Tout autre {slug}")
        again = look(cast, *drafts)
        assert [one.same.slug if one.same else "" for one in again] == ["tout-autre-atelier", "tout-autre-sans-nom"]
        assert import_events(cast.alice, again, "agenda.csv").created == []

    def test_what_somebody_else_imported_meanwhile_is_passed_over(self, cast: Cast) -> None:
        before = look(cast, draft(), draft("Autre", 3))
        make(cast, draft())
        done = import_events(cast.bob, before, "agenda.csv")
        assert [slug for slug, _title in done.created] == ["autre"]
        assert done.passed == 1

    def test_an_event_of_the_same_day_place_and_nearly_the_same_title_is_shown_and_not_proposed(
        self, cast: Cast
    ) -> None:
        make(cast, draft("Grand atelier de cuisine"))
        alike, elsewhere, later, other = look(
            cast,
            draft("Le grand atelier cuisine", source_uid="x@exemple.org"),
            draft("Le grand atelier cuisine", 3, place="Rennes"),
            draft("Le grand atelier cuisine", 4, sessions=["2013-10-13"]),
            draft("Bal", 5),
        )
        assert alike.alike is not None
        assert alike.alike.slug == "grand-atelier-de-cuisine"
        assert alike.possible
        assert not alike.proposed
        assert all(one.proposed for one in (elsewhere, later, other))

    def test_an_event_twice_in_a_file_is_made_once(self, cast: Cast) -> None:
        first, second = look(cast, draft(), draft(line=7))
        assert second.repeats == 2
        assert not second.possible
        assert len(import_events(cast.alice, [first, second], "a.csv").created) == 1

    def test_an_event_of_this_wiki_is_known_by_the_name_its_calendar_gave_it(self, cast: Cast) -> None:
        make(cast, draft(source_uid="a@exemple.org"))
        page = pages.find(cast.alice, "atelier")
        for uid in (f"page-{page.id}@wiki.example", f"page-{page.id}-20131012@wiki.example"):
            (one,) = look(cast, draft("Tout autre", source_uid=uid, place=""), host="wiki.example")
            assert one.same == page
            (one,) = look(cast, draft("Tout autre", source_uid=uid, place=""), host="ailleurs.example")
            assert one.same is None

    def test_what_was_archived_does_not_come_back_by_itself(self, cast: Cast) -> None:
        make(cast, draft())
        pages.archive(cast.mona, "atelier")
        (one,) = look(cast, draft())
        assert not one.possible
        assert "archivé" in one.problems[0]

    def test_a_draft_of_somebody_else_stays_unknown(self, cast: Cast) -> None:
        import_events(cast.bob, weigh(cast.bob, [draft(source_uid="a@exemple.org")]), "a.csv", "draft")
        (one,) = look(cast, draft(source_uid="a@exemple.org"))
        assert (one.same, one.alike, one.problems) == (None, None, [])
        assert make(cast, draft(source_uid="a@exemple.org")) == [("atelier", "Atelier")]


class TestMaking:
    def test_an_imported_event_is_a_page_like_any_other_credited_with_the_name_of_its_file(self, cast: Cast) -> None:
        make(cast, draft(text="Venez [[Copy party|copier]]."))
        (entry,) = history.history(pages.find(GUEST, "atelier").id)
        assert (entry.author_name, entry.action) == ("alice", "import")
        assert "agenda.csv" in entry.comment
        opened = pages.open_page(GUEST, "atelier")
        assert "Venez" in opened.html
        assert pages.verify() == []

    def test_titles_that_are_taken_lead_to_other_addresses(self, cast: Cast) -> None:
        pages.create(cast.alice, RECIPE.replace("Copy party", "Atelier"))
        created = make(
            cast, draft(), draft(line=3, sessions=["2014"]), draft(line=4, sessions=["2014-05-06"]),
            draft(line=5, sessions=["2014-05-06/2014-05-07"]),
        )  # fmt: skip
        assert [slug for slug, _title in created] == [
            "atelier-brest", "atelier-brest-2014", "atelier-brest-2014-05-06", "atelier-brest-2014-05-06-2",
        ]  # fmt: skip

    def test_they_may_be_for_members_or_a_draft(self, cast: Cast) -> None:
        ((shared, _title),) = make(cast, draft(), visibility="members")
        ((alone, _title),) = make(cast, draft("Brouillon"), visibility="draft")
        assert pages.find(cast.bob, shared).visibility == "members"
        assert pages.find(cast.alice, alone).owner_id == cast.alice.id
        with pytest.raises(Invalid):
            make(cast, draft("Autre"), visibility="tous")

    def test_guests_do_not_import(self, cast: Cast) -> None:
        for actor in (GUEST, cast.eve):
            with pytest.raises(Forbidden):
                weigh(actor, [draft()])
            with pytest.raises(Forbidden):
                import_events(actor, [], "a.csv")

    def test_where_one_cannot_be_written_none_of_its_company_is(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from wiki.pages import importing

        candidates = look(cast, draft(), draft("Autre", 3))
        begin = importing.begin

        def fail(actor: Any, slug: str, *rest: Any, **more: Any) -> None:
            if slug == "autre":
                raise WikiError("le disque est plein")
            begin(actor, slug, *rest, **more)

        monkeypatch.setattr(importing, "begin", fail)
        with pytest.raises(WikiError):
            import_events(cast.alice, candidates, "a.csv")
        assert pages.counts(cast.alice) == {}
        monkeypatch.undo()
        assert len(import_events(cast.alice, candidates, "a.csv").created) == 2

    def test_more_than_are_written_at_once_are_all_made(self, cast: Cast) -> None:
        drafts = [draft(f"Atelier numéro {number}", number) for number in range(2, 92)]
        assert len(make(cast, *drafts)) == 90
        assert all(one.same for one in look(cast, *drafts))

    def test_a_look_takes_as_many_questions_for_a_long_file_as_for_a_short_one(self, cast: Cast) -> None:
        pages.create(cast.alice, THEME)
        asked = []
        for many in (3, 120):
            drafts = [draft(f"Atelier {number}", number, themes=["Biens communs"]) for number in range(many)]
            with counted() as statements:
                look(cast, *drafts)
            asked.append(len(statements))
        assert asked[0] == asked[1] <= 8


def test_a_newcomer_brings_as_few_links_in_a_file_as_in_one_page(make_app: Any) -> None:
    app: Flask = make_app(NEWCOMER_LINKS=2, NEWCOMER_EDITS=1)
    with app.app_context():
        from wiki import accounts

        alice = accounts.named("alice")
        drafts = [draft(f"Atelier {n}", n, source_urls=[f"https://exemple.org/{n}"]) for n in range(3)]
        with pytest.raises(Invalid):
            import_events(alice, weigh(alice, drafts), "a.csv")
        assert pages.counts(alice) == {}
        assert len(import_events(alice, weigh(alice, drafts[:2]), "a.csv").created) == 2
        # One act, and they are known.
        assert len(import_events(alice, weigh(alice, drafts), "a.csv").created) == 1


@pytest.mark.any_database
def test_it_holds_on_either_database(cast: Cast, engine: str) -> None:
    drafts = read(SAMPLE)
    assert len(import_events(cast.alice, weigh(cast.alice, drafts), "a.csv").created) == 3, engine
    assert all(one.same for one in weigh(cast.alice, drafts))
