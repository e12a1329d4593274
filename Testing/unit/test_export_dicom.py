"""DICOM SEG and SR: read back by highdicom and by us, and judged by dciodvfy."""

from __future__ import annotations

import shutil
import subprocess
import sys

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk

from LWCTRLogic import files
from LWCTRLogic.dicom.seg import read_dicom_seg
from LWCTRLogic.errors import BackendError, DependencyError, InputError
from LWCTRLogic.export import dicom as exporting
from LWCTRLogic.export.dicom import DicomOptions, export_dicom
from LWCTRLogic.imaging.geometry import lay_on_grid
from LWCTRLogic.imaging.masks import read_mask
from LWCTRLogic.imaging.volumes import read_image
from LWCTRLogic.radiomics.step import FeatureTable, write_table
from LWCTRLogic.reading.session import open_reading
from LWCTRLogic.segment.step import save_mask
from Testing.dicom_phantoms import torso, write_enhanced, write_series
from Testing.unit.export_case import (
    FRAME,
    STUDY,
    liver_like,
    make_export_case,
    numbers,
    voxels_by_highdicom,
    write_study,
)

pytest.importorskip("highdicom")
needs_dciodvfy = pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="needs Debian's dicom3tools")


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("études DICOM")
    write_study(folder)
    return folder


@pytest.fixture
def case(case_folder, study):
    return make_export_case(case_folder, study)


@pytest.fixture
def identified(case, study, tmp_path):
    written = export_dicom(case, tmp_path / "out", DicomOptions(study, {"reader-1": "Doe^Jane"}))
    return {path.name: path for path in written}


def errors_of(path):
    done = subprocess.run(["dciodvfy", str(path)], capture_output=True, text=True, check=False)
    return [line for line in (done.stdout + done.stderr).splitlines() if line.startswith(("Error", "Abort"))]


def texts(ds):
    """Every text, name and code meaning of a content tree."""
    found = []
    for item in ds.get("ContentSequence", []):
        found += [str(item.get(key)) for key in ("TextValue", "PersonName", "UID") if key in item]
        if "ConceptCodeSequence" in item:
            found.append(item.ConceptCodeSequence[0].CodeMeaning)
        found += texts(item)
    return found


def test_every_voxel_comes_back_through_our_reader_and_highdicoms(case, identified):
    for volume in ("pre_A", "pre_V"):
        mask = read_mask(case.current_mask(volume))
        wanted = sitk.GetArrayFromImage(mask)
        path = identified[f"{volume}_seg.dcm"]
        ours = lay_on_grid(read_dicom_seg(path), mask)
        np.testing.assert_array_equal(sitk.GetArrayFromImage(ours), wanted)
        np.testing.assert_array_equal(voxels_by_highdicom(path, mask), wanted)


def test_the_segmentation_belongs_to_the_patient_and_study_and_names_its_images(identified, study):
    ds = pydicom.dcmread(identified["pre_A_seg.dcm"])
    assert (ds.PatientName, ds.PatientID, ds.StudyInstanceUID) == ("Doe^Jane", "4711", STUDY)
    assert ds.FrameOfReferenceUID == FRAME
    originals = {pydicom.dcmread(path).SOPInstanceUID for path in (study / "arterial").iterdir()}
    named = {
        item.ReferencedSOPInstanceUID for item in ds.ReferencedSeriesSequence[0].ReferencedInstanceSequence
    }
    assert named <= originals
    segment = ds.SegmentSequence[0]
    assert segment.SegmentLabel == "Liver"
    assert segment.SegmentedPropertyTypeCodeSequence[0].CodeValue == "10200004"


def test_the_reader_is_the_creator_and_a_step_is_an_algorithm(identified):
    by_reader = pydicom.dcmread(identified["pre_A_seg.dcm"])
    assert by_reader.ContentCreatorName == "Doe^Jane"
    assert by_reader.SegmentSequence[0].SegmentAlgorithmType == "SEMIAUTOMATIC"
    by_step = pydicom.dcmread(identified["pre_V_seg.dcm"])
    assert not by_step.get("ContentCreatorName")
    assert by_step.SegmentSequence[0].SegmentAlgorithmType == "AUTOMATIC"


