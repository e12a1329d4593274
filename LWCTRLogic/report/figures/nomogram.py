"""The nomogram: points an axis, their total, and the probabilities below it, with this patient drawn in."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from matplotlib.axes import Axes

from LWCTRLogic.models.prediction import Nomogram
from LWCTRLogic.report.document import Canvas
from LWCTRLogic.report.figures.style import CLEAR, INK, MUTED, VERMILLION, label, shortened, stamp, whole_axes
from LWCTRLogic.report.text import number, percent

NAME = 1.0  # mm, where the names of axes begin
CLOSEST = 1.3  # mm between two labels of one axis
SIGN = 1.65  # mm, width of a sign of a label
Scale = Callable[[float], float]


@dataclass(frozen=True)
class Sheet:
    """Where the parts of the drawing lie, in mm: names stand ``above`` their axis, or beside it (0)."""

    width: float
    left: float
    right: float
    row: float
    above: float = 0.0

    @property
    def top(self) -> float:
        """Return what the first axis needs over it."""
        return max(self.row * 0.4, self.above + 3.4)


PAGE = Sheet(178.0, 56.0, 146.0, 11.5)
COLUMN = Sheet(96.0, 5.0, 90.0, 15.0, above=6.6)  # for a narrow window: letters as large as on the page
WIDTH = PAGE.width


def height(nomogram: Nomogram, sheet: Sheet = PAGE) -> float:
    """Return the height of the drawing in mm."""
    rows = 1 + len(nomogram.axes) + len(nomogram.outcomes)
    return sheet.top + sheet.row * (rows + 0.6) + 3


@dataclass(frozen=True)
class _Row:
    """One horizontal axis of the drawing at height ``y``."""

    axes: Axes
    y: float
    name: str
    at: Scale
    sheet: Sheet


def draw_nomogram(
    canvas: Canvas, nomogram: Nomogram, notice: str = "", patient: bool = True, sheet: Sheet = PAGE
) -> None:
    """Draw it on a canvas of ``sheet.width`` × ``height(nomogram, sheet)`` mm, with or without its patient."""
    top = height(nomogram, sheet)
    axes = whole_axes(canvas, sheet.width, top)
    most = max([100.0, *(points for axis in nomogram.axes for _, points in axis.ticks)])
    points = _scale(sheet, min([0.0, *(axis.points for axis in nomogram.axes)]), most)
    first = y = top - sheet.top
    _row(_Row(axes, y, "Points", points, sheet), [(f"{tick:g}", tick) for tick in _steps(most)])
    for axis in nomogram.axes:
        y -= sheet.row
        row = _Row(axes, y, axis.label, points, sheet)
        _row(row, axis.ticks)
        if not patient:
            continue
        axes.plot([points(axis.points)] * 2, [y, first], color=VERMILLION, lw=0.7, ls=(0, (3, 2)))
        _patient(row, axis.points, f"{shortened(axis.patient, 10)}: {number(axis.points, 0)} points")
    _totals(_Row(axes, y - sheet.row, "Total points", points, sheet), nomogram, patient)
    stamp(axes, notice, NAME, 0.4)


def _totals(first: _Row, nomogram: Nomogram, patient: bool) -> None:
    """Draw the total points in the place of ``first`` and, under them, one axis an outcome."""
    low, high = nomogram.total_range
    total = _scale(first.sheet, min(low, nomogram.total), max(high, nomogram.total))
    row = replace(first, at=total)
    _row(row, [(f"{tick:g}", tick) for tick in _steps(high, low)])
    if patient:
        _patient(row, nomogram.total, f"{number(nomogram.total, 0)} points")
        bottom = row.y - row.sheet.row * len(nomogram.outcomes)
        row.axes.plot([total(nomogram.total)] * 2, [bottom, row.y], color=VERMILLION, lw=0.7, ls=(0, (3, 2)))
    for name, marks, probability in nomogram.outcomes:
        row = replace(row, y=row.y - row.sheet.row, name=name)
        _row(row, marks)
        if patient:
            _patient(row, nomogram.total, percent(probability))


def _scale(sheet: Sheet, low: float, high: float) -> Scale:
    span = (high - low) or 1.0
    return lambda value: sheet.left + (sheet.right - sheet.left) * (min(max(value, low), high) - low) / span


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
        y = row.y + row.sheet.above + 3.4 * ((len(words) - 1) / 2 - index)
        label(row.axes, NAME, y, line, va="center", fontsize=7.5, weight="bold", bbox=CLEAR)
    places = [row.at(value) for _, value in ticks]
    if not places:
        return
    row.axes.plot([min(places), max(places)], [row.y, row.y], color=INK, lw=0.9)
    last_below = last_above = -row.sheet.width  # right ends of the last labels
    for (_, value), text in zip(*_merged(ticks), strict=True):
        x = row.at(value)
        half = SIGN * len(text) / 2
        middle = min(max(x, NAME + half), row.sheet.width - NAME - half)  # a long word stays on the sheet
        if middle - half >= last_below + CLOSEST:
            side, last_below = -1, middle + half
        elif middle - half >= last_above + CLOSEST:
            side, last_above = 1, middle + half
        else:
            row.axes.plot([x, x], [row.y, row.y - 0.8], color=MUTED, lw=0.6)
            continue
        row.axes.plot([x, x], [row.y, row.y + side * 1.3], color=INK, lw=0.8)
        align = "top" if side < 0 else "bottom"
        style = {"ha": "center", "va": align, "fontsize": 7, "color": MUTED, "bbox": CLEAR}
        label(row.axes, middle, row.y + side * 1.8, text, **style)


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
    sheet, style = row.sheet, {"va": "center", "fontsize": 8, "weight": "bold", "color": VERMILLION}
    if sheet.above:
        label(row.axes, sheet.width - NAME, row.y + sheet.above, text, ha="right", bbox=CLEAR, **style)
    else:
        label(row.axes, sheet.right + 3, row.y, text, **style)
