"""Survival curves with their estimates, and the nomograms."""

from __future__ import annotations

from bisect import bisect_right

from LWCTRLogic.models.bundle import REPORT_MONTHS
from LWCTRLogic.models.prediction import Nomogram, SurvivalCurve
from LWCTRLogic.report.document import Block, Cell, Column, Paragraph, Picture, PictureGrid, Section, Table
from LWCTRLogic.report.figures import nomogram as drawing
from LWCTRLogic.report.figures import survival as curves_drawing
from LWCTRLogic.report.figures.survival import endpoint_name
from LWCTRLogic.report.gather import ReportData
from LWCTRLogic.report.sections.summary import curves_of
from LWCTRLogic.report.text import DASH, NOTHING, clean, number, percent


def survival_section(data: ReportData) -> Section | None:
    """Return the curves and tables, or ``None`` when no survival model ran."""
    endpoints = list(dict.fromkeys(curve.endpoint for curve in data.prediction.survival))
    if not endpoints:
        return None
    groups = [curves_of(data.prediction, endpoint) for endpoint in endpoints]
    blocks: list[Block] = [PictureGrid(tuple(_picture(curves, data) for curves in groups))]
    tables = [_table(curves) for curves in groups]
    blocks += tables
    if any(cell.text == NOTHING for table in tables for row in table.rows for cell in row):
        blocks.append(Paragraph("A dash: later than anything seen in training, so not estimated.", "note"))
    if any(curve.lower and curve.upper for curves in groups for curve in curves):
        blocks.append(Paragraph("Shaded band and brackets: the interval given by the bundle.", "note"))
    return Section("survival", "Survival estimates", tuple(blocks))


def _picture(curves: list[SurvivalCurve], data: ReportData) -> Picture:
    leading = curves[0]
    name = endpoint_name(leading.endpoint)
    estimates = ", ".join(f"{percent(value)} at {month} months" for month, value in leading.at.items())
    return Picture(
        f"survival-{leading.endpoint}",
        lambda canvas: curves_drawing.draw_survival(canvas, curves, data.notice),
        curves_drawing.WIDTH,
        curves_drawing.HEIGHT,
        f"{name} curve",
        f"{name} by {clean(leading.label)}: {estimates}. Time runs from {clean(leading.origin)}.",
        f"{name}. Time runs from {clean(leading.origin)}.",
    )


def _table(curves: list[SurvivalCurve]) -> Table:
    usual = {f"{month:g}" for month in REPORT_MONTHS.get(curves[0].endpoint, ())}
    months = sorted(usual.union(*(curve.at for curve in curves)), key=float)
    columns = (
        Column("Model", 2.6),
        *(Column(f"{clean(month)} months", 1.4, "right") for month in months),
        Column("Time runs from", 2),
    )
    rows = tuple(
        (
            Cell(clean(curve.label), "strong"),
            *(Cell(_estimate(curve, month)) for month in months),
            Cell(clean(curve.origin)),
        )
        for curve in curves
    )
    return Table(f"{endpoint_name(curves[0].endpoint)}: estimates", columns, rows)


def _estimate(curve: SurvivalCurve, month: str) -> str:
    """Return the estimate, with its interval where the curve has one at that month."""
    if month not in curve.at:
        return NOTHING
    text = percent(curve.at[month])
    index = bisect_right(curve.times, float(month)) - 1
    if index < 0 or not curve.lower or not curve.upper:
        return text
    if 0 <= curve.upper[index] < 0.005:
        return f"{text} (< 1)"
    low, high = (number(100 * limit[index], 0) for limit in (curve.lower, curve.upper))
    return f"{text} ({low}{DASH}{high})"


def nomogram_section(data: ReportData) -> Section | None:
    """Return the nomograms with this patient's points, or ``None`` without one."""
    pictures = tuple(_nomogram(nomogram, data.notice) for nomogram in data.prediction.nomograms)
    if not pictures:
        return None
    note = (
        "Read upwards from each diamond to the points at the top, add them up, and read downwards from the "
        "total to the probabilities. The diamonds and the figures at the right are this patient's."
    )
    return Section("nomogram", "Nomogram", (Paragraph(note, "note"), *pictures))


def _nomogram(nomogram: Nomogram, notice: str) -> Picture:
    points = ", ".join(
        f"{clean(axis.label)} {clean(axis.patient)}: {number(axis.points, 0)} points"
        for axis in nomogram.axes
    )
    ends = ", ".join(f"{clean(label)}: {percent(probability)}" for label, _, probability in nomogram.outcomes)
    name = endpoint_name(nomogram.endpoint)
    return Picture(
        f"nomogram-{nomogram.endpoint}",
        lambda canvas: drawing.draw_nomogram(canvas, nomogram, notice),
        drawing.WIDTH,
        drawing.height(nomogram),
        f"Nomogram: {name}",
        f"{points}; total {number(nomogram.total, 0)} points; {ends}.",
        f"Rad-Nomo, {name[0].lower()}{name[1:]}.",
    )
