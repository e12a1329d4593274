"""What a cut-off does: sensitivity, specificity, predictive values and accuracy.

Of a binary outcome with Wilson's intervals. Of survival to a horizon with inverse-probability-of-censoring weights,
where a share is no binomial one: there the error comes from influence functions, which count the estimate of the
weights too, and the interval is taken on the logit scale; or from a bootstrap of patients.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.bootstrap import Rows, bootstrap_values
from LWCTRLogic.stats.censoring import CensoringWeights
from LWCTRLogic.stats.estimate import Estimate, influence_error, normal_quantile, wald
from LWCTRLogic.stats.proportion import wilson
from LWCTRLogic.stats.steps import Bools, Floats

_Pick = Callable[[Bools, Bools], Bools]
# Of each share: who counts, and among whom, from (positive, called positive).
_SHARES: dict[str, tuple[_Pick, _Pick]] = {
    "sensitivity": (lambda y, c: y & c, lambda y, c: y),
    "specificity": (lambda y, c: ~y & ~c, lambda y, c: ~y),
    "ppv": (lambda y, c: y & c, lambda y, c: c),
    "npv": (lambda y, c: ~y & ~c, lambda y, c: ~c),
    "accuracy": (lambda y, c: y == c, lambda y, c: np.ones_like(y)),
}


@dataclass(frozen=True)
class ThresholdPerformance:
    """Performance at one cut-off; NaN with limits 0 and 1 where nobody is in the denominator.

    Attributes
    ----------
    cutoff : float
        At or above it is called positive.
    sensitivity, specificity, ppv, npv, accuracy : Estimate
        Shares with their intervals.
    youden : Estimate
        Sensitivity + specificity − 1 with its unclipped Wald interval; NaN where either is unknown.
    table : (2, 2)
        Patients, or sums of their weights: row 0 not positive, 1 positive; column 0 not called, 1 called so.
    """

    cutoff: float
    sensitivity: Estimate
    specificity: Estimate
    ppv: Estimate
    npv: Estimate
    accuracy: Estimate
    youden: Estimate
    table: Floats


def at_threshold(
    label: ArrayLike, score: ArrayLike, cutoff: float, *, level: float = 0.95
) -> ThresholdPerformance:
    """Return the performance of "positive when the score is at or above the cut-off".

    Parameters
    ----------
    label, score : (n,)
        Outcomes 0 or 1, and scores.

    Raises
    ------
    InputError
        When there is no patient or a score is missing.
    """
    positive, called = np.asarray(label, dtype=bool), _called(score, cutoff)
    shares = {}
    for name, (counted, among) in _SHARES.items():
        successes, total = (counted(positive, called)).sum(), among(positive, called).sum()
        shares[name] = wilson(int(successes), int(total), level=level)
    error = float(np.hypot(shares["sensitivity"].se, shares["specificity"].se))
    shares["youden"] = wald(_youden(shares), error, level=level)
    return ThresholdPerformance(cutoff, **shares, table=_table(positive, called, np.ones(positive.size)))


def at_threshold_survival(
    time: ArrayLike,
    event: ArrayLike,
    score: ArrayLike,
    cutoff: float,
    horizon: float,
    *,
    censoring_groups: ArrayLike | None = None,
    draws: int = 0,
    seed: int = 0,
    level: float = 0.95,
) -> ThresholdPerformance:
    """Return the performance of "lives beyond the horizon when the score is at or above the cut-off".

    Parameters
    ----------
    time, event, score : (n,)
        Follow-up, and a score that is higher for longer survival; positive is to live beyond the horizon.
    censoring_groups : (n,), optional
        See :meth:`LWCTRLogic.stats.censoring.CensoringWeights.of`.
    draws, seed : int
        With draws, the limits are percentiles over that many bootstrap samples of patients.

    Raises
    ------
    InputError
        As :func:`at_threshold`; and when nobody was seen beyond the horizon.
    """
    times, events, called = (
        np.asarray(time, dtype=float),
        np.asarray(event, dtype=bool),
        _called(score, cutoff),
    )
    groups = np.zeros(times.size) if censoring_groups is None else np.asarray(censoring_groups)
    weights = CensoringWeights.of(times, events, groups)
    alive, weight = weights.alive_at(horizon)
    shares, influence = {}, {}
    for name, (counted, among) in _SHARES.items():
        mass = np.where(among(alive, called), weight, 0.0)
        shares[name], influence[name] = _weighted_share(
            weights, mass, counted(alive, called), weights.until(horizon), level
        )
    error = influence_error(influence["sensitivity"] + influence["specificity"])
    shares["youden"] = wald(_youden(shares), error, level=level)
    if draws:

        def again(rows: Rows) -> Floats:
            lived, drawn = CensoringWeights.of(times[rows], events[rows], groups[rows]).alive_at(horizon)
            return _weighted_shares(lived, called[rows], drawn)

        shares = _replace_limits(shares, bootstrap_values(again, times.size, seed, draws=draws), level)
    return ThresholdPerformance(cutoff, **shares, table=_table(alive, called, weight))


def _called(score: ArrayLike, cutoff: float) -> Bools:
    scores = np.asarray(score, dtype=float)
    if scores.size == 0 or np.isnan(scores).any():
        raise InputError(
            f"{np.isnan(scores).sum()} of {scores.size} scores are missing", "a score of each patient"
        )
    return scores >= cutoff


def _table(positive: Bools, called: Bools, weight: Floats) -> Floats:
    return np.asarray(np.bincount(2 * positive + called, weight, 4).reshape(2, 2), dtype=float)


def _youden(shares: dict[str, Estimate]) -> float:
    return shares["sensitivity"].value + shares["specificity"].value - 1


def _weighted_share(
    weights: CensoringWeights, mass: Floats, counted: Bools, until: Floats, level: float
) -> tuple[Estimate, Floats]:
    """Return the share of the mass (n,) that is counted, and the influence (n,) of each patient on it."""
    if mass.sum() == 0:
        return wilson(0, 0, level=level), np.full(mass.size, np.nan)
    value = float(mass[counted].sum() / mass.sum())
    own = mass * (counted - value) / mass.mean()
    influence = own + weights.influence(own, until)
    patients = float(mass.sum() ** 2 / (mass**2).sum())
    return _logit_interval(value, influence_error(influence), patients, level), influence


def _weighted_shares(positive: Bools, called: Bools, weight: Floats) -> Floats:
    """Return the five shares and Youden's J, NaN where unknown, in the order of the performance's fields."""
    values = []
    for counted, among in _SHARES.values():
        total = weight[among(positive, called)].sum()
        values.append(weight[counted(positive, called)].sum() / total if total > 0 else np.nan)
    return np.array([*values, values[0] + values[1] - 1])


def _logit_interval(value: float, se: float, patients: float, level: float) -> Estimate:
    """Return limits on the logit scale; of 0 or 1, Wilson's of as many patients as the weights are worth."""
    if not 1e-12 < value < 1 - 1e-12:
        certain = min(max(round(value), 0), 1)  # a weighted share of all may be a rounding off 1
        limits = wilson(certain * patients, patients, level=level)
        return Estimate(float(certain), limits.low, limits.high, se, level)
    half = normal_quantile(level) * se / (value * (1 - value))
    low, high = expit(logit(value) - half), expit(logit(value) + half)
    return Estimate(value, float(low), float(high), se, level)


def _replace_limits(shares: dict[str, Estimate], values: Floats, level: float) -> dict[str, Estimate]:
    """Return the shares with percentiles of the draws in which each is defined as limits."""
    tail, replaced = (1 - level) / 2, {}
    for (name, share), column in zip(shares.items(), values.T, strict=True):
        known = column[~np.isnan(column)]
        low, high = np.quantile(known, [tail, 1 - tail]) if known.size else (0.0, 1.0)
        replaced[name] = Estimate(share.value, float(low), float(high), share.se, level)
    return replaced
