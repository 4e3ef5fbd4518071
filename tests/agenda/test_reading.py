"""Agendas that other programs wrote: what is understood, and what is said of the rest. No wiki is needed."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wiki.agenda import SAMPLE, Draft, Reading, Unreadable, read

PARIS = "Europe/Paris"


@pytest.fixture(autouse=True)
def _words() -> Iterator[None]:
    """An application that knows only in which language to complain."""
    app = Flask("words")
    Babel(app, default_locale="fr")
    with app.app_context():
        yield


def reading(data: bytes | str, name: str = "agenda.ics", most: int = 500) -> Reading:
    return read(data.encode() if isinstance(data, str) else data, name, most=most, zone=PARIS)


def calendar(*lines: str, head: str = "") -> str:
    """A calendar with one event of these lines."""
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *filter(None, [head]), "BEGIN:VEVENT", *lines, "END:VEVENT",
                        "END:VCALENDAR", ""])  # fmt: skip


def one(*lines: str, head: str = "") -> Draft:
    (draft,) = reading(calendar("SUMMARY:Atelier", *lines, head=head)).drafts
    return draft


def sessions(*lines: str, head: str = "") -> list[str]:
    return list(one(*lines, head=head).values["sessions"])


def table(*rows: str) -> list[Draft]:
    return list(reading("\n".join(rows), "agenda.csv").drafts)


class TestTimesOfCalendars:
    @pytest.mark.parametrize(
        ("lines", "written"),
        [
            (["DTSTART;TZID=Europe/Paris:20131012T140000", "DTEND;TZID=Europe/Paris:20131012T180000"],
             "2013-10-12T14:00/2013-10-12T18:00"),
            (["DTSTART;TZID=America/Montreal:20131012T140000"], "2013-10-12T14:00 America/Montreal"),
            (["DTSTART;TZID=Pacific/Noumea:20131012T220000", "DTEND;TZID=Pacific/Noumea:20131013T020000"],
             "2013-10-12T22:00/2013-10-13T02:00 Pacific/Noumea"),
            (["DTSTART;TZID=Romance Standard Time:20131012T140000"], "2013-10-12T14:00"),
            (["DTSTART;TZID=/freeassociation.sourceforge.net/America/Toronto:20131012T140000"],
             "2013-10-12T14:00 America/Toronto"),
            (["DTSTART:20131012T120000Z", "DTEND:20131012T160000Z"], "2013-10-12T14:00/2013-10-12T18:00"),
            (["DTSTART:20131112T120000Z"], "2013-11-12T13:00"),
            (["DTSTART:20131012T140000"], "2013-10-12T14:00"),
            (["DTSTART;VALUE=DATE:20131012", "DTEND;VALUE=DATE:20131014"], "2013-10-12/2013-10-13"),
            (["DTSTART;VALUE=DATE:20131012", "DTEND;VALUE=DATE:20131013"], "2013-10-12"),
            (["DTSTART;VALUE=DATE:20131012", "DTEND;VALUE=DATE:20131012"], "2013-10-12"),
            (["DTSTART;VALUE=DATE:20131012", "DURATION:P2D"], "2013-10-12/2013-10-13"),
            (["DTSTART:20131012T140000", "DURATION:PT1H30M"], "2013-10-12T14:00/2013-10-12T15:30"),
            (["DTSTART;TZID=Europe/Paris:20131012T140000", "DTEND:20131012T160000Z"],
             "2013-10-12T14:00/2013-10-12T18:00"),
        ],
    )  # fmt: skip
    def test_a_time_keeps_its_zone_and_a_day_its_end_inside(self, lines: list[str], written: str) -> None:
        assert sessions(*lines) == [written]

    def test_a_calendar_tells_the_zone_of_times_without_one(self) -> None:
        head = "X-WR-TIMEZONE:America/Toronto"
        assert sessions("DTSTART:20131012T180000Z", head=head) == ["2013-10-12T14:00 America/Toronto"]
        assert sessions("DTSTART:20131012T140000", head=head) == ["2013-10-12T14:00 America/Toronto"]

    def test_universal_time_is_told_apart_where_nothing_says_whose_clocks_count(self) -> None:
        for head, expected in (("", True), ("X-WR-TIMEZONE:UTC", True), ("X-WR-TIMEZONE:Europe/Brussels", False)):
            assert one("DTSTART:20131012T180000Z", head=head).universal is expected
        assert sessions("DTSTART:20131012T180000Z", head="X-WR-TIMEZONE:UTC") == ["2013-10-12T20:00"]
        assert not one("DTSTART:20131012T180000").universal
        assert not one("DTSTART:20131012T180000Z", "X-LEVAIN-ZONE:UTC").universal

    def test_a_zone_of_the_calendars_own_is_known_by_what_it_says_of_itself(self) -> None:
        head = "\r\n".join(["BEGIN:VTIMEZONE", "TZID:Chez nous", "X-LIC-LOCATION:Pacific/Noumea", "END:VTIMEZONE"])
        assert sessions("DTSTART;TZID=Chez nous:20131012T140000", head=head) == ["2013-10-12T14:00 Pacific/Noumea"]

    def test_an_unknown_zone_is_named_with_its_line(self) -> None:
        (problem,) = one("DTSTART;TZID=Nulle/Part:20131012T140000").problems
        assert "Nulle/Part" in problem
        assert "5" in problem

    @pytest.mark.parametrize("value", ["20130230", "00000101", "999990101", "20131301T100000", "20131012T256000"])
    def test_an_impossible_date_stays_as_it_was_written_for_its_field_to_refuse(self, value: str) -> None:
        draft = one(f"DTSTART:{value}")
        assert not draft.problems
        assert draft.values["sessions"]

    def test_a_date_that_is_none_is_a_problem_of_its_event(self) -> None:
        (problem,) = one("DTSTART:samedi prochain").problems
        assert "samedi prochain" in problem

    def test_an_end_before_the_start_is_left_for_the_field_to_refuse(self) -> None:
        assert sessions("DTSTART:20131012T140000", "DTEND:20131012T120000") == ["2013-10-12T14:00/2013-10-12T12:00"]
        assert sessions("DTSTART;VALUE=DATE:20131012", "DTEND;VALUE=DATE:20131001") == ["2013-10-12/2013-10-01"]


class TestRepetitions:
    def test_a_rule_gives_its_dates_without_those_taken_out_and_over_the_change_of_clocks(self) -> None:
        found = sessions(
            "DTSTART;TZID=Europe/Paris:20131012T140000", "DTEND;TZID=Europe/Paris:20131012T160000",
            "RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE;TZID=Europe/Paris:20131019T140000",
        )  # fmt: skip
        assert found == [
            "2013-10-12T14:00/2013-10-12T16:00", "2013-10-26T14:00/2013-10-26T16:00",
            "2013-11-02T14:00/2013-11-02T16:00",
        ]  # fmt: skip

    def test_the_last_moment_of_a_rule_counts_whatever_zone_it_is_told_in(self) -> None:
        found = sessions(
            "DTSTART;TZID=Europe/Paris:20131005T140000", "RRULE:FREQ=WEEKLY;UNTIL=20131019T120000Z"
        )
        assert found == ["2013-10-05T14:00", "2013-10-12T14:00", "2013-10-19T14:00"]
        assert sessions("DTSTART;VALUE=DATE:20131005", "RRULE:FREQ=DAILY;UNTIL=20131007")[-1] == "2013-10-07"

    def test_dates_are_added_and_an_exception_replaces_the_one_it_names(self) -> None:
        text = calendar("UID:a", "SUMMARY:Atelier", "DTSTART;VALUE=DATE:20131001", "RDATE;VALUE=DATE:20131201",
                        "RRULE:FREQ=MONTHLY;COUNT=2", "END:VEVENT", "BEGIN:VEVENT", "UID:a", "SUMMARY:Atelier",
                        "RECURRENCE-ID;VALUE=DATE:20131101", "DTSTART;VALUE=DATE:20131103")  # fmt: skip
        (draft,) = reading(text).drafts
        assert draft.values["sessions"] == ["2013-10-01", "2013-12-01", "2013-11-03"]

    @pytest.mark.parametrize("rule", ["FREQ=DAILY", "FREQ=DAILY;COUNT=999999999", "FREQ=YEARLY;INTERVAL=1;COUNT=101"])
    def test_no_rule_gives_more_than_a_hundred_dates_and_that_is_told(self, rule: str) -> None:
        draft = one("DTSTART;VALUE=DATE:20131012", f"RRULE:{rule}")
        found = list(draft.values["sessions"])
        assert len(found) <= 100
        assert found[0] == "2013-10-12"
        if "YEARLY" not in rule:
            assert len(found) == 100
            assert "100" in draft.notes[0]

    @pytest.mark.parametrize(
        "rule",
        ["FREQ=SECONDLY", "FREQ=YEARLY;INTERVAL=0", "FREQ=DAILY;COUNT=-1", "FREQ=SOMETIMES", "FREQ=DAILY;BYHOUR=1,2,3",
         "FREQ", "", "FREQ=DAILY;UNTIL=jamais", "FREQ=DAILY;" + "BYDAY=MO;" * 200, "FREQ=YEARLY;BYSETPOS=0;BYMONTH=13"],
    )  # fmt: skip
    def test_a_rule_that_makes_no_sense_leaves_the_first_date_and_is_told(self, rule: str) -> None:
        draft = one("DTSTART;VALUE=DATE:20131012", f"RRULE:{rule}")
        assert draft.values["sessions"] == ["2013-10-12"]
        assert draft.notes

    def test_looking_for_a_day_that_never_comes_ends(self) -> None:
        rule = "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"
        assert sessions("DTSTART;VALUE=DATE:20131012", rule) == ["2013-10-12"]

    def test_a_file_of_endless_searches_keeps_every_event_with_its_first_date_and_says_so(self) -> None:
        event = ["SUMMARY:Atelier", "DTSTART;VALUE=DATE:20131012", "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"]
        text = calendar(*[*event, "END:VEVENT", "BEGIN:VEVENT"] * 299, *event)
        drafts = reading(text).drafts
        assert [draft.values["sessions"] for draft in drafts] == [["2013-10-12"]] * 300
        assert not any(draft.problems for draft in drafts)
        assert not drafts[0].notes
        assert "trop de répétitions" in drafts[-1].notes[0]
        assert sum(bool(draft.notes) for draft in drafts) > 250

    def test_a_rule_of_a_form_nobody_uses_leaves_the_first_date_and_is_told(self) -> None:
        draft = one("DTSTART;VALUE=DATE:20131012", "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;BYSETPOS=1")
        assert draft.values["sessions"] == ["2013-10-12"]
        assert "répétition" in draft.notes[0]

    def test_events_of_one_page_title_and_place_are_the_dates_of_one(self) -> None:
        event = ["SUMMARY:Atelier", "LOCATION:Brest", "URL:https://exemple.org/atelier"]
        text = calendar("UID:a", *event, "DTSTART;VALUE=DATE:20131012", "END:VEVENT", "BEGIN:VEVENT", "UID:b", *event,
                        "DTSTART;VALUE=DATE:20131019")  # fmt: skip
        (draft,) = reading(text).drafts
        assert draft.values["sessions"] == ["2013-10-12", "2013-10-19"]
        assert draft.values["source_uid"] == "a"
        assert len(reading(text.replace("exemple.org/atelier", "exemple.org/")).drafts) == 2


class TestTextsOfCalendars:
    def test_escapes_folds_and_people_are_understood(self) -> None:
        draft = one(
            "DTSTART;VALUE=DATE:20131012", "LOCATION:Brest\\, BU Lettres", "DESCRIPTION:Une ligne\\nune au",
            " tre\\; fin", "CATEGORIES:communs,jardin\\, potager", 'ORGANIZER;CN="Ville; service":mailto:a@exemple.org',
            "CONTACT:Tiriad", "GEO:48.39;-4.49", "STATUS:CANCELLED",
        )  # fmt: skip
        assert draft.values["place"] == "Brest, BU Lettres"
        assert draft.values["text"] == "Une ligne\nune autre; fin"
        assert draft.values["themes"] == ["communs", "jardin, potager"]
        assert draft.values["organizers"] == ["Tiriad", "Ville; service"]
        assert (draft.values["geo"], draft.values["state"]) == ("48.39, -4.49", "annule")

    def test_the_address_of_who_organises_is_not_published(self) -> None:
        assert one("DTSTART:20131012", "ORGANIZER;CN=a@exemple.org:mailto:a@exemple.org").values["organizers"] == []

    def test_a_description_in_html_becomes_plain_words(self) -> None:
        html = "<p>Venez <b>nombreux</b>.</p><script>alert(1)</script><ul><li>une graine</li></ul># fin"
        assert one("DTSTART:20131012", f"DESCRIPTION:{html}").values["text"] == (
            "Venez nombreux.\n\n- une graine\n\n\\# fin"
        )

    def test_a_letter_cut_by_a_fold_is_whole_again(self) -> None:
        whole = calendar("SUMMARY:Atelier", "DTSTART:20131012", "LOCATION:Orléans").encode()
        at = whole.index("é".encode()) + 1
        (draft,) = reading(whole[:at] + b"\r\n " + whole[at:]).drafts
        assert draft.values["place"] == "Orléans"
        assert draft.line == 3

    def test_broken_lines_are_told_and_spare_the_others(self) -> None:
        text = calendar("SUMMARY:Atelier", "n’importe quoi", "DTSTART:20131012", ";;;", "END:VEVENT", "BEGIN:VEVENT",
                        "SUMMARY:Suivant", "DTSTART:20131013")  # fmt: skip
        broken, sound = reading(text).drafts
        assert broken.values["title"] == "Atelier"
        assert len(broken.notes) == 2
        assert "ligne 5" in broken.notes[0].casefold()
        assert (sound.values["title"], sound.notes, sound.line) == ("Suivant", (), 9)

    def test_an_event_that_does_not_end_spares_the_next_one(self) -> None:
        text = calendar("SUMMARY:Atelier", "DTSTART:20131012", "BEGIN:VEVENT", "SUMMARY:Suivant", "DTSTART:20131013")
        broken, sound = reading(text).drafts
        assert broken.problems
        assert not sound.problems
        (cut,) = reading("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Atelier\nDTSTART:20131012\n").drafts
        assert cut.problems

    def test_an_alarm_inside_an_event_says_nothing_of_it(self) -> None:
        draft = one("DTSTART:20131012", "BEGIN:VALARM", "SUMMARY:Debout", "END:VALARM", "LOCATION:Brest")
        assert (draft.values["title"], draft.values["place"]) == ("Atelier", "Brest")


class TestTables:
    def test_the_sample_is_understood_whole(self) -> None:
        for separator in (";", ",", "\t"):
            text = SAMPLE if separator == ";" else "titre,date,ville\nAtelier,12/10/2013,Brest".replace(",", separator)
            drafts = reading(text, "exemple.csv").drafts
            assert all(draft.values["title"] and draft.values["sessions"] and not draft.problems for draft in drafts)

    @pytest.mark.parametrize(
        ("header", "row", "written"),
        [
            ("titre;date", "A;12 octobre 2013 de 14 h à 18 h", "12 octobre 2013 de 14 h à 18 h"),
            ("titre;date;heure;heure de fin", "A;12/10/2013;14h;18:30", "12/10/2013 de 14 h 00 à 18 h 30"),
            ("titre;date;heure", "A;2013-10-12;14", "2013-10-12 14 h 00"),
            ("title,start,end", "A,2013-10-12T14:00:00+02:00,2013-10-12T18:00:00+02:00",
             "2013-10-12T14:00/2013-10-12T18:00"),
            ("title,start,end", "A,2013-10-12T12:00Z,2013-10-12T16:00Z", "2013-10-12T14:00/2013-10-12T18:00"),
            ("Titre;Date de début;Date de fin", "A;12/10/2013;14/10/2013", "12/10/2013 - 14/10/2013"),
            ("Titre;Date;Fin", "A;2013-10-12;2013-10-14", "2013-10-12/2013-10-14"),
            ("titre;début;fuseau", "A;2013-10-12 14:00;Pacific/Noumea", "2013-10-12T14:00 Pacific/Noumea"),
            ("titre;début;fuseau", "A;2013-10-12T03:00:00Z;Pacific/Noumea", "2013-10-12T14:00 Pacific/Noumea"),
        ],
    )
    def test_dates_come_from_one_cell_or_from_several(self, header: str, row: str, written: str) -> None:
        (draft,) = table(header, row)
        assert draft.values["sessions"] == [written]

    def test_several_dates_stand_in_one_cell(self) -> None:
        (draft,) = table("titre,dates", "A,2013-10-06/2013-10-20 ; 2014-01 | 2015")
        assert draft.values["sessions"] == ["2013-10-06/2013-10-20", "2014-01", "2015"]

    def test_names_of_columns_are_known_in_both_languages_whatever_their_case_and_accents(self) -> None:
        french = table("TITRE;Date;Ville;Lieu;Latitude;Longitude;Thématiques;Organisatrices;Tarif",
                       "A;2013;Brest;BU;48,39;-4,49;communs, jardin;X | Y;libre")  # fmt: skip
        english = table("Title,when,city,venue,lat,lon,Categories,organizers,price",
                        'A,2013,Brest,BU,48.39,-4.49,"communs, jardin","X ; Y",libre')  # fmt: skip
        for (draft,) in (french, english):
            said = draft.values
            assert (said["place"], said["geo"], said["price"]) == ("Brest, BU", "48.39, -4.49", "libre")
            assert (said["themes"], said["organizers"]) == (["communs", "jardin"], ["X", "Y"])

    def test_lines_are_counted_as_the_file_has_them(self) -> None:
        first, second, third = table("titre;date;description", 'A;2013;"deux', 'lignes"', "", "B;2014;x", "C;2015;y;z")
        assert (first.line, second.line, third.line) == (2, 5, 6)
        assert third.problems
        assert not second.problems

    def test_columns_nobody_knows_are_named(self) -> None:
        assert "Couleur" in reading("titre;date;Couleur\nA;2013;rouge", "a.csv").notes[0]

    def test_what_spreadsheets_add_is_understood(self) -> None:
        (draft,) = reading("sep=;\r\ntitre;date\r\n'=SOMME(A1);2013\r\n", "a.csv").drafts
        assert (draft.values["title"], draft.line) == ("=SOMME(A1)", 3)
        (draft,) = table("Programme du festival;;", ";;", "titre;date;ville", "A;2013;Brest")
        assert draft.values["place"] == "Brest"

    def test_an_identifier_of_one_table_is_no_name_in_the_world(self) -> None:
        short, long = table("titre;date;id", "A;2013;12", "B;2013;page-12@exemple.org")
        assert (short.values["source_uid"], long.values["source_uid"]) == ("", "page-12@exemple.org")


class TestMaps:
    def feature(self, properties: object, coordinates: object = (2.359, 48.876), kind: str = "Point") -> str:
        geometry = {"type": kind, "coordinates": coordinates}
        feature = {"type": "Feature", "properties": properties, "geometry": geometry}
        return json.dumps({"type": "FeatureCollection", "features": [feature]})

    def draft(self, *arguments: object) -> Draft:
        (draft,) = reading(self.feature(*arguments), "carte.geojson").drafts  # type: ignore[arg-type]
        return draft

    def test_a_point_has_its_longitude_first(self) -> None:
        draft = self.draft({"name": "Jardin", "description": "[[https://exemple.org|le site]] {{image.png}}"})
        assert (draft.values["title"], draft.values["geo"]) == ("Jardin", "48.876, 2.359")
        assert draft.values["text"] == "[le site](https://exemple.org)"

    def test_a_line_or_an_area_lies_where_it_begins(self) -> None:
        assert self.draft({"name": "A"}, [[[2.5, 48], [3, 49], [2.5, 48]]], "Polygon").values["geo"] == "48, 2.5"

    @pytest.mark.parametrize("coordinates", [None, [], ["a", "b"], [1], {}, [True, False], [[[[[[[[1, 2]]]]]]]]])
    def test_a_position_that_is_none_is_left_out(self, coordinates: object) -> None:
        assert self.draft({"name": "A"}, coordinates).values["geo"] == ""

    def test_what_umap_saves_is_read_layer_by_layer(self) -> None:
        layer = {"type": "FeatureCollection", "_umap_options": {"name": "Jardins"},
                 "features": [{"type": "Feature", "geometry": {"type": "Point", "coordinates": [2, 48]},
                               "properties": {"name": "Rue Riquet"}}]}  # fmt: skip
        (draft,) = reading(json.dumps({"type": "umap", "properties": {}, "layers": [layer]}), "a.umap").drafts
        assert (draft.values["title"], draft.values["tags"]) == ("Rue Riquet", ["Jardins"])

    @pytest.mark.parametrize("properties", [None, [], "a", 3])
    def test_what_has_no_properties_is_a_problem_of_its_own(self, properties: object) -> None:
        assert self.draft(properties).problems

    @pytest.mark.parametrize(
        "text",
        ["{", "[" * 100_000, '{"a":' * 100_000, "[1,2]", '{"type": "FeatureCollection"}', '{"type": NaN}',
         '{"type": "FeatureCollection", "features": 3}', '{"n": ' + "9" * 5000 + "}"],
    )  # fmt: skip
    def test_what_is_no_map_is_told_so(self, text: str) -> None:
        with pytest.raises(Unreadable):
            reading(text, "carte.geojson")

    def test_halves_of_letters_and_zeros_do_not_get_in(self) -> None:
        text = self.feature({"name": "A"}).replace('"A"', '"A\\ud800\\u0000B"')
        (draft,) = reading(text, "a.geojson").drafts
        assert draft.values["title"] == "AB"


class TestEncodings:
    TEXT = "titre;date\nFête du café – l’été;2013\n"

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
    def test_the_encodings_of_the_world_are_told_apart(self, encoding: str) -> None:
        (draft,) = reading(self.TEXT.encode(encoding), "a.csv").drafts
        assert draft.values["title"] == "Fête du café – l’été"

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
    def test_calendars_too(self, encoding: str) -> None:
        text = calendar("SUMMARY:Fête", "DTSTART:20131012", "LOCATION:Or", " léans")
        (draft,) = reading(text.encode(encoding)).drafts
        assert (draft.values["title"], draft.values["place"]) == ("Fête", "Orléans")

    def test_every_end_of_line_is_one(self) -> None:
        for end in ("\r\n", "\r", "\n"):
            (draft,) = reading(self.TEXT.replace("\n", end), "a.csv").drafts
            assert draft.line == 2

    @pytest.mark.parametrize(
        "data",
        [b"PK\x03\x04rest", b"\xd0\xcf\x11\xe0", b"%PDF-1.7", b"\x1f\x8b\x08", b"\x89PNG\r\n", b"a\0b;c\nd\0;e",
         codecs.BOM_UTF16_LE + b"a", b"", b"   \n", b"<!DOCTYPE html><p>non", b"BEGIN:VCALENDAR\nEND:VCALENDAR",
         b"nom de famille;age\nDupont;3", b"titre;date\n"],
    )  # fmt: skip
    def test_what_is_something_else_is_told_so(self, data: bytes) -> None:
        with pytest.raises(Unreadable) as refused:
            reading(data, "fichier")
        assert refused.value.problems[0].field == "file"

    @pytest.mark.parametrize("mark", ["<![x", "<![if !supportLists]>", "<![x]>", "<!<![a>[x", "<![CDATA[ici]]>", "<!["])
    def test_the_conditions_of_a_word_processor_are_no_words_and_stop_nothing(self, mark: str) -> None:
        (draft,) = table("titre;date;description", f"A;2013;<p>Venez</p>{mark}")
        assert str(draft.values["text"]).startswith("Venez")
        assert "support" not in str(draft.values["text"])

    def test_a_cell_that_never_ends_is_told_with_its_line(self) -> None:
        with pytest.raises(Unreadable, match="Ligne 2"):
            reading('titre;date\nA;"' + "x" * 200_000, "a.csv")


@pytest.mark.parametrize("number", ["9" * 400, "-" + "9" * 400, "1e400", "-1e400", "361", "1e300"])
@pytest.mark.parametrize("first", [True, False])
def test_a_number_that_is_no_angle_is_cut_and_left_for_its_field_to_refuse(number: str, first: bool) -> None:
    point = f"[{number}, 48.4]" if first else f"[-4.5, {number}]"
    text = (
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": "A", "date": "2013",'
        f' "price": {number}, "participants": {number}}}, "geometry": {{"type": "Point", "coordinates": {point}}}}}]}}'
    )
    (draft,) = reading(text, "a.geojson").drafts
    assert draft.values["title"] == "A"
    assert len(str(draft.values["geo"])) < 50


def test_no_more_events_than_allowed() -> None:
    for text, name in (
        (calendar(*["SUMMARY:A", "DTSTART:20131012", "END:VEVENT", "BEGIN:VEVENT"] * 3, "SUMMARY:B"), "a.ics"),
        ("titre;date\n" + "A;2013\n" * 4, "a.csv"),
        (json.dumps({"type": "FeatureCollection", "features": [{"type": "Feature"}] * 4}), "a.geojson"),
    ):
        assert len(reading(text, name, most=4).drafts) == 4
        with pytest.raises(Unreadable, match="3"):
            reading(text, name, most=3)


@pytest.mark.parametrize(
    "data",
    [
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n" + b"BEGIN:VALARM\n" * 200_000,
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:" + b"a" * 1_900_000,
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nX" + b';A="' * 400_000,
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nX" + b";A=b" * 24_000 + b"\nY" + b';"' * 49_000,
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20130101\nDESCRIPTION:" + b"<p" * 45_000,
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20130101\nDESCRIPTION:" + b"[[http://a|" * 9_000,
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20130101\nRDATE:" + b"20130101," * 10_000,
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20130101\n" + b"EXDATE:20130101\n" * 100_000,
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n " + b"\n " * 600_000,
        b"titre;date\nA;" + b"12/10/2013 ; " * 9_000,
        b";" * 1_900_000,
        b"titre" + b";x" * 900_000,
        b'"' * 1_000_001,
        b"\n" * 1_900_000,
        b'{"type":"FeatureCollection","features":[' + b"{}," * 600_000 + b"{}]}",
    ],
)
def test_a_bomb_is_understood_or_refused(data: bytes) -> None:
    # A reader whose work grows faster than the file would take minutes.
    assert answer(data, "agenda")


def answer(data: bytes, name: str) -> object:
    """The events of a file, else the words it is refused with."""
    try:
        return reading(data, name).drafts
    except Unreadable as refused:
        return str(refused)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.sampled_from(["BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:", "titre;date\n", "{", ""]))
def test_whatever_comes_is_read_or_refused_in_words(rest: bytes, start: str) -> None:
    for name in ("a.ics", "a.csv", "a.geojson"):
        assert answer(start.encode() + rest, name)


class TestOneDateOfSeveral:
    ADDRESS = "https://wiki.example/wiki/atelier"

    def test_a_date_called_off_alone_is_kept_and_says_so(self) -> None:
        found = reading(
            calendar(
                "SUMMARY:Atelier", "UID:1", f"URL:{self.ADDRESS}", "DTSTART;VALUE=DATE:20311004", "END:VEVENT",
                "BEGIN:VEVENT", "SUMMARY:Annulé : Atelier", "UID:2", f"URL:{self.ADDRESS}", "STATUS:CANCELLED",
                "DTSTART;VALUE=DATE:20311011", "END:VEVENT",
                "BEGIN:VEVENT", "SUMMARY:Reporté : Atelier", "UID:3", f"URL:{self.ADDRESS}",
                "X-LEVAIN-STATE:postponed", "DTSTART;VALUE=DATE:20311018",
            )
        )  # fmt: skip
        (draft,) = found.drafts
        assert draft.values["sessions"] == ["2031-10-04", "2031-10-11 annule", "2031-10-18 reporte"]
        assert draft.values["state"] == ""

    def test_an_exception_of_a_rule_that_is_cancelled_is_a_date_called_off(self) -> None:
        found = reading(
            calendar(
                "SUMMARY:Atelier", "UID:1", "DTSTART;VALUE=DATE:20311004", "RRULE:FREQ=WEEKLY;COUNT=2", "END:VEVENT",
                "BEGIN:VEVENT", "SUMMARY:Atelier", "UID:1", "STATUS:CANCELLED", "DTSTART;VALUE=DATE:20311011",
                "RECURRENCE-ID;VALUE=DATE:20311011",
            )
        )  # fmt: skip
        assert found.drafts[0].values["sessions"] == ["2031-10-04", "2031-10-11 annule"]

    def test_all_dates_called_off_are_the_event_called_off(self) -> None:
        draft = one("UID:1", "STATUS:CANCELLED", "DTSTART;VALUE=DATE:20311004")
        assert (draft.values["state"], draft.values["sessions"]) == ("annule", ["2031-10-04"])


def test_universal_time_that_our_calendars_name_stays_universal() -> None:
    assert sessions("DTSTART:20311004T120000Z", "X-LEVAIN-ZONE:UTC") == ["2031-10-04T12:00 UTC"]
    assert sessions("DTSTART:20311004T120000Z") == ["2031-10-04T14:00"]


def test_of_many_lines_nobody_can_read_a_few_are_told_and_the_others_counted() -> None:
    draft = one("DTSTART:20311004T120000Z", *["RDATE:20311399T120000Z"] * 50, *["?? rien"] * 50)
    assert len(draft.notes) == 7
    assert draft.notes[-1] == "Et 94 autres remarques sur cet événement."
