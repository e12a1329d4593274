"""Draws a slice view by VTK with Slicer's own displayable managers, without a screen."""

from __future__ import annotations

import os
import sys
from ctypes.util import find_library
from typing import Any

import numpy as np
import slicer
import vtk
from vtkmodules.util.numpy_support import vtk_to_numpy

# OSMesa draws in memory: the same pixels on every machine, no display, no graphics card.
os.environ.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkOSOpenGLRenderWindow")
MANAGERS = ("vtkMRMLSegmentationsDisplayableManager2D",)


def lacking() -> str:
    """Return what is missing for drawing without a screen, or nothing."""
    on_linux = sys.platform.startswith("linux")
    return "the library OSMesa (Debian: libosmesa6)" if on_linux and not find_library("OSMesa") else ""


class SliceRenderer:
    """A render window on a slice logic: the volume beneath, segmentations as Slicer draws them on top."""

    def __init__(self, logic: Any) -> None:
        self._logic = logic
        self.window = vtk.vtkRenderWindow()
        self.window.SetOffScreenRendering(1)
        self.window.SetMultiSamples(0)
        self.window.SetNumberOfLayers(2)
        below, above = vtk.vtkRenderer(), vtk.vtkRenderer()
        above.SetLayer(1)
        for renderer in (below, above):
            self.window.AddRenderer(renderer)
        self._interactor = vtk.vtkGenericRenderWindowInteractor()
        self._interactor.SetRenderWindow(self.window)
        self._mapper = vtk.vtkImageMapper()
        self._mapper.SetColorWindow(255)
        self._mapper.SetColorLevel(127.5)
        picture = vtk.vtkActor2D()
        picture.SetMapper(self._mapper)
        below.AddViewProp(picture)
        self._group = self._make_managers(above)

    def _make_managers(self, renderer: Any) -> Any:
        factory = slicer.vtkMRMLSliceViewDisplayableManagerFactory.GetInstance()
        factory.SetMRMLApplicationLogic(slicer.app.applicationLogic())
        for name in MANAGERS:
            if not factory.IsDisplayableManagerRegistered(name):
                factory.RegisterDisplayableManager(name)
        group = factory.InstantiateDisplayableManagers(renderer)
        group.SetMRMLDisplayableNode(self._logic.GetSliceNode())
        return group

    def pixels(self, width: int, height: int) -> np.ndarray:
        """Draw the view; uint8, (height, width, 3), the first row on top."""
        self._logic.ResizeSliceNode(width, height)
        self.window.SetSize(width, height)
        self._logic.UpdatePipeline()
        connection = self._logic.GetImageDataConnection()
        self._mapper.SetInputConnection(connection)
        self._logic.GetSliceNode().Modified()  # the managers follow it
        self.window.Render()
        colours = vtk.vtkUnsignedCharArray()
        self.window.GetRGBACharPixelData(0, 0, width - 1, height - 1, 0, colours)
        return vtk_to_numpy(colours).reshape(height, width, 4)[::-1, :, :3].copy()

    def close(self) -> None:
        """Let go of the window; VTK complains when it goes after its interactor."""
        self._group.SetMRMLDisplayableNode(None)
        self.window.Finalize()
