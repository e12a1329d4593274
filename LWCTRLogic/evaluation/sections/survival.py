"""Survival: course, discrimination over time, groups, prediction error of the Cox models."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from LWCTRLogic.evaluation import pictures
from LWCTRLogic.evaluation.metric import Metric, pick
from LWCTRLogic.evaluation.results import Evaluation
from LWCTRLogic.evaluation.sections.tables import dash_note, pivot
from LWCTRLogic.evaluation.survival import MEAN, NON_RESPONDERS, RATIO, RESPONDERS
from LWCTRLogic.evaluation.words import interval_words, p_words, percent_words
from LWCTRLogic.models.bundle import REPORT_MONTHS
from LWCTRLogic.report.document import Block, Paragraph, PictureGrid, Section
from LWCTRLogic.report.figures.survival import endpoint_name
from LWCTRLogic.report.text import NOTHING, number

SHOWN = ("course", "discrimination", "hazard", "groups", "prediction error", "calibration")
NR = (
    "NR: not reached. A score without a cut-off calls nobody a responder; a class such as mRECIST has no hazard ratio "
    "per point."
)
ALIKE = (
    "A Cox model of one score orders patients as the score itself does, so its discrimination is that score's and is "
    "not repeated; its predicted probabilities are its own."
)


def until_note(endpoint: str) -> str:
    """Return where the months end over which mean survival is taken, and why this may differ."""
    return (
        f"Until: {REPORT_MONTHS[endpoint][-1]} months, the last that is reported for {endpoint}, or sooner where the "
        "last patient of one of the two groups was not followed for so long; so it depends on how a score divides the "
        "patients, and on the endpoint. Means until different months cannot be compared with each other."
    )


def survival_section(evaluation: Evaluation) -> Section:
    """Return the chapter on overall and progression-free survival."""
    cohort, metrics = evaluation.cohort, evaluation.metrics
    blocks: list[Block | None] = []
    for endpoint in cohort.endpoints:
        own = pick(metrics, endpoint=endpoint)
        follow_up = cohort.follow_up(endpoint)
        median = pick(own, topic="course", name="median months")[0]
        restricted = _restricted(own, endpoint)
        shares = ", ".join(
            f"{percent_words(one.estimate)} at {one.at:g} months"
            for one in pick(own, topic="course", name="free of event")
        )
        blocks += [
            Paragraph(
                f"{endpoint_name(endpoint)}: {median.patients} {follow_up.population}, {median.events} events; median "
                f"{interval_words(median.estimate, 1)} months from {follow_up.origin}; free of event {shares}."
            ),
            _discrimination(own, endpoint),
            _groups(own, endpoint),
            restricted,
            Paragraph(until_note(endpoint), "note") if restricted is not None else None,
            _prediction_error(own, endpoint),
            _calibration(own, endpoint),
            Paragraph(NR, "note"),
            dash_note(one for one in own if one.topic in SHOWN),
        ]
    blocks.append(
        Paragraph(ALIKE, "note") if any(one.name.startswith("Cox: ") for one in cohort.survival) else None
    )
    blocks.append(_causes(metrics))
    drawn = [
        *pictures.survival_pictures(cohort, cohort.scores[0], metrics),
        *pictures.over_time_pictures(cohort),
    ]
    for endpoint in cohort.endpoints:
        drawn += pictures.model_calibration_pictures(cohort, endpoint)
        drawn += pictures.model_decision_pictures(cohort, endpoint)
    blocks.append(PictureGrid(tuple(drawn)) if drawn else None)
    return Section("survival", "Survival", tuple(block for block in blocks if block is not None))


def _named(topic: str, name: str, at: float | None = None) -> Callable[[Metric], bool]:
    return lambda one: one.topic == topic and one.name == name and (at is None or one.at == at)


def _discrimination(metrics: list[Metric], endpoint: str) -> Block | None:
    months = REPORT_MONTHS[endpoint]
    return pivot(
        f"{endpoint}: discrimination (95 % intervals; AUC(t) with censoring weights)",
        metrics,
        (
            *((f"AUC at {month} months", _named("discrimination", "AUC(t)", month)) for month in months),
            ("Harrell's C", _named("discrimination", "Harrell's C")),
            ("Uno's C", _named("discrimination", "Uno's C")),
        ),
    )


def _groups(metrics: list[Metric], endpoint: str) -> Block | None:
    def words(one: Metric) -> str:
        return (
            p_words(one.p)
            if "χ²" in one.name
            else interval_words(one.estimate, 1 if "months" in one.name else 2)
        )

    def median(group: str) -> Callable[[Metric], bool]:
        return lambda one: one.topic == "groups" and one.name == "median months" and one.group == group

    units = {one.name for one in metrics if one.name.startswith("hazard ratio per")}
    per = (
        "HR per +10 points"
        if units <= {"hazard ratio per +10 points"}
        else "HR per +10 points (no probability: +1 SD)"
    )
    return pivot(
        f"{endpoint}: responders against non-responders, and the score as it is",
        metrics,
        (
            ("Median, responders", median(RESPONDERS)),
            ("Median, others", median(NON_RESPONDERS)),
            ("HR of responders", _named("groups", RATIO)),
            ("Log-rank", _named("groups", "log-rank χ²")),
            (per, lambda one: one.name.startswith("hazard ratio per")),
            ("Proportional hazards", _named("hazard", "proportional hazards χ²")),
        ),
        words,
    )


def _restricted(metrics: list[Metric], endpoint: str) -> Block | None:
    found = [one for one in metrics if one.name.endswith(MEAN)]

    def of(group: str) -> Callable[[Metric], bool]:
        return lambda one: one.name == MEAN and one.group == group

    def words(one: Metric) -> str:
        return ", ".join(filter(None, (interval_words(one.estimate, 1), p_words(one.p))))

    return pivot(
        f"{endpoint}: mean months free of event until a month (restricted mean survival)",
        found,
        (
            ("Until, months", lambda one: one.name.startswith("difference"), _until),
            ("Responders", of(RESPONDERS)),
            ("Others", of(NON_RESPONDERS)),
            ("Difference", lambda one: one.name.startswith("difference")),
        ),
        words,
    )


def _until(one: Metric) -> str:
    return NOTHING if one.at is None else number(one.at, 1)


def _prediction_error(metrics: list[Metric], endpoint: str) -> Block | None:
    months = _months(metrics, "prediction error")
    scores = [(f"Brier at {month:g}", _named("prediction error", "Brier score", month)) for month in months]
    return pivot(
        f"{endpoint}: prediction error of the Cox models (integrated: over the months that can be judged)",
        metrics,
        (*scores, ("Integrated Brier", lambda one: one.name.startswith("integrated Brier"))),
        lambda one: interval_words(one.estimate, 3),
    )


def _calibration(metrics: list[Metric], endpoint: str) -> Block | None:
    months = _months(metrics, "calibration")
    columns = [
        (f"{title} at {month:g}", _named("calibration", name, month))
        for title, name in (("Slope", "calibration slope"), ("In the large", "calibration in the large"))
        for month in months
    ]
    return pivot(
        f"{endpoint}: calibration of the Cox models (right: slope 1, in the large 0)", metrics, columns
    )


def _months(metrics: list[Metric], topic: str) -> list[float]:
    return sorted({one.at for one in pick(metrics, topic=topic) if one.at is not None})


def _causes(metrics: Sequence[Metric]) -> Block | None:
    return pivot(
        "Causes of death: cumulative incidence by 12 months and Gray's test, in which other deaths compete; and the "
        "cause-specific hazard, which they end",
        pick(metrics, topic="competing risks"),
        (
            ("Responders", lambda one: one.group.endswith(f", {RESPONDERS}")),
            ("Others", lambda one: one.group.endswith(f", {NON_RESPONDERS}")),
            ("Gray's test", lambda one: "χ²" in one.name),
            ("Cause-specific HR per +10 points", lambda one: one.name.startswith("cause-specific")),
        ),
        lambda one: (
            p_words(one.p)
            if "χ²" in one.name
            else (
                interval_words(one.estimate) if one.name.startswith("cause") else percent_words(one.estimate)
            )
        ),
        lambda one: one.group.partition(",")[0],
        "Cause",
    )
