"""Coming in, going out, being somebody or a guest, and the language one reads in."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from argon2 import Parameters, PasswordHasher, extract_parameters
from argon2.exceptions import VerificationError
from sqlalchemy import event, select, update

from tests.conftest import PASSWORD, Visitor, add_account
from tests.web.conftest import Wiki
from wiki import accounts, pages
from wiki.accounts import User, changing, passwords
from wiki.database import db, write_transaction


def is_in(client: Visitor, name: str) -> bool:
    return f'<span class="name">{name}</span>' in client.get("/").text


# -- Coming in -------------------------------------------------


def test_one_comes_in_and_goes_out(wiki: Wiki) -> None:
    client = wiki.visitor()
    answer = client.post("/login", data={"name": "Bob", "password": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert is_in(client, "bob")
    client.post("/logout")
    assert not is_in(client, "bob")


def test_an_unknown_name_and_a_wrong_password_are_answered_alike(wiki: Wiki) -> None:
    client = wiki.visitor()

    def refusal(name: str) -> tuple[int, str]:
        answer = client.post("/login", data={"name": name, "password": "faux, tout faux"})
        return answer.status_code, re.sub(r'nonce="[^"]+"|value="[^"]*"', "", answer.text)

    assert refusal("bob") == refusal("personne")
    assert refusal("bob")[0] == 422
    assert not is_in(client, "bob")


class Told:
    """In the place of the hasher: notes, for all that is hashed or tried, how long that would take."""

    def __init__(self, work: list[object]) -> None:
        self._work = work

    def hash(self, _password: str) -> str:
        self._work.append("hash")
        return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1).hash("somebody's")

    def verify(self, stored: str, password: str) -> bool:
        self._work.append((extract_parameters(stored), len(password)))
        raise VerificationError


def test_a05_a_wrong_password_is_the_same_work_and_the_same_answer_for_every_account_and_for_none(
    make_wiki: Callable[..., Wiki], monkeypatch: pytest.MonkeyPatch
) -> None:
    wiki = make_wiki()
    work: list[object] = []
    with wiki.app.app_context():
        kept = db.session.execute(select(User.password_hash).where(User.name == "bob")).scalar_one()
        for name in ("suspendue", "partie", "ancienne"):
            add_account(name, "member", kept)
        with write_transaction() as session:
            session.execute(update(User).where(User.name == "suspendue").values(active=False, suspension="Publicités"))
            session.execute(update(User).where(User.name == "alice").values(email="alice@exemple.org"))
            session.execute(update(User).where(User.name == "mona").values(password_hash=""))
            changing.erase(accounts.named("partie"))
            changing.take_name(accounts.named("ancienne").id or 0, "nouvelle", limited=False)
        event.listen(db.engine, "before_cursor_execute", lambda *told: work.append(told[2]))
    monkeypatch.setattr(passwords, "hasher", lambda: Told(work))

    def refusal(name: str) -> tuple[object, ...]:
        # As the first attempt in a new process: nothing was hashed before.
        passwords._decoy.cache_clear()
        work.clear()
        answer = wiki.visitor().post("/login", data={"name": name, "password": "faux, tout faux"})
        shown = re.sub(r'nonce="[^"]+"|value="[^"]*"', "", answer.text)
        headers = {one: value for one, value in answer.headers.items() if one != "Content-Security-Policy"}
        return answer.status_code, headers.keys(), shown, tuple(work)

    try:
        refusal("une première, qui compte le réseau")
        everybody = ("BOB", "alice", "alice@exemple.org", "mona", "suspendue", "partie", "ancienne", "nouvelle",
                     "personne", "' OR 1=1 --", "x" * 5_000)
        seen = [refusal(name) for name in everybody]
    finally:
        passwords._decoy.cache_clear()
    assert seen[0][0] == 422
    assert (Parameters, len("faux, tout faux")) in [(type(one[0]), one[1]) for one in work if isinstance(one, tuple)]
    for name, one in zip(everybody, seen, strict=True):
        assert one == seen[0], name


def test_a_password_is_never_sent_back(wiki: Wiki) -> None:
    for path in ("/login", "/register"):
        answer = wiki.visitor().post(path, data={"name": "bob", "password": "mot très secret", "email": "x"})
        assert answer.status_code == 422
        assert "mot très secret" not in answer.text
        assert answer.headers["Cache-Control"] == "no-store"


def test_nothing_of_the_old_session_survives_coming_in(wiki: Wiki) -> None:
    client = wiki.visitor()
    before = client.csrf_token()
    with client.session_transaction() as session:
        session["guest"], session["planted"] = "token of somebody else", "x"
    client.post("/login", data={"name": "bob", "password": PASSWORD})
    with client.session_transaction() as session:
        assert "guest" not in session
        assert "planted" not in session
    assert client.csrf_token() != before


@pytest.mark.parametrize("step", ["in again", "in as another", "out", "password"])
def test_a06_a_copied_cookie_opens_nothing_after_coming_in_going_out_or_a_new_password(wiki: Wiki, step: str) -> None:
    client, thief = wiki.visitor(), wiki.visitor()
    client.post("/login", data={"name": "bob", "password": PASSWORD})
    cookie = client.get_cookie("session")
    assert cookie
    thief.set_cookie("session", cookie.value)
    assert is_in(thief, "bob")
    thief.set_cookie("session", cookie.value)
    if step == "out":
        client.post("/logout")
    elif step == "password":
        client.post("/account/password", data={"current": PASSWORD, "password": "des carottes bien râpées"})
    else:
        client.post("/login", data={"name": "bob" if step == "in again" else "alice", "password": PASSWORD})
    assert not is_in(thief, "bob")
    assert is_in(client, "alice" if step == "in as another" else "bob") == (step != "out")


def test_a_session_somebody_made_up_opens_nothing(wiki: Wiki) -> None:
    for value in ("", "x", "eyJfdXNlcl9pZCI6IjEifQ.x.y", "." * 50, "a" * 4000):
        client = wiki.visitor()
        client.set_cookie("session", value)
        assert "Se connecter" in client.get("/").text
    client = wiki.visitor()
    with client.session_transaction() as session:
        session["_user_id"] = "1"
    assert not is_in(client, "alice")


def test_going_out_everywhere_ends_the_other_sessions_at_their_next_step(wiki: Wiki) -> None:
    here, there = wiki.visitor("bob"), wiki.visitor("bob")
    assert is_in(there, "bob")
    here.post("/account/sessions", data={"session": "all"})
    assert not is_in(here, "bob")
    assert not is_in(there, "bob")
    slug = wiki.page("Titre")
    there.post(f"/wiki/{slug}/rename", data={"title": "Autre"})
    assert wiki.text(slug).startswith("# Titre")


def test_a_role_taken_away_is_gone_at_the_next_step(wiki: Wiki) -> None:
    from sqlalchemy import update

    from wiki.accounts import User
    from wiki.database import write_transaction

    slug = wiki.page()
    mona = wiki.visitor("mona")
    assert mona.get(f"/wiki/{slug}/protect").status_code == 200
    with wiki.app.app_context(), write_transaction() as session:
        session.execute(update(User).where(User.name == "mona").values(role="member"))
    assert mona.get(f"/wiki/{slug}/protect").status_code == 403


HERE = ["/", "/recipes", "/wiki/x?revision=1", "/wiki/été", "/search?q=a b", "/..//evil.example"]
ELSEWHERE = [
    "//evil.example", "https://evil.example", "http:evil.example", "/\\evil.example", "\\\\evil.example",
    "evil.example",
    "javascript:alert(1)", "/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example",
    "///evil.example", "/\\/evil.example", "//[", "http://[::1", "//evil.example/..", "", "/a\\b", "/\u2028/x",
    "data:text/html,x", "/\0",
]  # fmt: skip


@pytest.mark.parametrize("path", ["/login", "/register"])
def test_after_the_door_one_stays_on_this_wiki(make_wiki: Callable[..., Wiki], path: str) -> None:
    wiki = make_wiki()
    for number, target in enumerate([*ELSEWHERE, *HERE]):
        form = {"name": "bob", "password": PASSWORD, "next": target}
        if path == "/register":
            form["name"] = "Zoé" + "é" * number
        answer = wiki.visitor().post(path, data=form)
        assert answer.status_code == 303, target
        location = answer.headers["Location"]
        if target in ELSEWHERE:
            assert location == "/", target
        else:
            assert re.match(r"/(?![/\\])", location), target
            assert location != "/" or target == "/"


def test_where_one_goes_is_kept_through_a_mistake(wiki: Wiki) -> None:
    answer = wiki.visitor().post("/login?next=/recipes", data={"name": "bob", "password": "faux"})
    assert 'name="next" value="/recipes"' in answer.text


def test_an_account_is_opened_and_its_owner_is_in(wiki: Wiki) -> None:
    client = wiki.visitor()
    answer = client.post("/register", data={"name": "Zoé", "password": "une phrase de passe", "email": ""})
    assert answer.status_code == 303
    assert is_in(client, "Zoé")


def test_mistakes_in_a_new_account_are_told_beside_their_fields_and_the_rest_is_kept(wiki: Wiki) -> None:
    answer = wiki.visitor().post("/register", data={"name": "ALICE", "password": "court", "email": "zoe@example.org"})
    assert answer.status_code == 422
    assert 'id="field-password-error"' in answer.text
    assert 'value="ALICE"' in answer.text
    assert 'value="zoe@example.org"' in answer.text
    taken = wiki.visitor().post("/register", data={"name": "ALICE", "password": "une phrase de passe"})
    assert 'id="field-name-error"' in taken.text


def test_where_accounts_are_opened_by_the_team_nobody_opens_one(make_wiki: Callable[..., Wiki]) -> None:
    wiki = make_wiki(REGISTRATION=False)
    before = wiki.picture()
    answer = wiki.visitor().post("/register", data={"name": "Zoé", "password": "une phrase de passe"})
    assert "ouverts par l’équipe" in answer.text
    assert wiki.picture() == before


def test_too_many_attempts_are_slowed_down_and_told_so(make_wiki: Callable[..., Wiki]) -> None:
    wiki = make_wiki(LOGIN_FAILURES=3, SAVE_RATE="2/hour")
    slug = wiki.page("Titre")
    where = {"REMOTE_ADDR": "192.0.2.77"}
    client = wiki.visitor()
    statuses = [
        client.post("/login", data={"name": "bob", "password": "faux"}, environ_base=where).status_code
        for _ in range(5)
    ]
    assert statuses == [422, 422, 422, 429, 429]
    for number in (1, 2):
        assert client.post(f"/wiki/{slug}/edit", data={"base": "x"}, environ_base=where).status_code == 400, number
    refused = client.post(f"/wiki/{slug}/edit", data={"text": "Tout mon texte", "base": "2"}, environ_base=where)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert "Tout mon texte" in refused.text
    assert client.get("/login", environ_base=where).status_code == 200


# -- Guests -------------------------------------------------


def test_a_guest_keeps_one_pseudonym_through_a_visit(wiki: Wiki) -> None:
    client, other = wiki.visitor(), wiki.visitor()
    for title in ("Un", "Deux"):
        client.post("/new/article", data={"text": f"# {title}\n"})
    other.post("/new/article", data={"text": "# Trois\n"})
    with wiki.app.app_context():
        authors = {change.page.title: change.author_name for change in pages.changes(wiki.cast.eve)}
    assert authors["Un"] == authors["Deux"] != authors["Trois"]
    assert re.fullmatch(r"Visite \w+ \d{4}", authors["Un"])
    assert authors["Un"] in client.get("/account").text
    assert authors["Un"] in wiki.visitor().get(f"/people/{authors['Un']}").text


def test_reading_gives_nobody_a_cookie(wiki: Wiki) -> None:
    slug = wiki.page()
    for path in ("/", f"/wiki/{slug}", "/recipes", "/changes", "/search?q=a", f"/wiki/{slug}/history", "/nulle-part"):
        assert "Set-Cookie" not in wiki.visitor().get(path).headers, path


def test_no_network_address_is_kept_or_shown_anywhere(wiki: Wiki) -> None:
    where = {"REMOTE_ADDR": "203.0.113.99"}
    client = wiki.visitor()
    client.post("/new/article", data={"text": "# Une page\n"}, environ_base=where)
    client.post("/wiki/une-page/edit", data={"text": "# Une page\n\nSuite.\n", "base": "1"}, environ_base=where)
    client.post("/wiki/une-page/presence", environ_base=where)
    client.post("/login", data={"name": "bob", "password": "faux"}, environ_base=where)
    assert "203.0.113" not in repr(wiki.picture())
    paths = ["/", "/changes", "/changes.atom", "/account", "/wiki/une-page", "/wiki/une-page.json", "/login"]
    paths += [f"/wiki/une-page/{path}" for path in ("history", "authors", "diff/1..2", "edit", "revert/1")]
    for path in paths:
        for name in ("", "ada"):
            answer = wiki.visitor(name).get(path, environ_base=where)
            assert "203.0.113" not in answer.text + str(answer.headers), path


def test_a_person_has_a_page_of_what_they_wrote_and_a_feed_of_it(wiki: Wiki) -> None:
    wiki.page("Titre")
    answer = wiki.visitor().get("/people/alice")
    assert answer.text.count('href="/wiki/titre"') >= 2
    assert 'href="/people/alice.atom"' in answer.text
    assert wiki.visitor().get("/people/bob").status_code == 200


@pytest.mark.parametrize(
    "name", ["personne", "ALICE", "a1ice", "Visite Bleuet 0001", "%2e%2e", "alice%01", "é" * 300, "%ff"]
)
def test_a_person_nobody_is_has_no_page(shared: Wiki, name: str) -> None:
    for path in (f"/people/{name}", f"/people/{name}.atom"):
        assert shared.visitor().get(path).status_code == 404


# -- Languages -------------------------------------------------


@pytest.mark.parametrize(
    ("wish", "language"),
    [("fr", "fr"), ("en", "en"), ("en-GB,en;q=0.9", "en"), ("de, fr;q=0.5, en;q=0.4", "fr"), ("de", "fr"), ("", "fr"),
     ("q=;;,", "fr"), ("*", "fr"), ("en" * 5000, "fr"), ("br, oc", "fr"), ("en;q=0, fr", "fr")],
)  # fmt: skip
def test_the_browser_says_in_which_language_one_reads(shared: Wiki, wish: str, language: str) -> None:
    answer = shared.visitor().get("/", headers={"Accept-Language": wish})
    assert f'<html lang="{language}">' in answer.text


def test_a_chosen_language_is_kept_and_wins_over_the_browser(shared: Wiki) -> None:
    slug = shared.page()
    client = shared.visitor()
    assert '<html lang="en">' in client.get("/?lang=en", headers={"Accept-Language": "fr"}).text
    for path in ("/", f"/wiki/{slug}", "/nulle-part", f"/wiki/{slug}/edit"):
        assert '<html lang="en">' in client.get(path, headers={"Accept-Language": "fr"}).text, path
    client.get("/?lang=fr")
    assert '<html lang="fr">' in client.get("/").text


@pytest.mark.parametrize("asked", ["de", "EN", "", "fr/../en", "x" * 500, "<script>"])
def test_a_language_nobody_speaks_here_changes_nothing(shared: Wiki, asked: str) -> None:
    answer = shared.visitor().get("/", query_string={"lang": asked})
    assert '<html lang="fr">' in answer.text
    assert "Set-Cookie" not in answer.headers
    client = shared.visitor()
    client.set_cookie("language", asked[:50].replace(" ", ""))
    assert '<html lang="fr">' in client.get("/").text


def test_errors_are_told_in_the_language_one_reads(shared: Wiki) -> None:
    slug = shared.page()
    for language, words in [("fr", "Page introuvable"), ("en", "Page not found")]:
        assert words in shared.visitor().get("/wiki/nulle-part", headers={"Accept-Language": language}).text
    shared.app.config["WTF_CSRF_ENABLED"] = False
    broken = "---\nkind: recipe\ntitle: x\ndifficulty: 9\n---\n"
    said = {
        language: re.findall(
            r'href="#field-text">([^<]+)<',
            shared.visitor("bob").post(
                f"/wiki/{slug}/edit", data={"text": broken, "base": "2"}, headers={"Accept-Language": language}
            ).text,
        )
        for language in ("fr", "en")
    }  # fmt: skip
    shared.app.config["WTF_CSRF_ENABLED"] = True
    assert said["fr"]
    assert said["en"]
    assert said["fr"] != said["en"]


def test_the_cast_of_accounts_is_never_listed(shared: Wiki) -> None:
    """Names are shown where somebody wrote, nowhere else."""
    assert accounts.ACCOUNT_ROLES == ("member", "moderator", "admin")
    for path in ("/people", "/people/", "/users", "/accounts", "/admin"):
        assert shared.visitor().get(path).status_code == 404


def test_an_account_is_opened_where_others_guessed_in_vain(make_wiki: Callable[..., Wiki]) -> None:
    """Many share the network of a festival."""
    wiki = make_wiki(LOGIN_FAILURES=1)
    where = {"REMOTE_ADDR": "192.0.2.77"}
    statuses = [
        wiki.visitor().post("/login", data={"name": f"Personne {number}", "password": "faux"}, environ_base=where)
        .status_code
        for number in range(5)
    ]
    assert statuses == [422, 422, 422, 422, 429]
    zoe = wiki.visitor()
    form = {"name": "Zoé", "password": "des carottes bien râpées"}
    assert zoe.post("/register", data=form, environ_base=where).status_code == 303
    assert "Zoé" in zoe.get("/account", environ_base=where).text
