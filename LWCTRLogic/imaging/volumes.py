"""Reading and writing volumes: NIfTI, NRRD and MetaImage, with the refusals that a CT volume needs."""

from __future__ import annotations

import errno
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from LWCTRLogic import files
from LWCTRLogic.errors import InputError
from LWCTRLogic.imaging.hounsfield import check_hounsfield
from LWCTRLogic.imaging.integrity import check_whole
from LWCTRLogic.imaging.quiet import quiet_native

IMAGE_SUFFIXES = (".nii", ".nii.gz", ".nrrd", ".nhdr", ".mha", ".mhd")

# ITK tells its doubts on standard error, in the middle of a progress bar; what matters is checked here.
sitk.ProcessObject.GlobalWarningDisplayOff()


def is_image_file(path: Path) -> bool:
    """Whether the name ends like a volume that :func:`read_image` reads."""
    return path.name.lower().endswith(IMAGE_SUFFIXES)


def read_image(path: Path) -> sitk.Image:
    """Read a CT volume and refuse what cannot be one.

    Parameters
    ----------
    path : Path
        A NIfTI, NRRD or MetaImage file.

    Returns
    -------
    SimpleITK.Image
        Three-dimensional, in LPS, in HU: int16 where every value is a whole number, else float32.

    Raises
    ------
    InputError
        When the file is missing, truncated or of another format; when it is not three-dimensional, has one
        slice, several channels or a spacing that is not positive; when voxels are NaN, infinite or no HU.
    """
    image = read_volume(path)
    voxels = sitk.GetArrayViewFromImage(image)
    check_hounsfield(voxels, path.name)
    return _in_smallest_type(image, voxels)


def read_volume(path: Path) -> sitk.Image:
    """Read any three-dimensional scalar volume, whatever its values mean.

    Raises
    ------
    InputError
        As :func:`read_image`, but for the values.
    """
    image = read_raw(path)
    path = Path(path)
    if image.GetNumberOfComponentsPerPixel() != 1:
        raise InputError(
            f"{path.name} has {image.GetNumberOfComponentsPerPixel()} values a voxel (colour?)", "one, in HU"
        )
    check_shape(image, path.name)
    return image


def read_raw(path: Path) -> sitk.Image:
    """Read an image file as it is; only missing, damaged and foreign files are refused.

    Raises
    ------
    InputError
        When there is no such file, it is damaged, or it is none of ``IMAGE_SUFFIXES``.
    """
    path = Path(path)
    _refuse_other_files(path)
    check_whole(path)
    return _read(path)


def check_shape(image: sitk.Image, name: str) -> None:
    """Refuse what has not three dimensions, several slices and a positive spacing.

    Raises
    ------
    InputError
        With the numbers that were found.
    """
    sizes = " × ".join(str(size) for size in image.GetSize())
    if image.GetDimension() != 3:
        raise InputError(
            f"{name} has {image.GetDimension()} dimensions ({sizes})", "a three-dimensional volume"
        )
    if min(image.GetSize()) < 2:
        raise InputError(f"{name} has {sizes} voxels, a single slice", "a volume of several slices")
    spacing = image.GetSpacing()
    if not all(np.isfinite(spacing)) or min(spacing) <= 0:
        raise InputError(f"{name} has a voxel spacing of {spacing} mm", "three positive numbers")


def _refuse_other_files(path: Path) -> None:
    if path.is_dir():
        raise InputError(f"{path} is a folder", "an image file", "For a DICOM folder use 'lwctr scan'")
    if not path.is_file():
        raise InputError(f"{path} does not exist", "an image file")
    if not is_image_file(path):
        raise InputError(f"{path.name} is no image file by its name", "one of " + ", ".join(IMAGE_SUFFIXES))


def _read(path: Path) -> sitk.Image:
    reader = sitk.ImageFileReader()
    reader.SetFileName(str(path))
    try:
        return reader.Execute()
    except RuntimeError as error:
        raise InputError(
            f"{path.name} could not be read: {_reason(error, path)}",
            "a whole, undamaged volume",
            "Copy or export it again; it may be truncated",
        ) from error


def _reason(error: RuntimeError, path: Path) -> str:
    """Return the last line of an ITK message, which says what went wrong, without the folder."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    text = lines[-1] if lines else "unknown reason"
    text = text.rsplit("): ", 1)[-1].replace(str(path.parent), "").removeprefix("sitk::ERROR: ")
    return text[:200]


def _in_smallest_type(image: sitk.Image, voxels: np.ndarray) -> sitk.Image:
    if image.GetPixelID() == sitk.sitkInt16:
        return image
    whole = not np.issubdtype(voxels.dtype, np.floating) or bool((voxels == np.rint(voxels)).all())
    return sitk.Cast(image, sitk.sitkInt16 if whole and voxels.max() <= 32767 else sitk.sitkFloat32)


def write_image(image: sitk.Image, path: Path) -> None:
    """Write a volume, whole or not at all; the same volume gives the same bytes.

    Header fields that came with the image (a DICOM reader leaves names and dates there) are not written.
    NIfTI keeps geometry in single precision, within 1e-4 mm: make masks on the volume as read back.
    """
    clean = _without_metadata(image)
    files.write_with(Path(path), lambda name: _write_whole(clean, name))


def write_compressed(image: sitk.Image, path: Path, metadata: dict[str, str]) -> None:
    """Write a volume with the given header fields only, whole or not at all."""
    clean = _without_metadata(image)
    for key, value in metadata.items():
        clean.SetMetaData(key, value)
    files.write_with(Path(path), lambda name: _write_whole(clean, name))


def _write_whole(image: sitk.Image, name: str) -> None:
    """Write and look at the file again: on a full disk ITK leaves a part of a NIfTI without an error."""
    try:
        with quiet_native():
            sitk.WriteImage(image, name, useCompression=True)
            read_raw(Path(name))
    except (RuntimeError, InputError) as error:
        raise OSError(errno.ENOSPC, "the file came out incomplete; the disk may be full") from error


def _without_metadata(image: sitk.Image) -> sitk.Image:
    clean = sitk.Image(image)
    for key in clean.GetMetaDataKeys():
        clean.EraseMetaData(key)
    return clean
