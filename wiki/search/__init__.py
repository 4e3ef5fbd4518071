"""Finding pages: the index behind one small interface, and the French it needs.

    interface                    what is said to an engine and heard from it
    analysis asking              words: of a text, of a query                                   (pure)
    postings vectors resemblance what a page leaves in the index; arithmetic; likeness          (pure)
    storage codec segments folder   Whoosh on disk: the only place that knows its files
    scoring                      what makes a page answer, and answer well                      (pure)
    matching filters ranking     which pages answer, which pass, in which order
    regions                      where in France a position is                                  (pure)
    spelling suggesting          what may have been meant, what may be about to be typed
    passages                     the passage of a text that answers
    whoosh_engine                all of it as an Engine
    postgresql_tables postgresql_engine   the same answers from PostgreSQL's full-text index

The room knows nothing of pages' tables: it is handed documents, and answers with page numbers. Whoever asks decides
what may be shown.
"""

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
from wiki.search.regions import french_region
from wiki.search.whoosh_engine import WhooshEngine

__all__ = [
    "Engine", "Hit", "IndexBusy", "IndexNotWritten", "IndexUnavailable", "Near", "PostgresqlEngine", "Query", "Results",
    "SearchDocument", "SearchError", "Suggestion", "WhooshEngine", "french_region", "passage",
]
