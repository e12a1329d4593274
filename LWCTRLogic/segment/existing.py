"""A mask made elsewhere, brought onto the image's grid or refused with numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import SimpleITK as sitk

from LWCTRLogic import files
from LWCTRLogic.errors import GeometryError
from LWCTRLogic.imaging.geometry import lay_on_grid, resample_like
from LWCTRLogic.imaging.masks import read_mask
from LWCTRLogic.progress import Progress


class ExistingMaskBackend:
    """Takes the mask from a file: .seg.nrrd, a label map (.nii.gz, .nrrd, .mha) or DICOM SEG.

    Parameters
    ----------
    path : Path
        The file.
    label : int, optional
        Label value or DICOM segment number, where the file holds several.
    resample : bool
        Resample a mask of another grid by nearest neighbour instead of refusing it.
    """

    name = "existing"

    def __init__(self, path: Path, label: int | None = None, *, resample: bool = False) -> None:
        self.path = Path(path)
        self.label = label
        self.resample = resample

    def describe(self) -> dict[str, Any]:
        """Return what decides the mask: the file by hash, and the choices."""
        digest = files.sha256(self.path) if self.path.is_file() else ""
        return {"backend": self.name, "sha256": digest, "label": self.label, "resample": self.resample}

    def segment(self, image: sitk.Image, progress: Progress) -> sitk.Image:
        """Return the mask of the file on the image's grid.

        Raises
        ------
        InputError
            When the file is no mask, or leaves open which structure is meant.
        GeometryError
            When it lies on another grid and resampling was not asked for.
        """
        progress.update("segment", 0, 1, self.path.name)
        mask = read_mask(self.path, self.label)
        try:
            mask = lay_on_grid(mask, image)  # DICOM SEG and Slicer leave empty margins out
        except GeometryError:
            if not self.resample:
                raise
            mask = resample_like(mask, image, nearest=True)
        mask.CopyInformation(image)  # differences below the tolerance end here
        progress.update("segment", 1, 1)
        return mask
