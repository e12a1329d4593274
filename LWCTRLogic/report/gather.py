"""Everything the report needs, read once from the case folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import SimpleITK as sitk

from LWCTRLogic import files
from LWCTRLogic.case import Case, CaseInfo, MaskVersion
from LWCTRLogic.errors import InputError
from LWCTRLogic.findings import Finding, with_acceptance
from LWCTRLogic.imaging.geometry import check_same_grid
from LWCTRLogic.imaging.io import read_image, read_mask
from LWCTRLogic.models.prediction import Prediction
from LWCTRLogic.progress import Progress
from LWCTRLogic.report.provenance import Provenance, read_provenance, stale_masks
from LWCTRLogic.report.slices import SlicePicture, slice_pictures
from LWCTRLogic.report.text import sentence

DEMONSTRATION = "Demonstration model, simulated patients, not for clinical use"


@dataclass(frozen=True)
class VolumeFacts:
    """What the report says of one volume.

    Attributes
    ----------
    spacing : tuple of float
        (x, y, z) in mm.
    slices : int
        Number of slices.
    mask : MaskVersion or None
        The version in use.
    reading : dict
        Its row of ``readings.csv``; empty for none.
    liver_ml : float or None
        Volume of the mask in mL.
    """

    spacing: tuple[float, float, float]
    slices: int
    mask: MaskVersion | None
    reading: Mapping[str, str]
    liver_ml: float | None
    axial: SlicePicture
    coronal: SlicePicture


@dataclass(frozen=True)
class ReportData:
    """The case as the report shows it; ``volumes`` holds those whose image is there."""

    info: CaseInfo
    prediction: Prediction
    volumes: Mapping[str, VolumeFacts]
    findings: tuple[Finding, ...]
    provenance: Provenance

    @property
    def notice(self) -> str:
        """What must stand on every page and picture that shows a score; empty for a model without one."""
        bundle = self.prediction.bundle
        return sentence(bundle.notice or (DEMONSTRATION if bundle.demonstration else ""))


def gather(case: Case, findings: Iterable[Finding], progress: Progress) -> ReportData:
    """Read the case.

    Raises
    ------
    InputError
        When ``case.json`` or ``prediction.json`` is missing or wrong, or an image or mask cannot be read.
    GeometryError
        When a mask does not lie on its image.
    """
    info = case.load_info()
    prediction = read_prediction(case, info)
    present = [name for name in case.volumes() if case.image_path(name).is_file()]
    volumes = {}
    for index, name in enumerate(present):
        progress.update("report", index, len(present) + 2, f"slices of {name}")
        volumes[name] = _volume(case, name)
    return ReportData(
        info,
        prediction,
        volumes,
        merged_findings(info, (*stale_masks(case), *findings, *prediction.warnings)),
        read_provenance(case, prediction),
    )


def read_prediction(case: Case, info: CaseInfo) -> Prediction:
    """Read ``prediction.json``.

    Raises
    ------
    InputError
        When it is missing, damaged, or of another case.
    """
    if not case.prediction_path.is_file():
        raise InputError(
            f"{case.folder} holds no prediction.json",
            "a case with a prediction",
            "Run 'lwctr predict CASE' or 'lwctr run CASE' first",
        )
    content = files.read_json(case.prediction_path)
    try:
        prediction = Prediction.from_dict(content)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{case.prediction_path} is not a whole prediction ({type(error).__name__}: {error})",
            "a file written by 'lwctr predict'",
            "Predict again",
        ) from error
    if prediction.case_id != info.case_id:
        raise InputError(
            f"prediction.json is of case {prediction.case_id!r}",
            f"case {info.case_id!r}, as in case.json",
            "Predict again",
        )
    return prediction


def _volume(case: Case, name: str) -> VolumeFacts:
    image = read_image(case.image_path(name))
    path = case.current_mask(name)
    mask = None if path is None else read_mask(path)
    if mask is not None:
        check_same_grid(image, mask)
    axial, coronal = slice_pictures(image, mask)
    x, y, z = image.GetSpacing()
    version = next((found for found in case.mask_versions(name) if found.path == path), None)
    return VolumeFacts(
        (x, y, z),
        image.GetSize()[2],
        version,
        _reading(case, name, version),
        None if mask is None else liver_ml(mask),
        axial,
        coronal,
    )


def liver_ml(mask: sitk.Image) -> float:
    """Return the volume of a 0/1 mask in mL: voxels × voxel size."""
    voxels = int((sitk.GetArrayViewFromImage(mask) > 0).sum())
    x, y, z = mask.GetSpacing()
    return float(voxels * x * y * z / 1000)


def _reading(case: Case, name: str, version: MaskVersion | None) -> dict[str, str]:
    """Return the reading that made a mask version; the last one where a version has several rows."""
    found: dict[str, str] = {}
    for row in case.readings():
        if (
            version is not None
            and row.get("volume") == name
            and _number(row.get("version")) == version.number
        ):
            found = row
    return found


def _number(text: str | None) -> int | None:
    """Return the number in ``3``, ``v0003`` or ``v0003_reader-1.seg.nrrd``."""
    digits = (text or "").lower().removeprefix("v").split("_")[0]
    return int(digits) if digits.isdigit() else None


def merged_findings(info: CaseInfo, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return each finding once, in order, with the reason for which a reader accepted it in ``case.json``."""
    return tuple(dict.fromkeys(with_acceptance(info, finding) for finding in findings))
