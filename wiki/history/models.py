"""The revision: one saved text of a page, never changed; what of it is hidden may be."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import zstandard
from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wiki.database import UTCDateTime, db, now

# What of a revision can be hidden.
HIDEABLE = ("text", "comment", "author")


class Revision(db.Model):  # type: ignore[name-defined,misc]
    """A saved text. The unique pair (page, number) is the lock: two saves cannot both become number 7.

    `parent_id` is the revision it continues, in another page for a variant's first; `merged_id` a revision that was
    brought in; `base_number` the one its author started from. `changes` says per section what it altered. `guest_key`
    is the browser of a guest, whose `author_name` two guests might share. `hidden` names what of it is told to the
    moderation only; see `hiding`.
    """

    __tablename__ = "revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"))
    number: Mapped[int]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("revision.id"), index=True)
    merged_id: Mapped[int | None] = mapped_column(ForeignKey("revision.id"), index=True)
    base_number: Mapped[int]
    codec: Mapped[str] = mapped_column(String(8))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    size_change: Mapped[int]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    author_name: Mapped[str] = mapped_column(String(80), index=True)
    guest_key: Mapped[str | None] = mapped_column(String(40), index=True)
    comment: Mapped[str] = mapped_column(String(400), default="")
    minor: Mapped[bool] = mapped_column(default=False)
    action: Mapped[str] = mapped_column(String(12), default="edit")
    changes: Mapped[list[Any]] = mapped_column(JSON, default=list)
    hidden: Mapped[str] = mapped_column(String(40), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now, index=True)

    __table_args__ = (UniqueConstraint("page_id", "number"), Index("ix_revision_page_id_hidden", "page_id", "hidden"))


def encode(text: str) -> tuple[str, bytes, str]:
    """(codec, stored bytes, SHA-256 of the plain text) of a text. Short texts are kept plain."""
    plain = text.encode()
    digest = hashlib.sha256(plain).hexdigest()
    packed = zstandard.ZstdCompressor(level=3).compress(plain)
    return ("zstd", packed, digest) if len(packed) < len(plain) else ("plain", plain, digest)


def decode(codec: str, body: bytes) -> str:
    """The text of stored bytes. Raises ValueError for an unknown codec or damaged bytes."""
    if codec == "plain":
        return body.decode()
    if codec == "zstd":
        try:
            return zstandard.ZstdDecompressor().decompress(body).decode()
        except zstandard.ZstdError as error:
            raise ValueError(str(error)) from error
    raise ValueError(f"unknown codec {codec!r}")
