"""Writing as a visitor does, without script: forms, sections, previews, lines added and taken away."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser

import pytest
from werkzeug.test import TestResponse

from tests.pages.copy_party import FAR, RECIPE, TOUCHING
from tests.web.conftest import Wiki


class _Form(HTMLParser):
    """Reads what a browser would send if nobody touched the form that writes a page."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self._inside = False
        self._textarea: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = named.get("class", "").split()[:1] in (["edit-form"], ["conflict-form"])
        if not self._inside:
            return
        name = named.get("name", "")
        if tag == "input" and (named.get("type") not in ("checkbox", "radio") or "checked" in named):
            self.fields.setdefault(name, []).append(named.get("value", ""))
        elif tag == "textarea":
            self._textarea = name
            self.fields.setdefault(name, []).append("")
        elif tag == "select":
            self._select = name
            self.fields.setdefault(name, []).append("")
        elif tag == "option" and self._select and "selected" in named:
            self.fields[self._select][-1] = named.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self.fields[self._textarea][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._textarea is not None:
            # A browser drops the one newline that follows the tag.
            self.fields[self._textarea][-1] = self.fields[self._textarea][-1].removeprefix("\n")
            self._textarea = None
        elif tag == "select":
            self._select = None
        elif tag == "form":
            self._inside = False


def form_of(answer: TestResponse) -> dict[str, list[str]]:
    """What a browser would send back if nobody touched the form that writes the page."""
    reader = _Form()
    reader.feed(answer.text)
    return reader.fields


def value(answer: TestResponse, name: str) -> str:
    return "\n".join(form_of(answer).get(name, []))


@pytest.fixture
def copy_party(wiki: Wiki) -> str:
    return wiki.write(RECIPE)


# -- Forms -------------------------------------------------


@pytest.mark.parametrize("mode", ["form", "text"])
def test_a_form_sent_back_untouched_changes_nothing(wiki: Wiki, copy_party: str, mode: str) -> None:
    client = wiki.visitor("bob")
    fields = form_of(client.get(f"/wiki/{copy_party}/edit?as={mode}"))
    assert ("text" in fields) == (mode == "text")
    answer = client.post(f"/wiki/{copy_party}/edit", data={**fields, "action": "save"}, follow_redirects=True)
    assert "Rien n’a changé" in answer.text
    assert wiki.text(copy_party) == RECIPE


def test_a_field_changed_in_the_form_is_changed_in_the_text(wiki: Wiki, copy_party: str) -> None:
    client = wiki.visitor("bob")
    fields = form_of(client.get(f"/wiki/{copy_party}/edit"))
    fields |= {"tagline": ["Copier à plusieurs"], "difficulty": ["3"], "comment": ["Plus clair"], "minor": ["y"]}
    answer = client.post(f"/wiki/{copy_party}/edit", data=fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/wiki/{copy_party}")
    expected = RECIPE.replace("Copier ensemble, légalement", "Copier à plusieurs").replace(
        "  - communs\n", "  - communs\ndifficulty: 3\n"
    )
    assert wiki.text(copy_party) == expected
    history = client.get(f"/wiki/{copy_party}/history").text
    assert "Plus clair" in history
    assert "(retouche)" in history


def test_a_field_that_is_not_sent_stays_and_one_sent_empty_goes(wiki: Wiki, copy_party: str) -> None:
    client = wiki.visitor("bob")
    client.post(f"/wiki/{copy_party}/edit", data={"base": "1", "tagline": ""})
    assert wiki.text(copy_party) == RECIPE.replace("tagline: Copier ensemble, légalement\n", "")


def test_unknown_keys_survive_the_form(wiki: Wiki) -> None:
    slug = wiki.write("---\nkind: article\ntitle: Clés\nsaison: hiver\nautres:\n  - a: b\n---\n\nTexte.\n")
    client = wiki.visitor("bob")
    client.post(f"/wiki/{slug}/edit", data={**form_of(client.get(f"/wiki/{slug}/edit")), "tagline": "Phrase"})
    assert "saison: hiver\nautres:\n  - a: b\n" in wiki.text(slug)
    assert "tagline: Phrase" in wiki.text(slug)


def test_a_body_that_begins_with_blank_space_comes_back_as_it_was(wiki: Wiki) -> None:
    slug = wiki.write("---\nkind: article\ntitle: Code\n---\n\n    quatre espaces\n\nfin  \n")
    client = wiki.visitor("bob")
    client.post(f"/wiki/{slug}/edit", data={**form_of(client.get(f"/wiki/{slug}/edit")), "comment": "x"})
    assert wiki.text(slug) == "---\nkind: article\ntitle: Code\n---\n\n    quatre espaces\n\nfin  \n"


def test_lines_of_a_list_are_added_and_taken_away_without_saving(wiki: Wiki, copy_party: str) -> None:
    client = wiki.visitor("bob")
    before = wiki.picture()
    fields = form_of(client.get(f"/wiki/{copy_party}/edit"))
    longer = client.post(f"/wiki/{copy_party}/edit", data={**fields, "action": "add:themes", "tagline": "Gardée"})
    assert len(form_of(longer)["themes"]) == len(fields["themes"]) + 1
    assert value(longer, "tagline") == "Gardée"
    shorter = client.post(f"/wiki/{copy_party}/edit", data={**form_of(longer), "action": "remove:themes:0"})
    assert "communs" not in form_of(shorter)["themes"]
    assert wiki.picture() == before


@pytest.mark.parametrize(
    "action", ["add:", "add:zut", "remove:themes:99", "remove:themes:-1", "remove:themes:x", "remove:", "zut", ""]
)
def test_an_unknown_button_loses_nothing(wiki: Wiki, copy_party: str, action: str) -> None:
    answer = wiki.visitor("bob").post(
        f"/wiki/{copy_party}/edit", data={"base": "1", "action": action, "tagline": "Copier à plusieurs"}
    )
    assert answer.status_code in (200, 303)
    if answer.status_code == 200:
        assert value(answer, "tagline") == "Copier à plusieurs"
    else:
        assert "Copier à plusieurs" in wiki.text(copy_party)


def test_the_form_and_the_text_turn_into_each_other_and_keep_what_was_typed(wiki: Wiki, copy_party: str) -> None:
    client = wiki.visitor("bob")
    fields = form_of(client.get(f"/wiki/{copy_party}/edit")) | {"tagline": ["Copier à plusieurs"], "comment": ["Mot"]}
    as_text = client.post(f"/wiki/{copy_party}/edit", data={**fields, "action": "text"})
    assert "tagline: Copier à plusieurs\n" in value(as_text, "text")
    assert (value(as_text, "base"), value(as_text, "comment")) == ("1", "Mot")
    as_form = client.post(f"/wiki/{copy_party}/edit", data={**form_of(as_text), "action": "form"})
    assert value(as_form, "tagline") == "Copier à plusieurs"
    assert (value(as_form, "base"), value(as_form, "comment")) == ("1", "Mot")
    assert wiki.text(copy_party) == RECIPE


def test_a_preview_shows_the_page_keeps_the_form_and_saves_nothing(wiki: Wiki, copy_party: str) -> None:
    client = wiki.visitor("bob")
    before = wiki.picture()
    answer = client.post(
        f"/wiki/{copy_party}/edit",
        data={"base": "1", "text": RECIPE.replace("Une soirée", "Une **nuit**"), "action": "preview"},
    )
    assert "<strong>nuit</strong>" in answer.text
    assert "Une **nuit**" in value(answer, "text")
    assert wiki.picture() == before


def test_one_sees_ones_changes_and_those_of_others_before_saving(wiki: Wiki, copy_party: str) -> None:
    mine = RECIPE.replace("10 clés", "12 clés")
    wiki.visitor("ada").post(f"/wiki/{copy_party}/edit", data={"base": "1", "text": RECIPE.replace(*FAR[1])})
    answer = wiki.visitor("bob").post(f"/wiki/{copy_party}/edit", data={"base": "1", "text": mine, "action": "changes"})
    assert "<ins>12</ins>" in answer.text
    assert "La page a changé pendant que vous écriviez" in answer.text
    assert "et par courriel" in answer.text
    assert value(answer, "base") == "1"
    assert re.sub("[\u00a0\u202f]", " ", value(answer, "comment")) == "Matériel : 1 ligne modifiée"


def test_the_live_preview_is_the_same_safe_html(wiki: Wiki) -> None:
    answer = wiki.visitor().post("/preview", data={"body": "*un* <script>alert(1)</script> [x](javascript:alert(1))"})
    assert answer.status_code == 200
    assert "<em>un</em>" in answer.text
    assert "<script" not in answer.text
    assert "javascript:" not in answer.text


# -- Sections -------------------------------------------------


def test_one_section_is_written_alone(wiki: Wiki, copy_party: str) -> None:
    client = wiki.visitor("bob")
    page = client.get(f"/wiki/{copy_party}").text
    links = dict(re.findall(r'<h2 id="([^"]+)">\s*Matériel.*?href="(/wiki/[^"]+\?section=[^"]+)"', page, re.DOTALL))
    (anchor, address), *_rest = links.items()
    answer = client.get(unescape(address))
    assert value(answer, "body") == "## Matériel\n\n- 10 clés USB\n- 2 rallonges\n- des affiches\n"
    assert value(answer, "section") == anchor
    fields = form_of(answer) | {"body": ["## Matériel\r\n\r\n- rien du tout"]}
    assert client.post(f"/wiki/{copy_party}/edit", data=fields).status_code == 303
    assert wiki.text(copy_party) == RECIPE.replace("- 10 clés USB\n- 2 rallonges\n- des affiches", "- rien du tout")


def test_two_people_write_two_sections_at_once(wiki: Wiki, copy_party: str) -> None:
    alice, bob = wiki.visitor("alice"), wiki.visitor("bob")
    anchors = re.findall(r"\?section=([\w-]+)", alice.get(f"/wiki/{copy_party}").text)
    first = form_of(alice.get(f"/wiki/{copy_party}/edit?section={anchors[0]}"))
    second = form_of(bob.get(f"/wiki/{copy_party}/edit?section={anchors[1]}"))
    alice.post(f"/wiki/{copy_party}/edit", data={**first, "body": first["body"][0].replace("dix", "onze")})
    answer = bob.post(
        f"/wiki/{copy_party}/edit",
        data={**second, "body": second["body"][0].replace("10", "12")},
        follow_redirects=True,
    )
    assert "alice a aussi modifié la page" in answer.text
    assert wiki.text(copy_party) == RECIPE.replace("dix", "onze").replace("10 clés", "12 clés")


def test_a_section_that_is_not_there_is_refused_with_the_text_kept(wiki: Wiki, copy_party: str) -> None:
    client = wiki.visitor("bob")
    assert client.get(f"/wiki/{copy_party}/edit?section=nulle-part").status_code == 404
    answer = client.post(
        f"/wiki/{copy_party}/edit", data={"base": "1", "section": "nulle-part", "body": "Tout ce que j’ai écrit"}
    )
    assert answer.status_code == 409
    assert value(answer, "body") == "Tout ce que j’ai écrit"
    assert wiki.text(copy_party) == RECIPE


# -- New pages -------------------------------------------------


def test_a_new_page_is_offered_its_outline_and_what_the_address_says(wiki: Wiki) -> None:
    answer = wiki.visitor().get("/new/recipe?title=Four+à+pain&themes=pain&zut=1")
    assert value(answer, "title") == "Four à pain"
    assert form_of(answer)["themes"] == ["pain"]
    assert "## Étapes" in value(answer, "body")


def test_a_page_is_made_and_its_maker_is_told(wiki: Wiki) -> None:
    client = wiki.visitor()
    answer = client.post("/new/recipe", data={"title": "Four à pain", "body": "Du texte.", "tagline": "Cuire"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/wiki/four-a-pain")
    assert "Page créée" in client.get("/wiki/four-a-pain").text
    assert wiki.text("four-a-pain") == "---\nkind: recipe\ntitle: Four à pain\ntagline: Cuire\n---\n\nDu texte.\n"


def test_a_title_that_is_taken_leads_to_its_page_and_keeps_the_text(wiki: Wiki, copy_party: str) -> None:
    answer = wiki.visitor().post("/new/recipe", data={"title": "COPY PARTY", "body": "Tout mon texte."})
    assert answer.status_code == 409
    assert f'href="/wiki/{copy_party}"' in answer.text
    assert value(answer, "body") == "Tout mon texte."
    assert value(answer, "title") == "COPY PARTY"


def test_a_form_sent_twice_makes_one_page(wiki: Wiki) -> None:
    client = wiki.visitor()
    answers = [client.post("/new/article", data={"text": "# Une page\n\nTexte.\n"}) for _ in range(2)]
    assert [(answer.status_code, answer.headers["Location"]) for answer in answers] == [(303, "/wiki/une-page")] * 2
    assert len(wiki.picture()["revision"]) == 1


@pytest.mark.parametrize("path", ["/new/zut", "/new/Recipe", "/new/recipe/", "/new/recipe.md", "/zuts"])
def test_an_unknown_kind_is_not_found(shared: Wiki, path: str) -> None:
    for method in ("GET", "POST"):
        assert shared.visitor("ada").open(path, method=method).status_code in (404, 405)


# -- Bases and mistakes -------------------------------------------------


@pytest.mark.parametrize("base", [None, "", "0", "-1", "2", "latest", "9" * 30, "1.5", "\u0661", "\0"])
def test_a_form_without_a_base_it_could_have_is_refused_with_its_text(
    wiki: Wiki, copy_party: str, base: str | None
) -> None:
    form = {"text": RECIPE.replace("10 clés", "12 clés")} | ({} if base is None else {"base": base})
    answer = wiki.visitor("bob").post(f"/wiki/{copy_party}/edit", data=form)
    assert answer.status_code == 400
    assert "12 clés" in value(answer, "text")
    assert "La version de départ de ce texte est inconnue" in answer.text
    assert wiki.text(copy_party) == RECIPE


def test_a_mistake_is_told_beside_its_field_and_nothing_typed_is_lost(wiki: Wiki, copy_party: str) -> None:
    form = {"base": "1", "title": "", "difficulty": "9", "cost": "cher", "tagline": "Ma phrase", "body": "Mon corps."}
    answer = wiki.visitor("bob").post(f"/wiki/{copy_party}/edit", data=form)
    assert answer.status_code == 422
    for name in ("title", "difficulty", "cost"):
        assert f'id="field-{name}-error"' in answer.text
        assert f'href="#field-{name}"' in answer.text
    assert (value(answer, "tagline"), value(answer, "body"), value(answer, "cost")) == (
        "Ma phrase",
        "Mon corps.",
        "cher",
    )
    assert wiki.text(copy_party) == RECIPE


def test_a_page_archived_while_it_was_edited_gives_the_text_back(wiki: Wiki, copy_party: str) -> None:
    wiki.visitor("mona").post(f"/wiki/{copy_party}/archive")
    answer = wiki.visitor("bob").post(
        f"/wiki/{copy_party}/edit", data={"base": "1", "body": "Tout mon texte.", "tagline": "Ma phrase"}
    )
    assert answer.status_code == 404
    assert "Tout mon texte." in answer.text
    assert "Ma phrase" in answer.text


def test_a_page_renamed_while_it_was_edited_is_saved_under_its_new_name(wiki: Wiki, copy_party: str) -> None:
    wiki.visitor("alice").post(f"/wiki/{copy_party}/rename", data={"title": "Soirée de copie"})
    answer = wiki.visitor("bob").post(f"/wiki/{copy_party}/edit", data={"base": "1", "text": RECIPE.replace(*FAR[0])})
    assert (answer.status_code, answer.headers["Location"]) == (308, "/wiki/soiree-de-copie/edit")
    answer = wiki.visitor("bob").post(
        "/wiki/soiree-de-copie/edit", data={"base": "1", "text": RECIPE.replace(*FAR[0])}, follow_redirects=True
    )
    assert "alice a aussi modifié la page" in answer.text
    assert wiki.text("soiree-de-copie") == RECIPE.replace("title: Copy party", "title: Soirée de copie").replace(
        *FAR[0]
    )


def test_a_renamed_page_answers_at_its_old_address_and_keeps_what_was_asked(wiki: Wiki, copy_party: str) -> None:
    wiki.visitor("alice").post(f"/wiki/{copy_party}/rename", data={"title": "Soirée de copie"})
    for path in ("", "?revision=1", ".md", "/history", "/edit?as=text", "/diff/1..2"):
        answer = wiki.visitor().get(f"/wiki/{copy_party}{path}")
        assert (answer.status_code, answer.headers["Location"]) == (301, f"/wiki/soiree-de-copie{path}")


# -- Two people -------------------------------------------------


@pytest.fixture
def contested(wiki: Wiki, copy_party: str) -> Callable[[], TestResponse]:
    """Opens the screen where Bob chooses, after Alice saved at the same place."""
    wiki.visitor("alice").post(
        f"/wiki/{copy_party}/edit", data={"base": "1", "text": RECIPE.replace(*TOUCHING[0]).replace(*FAR[1])}
    )
    form = {"base": "1", "text": RECIPE.replace(*TOUCHING[1]), "comment": "Quinze !", "minor": "y"}
    return lambda: wiki.visitor("bob").post(f"/wiki/{copy_party}/edit", data=form)


def choice(answer: TestResponse) -> str:
    return re.findall(r'name="(choice-\d+)"', answer.text)[0]


def test_a_conflict_shows_both_texts_and_who_wrote_the_other(wiki: Wiki, contested: Callable[[], TestResponse]) -> None:
    answer = contested()
    assert answer.status_code == 409
    assert "alice a enregistré pendant que vous écriviez" in answer.text
    for words in ("12</mark> clés USB", "15</mark> clés USB", "10 clés USB", "Garder mon texte", "Garder les deux"):
        assert words in answer.text, words
    assert answer.text.count('<fieldset class="passage"') == 1
    assert choice(answer) not in form_of(answer)
    assert value(answer, choice(answer).replace("choice", "text")).strip() == "- 15 clés USB"
    assert value(answer, "mine") == RECIPE.replace(*TOUCHING[1])
    assert "<<<<" not in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("chosen", "line"),
    [
        ("theirs", "- 12 clés USB\n"),
        ("mine", "- 15 clés USB\n"),
        ("both", "- 12 clés USB\n- 15 clés USB\n"),
        ("write", "- 20 clés\n"),
    ],
)
def test_each_choice_is_saved_with_the_rest_joined(
    wiki: Wiki, contested: Callable[[], TestResponse], chosen: str, line: str
) -> None:
    answer = contested()
    name = choice(answer)
    form = form_of(answer) | {name: [chosen], name.replace("choice", "text"): ["- 20 clés"]}
    settled = wiki.visitor("bob").post("/wiki/copy-party/settle", data=form)
    assert settled.status_code == 303
    assert wiki.text("copy-party") == RECIPE.replace("- 10 clés USB\n", line).replace(*FAR[1])


def test_a_passage_without_a_choice_is_asked_for_again_and_nothing_is_lost(
    wiki: Wiki, contested: Callable[[], TestResponse]
) -> None:
    answer = contested()
    text = choice(answer).replace("choice", "text")
    again = wiki.visitor("bob").post("/wiki/copy-party/settle", data=form_of(answer) | {text: ["- j’avais écrit cela"]})
    assert again.status_code == 409
    assert "Choisissez un texte pour ce passage." in again.text
    assert value(again, text) == "- j’avais écrit cela"
    assert value(again, "mine") == RECIPE.replace(*TOUCHING[1])
    assert (value(again, "comment"), value(again, "minor")) == ("Quinze !", "1")
    assert wiki.text("copy-party") == RECIPE.replace(*TOUCHING[0]).replace(*FAR[1])


def test_a_third_person_during_the_choice_is_asked_about_with_no_choice_made_before(
    wiki: Wiki, contested: Callable[[], TestResponse]
) -> None:
    answer = contested()
    name = choice(answer)
    wiki.visitor("ada").post(
        "/wiki/copy-party/edit", data={"base": "2", "text": wiki.text("copy-party").replace("12 clés", "13 clés")}
    )
    again = wiki.visitor("bob").post("/wiki/copy-party/settle", data=form_of(answer) | {name: ["mine"]})
    assert again.status_code == 409
    assert "ada a enregistré pendant que vous écriviez" in again.text
    assert choice(again) not in form_of(again), "an answer to the first question is no answer to the second"
    settled = wiki.visitor("bob").post("/wiki/copy-party/settle", data=form_of(again) | {choice(again): ["mine"]})
    assert settled.status_code == 303
    assert wiki.text("copy-party") == RECIPE.replace(*TOUCHING[1]).replace(*FAR[1])


@pytest.mark.parametrize(
    "broken", [{"head": "99"}, {"head": ""}, {"base": "x"}, {"base": "-1"}, {"mine": "---\nkind: zut\n---\n"}]
)
def test_choices_that_fit_no_question_give_the_text_back(
    wiki: Wiki, contested: Callable[[], TestResponse], broken: dict[str, str]
) -> None:
    before = wiki.text("copy-party")
    form = form_of(contested()) | broken
    answer = wiki.visitor("bob").post("/wiki/copy-party/settle", data=form)
    assert answer.status_code == 400
    mine = broken.get("mine", RECIPE.replace(*TOUCHING[1]))
    assert value(answer, "text").strip() == mine.strip()
    assert wiki.text("copy-party") == before


def test_those_who_edit_at_once_are_told_of_each_other(wiki: Wiki, copy_party: str) -> None:
    alice, bob = wiki.visitor("alice"), wiki.visitor("bob")
    assert alice.post(f"/wiki/{copy_party}/presence").get_json() == {"others": [], "head": 1}
    assert bob.post(f"/wiki/{copy_party}/presence").get_json()["others"] == ["alice"]
    assert "alice modifie aussi cette page" in bob.get(f"/wiki/{copy_party}/edit").text
    assert "bob modifie aussi" in alice.get(f"/wiki/{copy_party}/edit").text
