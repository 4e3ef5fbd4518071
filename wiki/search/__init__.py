"""Finding pages: the index behind one small interface, and the French it needs.

    interface                    what is said to an engine and heard from it
    analysis asking              words: of a text, of a query                                   (pure)
    postings vectors resemblance what a page leaves in the index; arithmetic; likeness          (pure)
    storage codec segments folder   Whoosh on disk: the only place that knows its files
    scoring                      what makes a page answer, and answer well                      (pure)
    families                     which pages come from one another, and are one result              (pure)
    matching filters ranking     which pages answer, which pass, in which order
    regions                      where in France a position is                                  (pure)
    spelling suggesting          what may have been meant, what may be about to be typed
    passages holding             the passage of a text that answers; whether a text answers, without an index
    whoosh_engine                all of it as an Engine
    postgresql_tables postgresql_matching postgresql_engine   the same answers from PostgreSQL's full-text index

`init_app` gives an application its engine. The room knows nothing of pages' tables: it is handed documents, and
answers with page numbers. Whoever asks decides what may be shown.
"""

from flask import Flask

from wiki import config
from wiki.database import db
from wiki.search.analysis import ANALYSIS_VERSION, Place
from wiki.search.asking import Word
from wiki.search.asking import read as asked_for
from wiki.search.filters import within
from wiki.search.holding import holds, places_of
from wiki.search.interface import (
    Engine,
    Hit,
    IndexBusy,
    IndexNotWritten,
    IndexUnavailable,
    Near,
    Query,
    Results,
    SearchDocument,
    SearchError,
    Suggestion,
)
from wiki.search.passages import passage
from wiki.search.postgresql_engine import PostgresqlEngine
from wiki.search.regions import continent, french_region
from wiki.search.whoosh_engine import WhooshEngine

__all__ = [
    "ANALYSIS_VERSION", "Engine", "Hit", "IndexBusy", "IndexNotWritten", "IndexUnavailable", "Near", "Place",
    "PostgresqlEngine", "Query", "Results", "SearchDocument", "SearchError", "Suggestion", "WhooshEngine", "Word",
    "asked_for", "continent", "french_region", "holds", "init_app", "passage", "places_of", "within",
]


def init_app(app: Flask) -> None:
    """Give the application the engine its settings ask for. Opens nothing. Raises BadSetting."""
    settings = app.config["WIKI"]
    with app.app_context():
        database = db.engine
    on_postgresql = database.dialect.name == "postgresql"
    if settings["SEARCH"] == "postgresql" and not on_postgresql:
        raise config.BadSetting("WIKI_SEARCH=postgresql needs a database on PostgreSQL: set WIKI_DATABASE_URL.")
    if on_postgresql and settings["SEARCH"] != "whoosh":
        app.extensions["search"] = PostgresqlEngine(database)
    else:
        app.extensions["search"] = WhooshEngine(config.data_folder(settings) / "index")
