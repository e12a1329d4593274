"""A case read from DICOM series made in code, with masks by a step and by a reader, for the tests of exports."""

from __future__ import annotations

from pathlib import Path

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
