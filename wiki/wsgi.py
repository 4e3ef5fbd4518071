"""For production servers: `gunicorn wiki.wsgi:app`. Made at import, as they expect, with its search drainer."""

from __future__ import annotations

from wiki import create_app, migrations, pages

app = create_app()
with app.app_context():
    # A server that starts on the wrong schema would fail at every request: better not to start.
    migrations.check()
pages.Drainer(app).start()
