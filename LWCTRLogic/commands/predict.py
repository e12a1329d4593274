"""``lwctr predict``: score, survival estimate and explanation of one case."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from LWCTRLogic.progress import JsonProgress, Progress

if TYPE_CHECKING:
    from LWCTRLogic.models.prediction import Prediction, SurvivalCurve

HELP = "score, survival estimate and explanation of a case from its features and clinical values"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("case", type=Path, help="case folder with features.parquet")
    parser.add_argument(
        "--bundle",
        type=Path,
        help="model bundle: folder, zip, or an installed one (default: the bundled demonstration model)",
    )
    parser.add_argument(
        "--centre",
        default="",
        help="where the scans were made, for a bundle that adjusts for it (default: the case's)",
    )


def run(args: argparse.Namespace, progress: Progress) -> int:
    """Run the command."""
    from LWCTRLogic import files
    from LWCTRLogic.case import Case
    from LWCTRLogic.models.predict import predict_case
    from LWCTRLogic.models.prediction import Prediction

    path = predict_case(Case(args.case), args.bundle, progress, args.centre)
    prediction = Prediction.from_dict(files.read_json(path))
    if isinstance(progress, JsonProgress):
        progress.emit("result", prediction=str(path), summary=summary(prediction))
    else:
        sys.stdout.write("\n".join([*summary(prediction), f"written: {path}", ""]))
    return 0


def summary(prediction: Prediction) -> list[str]:
    """Return the prediction in a few lines of text, the demonstration notice first."""
    lines = [prediction.bundle.notice] if prediction.bundle.notice else []
    lines += [_headline(prediction), *_model_lines(prediction)]
    lines += [_survival_line(curve) for curve in _leading(prediction)]
    lines += [f"warning: {_place(item.volume)}{item.text}" for item in prediction.warnings]
    return lines


def _headline(prediction: Prediction) -> str:
    score = prediction.headline()
    if score is None or score.score is None:
        return f"{prediction.case_id}: no model could run"
    answer = "responder" if score.responder else "non-responder"
    return (
        f"{prediction.case_id}: {score.model} score {score.score:.3f} (cut-off {score.cutoff:.3f}): "
        f"{answer}, {prediction.risk_group}"
    )


def _model_lines(prediction: Prediction) -> list[str]:
    lines = []
    for score in prediction.scores:
        if score.score is None:
            lines.append(f"  {score.model:16} cannot run; missing: {', '.join(score.missing)}")
        else:
            lines.append(f"  {score.model:16} {score.score:.3f}")
    return lines


def _leading(prediction: Prediction) -> list[SurvivalCurve]:
    """Return the first curve of each endpoint."""
    return list({curve.endpoint: curve for curve in reversed(prediction.survival)}.values())[::-1]


def _survival_line(curve: SurvivalCurve) -> str:
    from LWCTRLogic.report.text import percent

    months = ", ".join(f"{month} months {percent(value)}" for month, value in curve.at.items())
    return f"  {curve.endpoint} by {curve.label}, from {curve.origin}: {months}"


def _place(volume: str) -> str:
    return f"{volume}: " if volume else ""
