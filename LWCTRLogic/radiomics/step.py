"""The feature table of a case: ``features.parquet`` and ``features.csv``, one row a volume."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from LWCTRLogic import files
from LWCTRLogic.case import VOLUMES, Case
from LWCTRLogic.errors import InputError, LWCTRError
from LWCTRLogic.imaging.masks import read_mask
from LWCTRLogic.imaging.volumes import read_image
from LWCTRLogic.progress import NamedProgress, Progress
from LWCTRLogic.radiomics.backend import FeatureBackend
from LWCTRLogic.radiomics.columns import feature_names, features_csv
from LWCTRLogic.radiomics.settings import ExtractionSettings

METADATA_KEY = b"lwctr"


@dataclass
class FeatureTable:
    """Features by volume, and what they were made from.

    Attributes
    ----------
    rows : dict
        Volume → feature → value.
    origin : dict
        ``settings`` and their ``settings_hash``, ``backend``, ``version``; ``inputs``: volume → SHA-256 of
        ``image`` and ``mask``.
    """

    rows: dict[str, dict[str, float]] = field(default_factory=dict)
    origin: dict[str, Any] = field(default_factory=dict)

    def ordered(self) -> dict[str, dict[str, float]]:
        """Return the rows in the fixed order of volumes."""
        order = sorted(self.rows, key=lambda name: (VOLUMES.index(name) if name in VOLUMES else 99, name))
        return {name: self.rows[name] for name in order}

    def frame(self) -> pd.DataFrame:
        """Return the rows in the fixed order of volumes, indexed by ``volume``."""
        rows = self.ordered()
        return pd.DataFrame(list(rows.values()), index=pd.Index(list(rows), name="volume"), dtype=float)


def read_table(path: Path) -> FeatureTable:
    """Read a feature table with its origin.

    Raises
    ------
    InputError
        When it cannot be read or was not written by this package.
    """
    try:
        table = pq.read_table(path)
        origin = json.loads((table.schema.metadata or {})[METADATA_KEY])
    except (OSError, pa.ArrowException, KeyError, ValueError) as error:
        raise InputError(
            f"{path} is no feature table of this package ({error})", "a features.parquet"
        ) from error
    frame = table.to_pandas()
    rows = {
        str(name): dict(zip(frame.columns, map(float, row), strict=True)) for name, *row in frame.itertuples()
    }
    return FeatureTable(rows, origin)


def write_table(table: FeatureTable, path: Path) -> None:
    """Write ``path`` (Parquet) and the CSV beside it; the same table gives the same bytes."""
    frame = table.frame()
    arrow = pa.Table.from_pandas(frame)
    origin = json.dumps(table.origin, sort_keys=True).encode()
    arrow = arrow.replace_schema_metadata({**(arrow.schema.metadata or {}), METADATA_KEY: origin})
    files.write_with(path, lambda name: pq.write_table(arrow, name, compression="zstd"))
    files.write_text(path.with_suffix(".csv"), features_csv(table.ordered()))


def extract_case(
    case: Case,
    settings: ExtractionSettings,
    backend: FeatureBackend,
    progress: Progress | None = None,
    threads: int = 1,
    volumes: Sequence[str] | None = None,
) -> Path:
    """Compute the features of a case's volumes and write its table; return the table's path.

    A row made with the same settings and backend from the same image and mask is kept as it is, so an interrupted
    run goes on where it stopped. Rows of volumes that the case no longer has are dropped.

    Raises
    ------
    InputError
        When a volume has no image or mask, or was refused; the message begins with the volume.
    Cancelled
        If the user asked to stop; finished volumes are kept.
    """
    progress = progress or Progress()
    wanted = list(volumes if volumes is not None else case.volumes())
    if not wanted:
        raise InputError(f"{case.folder} has no volumes", "at least one scan in case.json")
    made_with = made_by(settings, backend)
    inputs = {volume: _inputs(case, volume) for volume in wanted}
    table = _current_rows(case, made_with, inputs, settings)
    for volume in wanted:
        if volume in table.rows:
            continue
        table.rows[volume] = _extract_volume(case, volume, settings, backend, progress, threads)
        table.origin["inputs"] = {name: inputs[name] for name in table.rows}
        write_table(table, case.features_path)
    write_table(table, case.features_path)
    return case.features_path


def made_by(settings: ExtractionSettings, backend: FeatureBackend) -> dict[str, Any]:
    """Return what a table says of its making, but for the inputs."""
    return {
        "settings": settings.to_dict(),
        "settings_hash": settings.hash,
        "backend": backend.name,
        "version": backend.version,
    }


def _inputs(case: Case, volume: str) -> dict[str, str]:
    """Return the SHA-256 of a volume's image and mask."""
    image, mask = case.image_path(volume), case.current_mask(volume)
    if not image.is_file():
        raise InputError(f"{volume} has no image ({image})", "the volume's image", "Run 'lwctr scan' first")
    if mask is None:
        raise InputError(f"{volume} has no mask", "a mask of the liver", "Run 'lwctr segment' first")
    return {"image": files.sha256(image), "mask": files.sha256(mask)}


def _current_rows(
    case: Case, made_with: dict[str, Any], inputs: dict[str, dict[str, str]], settings: ExtractionSettings
) -> FeatureTable:
    """Return what of the existing table still holds."""
    fresh = FeatureTable({}, {**made_with, "inputs": {}})
    if not case.features_path.exists():
        return fresh
    try:
        old = read_table(case.features_path)
    except InputError:
        return fresh
    if {key: old.origin.get(key) for key in made_with} != made_with:
        return fresh
    names = feature_names(settings)
    for volume, row in old.rows.items():
        if volume in inputs and old.origin["inputs"].get(volume) == inputs[volume] and list(row) == names:
            fresh.rows[volume] = row
    fresh.origin["inputs"] = {volume: inputs[volume] for volume in fresh.rows}
    return fresh


def _extract_volume(
    case: Case,
    volume: str,
    settings: ExtractionSettings,
    backend: FeatureBackend,
    progress: Progress,
    threads: int,
) -> dict[str, float]:
    """Return the features of one volume; an error is told with the volume's name."""
    mask_path = case.current_mask(volume)
    assert mask_path is not None
    try:
        image = read_image(case.image_path(volume))
        mask = read_mask(mask_path, None if settings.label == 1 else settings.label)
        return backend.extract(
            image, mask, replace(settings, label=1), NamedProgress(progress, volume), threads
        )
    except LWCTRError as error:
        if error.exit_code == InputError.exit_code or error.exit_code == LWCTRError.exit_code:
            raise type(error)(f"{volume}: {error.found}", error.expected, error.action) from error
        raise
