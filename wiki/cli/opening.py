"""The `wiki` command's frame: its name, its data folder, the application it works on, and how far it is."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask_babel import gettext as _
from sqlalchemy import make_url

from wiki import config, migrations, pages
from wiki.database import db
from wiki.errors import WikiError


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


def settings() -> dict[str, Any]:
    return config.read(overrides=_overrides())


def _overrides() -> dict[str, Any]:
    meta = click.get_current_context().meta
    return {"DATA": meta["data"]} if "data" in meta else {}


@contextmanager
def opened(*, new: bool = False) -> Iterator[Flask]:
    """The application of the data folder, with a database of the right schema.

    Where there is no wiki yet one is made if `new`; else that is refused, for a mistyped folder should not
    pass for an empty wiki. An older schema is upgraded by `wiki upgrade` and `wiki serve` only.
    """
    if not new:
        _refuse_missing_wiki(settings())
    with application() as app:
        if new and migrations.current() is None:
            bring_up_to_date()
        migrations.check()
        yield app


@contextmanager
def application(**overrides: str) -> Iterator[Flask]:
    """The application of the data folder, whatever its schema; `overrides` are settings that win."""
    # Here and not above: the package joins the rooms, and this one is among them.
    from wiki import create_app

    app = create_app({**_overrides(), **overrides})
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def bring_up_to_date() -> bool:
    """The schema of this version, and everything computed as this version does; False where nothing was due.

    Of several processes that start at once one does it.
    """
    with migrations.one_at_a_time():
        changed = migrations.upgrade()
        with progress_bar(_("Reconstruction")) as progress:
            return pages.bring_up(progress) or changed


def _refuse_missing_wiki(settings: dict[str, Any]) -> None:
    folder = Path(settings["DATA"]).expanduser()
    if settings["DATABASE_URL"]:
        return
    if not folder.is_dir() or not Path(make_url(config.database_url(settings)).database or "").is_file():
        raise WikiError(_("Il n’y a pas de wiki dans le dossier %(folder)s.", folder=folder))


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None]]:
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


def tell(findings: list[pages.Finding], all_well: str) -> None:
    """Say what disagrees and end with status 1, or that all is well."""
    for finding in findings:
        click.echo(str(finding))
    if findings:
        click.echo(_("Désaccords trouvés : %(count)s.", count=len(findings)), err=True)
        raise SystemExit(1)
    click.echo(all_well)
