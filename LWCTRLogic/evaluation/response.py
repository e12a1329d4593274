"""Response: whether a patient is alive at the horizon, counted from the first dose.

Patients censored before the horizon have no answer. They are neither counted as dead nor left out: the others carry
their weight (IPCW). The naive AUC without them stands beside it, since most papers print that one.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from LWCTRLogic.evaluation.calibration import MOST_DRAWN as BOOTSTRAPPED
from LWCTRLogic.evaluation.calibration import WEIGHTS, Drawing, calibration_metrics
from LWCTRLogic.evaluation.metric import Metric, measured, plain
from LWCTRLogic.evaluation.scored import Score, ScoredCohort
from LWCTRLogic.evaluation.shares import alive_share
from LWCTRLogic.evaluation.survival import Ranking, rankings
from LWCTRLogic.stats.bootstrap import percentile_interval
from LWCTRLogic.stats.brier import brier_survival
from LWCTRLogic.stats.censoring import alive_at
from LWCTRLogic.stats.delong import auc_delong
from LWCTRLogic.stats.discrimination import weighted_auc
from LWCTRLogic.stats.estimate import Estimate
from LWCTRLogic.stats.perfect import shown_area
from LWCTRLogic.stats.steps import Bools, Floats
from LWCTRLogic.stats.time_dependent import time_dependent_auc

ENDPOINT = "response"


def response_metrics(cohort: ScoredCohort, seed: int, draws: int) -> Iterator[Metric]:
    """Yield counts, then discrimination, prediction error and calibration of each score.

    Parameters
    ----------
    seed, draws : int
        Of the bootstrap intervals.
    """
    yield from _counts(cohort)
    for ranking in rankings(cohort, "OS"):
        if ranking.name not in {model.name for model in cohort.survival}:
            yield from _discrimination(cohort, ranking, seed, draws)
    for score in cohort.scores:
        if score.is_probability:
            yield from _prediction_error(cohort, score)
            yield from _calibration(cohort, score, Drawing.of(seed, draws))


def _counts(cohort: ScoredCohort) -> Iterator[Metric]:
    outcomes = cohort.outcomes
    alive, weight = alive_at(outcomes.os_months, outcomes.os_event, cohort.horizon)
    known = weight > 0
    common: dict[str, Any] = {"endpoint": ENDPOINT, "at": cohort.horizon, "patients": len(cohort)}
    for name, count in (
        ("alive at the horizon", alive & known),
        ("dead by the horizon", ~alive & known),
        ("censored before the horizon", ~known),
    ):
        yield Metric("cohort", name, plain(int(count.sum())), **common)
    yield Metric(
        "cohort",
        "survival at the horizon",
        alive_share(outcomes.os_months, outcomes.os_event, cohort.horizon),
        method="Kaplan–Meier, from the first dose",
        **common,
    )


def known_rows(values: Floats) -> Bools:
    """Return which patients have a score."""
    return np.asarray(np.isfinite(values))


def _common(cohort: ScoredCohort, name: str, known: Bools) -> dict[str, Any]:
    outcomes = cohort.outcomes
    died = outcomes.os_event & (outcomes.os_months <= cohort.horizon) & known
    return {
        "score": name,
        "endpoint": ENDPOINT,
        "at": cohort.horizon,
        "patients": int(known.sum()),
        "events": int(died.sum()),
    }


def _discrimination(cohort: ScoredCohort, ranking: Ranking, seed: int, draws: int) -> Iterator[Metric]:
    known = known_rows(ranking.risk)
    time, event = cohort.outcomes.os_months[known], cohort.outcomes.os_event[known]
    risk = ranking.risk[known]
    common = {"topic": "discrimination", **_common(cohort, ranking.name, known)}
    weighted = partial(_weighted, time, event, risk, cohort.horizon)
    yield measured(
        lambda: time_dependent_auc(time, event, risk, cohort.horizon).shown,
        name="AUC",
        method=f"{WEIGHTS}, interval from influence functions",
        **common,
    )
    if len(time) <= BOOTSTRAPPED:
        yield measured(
            lambda: _bootstrapped(weighted, len(time), seed, draws),
            name="AUC, bootstrap interval",
            method=f"{WEIGHTS}, percentiles of {draws} draws of patients",
            **common,
        )
    alive, weight = alive_at(time, event, cohort.horizon)
    seen = weight > 0
    yield measured(
        lambda: _delong(alive[seen], -risk[seen]),
        name="AUC, censored left out",
        method="DeLong, among those whose state is known: biased when censoring is not rare",
        **{**common, "patients": int(seen.sum())},
    )


def _delong(alive: Bools, score: Floats) -> Estimate:
    return shown_area(auc_delong(alive, score), int(alive.sum()), int((~alive).sum()))


def _weighted(time: Floats, event: Bools, risk: Floats, horizon: float, rows: Any = slice(None)) -> float:
    alive, weight = alive_at(time[rows], event[rows], horizon)
    return weighted_auc(alive, -risk[rows], weight)


def _bootstrapped(statistic: Any, patients: int, seed: int, draws: int) -> Estimate:
    low, high = percentile_interval(statistic, patients, seed, draws)
    return Estimate(statistic(np.arange(patients)), low, high)


def _prediction_error(cohort: ScoredCohort, score: Score) -> Iterator[Metric]:
    known = known_rows(score.values)
    time, event = cohort.outcomes.os_months[known], cohort.outcomes.os_event[known]
    common = {"topic": "prediction error", "method": WEIGHTS, **_common(cohort, score.name, known)}
    for name, part in (("Brier score", "estimate"), ("scaled Brier score", "scaled")):
        yield measured(
            partial(_brier, part, time, event, score.values[known], cohort.horizon), name=name, **common
        )


def _brier(part: str, time: Floats, event: Bools, survival: Floats, month: float) -> Estimate:
    found: Estimate = getattr(brier_survival(time, event, survival, month), part)
    return found


def _calibration(cohort: ScoredCohort, score: Score, drawing: Drawing) -> Iterator[Metric]:
    known = known_rows(score.values)
    time, event = cohort.outcomes.os_months[known], cohort.outcomes.os_event[known]
    yield from calibration_metrics(
        time, event, score.values[known], cohort.horizon, _common(cohort, score.name, known), drawing
    )
