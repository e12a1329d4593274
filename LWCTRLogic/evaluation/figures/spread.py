"""Scores of single patients by group, with medians and quartiles: nothing is hidden behind a bar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.patches import Rectangle

from LWCTRLogic.evaluation.figures.frame import framed_axes, thinned
from LWCTRLogic.report.document import Canvas
from LWCTRLogic.report.figures.style import LINE, MUTED, NON_RESPONDER, RESPONDER, label, shortened
from LWCTRLogic.stats.steps import Bools, Floats

MOST_DOTS = 500
"""Patients of a group that are drawn; median and quartiles are those of all."""


def draw_spread(
    canvas: Canvas,
    groups: Sequence[tuple[str, Floats]],
    title: str,
    quantity: str,
    cutoff: float | None = None,
    notice: str = "",
) -> None:
    """Draw the values (n,) of each group as dots beside a box of the quartiles; a dot's colour is its side."""
    axes = framed_axes(canvas, title, notice)
    for index, (name, values) in enumerate(groups):
        dots = values[thinned(len(values), MOST_DOTS)]
        places = index + 0.10 + 0.26 * ((np.arange(len(dots)) * 0.618034) % 1.0)  # even, the same every time
        for colour, side in _sides(dots, cutoff):
            axes.plot(places[side], dots[side], "o", ms=2.2, mew=0, color=colour, alpha=0.6)
        if len(values):
            low, middle, high = np.percentile(values, [25, 50, 75])
            box: dict[str, Any] = {"facecolor": MUTED, "edgecolor": MUTED, "alpha": 0.25, "lw": 0.8}
            axes.add_patch(Rectangle((index - 0.22, low), 0.22, high - low, **box))
            axes.plot([index - 0.22, index], [middle] * 2, color=MUTED, lw=1.8)
        label(
            axes, index + 0.05, -0.075, f"{shortened(name, 16)}\n(n = {len(values)})",
            transform=axes.get_xaxis_transform(), ha="center", va="top", fontsize=6.5,
        )  # fmt: skip
    if cutoff is not None:
        axes.axhline(cutoff, color=MUTED, lw=0.9, ls=(0, (5, 2)), zorder=0)
    axes.set_xlim(-0.5, len(groups) - 0.4)
    axes.set_xticks([])
    axes.set_ylabel(quantity, fontsize=8)
    axes.grid(axis="y", color=LINE, lw=0.4)


def _sides(values: Floats, cutoff: float | None) -> tuple[tuple[str, Bools], ...]:
    """Return the colours of responders and non-responders with who they are; one grey without a cut-off."""
    if cutoff is None:
        return ((MUTED, np.ones(len(values), dtype=bool)),)
    return (RESPONDER, values >= cutoff), (NON_RESPONDER, values < cutoff)
