"""An edition's page is its programme: by day, by city, what is called off said, everything else reached from there."""

from __future__ import annotations

import re

import pytest

from tests.pages.test_trials import an_event
from tests.web.conftest import Wiki
from tests.web.test_ready_pages import questions
from wiki import pages

EDITION = """\
---
kind: edition
title: {title}
starts_on: 2013-10-06
ends_on: 2013-10-20
coordinators:
  - Vecam
{more}---

## Comment participer

Inscrivez votre rendez-vous.
"""


def edition(title: str = "Le mois des communs", more: str = "") -> str:
    return EDITION.format(title=title, more=more)


def of_edition(title: str, day: str, place: str, **fields: str) -> str:
    return an_event(title, day, place, **{"edition": "le-mois-des-communs", "state": "annonce", **fields})


def programme(wiki: Wiki, slug: str = "le-mois-des-communs", name: str = "") -> str:
    page = wiki.visitor(name).get(f"/wiki/{slug}").text
    return page.partition('aria-labelledby="programme"')[2].partition("À savoir aussi")[0]


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\u202f", " ").replace("\u00a0", " ").split())


def test_events_stand_by_day_then_by_city_at_their_hours(wiki: Wiki) -> None:
    wiki.write(edition())
    wiki.write(of_edition("Lecture", "2013-10-12T20:00/2013-10-12T22:00", "Lyon, Guillotière"))
    wiki.write(of_edition("Atelier", "2013-10-12T14:00/2013-10-12T18:00", "Brest, BU"))
    wiki.write(of_edition("Balade", "2013-10-12T09:30", "Brest"))
    wiki.write(of_edition("Repas", "2013-10-06", "Brest"))
    said = words(programme(wiki))
    assert "4 événements, dans 2 villes." in said
    listed = said[said.index("Dimanche 6 octobre 2013") :]
    assert re.search(
        r"Dimanche 6 octobre 2013 Brest Repas .*Samedi 12 octobre 2013 "
        r"Brest 9 h 30 Balade .*14 h – 18 h Atelier BU .*Lyon 20 h – 22 h Lecture Guillotière",
        listed,
    )


def test_what_is_called_off_or_postponed_stays_and_says_so(wiki: Wiki) -> None:
    wiki.write(edition())
    wiki.write(of_edition("Une", "2013-10-12", "Brest", state="annule"))
    wiki.write(of_edition("Deux", "2013-10-12", "Brest", state="reporte"))
    said = words(programme(wiki))
    assert "Une annulé" in said
    assert "Deux reporté" in said


def test_several_dates_stand_on_each_day_long_ones_and_unknown_days_once_below(wiki: Wiki) -> None:
    wiki.write(edition())
    wiki.write(of_edition("Fête", "2013-10-11T22:00/2013-10-12T02:00", "Brest"))
    wiki.write(of_edition("Cours", "2013-10-08\n  - 2013-10-15", "Brest"))
    wiki.write(of_edition("Exposition", "2013-10-01/2013-10-31", "Lyon"))
    wiki.write(of_edition("Un jour", "2013-10", "Nantes"))
    html = programme(wiki)
    assert [html.count(f">{title}</a>") for title in ("Fête", "Cours", "Exposition", "Un jour")] == [2, 2, 1, 1]
    said = words(html)
    assert "Vendredi 11 octobre 2013 Brest 22 h Fête" in said
    assert "Samedi 12 octobre 2013 Brest → 2 h Fête" in said
    assert re.search(r"Sur plusieurs semaines Lyon 1 oct. – 31 oct. 2013 Exposition", said)
    assert re.search(r"Le jour n’est pas précisé Nantes octobre 2013 Un jour", said)


def test_local_editions_are_part_of_the_programme_and_of_its_agenda(wiki: Wiki) -> None:
    wiki.write(edition())
    wiki.write(edition("Brest", "part_of: le-mois-des-communs\n"))
    wiki.write(of_edition("Atelier", "2013-10-12", "Brest", edition="brest"))
    html = programme(wiki)
    assert "Atelier" in html
    (address,) = set(re.findall(r'href="(/events\?[^"]*)">Liste', html))
    with wiki.app.app_context():
        pages.reindex()
    found = wiki.visitor().get(address.replace("&amp;", "&").replace("/events?", "/events.json?")).get_json()
    assert [row["slug"] for row in found["results"]] == ["atelier"]
    assert "webcal://" in html
    assert "/events.ics?edition=le-mois-des-communs&amp;edition=brest" in html


