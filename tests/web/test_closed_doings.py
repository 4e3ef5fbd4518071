"""What is done on a page that is not for everybody changes no byte of any answer to who may not read it.

The public pages around it are asked for at every door before and after each of these doings, headers included, by
somebody without an account and by a member.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from difflib import unified_diff

import pytest
from sqlalchemy import func, select, update

from tests.conftest import Visitor
from tests.web.conftest import Wiki
from tests.web.routes import READABLE
from wiki import pages
from wiki.database import db, write_transaction
from wiki.history import Revision
from wiki.pages.indexing import drain
from wiki.pages.models import Offer, Page

SECRET = "Plan Zorglub"
NOBODY_HAS = "Fabrique à venir"
BODY = (
    "Première ligne.\n\n## Matériel\n\n- Dix chaises\n- Une table\n\n## Étapes\n\n### 1. Inviter\n\nLes voisines.\n\n"
    "### 2. Ranger\n\nEnsemble.\n\n## Suite\n\nFin.\n"
)


def text(kind: str, title: str, body: str = BODY, **fields: object) -> str:
    """A page; an answer that is a list takes a line for each."""
    lines = [
        f"{name}:\n" + "\n".join(f"  - {one}" for one in value) if isinstance(value, list) else f"{name}: {value}"
        for name, value in fields.items()
    ]
    return "\n".join(["---", f"kind: {kind}", f"title: {title}", *lines, "---", "", body])


RECIPE = {"themes": ["convivialite"], "group_size": "10 à 100", "duration": "2 h", "cost": "0-150 EUR",
          "places": "Une salle", "partners": ["Les Glaneuses"]}
HELD = {"sessions": ["2012-03-07"], "place": "Brest, BU", "geo": "48.39, -4.49", "organizers": ["Les Glaneuses"],
        "themes": ["convivialite"], "edition": "brest-en-biens-communs", "recipes": ["copy-party"]}
REPORT = {"attendance": "40", "time_spent": "3 h", "money_spent": "90 EUR", "went_well": "Tout.", "went_wrong": "Rien.",
          "adaptations": "Sans clés.", "outcome": "suite"}
# Asked for at every door, and at those where something of other pages is told.
RELATED = ("copy-party", "chez-nous")
OTHERS = ("copy-party-d-ailleurs", "chez-elles", "soiree", "a-venir", "convivialite", "brest-en-biens-communs",
          "les-glaneuses", "appel")
ENDS = ("", ".md", ".json", ".ics", "/links", "/variants", "/history", "/offers", "/review", "/poster", "/next")


def fill(wiki: Wiki, state: str) -> None:
    """A town of pages for everybody, and two of Alice's that others came from before she closed them."""
    alice, bob = wiki.cast.alice, wiki.cast.bob
    pages.create(alice, text("theme", "Convivialité", "Un mot.\n"))
    pages.create(alice, text("collective", "Les Glaneuses", "Un mot.\n", place="Brest"))
    pages.create(alice, text("edition", "Brest en biens communs", "Un mot.\n", starts_on="2012-03", place="Brest",
                             coordinators=["Les Glaneuses"]))
    pages.create(alice, text("recipe", "Copy party", **RECIPE))
    pages.save(alice, "copy-party", pages.text_of(alice, "copy-party")[1].text.replace("voisines", "voisins"), 1)
    pages.fork(alice, "copy-party", "ailleurs", title="Copy party d’ailleurs")
    pages.create(alice, text("event", "Soirée", "Un mot.\n\n## Récit\n\nIl a plu.\n", **HELD, **REPORT))
    pages.create(bob, text("event", "À venir", "Un mot.\n", **{**HELD, "sessions": ["2999-03-07"]}))
    named = f"Voir [[{NOBODY_HAS}]], [[{SECRET}]], [[copy-party]].\n"
    pages.create(bob, text("article", "Appel", named))
    pages.create(bob, text("article", "Appel encore", named))
    pages.create(alice, text("recipe", SECRET, **RECIPE))
    pages.create(alice, text("recipe", "Bureau fermé", **RECIPE))
    for title in ("Chez nous", "Chez elles"):
        pages.fork(alice, closed(SECRET), title.lower(), title=title)
        slug = title.lower().replace(" ", "-")
        own = pages.text_of(alice, slug)[1].text.replace("Les voisines.", f"Les voisines {title.lower()}.")
        pages.save(alice, slug, own, 1)
    pages.save(bob, "copy-party-d-ailleurs",
               pages.text_of(bob, "copy-party-d-ailleurs")[1].text.replace("Ensemble.", "Ensemble, hier."), 1)
    offered(wiki, "copy-party-d-ailleurs", "copy-party")
    pages.show_to(alice, closed(SECRET), state)
    for slug, scope in (("copy-party", "family"), ("chez-nous", "family"), ("convivialite", "theme"),
                        ("brest-en-biens-communs", "page"), ("soiree", "page"), ("appel", "page")):
        pages.follow(bob, slug, scope)


