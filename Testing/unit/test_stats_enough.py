"""Months of which too few patients tell have no figures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from LWCTRLogic.errors import InputError
from LWCTRLogic.evaluation.metric import pick
from LWCTRLogic.evaluation.survival import survival_metrics
from LWCTRLogic.stats.enough import check_enough, is_enough
from Testing.unit.scored_cohorts import scored_cohort


def test_five_of_each_are_enough() -> None:
    check_enough(np.arange(1.0, 11.0), np.ones(10, dtype=bool), 5.0)
    assert is_enough(np.arange(1.0, 11.0), np.ones(10, dtype=bool), 5.0)
    assert not is_enough(np.arange(1.0, 11.0), np.ones(10, dtype=bool), 6.0)


@pytest.mark.parametrize(
    ("month", "words"),
    [
        (6.0, "4 patients followed beyond 6 months"),
        (9.0, "1 patient followed beyond 9 months"),
        (4.0, "4 patients had the event by 4 months"),
        (12.0, "no patients followed beyond 12 months"),
    ],
)
def test_fewer_are_refused_with_their_number(month: float, words: str) -> None:
    with pytest.raises(InputError, match=words):
        check_enough(np.arange(1.0, 11.0), np.ones(10, dtype=bool), month)


def test_a_month_with_two_survivors_has_no_area_no_error_and_no_calibration() -> None:
    cohort = scored_cohort(200)
    months = cohort.outcomes.os_months.copy()
    months[months > 37] = 37.0  # 35 and a bit after the scan
    months[:2] = 50.0
    short = replace(
        cohort, outcomes=replace(cohort.outcomes, os_months=months, pfs_months=None, pfs_event=None)
    )
    metrics = list(survival_metrics(short, seed=1, draws=20))
    for topic in ("discrimination", "prediction error", "calibration"):
        late = [one for one in pick(metrics, topic=topic, at=36.0) if one.name != "Uno's C"]
        assert late
        assert all(np.isnan(one.estimate.value) for one in late)
        assert all("2 patients followed beyond 36 months" in one.method for one in late)
    assert [one.name for one in metrics if one.name.startswith("integrated Brier")] == [
        "integrated Brier score, 12–24 months"
    ]
