"""The real MRML scene and module logics of slicer-core, set up as the application does at its start."""

from __future__ import annotations

import atexit
import tempfile
from typing import Any

import slicer
import vtk

LOGICS = {
    "Segmentations": "vtkSlicerSegmentationsModuleLogic",
    "Volumes": "vtkSlicerVolumesLogic",
    "SubjectHierarchy": "vtkSlicerSubjectHierarchyModuleLogic",
    "Tables": "vtkSlicerTablesLogic",
    "Plots": "vtkSlicerPlotsLogic",
    "Models": "vtkSlicerModelsLogic",
    "Markups": "vtkSlicerMarkupsLogic",
    "Texts": "vtkSlicerTextsLogic",
    "Data": "vtkSlicerDataModuleLogic",
}


class RealScene:
    """Owns the scene, the application logic and every module logic; kept for the life of the process.

    ``errors`` gathers what VTK and MRML report as errors, which Slicer shows in its error log.
    """

    def __init__(self) -> None:
        self.errors: list[str] = []
        self._listen()
        self.folder = tempfile.TemporaryDirectory(prefix="LWCTR-stand-in-")
        atexit.register(self.folder.cleanup)  # left to the interpreter it is a warning
        self.scene = slicer.vtkMRMLScene()
        self.application_logic = slicer.vtkSlicerApplicationLogic()
        self.layout_logic = slicer.vtkMRMLLayoutLogic()
        self.logics: dict[str, Any] = {}
        slicer.mrmlScene = self.scene
        self._start_application_logic()
        for name, cls in LOGICS.items():
            self._start_logic(name, getattr(slicer, cls)())
        slicer.vtkMRMLSliceNode.AddDefaultSliceOrientationPresets(self.scene, True)
        self.layout_logic.SetMRMLScene(self.scene)
        self._start_remote_io()
        self._file_in_subject_hierarchy()

    def _listen(self) -> None:
        def hear(caller: Any, event: Any, text: str) -> None:
            self.errors.append(text.strip())

        hear.CallDataType = vtk.VTK_STRING  # type: ignore[attr-defined]
        vtk.vtkOutputWindow.GetInstance().AddObserver("ErrorEvent", hear)

    def _start_application_logic(self) -> None:
        logic = self.application_logic
        logic.SetMRMLScene(self.scene)
        colors = logic.GetColorLogic()
        colors.SetMRMLScene(self.scene)
        colors.AddDefaultColorNodes()
        logic.SetSliceLogics(vtk.vtkCollection())
        logic.SetViewLogics(vtk.vtkCollection())
        logic.SetTemporaryPath(self.folder.name)
        logic.SetModuleLogic("Colors", colors)
        self.logics["Colors"] = colors

    def _start_logic(self, name: str, logic: Any) -> None:
        logic.SetMRMLScene(self.scene)
        logic.SetMRMLApplicationLogic(self.application_logic)
        self.application_logic.SetModuleLogic(name, logic)
        self.logics[name] = logic

    def _start_remote_io(self) -> None:
        """Without a cache folder an .mrb cannot be read."""
        self._remote_io = slicer.vtkMRMLRemoteIOLogic()
        self._remote_io.SetMRMLScene(self.scene)
        self._remote_io.SetMRMLApplicationLogic(self.application_logic)
        self._remote_io.GetCacheManager().SetRemoteCacheDirectory(self.folder.name)
        self._remote_io.AddDataIOToScene()

    def _file_in_subject_hierarchy(self) -> None:
        """In the application a plugin (in Qt) files each new node in the subject hierarchy."""

        def file_node(caller: Any, event: Any, node: Any) -> None:
            if not self.scene.IsImporting():  # the imported hierarchy brings its own items
                self._file(node)

        def unfile_node(caller: Any, event: Any, node: Any) -> None:
            if self.scene.IsImporting() or self.scene.IsClosing():
                return
            tree = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(self.scene)
            item = tree.GetItemByDataNode(node) if tree and node is not None and node is not tree else 0
            if item:
                tree.RemoveItem(item, False, False)

        def file_imported(caller: Any, event: Any) -> None:
            for index in range(self.scene.GetNumberOfNodes()):
                self._file(self.scene.GetNthNode(index))

        file_node.CallDataType = unfile_node.CallDataType = vtk.VTK_OBJECT  # type: ignore[attr-defined]
        self.scene.AddObserver(slicer.vtkMRMLScene.NodeAddedEvent, file_node)
        self.scene.AddObserver(slicer.vtkMRMLScene.NodeAboutToBeRemovedEvent, unfile_node)
        self.scene.AddObserver(slicer.vtkMRMLScene.EndImportEvent, file_imported)

    def _file(self, node: Any) -> None:
        if node is None or not (node.IsA("vtkMRMLDisplayableNode") or node.IsA("vtkMRMLTableNode")):
            return
        tree = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(self.scene)
        if tree and not node.GetHideFromEditors() and not tree.GetItemByDataNode(node):
            tree.CreateItem(tree.GetSceneItemID(), node)
