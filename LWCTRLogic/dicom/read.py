"""Reading a series into one volume, or refusing it with numbers."""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk

from LWCTRLogic.dicom.find import Series
from LWCTRLogic.dicom.pixels import AIR_HU, check_rescale, hounsfield
from LWCTRLogic.dicom.stack import TILT_DEGREES, Stack, make_stack
from LWCTRLogic.errors import InputError
from LWCTRLogic.imaging.hounsfield import check_hounsfield
from LWCTRLogic.progress import Progress


def read_series(
    series: Series, progress: Progress | None = None, *, correct_tilt: bool = False
) -> sitk.Image:
    """Read a series.

    Parameters
    ----------
    series : Series
        From :func:`LWCTRLogic.dicom.find.find_series`.
    progress : Progress, optional
        Told of every image.
    correct_tilt : bool
        Resample a volume that was made with a tilted gantry onto a grid with right angles (linear, float32).

    Returns
    -------
    SimpleITK.Image
        In LPS, in HU: int16 where all values are whole numbers, else float32.

    Raises
    ------
    InputError
        For missing or duplicated slices, uneven spacing, gantry tilt (unless it is to be corrected), mixed
        sizes, damaged images, and values that are not HU; each with numbers.
    DependencyError
        When nothing installed decodes the compression.
    """
    progress = progress or Progress()
    check_rescale(series.frames)
    stack = make_stack(series.frames)
    tilted = stack.tilt_degrees > TILT_DEGREES
    if tilted and not correct_tilt:
        raise InputError(
            f"the gantry was tilted by {stack.tilt_degrees:.1f}°: each slice is shifted against the last",
            "slices stacked at right angles",
            "Use a corrected reconstruction, or scan with --correct-tilt to resample it",
        )
    voxels = _voxels(series, stack, progress)
    check_hounsfield(voxels, "the series")
    image = sitk.GetImageFromArray(voxels)
    image.SetOrigin(stack.origin)
    image.SetSpacing(stack.spacing)
    image.SetDirection(stack.direction.ravel())
    return straighten(image, stack.shear) if tilted else image


def _voxels(series: Series, stack: Stack, progress: Progress) -> np.ndarray:
    """Return (z, y, x) in HU."""
    frames = [series.frames[i] for i in stack.order]
    whole = all(float(value or 0).is_integer() for f in frames for value in (f.slope, f.intercept))
    voxels = np.empty((len(frames), frames[0].rows, frames[0].columns), dtype=np.float32)
    for done, plane in enumerate(hounsfield(frames)):
        if done % 20 == 0:
            progress.update("reading images", done, len(frames))
        voxels[done] = plane
    progress.update("reading images", len(frames), len(frames))
    fits = whole and float(voxels.min()) >= -32768 and float(voxels.max()) <= 32767
    return voxels.astype(np.int16) if fits else voxels


def straighten(image: sitk.Image, shear: np.ndarray) -> sitk.Image:
    """Resample a volume whose slices are shifted against each other.

    Parameters
    ----------
    image : SimpleITK.Image
        The slices stacked as if they were not shifted.
    shear : numpy.ndarray
        Shift within the plane for each mm along the normal (x, y, z).

    Returns
    -------
    SimpleITK.Image
        float32, on a grid with right angles that holds every slice; air where no slice reaches.
    """
    direction = np.array(image.GetDirection()).reshape(3, 3)
    origin, spacing = np.array(image.GetOrigin()), np.array(image.GetSpacing())
    size = np.array(image.GetSize())
    total = direction.T @ shear * spacing[2] * (size[2] - 1)
    grow = np.ceil(np.abs(total[:2]) / spacing[:2]).astype(int)
    start = np.where(total[:2] < 0, -grow, 0) * spacing[:2]
    # A point p of the upright grid lies in the stored stack at p - shear · (height of p above slice 0).
    to_stored = np.eye(3) - np.outer(shear, direction[:, 2])
    transform = sitk.AffineTransform(to_stored.ravel().tolist(), (0.0, 0.0, 0.0), origin.tolist())
    return sitk.Resample(
        image,
        [int(size[0] + grow[0]), int(size[1] + grow[1]), int(size[2])],
        transform,
        sitk.sitkLinear,
        (origin + direction[:, :2] @ start).tolist(),
        image.GetSpacing(),
        image.GetDirection(),
        AIR_HU,
        sitk.sitkFloat32,
    )
