"""Time to event: how well scores order patients over time, and how groups by cut-off or mRECIST fare.

Every time runs from the follow-up scan where the cohort has landmarks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from scipy.stats import rankdata

from LWCTRLogic.errors import InputError
from LWCTRLogic.evaluation.calibration import WEIGHTS, Drawing, calibration_metrics
from LWCTRLogic.evaluation.metric import Metric, bounded, measured, plain
from LWCTRLogic.evaluation.scored import MRECIST, Score, ScoredCohort, SurvivalModel
from LWCTRLogic.evaluation.shares import alive_share
from LWCTRLogic.models.bundle import REPORT_MONTHS
from LWCTRLogic.outcomes import FollowUp
from LWCTRLogic.stats.brier import brier_survival, integrated_brier
from LWCTRLogic.stats.concordance import harrell_c, uno_c
from LWCTRLogic.stats.cox import fit_cox
from LWCTRLogic.stats.enough import check_enough, is_enough
from LWCTRLogic.stats.estimate import Estimate
from LWCTRLogic.stats.hazard_ratios import hazard_ratios
from LWCTRLogic.stats.logrank import logrank
from LWCTRLogic.stats.proportional_hazards import proportional_hazards
from LWCTRLogic.stats.rmst import restricted_mean, restricted_mean_difference
from LWCTRLogic.stats.steps import Bools, Floats
from LWCTRLogic.stats.survival_curves import survival_curve
from LWCTRLogic.stats.time_dependent import TimedRisk

RESPONDERS, NON_RESPONDERS = "responders", "non-responders"
POINTS = 10.0
"""Points of a score in per cent that a hazard ratio is given for."""
ALONE = "Cox: "
"""What the name of a Cox model of one score begins with."""
RATIO = "hazard ratio, responders against the others"
MEAN = "restricted mean survival, months"


@dataclass(frozen=True)
class Ranking:
    """A score as a risk: higher for an earlier event; NaN for patients who have none."""

    name: str
    risk: Floats


def rankings(cohort: ScoredCohort, endpoint: str) -> list[Ranking]:
    """Return everything that orders patients for an endpoint: scores, mRECIST, Cox models.

    A Cox model of one score orders patients as that score does, so every figure of discrimination would stand there
    twice: it is left out.
    """
    found = [Ranking(score.name, -score.values) for score in cohort.scores]
    if "mRECIST" not in [ranking.name for ranking in found] and (cohort.mrecist != "").any():
        order = dict(zip(MRECIST, range(len(MRECIST)), strict=True))
        found.append(Ranking("mRECIST", np.array([order.get(word, np.nan) for word in cohort.mrecist])))
    for model in cohort.survival:
        if model.endpoint != endpoint or model.name.startswith(ALONE):
            continue
        if not any(same_order(model.risk, one.risk) for one in found):
            found.append(Ranking(model.name, model.risk))
    return found


def same_order(a: Floats, b: Floats) -> bool:
    """Return whether two risks (n,) order the same patients alike, ties included."""
    known = np.isfinite(a)
    if not (known == np.isfinite(b)).all():
        return False
    return bool(np.array_equal(rankdata(a[known]), rankdata(b[known])))


def survival_metrics(cohort: ScoredCohort, seed: int, draws: int) -> Iterator[Metric]:
    """Yield every number on OS and PFS: course, discrimination, prediction error, hazards, groups.

    Parameters
    ----------
    seed, draws : int
        Of the bootstrap intervals.
    """
    for endpoint in cohort.endpoints:
        follow_up = cohort.follow_up(endpoint)
        yield from _course(follow_up)
        for ranking in rankings(cohort, endpoint):
            yield from _discrimination(follow_up, ranking)
        for model in cohort.survival:
            if model.endpoint == endpoint:
                yield from _prediction_error(follow_up, model, Drawing.of(seed, draws))
        tau = float(REPORT_MONTHS[endpoint][-1])
        for score in cohort.scores:
            yield from _per_points(follow_up, score)
            if score.cutoff is not None:
                yield from _groups(follow_up, score.name, responders(score), tau)
        if np.isfinite(mrecist_responders(cohort)).any():
            yield from _groups(follow_up, "mRECIST", mrecist_responders(cohort), tau)


def _course(follow_up: FollowUp) -> Iterator[Metric]:
    """Yield the median and the share without event at the months of the method, of all patients."""
    curve = survival_curve(follow_up.months, follow_up.event)
    common: dict[str, Any] = {"topic": "course", "endpoint": follow_up.endpoint, **_size(follow_up)}
    yield Metric(
        name="median months", estimate=curve.median(), method="Kaplan–Meier, log-log limits", **common
    )
    for month in REPORT_MONTHS[follow_up.endpoint]:
        one = alive_share(follow_up.months, follow_up.event, month)
        method = "Kaplan–Meier"
        if np.isnan(one.value):
            method = f"not estimated: nobody was followed for longer than {curve.times[-1]:.1f} months"
        yield Metric(name="free of event", estimate=one, at=month, method=method, **common)


def _size(follow_up: FollowUp, known: Bools | None = None) -> dict[str, Any]:
    event = follow_up.event if known is None else follow_up.event[known]
    return {"patients": len(event), "events": int(event.sum())}


def _discrimination(follow_up: FollowUp, ranking: Ranking) -> Iterator[Metric]:
    risk = ranking.risk[follow_up.rows]
    known = np.isfinite(risk)
    time, event, risk = follow_up.months[known], follow_up.event[known], risk[known]
    common: dict[str, Any] = {
        "topic": "discrimination",
        "score": ranking.name,
        "endpoint": follow_up.endpoint,
    }
    common |= _size(follow_up, known)
    yield measured(lambda: bounded(harrell_c(time, event, risk).estimate), name="Harrell's C", **common)
    last = float(time[event].max(initial=0))
    yield measured(
        lambda: bounded(uno_c(time, event, risk, tau=last).estimate),
        name="Uno's C",
        at=last,
        method=WEIGHTS,
        **common,
    )
    timed = TimedRisk.of(time, event, risk)
    for month in REPORT_MONTHS[follow_up.endpoint]:
        yield measured(
            partial(_auc, time, event, timed, month),
            name="AUC(t)",
            at=month,
            method=f"cumulative/dynamic, {WEIGHTS}",
            **common,
        )


def _auc(time: Floats, event: Bools, risk: TimedRisk, month: float) -> Estimate:
    check_enough(time, event, month)
    return risk.auc(month).shown


def _prediction_error(follow_up: FollowUp, model: SurvivalModel, drawing: Drawing) -> Iterator[Metric]:
    """Yield Brier scores of predicted survival, and how much better they are than one rate for everybody."""
    survival = model.survival[follow_up.rows]
    known = np.asarray(np.isfinite(survival).all(axis=1))
    time, event, survival = follow_up.months[known], follow_up.event[known], survival[known]
    common = {
        "topic": "prediction error",
        "score": model.name,
        "endpoint": follow_up.endpoint,
        "method": WEIGHTS,
    }
    common |= _size(follow_up, known)
    for column, month in enumerate(model.months):
        for name, part in (("Brier score", "estimate"), ("scaled Brier score", "scaled")):
            yield measured(
                partial(_brier, part, time, event, survival[:, column], month), name=name, at=month, **common
            )
        yield from calibration_metrics(time, event, survival[:, column], month, common, drawing)
    judged = [column for column, month in enumerate(model.months) if is_enough(time, event, month)]
    if len(judged) > 1:
        months = [model.months[column] for column in judged]
        yield measured(
            lambda: integrated_brier(time, event, survival[:, judged], months).estimate,
            name=f"integrated Brier score, {months[0]:g}–{months[-1]:g} months",
            **common,
        )


def _brier(part: str, time: Floats, event: Bools, survival: Floats, month: float) -> Estimate:
    check_enough(time, event, month)
    found: Estimate = getattr(brier_survival(time, event, survival, month), part)
    return found


def _per_points(follow_up: FollowUp, score: Score) -> Iterator[Metric]:
    """Yield the hazard ratio of ten points more of a score, or of one standard deviation more."""
    values = score.values[follow_up.rows]
    known = np.isfinite(values)
    unit = POINTS / 100 if score.is_probability else float(values[known].std(ddof=1)) or 1.0
    time, event, scaled = follow_up.months[known], follow_up.event[known], values[known] / unit
    common: dict[str, Any] = {"topic": "hazard", "score": score.name, "endpoint": follow_up.endpoint}
    common |= {"method": "Cox, Efron's ties", **_size(follow_up, known)}
    yield measured(partial(hazard_ratio, time, event, scaled), name=per_points(score), **common)
    yield _proportional(time, event, scaled, {"name": "proportional hazards χ²", **common})


def per_points(score: Score) -> str:
    """Return what the hazard ratio of a score is given for."""
    return f"hazard ratio per +{POINTS:g} points" if score.is_probability else "hazard ratio per +1 SD"


def hazard_ratio(time: Floats, event: Bools, covariate: Floats) -> Estimate:
    """Return exp(β) of one covariate with its Wald interval.

    Raises
    ------
    InputError
        When the model cannot be fitted, such as when one group has no event.
    """
    levels = np.unique(covariate)
    if len(levels) < 2:
        raise InputError("all patients have one value")
    if len(levels) == 2 and not all(event[covariate == level].any() for level in levels):
        raise InputError("one of the groups had no event")
    return hazard_ratios(fit_cox(time, event, covariate[:, None]))[0].ratio


def _proportional(time: Floats, event: Bools, covariate: Floats, common: dict[str, Any]) -> Metric:
    """Return the test that the hazard ratio is constant in time; its value is χ²."""
    method = "Grambsch and Therneau, Kaplan–Meier transform"
    try:
        x = covariate[:, None]
        test = proportional_hazards(fit_cox(time, event, x), time, event, x).overall
    except InputError as error:
        return Metric(estimate=plain(np.nan), **{**common, "method": f"not estimated: {error.found}"})
    return Metric(estimate=plain(test.statistic), p=test.p, **{**common, "method": method})


def _groups(follow_up: FollowUp, name: str, responder: Floats, tau: float) -> Iterator[Metric]:
    """Compare responders with non-responders.

    Parameters
    ----------
    responder : (n,)
        1 or 0 for each patient of the cohort, NaN where unknown.
    tau : float
        Months to which mean survival is counted; less where a group was not followed for so long.
    """
    group = responder[follow_up.rows]
    known = np.isfinite(group)
    time, event, group = follow_up.months[known], follow_up.event[known], group[known]
    common: dict[str, Any] = {"topic": "groups", "score": name, "endpoint": follow_up.endpoint}
    size = _size(follow_up, known)
    if len(np.unique(group)) < 2:
        method = f"not estimated: {name} calls all patients who are followed for {follow_up.endpoint} alike"
        yield Metric(name=RATIO, estimate=plain(np.nan), **{**common, **size, "method": method})
        return
    for value, words in ((1.0, RESPONDERS), (0.0, NON_RESPONDERS)):
        rows = group == value
        part = {"patients": int(rows.sum()), "events": int(event[rows].sum())}
        yield _median(time[rows], event[rows], {"group": words, **common, **part})
    yield measured(
        lambda: hazard_ratio(time, event, group),
        name=RATIO,
        **common,
        **size,
    )
    yield _log_rank(time, event, group, common | size)
    yield from _restricted_means(time, event, group == 1, tau, common)


def _restricted_means(
    time: Floats, event: Bools, first: Bools, tau: float, common: dict[str, Any]
) -> Iterator[Metric]:
    """Yield the mean months lived up to τ by responders and by the others, and their difference."""
    tau = min(tau, float(time[first].max()), float(time[~first].max()))
    common = {"at": tau, "method": "area under Kaplan–Meier, variance of the estimator", **common}
    for rows, words in ((first, RESPONDERS), (~first, NON_RESPONDERS)):
        part = {"group": words, "patients": int(rows.sum()), "events": int(event[rows].sum())}
        yield measured(partial(restricted_mean, time[rows], event[rows], tau), name=MEAN, **part, **common)
    yield measured(
        partial(restricted_mean_difference, time[first], event[first], time[~first], event[~first], tau),
        name=f"difference of {MEAN}", patients=len(time), events=int(event.sum()), **common,
    )  # fmt: skip


def _median(time: Floats, event: Bools, common: dict[str, Any]) -> Metric:
    """Return the median, or why there is none."""
    found = measured(lambda: survival_curve(time, event).median(), name="median months", **common)
    if np.isnan(found.estimate.value) and not found.method:
        reason = "not estimated: the curve does not fall to one half"
        return replace(found, method=reason)
    return found


def _log_rank(time: Floats, event: Bools, group: Floats, common: dict[str, Any]) -> Metric:
    """Return the log-rank test; its value is χ²."""
    try:
        test = logrank(time, event, group).test
    except InputError as error:
        return Metric(
            name="log-rank χ²", estimate=plain(np.nan), method=f"not estimated: {error.found}", **common
        )
    return Metric(name="log-rank χ²", estimate=plain(test.statistic), p=test.p, **common)


def responders(score: Score) -> Floats:
    """Return 1 for a score at or above its cut-off, 0 below, NaN where it or the cut-off is unknown."""
    if score.cutoff is None:
        return np.full(len(score.values), np.nan)
    return np.where(np.isfinite(score.values), score.values >= score.cutoff, np.nan).astype(float)


def mrecist_responders(cohort: ScoredCohort) -> Floats:
    """Return 1 for CR, PR and SD, 0 for PD, NaN where mRECIST is unknown."""
    known = np.isin(cohort.mrecist, MRECIST)
    return np.where(known, ~cohort.progressed, np.nan).astype(float)
