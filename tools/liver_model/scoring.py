"""How near a mask is to the reference: Dice, 95th percentile of the surface distance, volume."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Mask = NDArray[np.bool_]


class Score(NamedTuple):
    """Agreement of one mask with its reference."""

    dice: float
    hd95_mm: float
    volume_error: float
    """Volume of the mask over that of the reference, minus one."""


def score(mask: Mask, reference: Mask, spacing: Sequence[float]) -> Score:
    """Compare two masks.

    Parameters
    ----------
    mask, reference : numpy.ndarray
        Boolean by (z, y, x); the reference is not empty.
    spacing : sequence of float
        Voxel size in mm by (z, y, x).

    Returns
    -------
    Score
        ``hd95_mm`` is the 95th percentile of the distances from each surface to the other, both pooled.
    """
    both, wanted, found = int((mask & reference).sum()), int(reference.sum()), int(mask.sum())
    return Score(2 * both / (wanted + found), _hd95(mask, reference, spacing), found / wanted - 1)


def _hd95(mask: Mask, reference: Mask, spacing: Sequence[float]) -> float:
    if not mask.any():
        return float("inf")
    rows = np.argwhere(mask | reference)
    box = tuple(slice(low, high + 1) for low, high in zip(rows.min(0), rows.max(0), strict=True))
    surfaces = [_surface(array[box]) for array in (mask, reference)]
    distances = []
    for here, there in (surfaces, surfaces[::-1]):
        distances.append(ndimage.distance_transform_edt(~there, sampling=spacing)[here])
    return float(np.percentile(np.concatenate(distances), 95))


def _surface(mask: Mask) -> Mask:
    padded = np.pad(mask, 1)
    return (padded & ~ndimage.binary_erosion(padded))[1:-1, 1:-1, 1:-1]
