"""L1-penalised logistic regression along a path of penalties, for all folds of a cross-validation at once.

The model is the binomial one, since the label is a class, and it is glmnet's: the loss is the weighted mean
of the log-likelihood, columns are scaled to unit standard deviation inside every fit, and the intercept is
not penalised (liblinear's is, which moves coefficients by tenths).

Three things make it fast. The folds share one matrix: a patient left out has the weight 0, so no fold copies
it, and one matrix product gives the gradients of all folds. Sequential strong rules (Tibshirani 2012) leave
only a few features to the coordinate descent, and that product verifies them. Each penalty starts where
the one before ended.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from LWCTRLogic.stats.steps import Floats
from LWCTRLogic.training.lasso_kernel import residuals, solve

PENALTIES = 100
TOLERANCE = 1e-9
_SLACK = 1e-7


@dataclass(frozen=True)
class LassoPath:
    """Coefficients of standardised columns along the path.

    Attributes
    ----------
    penalties : (k,)
        λ, falling.
    coefficients : (k, p)
        Of columns of unit standard deviation.
    intercepts : (k,)
        Of centred columns.
    """

    penalties: Floats
    coefficients: Floats
    intercepts: Floats


@dataclass(frozen=True)
class LassoCV:
    """A path on all patients, and its cross-validated deviance.

    Attributes
    ----------
    path : LassoPath
        Fitted to all patients.
    deviance, error : (k,)
        Mean over the folds, weighted by their weights, of the deviance of the patients left out, and its
        standard error.
    """

    path: LassoPath
    deviance: Floats
    error: Floats

    def index(self, rule: str) -> int:
        """Return the position on the path: ``min``, or ``1se`` (the largest λ within one error of it)."""
        best = int(np.argmin(self.deviance))
        if rule == "min":
            return best
        return int(np.flatnonzero(self.deviance <= self.deviance[best] + self.error[best])[0])


class _Fit:
    """One of the simultaneous fits: a weighting of the patients and its current solution."""

    def __init__(self, columns: Floats, y: Floats, weight: Floats) -> None:
        self.y, self.weight = y, weight / weight.sum()
        self.mean = columns @ self.weight
        variance = (columns**2) @ self.weight - self.mean**2
        # A constant column would have a penalty of 0 on this scale; it gets an infinite one.
        self.scale = np.where(variance > 1e-12, np.sqrt(np.maximum(variance, 0)), np.inf)
        self.coefficients = np.zeros(len(columns))
        share = float(self.weight @ y)
        self.intercept = float(np.log(share / (1 - share)))
        self.predictor = np.full(len(y), self.intercept)
        self.residual = np.empty(len(y))
        residuals(self.predictor, self.y, self.weight, self.residual)
        self.gradient = np.zeros(len(columns))

    def solve(self, columns: Floats, active: NDArray[np.intp], penalty: float, tolerance: float) -> None:
        chosen = self.coefficients[active]
        self.intercept = solve(
            columns,
            self.y,
            self.weight,
            active,
            penalty * self.scale[active],
            chosen,
            self.intercept,
            self.predictor,
            tolerance,
        )
        self.coefficients[active] = chosen
        residuals(self.predictor, self.y, self.weight, self.residual)


def _gradients(columns: Floats, fits: list[_Fit]) -> None:
    """Set each fit's gradient with respect to standardised coefficients, by one matrix product."""
    together = columns @ np.column_stack([fit.residual for fit in fits])
    for position, fit in enumerate(fits):
        centred = together[:, position] - fit.mean * fit.residual.sum()
        fit.gradient = np.abs(centred) / fit.scale


def _follow(
    columns: Floats, fits: list[_Fit], penalties: Floats, tolerance: float
) -> Iterator[tuple[int, float]]:
    """Move all fits along the path together; yields (position, penalty) with the fits at its solution."""
    before = penalties[0]
    for position, penalty in enumerate(penalties):
        active = [
            (fit.gradient >= 2 * penalty - before) & np.isfinite(fit.scale) | (fit.coefficients != 0)
            for fit in fits
        ]
        waiting = list(range(len(fits)))
        while waiting:
            for one in waiting:
                fits[one].solve(columns, np.flatnonzero(active[one]), penalty, tolerance)
            _gradients(columns, [fits[one] for one in waiting])
            missed = {one: (fits[one].gradient > penalty * (1 + _SLACK)) & ~active[one] for one in waiting}
            waiting = [one for one in waiting if missed[one].any()]
            for one in waiting:
                active[one] |= missed[one]
        before = penalty
        yield position, float(penalty)


