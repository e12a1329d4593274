"""Time-dependent AUC against R and hand computations."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.bootstrap import bootstrap_values
from LWCTRLogic.stats.censoring import alive_at
from LWCTRLogic.stats.discrimination import weighted_auc
from LWCTRLogic.stats.time_dependent import (
    time_dependent_auc,
    time_dependent_auc_difference,
    time_dependent_roc,
)
from Testing.r_reference import r_numbers, r_table


@pytest.fixture
def survival() -> pd.DataFrame:
    return r_table("survival")


@pytest.fixture
def untied(survival: pd.DataFrame) -> pd.DataFrame:
    return survival.assign(time=survival["time"] + np.arange(len(survival)) / 1000)


def test_risk_regression_finds_the_same_auc_error_and_limits(survival: pd.DataFrame) -> None:
    expected = pd.DataFrame(r_numbers("time_dependent")["auc"])
    for row in expected.itertuples():
        ours = time_dependent_auc(
            survival["time"], survival["event"], survival[row.model], row.times
        ).estimate
        found = [ours.value, ours.se, ours.low, ours.high]
        assert found == pytest.approx([row.AUC, row.se, row.lower, row.upper], abs=1e-10)


def test_risk_regression_finds_the_same_paired_test_with_the_sign_of_a_minus_b(
    survival: pd.DataFrame,
) -> None:
    expected = r_numbers("time_dependent")["auc_difference"]
    for column, horizon in enumerate(expected["times"]):
        ours = time_dependent_auc_difference(
            survival["time"], survival["event"], survival["rival"], survival["score"], horizon
        )
        found = [ours.difference.value, ours.difference.se, ours.difference.low, ours.test.p]
        keys = ("delta.AUC", "se", "lower", "p")
        assert found == pytest.approx([expected[key][column] for key in keys], abs=1e-10)


def test_time_roc_finds_the_same_without_tied_times(untied: pd.DataFrame) -> None:
    expected = r_numbers("time_dependent")["timeroc"]
    for column, horizon in enumerate((6, 12, 24)):
        ours = time_dependent_auc(untied["time"], untied["event"], untied["score"], horizon).estimate
        assert [ours.value, ours.se] == pytest.approx(
            [expected["auc"][column], expected["se"][column]], abs=1e-10
        )
        test = time_dependent_auc_difference(
            untied["time"], untied["event"], untied["score"], untied["rival"], horizon
        ).test
        assert test.p == pytest.approx(expected["p"][column], abs=1e-10)


def test_risk_regression_finds_the_same_with_competing_causes(survival: pd.DataFrame) -> None:
    expected = r_numbers("time_dependent")["competing"]
    data = survival["time"], survival["cause"]
    for place, (model, horizon) in enumerate(zip(expected["model"], expected["times"], strict=True)):
        ours = time_dependent_auc(*data, survival[model], horizon).estimate
        assert (ours.value, ours.se) == pytest.approx(
            (expected["AUC"][place], expected["se"][place]), abs=1e-10
        )
    for place, horizon in enumerate((12, 24)):
        test = time_dependent_auc_difference(*data, survival["rival"], survival["score"], horizon).test
        assert test.p == pytest.approx(expected["p"][place], abs=1e-10)


def test_time_roc_finds_the_same_with_competing_causes_and_no_ties(untied: pd.DataFrame) -> None:
    for horizon, expected in zip((12, 24), r_numbers("time_dependent")["competing"]["timeroc"], strict=True):
        ours = time_dependent_auc(untied["time"], untied["cause"], untied["score"], horizon)
        assert ours.estimate.value == pytest.approx(expected, abs=1e-10)
        assert ours.cases == ((untied["cause"] == 1) & (untied["time"] <= horizon)).sum()


def test_time_roc_finds_the_same_curve(untied: pd.DataFrame) -> None:
    expected = r_numbers("time_dependent")["timeroc"]
    false_alarms, sensitivity, cuts = time_dependent_roc(untied["time"], untied["event"], untied["score"], 12)
    assert cuts[0] == np.inf and len(cuts) == len(untied) + 1
    np.testing.assert_allclose(false_alarms, expected["fp"], atol=1e-10)
    np.testing.assert_allclose(sensitivity, expected["tp"], atol=1e-10)
    area = np.trapezoid(sensitivity, false_alarms)
    assert area == pytest.approx(expected["auc"][1], abs=1e-12)


def test_the_value_is_the_weighted_auc_and_without_censoring_the_plain_one(survival: pd.DataFrame) -> None:
    ours = time_dependent_auc(survival["time"], survival["event"], survival["score"], 12)
    alive, weight = alive_at(survival["time"], survival["event"], 12)
    assert ours.estimate.value == pytest.approx(weighted_auc(~alive, survival["score"], weight), rel=1e-12)
    assert ours.cases + ours.controls + ours.unknown == len(survival)
    # Deaths at 1 and 2 (risks 3, 1) against two who lived on (risks 2, 1): 1, 1, 0 and ½ of 4 pairs.
    assert time_dependent_auc([1, 2, 5, 6], [1, 1, 0, 0], [3, 1, 2, 1], 3).estimate.value == 2.5 / 4


def test_the_influence_has_mean_zero_and_foretells_leaving_a_patient_out(survival: pd.DataFrame) -> None:
    time, event, risk = (survival[name].to_numpy() for name in ("time", "event", "score"))
    ours = time_dependent_auc(time, event, risk, 12)
    assert ours.influence.mean() == pytest.approx(0, abs=1e-12)
    n, shift = len(time), []
    for row in range(0, n, 8):
        kept = np.arange(n) != row
        without = time_dependent_auc(time[kept], event[kept], risk[kept], 12).estimate.value
        shift.append((n - 1) * (ours.estimate.value - without))
    np.testing.assert_allclose(shift, ours.influence[::8], atol=0.05)
    assert np.corrcoef(shift, ours.influence[::8])[0, 1] > 0.999


def _lost_by_risk(seed: int, patients: int) -> tuple[np.ndarray, ...]:
    """Time, event and risk, where those at high risk are also lost early; and the time of death."""
    rng = np.random.default_rng(seed)
    risk = rng.normal(size=patients)
    death = rng.exponential(15 * np.exp(-risk))
    lost = rng.exponential(12 * np.exp(-risk))
    return np.minimum(death, lost), death <= lost, risk, death


def test_losses_that_depend_on_the_risk_are_weighed_within_groups_of_it() -> None:
    time, event, risk, death = _lost_by_risk(0, 20_000)
    truth = weighted_auc(death <= 12, risk)
    group = np.digitize(risk, np.quantile(risk, np.arange(0.1, 1, 0.1)))
    plain = time_dependent_auc(time, event, risk, 12).estimate.value
    grouped = time_dependent_auc(time, event, risk, 12, censoring_groups=group).estimate.value
    assert abs(grouped - truth) < 0.006 and abs(plain - truth) > 0.02


def test_the_error_with_groups_is_the_spread_that_drawing_patients_again_shows() -> None:
    time, event, risk, _ = _lost_by_risk(1, 300)
    group = risk > 0
    ours = time_dependent_auc(time, event, risk, 8, censoring_groups=group).estimate

    def again(rows: np.ndarray) -> float:
        drawn = time_dependent_auc(time[rows], event[rows], risk[rows], 8, censoring_groups=group[rows])
        return drawn.estimate.value

    assert bootstrap_values(again, 300, 2, draws=300).std() == pytest.approx(ours.se, rel=0.15)
    same = time_dependent_auc_difference(time, event, risk, -risk, 8, censoring_groups=group)
    assert same.difference.value == pytest.approx(2 * ours.value - 1)


@pytest.mark.parametrize(
    ("time", "event", "risk", "reason"),
    [
        ([1, 5], [0, 0], [1, 2], "no event up to 3"),
        ([1, 2], [1, 0], [1, 2], "longest follow-up is 2"),
        ([1, 5], [1, 0], [1, np.nan], "1 risks are missing"),
    ],
)
def test_input_without_an_auc_is_refused(time: list, event: list, risk: list, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        time_dependent_auc(time, event, risk, 3)
    if np.isfinite(risk).all():
        with pytest.raises(InputError, match=reason):
            time_dependent_roc(time, event, risk, 3)
