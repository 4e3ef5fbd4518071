"""The wiki speaks French and English, wholly and well: its catalogues, its templates, and what a visitor is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from babel.messages.mofile import read_mo
from jinja2 import Environment, nodes

from tests import catalogues
from tests.catalogues import asked, messages, said
from wiki.rendering.typography import NARROW

if TYPE_CHECKING:
    from collections.abc import Callable

    from babel.messages import Catalog
    from flask import Flask

    from tests.conftest import Cast, Visitor

TEMPLATES = catalogues.ROOT / "templates"
# What French cannot do without for long, and English does not have.
FRENCH = r"[àâçéèêëîïôùûœ«»]|\b(le|les|des|une|du|est|et|pas|pour|dans|vous|votre|cette|avec)\b|\b[ldnsj]’[a-z]"
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


@pytest.fixture(scope="module")
def sources() -> Catalog:
    return catalogues.extracted()


@pytest.fixture(scope="module")
def french() -> Catalog:
    return catalogues.committed("fr")


@pytest.fixture(scope="module")
def english() -> Catalog:
    return catalogues.committed("en")


# ---- The catalogues ----

LANGUAGES = pytest.mark.parametrize("language", catalogues.LANGUAGES)


@LANGUAGES
def test_a_catalogue_holds_what_the_sources_say_and_nothing_else(language: str, sources: Catalog) -> None:
    catalog = catalogues.committed(language)
    wanted, held = {asked(message) for message in messages(sources)}, {asked(message) for message in messages(catalog)}
    assert wanted - held == set(), "run `make messages`, then translate"
    assert held - wanted == set(), "run `make messages`"
    assert not catalog.obsolete
    assert not [message.id for message in messages(catalog) if message.fuzzy]


@LANGUAGES
def test_a_catalogue_is_complete(language: str) -> None:
    assert catalogues.untranslated(catalogues.committed(language)) == []


@LANGUAGES
def test_the_wiki_reads_the_very_catalogue_that_people_edit(language: str) -> None:
    catalog = catalogues.committed(language)
    with catalogues.file_of(language, ".mo").open("rb") as file:
        read = {asked(message): said(message) for message in messages(read_mo(file))}
    assert read == {asked(message): said(message) for message in messages(catalog)}, "run `make messages`"


@LANGUAGES
def test_a_translation_keeps_what_is_filled_in(language: str) -> None:
    wrong = []
    for message in messages(catalogues.committed(language)):
        allowed = [placeholders(words) for words in asked(message)]
        for form, words in enumerate(said(message)):
            # "One passage" may leave out the number that "%(num)s passages" shows.
            accepted = [allowed[form]] if form == len(allowed) - 1 else allowed
            if placeholders(words) not in accepted:
                wrong.append(words)
            # No per cent sign may be left over: it would stop the page.
            assert words.replace("%%", "") % dict.fromkeys(placeholders(words), "x")
    assert wrong == []


def placeholders(words: str) -> list[str]:
    return sorted(_PLACEHOLDER.findall(words))


@LANGUAGES
def test_a_translation_keeps_the_marks_and_the_ends(language: str) -> None:
    def ends(words: str) -> tuple[str, ...]:
        blank = words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]
        return (*blank, re.sub(r"[^.:?!…)]", "", words.strip()[-1:]), *re.findall(r"</?\w+", words))

    wrong = [
        (one, other)
        for message in messages(catalogues.committed(language))
        for one, other in zip(asked(message), said(message), strict=True)
        if ends(one) != ends(other)
    ]
    assert wrong == []


def test_french_is_what_the_sources_say_with_its_spaces_protected(french: Catalog) -> None:
    for message in messages(french):
        for source, words in zip(asked(message), said(message), strict=True):
            assert words == catalogues.french_spacing(source)
            assert not re.search(r" [;:!?»]|« ", words)
    assert catalogues.french_spacing("Vous ? « Oui » : nom: 12:30 !") == (
        f"Vous{NARROW}? «{NARROW}Oui{NARROW}»{NARROW}: nom: 12:30{NARROW}!"
    )


# ---- The words ----


@pytest.fixture(scope="module")
def every_source(sources: Catalog) -> list[str]:
    return [words for message in messages(sources) for words in asked(message)]


@pytest.fixture(scope="module")
def every_english(english: Catalog) -> list[str]:
    return [words for message in messages(english) for words in said(message)]


def found(pattern: str, texts: list[str]) -> list[str]:
    """Those of the texts that say this, names of placeholders and addresses left aside."""
    search = re.compile(pattern, re.IGNORECASE).search
    return [words for words in texts if search(_PLACEHOLDER.sub("x", re.sub(r"https?://\S+", "", words)))]


def test_french_is_typed_with_typographic_signs(every_source: list[str]) -> None:
    assert found(r"\w'\w", every_source) == [], "write ’"
    assert found(r"\.\.\.", every_source) == [], "write …"
    assert found(r"[\u00a0\u202f]", every_source) == [], "type plain spaces: `make messages` protects them"
    assert found(r"\w[;!?»](\s|$)|«\w|\w»", every_source) == [], "type a space there"


def test_english_is_typed_with_typographic_signs(english: Catalog, every_english: list[str]) -> None:
    assert found(r"\w'\w|[\u00a0\u202f«»]|\s[;:!?]", every_english) == []
    # Straight quotation marks only where they are typed: in a search, in the marks of a link.
    pairs = [(asked(message)[0], said(message)[0]) for message in messages(english)]
    assert [words for source, words in pairs if '"' in words and '"' not in source] == []


def test_no_word_of_the_trade_is_said(every_source: list[str], every_english: list[str]) -> None:
    trade = r"\b(merge[rds]*|fork\w*|commit\w*|push\w*|pull\w*|diff|diffs|slugs?|HEAD|branche?s?|dépôt|patch\w*)\b"
    assert found(trade, every_source) == []
    assert found(trade, every_english) == []


def test_people_are_addressed_with_vous(every_source: list[str]) -> None:
    assert found(r"\b(tu|toi|te|ton|ta|tes)\b", every_source) == []
    assert found(r"\bt’", every_source) == []


def test_everyone_is_addressed(every_source: list[str]) -> None:
    """Plain words that include everyone, without dots inside words and without a masculine that speaks for all."""
    assert found(r"\w[·•]\w|\w\(e\)|\w\.e\b", every_source) == []
    masculine = (
        r"\b(utilisateurs?|contributeurs?|auteurs?|lecteurs?|participants?|habitants?|organisateurs?|porteurs?"
        r"|administrateurs?|modérateurs?|visiteurs?|citoyens?|connecté|inscrit|invités?|ceux|tous les membres)\b"
    )
    both = set(found(r"\b(autrices?|celles?|habitantes?|toutes)\b", every_source))
    assert set(found(masculine, every_source)) - both == set()


def test_no_french_is_left_in_english(every_english: list[str]) -> None:
    names = r"Saint-Marc|BU Lettres|Framablog"
    assert found(FRENCH, [re.sub(names, "", words) for words in every_english]) == []


# What is written alike in both languages; anything else that is alike was forgotten.
ALIKE = {
    "Menu", "Page", "%(num)s page", "%(num)s pages", "Article", "Articles", "article", "articles", "Passage %(number)s",
    "Version %(number)s", "version %(number)s", "Versions", "%(num)s version", "%(num)s versions",
    "%(slug)s, version %(number)s", "Introduction", "Contact", "Dates", "Distance", "Licence", "Position", "Sources",
    "international", "mature", "%(count)s minute", "%(count)s minutes",
}  # fmt: skip


def test_english_is_not_french_copied(english: Catalog) -> None:
    pairs = [pair for message in messages(english) for pair in zip(asked(message), said(message), strict=True)]
    alike = {one for one, other in pairs if one == other and re.search(r"[^\W\d_]", _PLACEHOLDER.sub("", one))}
    assert alike - ALIKE == set()


# ---- The templates ----

# Names, what is the same in every language, and codes that stand in a hidden place.
_SAID_AS_IS = {"Français", "English", "CC BY-SA 4.0", "Ctrl", "S", "e", "CSV", "JSON", "history", "variants"}
_READ_ATTRIBUTES = {"aria-label", "aria-description", "title", "alt", "placeholder", "data-announce"}
_GETTEXT = {"_", "gettext", "ngettext"}
# The gallery of parts shows sample content, and is sent to nobody.
TEMPLATES_OF_PAGES = sorted(
    path for kind in ("*.html", "*.xml") for path in TEMPLATES.rglob(kind) if path.name != "design.html"
)


class Seen(HTMLParser):
    """The texts a page shows or has read aloud, content of `skipped` elements left out."""

    def __init__(self, skipped: tuple[str, ...] = ("script", "style")) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._skipped = skipped
        self._inside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside += tag in self._skipped
        self.texts += [value for name, value in attrs if value and name in _READ_ATTRIBUTES]

    def handle_endtag(self, tag: str) -> None:
        self._inside -= tag in self._skipped

    def handle_data(self, data: str) -> None:
        if not self._inside and data.strip():
            self.texts.append(data.strip())

    @classmethod
    def on(cls, html: str) -> list[str]:
        seen = cls()
        seen.feed(html)
        return seen.texts


def text_outside_gettext(source: str) -> Iterator[str]:
    """Words of a template that would be shown in every language as they are typed."""
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    inside_trans = False
    page = []
    kinds = [(kind, value) for _line, kind, value in environment.lex(source)]
    for position, (kind, value) in enumerate(kinds):
        if kind == "block_begin":
            word = next(value for kind, value in kinds[position + 1 :] if kind == "name")
            inside_trans = word in ("trans", "pluralize") or (inside_trans and word != "endtrans")
        # Whatever Jinja computes stands as a sign without letters.
        page.append(value if kind == "data" and not inside_trans else "\u2060" if kind == "variable_end" else "")
    for text in Seen.on("".join(page)):
        # Inside a macro, attributes are text too.
        for words in re.split("\u2060", re.sub(r'[\w-]+="[^"]*"', "", text)):
            if re.search(r"[^\W\d_]", words) and words.strip(" \n·–,.()") not in _SAID_AS_IS:
                yield words
    yield from _constants_outside_gettext(environment.parse(source))


def _constants_outside_gettext(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in _GETTEXT:
        return
    if isinstance(node, nodes.Filter) and node.name in ("selectattr", "rejectattr"):
        return  # Compared, not shown.
    if isinstance(node, nodes.Const) and isinstance(node.value, str) and node.value not in _SAID_AS_IS:
        # A sentence, or a word of French: codes, addresses and names of fields have neither capitals nor accents.
        sentence = re.search(r"[à-öø-ÿœÀ-ÖØ-Þ’«]|^[A-Z][a-z]|[a-z] [a-z]{2,} ", node.value)
        if sentence and "<" not in node.value:
            yield node.value
    for child in node.iter_child_nodes():
        yield from _constants_outside_gettext(child)


@pytest.mark.parametrize("path", TEMPLATES_OF_PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_template_says_nothing_without_gettext(path: Path) -> None:
    assert list(text_outside_gettext(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>Bonjour</p>", '<a title="Suivre">{{ _("x") }}</a>', "{{ ui.banner('Voilà', 'info') }}",
        "<p>{{ words }} ici</p>", "{% if a %}Oui{% endif %}", "{% set words = 'Les recettes' %}",
    ],
)  # fmt: skip
def test_words_forgotten_in_a_template_are_found(source: str) -> None:
    assert list(text_outside_gettext(source))


@pytest.mark.parametrize(
    "source",
    [
        "<p>{{ _('Bonjour') }}</p>", "{% trans %}Bonjour{% endtrans %}", "<p>{{ a }} · {{ b }}</p>",
        "{{ ui.field('place', _('Lieu'), class='short wide') }}", "<script>let words = 1</script>",
    ],
)  # fmt: skip
def test_words_said_through_gettext_are_not_reproached(source: str) -> None:
    assert list(text_outside_gettext(source)) == []


# ---- What a visitor is sent ----

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
ADDRESSES = [
    "/", "/recipes", "/events", "/events?when=past", "/editions", "/projects", "/collectives", "/themes", "/articles",
    "/changes", "/login", "/register", "/account", "/search", "/search?q=nothing", "/nowhere", "/new",
    *(f"/new/{kind}" for kind in ("recipe", "event", "edition", "project", "collective", "theme", "article")),
    *(f"/wiki/{name}" for name in PAGES),
    "/wiki/mapping?revision=1", "/wiki/mapping/edit", "/wiki/mapping/edit?as=text", "/wiki/mapping/history",
    "/wiki/mapping/diff/1..2", "/wiki/mapping/authors", "/wiki/mapping/variants", "/wiki/mapping/links",
    "/wiki/mapping/rename", "/wiki/mapping/revert/1", "/changes.atom",
]  # fmt: skip


# Names of countries and languages that are written so in English too.
_NAMES_WITH_ACCENTS = r"Français|Åland|Curaçao|Côte d’Ivoire|Réunion|São Tomé & Príncipe|St. Barthélemy|Türkiye"


@pytest.fixture
def pages_together(app: Flask, cast: Cast) -> None:
    """A page of every kind, in English, and a second version of the recipe."""
    from wiki import pages

    with app.app_context():
        for name, fields in PAGES.items():
            text = f"---\n{fields}\nlang: en\n---\n\n## Why\n\nIt is fun.\n\n## How\n\nSlowly.\n\n## When\n\nNow.\n"
            pages.create(cast.alice, text, slug=name, comment="A start")
        text = pages.head_text(pages.find(cast.bob, "mapping"))
        pages.save(cast.bob, "mapping", text.replace("fun", "useful"), base=1)


@pytest.fixture
def texts_in(client: Visitor) -> Callable[[str, str], list[str]]:
    """What a member reads at an address, in a language."""

    def read(address: str, language: str) -> list[str]:
        response = client.log_in("alice").get(address, headers={"Accept-Language": language})
        assert response.status_code in (200, 404), address
        # What is typed into a form, or kept for later, is content.
        return Seen.on(re.sub(r"<(template|textarea)\b.*?</\1>", "", response.text, flags=re.DOTALL))

    return read


@pytest.mark.usefixtures("pages_together")
def test_an_english_page_says_nothing_in_french(
    texts_in: Callable[[str, str], list[str]], english: Catalog, every_english: list[str]
) -> None:
    known = [
        re.compile(".+".join(re.escape(part.strip()) for part in _PLACEHOLDER.split(words)[::2]))
        for message in messages(english)
        for words in asked(message)
        if words not in every_english and re.search(r"[^\W\d_]{3}", _PLACEHOLDER.sub("", words))
    ]
    left = []
    for address in ADDRESSES:
        texts = [re.sub(_NAMES_WITH_ACCENTS, "", text) for text in texts_in(address, "en-GB,en;q=0.9,fr;q=0.1")]
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


@pytest.mark.usefixtures("pages_together")
def test_each_language_is_offered_in_its_own_words_and_leads_back_here(client: Visitor) -> None:
    html = client.get("/recipes?themes=plants", headers={"Accept-Language": "fr"}).text
    assert 'href="?themes=plants&amp;lang=en" hreflang="en" lang="en"' in html
    assert '<strong aria-current="true" lang="fr">Français</strong>' in html


# ---- Dates, durations, amounts ----


@pytest.mark.usefixtures("pages_together")
def test_dates_and_amounts_are_said_in_the_readers_language(texts_in: Callable[[str, str], list[str]]) -> None:
    french, english = " ".join(texts_in("/wiki/meeting", "fr")), " ".join(texts_in("/wiki/meeting", "en"))
    assert "mardi 1er octobre 2013, de 14 h à 18 h 30" in french
    assert "Tuesday, October 1, 2013, 14:00 to 18:30" in english
    french, english = " ".join(texts_in("/wiki/mapping", "fr")), " ".join(texts_in("/wiki/mapping", "en"))
    for words in ("1 heure 30", "gratuit", "2 mois"):
        assert words in french
    for words in ("1 hour 30 min", "free", "2 months"):
        assert words in english


@pytest.mark.parametrize(
    ("language", "age", "words"),
    [
        ("fr", timedelta(seconds=5), "à l’instant"), ("en", timedelta(seconds=5), "just now"),
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
    for language, words in (("fr", "12 octobre 2013"), ("en", "October 12, 2013")):
        with app.test_request_context(headers={"Accept-Language": language}):
            assert f">{words}</time>" in app.jinja_env.filters["moment"](datetime(2013, 10, 12, 12, tzinfo=UTC))


@pytest.mark.parametrize("kind", ["recipe", "event", "edition", "project", "theme", "collective", "article"])
def test_a_kind_is_declared_in_both_languages(app: Flask, kind: str) -> None:
    from wiki.pages import KINDS

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