def test_the_report_has_the_volumes_of_both_livers_by_one_observer(case, identified):
    report = pydicom.dcmread(identified["pre_A_pre_V_sr.dcm"])
    assert report.StudyInstanceUID == STUDY
    assert "Doe^Jane" in texts(report)
    found = numbers(report)
    for volume in ("pre_A", "pre_V"):
        count = int(sitk.GetArrayFromImage(read_mask(case.current_mask(volume))).sum())
        number, unit = found[f"LW-1 {volume} liver", "118565006", "SCT"]
        assert number == pytest.approx(count * 8 * 8 * 5 / 1000, rel=1e-9)
        assert unit == "mL"


def test_highdicom_reads_the_report_as_tid_1500(identified):
    import highdicom

    report = highdicom.sr.srread(identified["pre_A_pre_V_sr.dcm"])
    groups = report.content.get_volumetric_roi_measurement_groups()
    assert [group.tracking_identifier for group in groups] == ["LW-1 pre_A liver", "LW-1 pre_V liver"]
    segment = pydicom.dcmread(identified["pre_A_seg.dcm"])
    assert groups[0].tracking_uid == segment.SegmentSequence[0].TrackingUID


@needs_dciodvfy
def test_dciodvfy_finds_no_error_in_identified_files(identified):
    assert {name: errors_of(path) for name, path in identified.items()} == {name: [] for name in identified}


@needs_dciodvfy
def test_dciodvfy_finds_no_error_in_generated_files(case, tmp_path):
    written = export_dicom(case, tmp_path / "out", DicomOptions())
    checked = [path for path in written if path.name == "0001.dcm" or path.parent == tmp_path / "out"]
    assert len(checked) == 5
    assert {path.name: errors_of(path) for path in checked} == {path.name: [] for path in checked}


def test_generated_images_hold_the_volume_and_no_identity(case, tmp_path):
    written = export_dicom(case, tmp_path / "out", DicomOptions())
    slices = [pydicom.dcmread(path) for path in written if path.parent.name == "pre_A_ct"]
    image = read_image(case.image_path("pre_A"))
    stored = np.stack([ds.pixel_array * ds.RescaleSlope + ds.RescaleIntercept for ds in slices])
    np.testing.assert_array_equal(stored, sitk.GetArrayFromImage(image))
    assert {str(ds.PatientName) for ds in slices} == {"LW-1^"}
    assert {ds.PatientID for ds in slices} == {"LW-1"}
    assert STUDY not in {ds.StudyInstanceUID for ds in slices}
    assert "generated UIDs" in slices[0].SeriesDescription
    seg = pydicom.dcmread(tmp_path / "out" / "pre_A_seg.dcm")
    assert seg.StudyInstanceUID == slices[0].StudyInstanceUID
    assert seg.ContentCreatorName == "reader-1^"


def test_main_features_stand_in_the_report_with_codes_of_the_standard(case, study, tmp_path):
    mask = case.current_mask("pre_A")
    row = {"original_shape_Sphericity": 0.61, "original_firstorder_Mean": 88.5, "wavelet-HHH_glcm_Id": 0.5}
    origin = {"inputs": {"pre_A": {"mask": files.sha256(mask)}, "pre_V": {"mask": "of an older mask"}}}
    write_table(FeatureTable({"pre_A": row, "pre_V": row}, origin), case.features_path)
    written = export_dicom(case, tmp_path / "out", DicomOptions(study))
    found = numbers(pydicom.dcmread(written[-1]))
    assert found["LW-1 pre_A liver", "QCFX", "IBSI"] == (0.61, "1")
    assert found["LW-1 pre_A liver", "Q4LE", "IBSI"] == (88.5, "[hnsf'U]")
    assert not any(key[0] == "LW-1 pre_V liver" and key[2] == "IBSI" for key in found)
    assert len(found) == 4


def test_images_of_another_patient_are_not_taken(case, tmp_path):
    write_study(tmp_path / "other", slope=1)
    write_series(tmp_path / "other" / "arterial", torso("native"), FrameOfReferenceUID=FRAME)
    with pytest.raises(InputError, match="has the voxels of pre_A"):
        export_dicom(case, tmp_path / "out", DicomOptions(tmp_path / "other"))
    assert not (tmp_path / "out").exists()


