"""For production servers: `gunicorn wiki.wsgi:app`. Made at import, as they expect, with its search drainer."""

from __future__ import annotations

from wiki import create_app, pages

app = create_app()
pages.Drainer(app).start()
