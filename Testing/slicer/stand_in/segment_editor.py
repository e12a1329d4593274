"""qMRMLSegmentEditorWidget: real editing state and undo (vtkSlicerSegmentEditorLogic), no effects."""

from __future__ import annotations

from typing import Any

import slicer
from PySide6.QtCore import Property, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout

from Testing.slicer.stand_in.mrml_widgets import qMRMLWidget
from Testing.slicer.stand_in.properties import kept
from Testing.slicer.stand_in.ui_loader import stand_in

# As Slicer 5.12 lists them; each is a class of its own there.
EFFECTS = (
    "Threshold", "Paint", "Draw", "Erase", "Level tracing", "Grow from seeds", "Fill between slices", "Margin",
    "Hollow", "Smoothing", "Scissors", "Islands", "Logical operators", "Mask volume",
)  # fmt: skip


class Effect:
    """A segment editor effect: its name, and what the module sets on it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.parameters: dict[str, str] = {}

    def setParameter(self, name: str, value: Any) -> None:
        self.parameters[name] = str(value)

    def parameter(self, name: str) -> str:
        return self.parameters.get(name, "")

    def self(self) -> Any:
        return self


@stand_in
class qMRMLSegmentEditorWidget(qMRMLWidget):
    """The embedded editor. Paint in tests through `logic()`, whose undo is the one that the buttons use."""

    segmentationNodeChanged = Signal(object)
    sourceVolumeNodeChanged = Signal(object)
    currentSegmentIDChanged = Signal(str)
    activeEffectChanged = Signal()

    segmentationNodeSelectorVisible = kept(bool, "segmentationNodeSelectorVisible", True)
    sourceVolumeNodeSelectorVisible = kept(bool, "sourceVolumeNodeSelectorVisible", True)
    switchToSegmentationsButtonVisible = kept(bool, "switchToSegmentationsButtonVisible", True)
    addRemoveSegmentButtonsVisible = kept(bool, "addRemoveSegmentButtonsVisible", True)
    show3DButtonVisible = kept(bool, "show3DButtonVisible", True)
    readOnly = kept(bool, "readOnly", False)
    unorderedEffectsVisible = kept(bool, "unorderedEffectsVisible", True)
    autoShowSourceVolumeNode = kept(bool, "autoShowSourceVolumeNode", True)
    maximumNumberOfUndoStates = Property(
        int,
        lambda self: self._logic.GetMaximumNumberOfUndoStates(),
        lambda self, value: self._logic.SetMaximumNumberOfUndoStates(value),
    )

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._logic = slicer.vtkSlicerSegmentEditorLogic()
        self._effects = {name: Effect(name) for name in EFFECTS}
        self._order: list[str] = []
        self._active: Effect | None = None
        column = QVBoxLayout(self)
        column.addWidget(QLabel("Segment Editor (stand-in: no effect draws here)"))
        self._grid = QGridLayout()
        column.addLayout(self._grid)
        self._draw_buttons()

    def _draw_buttons(self) -> None:
        while self._grid.count():
            gone = self._grid.takeAt(0).widget()
            gone.setParent(None)  # at once: deleteLater waits for the event loop
            gone.deleteLater()
        names = list(self._order)
        if self.unorderedEffectsVisible:
            names += [name for name in EFFECTS if name not in names]
        for index, name in enumerate(names):
            button = QPushButton(name)
            button.setCheckable(True)
            button.setChecked(self._active is not None and self._active.name == name)
            button.clicked.connect(lambda _, chosen=name: self.setActiveEffectByName(chosen))
            self._grid.addWidget(button, index // 4, index % 4)

    def logic(self) -> Any:
        return self._logic

    def setMRMLScene(self, scene: Any) -> None:
        super().setMRMLScene(scene)
        self._logic.SetMRMLScene(scene)
        self._logic.SetMRMLApplicationLogic(slicer.app.applicationLogic())

    def setMRMLSegmentEditorNode(self, node: Any) -> None:
        self._logic.SetSegmentEditorNode(node)

    def mrmlSegmentEditorNode(self) -> Any:
        return self._logic.GetSegmentEditorNode()

    def _needs_node(self, value: Any) -> None:
        if value and self._logic.GetSegmentEditorNode() is None:
            raise RuntimeError("setMRMLSegmentEditorNode comes first; Slicer ignores the call without it")

    def setSegmentationNode(self, node: Any) -> None:
        self._needs_node(node)
        self._logic.SetSegmentationNode(node)
        self.segmentationNodeChanged.emit(node)

    def segmentationNode(self) -> Any:
        return self._logic.GetSegmentationNode()

    def setSourceVolumeNode(self, node: Any) -> None:
        self._needs_node(node)
        self._logic.SetSourceVolumeNode(node)
        self.sourceVolumeNodeChanged.emit(node)

    def sourceVolumeNode(self) -> Any:
        return self._logic.GetSourceVolumeNode()

    def setCurrentSegmentID(self, segment: str) -> None:
        self._needs_node(segment)
        self._logic.SetCurrentSegmentID(segment)
        self.currentSegmentIDChanged.emit(segment)

    def currentSegmentID(self) -> str:
        return str(self._logic.GetCurrentSegmentID() or "")

    def availableEffectNames(self) -> list[str]:
        return list(EFFECTS)

    def setEffectNameOrder(self, names: Any) -> None:
        self._order = [name for name in names if name in EFFECTS]
        self._draw_buttons()

    def effectByName(self, name: str) -> Any:
        return self._effects.get(name)

    def setActiveEffectByName(self, name: str) -> None:
        self.setActiveEffect(self._effects.get(name))

    def setActiveEffect(self, effect: Any) -> None:
        self._active = effect
        self.activeEffectChanged.emit()
        self._draw_buttons()

    def activeEffect(self) -> Any:
        return self._active

    def undo(self) -> None:
        self._logic.Undo()

    def redo(self) -> None:
        self._logic.Redo()

    def saveStateForUndo(self) -> None:
        self._logic.SaveStateForUndo()

    def installKeyboardShortcuts(self, widget: Any = None) -> None:
        """No effect, no shortcut."""

    uninstallKeyboardShortcuts = installKeyboardShortcuts
    setupViewObservations = removeViewObservations = rotateSliceViewsToSegmentation = lambda self: None
