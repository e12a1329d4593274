"""How many patients an external validation needs for precise answers (Riley 2021; Archer 2020).

1. Observed over expected events: its interval is at most 0.2 wide.
2. Calibration slope: at most 0.2 wide.
3. C statistic: at most 0.1 wide (Newcombe's standard error).

The model is taken to be right (slope 1, as many events as expected), for a binary outcome known of everybody; patients
censored before it come on top.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import asinh, ceil, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from LWCTRLogic.errors import InputError

_Z = 1.96
_MOST = 1 << 40


@dataclass(frozen=True)
class ValidationSize:
    """Patients for each of the three criteria, and the most of them."""

    observed_expected: int
    slope: int
    c_statistic: int

    @property
    def patients(self) -> int:
        """What satisfies all three."""
        return max(self.observed_expected, self.slope, self.c_statistic)


def validation_sample_size(
    prevalence: float,
    c_statistic: float,
    linear_predictor: ArrayLike,
    *,
    ratio_width: float = 0.2,
    slope_width: float = 0.2,
    c_width: float = 0.1,
) -> ValidationSize:
    """Return the patients that a validation of a binary outcome needs.

    Parameters
    ----------
    prevalence : float
        Share of patients with the outcome.
    c_statistic : float
        Expected C statistic.
    linear_predictor : (n,)
        Logits of the predictions, as they are spread among the patients.
    ratio_width, slope_width, c_width : float
        Widths of the 95 % intervals.

    Raises
    ------
    InputError
        When a share is not between 0 and 1, or every prediction is the same.
    """
    for name, value in (("prevalence", prevalence), ("C statistic", c_statistic)):
        if not 0 < value < 1:
            raise InputError(f"{name} = {value:g}", "a number above 0 and below 1")
    error = asinh(ratio_width / 2) / _Z  # exp(z·se) − exp(−z·se) is the width
    return ValidationSize(
        ceil((1 - prevalence) / (prevalence * error**2)),
        _for_slope(np.asarray(linear_predictor, dtype=float), slope_width / (2 * _Z)),
        _for_c(prevalence, c_statistic, c_width / (2 * _Z)),
    )


def _for_slope(x: np.ndarray, error: float) -> int:
    """Return n from Fisher's information of intercept and slope of a logistic model at (0, 1)."""
    p = expit(x)
    information = p * (1 - p)
    a, ab, b = (float((information * x**power).mean()) for power in (0, 1, 2))
    determinant = a * b - ab**2
    if not determinant > 1e-12 * max(a * b, 1e-300):
        raise InputError("every prediction is the same", "predictions that differ")
    return ceil(a / (error**2 * determinant))


def _for_c(prevalence: float, c: float, error: float) -> int:
    low, high = 2, 4
    while _error_of_c(high, prevalence, c) > error and high < _MOST:
        high *= 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _error_of_c(middle, prevalence, c) <= error else (middle, high)
    return high


def _error_of_c(patients: int, prevalence: float, c: float) -> float:
    """Return the standard error of C (Newcombe 2006, his method 4)."""
    half = patients / 2 - 1
    spread = 1 + half * (1 - c) / (2 - c) + half * c / (1 + c)
    return sqrt(c * (1 - c) * spread / (patients**2 * prevalence * (1 - prevalence)))
