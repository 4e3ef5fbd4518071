"""The `wiki` command as an operator meets it: arguments in, a status and two streams out."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest

from tests.serving import Server
from wiki import cli


@dataclass(frozen=True)
class Result:
    """How a command ended."""

    status: int
    out: str
    err: str


Command = Callable[..., Result]


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("WIKI_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def wiki(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs `wiki …` in an empty folder, so that the data is in `data` there."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, typed: str = "", **environment: str) -> Result:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["wiki", *arguments])
            patch.setattr(sys, "stdin", StringIO(typed))
            for name, value in environment.items():
                patch.setenv(name, value)
            capsys.readouterr()
            with pytest.raises(SystemExit) as ended:
                cli.main()
        # Spaces that keep French signs with their words are a matter of typography, not of these tests.
        streams = (stream.replace("\u202f", " ").replace("\xa0", " ") for stream in capsys.readouterr())
        return Result(int(ended.value.code or 0), *streams)

    return run


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts servers of the wiki in `data`, and stops them after the test."""
    started: list[Server] = []

    def start(*arguments: str) -> Server:
        started.append(Server(tmp_path / "data", *arguments))
        return started[-1]

    yield start
    for server in started:
        server.kill()
