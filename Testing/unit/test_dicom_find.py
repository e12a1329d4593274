"""A folder as hospitals send it gives its CT volumes, and a reason for everything else."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from pydicom.uid import generate_uid

from LWCTRLogic.dicom.find import find_series
from LWCTRLogic.errors import InputError
from Testing.dicom_phantoms import torso, write_enhanced, write_other, write_series

CORONAL = (1, 0, 0, 0, 0, -1)


def reasons(folder: Path) -> dict[str, int]:
    return {item.reason: item.images for item in find_series(folder).skipped}


def test_series_are_told_apart_in_one_unsorted_folder_without_extensions(tmp_path: Path) -> None:
    write_series(
        tmp_path / "x", torso("arterial"), number=2, study_uid="1.2", names=lambda i: f"A{i * 7 % 17}"
    )
    write_series(tmp_path / "x", torso("portal"), number=5, study_uid="1.2", names=lambda i: f"B{i * 5 % 17}")
    found = find_series(tmp_path)
    assert [series.first.tags["SeriesNumber"] for series in found.series] == ["2", "5"]
    assert [len(series.frames) for series in found.series] == [16, 16]
    assert found.skipped == ()


def test_what_lies_between_the_images_is_counted_with_its_reason(tmp_path: Path) -> None:
    write_series(tmp_path / "deep" / "deeper")
    (tmp_path / ".DS_Store").write_bytes(b"x")
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "DICOMDIR").write_bytes(b"\0" * 128 + b"DICM")
    write_other(tmp_path / "report", "SR")
    write_other(tmp_path / "sheet", "CT")
    write_other(tmp_path / "mystery", "XX")
    assert len(find_series(tmp_path).series) == 1
    assert reasons(tmp_path) == {
        "structured report (SR)": 1,
        "no CT image (secondary capture, dose sheet or the like)": 1,
        "modality not CT": 1,
        "no DICOM image": 2,
    }


def test_image_files_of_other_formats_are_left_to_the_caller(tmp_path: Path) -> None:
    (tmp_path / "a.nii.gz").write_bytes(b"")
    assert find_series(tmp_path).skipped == ()


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}, "localizer"),
        ({"ImageType": ["DERIVED", "SECONDARY", "MIP"]}, "maximum intensity projection"),
        ({"ImageType": ["DERIVED", "SECONDARY", "CT_SOM5 IODINE"]}, "iodine map"),
        ({"Modality": "MR"}, "magnetic resonance (MR)"),
        ({"orientation": CORONAL}, "coronal or sagittal reformat"),
        ({"spacing": (8.0, 8.0, 1.0)}, "covers only 15 mm (a liver needs at least 60)"),
        ({"voxels": torso()[:4]}, "only 4 images (a scan of the liver has at least 10)"),
    ],
)
def test_a_series_that_is_no_axial_scan_of_the_abdomen_is_skipped(
    tmp_path: Path, options: dict[str, object], reason: str
) -> None:
    write_series(tmp_path, **options)  # type: ignore[arg-type]
    assert find_series(tmp_path).series == ()
    assert list(reasons(tmp_path)) == [reason]


def test_images_that_do_not_say_where_they_lie_are_skipped(tmp_path: Path) -> None:
    write_series(tmp_path, change=lambda ds, i: delattr(ds, "ImagePositionPatient"))
    assert list(reasons(tmp_path)) == ["images do not say where they lie"]


def test_a_localizer_inside_a_series_is_taken_out(tmp_path: Path) -> None:
    uid = generate_uid()
    write_series(tmp_path, series_uid=uid)
    write_series(tmp_path, torso()[:1], series_uid=uid, orientation=CORONAL, names="scout{}".format)
    (series,) = find_series(tmp_path).series
    assert len(series.frames) == 16
    assert reasons(tmp_path) == {"coronal or sagittal reformat": 1}


def two_phases(folder: Path, **second: object) -> None:
    uid, study = generate_uid(), generate_uid()
    write_series(
        folder, torso("arterial"), series_uid=uid, study_uid=study, names="a{}".format,
        **{key: value for key, value in {"AcquisitionNumber": 1}.items() if key in second},  # type: ignore[arg-type]
    )  # fmt: skip
    write_series(
        folder, torso("portal"), series_uid=uid, study_uid=study, time=36040.0, names="b{}".format, **second  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("second", "name"),
    [({"AcquisitionNumber": 2}, "acquisition"), ({}, "pass"), ({"TriggerTime": 40}, "temporal position")],
)
def test_two_phases_in_one_series_are_parted(tmp_path: Path, second: dict[str, object], name: str) -> None:
    two_phases(tmp_path, **second)
    found = find_series(tmp_path).series
    assert [series.part for series in found] == [f"{name} 1 of 2", f"{name} 2 of 2"]
    assert [series.frames[0].path.name[0] for series in found] == ["a", "b"]
    assert all(len({frame.path.name[0] for frame in series.frames}) == 1 for series in found)


def test_the_phases_of_an_enhanced_file_are_parted(tmp_path: Path) -> None:
    write_enhanced(tmp_path / "e", [torso("arterial"), torso("portal")])
    found = find_series(tmp_path).series
    assert [(series.part, len(series.frames)) for series in found] == [
        ("temporal position 1 of 2", 16),
        ("temporal position 2 of 2", 16),
    ]


def test_copies_and_mixed_up_passes_stay_whole(tmp_path: Path) -> None:
    write_series(tmp_path / "once")
    shutil.copytree(tmp_path / "once", tmp_path / "twice")
    (series,) = find_series(tmp_path).series
    assert len(series.frames) == 32
    mixed = tmp_path / "mixed"
    uid = generate_uid()
    for name in "ab":
        write_series(
            mixed, series_uid=uid, names=(name + "{}").format,
            AcquisitionTime="100000", ContentTime="100000",
        )  # fmt: skip
    assert [len(series.frames) for series in find_series(mixed).series] == [32]


def test_an_even_stack_is_not_parted_by_its_acquisition_numbers(tmp_path: Path) -> None:
    write_series(tmp_path, change=lambda ds, i: setattr(ds, "AcquisitionNumber", i // 4))
    (series,) = find_series(tmp_path).series
    assert (len(series.frames), series.part) == (16, "")


def test_a_damaged_file_is_counted_and_the_rest_is_found(tmp_path: Path) -> None:
    paths = write_series(tmp_path)
    paths[3].write_bytes(paths[3].read_bytes()[:300])
    assert reasons(tmp_path) == {"damaged DICOM file": 1}
    assert len(find_series(tmp_path).series[0].frames) == 15


def test_what_a_series_tells_of_itself(tmp_path: Path) -> None:
    write_series(tmp_path, time=40000.0)
    (series,) = find_series(tmp_path).series
    assert series.extent_mm == pytest.approx(75.0)
    assert series.slice_spacing_mm == pytest.approx(5.0)
    assert series.time == pytest.approx(40000.0)
    assert np.isclose(series.frames[0].time or 0, 40000.0)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        find_series(tmp_path / "nowhere")
