"""The index on disk: a folder that can be thrown away, read by many processes and written by one at a time.

    current          which directory is the index, and which version of our code wrote it
    <directory>/     Whoosh's files
    lock             held by whoever writes

A rebuild fills a directory of its own, and `current` then names it: readers go on with the old one until they look
again. Whatever is missing, damaged or of another version makes `IndexUnavailable`, and a rebuild mends it.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any

from whoosh import versionstring
from whoosh.index import TOC, FileIndex
from whoosh.reading import SegmentReader
from whoosh.util.filelock import FileLock

from wiki.search import vectors
from wiki.search.codec import Codec
from wiki.search.interface import IndexBusy, IndexNotWritten, IndexUnavailable, Progress, SearchDocument
from wiki.search.postings import (
    POSTINGS_VERSION,
    facets,
    first_day,
    keys,
    last_day,
    order_key,
    postings,
    surface,
)
from wiki.search.segments import NOTE, Cache, Part, Segment
from wiki.search.storage import STORAGE_VERSION, SegmentFiles, Storage, schema

IDENTITY = hashlib.sha256(f"{POSTINGS_VERSION} {STORAGE_VERSION} {versionstring()}".encode()).hexdigest()[:12]

_NAME = "levain"
_SCHEMA = schema()
_MEMORY_MB = 256


@dataclass(frozen=True)
class Snapshot:
    """The index at one moment."""

    parts: Sequence[Part]
    last_task: int

    @property
    def pages(self) -> int:
        """How many pages it holds."""
        return sum(part.current.bit_count() for part in self.parts)

    def frequency(self, forms: Sequence[str]) -> int:
        """How many documents hold a word under one of its forms; those no longer current may be among them."""
        return sum(part.segment.frequency(forms) for part in self.parts)


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
        for attempt in range(20):
            try:
                return self._newest()
            except FileNotFoundError as error:
                # A writer took files away between our looking and our opening: look again.
                if attempt == 19 or not self.path.is_dir():
                    raise IndexUnavailable(str(error)) from error
            except IndexUnavailable:
                raise
            except Exception as error:  # whatever a damaged file makes Whoosh say
                raise IndexUnavailable(f"{type(error).__name__}: {error}") from error
        raise AssertionError("unreachable")

    @contextmanager
    def reading(self) -> Iterator[Snapshot]:
        """The index as it is now, to be asked. Raises IndexUnavailable, and gives up an index that is damaged."""
        snapshot = self.snapshot()
        try:
            yield snapshot
        except Exception as error:  # whatever reading a damaged file leads to
            if not self._damaged():
                raise
            self._give_up()
            raise IndexUnavailable(f"the index is damaged ({type(error).__name__}: {error})") from error

    def _damaged(self) -> bool:
        """Whether a file of the index is not as it was written. Reads all of them: for when something went wrong."""
        try:
            storage = Storage(str(self.path / self._current()), self._durable)
            contents = TOC.read(storage, _NAME, schema=_SCHEMA)
            return not all(storage.intact(segment.segment_id()) for segment in contents.segments)
        except Exception:
            return True

    def _give_up(self) -> None:
        """Let everybody know that the index must be rebuilt."""
        with suppress(OSError):
            (self.path / "current").unlink()

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
            snapshot = self._snapshot(storage, contents.segments)
            self._held = (directory, generation, snapshot)
        return snapshot

    def _snapshot(self, storage: Storage, segments: Iterable[Any]) -> Snapshot:
        parts = []
        last_task = 0
        present = {}
        for held in segments:
            name = held.segment_id()
            segment = self._segments.get(name) or Segment(SegmentFiles(storage, held), self._cache)
            present[name] = segment
            deleted = vectors.set_of(held.deleted_docs(), segment.size)
            parts.append(Part(segment, segment.documents & ~deleted))
            for note in segment.with_page(NOTE):
                if not deleted >> note & 1:
                    last_task = max(last_task, segment.last_task(note))
        self._segments = present
        return Snapshot(tuple(parts), last_task)

    def _current(self) -> str:
        try:
            text = (self.path / "current").read_text()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise IndexUnavailable("there is no index") from error
        try:
            current = json.loads(text)
            identity, directory = str(current["identity"]), str(current["directory"])
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
        fresh = {document.page_id: _fields(document) for document in documents}
        gone = {*fresh, *delete, NOTE}
        with self._alone(), self.reading() as snapshot, self._writer(self._current()) as writer:
            for number in _numbers(snapshot, gone):
                writer.delete_document(number)
            for fields in fresh.values():
                writer.add_document(**fields)
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
            with self._writer(directory) as writer:
                count = 0
                for count, document in enumerate(documents, start=1):
                    writer.add_document(**_fields(document))
                    if progress and count % 100 == 0:
                        progress(count)
                _note(writer, last_task)
                writer.commit(merge=False)
                if progress:
                    progress(count)
            self._point_to(directory)
            self._sweep(keep=directory)

    def merge(self, choose: Any) -> bool:
        """Write the segments that `choose` picks as one. False where it picks none."""
        with self._alone(), self.reading() as snapshot:
            chosen = {part.segment.name for part in choose(snapshot.parts)}
            if not chosen:
                return False

            def policy(writer: Any, segments: Sequence[Any]) -> list[Any]:
                for segment in segments:
                    if segment.segment_id() in chosen:
                        writer.add_reader(SegmentReader(writer.storage, writer.schema, segment))
                return [segment for segment in segments if segment.segment_id() not in chosen]

            with self._writer(self._current()) as writer:
                writer.commit(mergetype=policy)
            return True

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
        writer = FileIndex(storage, _SCHEMA, _NAME).writer(limitmb=_MEMORY_MB, codec=Codec())
        try:
            yield writer
        except BaseException:
            with suppress(Exception):
                writer.cancel()
            if writer.writelock.fd is not None:
                writer.writelock.release()
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


def _note(writer: Any, last_task: int) -> None:
    writer.add_document(page=str(NOTE), last_task=last_task)


def _fields(document: SearchDocument) -> dict[str, Any]:
    found: dict[str, Any] = {
        "page": str(document.page_id),
        "word": postings(document),
        "key": keys(document),
        "surface": surface(document),
        "facet": {f"{name}={value}" for name, values in facets(document).items() for value in values},
        "page_id": document.page_id,
        "revision_id": document.revision_id,
        "popularity": document.popularity,
        "starts": first_day(document.starts_on),
        "ends": last_day(document.ends_on or document.starts_on),
        "title": order_key(document.title).encode(),
    }
    if document.latitude is not None and document.longitude is not None:
        found |= {"latitude": document.latitude, "longitude": document.longitude}
    if document.stands_for:
        found["stands_for"] = "=".join(document.stands_for).encode()
    return found
