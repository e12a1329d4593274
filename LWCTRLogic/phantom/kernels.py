"""The inner loops of the phantom's signed distances, compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from LWCTRLogic.radiomics.compiled import kernel

Floats = NDArray[np.floating[Any]]
Anything = NDArray[Any]
Labels = NDArray[np.uint8]
Mask = NDArray[np.bool_]


@kernel
def box_spans(
    x: Anything, y: Anything, z: Anything, along_z: Anything, along_y: Anything, along_x: Anything,
    lower: Anything, upper: Anything, reach: float, bend: float,
) -> tuple[int, int, int, int, int, int]:  # fmt: skip
    """Return the first and last index along z, y and x of the voxels that land in a box (x, y, z).

    The warp's displacement at the box's middle is found by fixed-point iteration.
    """
    middle = (lower + upper) / 2
    half = upper - middle
    half += min(bend * np.sqrt((half * half).sum()) + 2, 2 * reach)
    shift = np.zeros(3)
    if x.size > 0:
        for _ in range(3):
            i = min(np.searchsorted(along_x, middle[0] - shift[0]), along_x.size - 1)
            j = min(np.searchsorted(along_y, middle[1] - shift[1]), along_y.size - 1)
            k = min(np.searchsorted(along_z, middle[2] - shift[2]), along_z.size - 1)
            shift[0] = x[k, j, i] - along_x[i]
            shift[1] = y[k, j, i] - along_y[j]
            shift[2] = z[k, j, i] - along_z[k]
    first, last = middle - shift - half, middle - shift + half
    return (
        np.searchsorted(along_z, first[2]), np.searchsorted(along_z, last[2]),
        np.searchsorted(along_y, first[1]), np.searchsorted(along_y, last[1]),
        np.searchsorted(along_x, first[0]), np.searchsorted(along_x, last[0]),
    )  # fmt: skip


@kernel
def paint_over(labels: Labels, where: Mask, value: np.uint8, over: Mask) -> None:
    """Set the voxels ``where`` to ``value`` if ``over`` is true for their present label, in place."""
    for k in range(labels.shape[0]):
        for j in range(labels.shape[1]):
            for i in range(labels.shape[2]):
                if where[k, j, i] and over[labels[k, j, i]]:
                    labels[k, j, i] = value


@kernel
def stamp_segment(x: Floats, y: Floats, z: Floats, distance: Floats, start: Floats, end: Floats) -> None:
    """Lower ``distance`` to that of a segment from ``start`` to ``end`` (x, y, z, radius), in place."""
    vx, vy, vz, vr = end[0] - start[0], end[1] - start[1], end[2] - start[2], end[3] - start[3]
    more = np.float32(1.001)
    scale = np.float32(1.0) / (vx * vx + vy * vy + vz * vz + np.float32(1e-6))
    for k in range(x.shape[0]):
        for j in range(x.shape[1]):
            for i in range(x.shape[2]):
                dx, dy, dz = x[k, j, i] - start[0], y[k, j, i] - start[1], z[k, j, i] - start[2]
                t = (dx * vx + dy * vy + dz * vz) * scale
                t = min(max(t, np.float32(0.0)), np.float32(1.0))
                dx, dy, dz = dx - t * vx, dy - t * vy, dz - t * vz
                square, radius = dx * dx + dy * dy + dz * dz, start[3] + t * vr
                known = distance[k, j, i] + radius
                if square < known * known * more:  # no root for what is farther than what is known
                    distance[k, j, i] = min(distance[k, j, i], np.sqrt(square) - start[3] - t * vr)


@kernel
def ellipsoid_distance(
    x: Floats, y: Floats, z: Floats, centre: Floats, radii: Floats, turn: Floats, out: Floats
) -> None:
    """Write the approximate distance to an ellipsoid into ``out``.

    ``turn`` holds cosine and sine of the rotation about z, then of that about y.
    """
    one, tiny = np.float32(1.0), np.float32(1e-6)
    rx, ry, rz = one / radii[0], one / radii[1], one / radii[2]
    least = -min(radii[0], radii[1], radii[2])
    for k in range(x.shape[0]):
        for j in range(x.shape[1]):
            for i in range(x.shape[2]):
                dx, dy, dz = x[k, j, i] - centre[0], y[k, j, i] - centre[1], z[k, j, i] - centre[2]
                dx, dy = turn[0] * dx + turn[1] * dy, turn[0] * dy - turn[1] * dx
                dx, dz = turn[2] * dx + turn[3] * dz, turn[2] * dz - turn[3] * dx
                dx, dy, dz = dx * rx, dy * ry, dz * rz
                near = np.sqrt(dx * dx + dy * dy + dz * dz) + tiny
                dx, dy, dz = dx * rx, dy * ry, dz * rz
                slope = np.sqrt(dx * dx + dy * dy + dz * dz) + tiny
                out[k, j, i] = max(near * (near - one) / slope, least)


@kernel
def blend_min(a: Floats, b: Floats, width: np.float32, sign: np.float32, out: Floats) -> None:
    """Write the polynomial smooth minimum (``sign`` 1) or maximum (−1) of two fields into ``out``."""
    half, one, zero = np.float32(0.5), np.float32(1.0), np.float32(0.0)
    for k in range(a.shape[0]):
        for j in range(a.shape[1]):
            for i in range(a.shape[2]):
                p, q = sign * a[k, j, i], sign * b[k, j, i]
                t = min(max(half + half * (q - p) / width, zero), one)
                out[k, j, i] = sign * (q + (p - q) * t - width * t * (one - t))
