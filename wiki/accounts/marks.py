"""Marks: what stands for a secret or a person in the database without telling it."""

from __future__ import annotations

import hashlib
import hmac

from flask import current_app


def digest(token: str) -> str:
    """What is kept of a random token: whoever reads the database opens nothing with it."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def mark(*parts: object) -> str:
    """A word of 64 characters that is the same for the same parts, and that nobody without this wiki's key can make.

    So a name or a network that could be guessed cannot be told from it.
    """
    key = str(current_app.secret_key).encode()
    words = "\0".join(str(part) for part in parts)
    return hmac.new(key, words.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
