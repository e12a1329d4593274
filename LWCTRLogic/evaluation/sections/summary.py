"""What comes first: the answer in one line, and what must be known before the numbers."""

from __future__ import annotations

from LWCTRLogic.evaluation.metric import Metric, pick
from LWCTRLogic.evaluation.results import Evaluation
from LWCTRLogic.evaluation.words import interval_words, percent_words
from LWCTRLogic.report.document import Block, Callout, Headline, Paragraph, Section
from LWCTRLogic.report.text import DASH, clean, number
from LWCTRLogic.stats.estimate import Estimate

POOLED = (
    "The figures on response and survival below pool one repeat's scores of different fits: they differ a little from "
    "this one, and their intervals are narrower, since they do not know of the fits' luck."
)


def summary_section(evaluation: Evaluation) -> Section:
    """Return the first section."""
    cohort, metrics = evaluation.cohort, evaluation.metrics
    lead = cohort.scores[0].name
    auc = _one(metrics, topic="discrimination", name="AUC", score=lead, endpoint="response")
    blocks: list[Block] = []
    if auc is not None:
        blocks.append(
            Headline(
                f"How well does {lead} tell who is alive at {cohort.horizon:g} months?",
                f"AUC {number(auc.estimate.value, 2)}",
                f"95 % interval {number(auc.estimate.low, 2)}{DASH}{number(auc.estimate.high, 2)}; "
                f"{auc.patients} patients, {auc.events} deaths by then",
                "",
                _facts(evaluation, lead),
            )
        )
    if evaluation.training:
        blocks[:1] = [_trained(evaluation, lead), Paragraph(POOLED, "note")]
    slope = _slope(evaluation, lead)
    if slope is not None and (told := calibration_warning(slope)):
        blocks.append(Callout("warning", "Not a probability as it stands", (told,)))
    if evaluation.warnings:
        blocks.append(Callout("warning", "Read this first", evaluation.warnings))
    if cohort.notes:
        blocks.append(Paragraph(f"Of the cohort: {clean('; '.join(cohort.notes))}.", "note"))
    return Section("summary", "Result", tuple(blocks))


def _trained(evaluation: Evaluation, lead: str) -> Headline:
    """Return the strict AUC of a training: pairs of one fold, all repeats, an interval that knows of the fits' luck."""
    strict = evaluation.training["models"][lead]["strict"]["measures"]["AUC"]
    return Headline(
        f"How well does the making of {lead} work, judged on patients that each fit had not seen?",
        f"AUC {number(strict['estimate'], 2)}",
        f"95 % interval {number(strict['low'], 2)}{DASH}{number(strict['high'], 2)} (strict)",
        "",
        _facts(evaluation, lead),
    )


def _facts(evaluation: Evaluation, lead: str) -> tuple[tuple[str, str], ...]:
    metrics = evaluation.metrics
    slope = _slope(evaluation, lead)
    concordance = _one(metrics, name="Harrell's C", score=lead, endpoint="OS")
    hazard = _one(metrics, topic="hazard", score=lead, endpoint="OS")
    sensitivity = _one(metrics, name="sensitivity", score=lead)
    specificity = _one(metrics, name="specificity", score=lead)
    facts = [
        ("Scores came from", evaluation.cohort.scores[0].origin),
        ("Calibration slope", interval_words(slope) if slope else ""),
        ("Harrell's C, overall survival", interval_words(concordance.estimate, 3) if concordance else ""),
        (hazard.name.capitalize() if hazard else "", interval_words(hazard.estimate) if hazard else ""),
        ("Sensitivity", percent_words(sensitivity.estimate) if sensitivity else ""),
        ("Specificity", percent_words(specificity.estimate) if specificity else ""),
    ]
    return tuple((name, value) for name, value in facts if value)


def _slope(evaluation: Evaluation, lead: str) -> Estimate | None:
    wanted = {"topic": "calibration", "name": "calibration slope", "score": lead, "endpoint": "response"}
    found = _one(evaluation.metrics, **wanted)
    return None if found is None else found.estimate


def calibration_warning(slope: Estimate) -> str:
    """Return what a calibration slope whose interval leaves out 1 means; nothing otherwise."""
    if slope.high < 1:
        fault = "too extreme: low ones too low and high ones too high, as after much choosing on few patients"
    elif slope.low > 1:
        fault = "too timid: low ones too high, high ones too low"
    else:
        return ""
    return (
        f"Calibration slope {interval_words(slope)}, where 1 is right: the probabilities are {fault}. "
        "Read the score as an order of patients, or recalibrate it ('lwctr models recalibrate') on other patients "
        "first."
    )


def _one(metrics: tuple[Metric, ...], **wanted: object) -> Metric | None:
    found = pick(metrics, **wanted)
    return found[0] if found else None
