"""Fields: what people write, what is kept, what is refused and with which words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import given, settings
from hypothesis import strategies as st

from wiki.errors import Invalid
from wiki.naming import BadName
from wiki.pages.fields import (
    Choice,
    Coordinates,
    Duration,
    Field,
    Limits,
    Money,
    PartialDate,
    Refusal,
    Session,
    TypeName,
    check,
    clean,
    read,
    words,
)
from wiki.pages.fields.types import TYPES
from wiki.pages.fields.vocabulary import COUNTRIES, LICENCES
from wiki.pages.kinds import KINDS
from wiki.rendering import french as typeset


def field(type: TypeName, **more: object) -> Field:
    return Field("essai", type, "Essai", **more)  # type: ignore[arg-type]


def refusal(type: TypeName, raw: str, **more: object) -> str:
    with pytest.raises(Invalid) as caught:
        clean(field(type, **more), raw)
    return str(caught.value)


@pytest.fixture
def french() -> Iterator[None]:
    app = Flask("essai")
    Babel(app, default_locale="fr")
    with app.test_request_context():
        yield


@pytest.fixture
def english() -> Iterator[None]:
    app = Flask("essai")
    Babel(app, default_locale="en")
    with app.test_request_context():
        yield


# Dates


@pytest.mark.parametrize(("written", "kept"), [
    ("2011", "2011"), ("2011-10", "2011-10"), ("2011-10-06", "2011-10-06"), ("2010-1-5", "2010-01-05"),
    ("06/10/2011", "2011-10-06"), ("6.10.2011", "2011-10-06"), ("10/2011", "2011-10"),
    ("12 octobre 2013", "2013-10-12"), ("1er août 2011", "2011-08-01"), ("octobre 2011", "2011-10"),
    ("oct. 2011", "2011-10"), ("Décembre 2010", "2010-12"), ("decembre 2010", "2010-12"),
    ("sam. 12 oct. 2013", "2013-10-12"), ("samedi 12 octobre 2013", "2013-10-12"),
    ("le 3 mars 2012", "2012-03-03"),
    ("mar. 31 mai 2011", "2011-05-31"), ("mar 2012", "2012-03"), ("12 October 2013", "2013-10-12"),
    ("October 12, 2013", "2013-10-12"), ("Saturday, October 12, 2013", "2013-10-12"),
])
def test_a_date_is_understood_as_people_write_it(written: str, kept: str) -> None:
    assert clean(field("partial_date"), written) == kept


@pytest.mark.parametrize(("written", "reason"), [
    ("2011-02-30", "Le 30 février 2011 n’existe pas"),
    ("29 février 2013", "ce mois compte 28 jours"),
    ("31/13/2011", "Le mois va de 1 à 12."),
    ("2011-10-32", "Le jour va de 1 à 31."),
    ("0000", "quatre chiffres"), ("99999-01-01", "quatre chiffres"), ("0", "Écrivez la date"),
    ("06/10/11", "Écrivez la date"), ("bientôt", "Écrivez la date"), ("12 brumaire 2010", "Écrivez la date"),
    ("dimanche 12 octobre 2013", "est un samedi"),
])
def test_a_date_that_cannot_be_is_refused_with_its_reason(written: str, reason: str) -> None:
    assert reason in refusal("partial_date", written)


def test_a_leap_day_exists_in_leap_years() -> None:
    assert clean(field("date"), "29/02/2012") == "2012-02-29"


def test_a_full_date_needs_its_day() -> None:
    assert "le jour, le mois et l’année" in refusal("date", "octobre 2013")


def test_a_partial_date_knows_its_first_and_last_days() -> None:
    assert PartialDate(2012, 2).first_day == date(2012, 2, 1)
    assert PartialDate(2012, 2).last_day == date(2012, 2, 29)
    assert PartialDate(2012).last_day == date(2012, 12, 31)
    assert [PartialDate(2012).precision, PartialDate(2012, 2).precision,
            PartialDate(2012, 2, 3).precision] == [
        "year", "month", "day"]


# Sessions

AT_TWO_TO_SIX = "2013-10-12T14:00/2013-10-12T18:00"


@pytest.mark.parametrize(("written", "kept"), [
    (f"{AT_TWO_TO_SIX} Europe/Paris", f"{AT_TWO_TO_SIX} Europe/Paris"),
    (f"{AT_TWO_TO_SIX} europe/paris", f"{AT_TWO_TO_SIX} Europe/Paris"),
    ("2013-10-12 14:00-18:00 Europe/Paris", f"{AT_TWO_TO_SIX} Europe/Paris"),
    ("2013-10-12T14:00/18:00", AT_TWO_TO_SIX),
    ("2013-10-12T14:00:00/2013-10-12T18:00:00", AT_TWO_TO_SIX),
    ("12 octobre 2013 de 14h à 18h", AT_TWO_TO_SIX),
    ("samedi 12 octobre 2013, de 14 h à 18 h", AT_TWO_TO_SIX),
    ("12/10/2013 14h-18h", AT_TWO_TO_SIX),
    ("12 octobre 2013, 14 h – 18 h", AT_TWO_TO_SIX),
    ("Saturday 12 October 2013 from 14:00 to 18:00", AT_TWO_TO_SIX),
    ("2010-12-04T09:30", "2010-12-04T09:30"),
    ("le 4 décembre 2010 à 9h30", "2010-12-04T09:30"),
    ("4 décembre 2010 à midi", "2010-12-04T12:00"),
    ("2013-10-12T14:00Z", "2013-10-12T14:00 UTC"),
    ("12 octobre 2013 de 22 h à 2 h", "2013-10-12T22:00/2013-10-13T02:00"),
    ("31 décembre 2013 de 20 h à minuit", "2013-12-31T20:00/2014-01-01T00:00"),
    ("12 octobre 2013 à 14h au 13 octobre 2013 à 18h", "2013-10-12T14:00/2013-10-13T18:00"),
    ("samedi 12/10/2013 à 14 h - dimanche 13/10/2013 à 18 h", "2013-10-12T14:00/2013-10-13T18:00"),
    ("du 6 au 20 octobre 2013", "2013-10-06/2013-10-20"),
    ("6-20 octobre 2013", "2013-10-06/2013-10-20"),
    ("du 28 septembre au 3 octobre 2013", "2013-09-28/2013-10-03"),
    ("du 28 décembre 2013 au 3 janvier 2014", "2013-12-28/2014-01-03"),
    ("du 06/10/2013 au 20/10/2013", "2013-10-06/2013-10-20"),
    ("2013-10-06/2013-10-06", "2013-10-06"),
    ("2013-10-12T14:00/2013-10-12T14:00", "2013-10-12T14:00"),
    ("2013-10/2013-11", "2013-10/2013-11"),
    ("octobre 2011", "2011-10"), ("2011", "2011"),
])
def test_a_session_is_understood_as_people_write_it(written: str, kept: str) -> None:
    assert clean(field("sessions"), [written]) == [kept]
    assert clean(field("sessions"), [kept]) == [kept]


@pytest.mark.parametrize(("written", "reason"), [
    ("2013-10-20/2013-10-06", "La fin vient avant le début."),
    ("2013-10-12T18:00/2013-10-12T14:00", "La fin vient avant le début."),
    ("12 octobre 2013 de 14 h à 8 h", "La fin vient avant le début."),
    ("2013-10-12T14:00 Europe/Pariss", "Le fuseau « Europe/Pariss » n’est pas connu"),
    ("2013-10-12T14:00 Europe/../../etc/passwd", "Écrivez la date"),
    ("2013-10-12T24:00", "L’heure va de 0 h à 23 h 59."),
    ("2013-10-12T14:75", "L’heure va de 0 h à 23 h 59."),
    ("0000-10-12", "quatre chiffres"), ("99999-10-12", "quatre chiffres"),
    ("2013-02-30T14:00", "n’existe pas"),
    ("octobre 2013 à 14h", "une date complète"),
    ("2013-10/2013-11-05", "de la même façon"),
    ("de 14h à 18h", "Écrivez la date"), ("un de ces jours", "Écrivez la date"),
])
def test_a_session_that_cannot_be_is_refused_with_its_reason(written: str, reason: str) -> None:
    assert reason in refusal("sessions", written)


def test_sessions_are_sorted_and_said_once() -> None:
    given_sessions = ["2013-10-13", "2013-10-12T20:00", "12 octobre 2013", "2013-10-13", "2011"]
    assert clean(field("sessions"), given_sessions) == ["2011", "2013-10-12", "2013-10-12T20:00",
                                                        "2013-10-13"]


def test_sessions_are_sorted_by_instant_and_not_by_the_clock_on_the_wall() -> None:
    montreal, paris = "2013-10-12T14:00 America/Montreal", "2013-10-12T15:00 Europe/Paris"
    assert clean(field("sessions"), [montreal, paris]) == [paris, montreal]


def test_a_list_that_is_too_long_is_refused_before_it_is_read() -> None:
    assert "201 lignes" in refusal("sessions", "\n".join(["2013"] * 201))


def test_each_refused_session_is_quoted() -> None:
    with pytest.raises(Invalid) as caught:
        clean(field("sessions"), ["2013-10-12", "hier", "2013-02-30"])
    assert [problem.message[:16] for problem in caught.value.problems] == ["« hier » : Écriv",
                                                                           "« 2013-02-30 » :"]
    assert {problem.field for problem in caught.value.problems} == {"essai"}


def test_a_session_begins_and_ends_at_instants() -> None:
    timed = Session.parse(f"{AT_TWO_TO_SIX} Europe/Paris")
    assert timed.start_instant == datetime(2013, 10, 12, 12, tzinfo=UTC)
    assert timed.end_instant == datetime(2013, 10, 12, 16, tzinfo=UTC)
    whole_days = Session.parse("2013-10-06/2013-10-20")
    assert whole_days.start_instant == datetime(2013, 10, 5, 22, tzinfo=UTC)
    assert whole_days.end_instant == datetime(2013, 10, 20, 22, tzinfo=UTC)
    month = Session.parse("2011-10 America/Montreal")
    assert month.start_instant == datetime(2011, 10, 1, 4, tzinfo=UTC)
    assert month.end_instant == datetime(2011, 11, 1, 4, tzinfo=UTC)
    moment = Session.parse("2010-12-04T09:30")
    assert moment.start_instant == moment.end_instant == datetime(2010, 12, 4, 8, 30, tzinfo=UTC)


def test_a_session_says_its_days_and_its_iso_ends() -> None:
    timed, days, month = (Session.parse(text) for text in (AT_TWO_TO_SIX, "2013-10-06/2013-10-20", "2011-10"))
    assert (timed.starts_on, timed.iso_start, timed.iso_end) == (
        "2013-10-12", "2013-10-12T14:00+02:00", "2013-10-12T18:00+02:00")
    assert (days.starts_on, days.iso_start, days.iso_end, days.all_day) == (
        "2013-10-06", "2013-10-06", "2013-10-20", True)
    assert (month.starts_on, month.precision, month.iso_end) == ("2011-10", "month", None)


# Quantities


@pytest.mark.parametrize(("written", "kept"), [
    ("30 min", "30 min"), ("90 minutes", "1 h 30"), ("2h30", "2 h 30"), ("2 h 30 min", "2 h 30"),
    ("2 h 05", "2 h 05"),
    ("1,5 h", "1 h 30"), ("1:30", "1 h 30"), ("1 heure et 30 minutes", "1 h 30"), ("une heure", "1 h"),
    ("une demi-heure", "30 min"), ("24 h", "24 h"), ("2 jours", "2 j"), ("une journée", "1 j"),
    ("1 semaine", "1 semaine"),
    ("3 semaines", "3 semaines"), ("deux mois", "2 mois"), ("1 an", "1 an"), ("2 ans", "2 ans"),
    ("0 min", "0 min"),
    ("2 h - 4 h", "2 h - 4 h"), ("de 2 à 4 heures", "2 h - 4 h"), ("2-4 h", "2 h - 4 h"),
    ("2 à 3 mois", "2 mois - 3 mois"),
    ("1h30 à 2h", "1 h 30 - 2 h"), ("entre 2 et 4 jours", "2 j - 4 j"), ("2 h à 3 j", "2 h - 3 j"),
    ("2 h - 2 h", "2 h"),
])
def test_a_duration_is_understood_as_people_write_it(written: str, kept: str) -> None:
    assert clean(field("duration"), written) == kept


@pytest.mark.parametrize(("written", "reason"), [
    ("4 h - 2 h", "la plus courte d’abord"), ("plusieurs mois", "Écrivez une durée"),
    ("1 h 75", "Les minutes vont"),
    ("999999 ans", "siècle"), ("12", "Écrivez une durée"), ("-2 h", "Écrivez une durée"),
    ("½ h", "Écrivez une durée"),
])
def test_a_duration_that_cannot_be_is_refused_with_its_reason(written: str, reason: str) -> None:
    assert reason in refusal("duration", written)


def test_a_duration_counts_minutes() -> None:
    duration = Duration.parse("1 h 30 - 2 j")
    assert (duration.min_minutes, duration.max_minutes) == (90, 2880)


@pytest.mark.parametrize(("written", "kept"), [
    ("0 EUR", "0 EUR"), ("gratuit", "0 EUR"), ("Gratuit !", "0 EUR"), ("150", "150 EUR"),
    ("150 €", "150 EUR"),
    ("150 euros", "150 EUR"), ("€150", "150 EUR"), ("1 500 €", "1500 EUR"), ("1\u202f500\u00a0€", "1500 EUR"),
    ("150,5 €", "150.50 EUR"), ("150.00 EUR", "150 EUR"), ("de 0 à 150 €", "0-150 EUR"),
    ("0-150 EUR", "0-150 EUR"),
    ("0 € - 150 €", "0-150 EUR"), ("jusqu'à 100 €", "0-100 EUR"), ("20 CHF", "20 CHF"),
    ("5 000 FCFA", "5000 XOF"),
    ("0.5-1.25 cad", "0.50-1.25 CAD"), ("entre 1 000 et 2 000 €", "1000-2000 EUR"), ("20 - 20 €", "20 EUR"),
])
def test_money_is_understood_as_people_write_it(written: str, kept: str) -> None:
    assert clean(field("money"), written) == kept


@pytest.mark.parametrize(("written", "reason"), [
    ("150-0 EUR", "le plus petit d’abord"), ("-5 EUR", "Écrivez un montant"),
    ("20 foo", "La monnaie « foo »"),
    ("12 $", "La monnaie « $ »"), ("1.500 €", "Écrivez un montant"), ("environ 5 €", "Écrivez un montant"),
    ("1e9 EUR", "Écrivez un montant"), ("NaN", "Écrivez un montant"), ("5 € à 6 CHF", "la même monnaie"),
])
def test_money_that_cannot_be_is_refused_with_its_reason(written: str, reason: str) -> None:
    assert reason in refusal("money", written)


@pytest.mark.parametrize(("written", "kept"), [
    ("48.876, 2.359", "48.876, 2.359"), ("48,876 ; 2,359", "48.876, 2.359"),
    ("48.876 2.359", "48.876, 2.359"),
    ("48,876, 2,359", "48.876, 2.359"), ("48.876,2.359", "48.876, 2.359"),
    ("45.546, −73.579", "45.546, -73.579"),
    ("48.876° N, 2.359° O", "48.876, -2.359"), ("21.379 S, 55.619 E", "-21.379, 55.619"),
    ("geo:48.876,2.359", "48.876, 2.359"), ("48.390, -4.480", "48.39, -4.48"), ("-0.0000001, 0", "0, 0"),
    ("https://www.openstreetmap.org/#map=17/48.39012/-4.48613", "48.39012, -4.48613"),
    ("90, -180", "90, -180"),
])
def test_a_place_is_understood_as_people_write_it(written: str, kept: str) -> None:
    assert clean(field("coordinates"), written) == kept


@pytest.mark.parametrize(("written", "reason"), [
    ("91, 2", "La latitude va de -90 à 90."), ("48, 181", "La longitude va de -180 à 180."),
    ("48,876,2,359", "Écrivez la latitude puis la longitude"), ("nan, nan", "Écrivez la latitude"),
    ("1e3, 2", "Écrivez la latitude"), ("Brest", "Écrivez la latitude"),
])
def test_a_place_off_the_globe_is_refused_with_its_reason(written: str, reason: str) -> None:
    assert reason in refusal("coordinates", written)


@pytest.mark.parametrize(("written", "kept"),
                         [("120", "120"), ("1 800", "1800"), ("1\u202f800", "1800"), ("007", "7")])
def test_a_number_may_have_spaces_between_thousands(written: str, kept: str) -> None:
    assert clean(field("number"), written) == kept


def test_a_number_stays_within_its_limits() -> None:
    assert "de 1 à 5" in refusal("number", "6", limits=Limits(lowest=1, highest=5))
    assert "en chiffres" in refusal("number", "environ 12")
    assert "de 0 à" in refusal("number", "-4")


# Words, names and addresses


@pytest.mark.parametrize(("written", "kept"), [
    ("  un   peu \t de\ntout  ", "un peu de tout"), ("\u200bun\u200b", "un"), ("\ufeffun", "un"),
    ("un\u2028deux", "un deux"),
    ("10\u202f000\u00a0€", "10\u202f000\u00a0€"), ("e\u0301te\u0301", "été"),
    ("👩\u200d🍳 et 𝔏", "👩\u200d🍳 et 𝔏"),
    ("שלום", "שלום"), ("a: b # c", "a: b # c"), ("- null", "- null"), ("\u200b", ""),
])
def test_a_line_is_trimmed_and_its_blanks_joined(written: str, kept: str) -> None:
    assert clean(field("line"), written) == kept


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x9c", "\ud800", "\uffff"])
def test_a_control_character_is_refused_everywhere(character: str) -> None:
    for type in ("title", "line", "text"):
        assert clean(field(type), "sain") == "sain"
        with pytest.raises(Invalid):
            clean(field(type), f"mal{character}sain")


@pytest.mark.parametrize("character", "\u202a\u202e\u2066\u2069")
def test_a_character_that_turns_the_reading_around_is_refused_in_a_line(character: str) -> None:
    assert "sens de lecture" in refusal("line", f"a{character}b")
    assert "sens de lecture" in refusal("title", f"a{character}b")
    assert clean(field("text"), f"a{character}b") == f"a{character}b"


def test_a_long_text_keeps_its_lines_and_loses_blanks_at_their_ends() -> None:
    written = "\r\n  Un. \t\r\nDeux.\r\rTrois.\u2028Quatre.\n\n"
    assert clean(field("text"), written) == "Un.\nDeux.\n\nTrois.\nQuatre."


def test_words_past_their_limit_are_refused_with_both_lengths() -> None:
    assert "201 caractères ; gardez-en 200" in refusal("line", "é" * 201, limits=Limits(length=200))
    assert clean(field("line", limits=Limits(length=200)), " " * 300 + "é" * 200) == "é" * 200
    assert "100000 caractères" in refusal("sessions", "2013-" * 20_000)


@pytest.mark.parametrize("title", ["", "!!!", "\u200b", "x" * 121, "Cоpy party", "a\x00b"])
def test_a_title_must_make_an_address(title: str) -> None:
    declared = field("title", limits=Limits(length=120))
    if title:
        with pytest.raises(Invalid):
            clean(declared, title)
    else:
        assert clean(declared, title) == ""


@pytest.mark.parametrize(("written", "kept"), [
    ("https://exemple.org", "https://exemple.org"), ("www.exemple.org/x", "https://www.exemple.org/x"),
    ("exemple.org", "https://exemple.org"), ("HTTP://EXEMPLE.org/Page", "http://exemple.org/Page"),
    ("<https://exemple.org/a>", "https://exemple.org/a"), ("https://é.org/à?b=c#d", "https://é.org/à?b=c#d"),
])
def test_a_web_address_is_completed(written: str, kept: str) -> None:
    assert clean(field("url"), written) == kept


@pytest.mark.parametrize(("written", "reason"), [
    ("ftp://exemple.org", "https://"), ("javascript:alert(1)", "https://"), ("//exemple.org", "https://"),
    ("https://", "https://"), ("http://[::1", "https://"), ("https://exemple.org:99999/", "https://"),
    ("https://u:p@exemple.org/", "mot de passe"), ("https://exemple.org/a b", "sans espace"),
    ('https://exemple.org/"onclick=', "sans espace ni guillemet"), ("https://exemple.org\\@x", "sans espace"),
])
def test_a_web_address_that_could_harm_is_refused(written: str, reason: str) -> None:
    assert reason in refusal("url", written)


@pytest.mark.parametrize(("written", "kept"), [
    ("Copy party", "copy-party"), ("[[Copy party|la fête]]", "copy-party"),
    ("/wiki/copy-party", "copy-party"),
    ("https://exemple.org/wiki/copy%20party?x#y", "copy-party"), ("a" * 200, "a" * 80),
])
def test_a_page_may_be_named_in_many_ways(written: str, kept: str) -> None:
    assert clean(field("reference"), written) == kept


def test_a_page_is_not_another_site() -> None:
    assert "autre site" in refusal("reference", "https://exemple.org/a")
    assert "une lettre ou un chiffre" in refusal("reference", "[[!]]")


def test_a_mention_is_a_page_or_plain_words() -> None:
    assert clean(field("mentions"), ["[[doc@brest]]", " Vecam ", "[[a|b]]", "[[ ]]"]) == ["doc@brest",
                                                                                          "Vecam", "a",
                                                                                          "[[ ]]"]


def test_a_list_takes_one_value_per_line_and_says_each_once() -> None:
    assert clean(field("list"), "un\r\n\r\n deux\nun") == ["un", "deux"]
    assert clean(field("list"), ["un", "", "  "]) == ["un"]


CHOICES = (Choice("passe", "passé"), Choice("en-route", "en route"))


@pytest.mark.parametrize("written", ["en-route", "En route", "EN ROUTE", "en  route"])
def test_a_choice_may_be_named_by_its_code_or_its_words(written: str) -> None:
    assert clean(field("choice", choices=CHOICES), written) == "en-route"


def test_an_unknown_choice_names_the_choices() -> None:
    assert "passé, en route" in refusal("choice", "autre", choices=CHOICES)
    assert "n’est pas dans la liste ; choisissez" in refusal("choice", "Zz", choices=COUNTRIES)


def test_a_country_may_be_named_in_words() -> None:
    assert clean(field("choice", choices=COUNTRIES), "belgique") == "BE"


@pytest.mark.parametrize(("written", "kept"), [
    ("cc-by-sa", "CC BY-SA 4.0"), ("CC-BY-SA-4.0", "CC BY-SA 4.0"), ("cc by 3.0", "CC BY 3.0"),
    ("CC0", "CC0 1.0"),
    ("domaine public", "Domaine public"),
])
def test_a_licence_may_be_named_loosely(written: str, kept: str) -> None:
    assert clean(field("licence", choices=LICENCES), written) == kept


def test_a_licence_that_is_not_free_is_refused() -> None:
    assert "interdit l’usage commercial" in refusal("licence", "CC BY-NC-SA 4.0", choices=LICENCES)
    assert "interdit les versions modifiées" in refusal("licence", "cc by-nd", choices=LICENCES)
    assert "n’est pas dans la liste" in refusal("licence", "Copyright", choices=LICENCES)


# Reading and saying


def test_reading_is_lenient() -> None:
    assert read(field("partial_date"), "octobre 2011") == PartialDate(2011, 10)
    assert read(field("partial_date"), "n'importe quoi") is None
    assert read(field("sessions"), ["2013-10-12", "n'importe quoi"]) == [Session(PartialDate(2013, 10, 12))]
    assert read(field("coordinates"), "48.876, 2.359") == Coordinates(48.876, 2.359)
    assert read(field("money"), "gratuit") == Money.parse("0 EUR")
    assert read(field("number"), "12") == 12
    assert read(field("line"), "") is None


def test_checking_keeps_what_it_refuses() -> None:
    checked = check(field("sessions"), ["12 octobre 2013", "hier"])
    assert checked.value == ["2013-10-12", "hier"]
    assert [index for index, _reason in checked.refusals] == [1]


@pytest.mark.parametrize(("type", "raw", "said"), [
    ("duration", "2 h 30", "2 heures 30"), ("duration", "2 h - 4 h", "de 2 à 4 heures"),
    ("duration", "1 j", "1 jour"),
    ("duration", "1 h 30 - 2 h", "de 1 heure 30 à 2 heures"),
    ("duration", "2 mois - 3 mois", "de 2 à 3 mois"),
    ("duration", "45 min", "45 minutes"),
    ("money", "0 EUR", "gratuit"), ("money", "0-150 EUR", "de 0 à 150\u00a0€"),
    ("money", "150.50 EUR", "150,50\u00a0€"),
    ("money", "1500 EUR", "1\u202f500\u00a0€"),
    ("partial_date", "2011", "2011"), ("partial_date", "2011-10", "octobre 2011"),
    ("date", "2013-10-01", "1er octobre 2013"),
    ("number", "1800", "1\u202f800"), ("line", "tel quel", "tel quel"),
    ("partial_date", "illisible", "illisible"),
    ("sessions", AT_TWO_TO_SIX, "samedi 12 octobre 2013, de 14 h à 18 h"),
    ("sessions", "2010-12-04T09:30", "samedi 4 décembre 2010, à 9 h 30"),
    ("sessions", "2013-10-12", "samedi 12 octobre 2013"), ("sessions", "2011-10", "octobre 2011"),
    ("sessions", "2013-10-06/2013-10-20", "du 6 au 20 octobre 2013"),
    ("sessions", "2013-10-01/2013-10-31", "du 1er au 31 octobre 2013"),
    ("sessions", "2013-09-28/2013-10-03", "du 28 septembre au 3 octobre 2013"),
    ("sessions", "2013-12-28/2014-01-03", "du 28 décembre 2013 au 3 janvier 2014"),
    ("sessions", "2013-10-12T22:00/2013-10-13T02:00", "samedi 12 octobre 2013, de 22 h à 2 h"),
    ("sessions", "2013-10-12T14:00/2013-10-14T18:00",
     "du samedi 12 octobre 2013 à 14 h au lundi 14 octobre 2013 à 18 h"),
    ("sessions", "2013-10-12T14:00 America/Montreal",
     "samedi 12 octobre 2013, à 14 h (heure locale : Montreal)"),
    ("sessions", "2013-10/2013-11", "octobre 2013 – novembre 2013"),
])
@pytest.mark.usefixtures("french")
def test_values_are_said_as_people_say_them(type: TypeName, raw: str, said: str) -> None:
    # Spaces that hold a number to its unit are those of running text.
    assert words(field(type), raw) == typeset(said).replace("\u202f:", " :")


@pytest.mark.usefixtures("french")
def test_an_hour_is_never_left_alone_at_the_end_of_a_line() -> None:
    assert words(field("sessions"), "2010-12-04T09:30").endswith("à 9\u202fh\u202f30")


@pytest.mark.usefixtures("french")
def test_a_choice_is_said_by_its_label_and_a_list_as_a_sentence() -> None:
    assert words(field("choice", choices=CHOICES), "passe") == "passé"
    assert words(field("choice", choices=COUNTRIES), "BE") == "Belgique"
    assert words(field("list"), ["un", "deux", "trois"]) == "un, deux et trois"
    assert words(field("list"), []) == ""


@pytest.mark.usefixtures("english")
def test_dates_follow_the_reader_s_language() -> None:
    assert words(field("partial_date"), "2011-10") == "October 2011"
    assert words(field("choice", choices=COUNTRIES), "BE") == "Belgium"


# Laws

ALL_FIELDS = sorted({declared.name: declared for kind in KINDS.values() for declared in kind.fields}.values(),
                    key=lambda declared: declared.name)
PIECES = st.one_of(st.text(max_size=12), st.sampled_from([
    "2013-10-12", "2013", "octobre", "12", "31", "février", " au ", "/", "-", "T14:00", " de 14h à 18h",
    "Europe/Paris",
    "h", " min", "30", " EUR", "€", ",", ";", ".", "48", "°", " N", "https://", "www.", "a.org", "/wiki/",
    "[[", "]]",
    "|", "@", ":", "du ", "à", "fr", "CC BY-SA", "\u200b", "\ufeff", "\u2028", "\x85", "\xa0", "e\u0301", "²",
    "½", "ﬃ",
]))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(ALL_FIELDS), st.lists(PIECES, max_size=8).map("".join))
def test_cleaning_twice_changes_nothing_and_refuses_only_in_words(declared: Field, text: str) -> None:
    checked = check(declared, text)
    assert all(reason.strip() for _index, reason in checked.refusals)
    if not checked.refusals:
        assert clean(declared, checked.value) == checked.value
        assert isinstance(checked.value, str) or not any("\n" in item for item in checked.value)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(ALL_FIELDS), st.lists(PIECES, max_size=8).map("".join))
def test_only_our_own_refusals_reach_people(declared: Field, text: str) -> None:
    with suppress(Refusal, BadName):
        TYPES[declared.type].parse(declared, text)


@settings(deadline=None)
@given(st.dates(date(1000, 1, 1), date(2999, 12, 31)), st.times(),
       st.sampled_from([None, "Europe/Paris", "Africa/Dakar"]))
def test_every_moment_survives_its_text(day: date, at: object, zone: str | None) -> None:
    text = f"{day}T{at:%H:%M}" + (f" {zone}" if zone else "")
    assert str(Session.parse(text)) == text


@settings(deadline=None)
@given(st.floats(-90, 90), st.floats(-180, 180))
def test_every_point_survives_its_text(latitude: float, longitude: float) -> None:
    text = str(Coordinates(latitude, longitude))
    assert str(Coordinates.parse(text)) == text


class TestOneSessionCalledOff:
    @pytest.mark.parametrize(
        ("typed", "written"),
        [
            ("2031-10-04 annule", "2031-10-04 annule"),
            ("4 octobre 2031 de 14 h à 18 h (annulée)", "2031-10-04T14:00/2031-10-04T18:00 annule"),
            ("2031-10-04T14:00 Europe/Brussels, reportée", "2031-10-04T14:00 Europe/Brussels reporte"),
            ("octobre 2031 cancelled", "2031-10 annule"),
            ("2031-10-04/2031-10-06 Postponed", "2031-10-04/2031-10-06 reporte"),
        ],
    )
    def test_it_says_so_after_all_else_and_is_written_in_one_way(self, typed: str, written: str) -> None:
        assert str(Session.parse(typed)) == written
        assert str(Session.parse(written)) == written

    @pytest.mark.parametrize("typed", ["annule", "(annulée)", "2031-10-04 annule annule", "30 février 2031 annulé"])
    def test_a_state_without_a_date_is_no_date(self, typed: str) -> None:
        with pytest.raises(Refusal):
            Session.parse(typed)
