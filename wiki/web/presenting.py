"""How values are said: dates, sentences about changes, fields, addresses. Names templates may use."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

import segno
from babel.dates import get_month_names
from flask import Flask, request, url_for
from flask_babel import (
    format_currency,
    format_datetime,
    format_decimal,
    format_timedelta,
    get_locale,
    ngettext,
    to_user_timezone,
)
from flask_babel import gettext as _
from markupsafe import Markup

from wiki import pages, places, resources
from wiki.pages import GROUPS, KINDS, PageInfo, Reading
from wiki.rendering import french
from wiki.web import visitor, years
from wiki.web.addresses import absolute
from wiki.web.form import coordinate_pair, names_shown, proposed_place, session_rows, themes_offered
from wiki.web.places import label, map_parts, map_words
from wiki.web.prose import partition_at_sources, sections_to_edit
from wiki.web.structured import event_times
from wiki.web.voices import typeset, voiced

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Assets:
    """Addresses of static files that change with their content, so that browsers may keep them for a year."""

    def __init__(self, static: Path, templates: Path, translations: Path, said: str) -> None:
        self._marks = {
            str(path.relative_to(static)): hashlib.sha256(path.read_bytes()).hexdigest()[:10]
            for path in sorted(static.rglob("*"))
            if path.is_file()
        }
        whole = hashlib.sha256(repr(sorted(self._marks.items())).encode())
        for path in (*sorted(templates.rglob("*.html")), *sorted(translations.rglob("*.mo"))):
            whole.update(path.read_bytes())
        whole.update(said.encode())
        # Names this build of the looks: part of what identifies a page sent to a reader.
        self.build = whole.hexdigest()[:10]

    def url(self, name: str) -> str:
        """The address of a static file."""
        return url_for("static", filename=name, v=self._marks.get(name))


def init_app(app: Flask) -> None:
    """Give templates their words."""
    templates = Path(app.root_path, app.template_folder or "")
    wiki = app.config["WIKI"]
    said = repr((pages.RENDERER_VERSION, [wiki[name] for name in ("NAME", "EDITING", "TIMEZONE", "BASE_URL")]))
    assets = Assets(Path(app.static_folder or ""), templates, resources.folder("translations"), said)
    app.extensions["assets"] = assets
    app.jinja_env.globals.update(
        asset=assets.url,
        KINDS=KINDS,
        coordinate_pair=coordinate_pair,
        proposed_place=proposed_place, session_rows=session_rows,
        names_shown=names_shown, themes_offered=themes_offered,
        time_zones=places.zones,
        place_label=label,
        map_parts=map_parts,
        map_words=map_words,
        GROUPS=GROUPS,
        page_url=page_url,
        teaser=teaser,
        leaf_of=leaf,
        teasers=teasers,
        shelves=years.shelves,
        tried=years.tried,
        years_of_shelf=years.years_of_shelf,
        closed_shelf=pages.closed_shelf,
        origins_of=origins_of,
        audience_words=audience_words,
        when_words=when_words,
        may=may,
        may_restrict=may_restrict,
        sentence=sentence,
        with_page=with_page,
        here=here,
        wiki_name=app.config["WIKI"]["NAME"],
        absolute=absolute,
        licence_url=pages.LICENCE_URLS.get,
        link_key=pages.link_key,
        contents=contents,
        missing_fields=missing_fields,
        has_report=pages.has_report,
        called_off=pages.called_off,
        is_past=is_past,
        event_times=event_times,
        period=period,
        as_list=as_list,
        choice_pairs=choice_pairs,
        has_values=has_values,
        facet_value=facet_value,
        facet_options=facet_options,
        did=did,
        difference_lines=pages.difference_lines,
        count_words=count_words,
        minutes_words=minutes_words,
        cents_words=cents_words,
    )
    app.jinja_env.filters.update(
        moment=moment,
        day=day,
        field_words=pages.field_words,
        inline=inline,
        typeset=typeset, voiced=voiced,
        qr_code=qr_code,
        size_words=size_words,
        teaser=teaser,
        address=short_address,
        xml_text=xml_text,
        partition_at_sources=partition_at_sources, sections_to_edit=sections_to_edit,
    )
    app.after_request(_keep_static)


def _keep_static(response: Any) -> Any:
    if request.endpoint == "static" and response.status_code == 200 and request.args.get("v"):
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def may(action: str, page: PageInfo | None = None) -> bool:
    """Whether the visitor may do this: to decide what to show, never what to allow."""
    return pages.may(visitor.actor(), action, page)


def may_restrict(page: PageInfo) -> bool:
    """Whether the visitor decides who reads this page."""
    return pages.may_restrict(visitor.actor(), page)


def page_url(page: PageInfo) -> str:
    """The address of a page."""
    return url_for("reading.page", slug=page.slug)


def teaser(page: PageInfo) -> dict[str, Any]:
    """A page as the card and result components show it."""
    meta = [part for part in (when_words(page), page.place, audience_words(page)) if part]
    return {
        "kind": page.kind,
        "title": voiced(page.title, page),
        "url": page_url(page),
        "summary": voiced(page.summary, page),
        "meta": typeset("\u00a0· ".join(meta), page),
        "state": {
            "annule": _("annulé"), "reporte": _("reporté"), "dates": _("en partie annulé ou reporté"),
        }.get(page.called_off, ""),
        "leaf": leaf(page),
    }


def leaf(page: PageInfo) -> tuple[str, str, str] | None:
    """The first day of an event as the leaf of a calendar: day, month, year, the first two "" where unknown."""
    if page.kind not in ("event", "edition") or not page.starts_on:
        return None
    year, month, day = (*page.starts_on[:10].split("-"), "", "")[:3]
    names = get_month_names("abbreviated", locale=get_locale())
    return day.lstrip("0"), names[int(month)] if month else "", year


@lru_cache(maxsize=1_000)
def qr_code(address: str) -> Markup:
    """An address as a drawing that a telephone reads from paper; who hears the page hears the address beside it."""
    drawn = segno.make(address, micro=False).svg_inline(border=0, omitsize=True, svgclass="qr-code", lineclass=None)
    drawn = drawn.replace("<svg ", '<svg aria-hidden="true" ', 1)
    return Markup(drawn)  # noqa: S704 - drawn by the library: squares, none of the address's characters


def teasers(rows: Sequence[PageInfo]) -> list[dict[str, Any]]:
    """Pages as cards show them, variants with the page they come from."""
    origins = origins_of(rows)
    shown = []
    for page in rows:
        told = teaser(page)
        if page.id in origins:
            of_origin = _("variante de %(title)s", title=origins[page.id].title)
            told["meta"] = "\u00a0· ".join(filter(None, (told["meta"], of_origin)))
        shown.append(told)
    return shown


def origins_of(rows: Sequence[PageInfo]) -> dict[int, PageInfo]:
    """The pages these come from, as far as the visitor may read, by the id of the variant. At most one query."""
    wanted = {page.id: page.origin_id for page in rows if page.origin_id is not None}
    found = pages.by_ids(visitor.actor(), wanted.values()) if wanted else {}
    return {page_id: found[origin] for page_id, origin in wanted.items() if origin in found}


def audience_words(page: PageInfo) -> str:
    """Who may read a page, where that is not everybody."""
    return {"members": _("réservée aux membres"), "draft": _("brouillon privé")}.get(page.visibility, "")


def when_words(page: PageInfo) -> str:
    """The first day of a page as people say it, as far as it is known."""
    if not page.starts_on:
        return ""
    return pages.field_words(page.starts_on, KINDS["edition"].field("starts_on"))


def day(value: datetime) -> str:
    """A day in words."""
    return _date(value, visitor.language())


def moment(value: datetime) -> Markup:
    """A moment as people say it, exact on hover: "il y a 3 heures", then the date."""
    age = (datetime.now(value.tzinfo) - value).total_seconds()
    words = (
        _("à l’instant")
        if age < 60
        else format_timedelta(-timedelta(seconds=age), "minute", add_direction=True, threshold=1.2)
        if age < 6 * 86_400
        else _date(value, visitor.language())
    )
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        value.isoformat(timespec="seconds"), _exact(value, visitor.language()), words
    )


@lru_cache(maxsize=10_000)
def _exact(value: datetime, _language: str) -> str:
    return format_datetime(value, "d MMMM y, HH:mm:ss z")


@lru_cache(maxsize=10_000)
def _date(value: datetime, _language: str) -> str:
    return pages.day_words(to_user_timezone(value).date())


def size_words(change: int) -> str:
    """A change of size in characters, signed."""
    if change == 0:
        return _("même longueur")
    signed = ("+" if change > 0 else "−") + str(format_decimal(abs(change)))
    return ngettext("%(signed)s caractère", "%(signed)s caractères", abs(change), signed=signed)


def sentence(entry: Any, origin: str = "") -> Markup:
    """What a revision did, as a sentence that begins with its author; a hidden name leads nowhere.

    `origin` is the title of the page of origin it gave, where it may be named.
    """
    if entry.veiled and entry.hides("author"):
        return Markup("{} {}").format(_("Une personne dont le nom est masqué"), did(entry, origin))
    author = Markup('<a class="author" href="{}">{}</a>').format(
        url_for("changes.person", name=entry.author_name), entry.author_name
    )
    return Markup("{} {}").format(author, did(entry, origin))


def did(entry: Any, origin: str = "") -> str:
    """What a revision did, as the words that follow its author's name; `origin` as for `sentence`."""
    fixed = {
        "create": _("a créé la page"),
        "seed": _("a apporté cette version"),
        "import": _("a importé ce texte"),
        "restore": _("a remis une ancienne version en place"),
        "undo": _("a défait une modification"),
        "rename": _("a renommé la page"),
        "fork": _("a créé cette variante"),
        "take": _("a repris des améliorations"),
        "link": _("a relié cette page à sa page d’origine"),
        "unlink": _("a défait le lien avec la page d’origine"),
    }
    if origin and entry.action == "fork":
        return _("a créé cette variante de « %(title)s »", title=origin)
    if origin and entry.action == "link":
        return _("a relié cette page à sa page d’origine, « %(title)s »", title=origin)
    if entry.number == 1 and entry.action not in ("seed", "import", "fork"):
        # What waited before it was there says how it came: by the page it continues.
        return fixed["create" if entry.parent_id is None else "fork"]
    if entry.action in fixed:
        return fixed[entry.action]
    words = pages.changes_in_words(entry.changes, origin)
    return _("a modifié la page – %(changes)s", changes=words) if words else _("a modifié la page")


