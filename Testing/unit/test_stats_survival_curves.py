"""Kaplan–Meier curves against R and hand computations."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.survival_curves import SurvivalCurve, survival_at, survival_curve
from Testing.r_reference import r_numbers, r_table


@pytest.fixture
def arms() -> dict[int, SurvivalCurve]:
    return {
        arm: survival_curve(rows["time"], rows["event"]) for arm, rows in r_table("survival").groupby("arm")
    }


def test_r_finds_the_same_curve_limits_errors_and_numbers_at_risk() -> None:
    table, expected = r_table("survival"), r_numbers("survival_curves")["curve"]
    ours = survival_curve(table["time"], table["event"])
    np.testing.assert_allclose(ours.times, expected["time"], rtol=1e-14)
    np.testing.assert_allclose(ours.at_risk, expected["at_risk"], rtol=1e-14)
    for name, column in {
        "survival": ours.survival,
        "low": ours.low,
        "high": ours.high,
        "se": ours.se,
    }.items():
        np.testing.assert_allclose(column, np.array(expected[name], dtype=float), atol=1e-12, err_msg=name)


def test_r_finds_the_same_at_chosen_times_and_levels(arms: dict[int, SurvivalCurve]) -> None:
    for row in pd.DataFrame(r_numbers("survival_curves")["arms"]).itertuples():
        found = arms[row.arm].at(row.time)
        assert [found.value, found.low, found.high] == pytest.approx(
            [row.survival, row.low, row.high], abs=1e-12
        )
        assert arms[row.arm].numbers_at_risk([row.time]).tolist() == [row.at_risk]
    table, expected = r_table("survival"), r_numbers("survival_curves")["ninety"]
    found = survival_curve(table["time"], table["event"], level=0.9).at(12)
    assert (found.low, found.high) == pytest.approx((expected["low"], expected["high"]), abs=1e-12)


def test_r_finds_the_same_quantiles_and_limits(arms: dict[int, SurvivalCurve]) -> None:
    expected = r_numbers("survival_curves")["quantiles"]
    for arm, curve in arms.items():
        for column, share in enumerate((0.25, 0.5, 0.75)):
            found = curve.quantile(share)
            r = [expected[key][arm][column] for key in ("value", "low", "high")]
            np.testing.assert_allclose([found.value, found.low, found.high], np.array(r, dtype=float))


def test_a_step_that_lies_on_one_half_has_its_middle_as_median() -> None:
    assert (
        survival_curve([1, 2, 3, 4], [1, 1, 1, 1]).median().value
        == r_numbers("survival_curves")["even"]
        == 2.5
    )
    assert survival_curve([1, 2, 3, 4], [1, 1, 0, 0]).median().value == 2


def test_a_median_that_is_not_reached_is_nan() -> None:
    assert np.isnan(survival_curve([1, 2, 3], [1, 0, 0]).median().value)


def test_the_curve_is_one_before_the_first_event_and_unknown_after_the_last_follow_up() -> None:
    curve = survival_curve([2, 3, 4], [1, 1, 0])
    before, after = curve.at(1.0), curve.at(4.5)
    assert (before.value, before.low, before.high, before.se) == (1, 1, 1, 0)
    assert np.isnan(after.value) and curve.at(4.0).value == pytest.approx(1 / 3)
    assert curve.numbers_at_risk([0, 2, 2.5, 4, 5]).tolist() == [3, 3, 2, 1, 0]
    dead = survival_curve([2, 3], [1, 1]).at(9.0)
    assert dead.value == 0 and np.isnan(dead.low)


@pytest.mark.parametrize(
    ("time", "event", "reason"),
    [
        ([], [], "n ≥ 1"),
        ([-1.0], [1], "negative"),
        ([1.0], [2], "0 and 1"),
        ([1.0, 2.0], [1], "events of shape"),
    ],
)
def test_follow_up_that_is_none_is_refused(time: list, event: list, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        survival_curve(time, event)


@pytest.mark.shared
def test_the_lung_data_give_the_numbers_of_r(shared_data: Path) -> None:
    reference = shared_data.parent / "reference"
    table = pd.read_csv(reference / "inputs/lung.csv")
    expected = json.loads((reference / "outputs/km_logrank.json").read_text())
    curves = {sex: survival_curve(rows["time"], rows["event"]) for sex, rows in table.groupby("sex")}
    for row in expected["surv_loglog"]:
        found = curves[row["sex"]].at(row["time"])
        r = [row["surv"], row["lower"], row["upper"], row["se"]]
        assert [found.value, found.low, found.high, found.se] == pytest.approx(r, abs=1e-12)
        assert curves[row["sex"]].numbers_at_risk([row["time"]]).tolist() == [row["n.risk"]]
    medians = [curves[sex].median() for sex in (1, 2)]
    r = expected["median_ci_loglog"]
    assert [m.value for m in medians] == r["quantile"]
    assert ([m.low for m in medians], [m.high for m in medians]) == (r["lower"], r["upper"])


def test_the_estimate_at_one_time_is_that_of_the_whole_curve() -> None:
    rng = np.random.default_rng(6)
    times, events = np.sort(rng.integers(1, 20, 60)).astype(float), rng.random(60) < 0.6
    for last_dies in (False, True):
        events[-3:] = last_dies
        curve = survival_curve(times, events)
        for horizon in (0.5, 1.0, 7.0, 12.5, times[-1], 40.0):
            whole, one = curve.at(horizon), survival_at(times, events, horizon)
            np.testing.assert_allclose([one.value, one.se], [whole.value, whole.se], rtol=1e-12)
