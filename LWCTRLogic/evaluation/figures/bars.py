"""Horizontal bars, such as how often each feature was kept across folds."""

from __future__ import annotations

from collections.abc import Sequence

from LWCTRLogic.evaluation.figures.frame import WIDE, fitted, framed_axes, percent_axis
from LWCTRLogic.report.document import Canvas
from LWCTRLogic.report.figures.style import BLUE, LINE, MUTED, label

ROW = 4.8
_HEAD, _FOOT, _LEFT, _PLOT = 9.0, 13.0, 92.0, 72.0


def height(rows: int) -> float:
    """Return the height of the drawing in mm."""
    return _HEAD + ROW * rows + _FOOT


def draw_shares(
    canvas: Canvas, shares: Sequence[tuple[str, float]], title: str, quantity: str, notice: str = ""
) -> None:
    """Draw shares between 0 and 1, one bar a name, on ``frame.WIDE`` × ``height(len(shares))`` mm."""
    tall = height(len(shares))
    rectangle = (_LEFT / WIDE, _FOOT / tall, _PLOT / WIDE, ROW * len(shares) / tall)
    axes = framed_axes(canvas, title, notice, rectangle, (WIDE, tall))
    axes.set_ylim(len(shares) - 0.5, -0.5)
    axes.set_xlim(0, 1)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=LINE, lw=0.5)
    percent_axis(axes, "x")
    transform = axes.get_yaxis_transform()
    for row, (name, share) in enumerate(shares):
        axes.barh(row, share, height=0.62, color=BLUE)
        label(
            axes,
            -(_LEFT - 1) / _PLOT,
            row,
            **fitted(name, _LEFT - 3, 6.3),
            transform=transform,
            va="center",
        )
        label(axes, share + 0.012, row, f"{100 * share:.0f} %", fontsize=6.5, va="center", color=MUTED)
    axes.set_xlabel(quantity, fontsize=8, labelpad=1.5)
