"""Layer 1: tables and curves as nodes of the real scene."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

FEATURES, VOLUMES = 1316, ("pre_A", "pre_V", "post_A", "post_V")


@pytest.fixture
def tables(a_scene: Any, widgets_on_path: None) -> Any:
    from LWCTRWidgets import SceneTables

    return SceneTables


@pytest.fixture
def a_feature_table() -> dict[str, Any]:
    values = np.random.default_rng(0).lognormal(0, 8, (FEATURES, len(VOLUMES)))
    values[3, 1], values[7, 2] = np.nan, 1e-300
    columns: dict[str, Any] = {"feature": [f"original_feature_{index}é" for index in range(FEATURES)]}
    return columns | {volume: values[:, index] for index, volume in enumerate(VOLUMES)}


def column_of(a_slicer: Any, node: Any, title: str) -> np.ndarray:
    return np.array(a_slicer.util.arrayFromTableColumn(node, title))


def test_a_feature_table_is_kept_bit_by_bit(tables, a_slicer, a_feature_table):
    node = tables.showTable("P01 features", a_feature_table)
    assert (node.GetNumberOfRows(), node.GetNumberOfColumns()) == (FEATURES, 5)
    for volume in VOLUMES:
        assert column_of(a_slicer, node, volume).tobytes() == a_feature_table[volume].tobytes()
    assert node.GetCellText(5, 0) == "original_feature_5é"


def test_a_saved_scene_keeps_a_table_to_six_digits(tables, a_slicer, a_scene, a_feature_table, tmp_path):
    tables.showTable("P01 features", a_feature_table)
    a_slicer.util.saveScene(str(tmp_path / "scene.mrb"))
    a_scene.Clear()
    a_slicer.util.loadScene(str(tmp_path / "scene.mrb"))
    node = a_scene.GetFirstNodeByName("P01 features")
    assert [node.GetColumnName(index) for index in range(5)] == list(a_feature_table)
    for volume in VOLUMES:  # the exact values stand in features.parquet, from which the panel fills it again
        restored = column_of(a_slicer, node, volume).astype(float)
        assert np.allclose(restored, a_feature_table[volume], rtol=5e-6, atol=0, equal_nan=True)


def test_showing_again_fills_the_same_node(tables, a_slicer, a_scene):
    first = tables.showTable("P01 features", {"feature": ["a", "b"], "pre_A": [1.0, 2.0]})
    again = tables.showTable("P01 features", {"feature": ["c"], "post_V": [3.0]})
    assert again is first
    assert (first.GetNumberOfRows(), first.GetColumnName(1)) == (1, "post_V")
    assert a_scene.GetNumberOfNodesByClass("vtkMRMLTableNode") == 1


def test_columns_of_different_lengths_are_refused(tables):
    with pytest.raises(ValueError, match="'b': 1"):
        tables.showTable("x", {"a": [1.0, 2.0], "b": [1.0]})


def test_the_table_widget_shows_every_cell(tables, a_slicer, a_feature_table):
    view = a_slicer.qMRMLTableView()
    view.setMRMLTableNode(tables.showTable("P01 features", a_feature_table))
    model = view.model()
    assert (model.rowCount(), model.columnCount()) == (FEATURES, 5)
    assert float(model.data(model.index(9, 4))) == pytest.approx(a_feature_table["post_V"][9], rel=1e-5)


def test_a_survival_curve_steps_down_after_each_month(tables):
    x, y = tables.steps([2, 5], [0.8, 0.4])
    assert np.array_equal(x, [0, 2, 2, 5, 5])
    assert np.array_equal(y, [1, 1, 0.8, 0.8, 0.4])


def test_curves_are_plot_nodes_over_tables(tables, a_slicer, a_scene):
    curves = {
        "overall survival": tables.steps([2, 5], [0.8, 0.4]),
        "progression-free": tables.steps([1], [0.5]),
    }
    chart = tables.showCurves("P01 survival", curves, "months", "survival")
    assert chart.GetNumberOfPlotSeriesNodes() == 2
    assert (chart.GetXAxisTitle(), chart.GetYAxisTitle(), chart.GetYAxisRange()) == (
        "months",
        "survival",
        (0, 1),
    )
    series = chart.GetNthPlotSeriesNode(0)
    assert np.array_equal(
        column_of(a_slicer, series.GetTableNode(), "survival"), curves["overall survival"][1]
    )
    assert chart.GetNthPlotSeriesNode(1).GetColor() != series.GetColor()


def test_curves_come_back_with_a_saved_scene(tables, a_slicer, a_scene, tmp_path):
    tables.showCurves("P01 survival", {"OS": tables.steps([2, 5], [0.8, 0.4])}, "months", "survival")
    a_slicer.util.saveScene(str(tmp_path / "scene.mrb"))
    a_scene.Clear()
    a_slicer.util.loadScene(str(tmp_path / "scene.mrb"))
    series = a_scene.GetFirstNodeByName("P01 survival").GetNthPlotSeriesNode(0)
    assert np.array_equal(column_of(a_slicer, series.GetTableNode(), "months").astype(float), [0, 2, 2, 5, 5])


def test_showing_fewer_curves_leaves_none_behind(tables):
    both = {"a": ([0, 1], [1, 0.5]), "b": ([0, 1], [1, 0.2])}
    chart = tables.showCurves("P01 survival", both, "months", "survival")
    tables.showCurves("P01 survival", {"a": both["a"]}, "months", "survival")
    assert chart.GetNumberOfPlotSeriesNodes() == 1
