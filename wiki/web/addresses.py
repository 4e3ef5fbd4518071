"""Whole addresses, for feeds, structured data and other readers that are not on the site."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request, url_for


def origin() -> str:
    """Scheme and host of this wiki, without a slash at the end: as configured, else as it was asked for."""
    configured: str = current_app.config["WIKI"]["BASE_URL"]
    return (configured or request.host_url).rstrip("/")


def host() -> str:
    """The name of this wiki in the names of its events: the host of its address, with its port."""
    return urlsplit(origin()).netloc


def absolute(endpoint: str, **arguments: Any) -> str:
    """The whole address of an endpoint."""
    return origin() + url_for(endpoint, **arguments)