def test_the_same_voxels_at_another_place_are_not_taken(case, tmp_path):
    write_study(tmp_path / "moved", origin=(-180.0, -160.0, -200.0))
    write_series(tmp_path / "moved" / "longer", torso("portal", (20, 48, 48)), FrameOfReferenceUID=FRAME)
    with pytest.raises(InputError, match="none of the 3 CT volumes"):
        export_dicom(case, tmp_path / "out", DicomOptions(tmp_path / "moved"))


def test_every_reader_is_an_observer_of_the_report(case, study, tmp_path):
    image = read_image(case.image_path("pre_V"))
    save_mask(case, "pre_V", liver_like(image, 3), "reader-2", start="empty", reading=1)
    names = {"reader-1": "Doe^Jane", "reader-2": "Roe^Richard"}
    written = export_dicom(case, tmp_path / "out", DicomOptions(study, names))
    report = pydicom.dcmread(written[-1])
    assert {"Doe^Jane", "Roe^Richard"} <= set(texts(report))
    assert (
        pydicom.dcmread(tmp_path / "out" / "pre_V_seg.dcm").SegmentSequence[0].SegmentAlgorithmType
        == "MANUAL"
    )
    if shutil.which("dciodvfy"):
        assert errors_of(written[-1]) == []


def test_images_without_a_frame_of_reference_are_refused(case_folder, tmp_path):
    write_study(tmp_path / "dicom", FrameOfReferenceUID="")
    case = make_export_case(case_folder, tmp_path / "dicom")
    with pytest.raises(InputError, match="frame of reference"):
        export_dicom(case, tmp_path / "out", DicomOptions(tmp_path / "dicom"))


def test_a_phase_of_an_enhanced_image_is_found_among_its_frames(case_folder, tmp_path):
    from LWCTRLogic.case import Case, CaseInfo, Scan
    from LWCTRLogic.dicom.importing import import_volume

    path = write_enhanced(tmp_path / "dicom" / "all.dcm", [torso("arterial"), torso("portal")])
    ds = pydicom.dcmread(path)
    ds.FrameOfReferenceUID = FRAME
    ds.save_as(path)
    case = Case.create(case_folder, CaseInfo("LW-2", {"pre_V": Scan()}))
    import_volume(case, "pre_V", f"{tmp_path / 'dicom'}#2")
    image = read_image(case.image_path("pre_V"))
    np.testing.assert_array_equal(sitk.GetArrayFromImage(image), torso("portal"))
    save_mask(case, "pre_V", liver_like(image), "auto")
    written = export_dicom(case, tmp_path / "out", DicomOptions(tmp_path / "dicom"))
    mask = read_mask(case.current_mask("pre_V"))
    np.testing.assert_array_equal(
        sitk.GetArrayFromImage(lay_on_grid(read_dicom_seg(written[0]), mask)), sitk.GetArrayFromImage(mask)
    )


def test_an_open_reading_stops_the_export(case, study, tmp_path):
    open_reading(case, "pre_A", "reader-2").leave()
    with pytest.raises(InputError, match="is being read"):
        export_dicom(case, tmp_path / "out", DicomOptions(study))


def test_a_case_without_masks_is_refused(case, study, tmp_path):
    for volume in ("pre_A", "pre_V"):
        (case.mask_folder(volume) / "current.json").unlink()
    with pytest.raises(InputError, match="no volume of the case has a mask"):
        export_dicom(case, tmp_path / "out", DicomOptions(study))


def test_a_segmentation_that_came_out_wrong_is_noticed(case, study, tmp_path, monkeypatch):
    image = read_image(case.image_path("pre_A"))
    monkeypatch.setattr(exporting, "read_dicom_seg", lambda _: liver_like(image, 99))
    with pytest.raises(BackendError, match=r"differs from its mask in \d+ voxels"):
        export_dicom(case, tmp_path / "out", DicomOptions(study))


def test_without_highdicom_the_export_says_what_to_install(case, study, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "highdicom", None)
    with pytest.raises(DependencyError, match=r"lwctr\[dicom\]"):
        export_dicom(case, tmp_path / "out", DicomOptions(study))
