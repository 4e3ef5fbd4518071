"""What a visitor is sent, in the language they wish: the screens, the dates, the way to choose."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from tests import catalogues
from tests.catalogues import asked, messages, said
from tests.conftest import Cast, Visitor
from tests.web.routes import READABLE
from tests.words import ALIKE, FRENCH, PLACEHOLDER, Seen, found
from wiki import pages
from wiki.pages import KINDS, fields

# English words everywhere, so that whatever is French comes from the interface.
PAGES = {
    "mapping": "kind: recipe\ntitle: Mapping together\ntagline: A map\ndifficulty: 3\nduration: 1 h 30\ncost: 0 EUR\n"
    "prep_time: 2 mois\nlicense: CC BY-SA 4.0",
    "meeting": "kind: event\ntitle: Meeting together\nstate: annule\nformat: atelier\n"
    "sessions:\n  - 2013-10-01T14:00/2013-10-01T18:30\nplace: Brest\nrecipes:\n  - mapping",
    "village": "kind: project\ntitle: Village together\nmaturity: demarrage\nplace: Brest\nstarted_on: 2013-10",
    "festival": "kind: edition\ntitle: Festival together\nstarts_on: 2013-10-06\nends_on: 2013-10-20",
    "plants": "kind: theme\ntitle: Plants\nsynonyms:\n  - Trees",
    "neighbours": "kind: collective\ntitle: Neighbours\nplace: Brest",
}
# Every address that is read, of every page; the gallery of parts shows sample content.
# What programs read holds few words of ours, and not as sentences.
DATA = re.compile(r"/places\.json|/sw\.js|\.ics|\.geojson|\.csv")
ADDRESSES = sorted(
    {
        route.path.format(slug=name).replace("ligne", "slowly")
        for route in READABLE
        for name in PAGES
        if route.endpoint not in ("reading.design", "static") and not DATA.search(route.path)
    }
    | {f"/wiki/mapping-by-bike/{screen}" for screen in ("pull", "offer", "variants", "compare/mapping")}
    | {"/offers/1", "/wiki/mapping/offers", "/wiki/mapping/pull?from=mapping-by-bike"}
    | {"/nowhere", "/search", "/search?q=nothing", "/search?place=nowhere&from=2011&km=10", "/events?when=past"}
)
# Names of countries, towns and languages that are written so in English too.
_FRENCH_NAMES = (
    r"Français|Finistère|Brazzaville|Åland|Curaçao|Côte d’Ivoire|Réunion|São Tomé & Príncipe|St. Barthélemy|Türkiye"
    r"|Le Havre"
)


@pytest.fixture
def pages_together(app: Flask, cast: Cast) -> None:
    """A page of every kind, in English; the recipe has a variant, and each of the two something for the other."""
    with app.app_context():
        for name, fields in PAGES.items():
            text = f"---\n{fields}\nlang: en\n---\n\n## Why\n\nIt is fun.\n\n## How\n\nSlowly.\n\n## When\n\nNow.\n"
            pages.create(cast.alice, text, slug=name, comment="A start")
        text = pages.head_text(cast.bob, pages.find(cast.bob, "mapping"))
        pages.fork(cast.bob, "mapping", "by bike", title="Mapping by bike", comment="A variant")
        pages.save(cast.bob, "mapping", text.replace("fun", "useful"), base=1)
        text = pages.head_text(cast.bob, pages.find(cast.bob, "mapping-by-bike"))
        pages.save(cast.bob, "mapping-by-bike", text.replace("Slowly", "Fast"), base=1)
        waiting = pages.receiving(cast.bob, "mapping", "mapping-by-bike").waiting
        pages.offer(cast.bob, "mapping-by-bike", "mapping", [waiting[0].unit.key], "Try it")


@pytest.fixture
def texts_in(client: Visitor) -> Callable[[str, str], list[str]]:
    """What an admin reads at an address, in a language."""

    def read(address: str, language: str) -> list[str]:
        response = client.log_in("ada").get(address, headers={"Accept-Language": language})
        assert response.status_code < 500, address
        # What is typed into a form, kept for later, or compared word by word in the queue is content.
        content = "template|textarea|details" if address == "/moderation" else "template|textarea"
        return Seen.on(re.sub(rf"<({content})\b.*?</\1>", "", response.text, flags=re.DOTALL))

    return read


@pytest.mark.usefixtures("pages_together")
def test_an_english_page_says_nothing_in_french(
    texts_in: Callable[[str, str], list[str]],
) -> None:
    english = list(messages(catalogues.committed("en")))
    every_english = {words for message in english for words in said(message)}
    known = [
        re.compile(".+".join(re.escape(part) for part in PLACEHOLDER.split(words.strip())[::2]))
        for message in english
        for words in asked(message)
        if words not in every_english and re.search(r"[^\W\d_]{3}", PLACEHOLDER.sub("", words))
    ]
    # Some words begin alike in both languages: « Date %(number)s » is no sign of French.
    known = [pattern for pattern in known if not any(map(pattern.fullmatch, every_english))]
    left = []
    for address in ADDRESSES:
        texts = [re.sub(_FRENCH_NAMES, "", text) for text in texts_in(address, "en-GB,en;q=0.9,fr;q=0.1")]
        if address == "/moderation":
            # A change shows what was typed as it is stored.
            texts = [text for text in texts if text not in ("2 mois", "atelier")]
        left += [(address, text) for text in texts if any(pattern.fullmatch(text) for pattern in known)]
        left += [(address, text) for text in found(FRENCH, texts)]
    assert left == []


@pytest.mark.usefixtures("pages_together")
def test_a_french_page_keeps_its_spaces_together(texts_in: Callable[[str, str], list[str]]) -> None:
    read = [(address, text) for address in ADDRESSES for text in texts_in(address, "fr")]
    assert [(address, text) for address, text in read if re.search(" [;:!?»]|« ", text)] == []


# ---- Choosing the language ----


def language_of(response: Any) -> str:
    match = re.search(r'<html lang="(\w+)"', response.text)
    assert match
    return match[1]


@pytest.mark.parametrize(
    ("wished", "language"),
    [
        ("", "fr"), ("fr", "fr"), ("fr-CA,fr;q=0.9,en;q=0.5", "fr"), ("en", "en"), ("en-GB,en;q=0.9", "en"),
        ("de,en;q=0.7,fr;q=0.3", "en"), ("de,fr;q=0.7,en;q=0.3", "fr"), ("br", "fr"), ("*", "fr"),
        ("en;q=0,fr", "fr"), ("not a header; q=much", "fr"),
    ],
)  # fmt: skip
def test_the_browser_says_which_language_its_reader_wishes(client: Visitor, wished: str, language: str) -> None:
    assert language_of(client.get("/", headers={"Accept-Language": wished})) == language


def test_a_wiki_may_speak_english_to_those_who_wish_nothing(make_app: Callable[..., Flask]) -> None:
    client = make_app(LANGUAGE="en").test_client()
    assert language_of(client.get("/")) == "en"
    assert language_of(client.get("/", headers={"Accept-Language": "fr"})) == "fr"


def test_a_language_once_chosen_is_remembered(client: Visitor) -> None:
    wishing_french = {"Accept-Language": "fr"}
    chosen = client.get("/?lang=en", headers=wishing_french)
    assert language_of(chosen) == "en"
    assert "Log in" in chosen.text
    cookie = chosen.headers["Set-Cookie"]
    assert "SameSite=Lax" in cookie
    assert "HttpOnly" in cookie
    assert language_of(client.get("/recipes", headers=wishing_french)) == "en"
    assert language_of(client.get("/?lang=fr", headers=wishing_french)) == "fr"
    assert language_of(client.get("/recipes", headers={"Accept-Language": "en"})) == "fr"


def test_a_language_the_wiki_does_not_speak_is_not_remembered(client: Visitor) -> None:
    response = client.get("/?lang=klingon")
    assert language_of(response) == "fr"
    assert "language" not in response.headers.get("Set-Cookie", "")


@pytest.mark.usefixtures("pages_together")
def test_a_page_kept_ready_is_kept_for_each_language(client: Visitor) -> None:
    for _time in range(2):
        for wished, word in (("fr", "Modifier"), ("en", "Edit")):
            response = client.get("/wiki/mapping", headers={"Accept-Language": wished})
            assert language_of(response) == wished
            assert f">{word}</a>" in response.text
            assert "Accept-Language" in response.headers["Vary"]


def test_words_of_a_page_are_marked_where_the_interface_speaks_another_language(cast: Cast, app: Flask) -> None:
    with app.app_context():
        pages.create(cast.alice, "---\nkind: recipe\ntitle: Bocaux\ntagline: Des bocaux\n---\n\nTrois bocaux.\n")
        text = "---\nkind: recipe\ntitle: Jars <b>\ntagline: Some jars\nlang: en\n---\n\nThree jars.\n"
        english = pages.create(cast.alice, text).slug
        pages.reindex()
    jars, bocaux = '<span lang="en">Jars &lt;b&gt;</span>', '<span lang="fr">Bocaux</span>'
    client = app.test_client()
    assert f"<h1>{jars}</h1>" in client.get(f"/wiki/{english}").text
    assert '<span lang="en">Some jars</span>' in client.get(f"/wiki/{english}").text
    assert "<h1>Bocaux</h1>" in client.get("/wiki/bocaux").text
    for address in ("/", "/recipes", "/search?q=jars", "/changes", f"/wiki/{english}/history"):
        assert jars in client.get(address).text, address
    client.get("/?lang=en")
    assert f"<h1>{bocaux}</h1>" in client.get("/wiki/bocaux").text
    assert "<h1>Jars &lt;b&gt;</h1>" in client.get(f"/wiki/{english}").text
    for address in ("/", "/recipes", "/search?q=bocaux", "/changes", "/wiki/bocaux/history"):
        assert bocaux in client.get(address).text, address


@pytest.mark.usefixtures("pages_together")
def test_a_family_and_a_programme_mark_the_titles_that_another_voice_has_to_read(cast: Cast, app: Flask) -> None:
    with app.app_context():
        text = pages.head_text(cast.bob, pages.find(cast.bob, "meeting"))
        pages.save(cast.bob, "meeting", text.replace("state: annule\n", "edition: festival\n"), base=1)
    titles = {
        "/wiki/mapping/variants": "Mapping by bike",
        "/wiki/mapping-by-bike/variants": "Mapping together",
        "/wiki/mapping-by-bike": "Mapping together",
        "/wiki/mapping-by-bike/offer?to=mapping": "Mapping together",
        "/wiki/mapping-by-bike/pull": "Mapping together",
        "/wiki/festival": "Meeting together",
        "/wiki/festival/review": "Meeting together",
    }
    client = app.test_client()
    for language, marked in (("fr", True), ("en", False)):
        for address, title in titles.items():
            html = client.get(address, headers={"Accept-Language": language}).text
            assert title in html, address
            assert (f'<span lang="en">{title}</span>' in html) is marked, (language, address)


@pytest.mark.usefixtures("pages_together")
def test_each_language_is_offered_in_its_own_words_and_leads_back_here(client: Visitor) -> None:
    html = client.get("/recipes?themes=plants", headers={"Accept-Language": "fr"}).text
    assert 'href="?themes=plants&amp;lang=en" hreflang="en" lang="en"' in html
    assert '<strong aria-current="true" lang="fr">Français</strong>' in html


# ---- Dates, durations, amounts ----


def test_hours_have_two_digits_in_english_as_in_every_programme(app: Flask) -> None:
    sessions = KINDS["event"].field("sessions")
    assert sessions is not None
    with app.app_context(), force_locale("en"):
        assert fields.words(sessions, ["2013-10-01T09:30/2013-10-01T14:00"]).endswith("09:30 to 14:00")


@pytest.mark.usefixtures("pages_together")
def test_dates_and_amounts_are_said_in_the_readers_language(texts_in: Callable[[str, str], list[str]]) -> None:
    french, english = " ".join(texts_in("/wiki/meeting", "fr")), " ".join(texts_in("/wiki/meeting", "en"))
    assert "mardi 1er octobre 2013, de 14\u202fh à 18\u202fh\u202f30" in french
    assert "Tuesday 1 October 2013, 14:00 to 18:30" in english
    french, english = " ".join(texts_in("/wiki/mapping", "fr")), " ".join(texts_in("/wiki/mapping", "en"))
    for words in ("1 heure 30", "gratuit", "2 mois"):
        assert words in french
    for words in ("1 hour 30 min", "free", "2 months"):
        assert words in english


@pytest.mark.parametrize(
    ("language", "age", "words"),
    [
        ("fr", timedelta(seconds=5), "à l’instant"), ("en", timedelta(seconds=5), "just now"),
        ("fr", timedelta(seconds=70), "il y a 1 minute"), ("en", timedelta(seconds=70), "1 minute ago"),
        ("fr", timedelta(minutes=5), "il y a 5 minutes"), ("en", timedelta(minutes=5), "5 minutes ago"),
        ("fr", timedelta(hours=3), "il y a 3 heures"), ("en", timedelta(hours=3), "3 hours ago"),
        ("fr", timedelta(days=2), "il y a 2 jours"), ("en", timedelta(days=2), "2 days ago"),
    ],
)  # fmt: skip
def test_how_long_ago_is_said_in_the_readers_language(app: Flask, language: str, age: timedelta, words: str) -> None:
    with app.test_request_context(headers={"Accept-Language": language}):
        moment = app.jinja_env.filters["moment"]
        assert f">{words}</time>" in moment(datetime.now(UTC) - age)


def test_an_old_moment_is_a_date_in_the_readers_language(app: Flask) -> None:
    for language, words in (("fr", "12 octobre 2013"), ("en", "12 October 2013")):
        with app.test_request_context(headers={"Accept-Language": language}):
            assert f">{words}</time>" in app.jinja_env.filters["moment"](datetime(2013, 10, 12, 12, tzinfo=UTC))


@pytest.mark.parametrize("kind", ["recipe", "event", "edition", "project", "theme", "collective", "article"])
def test_a_kind_is_declared_in_both_languages(app: Flask, kind: str) -> None:
    def declared() -> list[str]:
        declaration = KINDS[kind]
        words = [declaration.label, declaration.plural, *(heading.help for heading in declaration.outline)]
        for field in declaration.fields:
            words += [field.label, field.help]
            if field.name not in ("country", "jurisdiction", "license"):  # Names, mostly.
                words += [choice.label for choice in field.choices]
        return [str(word) for word in words if word]

    with app.test_request_context(headers={"Accept-Language": "fr"}):
        french = declared()
    with app.test_request_context(headers={"Accept-Language": "en"}):
        english = declared()
    assert {words for words in french if words in english} <= ALIKE
