"""Times that only rounding parts are one time: the rule, and what follows from it, against R."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from LWCTRLogic.stats.censoring import alive_at
from LWCTRLogic.stats.competing_risks import cumulative_incidence
from LWCTRLogic.stats.concordance import harrell_c, uno_c
from LWCTRLogic.stats.cox import fit_cox
from LWCTRLogic.stats.logrank import logrank
from LWCTRLogic.stats.proportional_hazards import proportional_hazards
from LWCTRLogic.stats.steps import Floats
from LWCTRLogic.stats.survival_curves import survival_curve
from LWCTRLogic.stats.ties import tied
from Testing.r_reference import r_numbers, r_table

R = r_numbers("ties")


@pytest.fixture
def patients() -> dict[str, Any]:
    """Months from a scan, as differences of months: many that are equal on paper are not to the last bit."""
    table = r_table("survival")
    shift = ((np.arange(len(table)) + 1) % 37 + 1) / 10
    columns = {name: table[name].to_numpy() for name in ("event", "cause", "arm", "stage", "score")}
    return {"time": (table["time"].to_numpy() + shift) - shift, **columns}


def test_the_table_is_the_one_that_r_read(patients: dict[str, Any]) -> None:
    assert len(np.unique(patients["time"])) == R["distinct"]["raw"] > R["distinct"]["fixed"]


@pytest.mark.parametrize("name", ["chain", "relative", "apart"])
def test_close_times_become_the_earliest_of_their_chain_as_in_r(name: str) -> None:
    case = R["close"][name]
    assert tied(case["given"]).tolist() == case["rounded"]


def test_times_without_close_neighbours_come_back_as_they_were() -> None:
    times = np.array([3.0, np.inf, 1.0, 1.0, np.nan, 2.0])
    np.testing.assert_array_equal(tied(times), times)
    assert tied([]).size == 0
    near = np.array([1.0, np.inf, 1.0 + 1e-12, np.nan])
    np.testing.assert_array_equal(tied(near), [1.0, np.inf, 1.0, np.nan])


@given(st.lists(st.floats(0.01, 600), min_size=1, max_size=30))
def test_no_time_moves_by_more_than_its_chain_and_the_order_stays(months: list[float]) -> None:
    times = np.array(months)
    moved = tied(times)
    assert (moved <= times).all() and (
        times - moved <= len(times) * 1.5e-8 * max(1.0, times.mean() * 30)
    ).all()
    order = np.argsort(times, kind="stable")
    assert (np.diff(moved[order]) >= 0).all()


def test_r_fits_the_same_cox_model_and_another_one_to_the_bare_times(patients: dict[str, Any]) -> None:
    x = np.column_stack([patients["arm"], patients["score"]]).astype(float)
    fit = fit_cox(patients["time"], patients["event"], x)
    fixed, raw = R["cox"]["fixed"], R["cox"]["raw"]
    assert fit.coefficients.tolist() == pytest.approx(fixed["coefficients"], abs=1e-9)
    assert fit.log_likelihood == pytest.approx(fixed["likelihood"], abs=1e-9)
    assert abs(raw["coefficients"][0] - fixed["coefficients"][0]) > 1e-3  # so this test can tell them apart
    test = proportional_hazards(fit, patients["time"], patients["event"], x).overall
    assert test.statistic == pytest.approx(R["zph"], abs=1e-7)


def test_r_draws_the_same_curve(patients: dict[str, Any]) -> None:
    curve = survival_curve(patients["time"], patients["event"])
    assert len(curve.times) == R["distinct"]["fixed"]
    for name, ours in (
        ("time", curve.times),
        ("survival", curve.survival),
        ("low", curve.low),
        ("high", curve.high),
    ):
        np.testing.assert_allclose(ours, np.array(R["curve"][name], dtype=float), rtol=1e-12, atol=1e-12)


def test_r_finds_the_same_log_rank_concordance_and_incidence(patients: dict[str, Any]) -> None:
    time, event = patients["time"], patients["event"]
    assert logrank(time, event, patients["stage"]).test.statistic == pytest.approx(R["logrank"], abs=1e-10)
    assert harrell_c(time, event, patients["score"]).estimate.value == pytest.approx(R["harrell"], abs=1e-12)
    assert uno_c(time, event, patients["score"], tau=24).estimate.value == pytest.approx(R["uno"], abs=1e-12)
    ours = cumulative_incidence(time, patients["cause"])
    at = np.searchsorted(R["curve"]["time"], ours.times)
    np.testing.assert_allclose(ours.incidence, np.array(R["incidence"])[at], atol=1e-12)


def test_censoring_weights_do_not_depend_on_round_off(patients: dict[str, Any]) -> None:
    clean: Floats = r_table("survival")["time"].to_numpy()
    ours, expected = (alive_at(time, patients["event"], 10.2) for time in (patients["time"], clean))
    np.testing.assert_array_equal(ours[0], expected[0])
    np.testing.assert_allclose(ours[1], expected[1], rtol=1e-12)
