"""Cubic B-spline coefficients and interpolation (Unser 1999, as in ITK), kept only where they are needed.

ITK makes the coefficients of the whole image in double precision by one recursion forwards and one backwards
along x, y and z, each started from the sum of 18 mirrored voxels (a tolerance of 1e-10), and then weighs 64 of
them for each new voxel. The same arithmetic in the same order gives the same bits, so it is repeated here. Lines
are filtered from end to end: cut short, a recursion over a flat region would keep its last bit, however long the
margin, and that bit decides between two whole numbers when the result is cut off.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from LWCTRLogic.radiomics.compiled import kernel

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Flags = NDArray[np.bool_]

POLE = math.sqrt(3.0) - 2.0
GAIN = (1.0 - POLE) * (1.0 - 1.0 / POLE)
HORIZON = math.ceil(math.log(1e-10) / math.log(abs(POLE)))
LANES = 32
SIXTH = 1.0 / 6.0


@kernel
def filter_rows(rows: F64) -> None:
    """Turn samples into coefficients down the rows of an array (n, lanes), one line in each lane."""
    n, lanes = rows.shape
    if n == 1:
        return
    for i in range(n):
        row = rows[i]
        for k in range(lanes):
            row[k] *= GAIN
    if n > HORIZON:
        _start_of_long_lines(rows)
    else:
        _start_of_short_lines(rows)
    for i in range(1, n):
        before = rows[i - 1]
        row = rows[i]
        for k in range(lanes):
            row[k] += POLE * before[k]
    before = rows[n - 2]
    row = rows[n - 1]
    for k in range(lanes):
        row[k] = (POLE / (POLE * POLE - 1.0)) * (POLE * before[k] + row[k])
    for i in range(n - 2, -1, -1):
        after = rows[i + 1]
        row = rows[i]
        for k in range(lanes):
            row[k] = POLE * (after[k] - row[k])


@kernel
def _start_of_long_lines(rows: F64) -> None:
    """Start the recursion from the first ``HORIZON`` voxels, mirrored."""
    first = rows[0]
    weight = POLE
    for i in range(1, HORIZON):
        row = rows[i]
        for k in range(first.size):
            first[k] += weight * row[k]
        weight *= POLE


@kernel
def _start_of_short_lines(rows: F64) -> None:
    """Start the recursion of lines so short that every mirrored voxel counts."""
    n = rows.shape[0]
    inverse = 1.0 / POLE
    for k in range(rows.shape[1]):
        weight = POLE
        far = math.pow(POLE, float(n - 1))
        total = rows[0, k] + far * rows[n - 1, k]
        far *= far * inverse
        for i in range(1, n - 1):
            total += (weight + far) * rows[i, k]
            weight *= POLE
            far *= inverse
        rows[0, k] = total / (1.0 - weight * weight)


@kernel
def filter_slice(image: NDArray[Any], rows: I64, columns: I64, plane: F64, result: F64) -> None:
    """Filter one slice (y, x) along x and then y, and keep the given rows and columns.

    Parameters
    ----------
    image : array (y, x)
        A whole slice.
    rows, columns : array
        Where in ``image`` each row and column of ``result`` lies.
    plane : array (y of image, x of result)
        Scratch.
    """
    ny, nx = image.shape
    lines = np.zeros((nx, LANES))
    for y in range(0, ny, LANES):
        width = min(LANES, ny - y)
        for k in range(width):
            source = image[y + k]
            for x in range(nx):
                lines[x, k] = source[x]
        filter_rows(lines)
        for k in range(width):
            target = plane[y + k]
            for x in range(target.size):
                target[x] = lines[columns[x], k]
    filter_rows(plane)
    for y in range(rows.size):
        source = plane[rows[y]]
        target = result[y]
        for x in range(target.size):
            target[x] = source[x]


@kernel
def filter_across(volume: F64, first: int, last: int) -> None:
    """Filter along z, in place, the rows ``first`` … ``last - 1`` of every slice."""
    nz, _, nx = volume.shape
    lines = np.empty((nz, nx))
    for y in range(first, last):
        for z in range(nz):
            lines[z] = volume[z, y]
        filter_rows(lines)
        for z in range(nz):
            volume[z, y] = lines[z]


@kernel
def interpolate_slice(
    coefficients: F64, low: I64, size: I64, begin: F64, end: F64, limits: F64, result: NDArray[Any]
) -> None:
    """Interpolate one slice (y, x) of the new grid.

    Parameters
    ----------
    coefficients : array (z, y, x)
        The coefficients from ``low`` (z, y, x) on; the image has ``size`` (z, y, x) voxels.
    begin, end : array (y, 3)
        Position (z, y, x), in voxels of the image, of each row's first voxel and of the one past its last.
    limits : array
        Smallest and largest value that ``result`` can hold.
    result : array (y, x)
        0 where the new grid leaves the image; whole numbers are cut off towards 0, as ITK does.
    """
    ny, nx = result.shape
    flat = coefficients.reshape(coefficients.size)
    depth, width = coefficients.shape[1] * coefficients.shape[2], coefficients.shape[2]
    weights = np.empty((3, 4, LANES))
    planar = np.empty((4, 4, LANES))
    base = np.empty(LANES, np.uint64)
    inside = np.empty(LANES, np.bool_)
    total = np.empty(LANES)
    for y in range(ny):
        for first in range(0, nx, LANES):
            count = min(LANES, nx - first)
            _weigh(begin[y], end[y], first, nx, low, size, depth, width, weights, base, inside)
            for b in range(4):
                for a in range(4):
                    for k in range(LANES):
                        planar[b, a, k] = weights[2, a, k] * weights[1, b, k]
            total[:] = 0.0
            for c in range(4):
                across = weights[0, c]
                for b in range(4):
                    _add_row(flat, base, np.uint64(c * depth + b * width), planar[b], across, total)
            _store(total, inside, limits, first, count, result[y])


@kernel
def _add_row(
    flat: F64, base: NDArray[np.uint64], offset: np.uint64, planar: F64, across: F64, total: F64
) -> None:
    """Add four coefficients that follow each other along x to each lane's sum, one after the other as ITK does."""
    first, second, third, fourth = planar[0], planar[1], planar[2], planar[3]
    for k in range(LANES):
        weight = across[k]
        place = base[k] + offset
        value = total[k] + first[k] * weight * flat[place]
        value += second[k] * weight * flat[place + np.uint64(1)]
        value += third[k] * weight * flat[place + np.uint64(2)]
        total[k] = value + fourth[k] * weight * flat[place + np.uint64(3)]


