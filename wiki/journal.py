"""What the program tells those who run it: lines on its error stream, for people at a terminal, for programs elsewhere.

A line of JSON holds the time, the level, who says it, the words, and the number of the request it is about.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from wiki import audit


class JsonLines(logging.Formatter):
    """One line of JSON for each record; what is in `extra={"facts": …}` stands beside the words."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "request": audit.request_id.get(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps({name: value for name, value in entry.items() if value != ""}, default=str)


def begin(requests: bool) -> None:
    """Write from here on, unless a server around the program already does; `requests`: a line for each answer too."""
    handler = logging.StreamHandler(sys.stderr)
    if not sys.stderr.isatty():
        handler.setFormatter(JsonLines())
    logging.basicConfig(
        level=logging.WARNING, handlers=[handler], format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    if requests:
        logging.getLogger("wiki.requests").setLevel(logging.INFO)
    # It warns of every request that waits a moment for a thread.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
