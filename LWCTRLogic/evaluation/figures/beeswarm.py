"""SHAP-style summary: each patient's attribution to the strongest features, coloured by the feature's value."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize

from LWCTRLogic.evaluation.figures.frame import WIDE, fitted, framed_axes
from LWCTRLogic.report.document import Canvas
from LWCTRLogic.report.figures.style import BLUE, LINE, MUTED, VERMILLION, label
from LWCTRLogic.stats.steps import Floats

ROW = 6.4
_HEAD, _FOOT, _LEFT, _PLOT = 9.0, 13.0, 92.0, 70.0
_COLOURS = LinearSegmentedColormap.from_list("value", [BLUE, "#b9b9b9", VERMILLION])
_BINS = 60


def height(features: int) -> float:
    """Return the height of the drawing in mm."""
    return _HEAD + ROW * features + _FOOT


def draw_beeswarm(
    canvas: Canvas, names: Sequence[str], attributions: Floats, values: Floats, title: str, notice: str = ""
) -> None:
    """Draw one row of dots a feature on a canvas of ``frame.WIDE`` × ``height(len(names))`` mm.

    Parameters
    ----------
    names : sequence of str
        The features, strongest first.
    attributions, values : (n, len(names))
        Attributions in units of the margin, and the features' values, by patient.
    """
    tall = height(len(names))
    rectangle = (_LEFT / WIDE, _FOOT / tall, _PLOT / WIDE, ROW * len(names) / tall)
    axes = framed_axes(canvas, title, notice, rectangle, (WIDE, tall))
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.axvline(0, color=MUTED, lw=0.8, zorder=0)
    for row, name in enumerate(names):
        axes.axhline(row, color=LINE, lw=0.4, zorder=0)
        ranks = np.argsort(np.argsort(values[:, row])) / max(len(values) - 1, 1)
        y = row + _offsets(attributions[:, row], np.ptp(attributions))
        axes.scatter(
            attributions[:, row], y, c=ranks, cmap=_COLOURS, s=4.5, lw=0, alpha=0.85, rasterized=True
        )
        label(
            axes, -(_LEFT - 1) / _PLOT, row, **fitted(name, _LEFT - 3, 6.3), transform=axes.get_yaxis_transform(),
            va="center",
        )  # fmt: skip
    axes.set_xlabel("Attribution to the margin of the score", fontsize=8, labelpad=1.5)
    _colour_key(canvas, tall)


def _offsets(values: Floats, span: float) -> Floats:
    """Return heights (n,) within ± 0.38 that spread dots which lie at the same place."""
    bins = np.floor(values / (span or 1.0) * _BINS).astype(int)
    heights = np.zeros(len(values))
    for one in np.unique(bins):
        members = np.flatnonzero(bins == one)
        order = np.arange(len(members))
        heights[members] = np.ceil(order / 2) * np.where(order % 2, 1, -1)
    return np.asarray(heights * min(0.38 / max(np.abs(heights).max(), 1), 0.07))


def _colour_key(canvas: Canvas, tall: float) -> None:
    bar = canvas.add_axes(
        ((_LEFT + _PLOT + 5) / WIDE, _FOOT / tall, 2.0 / WIDE, 0.72 * (1 - (_FOOT + _HEAD) / tall))
    )
    key = canvas.figure.colorbar(ScalarMappable(Normalize(0, 1), _COLOURS), cax=bar)
    key.outline.set_visible(False)
    key.set_ticks([0.03, 0.97], labels=["low", "high"])
    key.ax.tick_params(length=0, labelsize=6.5, pad=1)
    key.set_label("value of the feature", fontsize=6.5, labelpad=-6)
