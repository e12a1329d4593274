"""`import qt` as a scripted module of Slicer sees it: every Qt class under one name."""

from __future__ import annotations

import sys
from typing import Any

from Testing.slicer.stand_in import pythonqt
from Testing.slicer.stand_in.pythonqt import QT_MODULES, QtWidgets
from Testing.slicer.stand_in.ui_loader import QUiLoader as QUiLoader

for _module in QT_MODULES:
    for _name in dir(_module):
        if not _name.startswith("_"):
            globals().setdefault(_name, getattr(_module, _name))


def _first(function: Any) -> Any:
    """PythonQt hands back the chosen text alone where PySide6 gives (text, filter or ok)."""
    return staticmethod(lambda *args, **kwargs: function(*args, **kwargs)[0])


for _name in ("getOpenFileName", "getOpenFileNames", "getSaveFileName"):
    setattr(QtWidgets.QFileDialog, _name, _first(getattr(QtWidgets.QFileDialog, _name)))
for _name in ("getText", "getItem", "getInt", "getDouble"):
    setattr(QtWidgets.QInputDialog, _name, _first(getattr(QtWidgets.QInputDialog, _name)))


def _hear(kind: Any, context: Any, text: str) -> None:
    """Qt's warnings, but for one that the platform without a screen gives for every window."""
    if "propagateSizeHints" not in text:
        sys.stderr.write(f"Qt: {text}\n")


pythonqt.QtCore.qInstallMessageHandler(_hear)
application = QtWidgets.QApplication.instance() or QtWidgets.QApplication(
    ["Slicer", "-platform", "offscreen"]
)
adopt = pythonqt.adopt
