"""The `wiki` command: what an operator does, and the server.

Every failure is one sentence on the error stream and a status that is not 0.
"""

from __future__ import annotations

import errno
import io
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import waitress
from flask import Flask
from flask_babel import gettext as _
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from wiki import accounts, config, migrations, pages
from wiki.database import db
from wiki.errors import WikiError


def init_app(app: Flask) -> None:
    """Join what the commands need of an application."""
    migrations.init_app(app)


def _remember_data(context: click.Context, _option: click.Parameter, folder: str | None) -> None:
    if folder is not None:
        context.meta["data"] = folder


# Accepted before and after the command's name.
data_option = click.option(
    "--data", metavar="DIR", callback=_remember_data, expose_value=False,
    help="The data folder; the variable WIKI_DATA says it too.  [default: data]",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="levain-wiki", message="%(package)s %(version)s")
@data_option
def wiki() -> None:
    """Levain, a wiki of free recipes."""


def _settings() -> dict[str, Any]:
    return config.read(overrides=_overrides())


def _overrides() -> dict[str, Any]:
    meta = click.get_current_context().meta
    return {"DATA": meta["data"]} if "data" in meta else {}


@contextmanager
def _opened(*, new: bool = False) -> Iterator[Flask]:
    """The application of the data folder, with a database of the right schema.

    Where there is no wiki yet one is made if `new`; else that is refused, for a mistyped folder should not
    pass for an empty wiki. An older schema is upgraded by `wiki upgrade` and `wiki serve` only.
    """
    if not new:
        _refuse_missing_wiki(_settings())
    with _application() as app:
        if new and migrations.current() is None:
            migrations.upgrade()
        migrations.check()
        yield app


@contextmanager
def _application() -> Iterator[Flask]:
    # Here and not above: the package joins the rooms, and this one is among them.
    from wiki import create_app

    app = create_app(_overrides())
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def _refuse_missing_wiki(settings: dict[str, Any]) -> None:
    folder = Path(settings["DATA"]).expanduser()
    if settings["DATABASE_URL"]:
        return
    if not folder.is_dir() or not Path(make_url(config.database_url(settings)).database or "").is_file():
        raise WikiError(_("Il n’y a pas de wiki dans le dossier %(folder)s.", folder=folder))


@contextmanager
def _progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """How far a long command is: a bar on a terminal, elsewhere a line every few seconds and a last one."""
    if sys.stderr.isatty():
        with click.progressbar(length=1, label=label, file=sys.stderr) as bar:

            def draw(done: int, total: int) -> None:
                bar.length = total
                bar.update(done - bar.pos)

            yield draw
        return
    said = time.monotonic()

    def say(done: int, total: int) -> None:
        nonlocal said
        if done == total or time.monotonic() - said > 5:
            said = time.monotonic()
            click.echo(f"{label} {done}/{total}", err=True)

    yield say


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
    settings = _settings()
    with _listener(host, port) as listener:
        with _application() as app:
            migrations.upgrade()
            if not no_seed and pages.untouched():
                _seed()
            folder = config.data_folder(settings)
        _serve(app, listener, settings, folder)


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
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # It warns of every request that waits a moment for a thread.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = waitress.create_server(
        app, sockets=[listener], threads=settings["THREADS"], ident="Levain", connection_limit=1000,
        asyncore_use_poll=True, clear_untrusted_proxy_headers=not settings["PROXIES"],
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
    server.run()
    drainer.stop()
    server.close()
    with app.app_context():
        db.engine.dispose()


@wiki.group()
def user() -> None:
    """Accounts."""


