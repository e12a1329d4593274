"""Features of repeated readings: the table from which the ICC of each feature is computed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from LWCTRLogic import files
from LWCTRLogic.case import Case
from LWCTRLogic.errors import InputError
from LWCTRLogic.imaging.masks import read_mask
from LWCTRLogic.imaging.volumes import read_image
from LWCTRLogic.progress import Progress
from LWCTRLogic.radiomics.backend import FeatureBackend
from LWCTRLogic.radiomics.settings import ExtractionSettings
from LWCTRLogic.radiomics.step import METADATA_KEY, made_by
from LWCTRLogic.reading.agreement import SavedReading, is_step, saved_readings

INDEX = ["case_id", "reader", "reading", "started_from"]


def extract_readings(
    cases: Sequence[Case],
    settings: ExtractionSettings,
    backend: FeatureBackend,
    progress: Progress | None = None,
    threads: int = 1,
) -> pd.DataFrame:
    """Compute the features of every reading of every case.

    Returns
    -------
    pandas.DataFrame
        One row a case, reader and reading (``INDEX``); columns ``<volume>:<feature>``, NaN for a volume that
        was not read.

    Raises
    ------
    InputError
        When nobody has read any of the cases, or a volume was refused.
    """
    progress = progress or Progress()
    todo = [(case, one) for case in cases for one in saved_readings(case) if not is_step(one)]
    if not todo:
        raise InputError(f"no reading in {len(cases)} cases", "masks saved by readers")
    rows: dict[tuple[str, str, int], dict[str, Any]] = {}
    for number, (case, one) in enumerate(todo):
        progress.update("features of readings", number, len(todo), f"{one.case_id} {one.volume} {one.name}")
        row = rows.setdefault((one.case_id, one.reader, one.reading), _first_cells(one))
        row.update(_features(case, one, settings, backend, threads))
    progress.update("features of readings", len(todo), len(todo))
    return pd.DataFrame(list(rows.values())).set_index(INDEX)


def _first_cells(one: SavedReading) -> dict[str, Any]:
    return dict(zip(INDEX, (one.case_id, one.reader, one.reading, one.start), strict=True))


def _features(
    case: Case, one: SavedReading, settings: ExtractionSettings, backend: FeatureBackend, threads: int
) -> Mapping[str, float]:
    image, mask = read_image(case.image_path(one.volume)), read_mask(one.path)
    values = backend.extract(image, mask, replace(settings, label=1), Progress(), threads)
    return {f"{one.volume}:{name}": value for name, value in values.items()}


def write_readings(
    frame: pd.DataFrame, path: Path, settings: ExtractionSettings, backend: FeatureBackend
) -> None:
    """Write the table as Parquet, with the extraction settings in the schema's metadata."""
    table = pa.Table.from_pandas(frame)
    made = json.dumps(made_by(settings, backend), sort_keys=True).encode()
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), METADATA_KEY: made})
    files.write_with(path, lambda name: pq.write_table(table, name, compression="zstd"))
