"""Render the icon's PNG (128 × 128, as Slicer wants it) from its SVG source; needs PySide6.

::

    python tools/draw_icon.py
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ICONS = Path(__file__).resolve().parents[1] / "Resources" / "Icons"
SIZE = 128


def render(source: Path, target: Path, size: int = SIZE) -> None:
    """Draw an SVG file into a square PNG with a transparent ground."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    application = QGuiApplication.instance() or QGuiApplication([])
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(str(source)).render(painter)
    painter.end()
    if not image.save(str(target)):
        raise OSError(f"{target} could not be written")
    del application


if __name__ == "__main__":
    source, target = sys.argv[1:] or (ICONS / "LWCTR.svg", ICONS / "LWCTR.png")
    render(Path(source), Path(target))
