"""The result: the score with its question, mRECIST beside it, the two 12-month answers, what is missing."""

from __future__ import annotations

from LWCTRLogic.case import VOLUMES, volume_label
from LWCTRLogic.clinical import VARIABLES
from LWCTRLogic.models.prediction import ModelScore, Prediction, SurvivalCurve
from LWCTRLogic.report.document import (
    Block,
    Callout,
    Cell,
    Column,
    Headline,
    Paragraph,
    Picture,
    Section,
    Table,
    Tone,
)
from LWCTRLogic.report.figures import gauge
from LWCTRLogic.report.gather import ReportData
from LWCTRLogic.report.text import clean, listed, number, percent, score_words, sentence

QUESTION = "probability (0 to 1) of surviving longer than 12 months"
RESPONDING = ("CR", "PR", "SD")
WIDE_GAP = 20  # percentage points between the two 12-month probabilities


def headline_score(prediction: Prediction) -> ModelScore | None:
    """Return the headline model's score, or ``None`` when no model could run."""
    for score in prediction.scores:
        if score.model == prediction.model and score.score is not None:
            return score
    return None


def score_name(score: ModelScore | None) -> str:
    """Return what the headline score is called: a model without images gives no Rad-score."""
    return "Clinical score" if score is not None and score.model.casefold() == "clinical" else "Rad-score"


def model_words(score: ModelScore) -> str:
    """Return the model's name with what it looks at."""
    name, label = clean(score.model), clean(score.label)
    if not label or name.casefold() in label.casefold():
        return label or name
    return f"{name} ({label[:1].lower()}{label[1:]})"


def responder_words(responder: bool | None) -> str:
    """Return ``responder``, ``non-responder``, or a dash word when the model has no cut-off."""
    if responder is None:
        return "no cut-off given"
    return "responder" if responder else "non-responder"


def tone_of(responder: bool | None) -> Tone:
    """Return the tone in which a verdict is set."""
    if responder is None:
        return ""
    return "responder" if responder else "non-responder"


def leading_curve(prediction: Prediction, endpoint: str) -> SurvivalCurve | None:
    """Return the curve of the nomogram's model for an endpoint, or else the first one."""
    curves = curves_of(prediction, endpoint)
    return curves[0] if curves else None


def curves_of(prediction: Prediction, endpoint: str) -> list[SurvivalCurve]:
    """Return the curves of an endpoint, the nomogram's model first."""
    curves = [curve for curve in prediction.survival if curve.endpoint == endpoint]
    return sorted(curves, key=lambda curve: "nomo" not in curve.model.casefold())


def summary_section(data: ReportData) -> Section:
    """Return the summary."""
    score = headline_score(data.prediction)
    blocks: list[Block] = [_headline(data, score)]
    if score is not None and score.score is not None:
        blocks.append(_gauge(score, score.score, data.notice))
    answers = _two_answers(data.prediction, score)
    if answers is not None:
        blocks += answers
    missing = missing_lines(data)
    if missing:
        blocks.append(Callout("missing", "What this report could not include", tuple(missing)))
    return Section("summary", "Result", tuple(blocks))


def _headline(data: ReportData, score: ModelScore | None) -> Headline:
    prediction = data.prediction
    facts = [
        ("Model", model_words(score) if score else "none could run"),
        ("mRECIST at the follow-up scan", mrecist_words(prediction.mrecist)),
        ("Score and mRECIST", _agreement(score, prediction.mrecist)),
        ("Risk group", clean(prediction.risk_group)),
        ("Warnings", _warning_count(data)),
    ]
    question = f"{score_name(score)}: {QUESTION}"
    shown = tuple((name, value) for name, value in facts if value)
    if score is None or score.score is None:
        return Headline(question, "no score", "No model could run on what was given", "", shown)
    verdict = responder_words(score.responder).capitalize()
    if score.cutoff is not None:
        verdict += f" by score (cut-off {number(score.cutoff)})"
    return Headline(question, score_words(score.score), verdict, tone_of(score.responder), shown)


