"""Scans are proposed as volumes: words, times and HU tell the phase, days tell the timepoint."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import SimpleITK as sitk
from pydicom.uid import generate_uid

from LWCTRLogic.dicom.phase import UNDETERMINED
from LWCTRLogic.dicom.propose import Proposal, propose
from LWCTRLogic.errors import InputError
from Testing.dicom_phantoms import SPACING, torso, write_series


def study(folder: Path, date: str, *, first_number: int = 1, **tags: Any) -> None:
    """Arterial and portal venous phase of one day, without a word about it."""
    uid = generate_uid()
    for i, (phase, time) in enumerate((("arterial", 36000.0), ("portal", 36035.0))):
        write_series(
            folder / f"{date}_{phase}", torso(phase), date=date, time=time, number=first_number + i,
            study_uid=uid, **tags,
        )  # fmt: skip


def table(proposal: Proposal) -> list[tuple[str, str]]:
    return [(candidate.timepoint, candidate.phase) for candidate in proposal.candidates]


def test_two_examinations_become_the_four_volumes(tmp_path: Path) -> None:
    study(tmp_path, "20240311")
    study(tmp_path, "20240520")
    proposal = propose(tmp_path, first_dose=dt.date(2024, 3, 25))
    assert table(proposal) == [
        ("pre", "arterial"), ("pre", "portal venous"), ("post", "arterial"), ("post", "portal venous"),
    ]  # fmt: skip
    assert dict(proposal.chosen) == {"pre_A": 1, "pre_V": 2, "post_A": 3, "post_V": 4}
    assert proposal.days() == {1: 0, 2: 0, 3: 70, 4: 70}
    assert proposal.first_dose_day() == 14
    assert "35 s apart" in proposal.candidates[0].reason


def test_without_a_first_dose_the_earlier_examination_is_the_baseline(tmp_path: Path) -> None:
    study(tmp_path, "20240520")
    study(tmp_path, "20240311")
    proposal = propose(tmp_path)
    assert [candidate.timepoint for candidate in proposal.candidates] == ["pre", "pre", "post", "post"]
    assert proposal.first_dose_day() is None


def test_of_many_examinations_those_around_the_first_dose_are_taken(tmp_path: Path) -> None:
    for date in ("20231001", "20240311", "20240420", "20240520", "20240801"):
        write_series(tmp_path / date, torso("portal"), date=date, description="portal")
    proposal = propose(tmp_path, first_dose=dt.date(2024, 3, 25))
    chosen = {proposal.candidate(number).date for number in proposal.chosen.values()}
    assert chosen == {dt.date(2024, 3, 11), dt.date(2024, 5, 20)}  # 14 days before, 56 days after
    assert proposal.days()[1] == -162  # day 0 is the earliest scan that is used
    assert proposal.remarks == (
        "3 more examination days are neither the proposed baseline nor the proposed follow-up",
    )


def test_all_scans_after_the_first_dose_leave_no_baseline(tmp_path: Path) -> None:
    write_series(tmp_path, torso("portal"), date="20240520", description="portal")
    assert dict(propose(tmp_path, first_dose=dt.date(2024, 3, 25)).chosen) == {"post_V": 1}


def test_a_single_phase_without_words_or_clear_numbers_is_undetermined(tmp_path: Path) -> None:
    voxels = torso("portal")
    voxels[(voxels > 140) & (voxels < 190)] += 90  # the aorta of an early portal venous phase
    voxels[(voxels > 95) & (voxels < 125)] -= 24
    write_series(tmp_path, voxels)
    proposal = propose(tmp_path)
    assert table(proposal) == [("pre", UNDETERMINED)]
    assert dict(proposal.chosen) == {}
    assert "aorta" in proposal.candidates[0].reason


def test_a_word_against_the_numbers_is_undetermined(tmp_path: Path) -> None:
    write_series(tmp_path, torso("native"), description="arterial")
    (candidate,) = propose(tmp_path).candidates
    assert candidate.phase == UNDETERMINED
    assert candidate.reason.startswith("contradictory: ")


def test_the_soft_thin_original_reconstruction_is_preferred(tmp_path: Path) -> None:
    uid = generate_uid()
    options: list[dict[str, Any]] = [
        {"ConvolutionKernel": "B70f"},
        {"ImageType": ["DERIVED", "SECONDARY", "AXIAL"]},
        {"ConvolutionKernel": "B30f"},
        {"voxels": torso("arterial")[::2], "spacing": (8.0, 8.0, 10.0)},
    ]
    for number, option in enumerate(options, 1):
        voxels = option.pop("voxels", torso("arterial"))
        write_series(
            tmp_path / str(number), voxels, number=number, study_uid=uid, description="art",
            **({"spacing": SPACING} | option),
        )  # fmt: skip
    proposal = propose(tmp_path)
    assert len(proposal.candidates) == 3  # the last has too few images
    assert dict(proposal.chosen) == {"pre_A": 3}
    assert proposal.candidate(1).label == "series 1, sharp kernel"


def test_a_defect_is_the_reason_why_a_scan_cannot_be_used(tmp_path: Path) -> None:
    write_series(tmp_path, torso("arterial"), skip=[8], description="art")
    proposal = propose(tmp_path)
    assert "1 slice is missing" in proposal.candidates[0].problem
    assert dict(proposal.chosen) == {}


def test_image_files_are_proposed_by_their_names_and_numbers(tmp_path: Path) -> None:
    for name in ("pre_A", "pre_V", "fu_arterial", "DOE_broken"):
        image = sitk.GetImageFromArray(torso("portal" if name == "pre_V" else "arterial"))
        image.SetSpacing(SPACING)
        sitk.WriteImage(image, tmp_path / f"{name}.nii.gz")
    (tmp_path / "DOE_broken.nii.gz").write_bytes(b"x")
    (tmp_path / "DOE_empty.nrrd").write_bytes(b"")
    (tmp_path / "m.seg.nrrd").write_bytes(b"x")
    proposal = propose(tmp_path)
    assert dict(proposal.chosen) == {"pre_A": 4, "pre_V": 5, "post_A": 3}
    for number in (1, 2):
        assert "the file" in proposal.candidate(number).problem
        assert "DOE" not in proposal.candidate(number).problem
        assert str(tmp_path) not in proposal.candidate(number).problem


def test_scans_of_two_patients_are_refused_without_naming_them(tmp_path: Path) -> None:
    write_series(tmp_path / "a", patient={"id": "4711"})
    write_series(tmp_path / "b", patient={"id": "4712"})
    with pytest.raises(InputError, match="scans of 2 patients") as refusal:
        propose(tmp_path)
    assert "471" not in str(refusal.value)


def test_a_number_that_is_not_in_the_list_is_refused(tmp_path: Path) -> None:
    write_series(tmp_path)
    with pytest.raises(InputError, match="no scan 2; expected a number from 1 to 1"):
        propose(tmp_path).candidate(2)


def test_scans_without_dates_are_a_baseline_only_if_they_are_one_examination(tmp_path: Path) -> None:
    undated = {"date": "", "StudyDate": "", "AcquisitionDate": ""}
    write_series(tmp_path / "a", torso("portal"), study_uid="1.2", description="portal", **undated)  # type: ignore[arg-type]
    one = propose(tmp_path)
    assert dict(one.chosen) == {"pre_V": 1}
    assert one.days() == {1: None}
    write_series(tmp_path / "b", torso("portal"), study_uid="1.3", description="portal", **undated)  # type: ignore[arg-type]
    two = propose(tmp_path, first_dose=dt.date(2024, 3, 25))
    assert dict(two.chosen) == {}
    assert two.remarks[0] == "2 scans have no date, so that their timepoint must be chosen by hand"
    assert two.first_dose_day() is None


def test_a_first_dose_among_scans_without_dates_is_not_dropped_without_a_word(tmp_path: Path) -> None:
    undated = {"date": "", "StudyDate": "", "AcquisitionDate": ""}
    write_series(tmp_path, torso("portal"), description="portal", **undated)  # type: ignore[arg-type]
    assert propose(tmp_path).remarks == ()
    (remark,) = propose(tmp_path, first_dose=dt.date(2024, 3, 25)).remarks
    assert "no scan has a date" in remark and "first_dose_day" in remark
