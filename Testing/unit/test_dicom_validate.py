"""The scans of a case are checked against each other and against the day of the first dose."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import SimpleITK as sitk

from LWCTRLogic.case import Case, CaseInfo, Scan
from LWCTRLogic.dicom.validate import check_case, check_days, phase_findings, window_findings
from LWCTRLogic.errors import InputError
from LWCTRLogic.imaging.enhancement import Enhancement
from LWCTRLogic.imaging.io import write_image
from Testing.dicom_phantoms import SPACING, torso


def info(pre: int | None, post: int | None, dose: int | None = 0, **accepted: str) -> CaseInfo:
    scans = {"pre_V": Scan(day=pre, accepted=accepted), "post_V": Scan(day=post, accepted=accepted)}
    return CaseInfo("P-1", scans, dose)


def codes(case: CaseInfo) -> list[str]:
    return [finding.code for finding in window_findings(case)]


@pytest.mark.parametrize(
    ("pre", "post", "expected"),
    [
        (0, 42, []),
        (-56, 70, []),
        (-57, 70, ["window-baseline"]),
        (0, 41, ["window-follow-up"]),
        (0, 71, ["window-follow-up"]),
        (1, 60, ["window-baseline"]),
        (-20, -5, ["window-follow-up"]),
        (None, None, []),
    ],
)
def test_the_time_windows_end_at_8_weeks_and_at_6_and_10_weeks(
    pre: int | None, post: int | None, expected: list[str]
) -> None:
    assert codes(info(pre, post)) == expected


def test_a_finding_tells_days_and_limits() -> None:
    early, late = window_findings(info(-70, 100))
    assert early.volume == "pre_V"
    assert early.text == (
        "The baseline scan was made 70 days before the first dose; expected at most 56 (8 weeks)"
    )
    assert late.text == (
        "The follow-up scan was made 100 days after the first dose; expected 42 to 70 after it (6–10 weeks)"
    )


def test_an_accepted_warning_keeps_its_reason() -> None:
    (finding,) = window_findings(info(-70, 56, **{"window-baseline": "holiday"}))
    assert finding.accepted == "holiday"


def test_moving_the_first_dose_moves_both_windows() -> None:
    assert codes(info(0, 70, 14)) == []
    assert codes(info(0, 70, 60)) == ["window-baseline", "window-follow-up"]


def test_an_unknown_first_dose_is_said() -> None:
    (finding,) = window_findings(replace(info(0, 70, None), accepted={"first-dose-unknown": "lost"}))
    assert (finding.code, finding.volume, finding.accepted) == ("first-dose-unknown", "", "lost")


def test_phases_of_different_days_are_noticed() -> None:
    case = CaseInfo("P-1", {"pre_A": Scan(day=0), "pre_V": Scan(day=3)}, 10)
    (finding,) = window_findings(case)
    assert finding.code == "phase-days"
    assert "pre_A on day 0, pre_V on day 3" in finding.text


@pytest.mark.parametrize("post", [-3, 0])
def test_a_follow_up_that_is_not_later_is_refused(post: int) -> None:
    with pytest.raises(
        InputError, match=rf"post_V, day {post}\) is not later than the baseline \(pre_V, day 0"
    ):
        check_days(info(0, post))


def test_unlikely_phases_are_named_and_open_ones_pass() -> None:
    case = CaseInfo("P-1", {"pre_A": Scan(), "pre_V": Scan(accepted={"phase-unlikely": "seen"})})
    arterial, native = Enhancement(320, 65, 58, 5), Enhancement(42, 55, 55, 3)
    assert phase_findings(case, {"pre_A": arterial}) == []
    assert phase_findings(case, {"pre_A": Enhancement(228, 85, 60, 10)}) == []
    (unlikely,) = phase_findings(case, {"pre_A": native})
    assert unlikely.text == (
        "The phase is given as arterial, but the scan looks non-contrast: no contrast in the aorta (42 HU)"
    )
    (accepted,) = phase_findings(case, {"pre_V": arterial})
    assert (accepted.code, accepted.accepted) == ("phase-unlikely", "seen")


def test_several_weak_signs_together_make_a_phase_unlikely() -> None:
    case = CaseInfo("P-1", {"pre_A": Scan()})
    (finding,) = phase_findings(case, {"pre_A": Enhancement(150, 110, 60, 30)})
    assert "looks portal venous" in finding.text


def test_exchanged_phases_are_noticed() -> None:
    case = CaseInfo("P-1", {"pre_A": Scan(), "pre_V": Scan()})
    pair = {"pre_A": Enhancement(180, 88), "pre_V": Enhancement(215, 75)}
    (finding,) = phase_findings(case, pair)
    assert finding.code == "phase-exchanged"
    assert "aorta changes by +35 HU and the liver by -13 HU" in finding.text
    assert phase_findings(case, {"pre_A": pair["pre_V"], "pre_V": pair["pre_A"]}) == []


def scan(phase: str) -> sitk.Image:
    image = sitk.GetImageFromArray(torso(phase))
    image.SetSpacing(SPACING)
    return image


def test_a_case_in_order_has_no_findings(case_folder: Path) -> None:
    case = Case.create(case_folder, CaseInfo("P-1", {"pre_A": Scan(day=0), "pre_V": Scan(day=0)}, 10))
    write_image(scan("arterial"), case.image_path("pre_A"))
    write_image(scan("portal"), case.image_path("pre_V"))
    assert check_case(case) == []


def test_the_same_scan_twice_is_refused_even_if_it_lies_elsewhere(case_folder: Path) -> None:
    case = Case.create(case_folder, CaseInfo("P-1", {"pre_A": Scan(day=0), "post_A": Scan(day=60)}, 5))
    image = scan("arterial")
    write_image(image, case.image_path("pre_A"))
    image.SetOrigin((1.0, 2.0, 3.0))
    write_image(sitk.Cast(image, sitk.sitkFloat32), case.image_path("post_A"))
    with pytest.raises(InputError, match="pre_A and post_A are the same scan, voxel for voxel"):
        check_case(case)


def test_a_phase_that_looks_like_another_is_found_in_the_case(case_folder: Path) -> None:
    case = Case.create(case_folder, CaseInfo("P-1", {"pre_V": Scan(day=0)}, 10))
    write_image(scan("native"), case.image_path("pre_V"))
    (finding,) = check_case(case)
    assert (finding.code, finding.volume) == ("phase-unlikely", "pre_V")
