"""Cox regression against hand computations and R."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.cox import fit_cox, predict_survival, survival_probabilities
from Testing.r_reference import r_numbers, r_table


def test_the_likelihood_and_gradient_vanish_as_computed_by_hand() -> None:
    # Events at 1 (x=1) and 2 (x=0), then a censoring at 3 (x=1). With b the coefficient and u = exp(b):
    # l(b) = b − log(2u + 1) + 0 − log(1 + u); dl/db = 1 − 2u/(2u+1) − u/(1+u) = 0 gives 2u² = 1.
    fit = fit_cox([1, 2, 3], [1, 1, 0], [[1.0], [0.0], [1.0]])
    u = math.sqrt(0.5)
    assert fit.coefficients[0] == pytest.approx(math.log(u), abs=1e-12)
    by_hand = math.log(u) - math.log(2 * u + 1) - math.log(1 + u)
    assert fit.log_likelihood == pytest.approx(by_hand, abs=1e-12)
    assert fit.log_likelihood_null == pytest.approx(-math.log(3) - math.log(2), abs=1e-12)


def test_the_baseline_hazard_is_that_computed_by_hand() -> None:
    fit = fit_cox([1, 2, 3], [1, 1, 0], [[1.0], [0.0], [1.0]])
    u = math.sqrt(0.5)
    at_zero = [1 / (2 * u + 1), 1 / (2 * u + 1) + 1 / (1 + u)]
    relative = u ** fit.centre[0]  # the centre is the mean, 2/3
    np.testing.assert_allclose(fit.baseline.hazard, np.array(at_zero) * relative, rtol=1e-12)


def test_ties_are_shared_as_efron_has_it() -> None:
    # Two deaths at 1 among (0, 1, 1), one left: denominators 1+2u and 1+2u − (1+u)/2.
    fit = fit_cox([1, 1, 2], [1, 1, 0], [[0.0], [1.0], [1.0]])
    u = math.exp(fit.coefficients[0])
    by_hand = math.log(u) - math.log(1 + 2 * u) - math.log(1 + 2 * u - (1 + u) / 2)
    assert fit.log_likelihood == pytest.approx(by_hand, abs=1e-12)
    hazard = 1 / (1 + 2 * u) + 1 / (1 + 2 * u - (1 + u) / 2)
    assert fit.baseline.hazard[0] == pytest.approx(hazard * u ** fit.centre[0], rel=1e-12)


def test_survival_is_a_step_function_and_starts_at_one() -> None:
    fit = fit_cox([1, 2, 3], [1, 1, 0], [[1.0], [0.0], [1.0]])
    survival, lower, upper = predict_survival(
        fit.baseline, fit.coefficients, fit.covariance, [0.0], [0.0, 0.99, 1.0, 1.99, 2.0, 9.0]
    )
    first, second = np.exp(-fit.baseline.hazard)
    np.testing.assert_allclose(survival, [1, 1, first, first, second, second], rtol=1e-12)
    assert lower[0] == upper[0] == 1.0
    assert (lower <= survival).all() and (survival <= upper).all()


def test_the_variance_part_of_the_coefficients_is_the_slope_of_the_hazard() -> None:
    # d H(t | x) / d b, by finite differences of the baseline with the coefficient held at b ± h.
    from LWCTRLogic.stats import cox
    from LWCTRLogic.stats.risk_sets import risk_sets

    rng = np.random.default_rng(3)
    time, event, x = rng.exponential(10, 40).round(), rng.integers(0, 2, 40), rng.normal(size=(40, 1))
    fit = fit_cox(time, event, x)
    centred, patient, h = x - fit.centre, 0.7, 1e-6

    def hazard(b: float) -> float:
        base = cox._baselines(risk_sets(time, event == 1, centred), np.array([b]), 1)[0]
        return float(base.hazard[5] * math.exp(b * patient))

    b = float(fit.coefficients[0])
    slope = (hazard(b + h) - hazard(b - h)) / (2 * h)
    analytic = math.exp(b * patient) * (patient * fit.baseline.hazard[5] - fit.baseline.mean_covariate[5, 0])
    assert analytic == pytest.approx(slope, rel=1e-6)


def test_a_ridge_penalty_pulls_a_separating_covariate_back_to_finite() -> None:
    time, event, x = [1, 2, 3, 4], [1, 1, 1, 1], [[4.0], [3.0], [2.0], [1.0]]
    with pytest.raises(InputError, match="does not settle"):
        fit_cox(time, event, x)
    strong, weak = fit_cox(time, event, x, ridge=10.0), fit_cox(time, event, x, ridge=1.0)
    assert 0 < strong.coefficients[0] < weak.coefficients[0] < 10


def test_covariates_that_repeat_each_other_are_refused() -> None:
    with pytest.raises(InputError, match="does not settle"):
        fit_cox([1, 2, 3], [1, 1, 0], [[1.0, 1.0], [0.0, 0.0], [1.0, 1.0]])


@pytest.mark.parametrize(
    ("time", "event", "x", "reason"),
    [
        ([1, 2], [0, 0], [[1.0], [2.0]], "at least one event"),
        ([1, -2], [1, 0], [[1.0], [2.0]], "negative"),
        ([1, 2], [1, 0], [[1.0], [1.0]], "vary"),
        ([1, 2, 3], [1, 0], [[1.0], [2.0]], r"\(n, p\)"),
        ([1, 2], [1, 2], [[1.0], [2.0]], "0 and 1"),
    ],
)
def test_input_that_cannot_be_fitted_is_refused(time: list, event: list, x: list, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        fit_cox(time, event, x)


def test_strata_have_baselines_of_their_own_as_in_r() -> None:
    table, expected = r_table("survival"), r_numbers("cox")
    fit = fit_cox(table["time"], table["event"], table[["age", "arm", "score"]], strata=table["centre"])
    assert list(fit.baselines) == ["a", "b", "c"]
    patient = np.array([55, 1, 0.5]) - fit.centre
    found = survival_probabilities(fit.baselines["b"], fit.coefficients, [patient], [3, 9, 18])
    np.testing.assert_allclose(found[0], expected["strata_survival"], atol=1e-9)
    with pytest.raises(InputError, match="3 strata"):
        _ = fit.baseline
    with pytest.raises(InputError, match=r"\(240,\)"):
        fit_cox(table["time"], table["event"], table[["age"]], strata=["a"])


def test_r_finds_the_same_survival_of_many_patients() -> None:
    table, expected = r_table("survival"), r_numbers("cox")
    fit = fit_cox(table["time"], table["event"], table[["age", "arm", "score"]])
    patients = np.array([[50, 0, -1], [70, 1, 1]]) - fit.centre
    found = survival_probabilities(fit.baseline, fit.coefficients, patients, [3, 9, 18])
    np.testing.assert_allclose(found, np.transpose(expected["survival"]), atol=1e-9)
    one, _, _ = predict_survival(fit.baseline, fit.coefficients, fit.covariance, patients[1], [3, 9, 18])
    np.testing.assert_allclose(found[1], one, rtol=1e-12)


def test_large_covariates_do_not_overflow() -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(1e6, 1e4, size=(80, 1))
    time = rng.exponential(10, 80) * np.exp(-(x[:, 0] - 1e6) / 1e4)
    fit, small = fit_cox(time, np.ones(80), x), fit_cox(time, np.ones(80), (x - 1e6) / 1e4)
    assert fit.coefficients[0] * 1e4 == pytest.approx(small.coefficients[0], rel=1e-8)


@pytest.fixture
def lung(shared_data: Path) -> tuple[pd.DataFrame, dict]:
    reference = shared_data.parent / "reference"
    table = pd.read_csv(reference / "inputs/lung.csv")
    return table, json.loads((reference / "outputs/cox.json").read_text())


@pytest.mark.shared
def test_the_lung_data_give_the_numbers_of_r(lung: tuple[pd.DataFrame, dict]) -> None:
    table, expected = lung
    table = table.dropna(subset=["age", "sex", "ph.ecog"])
    fit = fit_cox(table["time"], table["event"], table[["age", "sex", "ph.ecog"]])
    np.testing.assert_allclose(fit.coefficients, expected["efron"]["coef"], atol=1e-9)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.covariance)), expected["efron"]["se"], atol=1e-10)
    np.testing.assert_allclose(
        [fit.log_likelihood_null, fit.log_likelihood], expected["efron"]["loglik"], rtol=1e-12
    )
    months = [row["time"] for row in expected["pred"]]
    for patient, covariates in {"pat1": [50, 1, 0], "pat2": [70, 2, 2]}.items():
        x = np.array(covariates) - fit.centre
        survival, _, _ = predict_survival(fit.baseline, fit.coefficients, fit.covariance, x, months)
        np.testing.assert_allclose(survival, [row[patient] for row in expected["pred"]], atol=1e-9)


@pytest.mark.parametrize(("patients", "spared"), [(100, 5), (100, 30), (60, 3), (30, 3), (90, 1)])
def test_a_group_in_which_nobody_has_the_event_has_no_hazard_ratio(patients: int, spared: int) -> None:
    rng = np.random.default_rng(patients + spared)
    time, event = rng.exponential(10, patients) + 1, rng.random(patients) < 0.7
    group = (np.arange(patients) < spared).astype(float)
    with pytest.raises(InputError, match="does not settle"):
        fit_cox(time, event & (group == 0), group[:, None])
    event[:2] = True
    assert np.isfinite(fit_cox(time, event, group[:, None]).covariance).all()
