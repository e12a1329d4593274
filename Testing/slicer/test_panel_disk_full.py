"""A disk that is full, or a folder that cannot be written: nothing drawn or typed is let go, and the line says so."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic import files
from LWCTRLogic.imaging.masks import read_mask
from LWCTRLogic.reading import drawing
from LWCTRLogic.reading.session import unfinished
from Testing.report_cases import make_case
from Testing.slicer.panel_tools import click, said, widget
from Testing.slicer.test_panel_correct import draw

FULL = OSError(28, "No space left on device")


def refuse(*arguments):
    raise files.cannot_write(arguments[-1], FULL)


@pytest.fixture
def a_drawing(an_open_case, monkeypatch):
    """The panel with something drawn in a reading of pre_A, on a disk that is full."""
    an_open_case.goTo("correct")
    click(an_open_case, "openReadingButton")
    an_open_case.drawn = draw(an_open_case)
    monkeypatch.setattr(drawing, "write_mask", refuse)
    monkeypatch.setattr(drawing.states, "write_state", refuse)
    yield an_open_case
    monkeypatch.undo()
    an_open_case.steps["correct"].sceneClosed()


def still_drawn(panel):
    reading = panel.steps["correct"].reading
    there = sitk.GetArrayFromImage(panel.scene.maskImage("pre_A"))
    return reading is not None and reading.dirty and np.array_equal(there, panel.drawn)


def test_an_autosave_that_fails_is_told_and_tried_again(a_drawing, monkeypatch):
    reading = a_drawing.steps["correct"].reading
    reading._timer.timeout.emit()
    assert "could not be kept" in said(a_drawing) and "Free some space" in said(a_drawing)
    assert still_drawn(a_drawing)
    monkeypatch.undo()
    reading._timer.timeout.emit()
    assert np.array_equal(sitk.GetArrayFromImage(read_mask(reading.session.autosave_path)), a_drawing.drawn)
    assert "Kept what is drawn" in said(a_drawing)


def test_another_scan_is_not_shown_while_the_drawing_cannot_be_kept(a_drawing):
    click(a_drawing, "nextScanButton")
    assert "could not be kept" in said(a_drawing) and still_drawn(a_drawing)
    box = widget(a_drawing, "volumeSelector")
    assert a_drawing.parameters.volume == "pre_A" == box.itemData(box.currentIndex)


def test_another_case_is_not_opened_while_the_drawing_cannot_be_kept(a_drawing, a_case, tmp_path):
    other = make_case(tmp_path / "other")
    assert not a_drawing.openCase(other.folder)
    assert "could not be kept" in said(a_drawing) and still_drawn(a_drawing)
    assert a_drawing.case.folder == a_case.folder


def test_another_step_tells_that_the_drawing_is_not_kept_and_leaves_it_in_the_scene(a_drawing):
    a_drawing.goTo("patient")
    assert "could not be kept" in said(a_drawing) and still_drawn(a_drawing)
    a_drawing.goTo("correct")
    a_drawing.leave()  # another module
    assert "could not be kept" in said(a_drawing) and still_drawn(a_drawing)


def test_a_scene_that_is_closed_lets_go_of_the_reading_so_that_it_can_be_resumed(a_drawing, a_slicer, a_case):
    a_slicer.mrmlScene.Clear()
    a_slicer.app.processEvents()
    left = unfinished(a_case)
    assert len(left) == 1 and not left[0].held


def test_a_reading_of_a_worklist_that_cannot_be_opened_is_told_and_not_announced(an_open_case, monkeypatch):
    panel = an_open_case
    panel.goTo("correct")
    monkeypatch.setattr(drawing.states, "write_state", refuse)
    item = {
        "case": str(panel.case.folder),
        "volume": "pre_A",
        "reader": "reader-2",
        "reading": 1,
        "start": "auto",
    }
    panel.steps["correct"].worklist._onNext({"event": "next", "item": item, "due": "", "done": 0, "total": 4})
    assert panel.steps["correct"].reading is None and "could not be written" in said(panel)


@pytest.mark.parametrize("step", ["patient", "segment", "correct", "features", "result", "report"])
def test_a_case_folder_that_went_away_is_told_by_whatever_is_clicked(an_open_case, tmp_path, step):
    import qt

    panel = an_open_case
    panel.goTo(step)
    folder = panel.case.folder
    folder.rename(tmp_path / "away")
    runners = ("demoButton", "lookButton", "nextReadingButton", "conventionButton", "alignButton")
    for one in panel.steps[step].section.findChildren(qt.QPushButton):
        if one.enabled and one.visible and one.objectName not in runners:
            one.click()
            if panel.runner.running:
                panel.runner.finish(3, f"{folder} holds no case.json")
    panel.ui.nextButton.click()
    assert panel.case is None and not folder.exists()
    (tmp_path / "away").rename(folder)
    assert panel.openCase(folder)


def test_a_drawing_outlives_that_its_case_folder_goes_away_and_comes_back(an_open_case, tmp_path):
    panel = an_open_case
    panel.goTo("correct")
    click(panel, "openReadingButton")
    panel.drawn = draw(panel)
    folder = panel.case.folder
    folder.rename(tmp_path / "away")
    for name in ("saveVersionButton", "checkMaskButton", "nextScanButton", "previousScanButton"):
        widget(panel, name).click()
        assert "\u26a0" in said(panel) and still_drawn(panel), name
    assert not folder.exists(), "nothing is written where the case was"
    (tmp_path / "away").rename(folder)
    assert panel.openCase(folder)
    left = unfinished(panel.case)
    assert np.array_equal(sitk.GetArrayFromImage(read_mask(left[0].autosave)), panel.drawn)


def test_typed_values_that_cannot_be_saved_are_told_when_the_step_is_left(an_open_case, monkeypatch):
    panel = an_open_case
    panel.goTo("clinical")
    panel.steps["clinical"].saveButton.enabled = True
    monkeypatch.setattr(type(panel.case), "save_info", lambda case, info: refuse(case.info_path))
    panel.goTo("patient")
    assert panel.current == "patient" and "could not be written" in said(panel)
