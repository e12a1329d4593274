"""Grey level co-occurrence features (Haralick 1973; definitions of the PyRadiomics documentation).

Every feature is computed for each direction and averaged over the directions.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
EPSILON = float(np.spacing(1))


def glcm_features(pairs: F64, levels: F64) -> dict[str, float]:
    """Return the 24 features.

    Parameters
    ----------
    pairs : array (directions, n, n)
        Counts of (voxel level, neighbour level); already symmetrical, weighted and free of empty directions.
    levels : array (n,)
        The grey level of each row and column, ascending.
    """
    p = pairs / pairs.sum((1, 2), keepdims=True)
    result = _moment_features(p, levels)
    result.update(_sum_and_difference_features(p, levels))
    result.update(_information_features(p))
    return {name: float(np.mean(value)) for name, value in result.items()}


def _moment_features(p: F64, levels: F64) -> dict[str, F64]:
    i = levels[:, None]
    j = levels[None, :]
    px, py = p.sum(2), p.sum(1)
    ux, uy = px @ levels, py @ levels
    around = (i + j)[None] - (ux + uy)[:, None, None]
    di = levels[None, :] - ux[:, None]
    dj = levels[None, :] - uy[:, None]
    var_x, var_y = (px * di**2).sum(1), (py * dj**2).sum(1)
    spread = np.sqrt(var_x) * np.sqrt(var_y)
    covariance = np.einsum("aij,ai,aj->a", p, di, dj)
    tendency = p * around**2
    return {
        "Autocorrelation": np.einsum("aij,ij->a", p, i * j),
        "JointAverage": ux,
        "ClusterTendency": tendency.sum((1, 2)),
        "ClusterShade": (tendency * around).sum((1, 2)),
        "ClusterProminence": (tendency * around**2).sum((1, 2)),
        "Contrast": np.einsum("aij,ij->a", p, (i - j) ** 2),
        "Correlation": np.where(spread == 0, 1.0, covariance / (spread + EPSILON)),
        "JointEnergy": (p**2).sum((1, 2)),
        "MaximumProbability": p.max((1, 2)),
        "SumSquares": var_x,
    }


def _sum_and_difference_features(p: F64, levels: F64) -> dict[str, F64]:
    """Features of the distributions of i + j and |i - j|."""
    highest = levels[-1]
    sums, p_sum = _distribution(p, levels[:, None] + levels[None, :])
    k, p_diff = _distribution(p, np.abs(levels[:, None] - levels[None, :]))
    average = p_diff @ k
    apart = k > 0
    return {
        "SumAverage": p_sum @ sums,
        "SumEntropy": -_plogp(p_sum).sum(1),
        "DifferenceAverage": average,
        "DifferenceEntropy": -_plogp(p_diff).sum(1),
        "DifferenceVariance": (p_diff * (k[None, :] - average[:, None]) ** 2).sum(1),
        "Id": p_diff @ (1 / (1 + k)),
        "Idm": p_diff @ (1 / (1 + k**2)),
        "Idn": p_diff @ (1 / (1 + k / highest)),
        "Idmn": p_diff @ (1 / (1 + k**2 / highest**2)),
        "InverseVariance": p_diff[:, apart] @ (1 / k[apart] ** 2),
    }


def _distribution(p: F64, value: F64) -> tuple[F64, F64]:
    """Return the distinct values, ascending, and the probability of each by direction."""
    values, cell = np.unique(value, return_inverse=True)
    cell = cell.ravel()
    rows = [np.bincount(cell, weights=row.ravel(), minlength=values.size) for row in p]
    return values, np.array(rows)


def _plogp(p: F64) -> F64:
    return np.asarray(p * np.log2(p + EPSILON))


def _information_features(p: F64) -> dict[str, F64]:
    px, py = p.sum(2), p.sum(1)
    product = px[:, :, None] * py[:, None, :]
    log_product = np.log2(product + EPSILON)
    hx, hy = -_plogp(px).sum(1), -_plogp(py).sum(1)
    hxy = -_plogp(p).sum((1, 2))
    hxy1 = -(p * log_product).sum((1, 2))
    hxy2 = -(product * log_product).sum((1, 2))
    largest = np.maximum(hx, hy)
    information = hxy - hxy1
    imc1 = np.divide(information, largest, out=np.zeros_like(largest), where=largest != 0)
    # Round-off can put HXY above HXY2 by a hair; the measure is 0 there.
    imc2 = np.sqrt(np.maximum(1 - np.exp(-2 * (hxy2 - hxy)), 0))
    return {"JointEntropy": hxy, "Imc1": imc1, "Imc2": imc2, "MCC": _maximal_correlation(p, product)}


def _maximal_correlation(p: F64, product: F64) -> F64:
    """Square root of the second largest eigenvalue of Q(i, j) = Σ_k p(i,k) p(j,k) / (px(i) py(k)); 1 for one level."""
    if p.shape[1] < 2:
        return np.ones(1)
    q = (p / (product + EPSILON)) @ p.transpose(0, 2, 1)
    second = np.sort(np.linalg.eigvals(q).real, axis=1)[:, -2]
    return np.sqrt(np.maximum(second, 0))
