"""Bringing scans into a case: from a file or a DICOM folder to ``images/<volume>.nii.gz``."""

from __future__ import annotations

from pathlib import Path

import SimpleITK as sitk

from LWCTRLogic.case import VOLUMES, Case
from LWCTRLogic.dicom.find import Found, Series, find_series
from LWCTRLogic.dicom.read import read_series
from LWCTRLogic.errors import InputError, LWCTRError
from LWCTRLogic.imaging.io import read_image, write_image
from LWCTRLogic.imaging.volumes import is_image_file
from LWCTRLogic.progress import Progress

STEP = "import"


def import_case(case: Case, progress: Progress | None = None) -> list[str]:
    """Import every volume of a case that has a source; the first step of ``lwctr run``.

    Returns
    -------
    list of str
        Names of the volumes that were imported.

    Raises
    ------
    InputError
        When a source is refused (the message names the volume), or a volume has neither image nor source.
    """
    progress = progress or Progress()
    info = case.load_info()
    imported = []
    for done, volume in enumerate(case.volumes()):
        source = info.scans[volume].source
        progress.update(STEP, done, len(case.volumes()), volume)
        if source:
            import_volume(case, volume, source, progress)
            imported.append(volume)
        elif not case.image_path(volume).exists():
            raise InputError(
                f"{volume} has neither an image nor a source",
                f"{case.image_path(volume)}, or a source in case.json",
                "Give the scan's path as its source, or remove the volume from case.json",
            )
    return imported


def import_volume(
    case: Case,
    volume: str,
    source: str | Path,
    progress: Progress | None = None,
    *,
    correct_tilt: bool = False,
) -> Path:
    """Read a scan and write it as a volume of a case; the source's path is then forgotten.

    Parameters
    ----------
    case : Case
        The case; its ``case.json`` is updated.
    volume : str
        ``pre_A`` …
    source : str or Path
        An image file or a DICOM folder, absolute or relative to the case folder. ``FOLDER#2`` means the
        second volume that ``lwctr scan FOLDER`` lists.
    progress : Progress, optional
        Told of every image.
    correct_tilt : bool
        Resample a scan with a tilted gantry instead of refusing it.

    Returns
    -------
    Path
        The image written.

    Raises
    ------
    InputError
        When the scan is refused, or a folder holds several volumes and none was chosen.
    """
    if volume not in VOLUMES:
        raise InputError(f"volume {volume!r}", "one of " + ", ".join(VOLUMES))
    try:
        image = read_source(case.folder, str(source), progress, correct_tilt=correct_tilt)
    except LWCTRError as error:
        raise type(error)(f"{volume}: {error.found}", error.expected, error.action) from error
    path = case.image_path(volume)
    write_image(image, path)
    case.update_scan(volume, source="")
    return path


def read_source(
    folder: Path, source: str, progress: Progress | None = None, *, correct_tilt: bool = False
) -> sitk.Image:
    """Read an image file or a DICOM folder, see :func:`import_volume`.

    Raises
    ------
    InputError
        When there is no such file or folder, or it is refused.
    """
    path, number = _split(folder, source)
    if not path.exists():
        raise InputError(
            f"{path} does not exist",
            "an image file or a folder with DICOM files",
            "Correct the source in case.json",
        )
    if path.is_file() and is_image_file(path):
        return read_image(path)
    found = find_series(path, progress)
    return read_series(_choose(found, number), progress, correct_tilt=correct_tilt)


def _split(folder: Path, source: str) -> tuple[Path, int | None]:
    """Return the path and the chosen number; a ``#`` may also belong to the path."""
    whole = folder / Path(source).expanduser()
    name, mark, number = source.rpartition("#")
    if whole.exists() or not mark or not number.isdigit():
        return whole, None
    return folder / Path(name).expanduser(), int(number)


def _choose(found: Found, number: int | None) -> Series:
    """Return the one volume meant; numbers are those that ``lwctr scan`` prints."""
    count = len(found.series)
    if not count:
        reasons = (
            "; ".join(f"{item.images} × {item.reason}" for item in found.skipped[:6]) or "no files at all"
        )
        raise InputError(f"the folder holds no CT volume ({reasons})", "a CT series of the abdomen")
    if number is None and count > 1:
        listed = "; ".join(f"#{i} {summary(series)}" for i, series in enumerate(found.series, 1))
        raise InputError(
            f"the folder mixes {count} volumes ({listed})",
            "one",
            "Write FOLDER#NUMBER as the source, or let 'lwctr scan FOLDER' sort them",
        )
    if not 1 <= (number or 1) <= count:
        raise InputError(f"volume #{number} of the folder", f"a number from 1 to {count}")
    return found.series[(number or 1) - 1]


def summary(series: Series) -> str:
    """Return a few words on a series, none of which can be a name or a date."""
    number = series.first.tags.get("SeriesNumber", "")
    text = f"{len(series.frames)} images every {series.slice_spacing_mm:.3g} mm"
    if number.isdigit():
        text = f"series {number}, {text}"
    return f"{text}, {series.part}" if series.part else text
