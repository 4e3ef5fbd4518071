"""The drainer: a thread that carries waiting tasks to the search index, soon after each save.

One in each process; the index lets one of them write at a time. Saves never wait for it, and a restart catches up.
"""

from __future__ import annotations

import logging
from threading import Event, Thread

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from wiki.database import db
from wiki.pages import indexing
from wiki.search import IndexBusy, IndexNotWritten, IndexUnavailable

log = logging.getLogger("wiki.search")

PAUSE = 0.3
PAUSE_AFTER_TROUBLE = 5.0


class Drainer(Thread):
    """Runs until `stop`. Builds the index where there is none."""

    def __init__(self, app: Flask) -> None:
        super().__init__(name="search drainer", daemon=True)
        self._app = app
        self._stopped = Event()

    def stop(self) -> None:
        """Finish what is being carried and end."""
        self._stopped.set()
        self.join(timeout=30)

    def run(self) -> None:
        """Drain, rest, and drain again."""
        pause = 0.0
        while not self._stopped.wait(pause):
            with self._app.app_context():
                pause = self._turn()
                db.session.remove()

    def _turn(self) -> float:
        """Do what there is to do; how long to rest then, in seconds."""
        try:
            indexing.engine().last_task  # noqa: B018 - asks whether there is an index
            while indexing.drain():
                if self._stopped.is_set():
                    break
            return 0.0 if indexing.engine().tidy() else PAUSE
        except IndexBusy:
            return PAUSE
        except IndexUnavailable as error:
            log.info("There is no usable search index (%s); building it.", error)
            return self._rebuild()
        except (IndexNotWritten, SQLAlchemyError, OSError) as error:
            log.warning("The search index waits: %s", error)
            db.session.rollback()
            return PAUSE_AFTER_TROUBLE

    def _rebuild(self) -> float:
        try:
            log.info("The search index holds %s pages.", indexing.reindex())
            return PAUSE
        except IndexBusy:
            return PAUSE
        except (IndexNotWritten, IndexUnavailable, SQLAlchemyError, OSError) as error:
            log.warning("The search index cannot be built: %s", error)
            db.session.rollback()
            return PAUSE_AFTER_TROUBLE
