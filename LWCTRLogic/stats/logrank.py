"""Log-rank test of two or more groups, stratified, weighted, and for trend."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.estimate import Significance
from LWCTRLogic.stats.steps import Bools, Floats
from LWCTRLogic.stats.survival_curves import checked_follow_up


@dataclass(frozen=True)
class LogRank:
    """The test, and what was observed and expected in each group.

    Attributes
    ----------
    test : Significance
        Chi-square with (groups − 1) degrees of freedom, or 1 for a trend.
    groups : tuple
        The groups in the order of the arrays.
    observed, expected : (g,)
        Weighted numbers of events.
    covariance : (g, g)
        Of observed − expected.
    """

    test: Significance
    groups: tuple[object, ...]
    observed: Floats
    expected: Floats
    covariance: Floats


def logrank(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    rho: float = 0.0,
    trend: ArrayLike | None = None,
) -> LogRank:
    """Compare survival between groups, with the hypergeometric variance, as R's ``survdiff``.

    Parameters
    ----------
    time, event, group : (n,)
        Follow-up and group.
    strata : (n,), optional
        Patients are compared within these only.
    rho : float
        Weight S(t−)^rho of each event, S the survival of all: 0 log-rank, 1 Peto's modification of Wilcoxon's.
    trend : (g,), optional
        Scores of the sorted groups: tests a rise of the hazard along them, with one degree of freedom.

    Raises
    ------
    InputError
        With fewer than two groups, no event, or scores that do not fit the groups.
    """
    times, events = checked_follow_up(time, event)
    groups, index = np.unique(np.asarray(group), return_inverse=True)
    if len(groups) < 2 or not events.any():
        raise InputError(
            f"{len(groups)} groups and {events.sum()} events", "two groups and an event at least"
        )
    stratum = (
        np.zeros(len(times)) if strata is None else np.unique(np.asarray(strata), return_inverse=True)[1]
    )
    observed, expected = np.zeros(len(groups)), np.zeros(len(groups))
    covariance = np.zeros((len(groups), len(groups)))
    for value in np.unique(stratum):
        rows = stratum == value
        parts = _one_stratum(times[rows], events[rows], index[rows], len(groups), rho)
        observed, expected, covariance = observed + parts[0], expected + parts[1], covariance + parts[2]
    difference = observed - expected
    if trend is None:
        statistic, df = _quadratic_form(difference, covariance)
    else:
        statistic, df = _trend(difference, covariance, np.asarray(trend, dtype=float)), 1
    test = Significance(statistic, float(chdtrc(df, statistic)), float(df))
    return LogRank(test, tuple(groups.tolist()), observed, expected, covariance)


def _one_stratum(
    times: Floats, events: Bools, index: NDArray[np.intp], groups: int, rho: float
) -> tuple[Floats, Floats, Floats]:
    moments, moment = np.unique(times, return_inverse=True)
    shape, cell = (groups, len(moments)), index * len(moments) + moment
    died = np.bincount(cell[events], minlength=groups * len(moments)).reshape(shape).astype(float)
    left = np.bincount(cell, minlength=groups * len(moments)).reshape(shape)
    at_risk = np.cumsum(left[:, ::-1], axis=1)[:, ::-1].astype(float)
    seen = died.any(axis=0)
    died, at_risk = died[:, seen], at_risk[:, seen]
    all_died, all_at_risk = died.sum(axis=0), at_risk.sum(axis=0)
    survival = np.cumprod(1 - all_died / all_at_risk)
    weight = np.concatenate([[1.0], survival])[: len(survival)] ** rho
    share = at_risk / all_at_risk
    spread = weight**2 * all_died * (all_at_risk - all_died) / np.maximum(all_at_risk - 1, 1)
    covariance = np.diag((share * spread).sum(axis=1)) - (share * spread) @ share.T
    return died @ weight, (share * all_died) @ weight, covariance


def _quadratic_form(difference: Floats, covariance: Floats) -> tuple[float, int]:
    """Return χ² over the groups that were ever at risk together with others, and its degrees of freedom."""
    useful = np.flatnonzero(np.diag(covariance) > 0)[1:]
    if useful.size == 0:
        return 0.0, 1
    part = covariance[np.ix_(useful, useful)]
    return float(difference[useful] @ np.linalg.solve(part, difference[useful])), int(useful.size)


def _trend(difference: Floats, covariance: Floats, scores: Floats) -> float:
    if scores.shape != difference.shape:
        raise InputError(f"{scores.size} scores for {difference.size} groups", "one score a group")
    variance = float(scores @ covariance @ scores)
    return float(scores @ difference) ** 2 / variance if variance > 0 else 0.0
