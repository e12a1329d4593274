"""Colours, line widths and fonts that all pictures share, and the rules that make their bytes repeatable."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.text import Text

from LWCTRLogic.report.document import Canvas
from LWCTRLogic.report.text import clean

MM = 1 / 25.4  # inches
# Okabe and Ito's palette, which readers with any common colour vision tell apart.
BLUE, VERMILLION, ORANGE = "#0072B2", "#D55E00", "#E69F00"
GREEN, PURPLE, SKY = "#009E73", "#CC79A7", "#56B4E9"
INK, MUTED, LINE, PALE = "#1f2a33", "#56636e", "#ccd4da", "#f1f4f6"
NOTICE = "#8f3b00"
RESPONDER, NON_RESPONDER = BLUE, "#c05200"  # vermillion, a little darker under white words
SERIES = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY)
CLEAR = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}  # behind a label that a line crosses
DASHES = ("-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (5, 1.5, 1.5, 1.5)))

_RC: dict[str, Any] = {
    "font.family": ["DejaVu Sans"],  # comes with matplotlib, so pictures look alike everywhere
    "font.size": 8.0,
    "text.color": INK,
    "text.parse_math": False,  # a "$" in a label is a dollar, never a formula
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "svg.fonttype": "none",
    "svg.hashsalt": "lwctr",
    "pdf.fonttype": 42,
    "pdf.compression": 6,
}


@contextmanager
def drawing_rules() -> Iterator[None]:
    """Draw with matplotlib's defaults and the rules above, whatever the user's own settings are."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_RC)  # type: ignore[arg-type] # names are checked at run time
        yield


def whole_axes(canvas: Canvas, width: float, height: float) -> Axes:
    """Return axes that fill ``canvas``, measured in mm from its lower left corner, without frame."""
    axes = canvas.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, width)
    axes.set_ylim(0, height)
    axes.axis("off")
    axes.set_xticks([])  # unseen ticks would still be made and drawn
    axes.set_yticks([])
    return axes


def texts_of(figure: Figure) -> list[Text]:
    """Return the texts of a figure that may hold foreign words: all but the numbers at ticks."""
    found = [*figure.texts]
    for axes in figure.axes:
        found += [*axes.texts, axes.xaxis.label, axes.yaxis.label]
        legend = axes.get_legend()
        found += legend.get_texts() if legend is not None else []
    return found


def label(axes: Axes, x: float, y: float, text: str, **style: Any) -> None:
    """Write cleaned text at ``x``, ``y`` in data units."""
    axes.text(x, y, clean(text), **{"clip_on": False, **style})


def shortened(text: str, length: int) -> str:
    """Return cleaned ``text``, cut to ``length`` signs with an ellipsis."""
    text = clean(text)
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def halo(width: float = 1.6, colour: str = "black") -> list[Any]:
    """Return an outline that keeps light signs readable on any grey."""
    return [withStroke(linewidth=width, foreground=colour)]


def stamp(axes: Axes, notice: str, x: float, y: float, length: int = 110) -> None:
    """Write the demonstration notice into a picture that shows a score, since pictures get copied."""
    if notice:
        label(axes, x, y, shortened(notice, length), fontsize=6, color=NOTICE, va="bottom", ha="left")