def inline(text: str, reading: Reading) -> Markup:
    """The safe inline HTML of a field's value."""
    return Markup(pages.render_inline(text, reading.targets))  # noqa: S704 - sanitised by the renderer


def here(**changed: object) -> str:
    """This very address with some of its arguments changed; None or "" takes one away, and the page starts over."""
    # Put together by hand: `url_for` would take an argument called _scheme, or like a part of the path, for its own.
    arguments = {name: value for name, value in request.args.items() if name not in ("page", "lang", "before")}
    arguments |= {name: str(value) for name, value in changed.items() if value is not None}
    query = urlencode({name: value for name, value in arguments.items() if value})
    path = url_for(request.endpoint or "reading.home", **(request.view_args or {}))
    return f"{path}?{query}" if query else path


def with_page(number: int) -> str:
    """This very address, at another page of its list."""
    return here(page=number if number > 1 else None)


@dataclass
class Heading:
    """A line of the contents, with those under it."""

    title: str
    anchor: str
    children: list[Heading] = dataclasses.field(default_factory=list)


def contents(toc: Sequence[Any]) -> list[Heading]:
    """The table of contents as a tree two levels deep; deeper headings are left to the text."""
    top: list[Heading] = []
    least = min((entry.level for entry in toc), default=2)
    for entry in toc:
        if entry.level == least or not top:
            top.append(Heading(entry.text, entry.anchor))
        elif entry.level == least + 1:
            top[-1].children.append(Heading(entry.text, entry.anchor))
    return top


