"""The index on disk: a folder that can be thrown away, read by many processes and written by one at a time.

    current          which directory is the index, and which version of our code wrote it
    <directory>/     Whoosh's files
    lock             held by whoever writes

A rebuild fills a directory of its own, and `current` then names it: readers go on with the old one until they look
again. Whatever is missing, damaged or of another version makes `IndexUnavailable`, and a rebuild mends it.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import secrets
import shutil
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, compress, islice
from pathlib import Path
from threading import RLock
from typing import Any

from whoosh import versionstring
from whoosh.index import TOC, FileIndex
from whoosh.util.filelock import FileLock

from wiki.search import vectors
from wiki.search.codec import Codec, Pool
from wiki.search.families import Families
from wiki.search.interface import IndexBusy, IndexNotWritten, IndexUnavailable, Progress, SearchDocument
from wiki.search.postings import (
    POSTINGS_VERSION,
    facets,
    first_day,
    keys,
    last_day,
    order_key,
    postings,
    quarter,
    surface,
)
from wiki.search.segments import NOTE, Cache, Part, Segment
from wiki.search.storage import COLUMNS, STORAGE_VERSION, TEXTS, SegmentFiles, Storage, schema

IDENTITY = hashlib.sha256(f"{POSTINGS_VERSION} {STORAGE_VERSION} {versionstring()}".encode()).hexdigest()[:12]

_NAME = "levain"
_SCHEMA = schema()
_ATTEMPTS = 20
# How many pages a rebuild holds in memory, and then writes as one segment: about 400 MB.
_AT_ONCE = 10_000


Choice = Callable[[Sequence[Part]], Sequence[Part]]


@dataclass(frozen=True)
class Snapshot:
    """The index at one moment."""

    parts: Sequence[Part]
    last_task: int

    @property
    def pages(self) -> int:
        """How many pages it holds."""
        return sum(part.current.bit_count() for part in self.parts)

    @cached_property
    def families(self) -> Families:
        """Which pages belong together."""
        return Families(origin for part in self.parts for origin in part.origins())

    # Its vocabulary, see `spelling`.

    def frequency(self, forms: Sequence[str]) -> int:
        return sum((part.segment.holding(forms) & part.current).bit_count() for part in self.parts)

    def naming(self, word: str) -> int:
        return sum(part.flags[number] for part in self.parts for number, _rank in part.segment.with_surface(word))

    def alike(self, text: str, reach: int) -> dict[str, int]:
        found: dict[str, int] = {}
        for part in self.parts:
            found |= part.segment.surface.alike(text, reach)
        return found

    def beginning(self, text: str) -> Iterator[str]:
        return chain.from_iterable(part.segment.surface.beginning(text) for part in self.parts)

    def written(self, word: str) -> str:
        return next(filter(None, (part.segment.written(word) for part in self.parts)), word)

    def forms_from(self, prefix: str) -> Iterator[str]:
        return chain.from_iterable(part.segment.forms_from(prefix) for part in self.parts)


class Folder:
    """The index in a folder. Safe among threads; a snapshot stays good while newer ones are made."""

    def __init__(self, path: Path, durable: bool = True) -> None:
        self.path = path
        self._durable = durable
        self._cache = Cache()
        self._lock = RLock()
        self._held: tuple[str, int, Snapshot] | None = None
        self._segments: dict[str, Segment] = {}

    # Reading

    def snapshot(self) -> Snapshot:
        """The index as it is now. Raises IndexUnavailable."""
        for _ in range(_ATTEMPTS):
            try:
                return self._newest()
            except FileNotFoundError:
                # A writer took files away between our looking and our opening: look again.
                continue
            except IndexUnavailable:
                raise
            except Exception as error:  # whatever a damaged file makes Whoosh say
                self._give_up_if_damaged(error)
                raise
        raise IndexUnavailable("files are missing")

    @contextmanager
    def reading(self) -> Iterator[Snapshot]:
        """The index as it is now, to be asked. Raises IndexUnavailable, and gives up an index that is damaged."""
        snapshot = self.snapshot()
        try:
            yield snapshot
        except Exception as error:  # whatever reading a damaged file leads to
            self._give_up_if_damaged(error)
            raise

    def _give_up_if_damaged(self, error: Exception) -> None:
        """Where files are not whole, raise IndexUnavailable, and let everybody know that a rebuild is needed."""
        if self._damaged():
            with suppress(OSError):
                (self.path / "current").unlink()
            raise IndexUnavailable(f"the index is damaged ({type(error).__name__}: {error})") from error

    def _damaged(self) -> bool:
        """Whether a file of the index is not as it was written. Reads all of them: for when something went wrong."""
        for _ in range(_ATTEMPTS):
            try:
                storage = Storage(str(self.path / self._current()), self._durable)
                contents = TOC.read(storage, _NAME, schema=_SCHEMA)
                return not all(storage.intact(segment.segment_id()) for segment in contents.segments)
            except FileNotFoundError:  # taken away by a writer, or for good
                continue
            except Exception:
                return True
        return True

    def close(self) -> None:
        """Let go of the files; a later snapshot opens them again."""
        with self._lock:
            self._held = None
            self._segments = {}

    def _newest(self) -> Snapshot:
        directory = self._current()
        storage = Storage(str(self.path / directory), self._durable)
        generation = TOC._latest_generation(storage, _NAME)
        if generation < 0:
            raise IndexUnavailable("no table of contents")
        held = self._held
        if held and held[:2] == (directory, generation):
            return held[2]
        with self._lock:
            contents = TOC.read(storage, _NAME, gen=generation, schema=_SCHEMA)
            parts = self._parts(storage, contents.segments)
            self._segments = {name: part.segment for name, part in parts.items()}
            snapshot = Snapshot(tuple(parts.values()), max((part.last_task for part in parts.values()), default=0))
            self._held = (directory, generation, snapshot)
        return snapshot

    def _parts(self, storage: Storage, segments: Iterable[Any]) -> dict[str, Part]:
        """The segments by name, those that were open already taken over."""
        parts = {}
        for held in segments:
            name = held.segment_id()
            segment = self._segments.get(name) or Segment(SegmentFiles(storage, held), self._cache)
            deleted = vectors.set_of(held.deleted_docs(), segment.size)
            parts[name] = Part(segment, segment.documents & ~deleted, deleted)
        return parts

    def _current(self) -> str:
        try:
            current = json.loads((self.path / "current").read_text())
            identity, directory = str(current["identity"]), str(current["directory"])
        except (FileNotFoundError, NotADirectoryError) as error:
            raise IndexUnavailable("there is no index") from error
        except (ValueError, KeyError, TypeError) as error:
            raise IndexUnavailable("the index does not say what it is") from error
        if identity != IDENTITY:
            raise IndexUnavailable("the index was written by another version")
        if not directory or Path(directory).name != directory:
            raise IndexUnavailable("the index does not say where it is")
        return directory

    # Writing

    def write(self, documents: Iterable[SearchDocument], delete: Iterable[int], last_task: int | None) -> None:
        """Replace these pages and take others out, all at once."""
        fresh = {document.page_id: _values(document) for document in documents}
        gone = {*fresh, *delete, NOTE}
        with self._alone(), self.reading() as snapshot, self._writer(self._current()) as writer:
            for number in _numbers(snapshot, gone):
                writer.delete_document(number)
            for values in fresh.values():
                _add(writer, values)
            _note(writer, snapshot.last_task if last_task is None else last_task)
            writer.commit(merge=False)

    def rebuild(self, documents: Iterable[SearchDocument], last_task: int, progress: Progress | None) -> None:
        """Fill a directory of its own and make it the index."""
        with self._alone():
            self._sweep(keep=self._held_directory())
            directory = f"{IDENTITY}-{secrets.token_hex(4)}"
            path = self.path / directory
            path.mkdir()
            FileIndex.create(Storage(str(path), self._durable), _SCHEMA, _NAME)
            rest, count = iter(documents), 0
            while some := list(islice(rest, _AT_ONCE)):
                with self._rarely_collected(), self._writer(directory) as writer:
                    for document in some:
                        _add(writer, _values(document))
                        count += 1
                        if progress and count % 100 == 0:
                            progress(count)
                    if count < _AT_ONCE:
                        _note(writer, last_task)
                    writer.commit(merge=False)
            if count == 0 or count >= _AT_ONCE:
                self._merge(directory, lambda parts: parts, last_task)
            if progress:
                progress(count)
            self._point_to(directory)
            self._sweep(keep=directory)

    def merge(self, choose: Choice) -> bool:
        """Write the segments that `choose` picks as one. False where it picks none."""
        if not choose(self.snapshot().parts):
            return False
        with self._alone(), self.reading() as snapshot:
            self._merge(self._current(), choose, snapshot.last_task)
            return True

    def _merge(self, directory: str, choose: Choice, last_task: int) -> None:
        storage = Storage(str(self.path / directory), self._durable)
        parts = self._parts(storage, TOC.read(storage, _NAME, schema=_SCHEMA).segments)
        chosen = {part.segment.name for part in choose(list(parts.values()))}

        def policy(writer: Any, segments: Sequence[Any]) -> list[Any]:
            kept = []
            for held in segments:
                part = parts[held.segment_id()]
                if part.segment.name in chosen:
                    _take(writer, part)
                else:
                    for note in part.segment.with_page(NOTE):
                        held.delete_document(note)
                    kept.append(held)
            _note(writer, last_task)
            return kept

        with self._writer(directory) as writer:
            writer.commit(mergetype=policy)

    @staticmethod
    @contextmanager
    def _rarely_collected() -> Iterator[None]:
        """Look for circles of objects less often: among the millions of a segment that took a quarter of the time."""
        usual = gc.get_threshold()
        gc.set_threshold(max(usual[0], 200_000), *usual[1:])
        try:
            yield
        finally:
            gc.set_threshold(*usual)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Be the only one who writes. Raises IndexBusy, IndexNotWritten."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock = FileLock(str(self.path / "lock"))
            if not lock.acquire():
                raise IndexBusy(str(self.path))
        except OSError as error:
            raise IndexNotWritten(str(error)) from error
        try:
            yield
        except OSError as error:  # a full disk, a folder that may not be written
            raise IndexNotWritten(str(error)) from error
        finally:
            lock.release()

    @contextmanager
    def _writer(self, directory: str) -> Iterator[Any]:
        storage = Storage(str(self.path / directory), self._durable)
        # Not with Whoosh's lock, which stays taken where a writer cannot be made: ours is held already.
        writer = FileIndex(storage, _SCHEMA, _NAME).writer(codec=Codec(), _lk=False)
        writer.pool = Pool()
        try:
            yield writer
        except BaseException:
            with suppress(Exception):
                writer.cancel()
            raise

    def _point_to(self, directory: str) -> None:
        text = json.dumps({"identity": IDENTITY, "directory": directory})
        fresh = self.path / "current.new"
        with fresh.open("w") as file:
            file.write(text)
            file.flush()
            if self._durable:
                os.fsync(file.fileno())
        fresh.replace(self.path / "current")

    def _held_directory(self) -> str:
        try:
            return self._current()
        except IndexUnavailable:
            return ""

    def _sweep(self, keep: str) -> None:
        """Take away what older or unfinished rebuilds left."""
        for path in self.path.iterdir():
            if path.is_dir() and path.name != keep:
                shutil.rmtree(path, ignore_errors=True)


def _numbers(snapshot: Snapshot, page_ids: Iterable[int]) -> Iterator[int]:
    """The document numbers, over all segments in order, of what the index holds of these pages."""
    base = 0
    for part in snapshot.parts:
        for page_id in page_ids:
            for number in part.segment.with_page(page_id):
                yield base + number
        base += part.segment.size


def _take(writer: Any, part: Part) -> None:
    """Add the current documents of a segment to the one being written."""
    files = part.segment.files
    numbers = array("i", [-1]) * files.size
    held = {name: (column, files.numbers(name)) for name, column in COLUMNS.items()}
    texts = {name: (column, files.texts(name)) for name, column in TEXTS.items()}
    columns = [(name, column, values) for name, (column, values) in (held | texts).items() if values]
    for number in compress(range(files.size), part.flags):
        numbers[number] = writer.docnum
        writer.perdocwriter.start_doc(writer.docnum)
        for name, column, values in columns:
            writer.perdocwriter.add_column_value(name, column, values[number])
        writer.perdocwriter.finish_doc()
        writer.docnum += 1
    writer.pool.merge(files.lists(numbers))


def _note(writer: Any, last_task: int) -> None:
    writer.add_document(page=str(NOTE), last_task=last_task)


def _add(writer: Any, values: dict[str, Any]) -> None:
    """Add a document. Its words go past Whoosh's writer, which takes as long for them as finding them did."""
    words = values.pop("word")
    writer.pool.add_all("word", writer.docnum, _SCHEMA["word"].values(words))
    writer.add_document(**values)


def _values(document: SearchDocument) -> dict[str, Any]:
    found: dict[str, Any] = {
        "page": str(document.page_id),
        "word": postings(document),
        "key": keys(document),
        "surface": surface(document),
        "facet": {f"{name}={value}" for name, values in facets(document).items() for value in values},
        "page_id": document.page_id,
        "revision_id": document.revision_id,
        "popularity": document.popularity,
        "origin": document.origin_id or (document.page_id if document.has_variants else 0),
        "starts": first_day(document.starts_on),
        "ends": last_day(document.ends_on or document.starts_on),
        "past_from": quarter(document.past_from) if document.past_from else 0,
        "title": order_key(document.title).encode(),
    }
    if document.latitude is not None and document.longitude is not None:
        found |= {"latitude": document.latitude, "longitude": document.longitude}
    if document.stands_for:
        found["stands_for"] = "=".join(document.stands_for).encode()
    return found
