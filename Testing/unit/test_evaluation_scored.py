"""What an evaluation starts from is checked before anything is computed."""

from __future__ import annotations

import numpy as np
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.evaluation.scored import Score
from Testing.unit.scored_cohorts import scored_cohort


def test_a_probability_in_per_cent_is_refused_with_its_range() -> None:
    with pytest.raises(InputError, match=r"runs from 3 to 97.*divide it by 100"):
        Score("rad", np.array([3.0, 97.0, np.nan]))


def test_a_score_that_is_no_probability_may_have_any_value() -> None:
    assert Score("risk", np.array([-3.0, 97.0]), is_probability=False).values[1] == 97


def test_a_score_that_nobody_has_is_refused() -> None:
    with pytest.raises(InputError, match="no value for any patient"):
        Score("rad", np.array([np.nan, np.nan]))


def test_columns_of_different_lengths_are_refused_by_name() -> None:
    with pytest.raises(InputError, match=r"'centre': 3"):
        scored_cohort(groups={"centre": np.array(["A", "B", "A"])})


def test_a_cohort_without_a_score_is_refused() -> None:
    with pytest.raises(InputError, match="no score to evaluate"):
        scored_cohort(scores=())


def test_progression_free_survival_follows_those_without_progression_at_the_scan() -> None:
    cohort = scored_cohort()
    followed = cohort.follow_up("PFS")
    assert not cohort.progressed[followed.rows].any()
    assert cohort.endpoints == ("OS", "PFS")
