"""The figures of an evaluation, made from its cohort: each is a picture for the report and for a file of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

import numpy as np

from LWCTRLogic.errors import InputError
from LWCTRLogic.evaluation.calibration import calibration_of
from LWCTRLogic.evaluation.figures import calibration, decision, forest, kaplan_meier, over_time, roc, spread
from LWCTRLogic.evaluation.figures.frame import HEIGHT, WIDE, WIDTH
from LWCTRLogic.evaluation.metric import Metric, pick
from LWCTRLogic.evaluation.palette import cohort_places
from LWCTRLogic.evaluation.scored import MRECIST, Score, ScoredCohort
from LWCTRLogic.evaluation.subgroups import TOPIC as SUBGROUP
from LWCTRLogic.evaluation.survival import (
    NON_RESPONDERS,
    RESPONDERS,
    Ranking,
    mrecist_responders,
    rankings,
    responders,
)
from LWCTRLogic.evaluation.words import hazard_words, p_words
from LWCTRLogic.outcomes import FollowUp
from LWCTRLogic.report.document import Picture
from LWCTRLogic.report.figures.survival import endpoint_name
from LWCTRLogic.stats.decision_curve import DecisionCurve, decision_curve_survival
from LWCTRLogic.stats.enough import check_enough
from LWCTRLogic.stats.steps import Bools, Floats
from LWCTRLogic.stats.survival_curves import survival_curve
from LWCTRLogic.stats.time_dependent import TimedRisk, time_dependent_roc

DRAWN = 5
"""Scores that one figure shows; more lines than that hide each other."""
_EVENTS = {"OS": "death", "PFS": "progression or death"}
_THRESHOLDS = np.linspace(0.01, 0.99, 99)


def roc_picture(cohort: ScoredCohort, metrics: Sequence[Metric]) -> Picture | None:
    """Return the ROC curves of the response at the horizon, with the areas that the tables give."""
    curves: list[roc.RocCurve] = []
    places = cohort_places(cohort)
    for ranking in _with_mrecist(rankings(cohort, "OS")):
        areas = pick(metrics, topic="discrimination", name="AUC", score=ranking.name, endpoint="response")
        known = np.isfinite(ranking.risk)
        if areas and np.isfinite(areas[0].estimate.value) and len(curves) < DRAWN:
            outcomes = cohort.outcomes
            false, true, _ = time_dependent_roc(
                outcomes.os_months[known], outcomes.os_event[known], ranking.risk[known], cohort.horizon
            )
            # of death; seen from the other corner it is the curve of being alive
            place = places[ranking.name]
            curves.append(
                roc.RocCurve(ranking.name, 1 - true[::-1], 1 - false[::-1], areas[0].estimate, place)
            )
    if not curves:
        return None
    title = f"Alive at {cohort.horizon:g} months"
    return _picture(
        "roc",
        partial(roc.draw_roc, curves=curves, title=title, notice=cohort.notice),
        title,
        "ROC curves: " + "; ".join(f"{curve.label} {curve.auc.value:.2f}" for curve in curves),
        "ROC curves with censoring weights.",
    )


def calibration_picture(cohort: ScoredCohort, score: Score) -> Picture | None:
    """Return the calibration of one score as the probability of living beyond the horizon."""
    if not score.is_probability:
        return None
    known = np.isfinite(score.values)
    outcomes = cohort.outcomes
    title = f"Calibration of {score.name} at {cohort.horizon:g} months"
    return _calibration(
        "calibration", outcomes.os_months[known], outcomes.os_event[known], score.values[known], cohort.horizon,
        title, cohort.notice, cohort_places(cohort)[score.name],
    )  # fmt: skip


def model_calibration_pictures(cohort: ScoredCohort, endpoint: str) -> Iterator[Picture]:
    """Give the calibration of the leading Cox model of an endpoint at each of its months."""
    models = [model for model in cohort.survival if model.endpoint == endpoint]
    if not models:
        return
    model, follow_up = models[0], cohort.follow_up(endpoint)
    survival = model.survival[follow_up.rows]
    known = np.asarray(np.isfinite(survival).all(axis=1))
    for column, month in enumerate(model.months):
        picture = _calibration(
            f"calibration-{endpoint}-{month:g}", follow_up.months[known], follow_up.event[known],
            survival[known, column], month, f"{model.name}: {endpoint} at {month:g} months", cohort.notice,
            cohort_places(cohort)[model.name],
        )  # fmt: skip
        if picture is not None:
            yield picture


def _calibration(
    name: str,
    time: Floats,
    event: Bools,
    predicted: Floats,
    month: float,
    title: str,
    notice: str,
    place: int,
) -> Picture | None:
    try:
        found = calibration_of(time, event, predicted, month)
    except InputError:
        return None
    line = found.curve
    curve = calibration.CalibrationCurve(
        "cubic spline, 95 % band",
        predicted,
        line.predicted,
        line.observed,
        line.low,
        line.high,
        [(group.predicted, group.observed) for group in found.groups],
        place,
    )
    slope = found.weak.slope
    return _picture(
        name,
        partial(calibration.draw_calibration, curve=curve, title=title, notice=notice),
        title,
        f"Slope {slope.value:.2f} ({slope.low:.2f} to {slope.high:.2f}); 1 is right.",
        f"Slope {slope.value:.2f} ({slope.low:.2f}–{slope.high:.2f}). Bars: how many have each prediction.",
    )


def decision_picture(cohort: ScoredCohort) -> Picture | None:
    """Return the net benefit of the scores that are probabilities."""
    outcomes, everybody = cohort.outcomes, None
    curves: list[decision.BenefitCurve] = []
    places = cohort_places(cohort)
    for score in [score for score in cohort.scores if score.is_probability][:DRAWN]:
        known = np.isfinite(score.values)
        try:
            found = decision_curve_survival(
                outcomes.os_months[known], outcomes.os_event[known], 1 - score.values[known], cohort.horizon,
                _THRESHOLDS,
            )  # fmt: skip
        except InputError:
            continue
        curves.append(decision.BenefitCurve(score.name, found.model, places[score.name]))
        everybody = found.treat_all if everybody is None else everybody
    if everybody is None:
        return None
    title = f"Decision curve: death by {cohort.horizon:g} months"
    draw = partial(
        decision.draw_decision_curve,
        thresholds=_THRESHOLDS, curves=curves, treat_all=everybody, title=title, notice=cohort.notice,
    )  # fmt: skip
    return _picture("decision", draw, title, "Net benefit of acting on a predicted death, by threshold.")


def model_decision_pictures(cohort: ScoredCohort, endpoint: str) -> Iterator[Picture]:
    """Give the net benefit of the Cox models of an endpoint at each of their months."""
    follow_up, places = cohort.follow_up(endpoint), cohort_places(cohort)
    models = [model for model in cohort.survival if model.endpoint == endpoint]
    for column, month in enumerate(models[0].months if models else ()):
        curves: list[decision.BenefitCurve] = []
        everybody: Floats | None = None
        for model in models[:DRAWN]:
            if column >= len(model.months):
                continue
            found = _benefit(follow_up, model.survival[follow_up.rows, column], month)
            if found is not None:
                curves.append(decision.BenefitCurve(model.name, found.model, places[model.name]))
                everybody = found.treat_all if everybody is None else everybody
        if everybody is not None:
            title = f"Net benefit: {_EVENTS[endpoint]} by {month:g} months"
            draw = partial(
                decision.draw_decision_curve,
                thresholds=_THRESHOLDS, curves=curves, treat_all=everybody, title=title, notice=cohort.notice,
            )  # fmt: skip
            yield _picture(
                f"decision-{endpoint}-{month:g}", draw, title, title, f"Months from {follow_up.origin}."
            )


def _benefit(follow_up: FollowUp, survival: Floats, month: float) -> DecisionCurve | None:
    known = np.isfinite(survival)
    try:
        check_enough(follow_up.months[known], follow_up.event[known], month)
        found = decision_curve_survival(
            follow_up.months[known], follow_up.event[known], 1 - survival[known], month, _THRESHOLDS
        )
    except InputError:
        return None
    return found if np.isfinite(found.treat_all).all() else None


def spread_picture(cohort: ScoredCohort, score: Score) -> Picture | None:
    """Return the scores of the patients of each mRECIST class."""
    groups = [(word, score.values[(cohort.mrecist == word) & np.isfinite(score.values)]) for word in MRECIST]
    groups = [(word, values) for word, values in groups if len(values)]
    if len(groups) < 2:
        return None
    title = f"{score.name} by mRECIST"
    draw = partial(
        spread.draw_spread,
        groups=groups,
        title=title,
        quantity=score.name,
        cutoff=score.cutoff,
        notice=cohort.notice,
    )
    medians = ", ".join(f"{word} {np.median(values):.2f}" for word, values in groups)
    return _picture(
        "spread",
        draw,
        title,
        f"Medians: {medians}.",
        "A dot a patient (at most 500 a class), median and quartiles."
        + ("" if score.cutoff is None else f" Dashed: the cut-off, {score.cutoff:.2f}."),
    )


def survival_pictures(cohort: ScoredCohort, score: Score, metrics: Sequence[Metric]) -> Iterator[Picture]:
    """Give Kaplan–Meier curves by score and by mRECIST for each endpoint."""
    for endpoint in cohort.endpoints:
        follow_up = cohort.follow_up(endpoint)
        for name, called in ((score.name, responders(score)), ("mRECIST", mrecist_responders(cohort))):
            picture = _kaplan_meier(cohort, follow_up, name, called, metrics)
            if picture is not None:
                yield picture


def _kaplan_meier(
    cohort: ScoredCohort, follow_up: FollowUp, name: str, called: Floats, metrics: Sequence[Metric]
) -> Picture | None:
    called = called[follow_up.rows]
    months = _months(follow_up)
    groups = []
    for value, words in ((1.0, RESPONDERS), (0.0, NON_RESPONDERS)):
        rows = called == value
        if not rows.any():
            return None
        groups.append(
            _group(f"{words} ({rows.sum()})", follow_up.months[rows], follow_up.event[rows], months)
        )
    own = pick(metrics, topic="groups", score=name, endpoint=follow_up.endpoint)
    test = p_words(next((one.p for one in own if one.name.startswith("log-rank")), None))
    note = ", ".join(filter(None, (hazard_words(own), test and f"log-rank {test}")))
    title = f"{endpoint_name(follow_up.endpoint)} by {name}"
    draw = partial(
        kaplan_meier.draw_kaplan_meier,
        groups=groups, months=months, title=title, note=note, origin=follow_up.origin, notice=cohort.notice,
    )  # fmt: skip
    slug = f"kaplan-meier-{follow_up.endpoint}-{'mrecist' if name == 'mRECIST' else 'score'}"
    return Picture(
        slug,
        draw,
        WIDTH,
        kaplan_meier.HEIGHT,
        title,
        note or title,
        "Ticks: censored patients. Bands: 95 % limits."
        + (" Responders: CR, PR and SD." if name == "mRECIST" else ""),
    )


def _months(follow_up: FollowUp) -> tuple[float, ...]:
    """Return the months of the axis: to where a tenth of the patients is left, in steps of 6 or 12."""
    last = float(np.quantile(follow_up.months, 0.95))
    step = 6 if last <= 36 else 12
    return tuple(float(month) for month in range(0, int(np.ceil(last / step)) * step + 1, step))


def _group(label: str, time: Floats, event: Bools, months: Sequence[float]) -> kaplan_meier.SurvivalGroup:
    curve = survival_curve(time, event)
    shown = curve.times <= months[-1]
    low, high = (np.nan_to_num(limit[shown], nan=0.0) for limit in (curve.low, curve.high))
    censored = time[~event & (time <= months[-1])]
    return kaplan_meier.SurvivalGroup(
        label,
        curve.times[shown],
        curve.survival[shown],
        low,
        high,
        censored if len(censored) <= 1000 else censored[:0],
        curve.numbers_at_risk(list(months)).tolist(),
    )


def over_time_pictures(cohort: ScoredCohort) -> Iterator[Picture]:
    """Give AUC(t) of the leading scores, mRECIST and Cox models for each endpoint."""
    places = cohort_places(cohort)
    for endpoint in cohort.endpoints:
        follow_up = cohort.follow_up(endpoint)
        curves = [
            curve
            for ranking in _leading(rankings(cohort, endpoint), {score.name for score in cohort.scores})
            if (curve := _auc_curve(follow_up, ranking, places[ranking.name])) is not None
        ]
        if curves:
            title = f"AUC over time, {endpoint_name(endpoint).lower()}"
            draw = partial(
                over_time.draw_over_time,
                curves=curves, title=title, quantity="AUC(t)", limits=(0.3, 1.0), reference=0.5, notice=cohort.notice,
            )  # fmt: skip
            yield _picture(
                f"auc-{endpoint}", draw, title, title, f"Months from {follow_up.origin}. Bands: 95 % limits."
            )


def _with_mrecist(found: list[Ranking]) -> list[Ranking]:
    """Return the first scores and mRECIST, which every score has to beat."""
    return [one for one in found if one.name != "mRECIST"][: DRAWN - 1] + [
        one for one in found if one.name == "mRECIST"
    ]


def _leading(found: list[Ranking], scores: set[str]) -> list[Ranking]:
    """Return the first score, mRECIST and every Cox model, and then other scores, as many as a figure shows."""
    return sorted(found, key=lambda one: (one is not found[0], one.name in scores))[:DRAWN]


def _auc_curve(follow_up: FollowUp, ranking: Ranking, place: int) -> over_time.TimeCurve | None:
    risk = ranking.risk[follow_up.rows]
    known = np.isfinite(risk)
    time, event = follow_up.months[known], follow_up.event[known]
    timed = TimedRisk.of(time, event, risk[known])
    points = []
    for month in np.unique(np.round(np.quantile(time, np.linspace(0.08, 0.92, 22)) * 2) / 2):
        try:
            check_enough(time, event, float(month))
            one = timed.auc(float(month)).shown
        except InputError:
            continue
        points.append((float(month), one.value, one.low, one.high))
    if len(points) < 3:
        return None
    months, value, low, high = np.array(points).T
    return over_time.TimeCurve(ranking.name, months, value, low, high, place)


def forest_picture(cohort: ScoredCohort, score: Score, metrics: Iterable[Metric]) -> Picture | None:
    """Return hazard ratios of one score in subgroups, with the interaction's p-values."""
    own = pick(metrics, topic=SUBGROUP, score=score.name, endpoint="OS")
    variables = list(dict.fromkeys(metric.group.partition(":")[0] for metric in own))
    rows: list[forest.ForestRow] = []
    for variable in variables:
        interaction = [metric.p for metric in own if metric.group == variable]
        p = interaction[0] if interaction else None
        rows.append(forest.ForestRow(variable, remark=p_words(p)))
        rows += [
            forest.ForestRow(
                metric.group.partition(": ")[2],
                str(metric.patients),
                metric.estimate if np.isfinite(metric.estimate.value) else None,
            )
            for metric in own
            if metric.group.startswith(f"{variable}:")
        ]
    if not any(row.estimate for row in rows):
        return None
    quantity = next(metric.name for metric in own if metric.name.startswith("hazard ratio"))
    title = f"Overall survival by {score.name} in subgroups"
    draw = partial(
        forest.draw_forest,
        rows=rows, title=title, quantity=quantity, reference=1.0, logarithmic=True, remarks="interaction",
        notice=cohort.notice,
    )  # fmt: skip
    return Picture("forest", draw, WIDE, forest.height(rows), title, title, "")


def _picture(
    name: str, draw: Callable[..., None], title: str, description: str, caption: str = ""
) -> Picture:
    return Picture(name, draw, WIDTH, HEIGHT, title, description, caption)
