"""The export of step 7 for real: a child process writes DICOM SEG and SR, which highdicom reads back."""

from __future__ import annotations

import highdicom
import numpy as np
import pydicom
import pytest
import SimpleITK as sitk

from LWCTRLogic.imaging.masks import read_mask
from LWCTRLogic.segment.quality import volume_ml
from Testing.slicer.panel_tools import click, widget
from Testing.unit.export_case import make_export_case, numbers, voxels_by_highdicom, write_study


@pytest.fixture
def at_export(a_panel, tmp_path, monkeypatch):
    """The panel at step 7 with a case read from the DICOM series beside it, and a folder to write to."""
    dicom, out = tmp_path / "DICOM é", tmp_path / "for the PACS"
    write_study(dicom)
    out.mkdir()
    case = make_export_case(tmp_path / "case", dicom)
    panel = a_panel.panel
    assert panel.openCase(case.folder)
    panel.goTo("report")
    monkeypatch.setattr("qt.QFileDialog.getExistingDirectory", lambda *_: str(out))
    panel.dicom, panel.out = dicom, out
    return panel


def written(panel, wait_until):
    """Press the button and wait for the child; the files by their names."""
    click(panel, "identifiedButton")
    wait_until(lambda: not panel.runner.running, 120)
    assert "done" in panel.ui.statusLabel.text, panel.ui.statusLabel.text
    return {path.name: path for path in panel.out.glob("*.dcm")}


def check_masks(panel, files):
    for volume in ("pre_A", "pre_V"):
        mask = read_mask(panel.case.current_mask(volume))
        back = voxels_by_highdicom(files[f"{volume}_seg.dcm"], mask)
        np.testing.assert_array_equal(back, sitk.GetArrayFromImage(mask))


def test_the_identified_export_names_the_patient_and_holds_every_voxel_and_volume(at_export, wait_until):
    panel = at_export
    widget(panel, "sourceDicom").setCurrentPath(str(panel.dicom))
    widget(panel, "confirmEdit").text = panel.parameters.caseId
    widget(panel, "creatorEdit").text = "reader-1=Doe^Jane"
    files = written(panel, wait_until)
    assert set(files) == {"pre_A_seg.dcm", "pre_V_seg.dcm", "pre_A_pre_V_sr.dcm"}
    check_masks(panel, files)
    source = pydicom.dcmread(next(panel.dicom.rglob("*.dcm")), stop_before_pixels=True)
    segmentation = pydicom.dcmread(files["pre_A_seg.dcm"])
    report = highdicom.sr.srread(files["pre_A_pre_V_sr.dcm"])
    for made in (segmentation, report):
        assert (made.PatientID, made.StudyInstanceUID) == (source.PatientID, source.StudyInstanceUID)
    assert segmentation.ContentCreatorName == "Doe^Jane"
    told = numbers(report)
    for volume in ("pre_A", "pre_V"):
        millilitres = volume_ml(read_mask(panel.case.current_mask(volume)))
        key = (f"LW-1 {volume} liver", "118565006", "SCT")
        assert told[key] == (pytest.approx(millilitres, rel=1e-6), "mL")
    assert "Doe^Jane" in str(report) and "score" not in str(report).lower()


def test_an_export_with_generated_uids_names_nobody_and_holds_every_voxel(at_export, wait_until):
    panel = at_export
    widget(panel, "generatedBox").click()
    files = written(panel, wait_until)
    check_masks(panel, files)
    source = pydicom.dcmread(next(panel.dicom.rglob("*.dcm")), stop_before_pixels=True)
    for path in files.values():
        made = pydicom.dcmread(path)
        assert made.PatientID == panel.parameters.caseId
        assert str(source.PatientName) not in str(made) and made.StudyInstanceUID != source.StudyInstanceUID
    assert (
        len(list((panel.out / "pre_A_ct").glob("*.dcm")))
        == read_mask(panel.case.current_mask("pre_A")).GetSize()[2]
    )


def test_a_folder_without_the_original_series_is_refused_in_words(at_export, wait_until, tmp_path):
    panel = at_export
    (tmp_path / "another").mkdir()
    widget(panel, "sourceDicom").setCurrentPath(str(tmp_path / "another"))
    widget(panel, "confirmEdit").text = panel.parameters.caseId
    click(panel, "identifiedButton")
    wait_until(lambda: not panel.runner.running, 120)
    assert "\u26a0" in panel.ui.statusLabel.text and list(panel.out.iterdir()) == []
