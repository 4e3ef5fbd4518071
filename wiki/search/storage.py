"""Whoosh on disk, and every place where this house reaches below Whoosh's usual interface.

These things are done here and nowhere else:

- Files are read by position (`PositionalFile`). Whoosh maps a segment and then copies all of it into each process:
  at 100,000 pages 680 MB and 210 ms an opening. Reading where asked costs neither; threads do not disturb each other,
  and a file that was cut short is an error to recover from where a map would kill the process.
- What is written reaches the disk before the table of contents that names it (`Storage.rename_file`), and its
  checksum stands beside it: where reading goes wrong, damage can be told from a mistake of ours.
- Columns are read whole (`Numbers`), not one by one; for postings see `codec`.
"""

from __future__ import annotations

import io
import os
import pickle
import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from zlib import crc32

from whoosh import columns, fields, formats
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile
from whoosh.reading import TermNotFound

from wiki.search.codec import NOTHING, Postings, Term, unpacked
from wiki.search.postings import Posting

# Raise it whenever what is written changes.
STORAGE_VERSION = f"4-{sys.byteorder}"


AHEAD = 2048


class _Descriptor:
    """An open file, closed when nobody holds it any more: old readers may outlive the index they belong to."""

    def __init__(self, path: str) -> None:
        self.number = -1
        self.number = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))

    def __del__(self) -> None:
        if self.number >= 0:
            os.close(self.number)


class PositionalFile(StructFile):  # type: ignore[misc]
    """A stretch of a file, read by position."""

    def __init__(self, descriptor: _Descriptor, offset: int, length: int, name: str) -> None:
        self._descriptor = descriptor
        self._offset = offset
        self.length = length
        self._position = 0
        self._ahead = (0, b"")
        self._name = name
        self.is_real = False
        self.is_closed = False
        self.onclose = None
        self.file = self

    def subset(self, offset: int, length: int, name: str | None = None) -> PositionalFile:
        return PositionalFile(self._descriptor, self._offset + offset, length, name or self._name)

    def get(self, position: int, length: int) -> bytes:
        length = min(length, self.length - position)
        if length <= 0:
            return b""
        start, ahead = self._ahead
        if start <= position and position + length <= start + len(ahead):
            return ahead[position - start : position - start + length]
        # Dictionaries are read in small pieces one after the other: fewer, larger reads.
        wanted = min(max(length, AHEAD), self.length - position) if length < AHEAD else length
        data = os.pread(self._descriptor.number, wanted, self._offset + position)
        if len(data) < length:
            raise EOFError(f"{self._name} ends early")
        if wanted > length:
            self._ahead = position, data
            return data[:length]
        return data

    def read(self, size: int = -1) -> bytes:
        data = self.get(self._position, self.length if size < 0 else size)
        self._position += len(data)
        return data

    def readline(self) -> bytes:
        raise io.UnsupportedOperation("readline")

    def read_pickle(self) -> Any:
        size = 1024
        while True:
            stream = io.BytesIO(self.get(self._position, size))
            try:
                value = pickle.load(stream)  # noqa: S301 - our own files, as Whoosh writes them
            except (EOFError, pickle.UnpicklingError):
                if self._position + size >= self.length:
                    raise
                size *= 8
                continue
            self._position += stream.tell()
            return value

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> None:
        origin = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self.length}[whence]
        self._position = origin + offset

    def tell(self) -> int:
        return self._position

    def get_array(self, position: int, typecode: str, length: int) -> array[Any]:
        values = array(typecode)
        values.frombytes(self.get(position, length * values.itemsize))
        values.byteswap()
        return values

    def close(self) -> None:
        self.is_closed = True


class Storage(FileStorage):  # type: ignore[misc]
    """A folder of Whoosh's. `durable` sends what is written to the disk before it is named."""

    def __init__(self, path: str, durable: bool = True) -> None:
        super().__init__(path, supports_mmap=False)
        self._durable = durable
        self._written: set[str] = set()

    def create_file(self, name: str, **options: Any) -> Any:
        self._written.add(name)
        return super().create_file(name, **options)

    def open_file(self, name: str, **options: Any) -> PositionalFile:
        descriptor = _Descriptor(self._fpath(name))
        return PositionalFile(descriptor, 0, os.fstat(descriptor.number).st_size, name)

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        """Whoosh's last step of a commit: the table of contents takes its place."""
        for name in sorted(self._written):
            if name.endswith(".seg"):
                self._note_checksum(name)
            if self._durable:
                _sync(self._fpath(name))
        self._written.clear()
        super().rename_file(oldname, newname, safe=safe)
        if self._durable:
            _sync(self.folder)


    def _note_checksum(self, name: str) -> None:
        with open(self._fpath(f"{name}.sum"), "w") as file:
            file.write(str(_checksum(self._fpath(name))))

    def intact(self, segment: str) -> bool:
        """Whether the file of a segment is as it was written."""
        path = self._fpath(f"{segment}.seg")
        with open(f"{path}.sum") as file:
            return file.read() == str(_checksum(path))


def _checksum(path: str) -> int:
    """Of a whole file."""
    checksum = 0
    with open(path, "rb") as file:
        while piece := file.read(2**20):
            checksum = crc32(piece, checksum)
    return checksum


def _sync(path: str) -> None:
    try:
        number = os.open(path, os.O_RDONLY)
    except FileNotFoundError:  # written, and already done with
        return
    try:
        os.fsync(number)
    finally:
        os.close(number)


