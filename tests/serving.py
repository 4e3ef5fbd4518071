"""A real `wiki serve` in a process of its own, for tests that talk HTTP to it or kill it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, ProxyHandler, Request, build_opener

ROOT = Path(__file__).resolve().parent.parent


class Server:
    """`wiki serve` on a free port, ready to answer; a `with` ends it. `program` is how the command is called.

    `log` is where its error stream goes, where several serve one wiki.
    """

    def __init__(
        self, data: Path, *arguments: str, program: tuple[str, ...] = (sys.executable, "-m", "wiki.cli"),
        path: str = str(ROOT), folder: Path | None = None, log: Path | None = None, **environment: str,
    ) -> None:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("WIKI_")}
        inherited["PYTHONPATH"] = path
        self.errors = (log or data.parent / "serve.log").open("w+")
        self.process = subprocess.Popen(
            [*program, "serve", "--port", "0", "--data", str(data), *arguments], stdout=subprocess.PIPE,
            stderr=self.errors, text=True, env={**inherited, **environment}, cwd=folder,
        )
        self.said = ""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if found := re.search(r"http://\S+?:\d+/", line):
                self.address = found[0].rstrip("/")
                return
        self.process.wait()
        log = self.log()
        self._ended()
        raise AssertionError(f"The server did not start: {self.said}{log}")

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_error: object) -> None:
        if self.process.poll() is None:
            self.kill()

    def log(self) -> str:
        """What the server wrote to its error stream."""
        self.errors.seek(0)
        return self.errors.read()

    def get(self, path: str = "/") -> str:
        """The text at an address of the wiki."""
        return Browser(self.address).get(path)

    def stop(self) -> int:
        """Ask the server to end, and return its status."""
        self.process.send_signal(signal.SIGTERM)
        return self._ended()

    def kill(self) -> int:
        """End the server at once, whatever it is doing."""
        self.process.kill()
        return self._ended()

    def _ended(self) -> int:
        status = self.process.wait(timeout=30)
        if self.process.stdout is not None:
            self.process.stdout.close()
        if not self.errors.closed:
            self.errors.close()
        return status


class Browser:
    """A visitor with cookies, without proxies. Raises urllib.error.HTTPError for 4xx and 5xx."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> str:
        """The text at a path."""
        with self._opener.open(self._address + path, timeout=30) as answer:
            return str(answer.read().decode())

    def post(self, path: str, **form: str) -> str:
        """Send a form, with the token of the page it stands on, and return where that led."""
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(path))
        assert token, f"{path} has no form"
        data = urlencode({**form, "csrf_token": token[1]}).encode()
        with self._opener.open(Request(self._address + path, data), timeout=30) as answer:
            answer.read()
            return str(answer.url)
