"""The table of patients: counts, medians and tests of a cohort that can be checked by hand."""

from __future__ import annotations

from math import isnan

import numpy as np
import pytest

from LWCTRLogic.evaluation.characteristics import Characteristic, characteristics
from LWCTRLogic.evaluation.scored import Score, ScoredCohort
from LWCTRLogic.outcomes import Outcomes


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
        "all": "59 [49.5–68.5]",
        "responders": "69 [64.5–73.5]",
        "non-responders": "49.5 [44.75–54.25]",
    }


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
