"""A recipe that several people write, and what its verbs answer."""

from __future__ import annotations

from wiki import history, pages
from wiki.accounts import Actor
from wiki.pages import Conflict, Saved

RECIPE = """\
---
kind: recipe
title: Copy party
tagline: Copier ensemble, légalement
themes:
  - communs
---

Une soirée pour copier.

## Personnes

- une bibliothécaire
- dix voisines

## Matériel

- 10 clés USB
- 2 rallonges
- des affiches

## Étapes

### 1. Choisir le lieu (2 mois avant)

Une salle avec des tables.

### 2. Prévenir (1 mois avant)

Par affiche et par courriel.
"""

# Two changes far apart, and two at one place.
FAR = [("10 clés USB", "12 clés USB"), ("Par affiche et par courriel.", "Par affiche.")]
TOUCHING = [("10 clés USB", "12 clés USB"), ("10 clés USB", "15 clés USB")]

_HOUSE = Actor(None, "Levain", "admin", "house")


def newest(slug: str) -> history.Text:
    """The newest version of a page, archived or not."""
    page, text = pages.text_of(_HOUSE, slug)
    assert text.number == page.head_number
    return text


def saved(outcome: Saved | Conflict) -> Saved:
    """The outcome, which must be a save."""
    assert isinstance(outcome, Saved), outcome
    return outcome


def conflict(outcome: Saved | Conflict) -> Conflict:
    """The outcome, which must be a conflict."""
    assert isinstance(outcome, Conflict), outcome
    return outcome
