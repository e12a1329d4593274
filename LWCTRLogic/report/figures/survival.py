"""Survival curves of one endpoint, one line a model, with the estimates at the months of the method."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MultipleLocator

from LWCTRLogic.models.prediction import SurvivalCurve
from LWCTRLogic.report.document import Canvas
from LWCTRLogic.report.figures.style import CLEAR, DASHES, LINE, SERIES, label, shortened, stamp, whole_axes
from LWCTRLogic.report.text import clean, percent

WIDTH, HEIGHT = 86.0, 77.0
ENDPOINTS = {"OS": "Overall survival", "PFS": "Progression-free survival"}


def endpoint_name(endpoint: str) -> str:
    """Return the endpoint in words; unknown ones as they are."""
    return ENDPOINTS.get(endpoint, clean(endpoint))


def draw_survival(canvas: Canvas, curves: Sequence[SurvivalCurve], notice: str = "") -> None:
    """Draw the curves of one endpoint on a canvas of ``WIDTH`` × ``HEIGHT`` mm.

    The first curve is the leading one: it is drawn thicker, with its interval and its estimates marked.
    """
    axes = canvas.add_axes((0.12, 0.185, 0.86, 0.58))
    months = [month for curve in curves for month in curve.times]
    for index, curve in enumerate(curves):
        colour = SERIES[index % len(SERIES)]
        if curve.lower and curve.upper and index == 0:
            axes.fill_between(
                curve.times, curve.lower, curve.upper, step="post", color=colour, alpha=0.14, lw=0
            )
        axes.step(
            curve.times,
            curve.survival,
            where="post",
            color=colour,
            ls=DASHES[index % len(DASHES)],
            lw=1.9 if index == 0 else 1.2,
            label=shortened(curve.label, 44),
        )
    _mark_estimates(axes, curves[0])
    _dress(axes, curves[0], max(months, default=36.0))
    axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), fontsize=7, borderaxespad=0.2, ncols=1)
    page = whole_axes(canvas, WIDTH, HEIGHT)
    name = endpoint_name(curves[0].endpoint)
    label(page, 0, HEIGHT - 1, name, fontsize=9, weight="bold", va="top")
    stamp(page, notice, 0, 0.3, 76)


def _mark_estimates(axes: Axes, curve: SurvivalCurve) -> None:
    for month, survival in curve.at.items():
        x = float(month)
        axes.plot([x, x], [0, survival], color=LINE, lw=0.8, zorder=0)
        axes.plot([x], [survival], "o", ms=4.5, color=SERIES[0], mec="white", mew=0.8, zorder=5)
        above = survival < 0.88
        label(
            axes,
            x + (0.4 if above else -0.4),
            survival + (0.03 if above else -0.03),
            percent(survival),
            fontsize=7.5,
            weight="bold",
            color=SERIES[0],
            ha="left" if above else "right",
            va="bottom" if above else "top",
            bbox=CLEAR,
        )


def _dress(axes: Axes, curve: SurvivalCurve, longest: float) -> None:
    axes.set_xlim(0, max(longest, *(float(month) for month in curve.at), 1.0) * 1.04)
    axes.set_ylim(0, 1.02)
    axes.xaxis.set_major_locator(MultipleLocator(6 if longest <= 42 else 12))
    axes.yaxis.set_major_locator(MultipleLocator(0.25))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f} %"))
    axes.tick_params(length=2.5, labelsize=7.5)
    axes.grid(axis="y", color=LINE, lw=0.5)
    axes.set_axisbelow(True)
    axes.set_xlabel(f"Months from {shortened(curve.origin, 48)}", fontsize=8)
