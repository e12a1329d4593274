"""Response at the horizon: areas, calibration, error rates, net benefit."""

from __future__ import annotations

from collections.abc import Callable

from LWCTRLogic.evaluation import pictures
from LWCTRLogic.evaluation.classification import THRESHOLDS
from LWCTRLogic.evaluation.metric import Metric, pick
from LWCTRLogic.evaluation.results import Evaluation
from LWCTRLogic.evaluation.sections.tables import dash_note, pivot
from LWCTRLogic.evaluation.subgroups import TOPIC as SUBGROUP
from LWCTRLogic.evaluation.validation_size import TOPIC as SIZE
from LWCTRLogic.evaluation.words import interval_words, percent_words
from LWCTRLogic.report.document import Block, Paragraph, Picture, PictureGrid, Section
from LWCTRLogic.report.text import number

MRECIST_NOTE = (
    "mRECIST calls complete and partial response and stable disease (CR, PR, SD) responders, and progression (PD) not, "
    "as the method defines it: stable disease counts as response, so few patients are called non-responders."
)
CALIBRATED = (
    "The training calibrated each patient's probability on the patients of the other folds: slopes near 1 are what "
    "that gives, and say little of patients from elsewhere."
)


def response_section(evaluation: Evaluation) -> Section:
    """Return the chapter on the response."""
    cohort, metrics = evaluation.cohort, pick(evaluation.metrics, endpoint="response")
    drawn = (
        pictures.roc_picture(cohort, metrics),
        pictures.calibration_picture(cohort, cohort.scores[0]),
        pictures.decision_picture(cohort),
        pictures.spread_picture(cohort, cohort.scores[0]),
    )
    found: list[Picture] = [picture for picture in drawn if picture is not None]
    counts = {metric.name: int(metric.estimate.value) for metric in pick(metrics, topic="cohort")}
    lead = (
        f"{counts['alive at the horizon']} patients were seen alive at {cohort.horizon:g} months from the first dose, "
        f"{counts['dead by the horizon']} had died, and {counts['censored before the horizon']} were censored before: "
        "these are neither counted as dead nor left out, the others carry their weight. "
        f"Survival at {cohort.horizon:g} months (Kaplan–Meier): {_course(metrics)}."
    )
    rates = _rates(metrics)
    by_mrecist = bool(pick(metrics, topic="classification", score="mRECIST"))
    blocks: list[Block | None] = [
        Paragraph(lead),
        _discrimination(metrics),
        Paragraph("Only probabilities have a prediction error and a calibration.", "note"),
        _calibration(metrics),
        Paragraph(CALIBRATED, "note") if evaluation.training else None,
        rates,
        Paragraph(MRECIST_NOTE, "note") if by_mrecist else None,
        _net_benefit(metrics),
        dash_note(one for one in metrics if one.topic not in ("comparison", SUBGROUP)),
        _needed(metrics) if not evaluation.training else None,
        PictureGrid(tuple(found)) if found else None,
    ]
    if pick(metrics, topic="classification", name="continuous NRI"):
        blocks.append(_improvement(metrics))
    title = f"Response: alive at {cohort.horizon:g} months"
    return Section("response", title, tuple(block for block in blocks if block is not None))


def _course(metrics: list[Metric]) -> str:
    return percent_words(pick(metrics, topic="cohort", name="survival at the horizon")[0].estimate)


def _discrimination(metrics: list[Metric]) -> Block | None:
    return pivot(
        "Discrimination and prediction error (95 % intervals)",
        metrics,
        (
            ("AUC", lambda one: one.topic == "discrimination" and one.name == "AUC"),
            ("AUC, bootstrap", lambda one: one.name == "AUC, bootstrap interval"),
            ("Censored left out", lambda one: one.topic == "discrimination" and "left out" in one.name),
            ("Brier score", lambda one: one.name == "Brier score"),
            ("Scaled Brier", lambda one: one.name == "scaled Brier score"),
        ),
        lambda one: interval_words(one.estimate, 3),
    )


def _calibration(metrics: list[Metric]) -> Block | None:
    return pivot(
        "Calibration (right: slope 1, intercept and in the large 0, observed over expected 1)",
        pick(metrics, topic="calibration"),
        (
            ("Slope", lambda one: one.name == "calibration slope"),
            ("Intercept", lambda one: one.name == "calibration intercept"),
            ("In the large", lambda one: one.name == "calibration in the large"),
            ("Observed/expected risk", lambda one: one.name == "observed over expected risk"),
            ("ICI", lambda one: one.name == "integrated calibration index"),
            ("E90", lambda one: one.name == "E90"),
        ),
    )


def _rates(metrics: list[Metric]) -> Block | None:
    own = pick(metrics, topic="classification")

    def words(one: Metric) -> str:
        if one.name == "cut-off":
            return number(one.estimate.value, 3)
        return percent_words(one.estimate)

    return pivot(
        "At the cut-off (positive: alive)",
        own,
        (
            ("Cut-off", lambda one: one.name == "cut-off"),
            ("Sensitivity", lambda one: one.name == "sensitivity"),
            ("Specificity", lambda one: one.name == "specificity"),
            ("PPV", lambda one: one.name == "PPV"),
            ("NPV", lambda one: one.name == "NPV"),
        ),
        words,
    )


def _needed(metrics: list[Metric]) -> Paragraph | None:
    """Return how many patients a precise validation needs."""
    found = [one for one in pick(metrics, topic=SIZE) if one.estimate.value > 0]
    if not found:
        return None
    needed = "; ".join(f"{one.name}: {one.estimate.value:.0f}" for one in found)
    return Paragraph(
        f"Patients that a validation needs for precise answers, if {found[0].score} does as well as here (Riley 2021): "
        f"{needed}. There are {found[0].patients}.",
        "note",
    )


def _net_benefit(metrics: list[Metric]) -> Block | None:
    """Return the net benefit at some thresholds, with that of acting on everybody as a row of its own."""
    rows = pick(metrics, topic="classification")
    own = pick(rows, name="net benefit") + pick(rows, name="net benefit, everybody")

    def row(one: Metric) -> str:
        return "everybody" if "everybody" in one.name else one.score

    def at(threshold: float) -> Callable[[Metric], bool]:
        return lambda one: one.at == threshold

    return pivot(
        "Net benefit of acting on a predicted death from a threshold on (nobody: 0)",
        own,
        tuple((f"From {100 * threshold:.0f} %", at(threshold)) for threshold in THRESHOLDS),
        lambda one: interval_words(one.estimate),
        row,
    )


def _improvement(metrics: list[Metric]) -> Block | None:
    return pivot(
        "Reclassification (asked for; both figures can favour a useless model)",
        pick(metrics, topic="classification"),
        (
            ("Continuous NRI", lambda one: one.name == "continuous NRI"),
            ("IDI", lambda one: one.name == "IDI"),
        ),
        row_of=lambda one: f"{one.score} over {one.versus}",
    )
