"""The seed library as search documents, straight from its files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from wiki.pages import KINDS, Document, link_key, parse
from wiki.pages.projection import compute
from wiki.rendering import plain_text, sections
from wiki.search import SearchDocument, french_region

SEEDS = Path(__file__).parents[2] / "seed_recipes"

# Facets of the index, by the field of the page each comes from.
_FACETS = {
    "themes": "theme", "parent": "theme", "recipes": "recipe", "variant_of": "recipe", "related": "",
    "edition": "edition", "part_of": "edition", "country": "country", "city": "city", "format": "format",
    "license": "licence", "tags": "tag",
}
_ACTORS = ("organizers", "partners", "coordinators", "holders")
_TOPICAL = ("tags",)
_LABELS = ("organizers", "partners", "coordinators", "holders", "audience")
_TELLING = ("tagline", "summary")
_STEP = re.compile(r"^\d+[.)]\s*")


class Library:
    """A set of pages, by slug, as the index is to know them."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.slugs = sorted(texts)
        self._texts = texts
        self.documents = {slug: parse(texts[slug]) for slug in self.slugs}

    @classmethod
    def of_seeds(cls) -> Library:
        return cls({path.stem: path.read_text("utf-8") for path in sorted(SEEDS.rglob("*.md"))})

    @cached_property
    def titles(self) -> dict[str, str]:
        return {slug: document.title or slug for slug, document in self.documents.items()}

    def search_documents(self) -> Iterator[SearchDocument]:
        """Every page, numbered from 1 in the order of its slug."""
        for number, slug in enumerate(self.slugs, start=1):
            yield self.search_document(number, slug)

    def search_document(self, number: int, slug: str) -> SearchDocument:
        document = self.documents[slug]
        kind = KINDS[document.kind]
        projection = compute(self._texts[slug], slug)
        themes = _values(document, "themes")
        facets = self._facets(document, projection.facets)
        country = _first(document, "country") or ("FR" if kind.field("country") else "")
        region = french_region(*projection.position[:2]) if projection.position and country == "FR" else None
        place = ", ".join(filter(None, [_first(document, "place"), _first(document, "address"), *(region or ())]))
        if region:
            facets["region"] = [region[1]]
        related = [*_values(document, "recipes"), *_values(document, "edition"), *_values(document, "part_of")]
        dates = _values(document, "sessions") or _values(document, "starts_on")
        return SearchDocument(
            page_id=number,
            revision_id=number,
            kind=document.kind,
            title=self.titles[slug],
            language=_first(document, "lang") or "fr",
            aliases=_values(document, "synonyms"),
            headings=[*_telling(document), *self._headings(document)],
            themes=[*(self.titles.get(theme, theme.replace("-", " ")) for theme in themes), *_topical(document)],
            labels=[
                str(kind.label), _label(document, "country", country), _label(document, "format"),
                *(self.titles.get(slug, "") for slug in related),
                *(value for name in _LABELS for value in _values(document, name)),
            ],
            place=place,
            body="\n".join([*_texts(document), plain_text(document.body)]),
            starts_on=projection.columns["starts_on"] or "",
            ends_on=max((_last_day(date) for date in dates), default="") or _first(document, "ends_on"),
            facets=facets,
            latitude=projection.position[0] if projection.position else None,
            longitude=projection.position[1] if projection.position else None,
            popularity=sum(slug in _values(other, "recipes") for other in self.documents.values()),
            stands_for=(document.kind, slug) if document.kind in ("theme", "recipe", "edition", "collective") else None,
        )

    def _facets(self, document: Document, found: frozenset[tuple[str, str]]) -> dict[str, list[str]]:
        facets: dict[str, list[str]] = {}
        for field, value in sorted(found):
            if name := _FACETS.get(field):
                facets.setdefault(name, []).append(value)
        for theme in list(facets.get("theme", ())):
            facets["theme"] += [broader for broader in self._broader(theme) if broader not in facets["theme"]]
        facets["collective"] = [link_key(value) for name in _ACTORS for value in _values(document, name)]
        if document.kind in ("event", "edition", "project", "collective"):
            facets.setdefault("country", ["FR"])
        return facets

    def _broader(self, theme: str) -> Iterator[str]:
        seen = {theme}
        while (parent := _first(self.documents[theme], "parent") if theme in self.documents else "") not in seen | {""}:
            seen.add(parent)
            theme = parent
            yield parent

    def _headings(self, document: Document) -> list[str]:
        kind = KINDS[document.kind]
        found = [_STEP.sub("", section.title) for section in sections(document.body)]
        return [title for title in found if not kind.role_of(title)]


def _values(document: Document, name: str) -> Sequence[str]:
    value = document.fields.get(name, ())
    return [value] if isinstance(value, str) else list(value)


def _first(document: Document, name: str) -> str:
    return next(iter(_values(document, name)), "")


def _telling(document: Document) -> list[str]:
    return [value for name in _TELLING for value in _values(document, name)]


def _topical(document: Document) -> list[str]:
    return [value for name in _TOPICAL for value in _values(document, name)]


def _texts(document: Document) -> list[str]:
    """What the other fields say in words."""
    kind = KINDS[document.kind]
    return [
        value
        for field in kind.fields
        if field.type in ("text", "list", "line", "mentions") and field.name not in ("title", "place", *_TELLING)
        for value in _values(document, field.name)
    ]


def _label(document: Document, name: str, value: str = "") -> str:
    """A choice in words."""
    field = KINDS[document.kind].field(name)
    value = value or _first(document, name)
    return next((str(choice.label) for choice in field.choices if choice.code == value), "") if field else ""


def _last_day(session: str) -> str:
    return session.split(" ")[0].split("/")[-1].split("T")[0]