def missing_fields(document: pages.Document) -> str:
    """The names of the answers a page needs and has not, as people list them."""
    return ", ".join(str(field.label).lower() for field in pages.incomplete(document) if field.need == "required")


def is_past(page: PageInfo) -> bool:
    """Whether the last day of what has a date is over, on the clocks of its place."""
    return page.past_from is not None and page.past_from <= datetime.now(UTC)


def period(start: object, end: object) -> str:
    """From one day to another, each as far as it is known: "du 6 au 20 octobre 2013"."""
    field = KINDS["edition"].field("starts_on")
    words = [pages.field_words(str(value), field) for value in (start, end) if value]
    if len(words) < 2:
        return "".join(words)
    if str(get_locale()) == "fr" and len(str(start)) == len(str(end)) == 10:
        # What both days share is said once.
        for shared in (7, 4):
            if str(start)[:shared] == str(end)[:shared]:
                words[0] = " ".join(words[0].split()[: 1 if shared == 7 else 2])
                break
    return _("du %(start)s au %(end)s", start=words[0], end=words[1])


def as_list(value: object, shown: Mapping[str, str] = MappingProxyType({})) -> list[str]:
    """A field's value as a list, whatever its type; an item that `shown` has a name for, by that name."""
    items = value if isinstance(value, list) else [value] if value and isinstance(value, str) else []
    return [shown.get(str(item), str(item)) for item in items]


