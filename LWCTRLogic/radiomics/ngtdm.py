"""Neighbouring grey tone difference features (Amadasun and King 1989, as PyRadiomics documents them)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]


def ngtdm_features(counts: F64, differences: F64, levels: F64) -> dict[str, float]:
    """Return the 5 features.

    Parameters
    ----------
    counts : array (n,)
        Voxels of each grey level; all above 0.
    differences : array (n,)
        Sum over these voxels of |level - mean level of the neighbours|.
    levels : array (n,)
        The grey levels.
    """
    voxels = counts.sum()
    p = counts / voxels
    ps = p * differences
    i = levels[:, None]
    j = levels[None, :]
    p_sum = p[:, None] + p[None, :]
    n = levels.size
    coarse = ps.sum()
    spread = float(np.sum(p[:, None] * p[None, :] * (i - j) ** 2))
    contrast = spread * differences.sum() / voxels
    busy = np.abs((levels * p)[:, None] - (levels * p)[None, :]).sum()
    complexity = np.sum(np.abs(i - j) * (ps[:, None] + ps[None, :]) / p_sum) / voxels
    strength = np.sum(p_sum * (i - j) ** 2)
    total = differences.sum()
    return {
        "Busyness": float(coarse / busy) if busy != 0 else 0.0,
        "Coarseness": float(1 / coarse) if coarse != 0 else 1e6,
        "Complexity": float(complexity),
        "Contrast": float(contrast / (n * (n - 1))) if n > 1 else 0.0,
        "Strength": float(strength / total) if total != 0 else 0.0,
    }
