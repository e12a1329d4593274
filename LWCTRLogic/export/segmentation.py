"""A liver mask as DICOM Segmentation over the images that it was drawn on."""

from __future__ import annotations

from typing import Any

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from LWCTRLogic import __version__
from LWCTRLogic.case import volume_label
from LWCTRLogic.errors import DependencyError
from LWCTRLogic.export.authors import Author
from LWCTRLogic.export.generated import new_uid
from LWCTRLogic.export.sources import Source

MANUFACTURER = "LWCTR contributors"
MODEL = "LWCTR"
_LIVER_CIELAB = (64.0, 31.0, 26.0)


def highdicom() -> Any:
    """Return the module highdicom, or say what to install.

    Raises
    ------
    DependencyError
        When it is not installed.
    """
    try:
        import highdicom
        import highdicom.seg
        import highdicom.sr
    except ImportError as error:
        raise DependencyError(
            "highdicom is not installed", "highdicom 0.27 or newer", 'pip install "lwctr[dicom]"'
        ) from error
    return highdicom


def make_segmentation(
    source: Source, mask: sitk.Image, author: Author, tracking_id: str, series_number: int
) -> Dataset:
    """Make a binary DICOM Segmentation with one segment, the liver.

    Parameters
    ----------
    source : Source
        The images of the volume; patient, study and frame of reference are taken from them.
    mask : SimpleITK.Image
        On the volume's grid; anything but 0 is inside, and something is.
    author : Author
        Who made the mask.
    tracking_id : str
        Names this liver in this and in the measurement report.
    series_number : int
        Number of the new series.

    Raises
    ------
    DependencyError
        When highdicom is not installed.
    """
    hd = highdicom()
    from pydicom.sr.codedict import codes

    description = hd.seg.SegmentDescription(
        segment_number=1,
        segment_label="Liver",
        segmented_property_category=codes.SCT.AnatomicalStructure,
        segmented_property_type=codes.SCT.Liver,
        algorithm_type=author.kind,
        algorithm_identification=_algorithm(hd, author) if author.algorithm else None,
        tracking_uid=new_uid(),
        tracking_id=tracking_id,
        display_color=hd.color.CIELabColor(*_LIVER_CIELAB),
    )
    made: Dataset = hd.seg.Segmentation(
        source_images=list(source.datasets),
        **_planes(source, sitk.GetArrayFromImage(mask)),
        segmentation_type="BINARY",
        segment_descriptions=[description],
        series_instance_uid=new_uid(),
        series_number=series_number,
        sop_instance_uid=new_uid(),
        instance_number=1,
        manufacturer=MANUFACTURER,
        manufacturer_model_name=MODEL,
        software_versions=__version__,
        device_serial_number="0",
        content_label="LIVER",
        content_description=f"Whole liver, {volume_label(source.volume)}",
        content_creator_name=author.name or None,
        series_description=f"LWCTR liver {source.volume}",
    )
    return made


def _planes(source: Source, mask: NDArray[np.uint8]) -> dict[str, Any]:
    """Return the pixels (planes, rows, columns) in the images' order, and where they lie if not all have one."""
    if not source.is_part:
        planes = np.empty(mask.shape, np.uint8)
        planes[list(source.frames)] = mask != 0
        return {"pixel_array": planes}
    groups = source.datasets[0].PerFrameFunctionalGroupsSequence
    places = [groups[frame].PlanePositionSequence for frame in source.frames]
    sequences = [highdicom().PlanePositionSequence.from_sequence(place) for place in places]
    return {"pixel_array": (mask != 0).astype(np.uint8), "plane_positions": sequences}


def _algorithm(hd: Any, author: Author) -> Any:
    from pydicom.sr.codedict import codes

    return hd.AlgorithmIdentificationSequence(
        name=author.algorithm[:64],
        family=codes.cid7162.ArtificialIntelligence,
        version=author.version,
        source=MODEL,
        parameters=dict(author.parameters) or None,
    )
