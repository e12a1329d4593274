"""The demonstration: one phantom patient as a case folder, run like any other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from LWCTRLogic.case import VOLUMES, Case, CaseInfo, Scan
from LWCTRLogic.errors import InputError
from LWCTRLogic.imaging.io import read_mask, write_image
from LWCTRLogic.phantom.patient import PhantomPatient, make_patient
from LWCTRLogic.progress import Progress

SEED = 12
SPACING = (1.5, 1.5, 3.0)
_CROP_MM = 40.0
_REASON = "made as this phase and timepoint"


@dataclass(frozen=True)
class Demonstration:
    """A phantom case, and by volume the masks (uint8, 0 or 1) that it was made with, if it was made now."""

    case: Case
    truth: dict[str, sitk.Image]


def make_demonstration(folder: Path, progress: Progress, seed: int = SEED) -> Demonstration:
    """Make the phantom patient ``seed`` and write it as a case, unless it stands there already.

    Raises
    ------
    InputError
        When ``folder`` holds another case: nothing of it is touched.
    """
    case = Case(folder)
    case_id = f"phantom-{seed}"
    if case.info_path.exists():
        found = case.load_info().case_id
        if found != case_id:
            raise InputError(f"{folder} holds the case {found}", f"a new folder, or the case {case_id}")
        return Demonstration(case, {})
    progress.update("simulate", 0, 1, "a patient with four CT volumes")
    patient = make_patient(seed, spacing=SPACING, crop_mm=_CROP_MM)
    for volume in VOLUMES:
        write_image(patient.volumes[volume], case.image_path(volume))
    case.save_info(describe(patient, case_id))
    progress.update("simulate", 1, 1)
    return Demonstration(case, patient.liver)


def describe(patient: PhantomPatient, case_id: str) -> CaseInfo:
    """Return the ``case.json`` content of a phantom patient; day 0 is the baseline scan."""
    baseline = patient.days["pre"]
    scans = {
        volume: Scan(day=patient.days[volume.split("_")[0]] - baseline, reason=_REASON) for volume in VOLUMES
    }
    clinical = {
        name: value if isinstance(value, str) else float(value) for name, value in patient.clinical.items()
    }
    return CaseInfo(case_id, scans, -baseline, clinical, centre="simulated")


def dice_with_truth(demonstration: Demonstration) -> dict[str, float]:
    """Return 2·|A∩B| / (|A|+|B|) of the mask in use and the true liver, by volume."""
    found = {}
    for volume, truth in demonstration.truth.items():
        path = demonstration.case.current_mask(volume)
        if path is not None:
            mask = sitk.GetArrayFromImage(read_mask(path)) > 0
            true = sitk.GetArrayFromImage(truth) > 0
            found[volume] = float(2 * np.count_nonzero(mask & true) / max(1, mask.sum() + true.sum()))
    return found
