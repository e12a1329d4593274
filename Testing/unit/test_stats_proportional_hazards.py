"""The test of proportional hazards against R's cox.zph."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.cox import fit_cox
from LWCTRLogic.stats.proportional_hazards import ProportionalHazards, Transform, proportional_hazards
from Testing.r_reference import r_numbers, r_table

COLUMNS = ["age", "arm", "score"]


@pytest.fixture
def survival() -> pd.DataFrame:
    return r_table("survival")


def _check(ours: ProportionalHazards, expected: list, tolerance: float = 1e-9) -> None:
    for found, row in zip([*ours.covariates, ours.overall], expected, strict=True):
        assert [found.statistic, found.df, found.p] == pytest.approx(row, abs=tolerance)


@pytest.mark.parametrize("transform", ["km", "rank", "identity", "log"])
def test_r_finds_the_same_tests_with_every_transform(transform: Transform, survival: pd.DataFrame) -> None:
    data = survival["time"], survival["event"], survival[COLUMNS]
    ours = proportional_hazards(fit_cox(*data), *data, transform=transform)
    expected = r_numbers("cox")["zph"][transform]
    _check(ours, expected["table"] if transform == "km" else expected)


def test_r_finds_the_same_residuals_to_draw(survival: pd.DataFrame) -> None:
    data = survival["time"], survival["event"], survival[COLUMNS]
    ours, expected = proportional_hazards(fit_cox(*data), *data), r_numbers("cox")["zph"]["km"]
    np.testing.assert_allclose(ours.times, expected["time"])
    np.testing.assert_allclose(ours.transformed, expected["x"], atol=1e-12)
    # Tied events may come in another order: compare them sorted within each time.
    for column in range(3):
        found = pd.DataFrame({"t": ours.times, "r": ours.residuals[:, column]}).sort_values(["t", "r"])["r"]
        theirs = pd.DataFrame({"t": expected["time"], "r": np.array(expected["y"])[:, column]})
        np.testing.assert_allclose(found, theirs.sort_values(["t", "r"])["r"], atol=1e-9)


def test_r_finds_the_same_tests_in_strata(survival: pd.DataFrame) -> None:
    data = survival["time"], survival["event"], survival[COLUMNS]
    ours = proportional_hazards(fit_cox(*data, strata=survival["centre"]), *data, strata=survival["centre"])
    _check(ours, r_numbers("cox")["zph_strata"])


def test_an_effect_that_vanishes_in_time_is_found() -> None:
    rng = np.random.default_rng(0)
    x = rng.integers(0, 2, 600)
    early = rng.exponential(4, 600) / np.where(x == 1, 4, 1)
    time = np.where(early < 2, early, 2 + rng.exponential(6, 600))
    data = time, np.ones(600), x[:, None]
    ours = proportional_hazards(fit_cox(*data), *data)
    assert ours.overall.p < 1e-6
    correlation = np.corrcoef(ours.transformed, ours.residuals[:, 0])[0, 1]
    assert correlation < -0.1  # the hazard ratio falls


def test_data_that_are_not_those_of_the_model_are_refused(survival: pd.DataFrame) -> None:
    fit = fit_cox(survival["time"], survival["event"], survival[COLUMNS])
    with pytest.raises(InputError, match=r"\(240, 3\) with 163 events"):
        proportional_hazards(fit, survival["time"], survival["event"], survival[COLUMNS[:2]])


@pytest.mark.shared
def test_the_lung_data_give_the_tests_of_r(shared_data: Path) -> None:
    reference = shared_data.parent / "reference"
    expected = json.loads((reference / "outputs/cox.json").read_text())["zph_km"]
    lung = pd.read_csv(reference / "inputs/lung.csv").dropna(subset=["age", "sex", "ph.ecog"])
    data = lung["time"], lung["event"], lung[["age", "sex", "ph.ecog"]]
    ours = proportional_hazards(fit_cox(*data), *data)
    found = [test.statistic for test in (*ours.covariates, ours.overall)]
    np.testing.assert_allclose(found, expected["chisq"], atol=1e-8)
