"""`slicer.app.layoutManager()`: the real layout logic, and slice views that draw the real slice pipeline."""

from __future__ import annotations

from typing import Any

import slicer
from PySide6.QtCore import Property, QObject, QRect, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget
from vtkmodules.util.numpy_support import vtk_to_numpy

from Testing.slicer.stand_in import pythonqt
from Testing.slicer.stand_in.mrml_widgets import qMRMLWidget
from Testing.slicer.stand_in.ui_loader import stand_in


@pythonqt.adopt
class qMRMLSliceControllerWidget(QWidget):
    """The bar above a slice view; here only its calls."""

    def __init__(self, slices: Any) -> None:
        super().__init__(slices)
        self._slices = slices

    def fitSliceToBackground(self) -> None:
        self._slices.fitSliceToBackground()

    def setSliceOffsetValue(self, offset: float) -> None:
        self._slices.sliceLogic().SetSliceOffset(offset)

    def setSliceLink(self, linked: bool) -> None:
        self._slices.mrmlSliceCompositeNode().SetLinkedControl(linked)


@stand_in
class qMRMLSliceWidget(qMRMLWidget):
    """A slice view on a real vtkMRMLSliceLogic.

    It draws the volume by the slice pipeline; with ``drawnByEngine`` set, segmentations too, by VTK and Slicer's own
    displayable managers (which needs OSMesa and some 50 ms a picture).
    """

    drawnByEngine = False

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._logic = slicer.vtkMRMLSliceLogic()
        self._controller = qMRMLSliceControllerWidget(self)
        self._renderer: Any = None
        self.setMinimumSize(60, 60)

    def sliceLogic(self) -> Any:
        return self._logic

    def setMRMLSliceNode(self, node: Any) -> None:
        self._logic.SetMRMLScene(slicer.mrmlScene)
        self._logic.SetMRMLApplicationLogic(slicer.app.applicationLogic())
        self._logic.SetSliceNode(node)
        slicer.app.applicationLogic().GetSliceLogics().AddItem(self._logic)
        self._logic.ResizeSliceNode(max(self.width, 1), max(self.height, 1))
        self._observe(node, "ModifiedEvent", lambda *_: self.update())
        self._observe(self._logic.GetSliceCompositeNode(), "ModifiedEvent", lambda *_: self.update())

    def mrmlSliceNode(self) -> Any:
        return self._logic.GetSliceNode()

    def mrmlSliceCompositeNode(self) -> Any:
        return self._logic.GetSliceCompositeNode()

    def sliceController(self) -> Any:
        return self._controller

    def sliceView(self) -> Any:
        return self

    def forceRender(self) -> None:
        self.repaint()

    def scheduleRender(self) -> None:
        self.update()

    def fitSliceToBackground(self) -> None:
        self._logic.ResizeSliceNode(max(self.width, 1), max(self.height, 1))
        self._logic.FitSliceToBackground(max(self.width, 1), max(self.height, 1))
        self._logic.SnapSliceOffsetToIJK()

    def resizeEvent(self, event: Any) -> None:
        if self._logic.GetSliceNode():
            self._logic.ResizeSliceNode(max(self.width, 1), max(self.height, 1))
        super().resizeEvent(event)

    def picture(self) -> QImage | None:
        """What the view shows, without a frame; None when no volume is shown."""
        if not self._logic.GetSliceCompositeNode().GetBackgroundVolumeID() or not self._logic.HasInputs():
            return None
        pixels = self._rendered() if self.drawnByEngine else self._blended()
        height, width, channels = pixels.shape
        kind = QImage.Format.Format_RGBA8888 if channels == 4 else QImage.Format.Format_RGB888
        return QImage(pixels.data, width, height, pixels.strides[0], kind).copy()

    def _blended(self) -> Any:
        """Volume, window and level alone, in a few milliseconds and without OpenGL."""
        self._logic.UpdatePipeline()
        connection = self._logic.GetImageDataConnection()
        connection.GetProducer().Update()
        image = connection.GetProducer().GetOutputDataObject(connection.GetIndex())
        width, height, _ = image.GetDimensions()
        return vtk_to_numpy(image.GetPointData().GetScalars()).reshape(height, width, -1)[::-1].copy()

    def _rendered(self) -> Any:
        from Testing.slicer.stand_in.rendering import SliceRenderer

        if self._renderer is None:
            self._renderer = SliceRenderer(self._logic)
        return self._renderer.pixels(max(self.width, 1), max(self.height, 1))

    def paintEvent(self, event: Any) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect, QColor("black"))
        node = self._logic.GetSliceNode()
        picture = self.picture() if node else None
        if picture is not None:
            painter.drawImage(0, 0, picture)
        if node:
            painter.setPen(QColor("white"))
            painter.drawText(
                QRect(6, 4, self.width, 20), Qt.AlignmentFlag.AlignLeft, str(node.GetLayoutLabel())
            )


