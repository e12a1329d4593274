"""Calibration of predicted survival under censoring, against R and simulated truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.calibration import calibration
from LWCTRLogic.stats.calibration_survival import calibration_survival, weighted_logistic
from LWCTRLogic.stats.censoring import CensoringWeights
from Testing.r_reference import r_numbers, r_table


@pytest.fixture
def survival() -> pd.DataFrame:
    return r_table("survival")


def test_wglm_finds_the_same_coefficients_and_errors(survival: pd.DataFrame) -> None:
    # wglm models dying, and lets those who died at a tied time be censored at it: signs turned, ties broken.
    time = survival["time"] + np.arange(len(survival)) / 1000
    logit = np.log((1 - survival["risk12"]) / survival["risk12"])
    design = np.column_stack([np.ones(len(survival)), logit])
    coefficients, covariance = weighted_logistic(CensoringWeights.of(time, survival["event"]), design, 12)
    expected = r_numbers("calibration")["survival_fit"]
    np.testing.assert_allclose(-coefficients, expected["coefficients"], atol=1e-6)
    np.testing.assert_allclose(np.sqrt(np.diag(covariance)), expected["errors"], atol=1e-6)


def test_r_finds_the_same_kaplan_meier_estimates_in_all_and_in_groups(survival: pd.DataFrame) -> None:
    expected = r_numbers("calibration")
    ours = calibration_survival(survival["time"], survival["event"], 1 - survival["risk12"], 12)
    assert [ours.observed.value, ours.observed.low, ours.observed.high] == pytest.approx(
        expected["km"], abs=1e-12
    )
    found = [
        [group.patients, group.predicted, group.observed.value, group.observed.low, group.observed.high]
        for group in ours.groups
    ]
    np.testing.assert_allclose(found, expected["groups"], atol=1e-12)
    ratio = (1 - ours.observed.value) / survival["risk12"].mean()
    assert ours.risk_ratio.value == pytest.approx(ratio, rel=1e-12)
    assert ours.risk_ratio.low < ours.risk_ratio.value < ours.risk_ratio.high


def test_right_predictions_are_found_right_although_a_third_is_censored() -> None:
    rng = np.random.default_rng(8)
    predictor = rng.normal(0, 1, 3000)
    hazard = 0.05 * np.exp(predictor)
    death, lost = rng.exponential(1 / hazard), rng.exponential(30, 3000)
    time, event = np.minimum(death, lost), death <= lost
    right = np.exp(-12 * hazard)
    ours = calibration_survival(time, event, right, 12)
    for found, truth in ((ours.weak.slope, 1), (ours.weak.in_the_large, 0), (ours.risk_ratio, 1)):
        assert abs(found.value - truth) < 3 * found.se
    assert ours.curve.ici < 0.03
    late = calibration_survival(time, event, right**1.5, 12)  # too pessimistic
    assert late.weak.in_the_large.low > 0 and late.risk_ratio.high < 1


def test_losses_that_depend_on_the_prediction_are_weighed_within_groups_of_it() -> None:
    rng = np.random.default_rng(0)
    risk = rng.normal(size=8000)
    hazard = np.exp(risk) / 15
    death, lost = rng.exponential(1 / hazard), rng.exponential(12 * np.exp(-risk))
    time, event, right = np.minimum(death, lost), death <= lost, np.exp(-12 * hazard)
    group = np.digitize(risk, np.quantile(risk, np.arange(0.1, 1, 0.1)))
    plain, grouped = (
        calibration_survival(time, event, right, 12, censoring_groups=g).weak.slope.value
        for g in (None, group)
    )
    assert abs(grouped - 1) < 0.07 < abs(plain - 1)


def test_without_censoring_the_weights_change_nothing(survival: pd.DataFrame) -> None:
    alive = survival["time"] > 12
    ours = calibration_survival(survival["time"], np.ones(len(survival)), 1 - survival["risk12"], 12).weak
    plain = calibration(alive, 1 - survival["risk12"])
    assert ours.slope.value == pytest.approx(plain.slope.value, abs=1e-9)
    assert ours.slope.se == pytest.approx(plain.slope.se, rel=0.2)  # sandwich against model


def test_a_far_group_of_whom_all_died_does_not_make_the_slope_sure() -> None:
    rng = np.random.default_rng(4)
    far, logits = np.arange(400) < 60, rng.normal(-1, 0.1, 400)
    logits[far] = rng.normal(-10, 0.1, 60)
    time = np.where(~far & (rng.random(400) < 0.25), 30.0, 10.0)
    ours = calibration_survival(time, np.ones(400), expit(logits), 24, knots=3).weak.slope

    def slope(survivors: int) -> float:
        other = time.copy()
        other[:survivors] = 30.0
        return calibration_survival(other, np.ones(400), expit(logits), 24, knots=3).weak.slope.value

    # the interval knows what one survivor of sixty would do, and is the model's own
    assert ours.low < slope(1) < ours.value
    plain = calibration(time > 24, expit(logits)).slope
    assert (ours.low, ours.high) == (pytest.approx(plain.low), pytest.approx(plain.high))


def test_a_horizon_beyond_the_follow_up_or_a_certain_prediction_is_refused(survival: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="longest follow-up"):
        calibration_survival(survival["time"], survival["event"], 1 - survival["risk12"], 99)
    with pytest.raises(InputError, match="1 of 240 probabilities"):
        certain = (1 - survival["risk12"]).where(survival.index > 0, 1.0)
        calibration_survival(survival["time"], survival["event"], certain, 12)
