"""What run length, zone and dependence matrices have in common: counts by grey level i and size j.

PyRadiomics (after Galloway 1975, Thibault 2009, Sun and Wee 1983) gives the three families the same formulas
under different names; they are written once here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
EPSILON = float(np.spacing(1))


@dataclass(frozen=True)
class SizeMatrix:
    """The filled cells of one matrix.

    Attributes
    ----------
    level, size, count : arrays (cells,)
        Grey level i, size j (run length, zone size, dependence) and number of each filled cell.
    """

    level: F64
    size: F64
    count: F64

    @property
    def total(self) -> float:
        """Number of runs, zones or dependences."""
        return float(self.count.sum())

    @property
    def voxels(self) -> float:
        """Number of voxels that they cover."""
        return float(self.count @ self.size)

    def mean_of(self, weight: F64) -> float:
        """Mean of a cell weight over all runs, zones or dependences."""
        return float(self.count @ weight) / self.total

    def non_uniformity(self, key: F64) -> float:
        """Sum of squared marginal counts over ``key``, divided by the total."""
        _, cell = np.unique(key, return_inverse=True)
        marginal = np.bincount(cell, weights=self.count)
        return float(marginal @ marginal) / self.total

    def variance(self, key: F64) -> float:
        """Variance of ``key`` over all runs, zones or dependences."""
        mean = self.mean_of(key)
        return self.mean_of((key - mean) ** 2)

    def entropy(self) -> float:
        """Entropy of the normalised matrix, in bits."""
        p = self.count / self.total
        return -float(p @ np.log2(p + EPSILON))


def from_dense(counts: NDArray[np.float64], levels: F64, sizes: F64) -> SizeMatrix:
    """Return the filled cells of a dense matrix (levels, sizes)."""
    i, j = np.nonzero(counts)
    return SizeMatrix(levels[i], sizes[j], counts[i, j].astype(np.float64))


def common_features(matrix: SizeMatrix) -> dict[str, float]:
    """Return every shared feature under a neutral name (``low``/``high`` level, ``small``/``large`` size)."""
    i2, j2 = matrix.level**2, matrix.size**2
    level_nu = matrix.non_uniformity(matrix.level)
    size_nu = matrix.non_uniformity(matrix.size)
    return {
        "small": matrix.mean_of(1 / j2),
        "large": matrix.mean_of(j2),
        "low": matrix.mean_of(1 / i2),
        "high": matrix.mean_of(i2),
        "small_low": matrix.mean_of(1 / (i2 * j2)),
        "small_high": matrix.mean_of(i2 / j2),
        "large_low": matrix.mean_of(j2 / i2),
        "large_high": matrix.mean_of(i2 * j2),
        "level_non_uniformity": level_nu,
        "level_non_uniformity_normalised": level_nu / matrix.total,
        "size_non_uniformity": size_nu,
        "size_non_uniformity_normalised": size_nu / matrix.total,
        "level_variance": matrix.variance(matrix.level),
        "size_variance": matrix.variance(matrix.size),
        "entropy": matrix.entropy(),
        "percentage": matrix.total / matrix.voxels,
    }
