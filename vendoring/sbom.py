"""Write sbom.cdx.json, the list of every part Levain is built from, as CycloneDX has it: `make sbom`.

The parts are those of requirements.lock and those that are vendored, so that other programs can ask what is known of
each. It tells no time, and so is the same as long as the parts are.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from vendoring.browser import PARTS
from vendoring.packages import NPM, PIP

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "sbom.cdx.json"


def bill() -> str:
    """What the file must say today."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    licences = {part.package: part.licence for part in PARTS}
    components = [
        *(_component("pypi", name, version) for name, version in re.findall(r"^([\w.-]+)==(\S+)", lock, re.MULTILINE)),
        *(_component("pypi", name, version) for name, (version, _sum) in sorted(PIP.items())),
        *(_component("npm", name, version, licences.get(name)) for name, (version, _sum) in sorted(NPM.items())),
    ]
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "levain-wiki", "bom-ref": "levain-wiki"}},
        "components": components,
        "dependencies": [{"ref": "levain-wiki", "dependsOn": [component["bom-ref"] for component in components]}],
    }
    return json.dumps(document, indent=1) + "\n"


def _component(kind: str, name: str, version: str, licence: str | None = None) -> dict[str, Any]:
    address = f"pkg:{kind}/{name.replace('@', '%40')}@{version}"
    said = {"licenses": [{"license": {"id": licence}}]} if licence else {}
    return {"type": "library", "bom-ref": address, "name": name, "version": version, "purl": address, **said}


if __name__ == "__main__":
    FILE.write_text(bill(), encoding="utf-8")
