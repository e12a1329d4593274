"""Performance at a cut-off against R, with and without censoring."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.threshold import ThresholdPerformance, at_threshold, at_threshold_survival
from Testing.r_reference import r_numbers, r_table

NAMES = ("sensitivity", "specificity", "ppv", "npv", "accuracy", "youden")


@pytest.fixture
def untied() -> pd.DataFrame:
    table = r_table("survival")
    return table.assign(time=table["time"] + np.arange(len(table)) / 1000, survival=1 - table["risk12"])


def test_r_finds_the_same_shares_and_limits_of_wilson() -> None:
    table, expected = r_table("diagnosis"), r_numbers("threshold")["binary"]
    ours = at_threshold(table["y"], table["p"], 0.4)
    for name in NAMES[:-1]:
        found = getattr(ours, name)
        assert [found.value, found.low, found.high] == pytest.approx(expected[name], abs=1e-12), name
    # J of 42 of 59 and 57 of 81, the two variances added.
    error = np.sqrt(42 * 17 / 59**3 + 57 * 24 / 81**3)
    assert (ours.youden.value, ours.youden.se) == pytest.approx((42 / 59 + 57 / 81 - 1, error))
    assert ours.table.tolist() == [[57, 24], [17, 42]]


def test_a_score_at_the_cut_off_is_called_positive() -> None:
    assert at_threshold([0, 1], [0.1, 0.52], 0.52).sensitivity.value == 1


def test_time_roc_finds_the_same_shares_and_errors_under_censoring(untied: pd.DataFrame) -> None:
    # timeROC calls the event positive; here living on is: sensitivity and specificity, PPV and NPV change places.
    ours = at_threshold_survival(untied["time"], untied["event"], untied["survival"], 0.45, 12)
    expected = r_numbers("threshold")["survival"]
    pairs = {"specificity": "sensitivity", "sensitivity": "specificity", "npv": "ppv", "ppv": "npv"}
    for place, (name, theirs) in enumerate(pairs.items()):
        found = getattr(ours, name)
        assert found.value == pytest.approx(expected[f"event_{theirs}"], abs=1e-10)
        assert found.se == pytest.approx(expected["se"][place], abs=1e-10)
        assert found.low < found.value < found.high
    assert ours.table.sum() == pytest.approx(len(untied))


def test_drawing_patients_again_gives_about_the_same_limits(untied: pd.DataFrame) -> None:
    time, event, score = untied["time"], untied["event"], untied["survival"]
    analytic = at_threshold_survival(time, event, score, 0.45, 12)
    drawn = at_threshold_survival(time, event, score, 0.45, 12, draws=400, seed=3)
    for name in NAMES:
        a, b = getattr(analytic, name), getattr(drawn, name)
        assert a.value == b.value
        assert (b.low, b.high) == pytest.approx((a.low, a.high), abs=0.02)


def test_groups_that_are_lost_alike_change_little_and_ones_that_are_not_change_much(
    untied: pd.DataFrame,
) -> None:
    time, event, score = untied["time"], untied["event"], untied["survival"]
    plain = at_threshold_survival(time, event, score, 0.45, 12)
    halves = at_threshold_survival(time, event, score, 0.45, 12, censoring_groups=np.arange(240) % 2)
    assert halves.sensitivity.value == pytest.approx(plain.sensitivity.value, abs=0.03)
    drawn = at_threshold_survival(
        time, event, score, 0.45, 12, censoring_groups=np.arange(240) % 2, draws=200
    )
    assert drawn.sensitivity.low == pytest.approx(halves.sensitivity.low, abs=0.04)
    # Of those called, the longest survivors lost early: they count more once they are weighed among themselves.
    lost = np.where((score > 0.45) & (np.arange(240) % 2 == 0), np.minimum(time, 11), time)
    known = event & (lost == time)
    marginal, within = (
        at_threshold_survival(lost, known, score, 0.45, 12, censoring_groups=g).sensitivity.value
        for g in (None, score > 0.45)
    )
    assert within > marginal + 0.03


def test_without_censoring_the_weights_change_nothing(untied: pd.DataFrame) -> None:
    alive = untied["time"] > 12
    weighted = at_threshold_survival(untied["time"], np.ones(240), untied["survival"], 0.45, 12)
    plain = at_threshold(alive, untied["survival"], 0.45)
    np.testing.assert_allclose(weighted.table, plain.table, rtol=1e-12)
    for name in ("ppv", "youden"):
        assert getattr(weighted, name).se == pytest.approx(getattr(plain, name).se, rel=0.01)


def _unknown(found: ThresholdPerformance) -> bool:
    return bool(np.isnan(found.ppv.value)) and (found.ppv.low, found.ppv.high) == (0, 1)


def test_a_cut_off_above_everybody_leaves_the_positive_predictive_value_unknown(untied: pd.DataFrame) -> None:
    assert _unknown(at_threshold([0, 1], [0.1, 0.2], 0.5))
    time, event, score = untied["time"], untied["event"], untied["survival"]
    ours = at_threshold_survival(time, event, score, 2.0, 12)
    assert _unknown(ours) and _unknown(at_threshold_survival(time, event, score, 2.0, 12, draws=20))
    assert ours.specificity.value == 1 and 0.9 < ours.specificity.low < 1


def test_missing_scores_or_no_patients_are_refused() -> None:
    with pytest.raises(InputError, match="1 of 2 scores"):
        at_threshold([0, 1], [0.1, np.nan], 0.5)
    with pytest.raises(InputError, match="0 of 0 scores"):
        at_threshold([], [], 0.5)


def test_all_survivors_above_the_cut_off_are_a_sensitivity_of_one_whatever_the_rounding() -> None:
    draw = np.random.default_rng(1)
    for _ in range(20):
        time, lost = draw.exponential(15, 160), draw.uniform(5, 40, 160)
        event, seen = time <= lost, np.minimum(time, lost)
        found = at_threshold_survival(seen, event, np.where(seen < 1, 0.0, 1.0), 0.5, 12.0)
        assert found.sensitivity.value == 1.0
        assert 0.9 < found.sensitivity.low < found.sensitivity.high == 1.0
