"""Small DICOM series made in code: a body with spine, aorta, liver and kidneys, and defects on demand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence as DicomSequence
from pydicom.uid import (
    CTImageStorage,
    EnhancedCTImageStorage,
    ExplicitVRLittleEndian,
    SecondaryCaptureImageStorage,
    generate_uid,
)

SHAPE = (16, 48, 48)
SPACING = (8.0, 8.0, 5.0)
PHASE_HU = {
    "native": {"aorta": 40, "liver": 55, "portal": 42, "cortex": 35, "medulla": 35, "spleen": 45},
    "arterial": {"aorta": 320, "liver": 65, "portal": 90, "cortex": 190, "medulla": 60, "spleen": 110},
    "portal": {"aorta": 160, "liver": 110, "portal": 175, "cortex": 190, "medulla": 170, "spleen": 125},
}


def torso(phase: str = "portal", shape: tuple[int, int, int] = SHAPE) -> np.ndarray:
    """A crude torso in HU, int16 (z, y, x); x grows to the patient's left, y to the back."""
    hu = PHASE_HU[phase]
    depth, rows, columns = shape
    z, y, x = np.meshgrid(
        np.arange(depth), np.linspace(-1, 1, rows), np.linspace(-1, 1, columns), indexing="ij"
    )
    voxels = np.full(shape, -1000, np.int16)
    voxels[(x / 0.95) ** 2 + (y / 0.7) ** 2 < 1] = -100
    voxels[(x / 0.88) ** 2 + (y / 0.63) ** 2 < 1] = 55
    voxels[((x + 0.4) / 0.42) ** 2 + ((y + 0.1) / 0.4) ** 2 < 1] = hu["liver"]
    voxels[((x - 0.6) / 0.18) ** 2 + ((y - 0.05) / 0.25) ** 2 < 1] = hu["spleen"]
    for side in (-0.42, 0.42):
        radius = ((x - side) / 0.15) ** 2 + ((y - 0.38) / 0.15) ** 2
        voxels[radius < 1] = hu["cortex"]
        voxels[radius < 0.3] = hu["medulla"]
    voxels[(x / 0.14) ** 2 + ((y - 0.42) / 0.14) ** 2 < 1] = 400
    voxels[((x - 0.07) / 0.14) ** 2 + ((y - 0.17) / 0.14) ** 2 < 1] = -100
    voxels[((x - 0.07) / 0.075) ** 2 + ((y - 0.17) / 0.075) ** 2 < 1] = hu["aorta"]
    voxels[(((x + 0.35) / 0.06) ** 2 + ((y + 0.1) / 0.06) ** 2 < 1) & (z > 1)] = hu["portal"]
    noise = np.random.default_rng(7).normal(0, 6, shape)
    return np.where(voxels > -900, voxels + noise, voxels).astype(np.int16)


def _dataset(sop_class: str) -> FileDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = sop_class
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    ds.SOPClassUID = sop_class
    ds.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    return ds


def _identify(ds: Dataset, patient: dict[str, str], date: str) -> None:
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.PatientName = patient.get("name", "Doe^Jane")
    ds.PatientID = patient.get("id", "4711")
    ds.PatientBirthDate = patient.get("birth", "19530217")
    ds.StudyDate = ds.AcquisitionDate = ds.ContentDate = ds.SeriesDate = date


def write_series(
    folder: Path,
    voxels: np.ndarray | None = None,
    *,
    spacing: Sequence[float] = SPACING,
    origin: Sequence[float] = (-180.0, -160.0, -300.0),
    orientation: Sequence[float] = (1, 0, 0, 0, 1, 0),
    shear: Sequence[float] = (0, 0, 0),
    date: str = "20240311",
    time: float = 36000.0,
    description: str = "",
    number: int = 1,
    study_uid: str = "",
    series_uid: str = "",
    patient: dict[str, str] | None = None,
    names: Callable[[int], str] = "{:04d}.dcm".format,
    skip: Sequence[int] = (),
    change: Callable[[FileDataset, int], None] | None = None,
    **tags: Any,
) -> list[Path]:
    """Write a classic CT series, a file a slice, and return the paths.

    ``spacing`` is (x, y, z); ``shear`` moves each slice within its plane (mm for each slice);
    ``change(ds, i)`` may spoil slice ``i``; ``tags`` go into every file.
    """
    voxels = torso() if voxels is None else voxels
    folder.mkdir(parents=True, exist_ok=True)
    normal = np.cross(orientation[:3], orientation[3:])
    series_uid, study_uid = series_uid or generate_uid(), study_uid or generate_uid()
    paths = []
    for i, plane in enumerate(voxels):
        if i in skip:
            continue
        ds = _dataset(CTImageStorage)
        _identify(ds, patient or {}, date)
        ds.StudyInstanceUID, ds.SeriesInstanceUID = study_uid, series_uid
        ds.Modality, ds.ImageType = "CT", ["ORIGINAL", "PRIMARY", "AXIAL"]
        ds.SeriesNumber, ds.InstanceNumber, ds.SeriesDescription = number, i + 1, description
        clock = dt.datetime(2000, 1, 1) + dt.timedelta(seconds=time + 0.1 * i)
        ds.AcquisitionTime = ds.ContentTime = clock.strftime("%H%M%S.%f")
        position = np.array(origin) + i * (normal * spacing[2] + np.array(shear, dtype=float))
        ds.ImagePositionPatient = [f"{value:.6f}" for value in position]
        ds.ImageOrientationPatient = [f"{value:.8f}" for value in orientation]
        ds.PixelSpacing, ds.SliceThickness = [spacing[1], spacing[0]], spacing[2]
        set_pixels(ds, plane)
        for key, value in tags.items():
            setattr(ds, key, value)
        if change is not None:
            change(ds, i)
        path = folder / names(i + 1)
        ds.save_as(path, enforce_file_format=True)
        paths.append(path)
    return paths


