"""Puts on `slicer` everything that the wheel slicer-core lacks and the application has."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from Testing.slicer.stand_in import packages, parameters, sample_data, scripted, ui_loader, validators
from Testing.slicer.stand_in.scene import RealScene


def furnish(slicer: ModuleType) -> None:
    """Start the scene and the application and add the Python modules around them."""
    real = RealScene()
    slicer.modules = _module("slicer.modules", {})
    # These import the widgets, which read slicer.mrmlScene only when they are made.
    from Testing.slicer.stand_in import application, modules, segment_editor, views  # noqa: F401

    for name, cls in ui_loader.stand_ins.items():
        if name.startswith("q"):
            setattr(slicer, name, cls)
    slicer.qSlicerScriptedLoadableModule = modules.qSlicerScriptedLoadableModule
    slicer.qSlicerScriptedLoadableModuleWidget = modules.qSlicerScriptedLoadableModuleWidget
    slicer.app = application.SlicerApplication(real)
    slicer.selfTests = {}
    for name, logic in real.logics.items():
        setattr(slicer.modules, name.lower(), modules.qSlicerCoreModule(name, logic))
    slicer.packaging = _module("slicer.packaging", vars(packages))
    slicer.i18n = _module("slicer.i18n", {"tr": _tr, "translate": slicer.app.translate})
    _module("slicer.ScriptedLoadableModule", {name: vars(scripted)[name] for name in scripted.__all__})
    wrapper = {**vars(validators), **vars(parameters)}
    _module("slicer.parameterNodeWrapper", {k: v for k, v in wrapper.items() if not k.startswith("_")})
    slicer.ScriptedLoadableModule = sys.modules["slicer.ScriptedLoadableModule"]
    slicer.parameterNodeWrapper = sys.modules["slicer.parameterNodeWrapper"]
    slicer.util.pip_install, slicer.util.pip_uninstall = packages.pip_install, packages.pip_uninstall
    _module("SampleData", vars(sample_data))
    _borrow_submodules()
    slicer._stand_in = real


def _borrow_submodules() -> None:
    """Scripts import these by their own names; in the wheel they lie inside slicer_core."""
    import slicer_core.vtkITK
    import slicer_core.vtkSegmentationCore
    import slicer_core.vtkTeem

    sys.modules.setdefault("vtkITK", slicer_core.vtkITK)
    sys.modules.setdefault("vtkTeem", slicer_core.vtkTeem)
    sys.modules.setdefault("vtkSegmentationCorePython", slicer_core.vtkSegmentationCore)


def _module(name: str, content: dict[str, Any]) -> ModuleType:
    module = ModuleType(name)
    module.__dict__.update({key: value for key, value in content.items() if not key.startswith("__")})
    sys.modules[name] = module
    return module


def _tr(text: str) -> str:
    """Slicer finds the context by the caller's file name."""
    import slicer

    caller = sys._getframe(1).f_globals.get("__name__", "")
    return str(slicer.app.translate(caller.rpartition(".")[2], text))
