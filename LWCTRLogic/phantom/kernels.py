"""The inner loops of the phantom's signed distances, compiled."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def stamp_segment(x: Floats, y: Floats, z: Floats, distance: Floats, start: Floats, end: Floats) -> None:
    """Lower ``distance`` to that of a segment from ``start`` to ``end`` (x, y, z, radius), in place."""
    vx, vy, vz, vr = end[0] - start[0], end[1] - start[1], end[2] - start[2], end[3] - start[3]
    scale = np.float32(1.0) / (vx * vx + vy * vy + vz * vz + np.float32(1e-6))
    for k in range(x.shape[0]):
        for j in range(x.shape[1]):
            for i in range(x.shape[2]):
                dx, dy, dz = x[k, j, i] - start[0], y[k, j, i] - start[1], z[k, j, i] - start[2]
                t = (dx * vx + dy * vy + dz * vz) * scale
                t = min(max(t, np.float32(0.0)), np.float32(1.0))
                dx, dy, dz = dx - t * vx, dy - t * vy, dz - t * vz
                gap = np.sqrt(dx * dx + dy * dy + dz * dz) - start[3] - t * vr
                distance[k, j, i] = min(distance[k, j, i], gap)


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
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


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def blend_min(a: Floats, b: Floats, width: np.float32, sign: np.float32, out: Floats) -> None:
    """Write the polynomial smooth minimum (``sign`` 1) or maximum (−1) of two fields into ``out``."""
    half, one, zero = np.float32(0.5), np.float32(1.0), np.float32(0.0)
    for k in range(a.shape[0]):
        for j in range(a.shape[1]):
            for i in range(a.shape[2]):
                p, q = sign * a[k, j, i], sign * b[k, j, i]
                t = min(max(half + half * (q - p) / width, zero), one)
                out[k, j, i] = sign * (q + (p - q) * t - width * t * (one - t))
