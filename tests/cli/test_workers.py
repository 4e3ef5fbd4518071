"""Several processes of one wiki, as gunicorn runs them: one that dies takes nobody along."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.crash.test_kill import RATES, command
from tests.serving import ROOT, Browser

GUNICORN = (sys.executable, "-m", "gunicorn", "--workers", "2", "--worker-class", "gthread", "--threads", "4",
            "--bind", "127.0.0.1:0", "--no-control-socket", "--graceful-timeout", "1", "wiki.wsgi:app")  # fmt: skip


def indexed(browser: Browser) -> bool:
    """Whether somebody builds the search index, sooner or later."""
    for _moment in range(600):
        if browser.get("/healthz") == "ok\n":
            return True
        time.sleep(0.1)
    return False


@pytest.mark.skipif(sys.platform != "linux", reason="processes are told where Linux tells them")
@pytest.mark.parametrize("loaded", [[], ["--preload"]], ids=["by-each", "once"])
def test_d29_a_worker_that_dies_takes_nobody_along(tmp_path: Path, loaded: list[str]) -> None:
    data = tmp_path / "data"
    command(data, "upgrade")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WIKI_")}
    environment |= {**RATES, "WIKI_DATA": str(data), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen([*GUNICORN, *loaded], stderr=subprocess.PIPE, text=True, env=environment) as server:
        try:
            said = server.stderr
            assert said is not None
            address, workers = "", []
            for line in said:
                address = address or "".join(re.findall(r"http://[\d.:]+", line))
                workers += re.findall(r"Booting worker with pid: (\d+)", line)
                if len(workers) == 2:
                    break
            browser = Browser(address)
            assert browser.post("/new/article", title="Pain", body="Levain.").endswith("/wiki/pain")
            os.kill(int(workers[0]), signal.SIGKILL)
            for _ in range(5):
                assert "Levain." in browser.get("/wiki/pain")
            assert browser.post("/new/article", title="Four", body="Chaud.").endswith("/wiki/four")
            for line in said:
                if "Booting worker" in line:
                    break
            assert "Chaud." in browser.get("/wiki/four")
            assert indexed(browser)
            # Who forks workers runs no thread and holds no database: neither outlives a fork.
            master = Path(f"/proc/{server.pid}")
            assert len(list((master / "task").iterdir())) == 1
            assert not [file for file in (master / "fd").iterdir() if "wiki.sqlite" in str(file.readlink())]
        finally:
            server.send_signal(signal.SIGINT)
            server.communicate()
    command(data, "verify")
