"""Everybody is credited whose words a page holds, and licences that do not go together are kept apart."""

from __future__ import annotations

from html import unescape
from random import Random

import pytest
from flask import Flask

from tests.conftest import Cast
from tests.pages.copy_party import RECIPE, newest
from tests.variants.test_screens import said, visitor
from tests.variants.test_taking import ORIGIN, VARIANT, change, take_all
from wiki import pages
from wiki.errors import Invalid
from wiki.pages.licences import compatible


@pytest.fixture
def family(app: Flask, cast: Cast) -> Flask:
    with app.app_context():
        pages.create(cast.alice, RECIPE)
        pages.fork(cast.bob, ORIGIN, "Brest")
    return app


def test_the_authors_of_the_origin_are_authors_of_the_variant(family: Flask, cast: Cast) -> None:
    with family.app_context():
        assert pages.credited(pages.find(cast.bob, VARIANT)) == ["bob", "alice"]
        change(cast.mona, ORIGIN, ("10 clés USB", "12 clés USB"))
        assert pages.credited(pages.find(cast.bob, VARIANT)) == ["bob", "alice"]
        take_all(cast.bob)
        assert pages.credited(pages.find(cast.bob, VARIANT)) == ["bob", "alice", "mona"]
    client = visitor(family)
    assert 'href="/people/alice"' in said(client, f"/wiki/{VARIANT}")
    data = client.get(f"/wiki/{VARIANT}.json").json
    assert data is not None
    assert data["authors"] == ["bob", "alice", "mona"]
    text = said(client, f"/wiki/{VARIANT}/cite")
    assert "bob, alice, mona" in text
    assert "jusqu’à la version 2" in text


def test_a_page_that_is_no_longer_published_is_credited_without_its_name(family: Flask, cast: Cast) -> None:
    with family.app_context():
        change(cast.alice, ORIGIN, ("title: Copy party", "title: Xochipilli"))
        pages.archive(cast.mona, ORIGIN)
    text = said(visitor(family), f"/wiki/{VARIANT}/cite")
    assert "Xochipilli" not in text
    assert "alice" in text


@pytest.mark.parametrize(
    ("source", "target", "allowed"),
    [
        ("CC BY-SA 4.0", "CC BY-SA 4.0", True),
        ("CC0 1.0", "CC BY-SA 4.0", True),
        ("CC BY 4.0", "CC BY-SA 4.0", True),
        ("CC BY-SA 3.0", "CC BY-SA 4.0", True),
        ("CC BY-SA 4.0", "CC BY-SA 3.0", False),
        ("CC BY-SA 4.0", "CC BY 4.0", False),
        ("CC BY-NC-SA 4.0", "CC BY-SA 4.0", False),
        ("CC BY-SA 4.0", "CC0 1.0", False),
        ("GFDL 1.3", "CC BY-SA 4.0", False),
        ("une licence inconnue", "une licence inconnue", True),
    ],
)
def test_which_licences_go_together(source: str, target: str, allowed: bool) -> None:
    assert compatible(source, target) is allowed


@pytest.mark.parametrize("seed", range(3))
def test_everybody_whose_words_a_page_holds_is_in_its_chain(family: Flask, cast: Cast, seed: int) -> None:
    random = Random(seed)
    people = [cast.alice, cast.bob, cast.mona, cast.ada, cast.eve]
    with family.app_context():
        made = [pages.fork(cast.ada, VARIANT, "nord").slug, pages.fork(cast.eve, ORIGIN, "Rennes").slug]
        slugs = [ORIGIN, VARIANT, *made]
        origins = {VARIANT: ORIGIN, slugs[2]: VARIANT, slugs[3]: ORIGIN}
        wrote: dict[str, str] = {}
        for count in range(25):
            who, slug = random.choice(people), random.choice(slugs)
            if random.random() < 0.5 or slug not in origins:
                wrote[f"- objet {count}"] = who.name
                old = random.choice(["## Matériel\n\n", "## Personnes\n\n", "## Étapes\n\n"])
                change(who, slug, (old, f"{old}- objet {count}\n"))
            else:
                pair = (slug, origins[slug]) if random.random() < 0.7 else (origins[slug], slug)
                take_all(who, *pair)
        for slug in slugs:
            names = pages.credited(pages.find(cast.alice, slug))
            lines = newest(slug).text.splitlines()
            assert {name for line, name in wrote.items() if line in lines} <= set(names)
        assert pages.verify() == []


def test_a_variant_is_never_put_under_a_licence_its_sources_do_not_allow(family: Flask, cast: Cast) -> None:
    with family.app_context():
        head = newest(VARIANT)
        freed = head.text.replace("license: CC BY-SA 4.0", "license: CC0 1.0")
        assert freed != head.text
        with pytest.raises(Invalid, match="CC0") as refused:
            pages.save(cast.bob, VARIANT, freed, head.number)
        assert [problem.field for problem in refused.value.problems] == ["license"]
        with pytest.raises(Invalid, match="CC0"):
            pages.create(cast.bob, freed.replace("title: Copy party, Brest", "title: Copie libre"))
        assert newest(VARIANT).number == head.number
        allowed = head.text.replace("license: CC BY-SA 4.0", "license: Licence Art Libre 1.3")
        pages.save(cast.bob, VARIANT, allowed, head.number)
        assert "Art Libre" in newest(VARIANT).text


def test_a_page_of_nobody_else_changes_its_licence_as_it_likes(family: Flask, cast: Cast) -> None:
    with family.app_context():
        text = "---\nkind: article\ntitle: Note\nlicense: CC BY-SA 4.0\n---\n\nTexte.\n"
        pages.create(cast.bob, text)
        pages.save(cast.bob, "note", text.replace("CC BY-SA 4.0", "CC0 1.0"), 1)
        pages.restore(cast.bob, "note", 1)
        assert newest("note").number == 3


def test_a_forbidden_licence_is_said_beside_its_field_and_nothing_typed_is_lost(family: Flask) -> None:
    client = visitor(family, "bob")
    with family.app_context():
        head = newest(VARIANT)
    freed = head.text.replace("license: CC BY-SA 4.0", "license: CC0 1.0").replace("10 clés", "11 clés")
    data = {"base": str(head.number), "mode": "text", "text": freed}
    answer = client.post(f"/wiki/{VARIANT}/edit", data=data)
    assert answer.status_code == 422
    assert "Impossible de réunir" in unescape(answer.text)
    assert "11 clés" in answer.text
    assert "Impossible de réunir" in unescape(answer.text).split('id="field-text-error"')[1].split("<textarea")[0]
    assert "la licence de sa ligne « license »" in unescape(answer.text).replace("\u202f", " ").replace("\xa0", " ")
