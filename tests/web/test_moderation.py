"""What the moderation sees and does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from tests.web.conftest import Wiki
from wiki import pages
from wiki.accounts import Actor
from wiki.database import db


def spammed(wiki: Wiki) -> str:
    slug = wiki.page()
    with wiki.app.app_context():
        text = pages.text_of(wiki.cast.eve, slug)[1].text
        pages.save(wiki.cast.eve, slug, text.replace("Dernière ligne.", "Des montres."), 2)
    return slug


def test_everything_somebody_wrote_is_seen_then_taken_back(wiki: Wiki) -> None:
    slug, mona, name = spammed(wiki), wiki.visitor("mona"), wiki.cast.eve.name
    before = wiki.picture()
    address = f"/people/{name}/undo"
    assert "Défaire ses modifications" in mona.get(f"/people/{name}").text
    seen = mona.get(address).text
    assert "Pages qui seront nettoyées" in seen
    assert "montres" in seen
    assert wiki.picture() == before
    answer = mona.post(address, data={"since": "2026-01-01"})
    assert answer.status_code == 303
    told = mona.get(answer.location).text
    assert "1 modification défaite." in told
    assert "1 page n’a plus rien à défaire." in told
    assert "Des montres." not in wiki.text(slug)
    assert "Deuxième ligne" in wiki.text(slug)


def test_proposals_are_counted_before_and_declined_with_everything_else(make_wiki: Callable[..., Wiki]) -> None:
    wiki = make_wiki(EDITING="approved", NEWCOMER_EDITS=1)
    with wiki.app.app_context():
        made = [pages.create(wiki.cast.eve, f"# Montres {number}\n\nAchetez.\n").offer for number in (1, 2)]
    mona, address = wiki.visitor("mona"), f"/people/{wiki.cast.eve.name}/undo"
    assert address.replace(" ", "%20") in mona.get(f"/offers/{made[0]}").text
    before = wiki.picture()
    seen = mona.get(address).text
    for words in ("Propositions qui seront déclinées", "Montres 1", "Montres 2", "Décliner 2 propositions"):
        assert words in seen
    assert "Rien à défaire" not in seen
    assert wiki.picture() == before
    answer = mona.post(address, data={"since": "2026-01-01", "reason": "Publicité de montres."})
    told = mona.get(answer.location).text
    assert "2 propositions déclinées." in told
    assert "Rien à défaire" in told
    log = wiki.visitor().get("/moderation/log").text
    assert "a décliné les propositions de" in log
    assert "Publicité de montres." in log
    assert "Montres 1" not in log


def test_a_date_that_is_none_is_said_beside_the_field_and_nothing_is_done(wiki: Wiki) -> None:
    spammed(wiki)
    mona, before = wiki.visitor("mona"), wiki.picture()
    address = f"/people/{wiki.cast.eve.name}/undo"
    for day in ("hier", "", "0001-01-01", "9999-12-31", "2026-02-30", "²"):
        for answer in (mona.get(address, query_string={"since": day}), mona.post(address, data={"since": day})):
            assert answer.status_code == 422, day
            assert "Donnez une date" in answer.text
    assert wiki.picture() == before


def test_nobody_else_is_offered_it(wiki: Wiki) -> None:
    spammed(wiki)
    for role in ("guest", "member"):
        assert "Défaire ses modifications" not in wiki.visitor(role).get(f"/people/{wiki.cast.eve.name}").text


def edited(wiki: Wiki, old: str = "Dernière ligne.", new: str = "Des montres.") -> tuple[str, str]:
    """A page a guest changed; its address, and the id of the edit as the queue names it."""
    slug = looked_at(wiki)
    with wiki.app.app_context():
        head = pages.text_of(wiki.cast.eve, slug)[1]
        pages.save(wiki.cast.eve, slug, head.text.replace(old, new), head)
        return slug, str(pages.text_of(wiki.cast.eve, slug)[1].id)


def shown(html: str) -> list[str]:
    return re.findall(r'<li class="kind-article" id="edit-(\d+)"', html)


def looked_at(wiki: Wiki) -> str:
    """A page whose versions wait for nobody."""
    slug = wiki.page()
    with wiki.app.app_context():
        entries = pages.versions(wiki.cast.mona, pages.find(wiki.cast.mona, slug))
        pages.mark_seen(wiki.cast.mona, [entry.id for entry in entries])
    return slug


@contextmanager
def queries(wiki: Wiki) -> Iterator[list[str]]:
    """The statements run meanwhile."""
    heard: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        heard.append(statement)

    with wiki.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def test_the_queue_shows_each_edit_with_what_it_changed_and_all_one_can_do(wiki: Wiki) -> None:
    (slug, edit), mona = edited(wiki), wiki.visitor("mona")
    html = mona.get("/moderation").text
    assert edit in shown(html)
    assert "montres" in html
    assert f"/people/{wiki.cast.eve.name}/undo".replace(" ", "%20") in html
    for words in ("Relue", "Défaire", "tout défaire de cette personne"):
        assert words in html
    assert "/moderation" in mona.get(f"/wiki/{slug}").text
    for role in ("guest", "member"):
        assert wiki.visitor(role).get("/moderation").status_code == 403
        assert '/moderation"' not in wiki.visitor(role).get(f"/wiki/{slug}").text


def test_one_is_looked_at_or_taken_back_by_its_own_button(wiki: Wiki) -> None:
    (_kept, seen), (slug, undone), mona = edited(wiki), edited(wiki), wiki.visitor("mona")
    answer = mona.post("/moderation", data={"seen": seen, "revision": [undone]})
    assert answer.status_code == 303
    told = mona.get(answer.location).text
    assert "1 modification relue." in told
    assert shown(told) == [undone]
    told = mona.get(mona.post("/moderation", data={"undo": undone}).location).text
    assert "1 modification défaite." in told
    assert "Tout est relu" in told
    assert "Dernière ligne." in wiki.text(slug)


def test_several_that_are_ticked_go_in_one_gesture(wiki: Wiki) -> None:
    edits = [edited(wiki) for _number in range(4)]
    mona, ids = wiki.visitor("mona"), [edit for _slug, edit in edits]
    assert "2 modifications relues." in mona.get(
        mona.post("/moderation", data={"action": "seen", "revision": ids[:2]}).location
    ).text
    answer = mona.post("/moderation?who=guests", data={"action": "undo", "revision": ids[2:]})
    assert answer.location == "/moderation?who=guests"
    assert "2 modifications défaites." in mona.get(answer.location).text
    assert [("Des montres." in wiki.text(slug)) for slug, _edit in edits] == [True, True, False, False]


def test_one_gesture_is_about_so_many_edits_at_most_however_a_form_groups_them(
    wiki: Wiki, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def take_back(_actor: Actor, number: int, _word: str) -> str:
        asked.append(number)
        return "undo"

    monkeypatch.setattr(pages, "take_back", take_back)
    groups = [",".join(str(number) for number in range(start, start + 50)) for start in range(1, 2500, 50)]
    answer = wiki.visitor("mona").post("/moderation", data={"action": "undo", "revision": groups})
    assert (answer.status_code, asked) == (303, list(range(1, 51)))


def test_all_that_is_shown_and_nothing_that_came_since_is_looked_at_in_one_gesture(wiki: Wiki) -> None:
    edited(wiki)
    mona = wiki.visitor("mona")
    before = shown(mona.get("/moderation").text)
    _slug, since = edited(wiki)
    mona.post("/moderation", data={"action": "all", "shown": before})
    assert shown(mona.get("/moderation").text) == [since]


def test_nothing_ticked_and_nonsense_are_answered_in_words_and_change_nothing(wiki: Wiki) -> None:
    edited(wiki)
    mona, before = wiki.visitor("mona"), wiki.picture()
    for form in ({}, {"action": "seen"}, {"action": "undo"}, {"seen": "²"}, {"undo": "-1"}, {"undo": "99999999"},
                 {"action": "seen", "revision": ["x", "1e3", "9" * 400]}, {"action": "nonsense"}):
        answer = mona.post("/moderation", data=form)
        assert answer.status_code == 303, form
        assert mona.get(answer.location).status_code == 200
    assert wiki.picture() == before


def again(wiki: Wiki, slug: str, words: str) -> str:
    """The id of one more edit of the same guest, below the text of a page."""
    with wiki.app.app_context():
        head = pages.text_of(wiki.cast.eve, slug)[1]
        pages.save(wiki.cast.eve, slug, f"{head.text}\n{words}\n", head)
        return str(pages.text_of(wiki.cast.eve, slug)[1].id)


def test_what_one_person_wrote_on_one_page_is_one_line_of_the_queue(wiki: Wiki) -> None:
    (slug, first), mona = edited(wiki), wiki.visitor("mona")
    _other, between = edited(wiki)
    second = again(wiki, slug, "Des clés.")
    html = mona.get("/moderation").text
    assert shown(html) == [second, between]
    assert html.count("tout défaire de cette personne") == 1
    assert f'name="undo" value="{second},{first}"' in html
    assert f'name="seen" value="{second},{first},{between}"' in html
    told = mona.get(mona.post("/moderation", data={"undo": f"{second},{first}"}).location).text
    assert "2 modifications défaites." in told
    assert shown(told) == [between]
    assert "Des montres." not in wiki.text(slug)
    assert "Des clés." not in wiki.text(slug)


def test_a_page_somebody_made_and_went_on_writing_is_put_away_in_one_gesture(wiki: Wiki) -> None:
    mona = wiki.visitor("mona")
    with wiki.app.app_context():
        slug = pages.create(wiki.cast.eve, "# Montres\n\nAchetez.\n").slug
        made = pages.text_of(wiki.cast.eve, slug)[1].id
    more = again(wiki, slug, "Encore.")
    assert f'name="undo" value="{made},{more}"' in mona.get("/moderation").text
    told = mona.get(mona.post("/moderation", data={"action": "undo", "revision": f"{made},{more}"}).location).text
    assert "1 page archivée." in told
    assert "modification attend" not in told
    assert "Tout est relu" in told
    assert wiki.visitor().get(f"/wiki/{slug}").status_code == 404


def test_the_work_goes_on_at_the_edit_after_the_one_that_was_judged(wiki: Wiki) -> None:
    edits = [edited(wiki)[1] for _number in range(3)][::-1]
    mona = wiki.visitor("mona")
    answer = mona.post("/moderation", data={"seen": edits[1], "shown": edits})
    assert answer.location == f"/moderation#edit-{edits[2]}"
    assert mona.post("/moderation", data={"undo": edits[2], "shown": edits}).location == "/moderation"


def test_the_queue_shows_the_changed_lines_alone(wiki: Wiki) -> None:
    edited(wiki)
    html = wiki.visitor("mona").get("/moderation").text
    assert "montres" in html
    assert html.count("diff-line") == 2
    assert "Deuxième ligne" not in html


def test_where_others_wrote_since_the_way_to_choose_is_shown_beside_the_edit(wiki: Wiki) -> None:
    (slug, edit), mona = edited(wiki), wiki.visitor("mona")
    mona.post(f"/wiki/{slug}/edit", data={"text": wiki.text(slug).replace("montres", "clés"), "base": "3"})
    answer = mona.post("/moderation", data={"undo": edit})
    assert f"ask={edit}" in answer.location
    told = mona.get(answer.location).text
    assert "1 modification attend votre regard." in told
    assert f"/wiki/{slug}/undo/3" in told


def test_the_queue_is_narrowed_and_paged(wiki: Wiki) -> None:
    ids = [edited(wiki)[1] for _number in range(22)][::-1]
    slug = looked_at(wiki)
    wiki.visitor("bob").post(f"/wiki/{slug}/edit", data={"text": "# Titre\n\nDe Bob.\n", "base": "2"})
    mona = wiki.visitor("mona")
    first = mona.get("/moderation?who=guests").text
    assert shown(first) == ids[:20]
    assert f"before={ids[19]}" in first
    assert shown(mona.get(f"/moderation?who=guests&before={ids[19]}").text) == ids[20:]
    one = mona.get(f"/moderation?who=newcomers&page={slug}").text
    assert len(shown(one)) == 1
    assert "De Bob." in one
    assert "Voir toutes les pages" in one
    assert mona.get("/moderation?page=nulle-part").status_code == 404


def test_what_waits_is_marked_for_the_team_wherever_it_is_listed(wiki: Wiki) -> None:
    (slug, edit), name = edited(wiki), wiki.cast.eve.name
    places = (f"/wiki/{slug}/history", "/changes", f"/people/{name}")
    for place in places:
        assert "à relire" in wiki.visitor("mona").get(place).text, place
        assert "à relire" not in wiki.visitor("bob").get(place).text, place
    wiki.visitor("mona").post("/moderation", data={"seen": edit})
    for place in places:
        assert "à relire" not in wiki.visitor("mona").get(place).text, place


def test_a_long_queue_costs_no_more_questions_than_a_short_one(wiki: Wiki) -> None:
    edited(wiki)
    mona = wiki.visitor("mona")
    mona.get("/moderation")
    with queries(wiki) as short:
        mona.get("/moderation")
    for _number in range(6):
        edited(wiki)
    with queries(wiki) as long:
        mona.get("/moderation")
    assert len(long) == len(short) <= 7, long
    with queries(wiki) as member:
        wiki.visitor("bob").get("/changes")
    assert not [statement for statement in member if "patrol" in statement]


def test_what_somebody_else_of_the_team_took_care_of_is_told_and_left_as_it_is(wiki: Wiki) -> None:
    (_kept, seen), (slug, undone) = edited(wiki), edited(wiki)
    mona, ada = wiki.visitor("mona"), wiki.visitor("ada")
    mona.post("/moderation", data={"seen": seen})
    mona.post("/moderation", data={"undo": undone})
    before = wiki.picture()
    told = ada.get(ada.post("/moderation", data={"seen": seen}).location).text
    assert "1 modification était déjà traitée, par mona." in told
    assert "cochez au moins une" not in told
    told = ada.get(ada.post("/moderation", data={"action": "undo", "revision": [undone]}).location).text
    assert "1 modification était déjà traitée, par mona." in told
    assert "modification défaite" not in told
    assert "plus rien à défaire" not in told
    assert wiki.picture() == before
    told = mona.get(mona.post("/moderation", data={"action": "seen", "revision": [seen, undone]}).location).text
    assert "2 modifications étaient déjà traitées, par vous." in told
    # What a colleague let pass may still be taken back.
    assert "1 modification défaite." in ada.get(ada.post("/moderation", data={"undo": seen}).location).text
    assert "Des montres." not in wiki.text(slug)


def test_why_an_edit_is_taken_back_stands_where_its_author_looks(wiki: Wiki) -> None:
    (slug, first), (other, second), mona = edited(wiki), edited(wiki), wiki.visitor("mona")
    assert f'name="word-{second},{first}"' in mona.get("/moderation").text
    words = {f"word-{second},{first}": "Pas de publicité ici.", "word-²,x": "Rien", "word-": "Rien"}
    mona.post("/moderation", data={"undo": first, **words})
    assert "« Pas de publicité ici. »" in wiki.visitor().get(f"/wiki/{slug}/history").text.replace("\u202f", " ")
    mona.post("/moderation", data={"undo": second, f"word-{second}": "  "})
    assert "Pas de publicité" not in wiki.visitor().get(f"/wiki/{other}/history").text
    with wiki.app.app_context():
        made = pages.create(wiki.cast.eve, "# Montres\n\nAchetez.\n").slug
        number = pages.text_of(wiki.cast.eve, made)[1].id
    mona.post("/moderation", data={"undo": number, f"word-{number}": "Une réclame."})
    assert "Une réclame." in mona.get("/moderation/log").text


def test_who_judges_older_edits_stays_among_them(wiki: Wiki) -> None:
    ids, mona = [edited(wiki)[1] for _number in range(22)][::-1], wiki.visitor("mona")
    older = f"/moderation?before={ids[19]}"
    assert f'action="{older}"' in mona.get(older).text
    answer = mona.post(older, data={"seen": ids[20], "shown": ids[20:]})
    assert answer.location == f"{older}#edit-{ids[21]}"
    answer = mona.post(older, data={"seen": ids[21], "shown": ids[21:]})
    back = mona.get(answer.location)
    assert back.status_code == 302
    assert back.location == "/moderation"
    assert len(shown(mona.get("/moderation").text)) == 20


def test_edits_of_the_same_person_that_wait_for_no_look_are_counted_beside_them(make_wiki: Callable[..., Wiki]) -> None:
    wiki = make_wiki(NEWCOMER_EDITS=2)
    with wiki.app.app_context():
        for number in range(5):
            pages.create(wiki.cast.bob, f"# Page {number}\n\nTexte.\n")
    html = wiki.visitor("mona").get("/moderation").text
    assert len(shown(html)) == 1
    assert "4 autres modifications cette semaine" in html


def test_recent_changes_tell_the_team_how_much_there_is_to_look_at(wiki: Wiki) -> None:
    edited(wiki), edited(wiki)
    assert "2 modifications sont à relire" in wiki.visitor("mona").get("/changes").text
    for role in ("guest", "bob"):
        assert "à relire</a>" not in wiki.visitor(role).get("/changes").text


def test_the_team_finds_the_unwanted_words_and_the_way_on_from_an_empty_queue(wiki: Wiki) -> None:
    (slug, _edit), mona = edited(wiki), wiki.visitor("mona")
    edited(wiki)
    assert 'href="/wiki/mots-indesirables"' in mona.get("/moderation/blocks").text
    assert "(2 en tout)" in mona.get(f"/moderation?page={slug}").text
    empty = mona.get("/moderation?who=newcomers").text
    assert "Tout est relu" in empty
    assert "Voir toutes les pages" in empty
    assert 'href="/moderation">À relire</a>' in mona.get("/account").text
    assert 'href="/moderation"' not in wiki.visitor("bob").get("/account").text
