"""Proportions with Wilson's score interval (1927), which stays between 0 and 1."""

from __future__ import annotations

from math import nan, sqrt

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.estimate import Estimate, normal_quantile


def wilson(successes: float, total: float, *, level: float = 0.95) -> Estimate:
    """Return successes / total with Wilson's interval, without continuity correction.

    Of nobody (total 0) the proportion is unknown: NaN with limits 0 and 1.

    Raises
    ------
    InputError
        When successes are not between 0 and the total.
    """
    if not 0 <= successes <= total:
        raise InputError(f"{successes:g} successes of {total:g}", "0 ≤ successes ≤ total")
    z = normal_quantile(level)
    if total == 0:
        return Estimate(nan, 0.0, 1.0, nan, level)
    share = successes / total
    centre = (share + z**2 / (2 * total)) / (1 + z**2 / total)
    half = z / (1 + z**2 / total) * sqrt(share * (1 - share) / total + z**2 / (4 * total**2))
    low = 0.0 if successes == 0 else centre - half
    high = 1.0 if successes == total else centre + half
    return Estimate(share, low, high, sqrt(share * (1 - share) / total), level)
