"""The lock file holds, with hashes, a version of every part that setup.cfg asks for."""

from __future__ import annotations

import re
from configparser import ConfigParser
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent


def test_every_part_is_locked_within_its_bounds_and_with_hashes() -> None:
    settings = ConfigParser()
    settings.read(ROOT / "setup.cfg", encoding="utf-8")
    wanted = settings["options"]["install_requires"] + "".join(
        settings["options.extras_require"][name] for name in ("production", "postgresql")
    )
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = re.findall(r"^([\w.-]+)==(\S+)((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$", lock, re.MULTILINE)
    assert len(entries) == lock.count("==")
    locked = {canonicalize_name(name): version for name, version, _hashes in entries}
    for requirement in map(Requirement, filter(None, wanted.splitlines())):
        version = locked.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement.name} is not locked: run make lock"
        assert requirement.specifier.contains(version), f"{requirement} but {version} is locked: run make lock"
    assert "http" not in lock
