"""How soon a server that was killed while people wrote answers again.

    python -m benchmarks.restart --data DIR [--rounds 5]

Kills `wiki serve` in the middle of saves, starts it again, and asks for a page; DIR is written to. Prints, for each
start, the seconds until it listens and until the first page is there, by the clock, and the processor seconds it took
until then: what the same start takes on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from http.cookiejar import CookieJar
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener

WRITING = 3.0
SETTINGS = {"WIKI_SAVE_RATE": "1000000/minute", "WIKI_GUEST_SECONDS": "0", "WIKI_NEWCOMER_LINKS": "1000"}


@dataclass(frozen=True)
class Start:
    """Seconds of the clock until the server listened and had answered, and of the processor until then."""

    listening: float
    answered: float
    processor: float


class Server:
    """`wiki serve` on a free port."""

    def __init__(self, data: Path) -> None:
        self._began = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "wiki.cli", "serve", "--port", "0", "--data", str(data)],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**os.environ, **SETTINGS},
        )  # fmt: skip
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if found := re.search(r"http://\S+?:\d+", line):
                self.address = found[0]
                break
        else:
            raise SystemExit("The server did not start.")
        self._listening = time.monotonic() - self._began

    def first_page(self) -> Start:
        """Ask for the front page and say how long all took."""
        visitor(self.address, "/")
        ticks = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        processor = sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
        return Start(self._listening, time.monotonic() - self._began, processor)

    def kill(self) -> None:
        """End it at once."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


def visitor(address: str, path: str, form: dict[str, str] | None = None) -> str:
    """What a visitor without an account is answered; a form is sent with the token of its page."""
    opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))
    with opener.open(address + path, timeout=120) as answer:
        page = answer.read().decode()
    if form is None:
        return str(page)
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, f"{path} has no form"
    with opener.open(address + path, urlencode({**form, "csrf_token": found[1]}).encode(), timeout=120) as answer:
        return str(answer.read().decode())


def write(address: str, name: str) -> None:
    """Make page after page until the server is gone."""
    with suppress(OSError, HTTPException):
        for number in range(1_000_000):
            text = f"# {name} {number}\n\n" + "Un jardin, une fête, une carte. " * 40
            visitor(address, "/new/article?as=text", {"text": text, "comment": "essai"})


def measured(data: Path, rounds: int) -> list[Start]:
    """One start after each of so many kills."""
    starts = []
    server = Server(data)
    for number in range(rounds):
        names = [f"Essai {time.time_ns()} {number} {writer}" for writer in range(3)]
        writers = [Thread(target=write, args=(server.address, name), daemon=True) for name in names]
        for writer in writers:
            writer.start()
        time.sleep(WRITING)
        server.kill()
        for writer in writers:
            writer.join()
        server = Server(data)
        starts.append(server.first_page())
    server.kill()
    return starts


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the wiki named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(arguments)
    print(f"{'listens':>9}{'answered':>10}{'processor':>11}")
    for start in measured(options.data, options.rounds):
        print(f"{start.listening:9.1f}{start.answered:10.1f}{start.processor:11.1f}")


if __name__ == "__main__":
    main()
