"""`import ctk`: the Common Toolkit's widgets drawn with plain Qt, with the properties and signals that CTK declares."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Property, QDir, QEvent, QRect, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QFrame,
    QGroupBox,
    QHBoxLayout,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QSlider,
    QStyle,
    QStyleOptionButton,
    QTextBrowser,
    QToolButton,
    QWidget,
)  # fmt: skip

from Testing.slicer.stand_in.folding import ARROWS, HEADER_HEIGHT, fold, take_in
from Testing.slicer.stand_in.properties import forwarded, kept
from Testing.slicer.stand_in.ui_loader import stand_in


@stand_in
class ctkCollapsibleButton(QWidget):
    """A section with a bar that folds it."""

    contentsCollapsed = Signal(bool)
    toggled = Signal(bool)
    clicked = Signal(bool)

    def __init__(self, text: Any = "", parent: Any = None) -> None:
        if not isinstance(text, str):
            text, parent = "", text
        super().__init__(parent)
        self._text = text
        self._hidden_here: list[Any] = []

    def _fold(self) -> None:
        fold(self)
        self.contentsCollapsed.emit(self.collapsed)
        self.toggled.emit(not self.collapsed)

    text = kept(str, "text", "", lambda self: self.update())
    collapsed = kept(bool, "collapsed", False, _fold)
    checked = Property(
        bool, lambda self: not self.collapsed, lambda self, value: setattr(self, "collapsed", not value)
    )

    def isChecked(self) -> bool:
        return not self.collapsed

    def toggle(self) -> None:
        self.collapsed = not self.collapsed

    def click(self) -> None:
        self.toggle()
        self.clicked.emit(not self.collapsed)

    def childEvent(self, event: Any) -> None:
        take_in(self, event)

    def event(self, event: QEvent) -> bool:
        layout = self.layout()
        if (
            event.type() == QEvent.Type.LayoutRequest
            and layout
            and layout.contentsMargins.top() < HEADER_HEIGHT
        ):
            layout.setContentsMargins(9, HEADER_HEIGHT + 4, 9, 9)
        return super().event(event)

    def mousePressEvent(self, event: Any) -> None:
        if event.position().y() < HEADER_HEIGHT:
            self.click()

    def paintEvent(self, event: Any) -> None:
        painter, option = QPainter(self), QStyleOptionButton()
        option.initFrom(self)
        option.rect = QRect(0, 0, self.width, HEADER_HEIGHT - 2)
        option.text = ARROWS[self.collapsed] + self.text
        self.style().drawControl(QStyle.ControlElement.CE_PushButton, option, painter, self)


@stand_in
class ctkCollapsibleGroupBox(QGroupBox):
    """A group box whose title folds it."""

    toggled = Signal(bool)

    def __init__(self, title: Any = "", parent: Any = None) -> None:
        if not isinstance(title, str):
            title, parent = "", title
        super().__init__(title, parent)
        self._hidden_here: list[Any] = []

    def _fold(self) -> None:
        fold(self)
        self.toggled.emit(not self.collapsed)

    collapsed = kept(bool, "collapsed", False, _fold)

    def childEvent(self, event: Any) -> None:
        take_in(self, event)

    def initStyleOption(self, option: Any) -> None:
        super().initStyleOption(option)
        option.text = ARROWS[self.collapsed] + self.title

    def mousePressEvent(self, event: Any) -> None:
        if event.position().y() < HEADER_HEIGHT:
            self.collapsed = not self.collapsed


@stand_in
class ctkPathLineEdit(QWidget):
    """A path with a button that opens Qt's file dialog."""

    currentPathChanged = Signal(str)
    validInputChanged = Signal(bool)
    Dirs, Files, Drives, NoSymLinks, AllEntries = 0x1, 0x2, 0x4, 0x8, 0x7
    Readable, Writable, Executable, Hidden, NoDot, NoDotDot = 0x10, 0x20, 0x40, 0x100, 0x2000, 0x4000

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self._edit, self._browse = QLineEdit(), QToolButton()
        self._browse.setText("…")
        row.addWidget(self._edit)
        row.addWidget(self._browse)
        self._edit.textChanged.connect(self.currentPathChanged)
        self._browse.clicked.connect(self.browse)

    currentPath = forwarded(str, "_edit", "text", currentPathChanged)
    filters = kept(int, "filters", 0x7)
    nameFilters = kept("QStringList", "nameFilters", [])
    settingKey = kept(str, "settingKey", "")
    label = kept(str, "label", "")
    showBrowseButton = kept(bool, "showBrowseButton", True)
    showHistoryButton = kept(bool, "showHistoryButton", True)

    def setCurrentPath(self, path: Any) -> None:
        self._edit.setText(str(path))

    def addCurrentPathToHistory(self) -> None:
        """History lives in Qt's settings; the layer keeps none."""

    def browse(self) -> None:
        if self.filters & self.Files:
            chosen = QFileDialog.getOpenFileName(
                self, self.label, self.currentPath, ";;".join(self.nameFilters)
            )
        else:
            chosen = QFileDialog.getExistingDirectory(self, self.label, self.currentPath)
        if chosen:
            self.setCurrentPath(chosen)


