"""Every page a browser can be sent to, who looks at it, and the wiki's own addresses that are no pages.

`SCREENS` is checked against the routes of the wiki: a page nobody put here fails the tests. A name in braces stands
for what `furnish` has made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from tests.browser.conftest import RECIPE, Site
from tests.conftest import PASSWORD
from wiki import accounts, pages
from wiki.accounts.links import _make
from wiki.database import now

# The token of the guest whose browser has asked for something before.
VISITOR = "somebody"


@dataclass(frozen=True)
class Screen:
    """An address, whose browser asks for it, and the status of the answer."""

    path: str
    who: str = "mona"
    status: int = 200


SCREENS = {
    "home": Screen("/"),
    "home of a guest": Screen("/", ""),
    "home near a town": Screen("/?near=Brest"),
    "recipes": Screen("/recipes"),
    "events": Screen("/events"),
    "themes": Screen("/themes"),
    "editions": Screen("/editions"),
    "projects": Screen("/projects"),
    "collectives": Screen("/collectives"),
    "articles": Screen("/articles"),
    "map": Screen("/events?view=map&when=past"),
    "month": Screen("/events?view=month&at=2013-10"),
    "years": Screen("/events?when=past"),
    "recipe": Screen("/wiki/cartopartie"),
    "recipe read by a guest": Screen("/wiki/cartopartie", ""),
    "variant of the library": Screen("/wiki/apero-des-communs"),
    "event": Screen("/wiki/la-guill-en-biens-communs"),
    "event to tell of": Screen("/wiki/copy-party-de-brest"),
    "edition": Screen("/wiki/brest-en-biens-communs-2009"),
    "programme": Screen("/wiki/villes-en-biens-communs-2013"),
    "theme": Screen("/wiki/biens-communs"),
    "project": Screen("/wiki/villes-en-biens-communs"),
    "collective": Screen("/wiki/april"),
    "article": Screen("/wiki/aide-memoire-de-la-mise-en-forme"),
    "help": Screen("/wiki/aide"),
    "page in English": Screen("/wiki/{english}"),
    "old version": Screen("/wiki/{slug}?revision=1"),
    "missing page": Screen("/wiki/page-qui-n-existe-pas", status=404),
    "links": Screen("/wiki/cartopartie/links"),
    "poster": Screen("/wiki/la-guill-en-biens-communs/poster"),
    "review": Screen("/wiki/brest-en-biens-communs-2009/review"),
    "report": Screen("/wiki/copy-party-de-brest/report"),
    "next edition": Screen("/wiki/brest-en-biens-communs-2009/next"),
    "edit": Screen("/wiki/cartopartie/edit"),
    "edit by a guest": Screen("/wiki/cartopartie/edit", ""),
    "edit what waits for an answer": Screen("/wiki/{protected}/edit", ""),
    "event edit": Screen("/wiki/la-guill-en-biens-communs/edit"),
    "text edit": Screen("/wiki/cartopartie/edit?as=text"),
    "choose kind": Screen("/new"),
    "new recipe": Screen("/new/recipe"),
    "new event": Screen("/new/event"),
    "new edition": Screen("/new/edition"),
    "new project": Screen("/new/project"),
    "initiative": Screen("/propose"),
    "initiative from a recipe": Screen("/propose?from=cartopartie"),
    "import": Screen("/events/import"),
    "rename": Screen("/wiki/cartopartie/rename"),
    "archive": Screen("/wiki/cartopartie/archive"),
    "protect": Screen("/wiki/{slug}/protect"),
    "visibility": Screen("/wiki/{slug}/visibility"),
    "history": Screen("/wiki/{slug}/history"),
    "history with a hidden version": Screen("/wiki/{hidden}/history", "bob"),
    "history of the team": Screen("/wiki/{hidden}/history"),
    "hidden version": Screen("/wiki/{hidden}?revision=2", "bob", 404),
    "hidden version read by the team": Screen("/wiki/{hidden}?revision=2"),
    "comparison": Screen("/wiki/{slug}/diff/1..2"),
    "authors": Screen("/wiki/{slug}/authors"),
    "put back": Screen("/wiki/{slug}/revert/1"),
    "undo": Screen("/wiki/{slug}/undo/2"),
    "hide": Screen("/wiki/{slug}/hide/1"),
    "show again": Screen("/wiki/{hidden}/hide/2", "ada"),
    "changes": Screen("/changes"),
    "person": Screen("/people/bob"),
    "search": Screen("/search?q=jardin"),
    "search without result": Screen("/search?q=introuvable-ici&theme=pain&year=1999"),
    "search of a family": Screen("/search?q=disco+soupe&family=disco-soupe"),
    "misspelt search": Screen("/search?q=grainoteque"),
    "misread search": Screen("/search?q=soupe&place=Atlantide&km=10&from=31/02/2012"),
    "narrowed search": Screen("/search?q=cartopartie&kind=event&when=past"),
    "place": Screen("/places/Brest"),
    "upkeep": Screen("/pages"),
    "parts": Screen("/design"),
    "copies": Screen("/offline"),
    "family": Screen("/wiki/cartopartie/variants"),
    "variant": Screen("/wiki/{variant}", "alice"),
    "variants": Screen("/wiki/{variant}/variants"),
    "make a variant": Screen("/wiki/{origin}/fork"),
    "compare": Screen("/wiki/{variant}/compare/{origin}"),
    "take up": Screen("/wiki/{variant}/pull", "alice"),
    "offer": Screen("/wiki/{variant}/offer", "alice"),
    "offers": Screen("/wiki/{origin}/offers"),
    "answer an offer": Screen("/offers/{offer}", "bob"),
    "follow one's offer": Screen("/offers/{offer}", "alice"),
    "link": Screen("/wiki/{slug}/link"),
    "cite": Screen("/wiki/apero-des-communs/cite"),
    "follow": Screen("/wiki/{slug}/follow"),
    "news": Screen("/news"),
    "suggestions": Screen("/suggestions"),
    "answer a suggestion": Screen("/offers/{suggestion}"),
    "report a page": Screen("/wiki/cartopartie/flag"),
    "report a page as a guest": Screen("/wiki/cartopartie/flag", ""),
    "moderation": Screen("/moderation"),
    "blocks": Screen("/moderation/blocks"),
    "moderation log": Screen("/moderation/log"),
    "moderation of a page": Screen("/moderation/log?page={hidden}", ""),
    "undo all": Screen("/people/{guest}/undo"),
    "accounts": Screen("/admin/accounts", "ada"),
    "account nobody has": Screen("/admin/accounts?q=introuvable", "ada"),
    "account of somebody": Screen("/admin/accounts/2", "ada"),
    "soundness": Screen("/admin/check", "ada"),
    "account": Screen("/account"),
    "account of a guest": Screen("/account", ""),
    "change of name": Screen("/account/name"),
    "email": Screen("/account/email"),
    "password": Screen("/account/password"),
    "delete account": Screen("/account/delete"),
    "login": Screen("/login", ""),
    "register": Screen("/register", ""),
    "lost password": Screen("/recover", ""),
    "new password": Screen("/recover/{recovery}", ""),
    "address to confirm": Screen("/account/confirm/{confirmation}", ""),
    # What this browser asks for is in English from here on.
    "recipe in English": Screen("/wiki/cartopartie?lang=en", "bob"),
    "home in English": Screen("/", "bob"),
    "search in English": Screen("/search?q=jardin", "bob"),
    "form in English": Screen("/wiki/la-guill-en-biens-communs/edit", "bob"),
    "month in English": Screen("/events?view=month&at=2013-10", "bob"),
}

# What a browser is never shown as a page.
NOT_SCREENS = {
    **dict.fromkeys(("agenda.calendar", "agenda.event"), "a calendar for other programs"),
    **dict.fromkeys(("agenda.points", "agenda.table", "search.data", "search.table", "reading.data"), "data"),
    **dict.fromkeys(("changes.feed", "changes.person_feed", "following.feed", "search.feed"), "a feed"),
    **dict.fromkeys(("accounts.data", "importing.sample", "places.map_file", "static"), "a file"),
    **dict.fromkeys(("reading.health", "reading.robots", "reading.text"), "plain text"),
    **dict.fromkeys(("offline.manifest", "offline.worker"), "for the browser itself"),
    **dict.fromkeys(("reading.suggestions", "search.suggestions", "places.suggestions"), "lines under a field"),
    **dict.fromkeys(("history.choose", "reading.index", "reading.licence"), "leads elsewhere at once"),
    "places.locator": "a picture",
}


def furnish(site: Site) -> dict[str, str]:
    """Make what the names in the addresses stand for."""
    slug = site.create(RECIPE.format(title="Bocaux racontés"))
    site.save("bob", slug, "- 10 bocaux", "- 20 bocaux")
    english = site.create(RECIPE.format(title="Jars to share").replace("kind: recipe", "kind: recipe\nlang: en"))
    hidden = site.create(RECIPE.format(title="Bocaux masqués"))
    site.save("bob", hidden, "- 10 bocaux", "- 20 bocaux et un numéro")
    site.save("bob", hidden, "- 20 bocaux et un numéro", "- 20 bocaux")
    family = _family(site)
    protected = site.create(RECIPE.format(title="Bocaux protégés"))
    visitor, unwelcome = accounts.guest(VISITOR), accounts.guest("somebody unwelcome")
    with site.app.app_context():
        mona, ada = accounts.named("mona"), accounts.named("ada")
        pages.hide(mona, hidden, 2, ["text", "author"], "Un numéro privé")
        for actor, page in ((visitor, slug), (unwelcome, hidden)):
            head = pages.text_of(actor, page)[1]
            pages.save(actor, page, head.text.replace("Invitez le quartier.", "Invitez la ville."), head.number)
        pages.protect(ada, protected, True)
        head = pages.text_of(visitor, protected)[1]
        kept = pages.save(visitor, protected, head.text.replace("- 10 bocaux", "- 30 bocaux"), head.number)
        assert isinstance(kept, pages.Saved)
        pages.flag(visitor, slug, "advertising", "Des montres.")
        forgetful = accounts.register("Camille", PASSWORD, "camille@exemple.org")
        confirmation = _make("email", forgetful.id)
        assert confirmation
        recovery = accounts.password_link("Camille")
        pages.block(mona, unwelcome.name, "Publicité", now() + timedelta(days=30))
    return {
        "slug": slug, "hidden": hidden, "english": english, "protected": protected, "guest": visitor.name,
        "suggestion": str(kept.offer), "recovery": recovery, "confirmation": confirmation[0], **family,
    }  # fmt: skip


def _family(site: Site) -> dict[str, str]:
    """A recipe and a variant of it, each with a change the other has not, the variant's offered."""
    origin = site.create(RECIPE.format(title="Bocaux d’une famille"))
    with site.app.app_context():
        alice = accounts.named("alice")
        variant = pages.fork(alice, origin, "à Brest").slug
    site.save("alice", variant, "Demandez à la médiathèque.", "Demandez au bar-tabac.")
    site.save("alice", variant, "- 2 stylos", "- 3 stylos")
    with site.app.app_context():
        waiting = pages.receiving(alice, origin, variant).waiting
        offer = pages.offer(alice, variant, origin, [waiting[0].unit.key], "Ouvert plus tard.").id
    site.save("bob", origin, "Invitez le quartier.", "Invitez tout le quartier.")
    return {"origin": origin, "variant": variant, "offer": str(offer)}
