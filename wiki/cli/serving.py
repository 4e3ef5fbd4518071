"""The server that needs nothing beside it."""

from __future__ import annotations

import errno
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import click
import waitress
from flask import Flask
from flask_babel import gettext as _

from wiki import config, journal, mail, migrations, pages
from wiki.cli.library import sow
from wiki.cli.opening import application, bring_up_to_date, data_option, settings, wiki
from wiki.database import db
from wiki.errors import WikiError


@wiki.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", default=8000, type=click.IntRange(0, 65535), show_default=True, help="0 takes a free one.")
@click.option("--no-seed", is_flag=True, help="Leave a new wiki empty.")
@data_option
def serve(host: str, port: int, no_seed: bool) -> None:
    """Start the wiki; the first time, make it.

    Creates the data folder, brings the database up to date, fills a new wiki with the starting library, and
    serves.
    """
    values = settings()
    with _listener(host, port) as listener:
        with application() as app:
            bring_up_to_date()
            if not no_seed:
                with migrations.one_at_a_time():
                    if pages.untouched():
                        sow()
            folder = config.data_folder(values)
        _serve(app, listener, values, folder)


def _listener(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises WikiError where it cannot be had, before anything else is begun."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=1024)
    except socket.gaierror as error:
        why = error.strerror
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            sentence = _("Le port %(port)s est déjà pris : choisissez-en un autre avec --port.", port=port)
            raise WikiError(sentence) from error
        why = os.strerror(error.errno or 0)
    raise WikiError(
        _("Impossible d’écouter à l’adresse %(host)s, port %(port)s (%(why)s).", host=host, port=port, why=why)
    )


def _serve(app: Flask, listener: socket.socket, settings: dict[str, Any], folder: Path) -> None:
    journal.begin(settings["REQUEST_LOG"])
    server = waitress.create_server(
        app, sockets=[listener], threads=settings["THREADS"], ident="Levain", server_name="localhost",
        connection_limit=1000,
        asyncore_use_poll=True, channel_timeout=settings["IDLE_SECONDS"],
        cleanup_interval=min(30, settings["IDLE_SECONDS"]), clear_untrusted_proxy_headers=not settings["PROXIES"],
        # Levain answers an oversized request itself, with what was typed; this is only the wall behind.
        max_request_body_size=4 * settings["MAX_REQUEST"],
    )
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(0))
    host, port = listener.getsockname()[:2]
    shown = "localhost" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host  # noqa: S104
    with app.app_context():
        click.echo(_("Données : %(folder)s", folder=folder))
        address = f"http://{shown}:{port}/"
        click.echo(_("Levain vous attend sur %(address)s (Ctrl-C pour arrêter).", address=address))
    sys.stdout.flush()
    drainer = pages.Drainer(app)
    drainer.start()
    with app.app_context():
        mail.resume()
    server.run()
    drainer.stop()
    server.close()
    with app.app_context():
        db.engine.dispose()
