"""Laplacian of Gaussian by recursive filters (Deriche 1993, as in ITK), only where it is needed.

ITK smooths a line by a fourth-order recursion forwards and backwards, in double precision, and stores each pass in
single precision. The same arithmetic in the same order gives the same bits, so it is repeated here; what is left
out are the lines and voxels that no wanted voxel depends on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from LWCTRLogic.radiomics.compiled import kernel

# Deriche's fit of the Gaussian (row 0) and its second derivative (row 2): a0, a1 with the poles (w, l).
_A1, _B1 = (1.3530, -1.3563), (1.8151, 5.2318)
_A2, _B2 = (-0.3531, 0.3446), (0.0902, -2.2355)
_W1, _L1, _W2, _L2 = 0.6681, -1.3932, 2.0787, -1.3732
# A voxel this many sigmas away weighs less than 1e-16 (the slower pole falls as exp(-1.3732 distance / sigma)).
REACH = 27.0
LANES = 32

Region = tuple[slice, slice, slice]


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
def _load(lines: NDArray[Any], outer: int, first: int, block: NDArray[np.float64]) -> None:
    """Copy up to ``LANES`` lines into the rows 4 … n + 3 of ``block`` and repeat both ends four times."""
    n = lines.shape[0]
    width = min(LANES, lines.shape[2] - first)
    for i in range(n):
        for k in range(width):
            block[i + 4, k] = lines[i, outer, first + k]
    for i in range(4):
        for k in range(width):
            block[i, k] = block[4, k]
            block[n + 4 + i, k] = block[n + 3, k]


@kernel
def _forwards(x: NDArray[np.float64], c: NDArray[np.float64], y: NDArray[np.float64]) -> None:
    """Causal recursion down the rows; the first row's value is taken to go on for ever before it."""
    n = x.shape[0] - 8
    for i in range(n):
        for k in range(LANES):
            r = x[i + 4, k] * c[0] + x[i + 3, k] * c[1] + x[i + 2, k] * c[2] + x[i + 1, k] * c[3]
            p1 = y[i - 1, k] * c[4] if i > 0 else x[4, k] * c[12]
            p2 = y[i - 2, k] * c[5] if i > 1 else x[4, k] * c[13]
            p3 = y[i - 3, k] * c[6] if i > 2 else x[4, k] * c[14]
            p4 = y[i - 4, k] * c[7] if i > 3 else x[4, k] * c[15]
            y[i, k] = r - (p1 + p2 + p3 + p4)


@kernel
def _backwards(x: NDArray[np.float64], c: NDArray[np.float64], y: NDArray[np.float64]) -> None:
    """Anticausal recursion up the rows."""
    n = x.shape[0] - 8
    last = n + 3
    for back in range(n):
        i = n - 1 - back
        for k in range(LANES):
            r = x[i + 5, k] * c[8] + x[i + 6, k] * c[9] + x[i + 7, k] * c[10] + x[i + 8, k] * c[11]
            p1 = y[i + 1, k] * c[4] if back > 0 else x[last, k] * c[16]
            p2 = y[i + 2, k] * c[5] if back > 1 else x[last, k] * c[17]
            p3 = y[i + 3, k] * c[6] if back > 2 else x[last, k] * c[18]
            p4 = y[i + 4, k] * c[7] if back > 3 else x[last, k] * c[19]
            y[i, k] = r - (p1 + p2 + p3 + p4)


@kernel
def filter_lines(lines: NDArray[Any], c: NDArray[np.float64], start: int, result: NDArray[Any]) -> None:
    """Filter along axis 0 and keep the rows from ``start`` that fit into ``result``.

    Parameters
    ----------
    lines : array (n, outer, lanes)
        A view with the filtered axis first.
    result : array (kept, outer, lanes)
        Takes the sum of both recursions, in its own precision.
    """
    n = lines.shape[0]
    block = np.zeros((n + 8, LANES))
    causal = np.zeros((n, LANES))
    anticausal = np.zeros((n, LANES))
    for outer in range(lines.shape[1]):
        for first in range(0, lines.shape[2], LANES):
            _load(lines, outer, first, block)
            _forwards(block, c, causal)
            _backwards(block, c, anticausal)
            width = min(LANES, lines.shape[2] - first)
            for i in range(result.shape[0]):
                for k in range(width):
                    result[i, outer, first + k] = causal[start + i, k] + anticausal[start + i, k]


@kernel
def _accumulate(total: NDArray[Any], part: NDArray[Any], weight: float) -> None:
    for z in range(total.shape[0]):
        for y in range(total.shape[1]):
            for x in range(total.shape[2]):
                total[z, y, x] = total[z, y, x] + part[z, y, x] * weight


def laplacian_of_gaussian(
    image: NDArray[Any], spacing: tuple[float, float, float], sigma: float, region: Region
) -> NDArray[Any]:
    """Return the scale-normalised Laplacian of Gaussian of ``image`` over ``region``.

    Parameters
    ----------
    image : array (z, y, x)
        The whole image; every axis has at least 4 voxels.
    spacing : tuple of float
        Distance of voxels (z, y, x) in mm.
    sigma : float
        Width in mm.
    region : tuple of slice
        The part wanted; the result is that of the whole image, cut to it.
    """
    if image.dtype not in (np.int16, np.float32, np.float64):
        image = image.astype(np.float64)
    total: NDArray[Any] | None = None
    for axis in (2, 1, 0):  # x, y, z as in ITK
        part = image
        wanted = list(region)
        order = [axis, *(other for other in (2, 1, 0) if other != axis)]
        part, wanted = _cut_to_reach(part, spacing, sigma, wanted)
        for along in order:
            part = _filter_axis(
                part, along, coefficients(sigma, spacing[along], along == axis), wanted[along]
            )
        if total is None:
            total = np.zeros(part.shape, np.float32)
        _accumulate(total, part, 1.0 / (spacing[axis] * spacing[axis]))
    assert total is not None
    return total


def _cut_to_reach(
    image: NDArray[Any], spacing: tuple[float, float, float], sigma: float, region: list[slice]
) -> tuple[NDArray[Any], list[slice]]:
    """Cut off what lies beyond the filter's reach; return the rest and the region within it."""
    keep, inner = [], []
    for part, step, size in zip(region, spacing, image.shape, strict=True):
        margin = math.ceil(REACH * sigma / step) + 4
        low = max(part.start - margin, 0)
        keep.append(slice(low, min(part.stop + margin, size)))
        inner.append(slice(part.start - low, part.stop - low))
    return image[tuple(keep)], inner


def _filter_axis(part: NDArray[Any], axis: int, c: NDArray[np.float64], keep: slice) -> NDArray[np.float32]:
    """Filter along one axis and keep the wanted slices of that axis."""
    shape = list(part.shape)
    shape[axis] = keep.stop - keep.start
    result = np.empty(shape, np.float32)
    # The last axis of the views is the one that lies together in memory, where there is a choice.
    order = (axis, 1 - axis if axis < 2 else 0, 2 if axis < 2 else 1)
    filter_lines(part.transpose(order), c, keep.start, result.transpose(order))
    return result
