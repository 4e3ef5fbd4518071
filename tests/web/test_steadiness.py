"""Memory and open files stay where they are, however many requests go by."""

from __future__ import annotations

import platform

import pytest

from benchmarks.steadiness import Visitors, watched
from tests.web.conftest import Wiki


@pytest.mark.skipif(platform.system() != "Linux", reason="memory is read where Linux tells it")
def test_l09_ten_thousand_requests_leave_memory_and_open_files_where_they_were(wiki: Wiki) -> None:
    for _ in range(10):
        wiki.page()
    seen = list(watched(Visitors(wiki.app), 10_000))
    memory, files, statuses = zip(*(figures for _number, *figures in seen), strict=True)
    assert max(statuses[-1]) < 500
    assert statuses[-1][303] > 50, "some of it was written"
    # The first tenth warms up: templates, kept pages, the index.
    assert max(memory[1:]) < 1.1 * memory[0], memory
    of_index, others = zip(*files, strict=True)
    assert max(others[1:]) <= others[0], files
    # Those of the index come and go with its segments, which are few.
    assert max(of_index) < 60, files
