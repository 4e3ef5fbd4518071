"""Who may read a page: said when it is made, changed by those who may, true at once in every place that tells of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import update

from tests.web.conftest import Wiki
from tests.web.routes import READABLE
from wiki import pages
from wiki.accounts import User
from wiki.database import write_transaction
from wiki.errors import Forbidden, Invalid, NotFound
from wiki.pages.indexing import drain

TEXT = "---\nkind: recipe\ntitle: Le pain\ntagline: Une histoire de levain\n---\n\nPétrir longtemps.\n"


def close(wiki: Wiki, slug: str, visibility: str = "members") -> None:
    with wiki.app.app_context():
        pages.show_to(wiki.cast.alice, slug, visibility)


def test_a_page_can_be_made_for_members_or_as_a_draft(wiki: Wiki) -> None:
    alice = wiki.visitor("alice")
    for visibility, others in [("members", 200), ("draft", 404)]:
        form = {"title": f"Page {visibility}", "body": "Du texte.", "visibility": visibility}
        address = alice.post("/new/article", data=form).location
        assert re.fullmatch(rf"/wiki/page-{visibility}-[0-9a-f]{{10}}", address)
        assert [wiki.visitor(role).get(address).status_code for role in ("alice", "bob", "guest")] == [200, others, 404]


def test_who_has_no_account_writes_for_everybody(wiki: Wiki) -> None:
    form = {"title": "Caché", "body": "Du texte.", "visibility": "draft"}
    answer = wiki.visitor().post("/new/article", data=form)
    assert answer.status_code == 422
    assert "Du texte." in answer.text
    assert 'name="visibility"' not in wiki.visitor().get("/new/article").text
    assert 'name="visibility"' in wiki.visitor("bob").get("/new/article").text


def test_an_unknown_choice_is_refused_and_nothing_changes(wiki: Wiki) -> None:
    slug = wiki.page()
    before = wiki.picture()
    for odd in ("", "secret", "Public", "members "):
        assert wiki.visitor("mona").post(f"/wiki/{slug}/visibility", data={"visibility": odd}).status_code == 422
    assert wiki.picture() == before


def test_the_choice_is_made_on_its_page_and_said_on_the_page(wiki: Wiki) -> None:
    slug = wiki.page()
    alice = wiki.visitor("alice")
    assert f"/wiki/{slug}/visibility" in alice.get(f"/wiki/{slug}").text
    assert "réservée aux membres" not in alice.get(f"/wiki/{slug}").text
    answer = alice.post(f"/wiki/{slug}/visibility", data={"visibility": "members"}, follow_redirects=True)
    assert "réservée aux membres" in answer.text
    for path in ("", "/history", "/edit", "?revision=1"):
        assert "réservée aux membres" in wiki.visitor("bob").get(f"/wiki/{slug}{path}").text


def test_what_others_wrote_on_is_no_draft_any_more(wiki: Wiki) -> None:
    slug = wiki.page()
    with wiki.app.app_context():
        pages.save(wiki.cast.bob, slug, "# Titre\n\nDe Bob.\n", 2)
        with pytest.raises(Forbidden):
            pages.show_to(wiki.cast.alice, slug, "draft")
        with pytest.raises(Forbidden):
            pages.show_to(wiki.cast.alice, slug, "members")
        with pytest.raises(Invalid):
            pages.show_to(wiki.cast.mona, slug, "draft")


def test_a_draft_is_its_authors_alone_until_they_publish_it(wiki: Wiki) -> None:
    """P16."""
    slug = wiki.page(visibility="draft")
    with wiki.app.app_context():
        for other in (wiki.cast.bob, wiki.cast.mona, wiki.cast.ada, wiki.cast.eve):
            for act in (
                lambda who: pages.find(who, slug),
                lambda who: pages.show_to(who, slug, "public"),
                lambda who: pages.archive(who, slug),
                lambda who: pages.protect(who, slug, True),
                lambda who: pages.fork(who, slug, "ailleurs"),
                lambda who: pages.restore(who, slug, 1),
            ):
                with pytest.raises(NotFound):
                    act(other)
        pages.show_to(wiki.cast.alice, slug, "public")
        assert pages.find(wiki.cast.eve, slug).visibility == "public"


def test_a_draft_can_be_put_away_and_brought_back_by_its_author(wiki: Wiki) -> None:
    slug = wiki.page(visibility="draft")
    alice = wiki.visitor("alice")
    assert alice.post(f"/wiki/{slug}/archive").status_code == 303
    assert wiki.visitor("ada").get(f"/wiki/{slug}").status_code == 404
    assert slug not in alice.get("/articles").text
    assert alice.post(f"/wiki/{slug}/unarchive").status_code == 303
    assert slug in alice.get("/articles").text


def test_what_is_not_for_everybody_is_kept_by_no_cache(wiki: Wiki) -> None:
    """P15: members' pages say that they are private; public ones set no cookie for who reads them."""
    for visibility in ("members", "draft"):
        slug = wiki.page(visibility=visibility)
        for route in READABLE:
            if route.about_a_page:
                with wiki.visitor("alice").get(route.path.format(slug=slug)) as answer:
                    told = answer.headers["Cache-Control"]
                    assert "no-store" in told, (route, told)
                    assert "private" in told or answer.status_code >= 400, (route, told)
    public = wiki.page()
    answer = wiki.visitor().get(f"/wiki/{public}")
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" in answer.headers["Vary"]


