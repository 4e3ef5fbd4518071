"""What people install: a wheel that holds everything, and runs where nothing else is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.serving import ROOT, Server

SOURCES = ("wiki", "templates", "seed_recipes", "setup.cfg", "pyproject.toml", "README.md", "LICENSE")
NOT_SHIPPED = shutil.ignore_patterns("__pycache__", "*.egg-info")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel made from a clean copy, so that nothing left over from an older build can get into it."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / "source" / name, ignore=NOT_SHIPPED)
        else:
            shutil.copy(ROOT / name, folder / "source" / name)
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder / "dist", folder / "source")
    (made,) = (folder / "dist").iterdir()
    return made


def run(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment())
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH" and not name.startswith("WIKI_")}


def shipped(folder: str) -> set[str]:
    """The files of a folder of the checkout, without what running left there."""
    return {
        path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_holds_every_file_and_no_other(wheel: Path) -> None:
    expected = shipped("wiki") | {f"wiki/{name}" for name in shipped("templates") | shipped("seed_recipes")}
    held = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert held == expected
    for name in ("wiki/templates/base.html", "wiki/seed_recipes/recipes/copy-party.md", "wiki/migrations/env.py"):
        assert name in held


def test_the_wheel_says_what_it_is_and_carries_its_licence(wheel: Path) -> None:
    names = ZipFile(wheel).namelist()
    (metadata,) = (name for name in names if name.endswith(".dist-info/METADATA"))
    text = ZipFile(wheel).read(metadata).decode()
    assert "AGPL-3.0-or-later" in text
    assert "Requires-Python: >=3.11" in text
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_an_empty_environment_serves_a_recipe_from_the_wheel(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "empty", with_pip=True)
    programs = tmp_path / "empty" / "bin"
    run(programs / "python", "-m", "pip", "install", "--quiet", wheel)
    assert run(programs / "wiki", "--version").startswith("levain-wiki ")
    (tmp_path / "elsewhere").mkdir()
    program = (str(programs / "wiki"),)
    with Server(tmp_path / "data", program=program, path="", folder=tmp_path / "elsewhere") as server:
        assert 'href="/recipes"' in server.get("/")
        assert "<h1" in server.get("/wiki/copy-party")
        assert "kind: recipe" in server.get("/wiki/copy-party.md")
        assert "Recipes" in server.get("/?lang=en")
        assert "--" in server.get("/static/levain.css")
        assert server.stop() == 0
    assert list((tmp_path / "elsewhere").iterdir()) == []
