"""Kill -9 at any moment: every acknowledged save is there after the restart, whole, and nothing is half there.

`LEVAIN_CRASH_ROUNDS` says how often the server is killed; the seed of the moments is in the test's output.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import threading
import time
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError

from tests.serving import ROOT, Browser, Server
from wiki import create_app, pages
from wiki.database import db, sqlite_module
from wiki.history import decode

ROUNDS = int(os.environ.get("LEVAIN_CRASH_ROUNDS", "5"))
WRITERS = 4
RATES = {"WIKI_SAVE_RATE": "1000000/minute", "WIKI_GUEST_SECONDS": "0"}
# Every line carries the number of the save, so that a text put together from two saves is seen.
LINES = 60


class Writer(threading.Thread):
    """Somebody who saves one page again and again until the server is gone, and remembers what was acknowledged."""

    def __init__(self, address: str, slug: str, start_at: int) -> None:
        super().__init__(name=slug, daemon=True)
        self.address, self.slug = address, slug
        self.acknowledged = self.sent = start_at
        self.refused: list[str] = []

    def run(self) -> None:
        browser = Browser(self.address)
        try:
            while True:
                base = re.search(r'name="base"[^>]*value="(\d+)"', browser.get(f"/wiki/{self.slug}/edit?as=text"))
                assert base
                self.sent += 1
                landed = browser.post(
                    f"/wiki/{self.slug}/edit?as=text", text=text(self.slug, self.sent), base=base[1], comment="x"
                )
                if not landed.split("?")[0].endswith(f"/wiki/{self.slug}"):
                    self.refused.append(landed)
                    return
                self.acknowledged = self.sent
        except (AssertionError, HTTPError) as error:
            self.refused.append(repr(error))
        except (OSError, HTTPException):
            return  # The server was killed.


def text(slug: str, number: int) -> str:
    lines = [f"# {slug.capitalize()}", *(f"Save {number}, line {line} 🍞." for line in range(LINES))]
    return "\n\n".join(lines) + "\n"


def import_pages(folder: Path, data: Path) -> list[str]:
    slugs = [f"page-{writer}" for writer in range(WRITERS)]
    folder.mkdir()
    for slug in slugs:
        (folder / f"{slug}.md").write_text(text(slug, 0))
    command(data, "import", str(folder))
    return slugs


def begin(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "wiki.cli", *arguments], env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )


def command(data: Path, *arguments: str) -> None:
    done = begin(*arguments, "--data", str(data))
    assert done.wait() == 0


def verify(data: Path) -> None:
    """What `wiki verify` does, without a process for it."""
    app = create_app({"DATA": str(data)})
    with app.app_context():
        assert pages.verify() == []
        db.session.remove()
        db.engine.dispose()


def chance() -> random.Random:
    seed = int(os.environ.get("LEVAIN_CRASH_SEED", time.time_ns()))
    print(f"LEVAIN_CRASH_SEED={seed}")
    return random.Random(seed)


def stored(data: Path, slug: str) -> list[str]:
    """The texts of a page's revisions, in order."""
    database = sqlite_module().connect(str(data / "wiki.sqlite"))
    query = "select codec, body from revision join page on page.id = page_id where slug = ? order by number"
    rows = database.execute(query, (slug,)).fetchall()
    database.close()
    return [decode(codec, bytes(body)) for codec, body in rows]


def test_every_acknowledged_save_survives_a_kill(tmp_path: Path) -> None:
    moments = chance()
    data = tmp_path / "data"
    slugs = import_pages(tmp_path / "in", data)
    last = dict.fromkeys(slugs, 0)
    for _round in range(ROUNDS):
        with Server(data, **RATES) as server:
            writers = [Writer(server.address, slug, last[slug]) for slug in slugs]
            for writer in writers:
                writer.start()
            moment = moments.uniform(0, 0.7)
            while any(writer.acknowledged == last[writer.slug] and writer.is_alive() for writer in writers):
                time.sleep(0.01)
            time.sleep(moment)
        for writer in writers:
            writer.join(timeout=30)
            assert not writer.refused, writer.refused
            texts = stored(data, writer.slug)
            # One more than acknowledged may be there, whole: it was stored and the answer was lost.
            kept = [text(writer.slug, number) for number in range(writer.acknowledged + 1)]
            assert texts[: len(kept)] == kept
            assert texts[len(kept) :] in ([], [text(writer.slug, writer.acknowledged + 1)])
            last[writer.slug] = len(texts) - 1
        verify(data)
    assert min(last.values()) >= ROUNDS
    print(f"{sum(last.values())} saves in {ROUNDS} rounds")


def test_a_first_start_killed_at_any_moment_is_completed_by_the_next(tmp_path: Path) -> None:
    moments = chance()
    data = tmp_path / "data"
    for _round in range(2):
        starting = begin("serve", "--port", "0", "--data", str(data))
        time.sleep(moments.uniform(0.6, 2.5))
        starting.kill()
        starting.wait()
    with Server(data) as server:
        assert "kind: recipe" in server.get("/wiki/copy-party.md")
    verify(data)
    seeds = {path.stem for path in (ROOT / "seed_recipes").rglob("*.md")}
    command(data, "export", str(tmp_path / "out"))
    assert {path.stem for path in (tmp_path / "out").iterdir()} == seeds


def test_an_import_killed_half_way_is_completed_by_the_next(tmp_path: Path) -> None:
    data, folder = tmp_path / "data", tmp_path / "in"
    folder.mkdir()
    for number in range(100):
        (folder / f"page-{number}.md").write_text(text(f"page-{number}", number))
    command(data, "upgrade")
    importing = begin("import", str(folder), "--data", str(data))
    time.sleep(chance().uniform(0.8, 2.5))
    importing.kill()
    importing.wait()
    verify(data)
    command(data, "import", str(folder))
    command(data, "export", str(tmp_path / "out"))
    assert {path.name: path.read_text() for path in (tmp_path / "out").iterdir()} == {
        path.name: path.read_text() for path in folder.iterdir()
    }
