"""Build wiki/static/vendor, the parts of the map that come from elsewhere: `make vendor`.

Each part is a folder with its licence. README.md in it names the packages, their versions, and the sum of every file.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vendoring import world
from vendoring.packages import NPM, npm_package

FOLDER = Path(__file__).resolve().parent.parent / "wiki" / "static" / "vendor"


@dataclass(frozen=True)
class Part:
    """A package, the licence it is under, and which of its files are taken, each under which name."""

    package: str
    licence: str
    files: dict[str, str]

    @property
    def version(self) -> str:
        """The version that is taken."""
        return NPM[self.package][0]


PARTS = (
    Part("leaflet", "BSD-2-Clause", {
        "dist/leaflet.js": "leaflet/leaflet.js", "dist/leaflet.css": "leaflet/leaflet.css",
        "LICENSE": "leaflet/LICENSE",
    }),
    Part("leaflet.markercluster", "MIT", {
        "dist/leaflet.markercluster.js": "markercluster/markercluster.js",
        "dist/MarkerCluster.css": "markercluster/markercluster.css", "MIT-LICENCE.txt": "markercluster/LICENSE",
    }),
    Part("protomaps-leaflet", "BSD-3-Clause", {
        "dist/protomaps-leaflet.js": "protomaps/protomaps.js", "LICENSE": "protomaps/LICENSE",
    }),
    Part("world-atlas", "ISC", {"countries-10m.json": "world/world.json", "LICENSE": "world/LICENSE"}),
)
_MAP_OF_SOURCES = re.compile(rb"\n//# sourceMappingURL=.*\s*\Z")


def contents() -> Iterator[tuple[str, bytes]]:
    """Every vendored file but the README: its name and what it holds."""
    for part in PARTS:
        package = npm_package(part.package)
        for source, name in part.files.items():
            content = package[source]
            if name.endswith("world.json"):
                content = world.build(json.loads(content)).encode()
            elif name.endswith(".js"):
                content = _MAP_OF_SOURCES.sub(b"\n", content)
                if part.package == "protomaps-leaflet":
                    # Written for a page that shares its names; a module gives them away itself.
                    content += b"export default protomapsL;\n"
            elif name == "world/LICENSE":
                content += (
                    b"\nThe coasts and borders are Natural Earth's (https://www.naturalearthdata.com), in the public"
                    b"\ndomain. The cities are GeoNames' (https://www.geonames.org), under CC BY 4.0.\n"
                )
            yield name, content


def readme(files: dict[str, bytes]) -> str:
    """What is here, in which version and under which licence, with the sum of every file."""
    rows = [f"| {part.package} | {part.version} | {part.licence} |" for part in PARTS]
    sums = [f"{hashlib.sha256(content).hexdigest()}  {name}" for name, content in sorted(files.items())]
    return "\n".join((
        "# Parts that come from elsewhere",
        "",
        "Made by `make vendor` from packages whose sums are known (vendoring/packages.py); never edited by hand.",
        "",
        "| Package | Version | Licence |", "|---|---|---|", *rows,
        "",
        "`sha256sum --check` understands these lines:",
        "",
        "```", *sums, "```", "",
    ))


def main() -> None:
    """Write the folder anew."""
    files = dict(contents())
    shutil.rmtree(FOLDER, ignore_errors=True)
    for name, content in files.items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (FOLDER / "README.md").write_text(readme(files), encoding="utf-8")
    print(f"{FOLDER.name}: {len(files)} files, {sum(map(len, files.values())) // 1000} kB")


if __name__ == "__main__":
    main()
