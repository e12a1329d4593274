"""One scan read by two readers, from the first mask to the table of their agreement."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.case import Case
from LWCTRLogic.findings import Finding, write_findings
from LWCTRLogic.imaging.masks import read_mask
from LWCTRLogic.reading import session as sessions
from LWCTRLogic.reading.active_time import ActiveTime
from Testing.report_cases import full_prediction, save_prediction
from Testing.slicer.panel_tools import click, run_command, widget

SCAN = "pre_A"


class Clock:
    """Seconds that pass when the test says so."""

    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def a_clock(monkeypatch):
    """The clock of every reading."""
    clock = Clock()
    monkeypatch.setattr(sessions, "ActiveTime", lambda seconds, idle, _: ActiveTime(seconds, idle, clock))
    return clock


@pytest.fixture
def a_scored_case(an_open_case):
    """The panel at the step Correct of a case that has a score already."""
    save_prediction(an_open_case.case, full_prediction())
    (
        an_open_case.case.folder / "readings.csv"
    ).unlink()  # rows of the other scans, whose masks are only pictures
    an_open_case.refresh()
    an_open_case.goTo("correct")
    yield an_open_case
    an_open_case.steps["correct"].sceneClosed()


def voxels(path):
    return sitk.GetArrayFromImage(read_mask(path))


def told(panel):
    """Every word that the window shows now."""
    import qt

    window = panel.ui.stepArea.window()
    kinds = (qt.QLabel, qt.QLineEdit, qt.QAbstractButton)
    seen = [one.text for kind in kinds for one in window.findChildren(kind) if one.visible]
    for box in window.findChildren(qt.QListWidget):
        seen += [box.item(row).text() for row in range(box.count) if box.visible]
    return "\n".join(seen)


def read(panel, clock, reader, seconds, radius):
    """Open a reading as this reader, draw a block of so many voxels, save and close; returns what was seen first."""
    edit = widget(panel, "readerEdit")
    edit.text = reader
    edit.editingFinished.emit()
    click(panel, "openReadingButton")
    reading = panel.steps["correct"].reading
    assert (reading.state.reader, reading.volume) == (reader, SCAN), panel.ui.statusLabel.text
    first = sitk.GetArrayFromImage(panel.scene.maskImage(SCAN))
    shown = told(panel)
    clock.now += seconds
    _draw(panel, reading, first, radius)
    click(panel, "saveVersionButton")
    click(panel, "closeReadingButton")
    panel.runner.finish()
    return first, shown


def _draw(panel, reading, array, radius):
    import slicer

    drawn = array.copy()
    z, y, x = (round(place) for place in np.argwhere(array).mean(axis=0))
    drawn[z, y - radius : y + radius, x - radius : x + radius] = 0
    slicer.util.updateSegmentBinaryLabelmapFromArray(
        drawn, reading.node, "Liver", panel.scene.volumeNode(SCAN)
    )


def test_two_readers_read_one_scan_blinded_and_their_agreement_is_computed(a_scored_case, a_clock, tmp_path):
    panel, case = a_scored_case, a_scored_case.case
    start = voxels(case.current_mask(SCAN))
    score = f"{full_prediction().headline().score:.2f}"
    assert score in widget(panel, "headline").text

    seen, shown = read(panel, a_clock, "reader-1", 40.0, 2)
    assert np.array_equal(seen, start) and score not in shown
    seen, shown = read(panel, a_clock, "reader-2", 25.0, 4)
    mine, theirs = case.mask_versions(SCAN)[1:]
    assert (mine.maker, theirs.maker) == ("reader-1", "reader-2")
    # the second reader began where the first one had begun, and saw neither that mask nor a score
    assert np.array_equal(seen, start) and not np.array_equal(voxels(mine.path), start)
    assert score not in shown and "reader-1" not in shown and mine.path.name not in shown
    assert case.current_mask(SCAN) == mine.path

    rows = [row for row in case.readings() if row["volume"] == SCAN]
    assert [(row["reader"], row["reading"], row["start"], row["version"]) for row in rows] == [
        ("reader-1", "1", "auto", mine.path.name),
        ("reader-2", "1", "auto", theirs.path.name),
    ]
    assert [float(row["active_seconds"]) for row in rows] == [40.0, 25.0]
    compare(case, mine.path, theirs.path, tmp_path / "agreement")


def compare(case, mine, theirs, out):
    """`lwctr readings agreement` finds these two readings and the overlap that their voxels have."""
    code, _, _ = run_command(["readings", "agreement", str(case.folder), "-o", str(out)])
    assert code == 0
    with (out / "agreement.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(line for line in stream if not line.startswith("#"))]
    row = next(row for row in rows if "reader-1" in str(row) and "reader-2" in str(row))
    one, two = voxels(mine) > 0, voxels(theirs) > 0
    assert row["volume"] == SCAN
    dice = 2 * (one & two).sum() / (one.sum() + two.sum())
    assert float(row["dice"]) == pytest.approx(dice, abs=1e-6) and dice < 1


def test_a_second_reader_meets_no_trace_of_the_first_while_reading(a_scored_case, a_clock, a_slicer):
    panel = a_scored_case
    read(panel, a_clock, "reader-1", 10.0, 2)
    write_findings(panel.case, [Finding("mask-holes", "the liver mask has holes", SCAN)])
    panel.refresh()
    assert "holes" in told(panel)
    widget(panel, "readerEdit").text = "reader-2"
    widget(panel, "readerEdit").editingFinished.emit()
    click(panel, "openReadingButton")
    masks = a_slicer.util.getNodesByClass("vtkMRMLSegmentationNode")
    assert [node.GetAttribute("LWCTR.volume") for node in masks] == [SCAN]
    assert not panel.ui.noticeLabel.visible
    assert "holes" not in told(panel), "what the checks found in the first reader's mask"
    panel.goTo("segment")
    assert "reader-1" not in told(panel) and "holes" not in told(panel)
    assert "mask" not in panel.list.buttons["correct"].toolTip
    panel.goTo("patient")
    click(panel, "checkButton")
    panel.runner.onEvent({"event": "warning", "text": "the liver mask has holes"})
    panel.runner.finish()
    assert "done" in panel.ui.statusLabel.text and "holes" not in told(panel)
    panel.goTo("correct")
    for step in ("features", "clinical", "result", "report"):
        panel.goTo(step)
        assert panel.current == "correct" and "Close the reading first" in panel.ui.statusLabel.text
    code, events, _ = run_command(["readings", "--progress", "json", "agreement", str(panel.case.folder)])
    assert code == 0 and "is being read and was left out" in json.dumps(events)
    assert "dice" not in json.dumps(events)


def test_both_readers_answer_mrecist_in_the_panel_and_a_third_rules_where_they_differ(a_scored_case):
    panel = a_scored_case
    panel.goTo("clinical")

    def answer(reader, category, name="saveMrecistButton"):
        widget(panel, "mrecistReader").text = reader
        box = widget(panel, "mrecistCategory")
        box.setCurrentIndex(box.findData(category))
        click(panel, name)
        return widget(panel, "mrecistState").text

    assert "PR" not in answer("reader-1", "PR") and not widget(panel, "ruleMrecistButton").enabled
    assert "They differ" in answer("reader-2", "PD")
    assert Case(panel.case.folder).load_info().clinical.get("mrecist") is None
    assert "Result: PR" in answer("reader-3", "PR", "ruleMrecistButton")
    assert Case(panel.case.folder).load_info().clinical["mrecist"] == "PR"
    code, events, _ = run_command(["readings", "--progress", "json", "mrecist", str(panel.case.folder)])
    assert code == 0 and "reader-3" in json.dumps(events)
