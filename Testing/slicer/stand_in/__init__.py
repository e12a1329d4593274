"""Stands in for the 3D Slicer desktop over the real slicer-core scene, so that a scripted module runs without it.

Everything here is a claim about Slicer that only Slicer can prove: see Testing/slicer/README.md for what is
real, what is drawn by Qt alone, and what the layer cannot see.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import warnings
from types import ModuleType

LAYER_NAME = "Qt stand-in, not Slicer"
NEEDED = ("slicer_core", "vtk", "PySide6")


def missing() -> list[str]:
    """Packages without which the layer cannot start."""
    return [name for name in NEEDED if importlib.util.find_spec(name) is None]


def start() -> ModuleType:
    """Make `qt`, `ctk` and a complete `slicer` importable, once a process; returns `slicer`."""
    if "qt" in sys.modules:
        return sys.modules["slicer"]
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("QT_LOGGING_RULES", "qt.qpa.*=false")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of other people's code, at import
        import slicer
        import slicer.util
    from Testing.slicer.stand_in import qt

    sys.modules["qt"] = qt
    from Testing.slicer.stand_in import ctk

    sys.modules["ctk"] = ctk
    from Testing.slicer.stand_in import desktop

    desktop.furnish(slicer)
    return slicer