def test_a_page_closed_a_moment_ago_is_not_answered_from_what_was_kept(wiki: Wiki) -> None:
    """P08, P12."""
    slug = wiki.page()
    before = wiki.visitor().get(f"/wiki/{slug}")
    assert before.status_code == 200
    close(wiki, slug)
    for headers in ({}, {"If-None-Match": before.headers["ETag"]}):
        assert wiki.visitor().get(f"/wiki/{slug}", headers=headers).status_code == 404
    for path in (".md", ".json", "/history", "/diff/1..2", "/authors", "?revision=1"):
        assert wiki.visitor().get(f"/wiki/{slug}{path}").status_code == 404
    close(wiki, slug, "public")
    assert wiki.visitor().get(f"/wiki/{slug}").status_code == 200


def test_what_is_not_for_everybody_is_never_looked_for_among_what_is_kept(wiki: Wiki) -> None:
    """P08: not even to say that nothing changed since."""
    pages_of_all_sorts = [wiki.page(), wiki.page(visibility="members"), wiki.page(visibility="draft"), wiki.page()]
    with wiki.app.app_context():
        pages.archive(wiki.cast.mona, pages_of_all_sorts[-1])
        assert [pages.glance(slug) is not None for slug in pages_of_all_sorts] == [True, False, False, False]


def test_a_revision_of_a_hidden_page_is_hidden_under_any_address(wiki: Wiki) -> None:
    """P06, P10."""
    shown, hidden = wiki.page(), wiki.write(*[f"# Autre\n\nSecret {n}.\n" for n in range(5)], visibility="members")
    assert wiki.visitor().get(f"/wiki/{hidden}?revision=5").status_code == 404
    for path in (f"/wiki/{shown}?revision=5", f"/wiki/{shown}/diff/1..5", f"/wiki/{shown}/compare/{hidden}"):
        answer = wiki.visitor().get(path)
        assert answer.status_code == 404
        assert "Secret" not in answer.text


def test_links_lead_only_where_every_reader_of_the_page_may_go(wiki: Wiki) -> None:
    """P09."""
    close(wiki, wiki.write("# Cave\n"))
    close(wiki, wiki.write("# Grenier\n"), "draft")
    open_page = wiki.write("# Maison\n\nVoir [[Cave]] et [[Grenier]].\n")
    closed_page = wiki.write("# Cellier\n\nVoir [[Cave]] et [[Grenier]] et [[Maison]].\n", visibility="members")
    own = wiki.write("# Mansarde\n\nVoir [[Cave]] et [[Grenier]].\n", visibility="draft")

    def leads(slug: str, role: str) -> set[str]:
        found = re.findall(r'<a[^>]*href="/wiki/(cave|grenier|maison)"', wiki.visitor(role).get(f"/wiki/{slug}").text)
        return set(found) - {slug}

    assert leads(open_page, "guest") == leads(open_page, "alice") == set()
    assert leads(closed_page, "bob") == leads(closed_page, "alice") == {"cave", "maison"}
    assert leads(own, "alice") == {"cave", "grenier"}


def test_a_link_by_title_prefers_what_everybody_may_read(wiki: Wiki) -> None:
    close(wiki, wiki.write("---\nkind: article\ntitle: Four\n---\n"))
    with wiki.app.app_context():
        pages.create(wiki.cast.bob, "---\nkind: article\ntitle: Four\n---\n", slug="four-a-pain")
    slug = wiki.write("# Fournil\n\nLe [[Four|four]] à pain.\n")
    # An address wins over a title, as ever.
    assert 'href="/wiki/four-a-pain"' not in wiki.visitor().get(f"/wiki/{slug}").text
    with wiki.app.app_context():
        former = pages.rename(wiki.cast.alice, "four", "Ancien four").slug
        pages.show_to(wiki.cast.alice, former, "draft")
    assert f'href="/wiki/{former}"' not in wiki.visitor().get(f"/wiki/{slug}").text


