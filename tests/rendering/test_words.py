"""Keys, plain text, excerpts."""

from __future__ import annotations

import pytest

from wiki.rendering import RENDERER_VERSION, excerpt, link_key, plain_text

KEYS = {
    "Copy party": "copy-party",
    "copy-party": "copy-party",
    "COPY PARTY": "copy-party",
    "Copý  party": "copy-party",
    "  Copy—party ! ": "copy-party",
    "L’été à l'œuvre": "l-ete-a-l-oeuvre",
    "Æsope, straße": "aesope-strasse",
    "ŒUVRE": "oeuvre",
    "E\u0301te\u0301": "ete",
    "½ litre de 2²": "1-2-litre-de-22",
    "snake_case": "snake-case",
    "Копилка": "копилка",
    "日本語": "日本語",
    "İstanbul": "istanbul",
    "???": "",
    "": "",
    "\ud800": "",
}


@pytest.mark.parametrize(("text", "key"), KEYS.items(), ids=range(len(KEYS)))
def test_spellings_of_one_name_share_a_key(text: str, key: str) -> None:
    assert link_key(text) == key
    assert link_key(key) == key


TEXT = """# Titre *beau*

Un [lien](/x) vers [[copy-party]] et [[copy-party|la fête]], ![une image](/a.png) <kbd>Ctrl</kbd> &amp; `code`
sur deux lignes[^1].

- un
- [x] deux

| a | b |
|---|---|
| c | d |

```
x = 1
```

<details><summary>Plus &eacute;</summary></details>

Terme
: Sens

[^1]: La note.
"""


def test_plain_text_keeps_every_word_and_no_markup() -> None:
    assert plain_text(TEXT).split("\n") == [
        "Titre beau",
        "Un lien vers copy-party et la fête, une image Ctrl & code sur deux lignes.",
        "un", "deux", "a b", "c d", "x = 1", "Plus é", "Terme", "Sens", "La note.",
    ]  # fmt: skip


def test_an_excerpt_is_running_text_only() -> None:
    assert excerpt(TEXT, 1000) == (
        "Un lien vers copy-party et la fête, une image Ctrl & code sur deux lignes. un Terme Sens"
    )


def test_an_excerpt_passes_over_things_to_tick() -> None:
    assert excerpt("- [ ] Une salle\n- [x] Du café\n\nVenez.\n\n- à pied", 100) == "Venez. à pied"


def test_an_excerpt_is_cut_between_words() -> None:
    assert excerpt("Une phrase, plutôt longue, de trop.", 20) == "Une phrase, plutôt…"
    assert excerpt("Une phrase, plutôt longue", 11) == "Une phrase…"
    assert excerpt("Court.", 20) == "Court."
    assert excerpt("anticonstitutionnellement", 10) == "anticonst…"
    assert excerpt("", 10) == ""


@pytest.mark.parametrize("length", range(1, 40))
def test_an_excerpt_is_never_too_long(length: int) -> None:
    assert len(excerpt("Une phrase, plutôt longue, de trop, anticonstitutionnellement.", length)) <= length


def test_plain_text_of_a_text_past_the_limits_is_the_text() -> None:
    bomb = "*a " * 5000 + " b*" * 5000
    assert plain_text(bomb) == bomb
    assert excerpt(bomb, 10) == "*a *a *a…"


def test_the_version_names_every_part_that_draws() -> None:
    assert "mistune3." in RENDERER_VERSION
    assert "nh30." in RENDERER_VERSION