def test_editions_that_are_part_of_each_other_are_shown_all_the_same(wiki: Wiki) -> None:
    wiki.write(edition("Une", "part_of: deux\n"))
    wiki.write(edition("Deux", "part_of: une\n"))
    wiki.write(of_edition("Atelier", "2013-10-12", "Brest", edition="deux"))
    assert "Atelier" in programme(wiki, "une")
    assert "Atelier" in programme(wiki, "deux")


@pytest.mark.parametrize("state", ["members", "draft"])
def test_what_is_not_for_everybody_is_told_to_nobody_else(wiki: Wiki, state: str) -> None:
    wiki.write(edition())
    slug = wiki.write(of_edition("Réunion secrète", "2013-10-12", "Brest"))
    assert "Réunion secrète" in programme(wiki)
    with wiki.app.app_context():
        pages.show_to(wiki.cast.alice, slug, state)
    assert "Réunion secrète" not in programme(wiki)
    assert "Réunion secrète" in programme(wiki, name="alice")
    assert ("Réunion secrète" in programme(wiki, name="bob")) is (state == "members")


def test_the_programme_follows_what_happens_to_its_events(wiki: Wiki) -> None:
    wiki.write(edition())
    slug = wiki.write(of_edition("Atelier", "2013-10-12", "Brest"))
    assert "Samedi 12 octobre" in words(programme(wiki))
    with wiki.app.app_context():
        pages.save(wiki.cast.alice, slug, of_edition("Atelier", "2013-10-13", "Brest"), 1)
    assert "Dimanche 13 octobre" in words(programme(wiki))
    with wiki.app.app_context():
        pages.archive(wiki.cast.ada, slug)
    assert "Atelier" not in programme(wiki)


def test_sixty_events_take_no_more_questions_than_three(wiki: Wiki) -> None:
    wiki.write(edition())

    def asked(end: int, start: int) -> tuple[int, int]:
        for number in range(start, end):
            day = f"2013-10-{6 + number % 15:02}T14:00/2013-10-{6 + number % 15:02}T16:00"
            wiki.write(of_edition(f"Atelier {number}", day, f"Ville {number % 40}"))
        counts = []
        for _twice in range(2):
            with questions(wiki) as statements:
                assert wiki.visitor("bob").get("/wiki/le-mois-des-communs").status_code == 200
            counts.append(len(statements))
        return counts[0], counts[1]

    assert asked(3, 0) == asked(60, 3)
    assert asked(60, 60)[1] <= 6


def listed(wiki: Wiki) -> str:
    return words(wiki.visitor().get("/wiki/le-mois-des-communs/review").text.partition("<main")[2])


def figures(wiki: Wiki) -> str:
    page = wiki.visitor().get("/wiki/le-mois-des-communs").text
    return page.partition('aria-labelledby="compte"')[2].partition("</section>")[0]


def test_nothing_is_counted_before_anything_took_place(wiki: Wiki) -> None:
    wiki.write(edition())
    wiki.write(of_edition("Atelier", "2999-10-12", "Brest"))
    assert not figures(wiki)
    answer = wiki.visitor().get("/wiki/le-mois-des-communs/review")
    assert answer.status_code == 302
    assert answer.location == "/wiki/le-mois-des-communs"


