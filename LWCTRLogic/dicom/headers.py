"""What is needed of a DICOM file before its pixels: one :class:`Frame` an image, classic or multi-frame."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pydicom
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from LWCTRLogic.dicom.quiet import quiet_pydicom
from LWCTRLogic.errors import InputError

CLASSIC_CT = "1.2.840.10008.5.1.4.1.1.2"
ENHANCED_CT = ("1.2.840.10008.5.1.4.1.1.2.1", "1.2.840.10008.5.1.4.1.1.2.2")
DICOMDIR = "1.2.840.10008.1.3.10"


@dataclass(frozen=True)
class Frame:
    """One image of a series: where it lies, when it was made, how its values become HU.

    Lengths are in mm, angles in degrees, times in seconds since the start of an arbitrary day.

    Attributes
    ----------
    path : Path
        The file.
    index : int or None
        Number of the frame in a multi-frame file, from 0; ``None`` for a file with one image.
    tags : dict
        Text values of the series by DICOM keyword, for choosing and grouping; never shown as they are.
    position, orientation : tuple of float
        Image position (3) and orientation (6) in LPS; empty if the file does not say.
    spacing : tuple of float
        Distance between rows and between columns; empty if the file does not say.
    slope, intercept : float or None
        Rescale to HU; ``None`` if the file does not say.
    """

    path: Path
    index: int | None
    series_uid: str
    study_uid: str
    sop_uid: str
    sop_class: str
    number: int
    rows: int
    columns: int
    position: tuple[float, ...]
    orientation: tuple[float, ...]
    spacing: tuple[float, ...]
    slope: float | None
    intercept: float | None
    acquisition: str
    temporal: str
    time: float | None
    tags: Mapping[str, str] = field(default_factory=dict, hash=False, compare=False)

    @property
    def image_type(self) -> tuple[str, ...]:
        """The words of Image Type, in capitals."""
        return tuple(self.tags.get("ImageType", "").upper().split("\\"))

    @property
    def study_date(self) -> dt.date | None:
        """Day of the study; used for day offsets only."""
        return parse_date(self.tags.get("StudyDate", "")) or parse_date(self.tags.get("AcquisitionDate", ""))


_TEXT_TAGS = (
    "ImageType",
    "Modality",
    "StudyDate",
    "AcquisitionDate",
    "AcquisitionTime",
    "ContentTime",
    "SeriesTime",
    "StudyDescription",
    "SeriesDescription",
    "ProtocolName",
    "SeriesNumber",
    "PatientID",
    "ContrastBolusAgent",
    "ContrastBolusStartTime",
    "ContrastBolusRoute",
    "ConvolutionKernel",
    "SliceThickness",
    "RescaleType",
    "PhotometricInterpretation",
    "ImageComments",
    "AcquisitionProtocolDescription",
)
_OTHER_TAGS = (
    "SpecificCharacterSet",
    "SOPClassUID",
    "SOPInstanceUID",
    "SeriesInstanceUID",
    "StudyInstanceUID",
    "InstanceNumber",
    "AcquisitionNumber",
    "AcquisitionDateTime",
    "TemporalPositionIdentifier",
    "TemporalPositionIndex",
    "TriggerTime",
    "Rows",
    "Columns",
    "NumberOfFrames",
    "ImagePositionPatient",
    "ImageOrientationPatient",
    "PixelSpacing",
    "RescaleSlope",
    "RescaleIntercept",
)


def read_frames(path: Path) -> list[Frame] | None:
    """Read the headers of a file.

    Returns
    -------
    list of Frame or None
        One frame for each image; ``None`` when the file is not DICOM.

    Raises
    ------
    InputError
        When the file is DICOM but damaged.
    """
    if not _looks_like_dicom(path):
        return None
    with quiet_pydicom():
        try:
            ds = pydicom.dcmread(
                path, stop_before_pixels=True, force=True, specific_tags=[*_TEXT_TAGS, *_OTHER_TAGS]
            )
            if ds.get("SOPClassUID") in ENHANCED_CT:
                return _multi_frame(path, pydicom.dcmread(path, stop_before_pixels=True, force=True))
            if "SOPInstanceUID" not in ds:
                _no_image(path, ds)
                return None
            return [_frame(path, ds, None, ds, _tags(ds))]
        except (
            InvalidDicomError,
            EOFError,
            OSError,
            ValueError,
            KeyError,
            AttributeError,
            TypeError,
        ) as error:
            raise InputError(f"a DICOM header cannot be read ({error})", "a whole DICOM file") from error


def _no_image(path: Path, ds: pydicom.FileDataset) -> None:
    """Let a directory of images pass; any other file with the DICOM mark was cut off."""
    if not ds.preamble or path.name.upper() == "DICOMDIR":
        return
    if ds.file_meta.get("MediaStorageSOPClassUID") != DICOMDIR:
        raise InputError("a DICOM header ends early", "a whole DICOM file")


def _looks_like_dicom(path: Path) -> bool:
    """Whether the file has the DICOM mark, or begins with group 8 as old files without a preamble do."""
    try:
        with path.open("rb") as stream:
            head = stream.read(132)
    except OSError:
        return False
    return head[128:132] == b"DICM" or head[:4] in (
        b"\x08\x00\x00\x00",
        b"\x08\x00\x05\x00",
        b"\x08\x00\x08\x00",
    )


def _tags(ds: Dataset) -> dict[str, str]:
    return {key: _text(ds, key) for key in _TEXT_TAGS if key in ds}


def _text(ds: Dataset, key: str) -> str:
    value = ds.get(key)
    if value is None:
        return ""
    if isinstance(value, (list, pydicom.multival.MultiValue)):
        return "\\".join(str(part) for part in value)
    return str(value)


def _numbers(ds: Dataset, key: str, count: int) -> tuple[float, ...]:
    value = ds.get(key)
    if value is None or isinstance(value, (str, bytes)):
        return ()
    try:
        numbers = tuple(float(part) for part in value)
    except (TypeError, ValueError):
        return ()
    return numbers if len(numbers) == count else ()


def _number(ds: Dataset, key: str) -> float | None:
    value = ds.get(key)
    try:
        return None if value is None or value == "" else float(value)
    except (TypeError, ValueError):
        return None


def _frame(path: Path, ds: Dataset, index: int | None, values: Dataset, tags: dict[str, str]) -> Frame:
    """Make a frame of a file's dataset and of the dataset that holds this frame's own values."""
    return Frame(
        path=path,
        index=index,
        series_uid=_text(ds, "SeriesInstanceUID"),
        study_uid=_text(ds, "StudyInstanceUID"),
        sop_uid=_text(ds, "SOPInstanceUID"),
        sop_class=_text(ds, "SOPClassUID"),
        number=int(_number(ds, "InstanceNumber") or 0) if index is None else index + 1,
        rows=int(_number(ds, "Rows") or 0),
        columns=int(_number(ds, "Columns") or 0),
        position=_numbers(values, "ImagePositionPatient", 3),
        orientation=_numbers(values, "ImageOrientationPatient", 6),
        spacing=_numbers(values, "PixelSpacing", 2),
        slope=_number(values, "RescaleSlope"),
        intercept=_number(values, "RescaleIntercept"),
        acquisition=_text(values, "AcquisitionNumber") or _text(values, "FrameAcquisitionNumber"),
        temporal=_text(values, "TemporalPositionIdentifier")
        or _text(values, "TemporalPositionIndex")
        or _text(values, "TriggerTime"),
        time=_time(values),
        tags=tags,
    )


def _time(ds: Dataset) -> float | None:
    for key in ("FrameAcquisitionDateTime", "AcquisitionDateTime"):
        if len(_text(ds, key)) >= 14:
            return parse_time(_text(ds, key)[8:])
    for key in ("AcquisitionTime", "ContentTime"):
        seconds = parse_time(_text(ds, key))
        if seconds is not None:
            return seconds
    return None


def parse_time(text: str) -> float | None:
    """Return a DICOM time (``HHMMSS.ffffff``) as seconds since midnight; ``None`` if it is none."""
    digits, _, fraction = text.replace(":", "").partition(".")
    if len(digits) < 4 or not digits[:6].isdigit():
        return None
    hours, minutes, seconds = int(digits[:2]), int(digits[2:4]), int(digits[4:6] or 0)
    fraction = "".join(character for character in fraction if character.isdigit())
    return 3600 * hours + 60 * minutes + seconds + (float("0." + fraction) if fraction else 0.0)


def parse_date(text: str) -> dt.date | None:
    """Return a DICOM date (``YYYYMMDD``); ``None`` if it is none."""
    digits = text.replace(".", "").replace("-", "").strip()
    try:
        return dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


_GROUPS = (
    "PlanePositionSequence",
    "PlaneOrientationSequence",
    "PixelMeasuresSequence",
    "PixelValueTransformationSequence",
    "FrameContentSequence",
    "CTImageFrameTypeSequence",
)


def _multi_frame(path: Path, ds: Dataset) -> list[Frame]:
    """Return the frames of an Enhanced CT: a frame's own functional groups go before the shared ones."""
    tags = _tags(ds)
    shared = (
        _flat(ds.SharedFunctionalGroupsSequence[0]) if "SharedFunctionalGroupsSequence" in ds else Dataset()
    )
    own = ds.get("PerFrameFunctionalGroupsSequence") or []
    if len(own) != int(ds.get("NumberOfFrames", 1)):
        raise InputError(f"{len(own)} frame descriptions for {ds.get('NumberOfFrames', 1)} frames")
    frames = []
    for index, groups in enumerate(own):
        values = Dataset()
        values.update(shared)
        values.update(_flat(groups))
        frame_tags = tags | {
            key: _text(values, key) for key in ("RescaleType", "SliceThickness") if key in values
        }
        if "FrameType" in values:
            frame_tags["ImageType"] = _text(values, "FrameType")
        frames.append(_frame(path, ds, index, values, frame_tags))
    return frames


def _flat(groups: Any) -> Dataset:
    """Merge the items of the functional groups that matter into one dataset."""
    flat = Dataset()
    for name in _GROUPS:
        if groups.get(name):
            flat.update(groups[name][0])
    return flat
