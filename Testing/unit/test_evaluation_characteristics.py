"""The table of patients: counts, medians and tests of a cohort that can be checked by hand."""

from __future__ import annotations

from dataclasses import replace
from math import isnan

import numpy as np
import pytest

from LWCTRLogic.evaluation.characteristics import Characteristic, characteristics
from LWCTRLogic.evaluation.scored import Score, ScoredCohort
from LWCTRLogic.outcomes import Outcomes
from Testing.unit.scored_cohorts import scored_cohort


@pytest.fixture
def lines() -> list[Characteristic]:
    patients = 40
    outcomes = Outcomes(
        tuple(f"p{index}" for index in range(patients)),
        np.linspace(3, 40, patients),
        np.ones(patients, dtype=bool),
    )
    values = np.where(np.arange(patients) < 20, 0.2, 0.8)
    sex = np.array((["male"] * 15 + ["female"] * 5) * 2)
    sex[0] = ""
    age = np.arange(40, 80, dtype=float)
    age[39] = np.nan
    cohort = ScoredCohort(
        "forty",
        outcomes,
        (Score("s", values, cutoff=0.5),),
        np.full(patients, ""),
        clinical={"age": age, "sex": sex},
    )
    return list(characteristics(cohort))


def test_a_number_is_given_as_median_and_quartiles_of_those_known(lines: list[Characteristic]) -> None:
    age = lines[0]
    assert (age.variable, age.missing) == ("Age, years", 1)
    assert dict(age.cells) == {
        "all": "59 [50–68]",
        "responders": "69 [64–74]",
        "non-responders": "50 [45–54]",
    }


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([2.3, 19.3, 268.7, 2646.0, 16491.0], "269 [19–2646]"),
        ([5.25, 7.5, 8.4, 11.75, 12.0], "8.40 [7.50–11.75]"),
        ([5.2, 7.5, 8.4, 11.7, 12.0], "8.4 [7.5–11.7]"),
        ([0.0012, 0.0345, 0.0401], "0.0345 [0.0012–0.0401]"),
    ],
)
def test_a_row_has_the_decimals_of_its_median_and_none_that_nobody_recorded(
    values: list[float], shown: str
) -> None:
    cohort = scored_cohort(60)
    marker = np.resize(np.array(values), 60)
    (line,) = (
        line
        for line in characteristics(replace(cohort, clinical={"marker": marker}))
        if line.variable == "marker"
    )
    assert dict(line.cells)["all"] == shown


def test_ages_without_overlap_differ_by_the_named_test(lines: list[Characteristic]) -> None:
    assert lines[0].p < 1e-6
    assert lines[0].test == "Welch's t"


def test_words_are_counted_with_their_share_of_those_known(lines: list[Characteristic]) -> None:
    male = next(line for line in lines if line.level == "male")
    assert dict(male.cells) == {"all": "29 (74 %)", "responders": "15 (75 %)", "non-responders": "14 (74 %)"}
    assert male.missing == 1


def test_a_cohort_whose_score_has_no_cut_off_is_not_split() -> None:
    outcomes = Outcomes(("a", "b"), np.array([3.0, 20.0]), np.array([True, False]))
    cohort = ScoredCohort(
        "two", outcomes, (Score("s", np.array([0.1, 0.9])),), np.array(["PD", "SD"]), clinical={}
    )
    lines = characteristics(cohort)
    assert [dict(line.cells) for line in lines] == [{"all": "1 (50 %)"}, {"all": "1 (50 %)"}]
    assert all(isnan(line.p) for line in lines)
