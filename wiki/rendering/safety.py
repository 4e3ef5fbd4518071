"""What may reach a page: addresses, elements, and the one sanitiser that finished HTML goes through last."""

from __future__ import annotations

import re

import nh3

OUTWARD = "nofollow ugc noopener"

_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_IGNORED_BY_BROWSERS = re.compile("[\0-\x1f\x7f-\x9f]+")  # in or around a scheme
_SCHEME = re.compile(r"([^/?#:]*):")
_ID = re.compile(r"[sn]-[\w-]+")
_SAME_SITE = re.compile(r"/(?![/\\])[^\\\t\r\n]*")

# fmt: off
PHRASING_TAGS = frozenset({
    "a", "abbr", "b", "bdi", "br", "cite", "code", "del", "dfn", "em", "i", "img", "ins", "kbd", "mark", "q",
    "rp", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr",
})
_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
_BLOCK_TAGS = _HEADINGS | {
    "blockquote", "caption", "dd", "details", "div", "dl", "dt", "hr", "li", "ol", "p", "pre", "section",
    "summary", "table", "tbody", "td", "th", "thead", "tr", "ul",
}
# fmt: on

_ATTRIBUTES = {
    "*": {"lang"},
    "a": {"href", "title", "id", "aria-label"},
    "abbr": {"title"},
    "details": {"open"},
    "dfn": {"title"},
    "div": {"aria-label"},
    "img": {"src", "alt", "title"},
    "li": {"id"},
    "ol": {"start"},
    "section": {"aria-label"},
    "span": {"aria-label"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "time": {"datetime"},
} | {heading: {"id"} for heading in _HEADINGS}

# Attributes of which only these values pass: a text can neither borrow the page's look nor cover the page.
_VALUES = {
    "a": {"class": {"missing", "footnote", "footnote-back", "picture"}, "rel": {OUTWARD}},
    "div": {"class": {"table-scroll"}, "role": {"region"}, "tabindex": {"0"}},
    "img": {"loading": {"lazy"}},
    "li": {"class": {"task"}},
    "section": {"class": {"footnotes"}},
    "span": {"class": {"task-box", "task-box done", "step-number", "step-title", "step-when"}, "role": {"img"}},
    "td": {"class": {"align-center", "align-right"}},
    "th": {"class": {"align-center", "align-right"}, "scope": {"col", "row"}},
}


def safe_address(address: str) -> tuple[str, bool] | None:
    """`address` as it may be linked to, and whether it leads out of the wiki; None when it may not be."""
    address = _IGNORED_BY_BROWSERS.sub("", address).strip(" ").replace(" ", "%20").replace("\\", "%5C")
    scheme = _SCHEME.match(address)
    if scheme:
        return (address, True) if scheme[1].lower() in _SCHEMES else None
    return (address, address.startswith("//")) if address else None


def sanitised(html: str) -> str:
    """`html` with nothing but what a page may hold. Applied once, to finished HTML, after everything else."""
    return _PAGE_CLEANER.clean(html)


def sanitised_phrase(html: str) -> str:
    """The same for the inside of a line: no block elements, nothing with an id."""
    return _PHRASE_CLEANER.clean(html)


def _attribute(_tag: str, name: str, value: str) -> str | None:
    """No id that the page itself, or a script of it, could look for; no picture from elsewhere."""
    if name == "id":
        allowed = _ID.fullmatch(value) is not None
    elif name == "src":
        allowed = _SAME_SITE.fullmatch(value) is not None
    else:
        allowed = name != "href" or safe_address(value) is not None
    return value if allowed else None


def _cleaner(tags: frozenset[str]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=tags,
        attributes=_ATTRIBUTES,
        tag_attribute_values=_VALUES,
        attribute_filter=_attribute,
        url_schemes=_SCHEMES,
        link_rel=None,  # set by whoever writes the link: links within the wiki carry none
    )


_PAGE_CLEANER = _cleaner(PHRASING_TAGS | _BLOCK_TAGS)
_PHRASE_CLEANER = _cleaner(PHRASING_TAGS)
