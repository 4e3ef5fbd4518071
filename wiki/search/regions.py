"""French départements and regions, found from a position: an event in Brest is an event in Bretagne.

Pages say a city; people look for a region. The département is that of the nearest prefecture, which is right away
from borders and near enough beside them: it only adds words to find a page by, and never shows.
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import cos, hypot, radians

# Beyond this a position is in no département: at sea, abroad.
_REACH_KM = 90.0

_TABLE = """
Auvergne-Rhône-Alpes: Ain 46.20 5.23, Allier 46.57 3.33, Ardèche 44.74 4.60, Cantal 44.93 2.44, Drôme 44.93
4.89, Isère 45.19 5.72, Loire 45.44 4.39, Haute-Loire 45.04 3.88, Puy-de-Dôme 45.78 3.09, Rhône 45.76 4.84,
Savoie 45.57 5.92, Haute-Savoie 45.90 6.13
Bourgogne-Franche-Comté: Côte-d'Or 47.32 5.04, Doubs 47.24 6.02, Jura 46.67 5.55, Nièvre 46.99 3.16,
Haute-Saône 47.62 6.16, Saône-et-Loire 46.31 4.83, Yonne 47.80 3.57, Territoire de Belfort 47.64 6.86
Bretagne: Côtes-d'Armor 48.51 -2.77, Finistère 48.00 -4.10, Finistère 48.39 -4.49, Ille-et-Vilaine 48.11
-1.68, Ille-et-Vilaine 48.65 -2.02, Morbihan 47.66 -2.76, Morbihan 48.07 -2.97, Côtes-d'Armor 48.45 -3.15
Centre-Val de Loire: Cher 47.08 2.40, Eure-et-Loir 48.45 1.49, Indre 46.81 1.69, Indre-et-Loire 47.39 0.69,
Loir-et-Cher 47.59 1.33, Loiret 47.90 1.90
Corse: Corse-du-Sud 41.93 8.74, Haute-Corse 42.70 9.45
Grand Est: Ardennes 49.77 4.72, Aube 48.30 4.08, Marne 48.96 4.36, Haute-Marne 48.11 5.14,
Meurthe-et-Moselle 48.69 6.18, Meuse 48.77 5.16, Moselle 49.12 6.18, Bas-Rhin 48.57 7.75, Haut-Rhin 48.08
7.36, Vosges 48.17 6.45
Hauts-de-France: Aisne 49.56 3.62, Nord 50.63 3.06, Oise 49.43 2.08, Pas-de-Calais 50.29 2.78, Somme 49.89
2.30, Pas-de-Calais 50.73 1.61, Nord 51.03 2.38
Île-de-France: Paris 48.86 2.35, Seine-et-Marne 48.54 2.66, Yvelines 48.80 2.13, Essonne 48.63 2.43,
Hauts-de-Seine 48.89 2.21, Seine-Saint-Denis 48.91 2.45, Val-de-Marne 48.79 2.46, Val-d'Oise 49.04 2.08
Normandie: Calvados 49.18 -0.37, Eure 49.02 1.15, Manche 49.12 -1.09, Manche 49.63 -1.62, Orne 48.43 0.09,
Seine-Maritime 49.44 1.10, Seine-Maritime 49.50 0.12
Nouvelle-Aquitaine: Charente 45.65 0.16, Charente-Maritime 46.16 -1.15, Corrèze 45.27 1.77, Creuse 46.17
1.87, Dordogne 45.18 0.72, Gironde 44.84 -0.58, Landes 43.89 -0.50, Lot-et-Garonne 44.20 0.62,
Pyrénées-Atlantiques 43.30 -0.37, Pyrénées-Atlantiques 43.49 -1.48, Deux-Sèvres 46.32 -0.46, Vienne 46.58
0.34, Haute-Vienne 45.83 1.26
Occitanie: Ariège 42.97 1.61, Aude 43.21 2.35, Aveyron 44.35 2.57, Gard 43.84 4.36, Haute-Garonne 43.60
1.44, Gers 43.65 0.59, Hérault 43.61 3.88, Lot 44.45 1.44, Lozère 44.52 3.50, Hautes-Pyrénées 43.23 0.07,
Pyrénées-Orientales 42.70 2.90, Tarn 43.93 2.15, Tarn-et-Garonne 44.02 1.35
Pays de la Loire: Loire-Atlantique 47.22 -1.55, Maine-et-Loire 47.47 -0.55, Mayenne 48.07 -0.77, Sarthe
48.00 0.20, Vendée 46.67 -1.43
Provence-Alpes-Côte d'Azur: Alpes-de-Haute-Provence 44.09 6.24, Hautes-Alpes 44.56 6.08, Alpes-Maritimes
43.70 7.27, Bouches-du-Rhône 43.30 5.37, Var 43.12 5.93, Vaucluse 43.95 4.81
Outre-mer: Guadeloupe 16.00 -61.73, Martinique 14.60 -61.07, Guyane 4.94 -52.33, La Réunion -20.88 55.45,
Mayotte -12.78 45.23
"""


def _read() -> list[tuple[str, str, float, float]]:
    points: list[tuple[str, str, float, float]] = []
    for text in re.split(r"\n(?=[^\n:]+:)", _TABLE.strip()):
        region, _colon, places = text.partition(":")
        for place in places.split(","):
            name, latitude, longitude = place.strip().replace("\n", " ").rsplit(" ", 2)
            points.append((name, region, float(latitude), float(longitude)))
    return points


_POINTS = _read()


_CONTINENTS = {
    "Afrique": "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG ML MR MU MW MZ "
    "NA NE NG RW SC SD SL SN SO SS ST SZ TD TG TN TZ UG ZA ZM ZW",
    "Amérique": "AR BO BR CA CL CO CR CU DO EC GT HN HT JM MX NI PA PE PY SV US UY VE",
    "Asie": "AE AF BD CN GE ID IL IN IQ IR JO JP KH KR KZ LA LB LK MM MN MY NP PH PK PS SA SG SY TH TR TW UZ VN YE",
}
_CONTINENT_OF = {code: name for name, codes in _CONTINENTS.items() for code in codes.split()}


def continent(country: str) -> str:
    """The continent of a country's code, "" for Europe, where most of these pages are, and what is not known."""
    return _CONTINENT_OF.get(country, "")


@lru_cache(maxsize=4096)
def french_region(latitude: float, longitude: float) -> tuple[str, str] | None:
    """The département and the region of a position in France, None where it is far from any. Knows no borders."""
    narrowing = cos(radians(latitude))

    def distance(point: tuple[str, str, float, float]) -> float:
        return 111.0 * hypot(point[2] - latitude, (point[3] - longitude) * narrowing)

    nearest = min(_POINTS, key=distance)
    return (nearest[0], nearest[1]) if distance(nearest) <= _REACH_KM else None
