"""Calibration curves of binary outcomes against R and cases with a known answer."""

from __future__ import annotations

import numpy as np
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.calibration_curve import (
    calibration_curve,
    calibration_groups,
    curve_of_fit,
    quantile_groups,
)
from LWCTRLogic.stats.splines import spline_knots
from Testing.r_reference import r_numbers, r_table


def test_r_finds_the_same_curve_and_band() -> None:
    table, expected = r_table("diagnosis"), r_numbers("calibration")["curve"]
    ours = calibration_curve(table["y"], table["p"])
    for name in ("predicted", "observed", "low", "high"):
        np.testing.assert_allclose(getattr(ours, name), expected[name], atol=1e-9, err_msg=name)


def test_r_finds_the_same_distances_from_the_diagonal() -> None:
    table, expected = r_table("diagnosis"), r_numbers("calibration")["distance"]
    ours = calibration_curve(table["y"], table["p"])
    for name, value in expected.items():
        assert getattr(ours, name) == pytest.approx(value, abs=1e-9), name


def test_right_probabilities_lie_near_the_diagonal_and_halved_ones_do_not() -> None:
    rng = np.random.default_rng(3)
    p = rng.beta(2, 2, 4000)
    y = rng.random(4000) < p
    right, halved = calibration_curve(y, p), calibration_curve(y, p / 2)
    assert right.ici < 0.02 and halved.ici == pytest.approx(0.25, abs=0.02)
    inside = (right.low <= right.predicted) & (right.predicted <= right.high)
    assert inside.mean() > 0.8


def test_two_distinct_predictions_give_a_straight_line_through_both_shares() -> None:
    # At 0.2 a quarter is positive, at 0.6 three quarters: the straight line on the logit scale meets both.
    p, y = np.repeat([0.2, 0.6], 8), [1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0]
    ours = calibration_curve(y, p)
    assert (ours.observed[0], ours.observed[-1]) == pytest.approx((0.25, 0.75), abs=1e-9)
    assert ours.knots == 2 and ours.e_max == pytest.approx(0.15, abs=1e-9)


def test_one_prediction_for_everybody_gives_one_point() -> None:
    ours = calibration_curve([0, 1, 1, 1], np.full(4, 0.5))
    assert ours.predicted.tolist() == [0.5] and ours.observed[0] == pytest.approx(0.75)


def test_predictions_that_are_almost_all_equal_give_a_constant() -> None:
    p = np.concatenate([np.full(150, 0.3), [0.9, 0.9]])
    y = np.concatenate([np.arange(150) % 3 == 0, [True, False]])
    ours = calibration_curve(y, p)
    assert ours.observed[0] == pytest.approx(51 / 152, abs=1e-9) and ours.knots == 1


def test_groups_hold_neighbours_and_keep_equal_predictions_together() -> None:
    table = r_table("diagnosis")
    groups = calibration_groups(table["y"], table["p"], groups=4)
    assert [group.patients for group in groups] == [35, 35, 35, 35]
    assert np.all(np.diff([group.predicted for group in groups]) > 0)
    assert sum(group.observed.value * group.patients for group in groups) == pytest.approx(table["y"].sum())
    assert [len(rows) for rows in quantile_groups([0.1, 0.1, 0.1, 0.9], 3)] == [3, 1]
    with pytest.raises(InputError, match="0 groups"):
        quantile_groups([0.1], 0)


def test_a_variance_that_rounding_leaves_below_zero_is_none() -> None:
    predictor = np.linspace(-1, 1, 30)
    places = spline_knots(predictor, 3)
    curve = curve_of_fit(predictor, places, np.array([1.0, 0.0, 0.0]), np.full((3, 3), -1e-18), 0.95)
    np.testing.assert_allclose(curve.low, curve.observed)
