"""Families of variants: pages that come from one another are one result, and count as one.

Every page that comes from another says so, and a page that others come from names itself. So whatever belongs to a
family can be told from its own row, and only those few need a closer look when families are counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping


class Families:
    """Who belongs together, by page. A page that belongs to nobody is a family of its own."""

    def __init__(self, origins: Iterable[tuple[int, int]]) -> None:
        """From (page, the page it comes from) of every page that says so."""
        above = dict(origins)
        self._roots: dict[int, int] = {}
        for page_id in above:
            self._find(page_id, above)

    def _find(self, page_id: int, above: Mapping[int, int]) -> None:
        path: dict[int, None] = {}
        at = page_id
        while at not in self._roots and at not in path:
            path[at] = None
            at = above.get(at, at)
        # A circle, which nobody should have made, belongs together all the same.
        root = self._roots.get(at, at)
        self._roots.update(dict.fromkeys(path, root))

    def root(self, page_id: int) -> int:
        """The page a family is known by: its eldest, whether that is in the index or not."""
        return self._roots.get(page_id, page_id)

    def roots(self) -> Mapping[int, int]:
        """The eldest of each page that belongs to a family."""
        return self._roots
