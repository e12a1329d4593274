"""Reading a DICOM Segmentation (binary or fractional) as a mask."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np
import pydicom
import SimpleITK as sitk
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from LWCTRLogic.dicom.quiet import quiet_pydicom
from LWCTRLogic.dicom.stack import axes
from LWCTRLogic.errors import InputError
from LWCTRLogic.imaging.masks import harmless

SEGMENTATION = "1.2.840.10008.5.1.4.1.1.66.4"


def read_dicom_seg(path: Path, label: int | None = None) -> sitk.Image:
    """Read one segment of a DICOM SEG file.

    Slices without the segment are often left out of such a file, so that its grid may be shorter than that of
    the scan: :func:`LWCTRLogic.imaging.geometry.lay_on_grid` brings it back.

    Parameters
    ----------
    path : Path
        The file, or a folder that holds exactly one.
    label : int, optional
        Segment number; without it the file must hold one segment, or one named "liver".

    Returns
    -------
    SimpleITK.Image
        uint8, 0 or 1; a fractional segmentation is cut at one half.

    Raises
    ------
    InputError
        When the file is no DICOM SEG, is damaged, or leaves open which segment is meant.
    """
    path = _only_file(Path(path))
    with quiet_pydicom():
        try:
            ds = pydicom.dcmread(path)
        except (InvalidDicomError, EOFError, OSError, ValueError) as error:
            raise InputError(f"{path.name} is no mask file", ".seg.nrrd, .nii.gz or DICOM SEG") from error
        if ds.get("SOPClassUID") != SEGMENTATION:
            raise InputError("the DICOM file is no segmentation", "a DICOM SEG object")
        try:
            return _to_mask(ds, _segment_number(ds, label))
        except (AttributeError, KeyError, IndexError, ValueError) as error:
            raise InputError(
                f"the DICOM SEG is damaged ({error})", "a whole file", "Export it again"
            ) from error


def _only_file(path: Path) -> Path:
    if not path.is_dir():
        return path
    files = [file for file in path.iterdir() if file.is_file() and not file.name.startswith(".")]
    if len(files) != 1:
        raise InputError(f"the folder of the mask holds {len(files)} files", "one DICOM SEG file")
    return files[0]


def _segment_number(ds: Dataset, label: int | None) -> int:
    names = {int(item.SegmentNumber): str(item.get("SegmentLabel", "")) for item in ds.SegmentSequence}
    listed = ", ".join(f"{number} = {harmless(name)}" for number, name in names.items())
    if label is not None:
        if label not in names:
            raise InputError(
                f"the DICOM SEG has no segment {label}; it holds {listed}", "one of these numbers"
            )
        return label
    livers = [number for number, name in names.items() if name.strip().lower() == "liver"]
    wanted = livers if livers else list(names)
    if len(wanted) != 1:
        raise InputError(
            f"the DICOM SEG holds several segments ({listed})",
            "one, or one named Liver",
            "Say which is meant",
        )
    return wanted[0]


def _to_mask(ds: Dataset, segment: int) -> sitk.Image:
    shared = ds.SharedFunctionalGroupsSequence[0]
    groups = ds.PerFrameFunctionalGroupsSequence
    measures = _group(shared, groups[0], "PixelMeasuresSequence")
    matrix = axes(
        [float(v) for v in _group(shared, groups[0], "PlaneOrientationSequence").ImageOrientationPatient]
    )
    voxels = ds.pixel_array
    voxels = voxels[None] if voxels.ndim == 2 else voxels
    half = int(ds.get("MaximumFractionalValue", 1)) / 2
    planes: dict[float, np.ndarray] = defaultdict(lambda: np.zeros(voxels.shape[1:], np.uint8))
    positions: dict[float, np.ndarray] = {}
    for plane, own in zip(voxels, groups, strict=True):
        position = np.array(
            [float(v) for v in _group(shared, own, "PlanePositionSequence").ImagePositionPatient]
        )
        height = round(float(position @ matrix[:, 2]), 3)
        positions[height] = position
        if int(_group(shared, own, "SegmentIdentificationSequence").ReferencedSegmentNumber) == segment:
            planes[height] |= (plane > half).astype(np.uint8)
    heights = sorted(positions)
    step = _step(heights, measures)
    volume = np.zeros((round((heights[-1] - heights[0]) / step) + 1, *voxels.shape[1:]), np.uint8)
    for height, plane in planes.items():
        volume[round((height - heights[0]) / step)] = plane
    mask = sitk.GetImageFromArray(volume)
    rows, columns = (float(value) for value in measures.PixelSpacing)
    mask.SetSpacing((columns, rows, step))
    mask.SetOrigin(positions[heights[0]].tolist())
    mask.SetDirection(matrix.ravel().tolist())
    return mask


def _group(shared: Dataset, own: Dataset, name: str) -> Dataset:
    item: Dataset = (own if name in own else shared)[name][0]
    return item


def _step(heights: list[float], measures: Dataset) -> float:
    """Return the distance of slices: the smallest one seen, or what the file says when there is one slice."""
    said = float(measures.get("SpacingBetweenSlices") or measures.get("SliceThickness") or 0)
    seen = float(np.diff(heights).min()) if len(heights) > 1 else said
    step = said if said and abs(seen / said - round(seen / said)) < 0.01 and seen > said * 0.99 else seen
    if step <= 0:
        raise InputError("the DICOM SEG does not say how far its slices are apart", "a positive distance")
    return step
