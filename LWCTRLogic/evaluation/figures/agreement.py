"""How many features readers agree on: the share whose agreement is at least so much."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from LWCTRLogic.evaluation.figures.frame import framed_axes, legend, percent_axis, thinned
from LWCTRLogic.report.document import Canvas
from LWCTRLogic.report.figures.style import DASHES, LINE, MUTED, SERIES, shortened
from LWCTRLogic.stats.steps import Floats


def draw_agreement(
    canvas: Canvas, curves: Sequence[tuple[str, Floats]], title: str, bound: float, notice: str = ""
) -> None:
    """Draw one falling curve a group of features.

    Parameters
    ----------
    curves : sequence of (str, (p,))
        Name, and the lower limits of the features' ICC; a feature without one counts as not agreed on.
    bound : float
        Where agreement begins to be good.
    """
    axes = framed_axes(canvas, title, notice)
    axes.axvline(bound, color=MUTED, lw=0.9, ls=(0, (1.5, 1.5)), zorder=0)
    for index, (name, limits) in enumerate(curves):
        known = np.sort(limits[np.isfinite(limits)])
        kept = thinned(len(known))
        x = np.concatenate([[0.0], np.clip(known[kept], 0, 1), [1.0]])
        share = (len(known) - np.searchsorted(known, x, side="left")) / max(len(limits), 1)
        axes.step(
            x, share, where="pre", label=shortened(name, 30), color=SERIES[index], ls=DASHES[index], lw=1.4
        )
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.02)
    percent_axis(axes, "y")
    axes.grid(axis="y", color=LINE, lw=0.4)
    axes.set_xlabel("Lower limit of ICC(2,1)", fontsize=8)
    axes.set_ylabel("Share of features", fontsize=8)
    legend(axes, loc="lower left")
