"""Undecimated wavelet sub-bands over a part of an image.

The definition is PyRadiomics': at each level every axis (x, then y, then z) is convolved, periodically, with the
low-pass and the high-pass filter, and the next level starts from the all-low-pass result. An axis of odd length is
first lengthened by its first voxel. Only the voxels that the wanted part depends on are computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pywt
from numpy.typing import NDArray

from LWCTRLogic.radiomics.compiled import kernel

Region = tuple[slice, slice, slice]


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
def convolve(
    block: NDArray[Any], taps: NDArray[Any], turned: NDArray[np.int64], result: NDArray[Any]
) -> None:
    """Convolve along axis 0 in the array's own precision.

    ``result[i]`` is Σ_j taps[j] · block[i + len(taps) - 1 - j], summed from j = 0 up, except that the first
    ``turned[i]`` terms are taken in the opposite order.
    """
    last = taps.size - 1
    for i in range(result.shape[0]):
        first = turned[i]
        for y in range(result.shape[1]):
            for x in range(result.shape[2]):
                total = block[i, y, x] - block[i, y, x]
                for j in range(first - 1, -1, -1):
                    total += taps[j] * block[i + last - j, y, x]
                for j in range(first, taps.size):
                    total += taps[j] * block[i + last - j, y, x]
                result[i, y, x] = total


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
        The whole image.
    axes : sequence of int
        Axes to transform, in the order of the band's letters (2, 1, 0 for all three).
    """
    precision = np.float32 if image.dtype == np.float32 else np.float64
    low, high = filter_taps(wavelet, precision)
    # Tap j of output o sits at o + n/2 - j, so each level reaches n/2 - 1 back and n/2 ahead.
    length = low.size
    ahead, behind = length // 2, length - 1 - length // 2
    steps = band.approximations + 1
    block = _periodic_block(image, axes, region, behind * steps, ahead * steps).astype(precision)
    for step in range(steps):
        letters = band.letters if step == steps - 1 else "L" * len(axes)
        left = steps - 1 - step
        for axis, letter in zip(axes, letters, strict=True):
            first = region[axis].start - left * behind
            outputs = np.arange(first, region[axis].stop + left * ahead)
            turned = _turned_terms(outputs, image.shape[axis] + image.shape[axis] % 2, length)
            block = _convolve_axis(block, axis, high if letter == "H" else low, turned)
    return block


def _periodic_block(
    image: NDArray[Any], axes: Sequence[int], region: Region, behind: int, ahead: int
) -> NDArray[Any]:
    """Cut the region and its surroundings out of the periodic image."""
    block = image
    for axis in (0, 1, 2):
        part = region[axis]
        if axis not in axes:
            block = block[(slice(None),) * axis + (part,)]
            continue
        size = image.shape[axis]
        period = size + size % 2
        index = np.arange(part.start - behind, part.stop + ahead) % period
        index[index == size] = 0  # the voxel added to an odd axis repeats the first
        if index[0] <= index[-1] and index[-1] - index[0] == index.size - 1:
            block = block[(slice(None),) * axis + (slice(index[0], index[-1] + 1),)]
        else:
            block = block.take(index, axis)
    return block


def _turned_terms(outputs: NDArray[np.int64], period: int, length: int) -> NDArray[np.int64]:
    """Return for each output how many terms PyWavelets adds in opposite order: those beyond the axis' end."""
    return np.maximum(outputs % period + length // 2 - period + 1, 0)


def _convolve_axis(
    block: NDArray[Any], axis: int, taps: NDArray[Any], turned: NDArray[np.int64]
) -> NDArray[Any]:
    shape = list(block.shape)
    shape[axis] -= taps.size - 1
    result = np.empty(shape, block.dtype)
    order = (axis, *(other for other in (0, 1, 2) if other != axis))
    convolve(block.transpose(order), taps, turned, result.transpose(order))
    return result
