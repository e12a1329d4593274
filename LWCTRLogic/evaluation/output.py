"""The files of an evaluation: every number, tables, figures, and the report."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from LWCTRLogic import files
from LWCTRLogic.evaluation.metric import COLUMNS
from LWCTRLogic.evaluation.reliability import write_reliability
from LWCTRLogic.evaluation.report import build_document
from LWCTRLogic.evaluation.results import Evaluation
from LWCTRLogic.evaluation.words import SPACE
from LWCTRLogic.progress import Progress
from LWCTRLogic.report.document import Document, Picture, Section, Table, pictures_of
from LWCTRLogic.report.figures.style import drawing_rules
from LWCTRLogic.report.html import render_html
from LWCTRLogic.report.pdf import render_pdf
from LWCTRLogic.report.svg import draw_picture
from LWCTRLogic.tables import write_csv

NUMBERS = "metrics.json"
PNG_DPI = 300
_KINDS = {"figures": ("svg", "png"), "tables": ("csv", "html")}


def write_evaluation(
    evaluation: Evaluation, folder: Path, progress: Progress | None = None, report: bool = True
) -> Path:
    """Write the numbers, the tables, and unless ``report`` is false the figures and the report.

    Figures are SVG and PNG, tables CSV and HTML, the report HTML and PDF; ``metrics.json`` names figures and tables.
    Where there are repeat readings, ``icc.csv`` has the agreement of every feature.

    Returns
    -------
    Path
        The HTML report, or the numbers where there is no report.

    Raises
    ------
    LWCTRError
        When the folder cannot be written.
    """
    progress = progress or Progress()
    document = build_document(evaluation)
    drawn = pictures_of(document) if report else []
    tables = tables_of(document)
    names = {"figures": [picture.name for picture in drawn], "tables": list(tables)}
    _remove_former(folder, names)
    files.write_json(folder / NUMBERS, {**evaluation.to_dict(), **names})
    write_csv(folder / "metrics.csv", COLUMNS, [metric.to_dict() for metric in evaluation.metrics])
    if evaluation.material.reliability is not None:
        write_reliability(evaluation.material.reliability, folder / "icc.csv")
    for name, table in tables.items():
        _write_table(table, folder / "tables" / f"{name}.csv")
        _write_page(table, document, folder / "tables" / f"{name}.html")
    if not report:
        return folder / NUMBERS
    svg: dict[str, bytes] = {}
    for index, picture in enumerate(drawn):
        progress.update("write", index, len(drawn) + 2, picture.name)
        svg[picture.name] = _write_picture(picture, folder / "figures")
    progress.update("write", len(drawn), len(drawn) + 2, "evaluation.html")
    html = folder / "evaluation.html"
    files.write_text(html, render_html(document, svg))
    progress.update("write", len(drawn) + 1, len(drawn) + 2, "evaluation.pdf")
    files.write_bytes(folder / "evaluation.pdf", render_pdf(document))
    progress.update("write", len(drawn) + 2, len(drawn) + 2)
    return html


def tables_of(document: Document) -> dict[str, Table]:
    """Return every table of the report by the name of its file: the section's, and the caption's first words."""
    found: dict[str, Table] = {}
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                words = re.findall(r"[a-z0-9]+", block.caption.lower().replace("'", ""))[:8]
                name = "-".join([section.name, *words])
                twins = sum(other.startswith(name) for other in found)
                found[f"{name}-{twins + 1}" if twins else name] = block
    return found


def _write_table(table: Table, path: Path) -> None:
    titles = [column.title or f"({place})" for place, column in enumerate(table.columns, 1)]
    rows: list[dict[str, Any]] = [
        dict(zip(titles, (cell.text.replace(SPACE, " ") for cell in row), strict=True)) for row in table.rows
    ]
    write_csv(path, titles, rows)


def _write_page(table: Table, document: Document, path: Path) -> None:
    """Write a table as a page of its own, in the report's style."""
    section = Section("table", table.caption or document.title, (replace(table, caption=""),))
    page = replace(document, facts=(("Cohort", document.subject),), sections=(section,))
    files.write_text(path, render_html(page))


def _remove_former(folder: Path, names: dict[str, list[str]]) -> None:
    """Remove what a former evaluation wrote and this one does not, lest it be taken for this one's."""
    former = folder / NUMBERS
    if not former.is_file():
        return
    content = files.read_json(former)
    for kind, endings in _KINDS.items():
        for name in content.get(kind, ()):
            if name not in names[kind]:
                for ending in endings:
                    (folder / kind / f"{Path(name).name}.{ending}").unlink(missing_ok=True)
    if not names["figures"]:
        for name in ("evaluation.html", "evaluation.pdf"):
            (folder / name).unlink(missing_ok=True)


def _write_picture(picture: Picture, folder: Path) -> bytes:
    """Write a picture as SVG and PNG; return the SVG, which the report shows too."""
    svg = io.BytesIO()
    with drawing_rules():
        figure = draw_picture(picture)
        figure.savefig(svg, format="svg", metadata={"Date": None})
        files.write_bytes(folder / f"{picture.name}.svg", svg.getvalue())
        files.write_with(
            folder / f"{picture.name}.png",
            partial(figure.savefig, format="png", dpi=PNG_DPI, facecolor="white"),
        )
    return svg.getvalue()
