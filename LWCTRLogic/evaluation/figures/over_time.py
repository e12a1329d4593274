"""A figure of merit over time, such as the time-dependent AUC or the Brier score, with its band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from LWCTRLogic.evaluation.figures.frame import framed_axes, legend_above, line_style, month_axis
from LWCTRLogic.report.document import Canvas
from LWCTRLogic.report.figures.style import LINE, MUTED, shortened
from LWCTRLogic.stats.steps import Floats


@dataclass(frozen=True)
class TimeCurve:
    """Values (k,) at months (k,) with their limits, and the place of its line style."""

    label: str
    months: Floats
    value: Floats
    low: Floats
    high: Floats
    place: int = 0


def draw_over_time(
    canvas: Canvas,
    curves: Sequence[TimeCurve],
    title: str,
    quantity: str,
    limits: tuple[float, float],
    reference: float | None = None,
    notice: str = "",
    along: str = "Months",
) -> None:
    """Draw the curves between ``limits``; ``reference`` is a level line, such as 0.5 for an AUC."""
    axes = framed_axes(canvas, title, notice, entries=len(curves))
    if reference is not None:
        axes.axhline(reference, color=MUTED, lw=0.9, ls=(0, (1.5, 1.5)), zorder=0)
    for index, curve in enumerate(curves):
        style = line_style(curve.place, 1.7 if index == 0 else 1.2)
        if index < 2:  # more bands than two hide each other
            axes.fill_between(curve.months, curve.low, curve.high, color=style["color"], alpha=0.13, lw=0)
        axes.plot(curve.months, curve.value, label=shortened(curve.label, 24), **style)
    axes.set_ylim(*limits)
    if along == "Months":
        month_axis(axes, max(float(curve.months[-1]) for curve in curves))
    axes.grid(axis="y", color=LINE, lw=0.4)
    axes.set_xlabel(along, fontsize=8)
    axes.set_ylabel(quantity, fontsize=8)
    legend_above(axes)
