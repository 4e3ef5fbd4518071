"""The kinds of pages, one declaration each: what a page can say of itself, the outline its body is offered.

To add a field, add a line. Forms, checks, filters and exports follow from it; texts without it stay valid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask_babel import lazy_gettext as _l

from wiki.errors import NotFound
from wiki.pages.fields import vocabulary
from wiki.pages.fields.field import Field, Limits, Need, Words
from wiki.rendering import link_key


@dataclass(frozen=True)
class Heading:
    """A heading of the outline. `role` names what templates look for under it: "steps", "supplies" …"""

    title: str
    help: Words = ""
    role: str | None = None
    level: int = 2


@dataclass(frozen=True)
class Kind:
    """A sort of page. `listing` is the path of its list; its drawn sign bears its name."""

    name: str
    label: Words
    plural: Words
    one: Words
    listing: str
    fields: Sequence[Field]
    outline: Sequence[Heading] = ()

    def field(self, name: str) -> Field | None:
        """The field called `name`, or None."""
        return next((field for field in self.fields if field.name == name), None)

    def group(self, name: str) -> list[Field]:
        """The fields under one heading of the edit form."""
        return [field for field in self.fields if field.group == name]

    def role_of(self, title: str) -> str | None:
        """The role of a heading of a body, whatever its case and accents; None for a heading of its own."""
        key = link_key(title)
        return next((heading.role for heading in self.outline if link_key(heading.title) == key), None)


# The headings of the edit form, in order.
GROUPS: dict[str, Words] = {
    "essentiel": _l("L’essentiel"),
    "pratique": _l("En pratique"),
    "suites": _l("Pour aller plus loin"),
}

_TITLE = Field("title", "title", _l("Titre"), _l("Un nom court, que l’on retrouve facilement."),
               need="required", group="essentiel", limits=Limits(length=120))
_NAME = replace(_TITLE, label=_l("Nom"))
_LANG = Field("lang", "choice", _l("Langue"), _l("La langue dans laquelle la page est écrite."),
              group="suites", choices=vocabulary.LANGUAGES, facet=True, default="fr")
_COUNTRY = Field("country", "choice", _l("Pays"), _l("La France si rien n’est indiqué."),
                 choices=vocabulary.COUNTRIES, facet=True, default="FR")
_GEO = Field("geo", "coordinates", _l("Position"),
             _l("Latitude, puis longitude : 48.876, 2.359. Une adresse OpenStreetMap convient aussi."),
             need="advised")
_GEO_PRECISION = Field("geo_precision", "choice", _l("Précision de la position"),
                       _l("Dit si le point montre la porte, ou seulement les environs."),
                       choices=vocabulary.GEO_PRECISIONS)
_PARTNERS = Field("partners", "mentions", _l("Partenaires"),
                  _l("Qui apporte de l’aide, un lieu ou du matériel. Un nom par ligne."))
_TAGS = Field("tags", "list", _l("Mots clés"), _l("Des mots libres, un par ligne."), facet=True,
              group="suites")
_AUDIENCE = Field("audience", "list", _l("Pour qui"),
                  _l("Les personnes à qui cela s’adresse. Un public par ligne."), facet=True)
_WEBSITE = Field("website", "url", _l("Site web"), _l("L’adresse complète, avec https://."),
                 limits=Limits(length=2000))
_CONTACT = Field("contact", "line", _l("Contact"), _l("Comment vous joindre. Cette ligne sera publique."))
_TAIL = (
    Field("source_urls", "urls", _l("Sources"),
          _l("Les pages web d’où viennent ces informations. Une adresse par ligne."), need="advised",
          group="suites", limits=Limits(length=2000)),
    Field("license", "licence", _l("Licence"), _l("Les conditions de réutilisation de cette page."),
          group="suites", choices=vocabulary.LICENCES, default=vocabulary.DEFAULT_LICENCE),
)


def _tagline(need: Need, help: Words) -> Field:
    return Field("tagline", "line", _l("En une phrase"), help, need=need, group="essentiel",
                 limits=Limits(length=200))


def _themes(need: Need) -> Field:
    return Field("themes", "references", _l("Thèmes"),
                 _l("Les sujets auxquels se rattache cette page. Un thème par ligne."), need=need,
                 group="essentiel", refers_to="theme", facet=True)


def _recipes(need: Need, label: Words, help: Words) -> Field:
    return Field("recipes", "references", label, help, need=need, group="suites", refers_to="recipe",
                 facet=True)


RECIPE = Kind(
    "recipe", _l("recette"), _l("recettes"), _l("une recette"), "recipes",
    fields=(
        _TITLE,
        _LANG,
        _tagline("required", _l("Ce que l’on fait, en moins de 200 caractères.")),
        Field("summary", "text", _l("Résumé"), _l("L’idée, pour qui ne lira que cela : quelques phrases."),
              need="advised", group="essentiel", limits=Limits(length=1500)),
        _themes("required"),
        _TAGS,
        _AUDIENCE,
        Field("group_size", "line", _l("Nombre de personnes"), _l("Par exemple : 10 à 100."),
              limits=Limits(length=80)),
        Field("difficulty", "choice", _l("Difficulté"), _l("De 1, très facile, à 5, très exigeante."),
              need="advised", choices=vocabulary.DIFFICULTIES, facet=True),
        Field("prep_time", "duration", _l("Temps de préparation"),
              _l("De l’idée au jour J : 3 semaines, 2 mois…"), need="advised"),
        Field("duration", "duration", _l("Durée le jour J"), _l("Par exemple : 1 h 30, ou de 2 h à 4 h."),
              need="advised"),
        Field("cost", "money", _l("Coût"), _l("Par exemple : gratuit, 150 €, ou de 0 à 150 €."),
              need="advised"),
        _PARTNERS,
        Field("jurisdiction", "choices", _l("Droit applicable"), _l("Les pays dont la page décrit le droit."),
              choices=vocabulary.JURISDICTIONS, group="suites", facet=True),
        Field("first_done", "partial_date", _l("Première fois"), _l("Une année, un mois ou un jour."),
              group="suites"),
        Field("first_place", "line", _l("Lieu de la première fois"), _l("La ville, puis le lieu précis."),
              group="suites"),
        Field("variant_of", "reference", _l("Variante de"), _l("La recette dont celle-ci est partie."),
              group="suites", refers_to="recipe"),
        Field("variant_notes", "text", _l("Ce qui change"),
              _l("Ce que votre variante fait autrement, et pourquoi."), group="suites",
              limits=Limits(length=3000), required_with="variant_of"),
        Field("related", "references", _l("Se marie avec"),
              _l("D’autres recettes à faire le même jour ou à la suite."), group="suites",
              refers_to="recipe"),
        Field("contacts", "list", _l("Personnes ressources"),
              _l("Qui peut répondre à des questions. Demandez leur accord : ces lignes sont publiques."),
              group="suites"),
        Field("status", "choice", _l("Avancement"), _l("Où en est l’écriture de cette recette."),
              group="suites", choices=vocabulary.RECIPE_STATUSES, facet=True),
        *_TAIL,
    ),
    outline=(
        Heading("Pourquoi se lancer", _l("Ce que cela change, et pour qui."), "why"),
        Heading("Ingrédients", _l("Ce qu’il faut réunir avant de commencer."), "supplies"),
        Heading("Personnes", _l("Qui, combien, pour quoi faire."), "people", 3),
        Heading("Lieux", _l("Où, et avec quoi sur place."), "places", 3),
        Heading("Matériel", _l("Une ligne par chose, avec sa quantité."), "materials", 3),
        Heading("Outils", _l("Logiciels, fiches, modèles, avec leur adresse."), "tools", 3),
        Heading("Étapes", _l("Un titre par étape : ### 1. Obtenir l’accord (2 à 3 mois avant)."), "steps"),
        Heading("Calendrier à rebours", _l("Quoi faire, combien de temps avant."), "timeline"),
        Heading("Points de droit", _l("Ce qu’il faut savoir, avec les textes."), "legal"),
        Heading("Ce que ça produit", _l("Ce qui reste après."), "outcomes"),
        Heading("Difficultés", _l("Ce qui a coincé ailleurs."), "pitfalls"),
        Heading("Coups de main", _l("Les petites astuces qui aident."), "tips"),
        Heading("Indicateurs", _l("Ce que l’on peut compter."), "indicators"),
        Heading("Variantes connues", _l("Comment d’autres l’ont fait à leur façon."), "variants"),
        Heading("Sources", _l("D’où viennent les informations."), "sources"),
    ),
)

EVENT = Kind(
    "event", _l("événement"), _l("événements"), _l("un événement"), "events",
    fields=(
        _TITLE,
        _LANG,
        Field("state", "choice", _l("État"), _l("Annoncé si rien n’est indiqué."), group="essentiel",
              choices=vocabulary.EVENT_STATES, facet=True, default="annonce"),
        Field("sessions", "sessions", _l("Dates"),
              _l("Une séance par ligne : 12 octobre 2013 de 14 h à 18 h, ou 2013-10-06/2013-10-20."),
              need="required", group="essentiel"),
        Field("edition", "reference", _l("Édition"), _l("Le festival dont cet événement fait partie."),
              group="suites", refers_to="edition", facet=True),
        Field("place", "line", _l("Lieu"), _l("La ville d’abord, puis le lieu précis : Brest, BU Lettres."),
              need="required", group="essentiel"),
        Field("address", "line", _l("Adresse"), _l("Le numéro, la rue, le code postal.")),
        _COUNTRY,
        _GEO,
        _GEO_PRECISION,
        Field("organizers", "mentions", _l("Qui organise"),
              _l("Collectifs, associations, personnes. Un nom par ligne."), need="required",
              group="essentiel"),
        _PARTNERS,
        Field("format", "choice", _l("Type d’événement"), _l("La forme que prend la rencontre."),
              need="advised", choices=vocabulary.EVENT_FORMATS, facet=True),
        _themes("required"),
        _TAGS,
        _recipes("advised", _l("Recettes suivies"),
                 _l("Les recettes que vous avez suivies, même en les changeant.")),
        Field("followed", "list", _l("Versions suivies"),
              _l("Pour chaque recette, son adresse et le numéro de la version suivie : copy-party 12."),
              group="suites", limits=Limits(length=100)),
        Field("follows", "reference", _l("Refait"), _l("L’événement que celui-ci reprend."), group="suites",
              refers_to="event"),
        Field("price", "line", _l("Prix"), _l("Par exemple : gratuit, prix libre, 5 € avec le repas.")),
        Field("registration", "line", _l("Inscription"),
              _l("Comment s’inscrire : une adresse web, un téléphone, ou « sans ».")),
        Field("accessibility", "list", _l("Accessibilité"),
              _l("Plain-pied, boucle magnétique, garde d’enfants… Un point par ligne."), facet=True),
        Field("attendance", "number", _l("Participation"), _l("Le nombre de personnes venues."),
              group="suites", limits=Limits(highest=1_000_000)),
        Field("attendance_note", "line", _l("Précision sur la participation"),
              _l("Qui est venu, ou comment vous avez compté."), group="suites"),
        Field("time_spent", "duration", _l("Temps passé"), _l("La préparation et le jour même, à plusieurs."),
              group="suites"),
        Field("money_spent", "money", _l("Argent dépensé"), _l("Ce que l’événement a vraiment coûté."),
              group="suites"),
        Field("adaptations", "text", _l("Ce que nous avons changé"),
              _l("Ce que vous avez fait autrement que dans la recette."), group="suites",
              limits=Limits(length=5000)),
        Field("went_well", "text", _l("Ce qui a marché"), _l("Ce que vous referiez."), group="suites",
              limits=Limits(length=5000)),
        Field("went_wrong", "text", _l("Ce qui a coincé"), _l("Ce que vous feriez autrement."),
              group="suites", limits=Limits(length=5000)),
        Field("outcome", "choice", _l("Ce que cela a donné"),
              _l("Une tentative sans suite compte autant qu’une autre."), group="suites",
              choices=vocabulary.EVENT_OUTCOMES, facet=True),
        Field("outputs", "list", _l("Ce qui en est sorti"),
              _l("Carte, fascicule, vidéo, amitiés… Une chose par ligne."), group="suites",
              limits=Limits(length=500)),
        Field("measures", "list", _l("Mesures"),
              _l("Ce que vous avez compté : 1 800 photos. Une mesure par ligne."), group="suites"),
        Field("next_steps", "text", _l("Et ensuite"), _l("Ce que l’événement a mis en route."),
              group="suites", limits=Limits(length=5000)),
        Field("press", "urls", _l("Revue de presse"), _l("Les articles parus. Une adresse par ligne."),
              group="suites", limits=Limits(length=2000)),
        Field("source_uid", "line", _l("Identifiant d’origine"),
              _l("Le nom de cet événement dans l’agenda d’où il a été importé. Il évite de l’importer deux fois."),
              group="suites", limits=Limits(length=200)),
        *_TAIL,
    ),
    outline=(
        Heading("Annonce", _l("Ce qui va se passer, pour donner envie de venir."), "announcement"),
        Heading("Préparatifs", _l("Le matériel à réunir, les choses à faire, à cocher."), "preparation"),
        Heading("Récit", _l("Comment cela s’est passé."), "report"),
        Heading("Suites", _l("Ce qui a continué après."), "next_steps"),
        Heading("Sources", _l("D’où viennent les informations."), "sources"),
    ),
)

EDITION = Kind(
    "edition", _l("édition"), _l("éditions"), _l("une édition"), "editions",
    fields=(
        _TITLE,
        _LANG,
        _tagline("optional", _l("L’esprit de cette édition, en moins de 200 caractères.")),
        Field("starts_on", "partial_date", _l("Début"),
              _l("Le premier jour, ou seulement le mois ou l’année."), need="required", group="essentiel"),
        Field("ends_on", "partial_date", _l("Fin"), _l("Le dernier jour, s’il y en a plusieurs."),
              group="essentiel"),
        Field("highlight_day", "date", _l("Temps fort"), _l("Le jour où tout le monde se retrouve.")),
        Field("scope", "line", _l("Portée"),
              _l("Par exemple : une ville, une région, le monde francophone.")),
        Field("place", "line", _l("Lieu"), _l("La ville d’abord, puis le lieu précis, s’il y en a un.")),
        _COUNTRY,
        replace(_GEO, need="optional"),
        _GEO_PRECISION,
        Field("part_of", "reference", _l("Fait partie de"), _l("L’édition plus large qui contient celle-ci."),
              group="suites", refers_to="edition", facet=True),
        Field("follows", "reference", _l("Fait suite à"), _l("L’édition précédente."), group="suites",
              refers_to="edition"),
        Field("coordinators", "mentions", _l("Qui coordonne"),
              _l("Collectifs, associations, personnes. Un nom par ligne."), need="required",
              group="essentiel"),
        _PARTNERS,
        _WEBSITE,
        _themes("optional"),
        _recipes("optional", _l("Recettes suivies"),
                 _l("Les recettes que cette édition a suivies ou fait essayer.")),
        Field("figures", "list", _l("Chiffres"),
              _l("Un chiffre par ligne, avec sa source : plus de 200 événements (Framablog, 7 oct. 2013)."),
              group="suites"),
        *_TAIL,
    ),
    outline=(
        Heading("Appel", _l("Pourquoi cette édition, et à qui elle s’adresse."), "call"),
        Heading("Comment participer", _l("Comment inscrire une initiative ou donner un coup de main."),
                "join"),
        Heading("Programme", _l("Ce qui ne se trouve pas déjà dans les événements."), "programme"),
        Heading("Bilan", _l("Ce qu’il en reste, une fois terminée."), "report"),
        Heading("Sources", _l("D’où viennent les informations."), "sources"),
    ),
)

PROJECT = Kind(
    "project", _l("fiche projet"), _l("fiches projets"), _l("une fiche projet"), "projects",
    fields=(
        _NAME,
        _LANG,
        _tagline("required", _l("Ce que fait le projet, en moins de 200 caractères.")),
        Field("holders", "mentions", _l("Qui porte le projet"),
              _l("Collectifs, associations, personnes. Un nom par ligne."), need="required",
              group="essentiel"),
        Field("started_on", "partial_date", _l("Lancement"), _l("Une année, un mois ou un jour."),
              need="advised"),
        Field("maturity", "choice", _l("Maturité"), _l("Où en est le projet aujourd’hui."), need="required",
              group="essentiel", choices=vocabulary.MATURITIES, facet=True),
        Field("territory_level", "choice", _l("Échelle du territoire"), _l("De l’immeuble au monde entier."),
              need="required", group="essentiel", choices=vocabulary.TERRITORY_LEVELS, facet=True),
        Field("place", "line", _l("Territoire"),
              _l("La ville d’abord, puis le quartier ou le lieu : Brest, Saint-Marc."), need="required",
              group="essentiel"),
        _COUNTRY,
        _GEO,
        _GEO_PRECISION,
        _AUDIENCE,
        Field("public_role", "choice", _l("Rôle de la collectivité"),
              _l("Ce que fait la mairie, le département, la région…"), choices=vocabulary.PUBLIC_ROLES,
              facet=True),
        _PARTNERS,
        Field("funding", "list", _l("Financement"),
              _l("D’où viennent l’argent et les moyens. Une source par ligne.")),
        _themes("required"),
        _TAGS,
        _recipes("advised", _l("Recettes"), _l("Les recettes que le projet utilise, ou qu’il a écrites.")),
        _WEBSITE,
        _CONTACT,
        Field("collected_on", "date", _l("Date de recueil"),
              _l("Le jour où ces informations ont été recueillies."), need="advised", group="suites"),
        *_TAIL,
    ),
    outline=(
        Heading("À propos du projet", _l("Ce que c’est, où, avec qui."), "about"),
        Heading("En quoi ce projet est-il singulier et créatif ?", _l("Ce que l’on ne voit pas ailleurs."),
                "singularity"),
        Heading("Quelle est la plus-value sociale du projet ?", _l("Ce que cela change pour les gens."),
                "social_value"),
        Heading("Quel est le potentiel de déploiement de cette initiative ?",
                _l("Ce qu’il faudrait pour le faire ailleurs."), "replicability"),
        Heading("Quel a été le facteur déclenchant de ce projet ?", _l("L’étincelle."), "trigger"),
        Heading("Quel est le modèle économique de ce projet ?", _l("De quoi vit le projet."),
                "business_model"),
        Heading("Communauté, ressource et règles", _l("Qui prend soin de quoi, et comment on décide."),
                "commons"),
        Heading("Références", _l("Pour vérifier et pour aller plus loin."), "sources"),
    ),
)

THEME = Kind(
    "theme", _l("thème"), _l("thèmes"), _l("un thème"), "themes",
    fields=(
        _NAME,
        _LANG,
        _tagline("advised", _l("De quoi il s’agit, en moins de 200 caractères.")),
        Field("synonyms", "list", _l("Synonymes"),
              _l("Les autres mots que l’on cherche pour dire la même chose. Un par ligne."), need="advised",
              group="essentiel"),
        Field("parent", "reference", _l("Thème plus large"), _l("Le thème qui contient celui-ci."),
              group="essentiel", refers_to="theme", facet=True),
        *_TAIL,
    ),
    outline=(
        Heading("Définition", _l("Ce que le mot veut dire ici."), "definition"),
        Heading("Pour aller plus loin", _l("Livres, sites, personnes."), "sources"),
    ),
)

COLLECTIVE = Kind(
    "collective", _l("collectif"), _l("collectifs"), _l("un collectif"), "collectives",
    fields=(
        _NAME,
        _LANG,
        _tagline("advised", _l("Ce que fait le collectif, en moins de 200 caractères.")),
        Field("place", "line", _l("Lieu"), _l("La ville d’abord, puis le lieu précis."), need="required",
              group="essentiel"),
        _COUNTRY,
        replace(_GEO, need="optional"),
        _GEO_PRECISION,
        Field("since", "partial_date", _l("Depuis"), _l("Une année, un mois ou un jour.")),
        Field("members", "list", _l("Membres"),
              _l("Celles et ceux qui acceptent que leur nom paraisse. Un nom par ligne.")),
        _WEBSITE,
        _CONTACT,
        _themes("optional"),
        _recipes("optional", _l("Recettes"), _l("Les recettes que le collectif pratique ou partage.")),
        *_TAIL,
    ),
    outline=(
        Heading("Qui nous sommes", _l("Comment le collectif est né, qui le compose."), "about"),
        Heading("Ce que nous faisons", _l("Vos habitudes, vos rendez-vous."), "activities"),
        Heading("Sources", _l("D’où viennent les informations."), "sources"),
    ),
)

ARTICLE = Kind(
    "article", _l("article"), _l("articles"), _l("un article"), "articles",
    fields=(
        _TITLE,
        _LANG,
        _tagline("optional", _l("De quoi parle la page, en moins de 200 caractères.")),
        _themes("optional"),
        _TAGS,
        *_TAIL,
    ),
)

KINDS: dict[str, Kind] = {
    declared.name: declared for declared in (RECIPE, EVENT, EDITION, PROJECT, THEME, COLLECTIVE, ARTICLE)
}
# Pages of these kinds are nobody who could organise something.
NOBODY = frozenset({"recipe", "event", "edition", "theme"})


def kind(name: str) -> Kind:
    """The kind called `name`. Raises NotFound."""
    try:
        return KINDS[name]
    except KeyError:
        raise NotFound(name) from None


def outline_text(kind: Kind) -> str:
    """The body offered for a new page: the headings of the outline, a blank line after each."""
    return "\n".join(f"{'#' * heading.level} {heading.title}\n" for heading in kind.outline)


def without_empty_outline(kind: Kind, body: str) -> str:
    """`body` without the headings of the outline that nobody wrote anything under; what was written stays as it is."""
    offered = {"#" * heading.level + " " + heading.title: heading.level for heading in kind.outline}
    lines = body.replace("\r\n", "\n").split("\n")
    kept: list[str] = []
    waiting: list[tuple[int, list[str]]] = []  # headings that still wait for a word under them
    for line in lines:
        level = offered.get(line.strip())
        if level is not None:
            waiting = [(above, block) for above, block in waiting if above < level]
            waiting.append((level, [line]))
        elif not line.strip() and waiting:
            waiting[-1][1].append(line)
        else:
            for _level, block in waiting:
                kept += block
            waiting = []
            kept.append(line)
    return "\n".join(kept).rstrip("\n") + "\n" if any(line.strip() for line in kept) else ""
