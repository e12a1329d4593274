"""Intervals by drawing patients again."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from LWCTRLogic.errors import InputError


def percentile_interval(
    statistic: Callable[[NDArray[np.intp]], float],
    patients: int,
    seed: int,
    draws: int = 2000,
    level: float = 0.95,
) -> tuple[float, float]:
    """Return the percentile bootstrap interval of a statistic of patients.

    Parameters
    ----------
    statistic : callable
        Gets the row numbers of the drawn patients, with repeats; may raise :class:`InputError` for a draw in
        which it is not defined (one class only), which is then left out.
    patients, draws : int
        Number of patients, and of draws.
    seed : int
        Seed of the draws; the same seed gives the same interval.

    Raises
    ------
    InputError
        When more than a tenth of the draws had to be left out.
    """
    generator = np.random.default_rng(seed)
    values = []
    for _ in range(draws):
        rows = generator.integers(0, patients, patients)
        try:
            values.append(statistic(rows))
        except InputError:
            continue
    if len(values) < 0.9 * draws:
        raise InputError(
            f"the statistic is defined in {len(values)} of {draws} bootstrap draws", "at least nine in ten"
        )
    tail = (1 - level) / 2
    low, high = np.quantile(values, [tail, 1 - tail])
    return float(low), float(high)
