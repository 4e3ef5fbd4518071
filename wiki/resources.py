"""Where templates, seed pages and other shipped files are.

Once installed they lie inside the package; in a checkout beside it (an editable install does not move them).
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The shipped folder called `name`: inside the package, else beside it.

    Raises FileNotFoundError where the installation is incomplete.
    """
    for candidate in (PACKAGE / name, PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"The folder {name} is missing from this installation.")
