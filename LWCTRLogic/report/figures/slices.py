"""One slice at the liver window with the mask's outline, a scale bar and the patient's sides marked."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from LWCTRLogic.report.document import Canvas
from LWCTRLogic.report.figures.style import ORANGE, halo, label, whole_axes
from LWCTRLogic.report.slices import LEVEL, WINDOW, SlicePicture

SCALE_BAR = 50.0  # mm


def draw_slice(canvas: Canvas, picture: SlicePicture) -> None:
    """Draw ``picture`` to fill a canvas, whose aspect must be the picture's."""
    axes = whole_axes(canvas, *picture.size)
    rows, columns = picture.grey.shape
    axes.set_xlim(-0.5, columns - 0.5)
    axes.set_ylim(rows - 0.5, -0.5)
    # aspect "auto" fills the canvas; it distorts nothing, since the canvas has the picture's own aspect
    axes.imshow(
        picture.grey, cmap="gray", vmin=0, vmax=255, interpolation="none", aspect="auto", resample=False
    )
    if picture.outline.any():
        level = picture.outline.astype(np.float32)
        axes.contour(level, levels=[0.5], colors=["black"], linewidths=1.8, alpha=0.55)
        axes.contour(level, levels=[0.5], colors=[ORANGE], linewidths=0.9)
    _marks(axes, picture)


def _marks(axes: Axes, picture: SlicePicture) -> None:
    rows, columns = picture.grey.shape
    style = {"color": "white", "weight": "bold", "fontsize": 9, "path_effects": halo()}
    label(axes, columns * 0.02, rows / 2, picture.sides[0], va="center", ha="left", **style)
    label(axes, columns * 0.98, rows / 2, picture.sides[1], va="center", ha="right", **style)
    pixels = SCALE_BAR / picture.pixel
    right, y = columns * 0.97, rows * 0.955
    axes.plot(
        [right - pixels, right], [y, y], color="white", lw=2, solid_capstyle="butt", path_effects=halo(3)
    )
    small = {**style, "fontsize": 7}
    label(axes, right - pixels / 2, y - rows * 0.02, "5 cm", ha="center", va="bottom", **small)


def window_words() -> str:
    """Return the display window in words."""
    return f"window {WINDOW:g} HU, level {LEVEL:g} HU"
