"""Brier score of survival or incidence under censoring, at one time and integrated, against the null model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.censoring import CensoringWeights
from LWCTRLogic.stats.competing_risks import cumulative_incidence
from LWCTRLogic.stats.estimate import Comparison, Estimate, influence_error, wald, wald_comparison
from LWCTRLogic.stats.steps import Bools, Floats


@dataclass(frozen=True)
class BrierScore:
    """Prediction error, 0 for a perfect model.

    Attributes
    ----------
    estimate : Estimate
        The score (Graf 1999), whose standard error counts the estimate of the censoring weights too.
    null : float
        The score of the Kaplan–Meier estimate, told to everybody.
    scaled : Estimate
        1 − score / null, the index of prediction accuracy (Kattan and Gerds 2018): 1 perfect, 0 useless.
    influence : (n,)
        Of each patient on the score.
    """

    estimate: Estimate
    null: float
    scaled: Estimate
    influence: Floats


def brier_survival(
    time: ArrayLike,
    event: ArrayLike,
    survival: ArrayLike,
    horizon: float,
    *,
    censoring_groups: ArrayLike | None = None,
    level: float = 0.95,
) -> BrierScore:
    """Return the Brier score at one time.

    Parameters
    ----------
    time, event : (n,)
        Follow-up; at equal times an event comes before a censoring.
    survival : (n,)
        Predicted probability of living beyond the horizon.
    horizon : float
        In the unit of the times.
    censoring_groups : (n,), optional
        See :meth:`LWCTRLogic.stats.censoring.CensoringWeights.of`.

    Raises
    ------
    InputError
        When nobody was seen beyond the horizon, or a prediction is no probability.
    """
    predicted = np.asarray(survival, dtype=float)
    return integrated_brier(
        time, event, predicted[:, None], [horizon], censoring_groups=censoring_groups, level=level
    )


def integrated_brier(
    time: ArrayLike,
    event: ArrayLike,
    survival: ArrayLike,
    times: ArrayLike,
    *,
    censoring_groups: ArrayLike | None = None,
    level: float = 0.95,
) -> BrierScore:
    """Return the Brier score integrated over ``times`` by trapezoids, divided by their span.

    Parameters
    ----------
    survival : (n, m)
        Predicted probability of living beyond each of the ``times``.
    times : (m,) rising
        Grid; the coarser it is, the more the rule of integration matters (R's riskRegression takes rectangles).

    Raises
    ------
    InputError
        As :func:`brier_survival`; and when the times do not rise.
    """
    predicted, grid = np.asarray(survival, dtype=float), np.asarray(times, dtype=float)
    follow_up = np.asarray(time, dtype=float)
    if predicted.shape != (follow_up.size, grid.size):
        raise InputError(f"predictions of shape {predicted.shape}", f"({follow_up.size}, {grid.size})")
    if not ((predicted >= 0) & (predicted <= 1)).all():
        raise InputError("a predicted probability is missing or outside 0…1", "probabilities of survival")
    if not (np.diff(grid) > 0).all():
        raise InputError(f"times {grid.tolist()}", "rising times")
    weights = CensoringWeights.of(time, event, censoring_groups)
    ours = null = np.zeros(follow_up.size)
    for column, share in enumerate(_trapezoids(grid)):
        horizon = float(grid[column])
        alive, weight = weights.alive_at(horizon)
        reference = float(np.average(alive, weights=weight))  # the Kaplan–Meier estimate, with one G for all
        ours = ours + share * _weighted_errors(weights, alive, predicted[:, column], horizon)
        null = null + share * _weighted_errors(weights, alive, reference, horizon)
    return _score(ours, null, level)


def brier_incidence(
    time: ArrayLike,
    cause: ArrayLike,
    incidence: ArrayLike,
    horizon: float,
    *,
    of: int = 1,
    level: float = 0.95,
) -> BrierScore:
    """Return the Brier score of the predicted cumulative incidence of one cause; the null is Aalen–Johansen's.

    Parameters
    ----------
    time, cause : (n,)
        Follow-up, and what ended it: 0 censoring, 1, 2 … causes.
    incidence : (n,)
        Predicted probability of the cause ``of`` up to the horizon.
    """
    predicted, causes = np.asarray(incidence, dtype=float), np.asarray(cause)
    if not ((predicted >= 0) & (predicted <= 1)).all():
        raise InputError("a predicted probability is missing or outside 0…1", "probabilities of the cause")
    weights = CensoringWeights.of(time, causes != 0)
    died = (weights.times <= horizon) & (causes == of)
    reference = cumulative_incidence(time, cause, of=of).at(horizon).value
    ours = _weighted_errors(weights, died, predicted, horizon)
    return _score(ours, _weighted_errors(weights, died, np.full_like(predicted, reference), horizon), level)


def brier_difference(a: BrierScore, b: BrierScore, *, level: float = 0.95) -> Comparison:
    """Compare two predictions for the same patients, in the same order; signed A − B (negative: A is better)."""
    se = influence_error(a.influence - b.influence)
    return wald_comparison(a.estimate.value - b.estimate.value, se, level=level)


def _score(ours: Floats, null: Floats, level: float) -> BrierScore:
    """Turn each patient's contribution, whose mean is the score, into the score and its errors."""
    score, reference = float(ours.mean()), float(null.mean())
    scaled, relative = np.nan, np.full_like(ours, np.nan)
    if reference > 0:
        # The Kaplan–Meier estimate minimises the null's score, so its own error adds nothing at first order.
        scaled = 1 - score / reference
        relative = (ours - score / reference * null) / reference
    return BrierScore(
        wald(score, influence_error(ours), level=level),
        reference,
        wald(scaled, influence_error(relative), level=level),
        ours - score,
    )


def _weighted_errors(
    weights: CensoringWeights, outcome: Bools, predicted: ArrayLike, horizon: float
) -> Floats:
    """Return what each patient (n,) adds to the score, the effect on the censoring weights included."""
    _, weight = weights.alive_at(horizon)
    error = weight * (outcome - np.asarray(predicted, dtype=float)) ** 2
    effect = weights.influence(error, weights.until(horizon))
    return np.asarray(error + effect - effect.mean(), dtype=float)


def _trapezoids(grid: Floats) -> Floats:
    """Return the weight of each time in a mean over their span; 1 for a single time."""
    if grid.size == 1:
        return np.ones(1)
    width = np.diff(grid)
    return np.asarray((np.append(width, 0) + np.insert(width, 0, 0)) / 2 / (grid[-1] - grid[0]), dtype=float)
