"""Whatever stands in the address of a search: a helpful answer or a clear refusal, in every form, for bounded work."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from xml.etree import ElementTree

import pytest
from sqlalchemy import event
from werkzeug.test import TestResponse

from tests.web.conftest import Wiki
from wiki import pages
from wiki.database import db
from wiki.search.segments import Segment
from wiki.search.storage import SegmentFiles

FORMS = (
    "/search", "/search.json", "/search.csv", "/search.atom", "/events", "/events.json", "/events.csv", "/events.atom",
    "/events.ics", "/events.geojson",
)  # fmt: skip
TYPED = {
    "nothing": "",
    "blanks": " \t\n\u00a0\u202f ",
    "10,000 letters": "a" * 10_000,
    "10,000 characters in words": "mot " * 2_500,
    "2,000 different words": " ".join(f"mot{number}" for number in range(2_000)),
    "stop words": "le la les de du des et ou où à au aux the of",
    "operators": "AND OR NOT && || ! + - ~ ^ : ( ) [ ] { }",
    "only minuses": "- -- --- -\u2212 -",
    "a quote left open": '"cartopartie de',
    "quotes": '"' * 5_000,
    "guillemets": "«" * 1_000 + "»" * 1_000,
    "wildcards": "* ? *part* c?rte %carte% _ cart*",
    "a regular expression": r"(a+)+$ [a-z]{1,100000} (?:x|x)* \1 ^.*$",
    "controls": "".join(map(chr, range(32))) + "\x7f\x85\u2028 carte",
    "NUL": "carte\0partie",
    "emoji": "🍲🎉👩‍👩‍👧 👍🏽",
    "stacked marks": "z" + "\u0335" * 9_000,
    "right to left": "\u202ecartopartie\u202c שלום",
    "markup": "<script>alert(1)</script> [[lien]] {{ 7*7 }}",
    "SQL": "'; DROP TABLE page; -- ' OR 1=1",
    "field syntax": "title:carte kind=event word:en:repair",
    "apostrophes": "l'" * 3_000,
    "hyphens": "a-" * 4_000,
    "all excluded": "-carte -copie -jardin -four -brest",
    "numbers": "0 00 1e999 -1 99999999999999999999 NaN",
    "a distance nobody walks": "carte à moins de 9999 km de Paris",
    "a distance from nowhere": "carte à moins de 30 km de " + "Nulle-Part " * 50,
}
ADDRESSES = {
    "facets that do not exist": "theme=nimporte&kind=nimporte&city=Atlantide&country=ZZ&licence=mienne&month=13&nul=1",
    "a thousand values": "&".join(f"theme=t{number}" for number in range(1_000)),
    "a thousand parameters": "&".join(f"inconnu{number}=x" for number in range(1_000)),
    "a facet of 10,000 letters": "theme=" + "x" * 10_000,
    "controls in a facet": "city=%00%01%ff%ED%A0%80&recipe=%0d%0aSet-Cookie:x",
    "an empty facet": "theme=&kind=&year=&place=&from=&to=&km=&order=&when=",
    "impossible years": "year=9999&year=0000&year=20x3&year=-5&year=²⁰¹³",
    "an impossible day": "from=31/02/2012",
    "impossible days": "from=99/99/9999&to=demain",
    "a period backwards": "from=2015&to=2012",
    "the end of time": "from=0001&to=9999-12-31",
    "page 10^9": "q=carte&page=1000000000",
    "page of 5,000 digits": "q=carte&page=" + "9" * 5_000,
    "pages that are none": "page=-1&page=abc&page=1e3&page=٣",
    "everything twice": "q=a&q=b&order=title&order=oldest&when=past&when=coming&place=Paris&place=Brest&km=5&km=30",
    "unknown choices": "order=hasard&when=jamais&view=hologramme&at=2013-99&lang=xx",
    "kilometres that are none": "q=carte&place=Paris&km=-5",
    "kilometres without end": "place=Paris&km=99999999999999999999",
    "an unknown place": "place=Atlantide&km=10",
    "an unknown family": "q=carte&family=" + "x" * 5_000,
    "brackets and nonsense": "a[]=1&a[b]=2&&&=&%&q[]=carte&page[$gt]=1",
    "a script": "q=%3Cscript%3Ealert(1)%3C/script%3E&theme=%22%3E%3Cimg src=x onerror=y%3E",
}


@pytest.fixture(scope="module")
def searched(shared: Wiki) -> Wiki:
    """A wiki with an index, and something in it."""
    head = "---\nkind: event\ntitle: Cartopartie {0}\nsessions:\n  - 2012-03-0{0}\nplace: Paris\n---\n\nUne carte.\n"
    for number in range(1, 4):
        shared.write(head.format(number))
    with shared.app.app_context():
        pages.reindex()
    return shared


@contextmanager
def work(wiki: Wiki, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, int]]:
    """How many questions the database is asked, and how many lists of the index are read."""
    done = {"questions": 0, "lists": 0}

    def counting(owner: type[Any], name: str) -> None:
        true = getattr(owner, name)

        def counted(self: Any, *given: Any) -> Any:
            done["lists"] += 1
            return true(self, *given)

        monkeypatch.setattr(owner, name, counted)

    def note(_connection: Any, _cursor: Any, _statement: str, *_rest: Any) -> None:
        done["questions"] += 1

    counting(SegmentFiles, "postings")
    counting(Segment, "vector")
    with wiki.app.app_context():
        database = db.engine
    event.listen(database, "before_cursor_execute", note)
    try:
        yield done
    finally:
        event.remove(database, "before_cursor_execute", note)
        monkeypatch.undo()


def check(answer: TestResponse, address: str) -> None:
    """That an answer is one: of its kind, whole, with nothing of what was typed become markup."""
    assert answer.status_code in (200, 400, 414), address
    if answer.status_code != 200:
        assert len(answer.text) > 20
    elif address.endswith((".json", ".geojson")):
        json.loads(answer.data)
    elif address.endswith(".atom"):
        ElementTree.fromstring(answer.data)
    elif address.endswith(".csv"):
        list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    elif not address.endswith(".ics"):
        assert "<h1" in answer.text
        assert "alert(1)</script>" not in answer.text
        assert "<img src=x" not in answer.text
        assert "49" not in answer.text.split("</h1>")[1][:300]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", TYPED)
def test_whatever_is_typed_is_answered_for_bounded_work(
    searched: Wiki, name: str, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with work(searched, monkeypatch) as done:
        answer = searched.visitor().get(form, query_string={"q": TYPED[name]})
    check(answer, form)
    assert done["questions"] <= 30
    # Sixteen words, in all their forms, one by one and together: not what was typed, however much that was.
    assert done["lists"] <= 2_000


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ADDRESSES)
def test_whatever_is_chosen_is_answered_for_bounded_work(
    searched: Wiki, name: str, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with work(searched, monkeypatch) as done:
        answer = searched.visitor().get(f"{form}?{ADDRESSES[name]}")
    check(answer, form)
    assert done["questions"] <= 30
    assert done["lists"] <= 2_000


@pytest.mark.parametrize("name", TYPED)
def test_whatever_is_typed_so_far_is_answered_with_suggestions(
    searched: Wiki, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with work(searched, monkeypatch) as done:
        answer = searched.visitor().get("/search/suggestions", query_string={"q": TYPED[name]})
    check(answer, "/search/suggestions.json")
    assert done["questions"] <= 5
    assert done["lists"] <= 500


@pytest.mark.parametrize("form", [form for form in FORMS if "." in form and "geojson" not in form])
def test_other_programs_are_told_of_a_day_that_cannot_be_never_given_everything(searched: Wiki, form: str) -> None:
    answer = searched.visitor().get(f"{form}?from=31/02/2012")
    assert answer.status_code == 400
    assert "31/02/2012" in answer.text


def test_a_page_beyond_the_last_is_the_last_and_says_so(searched: Wiki) -> None:
    answer = searched.visitor().get("/search.json?q=cartopartie&page=1000000").json
    assert (answer["page"], answer["pages"]) == (1, 1)
    assert answer["total"] == len(answer["results"]) > 0
