"""Compressed answers: the same bytes for less, for those who take them, and never where their size could betray."""

from __future__ import annotations

import gzip
import re
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from tests.web.conftest import Wiki
from wiki.web import compression

TAKES = {"Accept-Encoding": "gzip, deflate, br"}
ASKED_HERE = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "document"}


def plain(answer: TestResponse) -> str:
    """The text of an answer, unpacked where it is packed, without its nonces and the reference of an error."""
    packed = answer.headers.get("Content-Encoding") == "gzip"
    body = gzip.decompress(answer.data) if packed else answer.data
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    return re.sub(r'nonce="[^"]+"|[0-9a-f]{8}(?=</p>)', "", body.decode())


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=5), st.binary(max_size=40))
def test_pieces_put_together_are_what_was_cut(parts: list[bytes], between: bytes) -> None:
    whole = between.join(parts)
    packed = compression.pieced([compression.piece(part) for part in parts], between, [whole])
    assert gzip.decompress(packed) == whole


@pytest.mark.parametrize("path", ["/", "/recipes", "/static/levain.css", "/nulle-part", "/changes.atom"])
def test_whoever_takes_it_gets_the_same_words_in_fewer_bytes(wiki: Wiki, path: str) -> None:
    wiki.page()
    whole = wiki.visitor().get(path, buffered=True)
    packed = wiki.visitor().get(path, headers=TAKES, buffered=True)
    assert "Content-Encoding" not in whole.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(whole.data) * 0.7
    assert plain(packed) == plain(whole)
    for answer in (whole, packed):
        assert "Accept-Encoding" in ", ".join(answer.headers.getlist("Vary"))


def test_a_ready_page_is_compressed_with_a_nonce_of_its_own_each_time(wiki: Wiki) -> None:
    slug = wiki.page()
    whole = wiki.visitor().get(f"/wiki/{slug}", buffered=True)
    answers = [wiki.visitor().get(f"/wiki/{slug}", headers=TAKES, buffered=True) for _time in range(3)]
    nonces = set()
    for answer in answers:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert plain(answer) == plain(whole)
        nonce = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
        assert nonce
        assert f'nonce="{nonce[1]}"' in gzip.decompress(answer.data).decode()
        nonces.add(nonce[1])
    assert len(nonces) == 3


def test_what_was_seen_compressed_need_not_be_sent_again(wiki: Wiki) -> None:
    slug = wiki.page()
    for path in (f"/wiki/{slug}", f"/wiki/{slug}.md", "/static/levain.css"):
        for accepts in (TAKES, {}):
            answer = wiki.visitor().get(path, headers=accepts, buffered=True)
            etag = answer.headers["ETag"]
            assert etag.startswith("W/") == ("Content-Encoding" in answer.headers), path
            again = wiki.visitor().get(path, headers={**accepts, "If-None-Match": etag}, buffered=True)
            assert (again.status_code, again.data) == (304, b""), path
            assert "Accept-Encoding" in ", ".join(again.headers.getlist("Vary")), path


@pytest.mark.parametrize("accepts", ["", "identity", "br", "gzip;q=0", "gzip; q=0, br"])
def test_who_does_not_take_it_does_not_get_it(wiki: Wiki, accepts: str) -> None:
    answer = wiki.visitor().get("/", headers={"Accept-Encoding": accepts}, buffered=True)
    assert "Content-Encoding" not in answer.headers


def test_fonts_pictures_parts_of_files_and_short_answers_go_out_as_they_are(wiki: Wiki) -> None:
    client = wiki.visitor()
    for path in ("/static/fonts/fraunces-latin.woff2", "/static/favicon.png", "/healthz"):
        with client.get(path, headers=TAKES) as answer:
            assert "Content-Encoding" not in answer.headers, path
    with client.get("/static/levain.css", headers={**TAKES, "Range": "bytes=0-3999"}) as part:
        assert (part.status_code, len(part.data)) == (206, 4000)
        assert "Content-Encoding" not in part.headers


def test_a_file_named_by_its_content_is_compressed_once(wiki: Wiki, monkeypatch: pytest.MonkeyPatch) -> None:
    address = re.search(r'href="(/static/levain.css\?v=\w+)"', wiki.visitor().get("/", buffered=True).text)
    assert address
    first = wiki.visitor().get(address[1], headers=TAKES, buffered=True)
    assert "immutable" in first.headers["Cache-Control"]
    monkeypatch.setattr(zlib, "compressobj", None)
    assert wiki.visitor().get(address[1], headers=TAKES, buffered=True).data == first.data


@pytest.mark.parametrize(
    ("asked", "smaller"),
    [
        (ASKED_HERE, True),
        ({"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "empty"}, True),
        ({"Sec-Fetch-Site": "none", "Sec-Fetch-Dest": "document"}, True),
        ({"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "image"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document"}, False),
        ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Dest": "document"}, False),
        ({}, False),
    ],
)
def test_pages_with_the_token_of_a_session_are_compressed_only_where_this_site_asked(
    wiki: Wiki, asked: dict[str, str], smaller: bool
) -> None:
    answer = wiki.visitor("ada").get("/search?q=jardin", headers={**TAKES, **asked}, buffered=True)
    assert ("Content-Encoding" in answer.headers) is smaller


def test_files_hold_no_secret_and_are_compressed_for_everybody(wiki: Wiki) -> None:
    asked = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "style"}
    answer = wiki.visitor("ada").get("/static/levain.css", headers={**TAKES, **asked}, buffered=True)
    assert answer.headers["Content-Encoding"] == "gzip"
