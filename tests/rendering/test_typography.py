"""French spacing at display."""

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


def test_code_addresses_and_attributes_are_left_alone() -> None:
    text = "`a ?` <https://a.org/b?> https://a.org/c! [x](/y?a=b;c 'Quoi ?') <abbr title=\"a ?\">b</abbr>\n\n    a ?"
    assert N not in render(text).html


def test_other_languages_keep_their_own_spaces() -> None:
    assert render("Why ?", language="en").html == "<p>Why ?</p>\n"
    assert render_inline("Why ?", language="en") == "Why ?"
    assert render("# Why ?", language="en").toc[0].text == "Why ?"
