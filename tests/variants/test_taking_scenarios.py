"""What is offered and what comes of it, written out: one recipe, what each side made of it, what was decided.

Every scenario is played in both directions: the variant takes from its origin, the origin from its variant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from wiki.history import Decision, compose, improvements, take, units

FRONT = """\
---
kind: recipe
title: Copy party
tagline: Copier ensemble
themes:
  - communs
  - culture
difficulty: 2
cost: 0 EUR
---

"""
BODY = """\
Une soirée pour copier.

## Personnes

- une bibliothécaire
- dix voisines

## Matériel

- 10 clés USB
- 2 rallonges
- des affiches

## Étapes

### 1. Choisir le lieu

Une salle avec des tables. Elle est bien chauffée. Elle ferme tard.

### 2. Prévenir

Par affiche et par courriel.

### 3. Accueillir

Un café à l'entrée.

## Coups de main

Demander à la mairie.
"""
BASE = FRONT + BODY
OWN = (
    "title: Copy party\ntagline: Copier ensemble",
    "title: Copy party, Brest\ntagline: Copier ensemble",
), ("cost: 0 EUR\n", "cost: 0 EUR\nvariant_of: copy-party\nvariant_notes: Brest\nlicense: CC BY-SA 4.0\n")

PEOPLE, MATERIAL, PLACE, WARN, WELCOME, HELP = (
    "Personnes", "Matériel", "Choisir le lieu", "Prévenir", "Accueillir", "Coups de main",
)
STEP_2 = "### 2. Prévenir\n\nPar affiche et par courriel.\n\n"
STEP_3 = "### 3. Accueillir\n\nUn café à l'entrée.\n\n"
ADVICE = "## Coups de main\n\nDemander à la mairie.\n"
SOURCES = "\n## Sources\n\nUn livre.\n"
PERMIT = "### 2. Demander l'accord\n\nÀ la mairie, par écrit.\n\n"
Edits = list[tuple[str, str]]


@dataclass(frozen=True)
class Scenario:
    """Edits of each side from BASE; what is then offered ("?" after what is asked); decisions; edits of the result.

    The result is ours with `result` done to it; None where ours must stay as it is. Free units without a decision
    are taken.
    """

    title: str
    theirs: Edits
    ours: Edits
    offered: list[str]
    result: Edits | None
    decisions: dict[str, Any] | None = None


def S(*args: Any, **more: Any) -> Scenario:
    return Scenario(*args, **more)


KEYS = ("- 10 clés USB", "- 12 clés USB")
OUR_KEYS = ("- 10 clés USB", "- 20 clés USB")
POSTER = ("Par affiche et par courriel.", "Par affiche.")
CAFE = ("Un café à l'entrée.", "Un café et un gâteau à l'entrée.")
ROOM = ("Une salle avec des tables.", "Une grande salle avec des tables.")
LATE = ("Elle ferme tard.", "Elle ferme à minuit.")
ASK = ("Demander à la mairie.", "Demander à la mairie et aux écoles.")

SCENARIOS = [
    # -- Nothing, and one side only
    S("rien n’a changé", [], [], [], None),
    S("seule l’autre page a changé une ligne", [KEYS], [], ["Matériel"], [KEYS]),
    S("seule la nôtre a changé", [], [KEYS], [], None),
    S("une amélioration loin de nos changements", [KEYS], [ASK], ["Matériel"], [KEYS]),
    S("plusieurs améliorations à la fois", [KEYS, POSTER, ASK], [], ["Matériel", "Prévenir", HELP],
      [KEYS, POSTER, ASK]),
    S("la même amélioration faite des deux côtés n’est pas proposée", [KEYS], [KEYS], [], None),
    S("une phrase au début de la page", [("Une soirée pour copier.", "Une belle soirée pour copier.")], [], [""],
      [("Une soirée pour copier.", "Une belle soirée pour copier.")]),
    S("une ligne de plus dans une liste", [("- des affiches", "- des affiches\n- du ruban")], [ASK], [MATERIAL],
      [("- des affiches", "- des affiches\n- du ruban")]),
    S("une ligne de moins dans une liste", [("- 2 rallonges\n", "")], [ASK], [MATERIAL], [("- 2 rallonges\n", "")]),
    S("deux phrases du même paragraphe, une de chaque côté", [ROOM], [LATE], [PLACE], [ROOM]),
    # -- Answers of the front matter
    S("une réponse changée", [("difficulty: 2", "difficulty: 3")], [KEYS], ["difficulty"],
      [("difficulty: 2", "difficulty: 3")]),
    S("une réponse de plus", [("difficulty: 2", "difficulty: 2\nduration: 3 h")], [KEYS], ["duration"],
      [("difficulty: 2", "difficulty: 2\nduration: 3 h")]),
    S("une réponse retirée", [("difficulty: 2\n", "")], [KEYS], ["difficulty"], [("difficulty: 2\n", "")]),
    S("un thème de plus, un autre chez nous", [("  - communs\n", "  - communs\n  - fête\n")],
      [("  - culture\n", "  - culture\n  - lecture\n")], ["themes"], [("  - communs\n", "  - communs\n  - fête\n")]),
    S("la même réponse changée autrement est demandée", [("difficulty: 2", "difficulty: 3")],
      [("difficulty: 2", "difficulty: 1")], ["difficulty?"], [("difficulty: 1", "difficulty: 3")],
      {"difficulty": Decision("theirs")}),
    S("la même réponse changée autrement, la nôtre gardée", [("difficulty: 2", "difficulty: 3")],
      [("difficulty: 2", "difficulty: 1")], ["difficulty?"], None, {"difficulty": Decision("mine")}),
    S("deux réponses de part et d’autre", [("difficulty: 2", "difficulty: 3")], [("cost: 0 EUR", "cost: 50 EUR")],
      ["difficulty"], [("difficulty: 2", "difficulty: 3")]),
    S("le titre, la licence et l’origine ne se prennent pas", [("tagline: Copier ensemble", "tagline: Copier")], [],
      ["tagline"], [("tagline: Copier ensemble", "tagline: Copier")]),
    # -- Sections that come and go
    S("une section de plus à la fin", [(ADVICE, ADVICE + SOURCES)], [KEYS], ["Sources"],
      [(ADVICE, ADVICE + SOURCES)]),
    S("une section de plus au milieu", [("## Étapes\n", "## Lieux\n\nUne mairie.\n\n## Étapes\n")], [KEYS], ["Lieux"],
      [("## Étapes\n", "## Lieux\n\nUne mairie.\n\n## Étapes\n")]),
    S("une section retirée", [("## Personnes\n\n- une bibliothécaire\n- dix voisines\n\n", "")], [KEYS], [PEOPLE],
      [("## Personnes\n\n- une bibliothécaire\n- dix voisines\n\n", "")]),
    S("une section retirée là-bas et changée ici est demandée",
      [("## Personnes\n\n- une bibliothécaire\n- dix voisines\n\n", "")], [("dix voisines", "vingt voisines")],
      [PEOPLE + "?"], None, {PEOPLE: Decision("mine")}),
    S("une section retirée ici et changée là-bas est demandée", [("dix voisines", "vingt voisines")],
      [("## Personnes\n\n- une bibliothécaire\n- dix voisines\n\n", "")], [PEOPLE + "?"], None,
      {PEOPLE: Decision("mine")}),
    S("une section de plus de chaque côté, à deux endroits", [(ADVICE, ADVICE + SOURCES)],
      [("## Matériel", "## Lieux\n\nUne mairie.\n\n## Matériel")], ["Sources"], [(ADVICE, ADVICE + SOURCES)]),
    # -- Steps
    S("une étape de plus au milieu renumérote les suivantes",
      [(STEP_2 + STEP_3, PERMIT + STEP_2.replace("2.", "3.", 1) + STEP_3.replace("3.", "4.", 1))], [KEYS],
      ["Demander l'accord"],
      [(STEP_2 + STEP_3, PERMIT + STEP_2.replace("2.", "3.", 1) + STEP_3.replace("3.", "4.", 1))]),
    S("une étape retirée renumérote les suivantes", [(STEP_2 + STEP_3, STEP_3.replace("3.", "2.", 1))], [KEYS],
      [WARN], [(STEP_2 + STEP_3, STEP_3.replace("3.", "2.", 1))]),
    S("une étape changée, une autre chez nous", [POSTER], [CAFE], [WARN], [POSTER]),
    S("une étape de plus à la fin", [(STEP_3, STEP_3 + "### 4. Ranger\n\nTout.\n\n")], [KEYS], ["Ranger"],
      [(STEP_3, STEP_3 + "### 4. Ranger\n\nTout.\n\n")]),
    S("une étape de plus, sans prendre l’autre amélioration",
      [(STEP_2 + STEP_3, PERMIT + STEP_2.replace("2.", "3.", 1) + STEP_3.replace("3.", "4.", 1)), KEYS], [],
      [MATERIAL, "Demander l'accord"],
      [(STEP_2 + STEP_3, PERMIT + STEP_2.replace("2.", "3.", 1) + STEP_3.replace("3.", "4.", 1))],
      {MATERIAL: Decision("decline")}),
    S("l’amélioration, sans l’étape de plus",
      [(STEP_2 + STEP_3, PERMIT + STEP_2.replace("2.", "3.", 1) + STEP_3.replace("3.", "4.", 1)), KEYS], [],
      [MATERIAL, "Demander l'accord"], [KEYS], {"Demander l'accord": Decision("decline")}),
    # -- Moved and retitled
    S("une section déplacée n’est ni retirée ni ajoutée",
      [("## Coups de main\n\nDemander à la mairie.\n", ""),
       ("## Matériel", "## Coups de main\n\nDemander à la mairie.\n\n## Matériel")], [KEYS], [HELP],
      [("\n## Coups de main\n\nDemander à la mairie.\n", ""),
       ("## Matériel", "## Coups de main\n\nDemander à la mairie.\n\n## Matériel")]),
    S("un nouveau titre n’est ni un retrait ni un ajout", [("## Coups de main", "## Bons conseils")], [KEYS],
      ["Bons conseils"], [("## Coups de main", "## Bons conseils")]),
    S("un nouveau titre là-bas, un nouveau texte ici", [("## Personnes", "## Équipe")],
      [("dix voisines", "dix voisines\n- un voisin")], ["Équipe"], [("## Personnes", "## Équipe")]),
    S("un nouveau titre ici, un nouveau texte là-bas", [("dix voisines", "dix voisines\n- un voisin")],
      [("## Personnes", "## Équipe")], [PEOPLE], [("dix voisines", "dix voisines\n- un voisin")]),
    S("un autre titre de chaque côté est demandé", [("## Personnes", "## Équipe")], [("## Personnes", "## Monde")],
      ["Équipe?"], [("## Monde", "## Équipe")], {"Équipe": Decision("theirs")}),
    # -- Changed on both sides
    S("la même ligne des deux côtés, l’autre texte", [KEYS], [OUR_KEYS], [MATERIAL + "?"],
      [("- 20 clés USB", "- 12 clés USB")], {MATERIAL: Decision("theirs")}),
    S("la même ligne des deux côtés, notre texte", [KEYS], [OUR_KEYS], [MATERIAL + "?"], None,
      {MATERIAL: Decision("mine")}),
    S("la même ligne des deux côtés, les deux", [KEYS], [OUR_KEYS], [MATERIAL + "?"],
      [("- 20 clés USB", "- 12 clés USB\n- 20 clés USB")], {MATERIAL: Decision("both")}),
    S("la même ligne des deux côtés, un troisième texte", [KEYS], [OUR_KEYS], [MATERIAL + "?"],
      [("- 20 clés USB", "- 32 clés USB")], {MATERIAL: Decision("write", ("- 32 clés USB\n",))}),
    S("la même ligne des deux côtés, pas pour nous", [KEYS], [OUR_KEYS], [MATERIAL + "?"], None,
      {MATERIAL: Decision("decline")}),
    S("une passage contesté n’empêche pas le reste", [KEYS, POSTER], [OUR_KEYS], [MATERIAL + "?", WARN], [POSTER]),
    S("deux passages contestés d’une même section",
      [KEYS, ("- des affiches", "- des affiches A3")], [OUR_KEYS, ("- des affiches", "- des affiches A2")],
      [MATERIAL + "?"], [("- 20 clés USB", "- 12 clés USB"), ("affiches A2", "affiches A3")],
      {MATERIAL: Decision("theirs")}),
    S("deux passages contestés, un texte pour chacun",
      [KEYS, ("- des affiches", "- des affiches A3")], [OUR_KEYS, ("- des affiches", "- des affiches A2")],
      [MATERIAL + "?"], [("- 20 clés USB", "- 12 clés USB")],
      {MATERIAL: Decision("write", ("- 12 clés USB\n", "- des affiches A2\n"))}),
    S("garder le nôtre laisse prendre ce qui ne touche pas",
      [KEYS, ("- des affiches", "- des affiches\n- du ruban")], [OUR_KEYS], [MATERIAL + "?"],
      [("- des affiches", "- des affiches\n- du ruban")], {MATERIAL: Decision("mine")}),
    # -- Not for us
    S("pas pour nous ne change rien", [KEYS], [ASK], [MATERIAL], None, {MATERIAL: Decision("decline")}),
    S("une seule de deux améliorations", [KEYS, POSTER], [], [MATERIAL, WARN], [POSTER],
      {MATERIAL: Decision("decline")}),
    S("une réponse pour nous, un texte pas", [("difficulty: 2", "difficulty: 3"), KEYS], [], ["difficulty", MATERIAL],
      [("difficulty: 2", "difficulty: 3")], {MATERIAL: Decision("decline")}),
    S("une section de plus n’est pas pour nous", [(ADVICE, ADVICE + SOURCES), KEYS], [], [MATERIAL, "Sources"],
      [KEYS], {"Sources": Decision("decline")}),
    S("un retrait n’est pas pour nous", [("- 2 rallonges\n", ""), POSTER], [], [MATERIAL, WARN], [POSTER],
      {MATERIAL: Decision("decline")}),
]  # fmt: skip


def edited(text: str, edits: Edits) -> str:
    for old, new in edits:
        assert text.count(old) == 1, (old, text)
        text = text.replace(old, new)
    return text.rstrip("\n") + "\n"


def as_variant(text: str) -> str:
    for old, new in OWN:
        if old in text:
            text = text.replace(old, new)
    return text.replace("title: Copy party\n", "title: Copy party, Brest\n")


@pytest.mark.parametrize("towards", ["variant", "origin"])
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.title)
def test_scenario(scenario: Scenario, towards: str) -> None:
    theirs, ours = edited(BASE, scenario.theirs), edited(BASE, scenario.ours)
    result = ours if scenario.result is None else edited(ours, scenario.result)
    if towards == "variant":
        ours, result = as_variant(ours), as_variant(result)
    else:
        theirs = as_variant(theirs)
    offered = improvements(BASE, theirs, ours)
    assert [one.unit.title + "?" * bool(one.contested) for one in offered] == scenario.offered
    by_title = {one.unit.title: one.unit.key for one in offered}
    decisions = {one.unit.key: Decision("take") for one in offered if not one.contested}
    decisions |= {by_title[title]: decision for title, decision in (scenario.decisions or {}).items()}
    taken = take(BASE, theirs, ours, decisions, BASE)
    assert taken.undecided == {}
    assert taken.text == result
    # Taking twice changes nothing, and only what had no decision is offered still.
    again = improvements(taken.known, theirs, taken.text)
    assert {one.unit.key for one in again} == {one.unit.key for one in offered} - decisions.keys()
    assert take(taken.known, theirs, taken.text, decisions, taken.returned).text == taken.text
    # What was taken is not offered back.
    back = {unit.key for unit in units(taken.returned, taken.text)}
    simple = {key for key, decision in decisions.items() if decision.choice == "take"}
    ours_alone = {unit.key for unit in units(BASE, ours)}
    assert not (back & simple) - ours_alone
    assert compose(BASE, theirs, [unit.key for unit in units(BASE, theirs)]).partition("---\n\n")[2] == (
        theirs.partition("---\n\n")[2]
    )
