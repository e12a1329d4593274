"""The report of an evaluation as a document, and its files."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from LWCTRLogic import files
from LWCTRLogic.evaluation.metric import COLUMNS
from LWCTRLogic.evaluation.results import Evaluation
from LWCTRLogic.evaluation.sections.appendix import checklist_sections, methods_section
from LWCTRLogic.evaluation.sections.cohort import cohort_section
from LWCTRLogic.evaluation.sections.comparison import (
    comparison_section,
    reclassification_section,
    subgroup_section,
)
from LWCTRLogic.evaluation.sections.explanation import explanation_section
from LWCTRLogic.evaluation.sections.response import response_section
from LWCTRLogic.evaluation.sections.summary import summary_section
from LWCTRLogic.evaluation.sections.survival import survival_section
from LWCTRLogic.evaluation.sections.training import training_section
from LWCTRLogic.progress import Progress
from LWCTRLogic.report.document import Document, Picture, Section, pictures_of
from LWCTRLogic.report.figures.style import drawing_rules
from LWCTRLogic.report.html import render_html
from LWCTRLogic.report.pdf import render_pdf
from LWCTRLogic.report.svg import draw_picture
from LWCTRLogic.report.text import clean
from LWCTRLogic.tables import write_csv

TITLE = "Evaluation of scores"
PNG_DPI = 300


def build_document(evaluation: Evaluation) -> Document:
    """Return the whole report as data."""
    cohort = evaluation.cohort
    sections: list[Section | None] = [
        summary_section(evaluation),
        training_section(evaluation),
        cohort_section(evaluation),
        response_section(evaluation),
        survival_section(evaluation),
        comparison_section(evaluation),
        subgroup_section(evaluation),
        reclassification_section(evaluation),
        explanation_section(evaluation),
        methods_section(evaluation),
        *checklist_sections(evaluation),
    ]
    facts = (
        ("Cohort", clean(cohort.name)),
        ("Patients", str(len(cohort))),
        ("Scores", ", ".join(clean(score.name) for score in cohort.scores)),
    )
    return Document(
        TITLE, clean(cohort.name), facts, cohort.notice, f"{TITLE}: {clean(cohort.name)}",
        tuple(section for section in sections if section is not None),
    )  # fmt: skip


def write_evaluation(evaluation: Evaluation, folder: Path, progress: Progress | None = None) -> Path:
    """Write ``metrics.json`` and ``.csv``, the figures as SVG and PNG, and the report as HTML and PDF.

    Returns
    -------
    Path
        The HTML report.

    Raises
    ------
    LWCTRError
        When the folder cannot be written.
    """
    progress = progress or Progress()
    document = build_document(evaluation)
    drawn = pictures_of(document)
    names = [picture.name for picture in drawn]
    _remove_former(folder, names)
    files.write_json(folder / "metrics.json", {**evaluation.to_dict(), "figures": names})
    write_csv(folder / "metrics.csv", COLUMNS, [metric.to_dict() for metric in evaluation.metrics])
    for index, picture in enumerate(drawn):
        progress.update("write", index, len(drawn) + 2, picture.name)
        _write_picture(picture, folder / "figures")
    progress.update("write", len(drawn), len(drawn) + 2, "evaluation.html")
    html = folder / "evaluation.html"
    files.write_text(html, render_html(document))
    progress.update("write", len(drawn) + 1, len(drawn) + 2, "evaluation.pdf")
    files.write_bytes(folder / "evaluation.pdf", render_pdf(document))
    progress.update("write", len(drawn) + 2, len(drawn) + 2)
    return html


def _remove_former(folder: Path, names: list[str]) -> None:
    """Remove the figures of a former evaluation that this one does not have, lest they be taken for its own."""
    former = folder / "metrics.json"
    if not former.is_file():
        return
    for name in files.read_json(former).get("figures", ()):
        if name not in names:
            for kind in ("svg", "png"):
                (folder / "figures" / f"{Path(name).name}.{kind}").unlink(missing_ok=True)


def _write_picture(picture: Picture, folder: Path) -> None:
    with drawing_rules():
        figure = draw_picture(picture)
        svg = partial(figure.savefig, format="svg", metadata={"Date": None})
        files.write_with(folder / f"{picture.name}.svg", svg)
        files.write_with(
            folder / f"{picture.name}.png",
            partial(figure.savefig, format="png", dpi=PNG_DPI, facecolor="white"),
        )
