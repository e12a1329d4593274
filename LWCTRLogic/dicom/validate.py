"""Checks of a case's scans against each other: order in time, time windows, the same scan twice, phases."""

from __future__ import annotations

import hashlib

import SimpleITK as sitk

from LWCTRLogic.case import Case, CaseInfo, volume_label
from LWCTRLogic.dicom.phase import LETTERS, UNDETERMINED, decide, hu_evidence
from LWCTRLogic.errors import InputError
from LWCTRLogic.findings import Finding, with_acceptance
from LWCTRLogic.imaging.enhancement import Enhancement, measure_enhancement
from LWCTRLogic.imaging.io import read_image
from LWCTRLogic.progress import Progress

BASELINE_DAYS = 56  # 8 weeks before the first dose
FOLLOW_UP_DAYS = (42, 70)  # 6 to 10 weeks after it


def check_case(case: Case, progress: Progress | None = None) -> list[Finding]:
    """Check the scans of a case.

    Returns
    -------
    list of Finding
        Time windows and unlikely phases, each with the reason for which a reader accepted it, if one did.

    Raises
    ------
    InputError
        When the follow-up is not later than the baseline, a scan is given twice, or an image is refused.
    """
    progress = progress or Progress()
    info = case.load_info()
    check_days(info)
    findings = window_findings(info)
    hashes: dict[str, str] = {}
    measured: dict[str, Enhancement] = {}
    volumes = case.volumes()
    for done, volume in enumerate(volumes):
        progress.update("checking scans", done, len(volumes), volume)
        image = read_image(case.image_path(volume))
        _refuse_twin(volume, image, hashes)
        measured[volume] = measure_enhancement(image)
    progress.update("checking scans", len(volumes), len(volumes))
    return [*findings, *phase_findings(info, measured)]


def _refuse_twin(volume: str, image: sitk.Image, hashes: dict[str, str]) -> None:
    """Refuse voxels that another volume already has, wherever they are said to lie."""
    voxels = sitk.GetArrayFromImage(sitk.Cast(image, sitk.sitkFloat32))
    key = hashlib.sha256(repr(image.GetSize()).encode() + voxels.tobytes()).hexdigest()
    if key in hashes:
        raise InputError(
            f"{hashes[key]} and {volume} are the same scan, voxel for voxel",
            "a scan for each volume",
            "Choose another scan for one of them (lwctr assign), or correct the sources in case.json",
        )
    hashes[key] = volume


def check_days(info: CaseInfo) -> None:
    """Refuse a follow-up that is not later than the baseline.

    Raises
    ------
    InputError
        With both days.
    """
    before, after = _days(info, "pre"), _days(info, "post")
    if before and after and min(after.values()) <= max(before.values()):
        first = min(after, key=lambda volume: after[volume])
        last = max(before, key=lambda volume: before[volume])
        raise InputError(
            f"the follow-up scan ({first}, day {after[first]}) is not later than the baseline ({last}, day "
            f"{before[last]})",
            "the baseline before the follow-up",
            "Correct the days in case.json, or exchange the scans",
        )


def _days(info: CaseInfo, timepoint: str) -> dict[str, int]:
    return {
        volume: scan.day
        for volume, scan in info.scans.items()
        if volume.startswith(timepoint + "_") and scan.day is not None
    }


def window_findings(info: CaseInfo) -> list[Finding]:
    """Check both time windows and the days of the phases.

    Parameters
    ----------
    info : CaseInfo
        Days of scans and first dose.

    Returns
    -------
    list of Finding
        One for each scan outside its window.
    """
    findings: list[Finding] = []
    for timepoint in ("pre", "post"):
        days = _days(info, timepoint)
        if len(set(days.values())) > 1:
            listed = ", ".join(f"{volume} on day {day}" for volume, day in days.items())
            findings.append(
                _finding(
                    info,
                    "phase-days",
                    f"The phases of one examination differ in day: {listed}",
                    next(iter(days)),
                )
            )
        for volume, day in days.items():
            text = _outside(info.first_dose_day, timepoint, day)
            if text:
                code = "window-baseline" if timepoint == "pre" else "window-follow-up"
                findings.append(_finding(info, code, text, volume))
    if info.first_dose_day is None and info.scans:
        text = "The day of the first dose is unknown, so that the time windows of the scans were not checked"
        findings.append(_finding(info, "first-dose-unknown", text))
    return findings


def _outside(dose: int | None, timepoint: str, day: int) -> str:
    if dose is None:
        return ""
    if timepoint == "pre":
        if day > dose:
            return f"The baseline scan was made {day - dose} days after the first dose; expected before it"
        if dose - day > BASELINE_DAYS:
            return (
                f"The baseline scan was made {dose - day} days before the first dose; expected at most "
                f"{BASELINE_DAYS} (8 weeks)"
            )
        return ""
    low, high = FOLLOW_UP_DAYS
    if low <= day - dose <= high:
        return ""
    when = f"{day - dose} days after" if day >= dose else f"{dose - day} days before"
    return (
        f"The follow-up scan was made {when} the first dose; expected {low} to {high} after it (6–10 weeks)"
    )


def phase_findings(info: CaseInfo, measured: dict[str, Enhancement]) -> list[Finding]:
    """Name phases that the HU of aorta, portal vein and liver make unlikely; what is undetermined passes."""
    findings = []
    for volume, found in measured.items():
        looks = decide(hu_evidence(found))
        if looks.phase != UNDETERMINED and LETTERS.get(looks.phase) != volume[-1]:
            given = volume_label(volume).split(", ")[1]
            text = f"The phase is given as {given}, but the scan looks {looks.phase}: {looks.reason}"
            findings.append(_finding(info, "phase-unlikely", text, volume))
    for timepoint in ("pre", "post"):
        findings += _swapped(info, timepoint, measured)
    return findings


def _swapped(info: CaseInfo, timepoint: str, measured: dict[str, Enhancement]) -> list[Finding]:
    """Name a pair whose aorta rises and whose liver falls from the arterial to the portal venous phase."""
    arterial, portal = measured.get(f"{timepoint}_A"), measured.get(f"{timepoint}_V")
    if arterial is None or portal is None:
        return []
    if None in (arterial.aorta, arterial.liver, portal.aorta, portal.liver):
        return []
    aorta = portal.aorta - arterial.aorta  # type: ignore[operator]
    liver = portal.liver - arterial.liver  # type: ignore[operator]
    if aorta <= 20 or liver >= -5:
        return []
    text = (
        f"The two phases may be exchanged: from {timepoint}_A to {timepoint}_V the aorta changes by "
        f"{aorta:+.0f} HU and the liver by {liver:+.0f} HU; expected less in the aorta and more in the liver"
    )
    return [_finding(info, "phase-exchanged", text, f"{timepoint}_A")]


def _finding(info: CaseInfo, code: str, text: str, volume: str = "") -> Finding:
    return with_acceptance(info, Finding(code, text, volume))
