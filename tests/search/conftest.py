"""A small library to search, and every engine that must answer alike.

    engine_of       makes an engine on a name: the same name, the same index
    index           an engine that holds LIBRARY
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import create_engine, text

from tests.conftest import PostgreSQL
from wiki.search import Engine, PostgresqlEngine, Query, SearchDocument, WhooshEngine

EngineOf = Callable[[str], Engine]


def page(page_id: int, title: str, **values: Any) -> SearchDocument:
    """A page as the index is to know it; its first revision unless said."""
    return SearchDocument(**{"page_id": page_id, "revision_id": page_id, "kind": "article", "title": title, **values})


def event(page_id: int, title: str, place: str, day: str, **values: Any) -> SearchDocument:
    """A gathering in a city, on a day."""
    facets = {"city": [place], **values.pop("facets", {})}
    return page(page_id, title, kind="event", place=place, starts_on=day, facets=facets, **values)


CARTES, JARDIN, CARTOPARTIE, COPY_PARTY, BREST, NANTES, PARIS, FOUR, ENGLISH, GRAINES = range(1, 11)

LIBRARY = [
    page(
        CARTES, "Cartes ouvertes", kind="theme", aliases=["mapping party", "OpenStreetMap", "cartographie libre"],
        body="Une carte ouverte est faite de relevés que l'on partage.", stands_for=("theme", "cartes-ouvertes"),
    ),
    page(JARDIN, "Jardin", kind="theme", aliases=["jardins partagés", "potager"], body="Un bout de terre cultivé."),
    page(
        CARTOPARTIE, "Cartopartie", kind="recipe", themes=["Cartes ouvertes"], popularity=5,
        facets={"theme": ["cartes-ouvertes", "donnees-ouvertes"]}, stands_for=("recipe", "cartopartie"),
        headings=["Repérer le quartier"],
        body="On relève ensemble ce qui manque à la carte libre de la commune. Prévoir un goûter pour les bénévoles.",
    ),
    page(
        COPY_PARTY, "Copy party", kind="recipe", themes=["Bibliothèque"], popularity=3,
        facets={"theme": ["bibliotheque"]},
        stands_for=("recipe", "copy-party"),
        body="Venir à la bibliothèque avec son propre matériel et copier, pour soi. L'étape décisive : la loi sur la "
        "copie privée. Un goûter partagé suit.",
    ),
    event(
        BREST, "Copy party de Brest", "Brest", "2013-10-12", latitude=48.39, longitude=-4.49,
        facets={"theme": ["bibliotheque"], "recipe": ["copy-party"]},
        body="La bibliothèque universitaire ouvre ses portes : on copie des bandes dessinées et des disques.",
    ),
    event(
        NANTES, "Cartopartie de Nantes", "Nantes", "2012-07-07", latitude=47.22, longitude=-1.55,
        facets={"theme": ["cartes-ouvertes", "donnees-ouvertes"], "recipe": ["cartopartie"]},
        body="Quatre équipes relèvent les trottoirs avec des personnes en fauteuil roulant.",
    ),
    event(
        PARIS, "Cartopartie accessibilité de Paris", "Paris", "2010-12-04", latitude=48.88, longitude=2.36,
        facets={"theme": ["cartes-ouvertes", "accessibilite"], "recipe": ["cartopartie"]},
        body="Sortie autour de la gare de l'Est, malgré la neige. Les équipes notent les marches et les seuils.",
    ),
    page(
        FOUR, "Four à pain partagé", kind="recipe", facets={"theme": ["pain"]}, popularity=1,
        body="Bâtir un four commun, l'allumer à dates fixes. Chacun apporte sa pâte, et le pain cuit pour tout le "
        "quartier. Un four à bois demande une journée de chauffe.",
    ),
    page(
        ENGLISH, "Repairing bikes", kind="recipe", language="en", facets={"theme": ["reparation"]},
        body="Volunteers are repairing bicycles in the old bakery, every Saturday morning.",
    ),
    page(
        GRAINES, "Grainothèque", kind="recipe", aliases=["seed library"], facets={"theme": ["semences"]},
        body="Une boîte à graines en libre service, dans une médiathèque. Les étapes et les cœurs de métier du troc : "
        "répar'café, grille-pain, OpenStreetMap, habitant·e·s.",
    ),
]  # fmt: skip


@pytest.fixture(params=["whoosh", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def engine_of(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EngineOf]:
    """Each engine there is, in turn."""
    made: list[Engine] = []
    database = request.getfixturevalue("_database") if request.param == "postgresql" else None

    def make(name: str = "index") -> Engine:
        made.append(PostgresqlEngine(database) if database else WhooshEngine(tmp_path / name, durable=False))
        return made[-1]

    yield make
    for engine in made:
        engine.close()
    if database:
        with database.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))


@pytest.fixture(scope="session")
def _database(postgresql: PostgreSQL) -> Iterator[Database]:
    """A database on a real server."""
    with postgresql.database() as url:
        database = create_engine(url)
        yield database
        database.dispose()


@pytest.fixture
def index(engine_of: EngineOf) -> Engine:
    """An engine that holds the library."""
    engine = engine_of("index")
    engine.rebuild(LIBRARY, last_task=1)
    return engine


def found(engine: Engine, words: str = "", **query: Any) -> list[int]:
    """The pages found, in order."""
    return [hit.page_id for hit in engine.search(Query(words=words, **query)).hits]
