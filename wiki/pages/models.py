"""Tables of the pages: a few facts, and projections of the newest revision that can all be rebuilt."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from wiki.database import UTCDateTime, db, now


class Page(db.Model):  # type: ignore[name-defined,misc]
    """A thing with a name and a history.

    Facts: slug, kind as first made, origin, protection, archive, who may read it (`visibility` is "public", "members"
    or "draft"; `owner_id` is whose draft it is, None for others). The rest is a projection of the newest revision.
    `past_from` is the instant when the last day of an event or edition is over on the clocks of its place; `called_off`
    says that an event is not held as announced: "annule", "reporte", or "dates" where that is so of some dates only.
    `stamp` grows whenever what a reader sees may change without a new revision (a linked page appeared, moved, went,
    or began to name this one): page, revision and stamp together identify what is shown.
    """

    __tablename__ = "page"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    origin_id: Mapped[int | None] = mapped_column(ForeignKey("page.id"), index=True)
    protected: Mapped[bool] = mapped_column(default=False)
    archived_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    visibility: Mapped[str] = mapped_column(String(8), default="public", server_default="public")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(200))
    title_key: Mapped[str] = mapped_column(String(200), index=True)
    summary: Mapped[str] = mapped_column(String(400), default="")
    language: Mapped[str] = mapped_column(String(8), default="fr")
    complete: Mapped[bool] = mapped_column(default=True)
    starts_on: Mapped[str | None] = mapped_column(String(10))
    past_from: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    place: Mapped[str | None] = mapped_column(String(200))
    called_off: Mapped[str] = mapped_column(String(8), default="", server_default="")
    head_number: Mapped[int] = mapped_column(default=0)
    head_id: Mapped[int | None]
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now, index=True)
    stamp: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        Index("ix_page_kind_title_key", "kind", "archived_at", "title_key"),
        Index("ix_page_kind_starts_on", "kind", "archived_at", "starts_on"),
    )


class PageName(db.Model):  # type: ignore[name-defined,misc]
    """Every address a page ever had. Old ones lead to the present one."""

    __tablename__ = "page_name"

    slug: Mapped[str] = mapped_column(String(80), primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), index=True)


class Facet(db.Model):  # type: ignore[name-defined,misc]
    """A field value one can filter by."""

    __tablename__ = "facet"

    id: Mapped[int] = mapped_column(primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), index=True)
    field: Mapped[str] = mapped_column(String(40))
    value: Mapped[str] = mapped_column(String(200))

    __table_args__ = (Index("ix_facet_field_value", "field", "value", "page_id"),)


class Link(db.Model):  # type: ignore[name-defined,misc]
    """A page names another: in its text (`field` empty) or in a field.

    `key` is the link key as written; `target_id` the page it leads to now, None while nobody has made it. `sort_key`
    is the source's date or title key, so that a long list of sources comes in order from the index.
    """

    __tablename__ = "link"

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), index=True)
    field: Mapped[str] = mapped_column(String(40), default="")
    key: Mapped[str] = mapped_column(String(200), index=True)
    words: Mapped[str] = mapped_column(String(200), default="")
    target_id: Mapped[int | None] = mapped_column(ForeignKey("page.id", ondelete="SET NULL"))
    sort_key: Mapped[str] = mapped_column(String(200), default="")

    __table_args__ = (Index("ix_link_target", "target_id", "field", "sort_key"),)


class Occurrence(db.Model):  # type: ignore[name-defined,misc]
    """One stretch of time of a page, as instants in UTC; `ends` is exclusive. `session` is how the page writes it."""

    __tablename__ = "occurrence"

    id: Mapped[int] = mapped_column(primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), index=True)
    starts: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    ends: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    session: Mapped[str] = mapped_column(String(120), default="", server_default="")


class Position(db.Model):  # type: ignore[name-defined,misc]
    """Where a page is on the map, in degrees."""

    __tablename__ = "position"

    page_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), primary_key=True)
    latitude: Mapped[float]
    longitude: Mapped[float]
    precision: Mapped[str] = mapped_column(String(16), default="")


class Gathering(db.Model):  # type: ignore[name-defined,misc]
    """What an event says of itself and of how it went, in the shape that counting needs.

    Which recipe was tried, in which edition, by whom: that is in the links of the event. `state` is "passe" as soon as
    something was told of how it went; `told` says whether. `ends` is the instant all is over; `lasted` its longest
    session and `worked` all the time spent, in minutes. `sessions` and `outputs` hold one value per line.
    """

    __tablename__ = "gathering"

    page_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[str] = mapped_column(String(12))
    ends: Mapped[datetime | None] = mapped_column(UTCDateTime)
    city: Mapped[str] = mapped_column(String(200))
    attended: Mapped[int | None]
    lasted: Mapped[int | None]
    worked: Mapped[int | None]
    cents: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    told: Mapped[bool]
    outcome: Mapped[str] = mapped_column(String(12))
    sessions: Mapped[str] = mapped_column(Text)
    outputs: Mapped[str] = mapped_column(Text)
    troubles: Mapped[str] = mapped_column(Text)
    story: Mapped[str] = mapped_column(String(400))


class Share(db.Model):  # type: ignore[name-defined,misc]
    """What one event adds to the sums of the pages it counts for, so that it can be taken out again (see `tallies`)."""

    __tablename__ = "share"

    page_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), primary_key=True)
    data: Mapped[list[Any]] = mapped_column(JSON)


class Tally(db.Model):  # type: ignore[name-defined,misc]
    """How many events that count for a page share a `value` of a `fact`: a state; a year, a town, people, minutes…

    `scope` is the field in which they name it, or "family" for what names any page of the family it is the root of; an
    edition has the events of its parts too. `since` says from when on they count: "" for always (see `shares.until`).
    `told` of them have a report, `fruitless` came to nothing, `placed` say where they were: `latitude` and `longitude`
    are the sums over those, in millionths of a degree.
    """

    __tablename__ = "tally"

    page_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), primary_key=True)
    scope: Mapped[str] = mapped_column(String(12), primary_key=True)
    since: Mapped[str] = mapped_column(String(15), primary_key=True)
    fact: Mapped[str] = mapped_column(String(12), primary_key=True)
    value: Mapped[str] = mapped_column(String(200), primary_key=True)
    number: Mapped[int]
    told: Mapped[int]
    fruitless: Mapped[int]
    placed: Mapped[int]
    latitude: Mapped[int] = mapped_column(BigInteger)
    longitude: Mapped[int] = mapped_column(BigInteger)


class Rendered(db.Model):  # type: ignore[name-defined,misc]
    """The safe HTML of a page's newest revision, with what else its template needs.

    Valid for exactly one revision, stamp and renderer version; anything else is rendered again.
    """

    __tablename__ = "rendered"

    page_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), primary_key=True)
    revision_id: Mapped[int]
    stamp: Mapped[int]
    version: Mapped[str] = mapped_column(String(80))
    html: Mapped[str] = mapped_column(Text)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)


class Fingerprint(db.Model):  # type: ignore[name-defined,misc]
    """One mark of the words of a page's newest revision: pages with marks in common hold passages in common."""

    __tablename__ = "fingerprint"

    mark: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    page_id: Mapped[int] = mapped_column(
        ForeignKey("page.id", ondelete="CASCADE"), primary_key=True, index=True, autoincrement=False
    )


