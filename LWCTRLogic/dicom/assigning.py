"""Bringing other scans into a case that has scans already: from a folder that is looked through again, or a file."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from LWCTRLogic.case import Case, CaseInfo, Scan
from LWCTRLogic.dicom.importing import read_source
from LWCTRLogic.dicom.propose import Candidate, Proposal, propose
from LWCTRLogic.errors import InputError, UsageError
from LWCTRLogic.imaging.io import read_image, write_image
from LWCTRLogic.progress import Progress
from LWCTRLogic.scan_change import (
    NewScan,
    aside_image_path,
    change_scans,
    discard_new,
    new_image_path,
    put_aside,
    refuse_open_readings,
)

CHOSEN = "chosen by the user"


@dataclass(frozen=True)
class Source:
    """Where new scans come from.

    Attributes
    ----------
    folder : Path or None
        Where the numbers come from; as ``lwctr scan`` lists them.
    first_dose : datetime.date or None
        To find the days of new scans where no scan of the folder is in the case.
    correct_tilt : bool
        Resample scans with a tilted gantry instead of refusing them.
    """

    folder: Path | None = None
    first_dose: dt.date | None = None
    correct_tilt: bool = False


def assign_scans(
    case: Case, wanted: Mapping[str, str], source: Source | None = None, progress: Progress | None = None
) -> list[str]:
    """Give volumes of a case other scans; call it inside :func:`LWCTRLogic.pipeline.locked`.

    Parameters
    ----------
    case : Case
        A case with scans.
    wanted : dict of str to str
        Volume → ``none``, the volume whose scan it is (``pre_V``), a scan put aside (``0001_pre_A``), a number of
        the source's list, or the path of an image or a DICOM folder. What turns out to be a scan of the case, voxel
        for voxel, is that scan, with its masks.
    source : Source, optional
        Where the numbers come from.
    progress : Progress, optional
        Told of every scan, and warned when the day of a new one remains unknown.

    Returns
    -------
    list of str
        The volumes that hold another scan now.

    Raises
    ------
    InputError
        When a scan is refused or given twice, or as for :func:`LWCTRLogic.scan_change.change_scans`.
    UsageError
        For a number without a folder.
    """
    refuse_open_readings(case)
    places = {
        volume: None if value.lower() == "none" else value
        for volume, value in wanted.items()
        if not value.isdigit() and not _is_path(value)
    }
    outside = {volume: value for volume, value in wanted.items() if volume not in places}
    try:
        new = _staged(case, outside, source or Source(), progress or Progress())
        _refuse_twins(new)
        known = {volume: name for volume, one in new.items() if (name := _known(case, one.image))}
        new = {volume: one for volume, one in new.items() if volume not in known}
        return change_scans(case, {**places, **known}, new)
    finally:
        discard_new(case)


def _is_path(value: str) -> bool:
    """Whether a value is meant as a path: no volume and no name of a scan put aside holds a separator or a point."""
    return any(sign in value for sign in "/\\.")


def _staged(case: Case, outside: Mapping[str, str], source: Source, progress: Progress) -> dict[str, NewScan]:
    """Read every scan that comes from outside into the case's folder of new ones."""
    numbers = {volume: int(value) for volume, value in outside.items() if value.isdigit()}
    new = _from_folder(case, numbers, source, progress) if numbers else {}
    for volume, value in outside.items():
        if volume not in numbers:
            image = read_source(Path.cwd(), value, progress, correct_tilt=source.correct_tilt)
            new[volume] = _write(case, volume, image, Scan(reason=CHOSEN))
    return new


def _from_folder(
    case: Case, numbers: Mapping[str, int], source: Source, progress: Progress
) -> dict[str, NewScan]:
    if source.folder is None:
        raise UsageError(f"scan number {next(iter(numbers.values()))} without a folder", "--from FOLDER")
    dose = source.first_dose
    proposal = propose(source.folder, progress, first_dose=dose, correct_tilt=source.correct_tilt)
    start = _day_zero(case, proposal, dose)
    new = {}
    for volume, number in numbers.items():
        candidate = proposal.candidate(number)
        if candidate.problem:
            raise InputError(f"scan {number} cannot be {volume}: {candidate.problem}")
        day = None if start is None or candidate.date is None else (candidate.date - start).days
        if day is None:
            progress.warning(
                f"the day of {volume} is unknown, since no scan of the folder is in the case; give --first-dose, "
                "or write the day into case.json"
            )
        reason = f"{CHOSEN}; {candidate.reason}".rstrip("; ")
        new[volume] = _write(case, volume, candidate.load(Progress()), Scan(day=day, reason=reason))
    return new


def _write(case: Case, volume: str, image: sitk.Image, scan: Scan) -> NewScan:
    path = new_image_path(case, volume)
    write_image(image, path)
    return NewScan(path, scan)


# ---- days ------------------------------------------------------------------------------------------------
def _day_zero(case: Case, proposal: Proposal, first_dose: dt.date | None) -> dt.date | None:
    """Return the date of the case's day 0, by a scan of the folder that the case holds, or by the first dose."""
    info = case.load_info()
    for candidate in proposal.candidates:
        if candidate.date is None or candidate.problem:
            continue
        volume = _volume_of(case, info, candidate)
        day = info.scans[volume].day if volume else None
        if day is not None:
            return candidate.date - dt.timedelta(days=day)
    if first_dose is not None and info.first_dose_day is not None:
        return first_dose - dt.timedelta(days=info.first_dose_day)
    return None


def _volume_of(case: Case, info: CaseInfo, candidate: Candidate) -> str:
    """Return the volume of the case that holds the voxels of a candidate, or empty."""
    image = None
    for volume in info.scans:
        size, spacing = _shape(case.image_path(volume))
        if size[2:] != (candidate.images,) or abs(spacing - candidate.spacing_mm) > 0.01:
            continue
        image = candidate.load(Progress()) if image is None else image
        if _same(image, case.image_path(volume)):
            return volume
    return ""


def _shape(path: Path) -> tuple[tuple[int, ...], float]:
    """Return size and slice distance of an image without reading its voxels; nothing for a missing one."""
    if not path.is_file():
        return (), 0.0
    reader = sitk.ImageFileReader()
    reader.SetFileName(str(path))
    reader.ReadImageInformation()
    return tuple(reader.GetSize()), float(reader.GetSpacing()[2])


def _same(image: sitk.Image, path: Path) -> bool:
    if tuple(image.GetSize()) != _shape(path)[0]:
        return False
    other = read_image(path)
    return np.array_equal(sitk.GetArrayViewFromImage(image), sitk.GetArrayViewFromImage(other))


# ---- the same scan twice ---------------------------------------------------------------------------------
def _known(case: Case, path: Path) -> str:
    """Return where the case has a new scan already, voxel for voxel: there its masks lie; empty for nowhere."""
    image = read_image(path)
    places = [(name, case.image_path(name)) for name in case.volumes()]
    places += [(one.name, aside_image_path(case, one.name)) for one in put_aside(case)]
    return next((name for name, other in places if _same(image, other)), "")


def _refuse_twins(new: Mapping[str, NewScan]) -> None:
    for volume, other in itertools.combinations(new, 2):
        if _same(read_image(new[volume].image), new[other].image):
            raise InputError(
                f"the scans for {volume} and {other} are the same, voxel for voxel",
                "a scan of its own for each volume",
            )
