"""Decision curves: net benefit against the threshold probability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from LWCTRLogic.evaluation.figures.frame import framed_axes, legend_above, line_style, percent_axis
from LWCTRLogic.report.document import Canvas
from LWCTRLogic.report.figures.style import LINE, MUTED, shortened
from LWCTRLogic.stats.steps import Floats


@dataclass(frozen=True)
class BenefitCurve:
    """Net benefit (k,) of one score, and the place of its line style."""

    label: str
    benefit: Floats
    place: int = 0


def draw_decision_curve(
    canvas: Canvas,
    thresholds: Floats,
    curves: Sequence[BenefitCurve],
    treat_all: Floats,
    title: str,
    notice: str = "",
) -> None:
    """Draw net benefit (k,) of each score at ``thresholds`` (k,), beside treating everybody and nobody."""
    axes = framed_axes(canvas, title, notice, entries=len(curves) + 2)
    axes.axhline(0, color=MUTED, lw=0.9, ls=(0, (1.5, 1.5)), label="nobody")
    axes.plot(thresholds, treat_all, color=LINE, lw=1.6, label="everybody")
    for index, curve in enumerate(curves):
        style = line_style(curve.place, 1.8 if index == 0 else 1.2)
        axes.plot(thresholds, curve.benefit, label=shortened(curve.label, 24), **style)
    top = max(float(np.nanmax(curve.benefit)) for curve in curves)
    top = max(top, float(np.nanmax(treat_all)), 0.02)
    axes.set_ylim(-0.25 * top, 1.08 * top)
    axes.set_xlim(float(thresholds[0]), float(thresholds[-1]))
    percent_axis(axes, "x", 0.2)
    axes.grid(axis="y", color=LINE, lw=0.4)
    axes.set_xlabel("Threshold probability", fontsize=8)
    axes.set_ylabel("Net benefit", fontsize=8)
    legend_above(axes)
