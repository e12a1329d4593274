"""Patients with scans: phantoms whose features come from the real extraction engine.

A patient's record is kept in its own file as soon as it is made, so a run that was stopped goes on where it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from LWCTRLogic import files
from LWCTRLogic.case import VOLUMES
from LWCTRLogic.demonstration import SPACING
from LWCTRLogic.errors import InputError
from LWCTRLogic.imaging.io import write_image, write_mask
from LWCTRLogic.phantom.course import survival
from LWCTRLogic.phantom.patient import PhantomPatient, make_patient
from LWCTRLogic.phantom.scanner import OTHER, THIRD, USUAL, Scanner
from LWCTRLogic.progress import Progress
from LWCTRLogic.radiomics.extract import extract
from LWCTRLogic.radiomics.settings import ExtractionSettings
from LWCTRLogic.simulation.cohort import feature_metadata, write_table

SETTINGS = ExtractionSettings(resampled_spacing=(2.0, 2.0, 2.0))
"""On a coarser grid a Laplacian of Gaussian of 1 mm means nothing."""
CROP_MM = 12.0
HORIZON = 12.0
DAYS_A_MONTH = 30.4375
RECORDS = "records"
"""Folder of a phantom cohort that keeps what was made of each patient."""
SCANNERS: dict[str, Scanner] = {"centre 1": USUAL, "centre 2": OTHER, "centre 3": THIRD}


def make_records(
    seeds: Sequence[int], centre: str, cache: Path, progress: Progress, scans: Path | None = None
) -> list[dict[str, Any]]:
    """Return the records of simulated patients, from ``cache`` or made now: about five CPU seconds each.

    Parameters
    ----------
    seeds : sequence of int
        One seed a patient.
    centre : str
        Where they are scanned: a key of :data:`SCANNERS`.
    cache : Path
        Folder of one JSON file a patient.
    scans : Path, optional
        Folder that also gets the scans and masks, one folder a patient.
    """
    records = []
    for done, seed in enumerate(seeds):
        progress.update("patients", done, len(seeds), f"seed {seed}")
        path = record_path(cache, centre, seed)
        if not path.exists():
            files.write_json(path, make_record(seed, centre, scans=scans))
        records.append(files.read_json(path))
    progress.update("patients", len(seeds), len(seeds))
    return records


def record_path(cache: Path, centre: str, seed: int, kind: str = "") -> Path:
    """Return the file of one patient: other settings have other files."""
    return cache / f"{SETTINGS.hash[:12]}-{centre.replace(' ', '-')}-{seed}{kind}.json"


def make_record(
    seed: int, centre: str, spacing: tuple[float, float, float] = SPACING, scans: Path | None = None
) -> dict[str, Any]:
    """Make one patient and extract all 1,316 features of the four volumes inside the true liver masks.

    Parameters
    ----------
    spacing : (x, y, z) in mm
        Of the scans; features are extracted at 2 mm.

    Returns
    -------
    dict
        ``features`` (volume → name → value), ``row`` (the columns of a cohort table) and ``truth`` (the hidden risks
        and the true probability of living longer than 12 months).
    """
    patient = make_patient(seed, spacing=spacing, crop_mm=CROP_MM, scanner=SCANNERS[centre])
    row = _row(patient, centre)
    if scans is not None:
        for volume in VOLUMES:
            folder = scans / str(row["case_id"])
            write_image(patient.volumes[volume], folder / f"{volume}.nii.gz")
            write_mask(patient.liver[volume], folder / f"{volume}_liver.seg.nrrd")
    return {
        "features": {
            volume: extract(patient.volumes[volume], patient.liver[volume], SETTINGS) for volume in VOLUMES
        },
        "row": row,
        "truth": {
            "baseline": patient.latent.baseline,
            "resistance": patient.latent.resistance,
            "risk": patient.risk,
            "alive_at_12_months": survival(patient.latent, HORIZON),
        },
    }


def _row(patient: PhantomPatient, centre: str) -> dict[str, Any]:
    return {
        "case_id": f"phantom-{patient.seed}",
        "centre": centre,
        **patient.clinical,
        "os_months": patient.os_months,
        "os_event": patient.os_event,
        "pfs_months": patient.pfs_months,
        "pfs_event": patient.pfs_event,
        "landmark_months": round(patient.days["post"] / DAYS_A_MONTH, 2),
        "pre_day": 0,
        "first_dose_day": -patient.days["pre"],
        "post_day": patient.days["post"] - patient.days["pre"],
    }


def write_phantoms(
    folder: Path, count: int, seed: int, centres: Mapping[str, float], progress: Progress
) -> dict[str, list[int]]:
    """Make ``count`` phantom patients, write their scans and their cohort, and return the seeds of each centre's.

    Parameters
    ----------
    centres : mapping
        Name → share; the first ones in order of their seeds.

    Raises
    ------
    InputError
        For a centre whose scanner is not known.
    """
    unknown = sorted(set(centres) - set(SCANNERS))
    if unknown:
        raise InputError(f"no scanner of {', '.join(unknown)}", "one of " + ", ".join(SCANNERS))
    ends = np.rint(np.cumsum(list(centres.values())) / sum(centres.values()) * count).astype(int)
    records: list[dict[str, Any]] = []
    seeds: dict[str, list[int]] = {}
    for centre, end in zip(centres, ends, strict=True):
        seeds[centre] = [1000 * seed + number for number in range(len(records), int(end))]
        records += make_records(seeds[centre], centre, folder / RECORDS, progress, folder / "scans")
    for record in records:
        for volume in VOLUMES:
            place = f"scans/{record['row']['case_id']}/{volume}"
            record["row"] |= {volume: f"{place}.nii.gz", f"{volume}_mask": f"{place}_liver.seg.nrrd"}
    write_records(records, folder)
    return seeds


def write_records(records: Sequence[dict[str, Any]], folder: Path) -> None:
    """Write the cohort of some records: ``cohort.csv``, ``features.parquet`` and ``truth.parquet``."""
    write_table(pd.DataFrame([record["row"] for record in records]), folder)
    ids = pd.Index([record["row"]["case_id"] for record in records], name="case_id")
    write_features(
        {record["row"]["case_id"]: record["features"] for record in records}, folder / "features.parquet"
    )
    _write_parquet(pd.DataFrame([record["truth"] for record in records], index=ids), folder / "truth.parquet")


def write_features(
    tables: Mapping[str, Mapping[str, Mapping[str, float]]], path: Path, **origin: int
) -> None:
    """Write the features of some patients (``case_id`` → volume → name → value) as one table.

    Parameters
    ----------
    origin : int
        What its metadata says beside the extraction settings.
    """
    rows = [
        {f"{volume}:{name}": value for volume, row in table.items() for name, value in row.items()}
        for table in tables.values()
    ]
    _write_parquet(pd.DataFrame(rows, index=pd.Index(list(tables), name="case_id")), path, **origin)


def _write_parquet(frame: pd.DataFrame, path: Path, **origin: int) -> None:
    table = pa.Table.from_pandas(frame)
    made = feature_metadata("native", SETTINGS, **origin)
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), **made})
    files.write_with(path, lambda name: pq.write_table(table, name, compression="zstd"))
