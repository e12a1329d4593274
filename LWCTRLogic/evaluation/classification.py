"""What calling patients responders at a cut-off does: error rates, net benefit, and reclassification when asked for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from LWCTRLogic.errors import InputError
from LWCTRLogic.evaluation.calibration import WEIGHTS
from LWCTRLogic.evaluation.metric import Metric, measured, plain
from LWCTRLogic.evaluation.response import ENDPOINT
from LWCTRLogic.evaluation.scored import ScoredCohort
from LWCTRLogic.evaluation.shares import alive_share
from LWCTRLogic.evaluation.survival import mrecist_responders
from LWCTRLogic.stats.censoring import alive_at
from LWCTRLogic.stats.decision_curve import decision_curve, decision_curve_survival
from LWCTRLogic.stats.estimate import Comparison, Estimate
from LWCTRLogic.stats.proportion import wilson
from LWCTRLogic.stats.reclassification import integrated_discrimination, net_reclassification
from LWCTRLogic.stats.steps import Bools, Floats
from LWCTRLogic.stats.threshold import at_threshold_survival

TOPIC = "classification"
RATES = ("sensitivity", "specificity", "ppv", "npv", "accuracy")
NAMES = dict(zip(RATES, ("sensitivity", "specificity", "PPV", "NPV", "accuracy"), strict=True))
THRESHOLDS = (0.2, 0.35, 0.5, 0.65, 0.8)
"""Risks of death at which the net benefit is written down."""


def classification_metrics(cohort: ScoredCohort) -> Iterator[Metric]:
    """Yield the error rates of each score at its cut-off and of mRECIST, and the net benefit of the probabilities.

    Positive means alive at the horizon.
    """
    called = [(score.name, score.values, score.cutoff) for score in cohort.scores if score.cutoff is not None]
    by_mrecist = mrecist_responders(cohort)
    if np.isfinite(by_mrecist).any():
        called.append(("mRECIST", by_mrecist, 0.5))
    for name, values, cutoff in called:
        yield from _rates(cohort, name, values, cutoff)
    for score in cohort.scores:
        if score.is_probability:
            yield from _net_benefit(cohort, score.name, score.values)
            yield from _net_benefit_of_known(cohort, score.name, score.values)


def _followed(cohort: ScoredCohort, values: Floats) -> tuple[Floats, Bools, Floats]:
    known = np.isfinite(values)
    return cohort.outcomes.os_months[known], cohort.outcomes.os_event[known], values[known]


def _rates(cohort: ScoredCohort, name: str, values: Floats, cutoff: float) -> Iterator[Metric]:
    time, event, known = _followed(cohort, values)
    common: dict[str, Any] = {"topic": TOPIC, "score": name, "endpoint": ENDPOINT}
    common |= {"patients": len(time), "events": int((event & (time <= cohort.horizon)).sum())}
    if name in [score.name for score in cohort.scores]:
        yield Metric(name="cut-off", estimate=plain(cutoff), **common)
    yield Metric(
        name="called responders",
        estimate=wilson(int((known >= cutoff).sum()), len(known)),
        at=cutoff,
        **common,
    )
    try:
        found = at_threshold_survival(time, event, known, cutoff, cohort.horizon)
    except InputError as error:
        yield Metric(
            name="sensitivity", estimate=plain(np.nan), method=f"not estimated: {error.found}", **common
        )
        return
    for rate in RATES:
        yield Metric(name=NAMES[rate], estimate=getattr(found, rate), at=cutoff, method=WEIGHTS, **common)
    yield Metric(name="Youden's J", estimate=found.youden, at=cutoff, method=WEIGHTS, **common)


def _net_benefit(cohort: ScoredCohort, name: str, values: Floats) -> Iterator[Metric]:
    time, event, known = _followed(cohort, values)
    try:
        curve = decision_curve_survival(time, event, 1 - known, cohort.horizon, THRESHOLDS)
    except InputError:
        return
    alive = alive_share(time, event, cohort.horizon)
    for index, threshold in enumerate(THRESHOLDS):
        limits = (curve.model, curve.low, curve.high)
        own = Estimate(*(float(line[index]) for line in limits))
        for label, one in (
            ("net benefit", own),
            ("net benefit, everybody", _of_everybody(alive, threshold)),
        ):
            yield Metric(
                TOPIC,
                label,
                one,
                score=name,
                endpoint=ENDPOINT,
                at=threshold,
                patients=len(time),
            )


def _of_everybody(alive: Estimate, threshold: float) -> Estimate:
    """Return the net benefit of acting on everybody, 1 − S − S · odds, with the limits of S."""
    odds = threshold / (1 - threshold)
    value, low, high = (1 - share * (1 + odds) for share in (alive.value, alive.high, alive.low))
    return Estimate(value, low, high)


def _net_benefit_of_known(cohort: ScoredCohort, name: str, values: Floats) -> Iterator[Metric]:
    """Yield the net benefit among those whose state is known, as papers have it that know no censoring."""
    alive, weight = alive_at(cohort.outcomes.os_months, cohort.outcomes.os_event, cohort.horizon)
    rows = (weight > 0) & np.isfinite(values)
    curve = decision_curve(~alive[rows], 1 - values[rows], THRESHOLDS)
    for threshold, *limits in zip(THRESHOLDS, curve.model, curve.low, curve.high, strict=True):
        yield Metric(
            TOPIC,
            "net benefit, censored left out",
            Estimate(*map(float, limits)),
            score=name,
            endpoint=ENDPOINT,
            at=threshold,
            patients=int(rows.sum()),
        )


def reclassification_improvement(cohort: ScoredCohort) -> Iterator[Metric]:
    """Yield NRI and IDI of the leading score over each other probability, among patients whose state is known.

    Off unless asked for: both rise when useless noise is added to a model or when it is badly calibrated, and neither
    is a proper score (Pepe et al. 2015; Hilden and Gerds 2014). The differences of AUC and Brier score answer the
    same question.
    """
    outcomes = cohort.outcomes
    alive, weight = alive_at(outcomes.os_months, outcomes.os_event, cohort.horizon)
    first, *others = [score for score in cohort.scores if score.is_probability]
    for other in others:
        rows = (weight > 0) & np.isfinite(first.values) & np.isfinite(other.values)
        common: dict[str, Any] = {
            "topic": TOPIC,
            "score": first.name,
            "versus": other.name,
            "endpoint": ENDPOINT,
        }
        common |= {"at": cohort.horizon, "patients": int(rows.sum()), "method": "censored left out"}
        label, old, new = alive[rows], other.values[rows], first.values[rows]
        yield measured(partial(_continuous_nri, label, old, new), name="continuous NRI", **common)
        yield measured(partial(integrated_discrimination, label, old, new), name="IDI", **common)


def _continuous_nri(label: Bools, old: Floats, new: Floats) -> Comparison:
    return net_reclassification(label, old, new).total
