"""`slicer.modules` and the module manager: how Slicer finds a scripted module, loads it and opens its panel."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import slicer
from PySide6.QtCore import Property, QObject, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QVBoxLayout

from Testing.slicer.stand_in import mrml_widgets, pythonqt
from Testing.slicer.stand_in.properties import kept


@pythonqt.adopt
class qSlicerCoreModule(QObject):
    """A module of the application that has a logic and no panel here."""

    def __init__(self, name: str, logic: Any = None) -> None:
        super().__init__()
        self._name, self._logic = name, logic

    name = Property(str, lambda self: self._name)

    def logic(self) -> Any:
        return self._logic

    def widgetRepresentation(self) -> Any:
        return None


@pythonqt.adopt
class qSlicerScriptedLoadableModule(qSlicerCoreModule):
    """The `parent` of a ScriptedLoadableModule: only the properties that Slicer has may be written."""

    title = kept(str, "title", "")
    categories = kept("QStringList", "categories", [])
    dependencies = kept("QStringList", "dependencies", [])
    contributors = kept("QStringList", "contributors", [])
    helpText = kept(str, "helpText", "")
    acknowledgementText = kept(str, "acknowledgementText", "")
    hidden = kept(bool, "hidden", False)
    widgetRepresentationCreationEnabled = kept(bool, "widgetRepresentationCreationEnabled", True)
    icon = kept(QIcon, "icon", None)
    index = kept(int, "index", -1)

    def __init__(self, name: str, path: str, python: ModuleType) -> None:
        super().__init__(name)
        self._path, self._python = path, python
        self._widget: Any = None

    path = Property(str, lambda self: self._path)

    def widgetRepresentation(self) -> Any:
        if self._widget is None:
            self._widget = self.createNewWidgetRepresentation()
        return self._widget

    def createNewWidgetRepresentation(self) -> Any:
        return qSlicerScriptedLoadableModuleWidget(self)


@pythonqt.adopt
class qSlicerScriptedLoadableModuleWidget(mrml_widgets.qMRMLWidget):
    """The widget that Slicer hands to `LWCTRWidget(parent)`."""

    def __init__(self, module: Any) -> None:
        super().__init__()
        self._isEntered = False
        self.setLayout(QVBoxLayout())
        self.setMRMLScene(slicer.mrmlScene)
        name = module.name + "Widget"
        self._python = getattr(module._python, name)(self)
        setattr(slicer.modules, name, self._python)
        self._python.setup()

    isEntered = Property(bool, lambda self: self._isEntered)

    def self(self) -> Any:
        return self._python

    def enter(self) -> None:
        """The user opens the panel."""
        self._isEntered = True
        if hasattr(self._python, "enter"):
            self._python.enter()

    def exit(self) -> None:
        """The user goes to another module."""
        self._isEntered = False
        if hasattr(self._python, "exit"):
            self._python.exit()


@pythonqt.adopt
class ModuleManager(QObject):
    moduleAboutToBeUnloaded = Signal(str)
    moduleLoaded = Signal(str)
    modulesLoaded = Signal("QStringList")

    def module(self, name: str) -> Any:
        return getattr(slicer.modules, name.lower(), None)

    def modulesNames(self) -> list[str]:
        return [one.name for one in vars(slicer.modules).values() if isinstance(one, qSlicerCoreModule)]

    def isFactory(self) -> bool:
        return False


def load_module(path: Path | str) -> ModuleType:
    """Load a scripted module as Slicer does: its folder on sys.path, the file run, `NAME(parent)` made."""
    path = Path(path).resolve()
    name = path.stem
    if str(path.parent) not in sys.path:
        sys.path.insert(0, str(path.parent))
    specification = importlib.util.spec_from_file_location(name, path)
    assert specification is not None and specification.loader is not None, f"{path} is no Python file"
    python = importlib.util.module_from_spec(specification)
    sys.modules[name] = python
    specification.loader.exec_module(python)
    module = qSlicerScriptedLoadableModule(name, str(path), python)
    setattr(slicer.modules, name.lower(), module)
    setattr(slicer.modules, name + "Instance", getattr(python, name)(module))
    manager = slicer.app.moduleManager()
    manager.moduleLoaded.emit(name)
    return python


def unload_module(name: str) -> None:
    """Send what Slicer sends when it unloads a module (the panel's cleanup), and forget the module."""
    manager = slicer.app.moduleManager()
    module = manager.module(name)
    manager.moduleAboutToBeUnloaded.emit(name)
    if module._widget is not None:
        module._widget.close()
        module._widget.deleteLater()
    for attribute in (name.lower(), name + "Instance", name + "Widget"):
        vars(slicer.modules).pop(attribute, None)
    sys.modules.pop(name, None)
