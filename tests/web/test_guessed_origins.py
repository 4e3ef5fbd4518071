"""Who guesses the title of a page out of sight, and names it everywhere, is answered alike whether they were right.

Two wikis that differ by nothing but that title are asked the same things, and every answer is compared.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from werkzeug import Response

from tests.conftest import Visitor
from tests.web.conftest import Wiki
from tests.web.routes import READABLE
from tests.web.test_moderation import queries
from wiki import history, pages
from wiki.pages.indexing import drain

GUESS, OTHER = "Plan Zorglub", "Plan Wolfram"
KEY = GUESS.lower().replace(" ", "-")
BODY = (
    "Première ligne.\n\n## Étapes\n\nInviter les voisines du quartier, puis préparer la salle, les chaises et le café "
    "avant que tout le monde arrive ; ranger ensemble, et noter ce qui a manqué pour la prochaine fois.\n\n"
    "## Suite\n\nFin.\n"
)
HEAD = "---\nkind: recipe\ntitle: {title}\nplaces: Une salle\n{more}---\n\n"
NAMED = f"variant_of: {KEY}\nvariant_notes: Chez moi\n"
# Who may not read the page: one that was never open, and pages that were.
STATES = {"never open": "bob", "draft": "bob", "archived": "bob", "members": ""}
# What differs from one answer to the next, and says nothing.
_CHANGING = re.compile(
    r'nonce="[^"]+"|<time.*?</time>|"form\.[^"]+"|name="csrf_token"[^>]*value="[^"]+"|Visite \w+ \d+|'
    r"Visite(%20|\+)\w+(%20|\+)\d+|visite-\w+-\d+|férence\s: [0-9a-f]+|"
    r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(\+\d\d:?\d\d|Z)?)?|\d\d[:h]\d\d(:\d\d)?|tag:[^<\"]+"
)

Asked = tuple[str, str, dict[str, str] | None]


@pytest.fixture
def make_pair(
    make_wiki: Callable[..., Wiki], _sqlite_template: Path, tmp_path: Path
) -> Callable[..., tuple[Wiki, Wiki]]:
    """Makes two wikis, in the first of which the guess is right."""

    def make(state: str) -> tuple[Wiki, Wiki]:
        shutil.copytree(_sqlite_template, tmp_path / "other")
        pair = make_wiki(), make_wiki(DATA=str(tmp_path / "other"))
        for wiki, title in zip(pair, (GUESS, OTHER), strict=True):
            _fill(wiki, title, state)
        return pair

    return make


def _fill(wiki: Wiki, title: str, state: str) -> None:
    """A page of Alice's out of sight, and three of hers that come from it, or came; and one of Bob's."""
    with wiki.app.app_context():
        alice = wiki.cast.alice
        hidden = state == "never open"
        text = HEAD.format(title=title, more="") + BODY
        origin = pages.create(alice, text, visibility="draft" if hidden else "public").slug
        pages.fork(alice, origin, "chez nous", title="Chez nous")
        # By its title, as people write it.
        named = f"variant_of: {title}\n"
        pages.create(alice, HEAD.format(title="Chez elles", more=named) + BODY.replace("Fin", "La fin"))
        pages.fork(alice, origin, "autrefois", title="Autrefois")
        for slug in ("chez-nous", "autrefois") if hidden else ():
            pages.show_to(alice, pages.find(alice, pages.address(alice, slug) or _marked(wiki, slug)).slug, "public")
        pages.unlink(alice, "autrefois")
        if state == "archived":
            pages.archive(wiki.cast.ada, origin)
        elif not hidden:
            pages.show_to(alice, origin, state)
        pages.create(wiki.cast.bob, HEAD.format(title="Chez Bob", more="") + BODY.replace("salle", "cour"))
        pages.reindex()


def _marked(wiki: Wiki, slug: str) -> str:
    """The address of a draft, which nobody can guess."""
    from sqlalchemy import select

    from wiki.database import db
    from wiki.pages.models import Page

    return str(db.session.execute(select(Page.slug).where(Page.title_key == slug)).scalar_one())


def _about(slug: str, number: int) -> list[Asked]:
    """Every screen of a page, and of its newest version."""
    ends = (f"?revision={number}", f".md?revision={number}", f".json?revision={number}", f"/revert/{number}",
            f"/undo/{number}", f"/diff/1..{number}", f"/compare/{KEY}", f"/pull?from={KEY}", f"/offer?to={KEY}")
    screens = [route.path.format(slug=slug) for route in READABLE if route.names == {"slug"}]
    return [("GET", address, None) for address in [*screens, *(f"/wiki/{slug}{end}" for end in ends)]]


def _briefly(slug: str, _number: int = 1) -> list[Asked]:
    return [("GET", f"/wiki/{slug}{end}", None) for end in ("", ".md", ".json", "/edit?as=text", "/history")]


def _named_on(slug: str, text: str, number: int, look: Callable[[str, int], list[Asked]]) -> list[Asked]:
    """What somebody may do who names the guess on a page, and then looks at what became of it."""
    edit, sent = f"/wiki/{slug}/edit", {"text": text, "base": str(number)}
    found: list[Asked] = [
        ("POST", edit, {**sent, "action": action}) for action in ("preview", "changes", "text", "form")
    ]
    found += [("POST", f"/wiki/{slug}/link", {"origin": guess}) for guess in (KEY, GUESS)]
    settled = {f"choice-{index}": "mine" for index in range(9)}
    return [*found, ("POST", edit, sent), *look(slug, number + 1),
            # An older tab, and what was chosen there.
            ("POST", edit, {"text": text.replace("Tout autre", "Encore autre"), "base": str(number)}),
            ("POST", f"/wiki/{slug}/settle", {"mine": text, "base": str(number), "head": str(number + 1), **settled}),
            *_briefly(slug)]


def _everywhere() -> list[Asked]:
    places = ("/", "/pages", "/recipes", "/recipes.json", "/changes", "/changes.atom", "/account/data.json", "/news",
              f"/search?q={KEY}", f"/search.json?q={KEY}", f"/search.json?recipe={KEY}", f"/search?recipe={KEY}",
              f"/search/suggestions?q={GUESS[:8]}", f"/pages/suggestions?q={GUESS[:8]}", "/people/bob", "/people/alice",
              f"/wiki/{KEY}x", "/moderation/log")
    return [("GET", place, None) for place in places]


def _text(title: str, more: str = NAMED, body: str = BODY) -> str:
    return HEAD.format(title=title, more=more) + body


def _pages_of_ones_own(state: str) -> list[Asked]:
    """All that one visitor tries with pages of theirs, in order."""
    found: list[Asked] = []
    for number, (more, body) in enumerate((
        (NAMED, BODY), (NAMED.replace(KEY, GUESS), "Autre chose.\n"),
        # Were the guess right, this licence would be refused to who may read it.
        (f"{NAMED}license: CC BY 4.0\n", BODY),
    )):
        text = _text(f"Essai {number}", more, body)
        found += [("POST", "/new/recipe", {"text": text, "action": action}) for action in ("preview", "form")]
        found += [("POST", "/new/recipe", {"text": text}), *_briefly(f"essai-{number}")]
    article = f"---\nkind: article\ntitle: Essai libre\nvariant_of: {KEY}\n---\n\nRien.\n"
    found += [("POST", "/new/article", {"text": article}), ("POST", "/preview", {"body": f"[[{GUESS}]]"})]
    found += _named_on("essai-libre", article.replace("Rien", f"Rien de [[{GUESS}]]"), 1, _briefly)
    look = _about if state == "never open" else _briefly
    return found + _named_on("chez-bob", _text("Chez moi", NAMED, "Tout autre.\n"), 1, look) + _everywhere()


def _said(answer: Response) -> str:
    body = answer.get_data(as_text=True)
    return _CHANGING.sub("~", f"{answer.status}\n{answer.headers.get('Location', '')}\n{body}")


def _ask(client: Visitor, asked: Asked) -> str:
    method, address, form = asked
    with client.open(address, method=method, data=form) as answer:
        assert answer.status_code < 500, asked
        return _said(answer)


def _compare(pair: tuple[Wiki, Wiki], name: str, session: list[Asked], counted: bool = False) -> list[str]:
    """What was told, where it was told alike; where `counted`, with as many questions to the database."""
    clients = [wiki.visitor(name) for wiki in pair]
    seen = []
    for asked in session:
        told = []
        for wiki, client in zip(pair, clients, strict=True):
            with queries(wiki) as heard:
                told.append((_ask(client, asked), len(heard)))
        assert told[0][0] == told[1][0], asked
        # What is written costs more where it leads somewhere, as long as a line takes.
        assert asked[0] == "POST" or not counted or told[0][1] == told[1][1], asked
        seen.append(told[0][0])
    return seen


@pytest.mark.parametrize("state", STATES)
def test_a_guess_is_answered_alike_whether_it_is_right(
    make_pair: Callable[..., tuple[Wiki, Wiki]], state: str
) -> None:
    pair = make_pair(state)
    session = _pages_of_ones_own(state)
    seen = dict(zip([(method, address) for method, address, _form in session],
                    _compare(pair, STATES[state], session, counted=True), strict=True))
    # What was typed is kept, and told.
    for slug in ("essai-0", "essai-libre", "chez-bob"):
        assert f"variant_of: {KEY}" in seen["GET", f"/wiki/{slug}.md"], slug
    with pair[0].app.app_context():
        assert pages.find(pair[0].cast.bob, "essai-0").origin_id is None


@pytest.mark.parametrize("state", ["never open", "archived"])
def test_so_it_is_on_the_variants_of_that_very_page(
    make_pair: Callable[..., tuple[Wiki, Wiki]], state: str
) -> None:
    pair = make_pair(state)
    session: list[Asked] = []
    for slug, number in (("chez-nous", 1), ("chez-elles", 1), ("autrefois", 2)):
        more = [f"/wiki/{slug}.md?revision=1", f"/wiki/{slug}/authors"]
        session += [*_briefly(slug), *(("GET", address, None) for address in more)]
        session += _named_on(slug, _text(slug.title(), NAMED, "Tout autre.\n"), number, _briefly)
    if state == "never open":
        # A page of the very title that was guessed is none of their family.
        session += [("POST", "/new/recipe", {"text": _text(GUESS, "")})]
        session += [one for slug in ("chez-nous", "chez-elles", "autrefois") for one in _briefly(slug)]
        session += _about(KEY, 1)
    told = _compare(pair, STATES[state], session)
    for wiki in pair:
        with wiki.app.app_context():
            drain()
    _compare(pair, STATES[state], _everywhere())
    assert sum("Tout autre." in one for one in told) >= 9
    with pair[0].app.app_context():
        alice = pair[0].cast.alice
        for slug in ("chez-nous", "chez-elles"):
            page = pages.find(alice, slug)
            assert page.origin_id is not None
            assert re.search("variant_of: plan.zorglub", history.read(page.id, page.head_number).text, re.IGNORECASE)
