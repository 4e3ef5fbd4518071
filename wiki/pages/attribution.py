"""Who wrote what a page says: its own authors, and those of every page it continues or took from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wiki import history
from wiki.accounts import Actor
from wiki.pages.licences import licence_of
from wiki.pages.queries import PageInfo, by_ids, find
from wiki.pages.telling import told_to

MOST_NAMES = 50


@dataclass(frozen=True)
class Source:
    """A page whose words another holds, up to version `number`, and who wrote it. No page where it may not be read."""

    page: PageInfo | None
    number: int
    names: Sequence[str]


@dataclass(frozen=True)
class Citation:
    """Everything needed to cite a version of a page: the page first, then what it came from, nearest first."""

    page: PageInfo
    revision: history.Entry
    licence: str
    sources: Sequence[Source]

    @property
    def names(self) -> list[str]:
        """Everybody, each once."""
        return list(dict.fromkeys(name for source in self.sources for name in source.names))


def credited(page: PageInfo) -> list[str]:
    """Everybody who wrote a page or what it took, those of the page first; at most MOST_NAMES."""
    reached = history.names(history.chain(page.id, page.head_number), MOST_NAMES)
    return list(dict.fromkeys(name for names in reached.values() for name in names))[:MOST_NAMES]


def cite(actor: Actor, slug: str) -> Citation:
    """How to cite the newest version of a page. Raises Moved, NotFound."""
    page = find(actor, slug)
    head = history.read(page.id, page.head_number)
    reached = history.chain(page.id, page.head_number)
    names = history.names(reached, MOST_NAMES)
    known = by_ids(actor, reached)
    sources = [Source(known.get(page_id), number, names[page_id]) for page_id, number in reached.items()]
    return Citation(page, told_to(actor, head), licence_of(head.text), sources)
