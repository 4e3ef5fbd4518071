"""The wiki speaks French and English, wholly and well: its catalogues and its templates.

What a visitor is sent is read in tests/web/test_languages.py.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from babel.messages.mofile import read_mo

from tests import catalogues
from tests.catalogues import asked, messages, said
from tests.words import ALIKE, FRENCH, PLACEHOLDER, found, french_outside_gettext, text_outside_gettext
from wiki.rendering.typography import NARROW

if TYPE_CHECKING:
    from babel.messages import Catalog

TEMPLATES = catalogues.ROOT / "templates"


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
    translated = [message for message in messages(catalog) if all(said(message))]
    assert read == {asked(message): said(message) for message in translated}, "run `make messages`"


@LANGUAGES
def test_a_translation_keeps_what_is_filled_in(language: str) -> None:
    wrong = []
    for message in messages(catalogues.committed(language)):
        allowed = [placeholders(words) for words in asked(message)]
        for form, words in enumerate(said(message)):
            # "One passage" may leave out the number that "%(num)s passages" shows.
            accepted = [allowed[form]] if form == len(allowed) - 1 else allowed
            if words and placeholders(words) not in accepted:
                wrong.append(words)
            # No per cent sign may be left over: it would stop the page.
            assert not words or words.replace("%%", "") % dict.fromkeys(placeholders(words), "x")
    assert wrong == []


def placeholders(words: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(words))


@LANGUAGES
def test_a_translation_keeps_the_marks_and_the_ends(language: str) -> None:
    def ends(words: str) -> tuple[str, ...]:
        blank = words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]
        return (*blank, re.sub(r"[^.:?!…)]", "", words.strip()[-1:]), *re.findall(r"</?\w+", words))

    wrong = [
        (one, other)
        for message in messages(catalogues.committed(language))
        for one, other in zip(asked(message), said(message), strict=True)
        if other and ends(one) != ends(other)
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


def test_english_is_not_french_copied(english: Catalog) -> None:
    pairs = [pair for message in messages(english) for pair in zip(asked(message), said(message), strict=True)]
    alike = {one for one, other in pairs if one == other and re.search(r"[^\W\d_]", PLACEHOLDER.sub("", one))}
    assert alike - ALIKE == set()


# ---- The templates ----

# The gallery of parts shows sample content, and is sent to nobody.
TEMPLATES_OF_PAGES = sorted(
    path for kind in ("*.html", "*.xml") for path in TEMPLATES.rglob(kind) if path.name != "design.html"
)


@pytest.mark.parametrize("path", TEMPLATES_OF_PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_template_says_nothing_without_gettext(path: Path) -> None:
    assert list(text_outside_gettext(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", TEMPLATES_OF_PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_dot_between_words_stays_at_the_end_of_its_line(path: Path) -> None:
    source = re.sub("<title>.*</title>", "", path.read_text(encoding="utf-8"))
    assert re.findall(r".{0,40}(?<!&nbsp;)(?<!\\u00a0)·.{0,40}", source) == [], "write &nbsp;· before it"
    assert re.findall(r"\s(?:\{% (?:(?!%\}).)*%\})?&nbsp;·.{0,40}", source) == [], "a space before it breaks the line"


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


# ---- The modules ----

# The others read what people write, in French: headings, dates, amounts, stop words.
SPEAKING = sorted(
    path
    for pattern in ("*.py", "web/*.py", "pages/*.py", "migrations/__init__.py")
    for path in (catalogues.ROOT / "wiki").glob(pattern)
    if path.name not in ("kinds.py", "indexing.py")
)


@pytest.mark.parametrize("path", SPEAKING, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_module_says_nothing_in_french_without_gettext(path: Path) -> None:
    assert list(french_outside_gettext(path.read_text(encoding="utf-8"))) == []


def test_french_forgotten_in_a_module_is_found() -> None:
    for source in ('say("Page renommée par vous")', 'say(f"Rien pour {words}")', 'say(" ; ".join(parts))'):
        assert list(french_outside_gettext(source))
    assert list(french_outside_gettext('say(_("Page renommée par vous"))')) == []
