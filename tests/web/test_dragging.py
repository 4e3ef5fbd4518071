"""Whatever can be dragged can be done by a press, a key or by typing too (WCAG 2.5.7)."""

from __future__ import annotations

import re

from tests.web.conftest import Wiki
from wiki import resources

_DRAGGED = re.compile(r'\bdrag(gable|start|end|over|enter|leave)\b|\bondr[ao]|"(drop|(pointer|mouse|touch)move)"')


def test_only_the_point_of_a_page_can_be_dragged() -> None:
    scripts = (resources.folder("static") / "js").glob("*.js")
    templates = resources.folder("templates").rglob("*.html")
    dragged = {path.name for path in (*scripts, *templates) if _DRAGGED.search(path.read_text(encoding="utf-8"))}
    # Putting, moving and correcting it without dragging is tried in browser/test_map.py.
    assert dragged == {"picker.js"}


def test_the_point_of_a_page_is_put_by_a_button_by_a_name_and_by_two_numbers_too(shared: Wiki) -> None:
    client, slug = shared.visitor("bob"), shared.event()
    form = client.get(f"/wiki/{slug}/edit").text
    assert re.search(r'<button class="button small" type="button" data-here>', form)
    for axis in ("latitude", "longitude"):
        assert re.search(rf'<input id="field-geo[^"]*" name="geo-{axis}" value=""', form)
    assert '<button class="button small" type="submit" name="action" value="locate">' in form
