"""Every route of the wiki, and who may use it on which page.

`ROUTES` is checked against the application's own table: a route nobody classified here fails the tests.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.conftest import PASSWORD

# Somebody suspended is let in no more: they get what anybody gets.
ANYBODY = ("guest", "suspended")
MEMBERS = ("member", "author", "moderator", "admin")
TEAM = ("moderator", "admin")
EVERYBODY = (*ANYBODY, *MEMBERS)
AUTHOR = ("author",)


@dataclass(frozen=True)
class Access:
    """The roles that get what they ask for, by the state of the page."""

    public: Sequence[str] = EVERYBODY
    protected: Sequence[str] = EVERYBODY
    archived: Sequence[str] = TEAM
    members: Sequence[str] = MEMBERS
    draft: Sequence[str] = AUTHOR


READING = Access()
EDITING = Access(EVERYBODY, TEAM, TEAM)
RENAMING = Access(MEMBERS, TEAM, TEAM)
ARCHIVING = Access(TEAM, TEAM, TEAM, TEAM)
PROTECTING = Access(TEAM, TEAM, TEAM, TEAM, ())
RESTRICTING = Access((*AUTHOR, *TEAM), TEAM, TEAM, (*AUTHOR, *TEAM))
FOLLOWING = Access(MEMBERS, MEMBERS, TEAM)
# A page gives nothing to one that more people read.
OFFERING = Access(EVERYBODY, EVERYBODY, TEAM, (), ())
# For the moderation, whatever the page.
MODERATING = Access(TEAM, TEAM, TEAM, TEAM, TEAM)
ADMINISTERING = Access(("admin",), ("admin",), ("admin",), ("admin",), ("admin",))
# Whoever may answer suggestions.
ACCEPTING = Access(MEMBERS, MEMBERS, MEMBERS, MEMBERS, MEMBERS)
IMPORTING = Access(MEMBERS, MEMBERS, MEMBERS, MEMBERS, MEMBERS)
# Says nothing of any page, or says it through finders that leave out what this visitor may not know of.
OPEN = Access(EVERYBODY, EVERYBODY, EVERYBODY, EVERYBODY, EVERYBODY)


@dataclass(frozen=True)
class Route:
    """An address and what a form sent there may hold.

    `{slug}` stands for a page of two versions; `{variant}` for a variant of `{origin}`, each with changes the other has
    not, `{unit}` for one the variant may propose, `{offer}` for one it has proposed;
    `{event}` for a past event of two versions; `{edition}` for an edition that is over, of two versions.
    """

    endpoint: str
    path: str
    reads: Access | None = OPEN
    writes: Access | None = None
    form: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> set[str]:
        """What the address and the form must be given."""
        return set(re.findall(r"{(\w+)}", self.path + " ".join(self.form.values())))

    @property
    def about_a_page(self) -> bool:
        """Whether what it answers depends on a page and its state."""
        return "{" in self.path


# The two versions of every page that tests ask for.
FIRST = "# {title}\n\nPremière ligne.\n\n## Suite\n\nDernière ligne.\n"
SECOND = FIRST.replace("Première", "Deuxième")
EVENT = (
    "---\nkind: event\ntitle: {title}\nsessions:\n  - '2012'\nplace: Brest\n"
    "organizers:\n  - Tiriad\nthemes:\n  - communs\n"
    "---\n\n"
)
EDITION = "---\nkind: edition\ntitle: {title}\nstarts_on: '2012'\ncoordinators:\n  - Tiriad\n---\n\n"
_THIRD = "# Titre\n\nDeuxième ligne.\n\n## Suite\n\nToute dernière ligne.\n"
_KINDS = ("recipe", "event", "edition", "project", "theme", "collective", "article")
_PASSWORD = "une phrase de passe"

ROUTES = [
    Route("reading.home", "/"),
    Route("editing.new", "/new/event?from={slug}", READING),
    Route("initiatives.propose", "/propose", OPEN, OPEN, {"title": "Une initiative toute neuve"}),
    Route("initiatives.propose", "/propose?from={slug}", READING),
    Route("administration.check", "/admin/check", ADMINISTERING),
    Route("administration.people", "/admin/accounts", ADMINISTERING),
    # Bob is a member already.
    Route(
        "administration.person", "/admin/accounts/2", ADMINISTERING, ADMINISTERING, {"action": "role", "role": "member"}
    ),
    Route("reading.page", "/wiki/{slug}", READING),
    Route("reading.page", "/wiki/{slug}?revision=1", READING),
    Route("reading.text", "/wiki/{slug}.md", READING),
    Route("reading.text", "/wiki/{slug}.md?revision=1", READING),
    Route("reading.data", "/wiki/{slug}.json", READING),
    Route("reading.data", "/wiki/{slug}.json?revision=1", READING),
    Route("reading.links", "/wiki/{slug}/links", READING),
    Route("editions.review", "/wiki/{slug}/review", READING),
    Route("variants.family", "/wiki/{slug}/variants", READING),
    Route("variants.fork", "/wiki/{slug}/fork", READING, READING, {"twist": "ailleurs"}),
    Route("editions.continued", "/wiki/{slug}/next", READING),
    Route("editions.continued", "/wiki/{edition}/next", READING, FOLLOWING, {"title": "Une suite"}),
    Route("initiatives.poster", "/wiki/{slug}/poster", READING),
    Route("initiatives.poster", "/wiki/{event}/poster", READING),
    Route("reports.report", "/wiki/{event}/report", READING, READING, {"base": "2", "attendance": "12"}),
    Route("variants.compare", "/wiki/{slug}/compare/{slug}", READING),
    Route("variants.pull", "/wiki/{slug}/pull", READING),
    Route("variants.cite", "/wiki/{slug}/cite", READING),
    Route("following.follow", "/wiki/{slug}/follow", READING, FOLLOWING, {"scope": "page"}),
    Route("following.news", "/news"),
    Route("following.renew", "/news/feed", None, OPEN),
    Route("following.feed", "/news/une-cle.atom"),
    Route("offers.propose", "/wiki/{slug}/offer", READING),
    Route("offers.received", "/wiki/{slug}/offers", READING),
    Route("variants.pull", "/wiki/{variant}/pull", READING, EDITING),
    Route("variants.compare", "/wiki/{variant}/compare/{origin}", READING),
    Route("variants.compare", "/wiki/{origin}/compare/{variant}", READING),
    Route("variants.family", "/wiki/{variant}/variants", READING),
    Route("variants.link", "/wiki/{slug}/link", READING, EDITING, {"origin": "{origin}"}),
    Route("variants.unlink", "/wiki/{variant}/unlink", None, EDITING),
    Route("offers.propose", "/wiki/{variant}/offer", READING, OFFERING, {"units": "{unit}", "message": "Pour vous."}),
    Route("offers.received", "/wiki/{variant}/offers", READING),
    Route("offers.suggestions", "/suggestions", ACCEPTING),
    Route("offers.offer", "/offers/{offer}", READING, READING, {"action": "say", "word": "Bonjour."}),
    *(Route("reading.listing", f"/{kind}s") for kind in _KINDS),
    Route("reading.upkeep", "/pages"),
    Route("reading.suggestions", "/pages/suggestions?q=a"),
    Route("importing.form", "/events/import", IMPORTING, IMPORTING,
          {"pasted": "titre\tdate\nAtelier\t2013", "action": "import", "row": "0"}),
    Route("importing.sample", "/events/import/sample.csv"),
    Route("places.suggestions", "/places.json?q=bre"),
    Route("places.place", "/places/Brest"),
    Route("places.locator", "/map.svg?at=48.39,-4.49"),
    Route("places.map_file", "/map.pmtiles"),
    Route("reading.index", "/wiki/"),
    Route("reading.health", "/healthz"),
    Route("reading.licence", "/licence"),
    Route("reading.robots", "/robots.txt"),
    Route("offline.manifest", "/manifest.webmanifest"),
    Route("offline.worker", "/sw.js"),
    Route("offline.copies", "/offline"),
    Route("history.versions", "/wiki/{slug}/history", READING),
    Route("history.choose", "/wiki/{slug}/diff?from=1&to=2"),
    Route("history.comparison", "/wiki/{slug}/diff/1..2", READING),
    Route("history.comparison", "/wiki/{slug}/diff/2..1", READING),
    Route("history.authors", "/wiki/{slug}/authors", READING),
    Route("history.revert", "/wiki/{slug}/revert/1", READING, READING, {"comment": "Retour"}),
    Route("moderation.hide", "/wiki/{slug}/hide/1", PROTECTING, PROTECTING, {"parts": "text", "reason": "Un numéro."}),
    Route("history.undo", "/wiki/{slug}/undo/2", READING, READING, {"comment": "Retour"}),
    Route("editing.choose_kind", "/new"),
    *(
        Route("editing.new", f"/new/{kind}", OPEN, OPEN, {"title": "Une page toute neuve", "body": "Du texte."})
        for kind in _KINDS
    ),
    Route("editing.edit", "/wiki/{slug}/edit", READING, READING, {"text": _THIRD, "base": "2"}),
    Route("editing.edit", "/wiki/{slug}/edit?as=text", READING),
    Route("editing.settle", "/wiki/{slug}/settle", None, READING, {"mine": _THIRD, "base": "2", "head": "2"}),
    Route("editing.presence", "/wiki/{slug}/presence", None, READING),
    Route("editing.live_preview", "/preview", None, OPEN, {"body": "Un *essai*."}),
    Route("editing.rename", "/wiki/{slug}/rename", RENAMING, RENAMING, {"title": "Nom tout neuf"}),
    *(Route("editing.set_fact", "/wiki/{slug}/" + fact, ARCHIVING, ARCHIVING) for fact in ("archive", "unarchive")),
    *(Route("editing.set_fact", "/wiki/{slug}/" + fact, PROTECTING, PROTECTING) for fact in ("protect", "unprotect")),
    Route("editing.visibility", "/wiki/{slug}/visibility", RESTRICTING, RESTRICTING, {"visibility": "members"}),
    Route("changes.recent", "/changes"),
    Route("changes.feed", "/changes.atom"),
    Route("changes.person", "/people/alice"),
    Route("changes.person_feed", "/people/alice.atom"),
    Route("moderation.queue", "/moderation", MODERATING, MODERATING, {"action": "all"}),
    Route("moderation.log", "/moderation/log"),
    Route("moderation.log", "/moderation/log?page={slug}", READING),
    Route("blocks.listing", "/moderation/blocks", MODERATING, MODERATING,
          {"address": "203.0.113.7", "until": "2030-01-31", "reason": "Publicité"}),
    Route("blocks.lift", "/moderation/blocks/1000000/lift", None, MODERATING),
    Route("moderation.flag", "/wiki/{slug}/flag", READING, READING, {"reason": "advertising", "words": "Des montres."}),
    Route("moderation.close_flags", "/wiki/{slug}/flags", None, PROTECTING, {"newest": "1000000"}),
    Route("moderation.undo_all", "/people/Visite Rose 0000/undo", MODERATING, MODERATING, {"since": "2026-01-01"}),
    Route("accounts.login", "/login", OPEN, OPEN, {"name": "bob", "password": "un mot de passe de test"}),
    Route("accounts.register", "/register", OPEN, OPEN, {"name": "Zoé", "password": _PASSWORD}),
    Route("accounts.logout", "/logout", None, OPEN),
    Route("accounts.end_session", "/account/sessions", None, OPEN, {"session": "all"}),
    Route("accounts.change_name", "/account/name", OPEN, OPEN, {"current": PASSWORD, "name": "Un tout autre nom"}),
    Route("accounts.claim", "/account/claim", None, OPEN),
    Route("accounts.change_email", "/account/email", OPEN, OPEN, {"current": PASSWORD, "email": "moi@exemple.org"}),
    Route("accounts.change_password", "/account/password", OPEN, OPEN, {"current": PASSWORD, "password": _PASSWORD}),
    Route("accounts.delete", "/account/delete", OPEN, OPEN, {"current": PASSWORD}),
    Route("accounts.send_confirmation", "/account/confirmation", None, OPEN),
    Route("accounts.ask_recovery", "/recover", OPEN, OPEN, {"name": "bob"}),
    # Links nobody made.
    Route("accounts.confirm", "/account/confirm/un-jeton", OPEN, OPEN),
    Route("accounts.recover", "/recover/un-jeton", OPEN, OPEN, {"password": _PASSWORD}),
    Route("accounts.data", "/account/data.json"),
    Route("accounts.account", "/account"),
    Route("reading.design", "/design"),
    Route("search.results", "/search?q=ligne"),
    Route("search.suggestions", "/search/suggestions?q=a"),
    *(
        Route(f"search.{name}", f"/{where}.{extension}?q=ligne")
        for where in ("search", "events")
        for name, extension in [("data", "json"), ("feed", "atom")]
    ),
    *(
        Route(f"agenda.{name}", f"/{where}.{extension}?q=ligne")
        for where in ("search", "events")
        for name, extension in [("calendar", "ics"), ("points", "geojson")]
    ),
    Route("agenda.table", "/events.csv?q=ligne"),
    Route("search.table", "/search.csv?q=ligne"),
    Route("agenda.event", "/wiki/{slug}.ics", READING),
    Route("static", "/static/levain.css"),
]  # fmt: skip

# Writings that leave no trace on purpose, or here: nobody of that name wrote anything.
WITHOUT_TRACE = {
    "accounts.ask_recovery", "accounts.claim", "accounts.confirm", "accounts.recover", "accounts.send_confirmation",
    "administration.person", "blocks.lift", "editing.live_preview", "moderation.close_flags", "moderation.queue",
    "moderation.undo_all",
}  # fmt: skip
READINGS = [route for route in ROUTES if route.reads is not None]
WRITABLE = [route for route in ROUTES if route.writes is not None]
# Those that a page by itself, or none, is enough for.
READABLE = [route for route in READINGS if set(re.findall(r"{(\w+)}", route.path)) <= {"slug"}]


def title(route: Route) -> str:
    """The name of a route in the list of tests."""
    return f"{route.endpoint} {route.path}"
