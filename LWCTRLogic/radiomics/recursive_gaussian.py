"""Laplacian of Gaussian by recursive filters (Deriche 1993, as in ITK), only where it is needed.

ITK smooths a line by a fourth-order recursion forwards and backwards, in double precision, and stores each
pass in single precision. The same arithmetic in the same order gives the same bits, so it is repeated here;
what is left out are the lines and voxels that no wanted voxel depends on.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from LWCTRLogic.radiomics.compiled import kernel, read_only

# Deriche's fit of the Gaussian (row 0) and its second derivative (row 2): a0, a1 with the poles (w, l).
_A1, _B1 = (1.3530, -1.3563), (1.8151, 5.2318)
_A2, _B2 = (-0.3531, 0.3446), (0.0902, -2.2355)
_W1, _L1, _W2, _L2 = 0.6681, -1.3932, 2.0787, -1.3732
# A voxel this many sigmas away weighs less than 1e-14 (the slower pole falls as exp(-1.3732 distance / sigma)).
REACH = 24.0
LANES = 32

Region = tuple[slice, slice, slice]
Voxel = tuple[int, int, int]


@dataclass(frozen=True)
class _Numerator:
    """Numerator of the causal filter and its sums Σn, Σkn, Σk²n."""

    n: tuple[float, float, float, float]

    @property
    def sums(self) -> tuple[float, float, float]:
        n0, n1, n2, n3 = self.n
        return n0 + n1 + n2 + n3, n1 + 2 * n2 + 3 * n3, n1 + 4 * n2 + 9 * n3


def _numerator(sigma: float, a1: float, b1: float, a2: float, b2: float) -> _Numerator:
    s1, s2 = math.sin(_W1 / sigma), math.sin(_W2 / sigma)
    c1, c2 = math.cos(_W1 / sigma), math.cos(_W2 / sigma)
    e1, e2 = math.exp(_L1 / sigma), math.exp(_L2 / sigma)
    n0 = a1 + a2
    n1 = e2 * (b2 * s2 - (a2 + 2 * a1) * c2)
    n1 += e1 * (b1 * s1 - (a1 + 2 * a2) * c1)
    n2 = (a1 + a2) * c2 * c1
    n2 -= b1 * c2 * s1 + b2 * c1 * s2
    n2 *= 2 * e1 * e2
    n2 += a2 * e1 * e1 + a1 * e2 * e2
    n3 = e2 * e1 * e1 * (b2 * s2 - a2 * c2)
    n3 += e1 * e2 * e2 * (b1 * s1 - a1 * c1)
    return _Numerator((n0, n1, n2, n3))


def _denominator(sigma: float) -> tuple[float, float, float, float]:
    c1, c2 = math.cos(_W1 / sigma), math.cos(_W2 / sigma)
    e1, e2 = math.exp(_L1 / sigma), math.exp(_L2 / sigma)
    d4 = e1 * e1 * e2 * e2
    d3 = -2 * c1 * e1 * e2 * e2
    d3 += -2 * c2 * e2 * e1 * e1
    d2 = 4 * c2 * c1 * e1 * e2
    d2 += e1 * e1 + e2 * e2
    d1 = -2 * (e2 * c2 + e1 * c1)
    return d1, d2, d3, d4


def coefficients(sigma_mm: float, spacing: float, derivative: bool) -> NDArray[np.float64]:
    """Return the 20 coefficients N0–N3, D1–D4, M1–M4, BN1–BN4, BM1–BM4 of one line filter.

    Parameters
    ----------
    sigma_mm, spacing : float
        Width of the Gaussian and distance of voxels, in mm.
    derivative : bool
        The second derivative, multiplied by sigma² (scale normalisation), instead of the Gaussian itself.
    """
    sigma = sigma_mm / spacing
    d1, d2, d3, d4 = _denominator(sigma)
    sd = 1.0 + d1 + d2 + d3 + d4
    dd = d1 + 2 * d2 + 3 * d3 + 4 * d4
    ed = d1 + 4 * d2 + 9 * d3 + 16 * d4
    smooth = _numerator(sigma, _A1[0], _B1[0], _A2[0], _B2[0])
    if derivative:
        second = _numerator(sigma, _A1[1], _B1[1], _A2[1], _B2[1])
        beta = -(2 * second.sums[0] - sd * second.n[0]) / (2 * smooth.sums[0] - sd * smooth.n[0])
        n = tuple(a + beta * b for a, b in zip(second.n, smooth.n, strict=True))
        sn, dn, en = (a + beta * b for a, b in zip(second.sums, smooth.sums, strict=True))
        alpha = en * sd * sd - ed * sn * sd - 2 * dn * dd * sd + 2 * dd * dd * sn
        alpha /= sd * sd * sd
        scale = sigma_mm * sigma_mm / alpha
    else:
        n = smooth.n
        scale = 1.0 / (2 * smooth.sums[0] / sd - n[0])
    n0, n1, n2, n3 = (value * scale for value in n)
    m = (n1 - d1 * n0, n2 - d2 * n0, n3 - d3 * n0, -d4 * n0)
    sn, sm = n0 + n1 + n2 + n3, m[0] + m[1] + m[2] + m[3]
    d = (d1, d2, d3, d4)
    return np.array([n0, n1, n2, n3, *d, *m, *(v * sn / sd for v in d), *(v * sm / sd for v in d)])


@kernel
def _load(
    image: NDArray[Any],
    low: Voxel,
    axis: int,
    outer: int,
    first: int,
    width: int,
    block: NDArray[np.float64],
) -> None:
    """Copy ``width`` lines into the rows 4 … n + 3 of ``block`` and repeat both ends four times."""
    n = block.shape[0] - 8
    outer += low[1 if axis == 0 else 0]
    if axis == 2:
        for k in range(width):
            line = image[outer, low[1] + first + k]
            for i in range(n):
                block[i + 4, k] = line[low[2] + i]
    else:
        for i in range(n):
            row = image[low[0] + i, outer] if axis == 0 else image[outer, low[1] + i]
            for k in range(width):
                block[i + 4, k] = row[low[2] + first + k]
    for i in range(4):
        for k in range(width):
            block[i, k] = block[4, k]
            block[n + 4 + i, k] = block[n + 3, k]


@kernel
def _forwards(x: NDArray[np.float64], c: NDArray[np.float64], y: NDArray[np.float64]) -> None:
    """Causal recursion down the rows; the first row's value is taken to go on for ever before it."""
    n0, n1, n2, n3, d1, d2, d3, d4 = c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]
    for i in range(4):
        for k in range(LANES):
            r = x[i + 4, k] * n0 + x[i + 3, k] * n1 + x[i + 2, k] * n2 + x[i + 1, k] * n3
            p1 = y[i - 1, k] * d1 if i > 0 else x[4, k] * c[12]
            p2 = y[i - 2, k] * d2 if i > 1 else x[4, k] * c[13]
            p3 = y[i - 3, k] * d3 if i > 2 else x[4, k] * c[14]
            y[i, k] = r - (p1 + p2 + p3 + x[4, k] * c[15])
    for i in range(4, x.shape[0] - 8):
        for k in range(LANES):
            r = x[i + 4, k] * n0 + x[i + 3, k] * n1 + x[i + 2, k] * n2 + x[i + 1, k] * n3
            y[i, k] = r - (y[i - 1, k] * d1 + y[i - 2, k] * d2 + y[i - 3, k] * d3 + y[i - 4, k] * d4)


