"""Proposing which scans of a folder are the four volumes of a case, with the reason for each."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import SimpleITK as sitk

from LWCTRLogic.case import VOLUMES
from LWCTRLogic.dicom.find import Found, Series, Skipped, find_series, walk
from LWCTRLogic.dicom.phase import (
    LETTERS,
    UNDETERMINED,
    Evidence,
    decide,
    hu_evidence,
    order_evidence,
    relative_evidence,
    tag_evidence,
    word_evidence,
)
from LWCTRLogic.dicom.read import read_series
from LWCTRLogic.dicom.stack import TILT_DEGREES, tilt_of
from LWCTRLogic.dicom.words import timepoint_named
from LWCTRLogic.errors import InputError, LWCTRError
from LWCTRLogic.imaging.enhancement import Enhancement, measure_enhancement
from LWCTRLogic.imaging.io import read_image
from LWCTRLogic.imaging.volumes import is_image_file
from LWCTRLogic.progress import Progress

# The follow-up scan belongs 6 to 10 weeks after the first dose; of several, the one nearest to the middle.
FOLLOW_UP_MIDDLE_DAYS = 56
_HARD_KERNEL = re.compile(
    r"^(?:B[56789]\d|B[lr][56789]\d|I[56789]\d|LUNG|BONE|EDGE|Y[ABC]|L$|D$|FC(?:3\d|5\d|8\d))", re.I
)


@dataclass(frozen=True)
class Candidate:
    """One volume that was found: what it is, what it may be, and why.

    Attributes
    ----------
    number : int
        By which the user names it, from 1.
    label, images, spacing_mm :
        Words that hold no name and no date; number of slices; their distance.
    date : datetime.date or None
        For day offsets only; never shown.
    phase, timepoint : str
        ``arterial`` …, ``pre`` or ``post``, or ``undetermined``.
    reason : str
        Why.
    problem : str
        Why it cannot be used; empty when it can.
    """

    number: int
    label: str
    images: int
    spacing_mm: float
    load: Callable[[Progress], sitk.Image] = field(repr=False)
    date: dt.date | None = field(default=None, repr=False)
    study: str = field(default="", repr=False)
    time: float | None = None
    phase: str = UNDETERMINED
    timepoint: str = UNDETERMINED
    reason: str = ""
    problem: str = ""
    rank: tuple[float, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    tilt_degrees: float = 0.0
    note: str = ""
    enhancement: Enhancement | None = None


@dataclass(frozen=True)
class Proposal:
    """What a folder holds and which of it would be which volume.

    Attributes
    ----------
    candidates, skipped :
        Volumes found, and the rest.
    chosen : dict of str to int
        Volume name → number of the candidate.
    remarks : tuple of str
        What the user should know.
    """

    candidates: tuple[Candidate, ...]
    skipped: tuple[Skipped, ...]
    chosen: Mapping[str, int]
    first_dose: dt.date | None = field(default=None, repr=False)
    remarks: tuple[str, ...] = ()

    def candidate(self, number: int) -> Candidate:
        """Return a candidate by its number.

        Raises
        ------
        InputError
            When there is none.
        """
        if not 1 <= number <= len(self.candidates):
            raise InputError(f"there is no scan {number}", f"a number from 1 to {len(self.candidates)}")
        return self.candidates[number - 1]

    def days(self) -> dict[int, int | None]:
        """Return whole days after the earliest chosen scan, by candidate number."""
        dates = [self.candidate(number).date for number in self.chosen.values()]
        known = [date for date in dates if date is not None]
        start = min(known) if known else min((c.date for c in self.candidates if c.date), default=None)
        return {c.number: (c.date - start).days if c.date and start else None for c in self.candidates}

    def first_dose_day(self) -> int | None:
        """Return the day of the first dose on the same axis."""
        dated = [(c.date, self.days()[c.number]) for c in self.candidates if c.date is not None]
        if self.first_dose is None or not dated:
            return None
        date, day = dated[0]
        return None if day is None else (self.first_dose - date).days + day


def propose(
    folder: Path,
    progress: Progress | None = None,
    *,
    first_dose: dt.date | None = None,
    correct_tilt: bool = False,
) -> Proposal:
    """Find, read and weigh every scan of a folder.

    Parameters
    ----------
    folder : Path
        DICOM folder, or a folder with image files, or both.
    progress : Progress, optional
        Told of every file and scan.
    first_dose : datetime.date, optional
        Day of the first immunotherapy dose; without it the earliest study is the baseline.
    correct_tilt : bool
        Resample scans with a tilted gantry instead of refusing them.

    Raises
    ------
    InputError
        When there is no such folder, or scans of several patients lie in it.
    """
    progress = progress or Progress()
    found = find_series(folder, progress)
    _refuse_two_patients(found.series)
    candidates = [_from_series(i, series, correct_tilt) for i, series in enumerate(found.series, 1)]
    candidates += _from_files(folder, len(candidates) + 1)
    candidates = [
        _measured(candidate, progress, done, len(candidates)) for done, candidate in enumerate(candidates)
    ]
    candidates = [_with_phase(candidate, candidates, found) for candidate in candidates]
    candidates, remarks = _with_timepoints(candidates, first_dose)
    if first_dose is not None and candidates and all(candidate.date is None for candidate in candidates):
        remarks.append(
            "no scan has a date, so that the first dose has no place among them; write the days into "
            "case.json: day of each scan, and first_dose_day, counted from the earliest scan"
        )
    return Proposal(tuple(candidates), found.skipped, choose(candidates), first_dose, tuple(remarks))


def _refuse_two_patients(series: Sequence[Series]) -> None:
    patients = {one.first.tags.get("PatientID", "").strip() for one in series} - {""}
    if len(patients) > 1:
        raise InputError(
            f"the folder holds scans of {len(patients)} patients (by patient ID)",
            "one patient",
            "Give each patient a folder",
        )


# ---- candidates ------------------------------------------------------------------------------------------
def _from_series(number: int, series: Series, correct_tilt: bool) -> Candidate:
    first = series.first
    digits = first.tags.get("SeriesNumber", "")
    hard = bool(_HARD_KERNEL.match(first.tags.get("ConvolutionKernel", "").split("\\")[0]))
    parts = [
        f"series {digits}" if digits.isdigit() else "series",
        series.part,
        "sharp kernel" if hard else "",
    ]
    rank = (
        0.0 if hard else 1.0,
        0.0 if "DERIVED" in first.image_type else 1.0,
        float(series.slice_spacing_mm <= 5.0),
        -abs(series.slice_spacing_mm - 2.0),
        series.extent_mm,
    )
    return Candidate(
        number,
        ", ".join(part for part in parts if part),
        len(series.frames),
        series.slice_spacing_mm,
        lambda progress: read_series(series, progress, correct_tilt=correct_tilt),
        date=first.study_date,
        study=first.study_uid,
        time=series.time,
        rank=rank,
        evidence=tuple(tag_evidence(series)),
        tilt_degrees=tilt_of(series.frames),
    )


def _from_files(folder: Path, first_number: int) -> list[Candidate]:
    candidates = []
    paths = [path for path in walk(folder) if is_image_file(path) and ".seg." not in path.name.lower()]
    for number, path in enumerate(paths, first_number):
        name = path.name.split(".")[0].replace("_A", " art ").replace("_V", " ven ")
        candidates.append(
            Candidate(
                number,
                f"image file {number - first_number + 1} by name",
                0,
                0.0,
                partial(_read_file, path),
                timepoint=timepoint_named(name) or UNDETERMINED,
                evidence=tuple(word_evidence("file name", name, 3.0)),
            )
        )
    return candidates


def _read_file(path: Path, progress: Progress) -> sitk.Image:
    """Read an image file; its name, which may be a patient's, stays out of the message."""
    try:
        return read_image(path)
    except InputError as error:
        found = error.found.replace(path.name, "the file").partition(": ")[0]
        raise InputError(found, error.expected, error.action) from error


