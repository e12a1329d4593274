"""Step 4: settings, the run, the table: search, copy, export."""

from __future__ import annotations

import pytest

from LWCTRLogic import files
from LWCTRLogic.case import VOLUMES
from LWCTRLogic.radiomics.columns import feature_names
from LWCTRLogic.radiomics.settings import ExtractionSettings
from Testing.slicer.panel_tools import click, said, widget

NAMES = ["original_shape_Sphericity", "wavelet-LLH_glcm_Contrast", "wavelet-HHH_glcm_Contrast"]


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
    node = a_table.steps["features"].node
    assert [node.GetColumnName(index) for index in range(3)] == ["Feature", "pre_A", "post_V"]
    assert [node.GetCellText(2, column) for column in range(3)] == [NAMES[2], "3e-09", "12.5"]


def test_the_search_shows_features_that_hold_every_word(a_table):
    table = a_table.steps["features"].table
    widget(a_table, "featureSearch").text = "glcm llh"
    assert [table.isRowHidden(row) for row in range(3)] == [True, False, True]
    assert widget(a_table, "featureCount").text == "1 of 3"
    widget(a_table, "featureSearch").text = ""
    assert widget(a_table, "featureCount").text == "3 of 3"


@pytest.fixture
def a_full_table(at_features):
    """The panel at 1280 × 800 with the 1,316 features of four scans, the values being of every size."""
    names = feature_names(ExtractionSettings())
    values = [f"{(-1) ** index * 1.2345678 * 10 ** (index % 23 - 11)!r}" for index in range(len(names))]
    lines = [["volume", *names], *([volume, *values] for volume in VOLUMES)]
    files.write_text(
        at_features.case.folder / "features.csv", "".join(",".join(line) + "\n" for line in lines)
    )
    at_features.refresh()
    return at_features


def test_every_name_and_every_number_of_the_table_can_be_read_in_full(a_full_table, a_slicer):
    a_slicer.app.processEvents()
    table = widget(a_full_table, "featureTable")
    measure = table.fontMetrics()
    assert table.rowCount == 1316
    for row in range(0, 1316, 7):
        assert table.sizeHintForRow(row) <= table.rowHeight(row), table.item(row, 0).text()
    words = {part for row in range(1316) for part in breakable(table.item(row, 0).text())}
    assert max(map(measure.horizontalAdvance, words)) <= table.columnWidth(0) - 8
    numbers = {table.item(row, 1).text() for row in range(1316)}
    assert max(map(measure.horizontalAdvance, numbers)) <= table.columnWidth(1) - 6
    widths = [table.columnWidth(column) for column in range(5)]
    assert sum(widths) <= table.viewport().width, "a column is out of sight"


def breakable(shown):
    """The parts of a name between which a line may end."""
    return [part for line in shown.split("\u2028") for part in line.split("\u200b")]


def test_a_name_is_shown_whole_and_two_features_never_look_alike(a_full_table):
    table = widget(a_full_table, "featureTable")
    names = [row[0] for row in a_full_table.steps["features"]._rows]
    shown = [table.item(row, 0).text() for row in range(1316)]
    seen = [name.replace("\u200b", "").replace("\u2028", "_") for name in shown]
    assert seen == names and len(set(seen)) == 1316


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        ("0.37481234", "0.3748"), ("-18.3783", "-18.38"), ("9999.4", "9999"), ("131342.4", "131342"),
        ("1903850.2", "1.90e6"), ("-1.234e-09", "-1.23e-9"), ("2.5e+100", "2.50e100"), ("0.0", "0"),
        ("nan", "nan"), ("", ""),
    ],
)  # fmt: skip
def test_a_number_is_rounded_to_what_fits(a_table, value, seen):
    from LWCTRWidgets.FeatureCells import shownNumber

    assert shownNumber(value) == seen


def test_cells_are_plain_items_that_show_rounded_numbers_and_tell_the_whole_row(a_table):
    """No delegate in Python: PythonQt crashed on ``displayText`` (Slicer issue 9127)."""
    import qt

    table = widget(a_table, "featureTable")
    assert [table.item(2, column).text() for column in (1, 2)] == ["3.00e-9", "12.5"]
    assert {table.item(2, column).toolTip() for column in range(3)} == {f"{NAMES[2]}: 3e-09, 12.5"}
    assert type(table.itemDelegate()) is qt.QStyledItemDelegate
    assert not table.editTriggers


def test_the_table_follows_the_case_and_is_empty_when_its_node_is_gone(a_table, a_slicer):
    step, table = a_table.steps["features"], widget(a_table, "featureTable")
    file = a_table.case.folder / "features.csv"
    files.write_text(file, f"volume,{NAMES[0]}\npre_A,0.75\n")
    a_table.refresh()
    assert (table.rowCount, table.columnCount) == (1, 2) and table.item(0, 1).text() == "0.75"
    a_slicer.mrmlScene.RemoveNode(step.node)
    file.unlink()
    a_table.refresh()
    assert table.rowCount == 0 and step.node is None
    step.copyRows()
    assert "no features to copy" in said(a_table)


def test_a_click_tells_the_whole_name_and_the_values_of_a_feature(a_table):
    table = widget(a_table, "featureTable")
    table.cellClicked.emit(1, 0)
    name, *values = a_table.steps["features"]._rows[1]
    assert said(a_table) == f"{name}: " + ", ".join(values) and len(values) == 2


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"volume\n",
        b"volume,a,b\n",
        b"volume,a,b\npre_A,0.5\n",
        b"volume,a\npre_A,half\n",
        b"\x00\xff,\n\x01",
    ],
)
def test_a_damaged_table_is_told_with_what_to_do(a_table, damaged):
    step, file = a_table.steps["features"], a_table.case.folder / "features.csv"
    file.write_bytes(damaged)
    a_table.refresh()
    assert "features.csv is damaged" in said(a_table) and "Compute features" in said(a_table)
    assert step.node is None and not widget(a_table, "featureGroup").visible
    files.write_text(file, f"volume,{NAMES[0]}\npre_A,0.75\n")
    a_table.refresh()
    assert "damaged" not in said(a_table) and widget(a_table, "featureTable").rowCount == 1


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
    assert widget(a_table, "featureTable").rowCount == 0
    a_table.steps["correct"].sceneClosed()