class Numbers(columns.NumericColumn):  # type: ignore[misc]
    """A column of numbers that can be had all at once."""

    class Reader(columns.NumericColumn.Reader):  # type: ignore[misc]
        def everything(self) -> array[Any]:
            """The number of each document."""
            held = min(self._count, self._doccount)
            values: array[Any] = self._dbfile.get_array(self._basepos, self._typecode, held)
            values.extend(array(self._typecode, [self._default]) * (self._doccount - held))
            return values


class Values(formats.Format):  # type: ignore[misc]
    """Postings that carry a value of their own making."""

    posting_size = -1

    def word_values(self, value: Any, analyzer: Any, **options: Any) -> Iterable[tuple[str, int, float, bytes]]:
        raise NotImplementedError("the postings are made elsewhere")


class Presence(Values):
    """Postings that say no more than that they are there."""

    posting_size = 0


_BYTES = [bytes((value,)) for value in range(256)]


class Impacts(fields.FieldType):  # type: ignore[misc]
    """Forms with their impact and their places: one byte, then two for each place."""

    def __init__(self) -> None:
        super().__init__(Values(), None)

    def values(self, found: dict[str, Posting]) -> Iterator[tuple[bytes, bytes]]:
        """(text, value) of each form."""
        for form, (impact, positions) in found.items():
            yield form.encode(), _BYTES[impact] + positions.tobytes()


class Ranks(fields.FieldType):  # type: ignore[misc]
    """Words with a rank of one byte, and how they are written where that is another way."""

    def __init__(self) -> None:
        super().__init__(Values(), None)

    def index(self, value: dict[str, tuple[int, str]], **options: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        for word, (rank, written) in value.items():
            yield word.encode(), 1, 1.0, bytes((rank,)) + (b"" if written == word else written.encode())


class Exact(fields.FieldType):  # type: ignore[misc]
    """Texts that are there or not."""

    def __init__(self, unique: bool = False) -> None:
        super().__init__(Presence(), None, unique=unique)

    def index(self, value: Iterable[str], **options: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        for text in (value,) if isinstance(value, str) else value:
            yield text.encode("utf-8", "replace"), 1, 1.0, b""


# The latitude of a place that is not known.
NOWHERE = 999.0

# One value for each document, whole numbers but for the position.
COLUMNS = {
    "page_id": Numbers("I"),
    "revision_id": Numbers("I"),
    "popularity": Numbers("I"),
    "origin": Numbers("I"),
    "starts": Numbers("I"),
    "ends": Numbers("I"),
    "past_from": Numbers("I"),
    "latitude": Numbers("f", default=NOWHERE),
    "longitude": Numbers("f", default=NOWHERE),
    "last_task": Numbers("Q"),
}
TEXTS = {"title": columns.VarBytesColumn(), "stands_for": columns.VarBytesColumn()}


def schema() -> fields.Schema:
    """The fields of the index, see `postings`, and its columns."""
    return fields.Schema(
        page=Exact(unique=True), word=Impacts(), key=Ranks(), surface=Ranks(), facet=Exact(),
        **{name: fields.COLUMN(column) for name, column in (COLUMNS | TEXTS).items()},
    )


class SegmentFiles:
    """What can be read of one segment, whichever of its documents are deleted. Safe among threads."""

    def __init__(self, storage: Storage, segment: Any) -> None:
        files = segment.open_compound_file(storage) if segment.is_compound() else storage
        self.name: str = segment.segment_id()
        self.size: int = segment.doc_count_all()
        self._terms = segment.codec().terms_reader(files, segment)
        self._documents = segment.codec().per_document_reader(files, segment)

    def postings(self, field: str, text: str) -> Postings:
        """The list of a term, an empty one where there is no such term."""
        try:
            offset, _length = self._terms.term_info(field, text.encode()).extent()
        except TermNotFound:
            return NOTHING
        return unpacked(self._terms._postfile, offset)

    def lists(self, numbers: Sequence[int]) -> Iterator[tuple[Term, Postings]]:
        """Every term in order with its list, its documents called by new numbers, those of -1 left out."""
        for (field, text), terminfo in self._terms.items():
            postings = unpacked(self._terms._postfile, terminfo.extent()[0])
            yield (field, text), postings.renumbered(numbers)

    def lists_from(self, field: str, prefix: str) -> Iterator[tuple[str, Postings]]:
        """The terms of a field that begin so, in order, with their lists."""
        start = prefix.encode()
        for (name, text), terminfo in self._terms.items_from(field, start):
            if name != field or not text.startswith(start):
                return
            yield text.decode(), unpacked(self._terms._postfile, terminfo.extent()[0])

    def texts_from(self, field: str, prefix: str) -> Iterator[str]:
        """The terms of a field that begin so, in order."""
        start = prefix.encode()
        for name, text in self._terms.terms_from(field, start):
            if name != field or not text.startswith(start):
                return
            yield text.decode()

    def numbers(self, name: str) -> array[Any]:
        """A column of numbers."""
        column = COLUMNS[name]
        if self._documents.has_column(name):
            values: array[Any] = self._documents.column_reader(name, column).everything()
            return values
        return array(column._typecode, [column.default_value()]) * self.size

    def texts(self, name: str) -> Sequence[bytes]:
        """A column of texts, empty where no document has one."""
        if self._documents.has_column(name):
            column: Sequence[bytes] = self._documents.column_reader(name, TEXTS[name])
            return column
        return ()
