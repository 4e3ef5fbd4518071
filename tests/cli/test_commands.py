"""What each command does, and how it refuses."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Command, Result
from tests.serving import ROOT
from wiki import cli, config
from wiki.config import SETTINGS

PASSWORD = "quatre mots de passe"


def one_sentence(result: Result, *words: str, status: int = 1) -> None:
    """The command failed with one line on the error stream that holds these words, and no traceback."""
    assert result.status == status, result
    assert len(result.err.splitlines()) == 1, result.err
    assert "Traceback" not in result.err
    for word in words:
        assert word in result.err


def test_an_account_is_opened_with_a_role(wiki: Command) -> None:
    who = ("Ada", "--role", "admin", "--email", "ada@example.org")
    done = wiki("user", "add", *who, "--password-stdin", typed=PASSWORD)
    assert done == Result(0, "Le compte « Ada » est ouvert (admin).\n", "")


def test_the_data_folder_may_be_said_before_after_or_by_the_environment(wiki: Command, tmp_path: Path) -> None:
    one = ("user", "add", "Ada", "--password-stdin")
    assert wiki("--data", "before", *one, typed=PASSWORD).status == 0
    assert wiki(*one, "--data", "after", typed=PASSWORD).status == 0
    assert wiki(*one, typed=PASSWORD, WIKI_DATA="environment").status == 0
    assert wiki(*one, "--data", "wins", typed=PASSWORD, WIKI_DATA="loses").status == 0
    assert {path.name for path in tmp_path.iterdir()} == {"before", "after", "environment", "wins"}


def test_an_account_is_refused_in_one_sentence(wiki: Command) -> None:
    wiki("user", "add", "Ada", "--password-stdin", typed=PASSWORD)
    one_sentence(wiki("user", "add", "ÀDA", "--password-stdin", typed=PASSWORD), "nom")
    one_sentence(wiki("user", "add", "Bob", "--password-stdin", typed="court"), "au moins 8 caractères")
    one_sentence(wiki("user", "add", "Bob", "--password-stdin", typed=""), "8 caractères")
    one_sentence(wiki("user", "add", "admin", "--password-stdin", typed=PASSWORD), "réservé")
    one_sentence(wiki("user", "add", "Bob", typed=PASSWORD), "--password-stdin")
    one_sentence(wiki("user", "add", "Bob", "--role", "king"), "king", status=2)


def test_seeding_twice_says_that_nothing_changed(wiki: Command) -> None:
    assert "créées : 0" not in wiki("seed").out
    again = wiki("seed")
    assert again.status == 0
    assert "créées : 0, modifiées : 0" in again.out


def test_pages_go_out_and_come_back(wiki: Command, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "soupe.md").write_text("# Soupe\n\nBonne.\n")
    taken = wiki("import", "in")
    assert (taken.status, taken.out) == (0, "Pages créées : 1, modifiées : 0, inchangées : 0.\n")
    assert wiki("export", "out").status == 0
    assert (tmp_path / "out" / "soupe.md").read_bytes() == (tmp_path / "in" / "soupe.md").read_bytes()
    one_sentence(wiki("export", "out"), "out")


def test_files_that_cannot_be_taken_are_named_with_their_line(wiki: Command, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "soupe.md").write_text("# Soupe\n")
    (tmp_path / "in" / "event.md").write_text("---\nkind: event\ntitle: Fête\nsessions:\n  - 2013-02-30\n---\n")
    result = wiki("import", "in")
    assert (result.status, "créées : 1" in result.out) == (1, True)
    assert "event.md, ligne 5 : " in result.err
    one_sentence(wiki("import", "nowhere"), "nowhere")


def test_long_commands_show_progress(wiki: Command, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "soupe.md").write_text("# Soupe\n")
    assert wiki("import", "in").err == "Importation 1/1\n"
    assert wiki("verify").err == "Vérification 2/2\n"
    assert wiki("rebuild").err == "Reconstruction 1/1\n"
    assert wiki("export", "out").err == "Exportation 1/1\n"


def test_verifying_says_that_all_is_well_or_what_is_not(wiki: Command, tmp_path: Path) -> None:
    from wiki.database import sqlite_module

    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "soupe.md").write_text("# Soupe\n")
    wiki("import", "in")
    assert (wiki("verify").status, wiki("verify").out) == (0, "Tout concorde.\n")
    database = sqlite_module().connect(str(tmp_path / "data" / "wiki.sqlite"))
    database.execute("update revision set sha256 = 'x'")
    database.execute("update page set title = 'Autre'")
    database.commit()
    database.close()
    found = wiki("verify")
    assert found.status == 1
    assert "soupe, version 1 : le texte ne correspond plus à son empreinte" in found.out
    assert "soupe : " in found.out
    assert wiki("rebuild").status == 0
    assert len(wiki("verify").out.splitlines()) == 1


def test_a_mistyped_folder_does_not_pass_for_an_empty_wiki(wiki: Command, tmp_path: Path) -> None:
    for command in (("verify",), ("export", "out"), ("rebuild",)):
        one_sentence(wiki(*command, "--data", "nowhere"), "nowhere")
    assert list(tmp_path.iterdir()) == []


def test_upgrading_makes_the_database_once(wiki: Command) -> None:
    assert (wiki("upgrade").out, wiki("upgrade").out) == (
        "La base est maintenant à jour.\n", "La base était déjà à jour.\n"
    )


def test_a_newer_schema_is_refused_and_untouched(wiki: Command, tmp_path: Path) -> None:
    from wiki.database import sqlite_module

    wiki("upgrade")
    path = tmp_path / "data" / "wiki.sqlite"
    database = sqlite_module().connect(str(path))
    database.execute("update alembic_version set version_num = 'abcd'")
    database.commit()
    database.close()
    before = hashlib.sha256(path.read_bytes()).digest()
    for command in (("serve", "--port", "0"), ("upgrade",), ("verify",), ("seed",), ("export", "out")):
        one_sentence(wiki(*command), "abcd")
    assert hashlib.sha256(path.read_bytes()).digest() == before


def test_every_setting_is_shown_and_no_secret(wiki: Command) -> None:
    shown = wiki(
        "settings", WIKI_NAME="Chez nous", WIKI_SECRET_KEY="s" * 40,
        WIKI_DATABASE_URL="postgresql+psycopg://levain:sesame@localhost/levain",
    )
    assert shown.status == 0
    for setting in SETTINGS:
        assert f"{setting.variable} = " in shown.out
        assert setting.help in shown.out
    assert "WIKI_NAME = Chez nous" in shown.out
    assert "sesame" not in shown.out
    assert "ssss" not in shown.out


def test_bad_settings_stop_every_command_in_one_sentence(wiki: Command) -> None:
    for command in (("serve", "--port", "0"), ("settings",), ("verify",), ("user", "add", "Ada", "--password-stdin")):
        one_sentence(wiki(*command, WIKI_THREADS="many"), "WIKI_THREADS")
    one_sentence(wiki("serve", WIKI_TREADS="3"), "WIKI_TREADS")
    one_sentence(wiki("seed", WIKI_DATABASE_URL="nonsense"), "WIKI_DATABASE_URL")
    one_sentence(wiki("seed", WIKI_DATABASE_URL="fantasy://x"), "WIKI_DATABASE_URL")
    one_sentence(wiki("seed", WIKI_DATABASE_URL="postgresql+psycopg://nobody@127.0.0.1:9/none"), "base de données")


def test_unusable_folders_and_files_are_refused_in_one_sentence(wiki: Command, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    one_sentence(wiki("seed", "--data", "file"), "file")
    one_sentence(wiki("serve", "--data", "file/below", "--port", "0"), "file")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "wiki.sqlite").write_text("This is no database. " * 100)
    for command in (("verify",), ("serve", "--port", "0"), ("upgrade",)):
        one_sentence(wiki(*command, "--data", "broken"), "base de données")


def test_misspelt_commands_are_refused_in_one_sentence(wiki: Command) -> None:
    one_sentence(wiki("sevre"), "sevre", "--help", status=2)
    one_sentence(wiki("serve", "--prot", "80"), "--prot", status=2)
    one_sentence(wiki("serve", "--port", "99999"), "99999", status=2)
    one_sentence(wiki("import"), "DIR", status=2)


def test_help_is_there_for_every_command(wiki: Command) -> None:
    assert wiki("--help").status == 0
    assert wiki().status == 2
    for name in cli.wiki.commands:
        result = wiki(name, "--help")
        assert result.status == 0
        assert name == "user" or "--data DIR" in result.out


def test_an_unexpected_error_is_one_sentence_too(wiki: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(**_arguments: object) -> None:
        raise RuntimeError("it broke\ndown")

    monkeypatch.setattr(config, "read", break_down)
    one_sentence(wiki("settings"), "Erreur imprévue (RuntimeError : it broke down).")


def test_the_command_runs_in_a_process_of_its_own(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "wiki.cli", "verify", "--data", "nowhere"], cwd=tmp_path, check=False,
        capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    one_sentence(Result(done.returncode, done.stdout, done.stderr), "nowhere")


def test_messages_come_in_the_language_of_the_wiki(wiki: Command) -> None:
    assert "Le compte" in wiki("user", "add", "Ada", "--password-stdin", typed=PASSWORD).out
    assert "Le compte" not in wiki("user", "add", "Bob", "--password-stdin", typed=PASSWORD, WIKI_LANGUAGE="en").out


def test_a_wiki_is_backed_up_tried_out_and_restored(wiki: Command, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/four.md").write_text("# Four\n", encoding="utf-8")
    wiki("import", "in")
    made = wiki("backup", "a.levain")
    assert made.out.startswith("Sauvegarde écrite et relue : a.levain (1 pages, 1 versions, 0 comptes")
    tried = wiki("backup", "--verify", "a.levain", "--data", "nowhere")
    assert tried.out.startswith("Sauvegarde entière : a.levain, du 20")
    assert not (tmp_path / "nowhere").exists()
    one_sentence(wiki("backup", "a.levain"), "a.levain existe déjà ; une sauvegarde n’en remplace pas une autre.")
    one_sentence(wiki("restore", "a.levain"), "Il y a déjà un wiki ici")
    one_sentence(wiki("backup", "missing/a"), "Le dossier missing n’existe pas.")
    back = wiki("restore", "a.levain", "--data", "back")
    assert "Wiki restauré dans" in back.out
    assert wiki("verify", "--data", "back").out == "Tout concorde.\n"
    (tmp_path / "b").write_bytes((tmp_path / "a.levain").read_bytes()[:-100])
    damaged = "b n’est pas une sauvegarde entière : ce n’est pas ce que Levain écrit."
    one_sentence(wiki("backup", "--verify", "b"), damaged)
    one_sentence(wiki("restore", "b", "--data", "other"), damaged)


class TestImportingEvents:
    """An old agenda, from a shell."""

    TABLE = "titre;date;ville\nAtelier;12/10/2013;Brest\nBal;30 février 2013;Brest\n"

    def test_a_dry_run_tells_and_writes_nothing_then_the_file_is_taken_once(
        self, wiki: Command, tmp_path: Path
    ) -> None:
        wiki("user", "add", "Lise", "--password-stdin", typed="une phrase de passe longue\n")
        (tmp_path / "agenda.csv").write_text(self.TABLE, encoding="utf-8")
        told = wiki("import-events", "agenda.csv", "--dry-run")
        assert told.status == 1
        assert "Événements à créer : 1" in told.out
        assert "ligne 3, « Bal » : « 30 février 2013 »" in told.err
        assert wiki("verify").status == 0
        done = wiki("import-events", "agenda.csv", "--as", "Lise")
        assert "Événements créés : 1." in done.out
        again = wiki("import-events", "agenda.csv")
        assert "déjà ici (atelier)" in again.out
        assert "Événements créés : 0." in again.out

    def test_what_cannot_be_taken_is_one_sentence(self, wiki: Command, tmp_path: Path) -> None:
        wiki("user", "add", "Lise", "--password-stdin", typed="une phrase de passe longue\n")
        (tmp_path / "agenda.csv").write_text("a;b\n1;2\n", encoding="utf-8")
        (tmp_path / "sound.csv").write_text("titre;date\nAtelier;2013\n", encoding="utf-8")
        for arguments in (
            ["agenda.csv"], ["sound.csv", "--edition", "nulle-part"], ["sound.csv", "--as", "personne"],
        ):  # fmt: skip
            result = wiki("import-events", *arguments)
            assert result.status == 1
            assert result.err.count("\n") == 1, result.err
        assert wiki("import-events", "sound.csv", WIKI_IMPORT_BYTES="10000").status == 0
        (tmp_path / "long.csv").write_text("titre;date\n" + "x" * 2_000_000, encoding="utf-8")
        assert "dépasse 2 Mo" in wiki("import-events", "long.csv", WIKI_IMPORT_BYTES="2000000").err
