"""Whether how long the door takes tells who has an account.

    python -m benchmarks.door [--rounds 200]

Tries wrong passwords, and asks for letters, in a new wiki that goes away with its folder: for members, for a suspended
account, for one that was deleted, and for names nobody has, in turn and in a random order. Prints the CPU time of the
answers in milliseconds: the middle one, and how far the middle of two random halves of the same list lie apart at most,
in 19 of 20 cuts. What differs by less than that tells nothing.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Sequence

from flask import Flask
from sqlalchemy import update

from wiki import accounts, create_app, mail, migrations
from wiki.accounts import User, changing
from wiki.database import write_transaction

PASSWORD = "une phrase de passe assez longue"
ASKED = {"member": "Membre {}", "suspended": "Suspendue {}", "deleted": "Partie {}", "nobody": "Personne {}"}
UNHURRIED = {"LOGIN_RATE": "1000000/minute", "LOGIN_FAILURES": 1_000_000, "BASE_URL": "http://localhost"}
EACH, CUTS = 20, 400


def peopled(folder: str) -> Flask:
    """A wiki where some of each sort have an account."""
    app = create_app({"DATA": folder, **UNHURRIED})
    app.config.update(WTF_CSRF_ENABLED=False, MAIL_PAUSE=0)
    with app.test_request_context("/"):
        migrations.upgrade()
        for number in range(EACH):
            for sort in ("member", "suspended", "deleted"):
                email = f"{sort}{number}@exemple.org"
                who = accounts.register(ASKED[sort].format(number), PASSWORD, email, confirmed=True)
                with write_transaction() as session:
                    if sort == "suspended":
                        session.execute(update(User).where(User.id == who.id).values(active=False))
                    elif sort == "deleted":
                        changing.erase(who)
    return app


def taken(app: Flask, path: str, name: str) -> float:
    """CPU milliseconds of one answer, in this thread: not of the letters that follow it."""
    client = app.test_client()
    began = time.thread_time()
    with client.post(path, data={"name": name, "password": "une autre phrase de passe"}) as answer:
        assert answer.status_code in (303, 422), answer.status
    return (time.thread_time() - began) * 1000


def noise(times: Sequence[float], chance: random.Random) -> float:
    """How far the middles of two halves of one list lie apart, in 19 of 20 cuts."""
    apart = []
    for _ in range(CUTS):
        mixed = chance.sample(times, len(times))
        half = len(mixed) // 2
        apart.append(abs(statistics.median(mixed[:half]) - statistics.median(mixed[half:])))
    return sorted(apart)[CUTS * 19 // 20]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the door and the letters."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    options = parser.parse_args(arguments)
    chance = random.Random(5)
    with tempfile.TemporaryDirectory() as folder:
        app = peopled(folder)
        for path in ("/login", "/recover"):
            times: dict[str, list[float]] = {sort: [] for sort in ASKED}
            for number in range(options.rounds + 1):
                for sort in chance.sample(list(ASKED), len(ASKED)):
                    once = taken(app, path, ASKED[sort].format(number % EACH))
                    if number:
                        times[sort].append(once)
            print(path)
            for sort, found in times.items():
                print(f"{sort:>12}{statistics.median(found):9.2f}{noise(found, chance):8.2f}")
            with app.app_context():
                mail.settle()


if __name__ == "__main__":
    main()
