"""Small oblique scans, masks and a case of them, shared by the scene tests."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from LWCTRLogic.case import Case
from LWCTRLogic.imaging.io import read_image, write_image, write_mask

SHAPE = (12, 24, 30)  # z, y, x


def a_rotation(degrees_z: float, degrees_x: float) -> np.ndarray:
    a, b = np.radians([degrees_z, degrees_x])
    about_z = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
    about_x = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    return about_z @ about_x


def an_image(seed: int = 0, origin: tuple[float, ...] = (-31.25, 18.5, 240.75)) -> sitk.Image:
    voxels = np.random.default_rng(seed).integers(-1000, 400, SHAPE).astype(np.int16)
    image = sitk.GetImageFromArray(voxels)
    image.SetDirection(a_rotation(17, -8).ravel())
    image.SetSpacing((0.75, 0.875, 2.5))
    image.SetOrigin(origin)
    return image


def a_mask(image: sitk.Image, shift: int = 0) -> sitk.Image:
    voxels = np.zeros(SHAPE, np.uint8)
    voxels[3 + shift : 9 + shift, 5:17, 8:25] = 1
    voxels[0, 0, 0] = voxels[-1, -1, -1] = 1  # corners, where an off-by-one shows
    mask = sitk.GetImageFromArray(voxels)
    mask.CopyInformation(image)
    return mask


def a_scan_file(folder: Path) -> tuple[Path, sitk.Image]:
    """A NIfTI scan as a case holds it, and the image as it is read back (single precision geometry)."""
    write_image(an_image(), folder / "scan.nii.gz")
    return folder / "scan.nii.gz", read_image(folder / "scan.nii.gz")


def voxels_of(image: sitk.Image) -> np.ndarray:
    return sitk.GetArrayFromImage(image)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def save_version(case: Case, volume: str, maker: str, shift: int = 0) -> Path:
    path = case.new_mask_path(volume, maker)
    write_mask(a_mask(read_image(case.image_path(volume)), shift), path)
    case.set_current_mask(volume, path)
    return path