def _measured(candidate: Candidate, progress: Progress, done: int, total: int) -> Candidate:
    """Read the scan, which finds its defects, and measure its vessels."""
    progress.update("looking at scans", done, total, candidate.label)
    try:
        image = candidate.load(Progress())
    except LWCTRError as error:
        return replace(candidate, problem=error.one_line())
    tilt = candidate.tilt_degrees
    return replace(
        candidate,
        note=f"gantry tilt of {tilt:.1f}° corrected by resampling" if tilt > TILT_DEGREES else "",
        images=image.GetSize()[2],
        spacing_mm=image.GetSpacing()[2],
        enhancement=measure_enhancement(image),
    )


def _with_phase(candidate: Candidate, everyone: Sequence[Candidate], found: Found) -> Candidate:
    if candidate.enhancement is None:
        return candidate
    study = [other for other in everyone if other.study == candidate.study and other.enhancement is not None]
    place = next(i for i, other in enumerate(study) if other.number == candidate.number)
    measured = [
        *hu_evidence(candidate.enhancement),
        *relative_evidence(
            candidate.enhancement, [o.enhancement for o in study if o.enhancement is not None]
        ),
    ]
    order = order_evidence([other.time for other in study])[place] if candidate.study else []
    remarks = [] if measured else [candidate.enhancement.in_words()]
    proposal = decide([*candidate.evidence, *order, *measured], remarks)
    reason = f"{proposal.reason}; {candidate.note}" if candidate.note else proposal.reason
    return replace(candidate, phase=proposal.phase, reason=reason)


