"""First-order features: PyRadiomics' definitions, from the values inside the mask.

Percentiles are exact order statistics: a histogram of 4,096 cells finds the cells that hold the wanted
ranks and only these are sorted.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from LWCTRLogic.errors import InputError
from LWCTRLogic.radiomics.compiled import kernel

F64 = NDArray[np.float64]
CELLS = 4096
PERCENTILES = (10.0, 25.0, 50.0, 75.0, 90.0)
EPSILON = float(np.spacing(1))


def first_order(
    values: F64, level_counts: NDArray[np.int64], voxel_volume: float, shift: float = 0.0
) -> dict[str, float]:
    """Return every first-order feature.

    Parameters
    ----------
    values : array (n,)
        Intensities inside the mask, as double.
    level_counts : array (levels,)
        Voxels a grey level, for Entropy and Uniformity.
    voxel_volume : float
        Volume of a voxel in mm³, for TotalEnergy.
    shift : float
        Added to the values in Energy, TotalEnergy and RootMeanSquared (``voxelArrayShift``).

    Raises
    ------
    InputError
        For two voxels with different values, where PyRadiomics gives NaN.
    """
    low, high = value_range(values)
    p10, p25, p50, p75, p90 = percentiles(values, low, high)
    mean = mean_of(values) if low < high else low
    m2, m3, m4, deviation, energy = central_moments(values, mean, shift)
    robust_mean, robust_count = mean_within(values, p10, p90)
    if robust_count == 0:
        raise InputError(
            f"none of the mask's {values.size} voxels has a value between the 10th and the 90th percentile",
            "at least 3 voxels, for RobustMeanAbsoluteDeviation",
        )
    robust = deviation_within(values, p10, p90, robust_mean) / robust_count
    share = level_counts[level_counts > 0] / level_counts.sum()
    scale = m2 if m2 != 0 else 1.0
    return {
        "10Percentile": p10,
        "90Percentile": p90,
        "Energy": energy,
        "Entropy": -float(np.sum(share * np.log2(share + EPSILON))),
        "InterquartileRange": p75 - p25,
        "Kurtosis": m4 / scale**2,
        "Maximum": high,
        "Mean": mean,
        "MeanAbsoluteDeviation": deviation,
        "Median": p50,
        "Minimum": low,
        "Range": high - low,
        "RobustMeanAbsoluteDeviation": robust,
        "RootMeanSquared": float(np.sqrt(energy / values.size)),
        "Skewness": m3 / scale**1.5,
        "StandardDeviation": float(np.sqrt(m2)),
        "TotalEnergy": energy * voxel_volume,
        "Uniformity": float(np.sum(share**2)),
        "Variance": m2,
    }


def percentiles(values: F64, low: float, high: float) -> list[float]:
    """Return the percentiles of ``PERCENTILES`` by linear interpolation between order statistics."""
    positions = [(values.size - 1) * q / 100 for q in PERCENTILES]
    ranks = sorted({int(p) for p in positions} | {min(int(p) + 1, values.size - 1) for p in positions})
    found = dict(zip(ranks, order_statistics(values, low, high, np.array(ranks)), strict=True))
    result = []
    for position in positions:
        below = int(position)
        a, b = found[below], found[min(below + 1, values.size - 1)]
        t = position - below
        result.append(float(a + (b - a) * t if t < 0.5 else b - (b - a) * (1 - t)))
    return result


def order_statistics(values: F64, low: float, high: float, ranks: NDArray[np.int64]) -> F64:
    """Return the values of the given ranks (0 = smallest)."""
    if values.size <= 4 * CELLS or not low < high:
        return np.asarray(np.sort(values)[ranks])
    counts = np.zeros(CELLS, np.int64)
    scale = (CELLS - 1) / (high - low)
    cell_counts(values, low, scale, counts)
    ends = np.cumsum(counts)
    cells = np.searchsorted(ends, ranks, side="right")
    wanted = np.zeros(CELLS, np.bool_)
    wanted[cells] = True
    kept = np.sort(values_in_cells(values, low, scale, wanted, int(counts[wanted].sum())))
    # In the sorted rest, a cell's values come after those of the wanted cells below it.
    starts = np.cumsum(np.where(wanted, counts, 0)) - np.where(wanted, counts, 0)
    return np.asarray(kept[starts[cells] + ranks - (ends[cells] - counts[cells])])


@kernel
def value_range(values: F64) -> tuple[float, float]:
    """Return the smallest and the largest value."""
    low = values[0]
    high = values[0]
    for value in values:
        low = min(low, value)
        high = max(high, value)
    return low, high


@kernel
def cell_counts(values: F64, low: float, scale: float, counts: NDArray[np.int64]) -> None:
    """Histogram of equal cells."""
    for value in values:
        counts[int((value - low) * scale)] += 1


@kernel
def values_in_cells(values: F64, low: float, scale: float, wanted: NDArray[np.bool_], total: int) -> F64:
    """Return the values of the wanted cells."""
    kept = np.empty(total)
    n = 0
    for value in values:
        if wanted[int((value - low) * scale)]:
            kept[n] = value
            n += 1
    return kept


@kernel
def mean_of(values: F64) -> float:
    """Mean by sums of 512 values, which keeps the round-off of a million values near that of a thousand."""
    total = 0.0
    for start in range(0, values.size, 512):
        part = 0.0
        for value in values[start : start + 512]:
            part += value
        total += part
    return total / values.size


@kernel
def central_moments(values: F64, mean: float, shift: float) -> tuple[float, float, float, float, float]:
    """Return the 2nd, 3rd and 4th central moment, the mean absolute deviation and the energy."""
    sums = np.zeros(5)
    for start in range(0, values.size, 512):
        s2 = 0.0
        s3 = 0.0
        s4 = 0.0
        s1 = 0.0
        energy = 0.0
        for value in values[start : start + 512]:
            d = value - mean
            d2 = d * d
            s1 += abs(d)
            s2 += d2
            s3 += d2 * d
            s4 += d2 * d2
            energy += (value + shift) * (value + shift)
        sums[0] += s2
        sums[1] += s3
        sums[2] += s4
        sums[3] += s1
        sums[4] += energy
    n = values.size
    return sums[0] / n, sums[1] / n, sums[2] / n, sums[3] / n, sums[4]


@kernel
def mean_within(values: F64, low: float, high: float) -> tuple[float, int]:
    """Return mean and number of the values from ``low`` to ``high``, both ends included."""
    total = 0.0
    count = 0
    for start in range(0, values.size, 512):
        part = 0.0
        for value in values[start : start + 512]:
            if low <= value <= high:
                part += value
                count += 1
        total += part
    return total / count, count


@kernel
def deviation_within(values: F64, low: float, high: float, mean: float) -> float:
    """Return the sum of |value - mean| over the values from ``low`` to ``high``."""
    total = 0.0
    for start in range(0, values.size, 512):
        part = 0.0
        for value in values[start : start + 512]:
            if low <= value <= high:
                part += abs(value - mean)
        total += part
    return total
