"""Hazard ratios and the tests of Cox models against R."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.cox import CoxFit, fit_cox
from LWCTRLogic.stats.hazard_ratios import hazard_ratios, interaction, model_tests, nested_test
from Testing.r_reference import r_numbers, r_table

COLUMNS = ["age", "arm", "score"]


@pytest.fixture
def survival() -> pd.DataFrame:
    return r_table("survival")


@pytest.fixture(params=["plain", "stratified"])
def fitted(request: pytest.FixtureRequest, survival: pd.DataFrame) -> tuple[CoxFit, dict]:
    strata = survival["centre"] if request.param == "stratified" else None
    fit = fit_cox(survival["time"], survival["event"], survival[COLUMNS], strata=strata)
    return fit, r_numbers("cox")[request.param]


def test_r_finds_the_same_ratios_limits_and_p(fitted: tuple[CoxFit, dict]) -> None:
    fit, expected = fitted
    found = hazard_ratios(fit)
    np.testing.assert_allclose([h.log_ratio.value for h in found], expected["coefficients"], atol=1e-10)
    np.testing.assert_allclose([h.log_ratio.se for h in found], expected["se"], atol=1e-10)
    limits = [[h.ratio.value, h.ratio.low, h.ratio.high] for h in found]
    np.testing.assert_allclose(limits, expected["ratio"], atol=1e-10)
    np.testing.assert_allclose([h.test.p for h in found], expected["p"], rtol=1e-8)


def test_r_finds_the_same_three_tests(fitted: tuple[CoxFit, dict]) -> None:
    fit, expected = fitted
    tests = model_tests(fit)
    for name in ("likelihood_ratio", "score"):
        found = getattr(tests, name)
        assert [found.statistic, found.df] == pytest.approx(expected[name][:2], abs=1e-9)
        assert found.p == pytest.approx(expected[name][2], rel=1e-8)
    assert tests.wald.statistic == pytest.approx(expected["wald"], abs=1e-9)


def test_the_ratio_of_ten_points_is_the_tenth_power(survival: pd.DataFrame) -> None:
    fit = fit_cox(survival["time"], survival["event"], survival[COLUMNS])
    one, ten, turned = (hazard_ratios(fit, per=[1, 1, per])[2].ratio for per in (1, 10, -1))
    assert (ten.value, ten.low) == pytest.approx((one.value**10, one.low**10))
    assert (turned.value, turned.low) == pytest.approx((1 / one.value, 1 / one.high))


def test_r_finds_the_same_interaction(survival: pd.DataFrame) -> None:
    ours = interaction(survival["time"], survival["event"], survival["score"], survival["stage"])
    expected = r_numbers("cox")["interaction"]
    found = [ours.test.statistic, ours.test.df, ours.test.p]
    assert found == pytest.approx([expected["chisq"], expected["df"], expected["p"]], abs=1e-9)
    np.testing.assert_allclose([h.log_ratio.value for h in ours.ratios], expected["coefficients"], atol=1e-9)
    np.testing.assert_allclose([h.log_ratio.se for h in ours.ratios], expected["se"], atol=1e-9)
    assert ours.groups == (0, 1, 2, 3)


def test_models_that_are_not_nested_and_a_single_group_are_refused(survival: pd.DataFrame) -> None:
    time, event = survival["time"], survival["event"]
    one = fit_cox(time, event, survival[["score"]])
    other = fit_cox(time[:200], event[:200], survival[COLUMNS][:200])
    with pytest.raises(InputError, match="240 and 200 patients"):
        nested_test(one, other)
    with pytest.raises(InputError, match="1 and 1 covariates"):
        nested_test(one, one)
    with pytest.raises(InputError, match="one group, north"):
        interaction(time, event, survival["score"], ["north"] * 240)
    with pytest.raises(InputError, match="no patient"):
        interaction([], [], [], [])


@pytest.mark.shared
def test_the_lung_data_give_the_tests_of_r(shared_data: Path) -> None:
    reference = shared_data.parent / "reference"
    expected = json.loads((reference / "outputs/cox.json").read_text())["efron"]
    lung = pd.read_csv(reference / "inputs/lung.csv").dropna(subset=["age", "sex", "ph.ecog"])
    fit = fit_cox(lung["time"], lung["event"], lung[["age", "sex", "ph.ecog"]])
    tests = model_tests(fit)
    assert tests.likelihood_ratio.statistic == pytest.approx(expected["lrt"], abs=1e-8)
    assert tests.wald.statistic == pytest.approx(expected["wald"], abs=0.005)  # printed with two decimals
    assert tests.score.statistic == pytest.approx(expected["score"], abs=1e-8)
    found = [[h.ratio.value, h.ratio.low, h.ratio.high] for h in hazard_ratios(fit)]
    np.testing.assert_allclose(found, np.transpose([expected[key] for key in ("hr", "lo", "hi")]), atol=1e-8)