@kernel
def _weigh(
    begin: F64,
    end: F64,
    first: int,
    nx: int,
    low: I64,
    size: I64,
    depth: int,
    width: int,
    weights: F64,
    base: NDArray[np.uint64],
    inside: Flags,
) -> None:
    """Find the four weights an axis and the first coefficient of ``LANES`` voxels of a row from ``first`` on."""
    inside[:] = True
    base[:] = np.uint64(0)
    strides = (depth, width, 1)
    shares = np.empty(LANES)
    for k in range(LANES):
        shares[k] = min(first + k, nx - 1) / nx
    for axis in range(3):
        start, step = begin[axis], end[axis] - begin[axis]
        end_of_image, spare = size[axis] - 0.5, float(low[axis] + 1)
        own = weights[axis]
        for k in range(LANES):
            position = start + shares[k] * step
            good = (position >= -0.5) & (position < end_of_image)
            inside[k] &= good
            position = position if good else spare
            whole = np.floor(np.float32(position))  # ITK rounds to single precision first
            w = position - whole
            w3 = SIXTH * w * w * w
            w0 = SIXTH + 0.5 * w * (w - 1.0) - w3
            w2 = w + w0 - 2.0 * w3
            own[0, k] = w0
            own[1, k] = 1.0 - w0 - w2 - w3
            own[2, k] = w2
            own[3, k] = w3
            base[k] += np.uint64((np.int64(whole) - 1 - low[axis]) * strides[axis])


@kernel
def _store(total: F64, inside: Flags, limits: F64, first: int, count: int, row: NDArray[Any]) -> None:
    for k in range(count):
        value = min(max(total[k], limits[0]), limits[1])
        row[first + k] = value if inside[k] else 0.0


@kernel
def nearest_slice(mask: NDArray[np.uint8], begin: F64, end: F64, result: NDArray[np.uint8]) -> None:
    """Take one slice (y, x) of the new grid from the nearest voxels of a mask, 0 where it leaves the mask.

    ``begin`` and ``end`` are those of :func:`interpolate_slice`.
    """
    nz, ny, nx = mask.shape
    for y in range(result.shape[0]):
        for x in range(result.shape[1]):
            share = x / result.shape[1]
            i = _nearest(begin[y, 0] + share * (end[y, 0] - begin[y, 0]), nz)
            j = _nearest(begin[y, 1] + share * (end[y, 1] - begin[y, 1]), ny)
            k = _nearest(begin[y, 2] + share * (end[y, 2] - begin[y, 2]), nx)
            result[y, x] = mask[i, j, k] if i >= 0 and j >= 0 and k >= 0 else 0


@kernel
def _nearest(position: float, size: int) -> int:
    """Return the nearest voxel, the upper one of two; -1 outside the image."""
    if not (position >= -0.5 and position < size - 0.5):
        return -1
    return math.floor(position + 0.5)
