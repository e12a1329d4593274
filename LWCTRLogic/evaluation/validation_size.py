"""How many patients this validation would have needed, by Riley's criteria."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.special import logit

from LWCTRLogic.errors import InputError
from LWCTRLogic.evaluation.metric import Metric, plain
from LWCTRLogic.evaluation.scored import ScoredCohort
from LWCTRLogic.stats.censoring import alive_at
from LWCTRLogic.stats.discrimination import weighted_auc
from LWCTRLogic.stats.validation_size import validation_sample_size

TOPIC = "sample size"
NAMES = (
    "observed over expected deaths, interval 0.2 wide",
    "calibration slope, interval 0.2 wide",
    "C statistic, interval 0.1 wide",
)


def validation_size_metrics(cohort: ScoredCohort) -> Iterator[Metric]:
    """Yield the patients needed for each criterion, if the leading score did as well as it does here.

    Only for a score that is a probability; the share of deaths and the spread of the predictions are the cohort's.
    """
    score, outcomes = cohort.scores[0], cohort.outcomes
    if not score.is_probability:
        return
    rows = np.isfinite(score.values)
    alive, weight = alive_at(outcomes.os_months[rows], outcomes.os_event[rows], cohort.horizon)
    common: dict[str, Any] = {"topic": TOPIC, "score": score.name, "endpoint": "response"}
    common |= {"at": cohort.horizon, "patients": len(cohort), "method": "Riley 2021, Archer 2020"}
    values = np.clip(score.values[rows], 1e-6, 1 - 1e-6)
    try:
        dead = float(np.average(~alive, weights=weight))
        needed = validation_sample_size(dead, weighted_auc(alive, values, weight), -logit(values))
    except InputError as error:
        common["method"] = f"not estimated: {error.found}"
        yield Metric(name=NAMES[0], estimate=plain(np.nan), **common)
        return
    counts = (needed.observed_expected, needed.slope, needed.c_statistic)
    for name, count in zip(NAMES, counts, strict=True):
        yield Metric(name=name, estimate=plain(count), **common)
