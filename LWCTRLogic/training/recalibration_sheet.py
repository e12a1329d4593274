"""What a recalibration did: calibration before and after as numbers, as a page, and as a drawing.

*After* is what intercept and slope do to patients who had no part in fitting them (ten folds); on all patients the
slope would be 1 by construction, which tells nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import logit

from LWCTRLogic import files
from LWCTRLogic.errors import InputError
from LWCTRLogic.evaluation.intervals import spread
from LWCTRLogic.models.bundle import Bundle
from LWCTRLogic.models.cohort_data import HORIZON, TrainingCohort
from LWCTRLogic.report.text import number
from LWCTRLogic.stats.averages import mean_interval
from LWCTRLogic.stats.brier import brier_survival
from LWCTRLogic.stats.calibration_survival import SurvivalCalibration, calibration_survival, weak_calibration
from LWCTRLogic.stats.censoring import CensoringWeights
from LWCTRLogic.stats.estimate import Estimate
from LWCTRLogic.stats.steps import Floats
from LWCTRLogic.stats.survival_curves import survival_curve
from LWCTRLogic.training.recalibrate import FOLDS, Move, Recalibration

_PART = 0.48  # of the drawing, for each of its two halves
_AFTER = (
    f"After: each patient's score by intercept and slope fitted without his part of the patients ({FOLDS} folds). "
    "Observed: Kaplan–Meier. In brackets 95 % intervals; those after take intercept and slope as given. A cut-off has "
    "none: it moved with the score and was not chosen anew. A score that is the same for all has no slope: a dash."
)


@dataclass(frozen=True)
class Judged:
    """Calibration of one score at 12 months; ``weak`` figures are NaN for a score that is the same for everybody."""

    predicted: Estimate
    observed: Estimate
    slope: Estimate
    in_the_large: Estimate
    brier: Estimate


def judge(cohort: TrainingCohort, scores: Floats) -> Judged:
    """Return how well scores (n,) agree with what was observed at 12 months."""
    error = brier_survival(cohort.os_months, cohort.os_event, scores, HORIZON).estimate
    observed = survival_curve(cohort.os_months, cohort.os_event).at(HORIZON)
    mean = spread(mean_interval(scores))
    try:  # slope and intercept alone: a score of few values has no curve
        weights = CensoringWeights.of(cohort.os_months, cohort.os_event)
        weak = weak_calibration(weights, logit(np.clip(scores, 1e-6, 1 - 1e-6)), HORIZON)
    except InputError:
        return Judged(mean, observed, Estimate(math.nan), Estimate(math.nan), error)
    return Judged(mean, observed, weak.slope, weak.in_the_large, error)


def _calibration(cohort: TrainingCohort, scores: Floats) -> SurvivalCalibration:
    within = np.clip(scores, 1e-6, 1 - 1e-6)
    return calibration_survival(cohort.os_months, cohort.os_event, within, HORIZON, knots=3)


def numbers(made: Recalibration, cohort: TrainingCohort, parent: Bundle, digest: str) -> dict[str, Any]:
    """Return every number as JSON values."""
    models = {}
    for name, move in made.moves.items():
        models[name] = {
            "intercept": _plain(move.intercept),
            "slope": _plain(move.slope),
            "cutoff": made.bundle.classifier(name).cutoff,  # type: ignore[union-attr] # it was recalibrated
            "before": _judged(judge(cohort, move.before)),
            "after": _judged(judge(cohort, move.after)),
        }
    return {
        "bundle": made.bundle.name,
        "sha256": digest,
        "parent": {"name": parent.name, "sha256": parent.sha256},
        "patients": len(cohort),
        "month": HORIZON,
        "after": _AFTER,
        "models": models,
        "cox": made.cox,
        "not_recalibrated": made.missing,
    }


def _judged(found: Judged) -> dict[str, Any]:
    return {item.name: _plain(getattr(found, item.name)) for item in fields(found)}


def _plain(estimate: Estimate) -> dict[str, float | None]:
    values = {"value": estimate.value, "low": estimate.low, "high": estimate.high}
    return {name: value if math.isfinite(value) else None for name, value in values.items()}


def table(found: dict[str, Any]) -> list[list[str]]:
    """Return before and after of each model as rows of words, the head first."""
    rows = [["model", "", "mean score", "alive, observed", "slope", "in the large", "Brier"]]
    for name, model in found["models"].items():
        for when in ("before", "after"):
            part = model[when]
            words = [_words(part[key]) for key in ("observed", "slope", "in_the_large")]
            label = name if when == "before" else ""
            rows.append([label, when, _words(part["predicted"], 3), *words, _words(part["brier"], 3)])
    return rows


def moves_table(found: dict[str, Any]) -> list[list[str]]:
    """Return intercept and slope of each model as rows of words, the head first."""
    rows = [["model", "intercept (95 %)", "slope (95 %)", "cut-off"]]
    for name, model in found["models"].items():
        rows.append([name, _words(model["intercept"]), _words(model["slope"]), f"{model['cutoff']:.3f}"])
    return rows


def _words(part: dict[str, float | None], decimals: int = 2) -> str:
    if part["value"] is None:
        return "–"
    value, low, high = (number(part[key], decimals) for key in ("value", "low", "high"))
    return value if part["low"] is None or part["high"] is None else f"{value} ({low} to {high})"


def write_sheet(
    made: Recalibration, cohort: TrainingCohort, found: dict[str, Any], bundle: Path
) -> list[Path]:
    """Write the numbers, the page and the drawing beside the bundle; return their paths."""
    places = sheet_paths(bundle)
    files.write_json(places[0], found)
    files.write_text(places[1], page(made, found))
    lead = list(made.moves)[-1]
    _draw(cohort, made.moves[lead], lead, made.bundle.notice, places[2])
    return places


def sheet_paths(bundle: Path) -> list[Path]:
    """Return where numbers, page and drawing of a recalibrated bundle stand."""
    endings = ("recalibration.json", "recalibration.md", "calibration.png")
    return [bundle.with_name(f"{bundle.stem}-{ending}") for ending in endings]


def page(made: Recalibration, found: dict[str, Any]) -> str:
    """Return the page as Markdown."""
    parent, bundle = found["parent"], made.bundle
    parts = [
        f"# {bundle.title}",
        f"`{bundle.name}` (SHA-256 `{found['sha256']}`), made from `{parent['name']}` (SHA-256 "
        f"`{parent['sha256']}`) on {found['patients']} patients. Weights are the parent's.",
        f"**{bundle.notice}**" if bundle.notice else "",
        "## What was fitted\n\nlogit(new score) = intercept + slope · logit(old score); each cut-off moved along.\n\n"
        + _markdown(moves_table(found)),
        f"## Calibration at {found['month']:g} months\n\n{_markdown(table(found))}\n\n{_AFTER}",
        "## Cox models\n\n" + ("\n".join(f"- {key}: {fate}" for key, fate in made.cox.items()) or "- none"),
        "## Not recalibrated\n\n" + "\n".join(f"- {key}: {reason}" for key, reason in made.missing.items())
        if made.missing
        else "",
        "What the new scores are worth must be judged on other patients of that centre.",
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def _markdown(rows: list[list[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def _draw(cohort: TrainingCohort, move: Move, name: str, notice: str, path: Path) -> None:
    from matplotlib.figure import Figure

    from LWCTRLogic.evaluation.figures.calibration import CalibrationCurve, draw_calibration
    from LWCTRLogic.evaluation.figures.frame import HEIGHT, WIDTH
    from LWCTRLogic.report.document import Canvas
    from LWCTRLogic.report.figures.style import MM, drawing_rules

    with drawing_rules():
        figure = Figure(figsize=(WIDTH / _PART * MM, HEIGHT * MM), dpi=72)
        for place, (when, scores) in enumerate((("before", move.before), ("after", move.after))):
            try:
                found = _calibration(cohort, scores)
            except InputError:
                continue  # a score that is the same for everybody has no curve
            line = found.curve
            groups = [(group.predicted, group.observed) for group in found.groups]
            curve = CalibrationCurve(
                "cubic spline, 95 % band", scores, line.predicted, line.observed, line.low, line.high,
                groups,
            )  # fmt: skip
            canvas = Canvas(figure, left=0.01 + 0.5 * place, width=_PART)
            draw_calibration(canvas, curve, f"{name}, {when} recalibration", notice)
        files.write_with(path, partial(figure.savefig, format="png", dpi=200, facecolor="white"))