@stand_in
class ctkDirectoryButton(QPushButton):
    directoryChanged = Signal(str)
    directorySelected = Signal(str)

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.clicked.connect(self.browse)

    def _changed(self) -> None:
        self.setText(QDir.toNativeSeparators(self.directory))
        self.directoryChanged.emit(self.directory)

    directory = kept(str, "directory", "", _changed)
    caption = kept(str, "caption", "")

    def browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self.caption, self.directory)
        if chosen:
            self.directory = chosen
            self.directorySelected.emit(chosen)


@stand_in
class ctkSliderWidget(QWidget):
    """A slider beside a spin box; the spin box holds the value."""

    valueChanged = Signal(float)
    valueIsChanging = Signal(float)
    STEPS = 1000

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self._slider, self._spin = QSlider(Qt.Orientation.Horizontal), QDoubleSpinBox()
        self._slider.setRange(0, self.STEPS)
        row.addWidget(self._slider)
        row.addWidget(self._spin)
        self._spin.valueChanged.connect(self._follow)
        self._slider.sliderMoved.connect(self._moved)

    def _follow(self, value: float) -> None:
        span = self.maximum - self.minimum
        self._slider.setValue(round(self.STEPS * (value - self.minimum) / span) if span else 0)
        self.valueChanged.emit(value)

    def _moved(self, step: int) -> None:
        self._spin.setValue(self.minimum + step * (self.maximum - self.minimum) / self.STEPS)
        self.valueIsChanging.emit(self.value)

    value = forwarded(float, "_spin", "value", valueChanged)
    minimum = forwarded(float, "_spin", "minimum")
    maximum = forwarded(float, "_spin", "maximum")
    singleStep = forwarded(float, "_spin", "singleStep")
    decimals = forwarded(int, "_spin", "decimals")
    suffix = forwarded(str, "_spin", "suffix")
    prefix = forwarded(str, "_spin", "prefix")
    pageStep = kept(float, "pageStep", 10.0)
    tracking = kept(bool, "tracking", True)

    def setRange(self, low: float, high: float) -> None:
        self._spin.setRange(low, high)


@stand_in
class ctkComboBox(QComboBox):
    defaultText = kept(str, "defaultText", "")
    scrollWheelEnabled = kept(bool, "scrollWheelEnabled", True)


@stand_in
class ctkSearchBox(QLineEdit):
    showSearchIcon = kept(bool, "showSearchIcon", False)


@stand_in
class ctkCheckBox(QCheckBox):
    """Differs from QCheckBox only in its icons."""


@stand_in
class ctkDoubleSpinBox(QDoubleSpinBox):
    """Differs from QDoubleSpinBox only in how it rounds."""


@stand_in
class ctkPushButton(QPushButton):
    """Differs from QPushButton only in where its icon stands."""


@stand_in
class ctkMessageBox(QMessageBox):
    """Differs from QMessageBox only by its "do not show again" box."""


@stand_in
class ctkFittedTextBrowser(QTextBrowser):
    collapsed = kept(bool, "collapsed", False)
    collapsible = kept(bool, "collapsible", False)


@stand_in
class ctkExpandableWidget(QFrame):
    """A frame whose height a user may change."""
