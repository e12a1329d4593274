"""Kaplan–Meier and censoring weights against hand computations and R."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.censoring import (
    CensoringWeights,
    alive_at,
    censoring_influence,
    censoring_survival,
    kaplan_meier,
)
from LWCTRLogic.stats.steps import step_at


def test_a_step_function_takes_its_new_value_at_the_jump() -> None:
    values = step_at([1.0, 2.0], [0.5, 0.25], [0.0, 0.999, 1.0, 1.5, 2.0, 99.0], 1.0)
    assert values.tolist() == [1.0, 1.0, 0.5, 0.5, 0.25, 0.25]


def test_kaplan_meier_is_that_computed_by_hand() -> None:
    # 5 patients: event 1, censored 2, event and censored at 3 (the event first), event 4.
    times, survival = kaplan_meier([1, 2, 3, 3, 4], [1, 0, 1, 0, 1])
    assert times.tolist() == [1, 2, 3, 4]
    np.testing.assert_allclose(survival, [4 / 5, 4 / 5, 4 / 5 * 2 / 3, 0], rtol=1e-14)


def test_who_died_at_a_time_is_not_at_risk_of_being_censored_at_it() -> None:
    _, free = censoring_survival([1, 2, 3, 3, 4], [1, 0, 1, 0, 1])
    np.testing.assert_allclose(free, [1, 3 / 4, 3 / 4 * 1 / 2, 3 / 8], rtol=1e-14)


def test_the_weights_are_those_computed_by_hand() -> None:
    alive, weight = alive_at([1, 2, 3, 3, 4], [1, 0, 1, 0, 1], horizon=3.5)
    assert alive.tolist() == [False, False, False, False, True]
    np.testing.assert_allclose(weight, [1, 0, 4 / 3, 0, 8 / 3], rtol=1e-14)


def test_the_weights_sum_to_the_number_of_patients() -> None:
    rng = np.random.default_rng(0)
    time, event = rng.exponential(20, 60).round(), rng.integers(0, 2, 60)
    _, weight = alive_at(time, event, 12.0)
    assert weight.sum() == pytest.approx(60, rel=1e-12)


def test_the_influence_through_the_weights_is_that_computed_by_hand() -> None:
    # Events at 1 and 3, and a censoring at 2 of two at risk, which only the event at 3 feels.
    found = censoring_influence([1, 2, 3], [1, 0, 1], pull=[5.0, 0.0, 6.0], until=[1, 2, 3])
    np.testing.assert_allclose(found, [0, 6 / 2 - 6 / 2 / 2, -6 / 2 / 2], rtol=1e-14)


def test_without_censoring_the_weights_add_no_influence() -> None:
    found = censoring_influence([1, 2, 3], [1, 1, 1], pull=[5.0, 1.0, 6.0], until=[1, 2, 3])
    assert found.tolist() == [0, 0, 0]


def test_groups_have_the_weights_and_influence_that_each_has_alone() -> None:
    rng = np.random.default_rng(4)
    time, event = rng.exponential(20, 80).round(), rng.integers(0, 2, 80)
    group, pull = np.arange(80) % 3, rng.random(80)
    weights = CensoringWeights.of(time, event, group)
    _, weight = weights.alive_at(12.0)
    influence = weights.influence(pull, weights.until(12.0))
    for one in range(3):
        rows = group == one
        alone = CensoringWeights.of(time[rows], event[rows])
        np.testing.assert_array_equal(weight[rows], alone.alive_at(12.0)[1])
        np.testing.assert_array_equal(influence[rows], alone.influence(pull[rows], alone.until(12.0)))
    with pytest.raises(InputError, match=r"groups of shape \(2,\)"):
        CensoringWeights.of(time, event, [0, 1])


def test_a_group_that_ended_before_the_horizon_has_weights_for_its_events_only() -> None:
    alive, weight = CensoringWeights.of([1, 2, 3, 9], [1, 0, 1, 0], [0, 0, 0, 1]).alive_at(5)
    assert alive.tolist() == [False, False, False, True]
    assert weight.tolist() == [1, 0, 2, 1]


def test_a_horizon_that_nobody_reached_is_refused() -> None:
    with pytest.raises(InputError, match="longest follow-up is 4"):
        alive_at([1, 4], [1, 0], 12.0)


@pytest.mark.shared
def test_the_lung_data_give_the_survival_of_r(shared_data: Path) -> None:
    reference = shared_data.parent / "reference"
    table = pd.read_csv(reference / "inputs/lung.csv")
    rows = json.loads((reference / "outputs/km_logrank.json").read_text())["surv_loglog"]
    for row in rows:
        group = table[table["sex"] == row["sex"]]
        times, survival = kaplan_meier(group["time"], group["event"])
        assert step_at(times, survival, [row["time"]], 1.0)[0] == pytest.approx(row["surv"], abs=1e-12)
