"""Recursive feature elimination by a linear support vector machine, one feature a step."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning

from LWCTRLogic.stats.steps import Bools, Floats
from LWCTRLogic.training.linear_svm import svm_weights
from LWCTRLogic.training.svm_kernel import eliminate

TOLERANCE = 1e-6
_BLOCK = 256
_FEW = 2
"""With so many patients a feature or more, each machine is solved anew: working sets then need ten thousands of steps.

At 280 patients the two ways take the same time at 140 features; at 70 to 100 this one is five to ten times faster."""
_MOST_STEPS = 10_000_000


@dataclass(frozen=True)
class Elimination:
    """The order in which features left, and margins on the way.

    Attributes
    ----------
    order : (p,) of int
        Features, the first to leave first; the last one stayed longest.
    margins : (p, m)
        Row k: margins (without intercept, which ranks nothing) of other patients with the first k features
        of ``order`` left out.
    """

    order: NDArray[np.intp]
    margins: Floats


def eliminate_features(
    x: Floats,
    label: Bools,
    bound: Floats,
    out: Floats | None = None,
    tolerance: float = TOLERANCE,
) -> Elimination:
    """Leave out features one by one, each time the one with the smallest squared weight.

    The order is that of scikit-learn's ``RFE(SVC(kernel="linear"), step=1)`` when both solve each machine
    closely enough to tell the two smallest weights apart.

    Parameters
    ----------
    x : (n, p)
        Standardised inputs.
    label : (n,)
        Class.
    bound : (n,)
        C of each patient, the weights included; 0 leaves the patient out.
    out : (m, p), optional
        Patients whose margins are wanted on the way.
    tolerance : float
        Of the optimality conditions.
    """
    others = np.empty((0, x.shape[1])) if out is None else np.asarray(out, dtype=float)
    limit = np.asarray(bound, dtype=float)
    left = np.arange(x.shape[1])
    alpha = np.zeros(len(x))
    order, margins = [], []
    while left.size:
        if left.size * _FEW <= (limit > 0).sum():
            gone, seen = _with_few(x[:, left], label, limit, others[:, left])
        else:
            gone, seen = _with_many(x[:, left], label, limit, others[:, left], alpha, tolerance)
        order.append(left[gone])
        margins.append(seen)
        left = np.delete(left, gone)
    return Elimination(np.concatenate(order), np.concatenate(margins))


def _with_few(x: Floats, label: Bools, limit: Floats, others: Floats) -> tuple[NDArray[np.intp], Floats]:
    """Leave out all features, solving each machine anew: the interior-point method is fastest here."""
    left = np.arange(x.shape[1])
    gone, seen = np.empty(left.size, dtype=np.intp), np.empty((left.size, len(others)))
    for turn in range(len(gone)):
        weights = svm_weights(x[:, left], label, limit)
        seen[turn] = others[:, left] @ weights
        worst = int(np.argmin(weights**2))
        gone[turn] = left[worst]
        left = np.delete(left, worst)
    return gone, seen


def _with_many(
    x: Floats, label: Bools, limit: Floats, others: Floats, alpha: Floats, tolerance: float
) -> tuple[NDArray[np.intp], Floats]:
    """Leave out a block of features; ``alpha`` is moved along.

    Each block starts with a fresh Gram matrix: without the columns that left, and without the rounding that
    the changes gathered.
    """
    block = np.array(x, order="C")
    sign = np.where(label, 1.0, -1.0)
    count = min(_BLOCK, max(1, x.shape[1] - int((limit > 0).sum()) // _FEW))
    gone, seen = np.empty(count, dtype=np.intp), np.empty((count, len(others)))
    settled = eliminate(
        block,
        np.array(others, order="C"),
        sign,
        limit,
        alpha,
        tolerance,
        _MOST_STEPS,
        gone,
        seen,
    )
    if not settled:
        warnings.warn("a support vector machine did not settle", ConvergenceWarning, stacklevel=3)
    return gone, seen
