"""Which of two scores is better, on the same patients: paired differences with intervals and tests."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from LWCTRLogic.evaluation.calibration import WEIGHTS
from LWCTRLogic.evaluation.metric import Metric, measured
from LWCTRLogic.evaluation.scored import Score, ScoredCohort
from LWCTRLogic.evaluation.survival import Ranking, rankings
from LWCTRLogic.models.bundle import REPORT_MONTHS
from LWCTRLogic.stats.brier import brier_difference, brier_survival
from LWCTRLogic.stats.censoring import alive_at
from LWCTRLogic.stats.concordance import concordance_difference, harrell_c
from LWCTRLogic.stats.delong import auc_delong, delong_paired, delong_unpaired
from LWCTRLogic.stats.enough import check_enough
from LWCTRLogic.stats.estimate import Comparison, Estimate
from LWCTRLogic.stats.perfect import shown_area
from LWCTRLogic.stats.steps import Bools, Floats
from LWCTRLogic.stats.time_dependent import TimedRisk, auc_difference, time_dependent_auc_difference

TOPIC = "comparison"


def comparison_metrics(cohort: ScoredCohort) -> Iterator[Metric]:
    """Yield the leading score against each other one, mRECIST and the Cox models; differences are first − other.

    Only patients who have both scores take part in a pair. The p-values are not adjusted for their number.
    """
    outcomes = cohort.outcomes
    for first, other in _pairs(rankings(cohort, "OS")):
        rows = np.isfinite(first.risk) & np.isfinite(other.risk)
        time, event = outcomes.os_months[rows], outcomes.os_event[rows]
        common: dict[str, Any] = {"topic": TOPIC, "score": first.name, "versus": other.name}
        common |= {"patients": int(rows.sum()), "events": int(event.sum())}
        a, b = first.risk[rows], other.risk[rows]
        yield measured(
            partial(time_dependent_auc_difference, time, event, a, b, cohort.horizon),
            name="difference of AUC", endpoint="response", at=cohort.horizon, method=WEIGHTS, **common,
        )  # fmt: skip
        yield measured(
            partial(_delong, time, event, a, b, cohort.horizon),
            name="difference of AUC, censored left out", endpoint="response", at=cohort.horizon,
            method="DeLong", **common,
        )  # fmt: skip
    yield from _prediction_errors(cohort)
    for endpoint in cohort.endpoints:
        yield from _over_time(cohort, endpoint)


def _prediction_errors(cohort: ScoredCohort) -> Iterator[Metric]:
    """Yield the paired differences of the Brier scores of probabilities; negative where the first errs less."""
    first, outcomes = cohort.scores[0], cohort.outcomes
    for other in cohort.scores[1:] if first.is_probability else ():
        if not other.is_probability:
            continue
        rows = np.isfinite(first.values) & np.isfinite(other.values)
        yield measured(
            partial(_brier, cohort, first, other, rows), topic=TOPIC, name="difference of Brier score",
            score=first.name, versus=other.name, endpoint="response", at=cohort.horizon, method=WEIGHTS,
            patients=int(rows.sum()), events=int(outcomes.os_event[rows].sum()),
        )  # fmt: skip


def _brier(cohort: ScoredCohort, first: Score, other: Score, rows: Bools) -> Comparison:
    time, event = cohort.outcomes.os_months[rows], cohort.outcomes.os_event[rows]
    one, two = (brier_survival(time, event, score.values[rows], cohort.horizon) for score in (first, other))
    return brier_difference(one, two)


def _pairs(found: list[Ranking]) -> Iterator[tuple[Ranking, Ranking]]:
    yield from ((found[0], other) for other in found[1:])


def _delong(time: Floats, event: Bools, a: Floats, b: Floats, horizon: float) -> Comparison:
    alive, weight = alive_at(time, event, horizon)
    known = weight > 0
    return delong_paired(alive[known], -a[known], -b[known])


def _over_time(cohort: ScoredCohort, endpoint: str) -> Iterator[Metric]:
    follow_up = cohort.follow_up(endpoint)
    for first, other in _pairs(rankings(cohort, endpoint)):
        a, b = first.risk[follow_up.rows], other.risk[follow_up.rows]
        both = np.isfinite(a) & np.isfinite(b)
        time, event = follow_up.months[both], follow_up.event[both]
        common: dict[str, Any] = {
            "topic": TOPIC,
            "score": first.name,
            "versus": other.name,
            "endpoint": endpoint,
        }
        common |= {"patients": len(time), "events": int(event.sum())}
        one, two = (TimedRisk.of(time, event, risk[both]) for risk in (a, b))
        for month in REPORT_MONTHS[endpoint]:
            yield measured(
                partial(_of_areas, time, event, one, two, month),
                name="difference of AUC(t)", at=month, method=WEIGHTS, **common,
            )  # fmt: skip
        yield measured(
            partial(_concordance, time, event, a[both], b[both]), name="difference of Harrell's C", **common
        )


def _of_areas(time: Floats, event: Bools, a: TimedRisk, b: TimedRisk, month: float) -> Comparison:
    check_enough(time, event, month)
    return auc_difference(a.auc(month), b.auc(month))


def _concordance(time: Floats, event: Bools, a: Floats, b: Floats) -> Comparison:
    return concordance_difference(harrell_c(time, event, a), harrell_c(time, event, b))


def between_cohorts(first: ScoredCohort, other: ScoredCohort) -> Iterator[Metric]:
    """Yield each score's AUC in one cohort, in another one, and their difference, of different patients (DeLong)."""
    theirs = {score.name: score for score in other.scores}
    for score in first.scores:
        if score.name not in theirs:
            continue
        sides = [_known(first, score.values), _known(other, theirs[score.name].values)]
        sizes = [len(alive) for alive, _ in sides]
        common: dict[str, Any] = {"topic": TOPIC, "score": score.name, "endpoint": "response"}
        common |= {"at": first.horizon, "method": "DeLong, different patients, censored left out"}
        for name, side, size in zip(("AUC here", "AUC there"), sides, sizes, strict=True):
            yield measured(partial(_area, *side), name=name, patients=size, **common)
        yield measured(
            partial(delong_unpaired, *sides[0], *sides[1]),
            name=f"difference of AUC, {first.name} − {other.name}", patients=sum(sizes), **common,
        )  # fmt: skip


def _known(cohort: ScoredCohort, values: Floats) -> tuple[Bools, Floats]:
    """Return state and score of the patients of whom both are known."""
    alive, weight = alive_at(cohort.outcomes.os_months, cohort.outcomes.os_event, cohort.horizon)
    rows = (weight > 0) & np.isfinite(values)
    return alive[rows], values[rows]


def _area(alive: Bools, score: Floats) -> Estimate:
    return shown_area(auc_delong(alive, score), int(alive.sum()), int((~alive).sum()))
