"""A linear support vector machine with few features, solved exactly.

An interior-point method on the dual: about twenty Newton steps whatever C is, where libsvm's
working sets take hundreds of thousands once C is large and the classes overlap. The dual's matrix has the rank of the
features, so each step solves a system of that size (Ferris and Munson 2002).
"""

from __future__ import annotations

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from LWCTRLogic.radiomics.compiled import kernel
from LWCTRLogic.stats.steps import Bools, Floats

TOLERANCE = 1e-9
_MOST_STEPS = 100
_INWARD = 0.99
_SHORT = 0.1
_STIFF = 1e13


@kernel
def _step_length(value: Floats, change: Floats) -> float:
    """Return the longest step (at most 1) that keeps ``value + step · change`` positive."""
    longest = 1.0
    for i in range(len(value)):
        if change[i] < 0.0:
            longest = min(longest, -_INWARD * value[i] / change[i])
    return longest


@kernel
def _direction(
    z: Floats, sign: Floats, core: Floats, inverse: Floats, right: Floats, balance: float
) -> tuple[Floats, float]:
    """Solve (D + zzᵀ) a + sign·b = right, signᵀa = balance, with ``inverse`` = 1/D, ``core`` = 1 + zᵀD⁻¹z."""
    both = np.empty((len(sign), 2))
    both[:, 0], both[:, 1] = inverse * right, inverse * sign
    inner = np.linalg.solve(core, z.T @ both)
    correction = z @ inner
    for i in range(len(sign)):
        both[i, 0] -= inverse[i] * correction[i, 0]
        both[i, 1] -= inverse[i] * correction[i, 1]
    offset = ((sign * both[:, 0]).sum() - balance) / (sign * both[:, 1]).sum()
    return both[:, 0] - offset * both[:, 1], offset


@kernel
def _aim(
    z: Floats,
    sign: Floats,
    core: Floats,
    inverse: Floats,
    state: tuple[Floats, Floats, Floats, Floats],
    residual: Floats,
    balance: float,
    centre: float,
    product: Floats,
) -> tuple[Floats, Floats, Floats, float, float]:
    """Return the Newton step towards complementarity ``centre``, less the predictor's own ``product``."""
    alpha, room, low, high = state
    wanted_low = (centre - alpha * low - product[0]) / alpha
    wanted_high = (centre - room * high - product[1]) / room
    step, change = _direction(z, sign, core, inverse, wanted_low - wanted_high - residual, -balance)
    step_low = wanted_low - low / alpha * step
    step_high = wanted_high + high / room * step
    length = min(
        min(_step_length(alpha, step), _step_length(room, -step)),
        min(_step_length(low, step_low), _step_length(high, step_high)),
    )
    return step, step_low, step_high, change, length


@kernel
def _interior_point(
    z: Floats, sign: Floats, bound: Floats, tolerance: float, most: int
) -> tuple[Floats, bool]:
    """Return α of min ½|zᵀα|² − Σα, 0 ≤ α ≤ bound, signᵀα = 0; rows of ``z`` carry their sign.

    The second value says whether it settled.
    """
    patients, features = z.shape
    alpha = bound / 2
    room = bound - alpha
    low, high = np.ones(patients), np.ones(patients)
    none = np.zeros((2, patients))
    offset = 0.0
    size = tolerance * (1.0 + bound.max())
    # Rounding leaves residuals in proportion to the first one.
    small = tolerance * (1.0 + np.abs(z @ (z.T @ alpha)).max())
    for _ in range(most):
        residual = z @ (z.T @ alpha) - 1.0 + sign * offset - low + high
        balance = (sign * alpha).sum()
        gap = ((alpha * low).sum() + (room * high).sum()) / (2 * patients)
        if np.abs(residual).max() < small and abs(balance) < size and gap < size:
            return alpha, True
        inverse = np.minimum(1.0 / (low / alpha + high / room), _STIFF)
        scaled = np.empty_like(z)
        for i in range(patients):
            scaled[i] = z[i] * inverse[i]
        core = np.eye(features) + z.T @ scaled
        state = (alpha, room, low, high)
        # Predictor: straight at the solution; how far it gets says how much to centre.
        step, step_low, step_high, change, length = _aim(
            z, sign, core, inverse, state, residual, balance, 0.0, none
        )
        after = ((alpha + length * step) * (low + length * step_low)).sum()
        after += ((room - length * step) * (high + length * step_high)).sum()
        product = np.stack((step * step_low, -step * step_high))
        centre = max((after / (2 * patients) / gap) ** 3, 1e-3) * gap
        step, step_low, step_high, change, length = _aim(
            z, sign, core, inverse, state, residual, balance, centre, product
        )
        if length < _SHORT:
            step, step_low, step_high, change, length = _aim(
                z, sign, core, inverse, state, residual, balance, gap, none
            )
        alpha += length * step
        room -= length * step
        low += length * step_low
        high += length * step_high
        offset += length * change
    return alpha, False


def svm_weights(x: Floats, label: Bools, bound: Floats) -> Floats:
    """Return the weights (p,) of the linear machine with hinge loss.

    They minimise ½|w|² + Σ bound · max(0, 1 − sign · (w·x + b)) over w and a free b.

    Parameters
    ----------
    x : (n, p)
        Standardised inputs.
    label : (n,)
        Class.
    bound : (n,)
        C of each patient, the weights included; 0 leaves the patient out.
    """
    used = bound > 0
    sign = np.where(label[used], 1.0, -1.0)
    z = np.ascontiguousarray(sign[:, None] * x[used])
    alpha, settled = _interior_point(z, sign, np.asarray(bound[used], dtype=float), TOLERANCE, _MOST_STEPS)
    if not settled:
        warnings.warn("a support vector machine did not settle", ConvergenceWarning, stacklevel=2)
    return np.asarray(z.T @ alpha, dtype=float)
