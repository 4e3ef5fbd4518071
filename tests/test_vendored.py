"""Parts that come from elsewhere: as they were made, with their licences, in the versions the README states."""

from __future__ import annotations

import hashlib
import json
import re

import pytest

from tests.serving import ROOT
from vendoring import browser, packages

SUMS = dict(
    reversed(line.split("  "))  # type: ignore[misc]
    for line in re.findall(r"^[0-9a-f]{64}  \S+$", (browser.FOLDER / "README.md").read_text("utf-8"), re.MULTILINE)
)


def test_every_vendored_file_is_the_one_that_was_made_and_there_is_no_other() -> None:
    held = {
        path.relative_to(browser.FOLDER).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in browser.FOLDER.rglob("*")
        if path.is_file() and path != browser.FOLDER / "README.md"
    }
    assert held == SUMS
    assert set(held) == {name for part in browser.PARTS for name in part.files.values()}


@pytest.mark.parametrize("part", browser.PARTS, ids=lambda part: part.package)
def test_a_vendored_part_has_its_licence_and_its_version_is_stated(part: browser.Part) -> None:
    (licence,) = (name for name in part.files.values() if name.endswith("LICENSE"))
    assert "opyright" in (browser.FOLDER / licence).read_text("utf-8")
    version, checksum = packages.NPM[part.package]
    assert checksum.startswith("sha512-")
    stated = f"| {part.package} | {version} | {part.licence} |"
    assert stated in (browser.FOLDER / "README.md").read_text("utf-8")
    assert f"{part.package} {version}" in (ROOT / "README.md").read_text("utf-8")


def test_the_base_of_the_map_is_small_and_holds_land_borders_and_cities() -> None:
    text = (browser.FOLDER / "world" / "world.json").read_text("utf-8")
    assert len(text) < 300_000
    world = json.loads(text)
    used = {index if index >= 0 else ~index for polygon in world["land"] for ring in polygon for index in ring}
    assert used | set(world["borders"]) == set(range(len(world["lines"])))
    assert ["Paris", 48.85, 2.35] in world["cities"]


def test_vendored_scripts_point_to_no_other_file() -> None:
    for path in browser.FOLDER.rglob("*.js"):
        assert b"sourceMappingURL" not in path.read_bytes(), path.name
