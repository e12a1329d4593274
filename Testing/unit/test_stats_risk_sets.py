"""Sums over risk sets against adding them up one by one."""

from __future__ import annotations

import numpy as np
import pytest

from LWCTRLogic.stats.risk_sets import RiskSets, risk_sets


@pytest.fixture(params=[1, 3], ids=["one stratum", "three strata"])
def example(request: pytest.FixtureRequest) -> tuple[RiskSets, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(request.param)
    time, event = rng.integers(1, 9, 50).astype(float), rng.random(50) < 0.6
    stratum = rng.integers(0, request.param, 50)
    return risk_sets(time, event, rng.normal(size=(50, 2)), stratum), time, event, stratum


def test_each_event_is_seen_among_those_at_risk_less_its_share_of_the_tied(example: tuple) -> None:
    sets, time, event, stratum = example
    values = np.arange(50.0)[sets.order]
    seen, share = sets.seen(values), sets.share
    rows = sets.order[sets.died]
    for place, row in enumerate(rows):
        at_risk = (time >= time[row]) & (stratum == stratum[row])
        tied = event & (time == time[row]) & (stratum == stratum[row])
        expected = np.arange(50.0)[at_risk].sum() - share[place] * np.arange(50.0)[tied].sum()
        assert seen[place] == pytest.approx(expected, rel=1e-12)


def test_the_shares_of_tied_events_rise_from_nothing_in_equal_steps(example: tuple) -> None:
    sets, *_ = example
    for moment, count in enumerate(sets.counts):
        np.testing.assert_allclose(np.sort(sets.share[sets.event_moment == moment]), np.arange(count) / count)


def test_exposure_counts_the_events_that_a_patient_was_at_risk_of(example: tuple) -> None:
    # Σ_e value_e · (seen sum of v)_e must equal Σ_j v_j · exposure_j, for any v and values.
    sets, *_ = example
    rng = np.random.default_rng(5)
    v, value = rng.random(50), rng.random(int(sets.died.sum()))
    assert value @ sets.seen(v) == pytest.approx(v @ sets.exposure(value), rel=1e-12)


def test_a_patient_censored_before_all_events_is_exposed_to_none() -> None:
    sets = risk_sets(np.array([1.0, 2.0, 3.0]), np.array([False, True, True]), np.zeros((3, 1)))
    exposure = dict(zip(sets.order.tolist(), sets.exposure(np.ones(2)).tolist(), strict=True))
    assert exposure == {0: 0.0, 1: 1.0, 2: 2.0}
