"""`slicer.app`: the questions that scripted modules ask the application."""

from __future__ import annotations

import os
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QSettings, Signal
from PySide6.QtWidgets import QApplication

from Testing.slicer.stand_in import pythonqt
from Testing.slicer.stand_in.file_io import CoreIOManager
from Testing.slicer.stand_in.layout import LayoutManager
from Testing.slicer.stand_in.modules import ModuleManager


@pythonqt.adopt
class SlicerApplication(QObject):
    """The part of qSlicerApplication that the layer answers; anything else is an AttributeError."""

    startupCompleted = Signal()
    mrmlSceneChanged = Signal(object)
    aboutToQuit = Signal()
    lastWindowClosed = Signal()

    def __init__(self, real: Any) -> None:
        super().__init__()
        self._real = real
        self._testing = True
        self._io, self._modules, self._layouts = CoreIOManager(real), ModuleManager(), LayoutManager(real)
        settings = QSettings.Format.IniFormat
        QSettings.setDefaultFormat(settings)
        QSettings.setPath(settings, QSettings.Scope.UserScope, real.folder.name)
        QCoreApplication.setOrganizationName("stand-in")
        QCoreApplication.setApplicationName("stand-in")
        self.__dict__.update(
            applicationName="Slicer", applicationVersion="5.12.0", majorVersion=5, minorVersion=12, patchVersion=0,
            revision="0", os="linux", arch="amd64", temporaryPath=real.folder.name, slicerHome=real.folder.name,
            defaultScenePath=real.folder.name, documentationBaseUrl="https://slicer.readthedocs.io/en/latest/",
        )  # fmt: skip

    def applicationLogic(self) -> Any:
        return self._real.application_logic

    def mrmlScene(self) -> Any:
        return self._real.scene

    def coreIOManager(self) -> CoreIOManager:
        return self._io

    ioManager = coreIOManager

    def moduleManager(self) -> ModuleManager:
        return self._modules

    def layoutManager(self) -> LayoutManager:
        return self._layouts

    def testingEnabled(self) -> bool:
        return self._testing

    def processEvents(self, *flags: Any) -> None:
        QCoreApplication.processEvents(*flags)

    def translate(self, context: str, text: str) -> str:
        return QCoreApplication.translate(context, text)

    def settings(self) -> QSettings:
        return QSettings()

    userSettings = revisionUserSettings = settings

    def moduleDocumentationUrl(self, name: str) -> str:
        return f"{self.documentationBaseUrl}user_guide/modules/{name.lower()}.html"

    def topLevelWidgets(self) -> list[Any]:
        return QApplication.topLevelWidgets()

    def palette(self) -> Any:
        return QApplication.palette()

    def clipboard(self) -> Any:
        return QApplication.clipboard()

    def style(self) -> Any:
        return QApplication.style()

    def setOverrideCursor(self, cursor: Any) -> None:
        QApplication.setOverrideCursor(cursor)

    def restoreOverrideCursor(self) -> None:
        QApplication.restoreOverrideCursor()

    def pauseRender(self) -> None:
        """Nothing is drawn before it is asked for."""

    resumeRender = pauseRender

    def startupEnvironment(self) -> dict[str, str]:
        """Slicer's own start environment has no PYTHONPATH of ours; neither has this."""
        return {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}

    def restart(self) -> None:
        raise RuntimeError("the module asked the application to restart")

    def extensionsManagerModel(self) -> Any:
        return None
