"""Grey levels: bin edges as PyRadiomics sets them, and the binned volume."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from LWCTRLogic.errors import InputError
from LWCTRLogic.radiomics.compiled import kernel
from LWCTRLogic.radiomics.settings import ExtractionSettings

# Bounds the co-occurrence counts of 13 directions to about 1 GB.
MAX_LEVELS = 4500


def bin_edges(minimum: Any, maximum: Any, settings: ExtractionSettings) -> NDArray[np.float64]:
    """Return the edges of the grey levels; level k (from 1) holds edges[k-1] ≤ value < edges[k].

    ``minimum`` and ``maximum`` are numpy scalars of the image's own type, since PyRadiomics computes the edges in
    that type. With a fixed width the edges are multiples of the width (not counted from the minimum, as IBSI
    does); with a fixed count they divide the range and the last is raised by 1 to take in the maximum.

    Raises
    ------
    InputError
        For more than ``MAX_LEVELS`` grey levels.
    """
    if np.issubdtype(minimum.dtype, np.integer):  # whole numbers, free of the type's overflow
        minimum, maximum = int(minimum), int(maximum)
    if settings.bin_count is not None:
        if settings.bin_count > MAX_LEVELS:
            raise InputError(f"a bin count of {settings.bin_count:,}", f"at most {MAX_LEVELS:,} grey levels")
        edges = np.histogram_bin_edges(np.array([minimum, maximum]), settings.bin_count)
        edges[-1] += 1
        return np.asarray(edges, np.float64)
    width = settings.bin_width
    low = minimum - minimum % width
    check_level_count(float(low), float(maximum), width)
    edges = np.arange(low, maximum + 2 * width, width)
    if edges.size == 1:
        edges = np.array([edges[0] - 0.5, edges[0] + 0.5])
    return np.asarray(edges, np.float64)


def check_level_count(low: float, high: float, width: float) -> None:
    """Refuse more grey levels than ``MAX_LEVELS``.

    Raises
    ------
    InputError
        With the bin width that would fit.
    """
    count = np.floor((high - low) / width) + 1
    if count > MAX_LEVELS:
        fit = (high - low) / (MAX_LEVELS - 1)
        digits = 10.0 ** (math.floor(math.log10(fit)) - 1)
        raise InputError(
            f"values from {low:g} to {high:g} at a bin width of {width:g} make {count:,.0f} grey levels",
            f"at most {MAX_LEVELS:,}",
            f"Use a bin width of {math.ceil(fit / digits) * digits:g} or more",
        )


@kernel
def gather(volume: NDArray[Any], mask: NDArray[np.bool_], values: NDArray[Any]) -> None:
    """Copy the values inside the mask, in the order z, y, x."""
    n = 0
    for z in range(mask.shape[0]):
        for y in range(mask.shape[1]):
            for x in range(mask.shape[2]):
                if mask[z, y, x]:
                    values[n] = volume[z, y, x]
                    n += 1


@kernel
def quantise(
    values: NDArray[np.float64],
    edges: NDArray[np.float64],
    mask: NDArray[np.bool_],
    levels: NDArray[np.uint16],
) -> int:
    """Write the level of each value into the volume padded by one voxel; return the highest level.

    The level is guessed from equal bins and then put right by the edges themselves, so that it is exactly the
    bin whose half-open range holds the value.
    """
    top = edges.size - 1
    first = edges[0]
    scale = top / (edges[top] - first)
    highest = 0
    n = 0
    for z in range(mask.shape[0]):
        for y in range(mask.shape[1]):
            for x in range(mask.shape[2]):
                if not mask[z, y, x]:
                    continue
                value = values[n]
                n += 1
                level = min(max(int((value - first) * scale), 0), top)
                while level > 0 and value < edges[level]:
                    level -= 1
                while level < top and value >= edges[level + 1]:
                    level += 1
                levels[z + 1, y + 1, x + 1] = level + 1
                highest = max(highest, level + 1)
    return highest