def mrecist_words(mrecist: str | None) -> str:
    """Return the mRECIST category with what it counts as."""
    if not mrecist:
        return "not given"
    return f"{clean(mrecist)} ({responder_words(mrecist in RESPONDING)})"


def _agreement(score: ModelScore | None, mrecist: str | None) -> str:
    if score is None or score.responder is None or not mrecist:
        return ""
    return "agree" if score.responder == (mrecist in RESPONDING) else "disagree"


def _warning_count(data: ReportData) -> str:
    if not data.findings:
        return "none"
    accepted = sum(bool(finding.accepted) for finding in data.findings)
    still_open = len(data.findings) - accepted
    words = [f"{still_open} open"] if still_open else []
    return ", ".join(words + ([f"{accepted} accepted by a reader"] if accepted else []))


def _gauge(score: ModelScore, value: float, notice: str) -> Picture:
    words = f"Score {score_words(value)} on a scale from 0 to 1."
    if score.cutoff is not None:
        words += f" Cut-off {number(score.cutoff)}: {responder_words(score.responder)}."
    return Picture(
        "gauge",
        lambda canvas: gauge.draw_gauge(canvas, value, score.cutoff, notice),
        gauge.WIDTH,
        gauge.HEIGHT,
        "Score gauge",
        words,
        f"{model_words(score)}. The words on either side follow that model's cut-off.",
    )


def _two_answers(prediction: Prediction, score: ModelScore | None) -> list[Block] | None:
    """Set the two 12-month probabilities side by side, each with the question that it answers."""
    curve = leading_curve(prediction, "OS")
    if score is None or score.score is None or curve is None or "12" not in curve.at:
        return None
    survival = curve.at["12"]
    table = Table(
        "Two 12-month probabilities, two questions",
        (Column("Source", 2.2), Column("Question", 5), Column("Probability", 1.5, "right")),
        (
            (
                Cell(f"{score_name(score)} ({clean(score.model)})", "strong"),
                Cell("Does this patient belong to those who survive longer than 12 months? (classifier)"),
                Cell(percent(score.score), "strong"),
            ),
            (
                Cell(clean(curve.label), "strong"),
                Cell(
                    f"What share of such patients is alive 12 months from {clean(curve.origin)}? (Cox model)"
                ),
                Cell(percent(survival), "strong"),
            ),
        ),
    )
    gap = round(abs(100 * (score.score - survival)))
    points = "percentage point" if gap == 1 else "percentage points"
    note = f"The two differ by {gap} {points}. They come from different models and need not agree."
    if gap >= WIDE_GAP:
        note += " So wide a gap is a reason to read the warnings before trusting either."
    return [table, Paragraph(note, "note")]


def missing_words(name: str) -> str:
    """Return what a model lacks in words: a volume, a clinical variable, or the text as given."""
    bare = name.removeprefix("clinical:").strip()
    if bare in VOLUMES:
        return f"{volume_label(bare)} scan"
    if bare in VARIABLES:
        return VARIABLES[bare].label
    return clean(name)


def missing_lines(data: ReportData) -> list[str]:
    """Return one sentence for each thing that the report has to do without."""
    lines = []
    absent = [volume_label(name) for name in VOLUMES if name not in data.volumes]
    if absent:
        lines.append(sentence(f"no scan: {'; '.join(absent)}"))
    if data.info.first_dose_day is None:
        lines.append("The day of the first dose is not given, so no time window was checked.")
    unmasked = [volume_label(name) for name, facts in data.volumes.items() if facts.mask is None]
    if unmasked:
        lines.append(sentence(f"no liver mask yet: {'; '.join(unmasked)}"))
    stopped = [score for score in data.prediction.scores if score.score is None]
    if stopped:
        names = listed([clean(score.model) for score in stopped])
        lines.append(f"{len(stopped)} of {len(data.prediction.scores)} models did not run: {names}.")
    if not data.prediction.mrecist:
        lines.append("mRECIST is not given, so nothing stands beside the score.")
    if not data.prediction.survival:
        lines.append("No survival estimate: it needs a Rad-score and mRECIST.")
    return lines
