"""Table and plot views over real MRML nodes, drawn by Qt."""

from __future__ import annotations

from typing import Any

import slicer.util
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QTableView, QVBoxLayout

from Testing.slicer.stand_in import pythonqt
from Testing.slicer.stand_in.mrml_widgets import qMRMLWidget
from Testing.slicer.stand_in.properties import kept
from Testing.slicer.stand_in.ui_loader import stand_in


class TableNodeModel(QAbstractTableModel):
    """Reads a vtkMRMLTableNode's vtkTable; never copies it."""

    def __init__(self, node: Any, parent: Any) -> None:
        super().__init__(parent)
        self._node = node

    def rowCount(self, parent: Any = None) -> int:
        return int(self._node.GetNumberOfRows()) if self._node else 0

    def columnCount(self, parent: Any = None) -> int:
        return int(self._node.GetNumberOfColumns()) if self._node else 0

    def data(self, index: QModelIndex, role: int = 0) -> Any:
        if role not in (int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.EditRole)):
            return None
        return self._node.GetCellText(index.row(), index.column())

    def headerData(self, section: int, orientation: Any, role: int = 0) -> Any:
        if self._node is None or role != int(Qt.ItemDataRole.DisplayRole):
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1)
        return self._node.GetColumnName(section)


@stand_in
class qMRMLTableView(QTableView):
    """Shows a table node; follows it when it changes."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._node: Any = None
        self._tag = 0

    def setMRMLScene(self, scene: Any) -> None:
        """The node knows its scene."""

    def setMRMLTableNode(self, node: Any) -> None:
        if self._node is not None:
            self._node.RemoveObserver(self._tag)
        self._node = node
        if node is not None:
            self._tag = node.AddObserver(
                node.GetContentModifiedEvents().GetValue(0), lambda *_: self._reload()
            )
        self._reload()

    def _reload(self) -> None:
        before = self.model()
        self.setModel(TableNodeModel(self._node, self))
        if before is not None:
            before.deleteLater()

    def mrmlTableNode(self) -> Any:
        return self._node

    def setFirstRowLocked(self, locked: bool) -> None:
        """Only how Slicer draws the header."""

    setFirstColumnLocked = setTransposed = setFirstRowLocked


@stand_in
class qMRMLPlotView(qMRMLWidget):
    """Draws the line series of a plot chart; no ticks, no legend."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._view_node: Any = None
        self.setMinimumSize(160, 120)

    def setMRMLPlotViewNode(self, node: Any) -> None:
        self._view_node = node
        self._observe(node, "ModifiedEvent", lambda *_: self.update())

    def mrmlPlotViewNode(self) -> Any:
        return self._view_node

    def fitToContent(self) -> None:
        self.update()

    def _curves(self) -> list[tuple[Any, Any, Any]]:
        chart = self._view_node.GetPlotChartNode() if self._view_node else None
        found = []
        for index in range(chart.GetNumberOfPlotSeriesNodes() if chart else 0):
            series = chart.GetNthPlotSeriesNode(index)
            table = series.GetTableNode()
            x = slicer.util.arrayFromTableColumn(table, series.GetXColumnName())
            y = slicer.util.arrayFromTableColumn(table, series.GetYColumnName())
            found.append((x, y, series.GetColor()))
        return found

    def paintEvent(self, event: Any) -> None:
        painter = QPainter(self)
        frame = QRectF(36, 10, self.width - 46, self.height - 40)
        painter.fillRect(self.rect, QColor("white"))
        painter.setPen(QColor("black"))
        painter.drawRect(frame)
        curves = self._curves()
        if not curves:
            return
        left, right = min(x.min() for x, _, _ in curves), max(x.max() for x, _, _ in curves)
        low, high = min(y.min() for _, y, _ in curves), max(y.max() for _, y, _ in curves)
        for x, y, color in curves:
            across = frame.left() + (x - left) / ((right - left) or 1) * frame.width()
            up = frame.bottom() - (y - low) / ((high - low) or 1) * frame.height()
            painter.setPen(QPen(QColor.fromRgbF(*color), 2))
            painter.drawPolyline(QPolygonF([QPointF(*one) for one in zip(across, up, strict=True)]))


@stand_in
class qMRMLPlotWidget(qMRMLWidget):
    """A plot view with its bar."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._view = qMRMLPlotView()
        QVBoxLayout(self).addWidget(self._view)

    def plotView(self) -> Any:
        return self._view

    def setMRMLPlotViewNode(self, node: Any) -> None:
        self._view.setMRMLPlotViewNode(node)


@stand_in
class qSlicerWebWidget(qMRMLWidget):
    """Slicer's browser; the layer keeps what it was given and draws nothing."""

    html = kept(str, "html", "")
    url = kept(str, "url", "")

    def setHtml(self, html: str, base: Any = None) -> None:
        self.html = html

    def setUrl(self, url: Any) -> None:
        self.url = url if isinstance(url, str) else url.toString()


pythonqt.adopt(TableNodeModel)
