"""A source in case.json becomes an image in the case, and its path is forgotten."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic.case import Case, CaseInfo, Scan
from LWCTRLogic.dicom.importing import import_case, import_volume
from LWCTRLogic.errors import InputError
from LWCTRLogic.imaging.io import read_image
from LWCTRLogic.progress import Progress
from Testing.dicom_phantoms import torso, write_other, write_series


@pytest.fixture
def case(case_folder: Path) -> Case:
    return Case.create(case_folder, CaseInfo("P-1"))


def voxels(case: Case, volume: str) -> np.ndarray:
    return np.asarray(sitk.GetArrayFromImage(read_image(case.image_path(volume))))


def test_every_source_is_imported_and_forgotten(case: Case, tmp_path: Path) -> None:
    write_series(tmp_path / "DOE_JANE", torso("arterial"))
    sitk.WriteImage(sitk.GetImageFromArray(torso("portal")), case.folder / "v.nii.gz")
    case.update_scan("pre_A", source=str(tmp_path / "DOE_JANE"), day=0, reason="by hand")
    case.update_scan("pre_V", source="v.nii.gz")
    assert import_case(case) == ["pre_A", "pre_V"]
    assert np.array_equal(voxels(case, "pre_A"), torso("arterial"))
    assert np.array_equal(voxels(case, "pre_V"), torso("portal"))
    assert case.load_info().scans["pre_A"] == Scan(source="", day=0, reason="by hand")
    assert "DOE" not in case.info_path.read_text()
    assert import_case(case) == []


def test_importing_twice_gives_the_same_bytes(case: Case, tmp_path: Path) -> None:
    write_series(tmp_path / "s")
    first = import_volume(case, "pre_A", tmp_path / "s").read_bytes()
    assert import_volume(case, "pre_A", tmp_path / "s").read_bytes() == first


def test_a_folder_with_several_volumes_names_them_and_takes_a_number(case: Case, tmp_path: Path) -> None:
    write_series(tmp_path / "s" / "a", torso("arterial"), number=3, study_uid="1.2", description="Doe")
    write_series(tmp_path / "s" / "b", torso("portal"), number=7, study_uid="1.2")
    with pytest.raises(InputError, match="pre_V: the folder mixes 2 volumes") as refusal:
        import_volume(case, "pre_V", tmp_path / "s")
    assert "#1 series 3, 16 images every 5 mm; #2 series 7, 16 images every 5 mm" in str(refusal.value)
    assert "Doe" not in str(refusal.value)
    import_volume(case, "pre_V", f"{tmp_path / 's'}#2")
    assert np.array_equal(voxels(case, "pre_V"), torso("portal"))
    with pytest.raises(InputError, match="volume #3 of the folder; expected a number from 1 to 2"):
        import_volume(case, "pre_V", f"{tmp_path / 's'}#3")


def test_a_folder_whose_name_ends_in_a_number_sign_is_itself(case: Case, tmp_path: Path) -> None:
    write_series(tmp_path / "scan#2")
    import_volume(case, "pre_A", tmp_path / "scan#2")
    assert case.image_path("pre_A").exists()


def test_a_refused_scan_names_its_volume_and_leaves_the_case_as_it_was(case: Case, tmp_path: Path) -> None:
    write_series(tmp_path / "s", skip=[4])
    case.update_scan("post_A", source=str(tmp_path / "s"))
    with pytest.raises(InputError, match="post_A: 1 slice is missing"):
        import_case(case)
    assert case.load_info().scans["post_A"].source == str(tmp_path / "s")
    assert not case.image_path("post_A").exists()


def test_a_folder_without_ct_says_what_it_holds(case: Case, tmp_path: Path) -> None:
    write_other(tmp_path / "x", "MR")
    with pytest.raises(InputError, match=r"no CT volume \(.*1 × magnetic resonance \(MR\)"):
        import_volume(case, "pre_A", tmp_path)
    with pytest.raises(InputError, match="nowhere does not exist; expected an image file or a folder"):
        import_volume(case, "pre_A", "nowhere")


def test_progress_names_the_import_before_a_source_is_opened(case: Case) -> None:
    steps = []

    class Told(Progress):
        def update(self, step: str, done: float, total: float, message: str = "") -> None:
            steps.append((step, message))

    case.update_scan("post_V", source="nowhere.nii.gz")
    with pytest.raises(InputError, match="post_V: .*nowhere.nii.gz does not exist"):
        import_case(case, Told())
    assert steps == [("import", "post_V")]


def test_a_volume_with_neither_image_nor_source_is_refused(case: Case) -> None:
    case.update_scan("pre_A", day=0)
    with pytest.raises(InputError, match="pre_A has neither an image nor a source"):
        import_case(case)
    with pytest.raises(InputError, match="volume 'pre_X'"):
        import_volume(case, "pre_X", "x")


def test_a_tilted_scan_is_imported_only_when_asked(case: Case, tmp_path: Path) -> None:
    write_series(tmp_path / "s", shear=(0, 0.9, 0))
    with pytest.raises(InputError, match="tilted by 10.2°"):
        import_volume(case, "pre_A", tmp_path / "s")
    import_volume(case, "pre_A", tmp_path / "s", correct_tilt=True)
    assert voxels(case, "pre_A").dtype == np.float32
