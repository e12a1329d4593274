"""From an image with any axes to the array that a network was trained on, and exactly back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray
from scipy import ndimage
from scipy.optimize import linear_sum_assignment

Array = NDArray[Any]
TISSUE_HU = -300.0
_COARSE_MM = 4.0
_GROWS = {"L": 1, "P": 1, "S": 1, "R": -1, "A": -1, "I": -1}
_AXIS = {"R": 0, "L": 0, "A": 1, "P": 1, "I": 2, "S": 2}


@dataclass(frozen=True)
class AxisMap:
    """A permutation and flips of array axes; no voxel value changes either way.

    Attributes
    ----------
    order : tuple of int
        For each axis of the turned array, the axis of the image's (z, y, x) array that it comes from.
    flipped : tuple of bool
        For each axis of the turned array, whether it runs the other way.
    """

    order: tuple[int, int, int]
    flipped: tuple[bool, bool, bool]

    def turn(self, array: Array) -> Array:
        """Return the image's array with the axes of the network."""
        turned: Array = array.transpose(self.order)[self._flips()]
        return turned

    def turn_back(self, array: Array) -> Array:
        """Return a turned array with the axes of the image."""
        straight: Array = array[self._flips()].transpose(np.argsort(self.order))
        return straight

    def _flips(self) -> tuple[slice, ...]:
        return tuple(slice(None, None, -1) if flip else slice(None) for flip in self.flipped)


def axis_map(image: sitk.Image, code: str = "LPS") -> AxisMap:
    """Find the permutation and flips that bring an image nearest to the axes ``code``.

    An oblique image is turned to the nearest axes and not resampled.

    Parameters
    ----------
    image : SimpleITK.Image
        Any three-dimensional image.
    code : str
        Where x, y and z of the wanted array grow towards, such as ``LPS`` or ``RAS``.
    """
    direction = np.asarray(image.GetDirection()).reshape(3, 3)
    _, column = linear_sum_assignment(-np.abs(direction))
    order, flipped = [], []
    for letter in reversed(code):  # arrays are (z, y, x)
        index_axis = int(column[_AXIS[letter]])
        order.append(2 - index_axis)
        flipped.append(bool(direction[_AXIS[letter], index_axis] * _GROWS[letter] < 0))
    return AxisMap((order[0], order[1], order[2]), (flipped[0], flipped[1], flipped[2]))


def body_box(
    array: Array, spacing: tuple[float, float, float], margin_mm: float = 8.0
) -> tuple[slice, slice, slice]:
    """Find the box around the body, so that no time is spent on air and table.

    Parameters
    ----------
    array : numpy.ndarray
        HU by (z, y, x).
    spacing : tuple of float
        Voxel size in mm by (z, y, x).
    margin_mm : float
        Kept around the body.

    Returns
    -------
    tuple of slice
        The box; the whole array when nothing is as dense as tissue.
    """
    strides = [max(1, round(_COARSE_MM / size)) for size in spacing]
    tissue = array[tuple(slice(None, None, stride) for stride in strides)] > TISSUE_HU
    pieces, count = ndimage.label(tissue)
    if not count:
        return (slice(None), slice(None), slice(None))
    body = ndimage.find_objects(pieces)[int(np.bincount(pieces.ravel())[1:].argmax())]
    box = []
    for part, stride, size, length in zip(body, strides, spacing, array.shape, strict=True):
        margin = int(np.ceil(margin_mm / size)) + stride
        box.append(slice(max(0, part.start * stride - margin), min(length, part.stop * stride + margin)))
    return (box[0], box[1], box[2])
