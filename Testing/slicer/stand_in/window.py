"""A window like Slicer's, for pictures: the module panel on the left, the views on the right."""

from __future__ import annotations

from typing import Any

import slicer
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QScrollArea, QSplitter, QVBoxLayout, QWidget

# Window, base, text, highlight: near Slicer's own light and dark styles.
THEMES = {
    "light": ("#efefef", "#ffffff", "#000000", "#308cc6"),
    "dark": ("#3b3b3b", "#2b2b2b", "#f2f2f2", "#308cc6"),
}


def set_theme(name: str) -> None:
    """Give the application the light or the dark palette."""
    window, base, text, highlight = (QColor(one) for one in THEMES[name])
    faint = QColor(text)
    faint.setAlpha(110)
    palette = QPalette(window, window)
    roles = {
        QPalette.ColorRole.Window: window,
        QPalette.ColorRole.Button: window.lighter(106) if name == "light" else window.lighter(125),
        QPalette.ColorRole.Base: base,
        QPalette.ColorRole.AlternateBase: window,
        QPalette.ColorRole.ToolTipBase: base,
        QPalette.ColorRole.Highlight: highlight,
        QPalette.ColorRole.Link: highlight,
        QPalette.ColorRole.HighlightedText: QColor("white"),
    }
    for role in ("WindowText", "Text", "ButtonText", "ToolTipText"):
        roles[getattr(QPalette.ColorRole, role)] = text
    for role, colour in roles.items():
        palette.setColor(role, colour)
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, faint)
    palette.setColor(QPalette.ColorRole.PlaceholderText, faint)
    QApplication.setStyle("Fusion")
    QApplication.setPalette(palette)


class SlicerWindow(QMainWindow):
    """`slicer.util.mainWindow()` finds it by its name, and with it the status bar."""

    def __init__(self, shell: Any, panel_width: int = 520) -> None:
        super().__init__()
        self.setObjectName("qSlicerMainWindow")
        left, column = QWidget(), QVBoxLayout()
        column.setContentsMargins(4, 4, 0, 4)
        left.setLayout(column)
        column.addWidget(QLabel(f"Module: {shell.self().moduleName}   ·   Qt stand-in, not Slicer"))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(shell)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        column.addWidget(area)
        self.splitter = QSplitter()
        self.splitter.addWidget(left)
        self.splitter.addWidget(slicer.app.layoutManager().viewport())
        self.setCentralWidget(self.splitter)
        self.resize(1280, 800)
        self.splitter.setSizes([panel_width, 1280 - panel_width])
        self.statusBar()
