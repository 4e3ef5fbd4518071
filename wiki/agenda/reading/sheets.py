"""Reading tables of events: comma, semicolon or tab between the cells, French or English names above them."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from flask_babel import gettext as _

from wiki.agenda.draft import Draft, Reading, Unreadable
from wiki.agenda.reading.columns import column, draft

# A table to begin from, which can be imported as it is.
SAMPLE = (
    "\ufefftitre;date;heure;heure de fin;ville;lieu;latitude;longitude;qui organise;thèmes;description;adresse web\r\n"
    "Atelier Wikipédia;12/10/2013;14 h;17 h;Brest;Bibliothèque des Quatre Moulins;48,3852;-4,5105;"
    "Tiriad;communs;On apprend à écrire dans Wikipédia, ensemble.;https://exemple.org/atelier-wikipedia\r\n"
    "Projection en plein air;du 14 au 15 juin 2014;;;Rennes;;;;La Quincaille | Les Voisins;communs, cinéma;;\r\n"
    "Jardin ouvert;octobre 2014;;;Nantes;Jardin des Ronces;;;;jardin;\"Apportez des graines ;\r\n"
    "repartez avec d’autres.\";\r\n"
)
_SEPARATORS = ";,\t|"
_MOST_COLUMNS = 200
# Looked for in the first lines only: titles and remarks may stand above the names of the columns.
_HEADER_WITHIN = 10


def read(text: str, zone: str, most: int) -> Reading:
    """The events of a table, a row for each. Raises Unreadable where it has no titles, or too many rows."""
    separator = ""
    if text.casefold().startswith("sep="):
        separator, text = text[4:5], "\n" + text.partition("\n")[2]
    separator = separator if separator in tuple(_SEPARATORS) else _separator(text)
    rows = _rows(text, separator)
    names: list[str] = []
    for _line, header in rows:
        names = [column(cell) for cell in header[:_MOST_COLUMNS]]
        if "title" in names:
            break
        if _line >= _HEADER_WITHIN:
            names = []
            break
    if "title" not in names:
        raise Unreadable(
            _("Ce tableau n’a pas de colonne « titre ». Sa première ligne doit nommer les colonnes : titre, date…")
        )
    unknown = [cell.strip()[:40] for cell, name in zip(header, names, strict=False) if not name and cell.strip()]
    notes = [_("Colonnes laissées de côté : %(names)s.", names=", ".join(unknown[:20]))] if unknown else []
    return Reading(list(_drafts(rows, names, zone, most)), notes=notes)


def _drafts(rows: Iterator[tuple[int, list[str]]], names: list[str], zone: str, most: int) -> Iterator[Draft]:
    count = 0
    for line, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        count += 1
        if count > most:
            raise Unreadable(
                _("Ce fichier contient plus de %(most)s événements. Coupez-le en plusieurs fichiers.", most=most)
            )
        cells: dict[str, str] = {}
        for name, cell in zip(names, row, strict=False):
            if name and cell.strip() and name not in cells:
                cells[name] = cell
        if any(cell.strip() for cell in row[len(names) :]):
            message = _("Cette ligne a plus de cases que la première : un texte qui contient un séparateur se met "
                        "entre guillemets.")
            yield Draft(line, {"title": cells.get("title", "")}, problems=(message,))
        else:
            yield draft(line, cells, zone)


def _separator(text: str) -> str:
    """What stands between the cells: the sign most frequent in the first lines that name columns."""
    head = [line for line in text[:20_000].split("\n") if line.strip()][:_HEADER_WITHIN]
    known = {sign: max((sum(bool(column(cell.strip('" '))) for cell in line.split(sign)) for line in head), default=0)
             for sign in _SEPARATORS}
    return max(_SEPARATORS, key=lambda sign: (known[sign], head[0].count(sign) if head else 0))


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it begins on. Raises Unreadable for what no table holds."""
    reader = csv.reader(text.splitlines(keepends=True), delimiter=separator)
    line = 1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise Unreadable(
                _("Ligne %(line)s : une case est trop longue. Un guillemet n’est sans doute pas refermé.", line=line)
            ) from None
        yield line, row
        line = reader.line_num + 1
