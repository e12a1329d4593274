"""Rad-score beside mRECIST: who is called what by both, and how those patients fared.

Patients with progression by mRECIST who are responders by score may be pseudoprogressions; those with stable disease
who are non-responders are the ones that a score may warn of early. The table shows their survival, not a verdict.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from LWCTRLogic.evaluation.metric import Metric, measured, plain
from LWCTRLogic.evaluation.scored import MRECIST, Score, ScoredCohort
from LWCTRLogic.evaluation.survival import NON_RESPONDERS, RESPONDERS, responders
from LWCTRLogic.outcomes import FollowUp
from LWCTRLogic.stats.estimate import Estimate
from LWCTRLogic.stats.steps import Bools, Floats
from LWCTRLogic.stats.survival_curves import survival_curve

TOPIC = "reclassification"
MONTHS = 12.0


def reclassification_metrics(cohort: ScoredCohort) -> Iterator[Metric]:
    """Yield count, median survival and survival at 12 months of each cell, for each score with a cut-off."""
    follow_up = cohort.follow_up("OS")
    for score in cohort.scores:
        if score.cutoff is None or not np.isin(cohort.mrecist, MRECIST).any():
            continue
        called = responders(score)
        for word in MRECIST:
            for value, group in ((1.0, RESPONDERS), (0.0, NON_RESPONDERS)):
                rows = (cohort.mrecist == word) & (called == value)
                yield from _cell(follow_up, rows, score, f"{word}, {group}")


def _cell(follow_up: FollowUp, rows: Bools, score: Score, group: str) -> Iterator[Metric]:
    inside = rows[follow_up.rows]
    time, event = follow_up.months[inside], follow_up.event[inside]
    common: dict[str, Any] = {
        "topic": TOPIC,
        "score": score.name,
        "versus": "mRECIST",
        "endpoint": "OS",
        "group": group,
    }
    size: dict[str, Any] = {"patients": len(time), "events": int(event.sum())}
    yield Metric(name="patients", estimate=plain(int(rows.sum())), **common, **size)
    if not inside.any():
        return
    yield measured(lambda: survival_curve(time, event).median(), name="median months", **common, **size)
    yield measured(lambda: _alive(time, event), name="alive", at=MONTHS, **common, **size)


def _alive(time: Floats, event: Bools) -> Estimate:
    """Return the share alive; all or none of a few patients gives no interval, not one of no width."""
    one = survival_curve(time, event).at(MONTHS)
    return one if 0 < one.value < 1 else Estimate(one.value)
