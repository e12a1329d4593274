"""Scalar fields on a voxel grid: coordinates, smooth noise and signed distances of simple bodies.

Coordinates are in "canonical" millimetres: those of a standard adult, x to the patient's left, y to
the back, z to the head, with the origin in the midline at the porta hepatis. A patient of another size is the
same canonical body under a scaling, and one of another build is that body under a smooth warp.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.floating[Any]]
"""A scalar for every voxel, shape (z, y, x)."""
Mask = NDArray[np.bool_]
LabelMap = NDArray[np.uint8]
Window = tuple[slice, slice, slice]
Triple = tuple[float, float, float]

FAR = np.float32(1e4)


@dataclass(frozen=True)
class Grid:
    """Canonical coordinates of every voxel centre.

    Attributes
    ----------
    x, y, z : ndarray of float32, shape (z, y, x)
        Canonical coordinates in mm, warp included.
    axes : tuple of three 1-D arrays
        Unwarped canonical coordinates along z, y and x.
    reach : float
        Largest displacement of the warp in mm, so that a window never cuts a body off.
    """

    x: Field
    y: Field
    z: Field
    axes: tuple[Field, Field, Field]
    reach: float

    @property
    def shape(self) -> tuple[int, int, int]:
        """Number of voxels along z, y and x."""
        depth, height, width = self.x.shape
        return depth, height, width

    def window(self, lower: Sequence[float], upper: Sequence[float]) -> Window:
        """Return the slices that hold the box from ``lower`` to ``upper`` (x, y, z in canonical mm)."""
        slices = []
        for axis, low, high in zip(self.axes, lower[::-1], upper[::-1], strict=True):
            first = int(np.searchsorted(axis, low - self.reach))
            last = int(np.searchsorted(axis, high + self.reach))
            slices.append(slice(first, last))
        return slices[0], slices[1], slices[2]

    def cut(self, window: Window) -> Grid:
        """Return the grid inside ``window``."""
        axes = (self.axes[0][window[0]], self.axes[1][window[1]], self.axes[2][window[2]])
        return Grid(self.x[window], self.y[window], self.z[window], axes, self.reach)


def _spline_weights(axis: Field, step: float, start: float, count: int) -> Field:
    """Return the cubic B-spline weights of ``count`` knots for every position, shape (len(axis), count)."""
    position = (axis - start) / step
    distance = np.abs(position[:, None] - np.arange(count, dtype=np.float32)[None, :])
    near = 2 / 3 - distance**2 + distance**3 / 2
    far = np.clip(2 - distance, 0, None) ** 3 / 6
    return np.asarray(np.where(distance < 1, near, far), dtype=np.float32)


_NOISE_EXTENT = 420.0
_NOISE_GAIN = 0.48**-1.5  # the splines' weights lower the variance of the knots


def smooth_noise(rng: np.random.Generator, axes: Sequence[Field], scale: float) -> Field:
    """Return smooth random numbers of about unit variance with a feature size of ``scale`` mm.

    The random knots lie on a lattice fixed in millimetres, so the field does not depend on the voxel size.
    """
    count = int(np.ceil(2 * _NOISE_EXTENT / scale)) + 4
    start = -_NOISE_EXTENT - scale
    knots = rng.standard_normal((count, count, count), dtype=np.float32)
    weights = []
    for number, axis in enumerate(axes):
        first = max(int((axis[0] - start) / scale) - 2, 0)
        last = min(int((axis[-1] - start) / scale) + 4, count)
        weights.append(_spline_weights(axis, scale, start, count)[:, first:last])
        knots = knots.take(np.arange(first, last), axis=number)
    coarse = np.tensordot(weights[2], knots, axes=(1, 2))
    coarse = np.tensordot(weights[1], coarse, axes=(1, 2))
    return np.tensordot(weights[0], coarse, axes=(1, 2)) * np.float32(_NOISE_GAIN)


def smooth_min(a: Field, b: Field, width: float) -> Field:
    """Return the union of two signed distances with a fillet of about ``width`` mm (polynomial)."""
    blend = np.clip(0.5 + 0.5 * (b - a) / width, 0, 1).astype(np.float32)
    return (b + (a - b) * blend - width * blend * (1 - blend)).astype(np.float32)


def smooth_max(a: Field, b: Field, width: float) -> Field:
    """Return the intersection of two signed distances with an edge rounded over about ``width`` mm."""
    return -smooth_min(-a, -b, width)


def ellipsoid(grid: Grid, centre: Triple, radii: Triple, turn: float = 0.0, tilt: float = 0.0) -> Field:
    """Return an approximate signed distance (mm, negative inside) of an ellipsoid.

    Parameters
    ----------
    grid : Grid
    centre, radii : (x, y, z) in mm
    turn : float
        Rotation about the z axis in radians.
    tilt : float
        Rotation about the y axis in radians, before the turn.
    """
    x, y, z = grid.x - np.float32(centre[0]), grid.y - np.float32(centre[1]), grid.z - np.float32(centre[2])
    if turn:
        c, s = np.float32(np.cos(turn)), np.float32(np.sin(turn))
        x, y = c * x + s * y, c * y - s * x
    if tilt:
        c, s = np.float32(np.cos(tilt)), np.float32(np.sin(tilt))
        x, z = c * x + s * z, c * z - s * x
    rx, ry, rz = (np.float32(1 / radius) for radius in radii)
    near = np.sqrt((x * rx) ** 2 + (y * ry) ** 2 + (z * rz) ** 2) + np.float32(1e-6)
    slope = np.sqrt((x * rx * rx) ** 2 + (y * ry * ry) ** 2 + (z * rz * rz) ** 2) + np.float32(1e-6)
    distance = near * (near - 1) / slope
    return np.asarray(np.maximum(distance, -min(radii)), dtype=np.float32)


def smooth_path(points: Sequence[Sequence[float]] | NDArray[np.float64], steps: int) -> NDArray[np.float64]:
    """Return ``steps`` points on a Catmull–Rom curve through ``points`` (any number of columns)."""
    knots = np.asarray(points, dtype=float)
    padded = np.vstack([2 * knots[0] - knots[1], knots, 2 * knots[-1] - knots[-2]])
    position = np.linspace(0, len(knots) - 1, steps)
    index = np.minimum(position.astype(int), len(knots) - 2)
    t = (position - index)[:, None]
    p0, p1, p2, p3 = (padded[index + k] for k in range(4))
    linear = (p2 - p0) * t
    square = (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
    cube = (3 * p1 - p0 - 3 * p2 + p3) * t**3
    return np.asarray(0.5 * (2 * p1 + linear + square + cube))


def tube(grid: Grid, path: NDArray[np.float64], margin: float = 6.0) -> tuple[Window, Field]:
    """Return the window of a tube and the signed distance to it there.

    Parameters
    ----------
    grid : Grid
    path : ndarray, shape (n, 4)
        Points x, y, z and radius in mm along the centre line.
    margin : float
        How far outside the tube the distance is still right; beyond it may be ``FAR``.
    """
    reach = path[:, 3].max() + margin
    window = grid.window(path[:, :3].min(axis=0) - reach, path[:, :3].max(axis=0) + reach)
    inner = grid.cut(window)
    distance = np.full(inner.shape, FAR, dtype=np.float32)
    if distance.size == 0:
        return window, distance
    for start, end in pairwise(path):
        _stamp_segment(inner, distance, start, end, margin)
    return window, distance


def _stamp_segment(
    grid: Grid, distance: Field, start: NDArray[np.float64], end: NDArray[np.float64], margin: float
) -> None:
    """Lower ``distance`` to that of one segment with a linearly changing radius."""
    reach = max(start[3], end[3]) + margin
    lower, upper = np.minimum(start, end)[:3] - reach, np.maximum(start, end)[:3] + reach
    window = grid.window(lower, upper)
    x, y, z = grid.x[window], grid.y[window], grid.z[window]
    if x.size == 0:
        return
    sx, sy, sz, _ = start.astype(np.float32)
    vx, vy, vz, vr = (end - start).astype(np.float32)
    length = vx * vx + vy * vy + vz * vz + np.float32(1e-6)
    dx, dy, dz = x - sx, y - sy, z - sz
    t = np.clip((dx * vx + dy * vy + dz * vz) / length, 0, 1)
    gap = np.sqrt((dx - t * vx) ** 2 + (dy - t * vy) ** 2 + (dz - t * vz) ** 2)
    gap -= np.float32(start[3]) + t * vr
    distance[window] = np.minimum(distance[window], gap)


def spread(grid: Grid, window: Window, distance: Field) -> Field:
    """Return a whole-grid field that holds ``distance`` in ``window`` and is far elsewhere."""
    whole = np.full(grid.shape, FAR, dtype=np.float32)
    whole[window] = distance
    return whole


def paint(labels: LabelMap, window: Window, where: Mask, value: int, over: Sequence[int] = ()) -> None:
    """Set the voxels ``where`` inside ``window`` to ``value``; only those now in ``over``, if given."""
    view = labels[window]
    if over:
        table = np.zeros(256, dtype=bool)
        table[list(over)] = True
        where = where & table[view]
    view[where] = value


EVERYWHERE: Window = (slice(None), slice(None), slice(None))