@kernel
def _backwards(x: NDArray[np.float64], c: NDArray[np.float64], y: NDArray[np.float64]) -> None:
    """Anticausal recursion up the rows."""
    d1, d2, d3, d4, m1, m2, m3, m4 = c[4], c[5], c[6], c[7], c[8], c[9], c[10], c[11]
    n = x.shape[0] - 8
    last = n + 3
    for back in range(4):
        i = n - 1 - back
        for k in range(LANES):
            r = x[i + 5, k] * m1 + x[i + 6, k] * m2 + x[i + 7, k] * m3 + x[i + 8, k] * m4
            p1 = y[i + 1, k] * d1 if back > 0 else x[last, k] * c[16]
            p2 = y[i + 2, k] * d2 if back > 1 else x[last, k] * c[17]
            p3 = y[i + 3, k] * d3 if back > 2 else x[last, k] * c[18]
            y[i, k] = r - (p1 + p2 + p3 + x[last, k] * c[19])
    for i in range(n - 5, -1, -1):
        for k in range(LANES):
            r = x[i + 5, k] * m1 + x[i + 6, k] * m2 + x[i + 7, k] * m3 + x[i + 8, k] * m4
            y[i, k] = r - (y[i + 1, k] * d1 + y[i + 2, k] * d2 + y[i + 3, k] * d3 + y[i + 4, k] * d4)


