"""Compiled coordinate descent for one weighted, L1-penalised logistic regression."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from LWCTRLogic.radiomics.compiled import kernel
from LWCTRLogic.stats.steps import Floats

_NEWTON_STEPS = 60
_SWEEPS = 5000
_SURE = 30.0
"""Linear predictors are kept within ± this in the Newton weights, where a probability is 0 or 1 anyway."""


@kernel
def residuals(predictor: Floats, y: Floats, weight: Floats, out: Floats) -> None:
    """Write weight · (y − probability) (n,) to ``out``."""
    for i in range(len(y)):
        out[i] = weight[i] * (y[i] - 1 / (1 + np.exp(-predictor[i])))


@kernel
def _descend(
    columns: Floats,
    active: NDArray[np.intp],
    curve: Floats,
    curvature: Floats,
    penalty: Floats,
    coefficients: Floats,
    residual: Floats,
    whole: bool,
) -> float:
    """Sweep once over ``active`` (whole) or its non-zero members; return the largest curvature · change²."""
    largest = 0.0
    patients = columns.shape[1]
    for k in range(len(active)):
        old = coefficients[k]
        if old == 0.0 and not whole:
            continue
        j = active[k]
        gradient = curvature[k] * old
        for i in range(patients):
            gradient += columns[j, i] * residual[i]
        new = 0.0
        if gradient > penalty[k]:
            new = (gradient - penalty[k]) / curvature[k]
        elif gradient < -penalty[k]:
            new = (gradient + penalty[k]) / curvature[k]
        change = new - old
        if change != 0.0:
            coefficients[k] = new
            for i in range(patients):
                residual[i] -= change * curve[i] * columns[j, i]
            largest = max(largest, curvature[k] * change * change)
    return largest


@kernel
def _least_squares(
    columns: Floats,
    active: NDArray[np.intp],
    curve: Floats,
    curvature: Floats,
    penalty: Floats,
    coefficients: Floats,
    residual: Floats,
    tolerance: float,
) -> float:
    """Solve one Newton step's penalised least squares in place; return the change of the intercept."""
    total = curve.sum()
    shift = 0.0
    whole = True
    for _ in range(_SWEEPS):
        step = residual.sum() / total
        shift += step
        for i in range(len(residual)):
            residual[i] -= step * curve[i]
        moved = _descend(columns, active, curve, curvature, penalty, coefficients, residual, whole)
        still = max(moved, total * step * step) < tolerance
        if still and whole:
            break
        # Only the non-zero ones until they stand still, then all, since one may have to enter.
        whole = still
    return shift


@kernel
def _expand(
    columns: Floats,
    active: NDArray[np.intp],
    y: Floats,
    weight: Floats,
    predictor: Floats,
    curve: Floats,
    curvature: Floats,
    residual: Floats,
) -> None:
    """Set the second-order expansion of the loss at ``predictor``."""
    patients = columns.shape[1]
    for i in range(patients):
        p = 1 / (1 + np.exp(-min(max(predictor[i], -_SURE), _SURE)))
        curve[i] = weight[i] * max(p * (1 - p), 1e-9)
        residual[i] = weight[i] * (y[i] - p)
    for k in range(len(active)):
        curvature[k] = 0.0
        for i in range(patients):
            curvature[k] += curve[i] * columns[active[k], i] ** 2


@kernel
def solve(
    columns: Floats,
    y: Floats,
    weight: Floats,
    active: NDArray[np.intp],
    penalty: Floats,
    coefficients: Floats,
    intercept: float,
    predictor: Floats,
    tolerance: float,
) -> float:
    """Solve for the coefficients of the ``active`` columns by Newton's method over coordinate descent.

    Minimises Σ weight · (log(1 + e^η) − y η) + Σ penalty · |coefficient|, the intercept without penalty.

    Parameters
    ----------
    columns : (p, n)
        Inputs, one row a feature, so that a feature's values lie side by side.
    y, weight : (n,)
        Outcome 0 or 1, and weights that sum to 1; a weight of 0 leaves the patient out.
    active : (k,) of int
        The features that may be non-zero.
    penalty, coefficients : (k,)
        Penalty of each active feature; its coefficient, from which the search starts and where it is left.
    predictor : (n,)
        η at the start; left at the solution.
    tolerance : float
        Largest curvature · change² of a coordinate at which a sweep counts as still.

    Returns
    -------
    float
        The intercept.
    """
    patients = columns.shape[1]
    residual, curve, curvature = np.empty(patients), np.empty(patients), np.empty(len(active))
    for _ in range(_NEWTON_STEPS):
        before = coefficients.copy()
        _expand(columns, active, y, weight, predictor, curve, curvature, residual)
        shift = _least_squares(columns, active, curve, curvature, penalty, coefficients, residual, tolerance)
        intercept += shift
        predictor[:] = intercept
        changed = curve.sum() * shift * shift
        for k in range(len(active)):
            changed = max(changed, curvature[k] * (coefficients[k] - before[k]) ** 2)
            if coefficients[k] != 0.0:
                predictor += coefficients[k] * columns[active[k]]
        if changed < tolerance:
            break
    return intercept
