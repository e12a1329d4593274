"""The drawings of a prediction and the pages of a report as PNG files, for programs that show no SVG or PDF."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from matplotlib.figure import Figure

from LWCTRLogic import files
from LWCTRLogic.models.prediction import Prediction
from LWCTRLogic.report.document import Canvas, Document, Picture
from LWCTRLogic.report.figures import force, gauge, nomogram, survival
from LWCTRLogic.report.figures.style import MM, drawing_rules, texts_of
from LWCTRLogic.report.gather import DEMONSTRATION
from LWCTRLogic.report.pdf import layout
from LWCTRLogic.report.sections.summary import curves_of, headline_score
from LWCTRLogic.report.text import clean, sentence

DPI = 160  # sharp in a column that is widened, too


def prediction_pictures(prediction: Prediction) -> Iterator[Picture]:
    """Give the gauge, a survival picture an endpoint, the nomograms and the force plot, as far as they exist.

    They are drawn for a column of about 420 pixels: nomogram and force plot narrower than on the report's page.
    """
    bundle = prediction.bundle
    notice = sentence(bundle.notice or (DEMONSTRATION if bundle.demonstration else ""))
    score = headline_score(prediction)
    if score is not None and score.score is not None:
        draw = partial(gauge.draw_gauge, score=score.score, cutoff=score.cutoff, notice=notice)
        yield Picture("gauge", draw, gauge.WIDTH, gauge.HEIGHT, "Score", "")
    for endpoint in dict.fromkeys(curve.endpoint for curve in prediction.survival):
        drawn = partial(survival.draw_survival, curves=curves_of(prediction, endpoint), notice=notice)
        yield Picture(f"survival-{endpoint}", drawn, survival.WIDTH, survival.HEIGHT, endpoint, "")
    for one in prediction.nomograms:
        sheet = nomogram.COLUMN
        shown = partial(nomogram.draw_nomogram, nomogram=one, notice=notice, sheet=sheet)
        tall = nomogram.height(one, sheet)
        yield Picture(f"nomogram-{one.endpoint}", shown, sheet.width, tall, "Nomogram", "")
    for item in prediction.explanations:
        if item.model == prediction.model and item.contributions:
            plot = partial(force.draw_force, explanation=item, notice=notice, width=force.NARROW)
            yield Picture("force", plot, force.NARROW, force.HEIGHT, "Force plot", "")


def write_pictures(prediction: Prediction, folder: Path, dpi: int = DPI) -> list[Path]:
    """Write each drawing as ``<name>.png`` on white into ``folder`` and return the paths.

    Each drawing that shows a score carries the demonstration notice, as in the report.

    Raises
    ------
    LWCTRError
        When the folder cannot be written.
    """
    written = []
    with drawing_rules():
        for picture in prediction_pictures(prediction):
            figure = Figure(figsize=(picture.width * MM, picture.height * MM), dpi=dpi, facecolor="white")
            picture.draw(Canvas(figure))
            for text in texts_of(figure):
                text.set_text(clean(text.get_text()))
            path = folder / f"{picture.name}.png"
            files.write_with(path, partial(figure.savefig, format="png", facecolor="white"))
            written.append(path)
    return written


def write_pages(document: Document, folder: Path, dpi: int = DPI) -> list[Path]:
    """Write the pages of the report as ``page-01.png`` … into ``folder`` and return the paths.

    Raises
    ------
    LWCTRError
        When the folder cannot be written.
    """
    written = []
    with drawing_rules():
        for number, figure in enumerate(layout(document).figures, 1):
            path = folder / f"page-{number:02d}.png"
            files.write_with(path, partial(figure.savefig, format="png", dpi=dpi, facecolor="white"))
            written.append(path)
    return written
