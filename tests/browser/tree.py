"""A page as a screen reader hears it: Chromium's own accessibility tree, and what in it would leave somebody lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import urldefrag

from playwright.sync_api import Page

LANDMARKS = {"banner", "complementary", "contentinfo", "main", "navigation", "region", "search"}
OWN_PARTS = {"Date", "DateTime", "InputTime"}
FIELDS = {"checkbox", "combobox", "listbox", "radio", "searchbox", "slider", "spinbutton", "textbox"}


@dataclass(frozen=True)
class Node:
    """What is said of one part of a page; `parts` are the roles and names it lies in, the nearest last."""

    role: str
    name: str
    properties: dict[str, Any]
    parts: tuple[tuple[str, str], ...]


def read(page: Page) -> list[Node]:
    """The parts of the page that is open, in the order they are read."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    known = {node["nodeId"]: node for node in nodes}
    found: list[Node] = []

    def walk(node: dict[str, Any], parts: tuple[tuple[str, str], ...]) -> None:
        if not node.get("ignored"):
            if parts and parts[-1][0] in OWN_PARTS:
                return  # what the browser adds to a field of its own: its words, not ours
            role, name = (" ".join(str(node.get(key, {}).get("value", "")).split()) for key in ("role", "name"))
            properties = {one["name"]: one["value"].get("value") for one in node.get("properties", ())}
            found.append(Node(role, name, properties, parts))
            parts = (*parts, (role, name))
        for child in node.get("childIds", ()):
            if child in known:
                walk(known[child], parts)

    walk(nodes[0], ())
    return found


def lost(nodes: list[Node]) -> list[str]:
    """What would leave a reader of this page lost, in sentences."""
    return [sentence for rule in (_headings, _landmarks, _links, _buttons, _named) for sentence in rule(nodes)]


def _headings(nodes: list[Node]) -> Iterator[str]:
    headings = [(node.properties["level"], node.name) for node in nodes if node.role == "heading"]
    if [level for level, _name in headings].count(1) != 1:
        yield f"not one heading of the first level: {headings}"
    for (before, above), (level, name) in pairwise(headings):
        if level > before + 1:
            yield f"from “{above}” ({before}) to “{name}” ({level}) a level is skipped"


def _landmarks(nodes: list[Node]) -> Iterator[str]:
    marks = [(node.role, node.name) for node in nodes if node.role in LANDMARKS]
    for role in ("banner", "main", "contentinfo"):
        if [mark for mark, _name in marks].count(role) != 1:
            yield f"not one {role}"
    for mark in {mark for mark in marks if marks.count(mark) > 1}:
        yield f"two landmarks go by {mark}"


def _links(nodes: list[Node]) -> Iterator[str]:
    """Two links of one name lead to one place, wherever on the page they stand. Samples lead nowhere (#)."""
    places = defaultdict(set)
    for node in nodes:
        address = str(node.properties.get("url", ""))
        if node.role == "link" and not address.endswith("#"):
            places[node.name].add(urldefrag(address)[0])
    for name, addresses in places.items():
        if len(addresses) > 1:
            yield f"links called “{name}” lead to {sorted(addresses)}"


GROUPS = {"group", "form", "region", "search"}


def _buttons(nodes: list[Node]) -> Iterator[str]:
    """Two buttons of one name stand in groups that tell them apart."""
    seen = set()
    for node in nodes:
        if node.role == "button":
            group = next((part for part in reversed(node.parts) if part[0] in GROUPS and any(part[1:])), ("", ""))
            if (node.name, group) in seen:
                yield f"two buttons are called “{node.name}”"
            seen.add((node.name, group))


def _named(nodes: list[Node]) -> Iterator[str]:
    for node in nodes:
        if node.role == "table" and node.parts[-1][0] == "region":
            continue  # called by the region it scrolls in
        if node.role in FIELDS | {"button", "link", "image", "table", "dialog"} and not node.name:
            yield f"a {node.role} without a name in {node.parts[-3:]}"
