"""Calibration: observed against predicted probabilities, with the spread of the predictions below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from LWCTRLogic.evaluation.figures.frame import framed_axes, legend_above, line_style, unit_square
from LWCTRLogic.report.document import Canvas
from LWCTRLogic.report.figures.style import MUTED, shortened
from LWCTRLogic.stats.estimate import Estimate
from LWCTRLogic.stats.steps import Floats


@dataclass(frozen=True)
class CalibrationCurve:
    """What is drawn of one set of predictions.

    Attributes
    ----------
    predicted : (n,)
        Predicted probabilities of the patients, for the strip of their spread.
    grid, observed, low, high : (k,)
        The flexible curve with its band.
    groups : sequence of (float, Estimate)
        Mean prediction and observed share of groups of patients.
    place : int
        Of its line style.
    """

    label: str
    predicted: Floats
    grid: Floats
    observed: Floats
    low: Floats
    high: Floats
    groups: Sequence[tuple[float, Estimate]]
    place: int = 0


def draw_calibration(canvas: Canvas, curve: CalibrationCurve, title: str, notice: str = "") -> None:
    """Draw one calibration plot."""
    axes = framed_axes(canvas, title, notice, entries=2)
    style = {**line_style(curve.place, 1.7), "ls": "-"}
    axes.fill_between(curve.grid, curve.low, curve.high, color=style["color"], alpha=0.14, lw=0)
    axes.plot(curve.grid, curve.observed, label=shortened(curve.label, 30), **style)
    for predicted, observed in curve.groups:
        axes.plot([predicted] * 2, [observed.low, observed.high], color=MUTED, lw=0.9, zorder=3)
        axes.plot([predicted], [observed.value], "o", ms=3.6, color="white", mec=MUTED, mew=1.0, zorder=4)
    counts, edges = np.histogram(curve.predicted, bins=np.linspace(0, 1, 41))
    axes.bar(
        edges[:-1],
        0.11 * counts / max(counts.max(), 1),
        np.diff(edges),
        align="edge",
        color=MUTED,
        alpha=0.45,
    )
    unit_square(axes, ("Predicted", "Observed"))
    axes.plot([], [], "o", ms=3.6, color="white", mec=MUTED, mew=1.0, label="groups of patients, 95 % CI")
    legend_above(axes)
