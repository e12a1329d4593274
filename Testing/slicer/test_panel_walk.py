"""The whole demonstration clicked through: from an empty scene to a report, saved, opened again, moved."""

from __future__ import annotations

import shutil
from dataclasses import replace

import highdicom
import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.case import VOLUMES, Case
from LWCTRLogic.imaging.masks import read_mask
from LWCTRLogic.reading.session import open_reading
from LWCTRLogic.segment.quality import volume_ml
from Testing.slicer.panel_tools import InProcessRunner, Wait, click, said, use_small_patients, widget
from Testing.unit.export_case import numbers, voxels_by_highdicom


@pytest.fixture
def a_walker(a_panel, monkeypatch, tmp_path):
    """The panel, with commands that run in this process on a small phantom."""
    use_small_patients(monkeypatch)
    a_panel.panel.runner = InProcessRunner()
    a_panel.panel.query = InProcessRunner(draw=False)
    return a_panel


def finished(panel) -> bool:
    return not panel.runner.running and not panel.query.running


def test_the_whole_case_from_an_empty_scene_to_a_report_saved_opened_and_moved(
    a_walker, a_slicer, wait_until: Wait, tmp_path, monkeypatch
):
    panel, folder = a_walker.panel, tmp_path / "patient é 1"

    def done():
        wait_until(lambda: finished(panel), 120)

    # 1 Patient
    widget(panel, "caseFolder").setCurrentPath(str(folder))
    click(panel, "demoButton")
    done()
    assert panel.parameters.caseId == "phantom-12" and panel.states["patient"][0] == "done", said(panel)
    assert len(a_slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")) == 4
    # 2 Segment
    panel.ui.nextButton.click()
    done()
    click(panel, "segmentButton")
    done()
    assert panel.states["segment"][0] == "done", said(panel)
    assert panel.scene.maskNode("post_V") is not None
    # 3 Correct
    panel.ui.nextButton.click()
    for _ in VOLUMES:
        click(panel, "openReadingButton")
        assert panel.states["result"][0] == "locked"
        panel.steps["correct"].reading.dirty = True
        click(panel, "saveVersionButton")
        click(panel, "closeReadingButton")
        done()
        widget(panel, "nextScanButton").click()
    accept_every_warning(panel)
    assert panel.states["correct"][0] == "done", panel.states["correct"]
    # 4 Features
    panel.ui.nextButton.click()
    click(panel, "extractButton")
    done()
    assert panel.states["features"][0] == "done", said(panel)
    assert panel.steps["features"].node.GetNumberOfRows() == 1316
    # 5 Clinical
    panel.ui.nextButton.click()
    done()
    answers = (("reader-1", "PD", "save"), ("reader-2", "SD", "save"), ("reader-3", "SD", "rule"))
    for reader, category, button in answers:
        widget(panel, "mrecistReader").text = reader
        box = widget(panel, "mrecistCategory")
        box.setCurrentIndex(box.findData(category))
        click(panel, f"{button}MrecistButton")
    assert Case(folder).load_info().clinical["mrecist"] == "SD"
    # 6 Result
    panel.ui.nextButton.click()
    click(panel, "predictButton")
    done()
    assert panel.states["result"][0] == "done", said(panel)
    assert "not for clinical use" in panel.ui.noticeLabel.text and panel.ui.noticeLabel.visible
    assert widget(panel, "picture_gauge").visible
    click(panel, "plotButton")
    assert a_slicer.util.getNodesByClass("vtkMRMLPlotChartNode")
    # 7 Report
    panel.ui.nextButton.click()
    click(panel, "reportButton")
    done()
    assert panel.states["report"][0] == "done", said(panel)
    assert len(panel.steps["report"].pages) == 2
    click(panel, "laterPageButton")
    assert "2 of 2" in widget(panel, "pageLabel").text
    monkeypatch.setattr("qt.QFileDialog.getExistingDirectory", lambda *_: str(tmp_path))
    click(panel, "saveReportButton")
    assert (tmp_path / "phantom-12-report.pdf").read_bytes() == (folder / "report.pdf").read_bytes()

    export(panel, done, tmp_path / "for the PACS", monkeypatch)
    reopen(panel, a_slicer, folder, tmp_path)


def export(panel, done, out, monkeypatch):
    """Masks as DICOM SEG and measurements as SR, which highdicom reads back equal."""
    out.mkdir()
    monkeypatch.setattr("qt.QFileDialog.getExistingDirectory", lambda *_: str(out))
    widget(panel, "generatedBox").click()
    click(panel, "identifiedButton")
    done()
    for volume in VOLUMES:
        mask = read_mask(panel.case.current_mask(volume))
        back = voxels_by_highdicom(out / f"{volume}_seg.dcm", mask)
        np.testing.assert_array_equal(back, sitk.GetArrayFromImage(mask))
    told = {}
    for path in out.glob("*_sr.dcm"):
        told.update(numbers(highdicom.sr.srread(path)))
    for volume in VOLUMES:
        millilitres, unit = told[f"phantom-12 {volume} liver", "118565006", "SCT"]
        mask = read_mask(panel.case.current_mask(volume))
        assert (millilitres, unit) == (pytest.approx(volume_ml(mask), rel=1e-6), "mL")


def accept_every_warning(panel):
    box = panel.steps["correct"].findings
    while any(not one.accepted for one in box.found):
        place = next(index for index, one in enumerate(box.found) if not one.accepted)
        box.list.setCurrentRow(place)
        box.reason.text = "a small phantom"
        click(panel, "correctAcceptButton")


def load(slicer, file):
    """Load a scene and let the panel follow it."""
    slicer.util.loadScene(str(file))
    for _ in range(3):
        slicer.app.processEvents()


def reopen(panel, slicer, folder, tmp_path):
    """Saved, closed and opened again; then with a newer mask; then with the folder somewhere else."""
    scene_file = tmp_path / "patient.mrb"
    panel.parameters.reader, panel.parameters.volume = "reader-7", "post_A"
    assert slicer.util.saveScene(str(scene_file))
    slicer.mrmlScene.Clear()
    slicer.app.processEvents()
    assert panel.case is None and panel.current == "patient"
    load(slicer, scene_file)
    assert panel.case is not None and panel.case.folder == folder
    assert (
        panel.current == "report"
        and panel.parameters.reader == "reader-7"
        and panel.parameters.volume == "post_A"
    )
    masks = slicer.util.getNodesByClass("vtkMRMLSegmentationNode")
    assert {node.GetAttribute("LWCTR.volume") for node in masks} == set(VOLUMES)
    assert "\u26a0" not in said(panel)

    reading = open_reading(Case(folder), "pre_A", "reader-9", start="auto")
    newer = reading.save_version(read_mask(Case(folder).mask_versions("pre_A")[0].path), in_use=True)
    reading.close()
    load(slicer, scene_file)
    assert newer.path.name in said(panel)
    assert panel.scene.maskNode("pre_A").GetAttribute("LWCTR.version") == newer.path.name
    assert panel.states["features"][0] == "attention"

    slicer.mrmlScene.Clear()
    elsewhere = tmp_path / "moved" / folder.name
    elsewhere.parent.mkdir()
    shutil.move(folder, elsewhere)
    moved_scene = tmp_path / "moved" / "patient.mrb"
    shutil.copy(scene_file, moved_scene)
    load(slicer, moved_scene)
    assert panel.case.folder == elsewhere and str(elsewhere) in said(panel)

    slicer.mrmlScene.Clear()
    shutil.move(elsewhere, tmp_path / "far away")
    load(slicer, scene_file)
    assert panel.case is None and "is not there any more" in said(panel)
    info = Case(tmp_path / "far away").load_info()
    assert replace(info).case_id == "phantom-12"
    widget(panel, "caseFolder").setCurrentPath(str(tmp_path / "far away"))
    click(panel, "openCaseButton")
    assert panel.case is not None and panel.states["patient"][0] == "done"
