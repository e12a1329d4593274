"""How many patients a prediction model needs: Riley's criteria (Statistics in Medicine 2019; BMJ 2020).

1. Shrinkage: the expected shrinkage of the coefficients is at least S (0.9).
2. Optimism: apparent and adjusted Nagelkerke's R² differ by at most δ (0.05).
3. Overall risk: it is known to within a margin (0.05).
4. Binary only, from the BMJ paper, not in pmsampsize: the mean absolute error of the probabilities is at most 0.05
   (van Smeden 2019; for up to 30 parameters).

*Parameters* are those that the data choose from: all candidates, not the few that selection leaves. Events per
variable alone are no criterion.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, exp, inf, log, sqrt

import numpy as np
from scipy.special import logit, ndtri, xlog1py, xlogy

from LWCTRLogic.errors import InputError

_Z = 1.959963984540054


@dataclass(frozen=True)
class SampleSize:
    """What is needed.

    Attributes
    ----------
    shrinkage, optimism, overall_risk : int
        Patients for criteria 1 to 3.
    absolute_error : int or None
        For criterion 4, where it was asked for.
    patients, events : int
        The most of these, and the events expected among them.
    events_per_parameter : float
        For comparison with rules of thumb.
    r_squared, most_r_squared : float
        Cox–Snell's R² that is expected, and the largest that the outcome allows.
    """

    shrinkage: int
    optimism: int
    overall_risk: int
    absolute_error: int | None
    patients: int
    events: int
    events_per_parameter: float
    r_squared: float
    most_r_squared: float


def binary_sample_size(
    parameters: int,
    prevalence: float,
    *,
    r_squared: float | None = None,
    c_statistic: float | None = None,
    shrinkage: float = 0.9,
    difference: float = 0.05,
    margin: float = 0.05,
    absolute_error: float | None = None,
) -> SampleSize:
    """Return the patients that a model of a binary outcome needs.

    Parameters
    ----------
    parameters : int
        Candidate parameters.
    prevalence : float
        Share of patients with the outcome.
    r_squared, c_statistic : float, optional
        Expected Cox–Snell R², or C from which it follows; with neither, 15 % of the largest possible R², which
        Riley advises where nothing is known.
    shrinkage, difference, margin, absolute_error : float
        Bounds of the four criteria; without ``absolute_error`` the fourth is left out.

    Raises
    ------
    InputError
        When a number is out of its range.
    """
    _inside("prevalence", prevalence, 0, 1)
    most = most_r_squared_binary(prevalence)
    r2 = _expected(r_squared, c_statistic, prevalence, most)
    first, second = _shrinkage_and_optimism(parameters, r2, most, shrinkage, difference)
    third = ceil((_Z / margin) ** 2 * prevalence * (1 - prevalence))
    fourth = None
    if absolute_error is not None:
        _inside("mean absolute error", absolute_error, 0, 1)
        numerator = -0.508 + 0.259 * log(prevalence) + 0.504 * log(parameters) - log(absolute_error)
        fourth = ceil(exp(numerator / 0.544))
    patients = max(first, second, third, fourth or 0)
    events = ceil(patients * prevalence)
    per_parameter = patients * prevalence / parameters
    return SampleSize(first, second, third, fourth, patients, events, per_parameter, r2, most)


def survival_sample_size(
    parameters: int,
    rate: float,
    timepoint: float,
    mean_follow_up: float,
    *,
    r_squared: float | None = None,
    shrinkage: float = 0.9,
    difference: float = 0.05,
    margin: float = 0.05,
) -> SampleSize:
    """Return the patients that a model of survival needs.

    Parameters
    ----------
    parameters : int
        Candidate parameters.
    rate : float
        Events per unit of time and patient.
    timepoint, mean_follow_up : float
        When the overall risk is wanted, and mean follow-up, in that unit.
    r_squared : float, optional
        Expected Cox–Snell R²; without it, 15 % of the largest possible.

    Notes
    -----
    The overall risk is 1 − exp(−rate · timepoint), its limits follow from those of the rate; *both* must lie within the
    margin. pmsampsize 1.1.3 prints these limits but does not raise the number of patients for them.

    Raises
    ------
    InputError
        When a number is out of its range.
    """
    for name, value in (("rate", rate), ("timepoint", timepoint), ("mean follow-up", mean_follow_up)):
        _inside(name, value, 0, inf)
    most = most_r_squared_survival(rate, mean_follow_up)
    r2 = _expected(r_squared, None, 0.5, most)
    first, second = _shrinkage_and_optimism(parameters, r2, most, shrinkage, difference)
    third = ceil(_time_for_risk(rate, timepoint, margin) / mean_follow_up)
    patients = max(first, second, third)
    events = patients * rate * mean_follow_up
    return SampleSize(first, second, third, None, patients, ceil(events), events / parameters, r2, most)


def most_r_squared_binary(prevalence: float) -> float:
    """Return the largest Cox–Snell R² that an outcome of this prevalence allows."""
    null = float(xlogy(prevalence, prevalence) + xlog1py(1 - prevalence, -prevalence))
    return 1 - exp(2 * null)


def most_r_squared_survival(rate: float, mean_follow_up: float) -> float:
    """Return the largest Cox–Snell R² of an exponential model with this many events a patient."""
    events = rate * mean_follow_up
    return 1 - exp(2 * (events * log(events) - events))


def r_squared_of_c(c_statistic: float, prevalence: float) -> float:
    """Return the Cox–Snell R² of a C statistic, for a normal linear predictor in each class (Riley 2021).

    With variance 1 in both classes and means √2 Φ⁻¹(C) apart the logistic model is exact; its likelihood is integrated
    numerically, where pmsampsize simulates.
    """
    _inside("C statistic", c_statistic, 0.5, 1)
    _inside("prevalence", prevalence, 0, 1)
    distance = sqrt(2) * float(ndtri(c_statistic))
    x = np.linspace(-12, 12 + distance, 40_001)
    eta = logit(prevalence) + distance * x - distance**2 / 2
    density = [np.exp(-((x - mean) ** 2) / 2) / sqrt(2 * np.pi) for mean in (0.0, distance)]
    fitted = prevalence * density[1] * -np.logaddexp(0, -eta) + (1 - prevalence) * density[0] * -np.logaddexp(
        0, eta
    )
    null = float(xlogy(prevalence, prevalence) + xlog1py(1 - prevalence, -prevalence))
    return 1 - exp(-2 * (float(np.trapezoid(fitted, x)) - null))


def most_parameters(patients: int, r_squared: float, *, shrinkage: float = 0.9) -> int:
    """Return how many candidate parameters so many patients allow by the first criterion."""
    _inside("R²", r_squared, 0, shrinkage)
    return int(patients * (shrinkage - 1) * log(1 - r_squared / shrinkage))


def _shrinkage_and_optimism(
    parameters: int, r2: float, most: float, shrinkage: float, difference: float
) -> tuple[int, int]:
    if parameters < 1:
        raise InputError(f"{parameters} parameters", "one at least")
    _inside("shrinkage", shrinkage, r2, 1)
    _inside("difference of R²", difference, 0, 1)
    needed = r2 / (r2 + difference * most)
    return tuple(ceil(parameters / ((s - 1) * log(1 - r2 / s))) for s in (shrinkage, needed))  # type: ignore[return-value]


def _time_for_risk(rate: float, timepoint: float, margin: float) -> float:
    """Return the person-time for which both limits of the risk at the time lie within the margin."""
    _inside("margin", margin, 0, 1)
    risk = 1 - exp(-rate * timepoint)
    # The limit of the rate that brings the risk to the edge of the margin, above and below.
    above = -log(1 - risk - margin) / timepoint - rate if risk + margin < 1 else inf
    below = rate + log(1 - risk + margin) / timepoint if risk > margin else inf
    nearest = min(above, below)
    return 0.0 if nearest == inf else (_Z / nearest) ** 2 * rate


def _expected(r_squared: float | None, c_statistic: float | None, prevalence: float, most: float) -> float:
    if r_squared is not None and c_statistic is not None:
        raise InputError("both R² and C are given", "one of them")
    if c_statistic is not None:
        return r_squared_of_c(c_statistic, prevalence)
    r2 = 0.15 * most if r_squared is None else r_squared
    _inside("R²", r2, 0, most)
    return r2


def _inside(name: str, value: float, low: float, high: float) -> None:
    if not low < value < high:
        raise InputError(f"{name} = {value:g}", f"a number above {low:g} and below {high:g}")
