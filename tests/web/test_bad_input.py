"""Whatever anybody types or asks for: a clear answer in their language, nothing lost, never an error of ours."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from werkzeug.test import TestResponse

from tests.web.conftest import Wiki

LANGUAGES = ("fr", "en")


@pytest.fixture(autouse=True, scope="module")
def open_forms(shared: Wiki) -> None:
    """What is tried here is what is typed; tokens have tests of their own."""
    shared.app.config["WTF_CSRF_ENABLED"] = False


def problems(answer: TestResponse) -> list[str]:
    """The problems told at the top of the form."""
    found = re.search(r'<div class="error-summary".*?<ul>(.*?)</ul>', answer.text, re.DOTALL)
    listed = re.findall(r"<li>(.*?)</li>", found[1], re.DOTALL) if found else []
    return [unescape(re.sub(r"<[^>]+>", "", line)).strip() for line in listed]


def plain(text: str) -> str:
    return re.sub("[\u00a0\u202f]", " ", text)


def kept(answer: TestResponse) -> str:
    """Everything that stands in the inputs of the answer."""
    areas = re.findall(r"<textarea[^>]*>\n?(.*?)</textarea>", answer.text, re.DOTALL)
    return unescape("\n".join(areas + re.findall(r'<input[^>]*\bvalue="([^"]*)"', answer.text)))


# -- Titles -------------------------------------------------

TITLES = {
    "empty": "", "blank": "   \t ", "invisible": "\u200b\u200d\u2060", "punctuation": "?!… — «»",
    "very long": "é" * 10_000,
    "a little too long": "a" * 121, "control": "Pain\x07noir", "NUL": "Pain\x00noir", "escape": "\x1b[31mPain",
    "override": "Pain\u202enoir", "isolate": "\u2066Pain\u2069", "mark": "\u200fPain", "mixed alphabets": "Pаin noir",
    "surrogate": b"Pain\xed\xa0\x80", "bytes that are no text": b"Pain\xff\xfe",
}  # fmt: skip
MENDED = {"bytes that are no text", "surrogate"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", TITLES)
def test_a_title_that_is_none_is_refused_with_a_reason_and_the_text_kept(
    shared: Wiki, name: str, language: str
) -> None:
    form = {"title": TITLES[name], "body": "Tout ce que j’ai écrit."}
    before = shared.picture()
    answer = shared.visitor().post("/new/recipe", data=form, headers={"Accept-Language": language})
    if name in MENDED:
        assert answer.status_code in (303, 409, 422)
        return
    assert answer.status_code == 422
    assert problems(answer)
    assert "Tout ce que j’ai écrit." in kept(answer)
    assert shared.picture() == before
    assert f'<html lang="{language}">' in answer.text


@pytest.mark.parametrize(
    "title", ["Copy party", "COPY PARTY", "Cópy‑pàrty", "copy_party", " copy   party ", "Copy party.", "ｃｏｐｙ party"]
)
def test_a_title_that_only_looks_different_is_told_to_exist(wiki: Wiki, title: str) -> None:
    wiki.write("# Copy party\n")
    answer = wiki.visitor().post("/new/recipe", data={"title": title, "body": "Mon texte."})
    assert answer.status_code == 409
    assert 'href="/wiki/copy-party"' in answer.text
    assert "Mon texte." in kept(answer)


@pytest.mark.parametrize(
    "title",
    ["<b>gras</b>", "{{ 7*7 }}", "a' OR 1=1 --", "../../etc/passwd", "C++ & C#", "100 %", "🥖 pain", "نص", "日本"],
)
def test_an_odd_title_is_a_title(wiki: Wiki, title: str) -> None:
    answer = wiki.visitor().post("/new/article", data={"title": title, "body": "Texte."})
    assert answer.status_code == 303
    page = wiki.visitor().get(answer.headers["Location"])
    assert page.status_code == 200
    assert plain(unescape(re.findall(r"<h1>(.*?)</h1>", page.text)[0])) == title
    for path in ("/", "/articles", "/changes", "/changes.atom", "/pages"):
        assert wiki.visitor().get(path).status_code == 200
        assert "<b>gras" not in wiki.visitor().get(path).text


# -- Whole texts -------------------------------------------------

# Front matter nobody can read, and the line that is to blame.
FRONT_MATTER = {
    "never closed": ("---\ntitle: x\n", 1),
    "a colon too many": ("---\ntitle: a: b\n---\n", 2),
    "a list where a mapping goes": ("---\n- a\n- b\n---\n", 2),
    "a stray indent": ("---\ntitle: x\n  kind: y\n---\n", 3),
    "a tab": ("---\ntitle: x\n\tkind: y\n---\n", 3),
    "a quote never closed": ('---\ntitle: "x\n---\n', None),
    "a bracket never closed": ("---\ntitle: x\nthemes: [a, b\n---\n", None),
    "an anchor": ("---\ntitle: &a x\n---\n", 2),
    "an alias": ("---\ntitle: x\nthemes: *a\n---\n", 3),
    "a tag that builds": ("---\ntitle: !!python/object/apply:os.system ['id']\n---\n", 2),
    "a key given twice": ("---\ntitle: x\ntitle: y\n---\n", 3),
    "a list of lists": ("---\nkind: recipe\ntitle: x\nthemes:\n  - - a\n---\n", 4),
    "nesting without end": ("---\ntitle: x\nz: " + "[" * 60 + "]" * 60 + "\n---\n", 3),
    "an unknown kind": ("---\nkind: zut\ntitle: x\n---\n", 2),
    "a kind that is a list": ("---\nkind:\n  - recipe\n  - event\ntitle: x\n---\n", 2),
    "a day that is none": ("---\nkind: event\ntitle: x\nsessions:\n  - 2013-02-30\n---\n", 5),
    "a place off the earth": ("---\nkind: event\ntitle: x\ngeo: 91, 2\n---\n", 4),
    "a choice that is none": ("---\nkind: recipe\ntitle: x\ndifficulty: 6\n---\n", 4),
    "an address that runs": ("---\nkind: collective\ntitle: x\nwebsite: javascript:alert(1)\n---\n", 4),
    "a control character": ("---\ntitle: x\n---\n\nTexte\x07.\n", 5),
    "a NUL": ("# Titre\n\nTex\x00te.\n", 3),
    "two documents": ("---\ntitle: x\n--- \n---\n", None),
}  # fmt: skip


@pytest.mark.parametrize("name", FRONT_MATTER)
def test_a_text_nobody_can_read_is_refused_with_its_line_and_reason_and_comes_back(shared: Wiki, name: str) -> None:
    text, line = FRONT_MATTER[name]
    slug = shared.page()
    before = shared.picture()
    told = {}
    for language in LANGUAGES:
        for path, form in [("/new/article", {"text": text}), (f"/wiki/{slug}/edit", {"text": text, "base": "2"})]:
            answer = shared.visitor("bob").post(path, data=form, headers={"Accept-Language": language})
            if name == "two documents" and answer.status_code == 303:
                return
            assert answer.status_code == 422, path
            told[language] = problems(answer)
            assert told[language], path
            if line is not None:
                where = {"fr": f"Ligne {line} :", "en": f"Line {line}:"}[language]
                assert any(plain(problem).startswith(where) for problem in told[language]), told
            assert text.replace("\x00", "\ufffd").strip() in kept(answer).replace("\x00", "\ufffd"), path
    assert told["fr"] != told["en"], "said in one language only"
    assert shared.picture() == before


@pytest.mark.parametrize("action", ["save", "preview", "changes", "form"])
def test_a_text_above_the_limit_is_refused_naming_the_limit_and_comes_back(
    make_wiki: Callable[..., Wiki], action: str
) -> None:
    wiki = make_wiki(MAX_TEXT=5000)
    slug = wiki.page("Titre")
    text = "# Titre\n\n" + "Une ligne de plus.\n" * 400
    answer = wiki.visitor("bob").post(f"/wiki/{slug}/edit", data={"text": text, "base": "2", "action": action})
    assert answer.status_code in (413, 422)
    assert "5000" in re.sub("[\u00a0\u202f ]", "", " ".join(problems(answer)))
    assert text in kept(answer)
    assert "Deuxième" in wiki.text(slug)


def test_a_request_above_the_limit_is_refused_naming_the_limit(make_wiki: Callable[..., Wiki]) -> None:
    wiki = make_wiki(MAX_REQUEST=50_000)
    slug = wiki.page("Titre")
    for path in (f"/wiki/{slug}/edit", "/new/article", "/preview", "/login"):
        for language in LANGUAGES:
            answer = wiki.visitor("bob").post(path, data={"text": "x" * 60_000}, headers={"Accept-Language": language})
            assert answer.status_code == 413
            assert "50" in answer.text.partition("<main")[2]
            assert f'<html lang="{language}">' in answer.text
    assert "Deuxième" in wiki.text(slug)


def test_many_fields_and_many_lines_are_answered(shared: Wiki) -> None:
    slug = shared.page()
    for data in (
        {f"field-{number}": "x" for number in range(900)},
        {"themes": ["x"] * 900, "base": "2", "title": "x"},
        {"text": "# Titre\n" + "\n".join(f"[[page {number}]]" for number in range(5000)), "base": "2"},
        {"text": "# Titre\n" + "\n" * 100_000, "base": "2"},
    ):
        answer = shared.visitor("bob").post(f"/wiki/{slug}/edit", data=data)
        assert answer.status_code < 500
    assert shared.visitor().get(f"/wiki/{slug}").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        "a\r\nb\r\n",
        "a\rb\r",
        "a\u2028b\u2029c",
        "a\u0085b",
        "e\u0301",
        "\ufeffa",
        "a\u200bb",
        "\u202ea",
        "𝒜🥖",
        "a\tb  \n\n\n\nc",
    ],
)
def test_odd_characters_are_kept_or_refused_and_never_break_a_page(shared: Wiki, body: str) -> None:
    slug = shared.page()
    client = shared.visitor("bob")
    title = shared.text(slug).partition("\n")[0]
    answer = client.post(f"/wiki/{slug}/edit", data={"text": f"{title}\n\n{body}", "base": "2"})
    assert answer.status_code in (303, 422)
    for path in ("", "/edit", "/edit?as=text", ".md", ".json", "/history", "/authors", "/diff/1..2"):
        assert client.get(f"/wiki/{slug}{path}").status_code == 200, path
    assert "\r" not in shared.text(slug)


EVERY_FIELD = [
    "base",
    "comment",
    "minor",
    "action",
    "text",
    "body",
    "section",
    "title",
    "themes",
    "sessions",
    "mine",
    "head",
]
ODD = [
    "",
    "\x00",
    "\ud800",
    b"\xff\xfe\xed\xa0\x80",
    "\u202e",
    "\r\n\r\n",
    "'\"<>&;`",
    "{{7*7}}",
    "%s%n%x",
    "9" * 400,
    "🥖" * 300,
]


@pytest.mark.parametrize("name", EVERY_FIELD)
def test_no_field_of_a_form_breaks_an_answer(shared: Wiki, name: str) -> None:
    slug = shared.page()
    client = shared.visitor("bob")
    for odd in ODD:
        value = odd.encode("utf-8", "surrogatepass") if isinstance(odd, str) else odd
        for path in (f"/wiki/{slug}/settle",) if name in ("mine", "head") else (f"/wiki/{slug}/edit", "/new/event"):
            form = {"base": "2", "head": "2", "mine": "# Titre\n", "title": "Titre", name: value}
            answer = client.post(path, data=form)
            assert answer.status_code < 500, (path, odd)
    assert client.get(f"/wiki/{slug}").status_code == 200


@pytest.mark.parametrize(
    "more",
    [
        {"content_type": "application/json", "data": '{"text": "x"}'},
        {"content_type": "text/plain", "data": "text=x"},
        {"content_type": "multipart/form-data", "data": b"--x\r\n\r\n"},
        {
            "content_type": "multipart/form-data; boundary=x",
            "data": b"--x\r\nContent-Disposition: form-data; name=\xff\r\n\r\ny",
        },
        {"content_type": "multipart/form-data; boundary=" + "x" * 500, "data": b"--x--"},
        {"content_type": "application/x-www-form-urlencoded; charset=utf-16", "data": b"text=\xff\xfex"},
        {"content_type": "application/x-www-form-urlencoded", "data": b"&&&=;%%%=%zz&text=%"},
        {"content_type": "", "data": b"\x00" * 100},
        {"headers": {"Content-Length": "-5"}},
        {"headers": {"Content-Length": "abc"}},
    ],
    ids=lambda value: str(value)[:60],
)
def test_no_body_of_a_request_breaks_an_answer(shared: Wiki, more: dict[str, object]) -> None:
    slug = shared.page()
    for path in (f"/wiki/{slug}/edit", "/new/article", "/login", f"/wiki/{slug}/presence", f"/wiki/{slug}/protect"):
        assert shared.visitor("mona").post(path, **more).status_code < 500, path


# -- Addresses -------------------------------------------------


QUERIES = [
    "page=1000000000", "page=-1", "page=0", "page=x", "page=1e3", "page=", "page=1&page=2", "page=" + "9" * 5000,
    "before=0", "before=-1", "before=x", "before=999999999999999", "before=" + "9" * 40, "kind=zut", "who=zut",
    "minor=zut", "_scheme=javascript", "_external=1", "_method=POST", "_anchor=x", "endpoint=x", "kind_path=x",
    "slug=x", "self=x", "lang=zz", "q=%FF", "q=" + "a+" * 2000, "themes=%ED%A0%80", "a[]=1&a[]=2", "&&&", "=", "%",
    "difficulty=zut", "year=zut", "year=99999", "city=%25", "when=zut", "from=x&to=y", "from=2013-99",
    "km=x&place=y",
]  # fmt: skip


@pytest.mark.any_database
def test_no_argument_of_a_list_breaks_it(wiki: Wiki) -> None:
    slug = wiki.page()
    paths = (
        "/recipes",
        "/events",
        "/changes",
        "/search",
        "/people/alice",
        f"/wiki/{slug}/history",
        "/pages/suggestions",
    )
    for query in QUERIES:
        for path in paths:
            assert wiki.visitor().get(f"{path}?{query}").status_code < 500, (path, query)


def test_filters_and_pages_of_a_list_lead_where_they_say(make_wiki: Callable[..., Wiki]) -> None:
    wiki = make_wiki(PER_PAGE=5)
    for number in range(12):
        fields = f"title: Recette {number:02}\nthemes:\n  - graines & cie\ndifficulty: {number % 2 + 1}"
        wiki.write(f"---\nkind: recipe\n{fields}\n---\n")
    page = wiki.visitor().get("/recipes?difficulty=1&_scheme=javascript&kind_path=x&page=2").text
    links = [unescape(link) for link in re.findall(r'href="(/recipes[^"]*)"', page)]
    assert links
    assert not [link for link in links if not link.startswith(("/recipes?", "/recipes")) or "javascript:" in link]
    following = [link for link in links if "page=" in link]
    seen = set(re.findall(r">(Recette \d\d)<", page))
    for link in ["/recipes?difficulty=1", *following]:
        seen |= set(re.findall(r">(Recette \d\d)<", wiki.visitor().get(link).text))
    assert seen == {f"Recette {number:02}" for number in range(0, 12, 2)}
