"""Rad-score beside mRECIST: who is called what by both, and how those patients fared.

Patients with progression by mRECIST who are responders by score may be pseudoprogressions; those with stable disease
who are non-responders are the ones that a score may warn of early. The table shows their survival, not a verdict.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from LWCTRLogic.errors import InputError
from LWCTRLogic.evaluation.metric import Metric, measured, plain
from LWCTRLogic.evaluation.scored import MRECIST, Score, ScoredCohort
from LWCTRLogic.evaluation.shares import alive_share
from LWCTRLogic.evaluation.survival import (
    NON_RESPONDERS,
    RATIO,
    RESPONDERS,
    hazard_ratio,
    mrecist_responders,
    responders,
)
from LWCTRLogic.outcomes import FollowUp
from LWCTRLogic.stats.agreement import cohen_kappa
from LWCTRLogic.stats.estimate import Estimate
from LWCTRLogic.stats.proportion import wilson
from LWCTRLogic.stats.steps import Bools, Floats
from LWCTRLogic.stats.survival_curves import survival_curve

TOPIC = "reclassification"
MONTHS = 12.0
SHARE, OTHERWISE, KAPPA = "share of the class", "share called otherwise than by mRECIST", "Cohen's kappa"
LEAST_EVENTS = 5
"""Events of a class below which no hazard ratio is estimated within it."""


def reclassification_metrics(cohort: ScoredCohort) -> Iterator[Metric]:
    """Yield how each score with a cut-off and mRECIST agree, and what became of each class by score."""
    for score in cohort.scores:
        if score.cutoff is None or not np.isin(cohort.mrecist, MRECIST).any():
            continue
        called = responders(score)
        yield from _agreement(called, mrecist_responders(cohort), score)
        for word in MRECIST:
            yield from _class(cohort.follow_up("OS"), cohort.mrecist == word, called, score, word)


def _common(score: Score, **more: Any) -> dict[str, Any]:
    return {"topic": TOPIC, "score": score.name, "versus": "mRECIST", **more}


def _agreement(called: Floats, by_mrecist: Floats, score: Score) -> Iterator[Metric]:
    """Yield the share of patients on whom both disagree, and kappa."""
    rows = np.isfinite(called) & np.isfinite(by_mrecist)
    if not rows.any():
        return
    one, other = called[rows].tolist(), by_mrecist[rows].tolist()
    common = _common(score, patients=len(one))
    yield Metric(name=OTHERWISE, estimate=wilson(int((called != by_mrecist)[rows].sum()), len(one)), **common)
    yield measured(partial(_kappa, one, other), name=KAPPA, **common)


def _kappa(one: list[float], other: list[float]) -> Estimate:
    found = cohen_kappa(one, other, categories=(0.0, 1.0)).kappa
    if np.isnan(found.value):
        raise InputError("both call all patients alike")
    return found


def _class(follow_up: FollowUp, of: Bools, called: Floats, score: Score, word: str) -> Iterator[Metric]:
    """Yield what became of responders and non-responders of one mRECIST class, and their hazard ratio."""
    whole = int((of & np.isfinite(called)).sum())
    for value, group in ((1.0, RESPONDERS), (0.0, NON_RESPONDERS)):
        yield from _cell(follow_up, of & (called == value), whole, _common(score, group=f"{word}, {group}"))
    rows = (of & np.isfinite(called))[follow_up.rows]
    time, event, responder = follow_up.months[rows], follow_up.event[rows], called[follow_up.rows][rows]
    yield measured(
        partial(_ratio, time, event, responder), name=RATIO, endpoint="OS", patients=len(time),
        events=int(event.sum()), **_common(score, group=word),
    )  # fmt: skip


def _ratio(time: Floats, event: Bools, group: Floats) -> Estimate:
    if len(np.unique(group)) < 2:
        raise InputError("all of the class are called alike", "both groups")
    if event.sum() < LEAST_EVENTS:
        raise InputError(f"{int(event.sum())} events", f"{LEAST_EVENTS} at least")
    return hazard_ratio(time, event, group)


def _cell(follow_up: FollowUp, rows: Bools, whole: int, common: dict[str, Any]) -> Iterator[Metric]:
    inside = rows[follow_up.rows]
    time, event = follow_up.months[inside], follow_up.event[inside]
    size: dict[str, Any] = {"endpoint": "OS", "patients": len(time), "events": int(event.sum())}
    yield Metric(name="patients", estimate=plain(int(rows.sum())), **common, **size)
    if whole:
        yield Metric(name=SHARE, estimate=wilson(int(rows.sum()), whole), **common, **size)
    if inside.any():
        yield measured(partial(_median, time, event), name="median months", **common, **size)
        yield measured(partial(_alive, time, event), name="alive", at=MONTHS, **common, **size)


def _median(time: Floats, event: Bools) -> Estimate:
    return _reached(survival_curve(time, event).median(), "the curve does not fall to one half")


def _alive(time: Floats, event: Bools) -> Estimate:
    return _reached(alive_share(time, event, MONTHS), f"nobody was followed for {MONTHS:g} months")


def _reached(found: Estimate, reason: str) -> Estimate:
    if np.isnan(found.value):
        raise InputError(reason)
    return found
