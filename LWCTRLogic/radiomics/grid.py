"""Where the voxels of a volume lie, and ITK's way from one grid to another, to the last bit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

F64 = NDArray[np.float64]


@dataclass(frozen=True)
class Grid:
    """Size, spacing, origin and direction of a volume, each in the order x, y, z (mm, LPS)."""

    size: tuple[int, int, int]
    spacing: tuple[float, float, float]
    origin: tuple[float, float, float]
    direction: tuple[float, ...]

    @classmethod
    def of(cls, image: sitk.Image) -> Grid:
        """Return the grid of an image."""
        return cls(image.GetSize(), image.GetSpacing(), image.GetOrigin(), image.GetDirection())

    @property
    def shape(self) -> tuple[int, int, int]:
        """Size as (z, y, x)."""
        return self.size[2], self.size[1], self.size[0]

    def image(self, array: NDArray[Any]) -> sitk.Image:
        """Return an array (z, y, x) as an image on this grid."""
        image = sitk.GetImageFromArray(array)
        image.SetSpacing(self.spacing)
        image.SetOrigin(self.origin)
        image.SetDirection(self.direction)
        return image

    def part(self, z: slice, y: slice, x: slice) -> Grid:
        """Return the grid of a part of the voxels."""
        origin = self.point((x.start, y.start, z.start))
        return Grid(
            (x.stop - x.start, y.stop - y.start, z.stop - z.start), self.spacing, origin, self.direction
        )

    def point(self, position: Sequence[float]) -> tuple[float, float, float]:
        """Return the point in mm of a position (x, y, z) in voxels."""
        x, y, z = self._voxel(self.origin).TransformContinuousIndexToPhysicalPoint(
            [float(v) for v in position]
        )
        return x, y, z

    def points(self, x: int, y: NDArray[np.int64], z: int) -> F64:
        """Return where in mm the voxels (x, y[k], z) lie, in ITK's order of operations: array (k, 3)."""
        i, j, k = self._forward
        return np.asarray(((np.array(self.origin) + i * x) + j * y[:, None]) + k * z)

    def positions(self, points: F64) -> F64:
        """Return the positions (x, y, z) in voxels of points in mm, in ITK's order of operations."""
        i, j, k = self._backward
        moved = points - np.array(self.origin)
        return np.asarray((i * moved[:, :1] + j * moved[:, 1:2]) + k * moved[:, 2:])

    def _voxel(self, origin: tuple[float, float, float]) -> sitk.Image:
        """Return an image of one voxel with this grid's axes."""
        voxel = sitk.Image([1, 1, 1], sitk.sitkUInt8)
        voxel.SetSpacing(self.spacing)
        voxel.SetOrigin(origin)
        voxel.SetDirection(self.direction)
        return voxel

    @cached_property
    def _forward(self) -> F64:
        """Where one step along x, y and z leads in mm, with ITK's own digits: array (3, 3)."""
        voxel = self._voxel((0.0, 0.0, 0.0))
        return np.array([voxel.TransformIndexToPhysicalPoint(step) for step in np.eye(3, dtype=int).tolist()])

    @cached_property
    def _backward(self) -> F64:
        """Where 1 mm along each axis of space leads in voxels, with ITK's own digits: array (3, 3)."""
        voxel = self._voxel((0.0, 0.0, 0.0))
        return np.array([voxel.TransformPhysicalPointToContinuousIndex(step) for step in np.eye(3).tolist()])
