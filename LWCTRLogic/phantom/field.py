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

from LWCTRLogic.phantom.kernels import blend_min, box_spans, ellipsoid_distance, paint_over, stamp_segment

Field = NDArray[np.floating[Any]]
"""A scalar for every voxel, shape (z, y, x)."""
Mask = NDArray[np.bool_]
LabelMap = NDArray[np.uint8]
Window = tuple[slice, slice, slice]
Triple = tuple[float, float, float]

FAR = np.float32(1e4)
_BEND = 0.5  # bound of the warp's gradient


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
        """Return the slices that hold the box from ``lower`` to ``upper`` (x, y, z in canonical mm).

        The warp moves the box by its displacement there, and bends it by no more than ``_BEND`` of its size.
        """
        spans = box_spans(
            self.x, self.y, self.z, *self.axes, np.asarray(lower, dtype=float), np.asarray(upper, dtype=float),
            float(self.reach), _BEND,
        )  # fmt: skip
        return slice(spans[0], spans[1]), slice(spans[2], spans[3]), slice(spans[4], spans[5])

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


_NOISE_EXTENT = 330.0
_NOISE_GAIN = 0.48**-1.5  # the splines' weights lower the variance of the knots


def smooth_noise(rng: np.random.Generator, axes: Sequence[Field], scale: float) -> Field:
    """Return smooth random numbers of about unit variance with a feature size of ``scale`` mm.

    The random knots lie on a lattice fixed in millimetres, so the field does not depend on the voxel size.
    """
    count = int(np.ceil(2 * _NOISE_EXTENT / scale)) + 4
    start = -_NOISE_EXTENT - scale
    knots = rng.standard_normal((count, count, count), dtype=np.float32)
    spans = [_span(axis, scale, start, count) for axis in axes]
    return _splines(knots[spans[0], spans[1], spans[2]], axes, spans, scale)


def fine_noise(key: Sequence[int], axes: Sequence[Field], scale: float) -> Field:
    """Return what :func:`smooth_noise` does, for grain so fine that only the knots in view can be drawn."""
    count = int(np.ceil(2 * _NOISE_EXTENT / scale)) + 4
    start = -_NOISE_EXTENT - scale
    spans = [_span(axis, scale, start, count) for axis in axes]
    if not all(axis.size for axis in axes):
        return np.zeros(tuple(axis.size for axis in axes), dtype=np.float32)
    layers = []
    for number in range(spans[0].start, spans[0].stop):
        rng = np.random.default_rng([*key, number])
        layers.append(rng.standard_normal((count, count), dtype=np.float32)[spans[1], spans[2]])
    return _splines(np.stack(layers), axes, spans, scale)


def _span(axis: Field, scale: float, start: float, count: int) -> slice:
    """Return the knots that reach any position of an axis; none for a body out of view."""
    if axis.size == 0:
        return slice(0, 0)
    return slice(max(int((axis[0] - start) / scale) - 2, 0), min(int((axis[-1] - start) / scale) + 4, count))


def _splines(knots: Field, axes: Sequence[Field], spans: Sequence[slice], scale: float) -> Field:
    """Return the tensor product of cubic B-splines over the knots in ``spans`` at every position."""
    count = int(np.ceil(2 * _NOISE_EXTENT / scale)) + 4
    start = -_NOISE_EXTENT - scale
    weights = [
        _spline_weights(axis, scale, start, count)[:, span] for axis, span in zip(axes, spans, strict=True)
    ]
    along_x = knots @ weights[2].T
    along_y = np.matmul(weights[1], along_x)
    whole = weights[0] @ along_y.reshape(along_y.shape[0], -1)
    whole *= np.float32(_NOISE_GAIN)
    return np.asarray(whole.reshape(tuple(len(axis) for axis in axes)))


def smooth_min(a: Field, b: Field, width: float) -> Field:
    """Return the union of two signed distances with a fillet of about ``width`` mm (polynomial)."""
    return _blend(a, b, width, 1.0)


def smooth_max(a: Field, b: Field, width: float) -> Field:
    """Return the intersection of two signed distances with an edge rounded over about ``width`` mm."""
    return _blend(a, b, width, -1.0)


def _blend(a: Field, b: Field, width: float, sign: float) -> Field:
    first, second = np.asarray(a, dtype=np.float32), np.asarray(b, dtype=np.float32)
    out = np.empty(first.shape, dtype=np.float32)
    blend_min(first, second, np.float32(width), np.float32(sign), out)
    return out


def ellipsoid(grid: Grid, centre: Triple, radii: Triple, turn: float = 0.0, tilt: float = 0.0) -> Field:
    """Return an approximate signed distance (mm, negative inside) of an ellipsoid.

    Parameters
    ----------
    grid : Grid
    centre, radii : (x, y, z) in mm
    turn : float
        Rotation about the z axis in radians.
    tilt : float
        Rotation about the y axis in radians, after the turn.
    """
    rotation = np.array([np.cos(turn), np.sin(turn), np.cos(tilt), np.sin(tilt)], dtype=np.float32)
    out = np.empty(grid.shape, dtype=np.float32)
    ellipsoid_distance(
        grid.x, grid.y, grid.z, np.asarray(centre, np.float32), np.asarray(radii, np.float32), rotation, out
    )
    return out


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
    stamp_segment(
        grid.x[window], grid.y[window], grid.z[window], distance[window],
        start.astype(np.float32), end.astype(np.float32),
    )  # fmt: skip


def spread(grid: Grid, window: Window, distance: Field) -> Field:
    """Return a whole-grid field that holds ``distance`` in ``window`` and is far elsewhere."""
    whole = np.full(grid.shape, FAR, dtype=np.float32)
    whole[window] = distance
    return whole


def paint(labels: LabelMap, window: Window, where: Mask, value: int, over: Sequence[int] = ()) -> None:
    """Set the voxels ``where`` inside ``window`` to ``value``; only those now in ``over``, if given."""
    table = np.full(256, not over)
    table[list(over)] = True
    paint_over(labels[window], np.broadcast_to(where, labels[window].shape), np.uint8(value), table)


EVERYWHERE: Window = (slice(None), slice(None), slice(None))
