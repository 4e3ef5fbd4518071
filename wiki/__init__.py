"""Levain, a wiki of free recipes of social innovation.

`create_app` is the only place where the rooms are joined.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask

__version__ = "0.1.0"


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """The application. `config` holds typed settings (see `wiki.config`) that win over the environment.

    Opens no connection but the one that sets the database policy and creates no table: `wiki upgrade` does. Raises
    BadSetting.
    """
    from flask import Flask

    from wiki import audit, cli, database, mail, resources, search, web
    from wiki import config as settings

    values = settings.read(overrides=config)
    app = Flask(
        "wiki",
        root_path=str(resources.PACKAGE),
        template_folder=str(resources.folder("templates")),
        static_folder=str(resources.folder("static")),
    )
    url = settings.database_url(values)
    app.config.update(
        WIKI=values,
        SECRET_KEY=settings.secret_key(values),
        SQLALCHEMY_DATABASE_URI=url,
        SQLALCHEMY_ENGINE_OPTIONS=database.engine_options(url),
        MAX_CONTENT_LENGTH=values["MAX_REQUEST"],
        MAX_FORM_MEMORY_SIZE=values["MAX_REQUEST"],
    )
    audit.init_app(app, settings.data_folder(values))
    mail.init_app(app)
    database.init_app(app)
    search.init_app(app)
    web.init_app(app)
    cli.init_app(app)
    return app
