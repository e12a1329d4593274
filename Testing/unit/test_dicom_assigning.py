"""Another series for a volume of a case: its day, the scan that the case has already, and what is refused."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.case import Case
from LWCTRLogic.dicom.assigning import Source, assign_scans
from LWCTRLogic.dicom.propose import propose
from LWCTRLogic.dicom.scanning import override, save_case
from LWCTRLogic.errors import InputError, UsageError
from LWCTRLogic.imaging.io import read_image
from LWCTRLogic.progress import Progress
from Testing.dicom_phantoms import torso, write_series


class Heard(Progress):
    """Keeps the warnings."""

    def __init__(self) -> None:
        super().__init__()
        self.warnings: list[str] = []

    def warning(self, text: str) -> None:
        self.warnings.append(text)


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scans")
    days = [
        ("20240311", "arterial"),
        ("20240311", "portal"),
        ("20240520", "portal"),
        ("20240521", "arterial"),
    ]
    for number, (date, phase) in enumerate(days, 1):
        voxels = torso(phase)[:, ::-1] if number == 4 else torso(phase)
        write_series(folder / str(number), voxels, date=date, number=number, description=phase)
    write_series(folder / "5", torso(), date="20240520", number=5, skip=[5])
    return folder


@pytest.fixture
def case(scans: Path, case_folder: Path) -> Case:
    """Baseline of both phases, and the follow-up's portal venous scan; scan 5 is not taken, 4 is damaged."""
    chosen = {"pre_A": 1, "pre_V": 2, "post_A": None, "post_V": 3}
    return save_case(case_folder, override(propose(scans), chosen))


def voxels(case: Case, volume: str) -> np.ndarray:
    return sitk.GetArrayFromImage(read_image(case.image_path(volume)))


def test_a_new_scan_gets_its_day_by_a_scan_that_the_case_holds(case: Case, scans: Path) -> None:
    assert assign_scans(case, {"post_A": "5"}, Source(scans)) == ["post_A"]
    scan = case.load_info().scans["post_A"]
    assert (scan.day, scan.source) == (71, "")  # 11 March to 21 May 2024
    assert scan.reason.startswith("chosen by the user; ")
    assert np.array_equal(voxels(case, "post_A"), torso("arterial")[:, ::-1])
    assert not (case.folder / "aside").exists()


def test_a_series_that_the_case_has_already_is_that_scan_with_its_masks(case: Case, scans: Path) -> None:
    mask = case.new_mask_path("pre_A", "reader-1")
    mask.parent.mkdir(parents=True)
    mask.write_bytes(b"drawn")
    assert assign_scans(case, {"pre_A": "2", "pre_V": "1"}, Source(scans)) == ["pre_A", "pre_V"]
    assert [one.path.read_bytes() for one in case.mask_versions("pre_V")] == [b"drawn"]
    assert np.array_equal(voxels(case, "pre_V"), torso("arterial"))
    assert not (case.folder / "aside").exists()


def test_a_file_is_taken_and_its_day_is_unknown(case: Case, tmp_path: Path) -> None:
    image = sitk.GetImageFromArray(torso("arterial")[::-1])
    image.SetSpacing((8.0, 8.0, 5.0))
    sitk.WriteImage(image, str(tmp_path / "other.nii.gz"))
    assign_scans(case, {"post_V": str(tmp_path / "other.nii.gz")})
    assert case.load_info().scans["post_V"].day is None
    assert np.array_equal(voxels(case, "post_V"), torso("arterial")[::-1])


@pytest.fixture
def strangers(tmp_path: Path) -> Path:
    """A folder none of whose scans is in the case."""
    write_series(tmp_path / "other", torso("arterial")[::-1], date="20240525", description="arterial")
    return tmp_path / "other"


def test_without_a_scan_in_common_the_day_is_unknown_and_said_to_be(case: Case, strangers: Path) -> None:
    heard = Heard()
    assign_scans(case, {"post_A": "1"}, Source(strangers), heard)
    assert case.load_info().scans["post_A"].day is None
    assert ["the day of post_A is unknown" in text for text in heard.warnings] == [True]


def test_the_first_dose_gives_the_day_without_a_scan_in_common(case: Case, strangers: Path) -> None:
    from dataclasses import replace

    case.save_info(replace(case.load_info(), first_dose_day=9))  # 20 March
    heard = Heard()
    assign_scans(case, {"post_A": "1"}, Source(strangers, dt.date(2024, 3, 20)), heard)
    assert case.load_info().scans["post_A"].day == 75  # 11 March to 25 May
    assert heard.warnings == []


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"post_A": "9"}, "no scan 9"),
        ({"post_A": "4"}, "scan 4 cannot be post_A: 1 slice is missing"),
        ({"post_A": "5", "pre_A": "5"}, "the scans for .* are the same"),
        ({"post_A": "1"}, "the scan of pre_A goes to post_A, and pre_A is given no other"),
        ({"pre_A": "5"}, "is not later than the baseline"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_left_behind(
    case: Case, scans: Path, wanted: dict[str, str], message: str
) -> None:
    before = case.load_info()
    with pytest.raises(InputError, match=message):
        assign_scans(case, wanted, Source(scans))
    assert case.load_info() == before
    assert not (case.folder / "aside").exists()


def test_a_number_without_a_folder_is_refused(case: Case) -> None:
    with pytest.raises(UsageError, match="--from FOLDER"):
        assign_scans(case, {"post_A": "4"})
