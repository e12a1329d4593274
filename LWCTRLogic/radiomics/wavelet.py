"""Undecimated wavelet sub-bands over a part of an image.

The definition is PyRadiomics': at each level every axis (x, then y, then z) is convolved, periodically,
with the low-pass and the high-pass filter, and the next level starts from the all-low-pass result. An axis
of odd length is first lengthened by its first voxel. Only the voxels that the wanted part depends on are
computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pywt
from numpy.typing import NDArray

from LWCTRLogic.radiomics.compiled import kernel, read_only

Region = tuple[slice, slice, slice]
Voxel = tuple[int, int, int]


@dataclass(frozen=True)
class SubBand:
    """One sub-band: how many all-low-pass levels come before it, and its letters in axis order."""

    name: str
    approximations: int
    letters: str


def sub_bands(axes: Sequence[int], level: int = 1, start_level: int = 0) -> list[SubBand]:
    """Return the sub-bands in PyRadiomics' order: details level by level, then the last approximation."""
    n = len(axes)
    words = [format(code, f"0{n}b").replace("0", "L").replace("1", "H") for code in range(2**n)]
    bands = []
    for k in range(level):
        prefix = "wavelet" if k == 0 else f"wavelet{k + 1}"
        bands += [SubBand(f"{prefix}-{word}", start_level + k, word) for word in words[1:]]
    prefix = "wavelet" if level == 1 else f"wavelet{level}"
    return [*bands, SubBand(f"{prefix}-{words[0]}", start_level + level - 1, words[0])]


@kernel
def _convolve_rows(
    rows: NDArray[Any], start: int, column: int, taps: NDArray[Any], turned: int, result: NDArray[Any]
) -> None:
    """Add up rows times taps; tap j meets row ``start + len(taps) - 1 - j`` of the ring ``rows``.

    The sum runs from tap 0 up, but the first ``turned`` taps are taken in the opposite order.
    """
    last = taps.size - 1
    for k in range(taps.size):
        j = turned - 1 - k if k < turned else k
        tap = taps[j]
        row = rows[(start + last - j) % rows.shape[0], column]
        if k == 0:
            for x in range(result.size):
                result[x] = tap * row[x]
        else:
            for x in range(result.size):
                result[x] += tap * row[x]


@kernel
def _convolve_along(
    row: NDArray[Any], taps: NDArray[Any], turned: NDArray[np.int64], result: NDArray[Any]
) -> None:
    """Convolve one row along itself."""
    last = taps.size - 1
    for j in range(taps.size):
        tap = taps[j]
        part = row[last - j : last - j + result.size]
        if j == 0:
            for x in range(result.size):
                result[x] = tap * part[x]
        else:
            for x in range(result.size):
                result[x] += tap * part[x]
    for x in range(result.size):
        if turned[x] > 1:
            total = taps[turned[x] - 1] * row[x + last - turned[x] + 1]
            for k in range(1, taps.size):
                j = turned[x] - 1 - k if k < turned[x] else k
                total += taps[j] * row[x + last - j]
            result[x] = total


@kernel
def _transform(
    block: NDArray[Any],
    low: Voxel,
    taps: tuple[NDArray[Any], NDArray[Any], NDArray[Any]],
    turned: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
    result: NDArray[Any],
) -> None:
    """Convolve along x, y and z (taps and turned terms in the order z, y, x), slice by slice.

    What the first voxel of the result depends on begins at the voxel ``low`` (z, y, x) of ``block``. Only as many
    filtered slices as the z filter has taps are kept at a time.
    """
    _, ny, nx = result.shape
    depth = taps[0].size
    line = np.empty(nx + taps[2].size - 1, result.dtype)
    along_x = np.empty((ny + taps[1].size - 1, 1, nx), result.dtype)
    ring = np.empty((depth, ny, nx), result.dtype)
    for z in range(result.shape[0] + depth - 1):
        for y in range(along_x.shape[0]):
            row = block[low[0] + z, low[1] + y]
            for x in range(line.size):
                line[x] = row[low[2] + x]
            _convolve_along(line, taps[2], turned[2], along_x[y, 0])
        for y in range(ny):
            _convolve_rows(along_x, y, 0, taps[1], turned[1][y], ring[z % depth, y])
        out = z - depth + 1
        if out >= 0:
            for y in range(ny):
                _convolve_rows(ring, out, y, taps[0], turned[0][out], result[out, y])


