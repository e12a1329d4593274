"""Averages over patients, against hand computation and R's t.test and bootstrap::jackknife."""

from __future__ import annotations

import numpy as np
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.averages import jackknife_interval, mean_interval

SLEEP = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
"""R's ``sleep$extra[1:10]``, whose t.test is printed in R's own examples."""


def test_the_interval_of_a_mean_is_that_of_r() -> None:
    found = mean_interval(SLEEP)
    # t.test(sleep$extra[1:10]): mean 0.75, 95 percent interval -0.5297804 2.0297804
    assert found.value == pytest.approx(0.75, abs=1e-12)
    assert (found.low, found.high) == pytest.approx((-0.5297804, 2.0297804), abs=1e-7)


def test_the_jackknife_of_a_mean_is_its_students_interval() -> None:
    values = np.array(SLEEP)
    without = [np.delete(values, at).mean() for at in range(len(values))]
    found, usual = jackknife_interval(float(values.mean()), without), mean_interval(values)
    assert (found.low, found.high, found.se) == pytest.approx((usual.low, usual.high, usual.se), abs=1e-12)


def test_groups_left_out_give_the_error_of_the_mean_of_their_means() -> None:
    groups = np.array([[1.0, 2.0], [4.0, 6.0], [3.0, 5.0]])  # means 1.5, 5, 4
    without = [np.delete(groups, at, axis=0).mean() for at in range(3)]
    means = groups.mean(axis=1)
    assert jackknife_interval(3.5, without).se == pytest.approx(means.std(ddof=1) / np.sqrt(3), abs=1e-12)


def test_one_value_has_a_mean_and_no_interval() -> None:
    found = mean_interval([2.5])
    assert found.value == 2.5
    assert np.isnan([found.low, found.high]).all()


@pytest.mark.parametrize("values", [[], [1.0, np.nan], [[1.0, 2.0]]])
def test_a_mean_of_nothing_or_of_the_unknown_is_refused(values: list[float]) -> None:
    with pytest.raises(InputError, match="finite"):
        mean_interval(values)


def test_one_group_has_no_jackknife() -> None:
    with pytest.raises(InputError, match="two at least"):
        jackknife_interval(1.0, [1.0])
