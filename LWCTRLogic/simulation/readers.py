"""Readers of phantom scans: a true liver mask, drawn again as a person would.

A reader moves the surface of the liver along its normal by

    bias of the reader + what is left of the proposal's error + an error of this reading,

all in millimetres, positive outwards. The errors are smooth random fields, so neighbouring voxels are wrong together.
A reading that starts from the automatic mask keeps a part of its error, which other readings from that mask keep too:
they agree better than readings from an empty mask.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk
from scipy.special import ndtr

from LWCTRLogic.phantom.field import Field, smooth_noise

WIDTH_MM = 12.0
"""How far errors reach along the surface."""
_SOFT_MM, _SOFT_VOXELS = 2.0, 0.6
"""The mask is blurred by this much at least to find the distance from its surface below the size of a voxel."""
_FURTHEST = 2.0
"""No surface moves by more than this many times the blur."""


@dataclass(frozen=True)
class Reading:
    """One reading of a scan.

    Attributes
    ----------
    reader : str
    number : int
        Of this reader's readings, from 1.
    started_from : str
        ``auto`` or ``empty``.
    bias_mm : float
        How far outside the true surface this reader draws everywhere.
    error_mm : float
        Standard deviation of what changes from reading to reading.
    """

    reader: str
    number: int
    started_from: str
    bias_mm: float
    error_mm: float


PROPOSAL_MM = 0.8
"""Standard deviation of the proposal's error that correction leaves."""
READINGS = (
    Reading("reader 1", 1, "auto", 0.2, 0.7),
    Reading("reader 1", 2, "auto", 0.2, 0.7),
    Reading("reader 2", 1, "empty", -0.2, 1.2),
)


def redraw(mask: sitk.Image, reading: Reading, key: tuple[int, ...]) -> sitk.Image:
    """Return a mask as a reader draws it.

    Parameters
    ----------
    mask : SimpleITK.Image
        The true one, 0 or 1.
    reading : Reading
    key : tuple of int
        Seeds of the scan: the same scan has the same proposal for everybody.

    Returns
    -------
    SimpleITK.Image
        uint8, 0 or 1, on the same grid.
    """
    spacing = mask.GetSpacing()
    axes = [
        np.asarray((np.arange(size) - size / 2) * step, dtype=np.float32)
        for size, step in zip(mask.GetSize()[::-1], spacing[::-1], strict=True)
    ]
    own = np.random.default_rng([*key, 1, reading.number, *reading.reader.encode()])
    moved = reading.bias_mm + reading.error_mm * smooth_noise(own, axes, WIDTH_MM)
    if reading.started_from == "auto":
        moved += PROPOSAL_MM * smooth_noise(np.random.default_rng([*key, 0]), axes, WIDTH_MM)
    drawn = sitk.GetImageFromArray(_inside(mask, moved).astype(np.uint8))
    drawn.CopyInformation(mask)
    return drawn


def _inside(mask: sitk.Image, moved: Field) -> np.ndarray:
    """Return where the distance from the surface (mm, negative inside) is below ``moved``.

    Across a flat surface the blurred mask is Φ(-distance / blur).
    """
    width = max(_SOFT_MM, _SOFT_VOXELS * max(mask.GetSpacing()))
    soft = sitk.GetArrayFromImage(sitk.SmoothingRecursiveGaussian(sitk.Cast(mask, sitk.sitkFloat32), width))
    near = (soft > ndtr(-_FURTHEST)) & (soft < ndtr(_FURTHEST))
    inside = soft >= ndtr(_FURTHEST)
    inside[near] = soft[near] > ndtr(-moved[near] / width)
    return np.asarray(inside)
