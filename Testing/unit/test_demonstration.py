import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic import demonstration
from LWCTRLogic.case import VOLUMES, Case, CaseInfo
from LWCTRLogic.cli import main
from LWCTRLogic.demonstration import Demonstration, dice_with_truth, make_demonstration
from LWCTRLogic.errors import InputError
from LWCTRLogic.imaging.io import read_image, write_mask
from LWCTRLogic.phantom.patient import make_patient
from LWCTRLogic.progress import Progress


@pytest.fixture
def small_patients(monkeypatch):
    """Makes patients of a third of the size at 5 mm; returns the list of seeds asked for."""
    seeds: list[int] = []

    def make(seed, **options):
        seeds.append(seed)
        return make_patient(seed, spacing=(5.0, 5.0, 5.0), body_scale=0.35, crop_mm=5.0)

    monkeypatch.setattr(demonstration, "make_patient", make)
    return seeds


def test_the_demonstration_is_a_case_with_days_from_the_first_scan_and_clinical_words(
    small_patients, case_folder
):
    case = make_demonstration(case_folder, Progress()).case
    info = case.load_info()
    assert list(info.scans) == list(VOLUMES)
    assert info.scans["pre_A"].day == 0
    assert 0 < info.first_dose_day < info.scans["post_A"].day
    assert info.clinical["portal_vein_invasion"] in ("present", "absent")
    for volume in VOLUMES:
        assert read_image(case.image_path(volume)).GetSpacing() == pytest.approx((5.0, 5.0, 5.0))


def test_a_demonstration_that_stands_there_is_not_made_again(small_patients, case_folder):
    make_demonstration(case_folder, Progress())
    before = (case_folder / "images/pre_A.nii.gz").stat().st_mtime_ns
    assert make_demonstration(case_folder, Progress()).truth == {}
    assert (case_folder / "images/pre_A.nii.gz").stat().st_mtime_ns == before
    assert small_patients == [demonstration.SEED]


def test_another_case_in_the_folder_is_not_touched(case_folder):
    Case.create(case_folder, CaseInfo("LW-1"))
    with pytest.raises(InputError, match="holds the case LW-1"):
        make_demonstration(case_folder, Progress())


def test_dice_is_twice_the_overlap_over_both_sizes(case_folder):
    def mask(voxels: int) -> sitk.Image:
        array = np.zeros((4, 5, 5), np.uint8)
        array.flat[:voxels] = 1
        return sitk.GetImageFromArray(array)

    case = Case.create(case_folder, CaseInfo("LW-1"))
    path = case.new_mask_path("pre_A", "auto")
    write_mask(mask(30), path)
    case.set_current_mask("pre_A", path)
    dice = dice_with_truth(Demonstration(case, {"pre_A": mask(10), "pre_V": mask(10)}))
    assert dice == {"pre_A": pytest.approx(2 * 10 / 40)}


def test_the_patient_can_be_made_without_running_any_step(small_patients, case_folder, capsys):
    assert main(["demo", str(case_folder), "--make-only", "--seed", "3"]) == 0
    case = Case(case_folder)
    assert case.load_info().case_id == "phantom-3"
    assert not case.manifest_path.exists()
    assert f"lwctr run {case_folder}" in capsys.readouterr().out
