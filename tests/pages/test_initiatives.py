"""Beginning a gathering from a recipe, or from one that was held."""

from __future__ import annotations

from wiki.pages import to_hold_again, to_organise
from wiki.pages.textform import parse

RECIPE = """---
kind: recipe
title: Soupe au caillou
themes:
  - partage
cost: 10 EUR
---

## Ingrédients

### Personnes

- Une personne qui goûte.

### Matériel

- Une marmite, *grande*.
- [ ] Un caillou.

Le reste vient tout seul.

## Étapes

D'abord, une place.

### 1. Poser la marmite (1 h avant)

Sur le feu.

### 2. Goûter

- du sel

## Sources

- Un conte.
"""
EVENT = """---
kind: event
title: Soupe de Brest
state: passe
sessions:
  - 2013-10-12T14:00
place: Brest, place Guérin
organizers:
  - Infini
themes:
  - partage
recipes:
  - soupe-au-caillou
followed:
  - soupe-au-caillou 3
registration: par téléphone
attendance: 40
went_well: Tout.
outputs:
  - un livre
press:
  - https://example.org/journal
source_urls:
  - https://example.org/
unknown: gardé
---

## Annonce

Venez avec un légume.

## Récit

Il a plu.
"""


def test_a_recipe_gives_its_supplies_and_steps_as_things_to_do() -> None:
    fields, body = to_organise(RECIPE, "soupe-au-caillou", 4)
    assert fields == {
        "title": "Soupe au caillou", "recipes": ["soupe-au-caillou"], "followed": ["soupe-au-caillou 4"],
        "themes": ["partage"],
    }
    before, _heading, rest = body.partition("## Préparatifs\n")
    assert before == "## Annonce\n\n"
    assert rest.startswith(
        "\n### Personnes\n\n- [ ] Une personne qui goûte.\n"
        "\n### Matériel\n\n- [ ] Une marmite, *grande*.\n- [ ] Un caillou.\n"
        "\n### Étapes\n\n- [ ] Poser la marmite (1 h avant)\n- [ ] Goûter\n"
    )
    assert rest.endswith("## Récit\n\n## Suites\n\n## Sources\n")


def test_a_recipe_without_outline_gives_the_plain_outline_of_an_event() -> None:
    fields, body = to_organise("---\nkind: recipe\ntitle: Vide\n---\n\nUn mot.\n", "vide", 1)
    assert fields == {"title": "Vide", "recipes": ["vide"], "followed": ["vide 1"]}
    assert body.startswith("## Annonce\n\n## Préparatifs\n\n## Récit\n")


def test_an_event_is_held_again_without_its_dates_and_what_was_told_of_it() -> None:
    fields, body = to_hold_again(EVENT, "soupe-de-brest", {"soupe-au-caillou": 7})
    assert fields == {
        "title": "Soupe de Brest", "place": "Brest, place Guérin", "organizers": ["Infini"], "themes": ["partage"],
        "recipes": ["soupe-au-caillou"], "followed": ["soupe-au-caillou 7"], "follows": "soupe-de-brest",
    }
    assert body.strip() == "## Annonce\n\nVenez avec un légume."
    assert parse(EVENT).fields["attendance"] == "40"
