"""Bootstrap intervals."""

from __future__ import annotations

import numpy as np
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.bootstrap import percentile_interval


def test_the_interval_of_a_mean_is_close_to_the_normal_one() -> None:
    values = np.random.default_rng(2).normal(size=400)
    low, high = percentile_interval(lambda rows: float(values[rows].mean()), 400, seed=0)
    half = 1.96 * values.std() / 20
    assert (low, high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.01)


def test_the_same_seed_gives_the_same_interval() -> None:
    def statistic(rows: np.ndarray) -> float:
        return float(rows.mean())

    assert percentile_interval(statistic, 9, 1, draws=50) == percentile_interval(statistic, 9, 1, draws=50)
    assert percentile_interval(statistic, 9, 1, draws=50) != percentile_interval(statistic, 9, 2, draws=50)


def test_a_statistic_that_is_mostly_undefined_is_refused() -> None:
    def never(rows: np.ndarray) -> float:
        raise InputError("one class only")

    with pytest.raises(InputError, match="0 of 20"):
        percentile_interval(never, 5, 0, draws=20)
