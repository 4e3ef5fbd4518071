"""The security log: who came in or was refused, what was taken away, given or carried off.

One line of JSON for each event, in `security.log` of the data folder, of which one older part is kept: escaped, so
that nothing typed makes a second line, and without secrets or names. An account is its number; a network is a mark
that tells one from another.
"""

from __future__ import annotations

import json
import logging
import os
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, current_app

log = logging.getLogger("wiki.security")
# Bytes after which the log goes on in a new file: whoever knocks without end must not fill the disk.
LONGEST = 10_000_000
# Which request is being answered, and the mark of the network it came from.
request_id: ContextVar[str] = ContextVar("request_id", default="")
network: ContextVar[str] = ContextVar("network", default="")


def init_app(app: Flask, folder: Path) -> None:
    """Write to this folder."""
    app.config["SECURITY_LOG"] = folder / "security.log"


def note(event: str, **facts: Any) -> None:
    """Write an event. A log that cannot be written stops nobody's work: it is said in the program's own log."""
    entry = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event}
    entry |= {"request": request_id.get(), "network": network.get()} | facts
    line = json.dumps({name: value for name, value in entry.items() if value not in ("", None)}, default=str)
    log.info("%s", line)
    path: Path = current_app.config["SECURITY_LOG"]
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(line + "\n")
            full = file.tell() > LONGEST
        if full:
            path.replace(path.with_name(path.name + ".1"))
    except OSError as error:
        log.error("The security log cannot be written: %s", error.strerror)
