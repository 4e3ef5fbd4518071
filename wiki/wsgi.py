"""For production servers: `gunicorn wiki.wsgi:app`. Made at import, as they expect, with its drainer and outbox."""

from __future__ import annotations

from flask_babel import gettext as _

from wiki import create_app, journal, mail, migrations, pages
from wiki.errors import WikiError

app = create_app()
journal.begin(app.config["WIKI"]["REQUEST_LOG"])
with app.app_context():
    # A server that starts on the wrong schema would fail at every request: better not to start.
    migrations.check()
    if pages.behind():
        raise WikiError(_("Cette version de Levain calcule autrement les pages : lancez d’abord « wiki upgrade »."))
    mail.resume()
pages.Drainer(app).start()
