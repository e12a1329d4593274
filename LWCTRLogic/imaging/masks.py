"""Reading and writing liver masks: .seg.nrrd as 3D Slicer writes it, label maps, DICOM SEG."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from LWCTRLogic.errors import InputError
from LWCTRLogic.imaging import volumes

SEGMENT_NAME = "Liver"
_TERMINOLOGY = (
    "Segmentation category and type - 3D Slicer General Anatomy list~SCT^123037004^Anatomical Structure"
    "~SCT^10200004^Liver~^^~Anatomic codes - DICOM master list~^^~^^"
)


def read_mask(path: Path, label: int | None = None) -> sitk.Image:
    """Read one structure of a mask file.

    Parameters
    ----------
    path : Path
        A .seg.nrrd, a label map (.nii.gz, .nrrd, .mha) or a DICOM SEG file.
    label : int, optional
        The label value (of a DICOM SEG: the segment number) wanted. Without it the file must hold one
        structure, or one named "liver".

    Returns
    -------
    SimpleITK.Image
        uint8, 0 outside and 1 inside; all 0 when the mask is empty.

    Raises
    ------
    InputError
        When the file cannot be read, holds no whole numbers, or leaves open which structure is meant.
    """
    path = Path(path)
    if path.is_dir() or (path.is_file() and not volumes.is_image_file(path)):
        from LWCTRLogic.dicom.seg import read_dicom_seg

        return read_dicom_seg(path, label)
    image = volumes.read_raw(path)
    labels, layer = _names(image), 0
    if label is None and labels:
        label, layer = _liver_of(labels, path.name)
    elif labels:
        layer = next((layer for _, value, layer in labels if value == label), 0)
    if image.GetNumberOfComponentsPerPixel() > 1:
        image = sitk.VectorIndexSelectionCast(image, layer)
    volumes.check_shape(image, path.name)
    return _select(image, label, path.name)


def harmless(name: str) -> str:
    """Return a segment's name with nothing in it that a terminal or a page could run."""
    return re.sub(r"[^\w .,+-]", "?", name)[:40]


def _names(image: sitk.Image) -> list[tuple[str, int, int]]:
    """Return (name, label value, layer) of each segment that the header describes."""
    keys = set(image.GetMetaDataKeys())
    found = []
    number = 0
    while f"Segment{number}_ID" in keys:
        prefix = f"Segment{number}_"
        name, value, layer = (
            image.GetMetaData(prefix + key) if prefix + key in keys else default
            for key, default in (("Name", ""), ("LabelValue", "1"), ("Layer", "0"))
        )
        found.append((name, int(value), int(layer)))
        number += 1
    return found


def _liver_of(segments: list[tuple[str, int, int]], file_name: str) -> tuple[int, int]:
    if len(segments) > 1:
        segments = [segment for segment in segments if segment[0].strip().lower() == "liver"] or segments
    if len(segments) > 1:
        listed = ", ".join(f"{value} = {harmless(name)}" for name, value, _ in segments)
        raise InputError(
            f"{file_name} holds several segments ({listed})",
            "one, or one named Liver",
            "Say which one is meant",
        )
    _, value, layer = segments[0]
    return value, layer


def _select(image: sitk.Image, label: int | None, name: str) -> sitk.Image:
    voxels = sitk.GetArrayViewFromImage(image)
    values = _values(voxels)
    if any(value != int(value) for value in values if np.isfinite(value)) or not np.isfinite(values).all():
        raise InputError(
            f"{name} holds values that are no whole numbers (such as {_fraction(values):g})",
            "a label map",
            "A probability map must be thresholded first",
        )
    inside = [value for value in values if value != 0]
    if label is None:
        if len(inside) > 1:
            listed = ", ".join(f"{value:g}" for value in inside[:20]) + (" …" if len(inside) > 20 else "")
            raise InputError(
                f"{name} holds {len(inside)} labels ({listed})", "one", "Say which label is the liver"
            )
        label = int(inside[0]) if inside else 1
    elif label not in inside and inside:
        listed = ", ".join(f"{value:g}" for value in inside[:20]) + (" …" if len(inside) > 20 else "")
        raise InputError(f"{name} has no label {label}; it holds {listed}", "one of these labels")
    mask = sitk.GetImageFromArray((voxels == label).view(np.uint8))
    mask.CopyInformation(image)
    return mask


def _values(voxels: NDArray[Any]) -> list[float]:
    """Return the different values, ascending; most masks are 0 and 1, which needs no copy to be sorted."""
    low, high = voxels.min(), voxels.max()
    if np.issubdtype(voxels.dtype, np.integer) and int(high) - int(low) <= 1:
        return sorted({float(low), float(high)})
    return [float(value) for value in np.unique(voxels)]


def _fraction(values: list[float]) -> float:
    return next(value for value in values if not np.isfinite(value) or value != int(value))


def write_mask(mask: sitk.Image, path: Path) -> None:
    """Write a mask as a compressed .seg.nrrd with one segment "Liver", as 3D Slicer does.

    The same mask gives the same bytes.

    Parameters
    ----------
    mask : SimpleITK.Image
        0 outside, anything else inside.
    path : Path
        The file; its name ends in ``.seg.nrrd``.
    """
    volumes.write_compressed(sitk.Cast(mask != 0, sitk.sitkUInt8), path, _segment_metadata(mask))


def _segment_metadata(mask: sitk.Image) -> dict[str, str]:
    extent = " ".join(f"0 {size - 1}" for size in mask.GetSize())
    return {
        "Segment0_Color": "0.866667 0.509804 0.396078",
        "Segment0_ColorAutoGenerated": "0",
        "Segment0_Extent": extent,
        "Segment0_ID": SEGMENT_NAME,
        "Segment0_LabelValue": "1",
        "Segment0_Layer": "0",
        "Segment0_Name": SEGMENT_NAME,
        "Segment0_NameAutoGenerated": "0",
        "Segment0_Tags": f"Segmentation.Status:inprogress|TerminologyEntry:{_TERMINOLOGY}|",
        "Segmentation_ContainedRepresentationNames": "Binary labelmap|",
        "Segmentation_MasterRepresentation": "Binary labelmap",
        "Segmentation_ReferenceImageExtentOffset": "0 0 0",
        "Segmentation_SourceRepresentation": "Binary labelmap",
    }