def offered(wiki: Wiki, source: str, target: str) -> int:
    waiting = pages.receiving(wiki.cast.alice, target, source).waiting
    return pages.offer(wiki.cast.alice, source, target, [waiting[0].unit.key], "Voyez.").id


def closed(title: str) -> str:
    """Where a page out of sight stands."""
    return str(db.session.execute(select(Page.slug).where(Page.title == title)).scalar_one())


def changed(wiki: Wiki, title: str, old: str, new: str) -> None:
    alice, slug = wiki.cast.alice, closed(title)
    _page, head = pages.text_of(alice, slug)
    assert old in head.text
    assert isinstance(pages.save(alice, slug, head.text.replace(old, new), head.number), pages.Saved)


NAMING = {"themes": ["convivialite"], "related": ["copy-party", "chez-nous"], "partners": ["Les Glaneuses"]}


def make(wiki: Wiki, visibility: str, *given: object, **fields: object) -> str:
    kind, title, *rest = map(str, given)
    return pages.create(wiki.cast.alice, text(kind, title, *rest, **fields), visibility=visibility).slug


Doing = Callable[[Wiki, str], object]
# In this order, each on what those before it left. `state` is that of the pages nobody may read.
DOINGS: dict[str, Doing] = {
    "a variant of a public page is written": lambda wiki, state: make(
        wiki, state, "recipe", "Variante fermée", **RECIPE, variant_of="copy-party", variant_notes="Ici"
    ),
    "a first variant is": lambda wiki, state: make(
        wiki, state, "recipe", "Chez elles aussi", **RECIPE, variant_of="chez-elles", variant_notes="Aussi"
    ),
    "it is saved": lambda wiki, state: changed(wiki, "Variante fermée", "voisines", "voisines d’ici"),
    "an origin is saved": lambda wiki, state: changed(wiki, SECRET, "Les voisines.", "Les voisines et les voisins."),
    "it says more": lambda wiki, state: changed(wiki, SECRET, "places: Une salle", "places: Deux salles\ntagline: Oui"),
    "an origin is renamed": lambda wiki, state: pages.rename(wiki.cast.alice, closed(SECRET), "Plan Wolfram"),
    "it is renamed back": lambda wiki, state: pages.rename(wiki.cast.alice, closed("Plan Wolfram"), SECRET),
    "a page names pages": lambda wiki, state: make(
        wiki, state, "recipe", "Qui nomme", f"[[copy-party]] [[Appel]] [[{NOBODY_HAS}]] [[Autre rêve]]\n", **NAMING
    ),
    "it names them no more": lambda wiki, state: changed(wiki, "Qui nomme", "[[copy-party]] [[Appel]]", "Rien"),
    "a title that is missing is taken": lambda wiki, state: make(wiki, state, "recipe", NOBODY_HAS, **RECIPE),
    "an event is announced in an edition": lambda wiki, state: make(
        wiki, state, "event", "Soirée close", "Un mot.\n", **HELD, follows="soiree"
    ),
    "it is told of": lambda wiki, state: changed(
        wiki, "Soirée close", "place:",
        "attendance: 400\noutcome: suite\nadaptations: Avec des clés.\nwent_wrong: Tout.\nplace:",
    ),
    "one to come is announced": lambda wiki, state: make(
        wiki, state, "event", "Bientôt clos", "Un mot.\n", **{**HELD, "sessions": ["2998-01-01"], "place": "Quimper"}
    ),
    "an edition goes on": lambda wiki, state: make(
        wiki, state, "edition", "Suite close", "Un mot.\n", starts_on="2013", follows="brest-en-biens-communs",
        part_of="brest-en-biens-communs", coordinators=["Les Glaneuses"]
    ),
    "a theme is cut": lambda wiki, state: make(wiki, state, "theme", "Thème clos", "Un mot.\n", parent="convivialite"),
    "a collective is founded": lambda wiki, state: make(
        wiki, state, "collective", "Collectif clos", "Un mot.\n", place="Brest", members=["Les Glaneuses"]
    ),
    "a project is told": lambda wiki, state: make(
        wiki, state, "project", "Projet clos", "Un mot.\n", holders=["Les Glaneuses"], themes=["convivialite"],
        recipes=["copy-party"], place="Brest"
    ),
    "improvements are offered to an origin": lambda wiki, state: offered(wiki, "chez-nous", closed(SECRET)),
    "they are talked about": lambda wiki, state: pages.say(wiki.cast.alice, newest_offer(), "Merci."),
    "others are offered to a variant": lambda wiki, state: offered(
        wiki, "copy-party-d-ailleurs", closed("Variante fermée")
    ),
    "they are withdrawn": lambda wiki, state: pages.withdraw(wiki.cast.alice, newest_offer()),
    "improvements are taken": lambda wiki, state: pages.take(
        wiki.cast.alice, closed(SECRET), "chez-elles", pages.find(wiki.cast.alice, "chez-elles").head_number,
        taking(wiki, closed(SECRET), "chez-elles"),
    ),
    "a page is linked to its origin": lambda wiki, state: pages.link(
        wiki.cast.alice, closed(NOBODY_HAS), "copy-party"
    ),
    "it is linked no more": lambda wiki, state: pages.unlink(wiki.cast.alice, closed(NOBODY_HAS)),
    "it comes from an origin nobody may read": lambda wiki, state: pages.link(
        wiki.cast.alice, closed(NOBODY_HAS), closed(SECRET)
    ),
    "a version is put back": lambda wiki, state: pages.restore(wiki.cast.alice, closed(SECRET), 1),
    "a page is followed": lambda wiki, state: pages.follow(wiki.cast.alice, closed(SECRET), "family"),
    "all is built anew": lambda wiki, state: pages.rebuild(),
}


