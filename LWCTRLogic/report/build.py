"""Write ``report.html`` and ``report.pdf`` of a case."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from LWCTRLogic import files
from LWCTRLogic.case import Case
from LWCTRLogic.findings import Finding
from LWCTRLogic.progress import Progress
from LWCTRLogic.report.content import build_document
from LWCTRLogic.report.gather import gather
from LWCTRLogic.report.html import render_html
from LWCTRLogic.report.pdf import render_pdf
from LWCTRLogic.report.pictures import write_pages


def write_report(
    case: Case,
    progress: Progress | None = None,
    findings: Iterable[Finding] = (),
    pages: Path | None = None,
) -> tuple[Path, Path]:
    """Write both reports into the case folder and return their paths.

    Equal inputs give equal bytes: neither file holds a time, a date, or a path outside the case.

    Parameters
    ----------
    case : Case
        A case with ``prediction.json``; scans, masks and features are shown as far as they are there.
    findings : iterable of Finding
        What the checks of scans and masks noticed; the prediction's own warnings are added.
    pages : Path, optional
        Folder for the pages as PNG, too, for a preview where no PDF can be shown.

    Raises
    ------
    InputError
        When the case or its prediction is missing or wrong, or belongs to another case.
    GeometryError
        When a mask does not lie on its image.
    Cancelled
        When the user stopped.
    """
    progress = progress or Progress()
    data = gather(case, findings, progress)
    document = build_document(data)
    steps = len(data.volumes) + 2
    progress.update("report", len(data.volumes), steps, "report.html")
    html = case.folder / "report.html"
    files.write_text(html, render_html(document))
    progress.update("report", steps - 1, steps, "report.pdf")
    pdf = case.folder / "report.pdf"
    files.write_bytes(pdf, render_pdf(document))
    if pages is not None:
        write_pages(document, pages)
    progress.update("report", steps, steps)
    return html, pdf
