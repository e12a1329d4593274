"""DeLong's variance and tests against R and hand computations."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.stats.delong import auc_delong, delong_covariance, delong_paired, delong_unpaired
from Testing.r_reference import r_numbers, r_table


@pytest.fixture
def diagnosis() -> pd.DataFrame:
    return r_table("diagnosis")


@pytest.mark.parametrize("score", ["a", "b", "grade"])
def test_r_finds_the_same_auc_variance_and_limits(score: str, diagnosis: pd.DataFrame) -> None:
    ours, expected = auc_delong(diagnosis["y"], diagnosis[score]), r_numbers("delong")["single"][score]
    assert ours.value == pytest.approx(expected["auc"], abs=1e-12)
    assert ours.se**2 == pytest.approx(expected["variance"], abs=1e-12)
    assert (ours.low, ours.high) == pytest.approx((expected["low"], expected["high"]), abs=1e-10)


@pytest.mark.parametrize("pair", ["a_b", "b_a", "a_grade"])
def test_r_finds_the_same_paired_test_with_the_sign_of_a_minus_b(pair: str, diagnosis: pd.DataFrame) -> None:
    first, second = pair.split("_")
    ours = delong_paired(diagnosis["y"], diagnosis[first], diagnosis[second])
    expected = r_numbers("delong")["paired"][pair]
    assert ours.test.statistic == pytest.approx(expected["z"], abs=1e-10)
    assert ours.test.p == pytest.approx(expected["p"], abs=1e-10)
    limits = (ours.difference.low, ours.difference.high)
    assert limits == pytest.approx((expected["low"], expected["high"]), abs=1e-10)
    _, covariance = delong_covariance(diagnosis["y"], diagnosis[[first, second]].to_numpy().T)
    assert covariance[0, 1] == pytest.approx(expected["covariance"], abs=1e-12)


def test_r_finds_the_same_unpaired_test(diagnosis: pd.DataFrame) -> None:
    north, south = (diagnosis[diagnosis["site"] == site] for site in ("north", "south"))
    ours = delong_unpaired(north["y"], north["a"], south["y"], south["a"])
    expected = r_numbers("delong")["unpaired"]
    assert ours.test.statistic == pytest.approx(expected["t"], abs=1e-10)
    assert ours.test.df == pytest.approx(expected["df"], rel=1e-10)
    assert ours.test.p == pytest.approx(expected["p"], abs=1e-10)
    half = (ours.difference.high - ours.difference.low) / 2
    assert half / ours.difference.se == pytest.approx(1.9779, abs=1e-3)  # t of 133.5 degrees of freedom


def test_the_variance_of_five_patients_is_that_computed_by_hand() -> None:
    # Positives 2, 3 among negatives 1, 2, 4: placements ½, 2/3; negatives beaten by 1, ¾, 0 of the positives.
    ours = auc_delong([1, 1, 0, 0, 0], [2, 3, 1, 2, 4])
    by_hand = np.var([0.5, 2 / 3], ddof=1) / 2 + np.var([1, 0.75, 0], ddof=1) / 3
    assert ours.se**2 == pytest.approx(by_hand, rel=1e-12)


def test_scores_that_order_alike_do_not_differ(diagnosis: pd.DataFrame) -> None:
    ours = delong_paired(diagnosis["y"], diagnosis["a"], np.exp(diagnosis["a"]))
    assert (ours.difference.value, ours.difference.se, ours.test.p) == (0, 0, 1)


def test_two_perfect_groups_do_not_differ_and_have_no_variance() -> None:
    ours = delong_unpaired([0, 0, 1, 1], [1, 2, 3, 4], [0, 0, 1, 1], [1, 2, 3, 4])
    assert (ours.difference.value, ours.test.p) == (0, 1)


def test_one_patient_in_a_class_has_an_auc_without_variance() -> None:
    ours = auc_delong([1, 0, 0], [3, 1, 2])
    assert ours.value == 1 and np.isnan(ours.se)


@pytest.mark.parametrize(
    ("label", "score", "reason"),
    [
        ([1, 1], [1, 2], "2 of 2 patients are positive"),
        ([0, 1], [1, np.nan], "1 scores are missing"),
        ([0, 2], [1, 2], "0 and 1"),
        ([0, 1], [1, 2, 3], "one label a score"),
    ],
)
def test_input_without_an_auc_is_refused(label: list, score: list, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        auc_delong(label, score)


def test_scores_of_different_patients_are_not_paired() -> None:
    with pytest.raises(InputError, match="2 and 3 scores"):
        delong_paired([0, 1], [1, 2], [1, 2, 3])


@pytest.mark.shared
def test_the_reference_data_give_the_numbers_of_r(shared_data: Path) -> None:
    reference = shared_data.parent / "reference"
    table = pd.read_csv(reference / "inputs/asah.csv")
    expected = json.loads((reference / "outputs/delong.json").read_text())
    for name in ("s100b", "ndka", "wfns"):
        ours = auc_delong(table["y"], table[name])
        assert [ours.low, ours.value, ours.high] == pytest.approx(expected[name]["ci95"], abs=1e-10)
    for name in ("ndka", "wfns"):
        ours, r = delong_paired(table["y"], table["s100b"], table[name]), expected[f"s100b_vs_{name}"]
        assert (ours.test.statistic, ours.test.p) == pytest.approx((r["z"], r["p"]), abs=1e-10)
        assert [ours.difference.low, ours.difference.high] == pytest.approx(r["ci_diff"], abs=1e-10)
    male, female = (pd.read_csv(reference / f"inputs/asah_{sex}.csv") for sex in ("male", "female"))
    ours, r = (
        delong_unpaired(male["y"], male["s100b"], female["y"], female["s100b"]),
        expected["unpaired_male_female"],
    )
    found = [ours.test.statistic, ours.test.df, ours.test.p]
    assert found == pytest.approx([r["stat"], r["df"], r["p"]], abs=1e-9)
