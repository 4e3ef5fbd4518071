"""Texts that remember: revisions, their comparison, their merge. Knows nothing of recipes."""

from wiki.history.diff import Hunk, Row, SectionChange, Span, blame, compare, compare_words, section_changes
from wiki.history.merge import Chunk, joined, merge3, resolve
from wiki.history.models import Revision, decode
from wiki.history.outline import split_lines
from wiki.history.revisions import (
    Entry,
    Text,
    append,
    authors,
    count,
    history,
    read,
    read_by_id,
    texts,
)

__all__ = [
    "Chunk",
    "Entry",
    "Hunk",
    "Revision",
    "Row",
    "SectionChange",
    "Span",
    "Text",
    "append",
    "authors",
    "blame",
    "compare",
    "compare_words",
    "count",
    "decode",
    "history",
    "joined",
    "merge3",
    "read",
    "read_by_id",
    "resolve",
    "section_changes",
    "split_lines",
    "texts",
]
