"""The demonstration: one phantom patient as a case folder, run like any other.

Its making is a step of ``manifest.json`` like those of every case: a demonstration that another version of the
phantoms made, or one whose scans were changed, is put aside whole and made anew.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from LWCTRLogic import files, phantom
from LWCTRLogic.case import VOLUMES, Case, CaseInfo, Scan
from LWCTRLogic.errors import InputError, LWCTRError
from LWCTRLogic.imaging.io import read_mask, write_image
from LWCTRLogic.phantom.patient import PhantomPatient, make_patient
from LWCTRLogic.pipeline import locked
from LWCTRLogic.progress import Progress
from LWCTRLogic.provenance import Manifest, Step

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

    A case of that patient that this version would make otherwise is renamed first, which a warning tells.

    Raises
    ------
    InputError
        When ``folder`` holds another case, or another run works on it: nothing of it is touched.
    LWCTRError
        When the older case cannot be renamed.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file", "a new folder")
    case = Case(folder)
    truth: dict[str, sitk.Image] = {}

    def make() -> list[Path]:
        progress.update("simulate", 0, 1, "a patient with four CT volumes")
        patient = make_patient(seed, spacing=SPACING, crop_mm=_CROP_MM)
        for volume in VOLUMES:
            write_image(patient.volumes[volume], case.image_path(volume))
        case.save_info(describe(patient, _case_id(seed)))
        truth.update(patient.liver)
        progress.update("simulate", 1, 1)
        return [case.image_path(volume) for volume in VOLUMES]

    settings = {"seed": seed, "spacing": SPACING, "crop_mm": _CROP_MM, "phantoms": phantoms_sha256()}
    step = Step("simulate", (), settings, make)
    if case.info_path.exists():
        _refuse_another(case, _case_id(seed))
        if Manifest(case).is_current(step):
            return Demonstration(case, {})
        aside = _put_aside(case)
        progress.warning(
            f"the demonstration in {folder} was made by another version, or its scans were changed: "
            f"it is now {aside}, and is made anew"
        )
    Manifest(case).run(step, force=True)
    return Demonstration(case, truth)


def _case_id(seed: int) -> str:
    return f"phantom-{seed}"


def _refuse_another(case: Case, wanted: str) -> None:
    found = files.read_json(case.info_path).get("case_id")  # not load_info: an older version may differ
    if found != wanted:
        raise InputError(f"{case.folder} holds the case {found}", f"a new folder, or the case {wanted}")


def _put_aside(case: Case) -> Path:
    """Rename the folder of a case that nobody works on to one beside it that is free, and return its new place."""
    with locked(case):
        pass
    folder = case.folder.resolve()
    number = 1
    while (aside := folder.with_name(f"{folder.name}-older-{number}")).exists():
        number += 1
    try:
        folder.rename(aside)
    except OSError as error:
        raise LWCTRError(
            f"{case.folder} holds a demonstration of another version and cannot be renamed ({error.strerror})",
            "a folder that can be renamed",
            "Move or delete it, or name another folder",
        ) from error
    return aside


def phantoms_sha256() -> str:
    """Return the SHA-256 of the program text that makes phantom patients: what tells its versions apart."""
    total = hashlib.sha256()
    for path in sorted(Path(phantom.__file__).parent.glob("*.py")):
        total.update(path.name.encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


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
