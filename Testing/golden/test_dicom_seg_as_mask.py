"""A DICOM SEG made elsewhere as the liver mask, from two DICOM series to features through ``lwctr run``."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.case import Case, CaseInfo, Scan
from LWCTRLogic.cli import main
from LWCTRLogic.export.dicom import DicomOptions, export_dicom
from LWCTRLogic.imaging.masks import read_mask
from LWCTRLogic.radiomics.step import read_table
from Testing.unit.export_case import make_export_case, write_study

pytest.importorskip("highdicom")

SERIES = {"pre_A": "arterial", "pre_V": "venous"}


@pytest.fixture
def drawn(tmp_path):
    """A case whose masks were exported as DICOM SEG, and the folders of both."""
    write_study(tmp_path / "dicom")
    case = make_export_case(tmp_path / "drawn", tmp_path / "dicom")
    export_dicom(case, tmp_path / "seg", DicomOptions(tmp_path / "dicom"))
    settings = tmp_path / "settings.yaml"
    settings.write_text(
        "imageType:\n  Original: {}\nfeatureClass:\n  shape:\n  firstorder:\n", encoding="utf-8"
    )
    return case, tmp_path


def run(folder, tmp_path, masks):
    scans = {
        volume: Scan(source=str(tmp_path / "dicom" / SERIES[volume]), mask=str(path))
        for volume, path in masks.items()
    }
    case = Case.create(folder, CaseInfo("LW-9", scans))
    arguments = ["run", str(folder), "--until", "extract", "--settings", str(tmp_path / "settings.yaml")]
    assert main([*arguments, "--progress", "none"]) == 0
    return case


def test_a_dicom_seg_gives_the_mask_and_the_features_that_the_nrrd_gives(drawn):
    made, tmp_path = drawn
    segs = {volume: tmp_path / "seg" / f"{volume}_seg.dcm" for volume in SERIES}
    by_seg = run(tmp_path / "by seg", tmp_path, segs)
    by_nrrd = run(tmp_path / "by nrrd", tmp_path, {volume: made.current_mask(volume) for volume in SERIES})
    for volume in SERIES:
        path = by_seg.current_mask(volume)
        assert path.name == "v0001_existing.seg.nrrd"
        np.testing.assert_array_equal(
            sitk.GetArrayFromImage(read_mask(path)),
            sitk.GetArrayFromImage(read_mask(made.current_mask(volume))),
        )
    assert [row["start"] for row in by_seg.readings()] == ["existing", "existing"]
    assert {scan.mask for scan in by_seg.load_info().scans.values()} == {""}
    found, wanted = (read_table(case.features_path).rows for case in (by_seg, by_nrrd))
    assert found == wanted
    assert len(found["pre_A"]) == 14 + 18


def test_a_dicom_seg_of_another_scan_is_refused_with_numbers(drawn, capsys):
    _, tmp_path = drawn
    write_study(tmp_path / "moved", origin=(-180.0, -160.0, -100.0))
    folder = tmp_path / "wrong"
    scan = Scan(source=str(tmp_path / "moved" / "arterial"), mask=str(tmp_path / "seg" / "pre_A_seg.dcm"))
    Case.create(folder, CaseInfo("LW-9", {"pre_A": scan}))
    assert main(["run", str(folder), "--until", "check", "--progress", "none"]) == 3
    told = capsys.readouterr().err
    assert "pre_A" in told
    assert "mask" in told
    assert any(character.isdigit() for character in told)


def test_the_seg_can_be_given_by_the_segment_command_too(drawn):
    made, tmp_path = drawn
    folder = tmp_path / "by command"
    Case.create(folder, CaseInfo("LW-9", {"pre_A": Scan(source=str(tmp_path / "dicom" / "arterial"))}))
    assert main(["run", str(folder), "--until", "import", "--progress", "none"]) == 0
    seg = tmp_path / "seg" / "pre_A_seg.dcm"
    assert main(["segment", str(folder), "--volume", "pre_A", "--mask", str(seg), "--progress", "none"]) == 0
    np.testing.assert_array_equal(
        sitk.GetArrayFromImage(read_mask(Case(folder).current_mask("pre_A"))),
        sitk.GetArrayFromImage(read_mask(made.current_mask("pre_A"))),
    )
