"""For production servers: `gunicorn wiki.wsgi:app`. Made at import, as they expect.

What runs beside the requests, the drainer and the outbox, begins with the first request of each process. A server may
load this once and then fork its workers: no thread survives that, and SQLite forbids that a connection does.
"""

from __future__ import annotations

import os
from threading import Lock
from typing import Any

from flask_babel import gettext as _

from wiki import create_app, journal, mail, migrations, pages
from wiki.database import db
from wiki.errors import WikiError

app = create_app()
journal.begin(app.config["WIKI"]["REQUEST_LOG"])
with app.app_context():
    # A server that starts on the wrong schema would fail at every request: better not to start.
    migrations.check()
    if pages.behind():
        raise WikiError(_("Cette version de Levain calcule autrement les pages : lancez d’abord « wiki upgrade »."))
    db.session.remove()
    db.engine.dispose()


class _Beginning:
    """Begins, once in each process, what runs beside the requests."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer
        self._lock = Lock()
        self._process = 0

    def __call__(self, environ: Any, start_response: Any) -> Any:
        if self._process != os.getpid():
            with self._lock:
                self._begin()
        return self._answer(environ, start_response)

    def _begin(self) -> None:
        if self._process == os.getpid():
            return
        self._process = os.getpid()
        pages.Drainer(app).start()
        with app.app_context():
            mail.resume()


app.wsgi_app = _Beginning(app.wsgi_app)  # type: ignore[method-assign]