def filter_taps(wavelet: str, precision: type[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the low-pass and high-pass taps that PyWavelets uses in the given precision.

    Its single-precision taps are not always the rounded double ones, so they are read off an impulse.
    """
    length = pywt.Wavelet(wavelet).dec_len
    impulse = np.zeros(2 * length, precision)
    impulse[length // 2] = 1
    low, high = pywt.swt(impulse, wavelet, level=1)[0]
    return low[:length].copy(), high[:length].copy()


def wavelet_band(
    image: NDArray[Any], band: SubBand, wavelet: str, axes: Sequence[int], region: Region
) -> NDArray[Any]:
    """Return one sub-band over ``region``; single precision for a single-precision image, else double.

    Parameters
    ----------
    image : array (z, y, x)
        The whole image, row by row in memory.
    axes : sequence of int
        Axes to transform, in the order of the band's letters (2, 1, 0 for all three).
    """
    precision = np.float32 if image.dtype == np.float32 else np.float64
    low, high = filter_taps(wavelet, precision)
    # Tap j of output o sits at o + n/2 - j, so each level reaches n/2 - 1 back and n/2 ahead.
    behind, ahead = low.size - 1 - low.size // 2, low.size // 2
    steps = band.approximations + 1
    block, first = _periodic_block(image, axes, region, behind * steps, ahead * steps)
    for left in range(steps - 1, -1, -1):
        letters = dict(zip(axes, band.letters if left == 0 else "L" * len(axes), strict=True))
        taps, turned, shape = [], [], []
        for axis in range(3):
            spare = left if axis in axes else 0
            outputs = np.arange(region[axis].start - spare * behind, region[axis].stop + spare * ahead)
            shape.append(outputs.size)
            own = {"L": low, "H": high}.get(letters.get(axis, ""), np.ones(1, precision))
            taps.append(own)
            turned.append(_turned_terms(outputs, image.shape[axis], own.size))
        result = np.empty(shape, precision)
        lines = (taps[0], taps[1], taps[2]), (turned[0], turned[1], turned[2])
        _transform(read_only(block), first, *lines, result)
        block, first = result, (0, 0, 0)
    return block


def _turned_terms(outputs: NDArray[np.int64], size: int, length: int) -> NDArray[np.int64]:
    """Return for each output how many terms PyWavelets adds in opposite order: those beyond the axis' end."""
    period = size + size % 2
    return np.asarray(np.maximum(outputs % period + length // 2 - period + 1, 0))


def _periodic_block(
    image: NDArray[Any], axes: Sequence[int], region: Region, behind: int, ahead: int
) -> tuple[NDArray[Any], Voxel]:
    """Return the region and its surroundings in the periodic image: an array and their first voxel in it.

    The array is the image itself as long as they do not pass its ends.
    """
    ranges = [
        (part.start - behind, part.stop + ahead) if axis in axes else (part.start, part.stop)
        for axis, part in enumerate(region)
    ]
    inside = [low >= 0 and high <= size for (low, high), size in zip(ranges, image.shape, strict=True)]
    if all(inside):
        return image, (ranges[0][0], ranges[1][0], ranges[2][0])
    block = image[
        tuple(slice(*ends) if whole else slice(None) for ends, whole in zip(ranges, inside, strict=True))
    ]
    for axis in np.flatnonzero(np.logical_not(inside)):
        size = image.shape[axis]
        index = np.arange(*ranges[axis]) % (size + size % 2)
        index[index == size] = 0  # the voxel added to an odd axis repeats the first
        block = block.take(index, axis)
    return block, (0, 0, 0)
