"""Test of proportional hazards (Grambsch and Therneau 1994), exactly as R's ``cox.zph`` since survival 3.0.

It is the score test of a coefficient that changes as β + θ · g(t), with the information of each risk set, not with its
average (older versions and lifelines use the average, and differ).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.censoring import kaplan_meier
from LWCTRLogic.stats.cox import CoxFit
from LWCTRLogic.stats.estimate import Significance
from LWCTRLogic.stats.risk_sets import RiskSets, risk_sets
from LWCTRLogic.stats.steps import Floats
from LWCTRLogic.stats.ties import tied

Transform = Literal["km", "rank", "identity", "log"]


@dataclass(frozen=True)
class ProportionalHazards:
    """The tests, and what to draw.

    Attributes
    ----------
    covariates : list of Significance
        Of each covariate.
    overall : Significance
        Of all together.
    times, transformed : (e,)
        Time of each event, rising, and g(t).
    residuals : (e, p)
        Scaled Schoenfeld residuals plus the coefficient: a smooth curve through them shows β(t).
    """

    covariates: list[Significance]
    overall: Significance
    times: Floats
    transformed: Floats
    residuals: Floats


def proportional_hazards(
    fit: CoxFit,
    time: ArrayLike,
    event: ArrayLike,
    covariates: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    transform: Transform = "km",
) -> ProportionalHazards:
    """Test whether the hazard ratios of a fitted model are constant in time.

    Parameters
    ----------
    fit : CoxFit
        Fitted without ridge penalty on the following data.
    time, event, covariates, strata
        As for :func:`LWCTRLogic.stats.cox.fit_cox`.
    transform : {"km", "rank", "identity", "log"}
        g(t): 1 − Kaplan–Meier just before t, rank among all follow-up times, t or log t.

    Raises
    ------
    InputError
        When the data are not those of the model.
    """
    times, events = tied(time), np.asarray(event, dtype=bool)
    x = np.asarray(covariates, dtype=float)
    if x.shape != (fit.patients, fit.coefficients.size) or int(events.sum()) != fit.events:
        raise InputError(
            f"covariates of shape {x.shape} with {events.sum()} events",
            f"the data of the model: ({fit.patients}, {fit.coefficients.size}) with {fit.events} events",
        )
    groups = None if strata is None else np.unique(np.asarray(strata), return_inverse=True)[1]
    sets = risk_sets(times, events, x - fit.centre, groups)
    at = sets.moments[sets.event_moment]
    g = _transformed(times, events, at, transform)
    weight = sets.relative(fit.coefficients)
    total = sets.seen(weight)
    mean = sets.seen(weight[:, None] * sets.x) / total[:, None]
    # Tied events are one another's alternatives, so each has the mean over the tied seen sets taken off.
    residual = sets.x[sets.died] - _tied_mean(sets, mean)
    information = [_information(sets, weight, total, mean, g**power) for power in (0, 1, 2)]
    gradient = g @ residual
    p = x.shape[1]
    single = [_score_test(gradient[[j]], information, [j]) for j in range(p)]
    scaled = fit.events * residual @ fit.covariance + fit.coefficients
    order = np.argsort(at, kind="stable")
    return ProportionalHazards(
        single, _score_test(gradient, information, list(range(p))), at[order], g[order], scaled[order]
    )


def _transformed(times: Floats, events: ArrayLike, at: Floats, transform: Transform) -> Floats:
    if transform == "identity":
        return at
    if transform == "log":
        return np.asarray(np.log(at), dtype=float)
    if transform == "rank":
        ordered = np.sort(times)
        return np.asarray(
            (np.searchsorted(ordered, at, "left") + np.searchsorted(ordered, at, "right") + 1) / 2
        )
    moments, survival = kaplan_meier(times, events)
    before = np.concatenate([[1.0], survival[:-1]])
    return np.asarray(1 - before[np.searchsorted(moments, at)], dtype=float)


def _tied_mean(sets: RiskSets, mean: Floats) -> Floats:
    moment = sets.event_moment
    columns = [np.bincount(moment, column, len(sets.moments)) / sets.counts for column in mean.T]
    return np.column_stack(columns)[moment]


def _information(sets: RiskSets, weight: Floats, total: Floats, mean: Floats, scale: Floats) -> Floats:
    """Return Σ scale · variance of the covariates over the risk set of each event: (p, p)."""
    second = (sets.x * (weight * sets.exposure(scale / total))[:, None]).T @ sets.x
    return np.asarray(second - (mean * scale[:, None]).T @ mean, dtype=float)


def _score_test(gradient: Floats, information: list[Floats], which: list[int]) -> Significance:
    """Return the test of θ, the information on β taken into account."""
    plain, cross, square = information
    adjusted = square[np.ix_(which, which)] - cross[which] @ np.linalg.solve(plain, cross[:, which])
    statistic = float(gradient @ np.linalg.solve(adjusted, gradient))
    return Significance(statistic, float(chdtrc(len(which), statistic)), float(len(which)))
