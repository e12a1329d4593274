"""Step 4: settings, the run, the table: search, copy, export."""

from __future__ import annotations

import pytest

from LWCTRLogic import files
from Testing.slicer.panel_tools import click, widget

NAMES = ["original_shape_Sphericity", "wavelet-LLH_glcm_Contrast", "wavelet-HHH_glcm_Contrast"]


def said(panel):
    return panel.ui.statusLabel.text


@pytest.fixture
def at_features(an_open_case):
    an_open_case.goTo("features")
    return an_open_case


@pytest.fixture
def a_table(at_features):
    """The panel with three features of two scans."""
    lines = [["volume", *NAMES], ["pre_A", "0.5", "1.25", "3e-09"], ["post_V", "0.25", "7.125", "12.5"]]
    files.write_text(
        at_features.case.folder / "features.csv", "".join(",".join(line) + "\n" for line in lines)
    )
    at_features.refresh()
    return at_features


def test_without_features_there_is_no_table_and_nothing_to_export(at_features):
    assert not widget(at_features, "featureGroup").visible
    at_features.steps["features"].exportTables()
    assert "no features to write" in said(at_features)
    at_features.steps["features"].copyRows()
    assert "no features to copy" in said(at_features)


def test_the_run_takes_the_settings_of_the_model_unless_a_file_is_chosen(at_features, tmp_path):
    panel = at_features
    click(panel, "extractButton")
    assert panel.runner.last[2:4] == ["--until", "extract"] and "--settings" not in panel.runner.last
    panel.runner.finish()
    box = widget(panel, "presetSelector")
    box.setCurrentIndex(1)
    box.activated.emit(1)
    click(panel, "extractButton")
    assert "Choose a settings file" in said(panel) and len(panel.runner.started) == 1
    widget(panel, "settingsFile").setCurrentPath(str(tmp_path / "my.yaml"))
    engine = widget(panel, "backendSelector")
    engine.setCurrentIndex(1)
    engine.activated.emit(1)
    click(panel, "extractButton")
    last = panel.runner.last
    assert last[last.index("--settings") + 1] == str(tmp_path / "my.yaml")
    assert last[last.index("--backend") + 1] == "pyradiomics"


def test_without_a_case_the_run_is_refused(a_quiet_panel):
    a_quiet_panel.goTo("features")
    click(a_quiet_panel, "extractButton")
    assert "Open a case" in said(a_quiet_panel) and a_quiet_panel.runner.started == []


def test_the_table_holds_every_value_as_it_was_computed(a_table):
    node = a_table.steps["features"].table.mrmlTableNode()
    assert [node.GetColumnName(index) for index in range(3)] == ["Feature", "pre_A", "post_V"]
    assert [node.GetCellText(2, column) for column in range(3)] == [NAMES[2], "3e-09", "12.5"]


def test_the_search_shows_features_that_hold_every_word(a_table):
    table = a_table.steps["features"].table
    widget(a_table, "featureSearch").text = "glcm llh"
    assert [table.isRowHidden(row) for row in range(3)] == [True, False, True]
    assert widget(a_table, "featureCount").text == "1 of 3"
    widget(a_table, "featureSearch").text = ""
    assert widget(a_table, "featureCount").text == "3 of 3"


def test_a_click_tells_the_whole_name_and_the_values_of_a_feature(a_table):
    table = widget(a_table, "featureTable")
    table.clicked.emit(table.model().index(1, 0))
    name, *values = a_table.steps["features"]._rows[1]
    assert said(a_table) == f"{name}: " + ", ".join(values) and len(values) == 2


def test_copy_takes_the_rows_shown_with_their_heading(a_table, a_slicer):
    widget(a_table, "featureSearch").text = "contrast"
    click(a_table, "copyFeaturesButton")
    rows = [line.split("\t") for line in a_slicer.app.clipboard().text().splitlines()]
    assert rows == [["Feature", "pre_A", "post_V"], [NAMES[1], "1.25", "7.125"], [NAMES[2], "3e-09", "12.5"]]


def test_export_writes_into_the_folder_that_the_user_chooses(a_table, tmp_path, monkeypatch):
    monkeypatch.setattr("qt.QFileDialog.getExistingDirectory", lambda *_: "")
    click(a_table, "exportTablesButton")
    assert a_table.runner.started == []
    monkeypatch.setattr("qt.QFileDialog.getExistingDirectory", lambda *_: str(tmp_path))
    click(a_table, "exportTablesButton")
    assert a_table.runner.last[:4] == ["export", str(a_table.case.folder), "-o", str(tmp_path)]


def test_a_reading_hides_the_table(a_table):
    a_table.goTo("correct")
    click(a_table, "openReadingButton")
    assert not a_table.steps["features"].tableBox.visible
    a_table.steps["correct"].sceneClosed()
