"""The dates of an event in its forms: rows to be filled in, added and taken away without script, nothing lost."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.pages.test_initiatives import EVENT
from tests.web.conftest import Wiki
from tests.web.test_bad_input import plain, problems
from tests.web.test_writing import form_of
from wiki.places import zone, zones
from wiki.web.sessions import Row, lines_of, row_of

SESSIONS = [
    "2013-10-12", "2013-10-12T14:00", "2013-10-12T14:00/2013-10-12T18:00", "2013-10-12T22:00/2013-10-13T02:00",
    "2013-10-06/2013-10-20", "2013-10", "2013", "2013-10-12T14:00/2013-10-12T18:00 Pacific/Noumea",
    "2013-10-12T14:00 Europe/Paris", "2013-10-12T14:00/2013-10-13T18:00 Europe/Paris", "2013-10 America/Toronto",
]  # fmt: skip


def an_event(*sessions: str) -> str:
    listed = "\n".join(f"  - {session}" for session in sessions)
    return EVENT.replace("  - 2013-10-12T14:00", listed)


def row(
    day: str = "", start: str = "", end: str = "", last: str = "", zone: str = "", words: str = ""
) -> dict[str, str]:
    return {
        "sessions-day": day, "sessions-from": start, "sessions-to": end, "sessions-last": last,
        "sessions-zone": zone, "sessions": words,
    }


def rows(*sent: dict[str, str]) -> dict[str, list[str]]:
    return {name: [one[name] for one in sent] for name in row()}


@pytest.mark.parametrize("line", SESSIONS)
def test_a_row_nobody_touched_is_its_line_to_the_letter(line: str) -> None:
    assert lines_of([row_of(line)], [line]) == [line]


def test_changing_one_date_leaves_every_other_as_it_was(wiki: Wiki) -> None:
    slug = wiki.write(an_event(*SESSIONS))
    before = wiki.text(slug)
    bob = wiki.visitor("bob")
    sent = form_of(bob.get(f"/wiki/{slug}/edit"))
    number = sent["sessions-to"].index("18:00")
    sent["sessions-to"][number] = "19:00"
    sent["sessions-whole"] = [
        str(index) for index, day in enumerate(sent["sessions-day"]) if day and not sent["sessions-from"][index]
    ]
    assert bob.post(f"/wiki/{slug}/edit", data={**sent, "action": "save"}).status_code == 303
    pairs = zip(before.splitlines(), wiki.text(slug).splitlines(), strict=True)
    ((old, new),) = [(old, new) for old, new in pairs if old != new]
    assert old.replace("18:00", "19:00", 1) == new


def test_a_date_is_added_and_taken_away_by_the_server_and_nothing_is_saved(wiki: Wiki) -> None:
    visitor, before = wiki.visitor(), wiki.picture()
    sent = {"title": "Fête", "place": "Brest", **rows(row("2026-10-12", "14:00", "18:00", zone="Indian/Reunion"))}
    for path in ("/new/event", "/propose"):
        answer = visitor.post(path, data={**sent, "action": "add:sessions"})
        assert answer.status_code == 200
        longer = form_of(answer)
        assert longer["sessions-day"] == ["2026-10-12", ""]
        assert longer["sessions-from"] == ["14:00", ""]
        assert longer["sessions-zone"] == ["Indian/Reunion", "Indian/Reunion"]
        assert longer["title"] == ["Fête"]
        shorter = form_of(visitor.post(path, data={**longer, "action": "remove:sessions:0"}))
        assert shorter["sessions-day"] == [""]
    assert wiki.picture() == before


def test_days_hours_nights_words_and_zones_become_lines(wiki: Wiki) -> None:
    sent = rows(
        row("2026-10-12", "14:00", "18:00"), row("2026-10-13", "22:00", "02:00"), row("2026-10-14", "09:30"),
        row("2026-10-15", "10:00", "12:00"), row("2026-10-16", last="2026-10-20"), row(words="octobre 2013"), row(),
        row("2026-10-17", "10:00", "12:00", zone="europe/london"), row("2026-10-18", "18:00", "12:00", "2026-10-19"),
    )
    answer = wiki.visitor().post("/propose", data={"title": "Fête", "place": "Brest", "sessions-whole": "3", **sent})
    assert answer.status_code == 303
    assert re.findall(r"^  - '?(20[^'\n]*)", wiki.text("fete").partition("place:")[0], re.MULTILINE) == [
        "2013-10", "2026-10-12T14:00/2026-10-12T18:00", "2026-10-13T22:00/2026-10-14T02:00", "2026-10-14T09:30",
        "2026-10-15", "2026-10-16/2026-10-20", "2026-10-17T10:00/2026-10-17T12:00 Europe/London",
        "2026-10-18T18:00/2026-10-19T12:00",
    ]


WRONG = {
    "end before start": (row("2026-10-12", "18:00", "05:00", "2026-10-12"), "La fin vient avant le début."),
    "last day before the first": (row("2026-10-12", last="2026-10-02"), "La fin vient avant le début."),
    "30 February": (row("2026-02-30"), "Le 30 février 2026 n’existe pas : ce mois compte 28 jours."),
    "year 0": (row("0000-02-01"), "L’année s’écrit avec quatre chiffres, de 1000 à 2999."),
    "year 99999": (row("99999-02-01"), "L’année s’écrit avec quatre chiffres, de 1000 à 2999."),
    "unknown zone": (
        row("2026-10-12", "14:00", zone="Europe/Brest"),
        "Le fuseau « Europe/Brest » n’est pas connu ; écrivez par exemple Europe/Paris.",
    ),
    "no day": (row(start="14:00"), "Choisissez le jour."),
    "no beginning": (row("2026-10-12", end="14:00"), "Choisissez aussi l’heure du début."),
    "twice": (
        row("2026-10-12", words="octobre 2013"),
        "Donnez cette date une seule fois : par le calendrier, ou en toutes lettres.",
    ),
    "minute 75": (row("2026-10-12", "14:75"), "L’heure va de 0 h à 23 h 59."),
    "nonsense": (row(words="un de ces jours"), "Écrivez la date comme 2013-10-12"),
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("path", ["/new/event", "/propose"])
def test_a_wrong_date_is_told_in_its_row_and_nothing_typed_is_lost(shared: Wiki, path: str, name: str) -> None:
    shared.app.config["WTF_CSRF_ENABLED"] = False
    typed, message = WRONG[name]
    before = shared.picture()
    good = row("2026-10-11", "10:00", "11:00", zone="Europe/Paris")
    answer = shared.visitor().post(path, data={"title": "Fête mal datée", "place": "Brest", **rows(good, typed)})
    assert answer.status_code == 422
    told = [plain(line) for line in problems(answer)]
    assert len(told) == 1
    assert told[0].startswith(f"Date 2 : {message}")
    assert '<a href="#field-sessions-2">' in answer.text
    beside = re.search(r'id="field-sessions-2-error">.*?<span>(.*?)</span></p>', answer.text, re.DOTALL)
    assert beside is not None
    assert plain(unescape(beside[1])).startswith(message)
    kept = form_of(answer)
    assert {field: kept[field][1] for field in typed} == typed
    assert kept["title"] == ["Fête mal datée"]
    assert shared.picture() == before


@pytest.mark.parametrize("path", ["/new/event", "/propose"])
def test_a_thousand_dates_are_refused_with_the_limit_and_kept(shared: Wiki, path: str) -> None:
    shared.app.config["WTF_CSRF_ENABLED"] = False
    many = rows(*(row(f"2026-{1 + number % 12:02}-{1 + number % 28:02}", "10:00") for number in range(1000)))
    answer = shared.visitor().post(path, data={"title": "Mille rendez-vous", **many})
    assert answer.status_code == 422
    assert "Cette liste compte 1000 lignes ; gardez-en 200 au plus." in plain(unescape(answer.text))
    assert form_of(answer)["sessions-day"] == many["sessions-day"]
    more = shared.visitor().post(path, data={"title": "Mille rendez-vous", **many, "action": "add:sessions"})
    assert more.status_code == 422
    assert "Cette liste est pleine : 200 lignes au plus." in plain(unescape(more.text))


def test_hours_are_those_of_the_place_where_its_clocks_differ(wiki: Wiki) -> None:
    visitor = wiki.visitor()
    for title, place, expected in (
        ("À Montréal", "Montréal, parc", "2026-10-12T14:00 America/Toronto"),
        ("À Nouméa", "Nouméa", "2026-10-12T14:00 Pacific/Noumea"),
        ("À Bruxelles", "Bruxelles", "2026-10-12T14:00\n"),
        ("À Brest", "Brest", "2026-10-12T14:00\n"),
        ("Nulle part", "Un lieu sans nom connu", "2026-10-12T14:00\n"),
    ):
        answer = visitor.post("/propose", data={"title": title, "place": place, **rows(row("2026-10-12", "14:00"))})
        assert expected in wiki.text(answer.location.rpartition("/")[2]), title


def test_every_zone_offered_is_one_the_dates_understand() -> None:
    assert len(zones()) > 400
    assert all(Row(day="2026-10-12", zone=name).checked().problem == "" for name in zones())
    assert zone("CA", 45.5, -73.6) == "America/Toronto"
    assert zone("PF", -17.5, -149.6) == "Pacific/Tahiti"
    assert zone("ZZ", 0, 0) is None


@pytest.mark.parametrize(
    ("latitude", "longitude"), [("91", "2"), ("-90.1", "2"), ("48.4", "181"), ("nord", "ouest"), ("48.4", "")]
)
def test_a_point_off_the_earth_is_told_beside_its_field_and_kept(shared: Wiki, latitude: str, longitude: str) -> None:
    shared.app.config["WTF_CSRF_ENABLED"] = False
    before = shared.picture()
    sent = {"title": "Très au nord", "geo-latitude": latitude, "geo-longitude": longitude}
    answer = shared.visitor().post("/new/event", data=sent)
    assert answer.status_code == 422
    assert 'id="field-geo-error"' in answer.text
    assert len(problems(answer)) == 1
    kept = form_of(answer)
    assert (kept["geo-latitude"], kept["geo-longitude"]) == ([latitude], [longitude])
    assert shared.picture() == before


@pytest.mark.parametrize("day", ["2013-02-30", "0000", "99999-01-01", "2013-13", "bientôt"])
@pytest.mark.parametrize("field", ["starts_on", "ends_on", "highlight_day"])
def test_a_day_of_an_edition_that_is_none_is_told_beside_its_field(shared: Wiki, field: str, day: str) -> None:
    shared.app.config["WTF_CSRF_ENABLED"] = False
    before = shared.picture()
    answer = shared.visitor().post("/new/edition", data={"title": "Un mois", field: day})
    assert answer.status_code == 422
    assert f'id="field-{field}-error"' in answer.text
    assert form_of(answer)[field] == [day]
    assert shared.picture() == before


def test_an_edition_that_ends_before_it_starts_is_told_so(shared: Wiki) -> None:
    shared.app.config["WTF_CSRF_ENABLED"] = False
    before = shared.picture()
    sent = {"title": "Un mois à rebours", "starts_on": "octobre 2013", "ends_on": "30 septembre 2013"}
    answer = shared.visitor().post("/new/edition", data=sent)
    assert answer.status_code == 422
    assert problems(answer) == ["La fin vient avant le début."]
    assert 'id="field-ends_on-error"' in answer.text
    assert {name: form_of(answer)[name][0] for name in sent} == sent
    assert shared.picture() == before
