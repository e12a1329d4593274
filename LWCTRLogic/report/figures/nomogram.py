"""The nomogram: points an axis, their total, and the probabilities below it, with this patient drawn in."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from LWCTRLogic.models.prediction import Nomogram
from LWCTRLogic.report.document import Canvas
from LWCTRLogic.report.figures.style import CLEAR, INK, MUTED, VERMILLION, label, shortened, stamp, whole_axes
from LWCTRLogic.report.text import number, percent

WIDTH = 178.0
ROW = 11.5
NAME, LEFT, RIGHT = 1.0, 56.0, WIDTH - 32.0
CLOSEST = 1.3  # mm between two labels of one axis
SIGN = 1.65  # mm, width of a sign of a label
Scale = Callable[[float], float]


def height(nomogram: Nomogram) -> float:
    """Return the height of the drawing in mm."""
    return ROW * (2 + len(nomogram.axes) + len(nomogram.outcomes)) + 3


@dataclass(frozen=True)
class _Row:
    """One horizontal axis of the drawing at height ``y``."""

    axes: Axes
    y: float
    name: str
    at: Scale


def draw_nomogram(canvas: Canvas, nomogram: Nomogram, notice: str = "", patient: bool = True) -> None:
    """Draw the nomogram on a canvas of ``WIDTH`` × ``height(nomogram)`` mm, with or without its patient."""
    top = height(nomogram)
    axes = whole_axes(canvas, WIDTH, top)
    most = max([100.0, *(points for axis in nomogram.axes for _, points in axis.ticks)])
    points = _scale(min([0.0, *(axis.points for axis in nomogram.axes)]), most)
    y = top - ROW * 0.4
    _row(_Row(axes, y, "Points", points), [(f"{tick:g}", tick) for tick in _steps(most)])
    for axis in nomogram.axes:
        y -= ROW
        row = _Row(axes, y, axis.label, points)
        _row(row, axis.ticks)
        if not patient:
            continue
        axes.plot([points(axis.points)] * 2, [y, top - ROW * 0.4], color=VERMILLION, lw=0.7, ls=(0, (3, 2)))
        _patient(row, axis.points, f"{shortened(axis.patient, 10)}: {number(axis.points, 0)} points")
    _totals(axes, nomogram, y - ROW, patient)
    stamp(axes, notice, NAME, 0.4)


def _totals(axes: Axes, nomogram: Nomogram, y: float, patient: bool) -> None:
    """Draw the total points and, under them, one axis an outcome."""
    low, high = nomogram.total_range
    total = _scale(min(low, nomogram.total), max(high, nomogram.total))
    row = _Row(axes, y, "Total points", total)
    _row(row, [(f"{tick:g}", tick) for tick in _steps(high, low)])
    if patient:
        _patient(row, nomogram.total, f"{number(nomogram.total, 0)} points")
        bottom = y - ROW * len(nomogram.outcomes)
        axes.plot([total(nomogram.total)] * 2, [bottom, y], color=VERMILLION, lw=0.7, ls=(0, (3, 2)))
    for name, marks, probability in nomogram.outcomes:
        y -= ROW
        row = _Row(axes, y, name, total)
        _row(row, marks)
        if patient:
            _patient(row, nomogram.total, percent(probability))


def _scale(low: float, high: float) -> Scale:
    span = (high - low) or 1.0
    return lambda value: LEFT + (RIGHT - LEFT) * (min(max(value, low), high) - low) / span


def _steps(high: float, low: float = 0.0) -> list[float]:
    """Return round tick values, about ten of them."""
    span = max(high - low, 1.0)
    step = next(size for size in (1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1e9) if span / size <= 11)
    first = int(-(-low // step))
    return [index * step for index in range(first, int(high // step) + 1)]


def _row(row: _Row, ticks: Sequence[tuple[str, float]]) -> None:
    """Draw one axis with its name and ticks; labels that would touch go above the line, or are left out."""
    words = textwrap.wrap(shortened(row.name, 60), 30, max_lines=2, placeholder="…")
    for index, line in enumerate(words):
        y = row.y + 3.4 * ((len(words) - 1) / 2 - index)
        label(row.axes, NAME, y, line, va="center", fontsize=7.5, weight="bold")
    places = [row.at(value) for _, value in ticks]
    if not places:
        return
    row.axes.plot([min(places), max(places)], [row.y, row.y], color=INK, lw=0.9)
    last_below = last_above = -WIDTH  # right ends of the last labels
    for (_, value), text in zip(*_merged(ticks), strict=True):
        x = row.at(value)
        half = SIGN * len(text) / 2
        if x - half >= last_below + CLOSEST:
            side, last_below = -1, x + half
        elif x - half >= last_above + CLOSEST:
            side, last_above = 1, x + half
        else:
            row.axes.plot([x, x], [row.y, row.y - 0.8], color=MUTED, lw=0.6)
            continue
        row.axes.plot([x, x], [row.y, row.y + side * 1.3], color=INK, lw=0.8)
        align = "top" if side < 0 else "bottom"
        label(
            row.axes, x, row.y + side * 1.8, text, ha="center", va=align, fontsize=7, color=MUTED, bbox=CLEAR
        )


def _merged(ticks: Sequence[tuple[str, float]]) -> tuple[list[tuple[str, float]], list[str]]:
    """Return the ticks in order of place, and their labels with those of one place joined by a slash."""
    places: dict[float, list[str]] = {}
    for text, value in ticks:
        places.setdefault(round(value, 3), []).append(shortened(text, 16))
    ordered = sorted(places.items())
    return [("", value) for value, _ in ordered], [" / ".join(words) for _, words in ordered]


def _patient(row: _Row, value: float, text: str) -> None:
    """Mark this patient on one axis and write the reading at the right."""
    x = row.at(value)
    row.axes.plot([x], [row.y], "D", ms=5.5, color=VERMILLION, mec="white", mew=0.7, zorder=6)
    label(row.axes, RIGHT + 3, row.y, text, va="center", fontsize=8, weight="bold", color=VERMILLION)
