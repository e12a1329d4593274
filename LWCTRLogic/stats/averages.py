"""Means and other averages over patients with the intervals that textbooks give them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.estimate import Estimate
from LWCTRLogic.stats.steps import Floats


def mean_interval(values: ArrayLike, *, level: float = 0.95) -> Estimate:
    """Return the mean of n values with Student's interval; of one value there is no interval.

    Raises
    ------
    InputError
        When there is no value, or one is not finite.
    """
    numbers = np.asarray(values, dtype=float)
    if numbers.ndim != 1 or numbers.size == 0 or not np.isfinite(numbers).all():
        raise InputError(f"values of shape {numbers.shape}, or not all finite", "(n,) finite numbers, n ≥ 1")
    mean = float(numbers.mean())
    if numbers.size == 1:
        return Estimate(mean, level=level)
    return _student(mean, float(numbers.std(ddof=1) / np.sqrt(numbers.size)), numbers.size - 1, level)


def jackknife_interval(value: float, without: ArrayLike, *, level: float = 0.95) -> Estimate:
    """Return a statistic with its interval from the values (g,) that it has without each of g groups of patients.

    Groups of one patient are Tukey's jackknife (1958), larger ones the delete-a-group jackknife (Kott 2001); the
    groups are of about the same size. The statistic must change little with one group: an average over thousands
    of features does, a median of the patients themselves does not.

    Raises
    ------
    InputError
        With fewer than two groups.
    """
    values: Floats = np.asarray(without, dtype=float)
    groups = values.size
    if groups < 2:
        raise InputError(f"{groups} groups of patients", "two at least")
    se = float(np.sqrt((groups - 1) * values.var()))
    return _student(value, se, groups - 1, level)


def _student(value: float, se: float, freedom: int, level: float) -> Estimate:
    half = float(stdtrit(freedom, 0.5 + level / 2)) * se
    return Estimate(value, value - half, value + half, se, level)
