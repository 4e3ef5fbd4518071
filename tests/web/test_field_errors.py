"""An answer that refuses a form leads to what is wrong, says it at the field, and keeps what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest

from tests.conftest import PASSWORD
from tests.web.conftest import Wiki
from tests.web.routes import FIRST

_CONTROLS = ("input", "select", "textarea", "button")
_VOID = {"input", "img", "br", "hr", "meta", "link", "use", "path", "circle", "option", "source", "wbr"}
# What is not shown again: secrets, what a form carries by itself, choices it does not offer, and cells that were
# pasted, which are held as a file and need not be pasted again.
_NEVER_SHOWN = {"password", "current", "action", "base", "head", "mine", "kind", "role", "visibility", "pasted"}


@dataclass
class _Element:
    """An element of a page with what stands in it."""

    tag: str
    given: Mapping[str, str | None]
    within: list[_Element] = field(default_factory=list)
    words: str = ""

    @property
    def classes(self) -> list[str]:
        return (self.given.get("class") or "").split()

    @property
    def described_by(self) -> list[str]:
        return (self.given.get("aria-describedby") or "").split()

    @property
    def controls(self) -> list[_Element]:
        """What can be filled in or pressed: itself, or in it."""
        found = [self, *self.within]
        return [one for one in found if one.tag in _CONTROLS and one.given.get("type") != "hidden"]


class _Answer(HTMLParser):
    """The elements of an answer, each with all that stand in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[_Element] = []
        self._open: list[_Element] = []
        self.feed(html)
        self.by_id = {str(one.given["id"]): one for one in self.elements if "id" in one.given}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = _Element(tag, dict(attrs))
        self.elements.append(element)
        for around in self._open:
            around.within.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index].tag == tag:
                del self._open[index:]
                return

    def handle_data(self, data: str) -> None:
        for around in self._open:
            around.words += data

    def having(self, name: str) -> list[_Element]:
        return [one for one in self.elements if name in one.classes and "hidden" not in one.given]

    def held(self, name: str) -> set[str]:
        """What the controls of this name hold, chosen or typed."""
        found = set()
        for one in self.elements:
            if one.given.get("name") != name:
                continue
            if one.tag == "textarea":
                found.add(one.words.removeprefix("\n"))
            elif one.tag == "select":
                found |= {str(option.given.get("value")) for option in one.within if "selected" in option.given}
            elif one.given.get("type") not in ("radio", "checkbox") or "checked" in one.given:
                found.add(one.given.get("value") or "")
        return found


@dataclass(frozen=True)
class Refused:
    """A form filled in so that it is refused: who sends it, where, and what they typed."""

    who: str
    path: str
    form: Mapping[str, str]


_MINE = FIRST.format(title="Titre").replace("Première", "Unique")
_EVENT = {"kind": "event", "body": "Ce que j’ai écrit.", "place": "Brest", "geo-latitude": "zut", "geo-longitude": "2",
          "sessions-day": "2030-01-02", "sessions-from": "18:00", "sessions-to": "17:00"}  # fmt: skip
