"""The index on disk: killed, cut, emptied, shared, full."""

from __future__ import annotations

import gc
import os
import random
import signal
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path

import pytest

from tests.search.conftest import LIBRARY, event, found, page
from wiki.search import IndexBusy, IndexNotWritten, IndexUnavailable, Query, WhooshEngine
from wiki.search import folder as folder_module

ROUNDS = int(os.environ.get("LEVAIN_KILLS", "6"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that holds an index of the library."""
    WhooshEngine(tmp_path / "index").rebuild(LIBRARY, last_task=1)
    return tmp_path / "index"


def segments(folder: Path) -> list[Path]:
    """The files that hold pages."""
    return sorted(folder.rglob("*.seg"))


WRITE_FOR_EVER = """
import sys
from pathlib import Path
from tests.search.conftest import page
from wiki.search import WhooshEngine

engine = WhooshEngine(Path(sys.argv[1]))
task = engine.last_task
while True:
    task += 1
    engine.index([page(1000 + task % 40, f"Numéro{task}", body="essai " * 50, revision_id=task)], last_task=task)
    print(task, flush=True)
    if task % 9 == 0:
        engine.tidy()
"""

REBUILD_FOR_EVER = """
import sys
from pathlib import Path
from tests.search.conftest import page
from wiki.search import WhooshEngine

engine = WhooshEngine(Path(sys.argv[1]))
while True:
    print("begun", flush=True)
    engine.rebuild([page(number, f"Page {number}", body="essai " * 40) for number in range(1, 300)], last_task=5)
"""


def killed(program: str, folder: Path, after: float) -> list[str]:
    """Run a program that writes until it is killed, so long after its first line; what it said."""
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(folder)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    )
    assert process.stdout
    said = [process.stdout.readline()]
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    said += process.stdout.readlines()
    process.wait()
    process.stdout.close()
    return [line.strip() for line in said]


def test_killed_at_any_moment_nothing_acknowledged_is_lost_and_no_lock_is_left(folder: Path) -> None:
    chance = random.Random(7)
    for _ in range(ROUNDS):
        acknowledged = int(killed(WRITE_FOR_EVER, folder, chance.uniform(0.0, 0.4))[-1])
        engine = WhooshEngine(folder)
        assert engine.last_task in (acknowledged, acknowledged + 1)
        assert engine.state()[1000 + acknowledged % 40] == acknowledged
        assert found(engine, f"Numéro{acknowledged}") == [1000 + acknowledged % 40]
        engine.index([page(1, "Après", revision_id=77)])
        assert engine.state()[1] == 77


def test_killed_while_rebuilding_the_old_index_or_the_new_one_is_whole(folder: Path) -> None:
    chance = random.Random(8)
    for _ in range(ROUNDS // 2):
        killed(REBUILD_FOR_EVER, folder, chance.uniform(0.0, 0.8))
        assert WhooshEngine(folder).search(Query()).total in (len(LIBRARY), 299)
    engine = WhooshEngine(folder)
    engine.rebuild(LIBRARY)
    assert engine.search(Query()).total == len(LIBRARY)
    assert len([path for path in folder.iterdir() if path.is_dir()]) == 1


def test_a_deleted_folder_is_said_at_once_and_mended_by_a_rebuild(folder: Path) -> None:
    engine = WhooshEngine(folder)
    assert engine.search(Query()).total == len(LIBRARY)
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()
    for ask in (lambda: engine.search(Query()), lambda: engine.index([page(1, "Une")]), lambda: engine.last_task):
        with pytest.raises(IndexUnavailable):
            ask()
    engine.rebuild(LIBRARY)
    assert engine.search(Query()).total == len(LIBRARY)


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _scrambled(path: Path) -> None:
    path.write_bytes(random.Random(1).randbytes(path.stat().st_size))


def _spoilt(path: Path) -> None:
    data = bytearray(path.read_bytes())
    for place in random.Random(2).sample(range(len(data)), len(data) // 20):
        data[place] ^= 0xFF
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("harm", [_emptied, _cut, _scrambled, _spoilt, Path.unlink])
@pytest.mark.parametrize("which", ["*.seg", "*.toc", "current"])
@pytest.mark.parametrize("opened", [True, False])
def test_a_damaged_index_is_said_and_mended_by_a_rebuild(folder: Path, harm, which: str, opened: bool) -> None:  # type: ignore[no-untyped-def]
    engine = WhooshEngine(folder)
    if opened:
        engine.search(Query(words="copy party"))
    for path in folder.rglob(which):
        harm(path)
    try:
        for words in ("copy party", "cartopartie accessibilité", '"copie privée"', "zzz", "grainoteque"):
            answer = engine.search(Query(words=words, counted=("theme", "city"), order="title"))
            assert answer.total <= len(LIBRARY)
        engine.suggest("co")
        engine.state()
        engine.index([page(99, "Quatre-vingt-dix-neuf")])
    except IndexUnavailable:
        pass
    else:
        # What the process had already read answers for what it can no longer read.
        assert opened or harm is _spoilt
    engine.rebuild(LIBRARY)
    assert engine.search(Query(words="copy party")).total
    assert engine.state().keys() == {document.page_id for document in LIBRARY}


def test_damage_met_by_one_is_known_to_all(folder: Path) -> None:
    finder, other = WhooshEngine(folder), WhooshEngine(folder)
    other.search(Query(words="copy"))
    for path in segments(folder):
        _scrambled(path)
    with pytest.raises(IndexUnavailable):
        finder.search(Query(words="copy"))
    with pytest.raises(IndexUnavailable):
        other.search(Query(words="copy"))


def test_a_mistake_of_ours_is_not_taken_for_damage(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = WhooshEngine(folder)
    monkeypatch.setattr("wiki.search.ranking.ranked", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        engine.search(Query())
    monkeypatch.undo()
    assert engine.search(Query()).total == len(LIBRARY)


def test_an_index_of_another_version_is_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_module, "IDENTITY", "another version")
    engine = WhooshEngine(folder)
    with pytest.raises(IndexUnavailable, match="version"):
        engine.search(Query())
    engine.rebuild(LIBRARY)
    assert engine.search(Query()).total == len(LIBRARY)


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "{}", '{"identity": 1}', '{"identity": "%s", "directory": "../x"}', "\udcff"]
)
def test_a_pointer_that_says_nothing_is_no_index(folder: Path, text: str) -> None:
    (folder / "current").write_text(text.replace("%s", folder_module.IDENTITY), errors="surrogateescape")
    with pytest.raises(IndexUnavailable):
        WhooshEngine(folder).search(Query())


def test_one_writes_at_a_time(folder: Path) -> None:
    entered, leave = threading.Event(), threading.Event()

    def slowly():  # type: ignore[no-untyped-def]
        entered.set()
        leave.wait(10)
        yield page(1, "Une")

    thread = threading.Thread(target=lambda: WhooshEngine(folder).rebuild(slowly()))
    thread.start()
    entered.wait(10)
    other = WhooshEngine(folder)
    try:
        for write in (lambda: other.index([page(2, "Deux")]), lambda: other.rebuild([]), lambda: other.delete([1])):
            with pytest.raises(IndexBusy):
                write()
        assert other.search(Query()).total == len(LIBRARY)
    finally:
        leave.set()
        thread.join()
    assert other.search(Query()).total == 1


def test_a_full_disk_is_said_and_the_index_goes_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = WhooshEngine(folder)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("wiki.search.storage.Storage.create_file", full)
    with pytest.raises(IndexNotWritten):
        engine.index([page(99, "Une de trop")])
    with pytest.raises(IndexNotWritten):
        engine.rebuild(LIBRARY)
    monkeypatch.undo()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # Whoosh forgets a file when its writer cannot be made.
        gc.collect()
    assert engine.search(Query()).total == len(LIBRARY)
    engine.index([page(99, "Une de plus")])
    assert 99 in engine.state()


def test_readers_never_stumble_while_somebody_writes(folder: Path) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITE_FOR_EVER, str(folder)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert writer.stdout
    writer.stdout.readline()
    engine = WhooshEngine(folder)
    troubles: list[BaseException] = []
    seen: list[int] = []

    def read() -> None:
        until = time.monotonic() + 1.5
        own = WhooshEngine(folder) if threading.get_ident() % 2 else engine
        try:
            while time.monotonic() < until:
                seen.append(own.last_task)
                assert own.search(Query(words="copy party", counted=("kind",))).total >= 2
                own.suggest("num")
        except BaseException as trouble:
            troubles.append(trouble)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.kill()
    writer.wait()
    writer.stdout.close()
    assert not troubles
    assert max(seen) > min(seen)


def test_many_small_commits_stay_few_segments(folder: Path) -> None:
    engine = WhooshEngine(folder, durable=False)
    for number in range(40):
        engine.index([event(200 + number, f"Fête {number}", "Brest", "2013")], last_task=number)
        while engine.tidy():
            pass
    assert len(segments(folder)) <= 10
    assert engine.search(Query(words="fête", facets={"city": ["Brest"]})).total == 40


def test_a_large_rebuild_ends_in_one_segment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_module, "_AT_ONCE", 7)
    engine = WhooshEngine(tmp_path / "index", durable=False)
    engine.rebuild((page(number, str(number), body='un four à bois ici') for number in range(1, 40)), last_task=3)
    assert len(segments(tmp_path)) == 1
    assert engine.search(Query(words='"four à bois"')).total == 39
    assert engine.last_task == 3
    assert len(engine.state()) == 39


def test_closing_lets_go_and_asking_opens_again(folder: Path) -> None:
    engine = WhooshEngine(folder)
    engine.search(Query())
    engine.close()
    assert engine.search(Query()).total == len(LIBRARY)
