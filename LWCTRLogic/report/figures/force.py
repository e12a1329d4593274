"""The force plot: what each feature adds to, or takes from, the model's margin, drawn to scale.

Parts that raise the margin end at it from the left, parts that lower it start at it to the right; what
is left between the two ends is the base value, so the drawing adds up by construction.
"""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.axes import Axes
from matplotlib.patches import Polygon
from matplotlib.ticker import MaxNLocator

from LWCTRLogic.models.prediction import Contribution, Explanation
from LWCTRLogic.report.document import Canvas
from LWCTRLogic.report.figures.style import INK, MUTED, NON_RESPONDER, RESPONDER, label, stamp, whole_axes
from LWCTRLogic.report.text import number, significant

WIDTH, HEIGHT = 178.0, 41.0
LEFT, RIGHT = 8.0, WIDTH - 8.0
BOTTOM, TOP = 16.0, 24.0
NARROWEST_NUMBERED = 3.2  # mm, for each digit of the number


def ranked(explanation: Explanation) -> tuple[Contribution, ...]:
    """Return the contributions, largest first; equal ones by name, so that the order never changes."""
    return tuple(sorted(explanation.contributions, key=lambda part: (-abs(part.contribution), part.feature)))


def margin(explanation: Explanation) -> float:
    """Return base + Σ contributions."""
    return explanation.base + sum(part.contribution for part in explanation.contributions)


def segments(
    explanation: Explanation,
) -> tuple[list[tuple[int, float, float]], list[tuple[int, float, float]]]:
    """Return the (rank, start, end) of the raising and the lowering parts, in units of the margin.

    Ranks count from 1 in the order of :func:`ranked`. The largest part touches the margin on its side.
    """
    raising, lowering = [], []
    left = right = margin(explanation)
    for rank, part in enumerate(ranked(explanation), start=1):
        size = abs(part.contribution)
        if part.contribution > 0:
            raising.append((rank, left - size, left))
            left -= size
        elif part.contribution < 0:
            lowering.append((rank, right, right + size))
            right += size
    return raising, lowering


def draw_force(canvas: Canvas, explanation: Explanation, notice: str = "") -> None:
    """Draw the plot on a canvas of ``WIDTH`` × ``HEIGHT`` mm."""
    axes = whole_axes(canvas, WIDTH, HEIGHT)
    raising, lowering = segments(explanation)
    total = margin(explanation)
    ends = [total, explanation.base, *(x for _, *pair in (*raising, *lowering) for x in pair)]
    low, high = min(ends), max(ends)
    scale = (RIGHT - LEFT) / ((high - low) or 1.0)

    def at(value: float) -> float:
        return LEFT + (value - low) * scale

    for rank, start, end in raising:
        _arrow(axes, at(start), at(end), rank, RESPONDER)
    for rank, start, end in lowering:
        _arrow(axes, at(end), at(start), rank, NON_RESPONDER)
    _axis(axes, at, low, high)
    here, base = at(total), at(explanation.base)
    text = f"this patient {number(total, 2, signed=True)}"
    _mark(axes, here, text, height=TOP + 7, side=_side(here), weight="bold")
    text = f"average {number(explanation.base, 2, signed=True)}"
    _mark(axes, base, text, height=TOP + 1.5, side=_side(base, here), weight="normal")
    label(
        axes,
        LEFT,
        HEIGHT - 1,
        "raises the score \u2192",
        color=RESPONDER,
        va="top",
        fontsize=8,
        weight="bold",
    )
    label(
        axes, RIGHT, HEIGHT - 1, "\u2190 lowers the score", color=NON_RESPONDER, va="top", ha="right",
        fontsize=8, weight="bold",
    )  # fmt: skip
    stamp(axes, notice, LEFT, 0.2)


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


def _side(x: float, away_from: float | None = None) -> str:
    """Choose the alignment of a label at ``x`` so that it stays inside and off its neighbour."""
    if x < LEFT + 22:
        return "left"
    if x > RIGHT - 22:
        return "right"
    if away_from is not None and abs(x - away_from) < 34:
        return "left" if x > away_from else "right"
    return "center"


def _axis(axes: Axes, at: Callable[[float], float], low: float, high: float) -> None:
    axes.plot([LEFT, RIGHT], [BOTTOM - 1.5, BOTTOM - 1.5], color=MUTED, lw=0.7)
    for tick in MaxNLocator(nbins=8).tick_values(low, high):
        if low <= tick <= high:
            x = at(float(tick))
            axes.plot([x, x], [BOTTOM - 1.5, BOTTOM - 2.7], color=MUTED, lw=0.7)
            text = significant(round(float(tick), 6), 3)
            label(axes, x, BOTTOM - 3.2, text, ha="center", va="top", fontsize=7, color=MUTED)
    label(
        axes, (LEFT + RIGHT) / 2, BOTTOM - 7.6, "margin (decision value before calibration)",
        ha="center", va="top", fontsize=7.5,
    )  # fmt: skip
