"""Keep a database of today, for tests of later upgrades: `python -m tests.migrations.keep 0.1`.

Run it for each release. It writes databases/<name>.sql: a small wiki with accounts, every kind of page, several
versions, a merge, a restored version, an old address, an archived and a protected page.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from wiki import accounts, create_app, migrations, pages
from wiki.database import db
from wiki.pages import KINDS
from wiki.pages.seeds import HOUSE

FOLDER = Path(__file__).parent / "databases"


def fill() -> None:
    """Write the wiki, in the running application's empty database."""
    migrations.upgrade()
    ada = accounts.register("ada", "un mot de passe de test", "ada@example.org", "admin")
    alice = accounts.register("alice", "un mot de passe de test")
    eve = accounts.guest("the token of Eve's browser")
    for kind in KINDS:
        pages.create(alice, f"---\nkind: {kind}\ntitle: Une page {kind} 🍞\n---\n\nVoir [[Soupe]] et [[nulle part]].\n")
    pages.create(eve, "# Soupe\n\nDes légumes.\n\n## Pour qui\n\nPour vingt personnes.\n", comment="Première soupe")
    first = pages.text_of(HOUSE, "soupe")[1].text
    pages.save(alice, "soupe", first.replace("légumes", "légumes du marché"), 1)
    pages.save(eve, "soupe", first.replace("vingt", "trente"), 1, comment="Plus de monde", minor=True)
    pages.restore(ada, "soupe", 1)
    pages.rename(ada, "soupe", "Grande soupe")
    pages.create(alice, (
        "---\nkind: event\ntitle: Fête de la soupe\nsessions:\n  - 2013-10-12T14:00/2013-10-12T18:00 Europe/Paris\n"
        "place: Brest, gare\ngeo: 48.388, -4.478\norganizers:\n  - Doc Brest\nthemes:\n  - une-page-theme\n"
        "recipes:\n  - une-page-recipe\nunknown: gardé\n---\n\n## Récit\n\nIl faisait beau.\n"
    ))
    pages.create(eve, "# À oublier\n\nRien.\n")
    pages.archive(ada, "a-oublier")
    pages.protect(ada, "une-page-article", True)
    for slug in ("grande-soupe", "fete-de-la-soupe"):
        pages.open_page(HOUSE, slug)


def keep(name: str) -> Path:
    """Write the kept database called `name`; its path."""
    with tempfile.TemporaryDirectory() as data:
        app = create_app({"DATA": data})
        with app.app_context():
            fill()
            assert pages.verify() == []
            db.session.remove()
            db.engine.dispose()
        FOLDER.mkdir(exist_ok=True)
        path = FOLDER / f"{name}.sql"
        with closing(sqlite3.connect(Path(data) / "wiki.sqlite")) as database:
            path.write_text("\n".join(database.iterdump()) + "\n", encoding="utf-8")
    return path


if __name__ == "__main__":
    print(keep(sys.argv[1]))
