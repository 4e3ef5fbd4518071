"""The screens about variants, through forms, without script."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from tests.conftest import Cast, Visitor
from tests.pages.copy_party import RECIPE, newest
from tests.variants.test_taking import ORIGIN, VARIANT, change, decide
from wiki import pages
from wiki.database import db
from wiki.history import units


@pytest.fixture
def family(app: Flask, cast: Cast) -> Flask:
    """Alice's recipe and Bob's variant; the recipe changed in two sections since, the variant in one of these."""
    with app.app_context():
        pages.create(cast.alice, RECIPE)
        pages.fork(cast.bob, ORIGIN, "Brest")
        change(cast.alice, ORIGIN, ("10 clés USB", "12 clés USB"))
        change(cast.alice, ORIGIN, ("Par affiche et par courriel.", "Par affiche."))
    return app


def visitor(app: Flask, name: str = "") -> Visitor:
    client = app.test_client()
    assert isinstance(client, Visitor)
    return client.log_in(name) if name else client


def said(client: Visitor, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, (address, answer.status)
    return unescape(re.sub(r"\s+", " ", answer.text))


def form_of(text: str) -> dict[str, str]:
    """What a browser would send of the radios chosen and the hidden values of a page."""
    found = {
        match["name"]: match["value"]
        for match in re.finditer(r'<input type="hidden" name="(?P<name>[^"]+)" value="(?P<value>[^"]*)"', text)
    }
    found |= {
        match["name"]: match["value"]
        for match in re.finditer(
            r'<input type="radio" id="[^"]+" name="(?P<name>[^"]+)" value="(?P<value>[^"]+)" checked', text
        )
    }
    return found


def test_a_variant_is_made_by_a_form_and_opens_for_editing(family: Flask) -> None:
    client = visitor(family, "bob")
    assert "Créer une variante" in said(client, f"/wiki/{ORIGIN}")
    assert "Où, ou en quoi est-elle différente ?" in said(client, f"/wiki/{ORIGIN}/fork")
    answer = client.post(f"/wiki/{ORIGIN}/fork", data={"twist": "sans budget"})
    assert (answer.status_code, answer.location) == (303, "/wiki/copy-party-sans-budget/edit")
    refused = client.post(f"/wiki/{ORIGIN}/fork", data={"twist": ""})
    assert refused.status_code == 422
    assert 'href="#field-twist"' in refused.text
    taken = client.post(f"/wiki/{ORIGIN}/fork", data={"twist": "x", "title": "Copy party, Brest"})
    assert taken.status_code == 422
    assert "Ouvrir la page qui existe déjà" in taken.text


def test_a_variant_says_what_waits_and_one_click_takes_it(family: Flask) -> None:
    client = visitor(family, "bob")
    assert "2 améliorations dans la recette d’origine" in said(client, f"/wiki/{VARIANT}")
    screen = said(client, f"/wiki/{VARIANT}/pull")
    assert "Matériel (modifié)" in re.sub("<[^>]+>", "", screen)
    assert "alice," in screen
    answer = client.post(f"/wiki/{VARIANT}/pull", data=form_of(screen) | {"action": "save"})
    assert answer.status_code == 303
    assert "améliorations dans la recette d’origine" not in said(client, f"/wiki/{VARIANT}")
    assert "Rien à reprendre" in said(client, f"/wiki/{VARIANT}/pull")
    with family.app_context():
        assert "12 clés USB" in newest(VARIANT).text
        assert units(newest(ORIGIN).text, newest(VARIANT).text) == []


def test_the_result_is_shown_before_anything_is_kept(family: Flask) -> None:
    client = visitor(family, "bob")
    form = form_of(said(client, f"/wiki/{VARIANT}/pull"))
    answer = client.post(f"/wiki/{VARIANT}/pull", data=form | {"action": "preview"})
    assert answer.status_code == 200
    assert "Voici ce que deviendra votre page" in answer.text
    assert "<ins>12</ins>" in answer.text
    with family.app_context():
        assert newest(VARIANT).number == 1


def test_what_is_left_or_declined_on_the_screen_is_remembered(family: Flask) -> None:
    client = visitor(family, "bob")
    form = form_of(said(client, f"/wiki/{VARIANT}/pull"))
    first, second = [name for name in form if name.startswith("verdict-")]
    client.post(f"/wiki/{VARIANT}/pull", data=form | {first: "decline", second: "later"})
    assert "1 partie encore à voir dans la recette d’origine" in said(client, f"/wiki/{VARIANT}")
    assert first not in said(client, f"/wiki/{VARIANT}/pull")
    refused = client.post(f"/wiki/{VARIANT}/pull", data={"revision": "3"})
    assert refused.status_code == 303


def test_versions_and_parts_are_counted_by_their_own_names(family: Flask, cast: Cast) -> None:
    client = visitor(family, "bob")
    with family.app_context():
        change(cast.alice, ORIGIN, ("des affiches", "des affiches en couleur"))
    assert "3 améliorations dans la recette d’origine : les reprendre" in said(client, f"/wiki/{VARIANT}")
    screen = said(client, f"/wiki/{VARIANT}/pull")
    assert "2 parties ont changé là-bas depuis la dernière fois" in screen
    assert "Une amélioration peut toucher plusieurs parties." in screen
    with family.app_context():
        left = decide(cast.bob, "take", "Matériel")
        assert left.left == 1
    banner = said(client, f"/wiki/{VARIANT}").split("Variante de")[1].split("</div>")[0]
    assert ">1 partie encore à voir dans la recette d’origine</a>" in banner
    assert "amélioration" not in banner
    with family.app_context():
        change(cast.alice, ORIGIN, ("- dix voisines", "- onze voisines"))
        change(cast.alice, ORIGIN, ("- onze voisines", "- douze voisines"))
    banner = said(client, f"/wiki/{VARIANT}").split("Variante de")[1].split("</div>")[0]
    assert "2 améliorations dans la recette d’origine : les reprendre</a>" in banner
    assert "et 1 partie encore à voir" in banner
    screen = said(client, f"/wiki/{VARIANT}/pull")
    assert "2 parties sont à voir : changées là-bas, ou laissées pour plus tard" in screen
    form = form_of(screen)
    first, *others = [name for name in form if name.startswith("verdict-")]
    client.post(f"/wiki/{VARIANT}/pull", data=form | {first: "take"} | dict.fromkeys(others, "later"))
    assert "Il reste 1 partie à voir." in said(client, f"/wiki/{VARIANT}")


def test_an_origin_that_only_has_another_title_announces_nothing(family: Flask, cast: Cast) -> None:
    client = visitor(family, "bob")
    with family.app_context():
        pages.rename(cast.alice, ORIGIN, "Copy-party de quartier")
    assert "2 améliorations dans la recette d’origine" in said(client, f"/wiki/{VARIANT}")
    client.post(f"/wiki/{VARIANT}/pull", data=form_of(said(client, f"/wiki/{VARIANT}/pull")))
    with family.app_context():
        pages.rename(cast.alice, "copy-party-de-quartier", "Copy-party du quartier")
    screen = said(client, f"/wiki/{VARIANT}")
    assert "Copy-party du quartier" in screen
    assert "amélioration" not in screen


def test_what_was_declined_and_changed_again_is_not_said_to_have_changed_here(family: Flask, cast: Cast) -> None:
    client = visitor(family, "bob")
    form = form_of(said(client, f"/wiki/{VARIANT}/pull"))
    client.post(f"/wiki/{VARIANT}/pull", data=form | {"action": "none"})
    with family.app_context():
        change(cast.alice, ORIGIN, ("12 clés USB", "15 clés USB"))
    screen = said(client, f"/wiki/{VARIANT}/pull")
    assert "Une demande un choix." in screen
    assert "Cette page n’en voulait pas la dernière fois." in screen
    assert "Ce qui était proposé la dernière fois" in screen
    assert "changé des deux côtés" not in screen
    assert "aussi changé ici" not in screen
    (verdict,) = [name for name in form_of(screen) if name.startswith("verdict-")]
    client.post(f"/wiki/{VARIANT}/pull", data=form_of(screen) | {verdict: "theirs"})
    with family.app_context():
        assert "15 clés USB" in newest(VARIANT).text


@pytest.mark.parametrize(("gesture", "taken"), [("rest", True), ("none", False)])
def test_all_the_rest_is_declined_in_one_gesture(family: Flask, cast: Cast, gesture: str, taken: bool) -> None:
    with family.app_context():
        change(cast.bob, VARIANT, ("10 clés USB", "20 clés USB"))
    client = visitor(family, "bob")
    form = form_of(said(client, f"/wiki/{VARIANT}/pull"))
    assert sorted(value for name, value in form.items() if name.startswith("verdict-")) == ["later", "take"]
    assert client.post(f"/wiki/{VARIANT}/pull", data=form | {"action": gesture}).status_code == 303
    assert "Rien à reprendre" in said(client, f"/wiki/{VARIANT}/pull")
    assert "amélioration" not in said(client, f"/wiki/{VARIANT}")
    with family.app_context():
        assert "- 20 clés USB" in newest(VARIANT).text
        assert ("Par affiche.\n" in newest(VARIANT).text) == taken
        change(cast.alice, ORIGIN, ("12 clés USB", "15 clés USB"))
    # Asked again only where it changes again.
    assert said(client, f"/wiki/{VARIANT}/pull").count("<fieldset") == 1


def test_all_the_rest_of_a_sibling_is_declined_in_one_gesture(family: Flask, cast: Cast) -> None:
    with family.app_context():
        sibling = pages.fork(cast.eve, ORIGIN, "Rennes").slug
        change(cast.eve, sibling, ("12 clés USB", "14 clés USB"), ("Par affiche.", "Par la radio."))
        change(cast.bob, VARIANT, ("10 clés USB", "20 clés USB"))
    client, address = visitor(family, "bob"), f"/wiki/{VARIANT}/pull?from={sibling}"
    form = form_of(said(client, address))
    assert "later" in form.values()
    assert client.post(f"/wiki/{VARIANT}/pull", data=form | {"action": "rest"}).status_code == 303
    assert "Rien à reprendre" in said(client, address)
    with family.app_context():
        assert "- 20 clés USB" in newest(VARIANT).text


def test_a_contested_passage_is_asked_and_every_answer_is_kept(family: Flask, cast: Cast) -> None:
    with family.app_context():
        change(cast.bob, VARIANT, ("10 clés USB", "20 clés USB"))
    client = visitor(family, "bob")
    screen = said(client, f"/wiki/{VARIANT}/pull")
    assert "Ce passage a changé des deux côtés." in screen
    form = form_of(screen)
    (name,) = set(re.findall(r'name="(verdict-\w+)" value="write"', screen))
    text = name.replace("verdict", "text") + "-0"
    client.post(f"/wiki/{VARIANT}/pull", data=form | {name: "write", text: "- 32 clés USB\r\n"})
    with family.app_context():
        assert "- 32 clés USB\n- 2 rallonges" in newest(VARIANT).text
        assert "Par affiche.\n" in newest(VARIANT).text


def test_two_pages_are_compared_section_by_section_with_their_answers(family: Flask, cast: Cast) -> None:
    with family.app_context():
        change(cast.bob, VARIANT, ("tagline: Copier ensemble, légalement", "tagline: Copier à Brest\ndifficulty: 2"))
        change(cast.bob, VARIANT, ("difficulty: 2\n", "difficulty: 2\nduration: 90 min\ncost: 0-150 EUR\n"))
        change(cast.bob, VARIANT, ("license:", f"related:\n  - {ORIGIN}\nlicense:"))
    text = re.sub("<[^>]+>", "|", said(visitor(family), f"/wiki/{VARIANT}/compare/{ORIGIN}"))
    text = re.sub(r"[ |\u202f]*[|\u202f][ |\u202f]*", "|", text)
    # Each answer once, in words, under the titles of both pages.
    assert "|Réponse|Copy party|Copy party, Brest|" in text
    assert "|En une phrase|Copier ensemble, légalement|Copier à Brest|" in text
    for answer in ("Difficulté|–|facile", "Durée le jour J|–|1 heure 30", "Coût|–|de 0 à 150 €",
                   "Se marie avec|–|Copy party"):
        assert f"|{answer}|" in text.replace("\xa0", " ")
        assert text.count(f"|{answer.partition('|')[0]}|") == 1
    assert "Matériel|(écrit autrement)" in text
    assert "Avant" not in text
    assert "Répond autrement à : En une phrase, Difficulté" in said(visitor(family), f"/wiki/{VARIANT}")


def test_the_family_shows_every_page_once_with_what_it_does_otherwise(family: Flask, cast: Cast) -> None:
    with family.app_context():
        change(cast.bob, VARIANT, ("Une salle avec des tables.", "La médiathèque."))
        pages.fork(cast.eve, VARIANT, "quartier nord")
        pages.fork(cast.eve, ORIGIN, "Rennes")
    screen = said(visitor(family, "bob"), f"/wiki/{VARIANT}/variants")
    for slug in (ORIGIN, "copy-party-brest-quartier-nord", "copy-party-rennes"):
        assert screen.count(f'href="/wiki/{slug}"') >= 1
    assert "Écrit autrement : « Choisir le lieu (2 mois avant) »." in screen
    assert screen.count("<ul") == screen.count("</ul>")
    assert len(re.findall(r"<li[ >]", screen)) == screen.count("</li>")
    assert "reprendre aussi d’ici" in screen


def test_a_proposal_goes_from_the_variant_to_the_origin_and_back(family: Flask, cast: Cast) -> None:
    with family.app_context():
        change(cast.bob, VARIANT, ("Une salle avec des tables.", "La médiathèque."))
    bob, alice = visitor(family, "bob"), visitor(family, "alice")
    screen = said(bob, f"/wiki/{VARIANT}/offer")
    chosen = re.findall(r'name="units" value="(\w+)" checked', screen)
    answer = bob.post(f"/wiki/{VARIANT}/offer", data={"units": chosen, "message": "Plus simple.", "to": ORIGIN})
    assert answer.status_code == 303
    again = bob.post(f"/wiki/{VARIANT}/offer", data={"units": chosen, "message": "Plus simple.", "to": ORIGIN})
    assert (again.status_code, again.location) == (303, answer.location)
    assert "Cette proposition attend déjà sa réponse" in said(bob, again.location)
    assert "1 proposition attend une réponse" in said(alice, f"/wiki/{ORIGIN}")
    assert "Plus simple." in said(alice, f"/wiki/{ORIGIN}/offers")
    assert "Plus simple." in said(alice, "/account")
    screen = said(alice, answer.location)
    assert "Plus simple." in screen
    wordless = alice.post(answer.location, data={"action": "decline", "word": ""})
    assert wordless.status_code == 422
    done = alice.post(answer.location, data=form_of(screen) | {"action": "accept", "word": "Merci !"})
    assert (done.status_code, done.location) == (303, f"/wiki/{ORIGIN}")
    with family.app_context():
        assert "La médiathèque." in newest(ORIGIN).text
    assert "reprise" in said(bob, answer.location)
    assert "Merci !" in said(bob, answer.location)
    assert "attend une réponse" not in said(alice, f"/wiki/{ORIGIN}")


def test_a_page_without_origin_may_be_linked_by_hand_and_let_go(family: Flask, cast: Cast) -> None:
    with family.app_context():
        pages.create(cast.bob, RECIPE.replace("title: Copy party", "title: Copie du soir"))
    client = visitor(family, "bob")
    assert "Pas de page d’origine" in said(client, "/wiki/copie-du-soir/pull")
    assert client.post("/wiki/copie-du-soir/link", data={"origin": "Nulle part"}).status_code == 422
    assert client.post("/wiki/copie-du-soir/link", data={"origin": "Copy party"}).status_code == 303
    assert "améliorations dans la recette d’origine" in said(client, "/wiki/copie-du-soir")
    assert client.post("/wiki/copie-du-soir/unlink").status_code == 303
    assert "Pas de page d’origine" in said(client, "/wiki/copie-du-soir/pull")


def test_an_archived_origin_gives_nothing_away_on_any_screen(family: Flask, cast: Cast) -> None:
    with family.app_context():
        pages.archive(cast.mona, ORIGIN)
    client = visitor(family, "bob")
    for path in ("", "/variants", "/pull", "/offer", "/offers", ".json"):
        text = said(client, f"/wiki/{VARIANT}{path}")
        assert f'href="/wiki/{ORIGIN}"' not in text
        assert "amélioration" not in text.replace("les améliorations", "")
        assert '"origin": "' not in text
    said(client, f"/wiki/{VARIANT}/compare/{ORIGIN}", 404)
    said(client, f"/wiki/{VARIANT}/pull?from={ORIGIN}", 404)


def test_search_engines_learn_what_a_variant_is_based_on(family: Flask) -> None:
    assert f'"isBasedOn": "http://localhost/wiki/{ORIGIN}"' in said(visitor(family), f"/wiki/{VARIANT}")
    assert "isBasedOn" not in said(visitor(family), f"/wiki/{ORIGIN}")


def test_a_cached_page_says_what_waits_as_soon_as_the_origin_moves_on(family: Flask, cast: Cast) -> None:
    anonymous = visitor(family)
    assert "2 améliorations" in said(anonymous, f"/wiki/{VARIANT}")
    with family.app_context():
        change(cast.alice, ORIGIN, ("Une salle", "Une grande salle"))
    assert "3 améliorations" in said(anonymous, f"/wiki/{VARIANT}")


def test_data_name_the_origin_and_the_version_it_continues(family: Flask) -> None:
    data = visitor(family).get(f"/wiki/{VARIANT}.json").json
    assert data is not None
    assert (data["origin"], data["origin_revision"], data["license"]) == (ORIGIN, 1, "CC BY-SA 4.0")


def test_an_answer_of_ones_own_is_written_as_in_the_form_and_nonsense_is_said_beside_it(
    family: Flask, cast: Cast
) -> None:
    with family.app_context():
        change(cast.alice, ORIGIN, ("themes:", "cost: 0-150 EUR\nthemes:"))
        change(cast.bob, VARIANT, ("themes:", "cost: 20 EUR\nthemes:"))
    client = visitor(family, "bob")
    screen = said(client, f"/wiki/{VARIANT}/pull")
    assert "<pre class=\"passage-side\">de 0 à 150 €</pre>" in screen
    name = re.findall(r'<legend>Coût.*?name="verdict-(\w+)"', screen)[0]
    assert f'id="field-verdict-{name}-both"' not in screen
    form = form_of(screen) | {f"verdict-{name}": "write", f"text-{name}-0": "beaucoup trop"}
    refused = client.post(f"/wiki/{VARIANT}/pull", data=form)
    assert refused.status_code == 422
    assert f'href="#field-text-{name}-0"' in refused.text
    assert "beaucoup trop" in refused.text
    with family.app_context():
        assert "cost: 20 EUR" in newest(VARIANT).text
    form |= {f"text-{name}-0": "de 0 à 80 €"}
    assert client.post(f"/wiki/{VARIANT}/pull", data=form).status_code == 303
    with family.app_context():
        assert "cost: 0-80 EUR" in newest(VARIANT).text


def test_passages_that_turn_out_to_be_others_are_asked_again_with_their_text(family: Flask, cast: Cast) -> None:
    with family.app_context():
        change(cast.alice, ORIGIN, ("- une bibliothécaire\n- dix voisines", "- trois archivistes"))
        change(cast.bob, VARIANT, ("- dix voisines", "- vingt voisines"), ("10 clés USB", "20 clés USB"))
    client = visitor(family, "bob")
    screen = said(client, f"/wiki/{VARIANT}/pull")
    names = sorted(set(re.findall(r'name="(verdict-\w+)" value="write"', screen)))
    form = form_of(screen) | dict.fromkeys(names, "theirs")
    form |= {name.replace("verdict", "seen"): "other" for name in names[:1]}
    answer = client.post(f"/wiki/{VARIANT}/pull", data=form)
    assert answer.status_code == 409
    assert "Choisissez un texte" in answer.text
    with family.app_context():
        assert newest(VARIANT).number == 2
    form = form_of(unescape(re.sub(r"\s+", " ", answer.text))) | dict.fromkeys(names, "theirs")
    assert client.post(f"/wiki/{VARIANT}/pull", data=form).status_code == 303
    with family.app_context():
        assert "12 clés USB" in newest(VARIANT).text
        assert "trois archivistes" in newest(VARIANT).text


def test_a_page_that_was_drawn_costs_three_queries_variant_or_not(family: Flask, cast: Cast) -> None:
    with family.app_context():
        for slug in (ORIGIN, VARIANT):
            pages.open_page(cast.eve, slug)
            statements: list[str] = []

            def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
                statements.append(statement)  # noqa: B023 - used at once

            event.listen(db.engine, "before_cursor_execute", note)
            reading = pages.open_page(cast.eve, slug)
            event.remove(db.engine, "before_cursor_execute", note)
            assert len(statements) <= 3
            assert (reading.standing.origin is not None) == (slug == VARIANT)


def test_counting_what_waits_is_one_query_that_reads_no_table_from_end_to_end(family: Flask, cast: Cast) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_rest: object) -> None:
        asked.append((statement, parameters))

    with family.app_context():
        page = pages.find(cast.eve, VARIANT)
        event.listen(db.engine, "before_cursor_execute", note)
        assert pages.standing(cast.eve, page).improvements == 2
        event.remove(db.engine, "before_cursor_execute", note)
        ((statement, parameters),) = asked
        plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        steps = [row.detail for row in plan]
        assert any(step.startswith("SEARCH") for step in steps)
        assert not [step for step in steps if step.startswith("SCAN")]


def test_whoever_comes_to_follow_finds_the_page_chosen_and_can_stop_later(family: Flask) -> None:
    client, address = visitor(family, "bob"), f"/wiki/{ORIGIN}/follow"

    def scopes() -> list[str]:
        return re.findall(r'<input[^>]* name="scope" value="(\w+)"', said(client, address))

    assert scopes() == ["page", "family"]
    assert re.search(r'value="page"[^>]* checked', said(client, address))
    client.post(address, data={"scope": "family"})
    assert scopes() == ["page", "family", "nothing"]
    assert re.search(r'value="family"[^>]* checked', said(client, address))
    client.post(address, data={"scope": "nothing"})
    assert scopes() == ["page", "family"]


def test_what_is_already_here_is_announced_until_somebody_says_that_it_is_seen(family: Flask, cast: Cast) -> None:
    with family.app_context():
        for decided in ("Matériel", "Prévenir (1 mois avant)"):
            decide(cast.bob, "take", decided)
        for actor, slug in ((cast.alice, ORIGIN), (cast.bob, VARIANT)):
            change(actor, slug, ("2 rallonges", "4 rallonges"))
    client = visitor(family, "bob")
    assert "amélioration dans la recette" in said(client, f"/wiki/{VARIANT}")
    screen = said(client, f"/wiki/{VARIANT}/pull")
    assert "Rien à reprendre" in screen
    assert "C’est vu" in screen
    assert client.post(f"/wiki/{VARIANT}/pull", data={"action": "seen"}).status_code == 303
    assert "amélioration" not in said(client, f"/wiki/{VARIANT}").split("Variante de")[1].split("</div>")[0]
