"""Importing an agenda: a file or pasted text, then a look at what it would make, then consent.

Nothing is kept between the steps: the file travels in the form, and each step reads it anew.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import Blueprint, Response, current_app, make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from wiki import agenda, pages
from wiki.agenda import Reading, Unreadable
from wiki.errors import Invalid, Problem
from wiki.pages import DEFAULT_ZONE, Candidate, Shared
from wiki.web import visitor
from wiki.web.addresses import host
from wiki.web.security import limiter

blueprint = Blueprint("importing", __name__)
_LONGEST_NAME = 120


@dataclass
class Upload:
    """What somebody brings and says of it: the file's name and bytes, what holds for all its events, who may read."""

    name: str = ""
    data: bytes = b""
    edition: str = ""
    themes: str = ""
    dates: str = ""
    locate: bool = True
    visibility: str = "public"
    problems: list[Problem] = field(default_factory=list)

    @property
    def held(self) -> str:
        """The file as it travels in a form."""
        return base64.urlsafe_b64encode(zlib.compress(self.data)).decode()

    @property
    def shared(self) -> Shared:
        """What holds for all its events."""
        themes = [word for part in self.themes.replace(";", ",").split(",") if (word := part.strip())]
        return Shared(self.edition, themes, self.dates, self.locate)

    def problem(self, name: str) -> str:
        """What is wrong with this field, in words; empty where nothing is."""
        return " ".join(str(problem.message) for problem in self.problems if problem.field == name)


def _import_rate() -> str:
    return str(current_app.config["WIKI"]["IMPORT_RATE"])


@blueprint.route("/events/import", methods=["GET", "POST"])
@limiter.limit(_import_rate, methods=["POST"])
def form() -> BaseResponse:
    """Show the form, what a file would make (`action=look`), or make it (`action=import`, with its rows)."""
    actor = visitor.actor()
    pages.require(actor, "import")
    if request.method != "POST":
        asked = request.args.get("edition", "")[:200]
        named = pages.titles(actor, [asked]).get(asked)
        return _form(Upload(edition=named.title if named else asked))
    upload = Upload()
    try:
        upload = _received()
        reading = _read(upload)
        candidates = pages.weigh(actor, reading.drafts, upload.shared, host())
        if request.form.get("action") != "import":
            again = _ticked() if request.form.get("held") else set()
            return _preview(upload, reading, candidates, again or _proposed(candidates))
        chosen = [one for index, one in enumerate(candidates) if index in _ticked()]
        if not any(one.possible for one in chosen):
            upload.problems = [Problem(_("Cochez au moins un événement à créer."), "row")]
            return _preview(upload, reading, candidates, set(), 422)
        try:
            done = pages.import_events(actor, chosen, upload.name, upload.visibility)
        except Invalid as error:
            upload.problems = [Problem(problem.message, "visibility" if problem.field == "visibility" else None)
                               for problem in error.problems]
            return _preview(upload, reading, candidates, _ticked(), 422)
        return _answer(render_template("events/imported.html", done=done, upload=upload))
    except Invalid as error:
        upload.problems = error.problems
        return _form(upload, 422)


@blueprint.get("/events/import/sample.csv")
def sample() -> Response:
    """A table to begin from, which can be imported as it is."""
    response = Response(agenda.SAMPLE, content_type=agenda.tables.MEDIA_TYPE)
    response.headers["Content-Disposition"] = 'attachment; filename="levain-exemple.csv"'
    return response


def _received() -> Upload:
    """What was sent: a file, pasted text, or the file that travels along. Raises Invalid."""
    sent = request.form
    upload = Upload(
        name=sent.get("name", ""),
        edition=sent.get("edition", "").strip()[:200],
        themes=sent.get("themes", "").strip()[:1000],
        dates=sent.get("dates", "").strip()[:100],
        locate=sent.get("locate", "") == "y",
        visibility=sent.get("visibility", "public"),
    )
    file, pasted = request.files.get("file"), sent.get("pasted", "")
    if file is not None and file.filename:
        upload.name, upload.data = file.filename, file.read(_most() + 1)
    elif pasted.strip():
        upload.name, upload.data = _("texte collé"), pasted.encode("utf-8", "replace")
    elif sent.get("held"):
        upload.data = _unpacked(sent["held"])
    # Only the last part, on one line: some browsers send the whole path.
    upload.name = " ".join(upload.name.replace("\\", "/").rsplit("/", 1)[-1].split())[:_LONGEST_NAME]
    return upload


def _most() -> int:
    most: int = current_app.config["WIKI"]["IMPORT_BYTES"]
    return most


def _unpacked(held: str) -> bytes:
    """The file that travelled in a form; never more of it than may be imported. Raises Invalid."""
    try:
        return zlib.decompressobj().decompress(base64.urlsafe_b64decode(held), _most() + 1)
    except (zlib.error, binascii.Error, ValueError):
        raise Invalid(_("Le fichier s’est abîmé en route. Choisissez-le à nouveau."), "file") from None


def _read(upload: Upload) -> Reading:
    """The events of what was sent. Raises Invalid, with what to do."""
    if not upload.data.strip():
        raise Invalid(_("Choisissez un fichier, ou collez un tableau."), "file")
    if len(upload.data) > _most():
        upload.data = b""
        raise Unreadable(
            _("Ce fichier dépasse %(limit)s. Coupez-le en plusieurs fichiers.", limit=pages.volume(_most()))
        )
    try:
        most = current_app.config["WIKI"]["IMPORT_EVENTS"]
        return agenda.read(upload.data, upload.name, most=most, zone=DEFAULT_ZONE)
    except Unreadable:
        upload.data = b""
        raise


def _ticked() -> set[int]:
    rows = request.form.getlist("row")[:10_000]
    return {int(row) for row in rows if row.isascii() and row.isdigit() and len(row) < 6}


def _proposed(candidates: Sequence[Candidate]) -> set[int]:
    return {index for index, one in enumerate(candidates) if one.proposed}


def _form(upload: Upload, status: int = 200) -> BaseResponse:
    most = pages.volume(_most())
    html = render_template("events/import.html", upload=upload, groups=None, reading=None, most=most,
                           editions=_editions())
    return _answer(html, status)


def _preview(
    upload: Upload, reading: Reading, candidates: Sequence[Candidate], ticked: set[int], status: int = 200
) -> BaseResponse:
    groups: dict[str, list[tuple[int, Candidate]]] = {"new": [], "alike": [], "wrong": [], "same": []}
    for index, one in enumerate(candidates):
        fate = "new" if one.proposed else "alike" if one.possible else "wrong" if one.problems else "same"
        groups[fate].append((index, one))
    html = render_template("events/import.html", upload=upload, groups=groups, reading=reading, ticked=ticked,
                           most=pages.volume(_most()), editions=_editions())
    return _answer(html, status)


def _editions() -> Sequence[pages.PageInfo]:
    """The newest editions, to choose from."""
    return pages.listing(visitor.actor(), "edition", per_page=50).rows


def _answer(html: str, status: int = 200) -> BaseResponse:
    response = make_response(html, status)
    response.headers["Cache-Control"] = "private, no-store"
    return response
