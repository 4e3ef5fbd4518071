"""French spacing and apostrophes at display."""

from __future__ import annotations

import pytest

from wiki.rendering import render, render_inline
from wiki.rendering.typography import french

N = "\u202f"
SPACED = {
    "Quoi ?": f"Quoi{N}?",
    "Quoi?": f"Quoi{N}?",
    "Ah bon?! Oui!": f"Ah bon{N}?! Oui{N}!",
    "Il faut : un ; deux": f"Il faut{N}: un{N}; deux",
    "Il faut: un; deux": f"Il faut{N}: un{N}; deux",
    "dit « oui » et «non»": f"dit «{N}oui{N}» et «{N}non{N}»",
    "dit «   oui   »": f"dit «{N}oui{N}»",
    "« Quoi ? »": f"«{N}Quoi{N}?{N}»",
    "trop   !": f"trop{N}!",
    "insécable\u00a0: déjà": "insécable\u00a0: déjà",
    "à 10:30": "à 10:30",
    "http://a.org/?b;c!d": "http://a.org/?b;c!d",
    "3:2": "3:2",
    ":)": ":)",
    "::": "::",
    "a!b": "a!b",
    "l'eau d'ici": "l\u2019eau d\u2019ici",
    "Aujourd'hui, l'«idée»": f"Aujourd\u2019hui, l\u2019«{N}idée{N}»",
    "plus d'1 h": f"plus d\u20191{N}h",
    "de 16 h 30 à 18 h": f"de 16{N}h{N}30 à 18{N}h",
    "12 km, 5 % et 40 € : n° 3": f"12{N}km, 5{N}% et 40{N}€{N}: n°{N}3",
    "3 habitants, 2 minutes": "3 habitants, 2 minutes",
    "dit 'oui' et 5' 10'": "dit 'oui' et 5' 10'",
    "La Guill' en fête, chez Locaux Motiv'": "La Guill\u2019 en fête, chez Locaux Motiv\u2019",
    "Motiv', dit 'oui'": "Motiv', dit 'oui'",
    "'' et a'": "'' et a'",
    "«»": "«»",
    "« »": f"«{N}»",
    "": "",
    "rien": "rien",
}


@pytest.mark.parametrize(("typed", "shown"), SPACED.items(), ids=SPACED.keys())
def test_french_spaces_are_set_at_display(typed: str, shown: str) -> None:
    assert french(typed) == shown
    assert french(shown) == shown
    assert render_inline(typed.replace("http", "`http`")).replace("<code>http</code>", "http") == shown.replace(
        "\u00a0", "&nbsp;"
    )


def test_an_elision_keeps_its_apostrophe_before_bold_words_and_links() -> None:
    assert render_inline("l'**eau** qu'*on* d'[ici](/ici)") == (
        'l\u2019<strong>eau</strong> qu\u2019<em>on</em> d\u2019<a href="/ici">ici</a>'
    )
    assert render_inline("le 'bol'**s**") == "le 'bol'<strong>s</strong>"


def test_code_addresses_and_attributes_are_left_alone() -> None:
    text = "`a ? l'eau` <https://a.org/b?l'eau> https://a.org/c! [x](/y?a=b;c 'Quoi ?') <abbr title=\"a ?\">b</abbr>"
    text += "\n\n    a ?"
    html = render(text).html
    assert N not in html
    assert "\u2019" not in html


def test_other_languages_keep_their_own_spaces() -> None:
    assert render("Why ?", language="en").html == "<p>Why ?</p>\n"
    assert render_inline("Why ?", language="en") == "Why ?"
    assert render("# Why ?", language="en").toc[0].text == "Why ?"
