"""Pages from files and back: what people wrote is never replaced."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Cast
from wiki import history, pages, resources
from wiki.pages.models import Page
from wiki.pages.seeds import HOUSE

pytestmark = pytest.mark.usefixtures("context")

SOUP = """---
kind: recipe
title: Soupe
tagline: Une soupe pour tout le monde
---

## Pourquoi

Pour manger ensemble.

## Matériel

- une marmite
- vingt bols

## Sources

- le quartier
"""


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., pages.Report]:
    """Sows a library of these pages: library(soupe=SOUP) → Report."""
    root = tmp_path / "library"

    def sow(**texts: str) -> pages.Report:
        for name, text in texts.items():
            path = root / "recipes" / f"{name.replace('_', '-')}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return pages.seed()

    monkeypatch.setattr(resources, "folder", lambda _name: root)
    return sow


def head(slug: str) -> history.Text:
    return pages.text_of(HOUSE, slug)[1]


def edit(cast: Cast, slug: str, old: str, new: str) -> None:
    text = head(slug)
    assert old in text.text
    saved = pages.save(cast.alice, slug, text.text.replace(old, new), text.number)
    assert isinstance(saved, pages.Saved)


@pytest.mark.any_database
def test_the_library_is_sown_once(library: Callable[..., pages.Report]) -> None:
    assert library(soupe=SOUP, pain=SOUP.replace("Soupe", "Pain")).created == ["pain", "soupe"]
    again = library()
    assert (again.created, again.updated, sorted(again.unchanged)) == ([], [], ["pain", "soupe"])
    assert head("soupe").text == SOUP
    assert (head("soupe").number, head("soupe").author_name, head("soupe").action) == (1, "Levain", "seed")


def test_a_variant_continues_its_origin_whatever_their_names(library: Callable[..., pages.Report]) -> None:
    variant = SOUP.replace("title: Soupe", "title: {}").replace("---\n\n## Pour", "variant_of: {}\n---\n\n## Pour")
    report = library(z=SOUP, m=variant.format("M", "z"), a=variant.format("A", "m"))
    assert report.created == ["z", "m", "a"]
    origins = {slug: pages.find(HOUSE, slug).origin_id for slug in "zma"}
    assert origins == {"z": None, "m": pages.find(HOUSE, "z").id, "a": pages.find(HOUSE, "m").id}


def test_files_that_name_each_other_as_origin_are_taken_all_the_same(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", a=SOUP.replace("tagline", "variant_of: b\ntagline"),
                   b=SOUP.replace("tagline", "variant_of: a\ntagline"))
    assert sorted(pages.import_folder(folder).created) == ["a", "b"]


def test_the_shipped_library_is_valid_and_whole() -> None:
    report = pages.seed()
    assert report.refused == []
    assert len(report.created) == len(list(resources.folder("seed_recipes").rglob("*.md"))) > 100
    assert pages.verify() == []


def test_a_correction_reaches_a_page_nobody_touched(library: Callable[..., pages.Report]) -> None:
    library(soupe=SOUP)
    assert library(soupe=SOUP.replace("vingt", "trente")).updated == ["soupe"]
    assert "trente bols" in head("soupe").text
    assert library().unchanged == ["soupe"]
    assert head("soupe").number == 2


@pytest.mark.any_database
def test_a_correction_joins_what_people_wrote(library: Callable[..., pages.Report], cast: Cast) -> None:
    library(soupe=SOUP)
    edit(cast, "soupe", "Pour manger ensemble.", "Pour manger et chanter ensemble.")
    assert library(soupe=SOUP.replace("le quartier", "la rue")).updated == ["soupe"]
    assert "chanter" in head("soupe").text
    assert "la rue" in head("soupe").text
    assert library().unchanged == ["soupe"]
    assert "chanter" in head("soupe").text


def test_a_second_correction_does_not_take_back_what_people_wrote(
    library: Callable[..., pages.Report], cast: Cast
) -> None:
    library(soupe=SOUP)
    edit(cast, "soupe", "Pour manger ensemble.", "Pour manger et chanter ensemble.")
    first = SOUP.replace("le quartier", "la rue")
    library(soupe=first)
    library(soupe=first.replace("vingt bols", "trente bols"))
    for words in ("chanter", "la rue", "trente bols"):
        assert words in head("soupe").text


def test_a_correction_that_people_took_back_is_not_made_again(
    library: Callable[..., pages.Report], cast: Cast
) -> None:
    library(soupe=SOUP)
    edit(cast, "soupe", "Pour manger ensemble.", "Pour manger et chanter ensemble.")
    library(soupe=SOUP.replace("le quartier", "la rue"))
    edit(cast, "soupe", "la rue", "le quartier")
    assert library().unchanged == ["soupe"]
    assert "le quartier" in head("soupe").text


def test_where_both_changed_a_passage_the_people_s_stays(
    library: Callable[..., pages.Report], cast: Cast
) -> None:
    library(soupe=SOUP)
    edit(cast, "soupe", "vingt bols", "quarante bols")
    assert library(soupe=SOUP.replace("vingt bols", "trente bols")).kept == ["soupe"]
    assert "quarante bols" in head("soupe").text
    assert head("soupe").number == 2


def test_a_page_people_made_at_that_address_stays(library: Callable[..., pages.Report], cast: Cast) -> None:
    pages.create(cast.alice, "# Soupe\n\nLa mienne.\n")
    assert library(soupe=SOUP).kept == ["soupe"]
    assert head("soupe").text == "# Soupe\n\nLa mienne.\n"


def test_an_archived_page_stays_archived(library: Callable[..., pages.Report], cast: Cast) -> None:
    library(soupe=SOUP)
    pages.archive(cast.mona, "soupe")
    assert library(soupe=SOUP.replace("vingt", "trente")).kept == ["soupe"]
    assert pages.find(cast.mona, "soupe").archived


def test_a_renamed_page_is_corrected_where_it_lives(library: Callable[..., pages.Report], cast: Cast) -> None:
    library(soupe=SOUP)
    pages.rename(cast.alice, "soupe", "Grande soupe")
    assert library(soupe=SOUP.replace("vingt", "trente")).updated == ["soupe"]
    assert "trente bols" in head("grande-soupe").text
    assert pages.find(HOUSE, "grande-soupe").title == "Grande soupe"


def test_a_wiki_is_untouched_until_somebody_writes(library: Callable[..., pages.Report], cast: Cast) -> None:
    assert pages.untouched()
    library(soupe=SOUP)
    assert pages.untouched()
    edit(cast, "soupe", "vingt bols", "quarante bols")
    assert not pages.untouched()


def test_a_bad_page_of_the_library_does_not_stop_the_others(library: Callable[..., pages.Report]) -> None:
    report = library(bad="---\nkind: nothing\n---\n", soupe=SOUP)
    assert report.created == ["soupe"]
    assert [name for name, _problems in report.refused] == ["bad.md"]


def write(folder: Path, **texts: str | bytes) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        data = text.encode() if isinstance(text, str) else text
        (folder / f"{name.replace('_', '-')}.md").write_bytes(data)
    return folder


@pytest.mark.any_database
def test_export_and_import_give_the_same_bytes(
    tmp_path: Path, make_app: Callable[..., object], cast: Cast
) -> None:
    texts = {
        "soupe": SOUP,
        "plain": "# Simple\n\nUne ligne avec deux blancs  \net une autre.\n\n\n\nFin.\n",
        "unknown": "---\nkind: theme\ntitle: Pain\nma_clé:\n  - a\n  - b\n---\n\nÀ table 🍞, e\u0301té.\n",
    }
    folder = write(tmp_path / "in", **texts)
    assert sorted(pages.import_folder(folder).created) == ["plain", "soupe", "unknown"]
    pages.export_folder(tmp_path / "out")
    first = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert first["plain.md"] == texts["plain"].encode()
    assert first["soupe.md"] == SOUP.encode()
    for slug in texts:
        pages.rename(cast.ada, slug, f"Autre {slug}")  # Out of the way: the addresses are asked for again.
    other = tmp_path / "other"
    app = make_app(DATA=str(other), DATABASE_URL="")
    with app.app_context():  # type: ignore[attr-defined]
        from wiki import migrations

        migrations.upgrade()
        pages.import_folder(tmp_path / "out")
        pages.export_folder(tmp_path / "again")
    assert {path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()} == first


def test_importing_the_same_folder_again_changes_nothing(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", soupe=SOUP)
    pages.import_folder(folder)
    assert pages.import_folder(folder).unchanged == ["soupe"]
    assert head("soupe").number == 1


def test_an_import_becomes_the_next_version_and_keeps_the_old_ones(tmp_path: Path, cast: Cast) -> None:
    pages.import_folder(write(tmp_path / "in", soupe=SOUP))
    edit(cast, "soupe", "vingt bols", "quarante bols")
    assert pages.import_folder(tmp_path / "in").updated == ["soupe"]
    assert head("soupe").text == SOUP
    assert "quarante bols" in history.read(head("soupe").page_id, 2).text


def test_markdown_without_front_matter_becomes_an_article(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", un="# Un titre\n\nTexte.\n", sans_titre="Juste du texte.\n")
    (folder / "Ma Page Été.md").write_text("Autre texte.\n")
    assert pages.import_folder(folder).refused == []
    found = {page.slug: (page.kind, page.title) for page in pages.listing(HOUSE, "article").rows}
    assert found == {
        "un": ("article", "Un titre"), "sans-titre": ("article", "Sans titre"),
        "ma-page-ete": ("article", "Ma Page Été"),
    }
    assert head("un").text == "# Un titre\n\nTexte.\n"


def test_line_ends_and_marks_of_other_systems_are_taken(tmp_path: Path) -> None:
    pages.import_folder(write(tmp_path / "in", windows=b"\xef\xbb\xbf# Titre\r\n\r\nTexte.\r\n"))
    assert head("windows").text == "# Titre\n\nTexte.\n"


def test_files_that_cannot_be_taken_are_named_and_do_not_stop_the_others(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "in", soupe=SOUP, latin="# Été\n".encode("latin-1"), nul="# a\x00b\n",
        date="---\nkind: event\ntitle: Fête\nsessions:\n  - 2013-02-30\n---\n",
        **{"_": "# Rien\n", "x" * 90: "# Trop long\n"},
    )
    (folder / "Soupe.md").write_text(SOUP)
    (folder / ".hidden.md").write_text("# Caché\n")
    (folder / "directory.md").mkdir()
    report = pages.import_folder(folder)
    assert len(report.created) == 1
    refused = dict(report.refused)
    assert set(refused) == {"latin.md", "date.md", "nul.md", "-.md", "x" * 90 + ".md", "soupe.md"}
    assert refused["date.md"][0].line == 5


def test_a_file_too_long_for_a_page_is_refused_before_it_is_read(tmp_path: Path) -> None:
    report = pages.import_folder(write(tmp_path / "in", long="x" * 1_000_000))
    assert [name for name, _problems in report.refused] == ["long.md"]


def test_an_import_over_an_archived_or_moved_page_is_refused(tmp_path: Path, cast: Cast) -> None:
    folder = write(tmp_path / "in", soupe=SOUP, pain="# Pain\n")
    pages.import_folder(folder)
    pages.archive(cast.mona, "pain")
    pages.rename(cast.alice, "soupe", "Grande soupe")
    report = pages.import_folder(folder)
    assert [name for name, _problems in report.refused] == ["pain.md", "soupe.md"]
    assert "grande-soupe" in str(report.refused[1][1][0])


def test_an_export_leaves_out_archived_pages(tmp_path: Path, cast: Cast) -> None:
    pages.import_folder(write(tmp_path / "in", soupe=SOUP, pain="# Pain\n"))
    pages.archive(cast.mona, "pain")
    assert pages.export_folder(tmp_path / "out").created == ["soupe"]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["soupe.md"]


def test_an_export_never_writes_among_other_files(tmp_path: Path) -> None:
    from wiki.errors import Invalid

    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.md").write_text("mine")
    with pytest.raises(Invalid):
        pages.export_folder(tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.md"]


def test_an_address_that_is_not_one_is_never_a_path(tmp_path: Path) -> None:
    from sqlalchemy import update

    from wiki.database import write_transaction

    pages.import_folder(write(tmp_path / "in", soupe=SOUP))
    with write_transaction() as session:
        session.execute(update(Page).values(slug="../soupe"))
    assert [name for name, _problems in pages.export_folder(tmp_path / "out").refused] == ["../soupe"]
    assert not (tmp_path / "soupe.md").exists()


def test_progress_is_told_to_the_end(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    folder = write(tmp_path / "in", soupe=SOUP, pain="# Pain\n")
    pages.import_folder(folder, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]
