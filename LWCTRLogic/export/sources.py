"""The DICOM images that a case's volume was read from: found again by their voxels, or generated.

A case forgets where its scans came from, since a folder's name may hold a patient's name. For an identified
export the user names the folder again; a series counts as the source when grid and voxels are equal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pydicom
import SimpleITK as sitk
from pydicom.dataset import Dataset

from LWCTRLogic.case import volume_label
from LWCTRLogic.dicom.find import Series, find_series
from LWCTRLogic.dicom.quiet import quiet_pydicom
from LWCTRLogic.dicom.read import read_series
from LWCTRLogic.dicom.stack import make_stack
from LWCTRLogic.errors import GeometryError, InputError
from LWCTRLogic.imaging.geometry import check_same_grid
from LWCTRLogic.progress import Progress

# Of type 2: a file must have them, if empty; old archives leave them out, and what refers to it needs them.
_MAY_BE_EMPTY = (
    "PatientID",
    "PatientName",
    "PatientBirthDate",
    "PatientSex",
    "StudyDate",
    "StudyTime",
    "StudyID",
    "AccessionNumber",
    "ReferringPhysicianName",
)


@dataclass(frozen=True)
class Source:
    """The images of one volume.

    Attributes
    ----------
    volume : str
        ``pre_A`` …
    datasets : tuple of pydicom.Dataset
        The images along the volume's z axis; or one multi-frame image.
    frames : tuple of int
        For each slice of the volume, its place among all frames of ``datasets``, from 0.
    count : int
        Frames of ``datasets`` in all; a multi-frame image may hold other phases too.
    """

    volume: str
    datasets: tuple[Dataset, ...]
    frames: tuple[int, ...]
    count: int

    @property
    def study_uid(self) -> str:
        """The study that the images belong to."""
        return str(self.datasets[0].StudyInstanceUID)

    @property
    def is_part(self) -> bool:
        """Whether the images hold more than this volume, such as other phases in the same file."""
        return self.count > len(self.frames)


def find_sources(
    images: Mapping[str, sitk.Image], folder: Path, progress: Progress | None = None
) -> dict[str, Source]:
    """Find the series that each volume was read from.

    Parameters
    ----------
    images : dict of str to SimpleITK.Image
        The case's images by volume name.
    folder : Path
        A folder of DICOM files, as it was given to ``lwctr scan``.
    progress : Progress, optional
        Told of every file and volume.

    Returns
    -------
    dict of str to Source
        One for each volume.

    Raises
    ------
    InputError
        When a volume's images are not there, or it was resampled on import (a tilted gantry).
    """
    progress = progress or Progress()
    series = find_series(folder, progress).series
    found: dict[str, Source] = {}
    for number, (volume, image) in enumerate(images.items()):
        progress.update("finding source images", number, len(images), volume)
        match = next((one for one in series if _is_source(one, image)), None)
        if match is None:
            raise InputError(
                f"none of the {len(series)} CT volumes in {folder} has the voxels of {volume} "
                f"({volume_label(volume)})",
                "the series that the case was made from",
                "Name the folder that was given to 'lwctr scan'; a volume that came from NIfTI, or was "
                "resampled on import, has no source images",
            )
        found[volume] = _load(volume, match)
    progress.update("finding source images", len(images), len(images))
    return found


def _is_source(series: Series, image: sitk.Image) -> bool:
    columns, rows, slices = image.GetSize()
    first = series.first
    if (first.columns, first.rows, len(series.frames)) != (columns, rows, slices):
        return False
    try:
        read = read_series(series)
        check_same_grid(image, read)
    except (InputError, GeometryError):
        return False
    return bool(np.array_equal(sitk.GetArrayViewFromImage(image), sitk.GetArrayViewFromImage(read)))


def _load(volume: str, series: Series) -> Source:
    frames = [series.frames[i] for i in make_stack(series.frames).order]
    paths = list(dict.fromkeys(frame.path for frame in frames))
    with quiet_pydicom():
        datasets = tuple(_complete(pydicom.dcmread(path)) for path in paths)
    if not datasets[0].get("FrameOfReferenceUID"):
        raise InputError(
            f"the images of {volume} name no frame of reference",
            "a Frame of Reference UID",
            "Send the series again from the archive; without it a segmentation has no place",
        )
    if frames[0].index is None:
        return Source(volume, datasets, tuple(range(len(frames))), len(frames))
    if len(datasets) > 1:
        raise InputError(
            f"{volume} lies in {len(datasets)} multi-frame files", "one file", "Export the series as one file"
        )
    places = tuple(frame.index for frame in frames if frame.index is not None)
    return Source(volume, datasets, places, int(datasets[0].NumberOfFrames))


def _complete(ds: Dataset) -> Dataset:
    """Add attributes that must be there, empty, where the file lacks them."""
    for keyword in _MAY_BE_EMPTY:
        if keyword not in ds:
            setattr(ds, keyword, "")
    return ds


def by_study(sources: Sequence[Source]) -> dict[str, list[Source]]:
    """Group sources by study, in the order of volumes."""
    groups: dict[str, list[Source]] = {}
    for source in sources:
        groups.setdefault(source.study_uid, []).append(source)
    return groups
