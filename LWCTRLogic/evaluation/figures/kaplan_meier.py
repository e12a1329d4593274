"""Kaplan–Meier curves of groups, with their intervals, censoring marks and the numbers at risk below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from LWCTRLogic.evaluation.figures.frame import (
    WIDTH,
    framed_axes,
    legend_above,
    legend_height,
    month_axis,
    percent_axis,
    thinned,
)
from LWCTRLogic.report.document import Canvas
from LWCTRLogic.report.figures.style import DASHES, LINE, MUTED, SERIES, label, shortened
from LWCTRLogic.stats.steps import Floats, step_at

HEIGHT = 92.0
_ROW = 4.0  # mm, one line of numbers at risk


@dataclass(frozen=True)
class SurvivalGroup:
    """One curve.

    Attributes
    ----------
    times, survival, low, high : (k,)
        The step function with its pointwise interval.
    censored : (c,)
        Times at which patients were censored.
    at_risk : (m,)
        Numbers at risk at the months given to :func:`draw_kaplan_meier`.
    """

    label: str
    times: Floats
    survival: Floats
    low: Floats
    high: Floats
    censored: Floats
    at_risk: Sequence[int]


def draw_kaplan_meier(
    canvas: Canvas,
    groups: Sequence[SurvivalGroup],
    months: Sequence[float],
    title: str,
    note: str = "",
    origin: str = "the follow-up scan",
    notice: str = "",
) -> None:
    """Draw the groups on a canvas of ``frame.WIDTH`` × ``HEIGHT`` mm.

    Parameters
    ----------
    months : sequence of float
        Rising, from 0; where the numbers at risk are given. The axis ends at the last one.
    note : str
        A line in the picture, such as hazard ratio and log-rank p.
    """
    foot = (13.0 + _ROW * len(groups) + 3.0) / HEIGHT
    rectangle, entries = (0.14, foot, 0.80, 0.93 - foot), len(groups) + 2 * bool(note)
    axes = framed_axes(canvas, title, notice, rectangle, (WIDTH, HEIGHT), entries)
    for index, group in enumerate(groups):
        _draw_group(axes, group, index)
    axes.set_ylim(0, 1.02)
    percent_axis(axes, "y")
    month_axis(axes, float(months[-1]))
    axes.set_xticks(list(months))
    axes.grid(axis="y", color=LINE, lw=0.4)
    axes.set_xlabel(f"Months from {shortened(origin, 48)}", fontsize=8, labelpad=1.5)
    legend_above(axes, note, 0.15)
    _numbers_at_risk(axes, groups, months, (0.93 - foot) * HEIGHT - legend_height(entries))


def _style(index: int) -> dict[str, Any]:
    """Return the line of a group: responders and the others look as they do in a patient's report."""
    return {"color": SERIES[index % len(SERIES)], "ls": DASHES[index % len(DASHES)], "lw": 1.6}


def _draw_group(axes: Axes, group: SurvivalGroup, index: int) -> None:
    style = _style(index)
    kept = thinned(len(group.times))
    start, survival, low, high = (
        np.concatenate([[first], values[kept]])
        for first, values in ((0.0, group.times), (1.0, group.survival), (1.0, group.low), (1.0, group.high))
    )
    axes.fill_between(
        start,
        low,
        high,
        step="post",
        color=style["color"],
        alpha=0.13,
        lw=0,
    )
    axes.step(
        start,
        survival,
        where="post",
        label=shortened(group.label, 34),
        **style,
    )
    heights = step_at(group.times, group.survival, group.censored, 1.0)
    axes.plot(group.censored, heights, "|", ms=3.5, mew=0.7, color=style["color"])


def _numbers_at_risk(
    axes: Axes, groups: Sequence[SurvivalGroup], months: Sequence[float], height: float
) -> None:
    """Write the numbers below axes that are ``height`` mm tall."""
    top = -10.5 / height  # below ticks and axis label, in fractions of the axes
    transform = axes.get_xaxis_transform()
    axes.text(-0.16, top, "At risk", transform=axes.transAxes, fontsize=6.8, color=MUTED, va="top")
    for index, group in enumerate(groups):
        y = top - _ROW * (index + 1) / height + 0.5 / height
        style = _style(index)
        axes.plot(
            [-0.155, -0.115],
            [y - 1.3 / height] * 2,
            transform=axes.transAxes,
            clip_on=False,
            **style,
        )
        for month, count in zip(months, group.at_risk, strict=True):
            label(axes, month, y, str(count), transform=transform, fontsize=6.8, ha="center", va="top")