def choice_pairs(field: pages.Field, held: object = "") -> list[tuple[str, str]]:
    """The choices of a field as codes and words, and what was given instead of one: it must not vanish unseen."""
    pairs = [(choice.code, str(choice.label)) for choice in field.choices]
    if isinstance(held, str) and held and held not in dict(pairs):
        pairs.append((held, held))
    return pairs


def has_values(draft: Any, fields: Sequence[pages.Field]) -> bool:
    """Whether any of these fields says something, or has a problem to show."""
    return any(draft.values.get(field.name) or draft.problem(field.name) for field in fields)


def facet_value(kind: pages.Kind, name: str, value: str, themes: Mapping[str, PageInfo]) -> str:
    """One value of a filter as people read it."""
    if name == "themes" and value in themes:
        return typeset(themes[value].title, themes[value])
    field = kind.field(name)
    if field is not None and field.choices:
        return field.label_of(value)
    return value.replace("-", " ") if field is not None and field.type in ("references", "reference") else value


def facet_options(
    kind: pages.Kind, name: str, counted: Sequence[tuple[str, int]], chosen: str | None, themes: Mapping[str, PageInfo]
) -> list[dict[str, Any]]:
    """The values of a filter, each a link that sets it, or takes it away where it is set."""
    return [
        {
            "label": facet_value(kind, name, value, themes),
            "count": count,
            "is_current": value == chosen,
            "url": here(**{name: None if value == chosen else value}),
        }
        for value, count in counted
    ]


def count_words(number: int, _currency: str = "") -> str:
    """A number of people."""
    return str(format_decimal(number))


def minutes_words(minutes: int, _currency: str = "") -> str:
    """A length of time in hours and minutes; whole days, and three of them or more, in days."""
    if minutes >= 3 * 1440 or (minutes and minutes % 1440 == 0):
        return ngettext("%(num)s jour", "%(num)s jours", round(minutes / 1440))
    hours, rest = divmod(minutes, 60)
    return french(f"{rest} min" if not hours else f"{hours} h {rest:02}" if rest else f"{hours} h")


def cents_words(cents: int, currency: str) -> str:
    """A sum of money, without cents where there are none."""
    words = format_currency(cents / 100, currency, format_type="standard")
    return re.sub(r"[.,]00(?!\d)", "", str(words))


def short_address(url: str) -> str:
    """A web address without its scheme, cut where it is long."""
    words = url.partition("://")[2].removeprefix("www.").rstrip("/")
    return words if len(words) <= 60 else words[:59] + "…"


def xml_text(text: object) -> str:
    """Text with only the characters XML 1.0 allows (https://www.w3.org/TR/xml/#charsets); what is safe stays so."""
    clean = _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", str(text))
    return Markup(clean) if isinstance(text, Markup) else clean  # noqa: S704 - it was escaped before
