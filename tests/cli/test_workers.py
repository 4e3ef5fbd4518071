"""Several processes of one wiki, as gunicorn runs them: one that dies takes nobody along."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crash.test_kill import RATES, command
from tests.serving import ROOT, Browser

GUNICORN = (sys.executable, "-m", "gunicorn", "--workers", "2", "--worker-class", "gthread", "--threads", "4",
            "--bind", "127.0.0.1:0", "--no-control-socket", "--graceful-timeout", "1", "wiki.wsgi:app")  # fmt: skip


@pytest.mark.skipif(sys.platform != "linux", reason="processes are told where Linux tells them")
def test_d29_a_worker_that_dies_takes_nobody_along(tmp_path: Path) -> None:
    data = tmp_path / "data"
    command(data, "upgrade")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WIKI_")}
    environment |= {**RATES, "WIKI_DATA": str(data), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(GUNICORN, stderr=subprocess.PIPE, text=True, env=environment) as server:
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
        finally:
            server.send_signal(signal.SIGINT)
            server.communicate()
    command(data, "verify")
