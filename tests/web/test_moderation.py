"""What the moderation sees and does."""

from __future__ import annotations

from tests.web.conftest import Wiki
from wiki import pages


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
    assert "1 page nettoyée." in told
    assert "1 page n’a plus rien à défaire." in told
    assert "Des montres." not in wiki.text(slug)
    assert "Deuxième ligne" in wiki.text(slug)


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
