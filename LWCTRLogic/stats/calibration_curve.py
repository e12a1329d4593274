"""Flexible calibration curve: observed against predicted probability, with a band.

A logistic regression of the outcome on a restricted cubic spline of the logit. Not loess: the spline takes weights
(so the same curve serves censored survival), has a band by the delta method, costs O(n), and stays between 0 and 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.calibration import finite_logit, fit_logistic, logistic_covariance
from LWCTRLogic.stats.estimate import Estimate, normal_quantile
from LWCTRLogic.stats.proportion import wilson
from LWCTRLogic.stats.splines import restricted_cubic_basis, spline_knots
from LWCTRLogic.stats.steps import Floats

_POINTS = 101


@dataclass(frozen=True)
class CalibrationCurve:
    """The curve on a grid, and how far it lies from the diagonal over the patients.

    Attributes
    ----------
    predicted, observed, low, high : (m,)
        The curve and its pointwise band, from the 1st to the 99th percentile of the predictions.
    ici, e50, e90, e_max : float
        Mean, median, 90th percentile and maximum over the patients of |observed − predicted|
        (Austin and Steyerberg 2019).
    knots : int
        Of the spline, equal ones merged: two give a straight line on the logit scale, one a constant.
    """

    predicted: Floats
    observed: Floats
    low: Floats
    high: Floats
    ici: float
    e50: float
    e90: float
    e_max: float
    knots: int


@dataclass(frozen=True)
class CalibrationGroup:
    """Patients with neighbouring predictions: how many, mean prediction, and what was observed."""

    patients: int
    predicted: float
    observed: Estimate


def calibration_curve(
    label: ArrayLike, probability: ArrayLike, *, knots: int = 4, level: float = 0.95
) -> CalibrationCurve:
    """Return the calibration curve of probabilities of a binary outcome.

    Parameters
    ----------
    label, probability : (n,)
        Outcomes 0 or 1, and predictions between 0 and 1, both excluded.
    knots : {3, 4, 5}
        At Harrell's quantiles of the logits.

    Raises
    ------
    InputError
        As :func:`LWCTRLogic.stats.calibration.calibration`.
    """
    predictor = finite_logit(probability)
    places = spline_knots(predictor, knots)
    design = spline_design(predictor, places)
    coefficients = fit_logistic(design, np.asarray(label, dtype=float))
    return curve_of_fit(predictor, places, coefficients, logistic_covariance(design, coefficients), level)


def spline_design(predictor: Floats, knots: Floats) -> Floats:
    """Return the design (n, k) of the curve: ones and, unless the knots fell together, the spline's columns."""
    ones = np.ones((len(predictor), 1))
    return ones if knots.size == 1 else np.column_stack([ones, restricted_cubic_basis(predictor, knots)])


def curve_of_fit(
    predictor: Floats, knots: Floats, coefficients: Floats, covariance: Floats, level: float
) -> CalibrationCurve:
    """Return the curve that a fit of the spline gives, with its band on the logit scale."""
    low, high = np.quantile(predictor, [0.01, 0.99])
    grid = np.linspace(low, high, _POINTS if high > low else 1)
    rows = spline_design(grid, knots)
    eta = rows @ coefficients
    variance = np.einsum("mi,ij,mj->m", rows, covariance, rows)
    half = normal_quantile(level) * np.sqrt(
        np.maximum(variance, 0.0)
    )  # of a flat curve rounding may leave less than 0
    off = np.abs(expit(spline_design(predictor, knots) @ coefficients) - expit(predictor))
    middle, late = np.quantile(off, [0.5, 0.9])
    return CalibrationCurve(
        expit(grid),
        expit(eta),
        expit(eta - half),
        expit(eta + half),
        float(off.mean()),
        float(middle),
        float(late),
        float(off.max()),
        int(knots.size),
    )


def quantile_groups(probability: ArrayLike, groups: int) -> list[NDArray[np.intp]]:
    """Return the row numbers of each group of neighbouring predictions, lowest first; equal ones stay together.

    Raises
    ------
    InputError
        When the number of groups is below 1.
    """
    if groups < 1:
        raise InputError(f"{groups} groups", "one at least")
    p = np.asarray(probability, dtype=float)
    edges = np.quantile(p, np.linspace(0, 1, groups + 1)[1:-1])
    index = np.searchsorted(edges, p, side="left")
    return [np.flatnonzero(index == group) for group in np.unique(index)]


def calibration_groups(
    label: ArrayLike, probability: ArrayLike, *, groups: int = 10, level: float = 0.95
) -> list[CalibrationGroup]:
    """Return the share of positives with Wilson's interval in groups of neighbouring predictions."""
    y, p = np.asarray(label, dtype=float), np.asarray(probability, dtype=float)
    return [
        CalibrationGroup(len(rows), float(p[rows].mean()), wilson(y[rows].sum(), len(rows), level=level))
        for rows in quantile_groups(p, groups)
    ]
