"""A case with one volume whose liver is a ball, for the tests of readings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import SimpleITK as sitk

from LWCTRLogic.case import Case, CaseInfo, Scan
from LWCTRLogic.imaging.volumes import write_image
from LWCTRLogic.segment.step import save_mask

SIZE = 36
VOXEL_MM = 6.0


def ball(radius_mm: float = 75.0, shift_voxels: int = 0) -> sitk.Image:
    """A ball in the middle, moved by whole voxels along x; uint8."""
    mm = (np.indices((SIZE, SIZE, SIZE)) - SIZE / 2) * VOXEL_MM
    mm[2] -= shift_voxels * VOXEL_MM
    return _image(((mm**2).sum(axis=0) <= radius_mm**2).astype(np.uint8))


def ball_ml(radius_mm: float) -> float:
    """Volume of :func:`ball`, counted by hand: voxels times 0.216 mL."""
    return int(sitk.GetArrayFromImage(ball(radius_mm)).sum()) * VOXEL_MM**3 / 1000


def voxels(mask: sitk.Image) -> np.ndarray:
    """Voxels of a mask, (z, y, x)."""
    return sitk.GetArrayFromImage(mask)


class HandClock:
    """A clock that stands still until a test moves it; seconds."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def _image(array: np.ndarray) -> sitk.Image:
    image = sitk.GetImageFromArray(array)
    image.SetSpacing((VOXEL_MM,) * 3)
    image.SetOrigin((-100.0, -90.0, 40.0))
    return image


def make_reading_case(folder: Path, volumes: tuple[str, ...] = ("pre_A",)) -> Case:
    """Return a case with images (air in front, a spine behind) and automatic masks."""
    case = Case.create(folder, CaseInfo("p01", {volume: Scan() for volume in volumes}))
    for volume in volumes:
        hu = np.where(sitk.GetArrayFromImage(ball()) > 0, 100, 30)
        hu[:, :2] = -1000
        hu[:, -2:, 16:20] = 500
        write_image(_image(hu.astype(np.int16)), case.image_path(volume))
        save_mask(case, volume, ball(), "auto")
    return case
