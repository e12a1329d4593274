"""Compiled solver of a linear support vector machine from its Gram matrix, and its recursive elimination.

The solver is sequential minimal optimisation with second-order working sets (Fan, Chen and Lin 2005), as in
libsvm. It starts from any feasible point, and leaving a feature out keeps the dual feasible: so elimination
goes on from where it was, with the Gram matrix changed by one product of vectors.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from LWCTRLogic.radiomics.compiled import kernel
from LWCTRLogic.stats.steps import Bools, Floats

_TINY = 1e-12


@kernel
def solve_dual(
    gram: Floats,
    sign: Floats,
    bound: Floats,
    alpha: Floats,
    gradient: Floats,
    tolerance: float,
    most: int,
) -> bool:
    """Solve min ½ αᵀQα − Σα with 0 ≤ α ≤ bound and Σ sign·α = 0, Q = sign·signᵀ·gram.

    Parameters
    ----------
    gram : (n, n)
        Inner products of the patients.
    sign : (n,)
        +1 or −1.
    bound : (n,)
        C of each patient; 0 leaves the patient out.
    alpha, gradient : (n,)
        A feasible start and Qα − 1 there; left at the solution.
    tolerance : float
        Violation of the optimality conditions at which to stop.
    most : int
        Most steps.

    Returns
    -------
    bool
        Whether it settled.
    """
    patients = len(sign)
    for _ in range(most):
        up, low = -np.inf, np.inf
        i = -1
        for t in range(patients):
            value = -sign[t] * gradient[t]
            rises = (sign[t] > 0 and alpha[t] < bound[t]) or (sign[t] < 0 and alpha[t] > 0)
            falls = (sign[t] > 0 and alpha[t] > 0) or (sign[t] < 0 and alpha[t] < bound[t])
            if rises and value > up:
                up, i = value, t
            if falls and value < low:
                low = value
        if i < 0 or up - low < tolerance:
            return True
        j, best = -1, 0.0
        for t in range(patients):
            falls = (sign[t] > 0 and alpha[t] > 0) or (sign[t] < 0 and alpha[t] < bound[t])
            gap = up + sign[t] * gradient[t]
            if falls and gap > 0:
                curve = max(gram[i, i] + gram[t, t] - 2 * gram[i, t], _TINY)
                if gap * gap / curve > best:
                    best, j = gap * gap / curve, t
        curve = max(gram[i, i] + gram[j, j] - 2 * gram[i, j], _TINY)
        step = (up + sign[j] * gradient[j]) / curve
        room_i = bound[i] - alpha[i] if sign[i] > 0 else alpha[i]
        room_j = alpha[j] if sign[j] > 0 else bound[j] - alpha[j]
        step = min(step, room_i, room_j)
        # At a bound exactly, so that rounding leaves nobody a hair inside it.
        alpha[i] = (bound[i] if sign[i] > 0 else 0.0) if step == room_i else alpha[i] + sign[i] * step
        alpha[j] = (0.0 if sign[j] > 0 else bound[j]) if step == room_j else alpha[j] - sign[j] * step
        for t in range(patients):
            gradient[t] += step * sign[t] * (gram[t, i] - gram[t, j])
    return False


@kernel
def _follow(x: Floats, sign: Floats, alpha: Floats, known: Floats, weights: Floats) -> None:
    """Bring ``weights`` = xᵀ(sign·alpha) up to date, where ``known`` is the sign·alpha that they stand for."""
    for i in range(len(sign)):
        change = sign[i] * alpha[i] - known[i]
        if change != 0.0:
            for j in range(len(weights)):
                weights[j] += change * x[i, j]
            known[i] = sign[i] * alpha[i]


@kernel
def _smallest(weights: Floats, there: Bools) -> int:
    """Return the feature with the smallest squared weight of those still there."""
    worst = -1
    for j in range(len(weights)):
        if there[j] and (worst < 0 or weights[j] ** 2 < weights[worst] ** 2):
            worst = j
    return worst


@kernel
def eliminate(
    x: Floats,
    out: Floats,
    sign: Floats,
    bound: Floats,
    alpha: Floats,
    tolerance: float,
    most: int,
    order: NDArray[np.intp],
    margins: Floats,
) -> bool:
    """Leave out features one by one, each time the one whose squared weight is smallest.

    Parameters
    ----------
    x : (n, p)
        Training patients; columns that are left out are set to 0.
    out : (m, p)
        Patients whose margins are wanted before each elimination; may be empty. Columns are set to 0 too.
    alpha : (n,)
        A feasible start; left at the last solution.
    order : (count,) of int
        Receives the features in the order in which they leave.
    margins : (count, m)
        Receives the margins without intercept of ``out`` before each elimination.

    Returns
    -------
    bool
        Whether every fit settled.
    """
    patients, features = x.shape
    settled = True
    there = np.ones(features, dtype=np.bool_)
    weights, known = np.zeros(features), np.zeros(patients)
    gram = x @ x.T
    gradient = sign * (gram @ (sign * alpha)) - 1.0
    for turn in range(len(order)):
        settled &= solve_dual(gram, sign, bound, alpha, gradient, tolerance, most)
        _follow(x, sign, alpha, known, weights)
        margins[turn] = out @ weights
        worst = _smallest(weights, there)
        order[turn], there[worst] = worst, False
        for i in range(patients):
            for t in range(patients):
                gram[i, t] -= x[i, worst] * x[t, worst]
            gradient[i] -= sign[i] * x[i, worst] * weights[worst]
        x[:, worst] = 0.0
        out[:, worst] = 0.0
    return settled
