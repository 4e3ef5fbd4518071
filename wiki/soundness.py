"""What is unsafe in this installation: settings, files and habits that an operator can mend.

Each sentence says what is wrong and what to do. Nothing is changed, and nothing outside this machine is asked.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from limits import parse_many

from wiki import backup, config
from wiki.database import db, now, write_ahead_log_is_safe
from wiki.resources import PACKAGE

# A backup a week is the least; below so much free space saves may soon be refused.
BACKUP_AGE = timedelta(days=7)
FREE_BYTES = 200_000_000
# More than this from one visitor is no limit at all.
_MOST_A_MINUTE = 1_000


@dataclass(frozen=True)
class Weakness:
    """Something unsafe, and what to do about it. `grave`: a wiki open to the world should not run so."""

    what: str
    remedy: str
    grave: bool = False


def weaknesses() -> list[Weakness]:
    """Everything unsafe that can be seen from inside, the gravest first."""
    settings: Mapping[str, Any] = current_app.config["WIKI"]
    found = [*_serving(settings), *_people(settings), *_database(), *_files(settings), *_backups(settings)]
    return sorted(found, key=lambda weakness: not weakness.grave)


def _serving(settings: Mapping[str, Any]) -> Iterator[Weakness]:
    if current_app.debug:
        what = _("Le mode de mise au point est actif : une erreur montre le programme à qui la provoque.")
        yield Weakness(what, _("Démarrez sans FLASK_DEBUG."), grave=True)
    if not settings["BASE_URL"]:
        what = _("Aucune adresse publique n’est réglée : une visite malveillante peut fausser les liens des flux.")
        yield Weakness(what, _("Donnez WIKI_BASE_URL=https://…"))
    elif settings["BASE_URL"].startswith("http:"):
        what = _("Le wiki est servi sans chiffrement : mots de passe et sessions passent en clair.")
        yield Weakness(what, _("Mettez devant lui un serveur HTTPS, et https:// dans WIKI_BASE_URL."), grave=True)
    elif not settings["SECURE_COOKIES"]:
        what = _("Les cookies de session, qui reconnaissent chaque compte, partent aussi sans chiffrement.")
        yield Weakness(what, _("Donnez WIKI_SECURE_COOKIES=yes."), grave=True)
    if settings["BASE_URL"].startswith("https:") and not settings["PROXIES"]:
        what = _("Le wiki prend tout le monde pour une seule adresse : celle du serveur HTTPS devant lui.")
        yield Weakness(what, _("Donnez WIKI_PROXIES=1 : limites et blocages compteront chaque réseau pour lui-même."))
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        what = _("Le wiki a tous les droits sur cette machine.")
        yield Weakness(what, _("Lancez-le sous un compte à lui, qui ne peut écrire que dans ses données."))


def _people(settings: Mapping[str, Any]) -> Iterator[Weakness]:
    names = ["SAVE_RATE", "PREVIEW_RATE", "SEARCH_RATE", *(["LOGIN_RATE"] if settings["REGISTRATION"] else [])]
    for name in names:
        least = min((limit.amount * 60 / limit.get_expiry() for limit in parse_many(settings[name])), default=0)
        if least > _MOST_A_MINUTE:
            what = _("%(setting)s ne limite presque rien : %(rate)s.", setting=f"WIKI_{name}", rate=settings[name])
            yield Weakness(what, _("Revenez à la valeur d’origine."), grave=True)
    if not settings["MAIL_SERVER"]:
        what = _("Aucun serveur de courriel : qui oublie son mot de passe dépend de vous.")
        yield Weakness(what, _("Donnez WIKI_MAIL_SERVER ; d’ici là, ses courriels restent dans « mail »."))
    elif settings["MAIL_SECURITY"] == "none" and settings["MAIL_SERVER"] not in ("localhost", "127.0.0.1", "::1"):
        what = _("Les courriels, et le mot de passe de leur serveur, passent en clair.")
        yield Weakness(what, _("Donnez WIKI_MAIL_SECURITY=starttls."), grave=True)


def _database() -> Iterator[Weakness]:
    if db.engine.dialect.name != "sqlite":
        return
    module: Any = db.engine.dialect.dbapi
    if not write_ahead_log_is_safe(tuple(int(part) for part in re.findall(r"\d+", module.sqlite_version))):
        what = _("SQLite %(version)s peut perdre des données ; le wiki s’en protège, au prix de la vitesse.",
                 version=module.sqlite_version)
        yield Weakness(what, _("Installez le paquet pysqlite3."))
    with db.engine.connect() as connection:
        if connection.exec_driver_sql("PRAGMA synchronous").scalar() != 2:
            what = _("La base n’attend pas que le disque ait écrit.")
            yield Weakness(what, _("Une extension a changé « synchronous » : retirez-la."), grave=True)


def _files(settings: Mapping[str, Any]) -> Iterator[Weakness]:
    folder = config.data_folder(settings)
    for path in (folder, folder / "secret_key", folder / "security.log", folder / "mail", folder / "outbox"):
        if path.exists() and path.stat().st_mode & 0o077:
            what = _("D’autres comptes de cette machine peuvent lire %(path)s.", path=path)
            yield Weakness(what, _("Retirez-leur ce droit : chmod go= %(path)s", path=path), grave=True)
    if os.geteuid() != 0 and _writable(PACKAGE):
        what = _("Le programme peut changer ses propres fichiers, dans %(path)s.", path=PACKAGE)
        yield Weakness(what, _("Installez-le sous un autre compte que celui qui le lance."))
    if shutil.disk_usage(folder).free < FREE_BYTES:
        what = _("Le disque des données est presque plein.")
        yield Weakness(what, _("Faites de la place : plein, il refuserait les enregistrements."), grave=True)


def _writable(folder: Path) -> bool:
    return os.access(folder, os.W_OK) or any(os.access(path, os.W_OK) for path in folder.glob("*.py"))


def _backups(settings: Mapping[str, Any]) -> Iterator[Weakness]:
    last = backup.last_made(config.data_folder(settings))
    remedy = _("Lancez « wiki backup » chaque nuit ; le README dit comment.")
    if last is None:
        yield Weakness(_("Ce wiki n’a jamais été sauvegardé."), remedy, grave=True)
    elif now() - last > BACKUP_AGE:
        yield Weakness(_("La dernière sauvegarde a %(days)s jours.", days=(now() - last).days), remedy, grave=True)
