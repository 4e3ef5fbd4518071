"""What is being said now: kinds, the text form, the verbs that write and the finders that read.

    fields kinds frontmatter textform   what a page can say, and how it is written          (no database)
    models projection                   tables, and what is computed from a page's text
    queries reading presence            finding and opening; every finder takes the actor
    editing comparison                  the verbs, and what they show when a person must choose
    seeds upkeep                        the library a wiki starts with; rebuilding and checking
"""

from wiki.history import Entry, Text, authors, history
from wiki.pages.comparison import (
    Comparison,
    Passage,
    blame,
    changes_in_words,
    chosen,
    compare,
    field_words,
    passages,
    reopen,
)
from wiki.pages.editing import (
    AlreadyExists,
    Conflict,
    Saved,
    archive,
    base_revision,
    create,
    protect,
    rename,
    restore,
    save,
    section_text,
    settle,
    summarise,
    unarchive,
    undo,
    with_section,
)
from wiki.pages.fields import DEFAULT_LICENCE, DEFAULT_ZONE, LICENCE_URLS, Field, Session
from wiki.pages.kinds import GROUPS, KINDS, Kind, outline_text
from wiki.pages.presence import note_presence, present
from wiki.pages.queries import (
    Change,
    Listing,
    Naming,
    PageInfo,
    by_ids,
    changes,
    counts,
    facet_counts,
    find,
    linking_here,
    listing,
    newest,
    orphans,
    search,
    suggestions,
    titles,
    wanted,
)
from wiki.pages.reading import Reading, open_found, open_page, open_revision, page_exists, preview, text_of
from wiki.pages.textform import Document, assemble, canonical, incomplete, parse, serialize, typed
from wiki.permissions import may, require
from wiki.rendering import RENDERER_VERSION, link_key, render_inline

__all__ = [
    "DEFAULT_LICENCE", "DEFAULT_ZONE", "GROUPS", "KINDS", "LICENCE_URLS", "RENDERER_VERSION", "AlreadyExists", "Change",
    "Comparison", "Conflict", "Document", "Entry", "Field", "Kind", "Listing", "Naming", "PageInfo", "Passage", "Reading",
    "Saved", "Session", "Text", "archive", "assemble", "authors", "base_revision", "blame", "by_ids", "canonical",
    "changes", "changes_in_words", "chosen", "compare", "counts", "create", "facet_counts", "field_words", "find",
    "history", "incomplete", "link_key", "linking_here", "listing", "may", "newest", "note_presence", "open_found",
    "open_page", "open_revision", "orphans", "outline_text", "page_exists", "parse", "passages", "present", "preview",
    "protect", "rename", "render_inline", "reopen", "require", "restore", "save", "search", "section_text", "serialize",
    "settle", "suggestions", "summarise", "text_of", "titles", "typed", "unarchive", "undo", "wanted", "with_section",
]
