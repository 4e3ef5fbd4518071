"""What parted two pages of a family is hidden: they take from one another as ever, and no screen tells it."""

from __future__ import annotations

import pytest

from tests.web.conftest import Wiki
from wiki import pages
from wiki.history import Decision
from wiki.pages import Receiving

SECRET = "Quetzalcoatl"
CLEAN = (
    "---\nkind: recipe\ntitle: Titre\npartners:\n  - Tiriad\n---\n\nPremière ligne.\n\n## Étapes\n\nInviter.\n\n"
    "## Matériel\n\n- Des chaises\n- Une table\n\n## Suite\n\nFin.\n"
)
# Hidden as a word of a line, as a line, as a part, as an item, and as an answer.
TOLD = (
    CLEAN.replace("Inviter.", f"Inviter {SECRET}.\n\n{SECRET} reçoit.\n\n## Chez {SECRET}\n\nSon numéro.")
    .replace("  - Tiriad\n", f"  - Tiriad\n  - {SECRET}\nplaces: Chez {SECRET}\n")
    .replace("- Des chaises\n", f"- Des chaises\n- Le banc de {SECRET}\n")
    .replace("Fin.", f"Fin, dit {SECRET}.")
)
SIDES = [
    CLEAN,
    CLEAN.replace("Inviter.", "Inviter les voisines.").replace("Fin.", "La fin."),
    CLEAN.replace("Inviter.", "Inviter.\n\nRecevoir.\n\n## Chez elles\n\nLeur numéro."),
    CLEAN.replace("- Des chaises\n- Une table\n", "- Un banc\n").replace("  - Tiriad\n", "  - April\nplaces: Parc\n"),
    CLEAN.partition("## Étapes")[0],
    CLEAN.replace("## Étapes\n\nInviter.\n\n", "").replace("Fin.", "Fin.\n\n## Étapes\n\nInviter demain."),
]
CHOICES = ("take", "theirs", "mine", "both", "write", "decline")


def parted(wiki: Wiki, ours: str, theirs: str) -> None:
    """A page and its variant that parted where the page told too much; each says something else today."""
    alice = wiki.cast.alice
    pages.create(alice, CLEAN)
    pages.save(alice, "titre", TOLD, 1)
    pages.fork(alice, "titre", "chez nous", title="Chez nous")
    variant = pages.text_of(alice, "chez-nous")[1].text
    own = variant[: variant.index("partners:")].removeprefix("---\nkind: recipe\ntitle: Titre\n")
    pages.save(alice, "titre", theirs.replace("Première", "Toute première"), 2)
    pages.save(alice, "chez-nous", ours.replace("---\nkind: recipe\ntitle: Titre\n", own, 1), 1)
    pages.hide(wiki.cast.mona, "titre", 2, ["text"], "Un numéro privé")
    pages.hide(wiki.cast.mona, "chez-nous", 1, ["text"], "Le même")


def told_by(what: Receiving) -> str:
    """All that a screen may show of it."""
    return repr([
        (one.title, one.unit, one.contested, pages.shown(what.page, one.unit).comparison) for one in what.waiting
    ])


@pytest.mark.parametrize("ours", [0, 2, 3, 4])
def test_nothing_offered_asked_or_taken_says_what_is_hidden(wiki: Wiki, ours: int) -> None:
    offered = 0
    with wiki.app.app_context():
        parted(wiki, SIDES[ours], CLEAN)
        bob = wiki.cast.bob
        for number, theirs in enumerate(SIDES):
            head = pages.find(bob, "titre").head_number
            pages.save(wiki.cast.alice, "titre", f"{theirs}\n## Version {number}\n", head)
            for slug, source in (("chez-nous", "titre"), ("titre", "chez-nous")):
                what = pages.receiving(bob, slug, source)
                offered += len(what.waiting)
                assert SECRET not in told_by(what), (number, slug)
                for choice in CHOICES:
                    wish = {one.unit.key: Decision(choice, ("Texte.",) * len(one.contested)) for one in what.waiting}
                    taken = pages.preview_taking(bob, what, wish)
                    assert SECRET not in repr((taken.text, taken.undecided)), (number, slug, choice)
    assert offered >= 10


def test_nor_do_two_variants_of_a_page_that_is_hidden_now(wiki: Wiki) -> None:
    """They parted where their origin told too much, and took from each other before anybody saw it."""
    with wiki.app.app_context():
        alice, bob = wiki.cast.alice, wiki.cast.bob
        pages.create(alice, CLEAN)
        pages.save(alice, "titre", TOLD, 1)
        for name in ("Une", "Deux"):
            pages.fork(alice, "titre", "chez nous", title=name)
            head = pages.text_of(alice, name.lower())[1]
            clean = head.text[: head.text.index("partners:")] + CLEAN[CLEAN.index("partners:"):]
            pages.save(alice, name.lower(), clean.replace("Inviter.", f"Inviter, dit {name}."), 1)
        what = pages.receiving(bob, "une", "deux")
        (last,) = [one for one in what.waiting if one.title == "Étapes"]
        choice = Decision("mine" if last.contested else "decline")
        pages.take(bob, "une", "deux", 2, {last.unit.key: choice})
        pages.save(alice, "titre", CLEAN, 2)
        pages.hide(wiki.cast.mona, "titre", 2, ["text"], "Un numéro privé")
        pages.save(alice, "deux", pages.text_of(alice, "deux")[1].text.replace("dit Deux.", "dit Trois."), 2)
        for slug, source in (("une", "deux"), ("deux", "une")):
            what = pages.receiving(bob, slug, source)
            assert SECRET not in told_by(what)
            assert any(one.title == "Étapes" for one in what.waiting)
