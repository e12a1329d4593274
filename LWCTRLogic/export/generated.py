"""CT images with generated UIDs, for volumes that did not come from DICOM: phantoms and NIfTI files."""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian, generate_uid

from LWCTRLogic import __version__
from LWCTRLogic.export.sources import Source

NOTE = "generated UIDs, not from a PACS"


def generate_sources(case_id: str, images: dict[str, sitk.Image]) -> dict[str, Source]:
    """Make CT images of a case's volumes, a study a timepoint, under the case's pseudonym.

    Values are rounded to whole HU. Each volume has its own frame of reference, since nothing is known of how
    they lie to each other.

    Parameters
    ----------
    case_id : str
        The pseudonym; it stands for the patient's name and number.
    images : dict of str to SimpleITK.Image
        Volumes in HU by name.
    """
    studies = {volume.partition("_")[0]: new_uid() for volume in images}
    return {
        volume: _source(case_id, volume, image, studies[volume.partition("_")[0]], number)
        for number, (volume, image) in enumerate(images.items(), start=1)
    }


def new_uid() -> str:
    """Return a UID made from a random UUID (2.25.…), which claims no organisation's root."""
    return str(generate_uid(prefix=None))


def person_name(name: str) -> str:
    """Return a name as DICOM wants it; a pseudonym counts as a family name."""
    return name if "^" in name else f"{name}^"


def _source(case_id: str, volume: str, image: sitk.Image, study: str, number: int) -> Source:
    common = _common(case_id, volume, image, study, number)
    voxels = np.rint(sitk.GetArrayViewFromImage(image)).clip(-32768, 32767).astype("<i2")
    datasets = tuple(_slice(common, image, index, plane) for index, plane in enumerate(voxels))
    return Source(volume, datasets, tuple(range(len(datasets))), len(datasets))


def _common(case_id: str, volume: str, image: sitk.Image, study: str, number: int) -> Dataset:
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.SOPClassUID = CTImageStorage
    ds.ImageType = ["DERIVED", "SECONDARY", "AXIAL"]
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.FrameOfReferenceUID = study, new_uid(), new_uid()
    ds.PatientName, ds.PatientID = person_name(case_id), case_id
    ds.PatientBirthDate = ds.PatientSex = ds.StudyDate = ds.StudyTime = ""
    ds.ReferringPhysicianName = ds.AccessionNumber = ds.PositionReferenceIndicator = ds.KVP = ""
    ds.StudyID, ds.SeriesNumber, ds.AcquisitionNumber = "1", number, 1
    ds.BodyPartExamined = "ABDOMEN"
    ds.Modality, ds.Manufacturer, ds.SoftwareVersions = "CT", "LWCTR", __version__
    ds.SeriesDescription = f"{volume} ({NOTE})"
    ds.PatientPosition = ""
    spacing, direction = image.GetSpacing(), image.GetDirection()
    ds.PixelSpacing = [_text(spacing[1]), _text(spacing[0])]
    ds.SliceThickness = _text(spacing[2])
    ds.ImageOrientationPatient = [_text(value) for value in (*direction[0::3], *direction[1::3])]
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Columns, ds.Rows, _ = image.GetSize()
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 16, 15, 1
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = 0, 1, "HU"
    return ds


def _slice(common: Dataset, image: sitk.Image, index: int, plane: np.ndarray) -> Dataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = UID(new_uid())
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    ds.update(common)
    ds.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    ds.InstanceNumber = index + 1
    ds.ImagePositionPatient = [_text(value) for value in image.TransformIndexToPhysicalPoint((0, 0, index))]
    ds.PixelData = plane.tobytes()
    return ds


def _text(value: float) -> str:
    """Return a decimal string of at most 16 characters."""
    return f"{value:.9g}"
