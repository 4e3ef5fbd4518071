"""Whole folders of pages, in and out."""

from __future__ import annotations

from pathlib import Path

import click
from flask_babel import gettext as _

from wiki import pages
from wiki.cli.opening import data_option, opened, progress_bar, wiki


@wiki.command()
@data_option
def seed() -> None:
    """Add the starting library, or bring its corrections; what people wrote stays."""
    with opened(new=True):
        _finish(sow())


def sow() -> pages.Report:
    with progress_bar(_("Bibliothèque de départ")) as progress:
        return pages.seed(progress=progress)


@wiki.command("import")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@data_option
def import_(folder: Path) -> None:
    """Make or change a page for each .md file of a folder.

    The file's name is the page's address. Plain Markdown becomes an article.
    """
    with opened(new=True):
        with progress_bar(_("Importation")) as progress:
            report = pages.import_folder(folder, progress=progress)
        _finish(report)


@wiki.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@data_option
def export(folder: Path) -> None:
    """Write every public page to a new folder, one .md file each."""
    with opened():
        with progress_bar(_("Exportation")) as progress:
            report = pages.export_folder(folder, progress=progress)
        click.echo(_("Pages écrites dans %(folder)s : %(count)s.", folder=folder, count=len(report.created)))
        if report.kept:
            click.echo(_("Pages réservées ou privées, non exportées : %(names)s.", names=", ".join(report.kept)))
            report.kept.clear()
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
    for name, found in report.alike:
        click.echo(
            _("%(percent)s %% de « %(name)s » vient de « %(title)s ». Pour en faire une variante : "
              "wiki link %(name)s %(origin)s",
              percent=found.percent, name=name, title=found.page.title, origin=found.page.slug)
        )
    for name, problems in report.refused:
        for problem in problems:
            line = _(", ligne %(line)s", line=problem.line) if problem.line else ""
            click.echo(_("%(where)s : %(what)s", where=name + line, what=problem.message), err=True)
    if report.refused:
        raise SystemExit(1)


@wiki.command()
@click.argument("page")
@click.argument("origin")
@data_option
def link(page: str, origin: str) -> None:
    """Make PAGE a variant of ORIGIN, both by their addresses.

    It keeps its text, and will receive what ORIGIN improves.
    """
    with opened():
        pages.link(pages.HOUSE, page, origin)
        click.echo(_("« %(page)s » est maintenant une variante de « %(origin)s ».", page=page, origin=origin))


@wiki.command()
@click.argument("page")
@data_option
def unlink(page: str) -> None:
    """Let PAGE be no variant any more."""
    with opened():
        pages.unlink(pages.HOUSE, page)
        click.echo(_("« %(page)s » n’est plus une variante.", page=page))
