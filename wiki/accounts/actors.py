"""Who acts: an account, or a guest under a pseudonym."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """Whoever acts: `id` is None for a guest. `key` tells actors apart where rows belong to them."""

    id: int | None
    name: str
    role: str
    key: str

    @property
    def is_authenticated(self) -> bool:
        return self.id is not None

    @property
    def guest_key(self) -> str | None:
        """The key of a guest's browser, which nobody can guess; None for accounts and for whoever has no pseudonym."""
        return self.key if self.id is None and self.name else None


GUEST = Actor(None, "", "guest", "guest:")
# Whoever may run commands on the machine itself.
OPERATOR = Actor(None, "", "admin", "operator:")

FLOWERS = """
    Ajonc Ancolie Angelique Aubepine Bleuet Bourrache Bruyere Camomille Campanule Capucine Centauree Chicoree
    Coquelicot Cosmos Digitale Eglantine Fenouil Fougere Genet Gentiane Giroflee Houblon Iris Jonquille Lavande
    Lierre Lilas Lin Liseron Lupin Marguerite Marjolaine Mauve Melisse Menthe Mimosa Muguet Myosotis Narcisse
    Nigelle Oeillet Oseille Pavot Pervenche Pissenlit Primevere Reseda Romarin Safran Sarrasin Sauge Seigle Serpolet
    Souci Thym Tournesol Trefle Tulipe Valeriane Verveine Violette
""".split()


def guest(token: str) -> Actor:
    """The guest who holds this secret token: the same token gives the same pseudonym, which tells nothing of it."""
    digest = hashlib.sha256(b"guest pseudonym\0" + token.encode("utf-8", "replace")).digest()
    number = int.from_bytes(digest[:8], "big")
    flower = FLOWERS[number % len(FLOWERS)]
    return Actor(None, f"Visite {flower} {number // len(FLOWERS) % 10_000:04d}", "guest", f"guest:{digest.hex()[:24]}")


def new_guest_token() -> str:
    """A token for a guest's first act."""
    return secrets.token_urlsafe(16)
