"""What a recipe and an edition of thousands of events cost: reading them, saving an event, archiving the recipe.

    python -m benchmarks.trials DIR --events 10000

CPU time, in one process, the median of some runs. Events are written once; the next runs find them in DIR.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from random import Random
from statistics import median
from time import process_time

from sqlalchemy import update

from benchmarks.corpus import WRITERS
from wiki import create_app, migrations, pages
from wiki.accounts import GUEST
from wiki.database import write_transaction
from wiki.pages.models import Page
from wiki.pages.seeds import HOUSE

RECIPE, EDITION = "cartopartie", "le-grand-mois"
FESTIVAL = """---
kind: edition
title: Le grand mois
starts_on: 2005-01-01
ends_on: 2025-12-31
---
"""
EVENT = """---
kind: event
title: Cartopartie numéro {number}
state: {state}
sessions:
  - {year}-{month:02d}-{day:02d}
place: Ville {town}
geo: {latitude:.3f}, {longitude:.3f}
recipes:
  - cartopartie
edition: le-grand-mois
organizers:
  - Collectif {collective}
{told}---

{story}"""
# Half of the events are told of; most others are past, and nobody said how they went.
STATES = ("passe", "passe", "passe", "annonce", "annonce", "annule")


def write_events(number: int) -> None:
    """Write as many events that followed the recipe as there are not yet."""
    chance = Random(1)
    if pages.address(HOUSE, EDITION) is None:
        pages.create(WRITERS[0], FESTIVAL)
    for one in range(number):
        state, people = chance.choice(STATES), chance.randrange(3, 40)
        text = EVENT.format(
            number=one, state=state, collective=chance.randrange(50),
            year=chance.randrange(2005, 2026), month=chance.randrange(1, 13), day=chance.randrange(1, 28),
            town=chance.randrange(200), latitude=48 + chance.random(), longitude=-4 + chance.random(),
            told=f"attendance: {people}\nwent_wrong: La pluie.\n" if state == "passe" else "",
            story="## Récit\n\nCe qui a marché.\n" if state == "passe" else "",
        )  # fmt: skip
        if pages.address(HOUSE, f"cartopartie-numero-{one}") is None:
            pages.create(WRITERS[0], text)


def milliseconds(act: Callable[[], object], times: int = 7, before: Callable[[], object] = lambda: None) -> str:
    """What an act costs, the median of some times, each after something else was done."""
    found = []
    for _time in range(times):
        before()
        began = process_time()
        act()
        found.append((process_time() - began) * 1000)
    return f"{median(found):8.1f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data")
    parser.add_argument("--events", type=int, default=10_000)
    options = parser.parse_args()
    app = create_app({"DATA": options.data, "SAVE_RATE": "1000000/minute"})
    with app.test_request_context("/"):
        migrations.upgrade()
        pages.bring_up()
        pages.seed()
        write_events(options.events)
        saved = iter(range(options.events))

        def drawn_anew(slug: str) -> None:
            with write_transaction() as session:
                session.execute(update(Page).where(Page.slug == slug).values(stamp=Page.stamp + 1))

        def save() -> None:
            slug = f"cartopartie-numero-{next(saved)}"
            text = pages.text_of(HOUSE, slug)[1]
            pages.save(HOUSE, slug, text.text.replace("place: ", "place: Grande "), text.number)

        found = pages.open_page(GUEST, RECIPE).trials
        print(f"{found.alone.events if found else 0} events")
        for slug in (RECIPE, EDITION):
            read = partial(pages.open_page, GUEST, slug)
            print(f"{slug}: first reading after a change", milliseconds(read, before=partial(drawn_anew, slug)))
            print(f"{slug}: every reading after that    ", milliseconds(read))
        print("saving one event            ", milliseconds(save, 15))
        print("archiving the recipe        ", milliseconds(lambda: pages.archive(HOUSE, RECIPE), 1))
        print("bringing it back            ", milliseconds(lambda: pages.unarchive(HOUSE, RECIPE), 1))


if __name__ == "__main__":
    main()