REFUSED = {
    "log in": Refused("", "/login", {"name": "bob", "password": "un autre"}),
    "register": Refused("", "/register", {"name": "bob", "password": "a", "email": "zut"}),
    "recover": Refused("", "/recover", {"name": " "}),
    "new name": Refused("bob", "/account/name", {"name": "alice", "current": PASSWORD}),
    "new address": Refused("bob", "/account/email", {"email": "zut", "current": PASSWORD}),
    "new password": Refused("bob", "/account/password", {"password": "a", "current": PASSWORD}),
    "delete account": Refused("bob", "/account/delete", {"current": "un autre"}),
    "account's role": Refused("ada", "/admin/accounts/2", {"action": "role", "role": "zut"}),
    "account's name": Refused("ada", "/admin/accounts/2", {"action": "name", "name": "alice"}),
    "block": Refused("mona", "/moderation/blocks", {"name": "zut", "reason": "", "until": "zut"}),
    "block a network": Refused("mona", "/moderation/blocks", {"address": "zut", "reason": "Publicité", "until": "zut"}),
    "undo all": Refused("mona", "/people/bob/undo", {"since": "zut"}),
    "hide": Refused("mona", "/wiki/{slug}/hide/1", {"reason": "Un numéro"}),
    "report a page": Refused("", "/wiki/{slug}/flag", {"words": "Des montres"}),
    "new recipe": Refused("", "/new/recipe", {"body": "Ce que j’ai écrit.", "title": "", "difficulty": "9",
                                              "duration": "zut", "cost": "zut", "tagline": "Un mot"}),
    "new event": Refused("", "/new/event", {"title": "", **_EVENT}),
    "new edition": Refused("", "/new/edition", {"title": "", "starts_on": "zut", "body": "Ce que j’ai écrit."}),
    "new project": Refused("", "/new/project", {"title": "", "started_on": "zut", "body": "Ce que j’ai écrit."}),
    "new collective": Refused("", "/new/collective", {"title": "", "website": "zut", "body": "Ce que j’ai écrit."}),
    "text": Refused("", "/new/article", {"text": "---\nkind: zut\ntitle: x\n---\n"}),
    "edit": Refused("bob", "/wiki/{event}/edit", {"title": "", "comment": "Pourquoi", **_EVENT, "base": "2"}),
    "propose an event": Refused("", "/propose", {"title": "", "sessions-day": "2030-01-02", "sessions-from": "18:00",
                                                 "sessions-to": "17:00", "place": "Brest"}),
    "tell how it went": Refused("", "/wiki/{event}/report", {"attendance": "zut", "story": "Il a plu.", "base": "2"}),
    "rename": Refused("bob", "/wiki/{slug}/rename", {"title": "?!", "comment": "Pourquoi"}),
    "visibility": Refused("alice", "/wiki/{slug}/visibility", {"visibility": "zut"}),
    "next edition": Refused("bob", "/wiki/{edition}/next", {"title": "", "starts_on": "zut", "ends_on": "2031"}),
    "settle": Refused("bob", "/wiki/{slug}/settle", {"mine": _MINE, "base": "1", "head": "2", "comment": "Pourquoi"}),
    "variant": Refused("", "/wiki/{slug}/fork", {"twist": "", "title": ""}),
    "link": Refused("bob", "/wiki/{slug}/link", {"origin": "nulle-part"}),
    "propose to the origin": Refused("bob", "/wiki/{variant}/offer", {"message": "Voyez."}),
    "take nothing": Refused("bob", "/wiki/{variant}/pull", {"verdict": "later", "comment": "Un mot"}),
    "decline without a word": Refused("bob", "/offers/{offer}", {"action": "decline"}),
    "import what is no table": Refused("bob", "/events/import", {"action": "look", "pasted": "zut"}),
}  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def open_forms(shared: Wiki) -> None:
    """What is tried here is what is typed; tokens have tests of their own."""
    shared.app.config["WTF_CSRF_ENABLED"] = False


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_form_leads_to_its_errors_says_them_at_the_fields_and_keeps_what_was_typed(
    shared: Wiki, name: str
) -> None:
    case = REFUSED[name]
    path = case.path.format(**shared.standing())
    client, form = shared.visitor(case.who), dict(case.form)
    if verdict := form.pop("verdict", None):
        asked = _Answer(client.get(path).text)
        form |= {str(one.given["name"]): verdict for one in asked.elements if one.given.get("value") == verdict}
    response = client.post(path, data=form)
    assert response.status_code == (409 if name == "settle" else 422), name
    answer = _Answer(response.text)

    assert answer.elements[[one.tag for one in answer.elements].index("title")].words.startswith("Erreur"), name
    (summary,) = answer.having("error-summary")
    assert (summary.given["role"], summary.given["tabindex"]) == ("alert", "-1")
    assert [one for one in summary.within if one.tag == "li"]
    for link in (one for one in summary.within if one.tag == "a"):
        target = str(link.given["href"]).removeprefix("#")
        assert target in answer.by_id, link.words
        assert answer.by_id[target].controls, link.words

    described = {id_: one for one in answer.elements for id_ in one.described_by if one.controls}
    for error in answer.having("field-error"):
        told_by = described.get(error.given.get("id") or "")
        assert told_by is not None, error.words
        # A group of controls is described; one control also says by itself that it is wrong.
        assert told_by.tag == "fieldset" or told_by.given.get("aria-invalid") == "true", error.words

    for typed, value in form.items():
        if typed not in _NEVER_SHOWN and value.strip():
            assert value in answer.held(typed), typed
