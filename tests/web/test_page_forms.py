"""A page in all its forms: as people read it, as text, as data, as it once was, as search engines see it."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest

from tests.web.conftest import Wiki
from wiki.pages import KINDS

RECIPE = """\
---
kind: recipe
title: Copy party
tagline: Copier ensemble
themes:
  - communs
difficulty: 2
duration: 2 h
saison: hiver
---

Une soirée.

## Matériel

- 10 clés

## Étapes

### 1. Choisir le lieu

Une salle.
"""
EVENT = """\
---
kind: event
title: Cartopartie de Brest
state: annule
sessions:
  - 2013-10-12T14:00/2013-10-12T18:00 Europe/Paris
place: Brest, port
geo: 48.39, -4.48
organizers:
  - Tiriad
themes:
  - cartes
---

Récit.
"""


def structured(wiki: Wiki, slug: str) -> dict[str, Any]:
    answer = wiki.visitor().get(f"/wiki/{slug}")
    (block,) = re.findall(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', answer.text, re.DOTALL)
    found: dict[str, Any] = json.loads(block)
    return found


# -- As text -------------------------------------------------


def test_the_text_of_a_page_is_the_text_that_is_stored(wiki: Wiki) -> None:
    slug = wiki.write(RECIPE, RECIPE.replace("10 clés", "12 clés"))
    client = wiki.visitor()
    assert client.get(f"/wiki/{slug}.md").data == RECIPE.replace("10 clés", "12 clés").encode()
    assert client.get(f"/wiki/{slug}.md?revision=1").data == RECIPE.encode()
    assert client.get(f"/wiki/{slug}.md?revision=2").data == client.get(f"/wiki/{slug}.md").data


@pytest.mark.parametrize("extension", ["md", "json"])
def test_text_and_data_are_not_sent_twice_to_who_has_them(wiki: Wiki, extension: str) -> None:
    slug = wiki.write(RECIPE)
    address = f"/wiki/{slug}.{extension}"
    etag = wiki.visitor().get(address).headers["ETag"]
    again = wiki.visitor().get(address, headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    wiki.visitor("bob").post(f"/wiki/{slug}/edit", data={"text": RECIPE.replace("10 clés", "12 clés"), "base": "1"})
    assert wiki.visitor().get(address, headers={"If-None-Match": etag}).status_code == 200


# -- As data -------------------------------------------------


def test_the_data_of_a_page_says_all_that_its_text_says(wiki: Wiki) -> None:
    slug = wiki.write(RECIPE, RECIPE.replace("10 clés", "12 clés"))
    answer = wiki.visitor().get(f"/wiki/{slug}.json")
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    found = answer.get_json()
    assert found["slug"] == "copy-party"
    assert (found["kind"], found["title"], found["revision"]) == ("recipe", "Copy party", 2)
    assert found["fields"]["tagline"] == "Copier ensemble"
    assert found["fields"]["themes"] == ["communs"]
    assert found["fields"]["saison"] == "hiver"
    assert found["body"].startswith("Une soirée.\n")
    assert "12 clés" in found["body"]
    assert (found["license"], found["authors"]) == ("CC BY-SA 4.0", ["alice"])
    assert found["created"] <= found["updated"]
    old = wiki.visitor().get(f"/wiki/{slug}.json?revision=1").get_json()
    assert (old["revision"], "10 clés" in old["body"]) == (1, True)


# -- As it once was -------------------------------------------------


def test_an_old_version_says_that_it_is_old_and_who_wrote_it(wiki: Wiki) -> None:
    slug = wiki.write(RECIPE, RECIPE.replace("10 clés", "12 clés"))
    answer = wiki.visitor().get(f"/wiki/{slug}?revision=1")
    assert "10 clés" in answer.text
    assert "Vous lisez la version 1" in answer.text
    assert "alice" in answer.text
    assert f'href="/wiki/{slug}"' in answer.text
    assert f'href="/wiki/{slug}/diff/1..2"' in answer.text
    assert '<meta name="robots" content="noindex">' in answer.text
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "application/ld+json" not in answer.text
    assert 'rel="canonical"' not in answer.text


def test_the_present_version_is_not_called_old(wiki: Wiki) -> None:
    slug = wiki.write(RECIPE)
    answer = wiki.visitor().get(f"/wiki/{slug}")
    assert "Vous lisez la version" not in answer.text
    assert "noindex" not in answer.text
    assert "X-Robots-Tag" not in answer.headers


def test_an_old_version_of_another_kind_shows_as_that_kind(wiki: Wiki) -> None:
    slug = wiki.write(RECIPE, "# Copy party\n\nPlus rien.\n")
    assert "kind-recipe" in wiki.visitor().get(f"/wiki/{slug}?revision=1").text
    assert "<p>Plus rien.</p>" in wiki.visitor().get(f"/wiki/{slug}").text


@pytest.mark.parametrize(
    "number", ["0", "-1", "3", "999999999", "9" * 20, "latest", "", "1.0", "1e0", "١", "1 ", "abc", "1;2", "0x1", "%00"]
)
def test_a_version_that_cannot_be_is_not_found_in_any_address(shared: Wiki, number: str) -> None:
    slug = shared.page()
    client = shared.visitor("ada")
    for path in (
        "?revision={}",
        ".md?revision={}",
        ".json?revision={}",
        "/diff/1..{}",
        "/diff/{}..1",
        "/revert/{}",
        "/undo/{}",
    ):
        answer = client.get(f"/wiki/{slug}" + path.format(number))
        assert answer.status_code in (400, 404), path
        assert "<h1>" in answer.text
    assert client.get(f"/wiki/{slug}/diff?from={number}&to=1").status_code in (302, 400, 404)


def test_of_repeated_arguments_the_first_counts(shared: Wiki) -> None:
    slug = shared.page()
    client = shared.visitor()
    assert "Première" in client.get(f"/wiki/{slug}.md?revision=1&revision=2").text
    assert "Deuxième" in client.get(f"/wiki/{slug}.md?revision=2&revision=1").text
    assert client.get(f"/wiki/{slug}.md?revision=x&revision=1").status_code == 404


# -- As search engines see it -------------------------------------------------


def test_a_recipe_is_a_how_to_with_steps_and_supplies(wiki: Wiki) -> None:
    found = structured(wiki, wiki.write(RECIPE))
    assert (found["@type"], found["name"]) == ("HowTo", "Copy party")
    assert found["url"] == "http://localhost/wiki/copy-party"
    assert found["license"].startswith("https://creativecommons.org/licenses/by-sa/4.0/")
    assert [step["name"] for step in found["step"]] == ["1. Choisir le lieu"]
    assert [supply["name"] for supply in found["supply"]] == ["10 clés"]


def test_an_event_says_when_where_who_and_whether_it_was_cancelled(wiki: Wiki) -> None:
    found = structured(wiki, wiki.write(EVENT))
    assert found["@type"] == "Event"
    assert found["startDate"].startswith("2013-10-12T14:00")
    assert found["endDate"].startswith("2013-10-12T18:00")
    assert found["eventStatus"] == "https://schema.org/EventCancelled"
    assert found["location"]["geo"] == {"@type": "GeoCoordinates", "latitude": 48.39, "longitude": -4.48}
    assert [organizer["name"] for organizer in found["organizer"]] == ["Tiriad"]


def test_a_variant_says_what_it_is_based_on(wiki: Wiki) -> None:
    wiki.write(RECIPE)
    variant = RECIPE.replace("title: Copy party", "title: Chez nous").replace(
        "saison: hiver", "variant_of: copy-party\nvariant_notes: Dehors."
    )
    assert structured(wiki, wiki.write(variant))["isBasedOn"] == "http://localhost/wiki/copy-party"


HOSTILE = "</script><script>alert(1)</script> <!-- ]]> & \u2028 \" ' {{ 7*7 }} "


@pytest.mark.parametrize("field", ["title", "tagline", "place", "address", "organizers"])
def test_no_value_escapes_from_the_data_in_a_page(wiki: Wiki, field: str) -> None:
    kind = "event" if field in ("place", "address", "organizers") else "recipe"
    value = json.dumps(HOSTILE.strip(), ensure_ascii=True)
    line = f"organizers:\n  - {value}\n" if field == "organizers" else f"{field}: {value}\n"
    title = "" if field == "title" else "title: Piège\n"
    sessions = "sessions:\n  - 2013\n" if kind == "event" else ""
    sessions += "place: Brest\n" if field == "address" else ""
    slug = wiki.write(f"---\nkind: {kind}\n{title}{sessions}{line}---\n\nDu texte.\n")
    found = structured(wiki, slug)
    assert "alert(1)</script>" in json.dumps(found, ensure_ascii=False)
    page = wiki.visitor().get(f"/wiki/{slug}").text
    assert "<script>alert" not in page
    assert "{{ 7*7 }}" in page
    assert page.count("<script") == page.count("</script>")


def test_x12_no_value_ends_the_script_it_stands_in(wiki: Wiki) -> None:
    value = "a</script ><!-- <script> --> ]]> &amp; \u2028 \u2029 b"
    slug = wiki.write(f"---\nkind: recipe\ntitle: Piège\ntagline: {json.dumps(value)}\n---\n\nDu texte.\n")
    page = wiki.visitor().get(f"/wiki/{slug}").text
    (data,) = re.findall(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert not re.search("[<>&\u2028\u2029]", data)
    assert json.loads(data)["description"].split() == value.split()


@pytest.mark.parametrize("kind", ["recipe", "event", "edition", "project", "theme", "collective", "article"])
def test_every_kind_of_page_shows_and_asks_for_what_it_misses(wiki: Wiki, kind: str) -> None:
    slug = wiki.write(f"---\nkind: {kind}\ntitle: Une page\n---\n\n## Un\n\nDu texte.\n\n## Deux\n\n## Trois\n")
    client = wiki.visitor("ada")
    page = client.get(f"/wiki/{slug}").text
    assert "<h1>Une page</h1>" in page
    assert structured(wiki, slug)["name"] == "Une page"
    assert ("Page à compléter" in page) == (kind not in ("article", "theme"))
    for path in ("edit", "edit?as=text", "history", "authors", "links", "rename", "archive"):
        assert client.get(f"/wiki/{slug}/{path}").status_code == 200, path
    assert client.get(f"/new/{kind}").status_code == 200


def test_a_form_says_amounts_in_words_and_keeps_them_as_they_were(wiki: Wiki) -> None:
    head = "kind: recipe\ntitle: Fête\ntagline: Une fête\nthemes:\n  - quartier\n"
    slug = wiki.write(f"---\n{head}duration: 4 h - 8 h\ncost: 0-300 EUR\n---\n\nDu texte.\n")
    page = wiki.visitor("alice").get(f"/wiki/{slug}/edit").text
    fields = ("duration", "cost")
    found = {name: unescape(re.findall(rf'name="{name}"[^>]* value="([^"]*)"', page)[0]) for name in fields}
    assert {name: " ".join(value.split()) for name, value in found.items()} == {
        "duration": "de 4 à 8 heures", "cost": "de 0 à 300 €",
    }  # fmt: skip
    form = {"title": "Fête", "tagline": "Une belle fête", "themes": "quartier", "body": "Du texte.", **found}
    base = re.findall(r'name="base" value="(\d+)"', page)[0]
    assert wiki.visitor("alice").post(f"/wiki/{slug}/edit", data={**form, "base": base}).status_code == 303
    text = wiki.visitor().get(f"/wiki/{slug}.md").text
    assert "duration: 4 h - 8 h\ncost: 0-300 EUR\n" in text
    assert "tagline: Une belle fête" in text


@pytest.mark.parametrize("kind", ["recipe", "event", "edition", "project", "theme", "collective", "article"])
def test_a_page_with_every_field_filled_shows_in_every_form(wiki: Wiki, kind: str) -> None:
    samples = {
        "title": "Tout", "line": "Une ligne", "text": "Un paragraphe.", "number": "3", "date": "2013-10-12",
        "partial_date": "2013-10", "duration": "2 h", "money": "10 EUR", "reference": "ailleurs",
        "coordinates": "48.1, 2.2", "licence": "CC0 1.0", "url": "https://example.org/", "sessions": "2013-10-12",
        "references": "ailleurs", "mentions": "Quelqu'un", "list": "Une chose", "urls": "https://example.org/",
    }  # fmt: skip
    fields: dict[str, Any] = {}
    for field in KINDS[kind].fields:
        value = field.choices[0].code if field.type in ("choice", "choices") else samples[field.type]
        fields[field.name] = [value] if field.many else value
    form = {**fields, "body": "Du texte.", "action": "save"}
    answer = wiki.visitor().post(f"/new/{kind}", data=form)
    assert answer.status_code == 303, re.findall(r'class="field-error".*', answer.text)
    slug = answer.headers["Location"].rpartition("/")[2]
    assert "Page à compléter" not in wiki.visitor().get(f"/wiki/{slug}").text
    assert structured(wiki, slug)["name"] == "Tout"
    assert set(wiki.visitor().get(f"/wiki/{slug}.json").get_json()["fields"]) == set(fields)
    assert wiki.visitor().get(f"/{KINDS[kind].listing}").status_code == 200
