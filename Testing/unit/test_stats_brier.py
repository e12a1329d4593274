"""Brier scores of predicted survival against R and hand computations."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.brier import brier_difference, brier_incidence, brier_survival, integrated_brier
from LWCTRLogic.stats.calibration import brier_score
from LWCTRLogic.stats.censoring import alive_at
from Testing.r_reference import r_numbers, r_table


@pytest.fixture
def survival() -> pd.DataFrame:
    return r_table("survival")


def test_r_finds_the_same_scores_errors_and_null(survival: pd.DataFrame) -> None:
    expected = pd.DataFrame(r_numbers("time_dependent")["brier"]).set_index("model")
    for model, column in {"m": "risk12", "r": "rival12"}.items():
        ours = brier_survival(survival["time"], survival["event"], 1 - survival[column], 12)
        found = [ours.estimate.value, ours.estimate.se, ours.estimate.low, ours.estimate.high]
        assert found == pytest.approx(expected.loc[model].tolist(), abs=1e-10)
        null = expected.loc["Null model", "Brier"]
        assert ours.null == pytest.approx(null, abs=1e-12)
        assert ours.scaled.value == pytest.approx(1 - expected.loc[model, "Brier"] / null, abs=1e-12)


def test_r_finds_the_same_paired_test(survival: pd.DataFrame) -> None:
    expected = r_numbers("time_dependent")["brier_difference"]
    rival, model = (
        brier_survival(survival["time"], survival["event"], 1 - survival[name], 12)
        for name in ("rival12", "risk12")
    )
    ours = brier_difference(rival, model)
    found = [ours.difference.value, ours.difference.se, ours.test.p]
    assert found == pytest.approx([expected[key] for key in ("delta.Brier", "se", "p")], abs=1e-10)


def test_r_finds_the_same_score_of_a_predicted_incidence(survival: pd.DataFrame) -> None:
    expected = pd.DataFrame(r_numbers("time_dependent")["competing_brier"]).set_index("model")
    ours = brier_incidence(survival["time"], survival["cause"], 0.7 * survival["risk12"], 12)
    assert [ours.estimate.value, ours.estimate.se] == pytest.approx(expected.loc["m"].tolist(), abs=1e-10)
    assert ours.null == pytest.approx(expected.loc["Null model", "Brier"], abs=1e-12)


def test_with_one_cause_incidence_scores_as_survival_does(survival: pd.DataFrame) -> None:
    alike = brier_incidence(survival["time"], survival["event"], survival["risk12"], 12)
    plain = brier_survival(survival["time"], survival["event"], 1 - survival["risk12"], 12)
    assert (alike.estimate.value, alike.null) == pytest.approx((plain.estimate.value, plain.null), rel=1e-12)


def test_the_integral_is_that_of_the_curve_of_r_by_trapezoids(survival: pd.DataFrame) -> None:
    expected = r_numbers("time_dependent")["brier_curve"]
    grid = np.array(expected["times"])
    predicted = (1 - survival["risk12"].to_numpy())[:, None] ** (grid / 12)
    ours = integrated_brier(survival["time"], survival["event"], predicted, grid)
    area = np.trapezoid(expected["model"], grid) / (grid[-1] - grid[0])
    null = np.trapezoid(expected["null"], grid) / (grid[-1] - grid[0])
    assert (ours.estimate.value, ours.null) == pytest.approx((area, null), abs=1e-12)


def test_it_is_the_weighted_score_and_the_kaplan_meier_estimate_scores_zero(survival: pd.DataFrame) -> None:
    alive, weight = alive_at(survival["time"], survival["event"], 12)
    ours = brier_survival(survival["time"], survival["event"], np.full(240, 0.4), 12)
    assert ours.estimate.value == pytest.approx(brier_score(alive, np.full(240, 0.4), weight), rel=1e-12)
    share = np.average(alive, weights=weight)
    assert brier_survival(survival["time"], survival["event"], np.full(240, share), 12).scaled.value == (
        pytest.approx(0, abs=1e-12)
    )


def test_the_scaled_score_has_the_spread_that_drawing_patients_again_shows(survival: pd.DataFrame) -> None:
    rng, drawn = np.random.default_rng(0), []
    ours = brier_survival(survival["time"], survival["event"], 1 - survival["risk12"], 12).scaled
    for _ in range(300):
        again = survival.iloc[rng.integers(0, len(survival), len(survival))]
        drawn.append(brier_survival(again["time"], again["event"], 1 - again["risk12"], 12).scaled.value)
    assert np.std(drawn) == pytest.approx(ours.se, rel=0.15)


def test_losses_that_depend_on_the_risk_are_weighed_within_groups_of_it() -> None:
    rng = np.random.default_rng(0)
    risk = rng.normal(size=20_000)
    hazard = np.exp(risk) / 15
    death, lost = rng.exponential(1 / hazard), rng.exponential(12 * np.exp(-risk))
    time, event, right = np.minimum(death, lost), death <= lost, np.exp(-12 * hazard)
    truth = np.mean(((death > 12) - right) ** 2)
    group = np.digitize(risk, np.quantile(risk, np.arange(0.1, 1, 0.1)))
    plain, grouped = (brier_survival(time, event, right, 12, censoring_groups=g) for g in (None, group))
    assert abs(grouped.estimate.value - truth) < 0.004 and abs(plain.estimate.value - truth) > 0.008
    share = np.mean(death > 12)
    assert grouped.null == pytest.approx(share * (1 - share), abs=0.007)


def test_a_perfect_prediction_without_censoring_scores_zero() -> None:
    ours = brier_survival([1, 2, 5, 6], [1, 1, 1, 0], [0, 0, 1, 1], 3)
    assert (ours.estimate.value, ours.estimate.se, ours.scaled.value) == (0, 0, 1)


def test_where_nobody_died_the_null_is_perfect_and_nothing_can_be_scaled() -> None:
    ours = brier_survival([5, 6, 7], [1, 1, 0], [0.9, 0.8, 1.0], 3)
    assert ours.null == 0 and np.isnan(ours.scaled.value)


def test_predictions_that_are_no_probabilities_or_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError, match="outside 0…1"):
        brier_survival([1, 5], [1, 0], [0.5, 1.2], 3)
    with pytest.raises(InputError, match=r"\(2, 2\)"):
        integrated_brier([1, 5], [1, 0], [[0.5], [0.5]], [2, 3])
    with pytest.raises(InputError, match="probabilities of the cause"):
        brier_incidence([1, 5], [1, 0], [0.5, np.nan], 3)
    with pytest.raises(InputError, match="rising"):
        integrated_brier([1, 5], [1, 0], [[0.5, 0.5], [0.5, 0.5]], [3, 2])