def set_pixels(ds: Dataset, hu: np.ndarray, slope: float = 1.0, intercept: float = -1024.0) -> None:
    """Store HU as 16-bit signed values."""
    ds.RescaleSlope, ds.RescaleIntercept, ds.RescaleType = slope, intercept, "HU"
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows, ds.Columns = hu.shape[-2:]
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 16, 15, 1
    ds.PixelData = np.rint((hu - intercept) / slope).astype("<i2").tobytes()


def write_enhanced(
    path: Path,
    phases: Sequence[np.ndarray],
    *,
    spacing: Sequence[float] = SPACING,
    origin: Sequence[float] = (-180.0, -160.0, -300.0),
    date: str = "20240311",
    shuffle: bool = True,
) -> Path:
    """Write one Enhanced CT file with every phase in it, frames in no order."""
    ds = _dataset(EnhancedCTImageStorage)
    _identify(ds, {}, date)
    ds.StudyInstanceUID, ds.SeriesInstanceUID = generate_uid(), generate_uid()
    ds.Modality, ds.ImageType = "CT", ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    ds.SeriesNumber, ds.InstanceNumber = 3, 1
    shared = Dataset()
    shared.PixelMeasuresSequence = DicomSequence([Dataset()])
    shared.PixelMeasuresSequence[0].PixelSpacing = [spacing[1], spacing[0]]
    shared.PixelMeasuresSequence[0].SliceThickness = spacing[2]
    shared.PlaneOrientationSequence = DicomSequence([Dataset()])
    shared.PlaneOrientationSequence[0].ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    shared.PixelValueTransformationSequence = DicomSequence([Dataset()])
    shared.PixelValueTransformationSequence[0].RescaleSlope = 1
    shared.PixelValueTransformationSequence[0].RescaleIntercept = -1024
    shared.PixelValueTransformationSequence[0].RescaleType = "HU"
    ds.SharedFunctionalGroupsSequence = DicomSequence([shared])
    order = [(phase, i) for phase in range(len(phases)) for i in range(len(phases[0]))]
    if shuffle:
        np.random.default_rng(3).shuffle(order)
    groups = []
    for phase, i in order:
        own = Dataset()
        own.PlanePositionSequence = DicomSequence([Dataset()])
        own.PlanePositionSequence[0].ImagePositionPatient = [origin[0], origin[1], origin[2] + i * spacing[2]]
        own.FrameContentSequence = DicomSequence([Dataset()])
        own.FrameContentSequence[0].TemporalPositionIndex = phase + 1
        own.FrameContentSequence[0].FrameAcquisitionDateTime = f"{date}1000{30 * phase:02d}.000000"
        groups.append(own)
    ds.PerFrameFunctionalGroupsSequence = DicomSequence(groups)
    ds.NumberOfFrames = len(order)
    set_pixels(ds, np.stack([phases[phase][i] for phase, i in order]))
    for key in ("RescaleSlope", "RescaleIntercept", "RescaleType"):
        delattr(ds, key)
    path.parent.mkdir(parents=True, exist_ok=True)
    ds.save_as(path, enforce_file_format=True)
    return path


def write_other(path: Path, modality: str = "SR", sop_class: str = SecondaryCaptureImageStorage) -> Path:
    """Write a DICOM object that is no CT image."""
    ds = _dataset(sop_class)
    _identify(ds, {}, "20240311")
    ds.StudyInstanceUID, ds.SeriesInstanceUID = generate_uid(), generate_uid()
    ds.Modality, ds.SeriesNumber = modality, 99
    ds.save_as(path, enforce_file_format=True)
    return path


def rewrite(path: Path, **tags: Any) -> None:
    """Change tags of a file in place; ``None`` removes one."""
    ds = pydicom.dcmread(path)
    for key, value in tags.items():
        if value is None:
            delattr(ds, key)
        else:
            setattr(ds, key, value)
    ds.save_as(path)
