"""Receiver operating characteristic curves of one label, one line a score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from LWCTRLogic.evaluation.figures.frame import framed_axes, legend, line_style, thinned, unit_square
from LWCTRLogic.report.document import Canvas
from LWCTRLogic.report.figures.style import shortened
from LWCTRLogic.stats.estimate import Estimate
from LWCTRLogic.stats.steps import Floats


@dataclass(frozen=True)
class RocCurve:
    """One curve: false and true positive rates (k,), both rising, the area below, and the place of its line style."""

    label: str
    false_positive: Floats
    true_positive: Floats
    auc: Estimate
    place: int = 0


def draw_roc(canvas: Canvas, curves: Sequence[RocCurve], title: str, notice: str = "") -> None:
    """Draw the curves; the legend gives each area with its interval.

    Points are joined by straight lines, so that tied scores count one half, as in the area.
    """
    axes = framed_axes(canvas, title, notice)
    for index, curve in enumerate(curves):
        auc = f"{curve.auc.value:.3f} ({curve.auc.low:.3f}–{curve.auc.high:.3f})"
        kept = thinned(len(curve.false_positive))
        axes.plot(
            curve.false_positive[kept],
            curve.true_positive[kept],
            label=f"{shortened(curve.label, 24)}: {auc}",
            **line_style(curve.place, 1.9 if index == 0 else 1.2),
        )
    unit_square(axes, ("1 − specificity", "Sensitivity"))
    legend(axes, loc="lower right", title="AUC (95 % CI)")