@user.command("add")
@click.argument("name")
@click.option("--email", help="For messages to this person; never shown.")
@click.option("--role", type=click.Choice(accounts.ACCOUNT_ROLES), default="member", show_default=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of standard input.")
@data_option
def user_add(name: str, email: str | None, role: str, password_stdin: bool) -> None:
    """Open an account, the first admin's for example."""
    with _opened(new=True):
        if password_stdin:
            password = sys.stdin.readline().rstrip("\r\n")
        elif sys.stdin.isatty():
            password = click.prompt(_("Mot de passe"), hide_input=True, confirmation_prompt=True, err=True)
        else:
            raise WikiError(_("Donnez le mot de passe sur l’entrée standard avec --password-stdin."))
        actor = accounts.register(name, password, email, role)
        click.echo(_("Le compte « %(name)s » est ouvert (%(role)s).", name=actor.name, role=actor.role))


@wiki.command()
@data_option
def seed() -> None:
    """Add the starting library, or bring its corrections; what people wrote stays."""
    with _opened(new=True):
        _finish(_seed())


def _seed() -> pages.Report:
    with _progress(_("Bibliothèque de départ")) as progress:
        return pages.seed(progress=progress)


@wiki.command("import")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@data_option
def import_(folder: Path) -> None:
    """Make or change a page for each .md file of a folder.

    The file's name is the page's address. Plain Markdown becomes an article.
    """
    with _opened(new=True):
        with _progress(_("Importation")) as progress:
            report = pages.import_folder(folder, progress=progress)
        _finish(report)


@wiki.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@data_option
def export(folder: Path) -> None:
    """Write every page to a new folder, one .md file each."""
    with _opened():
        with _progress(_("Exportation")) as progress:
            report = pages.export_folder(folder, progress=progress)
        click.echo(_("Pages écrites dans %(folder)s : %(count)s.", folder=folder, count=len(report.created)))
        _finish(report, counted=False)


def _finish(report: pages.Report, counted: bool = True) -> None:
    """Say what became of the files, and end with status 1 where one was refused."""
    if counted:
        click.echo(
            _("Pages créées : %(created)s, modifiées : %(updated)s, inchangées : %(unchanged)s.",
              created=len(report.created), updated=len(report.updated), unchanged=len(report.unchanged))
        )
    if report.kept:
        click.echo(_("Laissées comme on les a écrites ici : %(names)s.", names=", ".join(report.kept)))
    for name, problems in report.refused:
        for problem in problems:
            line = _(", ligne %(line)s", line=problem.line) if problem.line else ""
            click.echo(_("%(where)s : %(what)s", where=name + line, what=problem.message), err=True)
    if report.refused:
        raise SystemExit(1)


@wiki.command()
@data_option
def rebuild() -> None:
    """Compute again everything that is computed from the pages."""
    with _opened():
        with _progress(_("Reconstruction")) as progress:
            findings = pages.rebuild(progress)
        _tell(findings, _("Tout ce qui se calcule a été recalculé."))


@wiki.command()
@data_option
def reindex() -> None:
    """Build the search index anew; searching goes on meanwhile."""
    with _opened():
        with _progress(_("Indexation")) as progress:
            count = pages.reindex(progress)
        click.echo(_("Pages dans l’index de recherche : %(count)s.", count=count))


@wiki.command()
@data_option
def verify() -> None:
    """Re-read every version and all that is computed from the pages; say what disagrees."""
    with _opened():
        with _progress(_("Vérification")) as progress:
            findings = pages.verify(progress)
        _tell(findings, _("Tout concorde."))


def _tell(findings: list[pages.Finding], all_well: str) -> None:
    for finding in findings:
        click.echo(str(finding))
    if findings:
        click.echo(_("Désaccords trouvés : %(count)s.", count=len(findings)), err=True)
        raise SystemExit(1)
    click.echo(all_well)


@wiki.command()
@data_option
def upgrade() -> None:
    """Bring the database to the schema of this version."""
    with _application():
        changed = migrations.upgrade()
        click.echo(_("La base est maintenant à jour.") if changed else _("La base était déjà à jour."))


@wiki.command("settings")
@data_option
def settings_() -> None:
    """Show every setting, its value, its default and what it is for."""
    values = _settings()
    for setting in config.SETTINGS:
        value = values[setting.name]
        click.echo(f"{setting.variable} = {_shown(setting, value)}  (default: {setting.shown_default()})")
        click.echo(f"    {setting.help}")


def _shown(setting: config.Setting, value: Any) -> str:
    if setting.secret:
        return "(hidden)" if value else ""
    if setting.name == "DATABASE_URL" and value:
        return make_url(value).render_as_string(hide_password=True)
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def main() -> None:
    """The console script."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Where a terminal has no sign for a typographic space, another one stands for it; the command goes on.
        sys.stdout.reconfigure(errors="replace")
    try:
        status = wiki.main(prog_name="wiki", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        status = 2
    except click.UsageError as error:
        name = error.ctx.command_path if error.ctx else "wiki"
        status = _fail(f"{error.format_message()} ({name} --help)", 2)
    except (click.Abort, KeyboardInterrupt):
        status = _fail(_("Interrompu."), 130)
    except BrokenPipeError:
        sys.stderr.close()  # Whoever read the output has enough; nothing is left to say.
        status = 1
    except Exception as error:
        status = _fail(_sentence(error), 1)
    sys.exit(status)


def _fail(sentence: str, status: int) -> int:
    click.echo(sentence, err=True)
    return status


def _sentence(error: Exception) -> str:
    """What went wrong, in one line."""
    if isinstance(error, WikiError):
        text = str(error)
    elif isinstance(error, click.ClickException):
        text = error.format_message()
    elif isinstance(error, ModuleNotFoundError):
        text = _("Il manque le module %(name)s ; pour PostgreSQL, installez levain-wiki[postgresql].",
                 name=error.name)
    elif isinstance(error, (ArgumentError, NoSuchModuleError)):
        text = _("WIKI_DATABASE_URL n’est pas une adresse de base de données.")
    elif isinstance(error, DBAPIError):
        text = _("La base de données refuse : %(why)s.", why=error.orig)
    elif isinstance(error, OSError):
        text = str(error.strerror or error)
        if error.filename:
            text = _("%(where)s : %(what)s", where=text, what=error.filename)
    else:
        text = _("Erreur imprévue (%(kind)s : %(why)s).", kind=type(error).__name__, why=error)
    return " ".join(str(text).split())


if __name__ == "__main__":
    main()
