"""What the figures of an evaluation share: axes with a title, percent ticks, legends, diagonal lines."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MultipleLocator
from numpy.typing import NDArray

from LWCTRLogic.report.document import Canvas
from LWCTRLogic.report.figures.style import (
    BLUE,
    DASHES,
    GREEN,
    INK,
    LINE,
    NOTICE,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    label,
    whole_axes,
)
from LWCTRLogic.report.pdf_text import width_of
from LWCTRLogic.report.text import clean

WIDTH, HEIGHT = 86.0, 80.0
"""Size in mm of a figure that stands beside another one."""
WIDE = 178.0
"""Width in mm of a figure that takes the whole page."""
# Okabe and Ito's palette, and two of Tol's "muted" one: nine lines that common colour visions tell apart.
COLOURS = (BLUE, INK, VERMILLION, PURPLE, GREEN, ORANGE, SKY, "#882255", "#999933")
_LEGEND_ROW = 3.3  # mm
MOST_POINTS = 2000
"""Points of one line."""


def framed_axes(
    canvas: Canvas,
    title: str,
    notice: str = "",
    rectangle: tuple[float, float, float, float] = (0.185, 0.15, 0.755, 0.76),
    size: tuple[float, float] = (WIDTH, HEIGHT),
    entries: int = 0,
) -> Axes:
    """Return axes below a bold title; the demonstration notice, where there is one, is set at the foot.

    Parameters
    ----------
    entries : int
        Of a legend that is to stand between title and axes; see :func:`legend_above`.
    """
    left, bottom, width, height = rectangle
    axes = canvas.add_axes((left, bottom, width, height - legend_height(entries) / size[1]))
    page = whole_axes(canvas, *size)
    page.set_zorder(-1)
    label(page, 0, size[1] - 1, **fitted(title, size[0] - 1, 9, weight="bold"), va="top")
    label(page, 0, 0.3, **fitted(notice, size[0] - 1, 6), color=NOTICE, va="bottom")
    axes.tick_params(length=2.5, labelsize=7.5)
    axes.set_axisbelow(True)
    return axes


def line_style(place: int, width: float = 1.4) -> dict[str, Any]:
    """Return colour and dashes of a place of :mod:`LWCTRLogic.evaluation.palette`; both differ, for grey print."""
    return {"color": COLOURS[place % len(COLOURS)], "ls": DASHES[place % len(DASHES)], "lw": width}


def fitted(text: str, room: float, size: float, least: float = 5.0, weight: str = "normal") -> dict[str, Any]:
    """Return text and style of a line that is ``room`` mm long at most: set smaller, and cut only below ``least``."""
    words, bold = clean(text), weight == "bold"
    length = width_of(words, size, bold)
    while length * least / size > room:
        words = words.removesuffix("…")[:-1].rstrip() + "…"
        length = width_of(words, size, bold)
    return {"text": words, "fontsize": min(size, size * room / length) if words else size, "weight": weight}


def legend_height(entries: int) -> float:
    """Return the mm that :func:`legend_above` needs."""
    return _LEGEND_ROW * ((entries + 1) // 2)


def legend_above(axes: Axes, title: str = "", indent: float = 0.19) -> None:
    """Write the legend between title and axes, in two columns, where it hides nothing of what is drawn.

    It begins ``indent`` widths of the axes to their left.
    """
    axes.legend(
        loc="lower left", bbox_to_anchor=(-indent, 1.0), ncols=2, fontsize=6.5, title_fontsize=6.5, title=title or None,
        borderaxespad=0.2, borderpad=0.2, labelspacing=0.35, columnspacing=1.2, handlelength=2.4, alignment="left",
    )  # fmt: skip


def legend(axes: Axes, **more: Any) -> None:
    """Write the legend on white, lest grid lines strike it through."""
    style = {"fontsize": 6.5, "title_fontsize": 6.5, "borderaxespad": 0.2, "borderpad": 0.3}
    ground = {"frameon": True, "facecolor": "white", "edgecolor": "none", "framealpha": 0.85}
    axes.legend(**{**style, **ground, **more})


def percent_axis(axes: Axes, which: str, step: float = 0.25) -> None:
    """Write the ticks of an axis in per cent."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(MultipleLocator(step))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f} %"))


def unit_square(axes: Axes, labels: tuple[str, str]) -> None:
    """Make both axes run from 0 to 100 %, with the diagonal drawn."""
    axes.plot([0, 1], [0, 1], color=LINE, lw=0.9, zorder=0)
    axes.set_xlim(-0.01, 1.01)
    axes.set_ylim(-0.01, 1.01)
    percent_axis(axes, "x")
    percent_axis(axes, "y")
    axes.set_xlabel(labels[0], fontsize=8)
    axes.set_ylabel(labels[1], fontsize=8)


def month_axis(axes: Axes, longest: float) -> None:
    """Write months along the x axis, every 6 or 12."""
    axes.set_xlim(0, max(longest, 1.0))
    axes.xaxis.set_major_locator(MultipleLocator(6 if longest <= 42 else 12 if longest <= 96 else 24))


def thinned(count: int, most: int = MOST_POINTS) -> NDArray[np.intp]:
    """Return at most ``most`` of the indices 0 … count − 1, evenly spread, the first and last among them.

    A drawing of a hundred thousand steps looks the same with two thousand, and opens.
    """
    if count <= most:
        return np.arange(count)
    return np.unique(np.linspace(0, count - 1, most).round().astype(np.intp))
