"""The door for other agendas: a file, a look at what it would make, consent; and what Levain wrote comes back."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from typing import Any

import geojson
import pytest
from flask import Flask

from tests.conftest import Cast, Visitor
from wiki import pages
from wiki.agenda import SAMPLE

ADDRESS = "/events/import"
TABLE = "titre;date;ville\nAtelier;12/10/2013;Brest\nBal;30 février 2013;Brest\n"

# One event of each sort: what they say must come back the same from every format.
EVENTS = {
    "Balade à Montréal": ("2013-03-09T22:00/2013-03-10T04:00 America/Toronto", "Montréal, Parc La Fontaine",
                          "45.527, -73.569", "annonce"),
    "Veillée à Nouméa": ("2013-12-31T20:00/2014-01-01T01:00 Pacific/Noumea", "Nouméa, Anse Vata",
                         "-22.303, 166.442", "reporte"),
    "Quinzaine des communs": ("2013-10-06/2013-10-20", "Brest", "48.39, -4.486", "annule"),
    "Un mois; en ville, ensemble": ("2013-10", "Rennes, Place Hoche", "48.114, -1.679", "annonce"),
    "Une année": ("2011", "Lyon", "45.76, 4.84", "passe"),
    "Nuit du changement d’heure": ("2013-10-27T01:30/2013-10-27T04:30", "Paris, Mairie", "48.876, 2.359", "annonce"),
}  # fmt: skip
SEVERAL = ["2013-10-05T14:00/2013-10-05T16:00", "2013-10-12T14:00/2013-10-12T16:00", "2013-10-12T20:00"]
COMPARED = ("sessions", "place", "geo", "state", "themes", "organizers", "edition")


def text_of(title: str, sessions: list[str], place: str, geo: str, state: str) -> str:
    return pages.assemble(
        pages.KINDS["event"],
        {"title": title, "sessions": sessions, "place": place, "geo": geo, "state": state, "themes": ["biens-communs"],
         "organizers": ["Ville de Brest, service culture", "=Tiriad"], "edition": "villes-en-biens-communs"},
        {}, "## Annonce\n\nVenez en nombre, et dites-le autour de vous.\n",
    )  # fmt: skip


@pytest.fixture
def source(make_app: Callable[..., Flask]) -> Flask:
    """A wiki with one event of each sort."""
    app = make_app(BASE_URL="https://ancien.example")
    with app.app_context():
        from wiki import accounts

        alice = accounts.named("alice")
        _write_around(alice)
        for title, (sessions, place, geo, state) in EVENTS.items():
            pages.create(alice, text_of(title, [sessions], place, geo, state))
        pages.create(alice, text_of("Tous les samedis", SEVERAL, "Nantes", "47.21, -1.55", "annonce"))
        pages.reindex()
    return app


def _write_around(actor: Any) -> None:
    pages.create(actor, "---\nkind: theme\ntitle: Biens communs\n---\n\nÀ tout le monde.\n")
    pages.create(actor, "---\nkind: edition\ntitle: Villes en biens communs\nstarts_on: '2013'\n---\n\n## Appel\n")


def post(client: Visitor, data: str | bytes | None = None, name: str = "agenda.csv", **form: Any) -> Any:
    if data is not None:
        form["file"] = (io.BytesIO(data.encode() if isinstance(data, str) else data), name)
    return client.post(ADDRESS, data={"locate": "y", **form}, content_type="multipart/form-data")


def held(html: str) -> dict[str, Any]:
    """What the form of the preview sends along, as a browser would."""
    found = dict(re.findall(r'<input type="hidden" name="(name|held)" value="([^"]*)"', html))
    return {**found, "row": re.findall(r'name="row" value="(\d+)" checked', html)}


def consent(client: Visitor, data: str | bytes, name: str = "agenda.csv", **form: Any) -> Any:
    look = post(client, data, name, **form)
    assert look.status_code == 200, look.text
    return client.post(ADDRESS, data={"action": "import", "locate": "y", **form, **held(look.text)})


def count(app: Flask, cast: Cast) -> int:
    with app.app_context():
        return pages.counts(cast.alice).get("event", 0)


def plain(html: str) -> str:
    return html.replace("\u202f", " ").replace("\xa0", " ")


class TestTheDoor:
    def test_guests_are_asked_to_log_in_and_see_no_door(self, client: Visitor) -> None:
        assert client.get(ADDRESS).status_code == 403
        assert post(client, TABLE).status_code == 403
        assert ADDRESS not in client.get("/events").text
        client.log_in("bob")
        assert client.get(ADDRESS).status_code == 200
        assert ADDRESS in client.get("/events").text

    def test_an_edition_has_a_door_that_knows_its_name(self, client: Visitor, app: Flask, cast: Cast) -> None:
        with app.app_context():
            _write_around(cast.alice)
        assert ADDRESS not in client.get("/wiki/villes-en-biens-communs").text
        page = client.log_in("bob").get("/wiki/villes-en-biens-communs").text
        assert f"{ADDRESS}?edition=villes-en-biens-communs" in page
        assert 'value="Villes en biens communs"' in client.get(f"{ADDRESS}?edition=villes-en-biens-communs").text

    def test_the_sample_can_be_downloaded_and_imported_as_it_is(self, client: Visitor, app: Flask, cast: Cast) -> None:
        answer = client.log_in("bob").get(f"{ADDRESS}/sample.csv")
        assert answer.text == SAMPLE
        assert consent(client, answer.data).status_code == 200
        assert count(app, cast) == 3

    def test_a_look_writes_nothing_and_says_what_is_wrong_in_which_line(
        self, client: Visitor, app: Flask, cast: Cast
    ) -> None:
        answer = post(client.log_in("bob"), TABLE)
        assert answer.status_code == 200
        assert "Ligne 3 du fichier" in answer.text
        assert "Le 30 février 2013 n’existe pas" in plain(answer.text)
        assert held(answer.text)["row"] == ["0"]
        assert count(app, cast) == 0

    def test_consent_makes_the_ticked_ones_and_the_same_file_makes_nothing_again(
        self, client: Visitor, app: Flask, cast: Cast
    ) -> None:
        client.log_in("bob")
        text = TABLE.replace("30 février", "28 février")
        look = post(client, text)
        done = client.post(ADDRESS, data={"action": "import", **held(look.text), "row": ["1"]})
        assert done.status_code == 200
        assert "/wiki/bal" in done.text
        assert count(app, cast) == 1
        assert "/wiki/bal" in post(client, text).text
        consent(client, text)
        assert count(app, cast) == 2
        assert held(post(client, text).text)["row"] == []
        everything = client.post(ADDRESS, data={"action": "import", **held(look.text), "row": ["0", "1", "7"]})
        assert everything.status_code == 422
        assert count(app, cast) == 2

    def test_nothing_ticked_is_said(self, client: Visitor) -> None:
        look = post(client.log_in("bob"), TABLE)
        answer = client.post(ADDRESS, data={"action": "import", **held(look.text), "row": []})
        assert answer.status_code == 422
        assert "Cochez" in answer.text

    def test_another_look_keeps_what_was_ticked_and_what_was_typed(
        self, client: Visitor, app: Flask, cast: Cast
    ) -> None:
        with app.app_context():
            _write_around(cast.alice)
        client.log_in("bob")
        look = post(client, TABLE.replace("30 février", "28 février"))
        again = client.post(
            ADDRESS,
            data={"action": "look", **held(look.text), "row": ["1"], "edition": "Villes en biens communs",
                  "visibility": "members"},
        )  # fmt: skip
        assert held(again.text)["row"] == ["1"]
        assert re.search(r'value="members" checked', again.text)
        assert "Édition : Villes en biens communs" in plain(again.text)

    def test_a_wrong_edition_keeps_the_file(self, client: Visitor) -> None:
        answer = post(client.log_in("bob"), TABLE, edition="nulle part")
        assert answer.status_code == 422
        assert held(answer.text)["held"]
        assert "pas une édition" in answer.text
        assert client.post(ADDRESS, data=held(answer.text)).status_code == 200

    def test_a_table_can_be_pasted(self, client: Visitor) -> None:
        answer = post(client.log_in("bob"), pasted="titre\tdate\r\nAtelier\t12/10/2013\r\n")
        assert held(answer.text)["row"] == ["0"]

    def test_words_of_a_file_are_never_markup(self, client: Visitor) -> None:
        name = "<b>agenda</b>.csv"
        answer = post(client.log_in("bob"), "titre;date;<i>x</i>\n<script>alert(1)</script>;2013;\n<u>;x;\n", name)
        for markup in ("<b>agenda", "<script>alert", "<i>x", "<u>"):
            assert markup not in answer.text

    def test_f07_the_name_of_a_file_is_no_path_and_stays_on_one_short_line(
        self, client: Visitor, app: Flask, cast: Cast
    ) -> None:
        answer = consent(client.log_in("bob"), TABLE, "../../C:\\secret/\tmon\u202e agenda" + "x" * 5000 + ".csv")
        assert answer.status_code == 200
        with app.app_context():
            (row, *_others) = pages.listing(cast.alice, "event").rows
            comment = pages.versions(cast.alice, row)[0].comment
        assert "agenda" in comment
        assert len(comment) < 400
        assert not [odd for odd in ("..", "/ ", "secret", "\t", "\n", "\u202e", "C:") if odd in comment]

    def test_the_newest_members_links_are_counted_over_the_whole_file(
        self, make_app: Callable[..., Flask], cast: Cast
    ) -> None:
        app = make_app(NEWCOMER_LINKS=1, NEWCOMER_EDITS=3)
        client = app.test_client()
        assert isinstance(client, Visitor)
        answer = consent(
            client.log_in("bob"), "titre;date;url\nA;2013;https://un.example/a\nB;2013;https://un.example/b\n"
        )
        assert answer.status_code == 422
        assert "2 liens" in plain(answer.text)
        assert held(answer.text)["row"] == ["0", "1"]
        assert count(app, cast) == 0

    def test_it_has_a_rate_of_its_own(self, make_app: Callable[..., Flask]) -> None:
        app = make_app(IMPORT_RATE="2/hour")
        client = app.test_client()
        assert isinstance(client, Visitor)
        client.log_in("bob")
        assert [post(client, TABLE).status_code for _time in range(3)] == [200, 200, 429]


class TestBadFiles:
    @pytest.mark.parametrize(
        ("data", "name"),
        [
            (b"", "vide.csv"), (b"PK\x03\x04", "a.xlsx"), (b"\0" * 50, "a.csv"), (b"<html>", "a.html"),
            (b"{", "a.geojson"), (b"[" * 50_000, "a.geojson"), (b"BEGIN:VCALENDAR", "a.ics"), (b"x;y\n1;2", "a.csv"),
            (b"\xff\xfea", "a.csv"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_read_is_said_beside_the_field(self, client: Visitor, data: bytes, name: str) -> None:
        answer = post(client.log_in("bob"), data, name)
        assert answer.status_code == 422
        assert 'id="field-file-error"' in answer.text

    def test_a_file_over_the_limit_is_refused_whole(self, make_app: Callable[..., Flask], cast: Cast) -> None:
        app = make_app(IMPORT_BYTES=10_000)
        client = app.test_client()
        assert isinstance(client, Visitor)
        client.log_in("bob")
        answer = post(client, TABLE + "C;2013;Brest\n" * 1000)
        assert answer.status_code == 422
        assert "10 ko" in plain(answer.text)
        assert post(client, pasted=TABLE + "C;2013;Brest\n" * 1000).status_code == 422
        assert count(app, cast) == 0

    def test_twenty_megabytes_are_refused_at_the_door(self, client: Visitor) -> None:
        head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\ntitre;date\n'
        body = head + b"A;2013\n" * 3_000_000 + b"\r\n--x--\r\n"
        answer = client.log_in("bob").post(ADDRESS, data=body, content_type="multipart/form-data; boundary=x")
        assert answer.status_code == 413
        assert "limite" in answer.text

    def test_too_many_events_are_refused_whole(self, make_app: Callable[..., Flask]) -> None:
        app = make_app(IMPORT_EVENTS=3)
        client = app.test_client()
        assert isinstance(client, Visitor)
        answer = post(client.log_in("bob"), "titre;date\n" + "A;2013\n" * 4)
        assert answer.status_code == 422
        assert "3 événements" in plain(answer.text)

    def test_what_travels_along_may_be_a_bomb_or_broken(self, client: Visitor) -> None:
        import base64
        import tracemalloc
        import zlib

        client.log_in("bob")
        bomb = base64.urlsafe_b64encode(zlib.compress(b"titre;date\n" + b"\n" * 300_000_000)).decode()
        tracemalloc.start()
        try:
            for sent in (bomb, "pas du base64 é", "AAAA", "eJw" * 50):
                answer = client.post(ADDRESS, data={"held": sent, "name": "a.csv", "action": "import", "row": ["0"]})
                assert answer.status_code == 422, sent[:20]
            # Not unpacked first and looked at then: 300 MB would have been held for a moment.
            assert tracemalloc.get_traced_memory()[1] < 100_000_000
        finally:
            tracemalloc.stop()

    @pytest.mark.parametrize("rows", [["-1"], ["99999999999999"], ["x"], ["²"], ["0"] * 5000])
    def test_rows_that_are_none_do_no_harm(self, client: Visitor, rows: list[str]) -> None:
        look = post(client.log_in("bob"), TABLE)
        answer = client.post(ADDRESS, data={"action": "import", **held(look.text), "row": rows})
        assert answer.status_code in (200, 422)

    def test_a_bad_line_of_a_calendar_spares_the_rest(self, client: Visitor, app: Flask, cast: Cast) -> None:
        text = ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Un\nDTSTART:20130230\nEND:VEVENT\nBEGIN:VEVENT\nrien\n"
                "SUMMARY:Deux\nDTSTART;TZID=Pacific/Noumea:20131012T140000\nGEO:91;2\nEND:VEVENT\n")  # fmt: skip
        answer = consent(client.log_in("bob"), text, "a.ics")
        assert answer.status_code == 200
        with app.app_context():
            assert pages.counts(cast.alice)["event"] == 1
            fields = pages.parse(pages.text_of(cast.alice, "deux")[1].text).fields
        assert fields["sessions"] == ["2013-10-12T14:00 Pacific/Noumea"]
        assert "geo" not in fields


class TestThereAndBack:
    """What Levain writes, Levain reads: into a wiki that knows nothing of it, and into the same one."""

    @pytest.fixture
    def target(
        self, make_app: Callable[..., Flask], source: Flask, tmp_path_factory: pytest.TempPathFactory
    ) -> Flask:
        """An empty wiki with the theme and the edition, elsewhere."""
        folder = tmp_path_factory.mktemp("target")
        app = make_app(DATA=str(folder), DATABASE_URL="", BASE_URL="https://nouveau.example")
        from tests.conftest import _write_cast
        from wiki import migrations

        with app.app_context():
            migrations.upgrade()
            _write_cast()
            from wiki import accounts

            _write_around(accounts.named("alice"))
        return app

    def fields(self, app: Flask) -> dict[str, dict[str, Any]]:
        """What the events of a wiki say, by title."""
        found = {}
        with app.app_context():
            from wiki.accounts import GUEST

            for row in pages.listing(GUEST, "event", per_page=100).rows:
                document = pages.parse(pages.text_of(GUEST, row.slug)[1].text)
                said = {name: document.fields.get(name) for name in COMPARED}
                said["state"] = said["state"] or "annonce"
                # Feeds name who organises in no order of their own.
                said["organizers"] = sorted(said["organizers"] or [])
                found[document.title] = {**said, "summary": row.summary}
        return found

    def visitor(self, app: Flask) -> Visitor:
        client = app.test_client()
        assert isinstance(client, Visitor)
        return client.log_in("bob")

    @pytest.mark.parametrize("extension", ["ics", "geojson", "csv"])
    def test_every_field_comes_back_and_a_second_import_makes_nothing(
        self, source: Flask, target: Flask, extension: str
    ) -> None:
        exported = self.visitor(source).get(f"/events.{extension}").data
        name = f"levain-events.{extension}"
        client = self.visitor(target)
        assert consent(client, exported, name).status_code == 200
        before, after = self.fields(source), self.fields(target)
        for title, said in before.items():
            assert after[title] == said
        assert len(after) == len(EVENTS) + 1
        again = post(client, exported, name).text
        assert held(again)["row"] == []
        assert again.count("Déjà ici :") + again.count("Déjà ici\u202f:") >= len(after)
        # From this second wiki back into the first, where all of it stands under other names.
        returned = self.visitor(target).get(f"/events.{extension}").data
        assert held(post(self.visitor(source), returned, name).text)["row"] == []

    @pytest.mark.parametrize("extension", ["ics", "geojson", "csv"])
    def test_its_own_export_makes_nothing_in_the_same_wiki(self, source: Flask, extension: str) -> None:
        client = self.visitor(source)
        exported = client.get(f"/events.{extension}").data
        assert held(post(client, exported, f"a.{extension}").text)["row"] == []

    def test_one_format_knows_what_another_brought(self, source: Flask, target: Flask) -> None:
        client = self.visitor(target)
        consent(client, self.visitor(source).get("/events.csv").data)
        for extension in ("ics", "geojson"):
            exported = self.visitor(source).get(f"/events.{extension}").data
            assert held(post(client, exported, f"a.{extension}").text)["row"] == []

    def test_a_formula_is_neutral_in_the_table_and_itself_again_in_the_wiki(self, source: Flask) -> None:
        rows = list(csv.DictReader(io.StringIO(self.visitor(source).get("/events.csv").data.decode("utf-8-sig"))))
        cells = [cell for row in rows for name, cell in row.items() if name not in ("latitude", "longitude")]
        assert cells
        assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@")]

    def test_the_map_is_one_for_a_parser_of_others(self, source: Flask) -> None:
        found: Any = geojson.loads(self.visitor(source).get("/events.geojson").text)
        assert isinstance(found, geojson.FeatureCollection)
        assert found.is_valid, found.errors()
        assert all(isinstance(feature, geojson.Feature) and feature.geometry.is_valid for feature in found.features)
        assert json.loads(geojson.dumps(found)) == json.loads(self.visitor(source).get("/events.geojson").text)