@pythonqt.adopt
class LayoutManager(QObject):
    """The part of qSlicerLayoutManager that shows slice, table and plot views; nothing three-dimensional."""

    layoutChanged = Signal(int)

    def __init__(self, real: Any) -> None:
        super().__init__()
        self._logic, self._scene = real.layout_logic, real.scene
        self._views: dict[str, Any] = {}
        self._viewport = QWidget()
        QGridLayout(self._viewport)

    def layoutLogic(self) -> Any:
        return self._logic

    def setLayout(self, layout: int) -> None:
        node = self._logic.GetLayoutNode()
        if not node.IsLayoutDescription(layout):
            raise ValueError(f"layout {layout} has no description; Slicer would show nothing")
        node.SetViewArrangement(layout)
        self._arrange()
        self.layoutChanged.emit(layout)

    layout = Property(int, lambda self: self._logic.GetLayoutNode().GetViewArrangement(), setLayout)

    def _nodes(self, kind: str) -> list[Any]:
        views = self._logic.GetViewNodes()
        nodes = [views.GetItemAsObject(index) for index in range(views.GetNumberOfItems())]
        return [node for node in nodes if node.IsA(kind)]

    def _arrange(self) -> None:
        """Put the slice views of the layout on a grid; Slicer follows the XML exactly."""
        grid = self._viewport.layout()
        while grid.count():
            grid.takeAt(0).widget().hide()
        widgets = [self.sliceWidget(name) for name in self.sliceViewNames()]
        columns = 1 if len(widgets) < 2 else 2
        for index, widget in enumerate(widgets):
            grid.addWidget(widget, index // columns, index % columns)
            widget.show()

    def sliceViewNames(self) -> list[str]:
        return [node.GetLayoutName() for node in self._nodes("vtkMRMLSliceNode")]

    def sliceWidget(self, name: str) -> Any:
        node = next((one for one in self._nodes("vtkMRMLSliceNode") if one.GetLayoutName() == name), None)
        if node is None:
            return None
        widget = self._views.get(name)
        if widget is None or widget.mrmlSliceNode() is not node:
            widget = self._views[name] = qMRMLSliceWidget()
            widget.setMRMLSliceNode(node)
        return widget

    def viewport(self) -> QWidget:
        return self._viewport

    def resetSliceViews(self) -> None:
        for name in self.sliceViewNames():
            self.sliceWidget(name).fitSliceToBackground()

    def resetThreeDViews(self) -> None:
        """No three-dimensional view in the layer."""

    threeDViewCount = Property(int, lambda self: 0)
    tableViewCount = Property(int, lambda self: len(self._nodes("vtkMRMLTableViewNode")))
    plotViewCount = Property(int, lambda self: len(self._nodes("vtkMRMLPlotViewNode")))

    def threeDWidget(self, index: int) -> None:
        return None

    def forget_views(self) -> None:
        """After the scene is closed the view nodes are new ones."""
        for widget in self._views.values():
            slicer.app.applicationLogic().GetSliceLogics().RemoveItem(widget.sliceLogic())
            widget.deleteLater()
        self._views.clear()


def note(text: str) -> QWidget:
    """A frame that says what Slicer would show here."""
    frame = QWidget()
    label = QLabel(text)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    QVBoxLayout(frame).addWidget(label)
    return frame
