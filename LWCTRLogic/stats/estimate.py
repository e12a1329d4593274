"""What every statistic returns: a number with its interval, a test, and a difference with both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import copysign, inf, nan

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit, ndtr, ndtri

from LWCTRLogic.errors import InputError


@dataclass(frozen=True)
class Estimate:
    """A number and its uncertainty.

    Attributes
    ----------
    value : float
        The estimate.
    low, high : float
        Limits of its confidence interval; NaN where there is none.
    se : float
        Standard error on the scale of ``value``; NaN where the interval does not come from one.
    level : float
        Confidence level of the interval.
    """

    value: float
    low: float = nan
    high: float = nan
    se: float = nan
    level: float = 0.95


@dataclass(frozen=True)
class Significance:
    """A test: its statistic, its degrees of freedom (NaN for a normal statistic), its two-sided p-value."""

    statistic: float
    p: float
    df: float = nan


@dataclass(frozen=True)
class Comparison:
    """A difference A − B with its interval, and the test that it is zero."""

    difference: Estimate
    test: Significance


def normal_quantile(level: float) -> float:
    """Return the z that holds ``level`` of a normal distribution between −z and z.

    Raises
    ------
    InputError
        When the level is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise InputError(f"the confidence level is {level:g}", "a number between 0 and 1, such as 0.95")
    return float(ndtri(0.5 + level / 2))


def wald(value: float, se: float, *, level: float = 0.95) -> Estimate:
    """Return value ± z · se, not clipped to the range of the value."""
    half = normal_quantile(level) * se
    return Estimate(float(value), float(value - half), float(value + half), float(se), level)


def bounded(one: Estimate) -> Estimate:
    """Return the Wald estimate of an area or a concordance with limits that people can be shown: within 0 and 1.

    Where the plain limits would leave that range they are taken :func:`on_the_logit`.
    """
    return on_the_logit(one) if one.low < 0 or one.high > 1 else one


def on_the_logit(one: Estimate) -> Estimate:
    """Return an area or a concordance with limits taken on its logit, whose error is se / (value (1 − value)).

    Pepe (2003), section 5.2. A value of 0 or 1 has no logit, and its limits are cut.
    """
    if not 0 < one.value < 1:
        return replace(one, low=max(one.low, 0.0), high=min(one.high, 1.0))
    half = normal_quantile(one.level) * one.se / (one.value * (1 - one.value))
    centre = float(logit(one.value))
    return replace(one, low=float(expit(centre - half)), high=float(expit(centre + half)))


def wald_test(value: float, se: float) -> Significance:
    """Return the normal test that the value is zero; with no variance p is 1 at zero and 0 elsewhere."""
    statistic = float(value / se) if se != 0 else copysign(inf, value) if value != 0 else 0.0
    return Significance(statistic, float(2 * ndtr(-abs(statistic))))


def wald_comparison(value: float, se: float, *, level: float = 0.95) -> Comparison:
    """Return a difference with its Wald interval and its normal test."""
    return Comparison(wald(value, se, level=level), wald_test(value, se))


def influence_error(influence: ArrayLike) -> float:
    """Return the standard error of a statistic from the influence (n,) of each patient on it."""
    values = np.asarray(influence, dtype=float)
    return float(values.std(ddof=1) / np.sqrt(values.size))


def independent_comparison(a: Estimate, b: Estimate, *, level: float = 0.95) -> Comparison:
    """Compare estimates of two groups of different patients by their standard errors; signed A − B."""
    return wald_comparison(a.value - b.value, float(np.hypot(a.se, b.se)), level=level)