def test_a_variant_is_no_more_open_than_its_origin_and_tells_nothing_of_it(wiki: Wiki) -> None:
    slug = wiki.write(TEXT, visibility="members")
    with wiki.app.app_context():
        made = pages.fork(wiki.cast.bob, slug, "Brest").slug
        assert pages.find(wiki.cast.bob, made).visibility == "members"
        head = pages.text_of(wiki.cast.bob, made)[1]
        pages.save(wiki.cast.bob, made, head.text.replace("Pétrir longtemps", "Laisser lever"), head)
        made = pages.show_to(wiki.cast.mona, made, "public")
        assert pages.standing(wiki.cast.eve, pages.find(wiki.cast.eve, made)).origin is None
        assert pages.open_page(wiki.cast.eve, made).differs == ()
        assert pages.standing(wiki.cast.bob, pages.find(wiki.cast.bob, made)).origin is not None
    told = wiki.visitor().get(f"/wiki/{made}").text + wiki.visitor().get(f"/wiki/{made}/variants").text
    assert "Comparer avec l’origine" not in told
    assert f'href="/wiki/{slug}"' not in told


def test_a_page_for_some_gives_nothing_to_one_for_all(wiki: Wiki) -> None:
    places = wiki.places(visibility="members")
    with wiki.app.app_context():
        what = pages.receiving(wiki.cast.bob, places["origin"], places["variant"])
        units = {found.unit.key: pages.Decision("take") for found in what.free}
        before = pages.head_text(wiki.cast.bob, what.page)
        with pytest.raises(Invalid):
            pages.take(wiki.cast.bob, places["origin"], places["variant"], what.source_text.number, units)
        assert pages.head_text(wiki.cast.bob, pages.find(wiki.cast.bob, places["origin"])) == before
        back = pages.receiving(wiki.cast.bob, places["variant"], places["origin"])
        units = {found.unit.key: pages.Decision("take") for found in back.free}
        assert units
        pages.take(wiki.cast.bob, places["variant"], places["origin"], back.source_text.number, units)


@pytest.mark.parametrize("indexed", [True, False])
def test_members_find_what_is_for_them_and_nobody_else_does(wiki: Wiki, indexed: bool) -> None:
    """P04."""
    slug = wiki.write(TEXT, visibility="members")
    draft = wiki.write(TEXT.replace("Le pain", "Le pain noir"), visibility="draft")
    if indexed:
        with wiki.app.app_context():
            pages.reindex()
            drain()
    for role, found in [("guest", set()), ("bob", {slug}), ("ada", {slug}), ("alice", {slug, draft})]:
        text = wiki.visitor(role).get("/search?q=levain").text
        assert set(re.findall(r'href="/wiki/(le-pain[a-z-]*)"', text)) == found, role
    assert wiki.visitor().get("/search.json?q=levain").json["total"] == 0


def test_files_of_an_export_hold_nothing_that_is_not_for_everybody(wiki: Wiki, tmp_path: Path) -> None:
    shown, closed, own = wiki.page(), wiki.page(visibility="members"), wiki.page(visibility="draft")
    folder = tmp_path / "files"
    with wiki.app.app_context():
        report = pages.export_folder(folder)
    assert [path.stem for path in folder.iterdir()] == [shown]
    assert sorted(report.kept) == sorted([closed, own])


def test_bringing_a_page_back_under_its_old_name_shows_nothing_of_another(wiki: Wiki) -> None:
    """P07."""
    slug = wiki.write("# Puits\n\nUn secret ancien.\n", "# Puits\n\nUn secret nouveau.\n", archived=True)
    answer = wiki.visitor("bob").post("/new/article", data={"title": "Puits", "body": "Rien à voir."})
    assert answer.status_code == 303
    assert answer.location != f"/wiki/{slug}"
    anew = [f"{answer.location}{end}" for end in ("", "/history", "?revision=1", "/authors", "/cite", ".json")]
    for address in (f"/wiki/{slug}", f"/wiki/{slug}/history", f"/wiki/{slug}?revision=1", *anew):
        told = wiki.visitor("bob").get(address, follow_redirects=True).text
        assert "secret" not in told
    assert "Un secret" not in wiki.visitor("bob").get(f"/wiki/{slug}/diff/1..2", follow_redirects=True).text


def test_the_role_of_somebody_counts_from_the_next_request(wiki: Wiki) -> None:
    """P12: who is suspended reads nothing for members any more, in a session that was open."""
    slug = wiki.page(visibility="members")
    reader = wiki.newcomer("member")
    assert reader.get(f"/wiki/{slug}").status_code == 200
    with wiki.app.app_context(), write_transaction() as session:
        session.execute(update(User).where(User.name.startswith("Personne")).values(active=False))
    assert reader.get(f"/wiki/{slug}").status_code == 404
