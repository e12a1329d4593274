"""A case read from DICOM series made in code, with masks by a step and by a reader, for the tests of exports."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk

from LWCTRLogic.case import Case, CaseInfo, Scan
from LWCTRLogic.dicom.importing import import_volume
from LWCTRLogic.imaging.volumes import read_image
from LWCTRLogic.segment.step import save_mask
from Testing.dicom_phantoms import torso, write_series

STUDY, FRAME = "1.2.826.0.1.3680043.8.498.1", "1.2.826.0.1.3680043.8.498.2"


def liver_like(image: sitk.Image, seed: int = 5) -> sitk.Image:
    """A ragged mask that leaves out the first slices and one in the middle: every voxel must come back."""
    voxels = np.zeros(tuple(reversed(image.GetSize())), np.uint8)
    voxels[3:12, 14:31, 8:26] = np.random.default_rng(seed).random((9, 17, 18)) < 0.8
    voxels[7] = 0
    mask = sitk.GetImageFromArray(voxels)
    mask.CopyInformation(image)
    return mask


def write_study(folder: Path, **more) -> None:
    """Two phases of one examination, in folders of their own."""
    common = {"study_uid": STUDY, "FrameOfReferenceUID": FRAME, **more}
    write_series(folder / "arterial", torso("arterial"), number=2, **common)
    write_series(folder / "venous", torso("portal"), number=3, **common)


def make_export_case(folder: Path, dicom: Path) -> Case:
    """pre_A corrected by reader-1 from the automatic mask; pre_V automatic."""
    case = Case.create(folder, CaseInfo("LW-1", {"pre_A": Scan(), "pre_V": Scan()}))
    for volume, name in (("pre_A", "arterial"), ("pre_V", "venous")):
        import_volume(case, volume, str(dicom / name))
        image = read_image(case.image_path(volume))
        save_mask(case, volume, liver_like(image, 1), "auto")
    save_mask(case, "pre_A", liver_like(image, 2), "reader-1", start="auto", reading=1)
    return case


def voxels_by_highdicom(path: Path, mask: sitk.Image) -> np.ndarray:
    """A written segmentation as highdicom reads it, on the grid of its mask (z, y, x)."""
    import highdicom

    volume = highdicom.seg.segread(path).get_volume(combine_segments=True)
    origin = np.array(volume.position)
    start = mask.TransformPhysicalPointToIndex([float(value) for value in origin])
    back = np.zeros(tuple(reversed(mask.GetSize())), np.uint8)
    order = np.sign(volume.direction[2, 0])
    for i, plane in enumerate(volume.array):
        back[start[2] + int(order) * i] = plane
    return back


def numbers(ds: Any) -> dict[tuple[str, str, str], tuple[float, str]]:
    """(tracking id, code, scheme) → (number, unit) of every measurement of a TID 1500 report."""
    found: dict[tuple[str, str, str], tuple[float, str]] = {}

    def walk(items: Any, tracking: str) -> None:
        for item in items:
            concept = item.ConceptNameCodeSequence[0] if "ConceptNameCodeSequence" in item else None
            if concept is not None and concept.CodeMeaning == "Tracking Identifier":
                tracking = item.TextValue
            if item.ValueType == "NUM" and concept.CodeMeaning != "Time Point Order":
                value = item.MeasuredValueSequence[0]
                unit = value.MeasurementUnitsCodeSequence[0].CodeValue
                key = (tracking, concept.CodeValue, concept.CodingSchemeDesignator)
                found[key] = (float(value.get("FloatingPointValue", value.NumericValue)), unit)
            walk(item.get("ContentSequence", []), tracking)

    walk(ds.ContentSequence, "")
    return found
