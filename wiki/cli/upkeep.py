"""Keeping a wiki well: computing anew, checking, upgrading."""

from __future__ import annotations

from typing import Any

import click
from flask_babel import gettext as _
from sqlalchemy import make_url

from wiki import config, pages, soundness
from wiki.cli.opening import application, bring_up_to_date, data_option, opened, progress_bar, settings, tell, wiki


@wiki.command()
@data_option
def rebuild() -> None:
    """Compute again everything that is computed from the pages."""
    with opened():
        with progress_bar(_("Reconstruction")) as progress:
            findings = pages.rebuild(progress)
        tell(findings, _("Tout ce qui se calcule a été recalculé."))


@wiki.command()
@data_option
def reindex() -> None:
    """Build the search index anew; searching goes on meanwhile."""
    with opened():
        with progress_bar(_("Indexation")) as progress:
            count = pages.reindex(progress)
        click.echo(_("Pages dans l’index de recherche : %(count)s.", count=count))


@wiki.command()
@data_option
def verify() -> None:
    """Re-read every version and all that is computed from the pages; say what disagrees."""
    with opened():
        with progress_bar(_("Vérification")) as progress:
            findings = pages.verify(progress)
        tell(findings, _("Tout concorde."))


@wiki.command()
@data_option
def check() -> None:
    """Name what is unsafe in this installation; status 1 where something is grave."""
    with opened():
        found = soundness.weaknesses()
    for weakness in found:
        label = _("Grave") if weakness.grave else _("À améliorer")
        click.echo(_("%(label)s : %(what)s %(remedy)s", label=label, what=weakness.what, remedy=weakness.remedy))
    if not found:
        click.echo(_("Rien d’imprudent ne se voit d’ici."))
    if any(weakness.grave for weakness in found):
        raise SystemExit(1)


@wiki.command()
@data_option
def upgrade() -> None:
    """Bring the database to the schema of this version, and compute anew what it computes otherwise."""
    with application():
        changed = bring_up_to_date()
        click.echo(_("La base est maintenant à jour.") if changed else _("La base était déjà à jour."))


@wiki.command("settings")
@data_option
def settings_() -> None:
    """Show every setting, its value, its default and what it is for."""
    values = settings()
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
