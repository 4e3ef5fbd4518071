"""Backups: made, read again, brought back."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import click
from flask_babel import gettext as _

from wiki import backup, config, pages
from wiki.cli.opening import application, bring_up_to_date, data_option, opened, progress_bar, settings, tell, wiki


@wiki.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
@click.option("--verify", is_flag=True, help="Write nothing: restore FILE aside and re-read everything in it.")
@data_option
def backup_(file: Path, *, verify: bool) -> None:
    """Write the whole wiki to FILE while people go on writing, and read it again."""
    if verify:
        _try_out(file)
        return
    with opened():
        with progress_bar(_("Sauvegarde")) as progress:
            contents = backup.write(file, config.data_folder(settings()), progress)
        size = _("%(size)s Mo", size=f"{file.stat().st_size / 1e6:.1f}".replace(".", ","))
        words = {"file": file, "contents": contents, "size": size}
        click.echo(_("Sauvegarde écrite et relue : %(file)s (%(contents)s, %(size)s).", **words))


def _try_out(file: Path) -> None:
    """Restore a backup where nothing is lost by it, and verify the wiki that gives."""
    with TemporaryDirectory(prefix="levain-") as folder, application(DATA=folder, DATABASE_URL=""):
        contents = _bring_back(file, Path(folder))
        with progress_bar(_("Vérification")) as progress:
            findings = pages.verify(progress)
        when = contents.made_at.astimezone().strftime("%Y-%m-%d %H:%M")
        tell(
            findings,
            _("Sauvegarde entière : %(file)s, du %(when)s (%(contents)s).", file=file, when=when, contents=contents),
        )


def _bring_back(file: Path, folder: Path) -> backup.Contents:
    with progress_bar(_("Restauration")) as progress:
        contents = backup.restore(file, folder, progress)
    bring_up_to_date()
    return contents


@wiki.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE")
@data_option
def restore(file: Path) -> None:
    """Bring the wiki of FILE back, into a data folder or a database that holds none."""
    with application():
        folder = config.data_folder(settings())
        contents = _bring_back(file, folder)
        click.echo(_("Wiki restauré dans %(folder)s (%(contents)s).", folder=folder, contents=contents))
