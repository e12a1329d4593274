"""Decision curves against dcurves and a hand computation."""

from __future__ import annotations

import numpy as np
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.bootstrap import bootstrap_values
from LWCTRLogic.stats.decision_curve import decision_curve, decision_curve_survival
from Testing.r_reference import r_numbers, r_table

THRESHOLDS = [0, 0.1, 0.25, 0.4, 0.5, 0.7]


def test_dcurves_finds_the_same_net_benefit() -> None:
    table, expected = r_table("diagnosis"), r_numbers("threshold")["decision"]
    ours = decision_curve(table["y"], table["p"], THRESHOLDS)
    np.testing.assert_allclose(ours.model, expected["model"], atol=1e-12)
    np.testing.assert_allclose(ours.treat_all, expected["all"], atol=1e-12)
    assert not ours.treat_none.any()


def test_dcurves_finds_the_same_net_benefit_under_censoring() -> None:
    table, expected = r_table("survival"), r_numbers("threshold")["decision_survival"]
    ours = decision_curve_survival(table["time"], table["event"], table["risk12"], 12, THRESHOLDS)
    np.testing.assert_allclose(ours.model, expected["model"], atol=1e-12)
    np.testing.assert_allclose(ours.treat_all, expected["all"], atol=1e-12)


def test_the_net_benefit_of_four_patients_is_that_computed_by_hand() -> None:
    # Above ½: one true and one false alarm of four; odds 1.
    assert decision_curve([1, 0, 1, 0], [0.9, 0.6, 0.4, 0.1], 0.5).model.tolist() == [0]
    assert decision_curve([1, 0, 1, 0], [0.9, 0.6, 0.4, 0.1], 0.4).model[0] == pytest.approx((2 - 2 / 3) / 4)


def test_the_limits_have_the_width_that_drawing_patients_again_shows() -> None:
    table, survival = r_table("diagnosis"), r_table("survival")
    y, p = table["y"].to_numpy(), table["p"].to_numpy()
    time, event, risk = (survival[name].to_numpy() for name in ("time", "event", "risk12"))
    drawn = bootstrap_values(
        lambda rows: decision_curve(y[rows], p[rows], [0.25, 0.5]).model, len(y), 0, draws=400
    )
    ours = decision_curve(y, p, [0.25, 0.5])
    np.testing.assert_allclose((ours.high - ours.low) / 3.92, drawn.std(axis=0), rtol=0.12)

    def again(rows: np.ndarray) -> np.ndarray:
        return decision_curve_survival(time[rows], event[rows], risk[rows], 12, [0.25, 0.5]).model

    ours = decision_curve_survival(time, event, risk, 12, [0.25, 0.5])
    spread = bootstrap_values(again, len(time), 0, draws=400).std(axis=0)
    np.testing.assert_allclose((ours.high - ours.low) / 3.92, spread, rtol=0.12)


def test_a_threshold_above_everybody_treats_nobody() -> None:
    assert decision_curve([1, 0], [0.2, 0.1], 0.5).model[0] == 0
    assert decision_curve_survival([1, 20], [1, 0], [0.2, 0.1], 12, 0.5).model[0] == 0


def test_follow_up_that_ends_before_the_horizon_has_no_net_benefit() -> None:
    assert np.isnan(decision_curve_survival([1, 5], [1, 0], [0.9, 0.8], 12, 0.5).model[0])


def test_what_is_no_probability_is_refused() -> None:
    with pytest.raises(InputError, match="outside 0…1"):
        decision_curve([0, 1], [0.1, 1.5], 0.5)
    with pytest.raises(InputError, match="to 1"):
        decision_curve([0, 1], [0.1, 0.5], [0.5, 1.0])
