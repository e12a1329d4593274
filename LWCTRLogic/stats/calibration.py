"""Probabilities: logistic fits with weights, Platt's calibration, Brier score, calibration slope."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.estimate import Estimate, Significance, wald, wald_test
from LWCTRLogic.stats.steps import Floats

_STEPS = 100


def fit_logistic(
    design: ArrayLike, target: ArrayLike, weight: ArrayLike | None = None, offset: ArrayLike | None = None
) -> Floats:
    """Return the coefficients of a logistic regression by Newton's method, without penalty.

    Parameters
    ----------
    design : (n, p)
        Covariates, the column of ones included where an intercept is wanted.
    target : (n,)
        Outcomes between 0 and 1.
    weight, offset : (n,), optional
        Weight of each row, and a known part of the linear predictor.

    Raises
    ------
    InputError
        When the fit does not settle, since the covariates separate the outcomes.
    """
    x, y = np.asarray(design, dtype=float), np.asarray(target, dtype=float)
    w = np.ones(len(y)) if weight is None else np.asarray(weight, dtype=float)
    known = np.zeros(len(y)) if offset is None else np.asarray(offset, dtype=float)

    def loss(there: Floats) -> float:
        eta = x @ there + known
        return float(w @ (np.logaddexp(0, eta) - y * eta))

    coefficients = np.zeros(x.shape[1])
    for _ in range(_STEPS):
        p = expit(x @ coefficients + known)
        try:
            step = np.linalg.solve((x * (w * p * (1 - p))[:, None]).T @ x, x.T @ (w * (y - p)))
        except np.linalg.LinAlgError:
            break
        before = loss(coefficients)
        while loss(coefficients + step) > before + 1e-12 * abs(before):
            step = step / 2
        coefficients = coefficients + step
        if np.max(np.abs(step)) < 1e-10 * (1 + np.max(np.abs(coefficients))):
            return np.asarray(coefficients, dtype=float)
    raise InputError("the logistic fit does not settle", "covariates that do not separate the outcomes")


def fit_platt(margin: ArrayLike, label: ArrayLike, weight: ArrayLike | None = None) -> tuple[float, float]:
    """Return slope and offset of Platt's calibration: P = 1 / (1 + exp(−(slope · margin + offset))).

    The targets are Platt's (1999), (n₊ + 1) / (n₊ + 2) and 1 / (n₋ + 2), which keep the slope finite when the
    margins separate the classes. The counts are sums of weights. Margins that are all equal give slope 0.
    """
    x, positive = np.asarray(margin, dtype=float), np.asarray(label, dtype=bool)
    w = np.ones(len(x)) if weight is None else np.asarray(weight, dtype=float)
    high = (w[positive].sum() + 1) / (w[positive].sum() + 2)
    low = 1 / (w[~positive].sum() + 2)
    target = np.where(positive, high, low)
    centre = float(np.average(x, weights=w))
    spread = float(np.sqrt(np.average((x - centre) ** 2, weights=w)))
    if spread <= 1e-12 * abs(centre):
        return 0.0, float(logit(np.average(target, weights=w)))
    # In standard units, since the margins of a weak SVM differ only in their last digits.
    slope, offset = fit_logistic(np.column_stack([(x - centre) / spread, np.ones(len(x))]), target, w)
    return float(slope) / spread, float(offset) - float(slope) * centre / spread


def brier_score(label: ArrayLike, probability: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Return the mean squared difference between outcome and probability.

    With IPCW weights the sum is divided by the number of patients, as Graf (1999) does, zeros included.
    """
    error = (np.asarray(label, dtype=float) - np.asarray(probability, dtype=float)) ** 2
    return float(np.mean(error if weight is None else error * np.asarray(weight, dtype=float)))


@dataclass(frozen=True)
class Calibration:
    """How probabilities agree with outcomes (Cox 1958).

    Attributes
    ----------
    in_the_large : Estimate
        Intercept with the slope held at 1; 0 when right, negative when the probabilities are too high.
    slope : Estimate
        Of the outcome on the logit of the probability; 1 when right, below 1 when they are too extreme.
    intercept : Estimate
        That belongs to the slope; with it, what recalibrates the probabilities.
    """

    in_the_large: Estimate
    slope: Estimate
    intercept: Estimate


def calibration(label: ArrayLike, probability: ArrayLike, *, level: float = 0.95) -> Calibration:
    """Return slope and intercepts with Wald intervals from the logistic fits.

    Raises
    ------
    InputError
        When a probability is missing, 0 or 1 (its logit is infinite), or the outcomes are separated.
    """
    y, predictor = np.asarray(label, dtype=float), finite_logit(probability)
    design, ones = np.column_stack([predictor, np.ones(len(y))]), np.ones((len(y), 1))
    fit = fit_logistic(design, y)
    large = fit_logistic(ones, y, offset=predictor)
    errors = np.sqrt(np.diag(logistic_covariance(design, fit)))
    large_error = np.sqrt(logistic_covariance(ones, large, offset=predictor)[0, 0])
    return Calibration(
        wald(float(large[0]), float(large_error), level=level),
        wald(float(fit[0]), float(errors[0]), level=level),
        wald(float(fit[1]), float(errors[1]), level=level),
    )


def logistic_covariance(design: ArrayLike, coefficients: ArrayLike, offset: ArrayLike = 0.0) -> Floats:
    """Return the covariance (p, p) of an unweighted logistic fit: the inverse of its information."""
    x = np.asarray(design, dtype=float)
    p = expit(x @ np.asarray(coefficients, dtype=float) + np.asarray(offset, dtype=float))
    return np.asarray(np.linalg.inv((x * (p * (1 - p))[:, None]).T @ x), dtype=float)


def finite_logit(probability: ArrayLike) -> Floats:
    """Return the logits of probabilities between 0 and 1, both excluded.

    Raises
    ------
    InputError
        When one is missing, at or beyond the ends.
    """
    p = np.asarray(probability, dtype=float)
    outside = int(np.sum(~((p > 0) & (p < 1))))
    if outside:
        raise InputError(
            f"{outside} of {p.size} probabilities are missing, at most 0 or at least 1",
            "probabilities between 0 and 1, the ends excluded",
        )
    return np.asarray(logit(p), dtype=float)


def spiegelhalter(label: ArrayLike, probability: ArrayLike) -> Significance:
    """Return Spiegelhalter's z test (1986) that the Brier score is what right probabilities would give."""
    y, p = np.asarray(label, dtype=float), np.asarray(probability, dtype=float)
    numerator = float(np.sum((y - p) * (1 - 2 * p)))
    return wald_test(numerator, float(np.sqrt(np.sum((1 - 2 * p) ** 2 * p * (1 - p)))))


def calibration_slope(
    label: ArrayLike, probability: ArrayLike, weight: ArrayLike | None = None
) -> tuple[float, float]:
    """Return the slope of the outcome on the logit of the probability, and calibration in the large.

    The slope is 1 and calibration in the large 0 when the probabilities are right (Cox 1958).
    """
    y = np.asarray(label, dtype=float)
    predictor = logit(np.asarray(probability, dtype=float))
    ones = np.ones((len(y), 1))
    slope = fit_logistic(np.column_stack([predictor, ones]), y, weight)[0]
    return float(slope), float(fit_logistic(ones, y, weight, offset=predictor)[0])
