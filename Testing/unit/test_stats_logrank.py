"""Log-rank tests against R and a hand computation."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.logrank import logrank
from Testing.r_reference import r_numbers, r_table


@pytest.fixture
def survival() -> pd.DataFrame:
    return r_table("survival")


@pytest.mark.parametrize(
    ("name", "group", "options"),
    [
        ("arm", "arm", {}),
        ("stage", "stage", {}),
        ("stage_by_centre", "stage", {"strata": "centre"}),
        ("stage_peto", "stage", {"rho": 1.0}),
    ],
)
def test_r_finds_the_same_test_observed_and_expected(
    name: str, group: str, options: dict, survival: pd.DataFrame
) -> None:
    options = {key: survival[value] if isinstance(value, str) else value for key, value in options.items()}
    ours = logrank(survival["time"], survival["event"], survival[group], **options)
    expected = r_numbers("survival_curves")[name]
    assert (ours.test.statistic, ours.test.df) == pytest.approx(
        (expected["chisq"], expected["df"]), abs=1e-10
    )
    np.testing.assert_allclose(ours.observed, expected["observed"], atol=1e-10)
    np.testing.assert_allclose(ours.expected, expected["expected"], atol=1e-10)


def test_the_trend_is_the_score_test_of_an_exact_cox_model(survival: pd.DataFrame) -> None:
    ours = logrank(survival["time"], survival["event"], survival["stage"], trend=[0, 1, 2, 3])
    assert ours.test.statistic == pytest.approx(r_numbers("survival_curves")["trend"], abs=1e-8)
    assert ours.test.df == 1


def test_two_deaths_are_counted_as_by_hand() -> None:
    # At 1 the death is in group a, of (1 a, 2 b); at 2 in b, of 2 b: expected in a 1/3, variance 2/9.
    ours = logrank([1, 2, 3], [1, 1, 0], ["a", "b", "b"])
    assert ours.test.statistic == pytest.approx((1 - 1 / 3) ** 2 / (2 / 9), rel=1e-12)
    assert ours.groups == ("a", "b")
    assert ours.test.p == pytest.approx(
        0.15729920705028516, rel=1e-10
    )  # of a χ² of 2 with 1 degree of freedom


def test_groups_never_at_risk_together_cannot_be_told_apart() -> None:
    ours = logrank([1, 2, 3, 4], [1, 1, 1, 1], [0, 0, 1, 1], strata=[0, 0, 1, 1])
    assert (ours.test.statistic, ours.test.p) == (0, 1)
    assert logrank([1, 2, 3, 4], [1, 1, 1, 1], [0, 0, 1, 1], strata=[0, 0, 1, 1], trend=[0, 1]).test.p == 1


def test_one_group_no_event_or_scores_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError, match="1 groups"):
        logrank([1, 2], [1, 1], [0, 0])
    with pytest.raises(InputError, match="0 events"):
        logrank([1, 2], [0, 0], [0, 1])
    with pytest.raises(InputError, match="3 scores for 2 groups"):
        logrank([1, 2], [1, 1], [0, 1], trend=[0, 1, 2])


@pytest.mark.shared
def test_the_lung_data_give_the_numbers_of_r(shared_data: Path) -> None:
    reference = shared_data.parent / "reference"
    table = pd.read_csv(reference / "inputs/lung.csv")
    expected = json.loads((reference / "outputs/km_logrank.json").read_text())
    sex = logrank(table["time"], table["event"], table["sex"])
    assert (sex.test.statistic, sex.test.p) == pytest.approx(
        (expected["logrank_sex"]["chisq"], expected["logrank_sex"]["p"]), abs=1e-10
    )
    peto = logrank(table["time"], table["event"], table["sex"], rho=1.0)
    assert peto.test.statistic == pytest.approx(expected["peto_sex"]["chisq"], abs=1e-10)
    ecog = table.dropna(subset=["ph.ecog"])
    by_ecog = logrank(ecog["time"], ecog["event"], ecog["ph.ecog"])
    assert by_ecog.test.statistic == pytest.approx(expected["logrank_ecog"]["chisq"], abs=1e-10)
    stratified = logrank(ecog["time"], ecog["event"], ecog["sex"], strata=ecog["ph.ecog"])
    assert stratified.test.statistic == pytest.approx(expected["logrank_sex_strat_ecog"]["chisq"], abs=1e-10)
