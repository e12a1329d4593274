"""The qMRML widgets that choose nodes: Qt on top, the real scene underneath."""

from __future__ import annotations

from typing import Any

import slicer
import slicer.util
from PySide6.QtCore import Property, Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QHBoxLayout, QToolButton, QTreeView, QWidget

from Testing.slicer.stand_in.ctk import ctkCollapsibleButton, ctkSliderWidget
from Testing.slicer.stand_in.properties import kept
from Testing.slicer.stand_in.ui_loader import stand_in

SCENE_EVENTS = ("NodeAddedEvent", "NodeRemovedEvent", "EndCloseEvent", "EndImportEvent", "EndRestoreEvent")


@stand_in
class qMRMLWidget(QWidget):
    """The base of every qMRML widget: knows a scene, and forgets its observers when it goes."""

    mrmlSceneChanged = Signal(object)

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._scene: Any = None
        self._observers: list[tuple[Any, int]] = []
        observers = self._observers
        self.destroyed.connect(lambda: [one.RemoveObserver(tag) for one, tag in observers])

    def setMRMLScene(self, scene: Any) -> None:
        self._scene = scene
        self.mrmlSceneChanged.emit(scene)

    def mrmlScene(self) -> Any:
        return self._scene

    def _observe(self, source: Any, event: str, react: Any) -> None:
        if source is not None:
            self._observers.append((source, source.AddObserver(getattr(source, event, event), react)))

    def _ignore(self) -> None:
        for source, tag in self._observers:
            source.RemoveObserver(tag)
        self._observers.clear()


@stand_in
class qMRMLNodeComboBox(qMRMLWidget):
    """Chooses a node of the scene; follows nodes that are added, renamed, removed, and a closed scene."""

    currentNodeChanged = Signal(object)
    currentNodeIDChanged = Signal(str)
    nodeAdded = Signal(object)
    nodeAddedByUser = Signal(object)
    nodeActivated = Signal(object)
    nodeAboutToBeRemoved = Signal(object)

    def _refresh(self) -> None:
        if self._scene is None or self._busy:
            return
        before = self._id_before if self._id_before is not None else self.currentNodeID
        entries = [(node.GetID(), node.GetName()) for node in self._nodes()]
        if self.noneEnabled or not entries:
            entries.insert(0, ("", self.noneDisplay))
        self._busy = True
        self._ids = [one for one, _ in entries]
        self._box.clear()
        self._box.addItems([name for _, name in entries])
        # Slicer takes the first node when none is not allowed.
        self._box.setCurrentIndex(self._ids.index(before) if before in self._ids else 0)
        self._busy = False
        if self.currentNodeID != before:
            self._tell()

    nodeTypes = kept("QStringList", "nodeTypes", [], _refresh)
    noneEnabled = kept(bool, "noneEnabled", False, _refresh)
    addEnabled = kept(bool, "addEnabled", True)
    removeEnabled = kept(bool, "removeEnabled", True)
    renameEnabled = kept(bool, "renameEnabled", False)
    editEnabled = kept(bool, "editEnabled", False)
    showHidden = kept(bool, "showHidden", False, _refresh)
    showChildNodeTypes = kept(bool, "showChildNodeTypes", True, _refresh)
    selectNodeUponCreation = kept(bool, "selectNodeUponCreation", True)
    noneDisplay = kept(str, "noneDisplay", "None", _refresh)
    baseName = kept(str, "baseName", "")

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self._box = QComboBox()
        row.addWidget(self._box)
        self._ids: list[str] = []
        self._busy = False
        self._id_before: str | None = None
        self._attributes: list[tuple[str, str, str]] = []
        self._box.currentIndexChanged.connect(self._tell)

    def addAttribute(self, node_type: str, name: str, value: str = "") -> None:
        self._attributes.append((node_type, name, value))
        self._refresh()

    def _nodes(self) -> list[Any]:
        found = [node for kind in self.nodeTypes for node in slicer.util.getNodesByClass(kind, self._scene)]
        return [node for node in found if self._shows(node)]

    def _shows(self, node: Any) -> bool:
        if node.GetHideFromEditors() and not self.showHidden:
            return False
        if not self.showChildNodeTypes and node.GetClassName() not in self.nodeTypes:
            return False
        return all(
            node.GetAttribute(name) == value if value else node.GetAttribute(name) is not None
            for kind, name, value in self._attributes
            if node.IsA(kind)
        )

    def _tell(self, *_: Any) -> None:
        if not self._busy:
            self.currentNodeChanged.emit(self.currentNode())
            self.currentNodeIDChanged.emit(self.currentNodeID)

    def setMRMLScene(self, scene: Any) -> None:
        self._ignore()
        super().setMRMLScene(scene)
        for event in SCENE_EVENTS if scene is not None else ():
            self._observe(scene, event, lambda *_: self._refresh())
        self._refresh()

    def _get_id(self) -> str:
        index = self._box.currentIndex
        return self._ids[index] if 0 <= index < len(self._ids) else ""

    def _set_id(self, node_id: str) -> None:
        self._refresh()
        if (node_id or "") in self._ids:
            self._box.setCurrentIndex(self._ids.index(node_id or ""))

    currentNodeID = Property(str, _get_id, _set_id, notify=currentNodeIDChanged)

    def setCurrentNodeID(self, node_id: str | None) -> None:
        self._set_id(node_id or "")

    def currentNode(self) -> Any:
        return self._scene.GetNodeByID(self.currentNodeID) if self._scene and self.currentNodeID else None

    def setCurrentNode(self, node: Any) -> None:
        self._set_id(node.GetID() if node is not None else "")

    def setCurrentNodeIndex(self, index: int) -> None:
        self._box.setCurrentIndex(index + (1 if self._ids and not self._ids[0] else 0))

    def nodeCount(self) -> int:
        return len([one for one in self._ids if one])

    def addNode(self, node_type: str = "") -> Any:
        """What the menu entry "Create new" does."""
        kind = node_type or self.nodeTypes[0]
        node = self._scene.AddNewNodeByClass(kind, self._scene.GenerateUniqueName(self.baseName or kind))
        if self.selectNodeUponCreation:
            self.setCurrentNode(node)
        self.nodeAddedByUser.emit(node)
        return node