def newest_offer() -> int:
    return int(db.session.execute(select(func.max(Offer.id))).scalar_one())


def taking(wiki: Wiki, slug: str, source: str) -> dict[str, pages.Decision]:
    waiting = pages.receiving(wiki.cast.alice, slug, source).waiting
    return {one.unit.key: pages.Decision("theirs" if one.contested else "take") for one in waiting}


def addresses() -> list[str]:
    """Every door of the pages that are for everybody, and those that gather pages."""
    doors = [route.path for route in READABLE if route.names == {"slug"}]
    found = [door.format(slug=slug) for slug in RELATED for door in doors]
    found += [f"/wiki/{slug}{end}" for slug in OTHERS for end in ENDS]
    # One's own account says how long ago one came in.
    found += [route.path for route in READABLE if not route.names and route.path != "/account"]
    for slug in ("copy-party", "chez-nous"):
        found += [f"/wiki/{slug}/{door}" for door in (
            "diff/1..2", "diff/2..1", "undo/2", "hide/2", "compare/chez-elles", "compare/copy-party-d-ailleurs",
            "compare/plan-zorglub", "pull?from=chez-elles", "pull?from=copy-party-d-ailleurs", "pull?from=plan-zorglub",
            "offer?to=chez-elles", "offer?to=copy-party-d-ailleurs", "offer?to=plan-zorglub",
        )]
    formats = ("json", "atom", "ics", "geojson", "csv")
    found += [f"/{where}.{form}" for where in ("search", "events") for form in formats]
    found += [f"/{where}?{asked}" for where in ("search", "events.json", "events.ics") for asked in (
        "q=voisines", "q=zorglub", "theme=convivialite", "recipe=copy-party", "edition=brest-en-biens-communs",
        "place=Brest", "near=Brest&km=50", "kind=recipe", "family=chez-nous",
    )]
    found += ["/places/Quimper", "/wiki/plan-zorglub", "/wiki/fabrique-a-venir", "/wiki/plan-wolfram", "/recipes.json",
              "/pages/suggestions?q=pla", "/search/suggestions?q=fab", "/people/bob", "/offers/1", "/offers/2",
              "/sitemap.xml", "/news?view=all"]
    return list(dict.fromkeys(found))


_CHANGING = re.compile(
    r'nonce[-=]"?[\w-]+"?|"form\.[^"]+"|name="csrf_token"[^>]*value="[^"]+"|Visite \w+ \d+|férence\s: [0-9a-f]+'
)


_OF_THE_REQUEST = ("Set-Cookie", "Date", "X-Request-Id")


def told(client: Visitor, address: str) -> str:
    """An answer to the byte, its headers too, but for what differs from one request to the next."""
    with client.get(address) as answer:
        assert answer.status_code < 500, address
        headers = {name: value for name, value in answer.headers if name not in _OF_THE_REQUEST}
        said = [answer.status, str(sorted(headers.items())), answer.get_data(as_text=True)]
        return _CHANGING.sub("~", "\n".join(said))


def backdate() -> None:
    """Put what was written years back: how long ago that was must not change within the test."""
    past = datetime(2020, 1, 1, tzinfo=UTC)
    with write_transaction() as session:
        for column in (Revision.created_at, Page.created_at, Page.updated_at, Offer.created_at, Offer.updated_at):
            session.execute(update(column.class_).values({column: past}))


def differences(before: str, after: str) -> list[str]:
    """What differs between two answers, line by line."""
    lines = [answer.replace(", ", ",\n").splitlines() for answer in (before, after)]
    return [line for line in unified_diff(*lines, n=0, lineterm="") if not line.startswith(("---", "+++", "@@"))]


@pytest.mark.parametrize(("state", "reader"), [("draft", "bob"), ("members", "guest")])
def test_p03_nothing_done_out_of_sight_changes_an_answer(wiki: Wiki, state: str, reader: str) -> None:
    with wiki.app.app_context():
        fill(wiki, state)
        backdate()
        pages.rebuild()
        pages.reindex()

    def look() -> dict[str, str]:
        # Who brings no cookie is answered like everybody.
        client = wiki.visitor(reader) if reader != "guest" else wiki.app.test_client(use_cookies=False)
        return {address: told(client, address) for address in addresses()}

    before = look()
    assert sum(answer.startswith("200") for answer in before.values()) > 150
    for does in DOINGS.values():
        with wiki.app.app_context():
            does(wiki, state)
            drain()
    after = look()
    assert {door: differences(before[door], after[door]) for door in before if before[door] != after[door]} == {}
