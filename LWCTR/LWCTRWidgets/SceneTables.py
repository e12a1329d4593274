"""Tables and curves of a case as nodes of the scene, so that Slicer shows, copies and saves them.

Slicer writes a table of a saved scene to six significant digits: fill it again from the case when it is opened.
"""

import numpy as np
import slicer
import vtk

# Okabe and Ito's colours: blue, vermilion, green, orange.
COLOURS = ((0.0, 0.447, 0.698), (0.835, 0.369, 0.0), (0.0, 0.620, 0.451), (0.902, 0.624, 0.0))


SHOWN = "LWCTR.shown"  # attribute of the nodes made here


def _node(kind, name):
    """Return the node of this name and kind, made where there is none."""
    found = slicer.util.getFirstNodeByClassByName(kind, name)
    node = found if found is not None else slicer.mrmlScene.AddNewNodeByClass(kind, name)
    node.SetAttribute(SHOWN, "1")
    return node


def removeShown():
    """Take our tables and curves out of the scene: a reader may not see what they tell."""
    for kind in ("vtkMRMLPlotChartNode", "vtkMRMLPlotSeriesNode", "vtkMRMLTableNode"):
        for node in slicer.util.getNodesByClass(kind):
            if node.GetAttribute(SHOWN):
                slicer.mrmlScene.RemoveNode(node)


def showTable(name, columns):
    """Fill the table node ``name`` (made where there is none) and return it.

    Parameters
    ----------
    name : str
        The node's name.
    columns : dict
        Column title → values, all of one length. Text stays text; everything else becomes float64, bit by bit.

    Raises
    ------
    ValueError
        When the columns differ in length.
    """
    lengths = {title: len(values) for title, values in columns.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"columns of different lengths: {lengths}")
    node = _node("vtkMRMLTableNode", name)
    changing = node.StartModify()
    try:
        node.RemoveAllColumns()
        for title, values in columns.items():
            node.AddColumn(_column(title, values))
        node.SetUseColumnTitleAsColumnHeader(True)
    finally:
        node.EndModify(changing)
    return node


def _column(title, values):
    text = any(isinstance(value, str) for value in values)
    column = vtk.vtkStringArray() if text else vtk.vtkDoubleArray()
    column.SetName(title)
    column.SetNumberOfValues(len(values))
    for index, value in enumerate(values):
        column.SetValue(index, str(value) if text else float(value))
    return column


def showCurves(name, curves, xTitle, yTitle, yRange=(0.0, 1.0)):
    """Fill the plot chart ``name`` with lines and return it; its data stand in one table node a line.

    Parameters
    ----------
    curves : dict
        Label → (x, y). A survival curve is drawn as steps: give it through :func:`steps`.
    xTitle, yTitle : str
        Titles of the axes, with units.
    yRange : tuple of float
        Lower and upper end of the y axis.
    """
    chart = _node("vtkMRMLPlotChartNode", name)
    chart.RemoveAllPlotSeriesNodeIDs()
    for place, (label, (x, y)) in enumerate(curves.items()):
        table = showTable(f"{name}: {label}", {xTitle: x, yTitle: y})
        series = _node("vtkMRMLPlotSeriesNode", f"{name}: {label} (line)")
        series.SetAndObserveTableNodeID(table.GetID())
        series.SetXColumnName(xTitle)
        series.SetYColumnName(yTitle)
        series.SetPlotType(slicer.vtkMRMLPlotSeriesNode.PlotTypeScatter)
        series.SetMarkerStyle(slicer.vtkMRMLPlotSeriesNode.MarkerStyleNone)
        series.SetLineWidth(2)
        series.SetColor(*COLOURS[place % len(COLOURS)])
        chart.AddAndObservePlotSeriesNodeID(series.GetID())
    chart.SetTitle(name)
    chart.SetXAxisTitle(xTitle)
    chart.SetYAxisTitle(yTitle)
    chart.SetYAxisRangeAuto(False)
    chart.SetYAxisRange(*yRange)
    return chart


def steps(months, survival):
    """Return the corner points of a right-continuous step curve that begins at (0, 1)."""
    months, survival = np.asarray(months, float), np.asarray(survival, float)
    x = np.concatenate([[0.0], np.repeat(months, 2)])
    y = np.concatenate([[1.0], np.repeat(np.concatenate([[1.0], survival]), 2)[1:-1]])
    return x, y
