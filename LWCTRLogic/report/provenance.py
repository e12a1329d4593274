"""What the report says about its own making: only what is equal whenever inputs and settings are equal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from LWCTRLogic import files
from LWCTRLogic.case import Case
from LWCTRLogic.models.prediction import Prediction
from LWCTRLogic.provenance import package_versions


@dataclass(frozen=True)
class Provenance:
    """Versions and hashes. ``facts`` are (name, value); ``hashes`` are (file in the case, SHA-256)."""

    facts: tuple[tuple[str, str], ...]
    versions: tuple[tuple[str, str], ...]
    hashes: tuple[tuple[str, str], ...]


def read_provenance(case: Case, prediction: Prediction) -> Provenance:
    """Collect the provenance of a case: bundle, extraction settings and backend, package versions, hashes."""
    metadata = _feature_metadata(case)
    bundle = prediction.bundle
    facts = [
        ("Model bundle", f"{bundle.name} {bundle.version}".strip()),
        ("Bundle SHA-256", bundle.sha256),
        ("Settings hash of the bundle", bundle.settings_hash),
    ]
    facts += [(f"Features: {key.replace('_', ' ')}", value) for key, value in sorted(metadata.items())]
    return Provenance(
        tuple((name, value) for name, value in facts if value),
        tuple(sorted(package_versions().items())),
        tuple(_hashes(case)),
    )


def _feature_metadata(case: Case) -> Mapping[str, str]:
    """Return the short texts in the metadata of ``features.parquet``; empty without features."""
    if not case.features_path.is_file():
        return {}
    import pyarrow.parquet

    raw: dict[bytes, bytes] = pyarrow.parquet.read_schema(case.features_path).metadata or {}
    return {
        key.decode("utf-8", "replace"): _plain(value.decode("utf-8", "replace"))
        for key, value in raw.items()
        if key not in (b"pandas", b"ARROW:schema") and len(value) <= 200
    }


def _plain(text: str) -> str:
    """Return a JSON string or number without its quotes, anything else as it is."""
    try:
        value: Any = json.loads(text)
    except json.JSONDecodeError:
        return text
    return str(value) if isinstance(value, (str, int, float)) else text


def _hashes(case: Case) -> list[tuple[str, str]]:
    """Return the SHA-256 of what the result was made from, by path inside the case."""
    paths = []
    for volume in case.volumes():
        paths += [case.image_path(volume), case.current_mask(volume)]
    paths += [case.features_path, case.prediction_path]
    found = [path for path in paths if path is not None and path.is_file()]
    return [(path.relative_to(case.folder).as_posix(), files.sha256(path)) for path in found]
