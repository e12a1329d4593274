"""What the report says about its own making: only what is equal whenever inputs and settings are equal."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from LWCTRLogic import files
from LWCTRLogic.case import VOLUMES, Case
from LWCTRLogic.errors import InputError
from LWCTRLogic.findings import Finding
from LWCTRLogic.models.prediction import Prediction
from LWCTRLogic.provenance import package_versions

ORIGIN_KEY = b"lwctr"  # as the extraction writes it


@dataclass(frozen=True)
class Provenance:
    """Versions and hashes. ``facts`` are (name, value); ``hashes`` are (file in the case, SHA-256)."""

    facts: tuple[tuple[str, str], ...]
    versions: tuple[tuple[str, str], ...]
    hashes: tuple[tuple[str, str], ...]


def read_provenance(case: Case, prediction: Prediction) -> Provenance:
    """Collect the provenance of a case: bundle, extraction settings and backend, package versions, hashes.

    Raises
    ------
    InputError
        When ``features.parquet`` cannot be read.
    """
    bundle = prediction.bundle
    facts = [
        ("Model bundle", f"{bundle.name} {bundle.version}".strip()),
        ("Bundle SHA-256", bundle.sha256),
        ("Settings hash of the bundle", bundle.settings_hash),
        *_feature_facts(feature_origin(case)),
    ]
    return Provenance(
        tuple((name, value) for name, value in facts if value),
        tuple(sorted(package_versions().items())),
        tuple(_hashes(case)),
    )


def feature_origin(case: Case) -> dict[str, Any]:
    """Return what ``features.parquet`` says of its own making; empty when there is none.

    Raises
    ------
    InputError
        When the file cannot be read.
    """
    if not case.features_path.is_file():
        return {}
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        metadata: dict[bytes, bytes] = pq.read_schema(case.features_path).metadata or {}
        origin = json.loads(metadata.get(ORIGIN_KEY, b"{}"))
    except (OSError, pa.ArrowException, ValueError) as error:
        raise InputError(
            f"{case.features_path} is no feature table ({error})", "a features.parquet", "Extract again"
        ) from error
    return origin if isinstance(origin, dict) else {}


def _feature_facts(origin: dict[str, Any]) -> list[tuple[str, str]]:
    """Return backend, settings hash and the settings that the published method leaves open."""
    setting = origin.get("settings", {}).get("setting", {})
    spacing, width = setting.get("resampledPixelSpacing"), setting.get("binWidth")
    backend = f"{origin.get('backend', '')} {origin.get('version', '')}".strip()
    return [
        ("Feature backend", backend),
        ("Settings hash of the features", str(origin.get("settings_hash", ""))),
        ("Resampling (assumed, not published)", _spacing_words(spacing) if setting else ""),
        ("Bin width (assumed, not published)", f"{width:g} HU" if width else ""),
    ]


def _spacing_words(spacing: Any) -> str:
    return " × ".join(f"{step:g}" for step in spacing) + " mm" if spacing else "none"


def stale_masks(case: Case) -> list[Finding]:
    """Return a finding for each volume whose features were computed with another mask than the one in use."""
    found = []
    for volume, inputs in feature_origin(case).get("inputs", {}).items():
        path = case.current_mask(volume) if volume in VOLUMES else None
        if path is not None and inputs.get("mask") != files.sha256(path):
            text = f"the score was computed with another mask than {path.name}, the one shown; run the case again"
            found.append(Finding("report-stale-mask", text, volume))
    return found


def _hashes(case: Case) -> list[tuple[str, str]]:
    """Return the SHA-256 of what the result was made from, by path inside the case."""
    paths = []
    for volume in case.volumes():
        paths += [case.image_path(volume), case.current_mask(volume)]
    paths += [case.features_path, case.prediction_path]
    found = [path for path in paths if path is not None and path.is_file()]
    return [(path.relative_to(case.folder).as_posix(), files.sha256(path)) for path in found]
