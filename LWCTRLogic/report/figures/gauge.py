"""The score between 0 and 1, with the cut-off and the words on either side of it."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from LWCTRLogic.report.document import Canvas
from LWCTRLogic.report.figures.style import INK, MUTED, NON_RESPONDER, RESPONDER, label, stamp, whole_axes
from LWCTRLogic.report.text import number, score_words

WIDTH, HEIGHT = 120.0, 37.0


def draw_gauge(canvas: Canvas, score: float, cutoff: float | None, notice: str = "") -> None:
    """Draw the gauge on a canvas of ``WIDTH`` × ``HEIGHT`` mm."""
    axes = whole_axes(canvas, WIDTH, HEIGHT)
    left, right, bottom, top = 7.0, WIDTH - 7.0, 15.0, 21.0

    def at(value: float) -> float:
        return left + (right - left) * min(max(value, 0.0), 1.0)

    split = at(cutoff) if cutoff is not None else left
    low, high = (NON_RESPONDER, RESPONDER) if cutoff is not None else (MUTED, MUTED)
    axes.add_patch(Rectangle((left, bottom), split - left, top - bottom, facecolor=low, lw=0))
    axes.add_patch(Rectangle((split, bottom), right - split, top - bottom, facecolor=high, lw=0))
    for tick in range(11):
        x = at(tick / 10)
        axes.plot([x, x], [bottom - 1.2, bottom], color=MUTED, lw=0.7)
        covered = cutoff is not None and abs(tick / 10 - cutoff) < 0.03  # the cut-off's line would cross it
        if tick % 2 == 0 and not covered:
            label(axes, x, bottom - 1.8, f"{tick / 10:.1f}", ha="center", va="top", fontsize=7, color=MUTED)
    if cutoff is not None:
        _words(axes, left, right, split, (bottom + top) / 2)
        axes.plot([split, split], [bottom - 5.2, top], color=INK, lw=1.4)
        label(axes, split, bottom - 6.2, f"cut-off {number(cutoff)}", ha="center", va="top", fontsize=7.5)
    x = at(score)
    axes.plot([x], [top + 1.8], marker="v", ms=9, color=INK, clip_on=False)
    edge = min(max(x, left + 8), right - 8)
    label(axes, edge, top + 4.2, score_words(score), ha="center", va="bottom", fontsize=15, weight="bold")
    stamp(axes, notice, left, 0.4)


def _words(axes: Axes, left: float, right: float, split: float, middle: float) -> None:
    """Write each side's word where it fits."""
    for start, end, word in ((left, split, "non-responder"), (split, right, "responder")):
        if end - start > 26:
            x = (start + end) / 2
            label(axes, x, middle, word, ha="center", va="center", color="white", weight="bold", fontsize=8.5)
