"""The text of a page as it is read: each section leads to its own form, and no title breaks out of that link."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.conftest import Cast, Visitor
from wiki import pages

PAGE = "---\nkind: article\ntitle: Des sections\n---\n\n"


def links(html: str) -> list[dict[str, str]]:
    """The attributes of each link to a section's form."""
    found = re.findall(r'<a class="section-edit" ([^>]*)>', html)
    return [{name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', one)} for one in found]


@pytest.mark.usefixtures("context")
def test_each_section_leads_to_its_form_after_its_heading_and_not_within(client: Visitor, cast: Cast) -> None:
    slug = pages.create(cast.alice, PAGE + "## Un *titre*\n\n> ## Cité\n\n### 1. Une étape\n").slug
    html = client.get(f"/wiki/{slug}").text
    assert [link["href"] for link in links(html)] == [
        f"/wiki/{slug}/edit?section=s-un-titre",
        f"/wiki/{slug}/edit?section=s-1-une-etape",
    ]
    assert '<div class="heading"><h2 id="s-un-titre">Un <em>titre</em></h2> <a class="section-edit"' in html
    assert "section-edit" not in client.get(f"/wiki/{slug}?revision=1").text


@pytest.mark.usefixtures("context")
def test_the_link_to_a_form_speaks_the_language_of_the_interface(client: Visitor, cast: Cast) -> None:
    slug = pages.create(cast.alice, PAGE + "## Annonce\n").slug
    [link] = links(client.get(f"/wiki/{slug}?lang=en").text)
    assert (link["lang"], link["aria-label"]) == ("en", "Edit the section “Annonce”")


NAMED = {
    "Le *sel* & le `pain`": "Le sel & le pain",
    "{section} {0} {labels.edit}": "{section} {0} {labels.edit}",
    '" onclick=alert(1) x="': '" onclick=alert(1) x="',
    "'><script>alert(1)</script>": "'>alert(1)",
    "&quot;&gt;&lt;b id=n-1&gt;": '"><b id=n-1>',
    "[[copy-party]] [là](javascript:alert(1)) ![plan](/a.png)[^1]\n\n[^1]: x": "copy-party là plan",
}


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(("title", "named"), NAMED.items(), ids=map(repr, NAMED))
def test_the_link_tells_which_section_whatever_its_heading_holds(
    client: Visitor, cast: Cast, title: str, named: str
) -> None:
    slug = pages.create(cast.alice, f"{PAGE}## {title}\n").slug
    html = client.get(f"/wiki/{slug}?lang=en").text
    [link] = links(html)
    assert set(link) == {"href", "lang", "aria-label"}
    assert link["aria-label"] == f"Edit the section “{named}”"
