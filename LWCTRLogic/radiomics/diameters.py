"""Largest distances between surface vertices: in space, and within planes across each axis.

The farthest two points of a set are corners of its convex hull. In each plane only the first and last
vertex of a line can be a corner; a monotone chain keeps the hull of these. A corner in space is a corner in
the three planes through it, so few points are left to compare in space.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from LWCTRLogic.radiomics.compiled import kernel

F64 = NDArray[np.float64]
I32 = NDArray[np.int32]


@kernel
def _line_ends(points: I32, axis: int, line: int, along: int, ends: I32) -> None:
    """Store the lowest and highest position of each line of each plane; -1 for an empty line."""
    ends[:] = -1
    for k in range(points.shape[0]):
        p = points[k, axis]
        q = points[k, line]
        v = points[k, along]
        if ends[p, q, 0] < 0 or v < ends[p, q, 0]:
            ends[p, q, 0] = v
        if v > ends[p, q, 1]:
            ends[p, q, 1] = v


@kernel
def _half_hull(ends: I32, side: int, hull: I32) -> int:
    """Put the corners of one side of a plane's hull, as (line, position), into ``hull``; return their number."""
    n = 0
    sign = 1 if side == 0 else -1
    for q in range(ends.shape[0]):
        v = ends[q, side]
        if v < 0:
            continue
        while n >= 2:
            a = np.int64(hull[n - 1, 0] - hull[n - 2, 0]) * np.int64(v - hull[n - 2, 1])
            b = np.int64(hull[n - 1, 1] - hull[n - 2, 1]) * np.int64(q - hull[n - 2, 0])
            if sign * (a - b) > 0:
                break
            n -= 1
        hull[n, 0] = q
        hull[n, 1] = v
        n += 1
    return n


@kernel
def _plane_corners(ends: I32, line_step: float, along_step: float, corners: I32) -> tuple[int, float]:
    """Store (plane, line, position) of all hull corners; return their number and the largest squared distance."""
    hull = np.empty((2 * ends.shape[1], 2), np.int32)
    total = 0
    best = 0.0
    for p in range(ends.shape[0]):
        n = _half_hull(ends[p], 0, hull)
        n += _half_hull(ends[p], 1, hull[n:])
        for i in range(n):
            corners[total, 0] = p
            corners[total, 1] = hull[i, 0]
            corners[total, 2] = hull[i, 1]
            total += 1
            for j in range(i):
                d = (hull[i, 0] - hull[j, 0]) * line_step
                e = (hull[i, 1] - hull[j, 1]) * along_step
                best = max(best, d * d + e * e)
    return total, best


@kernel
def _largest_square(points: F64) -> float:
    """Largest squared distance of two points."""
    best = 0.0
    for i in range(points.shape[0]):
        for j in range(i):
            a = points[i, 0] - points[j, 0]
            b = points[i, 1] - points[j, 1]
            c = points[i, 2] - points[j, 2]
            best = max(best, a * a + b * b + c * c)
    return best


def diameters(vertices: I32, spacing: tuple[float, float, float]) -> tuple[float, float, float, float]:
    """Return the largest distance (mm) within planes across z, y and x, and in space.

    Parameters
    ----------
    vertices : array (n, 3)
        Vertices (z, y, x) in half voxels.
    spacing : tuple of float
        Distance of voxels (z, y, x) in mm.
    """
    size = vertices.max(0).astype(np.int64) + 1
    step = np.array(spacing) / 2
    planar, common = [], None
    for axis, line, along in ((0, 1, 2), (1, 0, 2), (2, 0, 1)):
        ends = np.empty((size[axis], size[line], 2), np.int32)
        _line_ends(vertices, axis, line, along, ends)
        corners = np.empty((2 * size[axis] * size[line], 3), np.int32)
        total, square = _plane_corners(ends, step[line], step[along], corners)
        planar.append(float(np.sqrt(square)))
        found = np.empty((total, 3), np.int64)
        found[:, (axis, line, along)] = corners[:total]
        code = np.unique((found[:, 0] * size[1] + found[:, 1]) * size[2] + found[:, 2])
        common = code if common is None else np.intersect1d(common, code, assume_unique=True)
    assert common is not None
    places = np.stack([common // (size[1] * size[2]), common // size[2] % size[1], common % size[2]], 1)
    return planar[0], planar[1], planar[2], float(np.sqrt(_largest_square(places * step)))
