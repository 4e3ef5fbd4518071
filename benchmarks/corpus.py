"""A wiki of plausible French pages with revisions, made again alike from the same seed.

python -m benchmarks.corpus DIR --pages 1000
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import insert

from wiki import create_app, history, migrations, pages, resources
from wiki.accounts import Actor
from wiki.database import now, write_transaction
from wiki.pages import saving, textform
from wiki.pages.models import Page, PageName

BATCH = 200
WRITERS = [
    Actor(None, f"Visite {flower} {number:04d}", "guest", f"guest:{number}")
    for number, flower in enumerate(["Bleuet", "Sauge", "Lin", "Souci", "Thym", "Mauve", "Iris", "Lupin"])
]
CITIES = """
Brest Rennes Nantes Lyon Toulouse Lille Montpellier Bordeaux Strasbourg Grenoble Quimper Lorient Vannes Poitiers Angers
Tours Dijon Nancy Metz Rouen Caen Amiens Reims Limoges Pau Bayonne Genève Lausanne Namur Liège Bruxelles Montréal
Québec Dakar Bamako Ouagadougou Cotonou Lomé
""".split()


class Library:
    """The seed library taken apart: paragraphs and titles to recombine."""

    def __init__(self) -> None:
        texts = [path.read_text("utf-8") for path in sorted(resources.folder("seed_recipes").rglob("*.md"))]
        documents = [textform.parse(text) for text in texts]
        self.slugs = [path.stem for path in sorted(resources.folder("seed_recipes").rglob("*.md"))]
        self.titles = [document.title for document in documents]
        self.themes = [document.fields["title"] for document in documents if document.kind == "theme"]
        self.paragraphs = [
            paragraph
            for document in documents
            for paragraph in document.body.split("\n\n")
            if len(paragraph) > 60 and not paragraph.startswith("#")
        ]

    def page(self, chance: random.Random, number: int) -> str:
        """The whole text of one page."""
        kind = chance.choices(["event", "recipe", "article"], [6, 3, 1])[0]
        title = f"{chance.choice(self.titles)} {chance.choice(['de', 'à', 'vu de'])} {chance.choice(CITIES)} {number}"
        values: dict[str, str | list[str]] = {
            "title": title[:118],
            "themes": [pages.link_key(str(theme)) for theme in chance.sample(self.themes, 3)],
            "tagline": "",
        }
        if kind == "event":
            day = f"{chance.randint(2005, 2026)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
            values |= {"sessions": [day], "place": f"{chance.choice(CITIES)}, médiathèque", "organizers": ["Collectif"]}
        elif kind == "recipe":
            values |= {"difficulty": str(chance.randint(1, 5)), "duration": "2 h", "tagline": title[:118]}
        parts = []
        for heading in pages.KINDS[kind].outline[:6] or pages.KINDS["recipe"].outline[:3]:
            parts += ["#" * heading.level + " " + heading.title, *chance.sample(self.paragraphs, chance.randint(1, 3))]
        parts.append(" ".join(f"[[{slug}]]" for slug in chance.sample(self.slugs, 2)))
        return pages.assemble(pages.KINDS[kind], values, {}, "\n\n".join(parts))

    def revised(self, chance: random.Random, text: str) -> str:
        """The text with one more paragraph somewhere."""
        lines = text.split("\n\n")
        lines.insert(chance.randint(1, len(lines) - 1), chance.choice(self.paragraphs))
        return pages.canonical("\n\n".join(lines))


def fill(count: int, seed: int) -> Iterator[int]:
    """Make `count` pages; yield how many are done."""
    chance, library = random.Random(seed), Library()
    for start in range(0, count, BATCH):
        with write_transaction() as session:
            for number in range(start, min(start + BATCH, count)):
                text = library.page(chance, number)
                slug = f"page-{number}"
                page_id = session.execute(
                    insert(Page).values(slug=slug, kind="article", title="", title_key="").returning(Page.id)
                ).scalar_one()
                session.execute(insert(PageName).values(slug=slug, page_id=page_id))
                saving.append(chance.choice(WRITERS), page_id, slug, 1, text, before=None, base=0, when=now())
                for revision in range(2, 1 + (50 if number == 0 else 10 if number % 10 == 0 else 1)):
                    text = library.revised(chance, text)
                    before = history.read(page_id, revision - 1)
                    saving.append(
                        chance.choice(WRITERS), page_id, slug, revision, text, before=before, base=revision - 1
                    )
        yield min(start + BATCH, count)


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the corpus named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=2013)
    options = parser.parse_args(arguments)
    app = create_app({"DATA": str(options.folder)})
    began = time.process_time()
    with app.test_request_context("/"):
        migrations.upgrade()
        pages.seed()
        for done in fill(options.pages, options.seed):
            print(f"\r{done}/{options.pages}", end="", file=sys.stderr, flush=True)
    print(f"\n{options.pages} pages, {time.process_time() - began:.1f} s CPU", file=sys.stderr)


if __name__ == "__main__":
    main()
