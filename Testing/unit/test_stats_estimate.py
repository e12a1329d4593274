"""Estimates, tests and proportions against textbook values."""

from __future__ import annotations

import math

import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.estimate import (
    Estimate,
    bounded,
    independent_comparison,
    influence_error,
    normal_quantile,
    wald,
    wald_comparison,
    wald_test,
)
from LWCTRLogic.stats.proportion import wilson
from Testing.r_reference import r_numbers


def test_a_wald_interval_is_two_standard_errors_wide_on_each_side() -> None:
    found = wald(0.5, 0.1)
    assert (found.low, found.high) == pytest.approx((0.5 - 0.1959963984540054, 0.5 + 0.1959963984540054))
    assert normal_quantile(0.9) == pytest.approx(1.6448536269514722, rel=1e-14)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0])
def test_a_level_that_is_no_probability_is_refused(level: float) -> None:
    with pytest.raises(InputError, match="confidence level"):
        wald(0.5, 0.1, level=level)


def test_a_difference_without_variance_is_certain_or_none() -> None:
    assert wald_test(0.0, 0.0).p == 1
    assert (wald_test(-0.2, 0.0).statistic, wald_test(-0.2, 0.0).p) == (-math.inf, 0)


def test_two_standard_errors_give_p_of_five_per_cent() -> None:
    found = wald_comparison(-0.1959963984540054, 0.1)
    assert found.test.p == pytest.approx(0.05, rel=1e-12) and found.difference.high == pytest.approx(
        0, abs=1e-15
    )


def test_two_groups_are_compared_by_the_sum_of_their_variances() -> None:
    found = independent_comparison(wald(0.8, 0.03), wald(0.7, 0.04))
    assert found.difference.se == pytest.approx(0.05) and found.test.statistic == pytest.approx(2.0)


def test_the_influence_of_a_mean_gives_the_error_of_a_mean() -> None:
    assert influence_error([1.0, 2.0, 3.0, 6.0]) == pytest.approx(math.sqrt(14 / 3) / 2)


def test_the_interval_of_wilson_is_that_of_r() -> None:
    expected = r_numbers("agreement")["wilson"]
    found = wilson(77, 90)
    assert found.value == pytest.approx(expected["share"], rel=1e-14)
    assert (found.low, found.high) == pytest.approx((expected["low"], expected["high"]), abs=1e-12)


def test_none_and_all_keep_an_exact_limit_and_nobody_is_unknown() -> None:
    # Of 0 in n the upper limit is z² / (n + z²).
    z2 = 1.959963984540054**2
    assert (wilson(0, 10).low, wilson(0, 10).high) == (0, pytest.approx(z2 / (10 + z2), rel=1e-12))
    assert (wilson(10, 10).low, wilson(10, 10).high) == (pytest.approx(10 / (10 + z2), rel=1e-12), 1)
    assert math.isnan(wilson(0, 0).value) and (wilson(0, 0).low, wilson(0, 0).high) == (0, 1)


def test_more_successes_than_patients_are_refused() -> None:
    with pytest.raises(InputError, match="11 successes of 10"):
        wilson(11, 10)


def test_limits_of_an_area_within_0_and_1_stay_as_they_are() -> None:
    found = wald(0.72, 0.03)
    assert bounded(found) == found


def test_limits_of_an_area_that_would_leave_0_to_1_are_those_on_the_logit() -> None:
    # by hand: logit 0.998 = 6.2126, error 0.002 / (0.998 * 0.002) = 1.002004, times 1.959964
    above = bounded(wald(0.998, 0.002))
    assert (above.low, above.high) == pytest.approx((0.985919, 0.999719), abs=1e-6)
    below = bounded(wald(0.002, 0.002))
    assert (below.low, below.high) == pytest.approx((1 - above.high, 1 - above.low), rel=1e-9)
    assert (above.value, above.se) == (0.998, 0.002)


def test_an_area_without_limits_or_error_is_left_alone() -> None:
    assert math.isnan(bounded(Estimate(0.7)).low)
    assert bounded(wald(1.0, 0.0)) == wald(1.0, 0.0)
    # a mean over folds can be 1 with an error of its own kind: no logit there
    assert bounded(wald(1.0, 0.01)).high == 1.0
