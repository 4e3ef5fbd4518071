"""The closed lists that fields choose from."""

from __future__ import annotations

from collections.abc import Iterable

from babel import Locale
from flask_babel import LazyString, get_locale
from flask_babel import lazy_gettext as _l

from wiki.pages.fields.field import Choice, Words


def choices(**labels: Words) -> tuple[Choice, ...]:
    """A closed list; an underscore in a name stands for the hyphen of a code."""
    return tuple(Choice(code.replace("_", "-"), label) for code, label in labels.items())


def _territory(code: str) -> str:
    return (get_locale() or Locale.parse("fr")).territories.get(code, code)


def _countries(codes: Iterable[str]) -> tuple[Choice, ...]:
    return tuple(Choice(code, LazyString(_territory, code)) for code in codes)


# Codes the territory data knows that are no country's: unions, tests, unknown.
_NO_COUNTRY = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
# Where most of these pages come from, first in the list.
_NEAR = ("FR", "BE", "CH", "CA", "LU", "BF", "ML", "SN")
_NAMES = {code: name for code, name in Locale.parse("fr").territories.items()
          if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY}

COUNTRIES = _countries((*_NEAR, *sorted(_NAMES.keys() - set(_NEAR), key=lambda code: (_NAMES[code], code))))

JURISDICTIONS = (
    *_countries(("FR", "BE", "CH", "LU", "MC")), Choice("CA-QC", _l("Québec")),
    *_countries(("CA", "BF", "ML", "SN", "CI", "BJ", "TG", "NE", "CM", "CD", "MG", "MA", "DZ", "TN", "HT")),
    Choice("EU", _l("Union européenne")),
)

LANGUAGES = choices(
    fr=_l("français"), en=_l("anglais"), br=_l("breton"), es=_l("espagnol"), de=_l("allemand"),
    it=_l("italien"), pt=_l("portugais"), nl=_l("néerlandais"), oc=_l("occitan"), eu=_l("basque"),
    ca=_l("catalan"),
)

# Free licences only; the address of each is what rel="license" points to.
LICENCE_URLS = {
    "CC BY-SA 4.0": "https://creativecommons.org/licenses/by-sa/4.0/deed.fr",
    "CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/deed.fr",
    "CC0 1.0": "https://creativecommons.org/publicdomain/zero/1.0/deed.fr",
    "CC BY-SA 3.0": "https://creativecommons.org/licenses/by-sa/3.0/deed.fr",
    "CC BY-SA 3.0 FR": "https://creativecommons.org/licenses/by-sa/3.0/fr/",
    "CC BY-SA 2.0 FR": "https://creativecommons.org/licenses/by-sa/2.0/fr/",
    "CC BY 3.0": "https://creativecommons.org/licenses/by/3.0/deed.fr",
    "Licence Art Libre 1.3": "https://artlibre.org/",
    "GFDL 1.3": "https://www.gnu.org/licenses/fdl-1.3.html",
    "Licence Ouverte 2.0": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
    "ODbL 1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
}
DEFAULT_LICENCE = "CC BY-SA 4.0"
LICENCES = (*(Choice(code, code) for code in LICENCE_URLS), Choice("Domaine public", _l("Domaine public")))

EVENT_STATES = choices(annonce=_l("annoncé"), passe=_l("passé"), reporte=_l("reporté"), annule=_l("annulé"))
EVENT_OUTCOMES = choices(suite=_l("une suite est en route"), sans_suite=_l("c’est resté sans suite"))
EVENT_FORMATS = choices(
    atelier=_l("atelier"), conference=_l("conférence"), balade=_l("balade"), cartopartie=_l("cartopartie"),
    fete=_l("fête"), debat=_l("débat"), exposition=_l("exposition"), projection=_l("projection"),
    rencontre=_l("rencontre"), chantier=_l("chantier"), repas=_l("repas"), autre=_l("autre"),
)
GEO_PRECISIONS = choices(batiment=_l("au bâtiment"), quartier=_l("au quartier"), ville=_l("à la ville"))
_LEVELS = (_l("très facile"), _l("facile"), _l("demande de l’organisation"), _l("exigeante"),
           _l("très exigeante"))
DIFFICULTIES = tuple(Choice(str(level), label) for level, label in enumerate(_LEVELS, 1))
RECIPE_STATUSES = choices(ebauche=_l("ébauche"), a_completer=_l("à compléter"), eprouvee=_l("éprouvée"),
                          a_revoir=_l("à revoir"))
MATURITIES = choices(idee=_l("idée"), demarrage=_l("démarrage"), en_route=_l("en route"), mature=_l("mature"),
                     arrete=_l("arrêté"))
TERRITORY_LEVELS = choices(
    immeuble=_l("immeuble"), quartier=_l("quartier"), commune=_l("commune"),
    intercommunalite=_l("intercommunalité"), departement=_l("département"), region=_l("région"),
    pays=_l("pays"), international=_l("international"), en_ligne=_l("en ligne"),
)
PUBLIC_ROLES = choices(aucun=_l("aucun"), temoin=_l("témoin"), facilitatrice=_l("facilitatrice"),
                       partenaire=_l("partenaire"), porteuse=_l("porteuse"))
