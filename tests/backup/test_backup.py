"""Backups: whole or refused, of one instant while people write, and back on either database."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import signal
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, select

from tests.conftest import PostgreSQL
from tests.crash.test_kill import RATES, Writer, command, import_pages
from tests.migrations.keep import fill
from tests.serving import Server
from wiki import accounts, backup, create_app, migrations, pages
from wiki.backup import BadBackup
from wiki.database import db, sqlite_module
from wiki.history import decode

if TYPE_CHECKING:
    from flask import Flask


def everything() -> dict[str, list[Any]]:
    """Every row of every table, as the models read them."""
    return {
        table.name: [tuple(row) for row in db.session.execute(select(table).order_by(*table.primary_key))]
        for table in db.metadata.sorted_tables
    }


@pytest.fixture
def filled(make_app: Callable[..., Flask], tmp_path: Path) -> Flask:
    """A wiki with every kind of page, versions, accounts and variants."""
    app = make_app(DATA=str(tmp_path / "full"), DATABASE_URL="")
    with app.app_context():
        fill()
        alice = accounts.named("alice")
        pages.fork(alice, "une-page-recipe", "Brest")
        # An origin that comes after the page it is one of: a link made later.
        later = pages.create(alice, pages.text_of(alice, "une-page-recipe")[1].text.replace("Une page", "Une mère"))
        pages.link(alice, "une-page-recipe", later.slug)
        db.session.commit()
    return app


def empty(make_app: Callable[..., Flask], folder: Path, **settings: Any) -> Flask:
    return make_app(DATA=str(folder), **{"DATABASE_URL": "", **settings})


def test_what_was_backed_up_comes_back_row_for_row(
    filled: Flask, make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    file = tmp_path / "a.levain"
    with filled.app_context():
        contents = backup.write(file, tmp_path / "full")
        before = everything()
    assert file.stat().st_mode & 0o777 == 0o600
    assert backup.last_made(tmp_path / "full") == contents.made_at
    assert contents.rows["page"] == len(before["page"]) > 8
    with empty(make_app, tmp_path / "back").app_context():
        assert backup.restore(file, tmp_path / "back") == contents
        assert everything() == before
        assert pages.verify() == []
        assert accounts.named("ada").role == "admin"
    assert (tmp_path / "back/secret_key").read_text() == (tmp_path / "full/secret_key").read_text()
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix) == ["a.levain"]


def test_a_wiki_moves_to_postgresql_and_back_by_a_backup(
    filled: Flask, make_app: Callable[..., Flask], tmp_path: Path, postgresql: PostgreSQL
) -> None:
    with filled.app_context():
        backup.write(tmp_path / "a", tmp_path / "full")
        before = everything()
    with postgresql.database() as url:
        app = empty(make_app, tmp_path / "elsewhere", DATABASE_URL=url)
        with app.app_context():
            backup.restore(tmp_path / "a", tmp_path / "elsewhere")
            assert everything() == before
            assert pages.verify() == []
            backup.write(tmp_path / "b", tmp_path / "elsewhere")
            pages.create(accounts.named("alice"), "# Compte plus loin\n")
            db.session.remove()
            db.engine.dispose()
    with empty(make_app, tmp_path / "home").app_context():
        backup.restore(tmp_path / "b", tmp_path / "home")
        assert everything() == before


def test_a_backup_never_takes_the_place_of_a_file(filled: Flask, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("précieux")
    with filled.app_context(), pytest.raises(BadBackup, match="existe déjà"):
        backup.write(tmp_path / "a", tmp_path / "full")
    assert (tmp_path / "a").read_text() == "précieux"


def test_a_backup_is_only_restored_where_there_is_no_wiki(filled: Flask, tmp_path: Path) -> None:
    with filled.app_context():
        backup.write(tmp_path / "a", tmp_path / "full")
        before = everything()
        with pytest.raises(BadBackup, match="déjà un wiki"):
            backup.restore(tmp_path / "a", tmp_path / "full")
        assert everything() == before


def test_a_backup_whose_bytes_changed_is_refused_or_says_the_same(filled: Flask, tmp_path: Path) -> None:
    chance = random.Random(2013)
    with filled.app_context():
        contents = backup.write(tmp_path / "a", tmp_path / "full")
        whole = (tmp_path / "a").read_bytes()
        refused = 0
        for _round in range(150):
            damaged = bytearray(whole)
            damaged[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
            (tmp_path / "b").write_bytes(damaged)
            try:
                # What is left undamaged is the names and dates that zip tells twice.
                assert backup.verify(tmp_path / "b").rows == contents.rows
            except BadBackup:
                refused += 1
        assert refused > 100
        for length in (0, 1, 22, len(whole) // 2, len(whole) - 1):
            (tmp_path / "b").write_bytes(whole[:length])
            with pytest.raises(BadBackup):
                backup.verify(tmp_path / "b")


def rewritten(file: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    """Change one part of an archive, as somebody with a zip program would."""
    with zipfile.ZipFile(file) as archive:
        parts = {found: archive.read(found) for found in archive.namelist()}
    parts[name] = change(parts[name])
    if name != "levain.json":
        listing = json.loads(parts["levain.json"])
        table = listing["tables"][Path(name).stem]
        table["sha256"], table["rows"] = hashlib.sha256(parts[name]).hexdigest(), parts[name].count(b"\n")
        parts["levain.json"] = json.dumps(listing).encode()
    with zipfile.ZipFile(file, "w") as archive:
        for found, content in parts.items():
            archive.writestr(found, content)


@pytest.mark.parametrize(
    ("part", "change", "why"),
    [
        ("levain.json", lambda text: text.replace(b'"format": 1', b'"format": 2'), "version plus récente"),
        ("levain.json", lambda text: b"[]", "ce n’est pas ce que Levain écrit"),
        ("levain.json", lambda text: text.replace(b'"revision"', b'"other"'), "manque des tables"),
        ("tables/revision.jsonl", lambda text: text.partition(b"\n")[2], "il manque la version numéro 1"),
        ("tables/revision.jsonl", lambda text: text.replace(b'"plain"', b'"zstd"', 1), "ce n’est pas"),
        ("tables/revision.jsonl", lambda text: re.sub(rb'"[0-9a-f]{64}"', b'"%064d"' % 0, text, count=1), "empreinte"),
        ("tables/revision.jsonl", lambda text: b"\n".join(text.split(b"\n")[:-1]) + b"[]\n", "est abîmée"),
    ],
)
def test_a_backup_that_was_tampered_with_is_refused_with_the_reason(
    filled: Flask, tmp_path: Path, part: str, change: Callable[[bytes], bytes], why: str
) -> None:
    with filled.app_context():
        backup.write(tmp_path / "a", tmp_path / "full")
        rewritten(tmp_path / "a", part, change)
        with pytest.raises(BadBackup, match=why):
            backup.verify(tmp_path / "a")


@pytest.mark.parametrize("part", ["tables/user.jsonl", "tables/page.jsonl", "secret_key"])
@pytest.mark.parametrize("change", [lambda text: text.partition(b"\n")[2], lambda text: text.replace(b"a", b"b", 1)])
def test_d18_a_backup_that_does_not_hold_what_was_counted_is_refused(
    filled: Flask, tmp_path: Path, part: str, change: Callable[[bytes], bytes]
) -> None:
    """A part that any zip program finds whole: of it, only what the backup says of itself tells."""
    with filled.app_context():
        backup.write(tmp_path / "a", tmp_path / "full")
        with zipfile.ZipFile(tmp_path / "a") as archive:
            parts = {found: archive.read(found) for found in archive.namelist()}
        altered = change(parts[part])
        parts[part] = altered if altered != parts[part] else parts[part] + b"0"
        with zipfile.ZipFile(tmp_path / "a", "w") as archive:
            for found, content in parts.items():
                archive.writestr(found, content)
        with pytest.raises(BadBackup, match="abîmée"):
            backup.verify(tmp_path / "a")


def test_d18_a_damaged_backup_is_restored_nowhere_and_leaves_the_place_as_it_was(
    filled: Flask, make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    with filled.app_context():
        backup.write(tmp_path / "a", tmp_path / "full")
    # Only whoever reads the whole backup finds this.
    rewritten(tmp_path / "a", "tables/revision.jsonl",
              lambda text: re.sub(rb'"[0-9a-f]{64}"', b'"%064d"' % 0, text, count=1))
    with empty(make_app, tmp_path / "back").app_context():
        migrations.upgrade()
        before = everything()
        with pytest.raises(BadBackup, match="empreinte"):
            backup.restore(tmp_path / "a", tmp_path / "back")
        assert migrations.current() == migrations.newest()
        assert everything() == before


def test_a_backup_of_a_newer_schema_is_refused_before_anything_is_touched(
    filled: Flask, make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    with filled.app_context():
        newest = migrations.newest()
        backup.write(tmp_path / "a", tmp_path / "full")
    old, new = f'"schema": "{newest}"'.encode(), b'"schema": "9999"'
    rewritten(tmp_path / "a", "levain.json", lambda text: text.replace(old, new))
    with empty(make_app, tmp_path / "back").app_context():
        with pytest.raises(migrations.SchemaMismatch, match="9999"):
            backup.restore(tmp_path / "a", tmp_path / "back")
        assert migrations.current() is None


def restored_by_a_child_that_dies(file: Path, back: Path, at: int) -> int:
    """The signal that ended a process which restores, and kills itself at its n-th statement that writes."""
    child = os.fork()
    if not child:
        with create_app({"DATA": str(back)}).app_context():
            seen = 0

            @event.listens_for(db.engine, "before_cursor_execute")
            def die(_c: Any, _u: Any, statement: str, *_rest: object) -> None:
                nonlocal seen
                seen += statement.lstrip().startswith(("INSERT", "UPDATE", "CREATE TABLE"))
                if seen == at:
                    os.kill(os.getpid(), signal.SIGKILL)

            backup.restore(file, back)
        os._exit(0)
    return os.WTERMSIG(os.waitpid(child, 0)[1])


def test_a_restoration_killed_half_way_leaves_an_empty_place_and_can_be_run_again(
    filled: Flask, make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    with filled.app_context():
        backup.write(tmp_path / "a", tmp_path / "full")
        before = everything()
    for moment in range(1, 29, 3):
        back = tmp_path / f"back-{moment}"
        assert restored_by_a_child_that_dies(tmp_path / "a", back, moment) == signal.SIGKILL
        with empty(make_app, back).app_context():
            backup.restore(tmp_path / "a", back)
            assert everything() == before


def texts(data: Path) -> dict[str, list[str]]:
    """The texts of every page of a data folder, in order."""
    database = sqlite_module().connect(str(data / "wiki.sqlite"))
    query = "select slug, codec, body from revision join page on page.id = page_id order by page_id, number"
    found: dict[str, list[str]] = {}
    for slug, codec, body in database.execute(query):
        found.setdefault(slug, []).append(decode(codec, bytes(body)))
    database.close()
    return found


def test_backups_made_while_people_save_hold_all_that_was_acknowledged_and_nothing_half(tmp_path: Path) -> None:
    data = tmp_path / "data"
    slugs = import_pages(tmp_path / "in", data)
    held: list[tuple[Path, dict[str, int], dict[str, int]]] = []
    with Server(data, **RATES) as server:
        writers = [Writer(server.address, slug, 0) for slug in slugs]
        for writer in writers:
            writer.start()
        for number in range(3):
            time.sleep(0.4)
            acknowledged = {writer.slug: writer.acknowledged for writer in writers}
            command(data, "backup", str(tmp_path / f"{number}.levain"))
            held.append((tmp_path / f"{number}.levain", acknowledged, {writer.slug: writer.sent for writer in writers}))
        assert [writer.refused for writer in writers] == [[]] * len(writers)
        server.kill()
    for writer in writers:
        writer.join(10)
    whole = texts(data)
    assert sum(map(len, whole.values())) > 3 * len(slugs)
    for file, acknowledged, sent in held:
        back = tmp_path / f"back-{file.stem}"
        command(back, "restore", str(file))
        command(back, "verify")
        restored = texts(back)
        for slug in slugs:
            count = len(restored[slug])
            assert restored[slug] == whole[slug][:count]
            assert acknowledged[slug] + 1 <= count <= sent[slug] + 1


def test_d16_what_is_saved_between_two_tables_is_in_none_of_them(
    filled: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = backup._part

    def save_meanwhile(table: str) -> str:
        with filled.app_context():
            pages.create(accounts.named("alice"), f"# Pendant {table}\n\nUn mot.\n")
        return named(table)

    with filled.app_context():
        before = {name: len(rows) for name, rows in everything().items()}
        db.session.rollback()
        # Its name is asked for when a table is begun, and again where what was written is read.
        monkeypatch.setattr(backup, "_part", save_meanwhile)
        monkeypatch.setattr(backup, "verify", lambda file: backup._contents(backup._listing(zipfile.ZipFile(file))))
        assert backup.write(tmp_path / "a", tmp_path / "full").rows == before
        assert len(everything()["page"]) > before["page"]


def test_d17_a_copy_of_the_database_is_no_backup(filled: Flask, make_app: Callable[..., Flask], tmp_path: Path) -> None:
    with filled.app_context(), empty(make_app, tmp_path / "back").app_context():
        for name in ("wiki.sqlite", "secret_key"):
            with pytest.raises(BadBackup):
                backup.verify(tmp_path / "full" / name)
            with pytest.raises(BadBackup):
                backup.restore(tmp_path / "full" / name, tmp_path / "back")
    readme = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
    assert "copying the database file of a running wiki is no backup" in " ".join(readme.split())


def test_a_full_disk_leaves_no_half_backup(filled: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with filled.app_context(), pytest.raises(OSError, match="No space"):
        backup.write(tmp_path / "a", tmp_path / "full")
    assert not [path for path in tmp_path.iterdir() if "a" in path.name and path.is_file()]
    assert backup.last_made(tmp_path / "full") is None
