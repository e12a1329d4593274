"""The control for texture on phantom patients: features of the same scans with the voxels inside the liver shuffled."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from LWCTRLogic import files
from LWCTRLogic.case import VOLUMES
from LWCTRLogic.demonstration import SPACING
from LWCTRLogic.phantom.patient import make_patient
from LWCTRLogic.progress import Progress
from LWCTRLogic.radiomics.extract import extract
from LWCTRLogic.simulation.phantoms import CROP_MM, SCANNERS, SETTINGS, record_path, write_features
from LWCTRLogic.training.shuffled import SHUFFLED, shuffle_voxels


def make_shuffled(
    seeds: Sequence[int], centre: str, cache: Path, progress: Progress, shuffle: int
) -> list[dict[str, Any]]:
    """Return the features of simulated patients with shuffled voxels, from ``cache`` or made now.

    Parameters
    ----------
    seeds : sequence of int
        One seed a patient, as for :func:`LWCTRLogic.simulation.phantoms.make_records`.
    centre : str
        Where they were scanned.
    cache : Path
        Folder of one JSON file a patient.
    shuffle : int
        Seed of the order.

    Returns
    -------
    list of dict
        ``case_id`` and ``features`` (volume → name → value).
    """
    found = []
    for done, seed in enumerate(seeds):
        progress.update("shuffled voxels", done, len(seeds), f"seed {seed}")
        path = record_path(cache, centre, seed, f"-shuffled-{shuffle}")
        if not path.exists():
            files.write_json(path, _shuffled(seed, centre, shuffle))
        found.append(files.read_json(path))
    progress.update("shuffled voxels", len(seeds), len(seeds))
    return found


def _shuffled(
    seed: int, centre: str, shuffle: int, spacing: tuple[float, float, float] = SPACING
) -> dict[str, Any]:
    patient = make_patient(seed, spacing=spacing, crop_mm=CROP_MM, scanner=SCANNERS[centre])
    features = {}
    for number, volume in enumerate(VOLUMES):
        mask = patient.liver[volume]
        image = shuffle_voxels(patient.volumes[volume], mask, shuffle + number)
        features[volume] = extract(image, mask, SETTINGS)
    return {"case_id": f"phantom-{seed}", "features": features}


def write_shuffled(found: Sequence[dict[str, Any]], folder: Path, shuffle: int) -> None:
    """Write the features of shuffled voxels as one table, which says that it is a control."""
    tables = {patient["case_id"]: patient["features"] for patient in found}
    write_features(tables, folder / SHUFFLED, shuffled_voxels=shuffle)
