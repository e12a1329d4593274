"""Nomograms: drawn, and as tables of points that a person adds up by hand."""

from __future__ import annotations

from functools import partial

from LWCTRLogic.evaluation.nomograms import HandNomogram
from LWCTRLogic.evaluation.results import Evaluation
from LWCTRLogic.models.nomogram import survival_of_points
from LWCTRLogic.report.document import Block, Cell, Column, Paragraph, Picture, Section, Table
from LWCTRLogic.report.figures import nomogram as drawing
from LWCTRLogic.report.figures.survival import endpoint_name
from LWCTRLogic.report.text import clean, listed, number, percent

HOW = (
    "Find the points of each value, add them up, and read the probabilities beside or under the total; between two "
    "lines of a table, interpolate. The points are the model's coefficients on another scale: nothing was rounded "
    "to fit. The probabilities are what the model predicts, without intervals: how far they can be trusted stands in "
    "its calibration."
)


NO_PD = "PD by mRECIST is not on it: those patients have had the event, so nobody with PD was followed."


def nomogram_section(evaluation: Evaluation) -> Section | None:
    """Return the nomograms of the bundle's Cox models, or ``None`` where there are none."""
    if not evaluation.nomograms:
        return None
    blocks: list[Block] = [Paragraph(HOW, "note")]
    for one in evaluation.nomograms:
        blocks += [_picture(one, evaluation.cohort.notice), *_points(one), _totals(one), _example(one)]
        if one.model.endpoint == "PFS" and not any("PD" in term.coding for term in one.model.terms):
            blocks.append(Paragraph(NO_PD, "note"))
    return Section("nomogram", "Nomogram", tuple(blocks))


def _name(one: HandNomogram) -> str:
    return f"{clean(one.model.name)}, {endpoint_name(one.model.endpoint).lower()}"


def _picture(one: HandNomogram, notice: str) -> Picture:
    return Picture(
        f"nomogram-{one.model.endpoint}",
        partial(drawing.draw_nomogram, nomogram=one.drawing, notice=notice, patient=False),
        drawing.WIDTH,
        drawing.height(one.drawing),
        f"Nomogram: {_name(one)}",
        f"Points of {listed([clean(axis.label) for axis in one.drawing.axes])}, their total, and probabilities.",
        f"{_name(one)}: months from {one.model.origin}, among {one.model.population}; fitted on "
        f"{one.model.patients} patients with {one.model.events} events.",
    )


def _points(one: HandNomogram) -> list[Table]:
    """Return a table of points for each axis."""
    tables = []
    for axis in one.drawing.axes:
        columns = (
            Column(clean(axis.label), 2.6),
            *(Column(clean(level), 1.0, "right") for level, _ in axis.ticks),
        )
        row = (Cell("Points", "strong"), *(Cell(number(points, 1)) for _, points in axis.ticks))
        tables.append(Table(f"{_name(one)}: points of {clean(axis.label)}", columns, (row,)))
    return tables


def _totals(one: HandNomogram) -> Table:
    months = list(one.totals[0][1])
    word = "Alive" if one.model.endpoint == "OS" else "Progression-free"
    columns = (
        Column("Total points", 1.2, "right"),
        *(Column(f"{word} at {month} months", 1.6, "right") for month in months),
    )
    rows = tuple(
        (Cell(number(points, 0), "strong"), *(Cell(_share(share[month])) for month in months))
        for points, share in one.totals
    )
    return Table(f"{_name(one)}: probabilities by total points", columns, rows, whole=True)


def _share(share: float) -> str:
    """Return a probability with one decimal, never rounded to certainty."""
    bound = "< " if 0 < share < 0.0005 else "> " if 0.9995 < share < 1 else ""
    return f"{bound}{number(100 * min(max(share, 0.001), 0.999) if bound else 100 * share, 1)} %"


def _example(one: HandNomogram) -> Paragraph:
    """Return a sum worked out, from the middle level of the first axis and the last of the others."""
    chosen = [
        axis.ticks[len(axis.ticks) // 2 if place == 0 else -1] for place, axis in enumerate(one.drawing.axes)
    ]
    total = sum(points for _, points in chosen)
    parts = [
        f"{clean(axis.label)} {clean(level)}: {number(points, 1)} points"
        for axis, (level, points) in zip(one.drawing.axes, chosen, strict=True)
    ]
    word = "alive" if one.model.endpoint == "OS" else "progression-free"
    ends = [
        f"{percent(share)} {word} at {month} months"
        for month, share in survival_of_points(one.model, total).items()
    ]
    return Paragraph(f"Example. {'; '.join(parts)}; together {number(total, 1)}: {listed(ends)}.", "note")
