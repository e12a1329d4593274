"""Slices for the eye: the largest liver cross-section, in radiological orientation, true to scale.

Columns run from the patient's right to left, so the patient's right lies at the left of the picture; axial
rows run from front to back and coronal rows from head to feet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray
from scipy import ndimage

WINDOW, LEVEL = 200.0, 45.0  # HU: the method's display window
BODY_HU = -300.0
PIXEL = 0.8  # mm a pixel of the picture
MARGIN = 8.0  # mm around the body
CORONAL_MARGIN = 45.0  # mm of scan kept above and below the liver

Plane = Literal["axial", "coronal"]


@dataclass(frozen=True)
class SlicePicture:
    """One slice as a picture of square pixels.

    Attributes
    ----------
    grey : uint8 array (rows, columns)
        The windowed slice.
    outline : bool array (rows, columns)
        The mask on the same pixels; all false when there is none.
    pixel : float
        Edge of a pixel in mm.
    sides : tuple of str
        The patient's side at the left and at the right edge.
    position : int
        Number of the slice, counted from 1 at the feet (axial) or at the front (coronal).
    """

    plane: Plane
    grey: NDArray[np.uint8]
    outline: NDArray[np.bool_]
    pixel: float
    sides: tuple[str, str]
    position: int

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in mm."""
        rows, columns = self.grey.shape
        return columns * self.pixel, rows * self.pixel


def slice_pictures(image: sitk.Image, mask: sitk.Image | None) -> tuple[SlicePicture, SlicePicture]:
    """Return the axial and the coronal picture of a volume.

    Parameters
    ----------
    image : sitk.Image
        CT in HU.
    mask : sitk.Image or None
        Liver mask on the grid of ``image``; without it the middle slices are shown.
    """
    image = sitk.DICOMOrient(image, "LPS")
    values = sitk.GetArrayViewFromImage(image)
    inside = np.zeros(values.shape, bool)
    if mask is not None:
        inside = sitk.GetArrayFromImage(sitk.DICOMOrient(mask, "LPS")) > 0
    x, y, z = image.GetSpacing()
    level = _fullest(inside, 0)
    depth = _fullest(inside, 1)
    rows, columns = _body(values[level], (y, x))
    kept = _coronal_rows(inside, z)
    crops = {
        "axial": (values[level, rows, columns], inside[level, rows, columns], (y, x), level),
        "coronal": (values[kept, depth, columns][::-1], inside[kept, depth, columns][::-1], (z, x), depth),
    }
    return _picture("axial", *crops["axial"]), _picture("coronal", *crops["coronal"])


def framed(pictures: Sequence[SlicePicture]) -> list[SlicePicture]:
    """Pad pictures with black to one size a plane and one width for all, so that one scale fits them all."""
    width = max(picture.grey.shape[1] for picture in pictures)
    heights = {picture.plane: 0 for picture in pictures}
    for picture in pictures:
        heights[picture.plane] = max(heights[picture.plane], picture.grey.shape[0])
    return [_padded(picture, (heights[picture.plane], width)) for picture in pictures]


def _padded(picture: SlicePicture, shape: tuple[int, int]) -> SlicePicture:
    missing = [whole - own for whole, own in zip(shape, picture.grey.shape, strict=True)]
    around = [(count // 2, count - count // 2) for count in missing]
    return replace(picture, grey=np.pad(picture.grey, around), outline=np.pad(picture.outline, around))


def _fullest(inside: NDArray[np.bool_], axis: int) -> int:
    """Return the index of the largest cross-section along ``axis``, or the middle where there is none."""
    others = tuple(other for other in range(3) if other != axis)
    areas = inside.sum(axis=others)
    return int(areas.argmax()) if areas.any() else inside.shape[axis] // 2


def _coronal_rows(inside: NDArray[np.bool_], spacing: float) -> slice:
    """Return the range of slices around the liver that a coronal picture keeps."""
    filled = np.flatnonzero(inside.any(axis=(1, 2)))
    if not filled.size:
        return slice(0, inside.shape[0])
    extra = round(CORONAL_MARGIN / spacing)
    return slice(max(0, int(filled[0]) - extra), int(filled[-1]) + extra + 1)


def _picture(
    plane: Plane,
    values: NDArray[np.float32],
    inside: NDArray[np.bool_],
    spacing: tuple[float, float],
    index: int,
) -> SlicePicture:
    """Window a slice and resample it to square pixels."""
    window = np.clip((np.asarray(values, np.float32) - LEVEL) / WINDOW + 0.5, 0, 1) * np.float32(255)
    rows, columns = values.shape
    shape = (max(1, round(rows * spacing[0] / PIXEL)), max(1, round(columns * spacing[1] / PIXEL)))
    return SlicePicture(
        plane,
        np.rint(_resampled(window, shape)).astype(np.uint8),
        _resampled(inside.astype(np.float32), shape) >= 0.5,
        PIXEL,
        ("R", "L"),
        index + 1,
    )


def _resampled(values: NDArray[np.float32], shape: tuple[int, int]) -> NDArray[np.float32]:
    """Resample linearly so that pixel edges, not centres, coincide with the picture's edges."""
    places = [
        (np.arange(count) + 0.5) * (size / count) - 0.5
        for count, size in zip(shape, values.shape, strict=True)
    ]
    grid = np.meshgrid(*places, indexing="ij")
    result: NDArray[np.float32] = ndimage.map_coordinates(values, grid, order=1, mode="nearest")
    return result


def _body(values: NDArray[np.float32], spacing: tuple[float, float]) -> tuple[slice, slice]:
    """Return the box around the largest piece of body in an axial slice; the whole slice without one."""
    pieces, count = ndimage.label(ndimage.binary_opening(values > BODY_HU, iterations=2))
    if not count:
        return slice(None), slice(None)
    sizes = np.bincount(pieces.ravel())
    sizes[0] = 0
    largest = ndimage.find_objects(pieces)[int(sizes.argmax()) - 1]
    rows, columns = (
        slice(max(0, box.start - round(MARGIN / step)), box.stop + round(MARGIN / step))
        for box, step in zip(largest, spacing, strict=True)
    )
    return rows, columns