def _columns(x: Floats, weight: Floats) -> tuple[Floats, Floats, Floats]:
    """Return standardised columns (p, n), their means and their standard deviations (0 → 1)."""
    share = weight / weight.sum()
    mean = share @ x
    spread = np.sqrt(share @ (x - mean) ** 2)
    # Rounding leaves a constant column of large values with a tiny spread.
    spread = np.where(spread > 1e-10 * np.abs(mean), spread, 0.0)
    scaled = (x - mean) / np.where(spread > 0, spread, 1.0)
    scaled[:, spread == 0] = 0.0
    return np.ascontiguousarray(scaled.T), mean, spread


def penalty_sequence(largest: float, patients: int, features: int, count: int = PENALTIES) -> Floats:
    """Return glmnet's λ: ``count`` values from ``largest`` down to 1 % (p > n) or 0.01 % of it."""
    ratio = 0.01 if patients < features else 1e-4
    return np.asarray(largest * np.geomspace(1.0, ratio, count), dtype=float)


def lasso_path(
    x: Floats,
    y: Floats,
    weight: Floats,
    penalties: Floats | None = None,
    tolerance: float = TOLERANCE,
) -> LassoPath:
    """Return the whole path for one weighting of the patients.

    Parameters
    ----------
    x : (n, p)
        Inputs in any unit.
    y, weight : (n,)
        Outcome 0 or 1, and weights.
    penalties : (k,), optional
        λ, falling; :func:`penalty_sequence` unless given.
    """
    columns, _, _ = _columns(x, weight)
    fit = _Fit(columns, y, weight)
    _gradients(columns, [fit])
    chosen = penalty_sequence(fit.gradient.max(), *x.shape) if penalties is None else penalties
    coefficients, intercepts = np.zeros((len(chosen), x.shape[1])), np.zeros(len(chosen))
    for position, _ in _follow(columns, [fit], chosen, tolerance):
        coefficients[position], intercepts[position] = fit.coefficients, fit.intercept
    return LassoPath(chosen, coefficients, intercepts)


def lasso_cv(
    x: Floats,
    y: Floats,
    weight: Floats,
    fold: NDArray[np.intp],
    penalties: Floats | None = None,
    tolerance: float = TOLERANCE,
    patience: int | None = None,
) -> LassoCV:
    """Return the path on all patients and its cross-validated deviance.

    Parameters
    ----------
    fold : (n,) of int
        Fold of each patient.
    patience : int, optional
        Stop once the deviance has had no new minimum for so many λ; the path is then shorter. The rest of a
        path costs most and is rarely chosen. ``None`` follows it to its end.
    """
    columns, _, _ = _columns(x, weight)
    labels = np.unique(fold)
    whole = _Fit(columns, y, weight)
    parts = [_Fit(columns, y, np.where(fold == label, 0.0, weight)) for label in labels]
    fits = [whole, *parts]
    _gradients(columns, fits)
    chosen = penalty_sequence(whole.gradient.max(), *x.shape) if penalties is None else penalties
    size = np.array([weight[fold == label].sum() for label in labels])
    rows: list[tuple[Floats, float, float, float]] = []
    for _, _ in _follow(columns, fits, chosen, tolerance):
        mean, error = _held_out(parts, [fold == label for label in labels], y, weight, size)
        rows.append((whole.coefficients.copy(), whole.intercept, mean, error))
        best = int(np.argmin([row[2] for row in rows]))
        if patience is not None and len(rows) - 1 - best >= patience:
            break
    coefficients, intercepts, deviance, error_ = (np.array(item) for item in zip(*rows, strict=True))
    return LassoCV(LassoPath(chosen[: len(rows)], coefficients, intercepts), deviance, error_)


def _held_out(
    parts: list[_Fit], out: list[NDArray[np.bool_]], y: Floats, weight: Floats, size: Floats
) -> tuple[float, float]:
    """Return mean and standard error over the folds of the deviance of those left out, as cv.glmnet does."""
    loss = [
        2
        * np.average(
            np.logaddexp(0, fit.predictor[rows]) - y[rows] * fit.predictor[rows], weights=weight[rows]
        )
        for fit, rows in zip(parts, out, strict=True)
    ]
    mean = float(np.average(loss, weights=size))
    spread = float(np.average((np.array(loss) - mean) ** 2, weights=size))
    return mean, float(np.sqrt(spread / (len(parts) - 1)))