# ---- timepoints ------------------------------------------------------------------------------------------
def _with_timepoints(
    candidates: Sequence[Candidate], first_dose: dt.date | None
) -> tuple[list[Candidate], list[str]]:
    dates = sorted({candidate.date for candidate in candidates if candidate.date and not candidate.problem})
    baseline, follow_up = _two_dates(dates, first_dose)
    remarks = []
    left_out = len(dates) - len({baseline, follow_up} - {None})
    if left_out:
        remarks.append(
            f"{left_out} more examination days are neither the proposed baseline nor the proposed follow-up"
        )
    alone = not dates and len({candidate.study for candidate in candidates}) == 1
    placed = [
        replace(candidate, timepoint=_timepoint(candidate, baseline, follow_up, alone))
        for candidate in candidates
    ]
    undated = sum(one.timepoint == UNDETERMINED and one.date is None for one in placed)
    if undated:
        remarks.append(f"{undated} scans have no date, so that their timepoint must be chosen by hand")
    return placed, remarks


def _timepoint(candidate: Candidate, baseline: dt.date | None, follow_up: dt.date | None, alone: bool) -> str:
    """Return where a scan belongs; one examination without a date is a baseline."""
    if candidate.date is not None:
        return {baseline: "pre", follow_up: "post"}.get(candidate.date, UNDETERMINED)
    if candidate.timepoint == UNDETERMINED and alone:
        return "pre"
    return candidate.timepoint


def _two_dates(dates: Sequence[dt.date], first_dose: dt.date | None) -> tuple[dt.date | None, dt.date | None]:
    """Return the days of baseline and follow-up: around the first dose, or by order."""
    if first_dose is None:
        return (dates[0] if dates else None), (dates[1] if len(dates) > 1 else None)
    before = [date for date in dates if date <= first_dose]
    after = [date for date in dates if date > first_dose]
    middle = first_dose + dt.timedelta(days=FOLLOW_UP_MIDDLE_DAYS)
    return (before[-1] if before else None), min(after, key=lambda date: abs(date - middle), default=None)


def choose(candidates: Sequence[Candidate]) -> dict[str, int]:
    """Return the best candidate for each volume: soft kernel, original, at most 5 mm, long coverage."""
    chosen = {}
    for volume in VOLUMES:
        timepoint, letter = volume.split("_")
        fitting = [
            candidate
            for candidate in candidates
            if not candidate.problem
            and candidate.timepoint == timepoint
            and LETTERS.get(candidate.phase) == letter
        ]
        if fitting:
            chosen[volume] = max(fitting, key=lambda candidate: (candidate.rank, -candidate.number)).number
    return chosen
