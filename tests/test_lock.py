"""What Levain is built from: locked with hashes, above the versions known to be unsafe, listed, and asked about."""

from __future__ import annotations

import json
import os
import re
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from vendoring import sbom
from vendoring.browser import PARTS

ROOT = Path(__file__).resolve().parent.parent
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
LOCKED = dict(re.findall(r"^([\w.-]+)==(\S+)", LOCK, re.MULTILINE))
# Below these a part has a published weakness that would reach us; nh3 by the sanitiser of Rust it is built with.
FLOORS = {"flask": "3.1.3", "werkzeug": "3.1.9", "jinja2": "3.1.6", "mistune": "3.3.0", "nh3": "0.3.8"}


def test_every_part_is_locked_within_its_bounds_and_with_hashes() -> None:
    settings = ConfigParser()
    settings.read(ROOT / "setup.cfg", encoding="utf-8")
    wanted = settings["options"]["install_requires"] + "".join(
        settings["options.extras_require"][name] for name in ("production", "postgresql")
    )
    entries = re.findall(r"^([\w.-]+)==(\S+)((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$", LOCK, re.MULTILINE)
    assert len(entries) == LOCK.count("==")
    locked = {canonicalize_name(name): version for name, version, _hashes in entries}
    for requirement in map(Requirement, filter(None, wanted.splitlines())):
        version = locked.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement.name} is not locked: run make lock"
        assert requirement.specifier.contains(version), f"{requirement} but {version} is locked: run make lock"
    assert "http" not in LOCK


@pytest.mark.parametrize("part", FLOORS)
def test_o01_no_part_is_older_than_a_weakness_that_was_mended(part: str) -> None:
    settings = ConfigParser()
    settings.read(ROOT / "setup.cfg", encoding="utf-8")
    asked_for = map(Requirement, filter(None, settings["options"]["install_requires"].splitlines()))
    (asked,) = (requirement for requirement in asked_for if canonicalize_name(requirement.name) == part)
    assert Version(LOCKED[part]) >= Version(FLOORS[part])
    (least,) = (Version(one.version) for one in asked.specifier if one.operator == ">=")
    assert least >= Version(FLOORS[part]), "whoever installs without the lock is no worse off"


def test_o02_the_bill_of_materials_names_every_part_that_is_locked_or_vendored() -> None:
    assert sbom.FILE.read_text(encoding="utf-8") == sbom.bill(), "run make sbom"
    components = json.loads(sbom.bill())["components"]
    named = {(component["name"], component["version"]) for component in components}
    assert named >= set(LOCKED.items()) | {(part.package, part.version) for part in PARTS}
    assert all(component["purl"].startswith(("pkg:pypi/", "pkg:npm/")) for component in components)


def test_o02_whoever_finds_a_weakness_is_told_where_to_say_so_and_when_they_are_answered() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    for said in ("Please do not open a public issue", "privately", "**Supported versions.**", "three working days"):
        assert said in text


# What pip-audit says and its status, and whether `make audit` is content with it.
ANSWERS = {
    "nothing is known": ("No known vulnerabilities found", 0, 0, ""),
    "something is known": ("Found 2 known vulnerabilities in 1 package", 1, 2, "make lock"),
    "one thing is known, of others nothing": (
        "Found 1 known vulnerability in 1 package\nnh3 could not be audited: nh3 (0.3.8)", 1, 2, "make lock",
    ),
    "nothing was answered": (
        "Name Skip Reason\nnh3 Dependency not found on PyPI and could not be audited: nh3 (0.3.8)", 0, 2, "cannot be",
    ),
    "nobody answered": ("ERROR:pip_audit._cli:Max retries exceeded", 1, 2, "cannot be reached"),
}  # fmt: skip


@pytest.mark.parametrize("answer", ANSWERS)
def test_o01_an_audit_that_could_not_ask_is_not_taken_for_good_news(answer: str, tmp_path: Path) -> None:
    words, status, wanted, told = ANSWERS[answer]
    (tmp_path / "bin").mkdir()
    for name, lines in {"python": "exit 0", "pip-audit": f"cat <<'END'\n{words}\nEND\nexit {status}"}.items():
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{lines}\n")
        (tmp_path / "bin" / name).chmod(0o755)
    (tmp_path / ".ready-to-test").touch()
    own = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", "audit", f"VENV={tmp_path}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=own)
    assert done.returncode == wanted, done.stdout + done.stderr
    assert told in done.stdout
    assert words in done.stdout
