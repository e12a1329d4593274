"""Repeat readings of phantom scans: masks drawn again, features by the real engine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import SimpleITK as sitk

from LWCTRLogic import files
from LWCTRLogic.case import VOLUMES
from LWCTRLogic.demonstration import SPACING
from LWCTRLogic.phantom.patient import make_patient
from LWCTRLogic.progress import Progress
from LWCTRLogic.radiomics.backend import NativeBackend
from LWCTRLogic.radiomics.extract import extract
from LWCTRLogic.reading.features import INDEX, write_readings
from LWCTRLogic.simulation.phantoms import CROP_MM, SCANNERS, SETTINGS, record_path
from LWCTRLogic.simulation.readers import READINGS, redraw

READ_AGAIN = 20
_STREAM = 34


def choose_patients(seeds: Sequence[int], count: int) -> list[int]:
    """Return the seeds of ``count`` patients at random, or of all; none for fewer than two.

    Fewer are the first of more.
    """
    count = min(count, len(seeds))
    if count < 2:
        return []
    rng = np.random.default_rng([seeds[0], _STREAM])
    return [int(seed) for seed in rng.permutation(seeds)[:count]]


def make_readings(seeds: Sequence[int], centre: str, cache: Path, progress: Progress) -> list[dict[str, Any]]:
    """Return the readings of simulated patients, from ``cache`` or made now: about fifteen CPU seconds each.

    Parameters
    ----------
    seeds : sequence of int
        One seed a patient, as for :func:`LWCTRLogic.simulation.phantoms.make_records`.
    centre : str
        Where they were scanned.
    cache : Path
        Folder of one JSON file a patient.
    """
    found = []
    for done, seed in enumerate(seeds):
        progress.update("repeat readings", done, len(seeds), f"seed {seed}")
        path = record_path(cache, centre, seed, "-readings")
        if not path.exists():
            files.write_json(path, make_patient_readings(seed, centre))
        found.append(files.read_json(path))
    progress.update("repeat readings", len(seeds), len(seeds))
    return found


def make_patient_readings(
    seed: int, centre: str, spacing: tuple[float, float, float] = SPACING
) -> dict[str, Any]:
    """Draw the masks of one patient as each reader does, and extract all features inside them.

    Returns
    -------
    dict
        ``case_id``, and ``readings``: for each ``reader``, ``reading``, ``started_from``, ``features`` (volume → name
        → value) and ``dice`` with the true mask (volume → value).
    """
    patient = make_patient(seed, spacing=spacing, crop_mm=CROP_MM, scanner=SCANNERS[centre])
    readings = []
    for reading in READINGS:
        masks = {
            volume: redraw(patient.liver[volume], reading, (seed, _STREAM, number))
            for number, volume in enumerate(VOLUMES)
        }
        readings.append(
            {
                "reader": reading.reader,
                "reading": reading.number,
                "started_from": reading.started_from,
                "features": {
                    volume: extract(patient.volumes[volume], mask, SETTINGS) for volume, mask in masks.items()
                },
                "dice": {volume: _dice(mask, patient.liver[volume]) for volume, mask in masks.items()},
            }
        )
    return {"case_id": f"phantom-{seed}", "readings": readings}


def _dice(first: sitk.Image, second: sitk.Image) -> float:
    one, other = (sitk.GetArrayViewFromImage(mask) > 0 for mask in (first, second))
    return float(2 * np.count_nonzero(one & other) / (one.sum() + other.sum()))


def write_phantom_readings(found: Sequence[dict[str, Any]], path: Path) -> None:
    """Write the readings of some patients as one table, in the form of ``lwctr readings features``."""
    rows = []
    for patient in found:
        for reading in patient["readings"]:
            cells = [patient["case_id"], *(reading[name] for name in INDEX[1:])]
            values = {
                f"{volume}:{name}": value
                for volume, row in reading["features"].items()
                for name, value in row.items()
            }
            rows.append(dict(zip(INDEX, cells, strict=True)) | values)
    write_readings(pd.DataFrame(rows).set_index(INDEX), path, SETTINGS, NativeBackend())
