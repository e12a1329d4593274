"""Decoding the pixels of a CT image into HU."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np
import pydicom
import SimpleITK as sitk
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.pixels.decoders.base import get_decoder
from pydicom.pixels.utils import pixel_array

from LWCTRLogic.dicom.headers import Frame
from LWCTRLogic.dicom.quiet import quiet_pydicom
from LWCTRLogic.errors import DependencyError, InputError

AIR_HU = -1024.0
# A padding value above this is no padding: some scanners declare 0 where 0 is water.
PADDING_BELOW_HU = -500.0


def check_rescale(frames: Sequence[Frame]) -> None:
    """Refuse a series that does not say how its values become HU.

    Raises
    ------
    InputError
        When slope or intercept are missing or zero, or the rescaled values are declared as something else.
    """
    without = sum(not frame.slope or frame.intercept is None for frame in frames)
    if without:
        raise InputError(
            f"{without} of {len(frames)} images have no rescale slope and intercept",
            "CT images in Hounsfield units",
            "Export the original images from the scanner or PACS",
        )
    kind = frames[0].tags.get("RescaleType", "").strip().upper()
    if kind not in ("", "HU", "US", "HU_MOD"):
        raise InputError("the values are declared in another unit", "HU", "Use the conventional CT series")


def hounsfield(frames: Sequence[Frame]) -> Iterator[np.ndarray]:
    """Yield each image in HU, as float32 (y, x); a file with many frames is opened once.

    Raises
    ------
    InputError
        When pixels are truncated or damaged, or are not grey.
    DependencyError
        When nothing installed decodes the compression.
    """
    for _, group in groupby(frames, key=lambda frame: frame.path):
        same_file = list(group)
        ds = _open(same_file[0])
        for frame in same_file:
            yield _to_hu(ds, frame)


def _open(frame: Frame) -> Dataset:
    with quiet_pydicom():
        try:
            ds = pydicom.dcmread(frame.path, force=True)
        except OSError as error:  # its text would name the path, and a path may name a patient
            raise _damaged(frame, error.strerror or "it cannot be opened") from error
        except (InvalidDicomError, EOFError, ValueError) as error:
            raise _damaged(frame, "its header cannot be read") from error
        if "PixelData" not in ds:
            raise _damaged(frame, "it has no pixels")
        if ds.get("SamplesPerPixel", 1) != 1:
            raise InputError(f"image {frame.number} is in colour", "CT in shades of grey")
        if "TransferSyntaxUID" not in getattr(ds, "file_meta", Dataset()):
            ds.ensure_file_meta()
            ds.file_meta.TransferSyntaxUID = (
                pydicom.uid.ImplicitVRLittleEndian
                if ds.original_encoding[0]
                else pydicom.uid.ExplicitVRLittleEndian
            )
    return ds


def _damaged(frame: Frame, why: str) -> InputError:
    return InputError(
        f"image {frame.number} is truncated or damaged ({why})", "a whole image", "Send or export it again"
    )


def _to_hu(ds: Dataset, frame: Frame) -> np.ndarray:
    """Return one image in HU with padding as air. MONOCHROME1 changes the display only, not the values."""
    slope, intercept = float(frame.slope or 1.0), float(frame.intercept or 0.0)
    stored = _stored(ds, frame, slope, intercept)
    if stored.shape != (frame.rows, frame.columns):
        raise _damaged(frame, f"{stored.shape[0]} × {stored.shape[1]} pixels")
    values = stored.astype(np.float32) * np.float32(slope) + np.float32(intercept)
    padding = _padding(ds)
    if padding is not None and padding[0] * slope + intercept <= PADDING_BELOW_HU:
        low, high = padding
        high = min(high, (PADDING_BELOW_HU - intercept) / slope)
        values[(stored >= low) & (stored <= high)] = AIR_HU
    return values


def _padding(ds: Dataset) -> tuple[float, float] | None:
    """Return the range of stored values that are padding."""
    if "PixelPaddingValue" not in ds:
        return None
    ends = [_signed(ds, ds.PixelPaddingValue)]
    ends.append(_signed(ds, ds.get("PixelPaddingRangeLimit", ds.PixelPaddingValue)))
    return min(ends), max(ends)


def _signed(ds: Dataset, value: object) -> float:
    """Return a padding value with the sign of the pixels; writers often get it wrong."""
    if isinstance(value, bytes):
        value = int.from_bytes(value[:2], "little")
    number = int(value)  # type: ignore[call-overload]
    if ds.get("PixelRepresentation", 0) and number >= 32768:
        return float(number - 65536)
    return float(number + 65536 if not ds.get("PixelRepresentation", 0) and number < 0 else number)


def _stored(ds: Dataset, frame: Frame, slope: float, intercept: float) -> np.ndarray:
    syntax = ds.file_meta.TransferSyntaxUID
    if syntax.is_encapsulated and not _decodes(syntax):
        return _stored_by_gdcm(frame, slope, intercept)
    with quiet_pydicom():
        try:
            stored: np.ndarray = pixel_array(ds, index=frame.index or 0, raw=True)
            return stored
        except Exception as error:  # decoders raise whatever they like on damaged data
            reason = str(error).partition(" - ")[0].partition("\n")[0][:120]
            raise _damaged(frame, reason or "its pixels cannot be decoded") from error


def _decodes(syntax: pydicom.uid.UID) -> bool:
    """Whether pydicom has a decoder for the compression; which ones it has depends on what is installed."""
    try:
        return get_decoder(syntax).is_available
    except NotImplementedError:
        return False


def _stored_by_gdcm(frame: Frame, slope: float, intercept: float) -> np.ndarray:
    """Decode with the GDCM in SimpleITK, which knows lossless JPEG and JPEG 2000 but rescales by itself."""
    reader = sitk.ImageFileReader()
    reader.SetFileName(str(frame.path))
    reader.SetImageIO("GDCMImageIO")
    try:
        voxels = sitk.GetArrayFromImage(reader.Execute())
    except RuntimeError as error:
        raise DependencyError(
            f"nothing installed decodes the compression of image {frame.number}",
            "a decoder for its transfer syntax",
            "pip install pylibjpeg pylibjpeg-libjpeg pylibjpeg-openjpeg, or export the series uncompressed",
        ) from error
    plane = voxels.reshape(-1, *voxels.shape[-2:])[frame.index or 0]
    stored: np.ndarray = np.rint((plane.astype(np.float64) - intercept) / slope)
    return stored