@stand_in
class qMRMLCheckableNodeComboBox(qMRMLNodeComboBox):
    """Chooses several nodes."""

    checkedNodesChanged = Signal()

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._checked: set[str] = set()

    def setCheckState(self, node: Any, state: Any) -> None:
        before = set(self._checked)
        (self._checked.add if int(state) == 2 else self._checked.discard)(node.GetID())
        if before != self._checked:
            self.checkedNodesChanged.emit()

    def checkState(self, node: Any) -> int:
        return 2 if node.GetID() in self._checked else 0

    def checkedNodes(self) -> list[Any]:
        return [node for node in self._nodes() if node.GetID() in self._checked]


@stand_in
class qMRMLSegmentSelectorWidget(qMRMLNodeComboBox):
    """Chooses a segmentation; its second box (the segment) is not drawn."""

    currentSegmentChanged = Signal(str)


@stand_in
class qMRMLSubjectHierarchyTreeView(QTreeView):
    def setMRMLScene(self, scene: Any) -> None:
        """Empty in the layer."""


@stand_in
class qMRMLSegmentationShow3DButton(QToolButton):
    def setSegmentationNode(self, node: Any) -> None:
        """Draws nothing in the layer."""


@stand_in
class qMRMLSliderWidget(ctkSliderWidget):
    def setMRMLScene(self, scene: Any) -> None:
        """Slicer takes units from the scene; the layer does not."""


@stand_in
class qMRMLSpinBox(QDoubleSpinBox):
    def setMRMLScene(self, scene: Any) -> None:
        """Slicer takes units from the scene; the layer does not."""


@stand_in
class qMRMLCollapsibleButton(ctkCollapsibleButton):
    def setMRMLScene(self, scene: Any) -> None:
        """Nothing in it depends on the scene."""