@kernel
def _store(
    causal: NDArray[np.float64],
    anticausal: NDArray[np.float64],
    start: int,
    count: int,
    axis: int,
    outer: int,
    first: int,
    width: int,
    result: NDArray[np.float32],
) -> None:
    """Put the sum of both recursions, ``count`` rows from ``start`` on, where ``_load`` took the lines from."""
    if axis == 2:
        for k in range(width):
            line = result[outer, first + k]
            for i in range(count):
                line[i] = causal[start + i, k] + anticausal[start + i, k]
        return
    for i in range(count):
        row = result[i, outer] if axis == 0 else result[outer, i]
        for k in range(width):
            row[first + k] = causal[start + i, k] + anticausal[start + i, k]


@kernel
def filter_axis(
    image: NDArray[Any],
    low: Voxel,
    size: Voxel,
    axis: int,
    c: NDArray[np.float64],
    start: int,
    count: int,
    result: NDArray[np.float32],
) -> None:
    """Filter every line along one axis and keep its ``count`` voxels from ``start`` on, as the first of ``result``.

    The lines are those of the box of ``size`` (z, y, x) voxels from ``low`` on, taken ``LANES`` at a time, so that
    the recursion of one step fills whole vector registers. ``result`` may be the image itself where ``low`` is 0.
    """
    n = size[axis]
    across = 1 if axis == 2 else 2
    block = np.zeros((n + 8, LANES))
    causal = np.zeros((n, LANES))
    anticausal = np.zeros((n, LANES))
    for outer in range(size[1 if axis == 0 else 0]):
        for first in range(0, size[across], LANES):
            width = min(LANES, size[across] - first)
            _load(image, low, axis, outer, first, width, block)
            _forwards(block, c, causal)
            _backwards(block, c, anticausal)
            _store(causal, anticausal, start, count, axis, outer, first, width, result)


@kernel
def _accumulate(total: NDArray[Any], part: NDArray[Any], weight: float) -> None:
    for z in range(total.shape[0]):
        for y in range(total.shape[1]):
            for x in range(total.shape[2]):
                total[z, y, x] = total[z, y, x] + np.float64(part[z, y, x]) * weight


def laplacian_of_gaussian(
    image: NDArray[Any], spacing: tuple[float, float, float], sigma: float, region: Region
) -> NDArray[Any]:
    """Return the scale-normalised Laplacian of Gaussian of ``image`` over ``region``.

    Parameters
    ----------
    image : array (z, y, x)
        The whole image, row by row in memory; every axis has at least 4 voxels.
    spacing : tuple of float
        Distance of voxels (z, y, x) in mm.
    sigma : float
        Width in mm.
    region : tuple of slice
        The part wanted; the result is that of the whole image, cut to it.
    """
    low, size = _within_reach(image.shape, spacing, sigma, region)
    shape = [part.stop - part.start for part in region]
    start = [part.start - first for part, first in zip(region, low, strict=True)]
    if image.dtype not in (np.int16, np.float32, np.float64):
        box = tuple(slice(first, first + length) for first, length in zip(low, size, strict=True))
        image, low = image[box].astype(np.float64), (0, 0, 0)

    def line_filter(along: int, axis: int) -> tuple[NDArray[np.float64], int, int]:
        return coefficients(sigma, spacing[along], along == axis), start[along], shape[along]

    total = np.zeros(shape, np.float32)
    for axis in (2, 1, 0):  # x, y, z as in ITK
        extent = list(size)
        extent[axis] = shape[axis]
        result = np.empty(extent, np.float32)
        filter_axis(read_only(image), low, size, axis, *line_filter(axis, axis), result)
        for along in (other for other in (2, 1, 0) if other != axis):  # lines go back where they came from
            left = (extent[0], extent[1], extent[2])
            filter_axis(read_only(result), (0, 0, 0), left, along, *line_filter(along, axis), result)
            extent[along] = shape[along]
        _accumulate(total, result, 1.0 / (spacing[axis] * spacing[axis]))
    return total


def _within_reach(
    shape: Sequence[int], spacing: tuple[float, float, float], sigma: float, region: Region
) -> tuple[Voxel, Voxel]:
    """Return the first voxel and the size of the part of an image that lies within the filter's reach."""
    low, size = [], []
    for part, step, length in zip(region, spacing, shape, strict=True):
        margin = math.ceil(REACH * sigma / step) + 4
        low.append(max(part.start - margin, 0))
        size.append(min(part.stop + margin, length) - low[-1])
    return (low[0], low[1], low[2]), (size[0], size[1], size[2])
