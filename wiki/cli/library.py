"""Whole folders of pages, in and out."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import click
from flask_babel import gettext as _

from wiki import agenda, pages
from wiki.cli.opening import data_option, opened, progress_bar, wiki
from wiki.cli.people import account


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


@wiki.command("import-events")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE")
@click.option("--dry-run", is_flag=True, help="Say what would be created; write nothing.")
@click.option("--edition", default="", help="The edition all these events are part of, by its address or title.")
@click.option("--theme", "themes", multiple=True, help="A theme of all these events; may be given several times.")
@click.option("--dates", default="", help="When events took place that say no date: 2013-10, or 2013-10-06/2013-10-20.")
@click.option("--as", "name", default="", metavar="NAME", help="The account they are credited to.  [default: Levain]")
@click.option("--alike", is_flag=True, help="Also those that look like an event of this wiki.")
@data_option
def import_events(
    file: Path, dry_run: bool, edition: str, themes: tuple[str, ...], dates: str, name: str, alike: bool
) -> None:
    """Make an event page for each event of an .ics, .geojson, .umap or .csv file.

    What is here already is known again and passed over.
    """
    with opened() as app:
        settings = app.config["WIKI"]
        data = _bytes(file, settings["IMPORT_BYTES"])
        reading = agenda.read(data, file.name, most=settings["IMPORT_EVENTS"], zone=pages.DEFAULT_ZONE)
        actor = account(name) if name else pages.HOUSE
        host = urlsplit(settings["BASE_URL"]).netloc
        candidates = pages.weigh(actor, reading.drafts, pages.Shared(edition, themes, dates), host)
        for note in reading.notes:
            click.echo(note)
        for one in candidates:
            _tell_of(one, alike)
        wanted = [one for one in candidates if one.proposed or (alike and one.possible)]
        if dry_run:
            click.echo(_("Événements à créer : %(count)s. Rien n’est écrit.", count=len(wanted)))
        else:
            done = pages.import_events(actor, wanted, file.name)
            click.echo(_("Événements créés : %(count)s.", count=len(done.created)))
        if any(one.problems for one in candidates):
            raise SystemExit(1)


def _bytes(file: Path, most: int) -> bytes:
    """The content of a file. Raises Unreadable where it is too large."""
    with file.open("rb") as opened_file:
        data = opened_file.read(most + 1)
    if len(data) > most:
        raise agenda.Unreadable(
            _("Ce fichier dépasse %(limit)s. Coupez-le en plusieurs fichiers.", limit=pages.volume(most))
        )
    return data


def _tell_of(one: pages.Candidate, alike: bool) -> None:
    """What becomes of one event, on a line; what is wrong with it on the error stream."""
    where = _("ligne %(line)s, « %(title)s »", line=one.line, title=one.title)
    for problem in one.problems:
        click.echo(_("%(where)s : %(what)s", where=where, what=problem), err=True)
    if one.problems:
        return
    if one.same is not None:
        what = _("déjà ici (%(slug)s)", slug=one.same.slug)
    elif one.repeats is not None:
        what = _("le même événement qu’à la ligne %(line)s", line=one.repeats)
    elif one.alike is not None and not alike:
        what = _("laissé de côté, ressemble à %(slug)s (--alike le prend)", slug=one.alike.slug)
    else:
        what = ", ".join(one.dates[:3])
    click.echo(_("%(where)s : %(what)s", where=where, what=what))
    for note in one.notes:
        click.echo(f"    {note}")


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
