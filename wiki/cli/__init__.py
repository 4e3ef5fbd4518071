"""The `wiki` command: what an operator does, and the server.

Every failure is one sentence on the error stream and a status that is not 0.
"""

from __future__ import annotations

import io
import sys

import click
from flask import Flask
from flask_babel import gettext as _
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from wiki import migrations
from wiki.cli import library, people, safekeeping, serving, upkeep
from wiki.cli.opening import wiki
from wiki.errors import WikiError

__all__ = ["init_app", "library", "main", "people", "safekeeping", "serving", "upkeep", "wiki"]


def init_app(app: Flask) -> None:
    """Join what the commands need of an application."""
    migrations.init_app(app)


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
