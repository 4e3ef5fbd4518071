"""A disk that is full, that may not be written or that does not keep what it was given: what readers and editors see.

The faults are real ones of SQLite and of the system, not errors raised in their place.
"""

from __future__ import annotations

import ctypes
import os
import platform
import random
import resource
import struct
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, update

from tests.conftest import Visitor
from tests.web.conftest import Wiki
from tests.web.routes import READABLE, WITHOUT_TRACE, WRITABLE
from tests.web.test_forged_requests import target
from wiki import pages
from wiki.accounts import Session
from wiki.database import db, now, write_transaction

# More than the free pages of any database here hold, and nothing that could be packed.
LONG = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz", k=100_000))


@contextmanager
def obeying(wiki: Wiki, pragma: str) -> Iterator[None]:
    """Every connection of the wiki obeys this, and those of later not any more."""

    def set_pragma(connection: Any, _record: object) -> None:
        connection.execute(pragma)

    with wiki.app.app_context():
        engine = db.engine
    engine.dispose()
    event.listen(engine, "connect", set_pragma)
    yield
    event.remove(engine, "connect", set_pragma)
    engine.dispose()


@contextmanager
def without_room(wiki: Wiki) -> Iterator[None]:
    with wiki.app.app_context(), db.engine.connect() as connection:
        count = connection.exec_driver_sql("PRAGMA page_count").scalar()
    with obeying(wiki, f"PRAGMA max_page_count={count}"):
        yield


@contextmanager
def with_small_files(_wiki: Wiki) -> Iterator[None]:
    """No file of this process may grow beyond a kilobyte."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


FAULTS: dict[str, Callable[[Wiki], AbstractContextManager[None]]] = {
    "full": without_room,
    "read only": lambda wiki: obeying(wiki, "PRAGMA query_only=ON"),
    "limited": with_small_files,
}  # fmt: skip


def save(client: Visitor, slug: str, token: str) -> Any:
    text = f"# {slug}\n\n{LONG}\n"
    return client.post(f"/wiki/{slug}/edit", data={"text": text, "base": "2", "csrf_token": token})


@pytest.mark.parametrize("fault", FAULTS)
def test_d22_where_nothing_can_be_kept_the_editor_gets_the_text_back_and_all_is_well_once_there_is_room(
    shared: Wiki, fault: str
) -> None:
    slug, client = shared.page(), shared.newcomer()
    token = client.csrf_token()
    before = shared.picture()
    with FAULTS[fault](shared):
        answer = save(client, slug, token)
        assert answer.status_code == 503
        assert LONG in answer.text
        assert "ne peut pas enregistrer" in answer.text
        # Who has typed goes on reading, and knows where to.
        assert "Deuxième ligne" in client.get(f"/wiki/{slug}").text
    assert shared.picture() == before
    assert save(client, slug, token).status_code == 303
    assert LONG in shared.text(slug)
    with shared.app.app_context():
        assert pages.verify() == []


def test_d22_every_page_is_read_and_no_form_breaks_where_nothing_can_be_written(
    shared: Wiki, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Compiled templates are kept in files by the tests alone.
    monkeypatch.setattr(shared.app.jinja_env, "bytecode_cache", None)
    places, client = shared.standing(), shared.newcomer()
    token = client.csrf_token()
    reading = sorted({route.path.format(**places) for route in READABLE if route.endpoint != "following.feed"})
    sendable = [(route.endpoint, *target(route, shared)) for route in WRITABLE]
    with shared.app.app_context(), write_transaction() as session:
        # Reading notes when a session was last used.
        session.execute(update(Session).values(seen_at=now() - timedelta(hours=2)))

    def statuses() -> dict[str, int]:
        found = {}
        for address in reading:
            with client.get(address) as answer:
                found[address] = answer.status_code
        return found

    before = shared.picture()
    with with_small_files(shared):
        meanwhile = statuses()
        for endpoint, address, form in sendable:
            with client.post(address, data={**form, "csrf_token": token}) as answer:
                # Some find out before they write that there is nothing to be done.
                allowed = {503} if endpoint not in WITHOUT_TRACE else {200, 303, 422, 503}
                assert answer.status_code in allowed, (endpoint, answer.status)
    assert shared.picture() == before
    assert statuses() == meanwhile
    assert max(meanwhile.values()) < 500


# -- A disk that does not keep what it was given -----------------------------------------------------------------------

# The numbers of fsync and fdatasync, of the system calls, and the mark of the machine, for the system's own filter.
SYNCS = {"x86_64": (0xC000003E, 74, 75), "aarch64": (0xC00000B7, 82, 83)}
NO_NEW_PRIVILEGES, SET_FILTER, FILTER = 38, 22, 2


def refuse_to_sync() -> bool:
    """From now on every fsync of this process fails, for good. Whether the system lets itself be asked that."""
    machine, *calls = SYNCS[platform.machine()]
    load, equal, answer = 0x20, 0x15, 0x06
    lines = [
        (load, 0, 0, 4), (equal, 0, 3, machine), (load, 0, 0, 0), (equal, 2, 0, calls[0]), (equal, 1, 0, calls[1]),
        (answer, 0, 0, 0x7FFF0000), (answer, 0, 0, 0x00050005),
    ]  # fmt: skip
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in lines))
    filters = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(lines), ctypes.addressof(program)))
    system = ctypes.CDLL(None)
    return not system.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) and not system.prctl(SET_FILTER, FILTER, filters, 0, 0)


def in_a_child(act: Callable[[], int]) -> int:
    """What an act returns (less than 256) in a process of its own."""
    child = os.fork()
    if not child:
        status = 255
        try:
            status = act()
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.skipif(platform.machine() not in SYNCS, reason="the numbers of this machine's system calls are not known")
def test_d03_no_save_is_acknowledged_that_the_disk_was_not_made_to_keep(wiki: Wiki) -> None:
    slugs = [wiki.page(), wiki.page()]
    with wiki.app.app_context():
        db.session.remove()
        db.engine.dispose()

    def saves(slug: str, refusing: bool) -> int:
        """How many of 25 saves, each begun from the newest version, were acknowledged; one more before them."""
        # A log that is begun is synced in any case: the one we watch goes on.
        assert save(wiki.visitor("alice"), slug, "").status_code == 303
        if refusing and not refuse_to_sync():
            return 254
        acknowledged, base = 0, 3
        for number in range(25):
            text = f"# {slug}\n\nLigne {number}.\n"
            answer = wiki.visitor("alice").post(f"/wiki/{slug}/edit", data={"text": text, "base": str(base)})
            assert answer.status_code in (303, 503)
            acknowledged += answer.status_code == 303
            base += answer.status_code == 303
        return acknowledged

    acknowledged = in_a_child(lambda: saves(slugs[0], refusing=True))
    if acknowledged == 254:
        pytest.skip("this system lets no process be filtered")
    assert acknowledged == 0
    assert in_a_child(lambda: saves(slugs[1], refusing=False)) == 25
