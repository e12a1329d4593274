"""A DICOM SEG, as highdicom writes it, gives the mask that went into it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk

from LWCTRLogic.dicom.find import find_series
from LWCTRLogic.dicom.read import read_series
from LWCTRLogic.errors import InputError
from LWCTRLogic.imaging.geometry import check_same_grid, lay_on_grid
from LWCTRLogic.imaging.io import read_mask
from Testing.dicom_phantoms import torso, write_other, write_series


def liver() -> np.ndarray:
    mask = (torso() > 90) & (torso() < 130)
    mask[:4] = False
    mask[-3:] = False
    return mask


def write_seg(folder: Path, masks: dict[str, np.ndarray], kind: str = "BINARY", **options: object) -> Path:
    """Write a DICOM SEG of the series in ``folder`` with highdicom."""
    highdicom = pytest.importorskip("highdicom")
    codes = pytest.importorskip("pydicom.sr.codedict").codes
    sources = [pydicom.dcmread(frame.path) for frame in find_series(folder).series[0].frames]
    descriptions = [
        highdicom.seg.SegmentDescription(
            segment_number=number,
            segment_label=name,
            segmented_property_category=codes.SCT.Organ,
            segmented_property_type=codes.SCT.Liver,
            algorithm_type="MANUAL",
        )
        for number, name in enumerate(masks, 1)
    ]
    seg = highdicom.seg.Segmentation(
        source_images=sources,
        pixel_array=np.stack(list(masks.values()), axis=-1).astype(
            np.float32 if kind == "FRACTIONAL" else np.uint8
        ),
        segmentation_type=kind,
        segment_descriptions=descriptions,
        series_instance_uid=highdicom.UID(),
        series_number=50,
        sop_instance_uid=highdicom.UID(),
        instance_number=1,
        manufacturer="test",
        manufacturer_model_name="test",
        software_versions="1",
        device_serial_number="1",
        **options,
    )
    path = folder.parent / "seg.dcm"
    seg.save_as(path)
    return path


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    write_series(tmp_path / "scan", StudyTime="100000", PatientSex="O", AccessionNumber="", StudyID="",
                 ReferringPhysicianName="", PositionReferenceIndicator="", FrameOfReferenceUID="1.2.3",
                 Manufacturer="x", ContentQualification="RESEARCH")  # fmt: skip
    return tmp_path / "scan"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ["BINARY", "FRACTIONAL"])
def test_a_segmentation_with_slices_left_out_is_laid_back_on_the_scan(scan: Path, kind: str) -> None:
    path = write_seg(scan, {"Liver": liver()}, kind)
    image = read_series(find_series(scan).series[0])
    mask = read_mask(path)
    assert mask.GetSize()[2] == 9  # of 16: empty slices are not in the file
    laid = lay_on_grid(mask, image)
    check_same_grid(image, laid)
    assert np.array_equal(sitk.GetArrayFromImage(laid) > 0, liver())


@pytest.mark.filterwarnings("ignore")
def test_the_liver_is_found_by_name_or_number_among_segments(scan: Path) -> None:
    spine = torso() > 300
    path = write_seg(scan, {"Bone": spine, "liver": liver()})
    image = read_series(find_series(scan).series[0])
    assert np.array_equal(sitk.GetArrayFromImage(lay_on_grid(read_mask(path), image)) > 0, liver())
    assert np.array_equal(sitk.GetArrayFromImage(lay_on_grid(read_mask(path, 1), image)) > 0, spine)
    with pytest.raises(InputError, match="no segment 3; it holds 1 = Bone, 2 = liver"):
        read_mask(path, 3)


@pytest.mark.filterwarnings("ignore")
def test_several_segments_without_a_liver_leave_it_open(scan: Path) -> None:
    path = write_seg(scan, {"A": torso() > 300, "B": liver()})
    with pytest.raises(InputError, match=r"several segments \(1 = A, 2 = B\)"):
        read_mask(path)


@pytest.mark.filterwarnings("ignore")
def test_a_truncated_segmentation_is_refused(scan: Path) -> None:
    path = write_seg(scan, {"Liver": liver()})
    data = path.read_bytes()
    for keep in (0.2, 0.6, 0.98):
        path.write_bytes(data[: int(keep * len(data))])
        with pytest.raises(InputError):
            read_mask(path)


def test_what_is_no_segmentation_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no segmentation"):
        read_mask(write_other(tmp_path / "report", "SR"))
    (tmp_path / "text").write_text("hello")
    with pytest.raises(InputError, match="no mask file"):
        read_mask(tmp_path / "text")
    with pytest.raises(InputError, match="holds 2 files"):
        read_mask(tmp_path)
