"""Harrell's and Uno's C against R, pair counting and hand computations."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.concordance import concordance_difference, harrell_c, sums_below, uno_c
from LWCTRLogic.stats.cox import fit_cox
from Testing.r_reference import r_numbers, r_table


@pytest.fixture
def survival() -> pd.DataFrame:
    return r_table("survival")


def test_r_finds_the_same_c_and_errors_with_tied_times_and_risks(survival: pd.DataFrame) -> None:
    expected = r_numbers("time_dependent")
    risk = survival["score"].round(1)
    for name, ours in {
        "harrell": harrell_c(survival["time"], survival["event"], risk),
        "uno": uno_c(survival["time"], survival["event"], risk),
        "uno20": uno_c(survival["time"], survival["event"], risk, tau=20),
    }.items():
        found = (ours.estimate.value, ours.estimate.se)
        assert found == pytest.approx((expected[name]["c"], expected[name]["se"]), abs=1e-12)


def test_r_finds_the_same_error_of_a_difference_of_two_scores(survival: pd.DataFrame) -> None:
    expected = r_numbers("time_dependent")["two_models"]
    a, b = (harrell_c(survival["time"], survival["event"], survival[name]) for name in ("score", "rival"))
    ours = concordance_difference(a, b)
    v = np.array(expected["var"])
    assert ours.difference.value == pytest.approx(expected["c"][0] - expected["c"][1], abs=1e-12)
    assert ours.difference.se == pytest.approx(np.sqrt(v[0, 0] + v[1, 1] - 2 * v[0, 1]), abs=1e-12)


def test_pairs_are_counted_as_by_hand() -> None:
    # Event at 1 (risk 3), censored at 2 (risk 5), event at 3 (risk 1), censored at 3 (risk 1).
    # Known pairs: 1 before the others (lost, won, won), 3 before its tied censoring (equal risk): 2.5 of 4.
    ours = harrell_c([1, 2, 3, 3], [1, 0, 1, 0], [3, 5, 1, 1])
    assert (ours.estimate.value, ours.pairs) == (2.5 / 4, 4)


def test_the_weight_of_a_pair_is_that_computed_by_hand() -> None:
    # G(3−) is 2/3 after the censoring at 2: pairs at 1 weigh 1 (2 of 3 won), the one at 3 9/4 (half won).
    ours = uno_c([1, 2, 3, 3], [1, 0, 1, 0], [3, 5, 1, 1])
    assert ours.estimate.value == pytest.approx((2 + 9 / 8) / (3 + 9 / 4), rel=1e-12)
    assert uno_c([1, 2, 3, 3], [1, 0, 1, 0], [3, 5, 1, 1], tau=2).estimate.value == pytest.approx(2 / 3)


def test_sums_below_are_those_of_all_pairs() -> None:
    rng = np.random.default_rng(4)
    for size in (1, 2, 33, 64):
        x, y, weight = rng.integers(0, 9, size), rng.integers(0, 7, size), rng.random(size)
        below, equal = sums_below(x, y, weight)
        before = x[None, :] < x[:, None]
        np.testing.assert_allclose(below, (before & (y[None, :] < y[:, None])) @ weight, atol=1e-12)
        np.testing.assert_allclose(equal, (before & (y[None, :] == y[:, None])) @ weight, atol=1e-12)


@pytest.mark.parametrize(
    ("time", "event", "risk", "reason"),
    [
        ([1, 2], [0, 0], [1, 2], "no pair"),
        ([1, 1], [1, 1], [1, 2], "no pair"),
        ([1, 2], [1, 0], [1, np.inf], "missing or infinite"),
        ([1, 2], [1, 0], [1], "one of each a patient"),
    ],
)
def test_input_without_a_known_pair_is_refused(time: list, event: list, risk: list, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        harrell_c(time, event, risk)


def test_scores_of_different_patients_cannot_be_compared_as_paired() -> None:
    with pytest.raises(InputError, match="2 and 3 patients"):
        concordance_difference(harrell_c([1, 2], [1, 0], [2, 1]), harrell_c([1, 2, 3], [1, 0, 0], [2, 1, 1]))


@pytest.mark.shared
def test_the_lung_data_give_the_numbers_of_r(shared_data: Path) -> None:
    reference = shared_data.parent / "reference"
    expected = json.loads((reference / "outputs/cox.json").read_text())
    lung = pd.read_csv(reference / "inputs/lung.csv").dropna(subset=["age", "sex", "ph.ecog"])
    x = lung[["age", "sex", "ph.ecog"]].to_numpy(dtype=float)
    risk = np.round(x @ fit_cox(lung["time"], lung["event"], x).coefficients, 9)
    ours = harrell_c(lung["time"], lung["event"], risk).estimate
    assert [ours.value, ours.se] == pytest.approx(expected["efron"]["cindex"], abs=1e-9)
