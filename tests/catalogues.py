"""The words of the interface in French and in English, kept in step with the sources.

    python -m tests.catalogues      after any change of words, then translate what it lists (`make messages`)

The sources speak French: their words are the keys, and the French catalogue is the same words with French spacing, so
that nobody has to type no-break spaces. English is written by people, in wiki/translations/en/LC_MESSAGES/messages.po,
and never guessed from words that look alike. Both forms of a catalogue are kept, so that running the wiki needs no
build step.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from copy import deepcopy
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from wiki.rendering.typography import NARROW

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "wiki" / "translations"
LANGUAGES = ("fr", "en")
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None, "lazy_ngettext": (1, 2)}

# A space typed where French wants one that never ends a line. None is added where none was typed: « nom: valeur » is
# how an answer is written in a page's text, not a sentence.
_TYPED_SPACE = re.compile(r"(?<=\S) (?=[;:!?»])|(?<=«) ")


def french_spacing(words: str) -> str:
    """`words` with narrow no-break spaces where a space was typed before ; : ! ? » or after «."""
    return _TYPED_SPACE.sub(NARROW, words)


def file_of(language: str, suffix: str = ".po") -> Path:
    """Where a catalogue is: as people edit it (.po) or as the wiki reads it (.mo)."""
    return TRANSLATIONS / language / "LC_MESSAGES" / f"messages{suffix}"


def committed(language: str) -> Catalog:
    """The catalogue as it is in the checkout."""
    with file_of(language).open("rb") as file:
        return read_po(file, locale=language)


def extracted() -> Catalog:
    """Every message the sources ask for, without translations."""
    with (TRANSLATIONS / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    catalog = Catalog(project="Levain", charset="utf-8")
    for found in extract_from_dir(ROOT, methods, options, keywords=KEYWORDS):
        name, _line, message, comments, context = found
        catalog.add(message, None, [(Path(name).as_posix(), 1)], auto_comments=comments, context=context)
    return catalog


def in_step(catalog: Catalog, sources: Catalog) -> Catalog:
    """`catalog` with exactly the messages of `sources`: new ones empty in English, filled in French."""
    born = catalog.creation_date
    catalog.update(deepcopy(sources), no_fuzzy_matching=True)
    # Dates of each run would make every change of words a conflict between those who work on them.
    catalog.creation_date = born
    catalog.obsolete.clear()
    for message in messages(catalog):
        if str(catalog.locale) == "fr":
            words = tuple(map(french_spacing, asked(message)))
            message.string = words if message.pluralizable else words[0]
    return catalog


def messages(catalog: Catalog) -> Iterator[Message]:
    """The messages of a catalogue, its header left out."""
    return (message for message in catalog if message.id)


def asked(message: Message) -> tuple[str, ...]:
    """What the sources say: one text, or one for one thing and one for several."""
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def said(message: Message) -> tuple[str, ...]:
    """What the language says for it: as many texts, empty where not yet translated."""
    if not isinstance(message.string, str):
        return tuple(str(words or "") for words in message.string or ("", ""))
    return (message.string,)


def untranslated(catalog: Catalog) -> list[str]:
    """The messages that have no words yet, or not for every number."""
    return [asked(message)[0] for message in messages(catalog) if not all(said(message))]


def compiled(catalog: Catalog) -> bytes:
    """The catalogue as the wiki reads it."""
    file = BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def _write(catalog: Catalog, language: str) -> None:
    with file_of(language).open("wb") as file:
        write_po(file, catalog, width=110, sort_by_file=True, include_lineno=False)
    # Compiled from what was written, as the tests do.
    file_of(language, ".mo").write_bytes(compiled(committed(language)))


def main() -> int:
    """Bring both catalogues in step with the sources. The status is 1 where words are left to translate."""
    sources = extracted()
    left = []
    for language in LANGUAGES:
        catalog = in_step(committed(language), sources)
        _write(catalog, language)
        left += [f"{language}: {words}" for words in untranslated(catalog)]
    print(f"{sum(1 for _ in messages(sources))} messages.")
    for line in left:
        print(f"to translate, {line}", file=sys.stderr)
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
