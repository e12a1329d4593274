"""A small cohort in files, as ``lwctr simulate`` writes it: a known signal in two features, readings, centres."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from LWCTRLogic.case import VOLUMES
from LWCTRLogic.radiomics.settings import ExtractionSettings
from LWCTRLogic.radiomics.step import METADATA_KEY
from LWCTRLogic.training.cohort_reading import CohortFiles, read_cohort_files

ORIGIN = {"settings": ExtractionSettings().to_dict(), "settings_hash": ExtractionSettings().hash}
NAMES = ("original_shape_VoxelVolume", *(f"original_firstorder_F{number}" for number in range(5)))


def cohort_tables(
    patients: int = 90, seed: int = 0, signal: float = 1.5
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Cohort table, features and repeat readings; feature F0 after treatment carries the signal."""
    rng = np.random.default_rng(seed)
    ids = [f"patient-{seed}-{number:03d}" for number in range(patients)]
    risk = rng.normal(size=patients)
    columns = [f"{volume}:{name}" for volume in VOLUMES for name in NAMES]
    features = pd.DataFrame(rng.normal(size=(patients, len(columns))), columns=columns)
    for volume in ("post_A", "post_V"):
        features[f"{volume}:original_firstorder_F0"] -= signal * risk
    features = features * np.random.default_rng(0).uniform(0.1, 1000, len(columns)) + 5
    features.index = pd.Index(ids, name="case_id")
    landmark = rng.uniform(1.4, 2.2, patients)
    death = landmark + rng.exponential(18 * np.exp(-1.1 * risk))
    end = rng.uniform(8, 50, patients)
    survival = np.minimum(death, end)
    grade = 0.7 * risk + rng.normal(size=patients)
    mrecist = np.select([grade > 1.1, grade > -0.9, grade > -1.9], ["PD", "SD", "PR"], "CR")
    progression = np.where(
        mrecist == "PD", landmark, np.minimum(landmark + rng.exponential(7, patients), death)
    )
    table = pd.DataFrame(
        {
            "case_id": ids,
            "centre": np.where(np.arange(patients) % 2 == 0, "north", "south"),
            "age": rng.integers(30, 80, patients),
            "extrahepatic_spread": np.where(risk + rng.normal(size=patients) > 0, "present", "absent"),
            "portal_vein_invasion": np.where(rng.random(patients) < 0.6, "present", "absent"),
            "mrecist": mrecist,
            "os_months": survival.round(3),
            "os_event": (death <= end).astype(int),
            "pfs_months": np.minimum(progression, end).round(3),
            "pfs_event": (progression <= end).astype(int),
            "landmark_months": landmark.round(3),
        }
    )
    return table, features, reading_table(features, rng)


def reading_table(features: pd.DataFrame, rng: np.random.Generator, patients: int = 40) -> pd.DataFrame:
    """Three readings of some patients; F1 is unstable."""
    parts = []
    for reader, reading, start in (("one", 1, "auto"), ("one", 2, "auto"), ("two", 1, "empty")):
        part = features.iloc[:patients].copy()
        for name in part:
            noise = 2.0 if name.endswith("F1") else 0.1
            part[name] += noise * features[name].std() * rng.normal(size=patients)
        part.insert(0, "started_from", start)
        part.insert(0, "reading", reading)
        part.insert(0, "reader", reader)
        parts.append(part.reset_index())
    return pd.concat(parts)


def write_features(frame: pd.DataFrame, path: Path, origin: dict[str, Any] | None = None) -> None:
    table = pa.Table.from_pandas(frame)
    text = json.dumps(ORIGIN if origin is None else origin).encode()
    pq.write_table(table.replace_schema_metadata({**(table.schema.metadata or {}), METADATA_KEY: text}), path)


def write_cohort(folder: Path, patients: int = 90, seed: int = 0, signal: float = 1.5) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    table, features, readings = cohort_tables(patients, seed, signal)
    table.to_csv(folder / "cohort.csv", index=False)
    write_features(features, folder / "features.parquet")
    write_features(readings.set_index("case_id"), folder / "readings.parquet")
    return folder


def make_files(folder: Path, patients: int = 90, seed: int = 0, signal: float = 1.5) -> CohortFiles:
    return read_cohort_files(write_cohort(folder, patients, seed, signal))
