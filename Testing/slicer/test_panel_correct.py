"""Step 3: readings in the Segment Editor: versions, autosave, switches, crash, blinding."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.imaging.masks import read_mask
from LWCTRLogic.reading.session import open_reading, unfinished
from Testing.report_cases import make_case
from Testing.slicer.panel_tools import click, said, widget


@pytest.fixture
def at_correct(an_open_case):
    an_open_case.goTo("correct")
    return an_open_case


@pytest.fixture
def a_reading(at_correct):
    """The panel with a reading of pre_A open."""
    click(at_correct, "openReadingButton")
    yield at_correct
    at_correct.steps["correct"].sceneClosed()


def draw(panel, voxels=1):
    """Add voxels to the mask of the open reading, as an effect of the editor does; returns the drawn mask."""
    import slicer

    reading = panel.steps["correct"].reading
    image = panel.scene.maskImage(reading.volume)
    array = sitk.GetArrayFromImage(image)
    z, y, x = np.argwhere(array)[0]
    array[z, y, x - voxels : x] = 1
    slicer.util.updateSegmentBinaryLabelmapFromArray(
        array, reading.node, "Liver", panel.scene.volumeNode(reading.volume)
    )
    return array


def test_without_a_case_no_reading_can_be_opened(a_quiet_panel):
    a_quiet_panel.goTo("correct")
    assert not widget(a_quiet_panel, "openReadingButton").enabled
    assert not widget(a_quiet_panel, "saveVersionButton").enabled
    click(a_quiet_panel, "propagateButton")
    assert "Open a case" in said(a_quiet_panel)


def test_opening_a_reading_shows_the_editor_on_the_mask_and_hides_every_other(a_reading, a_slicer):
    panel = a_reading
    step = panel.steps["correct"]
    assert step.editor.widget.visible and step.editor.widget.segmentationNode() is step.reading.node
    assert [
        node.GetAttribute("LWCTR.volume") for node in a_slicer.util.getNodesByClass("vtkMRMLSegmentationNode")
    ] == ["pre_A"]
    assert "reader-1, reading 1" in widget(panel, "readingLabel").text
    assert not widget(panel, "readerEdit").enabled and not widget(panel, "openReadingButton").enabled
    assert step.editor.widget.maximumNumberOfUndoStates >= 5


def test_each_save_is_a_new_version_with_its_row_and_the_earlier_ones_stay(a_reading):
    panel = a_reading
    case = panel.case
    before = case.mask_versions("pre_A")[0].path.read_bytes()
    drawn = draw(panel)
    assert panel.steps["correct"].reading.dirty
    click(panel, "saveVersionButton")
    versions = case.mask_versions("pre_A")
    assert [one.maker for one in versions] == ["auto", "reader-1"]
    assert versions[0].path.read_bytes() == before
    assert np.array_equal(sitk.GetArrayFromImage(read_mask(versions[1].path)), drawn)
    row = case.readings()[-1]
    assert (row["reader"], row["reading"], row["start"], row["version"]) == (
        "reader-1", "1", "auto", versions[1].path.name,
    )  # fmt: skip
    assert float(row["active_seconds"]) >= 0
    assert case.current_mask("pre_A") == versions[1].path
    assert "Saved v0002_reader-1" in said(panel)
    assert panel.query.last[:1] == ["check"] and str(versions[1].path) in panel.query.last


def test_a_version_may_be_kept_without_using_it(a_reading):
    draw(a_reading)
    widget(a_reading, "inUseBox").checked = False
    click(a_reading, "saveVersionButton")
    assert a_reading.case.current_mask("pre_A").name == "v0001_auto.seg.nrrd"


def test_a_second_readers_mask_replaces_the_first_readers_only_when_asked(a_reading):
    panel = a_reading
    draw(panel)
    assert widget(panel, "inUseBox").checked
    click(panel, "saveVersionButton")
    first = panel.case.current_mask("pre_A")
    click(panel, "closeReadingButton")
    panel.runner.finish()
    panel.parameters.reader = "reader-2"
    panel.refresh()
    click(panel, "openReadingButton")
    assert not widget(panel, "inUseBox").checked
    draw(panel, 2)
    click(panel, "saveVersionButton")
    assert panel.case.current_mask("pre_A") == first and len(panel.case.mask_versions("pre_A")) == 3


def test_an_empty_mask_is_refused_and_nothing_is_saved(a_reading):
    import slicer

    panel = a_reading
    node = panel.scene.volumeNode("pre_A")
    empty = np.zeros(slicer.util.arrayFromVolume(node).shape, np.uint8)
    slicer.util.updateSegmentBinaryLabelmapFromArray(
        empty, panel.steps["correct"].reading.node, "Liver", node
    )
    click(panel, "saveVersionButton")
    assert "\u26a0" in said(panel) and "empty" in said(panel)
    assert len(panel.case.mask_versions("pre_A")) == 1


def test_closing_asks_for_a_version_of_what_is_drawn_and_then_shows_everything_again(a_reading, a_slicer):
    panel = a_reading
    draw(panel)
    click(panel, "closeReadingButton")
    assert "Save a version first" in said(panel) and panel.blinded
    click(panel, "saveVersionButton")
    click(panel, "closeReadingButton")
    assert not panel.blinded and not panel.steps["correct"].editor.widget.visible
    assert len(a_slicer.util.getNodesByClass("vtkMRMLSegmentationNode")) == 4
    assert panel.runner.last[:1] == ["check"]


def test_undo_all_goes_back_to_the_last_version_after_asking(a_reading, monkeypatch):
    panel = a_reading
    start = sitk.GetArrayFromImage(panel.scene.maskImage("pre_A"))
    draw(panel, 2)
    monkeypatch.setattr("slicer.util.confirmOkCancelDisplay", lambda *_, **__: False)
    click(panel, "discardButton")
    assert panel.steps["correct"].reading.dirty
    monkeypatch.setattr("slicer.util.confirmOkCancelDisplay", lambda *_, **__: True)
    click(panel, "discardButton")
    assert np.array_equal(sitk.GetArrayFromImage(panel.scene.maskImage("pre_A")), start)
    click(panel, "closeReadingButton")
    assert not panel.blinded


def test_what_is_drawn_is_kept_each_minute_and_at_each_switch(a_reading):
    panel = a_reading
    reading = panel.steps["correct"].reading
    from LWCTRWidgets.SceneReading import AUTOSAVE_MS

    assert reading._timer.interval == AUTOSAVE_MS == 60_000 and reading._timer.active
    reading._timer.timeout.emit()
    assert reading.session.autosave_path is None  # nothing drawn, nothing written
    drawn = draw(panel)
    reading._timer.timeout.emit()
    kept = reading.session.autosave_path
    assert np.array_equal(sitk.GetArrayFromImage(read_mask(kept)), drawn)
    assert panel.query.last[:1] == ["check"] and str(kept) in panel.query.last
    drawn = draw(panel, 2)
    panel.goTo("segment")
    assert np.array_equal(sitk.GetArrayFromImage(read_mask(kept)), drawn)


def test_the_checks_of_what_is_drawn_are_told_beside_it(a_reading):
    panel = a_reading
    draw(panel)
    click(panel, "checkMaskButton")
    finding = {"code": "mask-holes", "text": "The liver mask has 3 holes", "volume": "pre_A", "accepted": ""}
    panel.query.onEvent({"event": "result", "findings": [finding]})
    assert "\u26a0 The liver mask has 3 holes" in widget(panel, "liveLabel").text
    panel.query.onEvent({"event": "result", "findings": []})
    assert "\u2713" in widget(panel, "liveLabel").text


def test_a_check_of_what_nobody_changed_leaves_nothing_to_save(a_reading):
    click(a_reading, "checkMaskButton")
    assert a_reading.query.last[-3].endswith("v0001_auto.seg.nrrd")
    click(a_reading, "closeReadingButton")
    assert not a_reading.blinded


def test_going_to_the_next_scan_keeps_the_work_and_coming_back_resumes_it(a_reading):
    panel = a_reading
    drawn = draw(panel)
    click(panel, "nextScanButton")
    assert panel.parameters.volume == "pre_V" and panel.steps["correct"].reading is None
    assert panel.blinded  # the first reading is still open
    click(panel, "previousScanButton")
    assert panel.steps["correct"].reading.volume == "pre_A"
    click(panel, "nextScanButton")
    click(panel, "openReadingButton")
    click(panel, "previousScanButton")
    assert panel.steps["correct"].reading.volume == "pre_A"
    assert np.array_equal(sitk.GetArrayFromImage(panel.scene.maskImage("pre_A")), drawn)


def test_a_crash_offers_the_last_state(at_correct, a_case):
    reading = open_reading(a_case, "post_A", "reader-4", start="auto")
    work = reading.mask()
    work[60, 45, 20] = 1
    reading.autosave(work)
    reading.leave()
    panel = at_correct
    panel.refresh()
    assert widget(panel, "recoveryGroup").visible
    assert (
        "reader-4" in widget(panel, "recoveryLabel").text
        and "no version holds" in widget(panel, "recoveryLabel").text
    )
    click(panel, "resumeButton")
    assert panel.parameters.volume == "post_A" and panel.parameters.reader == "reader-4"
    assert panel.scene.maskImage("post_A")[60, 45, 20] == 1
    assert not widget(panel, "recoveryGroup").visible
    panel.steps["correct"].sceneClosed()


def test_a_reading_left_open_can_be_given_up_after_asking(at_correct, a_case, monkeypatch):
    open_reading(a_case, "post_A", "reader-4", start="auto").leave()
    panel = at_correct
    panel.refresh()
    monkeypatch.setattr("slicer.util.confirmOkCancelDisplay", lambda *_, **__: False)
    click(panel, "abandonButton")
    assert len(unfinished(a_case)) == 1
    monkeypatch.setattr("slicer.util.confirmOkCancelDisplay", lambda *_, **__: True)
    click(panel, "abandonButton")
    assert unfinished(a_case) == [] and not panel.blinded


def test_a_closed_scene_keeps_what_was_drawn(a_reading, a_slicer, a_case):
    drawn = draw(a_reading)
    a_slicer.mrmlScene.Clear()
    a_slicer.app.processEvents()
    left = unfinished(a_case)
    assert len(left) == 1 and not left[0].held
    assert np.array_equal(sitk.GetArrayFromImage(read_mask(left[0].autosave)), drawn)


def test_a_reader_that_is_a_name_is_refused(at_correct):
    widget(at_correct, "readerEdit").text = "Dr. Jane Doe"
    click(at_correct, "openReadingButton")
    assert "pseudonym" in said(at_correct) and not at_correct.blinded


def test_the_start_can_be_empty_and_is_kept_in_the_scene(at_correct):
    panel = at_correct
    box = widget(panel, "startSelector")
    assert {box.itemData(index) for index in range(box.count)} == {"auto", "empty"}
    box.setCurrentIndex(box.findData("empty"))
    box.activated.emit(box.currentIndex)
    click(panel, "openReadingButton")
    assert sitk.GetArrayFromImage(panel.scene.maskImage("pre_A")).sum() == 0
    assert panel.parameters.startedFrom == "empty"
    panel.steps["correct"].sceneClosed()


def test_a_reading_starts_from_the_mask_that_there_is_rather_than_from_an_empty_one(at_correct):
    panel, box = at_correct, widget(at_correct, "startSelector")
    mask = panel.case.current_mask("pre_A")
    panel.case.set_current_mask("pre_A", mask.rename(mask.with_name("v0001_existing.seg.nrrd")))
    panel.refresh()
    assert {box.itemData(index) for index in range(box.count)} == {"empty", "existing"}
    click(panel, "openReadingButton")
    assert panel.steps["correct"].reading.state.start == "existing"
    assert sitk.GetArrayFromImage(panel.scene.maskImage("pre_A")).any()
    panel.steps["correct"].sceneClosed()


def test_a_scan_without_a_mask_does_not_make_the_next_one_start_empty(at_correct):
    panel, box = at_correct, widget(at_correct, "startSelector")
    masks = panel.case.mask_folder("pre_A")
    aside = masks.rename(masks.with_name("aside"))
    panel.refresh()
    assert [box.itemData(index) for index in range(box.count)] == ["empty"]
    click(panel, "openReadingButton")
    click(panel, "closeReadingButton")
    panel.runner.finish()
    shutil.rmtree(masks, ignore_errors=True)
    aside.rename(masks)
    panel.refresh()
    assert box.itemData(box.currentIndex) == "auto"


def test_a_mask_that_cannot_be_read_is_told_and_the_reading_can_be_given_up(at_correct, monkeypatch):
    panel = at_correct
    panel.case.current_mask("pre_A").write_bytes(b"NRRD0004 and no more")
    click(panel, "openReadingButton")
    assert "v0001_auto.seg.nrrd" in said(panel) and panel.steps["correct"].reading is None
    monkeypatch.setattr("slicer.util.confirmOkCancelDisplay", lambda *_, **__: True)
    click(panel, "abandonButton")
    assert not panel.blinded


def test_a_case_that_cannot_be_written_opens_no_reading_and_says_why(at_correct):
    folder = at_correct.case.folder / "open-readings"
    folder.write_text("a file where a folder must be")
    click(at_correct, "openReadingButton")
    assert "could not be written" in said(at_correct) and not at_correct.blinded


def test_a_mask_is_carried_over_by_the_command_and_must_be_looked_at(at_correct):
    panel = at_correct
    box = widget(panel, "propagateFrom")
    box.setCurrentIndex(box.findData("pre_V"))
    click(panel, "propagateButton")
    assert panel.runner.last[2:4] == ["--propagate", "pre_V:pre_A"]
    panel.runner.finish()
    assert "look at every slice" in said(panel)


def test_the_convention_is_one_click_away_with_its_picture(at_correct):
    import qt
    from LWCTRWidgets import MaskConvention

    click(at_correct, "conventionButton")
    dialog = MaskConvention._shown[0]
    words = " ".join(one.text for one in dialog.findChildren(qt.QLabel))
    for term in ("every tumour", "thrombus", "gallbladder", "ascites", "ablation material"):
        assert term in words
    assert any(not one.pixmap.isNull() for one in dialog.findChildren(qt.QLabel) if one.pixmap is not None)
    dialog.close()


def test_no_effect_draws_on_in_another_step_or_after_the_reading(a_reading):
    panel = a_reading
    editor = panel.steps["correct"].editor.widget
    editor.setActiveEffectByName("Paint")
    panel.goTo("segment")
    assert editor.activeEffect() is None and panel.steps["correct"].reading is not None
    panel.goTo("correct")
    editor.setActiveEffectByName("Erase")
    click(panel, "closeReadingButton")
    assert editor.activeEffect() is None and editor.segmentationNode() is None


def test_going_to_another_module_and_back_leaves_the_drawing_and_shows_no_other_mask(
    a_panel, a_reading, a_slicer
):
    drawn = draw(a_reading)
    a_panel.exit()
    a_panel.enter()
    assert np.array_equal(sitk.GetArrayFromImage(a_reading.scene.maskImage("pre_A")), drawn)
    assert len(a_slicer.util.getNodesByClass("vtkMRMLSegmentationNode")) == 1


def test_a_case_with_a_reading_left_open_shows_no_mask_before_it_is_resumed(at_correct, a_case, a_slicer):
    open_reading(a_case, "post_A", "reader-4", start="empty").leave()
    at_correct.openCase(a_case.folder, silent=True)
    assert len(a_slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")) == 4
    assert a_slicer.util.getNodesByClass("vtkMRMLSegmentationNode") == []


def test_another_case_keeps_what_was_drawn_in_this_one(a_reading, a_case, tmp_path):
    drawn = draw(a_reading)
    assert a_reading.openCase(make_case(tmp_path / "other").folder)
    assert a_reading.steps["correct"].reading is None and not a_reading.blinded
    (left,) = unfinished(a_case)
    assert np.array_equal(sitk.GetArrayFromImage(read_mask(left.autosave)), drawn)


def test_the_views_scroll_together_by_the_livers_while_their_masks_are_hidden(at_correct):
    panel = at_correct
    panel.views.showFour()
    before = panel.views.sliceNode("post_V").GetSliceOffset()
    click(panel, "openReadingButton")
    draw(panel)
    here = panel.views.sliceNode("pre_A")
    here.SetSliceOffset(here.GetSliceOffset() + 7.5)
    assert panel.views.sliceNode("post_V").GetSliceOffset() == pytest.approx(before + 7.5)
    panel.steps["correct"].sceneClosed()
