"""Calibration of predicted survival at one time (12, 24, 36 months …), patients censored before it included.

Slope, intercept and curve come from logistic regressions of being alive at that time on the logit of the prediction,
with inverse-probability-of-censoring weights; their errors count the estimate of the weights too. The mean is judged
against the Kaplan–Meier estimate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from LWCTRLogic.stats.calibration import Calibration, finite_logit, fit_logistic
from LWCTRLogic.stats.calibration_curve import (
    CalibrationCurve,
    CalibrationGroup,
    curve_of_fit,
    quantile_groups,
    spline_design,
)
from LWCTRLogic.stats.censoring import CensoringWeights
from LWCTRLogic.stats.estimate import Estimate, wald
from LWCTRLogic.stats.splines import spline_knots
from LWCTRLogic.stats.steps import Floats
from LWCTRLogic.stats.survival_curves import survival_curve


@dataclass(frozen=True)
class SurvivalCalibration:
    """Calibration at one time.

    Attributes
    ----------
    observed : Estimate
        Kaplan–Meier survival at that time.
    expected : float
        Mean of the predictions.
    risk_ratio : Estimate
        Observed over expected risk of the event, (1 − observed) / (1 − expected), limits from those of observed;
        1 when right, above 1 when more died than predicted.
    weak : Calibration
        Intercept in the large, slope and its intercept, in the logit of survival.
    curve : CalibrationCurve
        Of survival.
    groups : list of CalibrationGroup
        Kaplan–Meier in groups of neighbouring predictions.
    """

    observed: Estimate
    expected: float
    risk_ratio: Estimate
    weak: Calibration
    curve: CalibrationCurve
    groups: list[CalibrationGroup]


def calibration_survival(
    time: ArrayLike,
    event: ArrayLike,
    survival: ArrayLike,
    horizon: float,
    *,
    knots: int = 4,
    groups: int = 5,
    censoring_groups: ArrayLike | None = None,
    level: float = 0.95,
) -> SurvivalCalibration:
    """Return the calibration of predicted probabilities (n,) of living beyond the horizon.

    Parameters
    ----------
    time, event, survival : (n,)
        Follow-up and predictions.
    horizon : float
        In the unit of the times.
    knots, groups : int
        Of the curve's spline, and of neighbouring predictions.
    censoring_groups : (n,), optional
        For slope, intercepts and curve; see :meth:`LWCTRLogic.stats.censoring.CensoringWeights.of`. The mean and the
        groups are judged by Kaplan–Meier.

    Raises
    ------
    InputError
        When nobody was seen beyond the horizon, a probability is 0, 1 or missing, or the outcomes are separated.
    """
    times, events = np.asarray(time, dtype=float), np.asarray(event, dtype=bool)
    predicted = np.asarray(survival, dtype=float)
    predictor = finite_logit(predicted)
    observed = survival_curve(times, events, level=level).at(horizon)
    places = spline_knots(predictor, knots)
    weights = CensoringWeights.of(times, events, censoring_groups)
    coefficients, covariance = weighted_logistic(weights, spline_design(predictor, places), horizon)
    return SurvivalCalibration(
        observed,
        float(predicted.mean()),
        risk_ratio(observed, float(predicted.mean())),
        weak_calibration(weights, predictor, horizon, level=level),
        curve_of_fit(predictor, places, coefficients, covariance, level),
        [
            CalibrationGroup(
                len(rows),
                float(predicted[rows].mean()),
                survival_curve(times[rows], events[rows], level=level).at(horizon),
            )
            for rows in quantile_groups(predicted, groups)
        ],
    )


def risk_ratio(observed: Estimate, expected: float) -> Estimate:
    """Return observed over expected risk of survival that was observed and predicted, limits from the observed."""
    risk = 1 - expected
    value, low, high = ((1 - share) / risk for share in (observed.value, observed.high, observed.low))
    return Estimate(value, low, high, observed.se / risk, observed.level)


def weighted_logistic(
    weights: CensoringWeights, design: ArrayLike, horizon: float, *, offset: ArrayLike = 0.0
) -> tuple[Floats, Floats]:
    """Return coefficients (p,) and covariance (p, p) of a logistic regression of being alive at the horizon.

    The covariance is the sandwich of the influence functions, that of the censoring estimate included.

    Parameters
    ----------
    weights : CensoringWeights
        Of the follow-up (n,).
    design : (n, p)
        Covariates, the column of ones included where an intercept is wanted.
    offset : (n,), optional
        Known part of the linear predictor.
    """
    x = np.asarray(design, dtype=float)
    known = np.broadcast_to(np.asarray(offset, dtype=float), weights.times.shape)
    alive, weight = weights.alive_at(horizon)
    coefficients = fit_logistic(x, alive, weight, offset=known)
    p = expit(x @ coefficients + known)
    score = x * (weight * (alive - p))[:, None]
    effect = [weights.influence(column, weights.until(horizon)) for column in score.T]
    bread = np.linalg.inv((x * (weight * p * (1 - p))[:, None]).T @ x)
    influence = (score + np.column_stack(effect)) @ bread
    return coefficients, np.asarray(influence.T @ influence, dtype=float)


def _believable(
    errors: Floats, weights: CensoringWeights, design: Floats, fit: Floats, horizon: float
) -> Floats:
    """Return the errors (p,), or the model's own where the sandwich's are far below those.

    A group far off of whom all died holds the slope, and all of its residuals are 0: the sandwich, as a bootstrap, sees
    no spread there, although one survivor would move the slope. So of both errors the larger is the safer one (Angrist
    and Pischke 2009, section 8.1). It is taken where they disagree twofold; elsewhere the sandwich knows of the
    censoring weights, and the model does not.
    """
    weight, p = weights.alive_at(horizon)[1], expit(design @ fit)
    bread = np.linalg.inv((design * (weight * p * (1 - p))[:, None]).T @ design)
    own = np.sqrt(np.diag(bread))
    return np.asarray(np.where(errors < own / 2, own, errors), dtype=float)


def weak_calibration(
    weights: CensoringWeights, predictor: Floats, horizon: float, *, level: float = 0.95
) -> Calibration:
    """Return slope and intercepts of being alive at the horizon on the logit (n,) of predicted survival.

    Raises
    ------
    InputError
        When nobody was seen beyond the horizon, or the outcomes are separated.
    """
    ones = np.ones((len(predictor), 1))
    large, large_covariance = weighted_logistic(weights, ones, horizon, offset=predictor)
    design = np.column_stack([predictor, ones])
    fit, covariance = weighted_logistic(weights, design, horizon)
    errors = _believable(np.sqrt(np.diag(covariance)), weights, design, fit, horizon)
    return Calibration(
        wald(float(large[0]), float(np.sqrt(large_covariance[0, 0])), level=level),
        wald(float(fit[0]), float(errors[0]), level=level),
        wald(float(fit[1]), float(errors[1]), level=level),
    )
