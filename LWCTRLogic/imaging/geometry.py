"""The grid of a volume: comparing two grids, resampling one onto another, turning axes."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import SimpleITK as sitk

from LWCTRLogic.errors import GeometryError

AIR_HU = -1024.0


def check_same_grid(image: sitk.Image, mask: sitk.Image, tolerance_mm: float = 1e-3) -> None:
    """Check that two volumes have the same voxels at the same places.

    Spacing and direction are compared by how far they move the farthest voxel, so that one tolerance in mm
    serves for all and the rounding of a NIfTI header (single precision) passes.

    Parameters
    ----------
    image, mask : SimpleITK.Image
        The two volumes.
    tolerance_mm : float
        Largest displacement that passes, in mm.

    Raises
    ------
    GeometryError
        When they differ; the message names size, origin, spacing or direction and by how much.
    """
    if image.GetSize() != mask.GetSize():
        raise GeometryError(
            f"the mask has {_times(mask.GetSize())} voxels and the image {_times(image.GetSize())}",
            "the same size",
            "Make the mask on this image, or resample it onto the image's grid",
        )
    differences = [
        text
        for text, moved_mm in _displacements(image, mask)
        if not moved_mm <= tolerance_mm  # a NaN in a header must not pass
    ]
    if differences:
        raise GeometryError(
            "mask and image lie on different grids: " + "; ".join(differences),
            f"agreement within {tolerance_mm:g} mm",
            "Make the mask on this image, or resample it onto the image's grid",
        )


def _displacements(image: sitk.Image, mask: sitk.Image) -> Iterable[tuple[str, float]]:
    steps = np.asarray(image.GetSize(), dtype=float) - 1
    spacing, other_spacing = np.asarray(image.GetSpacing()), np.asarray(mask.GetSpacing())
    moved = float(np.linalg.norm(np.asarray(image.GetOrigin()) - np.asarray(mask.GetOrigin())))
    yield f"origin {_numbers(mask.GetOrigin())} against {_numbers(image.GetOrigin())} ({moved:.4g} mm)", moved
    moved = float(np.linalg.norm((spacing - other_spacing) * steps))
    both = f"{_numbers(other_spacing)} against {_numbers(spacing)} mm"
    yield f"spacing {both} ({moved:.4g} mm at the far corner)", moved
    turn = (_matrix(image) - _matrix(mask)) @ np.diag(spacing * steps)
    moved = float(np.linalg.norm(turn, axis=0).max())
    angle = np.degrees(np.arccos(np.clip((_matrix(image) * _matrix(mask)).sum(axis=0), -1.0, 1.0))).max()
    yield f"direction turned by {angle:.4g}° ({moved:.4g} mm at the far end)", moved


def lay_on_grid(mask: sitk.Image, image: sitk.Image, tolerance_mm: float = 1e-3) -> sitk.Image:
    """Lay a mask that covers a part of an image's grid (cropped, slices left out) on the whole grid.

    Voxels are moved, never resampled.

    Returns
    -------
    SimpleITK.Image
        The mask on the grid of ``image``; 0 where it did not reach.

    Raises
    ------
    GeometryError
        When the voxels of the two do not lie at the same places, or a part of the mask lies outside.
    """
    if mask.GetSize() == image.GetSize():
        check_same_grid(image, mask, tolerance_mm)
        return mask
    exact = image.TransformPhysicalPointToContinuousIndex(mask.GetOrigin())
    start = [round(value) for value in exact]
    there = image.TransformIndexToPhysicalPoint(start)
    claimed = sitk.Image(mask)
    claimed.SetOrigin(there)
    claimed.SetSpacing(image.GetSpacing())
    claimed.SetDirection(image.GetDirection())
    try:
        check_same_grid(claimed, mask, tolerance_mm)
    except GeometryError:
        check_same_grid(image, mask, tolerance_mm)  # names both sizes
        raise
    laid = resample_like(claimed, image, nearest=True)
    lost = int(sitk.GetArrayViewFromImage(mask).astype(bool).sum()) - int(
        sitk.GetArrayViewFromImage(laid).astype(bool).sum()
    )
    if lost:
        raise GeometryError(f"{lost} voxels of the mask lie outside the image", "a mask of this image")
    return laid


def resample_like(
    image: sitk.Image, reference: sitk.Image, *, nearest: bool = False, outside: float | None = None
) -> sitk.Image:
    """Resample a volume onto the grid of another.

    Parameters
    ----------
    image : SimpleITK.Image
        The volume to resample.
    reference : SimpleITK.Image
        The volume whose grid is wanted.
    nearest : bool
        Nearest neighbour, keeping the voxel type, for masks; otherwise linear, in float32, so that no HU is
        rounded.
    outside : float, optional
        Value where ``image`` does not reach; 0 for masks and air for images unless given.

    Returns
    -------
    SimpleITK.Image
        The volume on the grid of ``reference``.
    """
    if outside is None:
        outside = 0.0 if nearest else AIR_HU
    interpolator = sitk.sitkNearestNeighbor if nearest else sitk.sitkLinear
    voxel_type = image.GetPixelID() if nearest else sitk.sitkFloat32
    return sitk.Resample(image, reference, sitk.Transform(), interpolator, outside, voxel_type)


def orientation(image: sitk.Image) -> str:
    """Return the nearest axis code, such as ``LPS``: where x, y and z indices grow towards."""
    code: str = sitk.DICOMOrientImageFilter.GetOrientationFromDirectionCosines(image.GetDirection())
    return code


def reorient(image: sitk.Image, code: str = "LPS") -> sitk.Image:
    """Permute and flip axes so that they grow along ``code``; voxels stay where they are in the patient.

    The way back is ``reorient(result, orientation(image))``.
    """
    return sitk.DICOMOrient(image, code)


def _matrix(image: sitk.Image) -> np.ndarray:
    return np.asarray(image.GetDirection()).reshape(3, 3)


def _times(values: Iterable[int]) -> str:
    return " × ".join(str(value) for value in values)


def _numbers(values: Iterable[float]) -> str:
    return "(" + ", ".join(f"{value:.6g}" for value in values) + ")"