class ClosedWord(db.Model):  # type: ignore[name-defined,misc]
    """A word of the newest revision of a page that is not for everybody, in a form that a search asks for."""

    __tablename__ = "closed_word"

    form: Mapped[str] = mapped_column(String(80), primary_key=True)
    page_id: Mapped[int] = mapped_column(
        ForeignKey("page.id", ondelete="CASCADE"), primary_key=True, index=True, autoincrement=False
    )


class SearchTask(db.Model):  # type: ignore[name-defined,misc]
    """A page whose place in the search index is out of date; written in the save's own transaction."""

    __tablename__ = "search_task"

    id: Mapped[int] = mapped_column(primary_key=True)
    page_id: Mapped[int] = mapped_column(index=True)


class State(db.Model):  # type: ignore[name-defined,misc]
    """What is true of the wiki as a whole, by name: which projections its tables hold (see `upkeep.bring_up`)."""

    __tablename__ = "state"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))


class Presence(db.Model):  # type: ignore[name-defined,misc]
    """Somebody has this page open for editing. Never a lock."""

    __tablename__ = "presence"

    page_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), primary_key=True)
    actor_key: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class Offer(db.Model):  # type: ignore[name-defined,misc]
    """Somebody proposes to a page (`page_id`) another text, and says why.

    Either what another page has otherwise, by the keys of the units: it is about one revision of that source and stays
    so, whatever becomes of either page. Or, where there is no source, a text written on the page itself by somebody
    who may not change it (`OfferText`): a suggestion. A suggestion without a page is a page to make, under `title`, for
    those `visibility` says; without an address nobody knows of it.
    `state` is "open", "taken", "part" (some of it taken, the rest not), "declined" or "withdrawn"; `told` says that the
    author has seen the answer.
    """

    __tablename__ = "offer"

    id: Mapped[int] = mapped_column(primary_key=True)
    page_id: Mapped[int | None] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"))
    source_id: Mapped[int | None] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), index=True)
    source_revision_id: Mapped[int | None] = mapped_column(ForeignKey("revision.id"), index=True)
    units: Mapped[list[str]] = mapped_column(JSON)
    title: Mapped[str] = mapped_column(String(200), default="", server_default="")
    visibility: Mapped[str] = mapped_column(String(8), default="public", server_default="public")
    message: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(12), default="open")
    told: Mapped[bool] = mapped_column(default=False, server_default=false())
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    author_key: Mapped[str] = mapped_column(String(40), index=True)
    author_name: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    __table_args__ = (Index("ix_offer_page_id_state", "page_id", "state"), Index("ix_offer_state", "state"))


class OfferText(db.Model):  # type: ignore[name-defined,misc]
    """What a suggestion wants a page to say, written from revision `base_id`; the one with the highest number counts.

    Of a page to make, `base_id` is the revision of another page that it continues, if any.
    """

    __tablename__ = "offer_text"

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"))
    number: Mapped[int]
    base_id: Mapped[int | None] = mapped_column(ForeignKey("revision.id"), index=True)
    codec: Mapped[str] = mapped_column(String(8))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    minor: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    __table_args__ = (UniqueConstraint("offer_id", "number"),)


class OfferWord(db.Model):  # type: ignore[name-defined,misc]
    """What somebody said about an offer."""

    __tablename__ = "offer_word"

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    author_name: Mapped[str] = mapped_column(String(80))
    guest_key: Mapped[str | None] = mapped_column(String(40), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class Follow(db.Model):  # type: ignore[name-defined,misc]
    """An account wants to hear of a page ("page"), of a whole family ("family"), or of a theme's pages ("theme")."""

    __tablename__ = "follow"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), index=True)
    scope: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    __table_args__ = (UniqueConstraint("user_id", "page_id", "scope"),)


class NewsFeed(db.Model):  # type: ignore[name-defined,misc]
    """The secret word in the address of somebody's own feed; another word, and the old address is dead."""

    __tablename__ = "news_feed"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    secret: Mapped[str] = mapped_column(String(43), unique=True)
