"""Forest plots: one line an estimate, with its interval drawn and written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from LWCTRLogic.evaluation.figures.frame import WIDE, framed_axes
from LWCTRLogic.report.document import Canvas
from LWCTRLogic.report.figures.style import BLUE, INK, MUTED, PALE, label, shortened
from LWCTRLogic.stats.estimate import Estimate

ROW = 5.2
_HEAD, _FOOT = 13.0, 13.0
_LEFT, _PLOT = 66.0, 52.0  # mm: where the plot begins, and its width
_COUNT = -0.06
_COLUMNS = (-(_LEFT - 1) / _PLOT, _COUNT, 1.05, 1.82)  # in widths of the plot
_ROUND = (
    (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0),
    tuple(number / 10 for number in range(1, 31)),
    tuple(number / 20 for number in range(1, 61)),
    tuple(number / 100 for number in range(1, 301)),
)
"""Ticks of ratios, from coarse to fine."""


@dataclass(frozen=True)
class ForestRow:
    """One line: its name, how many patients it is about, its estimate, a remark.

    Without an estimate it is a heading, or, where it counts patients, a subgroup of which none could be made.
    """

    name: str
    count: str = ""
    estimate: Estimate | None = None
    remark: str = ""


def height(rows: Sequence[ForestRow]) -> float:
    """Return the height of the drawing in mm."""
    return _HEAD + ROW * len(rows) + _FOOT


def draw_forest(
    canvas: Canvas,
    rows: Sequence[ForestRow],
    title: str,
    quantity: str,
    reference: float | None,
    logarithmic: bool = False,
    remarks: str = "",
    notice: str = "",
) -> None:
    """Draw the rows on a canvas of ``frame.WIDE`` × ``height(rows)`` mm.

    Parameters
    ----------
    reference : float or None
        Where "no effect" lies.
    logarithmic : bool
        For ratios.
    remarks : str
        Heading of the remarks at the right.
    """
    tall = height(rows)
    rectangle = (_LEFT / WIDE, _FOOT / tall, _PLOT / WIDE, ROW * len(rows) / tall)
    axes = framed_axes(canvas, title, notice, rectangle, (WIDE, tall))
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    _scale(axes, [row.estimate for row in rows if row.estimate is not None], reference, logarithmic)
    _write(axes, -1.0, ("", "n", "estimate (95 % CI)", remarks), weight="bold", color=MUTED)
    for index, row in enumerate(rows):
        if index % 2:
            axes.axhspan(index - 0.5, index + 0.5, color=PALE, lw=0, zorder=-2)
        _row(axes, index, row)
    axes.set_xlabel(quantity, fontsize=8, labelpad=1.5)


def _row(axes: Axes, index: int, row: ForestRow) -> None:
    name = shortened(row.name, 46)
    if row.estimate is None and row.count:
        _write(axes, index, (name, row.count, "not estimated", row.remark), color=MUTED)
        return
    if row.estimate is None:
        _write(axes, index, (name, row.count, "", row.remark), weight="bold")
        return
    one = row.estimate
    words = f"{one.value:.2f} ({one.low:.2f}–{one.high:.2f})"
    _write(axes, index, (name, row.count, words, row.remark))
    low, high = axes.get_xlim()
    axes.plot(
        [max(one.low, low), min(one.high, high)], [index] * 2, color=BLUE, lw=1.2, solid_capstyle="butt"
    )
    for edge, beyond, mark in ((low, one.low < low, "<"), (high, one.high > high, ">")):
        if beyond:  # the interval goes on outside the picture
            axes.plot([edge], [index], mark, ms=3.5, color=BLUE, clip_on=False)
    if low <= one.value <= high:
        axes.plot([one.value], [index], "s", ms=4.2, color=BLUE, mec="white", mew=0.5, zorder=4)


def _write(axes: Axes, y: float, words: tuple[str, str, str, str], **style: Any) -> None:
    """Write the four columns of text beside the plot at row ``y``."""
    transform = axes.get_yaxis_transform()
    for x, text in zip(_COLUMNS, words, strict=True):
        place = {"transform": transform, "fontsize": 7.3, "va": "center"}
        label(axes, x, y, text, **{**place, **style, "ha": "right" if x == _COUNT else "left"})


def _ticks(low: float, high: float) -> list[float]:
    """Return the coarsest round ratios of which three at least lie within the limits."""
    inside = [[tick for tick in ticks if low <= tick <= high] for ticks in _ROUND]
    return next((ticks for ticks in inside if len(ticks) >= 3), inside[0])


def _scale(axes: Axes, estimates: Sequence[Estimate], reference: float | None, logarithmic: bool) -> None:
    """Choose limits that show the estimates and most of their intervals."""
    values = [one.value for one in estimates] + ([] if reference is None else [reference])
    ends = [end for one in estimates for end in (one.low, one.high)]
    if logarithmic:
        axes.set_xscale("log")
        low = min(max(min(ends), min(values) / 4), min(values)) / 1.08
        high = max(min(max(ends), max(values) * 4), max(values)) * 1.08
        axes.xaxis.set_major_locator(FixedLocator(_ticks(low, high)))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    else:
        pad = 0.04 * (max(ends + values) - min(ends + values) or 1.0)
        low, high = min(ends + values) - pad, max(ends + values) + pad
    axes.set_xlim(low, high)
    if reference is not None:
        axes.axvline(reference, color=INK, lw=0.8, zorder=0)
