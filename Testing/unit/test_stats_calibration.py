"""Logistic fits and calibration against closed forms, scikit-learn and R."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.svm import SVC

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.calibration import (
    brier_score,
    calibration,
    calibration_slope,
    fit_logistic,
    fit_platt,
    spiegelhalter,
)
from Testing.r_reference import r_numbers, r_table


def test_a_two_by_two_table_gives_the_log_odds_ratio() -> None:
    # Exposed 30 of 40, others 10 of 40: intercept log(1/3), slope log(9).
    x = np.array([[1.0, 1.0], [1.0, 1.0], [0.0, 1.0], [0.0, 1.0]])
    coefficients = fit_logistic(x, [1, 0, 1, 0], weight=[30, 10, 10, 30])
    np.testing.assert_allclose(coefficients, [math.log(9), -math.log(3)], rtol=1e-12)


def test_outcomes_that_are_separated_are_refused() -> None:
    with pytest.raises(InputError, match="does not settle"):
        fit_logistic([[-1.0], [1.0]], [0, 1])


def test_covariates_that_repeat_each_other_are_refused() -> None:
    with pytest.raises(InputError, match="does not settle"):
        fit_logistic([[1.0, 1.0], [1.0, 1.0]], [0, 1])


def test_platt_finds_what_scikit_learn_finds() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(60, 3))
    y = (x[:, 0] + rng.normal(size=60) > 0).astype(int)
    svm = SVC(kernel="linear").fit(x, y)
    oracle = CalibratedClassifierCV(FrozenEstimator(svm), method="sigmoid", ensemble=False).fit(x, y)
    slope, offset = fit_platt(svm.decision_function(x), y)
    ours = 1 / (1 + np.exp(-(slope * svm.decision_function(x) + offset)))
    np.testing.assert_allclose(ours, oracle.predict_proba(x)[:, 1], atol=1e-5)


def test_platt_stays_finite_when_the_margins_separate_the_classes() -> None:
    slope, offset = fit_platt([-2.0, -1.0, 1.0, 2.0], [0, 0, 1, 1])
    assert 0 < slope < 10 and offset == pytest.approx(0, abs=1e-9)


def test_platt_does_not_mind_where_the_margins_lie_or_how_close_they_are() -> None:
    margin, label = np.array([-1.0, 0.5, 1.0, -0.2, 0.3]), [0, 0, 1, 1, 1]
    slope, offset = fit_platt(margin, label)
    narrow_slope, narrow_offset = fit_platt(1e-6 * margin - 0.9995, label)
    assert narrow_slope == pytest.approx(slope * 1e6, rel=1e-6)
    assert narrow_offset == pytest.approx(offset + slope * 0.9995e6, rel=1e-6)


def test_equal_margins_give_everyone_the_smoothed_share_of_positives() -> None:
    # Targets 2/3 and 1/4 for one positive and two negatives: mean 7/18, odds 7/11.
    assert fit_platt([0.5, 0.5, 0.5], [1, 0, 0]) == (0.0, pytest.approx(math.log(7 / 11), rel=1e-12))


def test_a_weight_of_two_is_a_patient_twice() -> None:
    margin, label = [-1.0, 0.5, 1.0, -0.2, 0.3], [0, 0, 1, 1, 1]
    twice = fit_platt([*margin, 0.5], [*label, 0])
    np.testing.assert_allclose(fit_platt(margin, label, [1, 2, 1, 1, 1]), twice, rtol=1e-9)


def test_the_brier_score_of_a_coin_is_a_quarter() -> None:
    assert brier_score([0, 1, 1], [0.5, 0.5, 0.5]) == 0.25
    assert brier_score([0, 1, 1], [0.5, 0.5, 0.0], [2.0, 1.0, 0.0]) == 0.25


def test_r_finds_the_same_slope_and_intercepts_with_limits() -> None:
    table, expected = r_table("diagnosis"), r_numbers("calibration")
    ours = calibration(table["y"], table["p"])
    for name in ("slope", "intercept", "in_the_large"):
        found = getattr(ours, name)
        assert [found.value, found.low, found.high, found.se] == pytest.approx(expected[name], abs=1e-9), name


def test_r_finds_the_same_test_of_spiegelhalter() -> None:
    table = r_table("diagnosis")
    ours = spiegelhalter(table["y"], table["p"])
    assert [ours.statistic, ours.p] == pytest.approx(r_numbers("calibration")["spiegelhalter"], abs=1e-12)


@pytest.mark.parametrize("end", [0.0, 1.0, np.nan])
def test_a_probability_without_a_logit_is_refused(end: float) -> None:
    with pytest.raises(InputError, match="1 of 3 probabilities"):
        calibration([0, 1, 1], [0.2, 0.7, end])


@pytest.mark.shared
def test_r_finds_the_same_calibration(shared_data: Path) -> None:
    reference = shared_data.parent / "reference"
    table = pd.read_csv(reference / "inputs/calib.csv")
    expected = json.loads((reference / "outputs/calibration.json").read_text())["fit"]
    slope, in_the_large = calibration_slope(table["y"], table["p"])
    assert slope == pytest.approx(expected["slope"], abs=1e-6)
    assert in_the_large == pytest.approx(expected["intercept_in_large"], abs=1e-6)
    assert brier_score(table["y"], table["p"]) == pytest.approx(expected["brier"], abs=1e-12)
    ours, test = calibration(table["y"], table["p"]), spiegelhalter(table["y"], table["p"])
    # These came from glm's default epsilon, whose errors are those of the last step but one.
    assert [ours.in_the_large.low, ours.in_the_large.high] == pytest.approx(expected["ci_int"], abs=1e-5)
    assert [ours.slope.low, ours.slope.high] == pytest.approx(expected["ci_slope"], abs=1e-5)
    published = json.loads((reference / "outputs/calibration.json").read_text())["spiegelhalter"]
    assert (test.statistic, test.p) == pytest.approx((published["z"], published["p"]), abs=1e-10)
