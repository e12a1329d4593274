"""The interval of an AUC of exactly 1 or 0, of which every estimated variance is 0.

DeLong's variance, influence functions and a bootstrap all see patients who are separated without one error, and would
say "1.000 (1.000–1.000)" of twenty patients as of two thousand. Newcombe's score interval (2006, method 5) asks which
areas such a separation leaves possible, as Wilson's interval does for 20 of 20.
"""

from __future__ import annotations

from scipy.optimize import brentq

from LWCTRLogic.stats.estimate import Estimate, bounded, normal_quantile

_ROUNDING = 1e-12
"""By which a weighted mean of ones may miss 1."""


def shown_area(one: Estimate, positives: int, negatives: int) -> Estimate:
    """Return an area with limits within 0 and 1: those of :func:`bounded`, or the score interval at 0 and 1.

    Parameters
    ----------
    one : Estimate
        The area with its Wald limits.
    positives, negatives : int
        Patients of each class whose state is known.
    """
    return perfect_area(one, positives, negatives) if is_perfect(one.value) else bounded(one)


def is_perfect(value: float) -> bool:
    """Return whether an area is 1 or 0 but for rounding; NaN is neither."""
    return value < _ROUNDING or value > 1 - _ROUNDING


def perfect_area(one: Estimate, positives: int, negatives: int, strata: int = 1) -> Estimate:
    """Return an area of 1 or 0 with the score interval."""
    low = lowest_area(positives, negatives, strata, level=one.level)
    if one.value > 0.5:
        return Estimate(1.0, low, 1.0, level=one.level)
    return Estimate(0.0, 0.0, 1 - low, level=one.level)


def lowest_area(positives: int, negatives: int, strata: int = 1, *, level: float = 0.95) -> float:
    """Return the lower limit of an AUC of 1.

    Where only patients of one stratum were compared, such as those of one fold, the variance is that of the mean of
    areas of strata of equal size.

    The smallest θ with 1 − θ ≤ z · √V(θ), where V(θ) = θ (1 − θ) (1 + k (1 − θ) / (2 − θ) + k θ / (1 + θ)) / (m n) is
    Hanley and McNeil's variance with both (m − 1) and (n − 1) replaced by their mean k (Newcombe 2006, Stat Med 25:
    559). Of one patient each it is Wilson's limit of 1 of 1.
    """
    z, pairs = normal_quantile(level), positives * negatives / strata
    k = max((positives + negatives) / (2 * strata) - 1, 0.0)

    def beyond(area: float) -> float:
        spread = 1 + k * (1 - area) / (2 - area) + k * area / (1 + area)
        return (1 - area) * pairs - z**2 * area * spread

    return float(brentq(beyond, 0.0, 1.0, xtol=1e-14))
