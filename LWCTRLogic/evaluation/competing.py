"""Causes of death as competing risks: who dies of another cause is not censored, and cannot die of cancer later."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from LWCTRLogic.errors import InputError
from LWCTRLogic.evaluation.metric import Metric, measured, plain
from LWCTRLogic.evaluation.scored import Score, ScoredCohort
from LWCTRLogic.evaluation.shares import incidence_share
from LWCTRLogic.evaluation.survival import NON_RESPONDERS, POINTS, RESPONDERS, responders
from LWCTRLogic.stats.competing_risks import cause_specific_cox, gray_test
from LWCTRLogic.stats.estimate import Estimate
from LWCTRLogic.stats.hazard_ratios import hazard_ratios
from LWCTRLogic.stats.steps import Floats

TOPIC = "competing risks"
MONTHS = 12.0


def competing_risk_metrics(cohort: ScoredCohort) -> Iterator[Metric]:
    """Yield the cumulative incidence of each cause of death by the leading score; nothing where no cause is known.

    A death without a cause is a cause of its own ("unknown"), since leaving it out would bias the others.
    """
    words = cohort.outcomes.cause
    if words is None or not any(words):
        return
    follow_up = cohort.follow_up("OS")
    causes = np.array(words, dtype=np.str_)[follow_up.rows]
    causes = np.where(follow_up.event, np.where(causes == "", "unknown", causes), "")
    names = sorted(set(causes.tolist()) - {""})
    codes = np.select([causes == name for name in names], list(range(1, len(names) + 1)), 0)
    score = cohort.scores[0]
    for code, name in enumerate(names, 1):
        yield from _cause(follow_up.months, codes, code, name, score, follow_up.rows)


def _cause(
    time: Floats, codes: NDArray[np.int_], code: int, name: str, score: Score, rows: NDArray[np.bool_]
) -> Iterator[Metric]:
    called, values = responders(score)[rows], score.values[rows]
    common: dict[str, Any] = {"topic": TOPIC, "score": score.name, "endpoint": "OS"}
    for value, words in ((1.0, RESPONDERS), (0.0, NON_RESPONDERS)):
        inside = called == value
        if inside.any():
            yield measured(
                partial(incidence_share, time[inside], codes[inside], code, MONTHS),
                name="cumulative incidence",
                group=f"{name}, {words}",
                at=MONTHS,
                method="Aalen–Johansen",
                patients=int(inside.sum()),
                events=int((codes[inside] == code).sum()),
                **common,
            )
    size = {"group": name, "patients": len(time), "events": int((codes == code).sum())}
    if np.isfinite(called).any():
        yield _gray(time, codes, called, code, {**common, **size})
    if score.is_probability:
        known = np.isfinite(values)
        yield measured(
            partial(_hazard, time[known], codes[known], values[known] * 100 / POINTS, code),
            name=f"cause-specific hazard ratio per +{POINTS:g} points",
            method="Cox, the other causes censored: a rate among those still alive",
            **common,
            **size,
        )


def _hazard(time: Floats, codes: NDArray[np.int_], values: Floats, code: int) -> Estimate:
    return hazard_ratios(cause_specific_cox(time, codes, values[:, None], of=code))[0].ratio


def _gray(time: Floats, codes: NDArray[np.int_], called: Floats, code: int, common: dict[str, Any]) -> Metric:
    known = np.isfinite(called)
    try:
        test = gray_test(time[known], codes[known], called[known], of=code)
    except InputError as error:
        return Metric(
            name="Gray's χ²", estimate=plain(np.nan), method=f"not estimated: {error.found}", **common
        )
    return Metric(name="Gray's χ²", estimate=plain(test.statistic), p=test.p, method="Gray 1988", **common)