def test_what_came_of_an_edition_is_counted_and_each_figure_leads_to_what_it_counts(wiki: Wiki) -> None:
    wiki.write(edition())
    wiki.write(of_edition("Une", "2013-10-12", "Brest, BU", attendance="1200", outputs="\n  - Une carte\n  - Un film"))
    wiki.write(of_edition("Deux", "2013-10-13", "brest", attendance="34"))
    wiki.write(of_edition("Trois", "2013-10-13", "Lyon", state="passe", recipe="disco-soupe"))
    wiki.write(of_edition("Quatre", "2013-10-13", "Nantes", state="annule"))
    wiki.write(of_edition("Cinq", "2999-10-13", "Lille"))
    html = figures(wiki)
    said = words(html)
    assert "3 événements ont eu lieu dans 2 villes ; 1 a été annulé ou reporté" in said
    assert "1 collectif ou personne à l’initiative" in said
    assert "1 234 personnes comptées , dans les 2 événements qui le disent" in said
    assert "2 choses en sont sorties" in said
    assert "Un événement attend encore son retour." in said
    page = wiki.visitor().get("/wiki/le-mois-des-communs/review").text
    for anchor in re.findall(r'/review#([a-z-]+)"', html):
        assert f'id="{anchor}"' in page
    lists = listed(wiki)
    assert re.search(r"Sans retour pour le moment \(1\) .*Raconter « Trois » Lyon Ont eu lieu \(3\) Une Brest", lists)
    assert 'href="/wiki/trois/report"' in page
    assert "Annulés ou reportés (1) Quatre Nantes" in lists
    assert re.search(r"Villes \(2\) brest \(2\)|Villes \(2\) Brest \(2\)", lists)
    assert re.search(r"Une Brest 1 ?200 Deux brest 34 En tout 1 ?234", lists)
    assert "Ce qui en est sorti (2) Une Brest Une carte Un film" in lists
    assert "Cinq" not in lists


def test_a_report_taken_back_is_counted_no_more(wiki: Wiki) -> None:
    wiki.write(edition())
    slug = wiki.write(of_edition("Une", "2013-10-12", "Brest", attendance="12"))
    assert "12 personnes comptées" in words(figures(wiki))
    with wiki.app.app_context():
        pages.save(wiki.cast.bob, slug, of_edition("Une", "2013-10-12", "Brest"), 1)
    assert "personnes comptées" not in words(figures(wiki))
    assert "Un événement attend encore son retour." in words(figures(wiki))


def test_a_very_large_edition_says_how_much_of_it_is_here_and_where_the_rest_is(
    wiki: Wiki, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wiki.pages import editions, reviews

    monkeypatch.setattr(editions, "MOST_EVENTS", 3)
    monkeypatch.setattr(reviews, "MOST_LISTED", 4)
    wiki.write(edition())
    for day in (12, 9, 8, 11, 10):
        wiki.write(of_edition(f"Fête {day}", f"2013-10-{day:02}", f"Ville {day % 4}", attendance="10"))
    said = words(programme(wiki))
    assert "5 événements, dans 4 villes." in said
    assert [f"Fête {day} " in said for day in (8, 9, 10, 11, 12)] == [True, True, True, False, False]
    assert "Cette page montre les 3 premiers événements sur 5." in said
    assert "La suite est dans l’agenda" in said
    counted = words(figures(wiki))
    assert "5 événements ont eu lieu dans 4 villes" in counted
    assert "50 personnes comptées , dans les 5 événements qui le disent" in counted
    lists = listed(wiki)
    assert "Cette édition compte 5 événements. Ces listes s’arrêtent aux 4 premiers, par date." in lists
    assert "La suite est dans l’agenda" in lists
    assert re.search(r"Ont eu lieu \(5\) Fête 8 .*Fête 11 Ville 3 Villes \(4\)", lists)
    assert "Fête 12" not in lists


def test_an_edition_that_fits_says_nothing_of_a_rest(wiki: Wiki, monkeypatch: pytest.MonkeyPatch) -> None:
    from wiki.pages import editions, reviews

    monkeypatch.setattr(editions, "MOST_EVENTS", 2)
    monkeypatch.setattr(reviews, "MOST_LISTED", 2)
    wiki.write(edition())
    for day in (8, 9):
        wiki.write(of_edition(f"Fête {day}", f"2013-10-{day:02}", "Brest"))
    assert "Cette page montre" not in words(wiki.visitor().get("/wiki/le-mois-des-communs").text)
    assert "Ces listes" not in listed(wiki)
