"""Subgroups: the same figures in parts of the cohort, and whether they differ by more than chance."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from LWCTRLogic.errors import InputError
from LWCTRLogic.evaluation.metric import Metric, measured, plain
from LWCTRLogic.evaluation.scored import MRECIST, Score, ScoredCohort
from LWCTRLogic.evaluation.survival import POINTS, hazard_ratio, per_points
from LWCTRLogic.outcomes import FollowUp
from LWCTRLogic.stats.enough import check_enough
from LWCTRLogic.stats.estimate import Estimate
from LWCTRLogic.stats.hazard_ratios import interaction
from LWCTRLogic.stats.steps import Bools, Floats
from LWCTRLogic.stats.time_dependent import time_dependent_auc

TOPIC = "subgroup"
SMALLEST = 10
"""Patients of a subgroup below which nothing is estimated in it."""


def subgroup_metrics(cohort: ScoredCohort, score: Score) -> Iterator[Metric]:
    """Yield AUC at the horizon and hazard ratio of one score in each level of each grouping variable.

    The p-value of ``heterogeneity`` is that of Cochran's Q over the levels' AUCs; that of ``interaction`` is the
    likelihood-ratio test of score × group in a Cox model of overall survival. None is adjusted for their number.
    Levels of fewer than :data:`SMALLEST` patients are named without a value, and take no part in the tests.
    """
    for variable, levels in cohort.groups.items():
        yield from _variable(cohort, score, variable, np.asarray(levels))


def _variable(
    cohort: ScoredCohort, score: Score, variable: str, levels: NDArray[np.str_]
) -> Iterator[Metric]:
    follow_up = cohort.follow_up("OS")
    unit = POINTS / 100 if score.is_probability else float(np.nanstd(score.values)) or 1.0
    known = np.isfinite(score.values) & (levels != "")
    found = _ordered(levels[known])
    kept = [level for level in found if (known & (levels == level)).sum() >= SMALLEST]
    aucs = []
    for level in found:
        rows = known & (levels == level)
        common = {"topic": TOPIC, "score": score.name, "group": f"{variable}: {level}"}
        if level not in kept:
            yield from _too_few(rows, follow_up, per_points(score), common)
            continue
        auc = _auc(cohort, score, rows, common)
        aucs.append(auc.estimate)
        yield auc
        followed = rows[follow_up.rows]
        values = score.values[follow_up.rows][followed] / unit
        time, event = follow_up.months[followed], follow_up.event[followed]
        yield measured(
            partial(hazard_ratio, time, event, values),
            name=per_points(score),
            endpoint="OS",
            patients=len(time),
            events=int(event.sum()),
            **common,
        )
    if len(kept) > 1:
        whole: dict[str, Any] = {"topic": TOPIC, "score": score.name, "group": variable}
        yield _heterogeneity(aucs, whole)
        rows = known & np.isin(levels, kept)
        inside = rows[follow_up.rows]
        yield _interaction(
            follow_up.months[inside],
            follow_up.event[inside],
            score.values[follow_up.rows][inside] / unit,
            levels[follow_up.rows][inside],
            whole,
        )


def _ordered(levels: NDArray[np.str_]) -> list[str]:
    """Return the levels, classes of mRECIST from the best to the worst and others by their names."""
    found = np.unique(levels).tolist()
    return sorted(found, key=MRECIST.index) if set(found) <= set(MRECIST) else found


def _too_few(rows: Bools, follow_up: FollowUp, ratio: str, common: dict[str, Any]) -> Iterator[Metric]:
    """Yield what is not estimated in a subgroup of a few patients, with their number."""
    method = f"not estimated: the subgroup has fewer than {SMALLEST} patients"
    followed = rows[follow_up.rows]
    for name, endpoint, patients in (
        ("AUC", "response", int(rows.sum())),
        (ratio, "OS", int(followed.sum())),
    ):
        yield Metric(
            name=name, estimate=plain(np.nan), endpoint=endpoint, patients=patients, method=method, **common
        )


def _auc(cohort: ScoredCohort, score: Score, rows: Bools, common: dict[str, Any]) -> Metric:
    time, event = cohort.outcomes.os_months[rows], cohort.outcomes.os_event[rows]
    return measured(
        partial(_known_auc, time, event, -score.values[rows], cohort.horizon),
        name="AUC",
        endpoint="response",
        at=cohort.horizon,
        patients=int(rows.sum()),
        events=int((event & (time <= cohort.horizon)).sum()),
        **common,
    )


def _known_auc(time: Floats, event: Bools, risk: Floats, horizon: float) -> Estimate:
    """Return the AUC, unless the rarer class has too few patients for any interval."""
    check_enough(time, event, horizon)
    return time_dependent_auc(time, event, risk, horizon).shown


def _heterogeneity(aucs: list[Estimate], common: dict[str, Any]) -> Metric:
    """Return Cochran's Q: the AUCs' squared distances from their weighted mean, in standard errors."""
    found = np.array([(one.value, one.se) for one in aucs if np.isfinite(one.value) and one.se > 0])
    if len(found) < 2:
        return Metric(
            name="heterogeneity of the AUC, Q", estimate=plain(np.nan), endpoint="response",
            method="not estimated: fewer than two subgroups have an error of their AUC", **common,
        )  # fmt: skip
    weight = found[:, 1] ** -2
    mean = weight @ found[:, 0] / weight.sum()
    q = float(weight @ (found[:, 0] - mean) ** 2)
    p = float(chi2.sf(q, len(found) - 1))
    return Metric(name="heterogeneity of the AUC, Q", estimate=plain(q), p=p, endpoint="response", **common)


def _interaction(
    time: Floats, event: Bools, values: Floats, levels: NDArray[np.str_], common: dict[str, Any]
) -> Metric:
    """Return the likelihood-ratio test of a Cox model with score × group against one with score + group."""
    common = {
        **common,
        "name": "interaction χ²",
        "endpoint": "OS",
        "patients": len(time),
        "events": int(event.sum()),
    }
    try:
        test = interaction(time, event, values, levels).test
    except InputError as error:
        return Metric(estimate=plain(np.nan), method=f"not estimated: {error.found}", **common)
    return Metric(estimate=plain(test.statistic), p=test.p, method="likelihood ratio, Cox", **common)
