import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from LWCTRLogic import demonstration, files
from LWCTRLogic.case import VOLUMES, Case, CaseInfo
from LWCTRLogic.cli import main
from LWCTRLogic.demonstration import Demonstration, dice_with_truth, make_demonstration
from LWCTRLogic.errors import InputError, LWCTRError
from LWCTRLogic.imaging.io import read_image, write_mask
from LWCTRLogic.phantom.patient import make_patient
from LWCTRLogic.pipeline import locked
from LWCTRLogic.processes import shown_command
from LWCTRLogic.progress import Progress


@cache
def small_patient(seed):
    return make_patient(seed, spacing=(5.0, 5.0, 5.0), body_scale=0.35, crop_mm=5.0)


@pytest.fixture
def small_patients(monkeypatch):
    """Makes patients of a third of the size at 5 mm; returns the list of seeds asked for."""
    seeds: list[int] = []

    def make(seed, **options):
        seeds.append(seed)
        return small_patient(seed)

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


class Told(Progress):
    def __init__(self):
        super().__init__()
        self.warnings: list[str] = []

    def warning(self, text):
        self.warnings.append(text)


def of_an_older_version(case):
    """Make the manifest that of a program whose phantoms were others."""
    manifest = files.read_json(case.manifest_path)
    manifest["steps"]["simulate"]["settings"]["phantoms"] = "0" * 64
    files.write_json(case.manifest_path, manifest)


def without_record(case):
    """As the first versions left it, which kept no record of the making."""
    case.manifest_path.unlink()


def with_another_scan(case):
    shutil.copy(case.image_path("pre_V"), case.image_path("pre_A"))


def of_an_older_schema(case):
    of_an_older_version(case)
    files.write_json(case.info_path, {**files.read_json(case.info_path), "schema_version": 0})


@pytest.mark.parametrize("age", [of_an_older_version, without_record, with_another_scan, of_an_older_schema])
def test_a_demonstration_of_another_version_is_put_aside_whole_and_made_anew(
    small_patients, case_folder, age
):
    case = make_demonstration(case_folder, Progress()).case
    as_new = {path.name: path.read_bytes() for path in (case_folder / "images").iterdir()}
    age(case)
    (case_folder / "masks").mkdir()
    (case_folder / "masks" / "v0002_reader-1.seg.nrrd").write_text("an hour of work")
    old = {path: path.read_bytes() for path in case_folder.rglob("*") if path.is_file()}
    told = Told()
    made = make_demonstration(case_folder, told)
    aside = case_folder.with_name(f"{case_folder.name}-older-1")
    assert str(aside) in told.warnings[0]
    for path, content in old.items():
        assert (aside / path.relative_to(case_folder)).read_bytes() == content
    assert {path.name: path.read_bytes() for path in (case_folder / "images").iterdir()} == as_new
    assert not (case_folder / "masks").exists() and set(made.truth) == set(VOLUMES)
    assert made.case.load_info().case_id == f"phantom-{demonstration.SEED}"


def test_a_second_older_demonstration_finds_a_name_of_its_own(small_patients, case_folder):
    for _ in range(3):
        without_record(make_demonstration(case_folder, Progress()).case)
    assert sorted(path.name for path in case_folder.parent.iterdir()) == [
        case_folder.name, f"{case_folder.name}-older-1", f"{case_folder.name}-older-2",
    ]  # fmt: skip


def test_what_readers_changed_in_a_demonstration_does_not_make_it_old(small_patients, case_folder):
    case = make_demonstration(case_folder, Progress()).case
    case.save_info(replace(case.load_info(), accepted={"baseline-age": "a phantom"}, clinical={}))
    told = Told()
    make_demonstration(case_folder, told)
    assert told.warnings == [] and case.load_info().clinical == {}


def test_an_older_demonstration_that_another_run_works_on_stays_where_it_is(small_patients, case_folder):
    case = make_demonstration(case_folder, Progress()).case
    without_record(case)
    with locked(case), pytest.raises(InputError, match="another run is working on"):
        make_demonstration(case_folder, Progress())
    assert case.load_info().case_id == f"phantom-{demonstration.SEED}"


def test_an_older_demonstration_that_cannot_be_renamed_is_told(small_patients, case_folder, monkeypatch):
    without_record(make_demonstration(case_folder, Progress()).case)
    monkeypatch.setattr(Path, "rename", lambda *_: (_ for _ in ()).throw(PermissionError(13, "Denied")))
    with pytest.raises(LWCTRError, match=r"cannot be renamed \(Denied\).*Move or delete it"):
        make_demonstration(case_folder, Progress())


def test_a_file_is_no_place_for_a_demonstration(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="notes.txt is a file; expected a new folder"):
        make_demonstration(tmp_path / "notes.txt", Progress())


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
    assert list(files.read_json(case.manifest_path)["steps"]) == ["simulate"]
    assert shown_command("run", case_folder) in capsys.readouterr().out
