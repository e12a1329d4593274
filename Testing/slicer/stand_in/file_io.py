"""`slicer.app.coreIOManager()`: reads and writes nodes by the real storage nodes, which slicer.util calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import vtk

# The first whose ending fits is taken, as the reader of highest confidence is in Slicer.
FILE_TYPES: dict[str, tuple[str, tuple[str, ...]]] = {
    "SegmentationFile": ("vtkMRMLSegmentationNode", (".seg.nrrd", ".seg.nhdr")),
    "VolumeFile": ("vtkMRMLScalarVolumeNode", (".nii.gz", ".nii", ".nrrd", ".nhdr", ".mha", ".mhd")),
    "TableFile": ("vtkMRMLTableNode", (".csv", ".tsv")),
    "SceneFile": ("", (".mrb", ".mrml")),
    "ModelFile": ("vtkMRMLModelNode", (".vtk", ".vtp", ".stl", ".ply", ".obj")),
    "TextFile": ("vtkMRMLTextNode", (".txt", ".json")),
}


class CoreIOManager:
    """The part of qSlicerCoreIOManager that slicer.util uses."""

    def __init__(self, real: Any) -> None:
        self._scene = real.scene
        self._volumes = real.logics["Volumes"]

    def fileType(self, path: Any) -> str:
        name = str(path).lower()
        return next((kind for kind, (_, ends) in FILE_TYPES.items() if name.endswith(ends)), "NoFile")

    def extractKnownExtension(self, path: Any, node: Any = None) -> str:
        ends = [end for _, group in FILE_TYPES.values() for end in group]
        known = sorted((end for end in ends if str(path).lower().endswith(end)), key=len)
        return known[-1] if known else Path(str(path)).suffix

    def fileWriterExtensions(self, node: Any) -> list[str]:
        storage = node.CreateDefaultStorageNode()
        storage.SetScene(self._scene)  # which knows the formats
        kinds = storage.GetSupportedWriteFileTypes()
        found = [kinds.GetValue(index) for index in range(kinds.GetNumberOfValues())]
        storage.UnRegister(None)
        return found

    def fileWriterFileType(self, node: Any) -> str:
        return "NodeFile"

    def loadNodes(self, kind: str, properties: Mapping[str, Any], found: Any, messages: Any) -> bool:
        path = str(properties["fileName"])
        if not Path(path).is_file():
            messages.AddMessage(vtk.vtkCommand.ErrorEvent, f"File not found: {path}")
            return False
        if kind == "SceneFile":
            return self._load_scene(path, bool(properties.get("clear", False)), messages)
        name = str(properties.get("name") or Path(path).name.removesuffix(self.extractKnownExtension(path)))
        node = self._load_node(kind, path, name, properties)
        if node is not None:
            found.AddItem(node)
        return node is not None

    def _load_scene(self, path: str, clear: bool, messages: Any) -> bool:
        if path.lower().endswith(".mrb"):
            return bool(self._scene.ReadFromMRB(path, clear, messages))
        self._scene.SetURL(path)
        return bool(self._scene.Connect(messages) if clear else self._scene.Import(messages))

    def _load_node(self, kind: str, path: str, name: str, properties: Mapping[str, Any]) -> Any:
        if kind == "VolumeFile":
            return self._volumes.AddArchetypeVolume(path, name, 1 if properties.get("labelmap") else 0)
        cls = FILE_TYPES[kind][0] if kind in FILE_TYPES else ""
        if not cls:
            return None
        node = self._scene.AddNewNodeByClass(cls, self._scene.GenerateUniqueName(name))
        node.AddDefaultStorageNode(path)
        if not node.GetStorageNode().ReadData(node):
            self._scene.RemoveNode(node)
            return None
        if hasattr(node, "CreateDefaultDisplayNodes"):
            node.CreateDefaultDisplayNodes()
        return node

    def saveNodes(self, kind: str, properties: Mapping[str, Any], messages: Any) -> bool:
        path = str(properties["fileName"])
        if kind == "SceneFile":
            self._scene.SetURL(path)
            self._scene.SetRootDirectory(str(Path(path).parent))
            if path.lower().endswith(".mrb"):
                return bool(self._scene.WriteToMRB(path, None, messages))
            return bool(self._scene.Commit(path, messages))
        node = self._scene.GetNodeByID(properties["nodeID"])
        if not node.GetStorageNode():
            node.AddDefaultStorageNode(path)
        return self._write(node, node.GetStorageNode(), path, properties)

    def exportNodes(
        self,
        ids: Iterable[str],
        paths: Iterable[Any],
        properties: Mapping[str, Any],
        harden: bool,
        messages: Any,
    ) -> bool:
        done = []
        for one, path in zip(ids, paths, strict=True):
            node = self._scene.GetNodeByID(one)
            storage = node.CreateDefaultStorageNode()
            storage.SetScene(self._scene)
            done.append(self._write(node, storage, str(path), properties))
            storage.UnRegister(None)
        return all(done)

    def _write(self, node: Any, storage: Any, path: str, properties: Mapping[str, Any]) -> bool:
        storage.SetFileName(path)
        storage.SetUseCompression(int(properties.get("useCompression", 1)))
        return bool(storage.WriteData(node))
