"""The buttons that add and remove a line of a list, without script."""

from __future__ import annotations

import re

from flask.testing import FlaskClient


def _values(page: str, name: str) -> list[str]:
    return re.findall(rf'<input id="field-{name}(?:-[0-9]+)?" name="{name}"[^>]* value="([^"]*)"', page)


def test_a_line_is_removed_where_its_button_stands_though_a_blank_one_comes_before(client: FlaskClient) -> None:
    page = client.post("/new/recipe", data={"title": "X", "tags": ["a", "", "b"], "action": "remove:tags:2"})
    assert _values(page.text, "tags") == ["a", ""]


def test_a_line_is_added_at_the_end_and_nothing_typed_is_lost(client: FlaskClient) -> None:
    page = client.post("/new/recipe", data={"title": "Un titre", "tags": ["a"], "body": "Texte.", "action": "add:tags"})
    assert _values(page.text, "tags") == ["a", ""]
    assert "Un titre" in page.text
    assert "Texte." in page.text
