"""The force plot: what each feature adds to, or takes from, the model's margin, drawn to scale.

Parts that raise the margin end at it from the left, parts that lower it start at it to the right; what
is left between the two ends is the base value, so the drawing adds up by construction.
"""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.axes import Axes
from matplotlib.patches import Polygon
from matplotlib.ticker import MaxNLocator

from LWCTRLogic.models.prediction import Explanation
from LWCTRLogic.report.document import Canvas
from LWCTRLogic.report.figures.style import INK, MUTED, NON_RESPONDER, RESPONDER, label, stamp, whole_axes
from LWCTRLogic.report.text import number, significant

WIDTH, HEIGHT = 178.0, 41.0
NARROW = 96.0  # for a narrow window: letters as large as on the page
EDGE = 8.0
BOTTOM, TOP = 16.0, 24.0
NARROWEST_NUMBERED = 3.2  # mm, for each digit of the number


def margin(explanation: Explanation) -> float:
    """Return base + Σ contributions."""
    return explanation.base + sum(part.contribution for part in explanation.contributions)


def segments(
    explanation: Explanation,
) -> tuple[list[tuple[int, float, float]], list[tuple[int, float, float]]]:
    """Return the (rank, start, end) of the raising and the lowering parts, in units of the margin.

    Ranks count from 1 in the order of :meth:`Explanation.ranked`. The largest part touches the margin on its side.
    """
    raising, lowering = [], []
    left = right = margin(explanation)
    for rank, part in enumerate(explanation.ranked(), start=1):
        size = abs(part.contribution)
        if part.contribution > 0:
            raising.append((rank, left - size, left))
            left -= size
        elif part.contribution < 0:
            lowering.append((rank, right, right + size))
            right += size
    return raising, lowering


def draw_force(canvas: Canvas, explanation: Explanation, notice: str = "", width: float = WIDTH) -> None:
    """Draw the plot on a canvas of ``width`` × ``HEIGHT`` mm."""
    axes = whole_axes(canvas, width, HEIGHT)
    right_edge = width - EDGE
    raising, lowering = segments(explanation)
    total = margin(explanation)
    ends = [total, explanation.base, *(x for _, *pair in (*raising, *lowering) for x in pair)]
    low, high = min(ends), max(ends)
    scale = (width - 2 * EDGE) / ((high - low) or 1.0)

    def at(value: float) -> float:
        return EDGE + (value - low) * scale

    for rank, start, end in raising:
        _arrow(axes, at(start), at(end), rank, RESPONDER)
    for rank, start, end in lowering:
        _arrow(axes, at(end), at(start), rank, NON_RESPONDER)
    _axis(axes, at, low, high)
    here, base = at(total), at(explanation.base)
    text = f"this patient {number(total, 2, signed=True)}"
    _mark(axes, here, text, height=TOP + 7, side=_side(here, right_edge), weight="bold")
    text = f"average {number(explanation.base, 2, signed=True)}"
    _mark(axes, base, text, height=TOP + 1.5, side=_side(base, right_edge, here), weight="normal")
    style = {"va": "top", "fontsize": 8, "weight": "bold"}
    label(axes, EDGE, HEIGHT - 1, "raises the score \u2192", color=RESPONDER, **style)
    label(axes, right_edge, HEIGHT - 1, "\u2190 lowers the score", color=NON_RESPONDER, ha="right", **style)
    stamp(axes, notice, EDGE, 0.2)


def _arrow(axes: Axes, tail: float, head: float, rank: int, colour: str) -> None:
    """Draw one part as a chevron that points at the margin, with its rank where there is room."""
    middle = (BOTTOM + TOP) / 2
    direction = 1 if head > tail else -1
    tip = direction * min(1.6, abs(head - tail) / 2)
    corners = [(tail, BOTTOM), (head - tip, BOTTOM), (head, middle), (head - tip, TOP), (tail, TOP)]
    corners.append((tail + tip, middle))
    axes.add_patch(Polygon(corners, facecolor=colour, edgecolor="white", lw=0.6))
    if abs(head - tail) >= NARROWEST_NUMBERED + 2.2 * len(str(rank)):
        x = (head + tail) / 2 + tip / 2
        label(
            axes, x, middle, str(rank), ha="center", va="center", color="white", fontsize=7.5, weight="bold"
        )


def _mark(axes: Axes, x: float, text: str, *, height: float, side: str, weight: str) -> None:
    axes.plot([x, x], [BOTTOM, height], color=INK, lw=1.6 if weight == "bold" else 0.9)
    gap = {"left": 1.0, "right": -1.0, "center": 0.0}[side]
    label(axes, x + gap, height, text, ha=side, va="bottom", fontsize=8.5, weight=weight)


def _side(x: float, right_edge: float, away_from: float | None = None) -> str:
    """Choose the alignment of a label at ``x`` so that it stays inside and off its neighbour."""
    if x < EDGE + 22:
        return "left"
    if x > right_edge - 22:
        return "right"
    if away_from is not None and abs(x - away_from) < 34:
        return "left" if x > away_from else "right"
    return "center"


def _axis(axes: Axes, at: Callable[[float], float], low: float, high: float) -> None:
    left, right = at(low), at(high)
    axes.plot([left, right], [BOTTOM - 1.5, BOTTOM - 1.5], color=MUTED, lw=0.7)
    for tick in MaxNLocator(nbins=8 if right - left > 100 else 5).tick_values(low, high):
        if low <= tick <= high:
            x = at(float(tick))
            axes.plot([x, x], [BOTTOM - 1.5, BOTTOM - 2.7], color=MUTED, lw=0.7)
            text = significant(round(float(tick), 6), 3)
            label(axes, x, BOTTOM - 3.2, text, ha="center", va="top", fontsize=7, color=MUTED)
    label(
        axes, (left + right) / 2, BOTTOM - 7.6, "margin (decision value before calibration)",
        ha="center", va="top", fontsize=7.5,
    )  # fmt: skip
