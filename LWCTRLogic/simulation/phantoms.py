"""Patients with scans: phantoms whose features come from the real extraction engine.

A patient's record is kept in its own file as soon as it is made, so a run that was stopped goes on where it was.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from LWCTRLogic import files
from LWCTRLogic.case import VOLUMES
from LWCTRLogic.demonstration import SPACING
from LWCTRLogic.phantom.course import survival
from LWCTRLogic.phantom.patient import PhantomPatient, make_patient
from LWCTRLogic.phantom.scanner import OTHER, USUAL, Scanner
from LWCTRLogic.progress import Progress
from LWCTRLogic.radiomics.extract import extract
from LWCTRLogic.radiomics.settings import ExtractionSettings

SETTINGS = ExtractionSettings(resampled_spacing=(2.0, 2.0, 2.0))
"""On a coarser grid a Laplacian of Gaussian of 1 mm means nothing."""
CROP_MM = 12.0
HORIZON = 12.0
DAYS_A_MONTH = 30.4375
SCANNERS: dict[str, Scanner] = {"centre 1": USUAL, "centre 2": OTHER}


def make_records(
    seeds: range, centre: str, cache: Path, progress: Progress, spacing: tuple[float, float, float] = SPACING
) -> list[dict[str, Any]]:
    """Return the records of simulated patients, from ``cache`` or made now: about five CPU seconds each.

    Parameters
    ----------
    seeds : range
        One seed a patient.
    centre : str
        Where they are scanned: a key of :data:`SCANNERS`.
    cache : Path
        Folder of one JSON file a patient.
    spacing : (x, y, z) in mm
        Of the scans; features are extracted at 2 mm.
    """
    records = []
    for done, seed in enumerate(seeds):
        progress.update("patients", done, len(seeds), f"seed {seed}")
        path = cache / f"{SETTINGS.hash[:12]}-{centre.replace(' ', '-')}-{seed}.json"
        if not path.exists():
            files.write_json(path, make_record(seed, centre, spacing))
        records.append(files.read_json(path))
    progress.update("patients", len(seeds), len(seeds))
    return records


def make_record(seed: int, centre: str, spacing: tuple[float, float, float] = SPACING) -> dict[str, Any]:
    """Make one patient and extract all 1,316 features of the four volumes inside the true liver masks.

    Returns
    -------
    dict
        ``features`` (volume → name → value), ``row`` (the columns of a cohort table) and ``truth`` (the hidden risks
        and the true probability of living longer than 12 months).
    """
    patient = make_patient(seed, spacing=spacing, crop_mm=CROP_MM, scanner=SCANNERS[centre])
    return {
        "features": {
            volume: extract(patient.volumes[volume], patient.liver[volume], SETTINGS) for volume in VOLUMES
        },
        "row": _row(patient, centre),
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
    }
